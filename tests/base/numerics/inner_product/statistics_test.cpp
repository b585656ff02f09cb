// SPDX-License-Identifier: Apache-2.0
// What is known of errors and of cycles on random data: bounds that always hold, and shares and
// means from an independent calculation, within tolerances of about four standard deviations.
#include <gtest/gtest.h>

#include <cmath>

#include "base/numerics/inner_product/exact.h"
#include "base/numerics/inner_product/gemm.h"
#include "base/numerics/inner_product/timing.h"
#include "tests/base/numerics/inner_product/operands.h"

namespace mantissa::numerics::inner_product {
namespace {

using testing::Codes;
using testing::Draw;
using testing::fp16;
using testing::fp16_pair;
using testing::unit;

enum class Law { normal, uniform, laplace, relu };

double draw_from(Draw& draw, Law law) {
  switch (law) {
    case Law::normal:
      return draw.normal();
    case Law::uniform:
      return 2 * draw.uniform() - 1;
    case Law::laplace:
      return draw.laplace();
    case Law::relu:
      break;
  }
  return std::max(0.0, draw.normal());
}

Codes operands(Draw& draw, Law law, std::size_t count) {
  Codes out(count);
  for (auto& code : out) code = fp16(draw_from(draw, law));
  return out;
}

TEST(IpuError, in_a_window_stays_below_its_bound) {
  // [(n-1) * 74529 * 2^(mx+9-w-22) + 9 * 2^(mx-30) + dropped lanes]. The accumulator rounds down
  // once per cycle: 9 times with single-cycle alignment, 9 times per partition otherwise.
  Draw draw(21);
  double worst = 0;
  for (int trial = 0; trial < 20000; ++trial) {
    const int n = 1 << (draw.bits() % 5), w = 12 + static_cast<int>(draw.bits() % 27);
    IpuParameters p = unit(n, w, draw.one_in(2) ? 16 : 28);
    p.alignment = draw.one_in(2) ? Alignment::single_cycle : Alignment::multi_cycle;
    const auto count = static_cast<std::size_t>(n);
    const Codes a =
        draw.one_in(2) ? operands(draw, Law::normal, count) : draw.finite(Format::fp16, count);
    const Codes b =
        draw.one_in(2) ? operands(draw, Law::laplace, count) : draw.finite(Format::fp16, count);
    Accumulator acc;
    golden::accumulate(p, fp16_pair, a.data(), b.data(), acc);
    if (acc.empty) continue;
    const double exact = exact_dot(fp16_pair, a.data(), b.data(), n).approximately();
    const double kept =
        exact_kept_dot(fp16_pair, a.data(), b.data(), n, p.software_precision).approximately();
    double dropped = 0;
    if (exact != kept)
      for (std::size_t k = 0; k < count; ++k) {
        const double x = exact_product(fp16_pair, a[k], b[k]).approximately();
        const int c = decode(Format::fp16, a[k]).exponent + decode(Format::fp16, b[k]).exponent;
        if (acc.exponent - c > p.software_precision) dropped += std::fabs(x);
      }
    const double value = std::ldexp(static_cast<double>(acc.sum), acc.exponent - p.fraction);
    const double bound = (n - 1) * 74529.0 * std::ldexp(1.0, acc.exponent + 9 - w - 22) +
                         9 * p.worst_partitions() * std::ldexp(1.0, acc.exponent - 30) + dropped;
    worst = std::max(worst, std::fabs(value - exact) / bound);
  }
  EXPECT_LE(worst, 1);
  EXPECT_GT(worst, 0.3);  // the bound is not far away
}

// Percent of single operations whose rounded result is not that of the exact value.
double differing(int w, Law law, bool to_half, int operations) {
  IpuParameters p = unit(16, w, 28);
  p.alignment = Alignment::single_cycle;
  Draw draw(static_cast<std::uint32_t>(100 * w + static_cast<int>(law)));
  int differ = 0;
  for (int i = 0; i < operations; ++i) {
    const Codes a = operands(draw, law, 16), b = operands(draw, law, 16);
    Accumulator acc;
    golden::accumulate(p, fp16_pair, a.data(), b.data(), acc);
    const ExactSum exact = exact_dot(fp16_pair, a.data(), b.data(), 16);
    constexpr auto nearest = FinalRounding::nearest_even;
    differ += to_half ? to_fp16(p, acc) != to_fp16(exact, nearest)
                      : to_fp32(p, acc) != to_fp32(exact, nearest);
  }
  return 100.0 * differ / operations;
}

TEST(IpuError, changes_the_measured_share_of_results) {
  struct Row {
    int w;
    bool to_half;
    double normal, uniform, laplace;
  };
  for (const Row& r :
       {Row{12, true, 87, 56, 95}, Row{16, true, 4.4, 1.1, 8.1}, Row{26, true, 0, 0, 0},
        Row{16, false, 45, 21, 68}, Row{26, false, 0.11, 0.03, 0.29}}) {
    const double shares[] = {differing(r.w, Law::normal, r.to_half, 8000),
                             differing(r.w, Law::uniform, r.to_half, 8000),
                             differing(r.w, Law::laplace, r.to_half, 8000)};
    const double expected[] = {r.normal, r.uniform, r.laplace};
    for (int i = 0; i < 3; ++i) {
      const double share = expected[i] / 100;
      const double deviation = 100 * std::sqrt(share * (1 - share) / 8000);
      EXPECT_NEAR(shares[i], expected[i], 4 * deviation + 0.02 * expected[i] + 0.1)
          << "w " << r.w << (r.to_half ? " fp16 " : " fp32 ") << i;
    }
  }
}

double mean_partitions(int n, int w, Law b_law) {
  const IpuParameters p = unit(n, w, 28);
  Draw draw(static_cast<std::uint32_t>(n * w));
  // Independent operations: row r of a with row r of b alone would waste the kernel; products of
  // all rows with all rows share operands, which widens the deviation but not the mean.
  const std::int64_t rows = 400, k = 4 * n;
  const Codes a = operands(draw, Law::normal, static_cast<std::size_t>(rows * k));
  const Codes b = operands(draw, b_law, static_cast<std::size_t>(rows * k));
  const CodeMatrix x{a.data(), 4, k, 1, rows, k}, y{b.data(), 4, k, 1, rows, k};
  const auto operations = static_cast<double>(rows * rows * 4);
  return static_cast<double>(gemm_cycles(p, fp16_pair, x, y)) / operations / 9;
}

TEST(IpuCycles, per_iteration_have_the_measured_means) {
  struct Row {
    int n, w;
    Law b;
    double mean;
  };
  for (const Row& r : {Row{8, 12, Law::normal, 2.78}, Row{8, 16, Law::normal, 1.42},
                       Row{16, 12, Law::normal, 3.33}, Row{16, 16, Law::normal, 1.76},
                       Row{16, 28, Law::normal, 1.001}, Row{16, 12, Law::relu, 2.75},
                       Row{16, 16, Law::relu, 1.42}}) {
    // Half a percent, and half of the last digit given.
    EXPECT_NEAR(mean_partitions(r.n, r.w, r.b), r.mean, 0.005 * r.mean + 0.005)
        << "n " << r.n << " w " << r.w;
  }
}

}  // namespace
}  // namespace mantissa::numerics::inner_product
