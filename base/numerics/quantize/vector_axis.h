// SPDX-License-Identifier: Apache-2.0
// A tensor as quantisers see it: channels, the axis along which vectors run, and what lies behind.
//
// Element (o, c, i) stands at (o * length + c) * inner + i. Each vector takes V consecutive c of
// one o and one i: V x 1 x 1 of a K x C x R x S weight (VS-Quant, arXiv 2102.04503). Vector j of
// (o, i) stands at (o * vectors + j) * inner + i.
//
//   VectorAxis{rows, columns, 1}     // a matrix, vectors along its rows, one channel per row
//   VectorAxis{k, c, r * s}          // a convolution's weights
//
// Where V does not divide the length, the last vector is padded with zeros: they change neither its
// largest magnitude nor a sum, and memory holds them (storage in integer_quantizer.h).
#pragma once

#include <cstdint>

namespace mantissa::numerics {

struct VectorAxis {
  std::int64_t outer = 1, length = 1, inner = 1;

  std::int64_t elements() const { return outer * length * inner; }
  std::int64_t vectors(std::int64_t v) const { return (length + v - 1) / v; }  // of one line
};

}  // namespace mantissa::numerics
