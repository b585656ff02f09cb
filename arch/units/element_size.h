// SPDX-License-Identifier: Apache-2.0
// The size of a stored element, which need not be whole bytes: `bits` for every `elements` side by
// side. Sixteen elements of 4 bits and the scale of 4 bits that they share: {68, 16}.
//
//   const ElementSize bf16(trace::NumberFormat::bf16), scaled{68, 16};
//   100 * bf16             // 200 bytes
//   100 * scaled           // 54 bytes: of what is packed, whole bytes
//   scaled.offset(100)     // 53: the byte in which element 100 begins
#pragma once

#include <cstdint>

#include "base/trace/number_format.h"
#include "base/units.h"

namespace mantissa::arch {

struct ElementSize {
  std::uint64_t bits = 8, elements = 1;

  constexpr ElementSize() = default;
  constexpr ElementSize(std::uint64_t bytes) : bits(8 * bytes) {}
  constexpr ElementSize(std::uint64_t b, std::uint64_t e) : bits(b), elements(e) {}
  explicit ElementSize(trace::NumberFormat format) : bits(trace::bits(format)) {}

  // Whether n of them fill whole bytes.
  constexpr bool whole(std::uint64_t n = 1) const { return n * bits % (8 * elements) == 0; }
  constexpr std::uint64_t offset(std::uint64_t n) const { return n * bits / (8 * elements); }
  // offset(x) + y * size <= (x + y) * size: pieces never reach beyond the whole.
  friend constexpr std::uint64_t operator*(std::uint64_t n, const ElementSize& size) {
    return ceil_div(n * size.bits, 8 * size.elements);
  }
  friend constexpr bool operator<(const ElementSize& a, const ElementSize& b) {
    return a.bits * b.elements < b.bits * a.elements;
  }
};

// Elements of some bits, and a scale for every vector of them along a line of `line` elements; the
// last vector of a line may be shorter, its scale is whole.
struct PackedElements {
  std::uint64_t vector_length = 1, bits = 8, scale_bits = 0;

  // Per element; line 0: whole vectors.
  ElementSize size(std::uint64_t line = 0) const {
    const std::uint64_t elements = line == 0 ? vector_length : line;
    return {elements * bits + ceil_div(elements, vector_length) * scale_bits, elements};
  }
};

}  // namespace mantissa::arch
