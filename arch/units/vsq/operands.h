// SPDX-License-Identifier: Apache-2.0
// A product's operands as vector MACs take them: vectors of V narrow elements along k, and a scale
// for each.
//
// Vectors run along the channels of a line (V x 1 x 1 of a convolution's weight); the last one of a
// line is filled up with zeros. A row of k = lines x line elements has lines x ceil(line / V)
// vectors, in the order of k.
//
//   fp16, bf16, fp32  quantised per vector in two levels (base/numerics/quantize, order A, or B
//                     with scale_first). The coarse scale follows from the largest magnitude: of
//                     the output channel for weights, of the tensor for activations. Without scales
//                     it is the only one.
//   int8              elements as they are, with scales whose rounded product is 1 (unit_scales)
//
// Errors: element_out_of_range for an int8 that has no such element, numerics::not_finite.
//
//   const VsqOperands x(vsq, 16, operands);
//   numerics::vector_scaled_gemm(x.mac(), x.a(), x.w(), acc, m, n, x.depth(), false, counts);
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "arch/units/matrix_model.h"
#include "base/error.h"
#include "base/numerics/quantize/integer_quantizer.h"

namespace mantissa::arch {

inline const ErrorKind element_out_of_range{
    "vsq.element-range", ExitCode::bad_input,
    "An int8 operand of vector MACs that their narrower elements do not hold."};

// How floats become elements.
numerics::IntegerQuantization vsq_weights(const VsqConfig& vsq, std::int64_t vector_length);
numerics::IntegerQuantization vsq_activations(const VsqConfig& vsq, std::int64_t vector_length);

// Of a tensor with these ranges.
float vsq_coarse_of_activations(const VsqConfig& vsq, std::int64_t vector_length,
                                const MatrixRanges& ranges);

// sw and sa whose rounded product is 1, so that sums are those of the elements alone.
std::pair<std::uint16_t, std::uint16_t> unit_scales(const numerics::VectorMac& mac);

class VsqOperands {
 public:
  VsqOperands(const VsqConfig& vsq, std::int64_t vector_length, const MatrixOperands& operands);

  const numerics::VectorMac& mac() const { return mac_; }
  std::int64_t vectors() const { return vectors_; }  // of a row
  std::int64_t depth() const { return vectors_ * mac_.vector_length; }
  // All rows, depth() elements and vectors() scales apart.
  numerics::ScaledRows a() const { return view(a_, sa_); }
  numerics::ScaledRows w() const { return view(w_, sw_); }
  // `count` vectors from `first` on of every row, as a matrix of its own.
  VsqOperands part(std::int64_t first, std::int64_t count) const;
  // Vectors for which a scale is zero, of all rows with all columns.
  std::uint64_t zero_scales() const;

 private:
  static numerics::ScaledRows view(const std::vector<std::int8_t>& elements,
                                   const std::vector<std::uint16_t>& scales) {
    return {elements.data(), scales.empty() ? nullptr : scales.data()};
  }

  VsqOperands() = default;

  numerics::VectorMac mac_;
  std::int64_t vectors_ = 0, m_ = 0, n_ = 0;
  std::vector<std::int8_t> a_, w_;
  std::vector<std::uint16_t> sa_, sw_;
};

}  // namespace mantissa::arch
