// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/inner_product/inner_product.h"

namespace mantissa::numerics::inner_product::golden {
namespace {

// A NaN or an infinity decides the result, whatever the other lanes are.
void note_special(const Operand& a, const Operand& b, Accumulator& acc) {
  if (a.special == Special::none && b.special == Special::none) return;
  const auto is_zero = [](const Operand& x) {
    return x.special == Special::none && x.significand == 0;
  };
  const bool nan = a.special == Special::nan || b.special == Special::nan;
  if (nan || is_zero(a) || is_zero(b))
    acc.nan = true;
  else if (a.negative != b.negative)
    acc.negative_infinity = true;
  else
    acc.positive_infinity = true;
}

int accumulate_integers(const IpuParameters& p, FormatPair pair, const std::vector<Digits>& a,
                        const std::vector<Digits>& b, Accumulator& acc) {
  int cycles = 0;
  for (int i = digit_count(pair.a, p.digit_a) - 1; i >= 0; --i)
    for (int j = digit_count(pair.b, p.digit_b) - 1; j >= 0; --j, ++cycles) {
      Wide sum = 0;
      for (std::size_t k = 0; k < a.size(); ++k)
        sum += a[k][static_cast<std::size_t>(i)] * b[k][static_cast<std::size_t>(j)];
      add(p, acc, shifted_right(sum, -(i * p.digit_a + j * p.digit_b)));
    }
  acc.empty = false;
  return cycles;
}

}  // namespace

int accumulate(const IpuParameters& p, FormatPair pair, const std::uint32_t* a,
               const std::uint32_t* b, Accumulator& acc, int scale) {
  const auto n = static_cast<std::size_t>(p.lanes);
  std::vector<Operand> x(n), y(n);
  std::vector<Digits> x_digits(n), y_digits(n);
  for (std::size_t k = 0; k < n; ++k) {
    x[k] = decode(pair.a, a[k]);
    y[k] = decode(pair.b, b[k]);
    x_digits[k] = digits(pair.a, p.digit_a, x[k]);
    y_digits[k] = digits(pair.b, p.digit_b, y[k]);
    note_special(x[k], y[k], acc);
  }
  if (is_integer(pair)) return accumulate_integers(p, pair, x_digits, y_digits, acc);

  const AlignedLanes aligned = align(p, x, y, scale);
  if (!aligned.any) return 1;
  const int behind = raise_exponent(acc, aligned.greatest);
  const int sp = p.safe_precision();
  const int fractions = fraction_bits(pair.a, p.digit_a) + fraction_bits(pair.b, p.digit_b);
  int cycles = 0;
  for (int i = digit_count(pair.a, p.digit_a) - 1; i >= 0; --i)
    for (int j = digit_count(pair.b, p.digit_b) - 1; j >= 0; --j)
      for (const int q : aligned.served) {
        Wide sum = 0;  // window + log2(lanes) bits
        for (std::size_t k = 0; k < n; ++k) {
          const LaneAlignment& lane = aligned.lanes[k];
          if (!lane.kept || lane.partition != q) continue;
          const Wide product =
              x_digits[k][static_cast<std::size_t>(i)] * y_digits[k][static_cast<std::size_t>(j)];
          sum += shifted_right(shifted_right(product, -sp), lane.shift);
        }
        const int left =
            i * p.digit_a + j * p.digit_b - fractions - sp + p.fraction - q * sp - behind;
        add(p, acc, shifted_right(sum, -left));
        ++cycles;
      }
  return cycles;
}

}  // namespace mantissa::numerics::inner_product::golden
