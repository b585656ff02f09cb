// SPDX-License-Identifier: Apache-2.0
// The cheapest ways to merge tables: for every number m of merges (a product of s tables is s - 1),
// the least elements that products of up to `most_members` tables add to the storage.
//
//   f(used, m) = least extra storage of merges that use `used` tables of each shape
//   f(used + g, m + |g| - 1) = min over products g of f(used, m) + extra(g)
//   extra(g) = prod(rows) sum(dim) - sum(rows dim)
//
// Exact for extras up to `most_extra`: products beyond are left out, and nothing that costs less
// could use them.
//
//   const MergeProgramme programme(set, 3, 14, most_extra, most_steps);
//   programme.extra(14);      // none: there is no such way
//   programme.products(14);
#pragma once

#include <optional>
#include <vector>

#include "workloads/inference/microrec/merging.h"

namespace mantissa::workloads::microrec {

class MergeProgramme {
 public:
  MergeProgramme(const TableSet& set, std::size_t most_members, std::size_t most_merges,
                 std::uint64_t most_extra, std::uint64_t most_steps);

  bool complete() const { return complete_; }  // false: it would take more than `most_steps`
  std::size_t shapes() const { return shapes_.size(); }
  std::uint64_t steps() const { return steps_; }
  std::optional<std::uint64_t> extra(std::size_t merges) const;
  // Every table of the set once, merged or alone.
  std::vector<Product> products(std::size_t merges) const;

 private:
  struct Shape {
    std::uint64_t rows = 0, dim = 0;
    std::vector<std::size_t> tables;
    std::size_t stride = 0;  // of a state's number
  };
  struct Group {
    std::vector<std::size_t> used;  // of each shape
    std::size_t merges = 0, offset = 0;
    std::uint64_t extra = 0;
  };
  static constexpr std::uint64_t never = ~0ull;

  void find_shapes(const TableSet& set, std::uint64_t most_extra);
  void find_groups(std::size_t most_members, std::uint64_t most_extra);
  void extend(std::vector<std::size_t>& members, std::size_t most_members,
              std::uint64_t most_extra);
  void solve();
  bool room_for(const Group& group, std::size_t state) const;
  std::size_t used(std::size_t state, std::size_t shape) const {
    return state / shapes_[shape].stride % (shapes_[shape].tables.size() + 1);
  }
  std::size_t cell(std::size_t state, std::size_t merges) const {
    return state * (most_merges_ + 1) + merges;
  }

  const std::size_t most_merges_, tables_;
  std::vector<Shape> shapes_;  // that a product of at most `most_extra` may hold
  std::vector<Group> groups_;
  std::size_t states_ = 1;
  bool complete_ = true;
  std::uint64_t steps_ = 0;
  std::vector<std::uint64_t> least_;   // by cell
  std::vector<std::uint32_t> choice_;  // the last group of it
  std::vector<std::size_t> best_;      // state, by merges
};

}  // namespace mantissa::workloads::microrec
