// SPDX-License-Identifier: Apache-2.0
// The best merging and placement of embedding tables, with a proof of how good it is: what the four
// rules of heuristic.h approximate and their paper could not search for (O(N!) layouts).
//
// First the time of an item's slowest channel, then, for that time, the elements stored.
//
//   time bound     For sets S of tables of which no two can be merged, since any product of two is
//                  larger than every channel: within time T channel c holds at most n(c, T) of
//                  them, the longest prefix of S by its lookup times there that T covers; so T must
//                  be such that the n(c, T) of all channels that hold any of S add up to |S|. S
//                  runs over the k largest tables and over every single one. And the bits of all
//                  tables take their time on some port. The largest T wins.
//   storage bound  Within time T all channels together hold N(T) products, so tables - N(T) merges
//                  are needed. The least storage of m merges, over all products of up to
//                  `most_members` tables, is found by dynamic programming over how many tables of
//                  each shape (rows, dim) are left: 98 tables are 13 shapes.
//
// Both bounds hold for every layout with products of up to `most_members` tables, under capacity
// and bandwidth of each channel. A layout is built from the programme's merges by `balance`; when
// it meets both bounds it is optimal, else the gaps say by how much at most it is not.
//
//   const SearchResult best = search_layout(set, costs, {});
//   best.layout;  best.time_gap();  best.proven();
//
// Errors: those of heuristic_layout.
#pragma once

#include "workloads/inference/microrec/layout.h"

namespace mantissa::workloads::microrec {

struct SearchOptions {
  std::size_t most_members = 3;  // tables of one product
  std::size_t slots = 0;         // tables of an on-chip bank at most; 0: as many as time allows
  std::uint64_t most_steps = 2'000'000'000;  // of the programme
};

struct SearchResult {
  Layout layout;
  LayoutCost cost;
  std::uint64_t time_bound = 0;     // fs: no layout is faster
  std::uint64_t element_bound = 0;  // no layout of this time stores less
  std::size_t shapes = 0, merges_needed = 0;
  std::uint64_t steps = 0;  // of the programme

  double time_gap() const {
    return static_cast<double>(cost.time) / static_cast<double>(time_bound) - 1;
  }
  double storage_gap() const {
    return static_cast<double>(cost.elements) / static_cast<double>(element_bound) - 1;
  }
  bool proven() const { return cost.time == time_bound && cost.elements == element_bound; }
};

SearchResult search_layout(const TableSet& set, const LookupCosts& costs,
                           const SearchOptions& options);

}  // namespace mantissa::workloads::microrec
