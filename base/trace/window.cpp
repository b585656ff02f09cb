// SPDX-License-Identifier: Apache-2.0
#include "base/trace/window.h"

#include <string>

#include "base/trace/shape_rules.h"
#include "base/trace/vocabulary.h"

namespace mantissa::trace {

namespace {

using Pair = std::array<std::int64_t, 2>;
constexpr std::int64_t largest = 0x7fffffff;  // keeps the arithmetic below far from wrapping

// An integer for both dimensions or a list [height, width], each at least `low`.
Pair pair_of(const Op& op, const Operands& inputs, const char* key, Pair fallback,
             std::int64_t low) {
  const auto list = op.integers(key, {});
  if (list.empty()) return fallback;
  const bool right_length = list.size() <= 2;
  for (std::int64_t v : list) {
    if (!right_length || v < low || v > largest) {
      refuse_shape(op, inputs,
                   std::string(key) + " as 1 or 2 integers from " + std::to_string(low) +
                       " to 2^31-1, not " + text(op.attributes.at(key)));
    }
  }
  return {list.front(), list.back()};
}

void set_padding(const Op& op, const Operands& inputs, Window& window) {
  const auto list = op.integers("padding", {});
  bool legal = list.size() <= 2 || list.size() == 4;
  for (std::int64_t v : list) legal = legal && v >= 0 && v <= largest;
  if (!legal) {
    refuse_shape(op, inputs,
                 "padding as n, [vertical, horizontal] or [top, left, bottom, right], "
                 "none negative, not " +
                     text(op.attributes.at("padding")));
  }
  if (list.empty()) return;
  if (list.size() == 4) {
    window.before = {list[0], list[1]};
    window.after = {list[2], list[3]};
  } else {
    window.before = window.after = {list.front(), list.back()};
  }
}

bool is_pooling(OpKind kind) { return spec(kind).op_class == OpClass::window; }

}  // namespace

Window window_of(const Op& op, const Operands& inputs) {
  Window window;
  if (op.kind == OpKind::conv2d || op.kind == OpKind::conv2d_input_grad) {
    const Shape& weight = operand(op, inputs, 1, 4, 4);
    window.kernel = {weight[2], weight[3]};
  } else {
    window.kernel = pair_of(op, inputs, "kernel_size", {1, 1}, 1);
  }
  // A pooling window tiles its input unless told otherwise.
  window.stride =
      pair_of(op, inputs, "stride", is_pooling(op.kind) ? window.kernel : Pair{1, 1}, 1);
  window.dilation = pair_of(op, inputs, "dilation", {1, 1}, 1);
  set_padding(op, inputs, window);
  window.groups = op.integer("groups", 1);
  if (window.groups < 1 || window.groups > largest) {
    refuse_shape(op, inputs, "groups from 1 to 2^31-1");
  }
  window.ceil_mode = op.flag("ceil_mode", false);
  return window;
}

std::int64_t positions(const Window& window, int dimension, std::int64_t size) {
  using Wide = __int128;  // dilation * kernel may exceed 64 bits for a hostile shape
  const auto d = static_cast<std::size_t>(dimension);
  const Wide stride = window.stride[d];
  const Wide padded = Wide{size} + window.before[d] + window.after[d];
  const Wide room = padded - (Wide{window.dilation[d]} * (window.kernel[d] - 1) + 1);
  if (room < 0) return 0;
  Wide n = (window.ceil_mode ? (room + stride - 1) / stride : room / stride) + 1;
  // A last window that would start in the trailing padding does not count.
  if (window.ceil_mode && (n - 1) * stride >= Wide{size} + window.before[d]) --n;
  return static_cast<std::int64_t>(n);
}

}  // namespace mantissa::trace
