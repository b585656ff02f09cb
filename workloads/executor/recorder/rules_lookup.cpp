// SPDX-License-Identifier: Apache-2.0
// Rows by index, and the operators of torch.ops.mantissa, which have the vocabulary's own names.
#include "base/trace/vocabulary.h"
#include "workloads/executor/operators.h"
#include "workloads/executor/recorder/recording.h"
#include "workloads/executor/tensor.h"

namespace mantissa::workloads {

using trace::Attributes;
using trace::no_tensor;
using trace::OpKind;
using trace::TensorId;

namespace {

const char* bag_mode(std::int64_t mode) { return mode == 0 ? "sum" : mode == 1 ? "mean" : "max"; }

// aten::embedding(weight, indices, padding_idx, scale_grad_by_freq, sparse)
void embedding(Call& c) {
  Attributes a;
  if (c.integer(2, -1) >= 0) a["padding_index"] = c.integer(2);
  c.emit(OpKind::embedding, {c.in(0), c.in(1)}, a, {c.out()});
}

// aten::embedding_dense_backward(grad_output, indices, num_weights, padding_idx, scale)
void embedding_backward(Call& c) {
  c.emit(OpKind::embedding_grad, {c.in(0), c.in(1)}, {{"rows", c.integer(2)}}, {c.out()});
}

// aten::embedding_bag(weight, indices, offsets, scale_grad, mode, sparse, per_sample_weights,
// include_last_offset, padding_idx) -> output, offset2bag, bag_size, max_indices
void embedding_bag(Call& c) {
  Attributes a;
  if (c.integer(4) != 0) a["mode"] = std::string(bag_mode(c.integer(4)));
  if (c.flag(7)) a["include_last_offset"] = true;
  c.emit(OpKind::embedding_bag, {c.in(0), c.in(1), c.maybe_in(2), c.maybe_in(6)}, a, {c.out(0)});
}

// aten::_embedding_bag_backward(grad, indices, offsets, offset2bag, bag_size, maximum_indices,
// num_weights, scale_grad, mode, sparse, per_sample_weights, padding_idx)
void embedding_bag_backward(Call& c) {
  Attributes a{{"rows", c.integer(6)}, {"mode", std::string(bag_mode(c.integer(8)))}};
  if (c.flag(9)) a["sparse"] = true;
  c.emit(OpKind::embedding_grad, {c.in(0), c.in(1), c.maybe_in(2)}, a, {c.out()});
}

// aten::index_select(x, dim, index)
void index_select(Call& c) {
  c.emit(OpKind::gather, {c.in(0), c.in(2)}, {{"axis", axis(c.integer(1), c.tensor(0).dim())}},
         {c.out()});
}

// aten::gather(x, dim, index, sparse_grad)
void gather(Call& c) {
  c.emit(OpKind::gather, {c.in(0), c.in(2)},
         {{"axis", axis(c.integer(1), c.tensor(0).dim())}, {"elementwise", true}}, {c.out()});
}

// aten::scatter(x, dim, index, src), scatter_add
std::function<void(Call&)> scatter(const char* reduction) {
  return [reduction](Call& c) {
    Attributes a{{"axis", axis(c.integer(1), c.tensor(0).dim())}, {"elementwise", true}};
    if (std::string(reduction) != "none") a["reduction"] = std::string(reduction);
    c.emit(OpKind::scatter, {c.in(0), c.in(2), c.in(3)}, a, {c.out()});
  };
}

bool of_one_shape(const std::vector<c10::IValue>& in) {
  return in.size() == 4 && in[3].isTensor() &&
         in[3].toTensor().sizes() == in[2].toTensor().sizes() &&
         in[2].toTensor().dim() == in[0].toTensor().dim();
}

// torch.ops.mantissa.<kind>: operands, then attributes, then formats
// (workloads/executor/operators.h)
std::function<void(Call&)> as_in_the_vocabulary(const trace::OpSpec& spec) {
  return [&spec](Call& c) {
    std::vector<TensorId> inputs;
    for (std::size_t i = 0; i < spec.inputs.size(); ++i) {
      if (spec.inputs[i].variadic) {
        for (const at::Tensor& t : c.tensors(i)) inputs.push_back(c.in(t));
      } else {
        inputs.push_back(c.maybe_in(i));
      }
    }
    std::vector<at::Tensor> outputs;
    if (spec.outputs.front().variadic) {
      const c10::List<at::Tensor> list = c.output_list();
      for (const at::Tensor& t : list) outputs.push_back(t);
    } else {
      outputs.push_back(c.out());
    }
    c.emit(spec.kind, inputs, operator_attributes(spec, c.arguments()), outputs);
  };
}

}  // namespace

void add_lookup_rules(Rules& r) {
  r["aten::embedding"] = {embedding, {}};
  r["aten::embedding_dense_backward"] = {embedding_backward, {}};
  r["aten::embedding_bag"] = r["aten::_embedding_bag"] = {
      embedding_bag,
      [](const std::vector<c10::IValue>& in) { return in[0].toTensor().dim() == 2; }};
  r["aten::_embedding_bag_backward"] = {embedding_bag_backward, {}};
  r["aten::index_select"] = {index_select, {}};
  r["aten::gather"] = {gather, {}};
  r["aten::scatter"] = {scatter("none"), of_one_shape};
  r["aten::scatter_add"] = {scatter("add"), of_one_shape};
}

void add_vocabulary_rules(Rules& r) {
  for (const trace::OpSpec& spec : trace::vocabulary()) {
    if (!is_operator(spec.kind)) continue;
    r[std::string("mantissa::") + spec.name] = {as_in_the_vocabulary(spec), {}};
  }
}

}  // namespace mantissa::workloads
