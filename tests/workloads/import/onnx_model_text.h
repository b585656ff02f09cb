// SPDX-License-Identifier: Apache-2.0
// Small ONNX models for tests, built with the library's own protobuf.
#pragma once

#ifndef ONNX_ML
#define ONNX_ML 1
#endif
#ifndef ONNX_NAMESPACE
#define ONNX_NAMESPACE onnx
#endif
#include <onnx/onnx_pb.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace mantissa::workloads {

class OnnxBuilder {
 public:
  explicit OnnxBuilder(int opset = 17) {
    model_.set_ir_version(8);
    auto* import = model_.add_opset_import();
    import->set_domain("");
    import->set_version(opset);
    graph().set_name("test");
  }

  onnx::ModelProto& model() { return model_; }
  onnx::GraphProto& graph() { return *model_.mutable_graph(); }

  // A dimension below 0 is called N.
  OnnxBuilder& input(const std::string& name, const std::vector<int>& shape,
                     int type = onnx::TensorProto::FLOAT) {
    value(*graph().add_input(), name, shape, type);
    return *this;
  }
  OnnxBuilder& output(const std::string& name, const std::vector<int>& shape,
                      int type = onnx::TensorProto::FLOAT) {
    value(*graph().add_output(), name, shape, type);
    return *this;
  }
  // Contents i, i+1, ... for floats; the numbers given for integers.
  OnnxBuilder& weight(const std::string& name, const std::vector<int>& shape) {
    auto& t = *graph().add_initializer();
    t.set_name(name);
    t.set_data_type(onnx::TensorProto::FLOAT);
    int n = 1;
    for (int d : shape) {
      t.add_dims(d);
      n *= d;
    }
    for (int i = 0; i < n; ++i) t.add_float_data(static_cast<float>(i) / 8);
    return *this;
  }
  OnnxBuilder& integers(const std::string& name, const std::vector<std::int64_t>& values,
                        int type = onnx::TensorProto::INT64) {
    auto& t = *graph().add_initializer();
    t.set_name(name);
    t.set_data_type(type);
    t.add_dims(static_cast<std::int64_t>(values.size()));
    for (auto v : values) {
      if (type == onnx::TensorProto::INT64) t.add_int64_data(v);
      if (type != onnx::TensorProto::INT64) t.add_int32_data(static_cast<std::int32_t>(v));
    }
    return *this;
  }
  OnnxBuilder& scalar(const std::string& name, float v) {
    auto& t = *graph().add_initializer();
    t.set_name(name);
    t.set_data_type(onnx::TensorProto::FLOAT);
    t.add_float_data(v);
    return *this;
  }
  onnx::NodeProto& node(const std::string& type, const std::vector<std::string>& inputs,
                        const std::vector<std::string>& outputs, const std::string& name = "") {
    auto& n = *graph().add_node();
    n.set_op_type(type);
    n.set_name(name.empty() ? type + "_" + outputs.front() : name);
    for (const auto& i : inputs) n.add_input(i);
    for (const auto& o : outputs) n.add_output(o);
    return n;
  }
  static void ints(onnx::NodeProto& n, const std::string& key, const std::vector<int>& values) {
    auto& a = *n.add_attribute();
    a.set_name(key);
    a.set_type(onnx::AttributeProto::INTS);
    for (int v : values) a.add_ints(v);
  }
  static void integer(onnx::NodeProto& n, const std::string& key, std::int64_t v) {
    auto& a = *n.add_attribute();
    a.set_name(key);
    a.set_type(onnx::AttributeProto::INT);
    a.set_i(v);
  }
  static void real(onnx::NodeProto& n, const std::string& key, float v) {
    auto& a = *n.add_attribute();
    a.set_name(key);
    a.set_type(onnx::AttributeProto::FLOAT);
    a.set_f(v);
  }
  static void text(onnx::NodeProto& n, const std::string& key, const std::string& v) {
    auto& a = *n.add_attribute();
    a.set_name(key);
    a.set_type(onnx::AttributeProto::STRING);
    a.set_s(v);
  }

  void save(const std::string& path) const {
    std::ofstream file(path, std::ios::binary);
    model_.SerializeToOstream(&file);
  }

 private:
  static void value(onnx::ValueInfoProto& v, const std::string& name, const std::vector<int>& shape,
                    int type) {
    v.set_name(name);
    auto& t = *v.mutable_type()->mutable_tensor_type();
    t.set_elem_type(type);
    t.mutable_shape();
    for (int d : shape) {
      if (d < 0) t.mutable_shape()->add_dim()->set_dim_param("N");
      if (d >= 0) t.mutable_shape()->add_dim()->set_dim_value(d);
    }
  }

  onnx::ModelProto model_;
};

// A folder of its own, gone with the test.
class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_(std::filesystem::temp_directory_path() /
              ("mantissa_workloads_" + std::to_string(::getpid()) + "_" +
               std::to_string(count()++))) {
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
    return file(name);
  }

 private:
  static int& count() {
    static int n = 0;
    return n;
  }
  std::filesystem::path path_;
};

}  // namespace mantissa::workloads
