// SPDX-License-Identifier: Apache-2.0
#include "rtl/ipu/ipu_operands.h"

#include <algorithm>
#include <array>

#include "rtl/common/pin_bench.h"

namespace mantissa::rtl {
namespace {

constexpr std::uint32_t sign_bit = 0x8000;

// Random sign and fraction.
std::uint32_t with_exponent(std::uint64_t exponent, std::uint64_t bits) {
  return static_cast<std::uint32_t>((bits & 0x83FF) | exponent << 10);
}

// 2^exponent.
std::uint32_t power(std::int64_t exponent) {
  return static_cast<std::uint32_t>((exponent + 15) << 10);
}

struct Pair {
  std::uint32_t a = 0, b = 0;
};

std::uint32_t special(std::uint64_t bits) {
  constexpr std::array<std::uint32_t, 8> magnitudes = {0x0000, 0x0001, 0x03FF, 0x0400,
                                                       0x3C00, 0x7BFF, 0x7C00, 0x7E01};
  // NaN seldom: it hides the rest of a sum.
  const std::uint32_t code = magnitudes[bits % (bits >> 8 & 3 ? 7 : 8)];
  return code | (bits & 0x10000 ? sign_bit : 0);
}

// The product of the first lane has the greatest exponent there is, 15 + 15.
Pair at_edge(const IpuShape& shape, std::int64_t lane, std::uint64_t x, std::uint64_t y) {
  const std::int64_t sp = shape.safe_precision, swp = shape.software_precision;
  const std::array<std::int64_t, 11> distances = {
      0, 1, sp - 1, sp, sp + 1, 2 * sp - 1, 2 * sp, swp - 1, swp, swp + 1, 58};
  const std::int64_t distance =
      lane == 0 ? 0 : std::clamp<std::int64_t>(distances[x % distances.size()], 0, 58);
  const auto less = static_cast<std::uint64_t>(std::min<std::int64_t>(distance, 29));
  return {with_exponent(30 - less, x >> 8),
          with_exponent(30 - (static_cast<std::uint64_t>(distance) - less), y)};
}

// Two numbers in two lanes, both of one sign, and nothing else.
Pair tie(std::int64_t lane, std::uint64_t seed, bool is_half) {
  const std::uint32_t sign = seed & 1 ? sign_bit : 0;
  const bool odd = (seed & 2) != 0;
  if (lane == 0) return {power(0) | sign, power(0)};
  if (lane == 1) return {power(is_half ? -5 : -12) | sign, power(is_half ? -6 : -12)};
  if (lane == 2 && odd) return {power(is_half ? -5 : -11) | sign, power(is_half ? -5 : -12)};
  return {};
}

Pair fp16_pair(const IpuShape& shape, OperandKind kind, std::int64_t lane, std::uint64_t seed,
               std::uint64_t x, std::uint64_t y) {
  const auto near = [](std::uint64_t bits) { return with_exponent(12 + (bits >> 16) % 8, bits); };
  const auto wide = [](std::uint64_t bits) { return with_exponent(1 + (bits >> 16) % 30, bits); };
  const auto any = [](std::uint64_t bits) { return static_cast<std::uint32_t>(bits & 0xFFFF); };
  const auto zero_or = [&](std::uint64_t bits) {
    return bits >> 32 & 1 ? near(bits) : any(bits) & sign_bit;
  };
  switch (kind) {
    case OperandKind::zero:
      return {any(x) & sign_bit, any(y) & ~0x4000u};
    case OperandKind::walk_through: {
      constexpr std::array<std::int64_t, 4> exponents = {10, 2, 3, 8};
      if (lane >= 4) return {};
      return {power(exponents[static_cast<std::size_t>(lane)]), power(0)};
    }
    case OperandKind::equal:
      return {with_exponent(15, x), with_exponent(15, y)};
    case OperandKind::near:
      return {near(x), near(y)};
    case OperandKind::wide:
      return {wide(x), wide(y)};
    case OperandKind::any:
      return {any(x), any(y)};
    case OperandKind::subnormal:
      return {with_exponent(0, x), with_exponent((y >> 16) % 31, y)};
    case OperandKind::special:  // in about two lanes: several make NaN of each other
      if ((x >> 20) % static_cast<std::uint64_t>(shape.lanes) > 1) return {near(x), near(y)};
      return {special(x), special(y)};
    case OperandKind::greatest:
      return {0x7BFF | (seed & 1 ? sign_bit : 0), 0x7BFF};
    case OperandKind::cancelling: {
      const std::uint64_t key = draw(seed, static_cast<std::uint64_t>(lane / 2));
      return {near(key) ^ (lane % 2 == 0 ? 0 : sign_bit), near(draw(key, 1))};
    }
    case OperandKind::edges:
      return at_edge(shape, lane, x, y);
    case OperandKind::sparse:
      return {zero_or(x), zero_or(y)};
    case OperandKind::half_tie:
      return tie(lane, seed, true);
    case OperandKind::single_tie:
      return tie(lane, seed, false);
    case OperandKind::tiny:
      return {with_exponent((x >> 16) % 4, x), with_exponent(4 + (y >> 16) % 8, y)};
  }
  return {};
}

std::uint32_t integer(std::int64_t kind, unsigned width, std::uint64_t bits) {
  const std::uint64_t above = bits << width & 0xFFFF;
  return static_cast<std::uint32_t>(above | operand(kind, width, bits >> 16));
}

}  // namespace

void draw_operands(const IpuShape& shape, IpuMode mode, OperandKind kind, std::uint64_t seed,
                   std::vector<std::uint32_t>& a, std::vector<std::uint32_t>& b) {
  for (std::size_t k = 0; k < a.size(); ++k) {
    const std::uint64_t key = draw(draw(0x1B0, seed), k);
    const std::uint64_t x = draw(key, 0), y = draw(key, 1);
    if (mode == IpuMode::fp16) {
      const Pair pair = fp16_pair(shape, kind, static_cast<std::int64_t>(k), seed, x, y);
      a[k] = pair.a;
      b[k] = pair.b;
    } else {
      a[k] = integer(static_cast<std::int64_t>(kind) % operand_kinds, mode == IpuMode::int4 ? 4 : 8,
                     x);
      b[k] = integer(static_cast<std::int64_t>(seed % static_cast<std::uint64_t>(operand_kinds)),
                     mode == IpuMode::int8 ? 8 : 4, y);
    }
  }
}

}  // namespace mantissa::rtl
