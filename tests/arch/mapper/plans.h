// SPDX-License-Identifier: Apache-2.0
// Plans of small traces for the tests of the mapper.
#pragma once

#include <random>

#include "arch/mapper/fusion.h"
#include "arch/mapper/layer.h"
#include "base/trace/builder.h"

namespace mantissa::arch::testing {

// `trace` must outlive the plan. Places are not filled in.
inline Plan layered(const trace::Trace& trace, bool fuse = true) {
  Plan plan;
  plan.trace = &trace;
  for (const auto& tensor : trace.tensors) plan.formats.push_back(tensor.format);
  make_layers(plan, fuse);
  return plan;
}

// "head+fused+fused" by operator names, layer by layer; views in brackets.
inline std::vector<std::string> layer_names(const Plan& plan) {
  std::vector<std::string> names;
  for (const Layer& layer : plan.layers) {
    std::string name;
    for (auto id : layer.ops()) name += (name.empty() ? "" : "+") + plan.trace->ops[id].name;
    names.push_back(layer.view ? "(" + name + ")" : name);
  }
  return names;
}

// Products, sums, activations and views that read any tensor made so far.
inline trace::Trace random_graph(unsigned seed, int ops) {
  using trace::OpKind;
  std::mt19937 random(seed);
  const auto f = trace::NumberFormat::bf16;
  trace::TraceBuilder b("random");
  std::vector<trace::TensorId> made{b.input("x", f, {8, 16})};
  for (int i = 0; i < ops; ++i) {
    const std::string name = "op" + std::to_string(i);
    const auto x = made[random() % made.size()];
    const auto shape = b.shape(x);
    switch (random() % 5) {
      case 0:
      case 1: {
        const std::int64_t columns = 16 << (random() % 3);
        const auto w = b.parameter(name + ".w", f, {shape[1], columns});
        made.push_back(b.op(OpKind::matmul, name, {x, w}, {}, f));
        break;
      }
      case 2:
        made.push_back(b.op(OpKind::relu, name, {x}));
        break;
      case 3:
        made.push_back(
            b.op(OpKind::reshape, name, {x}, {{"shape", trace::ints({shape[0], shape[1]})}}));
        break;
      default: {
        std::vector<trace::TensorId> alike;
        for (auto t : made)
          if (b.shape(t) == shape && t != x) alike.push_back(t);
        if (alike.empty()) {
          made.push_back(b.op(OpKind::gelu, name, {x}));
          break;
        }
        made.push_back(b.op(OpKind::add, name, {x, alike[random() % alike.size()]}, {}, f));
      }
    }
  }
  return b.finish();
}

// ---- gradients of a convolution ----

struct Forward {  // convolution of x[2, channels, height, width]
  std::int64_t channels, filters, height, width, kernel, stride, padding, dilation, groups;

  std::int64_t out(std::int64_t size) const {
    return (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
  }
};

inline trace::Trace input_gradient(const Forward& f) {
  trace::TraceBuilder b("input gradient");
  b.op(trace::OpKind::conv2d_input_grad, "dx",
       {b.input("g", trace::NumberFormat::bf16, {2, f.filters, f.out(f.height), f.out(f.width)}),
        b.parameter("w", trace::NumberFormat::bf16,
                    {f.filters, f.channels / f.groups, f.kernel, f.kernel})},
       {{"groups", f.groups},
        {"stride", trace::ints({f.stride})},
        {"padding", trace::ints({f.padding})},
        {"dilation", trace::ints({f.dilation})},
        {"input_size", trace::ints({f.height, f.width})}});
  return b.finish();
}

inline trace::Trace weight_gradient(const Forward& f) {
  trace::TraceBuilder b("weight gradient");
  b.op(trace::OpKind::conv2d_weight_grad, "dw",
       {b.input("g", trace::NumberFormat::bf16, {2, f.filters, f.out(f.height), f.out(f.width)}),
        b.input("x", trace::NumberFormat::bf16, {2, f.channels, f.height, f.width})},
       {{"groups", f.groups},
        {"stride", trace::ints({f.stride})},
        {"padding", trace::ints({f.padding})},
        {"dilation", trace::ints({f.dilation})},
        {"kernel_size", trace::ints({f.kernel})}});
  return b.finish();
}

}  // namespace mantissa::arch::testing
