// SPDX-License-Identifier: Apache-2.0
// The fast product has the bits and the counts of the readable one.
#include "base/numerics/inner_product/gemm.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/numerics/inner_product/timing.h"
#include "tests/base/numerics/inner_product/operands.h"
#include "tests/base/numerics/kernel_sets.h"

namespace mantissa::numerics::inner_product {
namespace {

using testing::Codes;
using testing::Draw;
using testing::fp16_pair;
using testing::unit;

struct Product {
  std::vector<float> sums;
  GemmCounts counts;
};

template <class Gemm>
Product run(Gemm gemm, const IpuParameters& p, FormatPair pair, const CodeMatrix& a,
            const CodeMatrix& b, std::int64_t depth, bool accumulate) {
  Product out;
  out.sums.assign(static_cast<std::size_t>(a.rows * b.rows), 1.5f);
  gemm(p, pair, a, b, depth, out.sums.data(), b.rows, accumulate, out.counts);
  return out;
}

Product golden_of(const IpuParameters& p, FormatPair pair, const CodeMatrix& a, const CodeMatrix& b,
                  std::int64_t depth, bool accumulate) {
  return run(golden::gemm, p, pair, a, b, depth, accumulate);
}

Product fast_of(const IpuParameters& p, FormatPair pair, const CodeMatrix& a, const CodeMatrix& b,
                std::int64_t depth, bool accumulate) {
  const auto fast = [](const IpuParameters& q, FormatPair f, const CodeMatrix& x,
                       const CodeMatrix& y, std::int64_t d, float* acc, std::int64_t ld, bool add,
                       GemmCounts& counts) { gemm(q, f, x, y, d, acc, ld, add, counts); };
  return run(fast, p, pair, a, b, depth, accumulate);
}

bool same(const Product& x, const Product& y) {
  return std::memcmp(x.sums.data(), y.sums.data(), x.sums.size() * sizeof(float)) == 0 &&
         x.counts.cycles == y.counts.cycles && x.counts.operations == y.counts.operations &&
         x.counts.overflows == y.counts.overflows;
}

// Half of the bf16 and tf32 operands near 1, so that their products meet.
Codes operands(Draw& draw, Format f, std::size_t count, bool specials) {
  Codes out(count);
  for (auto& code : out) {
    code = draw.finite(f);
    if (specials && draw.one_in(16)) code = draw.bits() & (f == Format::tf32 ? ~0x1FFFu : 0xFFFFu);
    const bool wide = f == Format::bf16 || f == Format::tf32;
    const int exponent_at = f == Format::bf16 ? 7 : 23;
    if (wide && draw.one_in(2) && decode(f, code).significand != 0)
      code = (code & ~(255u << exponent_at)) | ((115 + draw.bits() % 24) << exponent_at);
    if (testing::code_bits(f) < 16) code &= (1u << testing::code_bits(f)) - 1;
  }
  return out;
}

void compare_on_grid(KernelSet kernels) {
  const LimitedKernels limited(kernels);
  Draw draw(11);
  const Format all[] = {Format::fp16,     Format::bf16,     Format::tf32,
                        Format::fp8_e4m3, Format::fp8_e5m2, Format::fp6_e2m3,
                        Format::fp6_e3m2, Format::fp4_e2m1, Format::mxint8};
  int compared = 0, overflowing = 0;
  for (const Format f : all)
    for (const int w : {10, 12, 16, 17, 18, 20, 28, 38, 40, 41, 42, 58, 64})
      for (const int lanes : {1, 2, 8, 16, 32, 64})
        for (const int fraction : {20, 30, 50})
          for (const int precision : {0, 8, 16, 28, 60, 200}) {
            IpuParameters p = unit(lanes, w, precision);
            p.fraction = fraction;
            p.edge = draw.one_in(2) ? PartitionEdge::inclusive : PartitionEdge::exclusive;
            p.alignment = draw.one_in(4) ? Alignment::single_cycle : Alignment::multi_cycle;
            p.skip_empty_partitions = draw.one_in(3);
            p.mask_zeros = !draw.one_in(4);
            p.rounding = draw.one_in(2) ? FinalRounding::toward_zero : FinalRounding::nearest_even;
            p.growth = draw.one_in(3) ? 0 : 10;
            if (draw.one_in(8)) p.digit_a = 8;
            if (draw.one_in(8)) p.digit_b = 8;
            if (p.safe_precision() < 1) continue;
            const std::int64_t m = 2, n = 3, k = 3 * lanes - (lanes > 1 ? 1 : 0);
            const Codes a = operands(draw, f, static_cast<std::size_t>(m * k), draw.one_in(4));
            const Codes b = operands(draw, f, static_cast<std::size_t>(n * k), draw.one_in(4));
            const CodeMatrix x{a.data(), 4, k, 1, m, k}, y{b.data(), 4, 1, n, n, k};
            const std::int64_t depth = draw.bits() % 3;
            const bool accumulate = draw.one_in(2);
            const Product slow = golden_of(p, {f, f}, x, y, depth, accumulate);
            ASSERT_TRUE(same(slow, fast_of(p, {f, f}, x, y, depth, accumulate)))
                << name(f) << " w " << w << " lanes " << lanes << " F " << fraction << " SWP "
                << precision << " digits " << p.digit_a << 'x' << p.digit_b << " growth "
                << p.growth << " sum " << slow.sums[0];
            ASSERT_EQ(gemm_cycles(p, {f, f}, x, y), slow.counts.cycles)
                << name(f) << " w " << w << " lanes " << lanes << " SWP " << precision;
            ++compared;
            overflowing += slow.counts.overflows > 0 ? 1 : 0;
          }
  EXPECT_GT(compared, 5000);
  EXPECT_GT(overflowing, 10);
}

TEST(IpuGemm, is_the_readable_one_on_a_grid_of_units_with_vector_instructions) {
  compare_on_grid(widest_kernel_set);
}

TEST(IpuGemm, is_the_readable_one_on_a_grid_of_units_without_vector_instructions) {
  compare_on_grid(KernelSet::portable);
}

TEST(IpuGemm, takes_two_byte_codes_in_rows_and_columns) {
  Draw draw(12);
  const std::int64_t m = 5, n = 21, k = 70;
  for (const Format f : {Format::fp16, Format::bf16})
    for (const bool masks : {true, false}) {
      std::vector<std::uint16_t> a(static_cast<std::size_t>(m * k)), b(a);
      b.resize(static_cast<std::size_t>(n * k));
      for (auto& code : a) code = static_cast<std::uint16_t>(draw.finite(f));
      for (auto& code : b) code = static_cast<std::uint16_t>(draw.bits() & 0xFFFF);
      IpuParameters p = unit(16, 16);
      p.mask_zeros = masks;
      const CodeMatrix x{a.data(), 2, k, 1, m, k};
      for (const CodeMatrix& y :
           {CodeMatrix{b.data(), 2, 1, n, n, k}, CodeMatrix{b.data(), 2, k, 1, n, k}}) {
        const Product slow = golden_of(p, {f, f}, x, y, 2, false);
        EXPECT_TRUE(same(slow, fast_of(p, {f, f}, x, y, 2, false)));
        EXPECT_EQ(gemm_cycles(p, {f, f}, x, y), slow.counts.cycles);
      }
    }
}

TEST(IpuGemm, rounds_every_chain_and_adds_it_in_fp32) {
  // 2^24 + 1 + 1: one chain holds all of it, chains of one operation round away each 1.
  const std::vector<std::uint16_t> a{0x6C00, 0x3C00, 0x3C00}, b{0x6C00, 0x3C00, 0x3C00};
  IpuParameters p = unit(1, 38);
  const CodeMatrix x{a.data(), 2, 3, 1, 1, 3}, y{b.data(), 2, 3, 1, 1, 3};
  EXPECT_EQ(fast_of(p, fp16_pair, x, y, 0, false).sums[0], 16777216.0f + 2);
  EXPECT_EQ(fast_of(p, fp16_pair, x, y, 1, false).sums[0], 16777216.0f);
  EXPECT_EQ(fast_of(p, fp16_pair, x, y, 2, false).sums[0], 16777216.0f);
}

TEST(IpuGemm, of_nothing_is_zero_or_what_was_there) {
  const IpuParameters p = unit(16, 16);
  const CodeMatrix x{nullptr, 2, 0, 1, 1, 0};
  for (const auto& of : {golden_of, fast_of}) {
    EXPECT_EQ(of(p, fp16_pair, x, x, 1, false).sums[0], 0.0f);
    EXPECT_EQ(of(p, fp16_pair, x, x, 1, true).sums[0], 1.5f);
  }
}

TEST(IpuGemm, differs_when_a_parameter_does) {
  Draw draw(13);
  const std::int64_t k = 64;
  const Codes a = draw.finite(Format::fp16, k), b = draw.finite(Format::fp16, k);
  const CodeMatrix x{a.data(), 4, k, 1, 1, k}, y{b.data(), 4, k, 1, 1, k};
  const Product wide = golden_of(unit(16, 28), fp16_pair, x, y, 0, false);
  EXPECT_FALSE(same(wide, fast_of(unit(16, 12), fp16_pair, x, y, 0, false)));
  EXPECT_FALSE(same(wide, fast_of(unit(16, 28, 8), fp16_pair, x, y, 0, false)));
}

// All pairs of FP16 numbers through the fast kernel: products are exact in FP32.
TEST(IpuGemm, DISABLED_of_one_lane_is_the_product_for_all_pairs_of_fp16_numbers_long) {
  std::vector<std::uint16_t> all(0x10000);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint16_t>(i);
  const IpuParameters p = unit(1, 16);
  const PackedOperands b(p, Format::fp16, 4, {all.data(), 2, 1, 1, 0x10000, 1});
  std::vector<float> sums(all.size());
  for (std::uint32_t i = 0; i < 0x10000; ++i) {
    const PackedOperands a(p, Format::fp16, 4, {&all[i], 2, 1, 1, 1, 1});
    GemmCounts counts;
    gemm(p, fp16_pair, a, b, 1, sums.data(), 0x10000, false, counts);
    const float x = to_float(Fp16{all[i]});
    for (std::size_t j = 0; j < all.size(); ++j) {
      float expected = canonical(x * to_float(Fp16{all[j]}));
      if (expected == 0) expected = 0;
      ASSERT_EQ(float_bits(sums[j]), float_bits(expected)) << i << ' ' << j;
    }
  }
}

}  // namespace
}  // namespace mantissa::numerics::inner_product
