// SPDX-License-Identifier: Apache-2.0
#include "arch/mapper/matrix_problem.h"

#include <algorithm>

namespace mantissa::arch {
namespace {

using trace::Op;
using trace::OpKind;
using trace::Shape;
using trace::Tensor;

std::uint64_t u64(std::int64_t v) { return static_cast<std::uint64_t>(v); }

// Index of each output batch element's matrix in an operand whose batch dimensions may broadcast.
std::vector<std::uint64_t> batch_blocks(const Shape& operand, const Shape& output) {
  const std::size_t batch_rank = output.size() - 2;
  std::uint64_t count = 1;
  for (std::size_t d = 0; d < batch_rank; ++d) count *= u64(output[d]);
  std::vector<std::uint64_t> blocks(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    std::uint64_t rest = i, index = 0, stride = 1;
    for (std::size_t back = 1; back <= batch_rank; ++back) {
      const std::size_t d = batch_rank - back;
      const std::uint64_t position = rest % u64(output[d]);
      rest /= u64(output[d]);
      if (operand.size() < 2 + back) continue;
      const std::int64_t size = operand[operand.size() - 2 - back];
      index += (size == 1 ? 0 : position) * stride;
      stride *= u64(size);
    }
    blocks[i] = index;
  }
  return blocks;
}

MatrixProblem from_matmul(const Plan& plan, const Op& op) {
  MatrixProblem p;
  const Shape& a = plan.tensor(op.inputs[0]).shape;
  const Shape& b = plan.tensor(op.inputs[1]).shape;
  const Shape& out = plan.tensor(op.outputs[0]).shape;
  p.a = op.inputs[0];
  p.b = op.inputs[1];
  p.a_transposed = op.flag("transpose_a", false);
  p.b_transposed = op.flag("transpose_b", false);
  const auto dim = [](const Shape& s, std::size_t from_end) {
    return from_end <= s.size() ? u64(s[s.size() - from_end]) : 1;
  };
  p.m = dim(a, p.a_transposed ? 1 : 2);
  p.k = dim(a, p.a_transposed ? 2 : 1);
  p.n = b.size() < 2 ? 1 : dim(b, p.b_transposed ? 2 : 1);
  std::uint64_t b_batch = 1;
  for (std::size_t d = 0; d + 2 < b.size(); ++d) b_batch *= u64(b[d]);
  if (b_batch == 1 && !p.a_transposed) {
    p.m = u64(trace::elements(a)) / p.k;  // one b for all: a's batch dimensions are rows
    p.a_block = p.b_block = {0};
  } else {
    p.a_block = batch_blocks(a, out);
    p.b_block = batch_blocks(b, out);
    p.instances = p.a_block.size();
  }
  return p;
}

// Which gradients the input pixels below one of them, stride x stride, take part in. Pixel x meets
// gradient y at tap t where stride * y = x + before - dilation * t.
trace::Window around(const trace::Window& forward) {
  trace::Window window;
  for (const std::size_t d : {0, 1}) {
    const std::int64_t reach = forward.dilation[d] * (forward.kernel[d] - 1) - forward.before[d];
    const std::int64_t stride = forward.stride[d];
    window.before[d] = reach >= 0 ? reach / stride : -((-reach + stride - 1) / stride);
    window.after[d] = (forward.before[d] + stride - 1) / stride;
    window.kernel[d] = window.before[d] + window.after[d] + 1;
  }
  return window;
}

MatrixProblem from_convolution(const Plan& plan, const Op& op) {
  MatrixProblem p;
  std::vector<const Tensor*> inputs;
  for (auto t : op.inputs) inputs.push_back(t == trace::no_tensor ? nullptr : &plan.tensor(t));
  p.a_block = p.b_block = {0};
  p.a = op.inputs[0];
  p.b = op.inputs[1];
  const trace::Window window = trace::window_of(op, inputs);
  p.groups = u64(window.groups);
  const std::uint64_t taps = u64(window.kernel[0] * window.kernel[1]);
  const Shape& out = plan.tensor(op.outputs[0]).shape;
  switch (op.kind) {
    case OpKind::conv2d: {
      const Shape& in = inputs[0]->shape;
      p.convolution = true;
      p.conv = {window, in[0], in[1], in[2], in[3], out[2], out[3]};
      p.m = u64(out[0] * out[2] * out[3]);
      p.k = taps * u64(in[1]) / p.groups;
      p.n = u64(out[1]) / p.groups;
      break;
    }
    case OpKind::conv2d_input_grad: {
      const Shape& grad = inputs[0]->shape;
      p.convolution = true;
      p.conv = {around(window), grad[0], grad[1], grad[2], grad[3], grad[2], grad[3]};
      p.m = u64(grad[0] * grad[2] * grad[3]);
      p.k = taps * u64(grad[1]) / p.groups;
      p.n = u64(out[1]) / p.groups;
      p.results = u64(out[0] * out[2] * out[3]);
      break;
    }
    default: {  // conv2d_weight_grad
      const Shape &grad = inputs[0]->shape, &in = inputs[1]->shape;
      p.a_transposed = true;  // channels last
      p.b_windows = true;
      p.conv = {window, in[0], in[1], in[2], in[3], grad[2], grad[3]};
      p.m = u64(out[0]) / p.groups;
      p.k = u64(grad[0] * grad[2] * grad[3]);
      p.n = taps * u64(out[1]);
      break;
    }
  }
  return p;
}

}  // namespace

Span input_rows(const Convolution& c, std::int64_t first, std::int64_t count) {
  const std::int64_t begin = first * c.window.stride[0] - c.window.before[0];
  const std::int64_t reach = (first + count - 1) * c.window.stride[0] - c.window.before[0] +
                             c.window.dilation[0] * (c.window.kernel[0] - 1) + 1;
  const std::int64_t end =
      std::max(reach, (first + count) * c.window.stride[0] - c.window.before[0]);
  const std::int64_t from = std::clamp<std::int64_t>(begin, 0, c.height);
  const std::int64_t to = std::clamp<std::int64_t>(end, from, c.height);
  return {static_cast<std::uint64_t>(from), static_cast<std::uint64_t>(to - from)};
}

Span MatrixProblem::b_pixels(const Span& rows) const {
  const auto lines_of = [&](std::uint64_t pixel) {
    const auto line = static_cast<std::int64_t>(pixel) / conv.output_width;
    const std::int64_t image = line / conv.output_height;
    const Span in = input_rows(conv, line % conv.output_height, 1);
    return Span{u64(image * conv.height) + in.first, in.size};
  };
  const Span first = lines_of(rows.first), last = lines_of(rows.first + rows.size - 1);
  const std::uint64_t end = std::max(first.first + first.size, last.first + last.size);
  return {first.first * u64(conv.width), (end - first.first) * u64(conv.width)};
}

Span MatrixProblem::b_channels(const Span& columns) const {
  const std::uint64_t first = columns.first / taps();
  return {first, ceil_div(columns.first + columns.size, taps()) - first};
}

Span MatrixProblem::results_of(std::uint64_t first, std::uint64_t rows) const {
  const std::uint64_t all = result_rows(), begin = std::min(first * all / m, all - 1);
  return {begin, std::max<std::uint64_t>(1, (first + rows) * all / m - begin)};
}

MatrixTile MatrixProblem::tile(std::uint64_t rows, std::uint64_t depth,
                               std::uint64_t columns) const {
  MatrixTile t{rows, depth, columns, true, true, a_width(), a_format};
  if (b_format != a_format) t.weight_format = b_format;
  t.line = convolution ? depth / taps() : depth;
  t.packed = packed_operands;
  return t;
}

std::uint64_t reduction_line(const Plan& plan, const Op& op) {
  if (op.kind == OpKind::matmul) return from_matmul(plan, op).k;
  const MatrixProblem p = from_convolution(plan, op);
  return p.convolution ? p.k / p.taps() : p.k;
}

MatrixProblem matrix_problem(const Plan& plan, const Op& op, const MatrixConfig& config,
                             const MatrixModel& model, const MapperConfig& mapper) {
  MatrixProblem p = op.kind == OpKind::matmul ? from_matmul(plan, op) : from_convolution(plan, op);
  p.b_is_parameter = plan.tensor(p.b).role == trace::Role::parameter;
  p.a_format = plan.format(p.a);
  p.b_format = plan.format(p.b);
  p.a_size = plan.element_size(p.a);
  p.b_size = plan.element_size(p.b);
  p.packed_operands = plan.is_packed(p.a) && plan.is_packed(p.b);
  if (p.packed_operands) p.column_bytes = model.packed_operands()->column_bytes;
  if (p.groups > 1 && mapper.group_packing && model.packs_groups() &&
      config.dataflow == Dataflow::weight_stationary) {
    const auto grain = model.granularity();
    p.packed = std::max<std::uint64_t>(1, std::min(grain.k / p.k, grain.n / p.n));
    p.packed = std::min(p.packed, p.groups);
  }
  return p;
}

}  // namespace mantissa::arch
