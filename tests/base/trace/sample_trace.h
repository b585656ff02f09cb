// SPDX-License-Identifier: Apache-2.0
// Traces to test with: one op of every kind, and random graphs.
#pragma once

#include <random>

#include "base/trace/builder.h"

namespace mantissa::trace {

// Every kind of the vocabulary at least once, absent optional operands, all attribute types.
inline Trace every_kind() {
  using K = OpKind;
  constexpr auto F32 = NumberFormat::fp32;
  TraceBuilder b("every kind", 3);
  b.trace().metadata = {{"source", "sample"}, {"empty", ""}};
  b.trace().operands_file = "sample.safetensors";
  const auto x = b.input("x", F32, {2, 4, 6, 6}), m = b.input("m", F32, {6, 6});
  const auto codes = b.input("codes", NumberFormat::int8, {2, 4, 6, 6});
  const auto indices = b.input("indices", NumberFormat::int64, {3});
  const auto table = b.parameter("a table", F32, {10, 6}), c4 = b.parameter("c4", F32, {4});
  const auto kernel = b.parameter("kernel", F32, {8, 2, 3, 3});
  const auto codes_kernel = b.parameter("codes kernel", NumberFormat::int8, {8, 4, 1, 1});
  b.input("read by nobody", NumberFormat::binary, {});

  b.op(K::matmul, "matmul", {m, m}, {{"transpose_b", true}});
  const auto y = b.op(K::conv2d, "conv2d", {x, kernel}, {{"padding", ints({1, 1})}, {"groups", 2}});
  b.op(K::conv2d_input_grad, "input grad", {y, kernel},
       {{"padding", 1}, {"groups", 2}, {"input_size", ints({6, 6})}});
  b.op(K::conv2d_weight_grad, "weight grad", {y, x},
       {{"padding", 1}, {"groups", 2}, {"kernel_size", 3}});
  for (auto k :
       {K::add, K::sub, K::mul, K::div, K::maximum, K::minimum, K::power, K::equal, K::less,
        K::greater, K::relu_grad, K::gelu_grad, K::sigmoid_grad, K::tanh_grad, K::pointwise_grad}) {
    b.op(k, name(k), {m, m});
  }
  b.op(K::add, "add scalar", {m}, {{"scalar", 0.1}});
  b.op(K::where, "where", {m, m, m});
  for (auto k :
       {K::relu,        K::relu6,      K::leaky_relu,  K::clamp,    K::sigmoid,    K::tanh,
        K::gelu,        K::silu,       K::hardswish,   K::exp,      K::log,        K::sqrt,
        K::rsqrt,       K::reciprocal, K::erf,         K::abs,      K::neg,        K::sign,
        K::round,       K::softmax,    K::log_softmax, K::rms_norm, K::layer_norm, K::reduce_sum,
        K::reduce_mean, K::reduce_max, K::reduce_min,  K::argmax,   K::cumsum,     K::copy}) {
    b.op(k, name(k), {m});
  }
  b.ops(K::dropout, "dropout", {m}, {{"p", 0.25}}, 2);
  b.op(K::cast, "cast", {m}, {}, NumberFormat::bf16);
  const auto q =
      b.op(K::quantize, "quantize", {x}, {{"scale", reals({1, 2, 3, 0.5})}}, NumberFormat::int8);
  b.op(K::dequantize, "dequantize", {q}, {{"scale", 0.5}}, F32);
  const auto sums = b.op(K::conv2d, "conv2d int8", {codes, codes_kernel});
  b.op(K::requantize, "requantize", {sums, no_tensor}, {{"shift", 7}, {"low", 0}},
       NumberFormat::uint8);
  b.op(K::fake_quantize, "fake_quantize", {x, b.input("coarse", F32, {1})},
       {{"bits", 4}, {"granularity", "vector"}, {"scale_bits", 4}, {"coarse_per", "tensor"}});
  b.op(K::batch_norm, "batch_norm", {x, no_tensor, c4, c4, c4}, {{"eps", 1e-3}});
  b.ops(K::max_pool2d, "max_pool2d", {x}, {{"kernel_size", 2}}, 2);
  const auto pooled = b.op(K::avg_pool2d, "avg_pool2d", {x},
                           {{"kernel_size", ints({2, 3})}, {"count_include_pad", false}});
  b.op(K::global_avg_pool2d, "global", {x});
  b.op(K::pool2d_grad, "pool grad", {pooled, x}, {{"kernel_size", ints({2, 3})}, {"mode", "avg"}});
  b.op(K::group_norm, "group_norm", {x}, {{"groups", 2}});
  b.ops(K::batch_norm_train, "batch_norm_train", {x, c4, no_tensor, c4, c4}, {}, 3);
  b.op(K::softmax_grad, "softmax_grad", {m, m});
  b.op(K::norm_grad, "norm_grad", {m, m});
  b.ops(K::sort, "sort", {m}, {{"descending", true}}, 2);
  b.ops(K::topk, "topk", {m}, {{"k", 2}}, 2);
  b.ops(K::threshold_compact, "compact", {m}, {{"threshold", 0.5}, {"capacity", 9}}, 3);
  b.op(K::cross_entropy, "loss", {b.input("logits", F32, {3, 10}), indices});
  b.op(K::concat, "concat", {m, m, m}, {{"axis", -1}});
  b.op(K::slice, "slice", {m}, {{"start", ints({-2})}});
  b.ops(K::split, "split", {m}, {{"sizes", ints({1, 2, 3})}});
  b.op(K::transpose, "transpose", {m}, {{"permutation", ints({1, 0})}});
  b.op(K::pad, "pad", {m}, {{"before", ints({1, 0})}, {"mode", "reflect"}});
  b.op(K::gather, "gather", {m, indices});
  b.op(K::scatter, "scatter", {m, indices, b.input("updates", F32, {3, 6})});
  b.op(K::expand, "expand", {m}, {{"shape", ints({2, 6, 6})}});
  b.op(K::fill, "fill", {}, {{"shape", ints({})}, {"value", -1.5}}, F32);
  b.op(K::reshape, "reshape", {m}, {{"shape", ints({-1})}});
  const auto rows = b.op(K::embedding, "embedding", {table, indices});
  b.op(K::embedding_bag, "bag", {table, indices, b.input("offsets", NumberFormat::int64, {2})});
  b.op(K::embedding_grad, "embedding_grad", {rows, indices}, {{"rows", 10}, {"sparse", true}});
  b.ops(K::sgd_step, "sgd", {m, m, m}, {{"lr", 0.1}}, 2);
  b.ops(K::adam_step, "adam", {m, m, m, m}, {}, 3);
  const Attributes group{{"ranks", ints({0, 1})}, {"group", "dp"}, {"involved_dim", ints({1, 0})}};
  for (auto k : {K::all_reduce, K::all_gather, K::reduce_scatter, K::all_to_all, K::broadcast}) {
    b.op(k, name(k), {m}, group);
  }
  b.op(K::send, "send", {m}, {{"destination", 1}, {"tag", 9}});
  b.op(K::recv, "recv", {}, {{"source", 1}, {"shape", ints({6})}}, F32);
  b.op(K::barrier, "barrier", {});
  b.after(0);
  b.after(5);
  b.op_with_outputs(K::generic, "generic", {m, rows}, {{"elements", 77}, {"bytes", 1 << 20}},
                    {{"g0", NumberFormat::fp16, {7}}, {"g1", NumberFormat::int4, {3, 3}}});
  return b.finish();
}

// A random graph over square matrices: chains, joins, splits, control dependencies.
inline Trace random_trace(std::uint64_t seed, std::size_t ops) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  TraceBuilder b("random " + std::to_string(seed), static_cast<std::uint32_t>(below(100)));
  std::vector<TensorId> pool{b.input("x", NumberFormat::fp32, {4, 4}),
                             b.parameter("w", NumberFormat::fp32, {4, 4})};
  const auto any = [&] { return pool[below(pool.size())]; };
  for (std::size_t i = 0; i < ops; ++i) {
    const std::string n = "op " + std::to_string(i);
    switch (below(7)) {
      case 0:
        pool.push_back(b.op(OpKind::matmul, n, {any(), any()}));
        break;
      case 1:
        pool.push_back(b.op(OpKind::add, n, {any(), any()}, {{"alpha", 0.1 * double(i)}}));
        break;
      case 2:
        pool.push_back(b.op(OpKind::gelu, n, {any()}, {{"approximate", "tanh"}}));
        break;
      case 3:
        b.ops(OpKind::split, n, {any()}, {{"parts", 2}});
        break;
      case 4:
        pool.push_back(b.op(OpKind::all_reduce, n, {any()}, {{"group_size", 4}}));
        break;
      case 5:
        pool.push_back(b.op(OpKind::layer_norm, n, {any(), no_tensor, no_tensor}));
        break;
      default:
        b.op_with_outputs(OpKind::generic, n, {any()}, {{"elements", std::int64_t(i)}}, {});
    }
    if (i > 0 && below(4) == 0) b.after(static_cast<OpId>(below(i)));
    if (below(8) == 0) b.parameter("unused " + std::to_string(i), NumberFormat::int4, {3});
  }
  return b.finish();
}

}  // namespace mantissa::trace
