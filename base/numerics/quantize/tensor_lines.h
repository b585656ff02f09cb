// SPDX-License-Identifier: Apache-2.0
// The lines of a tensor along its vector axis (vector_axis.h): in place where they are contiguous,
// gathered and scattered through a buffer where they are not.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/numerics/float_bits.h"
#include "base/numerics/quantize/errors.h"
#include "base/numerics/quantize/vector_axis.h"

namespace mantissa::numerics {

class TensorLines {
 public:
  TensorLines(const float* x, const VectorAxis& axis) : x_(x), axis_(axis) {}

  // Valid until the next call.
  const float* line(std::int64_t o, std::int64_t i) {
    const float* first = x_ + o * axis_.length * axis_.inner + i;
    if (axis_.inner == 1) return first;
    gathered_.resize(static_cast<std::size_t>(axis_.length));
    for (std::int64_t c = 0; c < axis_.length; ++c)
      gathered_[static_cast<std::size_t>(c)] = first[c * axis_.inner];
    return gathered_.data();
  }

  // Where the results of a line go: into the tensor, or into `buffer`, to be scattered afterwards.
  template <class T>
  T* room(std::vector<T>& tensor, std::int64_t o, std::vector<T>& buffer) const {
    if (axis_.inner == 1) return tensor.data() + o * axis_.length;
    buffer.resize(static_cast<std::size_t>(axis_.length));
    return buffer.data();
  }
  template <class T>
  void scatter(const T* from, std::int64_t o, std::int64_t i, std::vector<T>& tensor) const {
    if (axis_.inner == 1) return;
    T* first = tensor.data() + o * axis_.length * axis_.inner + i;
    for (std::int64_t c = 0; c < axis_.length; ++c) first[c * axis_.inner] = from[c];
  }

  // Names the first element that is not finite.
  [[noreturn]] void refuse_not_finite() const {
    std::int64_t at = 0;
    while (at < axis_.elements() && !is_nan(x_[at]) && !is_infinite(x_[at])) ++at;
    throw Error(not_finite)
        .say("element " + std::to_string(at) + " of the tensor is not finite")
        .read(is_nan(x_[at]) ? "NaN"
              : x_[at] < 0   ? "-inf"
                             : "inf")
        .expected("finite numbers")
        .remedy("Quantised formats of this kind have none: look for what made it.");
  }

 private:
  const float* x_;
  VectorAxis axis_;
  std::vector<float> gathered_;
};

}  // namespace mantissa::numerics
