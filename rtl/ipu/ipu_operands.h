// SPDX-License-Identifier: Apache-2.0
// Operands of an operation of the inner-product unit, by kind and seed: those on which designs
// stumble, and random ones.
//
//   std::vector<std::uint32_t> a(16), b(16);
//   draw_operands({16, 7, 28}, IpuMode::fp16, OperandKind::walk_through, 1, a, b);
#pragma once

#include <cstdint>
#include <vector>

namespace mantissa::rtl {

// As ipu_pkg.sv has them.
enum class IpuMode : std::uint8_t { int4, int8x4, int8, fp16 };

// Of binary16. Integers take kind % operand_kinds for a, and seed % operand_kinds for b.
enum class OperandKind : std::uint8_t {
  zero,          // no lane takes part
  walk_through,  // products 2^10, 2^2, 2^3, 2^8 in the first four lanes
  equal,         // one exponent
  near,          // exponents -3 to 4
  wide,          // all of them, none subnormal
  any,           // any code
  subnormal,     // a subnormal beside anything finite
  special,       // zeros, infinities, NaN, the ends of normal and subnormal numbers
  greatest,      // and of one sign
  cancelling,    // lanes 2i and 2i + 1 of opposite sign
  edges,         // alignments around multiples of the safe precision, and the software precision
  sparse,        // near, half of the operands zero of either sign
  half_tie,      // 1 or 1 + 2^-10, and 2^-11
  single_tie,    // 1 or 1 + 2^-23, and 2^-24
  tiny,          // products among the subnormal numbers of binary16
};
constexpr std::int64_t ipu_kinds = 15;

struct IpuShape {
  std::int64_t lanes, safe_precision, software_precision;
};

// Fills `a` and `b`, of `shape.lanes` codes each. Bits above an integer's are drawn, too: no design
// may look at them.
void draw_operands(const IpuShape& shape, IpuMode mode, OperandKind kind, std::uint64_t seed,
                   std::vector<std::uint32_t>& a, std::vector<std::uint32_t>& b);

}  // namespace mantissa::rtl
