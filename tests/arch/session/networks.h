// SPDX-License-Identifier: Apache-2.0
// Small networks with what large ones have: strides, residuals, groups, attention.
#pragma once

#include "base/trace/builder.h"

namespace mantissa::arch::testing {

// Convolutions of a residual block, a depthwise one, a pooling and a classifier.
inline trace::Trace small_convnet(std::int64_t image = 28, std::int64_t channels = 16,
                                  trace::NumberFormat f = trace::NumberFormat::bf16) {
  using trace::ints;
  using trace::OpKind;
  trace::TraceBuilder b("convnet");
  const auto conv = [&](const std::string& name, trace::TensorId x, std::int64_t filters,
                        std::int64_t kernel, std::int64_t stride, std::int64_t groups) {
    const std::int64_t in = b.shape(x)[1];
    const auto w = b.parameter(name + ".w", f, {filters, in / groups, kernel, kernel});
    return b.op(OpKind::conv2d, name, {x, w},
                {{"stride", ints({stride, stride})},
                 {"padding", ints({kernel / 2, kernel / 2})},
                 {"groups", groups}},
                f);
  };
  auto x = b.input("x", f, {2, 3, image, image});
  x = conv("stem", x, channels, 3, 1, 1);
  const auto skip = x;
  x = conv("left1", x, channels, 3, 1, 1);
  x = b.op(OpKind::relu, "relu1", {x});
  x = conv("left2", x, channels, 3, 1, 1);
  x = b.op(OpKind::add, "sum", {x, skip}, {}, f);
  x = conv("depthwise", x, channels, 3, 2, channels);
  x = conv("project", x, 2 * channels, 1, 1, 1);
  x = b.op(OpKind::global_avg_pool2d, "pool", {x});
  x = b.op(OpKind::reshape, "flat", {x}, {{"shape", ints({2, 2 * channels})}});
  const auto w = b.parameter("fc.w", f, {2 * channels, 10});
  b.op(OpKind::matmul, "fc", {x, w});
  return b.finish();
}

// Attention over one head and a feed-forward pair, with residuals.
inline trace::Trace small_transformer(std::int64_t tokens = 64, std::int64_t width = 96) {
  using trace::NumberFormat;
  using trace::OpKind;
  const auto f = NumberFormat::bf16;
  trace::TraceBuilder b("transformer");
  const auto x = b.input("x", f, {tokens, width});
  const auto dense = [&](const std::string& name, trace::TensorId in, std::int64_t out) {
    const auto w = b.parameter(name + ".w", f, {b.shape(in)[1], out});
    return b.op(OpKind::matmul, name, {in, w}, {}, f);
  };
  const auto q = dense("q", x, width), k = dense("k", x, width), v = dense("v", x, width);
  auto s = b.op(OpKind::matmul, "scores", {q, k}, {{"transpose_b", true}}, f);
  s = b.op(OpKind::softmax, "softmax", {s});
  const auto c = b.op(OpKind::matmul, "context", {s, v}, {}, f);
  const auto o = dense("out", c, width);
  const auto r = b.op(OpKind::add, "residual", {o, x}, {}, f);
  auto h = dense("up", r, 4 * width);
  h = b.op(OpKind::gelu, "gelu", {h});
  h = dense("down", h, width);
  b.op(OpKind::add, "residual2", {h, r}, {}, f);
  return b.finish();
}

}  // namespace mantissa::arch::testing
