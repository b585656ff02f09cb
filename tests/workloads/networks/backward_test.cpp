// SPDX-License-Identifier: Apache-2.0
#include "workloads/networks/backward.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/workloads/networks/network_text.h"

namespace mantissa::workloads {
namespace {

using trace::NumberFormat;
using trace::OpKind;

trace::Trace preset(const std::string& name, const std::string& pass, std::int64_t batch) {
  config::Node document =
      config::read_file(std::string(MANTISSA_SOURCE_DIR) + "/configs/workload/" + name + ".yaml");
  document.set("pass", config::Node::scalar(pass));
  return Network(document).build(NumberFormat::fp16, 0, batch, 0);
}

// Two products per product of the forward pass, but for the first layer's, whose input is given.
TEST(BackwardPass, has_twice_the_products_of_the_forward_pass_without_the_first_input) {
  for (const char* name : {"resnet18", "resnet50", "inception_v3", "vgg16", "squeezenet"}) {
    const trace::Trace forward = preset(name, "forward", 2), back = preset(name, "backward", 2);
    EXPECT_EQ(back.macs(), 2 * forward.macs() - trace::macs(forward, forward.ops.front())) << name;
  }
}

TEST(BackwardPass, gives_every_parameter_a_gradient_of_its_shape) {
  for (const char* name : {"resnet18", "inception_v3", "vgg16"}) {
    const trace::Trace forward = preset(name, "forward", 1), back = preset(name, "backward", 1);
    std::vector<bool> read(back.tensors.size(), false);
    for (const trace::Op& op : back.ops)
      for (const trace::TensorId t : op.inputs)
        if (t != trace::no_tensor) read[t] = true;
    std::multiset<trace::Shape> wanted, made;
    for (const trace::Tensor& t : forward.tensors)
      if (t.role == trace::Role::parameter) wanted.insert(t.shape);
    for (const trace::Op& op : back.ops)
      for (const trace::TensorId t : op.outputs)
        if (!read[t]) made.insert(back.tensor(t).shape);
    EXPECT_EQ(made, wanted) << name;
  }
}

TEST(BackwardPass, multiplies_in_the_networks_format_and_adds_where_values_are_read_twice) {
  const trace::Trace t = preset("resnet18", "backward", 1);
  int sums = 0;
  for (const trace::Op& op : t.ops) {
    sums += op.kind == OpKind::add ? 1 : 0;
    if (trace::spec(op.kind).op_class != trace::OpClass::matrix) continue;
    EXPECT_EQ(t.tensor(op.inputs[0]).format, NumberFormat::fp16) << op.name;
    EXPECT_EQ(t.tensor(op.inputs[1]).format, NumberFormat::fp16) << op.name;
  }
  EXPECT_EQ(sums, 8);  // one per residual block
}

TEST(BackwardPass, runs_a_small_chain_from_the_end) {
  const trace::Trace t = built(
      "pass: backward\ninput: {shape: [3, 8, 8]}\nlayers:\n"
      "  - conv: {channels: 4, kernel: 3, bias: true, activation: relu}\n  - max_pool: {kernel: "
      "2}\n"
      "  - global_avg_pool\n  - linear: {features: 2}\n",
      NumberFormat::fp32);
  EXPECT_EQ(kinds(t),
            "matmul reduce_sum matmul reshape pool2d_grad pool2d_grad relu_grad "
            "conv2d_weight_grad reduce_sum");
}

TEST(BackwardPass, refuses_integers_and_operators_without_a_rule) {
  const auto refusal = [](const std::string& layers, NumberFormat format) -> std::string {
    try {
      built("pass: backward\ninput: {shape: [6]}\nlayers: [" + layers + "]\n", format);
    } catch (const Error& error) {
      EXPECT_EQ(&error.kind(), &no_backward);
      return error.message();
    }
    return {};
  };
  EXPECT_EQ(refusal("{linear: {features: 2}}", NumberFormat::bf16), "");
  EXPECT_THAT(refusal("{linear: {features: 2}}", NumberFormat::int8), testing::HasSubstr("int8"));
  EXPECT_THAT(refusal("{linear: {features: 2, activation: gelu}}", NumberFormat::bf16),
              testing::HasSubstr("gelu"));
}

}  // namespace
}  // namespace mantissa::workloads
