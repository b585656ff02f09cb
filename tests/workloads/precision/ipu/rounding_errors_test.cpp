// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/ipu/rounding_errors.h"

#include <gtest/gtest.h>

#include "base/numerics/float_bits.h"
#include "base/numerics/inner_product/inner_product.h"
#include "workloads/precision/ipu/tile_time.h"

namespace mantissa::workloads::ipu {
namespace {

namespace ip = numerics::inner_product;

ip::IpuParameters unit(int lanes, int window, ip::Alignment alignment, int precision = 28) {
  ip::IpuParameters p;
  p.lanes = lanes;
  p.window = window;
  p.alignment = alignment;
  p.software_precision = precision;
  return p;
}

TEST(IpuErrors, are_those_of_the_golden_arithmetic) {
  for (const OperandLaw law : {OperandLaw::normal, OperandLaw::relu})
    for (const int w : {12, 16, 26})
      for (const auto alignment : {ip::Alignment::single_cycle, ip::Alignment::multi_cycle}) {
        const Operations x = draw_operations(law, 8, 300, 4);
        const ExactResults exact(x);
        const ip::IpuParameters p = unit(8, w, alignment);
        std::uint64_t fp16 = 0, fp32 = 0;
        double bits = 0;
        for (std::size_t i = 0; i < x.count(); ++i) {
          ip::Accumulator sum;
          ip::golden::accumulate(p, fp16_pair, x.a_of(i), x.b_of(i), sum);
          const std::uint32_t result = numerics::float_bits(to_fp32(p, sum));
          fp16 += to_fp16(p, sum).bits != exact.fp16[i] ? 1 : 0;
          fp32 += result != exact.fp32[i] ? 1 : 0;
          bits += contaminated_bits(result, exact.fp32[i], ResultFormat::fp32);
        }
        EXPECT_EQ(errors_of(p, x, exact, ResultFormat::fp16).differing, fp16) << w;
        const ErrorStatistics s = errors_of(p, x, exact, ResultFormat::fp32);
        EXPECT_EQ(s.differing, fp32) << w;
        EXPECT_EQ(s.mean_bits, bits / 300) << w;
        EXPECT_LE(s.most_of_bound, 1);
        const bool window_decides = alignment == ip::Alignment::single_cycle && w < 26;
        EXPECT_GT(s.most_of_bound, window_decides ? 0.05 : 0) << w;  // the bound is not far away
      }
}

TEST(IpuErrors, vanish_where_the_window_holds_everything_and_show_where_a_reference_is_wrong) {
  const Operations x = draw_operations(OperandLaw::uniform, 16, 200, 1);
  ip::IpuParameters p = unit(16, 64, ip::Alignment::single_cycle, 58);
  p.fraction = 60;
  ExactResults exact(x);
  const ErrorStatistics right = errors_of(p, x, exact, ResultFormat::fp32);
  EXPECT_EQ(right.differing, 0u);
  EXPECT_EQ(right.most_bits, 0);
  exact.fp32[17] ^= 4;
  const ErrorStatistics wrong = errors_of(p, x, exact, ResultFormat::fp32);
  EXPECT_EQ(wrong.differing, 1u);
  EXPECT_EQ(wrong.most_bits, 3);
  EXPECT_EQ(wrong.median_bits, 0);
  exact.value[3] += 1;  // far beyond the bound
  EXPECT_GT(errors_of(p, x, exact, ResultFormat::fp32).most_of_bound, 1);
}

TEST(IpuErrors, of_no_operations_are_none) {
  const Operations nothing{"", 16, {}, {}};
  const ErrorStatistics s = errors_of(unit(16, 16, ip::Alignment::multi_cycle), nothing,
                                      ExactResults(nothing), ResultFormat::fp16);
  EXPECT_EQ(s.share(), 0);
}

TEST(ContaminatedBits, are_the_bit_length_of_the_distance_in_last_places) {
  constexpr auto fp16 = ResultFormat::fp16;
  for (const auto& [distance, bits] : {std::pair(0u, 0), {1u, 1}, {2u, 2}, {3u, 2}, {4u, 3}}) {
    EXPECT_EQ(contaminated_bits(0x3C00, 0x3C00 + distance, fp16), bits);
    EXPECT_EQ(contaminated_bits(0xBC00 + distance, 0xBC00, fp16), bits);
  }
  EXPECT_EQ(contaminated_bits(0x0000, 0x8000, fp16), 0);  // both zeros
  EXPECT_EQ(contaminated_bits(0x0001, 0x8001, fp16), 2);  // two places apart
  EXPECT_EQ(contaminated_bits(0x7C00, 0xFC00, fp16), 16);
  EXPECT_EQ(contaminated_bits(0x80000001u, 0x00000000u, ResultFormat::fp32), 1);
}

TEST(IpuTileTime, is_one_where_nothing_stalls_and_that_of_the_slowest_where_all_do) {
  const TileTime none = tile_time(std::vector<std::uint16_t>(64, 1), 8, 2, 4);
  EXPECT_EQ(none.mean, 1);
  EXPECT_EQ(none.cluster, 1);
  EXPECT_EQ(none.slowest, 1);
  // One slow operation per step, of another unit every time.
  std::vector<std::uint16_t> parts(64, 1);
  for (std::size_t s = 0; s < 8; ++s) parts[s * 8 + s] = 3;
  for (const int cluster : {1, 2, 4, 8}) EXPECT_EQ(tile_time(parts, 8, cluster, 1).cluster, 3);
  EXPECT_EQ(tile_time(parts, 8, 8, 4).cluster, 3);
  const TileTime apart = tile_time(parts, 8, 1, 4);
  EXPECT_EQ(apart.mean, 1.25);
  EXPECT_EQ(apart.slowest, 3);
  EXPECT_LT(apart.cluster, 3);
  EXPECT_GE(apart.cluster, apart.mean);
}

TEST(IpuTileTime, leaves_out_a_last_step_that_is_not_full_and_counts_empty_operations_as_a_cycle) {
  EXPECT_EQ(tile_time({1, 1, 5}, 2, 1, 1).slowest, 1);
  const TileTime empty = tile_time({0, 0}, 2, 1, 1);
  EXPECT_EQ(empty.mean, 1.0 / 9);
  EXPECT_EQ(empty.slowest, 1);  // the next broadcast comes no sooner
}

}  // namespace
}  // namespace mantissa::workloads::ipu
