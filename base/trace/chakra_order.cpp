// SPDX-License-Identifier: Apache-2.0
#include "base/trace/chakra_order.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

#include "base/trace/chakra.h"
#include "base/trace/message_stream.h"

namespace mantissa::trace::chakra {

namespace {

constexpr std::size_t most_ids_shown = 16;

// Follows unordered parents until a node comes up twice; every unordered node has one.
std::string one_cycle(const std::vector<Dependencies>& nodes,
                      const std::vector<std::vector<std::size_t>>& parents,
                      const std::vector<std::size_t>& waiting_for, std::size_t start) {
  std::vector<std::size_t> path;
  std::vector<bool> seen(nodes.size(), false);
  std::size_t at = start;
  while (!seen[at]) {
    seen[at] = true;
    path.push_back(at);
    at = *std::find_if(parents[at].begin(), parents[at].end(),
                       [&](std::size_t p) { return waiting_for[p] != 0; });
  }
  std::vector<std::size_t> cycle(std::find(path.begin(), path.end(), at), path.end());
  // From the smallest id on, whatever node the search began with.
  const auto smallest = std::min_element(cycle.begin(), cycle.end(),
                                         [&](auto a, auto b) { return nodes[a].id < nodes[b].id; });
  std::rotate(cycle.begin(), smallest, cycle.end());
  std::string text;
  for (std::size_t i = 0; i < std::min(cycle.size(), most_ids_shown); ++i) {
    text += std::to_string(nodes[cycle[i]].id) + " after ";
  }
  if (cycle.size() > most_ids_shown) {
    text += "(" + std::to_string(cycle.size() - most_ids_shown) + " more) after ";
  }
  return text + std::to_string(nodes[cycle.front()].id);
}

}  // namespace

std::vector<std::size_t> ordered(const std::vector<Dependencies>& nodes, const std::string& path) {
  // 1. Ids to positions, by sorting: no hash decides anything.
  std::vector<std::pair<std::uint64_t, std::size_t>> by_id;
  by_id.reserve(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) by_id.emplace_back(nodes[i].id, i);
  std::sort(by_id.begin(), by_id.end());
  for (std::size_t i = 1; i < by_id.size(); ++i) {
    if (by_id[i].first != by_id[i - 1].first) continue;
    throw Error(chakra_duplicate_id)
        .at(offset_place(path, nodes[by_id[i].second].offset))
        .read("node id " + std::to_string(by_id[i].first))
        .expected("an id that the node at byte " +
                  std::to_string(nodes[by_id[i - 1].second].offset) + " does not have already");
  }

  // 2. Edges.
  std::vector<std::vector<std::size_t>> parents(nodes.size()), children(nodes.size());
  std::vector<std::size_t> waiting_for(nodes.size(), 0);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (std::uint64_t id : nodes[i].parents) {
      const auto it =
          std::lower_bound(by_id.begin(), by_id.end(), std::make_pair(id, std::size_t{0}));
      if (it == by_id.end() || it->first != id) {
        throw Error(chakra_missing_parent)
            .at(offset_place(path, nodes[i].offset))
            .say("node " + std::to_string(nodes[i].id) + " depends on a node that the file lacks")
            .read("node id " + std::to_string(id));
      }
      parents[i].push_back(it->second);
      children[it->second].push_back(i);
      ++waiting_for[i];
    }
  }

  // 3. Kahn's algorithm with a heap of ids.
  using Ready = std::pair<std::uint64_t, std::size_t>;
  std::priority_queue<Ready, std::vector<Ready>, std::greater<>> ready;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (waiting_for[i] == 0) ready.emplace(nodes[i].id, i);
  }
  std::vector<std::size_t> order;
  order.reserve(nodes.size());
  while (!ready.empty()) {
    const std::size_t i = ready.top().second;
    ready.pop();
    order.push_back(i);
    for (std::size_t child : children[i]) {
      if (--waiting_for[child] == 0) ready.emplace(nodes[child].id, child);
    }
  }
  if (order.size() == nodes.size()) return order;

  const auto stuck =
      std::find_if(waiting_for.begin(), waiting_for.end(), [](std::size_t n) { return n != 0; });
  const auto start = static_cast<std::size_t>(stuck - waiting_for.begin());
  throw Error(chakra_cycle)
      .at(offset_place(path, nodes[start].offset))
      .say("nodes wait for each other: " + one_cycle(nodes, parents, waiting_for, start))
      .expected("dependencies without a cycle");
}

}  // namespace mantissa::trace::chakra
