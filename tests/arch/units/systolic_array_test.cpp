// SPDX-License-Identifier: Apache-2.0
// The array's timetable against the closed forms of systolic cores, on a grid of odd shapes.
#include "arch/units/systolic/systolic_array.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/arch/fixtures.h"

namespace mantissa::arch {
namespace {

using testing::roomy;

struct Size {
  std::uint64_t rows, columns;
};

std::vector<Size> arrays() { return {{1, 1}, {3, 5}, {5, 3}, {8, 8}, {16, 4}}; }
std::vector<std::uint64_t> odd(std::uint64_t r) {
  std::vector<std::uint64_t> sizes{1, r, r + 1, 2 * r + 3};
  if (r > 1) sizes.push_back(r - 1);
  return sizes;
}

std::unique_ptr<MatrixModel> array(Size s, Dataflow dataflow, bool double_buffer) {
  ArchConfig a =
      roomy(static_cast<std::int64_t>(s.rows), static_cast<std::int64_t>(s.columns), dataflow);
  a.core.matrix.double_buffer = double_buffer;
  return make_matrix_model(a.core);
}

// Cycles from nothing to the last result of one product, straight from the formulas.
std::uint64_t expected(Size s, Dataflow dataflow, bool double_buffer, std::uint64_t m,
                       std::uint64_t k, std::uint64_t n) {
  const std::uint64_t R = s.rows, C = s.columns;
  if (dataflow == Dataflow::output_stationary) {
    const std::uint64_t folds = ceil_div(m, R) * ceil_div(n, C);
    if (double_buffer) return (folds - 1) * std::max(k, R) + k + R + C - 2 + R;
    return folds * (k + R + C - 2) + R;
  }
  const bool weights = dataflow == Dataflow::weight_stationary;
  const std::uint64_t stream = weights ? m : n, resident = weights ? n : m;
  const std::uint64_t folds = ceil_div(k, R) * ceil_div(resident, C);
  if (double_buffer) return R + (folds - 1) * std::max(stream, R) + stream + R + C - 2;
  return folds * (2 * R + C + stream - 2);
}

class Dataflows : public ::testing::TestWithParam<std::tuple<Dataflow, bool>> {};

TEST_P(Dataflows, every_stall_free_product_takes_the_closed_form) {
  const auto [dataflow, double_buffer] = GetParam();
  std::size_t checked = 0;
  for (const Size s : arrays())
    for (const auto m : odd(s.rows))
      for (const auto k : odd(s.rows))
        for (const auto n : odd(s.columns)) {
          auto model = array(s, dataflow, double_buffer);
          const auto t = model->append({m, k, n, true, true, 1}, Cycles(0));
          ASSERT_EQ(t.end.value, expected(s, dataflow, double_buffer, m, k, n))
              << s.rows << "x" << s.columns << " M " << m << " K " << k << " N " << n;
          ++checked;
        }
  EXPECT_GE(checked, 400u);
}

TEST_P(Dataflows, every_cycle_up_to_the_end_of_the_stream_has_one_cause) {
  const auto [dataflow, double_buffer] = GetParam();
  for (const Size s : arrays()) {
    auto model = array(s, dataflow, double_buffer);
    Cycles accounted{};
    for (const auto m : odd(s.rows)) {
      const auto t = model->append({m, 2 * s.rows + 3, s.columns + 1, true, true, 1}, Cycles(0));
      accounted += t.busy + t.weight_load + t.operand + t.drain;
      ASSERT_EQ(accounted, t.stream_end);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Dataflows,
                         ::testing::Combine(::testing::Values(Dataflow::weight_stationary,
                                                              Dataflow::output_stationary,
                                                              Dataflow::input_stationary),
                                            ::testing::Bool()));

TEST(WeightDoubleBuffering, hides_the_load_when_m_is_r_and_not_when_m_is_one_less) {
  const Size s{8, 8};
  const auto stalls = [&](std::uint64_t m) {
    auto model = array(s, Dataflow::weight_stationary, true);
    model->append({m, 8, 8, true, true, 1}, Cycles(0));
    return model->append({m, 8, 8, true, true, 1}, Cycles(0)).weight_load.value;
  };
  EXPECT_EQ(stalls(7), 1u);
  EXPECT_EQ(stalls(8), 0u);
  EXPECT_EQ(stalls(9), 0u);
}

TEST(OutputStationaryDrain, is_hidden_when_k_is_r_and_not_when_k_is_one_less) {
  const Size s{8, 8};
  const auto stalls = [&](std::uint64_t k) {
    auto model = array(s, Dataflow::output_stationary, true);
    model->append({8, k, 8, true, true, 1}, Cycles(0));
    return model->append({8, k, 8, true, true, 1}, Cycles(0)).drain.value;
  };
  EXPECT_EQ(stalls(7), 1u);
  EXPECT_EQ(stalls(8), 0u);
}

// The drain registers of one column, cycle by cycle. Row r takes a sum r cycles after the product's
// last operands went in; once row R - 1 has its own, all of the product move down a row per cycle.
bool meet_in_the_drain(std::uint64_t rows, const std::vector<std::uint64_t>& lasts) {
  std::set<std::pair<std::uint64_t, std::uint64_t>> occupied;  // register, cycle
  for (const std::uint64_t last : lasts)
    for (std::uint64_t r = 0; r < rows; ++r)
      for (std::uint64_t cycle = last + r, at = r; at < rows; ++cycle) {
        if (!occupied.emplace(at, cycle).second) return true;
        if (cycle + 1 >= last + rows) ++at;
      }
  return false;
}

TEST(OutputStationaryDrain, keeps_sums_of_unequal_depth_apart_and_not_a_cycle_longer) {
  std::size_t waited = 0;
  for (const std::uint64_t rows : {1, 2, 3, 5}) {
    const Size s{rows, 4};
    for (std::uint64_t k0 = 1; k0 <= 2 * rows + 2; ++k0)
      for (std::uint64_t k1 = 1; k1 <= 2 * rows + 2; ++k1)
        for (std::uint64_t k2 = 1; k2 <= rows + 1; ++k2) {
          auto model = array(s, Dataflow::output_stationary, true);
          std::vector<std::uint64_t> lasts;
          std::uint64_t free = 0;
          for (const std::uint64_t k : {k0, k1, k2}) {
            const auto t = model->append({rows, k, 4, true, true, 1}, Cycles(0));
            // The earliest stream behind the one before whose sums meet no others.
            std::uint64_t start = free;
            lasts.push_back(start + k - 1);
            for (; meet_in_the_drain(rows, lasts); ++waited) lasts.back() = ++start + k - 1;
            ASSERT_EQ(t.first_stream.value, start)
                << rows << " rows, K " << k0 << " " << k1 << " " << k2;
            ASSERT_EQ(t.drain.value, start - free);
            free = start + k;
          }
        }
  }
  EXPECT_GT(waited, 100u);
}

TEST(OutputStationaryDrain, holds_nothing_back_while_sums_go_on) {
  auto model = array({8, 8}, Dataflow::output_stationary, true);
  model->append({8, 20, 8, true, true, 1}, Cycles(0));
  EXPECT_EQ(model->append({8, 1, 8, true, false, 1}, Cycles(0)).drain, Cycles(0));
  EXPECT_EQ(model->append({8, 1, 8, false, true, 1}, Cycles(0)).drain, Cycles(6));
}

TEST(FirstResult, is_the_last_one_if_there_is_but_one_however_slow_the_scratchpad) {
  for (const std::uint64_t width : {64, 16, 5, 1}) {
    ArchConfig a = roomy(16, 8);
    a.core.scratchpad.banks = 1;
    a.core.scratchpad.bank_width = Bytes(width);
    const std::uint64_t slow = ceil_div(16, width);
    for (const std::uint64_t m : {1, 2, 5}) {
      const auto t = make_matrix_model(a.core)->append({m, 16, 8, true, true, 1}, Cycles(0));
      EXPECT_EQ(t.end - t.first_result, Cycles((m - 1) * slow)) << width << " bytes, M " << m;
      EXPECT_EQ(t.first_result - t.first_stream, Cycles(slow + 16 + 8 - 2)) << width << " bytes";
    }
    // Sums that stay leave one row per cycle, whatever the scratchpad does.
    a.core.matrix.dataflow = Dataflow::output_stationary;
    const auto t = make_matrix_model(a.core)->append({1, 3, 8, true, true, 1}, Cycles(0));
    EXPECT_EQ(t.end - t.first_result, Cycles(16 - 1));
  }
}

TEST(OperandBandwidth, stretches_the_stream_once_a_cycle_needs_more_than_the_banks_give) {
  ArchConfig a = roomy(32, 8);
  a.core.scratchpad.banks = 2;
  const auto operand_stalls = [&](std::uint64_t width) {
    a.core.scratchpad.bank_width = Bytes(width);
    return make_matrix_model(a.core)->append({100, 32, 8, true, true, 1}, Cycles(0)).operand.value;
  };
  EXPECT_EQ(operand_stalls(16), 0u);    // 32 bytes for 32 rows
  EXPECT_EQ(operand_stalls(15), 100u);  // 30 bytes: two cycles per row of operands
}

TEST(SeveralArrays, share_column_blocks_and_then_the_stream) {
  ArchConfig a = roomy(8, 8);
  a.core.matrix.units = 2;
  auto model = make_matrix_model(a.core);
  // Two column blocks: one each. R + M + R + C - 2.
  EXPECT_EQ(model->append({20, 8, 16, true, true, 1}, Cycles(0)).end.value, 8u + 20 + 14);
  model->reset();
  // One column block: each array streams half of M.
  EXPECT_EQ(model->append({20, 8, 8, true, true, 1}, Cycles(0)).end.value, 8u + 10 + 14);
}

// What the public array simulator reports for one layer, from its closed form: no overlap of weight
// load and compute, and one cycle less, since it reports the index of the last cycle.
TEST(PublicArraySimulator, closed_form_is_ours_without_double_buffering_less_one) {
  for (const std::uint64_t h : {8u, 32u, 128u, 256u})
    for (const std::uint64_t w : {8u, 16u, 128u, 256u})
      for (const std::uint64_t m : {49u, 196u, 12544u})
        for (const std::uint64_t k : {64u, 147u, 4608u})
          for (const std::uint64_t n : {64u, 1000u}) {
            auto ws = array({h, w}, Dataflow::weight_stationary, false);
            const auto cycles = ws->append({m, k, n, true, true, 1}, Cycles(0)).end.value;
            EXPECT_EQ(cycles - 1, ceil_div(k, h) * ceil_div(n, w) * (2 * h + w + m - 2) - 1);
            auto os = array({h, w}, Dataflow::output_stationary, false);
            const auto t = os->append({m, k, n, true, true, 1}, Cycles(0));
            // It does not count the last fold's R cycles of shifting out.
            EXPECT_EQ(t.end.value - h - 1, ceil_div(m, h) * ceil_div(n, w) * (h + w + k - 2) - 1);
          }
}

}  // namespace
}  // namespace mantissa::arch
