// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <unordered_set>

#include "base/trace/chakra.h"
#include "base/trace/chakra_attributes.h"
#include "base/trace/chakra_order.h"
#include "base/trace/chakra_stream.h"
#include "base/trace/vocabulary.h"

namespace mantissa::trace {

namespace {

// A node as read: its op, or nothing for a node that only passes dependencies on.
struct Pending {
  Op op;
  bool skipped = false;
  bool ours = false;
  std::vector<std::uint64_t> after;  // ctrl_deps; of other producers also data_deps
  std::vector<std::uint64_t> data;   // data_deps of ours, which the tensors should imply
};

// Reads nodes in the file's order, then puts them into the trace's: 1. head, 2. nodes, 3. tensors,
// 4. order and dependencies, 5. the contract as a whole.
class Reader {
 public:
  Reader(const std::string& path, std::vector<std::string>& warnings)
      : path_(path), stream_(path, &warnings) {}

  Trace run() {
    trace_ = stream_.head();
    tensors_ = stream_.head_tensors();
    ChakraNode node;
    while (stream_.next(node)) take_node(node);
    take_tensors();
    link();
    check(trace_);
    return std::move(trace_);
  }

 private:
  void take_node(ChakraNode& node) {
    chakra::Dependencies dependencies;
    dependencies.id = node.id;
    dependencies.offset = node.offset;
    dependencies.parents = node.data;
    dependencies.parents.insert(dependencies.parents.end(), node.control.begin(),
                                node.control.end());
    Pending pending;
    pending.skipped = node.skipped;
    pending.ours = node.ours;
    pending.op = std::move(node.op);
    pending.after = node.ours ? node.control : dependencies.parents;
    if (node.ours) pending.data = node.data;
    for (auto& t : node.tensors) tensors_.push_back(std::move(t));
    nodes_.push_back(std::move(dependencies));
    pending_.push_back(std::move(pending));
  }

  void take_tensors() {
    // Each tensor stands where it is first mentioned; in a file that was reordered, anywhere.
    std::sort(tensors_.begin(), tensors_.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
      if (tensors_[i].first != i) {
        throw Error(chakra_attribute)
            .at(Place{path_, 0, 0, ""})
            .read(std::string(chakra::tensors_key) + " " + std::to_string(tensors_[i].first))
            .expected("each tensor declared once, " + std::to_string(i) + " next");
      }
      trace_.tensors.push_back(std::move(tensors_[i].second));
    }
  }

  void link() {
    const std::vector<std::size_t> order = chakra::ordered(nodes_, path_);
    std::vector<std::pair<std::uint64_t, std::size_t>> by_id;
    for (std::size_t i = 0; i < nodes_.size(); ++i) by_id.emplace_back(nodes_[i].id, i);
    std::sort(by_id.begin(), by_id.end());
    const auto position = [&](std::uint64_t id) {
      return std::lower_bound(by_id.begin(), by_id.end(), std::make_pair(id, std::size_t{0}))
          ->second;
    };
    producer_.assign(trace_.tensors.size(), no_tensor);
    std::unordered_set<std::string> names;  // only asked, never walked through
    // Of each node, the ops that a dependency on it means: itself, or for a skipped node those
    // that it waits for.
    std::vector<std::vector<OpId>> means(nodes_.size());
    for (std::size_t i : order) {
      Pending& p = pending_[i];
      std::vector<OpId> after;
      for (std::uint64_t id : p.after) {
        const auto& ops = means[position(id)];
        after.insert(after.end(), ops.begin(), ops.end());
      }
      // Our own `after` lists come back as they were, repetitions included.
      if (!p.ours) unique(after);
      if (p.skipped) {
        means[i] = std::move(after);
        continue;
      }
      add_unimplied(p, after, [&](std::uint64_t id) { return means[position(id)]; });
      p.op.after = std::move(after);
      // Layers repeat in recorded traces: "matmul", "matmul#17".
      while (!names.insert(p.op.name).second && !p.ours) {
        p.op.name += "#" + std::to_string(nodes_[i].id);
      }
      for (TensorId t : p.op.outputs) {
        if (t >= producer_.size()) continue;  // absent, or for `check` to refuse
        producer_[t] = static_cast<OpId>(trace_.ops.size());
      }
      means[i] = {static_cast<OpId>(trace_.ops.size())};
      trace_.ops.push_back(std::move(p.op));
    }
  }

  static void unique(std::vector<OpId>& ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  }

  // Data dependencies that no tensor accounts for (someone edited the file) are still kept.
  template <class Means>
  void add_unimplied(const Pending& p, std::vector<OpId>& after, Means means) const {
    for (std::uint64_t id : p.data) {
      for (OpId parent : means(id)) {
        const bool implied = std::any_of(p.op.inputs.begin(), p.op.inputs.end(), [&](TensorId t) {
          return t < producer_.size() && producer_[t] == parent;
        });
        if (!implied) after.push_back(parent);
      }
    }
  }

  std::string path_;
  ChakraStream stream_;
  Trace trace_;
  std::vector<chakra::Dependencies> nodes_;
  std::vector<Pending> pending_;
  std::vector<std::pair<TensorId, Tensor>> tensors_;
  std::vector<OpId> producer_;  // per tensor
};

}  // namespace

Trace read_chakra(const std::string& path, std::vector<std::string>* warnings) {
  std::vector<std::string> unheard;
  return Reader(path, warnings != nullptr ? *warnings : unheard).run();
}

}  // namespace mantissa::trace
