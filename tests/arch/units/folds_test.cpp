// SPDX-License-Identifier: Apache-2.0
// The folds of a command, one by one, against the product that they make up and the timetable that
// the closed form gives for it.
#include "arch/units/systolic/folds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/arch/fixtures.h"

namespace mantissa::arch {
namespace {

struct Point {
  CoreConfig core;
  MatrixTile tile;
  std::uint64_t slow = 1, load = 0;  // cycles per row of operands, and of a stationary operand
};

bool sums_stay(const Point& s) { return s.core.matrix.dataflow == Dataflow::output_stationary; }

// Operands that one array streams for a fold, one per cycle if nothing is slow.
std::uint64_t stream(const Point& s, const Fold& fold) {
  if (sums_stay(s)) return fold.k.count;
  return s.core.matrix.dataflow == Dataflow::input_stationary ? fold.n.count : fold.m.count;
}

// What is wrong with the products that the folds make up; empty: each is there once.
std::string gap(const std::vector<Fold>& folds, const MatrixTile& t) {
  std::vector<int> times(t.m * t.k * t.n);
  for (const Fold& f : folds)
    for (std::uint64_t m = f.m.first; m < f.m.first + f.m.count; ++m)
      for (std::uint64_t k = f.k.first; k < f.k.first + f.k.count; ++k)
        for (std::uint64_t n = f.n.first; n < f.n.first + f.n.count; ++n) {
          if (m >= t.m || k >= t.k || n >= t.n) return "a fold beyond the product";
          ++times[(m * t.k + k) * t.n + n];
        }
  if (std::count(times.begin(), times.end(), 0) > 0) return "a product that no fold has";
  return std::count(times.begin(), times.end(), 1) == static_cast<std::ptrdiff_t>(times.size())
             ? ""
             : "a product that two folds have";
}

// What does not fit the array or its timetable.
std::string misfit(const std::vector<Fold>& folds, const Point& s, const MatrixTimetable& t) {
  const auto rows = static_cast<std::uint64_t>(s.core.matrix.rows);
  const auto columns = static_cast<std::uint64_t>(s.core.matrix.columns);
  const bool inputs_stay = s.core.matrix.dataflow == Dataflow::input_stationary;
  std::set<std::uint64_t> starts;
  std::map<std::uint64_t, const Fold*> before;  // by array
  std::uint64_t end = 0, stream_end = 0, first_result = 0;
  for (const Fold& f : folds) {
    const FoldSpan along_rows = sums_stay(s) ? f.m : f.k, along_columns = inputs_stay ? f.m : f.n;
    if (along_rows.count > rows || along_columns.count > columns) return "larger than the array";
    if (f.array >= static_cast<std::uint64_t>(s.core.matrix.units)) return "of no array";
    if (f.start < t.first_stream || f.start < f.load) return "too early";
    if (!starts.empty() && f.start.value < *starts.rbegin()) return "out of order";
    if (!sums_stay(s) && (f.load < t.start || f.start - f.load < Cycles(s.load)))
      return "no time for its weights";
    if (const Fold* last = before[f.array]) {
      if (f.start < last->start + Cycles(stream(s, *last) * s.slow)) return "beside the one before";
      if (!sums_stay(s) && f.load < last->start) return "its weights before their plane is free";
    }
    before[f.array] = &f;
    if (starts.insert(f.start.value).second) first_result = ~std::uint64_t{0};
    // Rows of results, the first and the last.
    const std::uint64_t streamed = f.start.value + stream(s, f) * s.slow;
    const std::uint64_t one = sums_stay(s) ? streamed + 1 : f.start.value + s.slow;
    first_result = std::min(first_result, one + rows + columns - 2);
    stream_end = std::max(stream_end, streamed);
    end = std::max(end, streamed + rows + columns - 2 + (sums_stay(s) ? rows : 0));
  }
  if (starts.size() != t.folds) return "not as many one after the other";
  if (folds.size() != t.array_folds) return "not as many in all";
  if (s.core.matrix.double_buffer && stream_end != t.stream_end.value) return "another stream_end";
  if (first_result != t.first_result.value) return "another first result";
  return end == t.end.value ? "" : "another end";
}

std::vector<Point> points(Dataflow dataflow) {
  std::vector<Point> all;
  for (const auto& [rows, columns] : std::vector<std::pair<int, int>>{{1, 1}, {3, 2}, {4, 5}})
    for (int units = 1; units <= 4; ++units)
      for (const std::uint64_t bytes_per_cycle : {1000, 3})
        for (const bool double_buffer : {true, false})
          for (const std::uint64_t m : {1, 4, 9})
            for (const std::uint64_t k : {1, 5, 8})
              for (const std::uint64_t n : {1, 7, 12}) {
                Point s{testing::roomy(rows, columns, dataflow).core, {m, k, n, true, true, 2}};
                s.core.matrix.units = units;
                s.core.matrix.double_buffer = double_buffer;
                s.core.scratchpad.banks = 1;
                s.core.scratchpad.bank_width = Bytes(bytes_per_cycle);
                const SystolicArray array(s.core.matrix, s.core.scratchpad);
                s.slow = array.slowdown(2);
                s.load = array.load_cycles(2);
                all.push_back(s);
              }
  return all;
}

std::string text_of(const Point& s) {
  const auto& a = s.core.matrix;
  return std::to_string(a.rows) + "x" + std::to_string(a.columns) + ", " + std::to_string(a.units) +
         " units, M " + std::to_string(s.tile.m) + " K " + std::to_string(s.tile.k) + " N " +
         std::to_string(s.tile.n) + ", slow by " + std::to_string(s.slow) +
         (a.double_buffer ? ", double-buffered" : "");
}

class Folds : public ::testing::TestWithParam<Dataflow> {};

TEST_P(Folds, make_up_the_product_and_keep_its_timetable) {
  bool slow = false, several = false;
  for (const Point& s : points(GetParam())) {
    SystolicArray array(s.core.matrix, s.core.scratchpad);
    // The second command finds an array that is in use, the third waits for its operands.
    for (const std::uint64_t ready : {0, 0, 5000}) {
      const MatrixTimetable t = array.append(s.tile, Cycles(ready));
      const auto folds = folds_of(s.core.matrix, s.tile, t);
      ASSERT_EQ(gap(folds, s.tile), "") << text_of(s);
      ASSERT_EQ(misfit(folds, s, t), "") << text_of(s) << ", ready at " << ready;
      several = several || folds.size() > t.folds;
    }
    slow = slow || s.slow > 1;
  }
  EXPECT_TRUE(slow && several);
}

// Negative control: each way in which a list of folds can be wrong has its own answer.
TEST_P(Folds, that_are_changed_are_found_out) {
  Point s{testing::roomy(4, 5, GetParam()).core, {9, 8, 12, true, true, 1}};
  s.core.matrix.units = 2;
  SystolicArray array(s.core.matrix, s.core.scratchpad);
  s.load = array.load_cycles(1);
  const MatrixTimetable t = array.append(s.tile, Cycles(0));
  const auto folds = folds_of(s.core.matrix, s.tile, t);
  ASSERT_GT(folds.size(), 3u);
  ASSERT_EQ(gap(folds, s.tile) + misfit(folds, s, t), "");

  auto fewer = folds;
  fewer.pop_back();
  EXPECT_EQ(gap(fewer, s.tile), "a product that no fold has");
  EXPECT_NE(misfit(fewer, s, t), "");
  auto twice = folds;
  twice.back() = folds.front();
  EXPECT_NE(gap(twice, s.tile), "");
  auto beyond = folds;
  ++beyond.back().n.first;
  EXPECT_EQ(gap(beyond, s.tile), "a fold beyond the product");
  auto late = folds;
  late.back().start += Cycles(1);
  EXPECT_NE(misfit(late, s, t), "");
  auto early = folds;
  early.front().start -= Cycles(1);
  EXPECT_NE(misfit(early, s, t), "");
  auto wide = folds;
  wide.front().n.count = wide.front().m.count = wide.front().k.count = 6;
  EXPECT_EQ(misfit(wide, s, t), "larger than the array");
}

INSTANTIATE_TEST_SUITE_P(All, Folds,
                         ::testing::Values(Dataflow::weight_stationary, Dataflow::output_stationary,
                                           Dataflow::input_stationary));

}  // namespace
}  // namespace mantissa::arch
