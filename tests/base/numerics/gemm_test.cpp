// SPDX-License-Identifier: Apache-2.0
// The fast kernels give the bits and counts of the golden ones on a grid of awkward sizes.
#include "base/numerics/gemm.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "base/numerics/error_bound.h"
#include "base/numerics/random_fill.h"
#include "tests/base/numerics/kernel_sets.h"

namespace mantissa::numerics {
namespace {

constexpr std::int32_t least_int32 = std::numeric_limits<std::int32_t>::min();

struct Size {
  std::int64_t m, n, k;
};

std::vector<Size> grid() {
  std::vector<Size> sizes;
  for (std::int64_t m : {0, 1, 5, 6, 7, 97}) {
    for (std::int64_t n : {0, 1, 15, 16, 17, 257}) {
      for (std::int64_t k : {0, 1, 2, 3, 31, 32, 33, 255, 256, 257, 515}) {
        if (m * n * k < 3'000'000) sizes.push_back({m, n, k});
      }
    }
  }
  return sizes;
}

// Runs the fast and the golden kernel on the same operands, with rows longer than needed, and
// demands the same accumulators (also the untouched ends of rows) and the same count.
template <class A, class Fast, class Golden>
void expect_same_integers(Fast fast, Golden golden, Size s, bool accumulate) {
  const RandomStream stream(11, "integers");
  const std::int64_t lda = s.k + 3, ldb = s.n + 1, ldacc = s.n + 2;
  std::vector<A> a(s.m * lda + 1);
  std::vector<std::int8_t> b(s.k * ldb + 1);
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = static_cast<A>(stream.bits(i));
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = static_cast<std::int8_t>(stream.bits(~i));
  if (s.m * s.n > 0 && s.k > 1)
    a[0] = a[1] = static_cast<A>(-128), b[0] = b[ldb] = -128;  // the greatest pair
  std::vector<std::int32_t> x(s.m * ldacc + 1, 77), y(x);
  std::uint64_t overflows_x = 3, overflows_y = 3;
  fast(a.data(), lda, b.data(), ldb, x.data(), ldacc, s.m, s.n, s.k, accumulate, overflows_x,
       output_stationary);
  golden(a.data(), lda, b.data(), ldb, y.data(), ldacc, s.m, s.n, s.k, accumulate, overflows_y,
         output_stationary);
  ASSERT_EQ(x, y) << s.m << 'x' << s.n << 'x' << s.k;
  ASSERT_EQ(overflows_x, overflows_y);
}

class Kernels : public WithKernels {};

INSTANTIATE_TEST_SUITE_P(Gemm, Kernels, every_kernel_set(), kernel_set_name);

TEST_P(Kernels, int8_equals_golden_on_the_grid) {
  for (const Size& s : grid()) {
    for (bool accumulate : {false, true}) {
      expect_same_integers<std::int8_t>(gemm_int8, golden::gemm_int8, s, accumulate);
      expect_same_integers<std::uint8_t>(gemm_uint8, golden::gemm_uint8, s, accumulate);
    }
  }
}

TEST_P(Kernels, int8_counts_every_wrap_that_golden_counts) {
  const std::int64_t k = 40;
  std::vector<std::int8_t> a(k, 127), b(k * 3, 127);
  for (std::int64_t x = 0; x < k; ++x) b[3 * x + 1] = static_cast<std::int8_t>(x % 2 ? -127 : 127);
  for (std::uint64_t chain : {0u, 1u, 7u, 40u}) {
    std::vector<std::int32_t> x{0x7FFFFFFF - 20 * 127 * 127, 0x7FFFFFFF, least_int32}, y(x);
    std::uint64_t fast = 0, slow = 0;
    gemm_int8(a.data(), k, b.data(), 3, x.data(), 3, 1, 3, k, true, fast, ReductionOrder{chain});
    golden::gemm_int8(a.data(), k, b.data(), 3, y.data(), 3, 1, 3, k, true, slow,
                      ReductionOrder{chain});
    EXPECT_EQ(x, y);
    EXPECT_EQ(fast, slow);
    // Column 0 wraps once in every order; column 1 wraps up and down where its products are added
    // one by one or in odd chains, and never in one chain whose sum is 0.
    EXPECT_EQ(slow, chain == 0 || chain == 40 ? 1u : chain == 1 ? 41u : slow);
    EXPECT_GE(slow, 1u);
  }
}

TEST_P(Kernels, int8_wraps_exactly_beyond_the_last_product_that_fits) {
  // 2^31 - 1 = 131071 * 128 * 128 + 16383: one product more leaves int32.
  for (std::int64_t k : {131071, 131072}) {
    std::vector<std::int8_t> a(k, -128), b(k, -128);
    std::int32_t acc = 0;
    std::uint64_t overflows = 0;
    gemm_int8(a.data(), k, b.data(), 1, &acc, 1, 1, 1, k, false, overflows);
    EXPECT_EQ(overflows, k == 131072 ? 1u : 0u);
    EXPECT_EQ(acc, k == 131072 ? least_int32 : 131071 * 16384);
  }
}

// Values of every class: ordinary, subnormal, huge, zeros of both signs, infinities and NaN.
Bf16 any_bf16(const RandomStream& stream, std::uint64_t i, bool special) {
  const auto bits = static_cast<std::uint16_t>(stream.bits(i));
  if (!special) return to_bf16(stream.real(i));
  static const std::uint16_t table[] = {0x0000, 0x8000, 0x0001, 0x8001, 0x007F, 0x0080, 0x7F7F,
                                        0xFF7F, 0x7F80, 0xFF80, 0x7FC1, 0xFFA0, 0x1F80, 0x2000};
  // Rare enough that most outputs stay finite.
  if (stream.bits(i ^ 0x5555) % 97 == 0) return Bf16{table[bits % 14]};
  return Bf16{static_cast<std::uint16_t>((bits & 0x80FFu) | 0x1F00u)};  // products about 2^-130
}

void expect_same_floats(Size s, ReductionOrder order, bool accumulate, bool special) {
  const RandomStream stream(13, "floats");
  const std::int64_t lda = s.k + 1, ldb = s.n + 5, ldacc = s.n + 2;
  std::vector<Bf16> a(s.m * lda + 1), b(s.k * ldb + 1);
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = any_bf16(stream, i, special);
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = any_bf16(stream, ~i, special);
  std::vector<float> x(s.m * ldacc + 1, -0.0f), y(x);
  gemm_bf16(a.data(), lda, b.data(), ldb, x.data(), ldacc, s.m, s.n, s.k, order, accumulate);
  golden::gemm_bf16(a.data(), lda, b.data(), ldb, y.data(), ldacc, s.m, s.n, s.k, order,
                    accumulate);
  for (std::size_t i = 0; i < x.size(); ++i) {
    ASSERT_EQ(float_bits(x[i]), float_bits(y[i]))
        << s.m << 'x' << s.n << 'x' << s.k << " chain " << order.chain << " at " << i;
  }
}

TEST_P(Kernels, bf16_equals_golden_bit_for_bit_on_the_grid) {
  for (const Size& s : grid()) {
    if (s.m * s.n * s.k > 500'000) continue;
    for (std::uint64_t chain : {0, 1, 32, 33}) {
      expect_same_floats(s, ReductionOrder{chain}, chain == 32, chain % 2 == 0);
    }
  }
}

TEST_P(Kernels, bf16_chains_may_span_blocks_of_k) {
  for (std::int64_t k : {1023, 1024, 1025}) {
    for (std::uint64_t chain : {0, 255, 256, 257, 300, 512, 513, 1024, 4000}) {
      expect_same_floats({7, 17, k}, ReductionOrder{chain}, true, false);
      expect_same_floats({7, 17, k}, ReductionOrder{chain}, false, true);
    }
  }
}

TEST_P(Kernels, fp32_equals_golden_bit_for_bit) {
  const RandomStream stream(17, "fp32");
  const std::int64_t m = 13, n = 37, k = 301;
  std::vector<float> a(m * k), b(k * n), x(m * n, 0.5f), y(x);
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = stream.real(i);
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = stream.real(~i);
  for (std::uint64_t chain : {0, 8, 100, 301}) {
    gemm_fp32(a.data(), k, b.data(), n, x.data(), n, m, n, k, ReductionOrder{chain}, true);
    golden::gemm_fp32(a.data(), k, b.data(), n, y.data(), n, m, n, k, ReductionOrder{chain}, true);
    EXPECT_EQ(x, y);
  }
}

TEST(GemmGolden, nan_results_are_canonical_and_infinities_cancel_to_nan) {
  const Bf16 a[] = {{0x7F80}, {0x3F80}}, b[] = {{0x3F80}, {0xFF80}};  // inf * 1 + 1 * -inf
  float acc = 0;
  golden::gemm_bf16(a, 2, b, 1, &acc, 1, 1, 1, 2, output_stationary, false);
  EXPECT_EQ(float_bits(acc), canonical_nan_bits);
  const Bf16 payload[] = {{0xFFA5}};
  golden::gemm_bf16(payload, 1, payload, 1, &acc, 1, 1, 1, 1, output_stationary, false);
  EXPECT_EQ(float_bits(acc), canonical_nan_bits);
}

TEST(GemmGolden, no_products_give_zero_or_leave_the_accumulator) {
  float acc = 5;
  gemm_bf16(nullptr, 0, nullptr, 1, &acc, 1, 1, 1, 0, output_stationary, true);
  EXPECT_EQ(acc, 5);
  gemm_bf16(nullptr, 0, nullptr, 1, &acc, 1, 1, 1, 0, output_stationary, false);
  EXPECT_EQ(float_bits(acc), 0u);
}

// K = 4096, outputs of the two dataflows: the order shows in nearly every result, and both lie
// within the bound.
TEST(ReductionOrder, shows_in_nearly_every_output_and_stays_within_gamma) {
  const RandomStream stream(19, "order");
  const std::int64_t m = 24, n = 32, k = 4096;
  std::vector<Bf16> a(m * k), b(k * n);
  for (std::size_t i = 0; i < a.size(); ++i) a[i] = to_bf16(stream.real(i));
  for (std::size_t i = 0; i < b.size(); ++i) b[i] = to_bf16(stream.real(~i));
  std::vector<float> os(m * n), ws(m * n);
  gemm_bf16(a.data(), k, b.data(), n, os.data(), n, m, n, k, output_stationary, false);
  gemm_bf16(a.data(), k, b.data(), n, ws.data(), n, m, n, k, weight_stationary(128), false);
  int different = 0;
  for (std::int64_t i = 0; i < m; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      double exact = 0, magnitude = 0;
      for (std::int64_t x = 0; x < k; ++x) {
        exact += double{to_float(a[i * k + x])} * to_float(b[x * n + j]);
      }
      magnitude = sum_of_magnitudes(&a[i * k], 1, &b[j], n, k);
      const double bound = gamma(k) * magnitude;
      EXPECT_LE(std::abs(os[i * n + j] - exact), bound);
      EXPECT_LE(std::abs(ws[i * n + j] - exact), bound);
      different += os[i * n + j] != ws[i * n + j];
    }
  }
  EXPECT_GT(different, m * n * 9 / 10);
}

TEST(ReductionOrder, length_is_all_of_k_for_chain_zero_and_never_zero) {
  EXPECT_EQ(output_stationary.length(100), 100u);
  EXPECT_EQ(weight_stationary(128).length(100), 100u);
  EXPECT_EQ(weight_stationary(99).length(100), 99u);
  EXPECT_EQ(output_stationary.length(0), 1u);
}

}  // namespace
}  // namespace mantissa::numerics
