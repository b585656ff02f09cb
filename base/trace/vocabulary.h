// SPDX-License-Identifier: Apache-2.0
// The op vocabulary: the one table that importers, recorder and mapper speak.
//
// An op is what a framework calls an op. Each row says its name, what it computes on (which engine
// class), its operands in order, its attributes with defaults, and how its output shapes and
// multiply-accumulate count follow from the operand shapes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/trace/errors.h"
#include "base/trace/graph.h"

namespace mantissa::trace {

enum class OpClass : std::uint8_t {
  matrix,      // products on the matrix unit: matmul, conv2d, ...
  pointwise,   // one output element per (broadcast) input element
  window,      // pooling
  row,         // works along one dimension: softmax, norms, reductions, sort
  movement,    // copies or rearranges: concat, slice, transpose, pad, gather
  view,        // costs nothing: reshape, squeeze, ...
  lookup,      // embedding tables
  optimizer,   // parameter updates
  collective,  // between ranks
  generic,     // an operator known only by elements and bytes
};

struct OperandSpec {
  const char* name;
  bool optional = false;
  bool variadic = false;  // the last operand may repeat (concat)
};

struct AttributeSpec {
  const char* name;
  Attribute fallback;  // its type is the attribute's type
  const char* doc;
  bool required = false;  // no sensible default: `fallback` only shows the type
};

// Which formats the outputs may have, given those of the operands.
enum class FormatRule : std::uint8_t {
  same,     // all outputs have the first operand's format
  product,  // integer operands: a wider integer (a float with per-vector scales); otherwise a float
  boolean,  // comparisons: boolean
  choice,   // `where`: the format of the second operand
  selection,  // first output as the first operand, second an integer index
  index,      // positions: an integer format
  number,     // any integer or float format
  any,        // whatever the output tensor says (cast, quantize)
};

struct OpSpec {
  OpKind kind;
  const char* name;
  OpClass op_class;
  std::vector<OperandSpec> inputs;
  std::vector<OperandSpec> outputs;
  std::vector<AttributeSpec> attributes;
  // Vector-unit passes over the larger of input and output elements (see arch/units/vector); 0 for
  // ops that never visit it.
  unsigned passes;
  const char* doc;
  FormatRule formats;
  // Output shapes from operand shapes, one per output that the row lists (for variadic outputs:
  // one per output); throws Error(op_shape) naming the op. `inputs` has nullptr for an absent
  // operand. Empty for outputs of the class `generic`, whose shapes nobody can infer.
  std::vector<Shape> (*shapes)(const Op&, const std::vector<const Tensor*>& inputs);
  std::uint64_t (*macs)(const Op&, const std::vector<const Tensor*>& inputs);
};

// ---- the kinds, in the table's order ---------------------------------------------------------
enum class OpKind : std::uint16_t {
  // matrix
  matmul,  // a[..,M,K] b[..,K,N] bias?[N]; transpose_a, transpose_b
  conv2d,  // input[N,C,H,W] weight[O,C/g,KH,KW] bias?[O]; stride, padding, dilation, groups
  conv2d_input_grad,   // grad_output weight; + input_size
  conv2d_weight_grad,  // grad_output input; + kernel_size
  // pointwise
  add,
  sub,
  mul,
  div,
  maximum,
  minimum,
  power,
  equal,
  less,
  greater,
  where,
  relu,
  relu6,
  leaky_relu,
  clamp,
  sigmoid,
  tanh,
  gelu,
  silu,
  hardswish,
  exp,
  log,
  sqrt,
  rsqrt,
  reciprocal,
  erf,
  abs,
  neg,
  sign,
  round,
  dropout,
  relu_grad,
  gelu_grad,
  sigmoid_grad,
  tanh_grad,
  pointwise_grad,
  cast,
  quantize,
  dequantize,
  requantize,
  fake_quantize,
  batch_norm,  // batch_norm: inference affine per channel
  // window
  max_pool2d,
  avg_pool2d,
  global_avg_pool2d,
  pool2d_grad,
  // row
  softmax,
  log_softmax,
  layer_norm,
  rms_norm,
  group_norm,
  batch_norm_train,
  softmax_grad,
  norm_grad,
  reduce_sum,
  reduce_mean,
  reduce_max,
  reduce_min,
  argmax,
  cumsum,
  sort,
  topk,
  threshold_compact,
  cross_entropy,
  // movement
  concat,
  slice,
  split,
  transpose,
  pad,
  gather,
  scatter,
  expand,
  copy,
  fill,
  // view
  reshape,
  // lookup
  embedding,
  embedding_bag,
  embedding_grad,
  // optimizer
  sgd_step,
  adam_step,
  // collective
  all_reduce,
  all_gather,
  reduce_scatter,
  all_to_all,
  broadcast,
  send,
  recv,
  barrier,
  // generic
  generic,
};

const std::vector<OpSpec>& vocabulary();
const OpSpec& spec(OpKind kind);
std::optional<OpKind> op_kind(std::string_view name);
inline const char* name(OpKind kind) { return spec(kind).name; }

std::vector<const Tensor*> inputs_of(const Trace& trace, const Op& op);
std::uint64_t macs(const Trace& trace, const Op& op);

std::string_view name(OpClass op_class);
std::string_view meaning(FormatRule rule);

// The format of output `index` when nobody asks for one, by the row's rule; nullopt when the rule
// leaves it open (cast, quantize).
std::optional<NumberFormat> default_format(const Op& op, const std::vector<const Tensor*>& inputs,
                                           std::size_t index);
// Empty, or which formats would have been legal.
std::string format_violation(const Op& op, const std::vector<const Tensor*>& inputs,
                             std::size_t index, NumberFormat format);

// An attribute's value: as the op gives it, else the vocabulary's default.
const Attribute& attribute(const Op& op, const std::string& key);

// Every violation of the contract, in the order of the ops, each naming op and tensor.
std::vector<Error> violations(const Trace& trace);

// Checks the whole trace: names unique, operands in number and order as the vocabulary says, shapes
// as inferred, no cycle (ops in topological order), attributes known. Throws the first violation.
void check(const Trace& trace);

}  // namespace mantissa::trace
