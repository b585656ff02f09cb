// SPDX-License-Identifier: Apache-2.0
#include "workloads/networks/backward.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/trace/builder.h"

namespace mantissa::workloads {
namespace {

using trace::NumberFormat;
using trace::Op;
using trace::OpKind;
using trace::Role;
using trace::Shape;
using trace::TensorId;

class Backward {
 public:
  Backward(const trace::Trace& forward, NumberFormat format, Place place)
      : forward_(forward),
        format_(format),
        place_(std::move(place)),
        builder_(forward.name + ".backward", forward.rank) {
    builder_.trace().metadata = forward.metadata;
    for (const Op& op : forward.ops)
      for (const TensorId t : op.inputs)
        if (t != trace::no_tensor) readers_[t].push_back(&op);
  }

  trace::Trace run() {
    for (const Op& op : forward_.ops)
      for (const TensorId t : op.outputs)
        if (t != trace::no_tensor && readers_[t].empty())
          gradients_[t] = builder_.input(of(t).name + ".grad_output", format_, of(t).shape);
    for (auto op = forward_.ops.rbegin(); op != forward_.ops.rend(); ++op) {
      const auto found = gradients_.find(op->outputs.front());
      if (found != gradients_.end()) step(*op, found->second);
    }
    return builder_.finish();
  }

 private:
  const trace::Tensor& of(TensorId t) const { return forward_.tensor(t); }

  // A value of the forward pass as it is stored: cast, where somebody casts it.
  TensorId kept(TensorId t) {
    for (const Op* reader : readers_[t])
      if (reader->kind == OpKind::cast) t = reader->outputs.front();
    const auto found = kept_.find(t);
    if (found != kept_.end()) return found->second;
    const trace::Tensor& tensor = of(t);
    if (tensor.role == Role::parameter)
      return kept_[t] = builder_.parameter(tensor.name, tensor.format, tensor.shape);
    const NumberFormat f = tensor.role == Role::input ? tensor.format : format_;
    return kept_[t] = builder_.input(tensor.name, f, tensor.shape);
  }

  bool wanted(TensorId t) const { return of(t).role == Role::activation; }

  void pass(TensorId to, TensorId gradient) {
    if (!wanted(to)) return;
    const auto [found, fresh] = gradients_.emplace(to, gradient);
    if (fresh) return;
    const std::string name = of(to).name + ".grad.sum" + std::to_string(++sums_);
    found->second = builder_.op(OpKind::add, name, {found->second, gradient}, {}, format_);
  }

  // A product, in fp32, stored in the network's format.
  TensorId stored(TensorId product) {
    if (format_ == NumberFormat::fp32) return product;
    const std::string name = builder_.tensor(product).name + ".cast";
    return builder_.op(OpKind::cast, name, {product}, {}, format_);
  }

  void bias(const Op& op, TensorId gradient, std::vector<std::int64_t> axes) {
    if (op.inputs.size() > 2 && op.inputs[2] != trace::no_tensor)
      builder_.op(OpKind::reduce_sum, op.name + ".bias.grad", {gradient},
                  {{"axis", std::move(axes)}}, NumberFormat::fp32);
  }

  void step(const Op& op, TensorId g) {
    const NumberFormat wide = NumberFormat::fp32;
    const TensorId x = op.inputs.front();
    switch (op.kind) {
      case OpKind::conv2d: {
        const Shape &in = of(x).shape, &weight = of(op.inputs[1]).shape;
        trace::Attributes input = op.attributes, filter = op.attributes;
        input["input_size"] = trace::ints({in[2], in[3]});
        filter["kernel_size"] = trace::ints({weight[2], weight[3]});
        builder_.op(OpKind::conv2d_weight_grad, op.name + ".weight.grad", {g, kept(x)}, filter,
                    wide);
        bias(op, g, {0, 2, 3});
        if (wanted(x))
          pass(x, stored(builder_.op(OpKind::conv2d_input_grad, op.name + ".input.grad",
                                     {g, kept(op.inputs[1])}, input, wide)));
        return;
      }
      case OpKind::matmul: {
        const bool plain = of(x).shape.size() == 2 && of(op.inputs[1]).role == Role::parameter &&
                           !op.flag("transpose_a", false) && !op.flag("transpose_b", false);
        if (!plain) break;
        builder_.op(OpKind::matmul, op.name + ".weight.grad", {kept(x), g}, {{"transpose_a", true}},
                    wide);
        bias(op, g, {0});
        if (wanted(x))
          pass(x, stored(builder_.op(OpKind::matmul, op.name + ".input.grad",
                                     {g, kept(op.inputs[1])}, {{"transpose_b", true}}, wide)));
        return;
      }
      case OpKind::batch_norm: {
        const Shape channels{of(x).shape[1]};
        const TensorId mean = builder_.input(op.name + ".mean", wide, channels);
        const TensorId rstd = builder_.input(op.name + ".rstd", wide, channels);
        const auto out = builder_.ops(
            OpKind::norm_grad, op.name + ".grad", {g, kept(x), mean, rstd, kept(op.inputs[1])},
            {{"of", std::string("batch_norm_train")}}, 3, {format_, wide, wide});
        pass(x, out.front());
        return;
      }
      case OpKind::relu:
        pass(x, builder_.op(OpKind::relu_grad, op.name + ".grad", {g, kept(op.outputs.front())}, {},
                            format_));
        return;
      case OpKind::add:
        if (of(x).shape != of(op.inputs[1]).shape || op.real("alpha", 1) != 1) break;
        pass(x, g);
        pass(op.inputs[1], g);
        return;
      case OpKind::concat: {
        const std::int64_t axis = op.integer("axis", 0);
        const auto dimension = static_cast<std::size_t>(axis);
        std::int64_t start = 0;
        for (std::size_t i = 0; i < op.inputs.size(); ++i) {
          const std::int64_t end = start + of(op.inputs[i]).shape.at(dimension);
          if (wanted(op.inputs[i]))
            pass(op.inputs[i],
                 builder_.op(OpKind::slice, op.name + ".grad" + std::to_string(i), {g},
                             {{"axis", trace::ints({axis})},
                              {"start", trace::ints({start})},
                              {"end", trace::ints({end})}},
                             format_));
          start = end;
        }
        return;
      }
      case OpKind::max_pool2d:
      case OpKind::avg_pool2d:
      case OpKind::global_avg_pool2d: {
        trace::Attributes attributes = op.attributes;
        attributes["mode"] = std::string(op.kind == OpKind::max_pool2d   ? "max"
                                         : op.kind == OpKind::avg_pool2d ? "avg"
                                                                         : "global_avg");
        if (wanted(x))
          pass(x, builder_.op(OpKind::pool2d_grad, op.name + ".grad", {g, kept(x)}, attributes,
                              format_));
        return;
      }
      case OpKind::reshape:
        if (wanted(x))
          pass(x, builder_.op(OpKind::reshape, op.name + ".grad", {g},
                              {{"shape", Shape(of(x).shape)}}, format_));
        return;
      case OpKind::cast:
        pass(x, g);
        return;
      default:
        break;
    }
    throw Error(no_backward)
        .at(place_)
        .say("layer '" + op.name + "': no rule for its gradient")
        .read(trace::name(op.kind))
        .expected(
            "convolutions, products with weights, batch norms, relu, sums, concatenations, "
            "poolings and reshapes")
        .remedy("record a training step of the network with the executor instead");
  }

  const trace::Trace& forward_;
  NumberFormat format_;
  Place place_;
  trace::TraceBuilder builder_;
  std::map<TensorId, std::vector<const Op*>> readers_;
  std::map<TensorId, TensorId> kept_, gradients_;  // of tensors of the forward pass
  int sums_ = 0;
};

}  // namespace

trace::Trace backward_pass(const trace::Trace& forward, NumberFormat format, const Place& place) {
  if (trace::is_float(format)) return Backward(forward, format, place).run();
  throw Error(no_backward)
      .at(place)
      .say("pass: backward: integers have no gradients")
      .read(trace::name(format))
      .expected("a floating-point format")
      .remedy("Say --set workload.format=fp16, or another of these.");
}

}  // namespace mantissa::workloads
