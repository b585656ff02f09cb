// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/inner_product/operation.h"

#include <algorithm>

#include "base/numerics/inner_product/packed_operands.h"
#include "base/numerics/kernel_set.h"

namespace mantissa::numerics::inner_product {
namespace {

template <class Int>
Int shifted(Int x, int left) {
  constexpr int most = static_cast<int>(8 * sizeof(Int)) - 1;
  if (left < 0) return x >> std::min(-left, most);
  return x * (Int{1} << left);
}

}  // namespace

Operation::Operation(const IpuParameters& p, FormatPair pair, int stride)
    : p_(p),
      stride_(stride),
      sp_(p.safe_precision()),
      fractions_(fraction_bits(pair.a, p.digit_a) + fraction_bits(pair.b, p.digit_b)),
      digits_a_(digit_count(pair.a, p.digit_a)),
      digits_b_(digit_count(pair.b, p.digit_b)),
      iterations_(digits_a_ * digits_b_) {
  // A sum has window + 6 bits; shifted up, no more than the accumulator.
  fits_ = p.accumulator_bits() <= 62 && p.window + 6 <= 62;
  const int levels = p.accumulator_bits() - 3 - p.fraction - p.growth;
  room_ = (std::int64_t{1} << std::min(p.accumulator_bits() - 1, 62)) -
          (std::int64_t{1} << std::min(2 + p.fraction + levels, 62)) - (std::int64_t{1} << 20);
  for (int alignment = 0; alignment <= p.software_precision; ++alignment)
    partitions_.push_back(static_cast<std::int16_t>(partition_of(p, alignment)));
  const int values = sp_ + (p.edge == PartitionEdge::inclusive ? 1 : 0);
  const bool vectorises = fits_ && p.digit_a == 4 && p.digit_b == 4 && digits_a_ == digits_b_ &&
                          digits_a_ <= 3 && p.alignment == Alignment::multi_cycle &&
                          values <= group * most_groups && kernel_set() >= KernelSet::avx2;
  if (!vectorises) return;
  vectorised_ = vectorised(digits_a_, stride / 16);
  make_shifts();
}

template <class Int>
int Operation::portable(const std::int16_t* a, const std::int16_t* b, Accumulator& acc) const {
  int greatest = no_lane, farthest = 0;
  for (int k = 0; k < p_.lanes; ++k) greatest = std::max(greatest, a[k] + b[k]);
  if (greatest == no_lane) return 1;
  int partition[64], shift[64];
  for (int k = 0; k < p_.lanes; ++k) {
    const int alignment = greatest - a[k] - b[k];
    const bool kept = alignment <= p_.software_precision;
    partition[k] = kept ? this->partition(alignment) : -1;
    shift[k] = kept ? alignment : 0;
    if (p_.alignment == Alignment::multi_cycle && kept) shift[k] -= partition[k] * sp_;
    farthest = std::max(farthest, partition[k]);
  }
  const int behind = raise_exponent(acc, greatest);
  const auto bits = p_.accumulator_bits();
  const Int low = -(Int{1} << (bits - 1)), high = (Int{1} << (bits - 1)) - 1;
  constexpr int most = static_cast<int>(8 * sizeof(Int)) - 1;
  auto running = static_cast<Int>(acc.sum);
  int cycles = 0;
  for (int q = 0; q <= farthest; ++q) {
    const bool empty = std::find(partition, partition + p_.lanes, q) == partition + p_.lanes;
    if (empty && p_.skip_empty_partitions) continue;
    cycles += iterations_;
    if (empty) continue;
    for (int d = 0; d < iterations_; ++d) {
      const int i = d / digits_b_, j = d % digits_b_;
      const std::int16_t* x = a + (1 + i) * stride_;
      const std::int16_t* y = b + (1 + j) * stride_;
      Int sum = 0;
      for (int k = 0; k < p_.lanes; ++k) {
        const Int product = partition[k] == q ? x[k] * y[k] : 0;
        sum += (product * (Int{1} << sp_)) >> std::min(shift[k], most);
      }
      const int left =
          i * p_.digit_a + j * p_.digit_b - fractions_ - sp_ + p_.fraction - q * sp_ - behind;
      running += shifted(sum, left);
      if (running >= low && running <= high) continue;
      acc.overflowed = true;  // and wraps
      running = static_cast<Int>(wrapped(running, bits));
    }
  }
  acc.sum = running;
  return cycles;
}

int Operation::operator()(const std::int16_t* a, const std::int16_t* b, Accumulator& acc) const {
  if (vectorised_ != nullptr && acc.sum < room_ && acc.sum > -room_)
    return (this->*vectorised_)(a, b, acc);
  return fits_ ? portable<std::int64_t>(a, b, acc) : portable<Wide>(a, b, acc);
}

void Operation::note_specials(const std::int16_t* a, const std::int16_t* b,
                              Accumulator& acc) const {
  const auto special = [this](const std::int16_t* x, int k) {
    return x[k] == no_exponent ? x[stride_ + k] : 0;
  };
  // The sign, 0 for zero: digits carry it.
  const auto sign = [&](const std::int16_t* x, int digits, int k) {
    for (int i = 1; i <= digits; ++i)
      if (x[i * stride_ + k] != 0) return x[i * stride_ + k] < 0 ? -1 : 1;
    return 0;
  };
  for (int k = 0; k < p_.lanes; ++k) {
    if (special(a, k) == 0 && special(b, k) == 0) continue;
    const int product = sign(a, digits_a_, k) * sign(b, digits_b_, k);
    if (special(a, k) == 2 || special(b, k) == 2 || product == 0)
      acc.nan = true;
    else
      (product < 0 ? acc.negative_infinity : acc.positive_infinity) = true;
  }
}

}  // namespace mantissa::numerics::inner_product
