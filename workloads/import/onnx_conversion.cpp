// SPDX-License-Identifier: Apache-2.0
#include "workloads/import/onnx_conversion.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "workloads/import/onnx.h"

namespace mantissa::workloads {

namespace onnx_import {

using trace::NumberFormat;
using trace::OpKind;
using trace::TensorId;

namespace {

bool is_known_operand(const Converter* converter, std::size_t operand) {
  if (converter == nullptr) return false;
  const auto& known = converter->known_operands;
  return std::find(known.begin(), known.end(), operand) != known.end();
}

// Nodes whose results are computed with, back from the outputs. What only leads to a shape or an
// axis is not among them.
std::vector<bool> needed_nodes(const Model& model) {
  std::set<std::string> wanted(model.outputs.begin(), model.outputs.end());
  std::vector<bool> needed(model.nodes.size(), false);
  for (std::size_t i = model.nodes.size(); i-- > 0;) {
    const Node& node = model.nodes[i];
    needed[i] = std::any_of(node.outputs.begin(), node.outputs.end(),
                            [&](const std::string& o) { return wanted.count(o) != 0; });
    if (!needed[i]) continue;
    const Converter* converter = find_converter(node);
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
      if (!is_known_operand(converter, k)) wanted.insert(node.inputs[k]);
    }
  }
  return needed;
}

}  // namespace

const std::vector<Converter>& converters() {
  static const std::vector<Converter> table = [] {
    std::vector<Converter> all;
    for (const auto& family : {product_converters(), pointwise_converters(), row_converters(),
                               movement_converters(), quantized_converters()}) {
      all.insert(all.end(), family.begin(), family.end());
    }
    std::sort(all.begin(), all.end(),
              [](const Converter& a, const Converter& b) { return std::string(a.type) < b.type; });
    return all;
  }();
  return table;
}

const Converter* find_converter(const Node& node) {
  if (!node.domain.empty() && node.domain != "ai.onnx") return nullptr;
  for (const Converter& converter : converters()) {
    if (node.type == converter.type) return &converter;
  }
  return nullptr;
}

void check_supported(const Model& model) {
  const std::vector<bool> needed = needed_nodes(model);
  std::string list;
  for (std::size_t i = 0; i < model.nodes.size(); ++i) {
    if (!needed[i] || find_converter(model.nodes[i]) != nullptr) continue;
    list += (list.empty() ? "" : ", ") + model.nodes[i].title();
  }
  if (list.empty()) return;
  throw Error(unsupported)
      .at(model.path)
      .say("operators that cannot be imported: " + list)
      .expected("operators that have a counterpart in the vocabulary")
      .remedy("Replace them in the model, or describe the workload as kind: ops.");
}

std::int64_t axis_of(std::int64_t axis, std::size_t rank) {
  return axis < 0 ? axis + static_cast<std::int64_t>(rank) : axis;
}

// Parameters keep the model's names, so that their contents can be found.
Conversion::Conversion(const Model& model) : model_(model), builder_(model.path) {
  for (const auto& [name, constant] : model.constants) names_.insert(name);
}

// Inputs that nobody computes with would only be loaded; they stay out.
trace::Trace Conversion::run() {
  const std::vector<bool> needed = needed_nodes(model_);
  for (const std::string& name : model_.inputs) {
    for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
      const auto& in = model_.nodes[i].inputs;
      if (needed[i] && std::find(in.begin(), in.end(), name) != in.end() &&
          tensors_.count(name) == 0) {
        const ValueType& type = type_of(name, model_.nodes[i]);
        tensors_[name] = builder_.input(unique(name), type.format, type.shape);
      }
    }
  }
  for (std::size_t i = 0; i < model_.nodes.size(); ++i) {
    if (!needed[i]) continue;
    const Node& node = model_.nodes[i];
    try {
      find_converter(node)->convert(*this, node);
    } catch (Error& error) {
      if (error.place().file.empty()) {  // the trace does not know the file
        error.at(Place{model_.path, 0, 0, "node " + node.title() + ", " + error.place().detail});
      }
      throw;
    }
  }
  return builder_.finish();
}

void Conversion::refuse(const Node& node, const std::string& read,
                        const std::string& expected) const {
  throw Error(variant)
      .at(Place{model_.path, 0, 0, "node " + node.title()})
      .read(read)
      .expected(expected);
}

// Inference leaves a value without a shape when a dimension is open; the remedy names it.
const ValueType& Conversion::type_of(const std::string& value, const Node& node) const {
  const auto found = model_.types.find(value);
  if (found != model_.types.end()) return found->second;
  const auto open = model_.open.find(value);
  const std::string dimension = open == model_.open.end() ? "?" : open->second;
  Error error(dynamic_dimension);
  error.at(Place{model_.path, 0, 0, "node " + node.title() + ", value '" + value + "'"});
  error.read(dimension).expected("dimensions that are known before the run");
  if (dimension != "?") {
    error.remedy("Say --set workload.dims." + dimension + "=1, or another size.");
  }
  throw error;
}

const ValueType& Conversion::input_type(const Node& node, std::size_t operand) const {
  return type_of(node.inputs.at(operand), node);
}

const ValueType& Conversion::output_type(const Node& node, std::size_t output) const {
  return type_of(node.outputs.at(output), node);
}

bool Conversion::has(const Node& node, std::size_t operand) const {
  return operand < node.inputs.size() && !node.inputs[operand].empty();
}

const Constant* Conversion::find_constant(const Node& node, std::size_t operand) const {
  if (!has(node, operand)) return nullptr;
  const auto found = model_.constants.find(node.inputs[operand]);
  return found == model_.constants.end() ? nullptr : &found->second;
}

const Constant& Conversion::constant(const Node& node, std::size_t operand) const {
  if (const Constant* found = find_constant(node, operand)) return *found;
  throw Error(not_constant)
      .at(Place{model_.path, 0, 0, "node " + node.title()})
      .read(has(node, operand) ? node.inputs[operand] : "nothing")
      .expected("an initialiser or a Constant as operand " + std::to_string(operand));
}

std::string Conversion::unique(const std::string& wanted) {
  std::string name = wanted;
  for (int i = 2; !names_.insert(name).second; ++i) name = wanted + "#" + std::to_string(i);
  return name;
}

TensorId Conversion::tensor(const Node& node, std::size_t operand) {
  const std::string& name = node.inputs.at(operand);
  const auto found = tensors_.find(name);
  if (found != tensors_.end()) return found->second;
  const Constant& c = constant(node, operand);
  return tensors_[name] = builder_.parameter(name, c.format, c.shape);
}

// Named like the node; nodes without a name like their first output, which is unique in the model.
TensorId Conversion::emit(const Node& node, OpKind kind, std::vector<TensorId> inputs,
                          trace::Attributes attributes, std::optional<NumberFormat> format,
                          const std::string& part) {
  const std::string base = node.name.empty() ? node.outputs.front() : node.name;
  return builder_.op(kind, unique(base + part), std::move(inputs), std::move(attributes), format);
}

std::vector<TensorId> Conversion::emit_all(const Node& node, OpKind kind,
                                           std::vector<TensorId> inputs,
                                           trace::Attributes attributes, std::size_t wanted) {
  const std::string base = node.name.empty() ? node.outputs.front() : node.name;
  return builder_.ops(kind, unique(base), std::move(inputs), std::move(attributes), wanted);
}

void Conversion::define(const Node& node, TensorId tensor, std::size_t output) {
  tensors_[node.outputs.at(output)] = tensor;
}

void Conversion::become(const Node& node, OpKind kind, std::vector<TensorId> inputs,
                        trace::Attributes attributes, std::optional<NumberFormat> format) {
  define(node, emit(node, kind, std::move(inputs), std::move(attributes), format));
}

// To whatever shape inference found; the operands that say the shape are not needed.
void Conversion::become_reshape(const Node& node, TensorId x) {
  const trace::Shape& target = output_type(node).shape;
  define(node, target == shape(x) ? x : emit(node, OpKind::reshape, {x}, {{"shape", target}}));
}

}  // namespace onnx_import

OnnxWorkload read_onnx(const std::string& path,
                       const std::map<std::string, std::int64_t>& dimensions, std::uint64_t seed) {
  using namespace onnx_import;
  const auto model = std::make_shared<Model>(read_model(path, dimensions, check_supported));
  OnnxWorkload out;
  out.trace = Conversion(*model).run();
  out.operands = [model, drawn = synthetic_operands(seed)](const trace::Trace& trace,
                                                           const trace::Tensor& tensor) {
    const auto stored = model->constants.find(tensor.name);
    const bool parameter = tensor.role == trace::Role::parameter;
    return parameter && stored != model->constants.end() ? stored->second.bytes
                                                         : drawn(trace, tensor);
  };
  return out;
}

std::vector<std::string> onnx_operators() {
  std::vector<std::string> names;
  for (const auto& converter : onnx_import::converters()) names.push_back(converter.type);
  return names;
}

}  // namespace mantissa::workloads
