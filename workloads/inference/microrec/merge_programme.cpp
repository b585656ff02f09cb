// SPDX-License-Identifier: Apache-2.0
#include "workloads/inference/microrec/merge_programme.h"

#include <algorithm>

namespace mantissa::workloads::microrec {
namespace {

using Wide = unsigned __int128;

}  // namespace

MergeProgramme::MergeProgramme(const TableSet& set, std::size_t most_members,
                               std::size_t most_merges, std::uint64_t most_extra,
                               std::uint64_t most_steps)
    : most_merges_(most_merges), tables_(set.tables.size()) {
  find_shapes(set, most_extra);
  find_groups(most_members, most_extra);
  for (Shape& shape : shapes_) {
    shape.stride = states_;
    const std::size_t counts = shape.tables.size() + 1;
    if (states_ > most_steps / counts) {
      complete_ = false;
      return;
    }
    states_ *= counts;
  }
  steps_ = states_ * (most_merges_ + 1);
  if (!groups_.empty() && steps_ > most_steps / groups_.size()) {
    complete_ = false;
    return;
  }
  steps_ *= std::max<std::size_t>(1, groups_.size());
  for (Group& group : groups_)
    for (std::size_t s = 0; s < shapes_.size(); ++s)
      group.offset += group.used[s] * shapes_[s].stride;
  solve();
}

// Shapes that are in some pair of at most that extra: with the smallest other table, by rows.
void MergeProgramme::find_shapes(const TableSet& set, std::uint64_t most_extra) {
  std::vector<Shape> all;
  for (std::size_t t = 0; t < set.tables.size(); ++t) {
    const Table& table = set.tables[t];
    if (table.lookups != 1) continue;
    const auto same = std::find_if(all.begin(), all.end(), [&](const Shape& s) {
      return s.rows == table.rows && s.dim == table.dim;
    });
    if (same == all.end())
      all.push_back({table.rows, table.dim, {t}, 0});
    else
      same->tables.push_back(t);
  }
  for (const Shape& a : all) {
    const bool cheap = std::any_of(all.begin(), all.end(), [&](const Shape& b) {
      if (&a == &b && a.tables.size() < 2) return false;
      const Wide elements = static_cast<Wide>(a.rows) * b.rows * (a.dim + b.dim);
      return elements - a.rows * a.dim - b.rows * b.dim <= most_extra;
    });
    if (cheap) shapes_.push_back(a);
  }
  std::sort(shapes_.begin(), shapes_.end(), [](const Shape& a, const Shape& b) {
    return a.rows != b.rows ? a.rows < b.rows : a.dim < b.dim;
  });
}

void MergeProgramme::find_groups(std::size_t most_members, std::uint64_t most_extra) {
  std::vector<std::size_t> members;
  for (std::size_t s = 0; s < shapes_.size(); ++s) {
    members = {s};
    extend(members, most_members, most_extra);
  }
}

// All groups that begin with these shapes; shapes never fall in a group, so each is found once.
void MergeProgramme::extend(std::vector<std::size_t>& members, std::size_t most_members,
                            std::uint64_t most_extra) {
  if (members.size() == most_members) return;
  for (std::size_t s = members.back(); s < shapes_.size(); ++s) {
    members.push_back(s);
    Group group;
    group.used.resize(shapes_.size());
    Wide rows = 1, dim = 0, apart = 0;
    for (const std::size_t m : members) {
      ++group.used[m];
      rows = std::min<Wide>(rows * shapes_[m].rows, static_cast<Wide>(1) << 100);
      dim += shapes_[m].dim;
      apart += static_cast<Wide>(shapes_[m].rows) * shapes_[m].dim;
    }
    const bool there = group.used[s] <= shapes_[s].tables.size();
    const Wide extra = rows * dim - apart;
    // More members only make it larger.
    if (there && extra <= most_extra) {
      group.merges = members.size() - 1;
      group.extra = static_cast<std::uint64_t>(extra);
      groups_.push_back(group);
      extend(members, most_members, most_extra);
    }
    members.pop_back();
  }
}

bool MergeProgramme::room_for(const Group& group, std::size_t state) const {
  for (std::size_t s = 0; s < shapes_.size(); ++s)
    if (group.used[s] != 0 && used(state, s) + group.used[s] > shapes_[s].tables.size())
      return false;
  return true;
}

void MergeProgramme::solve() {
  least_.assign(states_ * (most_merges_ + 1), never);
  choice_.assign(least_.size(), 0);
  least_[cell(0, 0)] = 0;
  // Group by group: a state that a group leads to may take the same group again, later.
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    const Group& group = groups_[g];
    for (std::size_t state = 0; state + group.offset < states_; ++state) {
      if (!room_for(group, state)) continue;
      for (std::size_t m = 0; m + group.merges <= most_merges_; ++m) {
        const std::uint64_t here = least_[cell(state, m)];
        if (here == never) continue;
        const std::size_t to = cell(state + group.offset, m + group.merges);
        if (here + group.extra >= least_[to]) continue;
        least_[to] = here + group.extra;
        choice_[to] = static_cast<std::uint32_t>(g);
      }
    }
  }
  best_.assign(most_merges_ + 1, 0);
  for (std::size_t m = 0; m <= most_merges_; ++m)
    for (std::size_t state = 1; state < states_; ++state)
      if (least_[cell(state, m)] < least_[cell(best_[m], m)]) best_[m] = state;
}

std::optional<std::uint64_t> MergeProgramme::extra(std::size_t merges) const {
  if (!complete_ || merges > most_merges_) return std::nullopt;
  const std::uint64_t least = least_[cell(best_[merges], merges)];
  return least == never ? std::nullopt : std::optional<std::uint64_t>(least);
}

std::vector<Product> MergeProgramme::products(std::size_t merges) const {
  MANTISSA_CHECK(extra(merges), "products of merges that there is no way to");
  std::vector<Product> products;
  std::vector<bool> taken(tables_);
  std::vector<std::size_t> next(shapes_.size());
  for (std::size_t state = best_[merges], m = merges; m > 0;) {
    const Group& group = groups_[choice_[cell(state, m)]];
    Product product;
    for (std::size_t s = 0; s < shapes_.size(); ++s)
      for (std::size_t n = 0; n < group.used[s]; ++n) {
        product.members.push_back(shapes_[s].tables[next[s]++]);
        taken[product.members.back()] = true;
      }
    products.push_back(std::move(product));
    state -= group.offset;
    m -= group.merges;
  }
  for (std::size_t t = 0; t < tables_; ++t)
    if (!taken[t]) products.push_back({{t}});
  return products;
}

}  // namespace mantissa::workloads::microrec
