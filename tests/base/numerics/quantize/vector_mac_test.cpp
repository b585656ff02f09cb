// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/quantize/vector_mac.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/error.h"
#include "base/numerics/gemm.h"
#include "base/numerics/quantize/post_processing.h"
#include "tests/base/numerics/kernel_sets.h"
#include "tests/base/numerics/quantize/samples.h"

namespace mantissa::numerics {
namespace {

using testing::HasSubstr;

enum class Values { any, greatest, zero_scales };

// Operands of a product: every value of their widths, or all at their ends.
struct Operands {
  std::vector<std::int8_t> a, w;
  std::vector<std::uint16_t> sa, sw;

  Operands(const VectorMac& mac, std::int64_t m, std::int64_t n, std::int64_t k, Values values) {
    const std::int64_t vectors = (k + mac.vector_length - 1) / mac.vector_length;
    const auto fill = [&](auto& to, std::int64_t count, std::int64_t low, std::int64_t high,
                          std::uint64_t key) {
      using T = typename std::decay_t<decltype(to)>::value_type;
      for (std::int64_t i = 0; i < count; ++i) {
        const auto draw =
            static_cast<std::int64_t>(faults::derived(key, static_cast<std::uint64_t>(i)) >> 8);
        to.push_back(
            static_cast<T>(values == Values::greatest ? low : low + draw % (high - low + 1)));
      }
    };
    const std::int64_t half = std::int64_t{1} << (mac.activation_bits - 1);
    if (mac.activation_signed)
      fill(a, m * k, -half, half - 1, 1);
    else
      fill(a, m * k, 0, 2 * half - 1, 1);
    if (values == Values::greatest && !mac.activation_signed)
      a.assign(a.size(), static_cast<std::int8_t>(2 * half - 1));
    const std::int64_t w_half = std::int64_t{1} << (mac.weight_bits - 1);
    fill(w, n * k, -w_half, w_half - 1, 2);
    const auto scales = [&](std::vector<std::uint16_t>& to, std::int64_t rows, int bits,
                            std::uint64_t key) {
      for (std::int64_t i = 0; i < rows * vectors; ++i) {
        const auto draw = faults::derived(key, static_cast<std::uint64_t>(i));
        const auto top = static_cast<std::uint16_t>((1 << bits) - 1);
        to.push_back(values == Values::greatest                       ? top
                     : values == Values::zero_scales && draw % 3 == 0 ? std::uint16_t{0}
                     : draw % 5 == 0 ? static_cast<std::uint16_t>(draw >> 8 & top & 3)
                                     : static_cast<std::uint16_t>(draw >> 8 & top));
      }
    };
    scales(sa, m, mac.activation_scale_bits, 3);
    scales(sw, n, mac.weight_scale_bits, 4);
  }
};

void expect_fast_is_golden(const VectorMac& mac, std::int64_t m, std::int64_t n, std::int64_t k,
                           Values values, bool accumulate, const std::string& what) {
  const Operands x(mac, m, n, k, values);
  std::vector<std::int64_t> fast(static_cast<std::size_t>(m * n + 1), 77), slow(fast);
  fast[0] = slow[0] = accumulate ? mac.greatest_sum() : 0;
  VectorMacCounts f, g;
  vector_scaled_gemm(mac, {x.a.data(), x.sa.data()}, {x.w.data(), x.sw.data()}, fast.data(), m, n,
                     k, accumulate, f);
  golden::vector_scaled_gemm(mac, {x.a.data(), x.sa.data()}, {x.w.data(), x.sw.data()}, slow.data(),
                             m, n, k, accumulate, g);
  ASSERT_EQ(fast, slow) << what << ' ' << m << 'x' << n << 'x' << k;
  ASSERT_EQ(f.vectors, g.vectors) << what;
  ASSERT_EQ(f.gated, g.gated) << what;
  ASSERT_EQ(f.overflows, g.overflows) << what << ' ' << m << 'x' << n << 'x' << k;
}

struct Named {
  std::string name;
  VectorMac mac;
};

std::vector<Named> datapaths() {
  std::vector<Named> all;
  const auto add = [&](const char* name, int w, int a, int ws, int as, int r) {
    VectorMac mac;
    mac.weight_bits = w, mac.activation_bits = a;
    mac.weight_scale_bits = ws, mac.activation_scale_bits = as;
    mac.product_bits = r;
    all.push_back({name, mac});
  };
  add("4/4/4/4", 4, 4, 4, 4, 0);
  add("4/4/4/4 R=6", 4, 4, 4, 4, 6);
  add("4/4/4/4 R=4", 4, 4, 4, 4, 4);
  add("4/4/4/4 R=1", 4, 4, 4, 4, 1);
  add("4/8/6/10", 4, 8, 6, 10, 0);
  add("4/8/6/10 R=6", 4, 8, 6, 10, 6);
  add("8/8/8/8", 8, 8, 8, 8, 0);
  add("8/8/15/15 R=20", 8, 8, 15, 15, 20);
  add("8/8/-/-", 8, 8, 0, 0, 0);
  add("4/4/-/4", 4, 4, 0, 4, 2);
  add("4/4/4/-", 4, 4, 4, 0, 3);
  add("2/3/1/1", 2, 3, 1, 1, 1);
  const std::size_t count = all.size();
  for (std::size_t i = 0; i < count; ++i) {
    Named other = all[i];
    other.name += "U";
    other.mac.activation_signed = false;
    all.push_back(other);
  }
  return all;
}

class VectorKernels : public WithKernels {};

INSTANTIATE_TEST_SUITE_P(VectorMac, VectorKernels, every_kernel_set(), kernel_set_name);

TEST_P(VectorKernels, equal_golden_on_a_grid_of_datapaths_and_sizes) {
  for (const Named& d : datapaths())
    for (const std::int64_t v : {1, 3, 16, 17, 64})
      for (const int acc : {24, 48})
        for (const std::int64_t k : {1, 15, 16, 40, 131}) {
          VectorMac mac = d.mac;
          mac.vector_length = v;
          mac.accumulator_bits = acc;
          const std::string what = d.name + " V=" + std::to_string(v);
          for (const Values values : {Values::any, Values::zero_scales})
            expect_fast_is_golden(mac, 7, 17, k, values, k == 40, what);
        }
}

// At their ends: the greatest dot products, alternating or all of one sign, sums that overflow.
TEST_P(VectorKernels, equal_golden_where_accumulators_saturate_and_wrap) {
  for (const Named& d : datapaths())
    for (const int acc : {8, 12, 16, 24, 32, 33, 47, 48})
      for (const OnOverflow overflow : {OnOverflow::saturate, OnOverflow::wrap})
        for (const bool accumulate : {false, true}) {
          VectorMac mac = d.mac;
          mac.accumulator_bits = acc;
          mac.on_overflow = overflow;
          for (const Values values : {Values::any, Values::greatest})
            expect_fast_is_golden(mac, 6, 16, 16 * 30, values, accumulate, d.name);
        }
}

TEST_P(VectorKernels, equal_golden_without_scales_given_and_for_nothing) {
  VectorMac mac;
  const Operands x(mac, 3, 4, 50, Values::any);
  std::vector<std::int64_t> fast(12, 5), slow(12, 5);
  VectorMacCounts f, g;
  vector_scaled_gemm(mac, {x.a.data(), nullptr}, {x.w.data(), x.sw.data()}, fast.data(), 3, 4, 50,
                     true, f);
  golden::vector_scaled_gemm(mac, {x.a.data(), nullptr}, {x.w.data(), x.sw.data()}, slow.data(), 3,
                             4, 50, true, g);
  EXPECT_EQ(fast, slow);
  EXPECT_EQ(f.gated, g.gated);
  vector_scaled_gemm(mac, {}, {}, fast.data(), 3, 4, 0, true, f);
  EXPECT_EQ(fast, slow);
  vector_scaled_gemm(mac, {}, {}, fast.data(), 3, 4, 0, false, f);
  EXPECT_THAT(fast, testing::Each(0));
  vector_scaled_gemm(mac, {}, {}, nullptr, 0, 4, 8, false, f);
}

// Check 2 of the facts, first half: with every sq = 1 nothing but the integer product is left.
TEST(VectorMac, with_scales_of_one_is_the_plain_integer_product) {
  VectorMac mac;
  mac.accumulator_bits = 32;
  const std::int64_t m = 9, n = 21, k = 100, vectors = 7;
  const Operands x(mac, m, n, k, Values::any);
  const std::vector<std::uint16_t> ones(static_cast<std::size_t>(n * vectors), 1);
  std::vector<std::int64_t> acc(static_cast<std::size_t>(m * n));
  VectorMacCounts counts;
  vector_scaled_gemm(mac, {x.a.data(), ones.data()}, {x.w.data(), ones.data()}, acc.data(), m, n, k,
                     false, counts);
  std::vector<std::int8_t> transposed(static_cast<std::size_t>(k * n));
  for (std::int64_t c = 0; c < n; ++c)
    for (std::int64_t i = 0; i < k; ++i)
      transposed[static_cast<std::size_t>(i * n + c)] = x.w[static_cast<std::size_t>(c * k + i)];
  std::vector<std::int32_t> plain(static_cast<std::size_t>(m * n));
  std::uint64_t overflows = 0;
  gemm_int8(x.a.data(), k, transposed.data(), n, plain.data(), n, m, n, k, false, overflows);
  for (std::size_t i = 0; i < plain.size(); ++i) EXPECT_EQ(acc[i], plain[i]);
  EXPECT_EQ(counts.gated + counts.overflows, 0u);
}

// Second half: with full products acc * gw * ga is the exact dot product of what dequantising
// gives, as rationals: all elements q * sq * gamma with gammas of one.
TEST(VectorMac, with_full_products_is_the_exact_dot_product_of_the_dequantised_operands) {
  VectorMac mac;
  mac.weight_bits = 4, mac.activation_bits = 8;
  mac.weight_scale_bits = 6, mac.activation_scale_bits = 10;
  mac.accumulator_bits = 48;
  const std::int64_t m = 5, n = 6, k = 150, vectors = 10;
  const Operands x(mac, m, n, k, Values::any);
  std::vector<std::int64_t> acc(static_cast<std::size_t>(m * n));
  VectorMacCounts counts;
  vector_scaled_gemm(mac, {x.a.data(), x.sa.data()}, {x.w.data(), x.sw.data()}, acc.data(), m, n, k,
                     false, counts);
  std::int64_t rounded_differ = 0;
  mac.product_bits = 10;
  std::vector<std::int64_t> rounded_acc(acc.size());
  vector_scaled_gemm(mac, {x.a.data(), x.sa.data()}, {x.w.data(), x.sw.data()}, rounded_acc.data(),
                     m, n, k, false, counts);
  for (std::int64_t r = 0; r < m; ++r)
    for (std::int64_t c = 0; c < n; ++c) {
      std::int64_t exact = 0;
      for (std::int64_t i = 0; i < k; ++i) {
        const std::int64_t a = std::int64_t{x.a[static_cast<std::size_t>(r * k + i)]} *
                               x.sa[static_cast<std::size_t>(r * vectors + i / 16)];
        const std::int64_t w = std::int64_t{x.w[static_cast<std::size_t>(c * k + i)]} *
                               x.sw[static_cast<std::size_t>(c * vectors + i / 16)];
        exact += a * w;
      }
      const auto at = static_cast<std::size_t>(r * n + c);
      EXPECT_EQ(acc[at], exact);
      rounded_differ += rounded_acc[at] * 64 != exact;
    }
  EXPECT_GT(rounded_differ, m * n / 2) << "negative control: rounded products are not exact";
}

TEST(VectorMac, rounds_the_scale_product_half_up_and_saturates_it) {
  VectorMac mac;
  for (const int r : {1, 2, 4, 6, 7, 8}) {
    mac.product_bits = r;
    const int k = 8 - r, top = (1 << r) - 1;
    for (std::uint32_t sw = 0; sw < 16; ++sw)
      for (std::uint32_t sa = 0; sa < 16; ++sa) {
        // floor(x / 2^k + 1/2), in doubles of which all are exact.
        const double x = static_cast<double>(sw * sa) / (1 << k);
        const double expected = std::min(std::floor(x + (k ? 0.5 : 0)), double(top));
        EXPECT_EQ(rounded_scale_product(mac, sw, sa), expected) << sw << ' ' << sa << " R=" << r;
      }
  }
}

// Check 3 of the facts. 15 * 15 rounds to 14 in 4 bits, so the bound for p <= 15 is not tight
// there.
TEST(VectorMac, of_24_bits_is_safe_for_47_vectors_and_for_713_with_4_bits_of_product) {
  EXPECT_EQ(784 * 225, 176'400);
  VectorMac mac;
  struct Row {
    int product_bits;
    std::int64_t safe, last, p;  // by the bound; in fact
  };
  for (const Row& row : std::vector<Row>{{0, 47, 47, 225}, {4, 713, 764, 14}}) {
    mac.product_bits = row.product_bits;
    EXPECT_EQ(safe_vectors(mac), row.safe);
    for (const std::int64_t vectors : {row.safe, row.last, row.last + 1}) {
      const std::vector<std::int8_t> sevens(static_cast<std::size_t>(16 * vectors), 7);
      const std::vector<std::uint16_t> fifteens(static_cast<std::size_t>(vectors), 15);
      std::int64_t acc;
      VectorMacCounts counts;
      vector_scaled_gemm(mac, {sevens.data(), fifteens.data()}, {sevens.data(), fifteens.data()},
                         &acc, 1, 1, 16 * vectors, false, counts);
      EXPECT_EQ(counts.overflows, vectors > row.last ? 1u : 0u) << vectors;
      EXPECT_EQ(acc, vectors > row.last ? mac.greatest_sum() : vectors * 784 * row.p);
    }
  }
}

TEST(VectorMac, saturates_or_wraps_at_both_ends_and_counts_it) {
  VectorMac mac;
  mac.accumulator_bits = 8;
  std::uint64_t overflows = 0;
  EXPECT_EQ(accumulated(mac, 100, 27, overflows), 127);
  EXPECT_EQ(accumulated(mac, -100, -28, overflows), -128);
  EXPECT_EQ(overflows, 0u);
  EXPECT_EQ(accumulated(mac, 100, 28, overflows), 127);
  EXPECT_EQ(accumulated(mac, -100, -29, overflows), -128);
  EXPECT_EQ(overflows, 2u);
  mac.on_overflow = OnOverflow::wrap;
  EXPECT_EQ(accumulated(mac, 100, 28, overflows), -128);
  EXPECT_EQ(accumulated(mac, -100, -29, overflows), 127);
  EXPECT_EQ(accumulated(mac, 0, 1'000'000, overflows), 64);
  EXPECT_EQ(overflows, 5u);
}

// Check 7 of the facts.
TEST(VectorMac, gates_fewer_vectors_the_more_bits_the_scale_product_keeps) {
  VectorMac mac;
  const auto x = samples(Distribution::laplace, 64 * 1024),
             y = samples(Distribution::laplace, 64 * 1024, 2);
  IntegerQuantization format;
  format.bits = 4;
  format.granularity = Granularity::vector;
  format.scale_bits = 4;
  format.coarse_per = Granularity::tensor;
  const auto a = quantize(x.data(), {64, 1024, 1}, format);
  const auto w = quantize(y.data(), {64, 1024, 1}, format);
  std::vector<std::int64_t> acc(64 * 64);
  std::uint64_t before = ~std::uint64_t{0}, first = 0;
  for (const int r : {1, 2, 3, 4, 5, 6, 7, 8}) {
    mac.product_bits = r;
    VectorMacCounts counts;
    vector_scaled_gemm(mac, {a.elements.data(), a.scales.data()},
                       {w.elements.data(), w.scales.data()}, acc.data(), 64, 64, 1024, false,
                       counts);
    EXPECT_EQ(counts.vectors, 64u * 64 * 64);
    EXPECT_LE(counts.gated, before) << "R=" << r;
    if (r == 1) first = counts.gated;
    before = counts.gated;
  }
  EXPECT_GT(first, before);
}

TEST(VectorMac, refuses_what_no_datapath_has) {
  const auto message = [](const std::function<void(VectorMac&)>& change) -> std::string {
    VectorMac mac;
    change(mac);
    try {
      check(mac);
    } catch (const Error& error) {
      return error.message();
    }
    return "legal";
  };
  EXPECT_EQ(message([](VectorMac&) {}), "legal");
  EXPECT_THAT(message([](VectorMac& m) { m.weight_bits = 9; }), HasSubstr("expected 2 to 8"));
  EXPECT_THAT(message([](VectorMac& m) { m.activation_bits = 1; }), HasSubstr("expected 2 to 8"));
  EXPECT_THAT(message([](VectorMac& m) { m.weight_scale_bits = 16; }), HasSubstr("0 to 15"));
  EXPECT_THAT(message([](VectorMac& m) { m.product_bits = 9; }),
              HasSubstr("read '9'; expected 0 to 8"));
  EXPECT_EQ(message([](VectorMac& m) { m.product_bits = 8; }), "legal");
  EXPECT_THAT(message([](VectorMac& m) { m.vector_length = 0; }), HasSubstr("1 to 1024"));
  EXPECT_THAT(message([](VectorMac& m) { m.accumulator_bits = 49; }), HasSubstr("8 to 48"));
}

TEST(PostProcessing, evaluates_in_the_order_that_it_states) {
  VectorMac mac;
  mac.product_bits = 6;  // 2^k = 4
  EXPECT_EQ(dequantized_sum(mac, 3, 0.5f, 0.25f, 1, false), 3 * 0.5f + 1);
  EXPECT_EQ(dequantized_sum(mac, -3, 0.5f, 0.25f, 1, true), 0);
  EXPECT_EQ(dequantized_sum(mac, -3, 0.5f, 0.25f, 1, false), -0.5f);
  // (gw * ga) underflows before 2^k can help, and overflows nowhere.
  EXPECT_EQ(dequantized_sum(mac, 1 << 20, 0x1p-100f, 0x1p-100f, 2, false), 2);
}

// One row of 32 channels, two vectors: by the definitions, element by element.
TEST(PostProcessing, quantises_the_outputs_as_the_definition_says) {
  const VectorMac mac;
  std::vector<std::int64_t> acc;
  std::vector<float> gw, bias;
  for (int i = 0; i < 32; ++i) {
    acc.push_back(i * 37 % 101 - 50);
    gw.push_back(0.125f * static_cast<float>(1 + i % 3));
    bias.push_back(static_cast<float>(i % 5) - 2);
  }
  const OutputScaling scaling{gw.data(), 0.5f, bias.data(), true};
  IntegerQuantization format;
  format.bits = 4;
  format.granularity = Granularity::vector;
  format.scale_bits = 4;
  const float g_out = 0.03125f;
  for (const auto order : {ScaleOrder::data_first, ScaleOrder::scale_first}) {
    format.order = order;
    const auto q = post_processed(mac, acc.data(), 1, 32, scaling, format, g_out);
    for (std::size_t j = 0; j < 2; ++j) {
      float y[16], most = 0;
      for (std::size_t i = 0; i < 16; ++i) {
        const std::size_t c = 16 * j + i;
        y[i] = std::max(0.0f, static_cast<float>(acc[c]) * (gw[c] * 0.5f) + bias[c]);
        most = std::max(most, y[i]);
      }
      const float s = most / 7;
      const float sq = std::min(std::nearbyint(s / g_out), 15.0f);
      EXPECT_EQ(q.scales[j], sq);
      const float divisor = order == ScaleOrder::data_first ? s : sq * g_out;
      for (std::size_t i = 0; i < 16; ++i)
        EXPECT_EQ(q.element(static_cast<std::int64_t>(16 * j + i)),
                  std::min(std::nearbyint(y[i] / divisor), 7.0f));
    }
  }
  // sq = 0: zeros in order B.
  const auto none = post_processed(mac, acc.data(), 1, 32, scaling, format, 1e6f);
  EXPECT_THAT(none.scales, testing::Each(0));
  EXPECT_THAT(none.elements, testing::Each(0));
}

}  // namespace
}  // namespace mantissa::numerics
