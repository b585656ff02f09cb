// SPDX-License-Identifier: Apache-2.0
// Along a dimension: softmax, norms, reductions, losses.
#include "workloads/executor/recorder/recording.h"
#include "workloads/executor/tensor.h"

namespace mantissa::workloads {

using trace::Attributes;
using trace::no_tensor;
using trace::OpKind;
using trace::TensorId;

namespace {

std::vector<std::int64_t> from_the_front(std::vector<std::int64_t> axes, std::int64_t rank) {
  for (std::int64_t& a : axes) a += a < 0 ? rank : 0;
  return axes;
}

std::function<void(Call&)> softmax(OpKind kind) {
  return [kind](Call& c) {
    const std::int64_t axis = c.integer(1), rank = c.tensor(0).dim();
    c.emit(kind, {c.in(0)}, {{"axis", axis >= 0 && axis == rank - 1 ? std::int64_t{-1} : axis}},
           {c.out()});
  };
}

// aten::_softmax_backward_data(grad_output, output, dim, type)
std::function<void(Call&)> softmax_backward(bool log) {
  return [log](Call& c) {
    Attributes a{{"axis", c.integer(2)}};
    if (log) a["log"] = true;
    c.emit(OpKind::softmax_grad, {c.in(0), c.in(1)}, a, {c.out()});
  };
}

at::Tensor out_or_none(const Call& c, std::size_t i) {
  return c.has_out(i) ? c.out(i) : at::Tensor();
}

// aten::native_batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps).
// The running statistics that training updates in place are not the vocabulary's to write.
void batch_norm(Call& c) {
  if (!c.flag(5)) {
    c.emit(OpKind::batch_norm,
           {c.in(0), c.maybe_in(1), c.maybe_in(2), c.maybe_in(3), c.maybe_in(4)},
           c.number(7) == 1e-5 ? Attributes{} : Attributes{{"eps", c.number(7)}}, {c.out()});
    return;
  }
  c.emit(OpKind::batch_norm_train,
         {c.in(0), c.maybe_in(1), c.maybe_in(2), c.maybe_in(3), c.maybe_in(4)},
         {{"eps", c.number(7)}, {"momentum", c.number(6, 0.1)}},
         {c.out(0), out_or_none(c, 1), out_or_none(c, 2)});
}

// aten::native_batch_norm_backward(grad_out, input, weight, running_mean, running_var, save_mean,
// save_invstd, train, eps, mask)
void batch_norm_backward(Call& c) {
  c.emit(OpKind::norm_grad, {c.in(0), c.in(1), c.maybe_in(5), c.maybe_in(6), c.maybe_in(2)},
         {{"of", std::string("batch_norm_train")}},
         {out_or_none(c, 0), out_or_none(c, 1), out_or_none(c, 2)});
}

// aten::native_layer_norm(input, normalized_shape, weight, bias, eps). Without gradients only the
// result is somebody's business.
void layer_norm(Call& c) {
  Attributes a{{"eps", c.number(4, 1e-5)}};
  const std::int64_t dims = static_cast<std::int64_t>(c.integers(1).size());
  if (dims != 1) a["normalized_dims"] = dims;
  std::vector<at::Tensor> outputs{c.out(0)};
  if (c.out(0).requires_grad()) outputs = {c.out(0), out_or_none(c, 1), out_or_none(c, 2)};
  c.emit(OpKind::layer_norm, {c.in(0), c.maybe_in(2), c.maybe_in(3)}, a, outputs);
}

// aten::native_layer_norm_backward(grad_out, input, normalized_shape, mean, rstd, weight, bias,
// mask)
void layer_norm_backward(Call& c) {
  Attributes a{{"of", std::string("layer_norm")}};
  const std::int64_t dims = static_cast<std::int64_t>(c.integers(2).size());
  if (dims != 1) a["normalized_dims"] = dims;
  c.emit(OpKind::norm_grad, {c.in(0), c.in(1), c.in(3), c.in(4), c.maybe_in(5)}, a,
         {out_or_none(c, 0), out_or_none(c, 1), out_or_none(c, 2)});
}

// aten::native_group_norm(input, weight, bias, N, C, HxW, group, eps)
void group_norm(Call& c) {
  std::vector<at::Tensor> outputs{c.out(0)};
  if (c.out(0).requires_grad()) outputs = {c.out(0), out_or_none(c, 1), out_or_none(c, 2)};
  c.emit(OpKind::group_norm, {c.in(0), c.maybe_in(1), c.maybe_in(2)},
         {{"groups", c.integer(6)}, {"eps", c.number(7)}}, outputs);
}

// aten::native_group_norm_backward(grad_out, input, mean, rstd, weight, N, C, HxW, group, mask)
void group_norm_backward(Call& c) {
  c.emit(OpKind::norm_grad, {c.in(0), c.in(1), c.in(2), c.in(3), c.maybe_in(4)},
         {{"of", std::string("group_norm")}, {"groups", c.integer(8)}},
         {out_or_none(c, 0), out_or_none(c, 1), out_or_none(c, 2)});
}

// aten::sum(x, dtype), aten::sum(x, dims, keepdim, dtype) and their like.
std::function<void(Call&)> reduction(OpKind kind) {
  return [kind](Call& c) {
    Attributes a;
    if (c.size() >= 3) {
      const auto axes = from_the_front(c.integers(1), c.tensor(0).dim());
      if (!axes.empty()) a["axis"] = axes;
      if (c.flag(2)) a["keepdim"] = true;
    }
    c.emit(kind, {c.in(0)}, a, {c.out()});
  };
}

// aten::max(x) of everything, aten::max(x, dim, keepdim) -> values, indices; aten::max(x, y).
std::function<void(Call&)> extreme(OpKind reduce, OpKind pairwise, bool largest) {
  return [=](Call& c) {
    if (c.size() == 1) {
      c.emit(reduce, {c.in(0)}, {}, {c.out()});
    } else if (c.argument(1).isTensor()) {
      c.emit(pairwise, {c.broadcast_in(0), c.broadcast_in(1)}, {}, {c.out()});
    } else if (!largest) {
      c.generic();
    } else {
      const TensorId x = c.in(0);
      Attributes a{{"axis", from_the_front(c.integers(1), c.tensor(0).dim())}};
      if (c.flag(2)) a["keepdim"] = true;
      c.emit(reduce, {x}, a, {c.out(0)});
      c.emit(OpKind::argmax, {x}, a, {c.out(1)});
    }
  };
}

// aten::argmax(x, dim, keepdim)
void argmax(Call& c) {
  Attributes a;
  if (!c.absent(1)) a["axis"] = from_the_front(c.integers(1), c.tensor(0).dim());
  if (c.flag(2)) a["keepdim"] = true;
  c.emit(OpKind::argmax, {c.in(0)}, a, {c.out()});
}

// aten::sort(x, dim, descending), aten::sort(x, stable, dim, descending)
void sort(Call& c) {
  const std::size_t at = c.size() == 4 ? 2 : 1;
  c.emit(OpKind::sort, {c.in(0)}, {{"axis", c.integer(at, -1)}, {"descending", c.flag(at + 1)}},
         {c.out(0), c.out(1)});
}

// aten::topk(x, k, dim, largest, sorted)
void topk(Call& c) {
  c.emit(OpKind::topk, {c.in(0)},
         {{"k", c.integer(1)},
          {"axis", c.integer(2, -1)},
          {"largest", c.flag(3, true)},
          {"sorted", c.flag(4, true)}},
         {c.out(0), c.out(1)});
}

bool without_gradient(const std::vector<c10::IValue>& in) {
  if (!at::GradMode::is_enabled()) return true;
  for (const c10::IValue& v : in) {
    if (v.isTensor() && v.toTensor().defined() && v.toTensor().requires_grad()) return false;
  }
  return true;
}

const char* reduction_name(std::int64_t reduction) {
  return reduction == 0 ? "none" : reduction == 1 ? "mean" : "sum";
}

// aten::cross_entropy_loss(logits, target, weight, reduction, ignore_index, label_smoothing). In
// training its parts are recorded, since the backward pass needs what lies between them.
void cross_entropy(Call& c) {
  c.emit(OpKind::cross_entropy, {c.in(0), c.in(1)},
         {{"reduction", std::string(reduction_name(c.integer(3, 1)))},
          {"ignore_index", c.integer(4, -100)}},
         {c.out()});
}

// aten::nll_loss_forward(x, target, weight, reduction, ignore_index) -> loss, total_weight
void nll_loss(Call& c) {
  const trace::NumberFormat f = format_of(c.tensor(0).scalar_type());
  const std::int64_t n = c.tensor(0).size(0);
  const TensorId rows =
      c.emit_inner(OpKind::reshape, "target", {c.in(1)}, {{"shape", trace::ints({n, 1})}},
                   format_of(c.tensor(1).scalar_type()), {n, 1});
  const TensorId picked =
      c.emit_inner(OpKind::gather, "picked", {c.in(0), rows},
                   {{"axis", std::int64_t{1}}, {"elementwise", true}}, f, {n, 1});
  TensorId loss = picked;
  const std::int64_t reduction = c.integer(3, 1);
  if (reduction == 0) {
    loss = c.emit_inner(OpKind::reshape, "loss", {picked}, {{"shape", trace::ints({n})}}, f, {n});
  } else {
    loss = c.emit_inner(reduction == 1 ? OpKind::reduce_mean : OpKind::reduce_sum, "mean", {picked},
                        {}, f, {});
  }
  c.emit(OpKind::neg, {loss}, {}, {c.out(0)});
  if (c.has_out(1)) {
    c.emit(OpKind::fill, {},
           {{"shape", std::vector<std::int64_t>{}}, {"value", static_cast<double>(n)}}, {c.out(1)});
  }
}

// aten::nll_loss_backward(grad, x, target, weight, reduction, ignore_index, total_weight):
// -grad / N where the target points, else 0.
void nll_loss_backward(Call& c) {
  const trace::NumberFormat f = format_of(c.out().scalar_type());
  const std::int64_t n = c.tensor(1).size(0);
  const double factor = c.integer(4, 1) == 1 ? -1.0 / static_cast<double>(n) : -1.0;
  const trace::Shape scaled = shape_of(c.tensor(0));
  TensorId g = c.emit_inner(OpKind::mul, "scaled", {c.in(0)}, {{"scalar", factor}}, f, scaled);
  if (scaled.empty()) {
    g = c.emit_inner(OpKind::expand, "rows", {g}, {{"shape", trace::ints({n, 1})}}, f, {n, 1});
  } else {
    g = c.emit_inner(OpKind::reshape, "rows", {g}, {{"shape", trace::ints({n, 1})}}, f, {n, 1});
  }
  const TensorId rows =
      c.emit_inner(OpKind::reshape, "target", {c.in(2)}, {{"shape", trace::ints({n, 1})}},
                   format_of(c.tensor(2).scalar_type()), {n, 1});
  const TensorId zeros =
      c.emit_inner(OpKind::fill, "zeros", {}, {{"shape", shape_of(c.out())}, {"value", 0.0}}, f,
                   shape_of(c.out()));
  c.emit(OpKind::scatter, {zeros, rows, g}, {{"axis", std::int64_t{1}}, {"elementwise", true}},
         {c.out()});
}

bool matrix_first(const std::vector<c10::IValue>& in) {
  return !in.empty() && in[0].isTensor() && in[0].toTensor().dim() == 2;
}

}  // namespace

void add_row_rules(Rules& r) {
  r["aten::softmax"] = r["aten::_softmax"] = {softmax(OpKind::softmax), {}};
  r["aten::log_softmax"] = r["aten::_log_softmax"] = {softmax(OpKind::log_softmax), {}};
  r["aten::_softmax_backward_data"] = {softmax_backward(false), {}};
  r["aten::_log_softmax_backward_data"] = {softmax_backward(true), {}};
  r["aten::native_batch_norm"] = {batch_norm, {}};
  r["aten::native_batch_norm_backward"] = {batch_norm_backward, {}};
  r["aten::native_layer_norm"] = {layer_norm, {}};
  r["aten::native_layer_norm_backward"] = {layer_norm_backward, {}};
  r["aten::native_group_norm"] = {group_norm, {}};
  r["aten::native_group_norm_backward"] = {group_norm_backward, {}};
  r["aten::sum"] = {reduction(OpKind::reduce_sum), {}};
  r["aten::mean"] = {reduction(OpKind::reduce_mean), {}};
  r["aten::amax"] = {reduction(OpKind::reduce_max), {}};
  r["aten::amin"] = {reduction(OpKind::reduce_min), {}};
  r["aten::max"] = {extreme(OpKind::reduce_max, OpKind::maximum, true), {}};
  r["aten::min"] = {extreme(OpKind::reduce_min, OpKind::minimum, false), {}};
  r["aten::argmax"] = {argmax, {}};
  r["aten::cumsum"] = {[](Call& c) {
                         c.emit(OpKind::cumsum, {c.in(0)}, {{"axis", c.integer(1)}}, {c.out()});
                       },
                       {}};
  r["aten::sort"] = {sort, {}};
  r["aten::topk"] = {topk, {}};
  r["aten::cross_entropy_loss"] = {cross_entropy, [](const std::vector<c10::IValue>& in) {
                                     return without_gradient(in) && is_absent(in[2]) &&
                                            in[5].toDouble() == 0;
                                   }};
  // Class weights and images (nll_loss2d) have no rule.
  r["aten::nll_loss_forward"] = {nll_loss, [](const std::vector<c10::IValue>& in) {
                                   return matrix_first(in) && is_absent(in[2]);
                                 }};
  r["aten::nll_loss_backward"] = {nll_loss_backward, [](const std::vector<c10::IValue>& in) {
                                    return in.size() > 3 && in[1].toTensor().dim() == 2 &&
                                           is_absent(in[3]);
                                  }};
}

}  // namespace mantissa::workloads
