// SPDX-License-Identifier: Apache-2.0
// The readable kernel against closed forms and the exact oracle.
#include "base/numerics/inner_product/inner_product.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/numerics/inner_product/exact.h"
#include "tests/base/numerics/inner_product/operands.h"

namespace mantissa::numerics::inner_product {
namespace {

using testing::Codes;
using testing::Draw;
using testing::fp16;
using testing::fp16_pair;
using testing::unit;

struct Outcome {
  Accumulator acc;
  int cycles;
};

Outcome run(const IpuParameters& p, FormatPair pair, const Codes& a, const Codes& b,
            int scale = 0) {
  Outcome out;
  out.cycles = golden::accumulate(p, pair, a.data(), b.data(), out.acc, scale);
  return out;
}

const Codes walk_a{fp16(1024), fp16(4), fp16(8), fp16(256)};  // exponents 10, 2, 3, 8
const Codes ones{fp16(1), fp16(1), fp16(1), fp16(1)};

TEST(InnerProduct, walks_through_two_partitions_in_18_cycles) {
  const IpuParameters p = unit(4, 14);
  const auto aligned = align(p,
                             {{10, false, 1024, Special::none},
                              {2, false, 1024, Special::none},
                              {3, false, 1024, Special::none},
                              {8, false, 1024, Special::none}},
                             std::vector<Operand>(4, {0, false, 1024, Special::none}));
  EXPECT_EQ(aligned.greatest, 10);
  const int partition[] = {0, 1, 1, 0}, shift[] = {0, 3, 2, 2};
  for (std::size_t k = 0; k < 4; ++k) {
    EXPECT_TRUE(aligned.lanes[k].kept);
    EXPECT_EQ(aligned.lanes[k].partition, partition[k]);
    EXPECT_EQ(aligned.lanes[k].shift, shift[k]);
  }
  const Outcome out = run(p, fp16_pair, walk_a, ones);
  EXPECT_EQ(out.cycles, 18);
  EXPECT_EQ(to_fp32(p, out.acc), 1292.0f);
}

TEST(InnerProduct, integers_are_exact_in_1_2_and_4_iterations_for_every_number_of_lanes) {
  Draw draw(1);
  struct Row {
    FormatPair pair;
    int iterations;
  };
  for (const Row& r : {Row{{Format::int4, Format::int4}, 1}, Row{{Format::int8, Format::int4}, 2},
                       Row{{Format::int8, Format::int8}, 4}})
    for (int lanes = 1; lanes <= 64; lanes *= 2)
      for (int trial = 0; trial < 50; ++trial) {
        const auto n = static_cast<std::size_t>(lanes);
        Codes a = draw.finite(r.pair.a, n), b = draw.finite(r.pair.b, n);
        if (trial == 0) a.assign(n, 0x88 & (r.pair.a == Format::int8 ? 0x80 : 0x8));
        if (trial == 0) b.assign(n, 0x88 & (r.pair.b == Format::int8 ? 0x80 : 0x8));
        const Outcome out = run(unit(lanes, 9), r.pair, a, b);
        std::int64_t expected = 0;
        for (std::size_t k = 0; k < n; ++k)
          expected += decode(r.pair.a, a[k]).significand * decode(r.pair.b, b[k]).significand;
        ASSERT_EQ(to_integer(out.acc), expected);
        ASSERT_EQ(out.cycles, r.iterations);
        ASSERT_FALSE(out.acc.overflowed);
      }
}

TEST(InnerProduct, bit_serial_and_byte_wide_units_give_the_same_integers) {
  Draw draw(2);
  for (const auto& [da, db, cycles] : {std::tuple{12, 1, 8}, {8, 4, 2}, {8, 8, 1}})
    for (int trial = 0; trial < 100; ++trial) {
      const Codes a = draw.finite(Format::int8, 8), b = draw.finite(Format::int8, 8);
      IpuParameters p = unit(8, 20);
      p.digit_a = da;
      p.digit_b = db;
      const FormatPair pair{Format::int8, Format::int8};
      const Outcome out = run(p, pair, a, b);
      ASSERT_EQ(to_integer(out.acc), to_integer(run(unit(8, 20), pair, a, b).acc));
      ASSERT_EQ(out.cycles, cycles);
    }
}

TEST(InnerProduct, with_50_fraction_bits_every_window_gives_the_exact_kept_sum) {
  Draw draw(3);
  for (int trial = 0; trial < 300; ++trial) {
    const Codes a = draw.finite(Format::fp16, 16), b = draw.finite(Format::fp16, 16);
    const ExactSum kept = exact_kept_dot(fp16_pair, a.data(), b.data(), 16, 28);
    for (int w = 10; w <= 38; ++w)
      for (const auto edge : {PartitionEdge::exclusive, PartitionEdge::inclusive}) {
        IpuParameters p = unit(16, w);
        p.fraction = 50;
        p.edge = edge;
        const Outcome out = run(p, fp16_pair, a, b);
        ASSERT_EQ(to_fp32(p, out.acc), to_fp32(kept, FinalRounding::nearest_even));
        ASSERT_EQ(to_fp16(p, out.acc), to_fp16(kept, FinalRounding::nearest_even));
        p.rounding = FinalRounding::toward_zero;
        ASSERT_EQ(to_fp32(p, out.acc), to_fp32(kept, FinalRounding::toward_zero));
        ASSERT_EQ(to_fp16(p, out.acc), to_fp16(kept, FinalRounding::toward_zero));
      }
  }
}

TEST(InnerProduct, with_30_fraction_bits_windows_differ_in_some_wide_sums) {
  Draw draw(4);
  int sums = 0, results = 0;
  for (int trial = 0; trial < 1000; ++trial) {
    const Codes a = draw.finite(Format::fp16, 16), b = draw.finite(Format::fp16, 16);
    const IpuParameters p = unit(16, 12), q = unit(16, 38);
    const Accumulator narrow = run(p, fp16_pair, a, b).acc, wide = run(q, fp16_pair, a, b).acc;
    sums += narrow.sum != wide.sum ? 1 : 0;
    results += to_fp32(p, narrow) != to_fp32(q, wide) ? 1 : 0;
  }
  EXPECT_GT(sums, 290);
  EXPECT_GT(results, 10);
  EXPECT_LT(results, 290);  // what is lost lies below the last place of most results
}

TEST(InnerProduct, of_every_supported_pair_and_digit_width_is_exact_when_nothing_is_dropped) {
  Draw draw(5);
  for (const FormatPair pair : supported_pairs())
    for (const auto& [da, db] : {std::pair{4, 4}, {8, 4}, {8, 8}, {12, 1}})
      for (int trial = 0; trial < 20; ++trial) {
        // One exponent throughout for the wide formats; any for those whose span fits.
        const Codes a = draw.finite(pair.a, 8), b = draw.finite(pair.b, 8);
        const bool wide = pair.a == Format::fp16 || pair.a == Format::bf16 ||
                          pair.a == Format::tf32 || pair.a == Format::fp8_e5m2 ||
                          pair.b == Format::fp8_e5m2;
        IpuParameters p = unit(8, 20, wide ? 28 : 60);
        p.digit_a = da;
        p.digit_b = db;
        p.fraction = 60;
        const Outcome out = run(p, pair, a, b);
        if (is_integer(pair)) continue;
        ASSERT_EQ(to_fp32(p, out.acc),
                  to_fp32(exact_kept_dot(pair, a.data(), b.data(), 8, p.software_precision),
                          FinalRounding::nearest_even))
            << name(pair) << ' ' << da << 'x' << db;
      }
}

TEST(InnerProduct, single_cycle_alignment_loses_what_leaves_the_window) {
  IpuParameters p = unit(2, 12);  // three positions below a product
  p.alignment = Alignment::single_cycle;
  const auto sum = [&](double small) {
    return to_fp32(p, run(p, fp16_pair, {fp16(1), fp16(small)}, {fp16(1), fp16(1)}).acc);
  };
  // The product of two 1.0 is the nibble product 8 * 8 << 3 = 2^9, in units of 2^-9.
  const float last = 1.0f / 512;
  EXPECT_EQ(sum(last), 1 + last);
  EXPECT_EQ(sum(last / 2), 1.0f);
  EXPECT_EQ(sum(-last / 2), 1 - last);  // rounded down, not to zero
  p.alignment = Alignment::multi_cycle;
  EXPECT_EQ(sum(last / 2), 1 + last / 2);
  EXPECT_EQ(sum(-last / 2), 1 - last / 2);
}

TEST(InnerProduct, lanes_beyond_the_software_precision_are_dropped_and_the_last_within_is_kept) {
  for (const int precision : {16, 28}) {
    const IpuParameters p = unit(2, 38, precision);
    const auto sum = [&](int exponent) {
      const Codes a{fp16(16384), fp16(std::ldexp(1.0, 14 - exponent / 2))};
      const Codes b{fp16(16384), fp16(std::ldexp(1.0, 14 - (exponent - exponent / 2)))};
      const Outcome out = run(p, fp16_pair, a, b);
      return out.acc.sum - (Wide{1} << 30);
    };
    EXPECT_EQ(static_cast<std::int64_t>(sum(precision)), std::int64_t{1} << (30 - precision));
    EXPECT_EQ(static_cast<std::int64_t>(sum(precision + 1)), 0);
  }
}

TEST(InnerProduct, partition_edges_and_empty_partitions_decide_the_cycles) {
  const auto cycles = [](int alignment, PartitionEdge edge, bool skip) {
    IpuParameters p = unit(2, 14);  // sp = 5
    p.edge = edge;
    p.skip_empty_partitions = skip;
    return run(p, fp16_pair, {fp16(1), fp16(std::ldexp(1.0, -alignment))}, {fp16(1), fp16(1)})
               .cycles /
           9;
  };
  using E = PartitionEdge;
  EXPECT_EQ(cycles(4, E::exclusive, false), 1);
  EXPECT_EQ(cycles(5, E::exclusive, false), 2);
  EXPECT_EQ(cycles(5, E::inclusive, false), 1);
  EXPECT_EQ(cycles(6, E::inclusive, false), 2);
  EXPECT_EQ(cycles(9, E::exclusive, false), 2);
  EXPECT_EQ(cycles(10, E::exclusive, false), 3);
  EXPECT_EQ(cycles(10, E::inclusive, false), 2);
  EXPECT_EQ(cycles(10, E::exclusive, true), 2);  // the middle one has no lane
  EXPECT_EQ(cycles(11, E::inclusive, true), 2);
}

TEST(InnerProduct, zeros_create_alignment_only_where_they_are_not_masked) {
  IpuParameters p = unit(2, 16);
  const Codes a{fp16(std::ldexp(1.0, -14)), fp16(0)}, b{fp16(std::ldexp(1.0, -14)), fp16(16384)};
  EXPECT_EQ(run(p, fp16_pair, a, b).cycles, 9);
  EXPECT_EQ(run(p, fp16_pair, a, b).acc.exponent, -28);
  p.mask_zeros = false;  // the zero's product has exponent 0 and pushes the other out
  EXPECT_EQ(run(p, fp16_pair, a, b).acc.exponent, 0);
  EXPECT_EQ(run(p, fp16_pair, a, b).cycles, 9 * 5);
}

TEST(InnerProduct, without_a_valid_lane_takes_one_cycle_and_changes_nothing) {
  const IpuParameters p = unit(2, 16);
  Accumulator acc = run(p, fp16_pair, {fp16(3), fp16(5)}, {fp16(7), fp16(-1)}).acc;
  const Codes zeros{fp16(0), 0x8000}, b{fp16(1), fp16(9)};
  EXPECT_EQ(golden::accumulate(p, fp16_pair, zeros.data(), b.data(), acc), 1);
  EXPECT_EQ(to_fp32(p, acc), 16.0f);
  EXPECT_TRUE(run(p, fp16_pair, zeros, b).acc.empty);
}

TEST(InnerProduct, accumulator_takes_the_greater_exponent_and_rounds_down) {
  const IpuParameters p = unit(1, 38);
  Accumulator acc;
  const auto add = [&](double a) {
    const Codes x{fp16(a)}, y{fp16(1)};
    golden::accumulate(p, fp16_pair, x.data(), y.data(), acc);
  };
  add(-std::ldexp(1.0, -14));
  EXPECT_EQ(acc.exponent, -14);
  add(1024);  // 24 above: the first term keeps 6 of its 30 fraction bits
  EXPECT_EQ(acc.exponent, 10);
  EXPECT_EQ(static_cast<std::int64_t>(acc.sum), (1ll << 30) - (1ll << 6));
  add(std::ldexp(1.0, -14));
  EXPECT_EQ(acc.exponent, 10);
  EXPECT_EQ(static_cast<std::int64_t>(acc.sum), 1ll << 30);
}

TEST(InnerProduct, growth_bits_are_enough_for_their_accumulations_and_one_more_wraps) {
  IpuParameters p = unit(2, 16);
  p.growth = 2;
  const Codes a(2, 0x3FFF), b(2, 0x3FFF);  // 1.999 * 1.999 in both lanes
  Accumulator acc;
  for (int i = 0; i < 4; ++i) golden::accumulate(p, fp16_pair, a.data(), b.data(), acc);
  EXPECT_FALSE(acc.overflowed);
  golden::accumulate(p, fp16_pair, a.data(), b.data(), acc);
  EXPECT_TRUE(acc.overflowed);
  EXPECT_LT(to_fp32(p, acc), 0);  // wrapped in two's complement
  const Codes zeros(2, 0);
  golden::accumulate(p, fp16_pair, zeros.data(), zeros.data(), acc);
  EXPECT_TRUE(acc.overflowed);  // and stays known
}

TEST(InnerProduct, scales_of_blocks_move_the_exponent_and_nothing_else) {
  const IpuParameters p = unit(16, 16);
  Draw draw(6);
  for (const Format f : {Format::fp4_e2m1, Format::mxint8, Format::fp8_e4m3}) {
    const FormatPair pair{f, f};
    const Codes a = draw.finite(f, 16), b = draw.finite(f, 16);
    const Outcome plain = run(p, pair, a, b), scaled = run(p, pair, a, b, -7);
    EXPECT_EQ(to_fp32(p, scaled.acc), std::ldexp(to_fp32(p, plain.acc), -7));
    EXPECT_EQ(scaled.cycles, plain.cycles);
  }
  // Two blocks, the second 2^3 above: aligned by the accumulator, exactly.
  const Codes one(16, 0x40), scale_a(16, 0x01);  // 1.0 and 1/64
  Accumulator acc;
  const FormatPair pair{Format::mxint8, Format::mxint8};
  golden::accumulate(p, pair, one.data(), scale_a.data(), acc, 0);
  golden::accumulate(p, pair, one.data(), one.data(), acc, 3);
  EXPECT_EQ(to_fp32(p, acc), 16.0f / 64 + 16 * 8);
}

// Any operand with any other: NaN, infinities, subnormals, signed zeros. The product of two FP16
// numbers is exact in FP32, so that FP32 arithmetic says what has to come out.
void expect_product(const IpuParameters& p, std::uint32_t a, std::uint32_t b) {
  Accumulator acc;
  golden::accumulate(p, fp16_pair, &a, &b, acc);
  float expected = canonical(to_float(Fp16{static_cast<std::uint16_t>(a)}) *
                             to_float(Fp16{static_cast<std::uint16_t>(b)}));
  if (expected == 0) expected = 0;  // no negative zero leaves the accumulator
  ASSERT_EQ(float_bits(to_fp32(p, acc)), float_bits(expected)) << std::hex << a << ' ' << b;
}

TEST(InnerProduct, of_one_lane_is_the_product_for_all_fp16_numbers_with_corners) {
  const IpuParameters p = unit(1, 16);
  for (std::uint32_t a = 0; a < 0x10000; ++a)
    for (const std::uint32_t b : {0x0000u, 0x8000u, 0x0001u, 0x83FFu, 0x0400u, 0x3C00u, 0xBFFFu,
                                  0x7BFFu, 0x7C00u, 0xFC00u, 0x7E00u, 0xFDFFu})
      expect_product(p, a, b);
}

TEST(InnerProduct, infinities_of_both_signs_and_infinity_times_zero_are_nan) {
  const IpuParameters p = unit(2, 16);
  const auto bits = [&](const Codes& a, const Codes& b) {
    return float_bits(to_fp32(p, run(p, fp16_pair, a, b).acc));
  };
  EXPECT_EQ(bits({0x7C00, 0xFC00}, {fp16(1), fp16(1)}), canonical_nan_bits);
  EXPECT_EQ(bits({0x7C00, 0xFC00}, {fp16(1), fp16(-1)}), 0x7F800000u);
  EXPECT_EQ(bits({0x7C00, fp16(1)}, {0x8000, fp16(1)}), canonical_nan_bits);
  EXPECT_EQ(bits({0x7C00, fp16(1)}, {fp16(-2), fp16(1)}), 0xFF800000u);
  EXPECT_EQ(to_fp16(p, run(p, fp16_pair, {0x7C00, 0}, {fp16(-2), 0}).acc).bits, 0xFC00);
  EXPECT_EQ(to_fp16(p, run(p, fp16_pair, {0x7D00, 0}, {0, 0}).acc), fp16_canonical_nan);
}

TEST(InnerProduct, results_round_to_even_or_toward_zero_at_both_ends_of_the_range) {
  IpuParameters p = unit(1, 16);
  Accumulator acc;
  acc.exponent = p.fraction;  // the sum is an integer
  acc.empty = false;
  const auto both = [&](std::int64_t sum, std::uint16_t nearest, std::uint16_t zero) {
    acc.sum = sum;
    p.rounding = FinalRounding::nearest_even;
    EXPECT_EQ(to_fp16(p, acc).bits, nearest) << sum;
    EXPECT_EQ(to_fp16(p, acc), numerics::to_fp16(static_cast<float>(sum)));
    p.rounding = FinalRounding::toward_zero;
    EXPECT_EQ(to_fp16(p, acc).bits, zero) << sum;
  };
  both(2049, 0x6800, 0x6800);
  both(2051, 0x6802, 0x6801);
  both(-2051, 0xE802, 0xE801);
  both(65504, 0x7BFF, 0x7BFF);
  both(65519, 0x7BFF, 0x7BFF);
  both(65520, 0x7C00, 0x7BFF);
  both(-70000, 0xFC00, 0xFBFF);
  acc.exponent = p.fraction - 25;  // halves of the least subnormal
  acc.sum = 1;
  p.rounding = FinalRounding::nearest_even;
  EXPECT_EQ(to_fp16(p, acc).bits, 0);
  acc.sum = 3;
  EXPECT_EQ(to_fp16(p, acc).bits, 2);
  p.rounding = FinalRounding::toward_zero;
  EXPECT_EQ(to_fp16(p, acc).bits, 1);
}

}  // namespace
}  // namespace mantissa::numerics::inner_product
