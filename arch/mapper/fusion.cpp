// SPDX-License-Identifier: Apache-2.0
#include "arch/mapper/fusion.h"

#include <algorithm>
#include <numeric>

namespace mantissa::arch {
namespace {

using trace::no_tensor;
using trace::Op;
using trace::OpClass;
using trace::OpId;
using trace::OpKind;
using trace::Role;
using trace::TensorId;
using trace::Trace;

// Readers of every tensor, and the operator that writes it.
struct Uses {
  std::vector<std::vector<OpId>> readers;
  std::vector<OpId> writer;

  explicit Uses(const Trace& trace)
      : readers(trace.tensors.size()), writer(trace.tensors.size(), no_layer) {
    for (OpId i = 0; i < trace.ops.size(); ++i) {
      for (TensorId t : trace.ops[i].inputs)
        if (t != no_tensor) readers[t].push_back(i);
      for (TensorId t : trace.ops[i].outputs) writer[t] = i;
    }
  }
};

bool can_lead(const Op& op) {
  switch (trace::spec(op.kind).op_class) {
    case OpClass::matrix:
    case OpClass::pointwise:
    case OpClass::window:
      return true;
    case OpClass::row:
      return op.kind == OpKind::softmax || op.kind == OpKind::layer_norm ||
             op.kind == OpKind::rms_norm || op.kind == OpKind::group_norm;
    default:
      return false;
  }
}

class ChainBuilder {
 public:
  ChainBuilder(const Trace& trace, const Uses& uses, const std::vector<Place>& places)
      : trace_(trace), uses_(uses), places_(places) {}

  // The element-wise operators that follow `head`, given which are taken already.
  std::vector<OpId> follow(OpId head) const {
    std::vector<OpId> chain;
    if (!can_lead(trace_.ops[head]) || trace_.ops[head].outputs.size() != 1) return chain;
    // Matrix results may take one more tensor behind the array: the adder has one more port.
    int addends = 0;
    OpId last = head;
    while (true) {
      const TensorId value = trace_.ops[last].outputs.front();
      if (uses_.readers[value].size() != 1) break;
      const OpId next = uses_.readers[value].front();
      if (!rides(next, value, head, addends)) break;
      chain.push_back(next);
      last = next;
    }
    return chain;
  }

 private:
  bool rides(OpId next, TensorId value, OpId head, int& addends) const {
    const Op& op = trace_.ops[next];
    if (trace::spec(op.kind).op_class != OpClass::pointwise || op.outputs.size() != 1) return false;
    if (trace_.tensor(op.outputs.front()).shape != trace_.tensor(value).shape) return false;
    for (OpId before : op.after)
      if (before > head) return false;
    int more = 0;
    for (TensorId t : op.inputs) {
      if (t == no_tensor || t == value) continue;
      const auto& tensor = trace_.tensor(t);
      if (per_column(tensor, trace_.tensor(value))) {
        if (!one_per_column(tensor, value)) return false;
        continue;
      }
      // Another activation: complete before the head starts, and of the same shape.
      if (uses_.writer[t] != no_layer && uses_.writer[t] >= head) return false;
      if (tensor.shape != trace_.tensor(value).shape) return false;
      ++more;
    }
    // The chained value itself may stand in only one operand place.
    if (std::count(op.inputs.begin(), op.inputs.end(), value) != 1) return false;
    if (addends + more > 1) return false;
    addends += more;
    return true;
  }

  // A scalar, or one value per result column (channel of a feature map, last dimension else).
  bool one_per_column(const trace::Tensor& parameter, TensorId value) const {
    const auto& shape = trace_.tensor(value).shape;
    if (parameter.elements() == 1) return true;
    if (shape.empty()) return false;
    const std::size_t at = places_[value].channels_last ? 1 : shape.size() - 1;
    return parameter.elements() == shape[at];
  }

  const Trace& trace_;
  const Uses& uses_;
  const std::vector<Place>& places_;
};

// A reshape moves nothing when both sides store their elements in the same order.
bool free_reshape(const Plan& plan, const Op& op) {
  const auto plain = [&](TensorId t) {
    const auto& shape = plan.tensor(t).shape;
    if (!plan.places[t].channels_last) return true;
    return shape[1] == 1 || shape[2] * shape[3] == 1;
  };
  const TensorId from = op.inputs.front(), to = op.outputs.front();
  // Rows that fill up a last byte must stay the same rows.
  const auto whole = [&](TensorId t) {
    return plan.element_size(t).whole(static_cast<std::uint64_t>(plan.stored_row(t)));
  };
  const bool rows = plan.stored_row(from) == plan.stored_row(to) || (whole(from) && whole(to));
  return rows && plain(from) && plain(to);
}

// Feature maps are stored N,H,W,C: what convolutions and poolings touch, and whatever is connected
// to that element by element.
void choose_layouts(Plan& plan) {
  const Trace& trace = *plan.trace;
  const auto mark = [&](TensorId t) {
    if (t == no_tensor || plan.tensor(t).shape.size() != 4 ||
        plan.tensor(t).role == Role::parameter || plan.places[t].channels_last)
      return false;
    return plan.places[t].channels_last = true;
  };
  const auto spatial = [](OpKind kind) {
    switch (kind) {
      case OpKind::conv2d:
      case OpKind::conv2d_input_grad:
      case OpKind::conv2d_weight_grad:
      case OpKind::max_pool2d:
      case OpKind::avg_pool2d:
      case OpKind::global_avg_pool2d:
      case OpKind::pool2d_grad:
      case OpKind::batch_norm:
      case OpKind::batch_norm_train:
      case OpKind::group_norm:
        return true;
      default:
        return false;
    }
  };
  for (bool changed = true; changed;) {
    changed = false;
    for (const Op& op : trace.ops) {
      const bool pointwise = trace::spec(op.kind).op_class == OpClass::pointwise ||
                             op.kind == OpKind::concat || op.kind == OpKind::copy;
      bool any = spatial(op.kind);
      const auto last = [&](TensorId t) { return t != no_tensor && plan.places[t].channels_last; };
      if (pointwise)
        any = any || std::any_of(op.inputs.begin(), op.inputs.end(), last) ||
              std::any_of(op.outputs.begin(), op.outputs.end(), last);
      if (!any) continue;
      for (TensorId t : op.inputs) changed = mark(t) || changed;
      for (TensorId t : op.outputs) changed = mark(t) || changed;
    }
  }
}

}  // namespace

void make_layers(Plan& plan, bool fuse) {
  const Trace& trace = *plan.trace;
  const Uses uses(trace);
  plan.places.assign(trace.tensors.size(), {});
  plan.storage.resize(trace.tensors.size());
  std::iota(plan.storage.begin(), plan.storage.end(), TensorId{0});
  choose_layouts(plan);

  const ChainBuilder chains(trace, uses, plan.places);
  std::vector<bool> taken(trace.ops.size(), false);
  for (OpId head = 0; head < trace.ops.size(); ++head) {
    if (taken[head]) continue;
    const Op& op = trace.ops[head];
    Layer layer;
    layer.head = head;
    if (trace::spec(op.kind).op_class == OpClass::view && free_reshape(plan, op) &&
        plan.tensor(op.inputs.front()).role != Role::parameter) {
      layer.view = true;
      plan.storage[op.outputs.front()] = plan.storage[op.inputs.front()];
    }
    if (fuse) layer.chain = chains.follow(head);
    for (OpId fused : layer.chain) taken[fused] = true;
    plan.layers.push_back(std::move(layer));
  }

  for (Layer& layer : plan.layers) {
    std::vector<TensorId> inside;
    for (OpId id : layer.ops()) {
      for (TensorId t : trace.ops[id].inputs) {
        if (t == no_tensor || trace.tensor(t).role == Role::parameter) continue;
        if (std::find(inside.begin(), inside.end(), t) != inside.end()) continue;
        const TensorId s = plan.storage[t];
        if (std::find(layer.reads.begin(), layer.reads.end(), s) == layer.reads.end())
          layer.reads.push_back(s);
      }
      for (TensorId t : trace.ops[id].outputs) inside.push_back(t);
    }
    const OpId last = layer.chain.empty() ? layer.head : layer.chain.back();
    for (TensorId t : trace.ops[last].outputs) layer.outputs.push_back(plan.storage[t]);
  }
}

}  // namespace mantissa::arch
