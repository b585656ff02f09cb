// SPDX-License-Identifier: Apache-2.0
// A tensor with its contents: row-major, packed as base/numerics/element.h says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/trace/graph.h"

namespace mantissa::numerics {

struct Value {
  trace::NumberFormat format = trace::NumberFormat::fp32;
  trace::Shape shape;
  std::vector<std::byte> data;

  Value() = default;
  Value(trace::NumberFormat f, trace::Shape s);  // all bits zero
  // Contents cast to the format by the rules of element.h.
  static Value of_floats(trace::NumberFormat f, trace::Shape s, const std::vector<float>& x);
  static Value of_integers(trace::NumberFormat f, trace::Shape s,
                           const std::vector<std::int64_t>& x);

  std::int64_t elements() const { return trace::elements(shape); }
  // All elements as fp32: exact for formats up to fp32 and integers up to 2^24, else rounded once.
  std::vector<float> floats() const;
  // All elements of an integer, boolean or binary format.
  std::vector<std::int64_t> integers() const;

  friend bool operator==(const Value& a, const Value& b) {
    return a.format == b.format && a.shape == b.shape && a.data == b.data;
  }
};

// Integer, boolean or binary: sums of these are integers.
inline bool is_whole(trace::NumberFormat f) { return !trace::is_float(f); }
// Beyond int32: computed in 64 bits.
inline bool is_wide(trace::NumberFormat f) {
  return f == trace::NumberFormat::int64 || f == trace::NumberFormat::uint64 ||
         f == trace::NumberFormat::uint32;
}

}  // namespace mantissa::numerics
