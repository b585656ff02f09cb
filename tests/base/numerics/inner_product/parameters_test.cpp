// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/inner_product/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/base/numerics/inner_product/operands.h"

namespace mantissa::numerics::inner_product {
namespace {

using testing::fp16_pair;
using ::testing::HasSubstr;
using testing::unit;

std::string refusal(const IpuParameters& p, FormatPair pair = fp16_pair) {
  try {
    check(p, pair);
  } catch (const Error& error) {
    return error.message();
  }
  return {};
}

TEST(IpuParameters, window_is_the_product_and_one_position_to_align_by_at_least) {
  IpuParameters p = unit(16, 9);
  EXPECT_THAT(refusal(p), HasSubstr("window: 9"));
  EXPECT_THAT(refusal(p), HasSubstr("10..64"));
  p.window = 10;
  EXPECT_EQ(refusal(p), "");
  p.window = 64;
  EXPECT_EQ(refusal(p), "");
  p.window = 65;
  EXPECT_THAT(refusal(p), HasSubstr("10..64"));
  p.window = 9;
  p.alignment = Alignment::single_cycle;
  EXPECT_EQ(refusal(p), "");
  p.window = 8;
  EXPECT_THAT(refusal(p), HasSubstr("9..64"));
  EXPECT_THAT(refusal(p), HasSubstr("a product of 4 by 4 bits has 9 bits"));
}

TEST(IpuParameters, integers_need_no_position_to_align_by) {
  EXPECT_EQ(refusal(unit(16, 9), {Format::int8, Format::int8}), "");
  EXPECT_NE(refusal(unit(16, 8), {Format::int8, Format::int8}), "");
}

TEST(IpuParameters, lanes_are_a_power_of_two) {
  for (const int lanes : {1, 2, 4, 8, 16, 32, 64}) EXPECT_EQ(refusal(unit(lanes, 16)), "");
  for (const int lanes : {-1, 0, 3, 12, 65, 128})
    EXPECT_THAT(refusal(unit(lanes, 16)), HasSubstr("a power of two: 1, 2, 4, 8, 16, 32 or 64"));
}

TEST(IpuParameters, formats_that_are_not_multiplied_are_answered_with_those_that_are) {
  const IpuParameters p = unit(16, 16);
  const std::string text = refusal(p, {Format::fp16, Format::int8});
  EXPECT_THAT(text, HasSubstr("'fp16 x int8'"));
  for (const char* pair : {"int4 x int4", "int8 x int4", "int8 x int8", "fp16 x fp16",
                           "fp8_e4m3 x fp8_e5m2", "mxint8 x mxint8"})
    EXPECT_THAT(text, HasSubstr(pair));
  EXPECT_NE(refusal(p, {Format::int4, Format::int8}), "");
  for (const FormatPair pair : supported_pairs()) EXPECT_EQ(refusal(p, pair), "");
}

TEST(IpuParameters, other_numbers_have_their_ranges) {
  const auto refused = [](auto change, const char* what) {
    IpuParameters p = unit(16, 16);
    change(p);
    EXPECT_THAT(refusal(p), HasSubstr(what));
  };
  refused([](IpuParameters& p) { p.digit_a = 0; }, "digit_a: 0");
  refused([](IpuParameters& p) { p.digit_b = 13; }, "digit_b: 13");
  refused([](IpuParameters& p) { p.fraction = 0; }, "fraction: 0");
  refused([](IpuParameters& p) { p.fraction = 61; }, "fraction: 61");
  refused([](IpuParameters& p) { p.software_precision = -1; }, "software_precision: -1");
  refused([](IpuParameters& p) { p.software_precision = 1024; }, "software_precision: 1024");
  refused([](IpuParameters& p) { p.growth = -1; }, "growth: -1");
  refused([](IpuParameters& p) { p.growth = 33; }, "growth: 33");
}

TEST(IpuParameters, worst_cycles_per_iteration_are_the_table_of_both_precisions) {
  struct Row {
    int window, fp32, fp16;
  };
  for (const Row& r : {Row{12, 10, 6}, Row{16, 5, 3}, Row{20, 3, 2}, Row{24, 2, 2}, Row{28, 2, 1},
                       Row{38, 1, 1}}) {
    EXPECT_EQ(unit(16, r.window, 28).worst_partitions(), r.fp32) << r.window;
    EXPECT_EQ(unit(16, r.window, 16).worst_partitions(), r.fp16) << r.window;
  }
  // sp has to exceed the software precision: 38 is the least window that never stalls.
  EXPECT_EQ(unit(16, 37, 28).worst_partitions(), 2);
  IpuParameters p = unit(16, 37, 28);
  p.edge = PartitionEdge::inclusive;
  EXPECT_EQ(p.worst_partitions(), 1);
  p.window = 36;
  EXPECT_EQ(p.worst_partitions(), 2);
  p.alignment = Alignment::single_cycle;
  EXPECT_EQ(p.worst_partitions(), 1);
}

TEST(IpuParameters, widths_follow_from_digits_and_lanes) {
  IpuParameters p = unit(16, 16);
  EXPECT_EQ(p.product_bits(), 9);
  EXPECT_EQ(p.accumulator_bits(), 33 + 4 + 10);
  p.digit_a = 12;
  p.digit_b = 1;
  EXPECT_EQ(p.product_bits(), 13);
  p.digit_a = p.digit_b = 8;
  EXPECT_EQ(p.product_bits(), 17);
}

}  // namespace
}  // namespace mantissa::numerics::inner_product
