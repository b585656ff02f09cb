// SPDX-License-Identifier: Apache-2.0
// The operators of the vocabulary on libtorch's kernels.
#include <functional>
#include <limits>
#include <map>

#include "base/numerics/evaluate.h"
#include "base/trace/vocabulary.h"
#include "base/trace/window.h"
#include "workloads/executor/operators.h"
#include "workloads/executor/trace_model.h"

namespace mantissa::workloads {

namespace {

using trace::Op;
using trace::OpKind;
using Tensors = std::vector<at::Tensor>;
using Sizes = std::vector<std::int64_t>;

struct Kernel {
  std::function<at::Tensor(const Op&, const Tensors&, bool training)> run;
  int indices = -1;  // the operand that is no real number: indices, a condition
};

at::Tensor optional(const Tensors& in, std::size_t i) {
  return i < in.size() ? in[i] : at::Tensor();
}

// [n] and [height, width] as libtorch takes them.
Sizes numbers(const Op& op, const char* key, const Sizes& fallback) {
  return op.integers(key, fallback);
}

// Padding of one size on opposite sides stays with the operator; any other is added before.
at::Tensor padded(const Op& op, const at::Tensor& x, double value, Sizes& padding) {
  padding = numbers(op, "padding", {0});
  if (padding.size() != 4) return x;
  const Sizes around{padding[1], padding[3], padding[0], padding[2]};  // left, right, top, bottom
  padding = {0};
  return at::constant_pad_nd(x, around, value);
}

at::Tensor matmul(const Op& op, const Tensors& in, bool) {
  const at::Tensor a = op.flag("transpose_a", false) ? in[0].transpose(-2, -1) : in[0];
  const at::Tensor b = op.flag("transpose_b", false) ? in[1].transpose(-2, -1) : in[1];
  const at::Tensor y = at::matmul(a, b);
  return optional(in, 2).defined() ? y + in[2] : y;
}

at::Tensor conv2d(const Op& op, const Tensors& in, bool) {
  Sizes padding;
  const at::Tensor x = padded(op, in[0], 0, padding);
  return at::conv2d(x, in[1], optional(in, 2), numbers(op, "stride", {1}), padding,
                    numbers(op, "dilation", {1}), op.integer("groups", 1));
}

at::Tensor max_pool(const Op& op, const Tensors& in, bool) {
  Sizes padding;
  const at::Tensor x = padded(op, in[0], -std::numeric_limits<double>::infinity(), padding);
  return at::max_pool2d(x, numbers(op, "kernel_size", {}), numbers(op, "stride", {}), padding,
                        numbers(op, "dilation", {1}), op.flag("ceil_mode", false));
}

at::Tensor avg_pool(const Op& op, const Tensors& in, bool) {
  const std::int64_t divisor = op.integer("divisor", 0);
  return at::avg_pool2d(in[0], numbers(op, "kernel_size", {}), numbers(op, "stride", {}),
                        numbers(op, "padding", {0}), op.flag("ceil_mode", false),
                        op.flag("count_include_pad", true),
                        divisor == 0 ? c10::optional<std::int64_t>() : divisor);
}

at::Tensor batch_norm(const Op& op, const Tensors& in, bool training) {
  return at::batch_norm(in[0], optional(in, 1), optional(in, 2), optional(in, 3), optional(in, 4),
                        training, 0.1, op.real("eps", 1e-5), false);
}

Sizes trailing(const Op& op, const at::Tensor& x) {
  const auto n = static_cast<std::size_t>(op.integer("normalized_dims", 1));
  return Sizes(x.sizes().end() - n, x.sizes().end());
}

at::Tensor layer_norm(const Op& op, const Tensors& in, bool) {
  return at::layer_norm(in[0], trailing(op, in[0]), optional(in, 1), optional(in, 2),
                        op.real("eps", 1e-5));
}

at::Tensor rms_norm(const Op& op, const Tensors& in, bool) {
  Sizes axes;
  for (std::int64_t i = 1; i <= op.integer("normalized_dims", 1); ++i) axes.push_back(-i);
  const at::Tensor scale = at::rsqrt((in[0] * in[0]).mean(axes, true) + op.real("eps", 1e-5));
  const at::Tensor y = in[0] * scale;
  return optional(in, 1).defined() ? y * in[1] : y;
}

at::Tensor group_norm(const Op& op, const Tensors& in, bool) {
  return at::group_norm(in[0], op.integer("groups", 1), optional(in, 1), optional(in, 2),
                        op.real("eps", 1e-5), false);
}

// Operand b, or the number that stands for it.
at::Tensor second(const Op& op, const Tensors& in) {
  return optional(in, 1).defined() ? in[1] : at::scalar_tensor(op.real("scalar", 0), at::kFloat);
}

Kernel unary(at::Tensor (*f)(const at::Tensor&)) {
  return {[f](const Op&, const Tensors& in, bool) { return f(in[0]); }};
}

Kernel binary(at::Tensor (*f)(const at::Tensor&, const at::Tensor&)) {
  return {[f](const Op& op, const Tensors& in, bool) { return f(in[0], second(op, in)); }};
}

// a + sign alpha b
Kernel sum(double sign) {
  return {[sign](const Op& op, const Tensors& in, bool) {
    return at::add(in[0], second(op, in), sign * op.real("alpha", 1));
  }};
}

// The dimensions named, all of them when there are none.
Sizes axes(const Op& op, const at::Tensor& x) {
  Sizes a = op.integers("axis", {});
  if (!a.empty()) return a;
  for (std::int64_t d = 0; d < x.dim(); ++d) a.push_back(d);
  return a;
}

at::Tensor slice(const Op& op, const Tensors& in, bool) {
  const Sizes axis = op.integers("axis", {0}), start = op.integers("start", {0});
  const Sizes end = op.integers("end", {INT64_MAX}), step = op.integers("step", {1});
  at::Tensor x = in[0];
  const auto of = [](const Sizes& v, std::size_t i) { return v.size() == 1 ? v[0] : v.at(i); };
  for (std::size_t i = 0; i < axis.size(); ++i) {
    x = x.slice(axis[i], of(start, i), of(end, i), of(step, i));
  }
  return x;
}

at::Tensor pad(const Op& op, const Tensors& in, bool) {
  const Sizes before = op.integers("before", {}), after = op.integers("after", {});
  const std::string mode = op.text("mode", "constant");
  if (mode != "constant") return evaluate(op.kind, in, op.attributes);
  Sizes around;  // from the last dimension on
  for (std::int64_t d = in[0].dim() - 1; d >= 0; --d) {
    const auto i = static_cast<std::size_t>(d);
    around.push_back(before.empty() ? 0 : before.at(i));
    around.push_back(after.empty() ? 0 : after.at(i));
  }
  return at::constant_pad_nd(in[0], around, op.real("value", 0));
}

at::Tensor gather(const Op& op, const Tensors& in, bool) {
  const at::Tensor index = in[1].to(at::kLong);
  const std::int64_t axis = op.integer("axis", 0), d = axis < 0 ? axis + in[0].dim() : axis;
  const at::Tensor from_front = at::where(index < 0, index + in[0].size(d), index);
  if (op.flag("elementwise", false)) return at::gather(in[0], d, from_front);
  Sizes shape = in[0].sizes().vec();
  shape.erase(shape.begin() + d);
  shape.insert(shape.begin() + d, index.sizes().begin(), index.sizes().end());
  return at::index_select(in[0], d, from_front.flatten()).reshape(shape);
}

at::Tensor cross_entropy(const Op& op, const Tensors& in, bool) {
  const std::string r = op.text("reduction", "mean");
  return at::cross_entropy_loss(in[0], in[1].to(at::kLong), {},
                                r == "none"   ? 0
                                : r == "mean" ? 1
                                              : 2,
                                op.integer("ignore_index", -100));
}

std::map<OpKind, Kernel> make_kernels() {
  using K = OpKind;
  std::map<K, Kernel> k;
  k[K::matmul] = {matmul};
  k[K::conv2d] = {conv2d};

  k[K::add] = sum(1);
  k[K::sub] = sum(-1);
  k[K::mul] = binary(at::mul);
  k[K::div] = binary(at::div);
  k[K::maximum] = binary(at::maximum);
  k[K::minimum] = binary(at::minimum);
  k[K::power] = binary(at::pow);
  k[K::relu] = unary(at::relu);
  k[K::relu6] = unary(at::relu6);
  k[K::sigmoid] = unary(at::sigmoid);
  k[K::tanh] = unary(at::tanh);
  k[K::silu] = unary(at::silu);
  k[K::hardswish] = unary(at::hardswish);
  k[K::exp] = unary(at::exp);
  k[K::log] = unary(at::log);
  k[K::sqrt] = unary(at::sqrt);
  k[K::rsqrt] = unary(at::rsqrt);
  k[K::reciprocal] = unary(at::reciprocal);
  k[K::erf] = unary(at::erf);
  k[K::abs] = unary(at::abs);
  k[K::neg] = unary(at::neg);
  k[K::leaky_relu] = {[](const Op& op, const Tensors& in, bool) {
    return at::leaky_relu(in[0], op.real("slope", 0.01));
  }};
  k[K::clamp] = {[](const Op& op, const Tensors& in, bool) {
    const double infinity = std::numeric_limits<double>::infinity();
    return at::clamp(in[0], op.real("low", -infinity), op.real("high", infinity));
  }};
  k[K::gelu] = {[](const Op& op, const Tensors& in, bool) {
    return at::gelu(in[0], op.text("approximate", "none"));
  }};
  k[K::dropout] = {[](const Op& op, const Tensors& in, bool training) {
    return at::dropout(in[0], op.real("p", 0.5), training);
  }};
  k[K::where] = {[](const Op&, const Tensors& in, bool) {
                   return at::where(in[0].to(at::kBool), in[1], in[2]);
                 },
                 0};
  k[K::cast] = {[](const Op&, const Tensors& in, bool) { return in[0]; }};  // fp32 stays fp32
  k[K::batch_norm] = {batch_norm};

  k[K::max_pool2d] = {max_pool};
  k[K::avg_pool2d] = {avg_pool};
  k[K::global_avg_pool2d] = {[](const Op&, const Tensors& in, bool) {
    return at::adaptive_avg_pool2d(in[0], {1, 1});
  }};

  k[K::softmax] = {[](const Op& op, const Tensors& in, bool) {
    return at::softmax(in[0], op.integer("axis", -1));
  }};
  k[K::log_softmax] = {[](const Op& op, const Tensors& in, bool) {
    return at::log_softmax(in[0], op.integer("axis", -1));
  }};
  k[K::layer_norm] = {layer_norm};
  k[K::rms_norm] = {rms_norm};
  k[K::group_norm] = {group_norm};
  k[K::reduce_sum] = {[](const Op& op, const Tensors& in, bool) {
    return at::sum(in[0], axes(op, in[0]), op.flag("keepdim", false));
  }};
  k[K::reduce_mean] = {[](const Op& op, const Tensors& in, bool) {
    return at::mean(in[0], axes(op, in[0]), op.flag("keepdim", false));
  }};
  k[K::reduce_max] = {[](const Op& op, const Tensors& in, bool) {
    return at::amax(in[0], axes(op, in[0]), op.flag("keepdim", false));
  }};
  k[K::reduce_min] = {[](const Op& op, const Tensors& in, bool) {
    return at::amin(in[0], axes(op, in[0]), op.flag("keepdim", false));
  }};
  k[K::cross_entropy] = {cross_entropy, 1};

  k[K::concat] = {
      [](const Op& op, const Tensors& in, bool) { return at::cat(in, op.integer("axis", 0)); }};
  k[K::slice] = {slice};
  k[K::transpose] = {[](const Op& op, const Tensors& in, bool) {
    return in[0].permute(op.integers("permutation", {}));
  }};
  k[K::pad] = {pad};
  k[K::gather] = {gather, 1};
  k[K::expand] = {
      [](const Op& op, const Tensors& in, bool) { return in[0].expand(op.integers("shape", {})); }};
  k[K::copy] = {[](const Op&, const Tensors& in, bool) { return in[0].clone(); }};
  k[K::fill] = {[](const Op& op, const Tensors&, bool) {
    return torch::full(op.integers("shape", {}), op.real("value", 0));
  }};
  k[K::reshape] = {[](const Op& op, const Tensors& in, bool) {
    return in[0].reshape(op.integers("shape", {}));
  }};
  k[K::embedding] = {[](const Op& op, const Tensors& in, bool) {
                       return at::embedding(in[0], in[1].to(at::kLong),
                                            op.integer("padding_index", -1));
                     },
                     1};
  return k;
}

const std::map<OpKind, Kernel>& kernels() {
  static const auto all = make_kernels();
  return all;
}

// Scaled vectors and means with different padding on opposite sides are the golden kernels'
// business.
bool is_plain(const Op& op) {
  const bool matrix = op.kind == OpKind::matmul || op.kind == OpKind::conv2d;
  if (matrix) return op.integer("vector_size", 0) == 0;
  return op.kind != OpKind::avg_pool2d || op.integers("padding", {0}).size() < 4;
}

bool runs_on_libtorch(const trace::Trace& t, const Op& op) {
  const auto kernel = kernels().find(op.kind);
  if (kernel == kernels().end() || !is_plain(op)) return false;
  for (std::size_t i = 0; i < op.inputs.size(); ++i) {
    if (op.inputs[i] == trace::no_tensor || static_cast<int>(i) == kernel->second.indices) {
      continue;
    }
    if (!trace::is_float(t.tensor(op.inputs[i]).format)) return false;
  }
  return trace::is_float(t.tensor(op.outputs.at(0)).format);
}

std::vector<at::Tensor> split(const Op& op, const at::Tensor& x) {
  const std::int64_t axis = op.integer("axis", 0), parts = op.integer("parts", 0);
  const Sizes sizes = op.integers("sizes", {});
  return sizes.empty() ? x.split(x.size(axis) / parts, axis) : x.split_with_sizes(sizes, axis);
}

}  // namespace

bool can_compute(const trace::Trace& t, const Op& op) {
  if (op.kind == OpKind::split) return true;
  return op.outputs.size() == 1 && (runs_on_libtorch(t, op) || is_operator(op.kind));
}

std::vector<at::Tensor> compute(const trace::Trace& t, const Op& op, const Tensors& operands,
                                bool training) {
  if (op.kind == OpKind::split) return split(op, operands[0]);
  if (runs_on_libtorch(t, op)) return {kernels().at(op.kind).run(op, operands, training)};
  const trace::NumberFormat f = t.tensor(op.outputs[0]).format;
  const at::Tensor y = evaluate(op.kind, operands, op.attributes,
                                trace::is_float(f) ? trace::NumberFormat::fp32 : f);
  return {y};
}

}  // namespace mantissa::workloads
