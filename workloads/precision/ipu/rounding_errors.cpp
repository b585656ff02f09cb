// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/ipu/rounding_errors.h"

#include <algorithm>
#include <cmath>

#include "base/numerics/float_bits.h"
#include "base/numerics/inner_product/exact.h"
#include "base/numerics/inner_product/operation.h"

namespace mantissa::workloads::ipu {

namespace ip = numerics::inner_product;

namespace {

// Codes in the order of their values: -0 and +0 are one.
std::int64_t ordinal(std::uint32_t code, ResultFormat format) {
  const std::uint32_t sign = format == ResultFormat::fp16 ? 0x8000u : 0x80000000u;
  const auto magnitude = static_cast<std::int64_t>(code & (sign - 1));
  return (code & sign) != 0 ? -magnitude : magnitude;
}

}  // namespace

const char* name(ResultFormat format) { return format == ResultFormat::fp16 ? "fp16" : "fp32"; }

ExactResults::ExactResults(const Operations& operations) {
  constexpr auto nearest = ip::FinalRounding::nearest_even;
  for (std::size_t i = 0; i < operations.count(); ++i) {
    const ip::ExactSum sum =
        exact_dot(fp16_pair, operations.a_of(i), operations.b_of(i), operations.lanes);
    value.push_back(sum.approximately());
    fp16.push_back(to_fp16(sum, nearest).bits);
    fp32.push_back(numerics::float_bits(to_fp32(sum, nearest)));
  }
}

int contaminated_bits(std::uint32_t a, std::uint32_t b, ResultFormat format) {
  const std::int64_t distance = std::abs(ordinal(a, format) - ordinal(b, format));
  return 64 - numerics::leading_zeros(static_cast<std::uint64_t>(distance));
}

double error_bound(const ip::IpuParameters& p) {
  const bool loses = p.alignment == ip::Alignment::single_cycle;
  const double window = loses ? (p.lanes - 1) * 74529.0 * std::ldexp(1.0, 9 - p.window - 22) : 0;
  const double accumulator = 9.0 * p.worst_partitions() * std::ldexp(1.0, -p.fraction);
  const double dropped =
      p.software_precision >= 58 ? 0 : (p.lanes - 1) * std::ldexp(4.0, -p.software_precision - 1);
  return window + accumulator + dropped;
}

ErrorStatistics errors_of(const ip::IpuParameters& p, const Operations& operations,
                          const ExactResults& exact, ResultFormat format) {
  const ip::PackedOperands a(p, ip::Format::fp16, p.digit_a, operations.matrix(operations.a));
  const ip::PackedOperands b(p, ip::Format::fp16, p.digit_b, operations.matrix(operations.b));
  const ip::Operation operation(p, fp16_pair, a.stride());
  // Both sums are compared as doubles: half a unit in the 53rd place of up to 4 lanes each.
  const double bound = error_bound(p) + p.lanes * 0x1p-50;
  ErrorStatistics out;
  out.operations = operations.count();
  std::vector<int> bits(operations.count());
  for (std::size_t i = 0; i < operations.count(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    ip::Accumulator sum;
    operation(a.exponents(row, 0), b.exponents(row, 0), sum);
    bits[i] = format == ResultFormat::fp16
                  ? contaminated_bits(to_fp16(p, sum).bits, exact.fp16[i], format)
                  : contaminated_bits(numerics::float_bits(to_fp32(p, sum)), exact.fp32[i], format);
    out.differing += bits[i] != 0 ? 1 : 0;
    out.mean_bits += bits[i];
    out.most_bits = std::max(out.most_bits, bits[i]);
    if (sum.empty) continue;
    const double value = std::ldexp(static_cast<double>(sum.sum), sum.exponent - p.fraction);
    const double error = std::ldexp(std::fabs(value - exact.value[i]), -sum.exponent);
    out.mean_error += error;
    out.most_error = std::max(out.most_error, error);
  }
  if (bits.empty()) return out;
  out.mean_bits /= static_cast<double>(bits.size());
  out.mean_error /= static_cast<double>(bits.size());
  out.most_of_bound = out.most_error / bound;
  const auto middle = bits.begin() + static_cast<std::ptrdiff_t>(bits.size() / 2);
  std::nth_element(bits.begin(), middle, bits.end());
  out.median_bits = *middle;
  return out;
}

}  // namespace mantissa::workloads::ipu
