// SPDX-License-Identifier: Apache-2.0
// The only file that knows the ONNX library: reads the protobuf, fetches external data, lets the
// library check the model and infer shapes, and copies the result into plain structures.
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>
#include <onnx/shape_inference/implementation.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <utility>

#include "base/error.h"
#include "workloads/errors.h"
#include "workloads/import/onnx_model.h"

namespace mantissa::workloads::onnx_import {

using trace::NumberFormat;

namespace {

// libonnx 1.12 knows operator sets up to here, and takes later ones without a word.
constexpr std::int64_t latest_opset = 17;

Place detail(const std::string& path, const std::string& what) { return Place{path, 0, 0, what}; }

// Any bytes may parse as an empty message, so the graph must be there.
onnx::ModelProto parse_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) {
    throw Error(unreadable).at(path).say("cannot read the ONNX model");
  }
  onnx::ModelProto model;
  if (!model.ParseFromIstream(&file) || !model.has_graph()) {
    throw Error(malformed).at(path).say("the file is no ONNX model").expected("a ModelProto");
  }
  return model;
}

std::int64_t check_opset(const onnx::ModelProto& model, const std::string& path) {
  for (const auto& import : model.opset_import()) {
    if (!import.domain().empty() && import.domain() != "ai.onnx") continue;
    if (import.version() <= latest_opset) return import.version();
    throw Error(opset)
        .at(path)
        .read("operator set " + std::to_string(import.version()))
        .expected("at most " + std::to_string(latest_opset) + ", which libonnx 1.12 knows")
        .remedy(
            "Export the model with opset_version=17, or convert it with onnx.version_converter.");
  }
  throw Error(opset).at(path).read("no operator set").expected("one from 1 to 17");
}

// ---- tensor contents -------------------------------------------------------------------------

NumberFormat format_of(int type, const std::string& path, const std::string& tensor) {
  using T = onnx::TensorProto;
  switch (type) {
    case T::FLOAT:
      return NumberFormat::fp32;
    case T::DOUBLE:
      return NumberFormat::fp64;
    case T::FLOAT16:
      return NumberFormat::fp16;
    case T::BFLOAT16:
      return NumberFormat::bf16;
    case T::INT8:
      return NumberFormat::int8;
    case T::UINT8:
      return NumberFormat::uint8;
    case T::INT16:
      return NumberFormat::int16;
    case T::UINT16:
      return NumberFormat::uint16;
    case T::INT32:
      return NumberFormat::int32;
    case T::UINT32:
      return NumberFormat::uint32;
    case T::INT64:
      return NumberFormat::int64;
    case T::UINT64:
      return NumberFormat::uint64;
    case T::BOOL:
      return NumberFormat::boolean;
    default:
      break;
  }
  const std::string name =
      T::DataType_IsValid(type) ? T::DataType_Name(static_cast<T::DataType>(type)) : "unknown";
  throw Error(element_type)
      .at(detail(path, "tensor '" + tensor + "'"))
      .read(name)
      .expected("a number of 8 to 64 bits or a boolean");
}

[[noreturn]] void refuse_external(const std::string& path, const std::string& tensor,
                                  const std::string& read, const std::string& expected) {
  throw Error(external_data)
      .at(detail(path, "tensor '" + tensor + "'"))
      .read(read)
      .expected(expected);
}

std::uint64_t number_of(const std::string& text, const std::string& path,
                        const std::string& tensor) {
  if (text.empty() || text.size() > 18 ||
      text.find_first_not_of("0123456789") != std::string::npos) {
    refuse_external(path, tensor, text, "a number of bytes");
  }
  return std::stoull(text);
}

// Contents that the model keeps in another file move into the model. The file must lie below the
// model's folder, symbolic links resolved, so that a model cannot read the rest of the disk.
void fetch_external(onnx::TensorProto& tensor, const std::string& path) {
  namespace fs = std::filesystem;
  if (tensor.data_location() != onnx::TensorProto::EXTERNAL) return;
  std::map<std::string, std::string> entries;
  for (const auto& entry : tensor.external_data()) entries[entry.key()] = entry.value();
  const std::string location = entries["location"];
  const fs::path folder = fs::weakly_canonical(fs::absolute(path)).parent_path();
  const fs::path file = fs::weakly_canonical(folder / location);
  const fs::path inside = file.lexically_relative(folder);
  if (location.empty() || fs::path(location).is_absolute() || inside.empty() ||
      *inside.begin() == "..") {
    refuse_external(path, tensor.name(), location, "a file in the model's own folder");
  }
  std::error_code failed;
  const std::uint64_t size = fs::is_regular_file(file, failed) ? fs::file_size(file, failed) : 0;
  if (failed || !fs::is_regular_file(file)) {
    refuse_external(path, tensor.name(), location, "a file that exists");
  }
  const std::uint64_t offset =
      entries.count("offset") ? number_of(entries["offset"], path, tensor.name()) : 0;
  const std::uint64_t length = entries.count("length")
                                   ? number_of(entries["length"], path, tensor.name())
                                   : size - std::min(offset, size);
  if (offset > size || length > size - offset) {
    refuse_external(
        path, tensor.name(),
        std::to_string(length) + " bytes from " + std::to_string(offset) + " of " + location,
        "at most the file's " + std::to_string(size) + " bytes");
  }
  std::ifstream in(file, std::ios::binary);
  in.seekg(static_cast<std::streamoff>(offset));
  std::string& bytes = *tensor.mutable_raw_data();
  bytes.resize(length);
  in.read(bytes.data(), static_cast<std::streamsize>(length));
  tensor.clear_external_data();
  tensor.clear_data_location();
}

template <class Narrow, class Field>
void append(std::vector<std::byte>& bytes, const Field& values) {
  for (const auto value : values) {
    const Narrow narrow = static_cast<Narrow>(value);
    const auto* first = reinterpret_cast<const std::byte*>(&narrow);
    bytes.insert(bytes.end(), first, first + sizeof narrow);
  }
}

// Contents stand in raw_data, or in the typed list that ONNX prescribes for the element type.
Constant constant_of(const onnx::TensorProto& tensor, const std::string& path) {
  Constant c;
  c.format = format_of(tensor.data_type(), path, tensor.name());
  c.shape.assign(tensor.dims().begin(), tensor.dims().end());
  if (tensor.has_raw_data()) {
    const auto* first = reinterpret_cast<const std::byte*>(tensor.raw_data().data());
    c.bytes.assign(first, first + tensor.raw_data().size());
  } else {
    switch (trace::bits(c.format)) {  // small integers and halves are kept in int32_data
      case 8:
        append<std::uint8_t>(c.bytes, tensor.int32_data());
        break;
      case 16:
        append<std::uint16_t>(c.bytes, tensor.int32_data());
        break;
      case 32:
        if (c.format == NumberFormat::fp32) append<float>(c.bytes, tensor.float_data());
        if (c.format == NumberFormat::int32) append<std::int32_t>(c.bytes, tensor.int32_data());
        if (c.format == NumberFormat::uint32) append<std::uint32_t>(c.bytes, tensor.uint64_data());
        break;
      default:
        if (c.format == NumberFormat::fp64) append<double>(c.bytes, tensor.double_data());
        if (c.format == NumberFormat::int64) append<std::int64_t>(c.bytes, tensor.int64_data());
        if (c.format == NumberFormat::uint64) append<std::uint64_t>(c.bytes, tensor.uint64_data());
        if (c.format == NumberFormat::boolean) append<std::uint8_t>(c.bytes, tensor.int32_data());
    }
  }
  const std::uint64_t wanted = trace::storage_bytes(c.format, trace::elements(c.shape));
  if (c.bytes.size() != wanted) {
    throw Error(malformed)
        .at(detail(path, "tensor '" + tensor.name() + "'"))
        .read(std::to_string(c.bytes.size()) + " bytes")
        .expected(std::to_string(wanted) + " bytes for " + trace::text(c.shape));
  }
  return c;
}

// ---- the graph -------------------------------------------------------------------------------

// Puts values in the place of named dimensions.
void set_dimensions(onnx::GraphProto& graph, const std::map<std::string, std::int64_t>& dimensions,
                    const std::string& path) {
  std::set<std::string> names;
  const auto fix = [&](auto& values) {
    for (auto& value : values) {
      if (!value.type().tensor_type().has_shape()) continue;
      for (auto& d : *value.mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim()) {
        if (!d.has_dim_param()) continue;
        const std::string name = d.dim_param();
        names.insert(name);
        const auto given = dimensions.find(name);
        if (given != dimensions.end()) d.set_dim_value(given->second);
      }
    }
  };
  fix(*graph.mutable_input());
  fix(*graph.mutable_value_info());
  fix(*graph.mutable_output());
  for (const auto& [name, value] : dimensions) {
    if (names.count(name) != 0) continue;
    const std::vector<std::string> known(names.begin(), names.end());
    throw Error(unknown_dimension)
        .at(path)
        .read("workload.dims." + name)
        .expected(known.empty() ? "no dimension to set: the model leaves none open"
                                : "a dimension that the model names")
        .nearest(nearest_name(name, known));
  }
}

// Only tensors of static shape get a type; sequences and maps have none.
void copy_type(const onnx::ValueInfoProto& value, Model& model) {
  const auto& tensor = value.type().tensor_type();
  if (!value.type().has_tensor_type() || !tensor.has_shape() ||
      tensor.elem_type() == onnx::TensorProto::UNDEFINED) {
    return;
  }
  ValueType type;
  for (const auto& d : tensor.shape().dim()) {
    if (!d.has_dim_value() || d.dim_value() < 0) {
      model.open[value.name()] = d.has_dim_param() ? d.dim_param() : "?";
      return;
    }
    type.shape.push_back(d.dim_value());
  }
  type.format = format_of(tensor.elem_type(), model.path, value.name());
  model.types[value.name()] = type;
}

// Every member: absent ones are zero or empty, and the converter knows which one it wants.
Attribute attribute_of(const onnx::AttributeProto& a) {
  Attribute out;
  out.integer = a.i();
  out.real = static_cast<double>(a.f());
  out.text = a.s();
  out.integers.assign(a.ints().begin(), a.ints().end());
  return out;
}

// A Constant node is an initialiser written elsewhere.
bool take_constant(const onnx::NodeProto& node, Model& model) {
  if (node.op_type() != "Constant" || node.output_size() != 1 || node.attribute_size() != 1) {
    return false;
  }
  const auto& a = node.attribute(0);
  onnx::TensorProto tensor;
  const auto count = [&](int n) { tensor.add_dims(n); };
  if (a.name() == "value") {
    tensor = a.t();
  } else if (a.name() == "value_float" || a.name() == "value_floats") {
    tensor.set_data_type(onnx::TensorProto::FLOAT);
    if (a.name() == "value_float") tensor.add_float_data(a.f());
    if (a.name() == "value_floats") count(a.floats_size());
    for (float f : a.floats()) tensor.add_float_data(f);
  } else if (a.name() == "value_int" || a.name() == "value_ints") {
    tensor.set_data_type(onnx::TensorProto::INT64);
    if (a.name() == "value_int") tensor.add_int64_data(a.i());
    if (a.name() == "value_ints") count(a.ints_size());
    for (std::int64_t i : a.ints()) tensor.add_int64_data(i);
  } else {
    return false;
  }
  fetch_external(tensor, model.path);
  model.constants[node.output(0)] = constant_of(tensor, model.path);
  return true;
}

void copy_nodes(const onnx::GraphProto& graph, Model& model) {
  for (const auto& tensor : graph.initializer()) {
    model.constants[tensor.name()] = constant_of(tensor, model.path);
  }
  for (const auto& node : graph.node()) {
    if (take_constant(node, model)) continue;
    Node n;
    n.type = node.op_type();
    n.domain = node.domain();
    n.name = node.name();
    n.inputs.assign(node.input().begin(), node.input().end());
    n.outputs.assign(node.output().begin(), node.output().end());
    for (const auto& a : node.attribute()) n.attributes[a.name()] = attribute_of(a);
    model.nodes.push_back(std::move(n));
  }
  for (const auto& value : graph.output()) model.outputs.push_back(value.name());
  for (const auto& value : graph.input()) {
    // An initialiser may be listed as an input, of which it is the default.
    if (model.constants.count(value.name()) == 0) model.inputs.push_back(value.name());
  }
}

void copy_types(const onnx::GraphProto& graph, Model& model) {
  for (const auto& value : graph.value_info()) copy_type(value, model);
  for (const auto& value : graph.output()) copy_type(value, model);
  for (const auto& value : graph.input()) copy_type(value, model);
  for (const auto& [name, constant] : model.constants) {
    model.types[name] = {constant.format, constant.shape};
  }
}

// A message of the library runs over several lines; ours has one.
std::string one_line(std::string text) {
  for (char& c : text) c = c == '\n' ? ' ' : c;
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

}  // namespace

Model read_model(const std::string& path, const std::map<std::string, std::int64_t>& dimensions,
                 const std::function<void(const Model&)>& before_inference) {
  onnx::ModelProto proto = parse_file(path);
  Model model;
  model.path = path;
  model.opset = check_opset(proto, path);
  set_dimensions(*proto.mutable_graph(), dimensions, path);
  for (auto& tensor : *proto.mutable_graph()->mutable_initializer()) fetch_external(tensor, path);
  copy_nodes(proto.graph(), model);
  before_inference(model);
  try {
    onnx::checker::check_model(proto);
    onnx::shape_inference::InferShapes(proto, onnx::OpSchemaRegistry::Instance(),
                                       onnx::ShapeInferenceOptions(true, 1, true));
  } catch (const std::exception& error) {
    throw Error(malformed).at(path).say("the ONNX library refuses the model: " +
                                        one_line(error.what()));
  }
  copy_types(proto.graph(), model);
  return model;
}

}  // namespace mantissa::workloads::onnx_import
