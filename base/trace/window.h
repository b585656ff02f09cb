// SPDX-License-Identifier: Apache-2.0
// The sliding window of convolutions and poolings: kernel, stride, padding, dilation, and how many
// positions it takes.
//
//   positions = floor((size + before + after - dilation*(kernel-1) - 1) / stride) + 1
//
// With ceil_mode the division rounds up, but the last window must still start within the input or
// its leading padding, as the frameworks have it.
#pragma once

#include <array>
#include <cstdint>

#include "base/trace/graph.h"

namespace mantissa::trace {

struct Window {
  std::array<std::int64_t, 2> kernel{1, 1};  // height, width
  std::array<std::int64_t, 2> stride{1, 1};
  std::array<std::int64_t, 2> dilation{1, 1};
  std::array<std::int64_t, 2> before{0, 0};  // padding: top, left
  std::array<std::int64_t, 2> after{0, 0};   // padding: bottom, right
  std::int64_t groups = 1;
  bool ceil_mode = false;
};

// The window of a conv2d, one of its gradients (kernel from the weight, or `kernel_size`) or a
// pooling op (`kernel_size`). Throws Error(op_shape) for lists of a wrong length, strides or
// dilations below 1, negative padding.
Window window_of(const Op& op, const std::vector<const Tensor*>& inputs);

// Output height (dimension 0) or width (1) for an input of `size`; 0 or less when the window does
// not fit once.
std::int64_t positions(const Window& window, int dimension, std::int64_t size);

}  // namespace mantissa::trace
