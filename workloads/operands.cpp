// SPDX-License-Identifier: Apache-2.0
#include "workloads/operands.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/numerics/element.h"
#include "base/numerics/random_fill.h"
#include "base/trace/safetensors.h"
#include "base/trace/vocabulary.h"

namespace mantissa::workloads {

using numerics::Element;
using trace::NumberFormat;
using trace::Op;
using trace::OpKind;
using trace::Tensor;
using trace::Trace;

namespace {

enum class Rule { uniform, affine, index, offsets, causal_mask };

// affine: centre + spread x; index: low <= i < high; offsets: i * spread.
struct Filling {
  Rule rule = Rule::uniform;
  double centre = 0, spread = 1;
  std::int64_t high = 0;
};

Filling affine(double centre, double spread) { return {Rule::affine, centre, spread, 0}; }
Filling index_below(std::int64_t rows) {
  return {Rule::index, 0, 1, std::max<std::int64_t>(rows, 1)};
}

// The least power of two not below the root of n.
double root_power(std::uint64_t n) {
  int halvings = 0;
  while (halvings < 31 && (std::uint64_t{1} << (2 * halvings)) < n) ++halvings;
  return std::ldexp(1.0, halvings);
}

// K of a product: multiply-accumulates over outputs.
std::uint64_t products_per_output(const Trace& trace, const Op& op) {
  const auto n = static_cast<std::uint64_t>(trace.tensor(op.outputs.front()).elements());
  return n == 0 ? 1 : std::max<std::uint64_t>(trace::macs(trace, op) / n, 1);
}

// The spread of what a batch norm reads: 1 for reals, that of int8 products for integer sums.
double spread_of(const Trace& trace, trace::TensorId x) {
  if (!trace::is_integer(trace.tensor(x).format)) return 1;
  for (const Op& op : trace.ops) {
    if (std::find(op.outputs.begin(), op.outputs.end(), x) == op.outputs.end()) continue;
    return root_power(products_per_output(trace, op)) * 4096;
  }
  return 64;  // int8 values themselves
}

std::int64_t axis_length(const Trace& trace, const Op& op) {
  const trace::Shape& shape = trace.tensor(op.inputs.front()).shape;
  const std::int64_t axis = op.integer("axis", 0), rank = static_cast<std::int64_t>(shape.size());
  return shape.at(static_cast<std::size_t>(axis < 0 ? axis + rank : axis));
}

Filling norm_operand(std::size_t position) {
  return position == 1 ? affine(1, 0.25) : position == 2 ? affine(0, 0.25) : Filling{};
}

Filling batch_norm_operand(const Trace& trace, const Op& op, std::size_t position) {
  if (position < 3) return norm_operand(position);
  const double s = spread_of(trace, op.inputs.front());
  return position == 3 ? affine(0, 0.25 * s) : affine(s * s, 0.5 * s * s);
}

// indices, then the offsets of bags.
Filling lookup_operand(const Trace& trace, const Op& op, std::size_t position) {
  const trace::Shape& indices = trace.tensor(op.inputs.at(1)).shape;
  if (position == 1) return index_below(trace.tensor(op.inputs.front()).shape.front());
  if (position != 2 || indices.empty()) return {};
  const std::int64_t bags = trace.tensor(op.inputs[2]).elements();
  Filling f{Rule::offsets, 0, 1, 0};
  f.spread = static_cast<double>(indices.front() / std::max<std::int64_t>(bags, 1));
  return f;
}

// What the operand at `position` of this operator should hold.
Filling filling_for(const Trace& trace, const Op& op, std::size_t position, const Tensor& tensor) {
  const bool real = trace::is_float(tensor.format);
  switch (op.kind) {
    case OpKind::matmul:
    case OpKind::conv2d:
      if (position == 1 && real) {
        return affine(0, std::min(1.0, 2 / root_power(products_per_output(trace, op))));
      }
      return {};
    case OpKind::batch_norm:
      return batch_norm_operand(trace, op, position);
    case OpKind::layer_norm:
    case OpKind::rms_norm:
    case OpKind::group_norm:
    case OpKind::batch_norm_train:
      return norm_operand(position);
    case OpKind::embedding:
    case OpKind::embedding_bag:
      return lookup_operand(trace, op, position);
    case OpKind::gather:
    case OpKind::scatter:
      return position == 1 ? index_below(axis_length(trace, op)) : Filling{};
    case OpKind::cross_entropy:
      return position == 1 && !real ? index_below(trace.tensor(op.inputs[0]).shape.at(1))
                                    : Filling{};
    case OpKind::requantize:
      return position == 1 ? affine(0x1.8p29, 0x1p28) : Filling{};
    case OpKind::quantize:
    case OpKind::dequantize:
      return position == 1 ? affine(1.0 / 64, 1.0 / 128) : Filling{};
    default:
      return {};
  }
}

// The first reader decides; a tensor that nobody reads may hold anything.
Filling filling_of(const Trace& trace, const Tensor& tensor) {
  const auto told = trace.metadata.find("fill." + tensor.name);
  if (told != trace.metadata.end() && told->second == "causal_mask") {
    return {Rule::causal_mask, 0, 1, 0};
  }
  for (const Op& op : trace.ops) {
    for (std::size_t i = 0; i < op.inputs.size(); ++i) {
      if (op.inputs[i] == trace::no_tensor) continue;
      if (trace.tensor(op.inputs[i]).name == tensor.name) return filling_for(trace, op, i, tensor);
    }
  }
  return {};
}

// Elements that the ranks before this one have of an input.
std::int64_t first_element(const Trace& trace, const Tensor& tensor, const Filling& filling) {
  const auto first = trace.metadata.find("first_sample");
  const bool batched = tensor.role == trace::Role::input && filling.rule != Rule::causal_mask &&
                       filling.rule != Rule::affine && !tensor.shape.empty();
  if (first == trace.metadata.end() || !batched || tensor.shape.front() == 0) return 0;
  return std::stoll(first->second) * (tensor.elements() / tensor.shape.front());
}

// Uniform over the format, from element `first` of the whole batch on.
std::vector<std::byte> uniform(const Tensor& tensor, std::uint64_t seed, std::int64_t first) {
  if (first == 0) return numerics::fill_random(tensor.format, tensor.shape, seed, tensor.name);
  const std::int64_t n = tensor.elements();
  const auto all = numerics::fill_random(tensor.format, {first + n}, seed, tensor.name);
  if (trace::bits(tensor.format) >= 8) {
    return {all.end() - static_cast<std::ptrdiff_t>(tensor.bytes()), all.end()};
  }
  std::vector<std::byte> part(tensor.bytes());
  for (std::int64_t i = 0; i < n; ++i) {
    numerics::store_element(tensor.format, part.data(), i,
                            numerics::load_element(tensor.format, all.data(), first + i));
  }
  return part;
}

Element element(const Filling& f, const numerics::RandomStream& stream, std::int64_t i,
                std::int64_t first, const Tensor& tensor) {
  const auto at = static_cast<std::uint64_t>(first + i);
  switch (f.rule) {
    case Rule::index:
      return Element::of(stream.integer(at, 0, f.high - 1));
    case Rule::offsets:
      return Element::of(i * static_cast<std::int64_t>(f.spread));
    case Rule::causal_mask: {
      const std::int64_t columns = tensor.shape.back();
      return Element::of(i % columns > i / columns ? -0x1p15 : 0.0);
    }
    case Rule::affine:
    case Rule::uniform:
      break;
  }
  return Element::of(f.centre + f.spread * static_cast<double>(stream.real(at)));
}

}  // namespace

OperandSource synthetic_operands(std::uint64_t seed) {
  return [seed](const Trace& trace, const Tensor& tensor) {
    const Filling filling = filling_of(trace, tensor);
    const std::int64_t first = first_element(trace, tensor, filling);
    if (filling.rule == Rule::uniform) return uniform(tensor, seed, first);
    const numerics::RandomStream stream(seed, tensor.name);
    std::vector<std::byte> bytes(tensor.bytes());
    for (std::int64_t i = 0; i < tensor.elements(); ++i) {
      numerics::store_element(tensor.format, bytes.data(), i,
                              element(filling, stream, i, first, tensor));
    }
    return bytes;
  };
}

void write_operands(const Trace& trace, std::uint64_t seed, const std::string& path) {
  write_operands(trace, synthetic_operands(seed), path);
}

void write_operands(const Trace& trace, const OperandSource& source, const std::string& path) {
  std::vector<std::vector<std::byte>> contents;
  std::vector<trace::TensorContents> tensors;
  for (const Tensor& tensor : trace.tensors) {
    if (tensor.role == trace::Role::activation) continue;
    contents.push_back(source(trace, tensor));
    tensors.push_back({tensor.name, tensor.format, tensor.shape, contents.back().data()});
  }
  trace::write_safetensors(path, tensors);
}

}  // namespace mantissa::workloads
