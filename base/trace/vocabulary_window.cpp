// SPDX-License-Identifier: Apache-2.0
// Pooling over a sliding window (base/trace/window.h).
#include "base/trace/vocabulary_table.h"
#include "base/trace/window.h"

namespace mantissa::trace::table {

namespace {

Shape pooled(const Op& op, const Operands& in, const Shape& x) {
  const Window w = window_of(op, in);
  for (std::size_t d = 0; d < 2; ++d) {
    // More padding than half the kernel would make windows that see no input at all.
    if (2 * w.before[d] > w.kernel[d] || 2 * w.after[d] > w.kernel[d]) {
      refuse_shape(op, in, "padding of at most half the kernel");
    }
  }
  const std::int64_t h = positions(w, 0, x[2]), width = positions(w, 1, x[3]);
  if (h < 1 || width < 1) refuse_shape(op, in, "a kernel that fits in the padded input");
  return {x[0], x[1], h, width};
}

std::vector<Shape> average_shapes(const Op& op, const Operands& in) {
  return {pooled(op, in, operand(op, in, 0, 4, 4))};
}

// The positions of the maxima are what the backward pass scatters to.
std::vector<Shape> maximum_shapes(const Op& op, const Operands& in) {
  const Shape out = pooled(op, in, operand(op, in, 0, 4, 4));
  return {out, out};
}

std::vector<Shape> global_shapes(const Op& op, const Operands& in) {
  const Shape& x = operand(op, in, 0, 4, 4);
  if (x[2] < 1 || x[3] < 1) refuse_shape(op, in, "at least one pixel");
  return {{x[0], x[1], 1, 1}};
}

// Whether the gradient fits is decided by running the forward rule on the input.
std::vector<Shape> window_grad_shapes(const Op& op, const Operands& in) {
  const Shape &g = operand(op, in, 0, 4, 4), &x = operand(op, in, 1, 4, 4);
  const std::string mode = op.text("mode", "max");
  Shape forward;
  if (mode == "global_avg") {
    forward = {x[0], x[1], 1, 1};
  } else if (mode == "max" || mode == "avg") {
    forward = pooled(op, in, x);
  } else {
    refuse_shape(op, in, "mode max, avg or global_avg, not '" + mode + "'");
  }
  if (g != forward) refuse_shape(op, in, "a gradient of " + text(forward));
  expect_shape(op, in, 2, g);
  return {x};
}

std::vector<AttributeSpec> pool_attributes(bool maximum, bool average) {
  std::vector<AttributeSpec> a = {
      integers("kernel_size", {}, "n or [height, width]."),
      integers("stride", {}, "n or [height, width]; empty: the kernel's size."),
      integers("padding", {0}, "n, [height, width] or [top, left, bottom, right]."),
      boolean("ceil_mode", false, "Round the number of positions up.")};
  a[0].required = maximum != average;  // a global pooling's gradient has no kernel
  if (maximum) a.push_back(integers("dilation", {1}, "Distance of kernel taps."));
  if (average) {
    a.push_back(boolean("count_include_pad", true, "Padding counts in the divisor."));
    a.push_back(integer("divisor", 0, "Fixed divisor; 0: the number of pixels."));
  }
  return a;
}

}  // namespace

std::vector<OpSpec> window_ops() {
  using K = OpKind;
  const OpClass c = OpClass::window;
  std::vector<AttributeSpec> grad = pool_attributes(true, true);
  grad.push_back(word("mode", "max", "The forward pooling: max, avg or global_avg."));
  return {
      {K::max_pool2d,
       "max_pool2d",
       c,
       {required("input")},
       {required("output"), maybe("indices")},
       pool_attributes(true, false),
       1,
       "The largest of each window, and where it stood.",
       FormatRule::selection,
       maximum_shapes,
       no_macs},
      {K::avg_pool2d,
       "avg_pool2d",
       c,
       {required("input")},
       {required("output")},
       pool_attributes(false, true),
       1,
       "The mean of each window.",
       FormatRule::number,
       average_shapes,
       no_macs},
      {K::global_avg_pool2d,
       "global_avg_pool2d",
       c,
       {required("input")},
       {required("output")},
       {},
       1,
       "The mean of each channel: [N,C,1,1].",
       FormatRule::number,
       global_shapes,
       no_macs},
      {K::pool2d_grad,
       "pool2d_grad",
       c,
       {required("grad_output"), required("input"), maybe("indices")},
       {required("grad_input")},
       grad,
       1,
       "The gradient of a pooling, shaped like its input.",
       FormatRule::number,
       window_grad_shapes,
       no_macs},
  };
}

}  // namespace mantissa::trace::table
