// SPDX-License-Identifier: Apache-2.0
// What the layers write in each number format.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workloads/networks/network_text.h"

namespace mantissa::workloads {
namespace {

using trace::NumberFormat;
using trace::OpClass;

const char* residual = R"(
input: {shape: [8, 6, 6]}
layers:
  - residual:
      layers:
        - conv: {channels: 8, kernel: 3, padding: 1, batch_norm: true}
      activation: relu
)";

TEST(NetworkFormat, an_int8_residual_is_one_chain_from_the_product_to_the_code) {
  EXPECT_EQ(kinds(built(residual)), "conv2d batch_norm add relu quantize");
}

TEST(NetworkFormat, a_bf16_residual_ends_in_a_cast_and_an_fp32_one_in_nothing) {
  EXPECT_EQ(kinds(built(residual, NumberFormat::bf16)), "conv2d batch_norm add relu cast");
  EXPECT_EQ(kinds(built(residual, NumberFormat::fp32)), "conv2d batch_norm add relu");
}

TEST(NetworkFormat, an_int8_layer_with_a_bias_stays_in_integers) {
  const trace::Trace t =
      built("input: {shape: [100]}\nlayers: [{linear: {features: 10, activation: relu}}]\n");
  EXPECT_EQ(kinds(t), "matmul relu requantize");
  EXPECT_EQ(t.tensor(t.ops[0].inputs[2]).format, NumberFormat::int32);
  // 100 products: weights in steps of 2^-6 / 2^4; back to the activations' step by 10 places.
  EXPECT_EQ(t.ops[2].integers("shift", {}), (trace::Shape{10}));
}

TEST(NetworkFormat, a_weight_scale_of_the_file_sets_the_shift) {
  const trace::Trace t =
      built("weight_scale: 0.125\ninput: {shape: [100]}\nlayers: [{linear: {features: 10}}]\n");
  EXPECT_EQ(t.ops[1].integers("shift", {}), (trace::Shape{3}));
}

TEST(NetworkFormat, probabilities_have_a_step_of_1_128) {
  const trace::Trace t =
      built("input: {shape: [100]}\nlayers: [{linear: {features: 10}}, softmax]\n");
  EXPECT_EQ(kinds(t), "matmul dequantize softmax quantize");
  EXPECT_EQ(t.ops.back().reals("scale", {}), (std::vector<double>{1.0 / 128}));
}

TEST(NetworkFormat, a_global_average_of_codes_is_rounded_to_codes) {
  const trace::Trace t = built("input: {shape: [8, 6, 6]}\nlayers: [global_avg_pool]\n");
  EXPECT_EQ(kinds(t), "global_avg_pool2d quantize reshape");
  EXPECT_EQ(t.ops[1].reals("scale", {}), (std::vector<double>{1.0}));
}

// Matrix products and outputs see nothing but the operands' format, in every built-in network.
TEST(NetworkFormat, what_goes_into_products_and_out_of_the_network_is_in_its_format) {
  for (const char* name :
       {"resnet18", "mobilenet_v2", "vgg16", "bert_base", "gpt2_small", "lstm", "dlrm_mlp"}) {
    const auto file = std::string(MANTISSA_SOURCE_DIR) + "/configs/workload/" + name + ".yaml";
    for (NumberFormat f : {NumberFormat::int8, NumberFormat::bf16, NumberFormat::fp32}) {
      const trace::Trace t = Network(config::read_file(file)).build(f, 0, 1, 0);
      std::vector<bool> read(t.tensors.size(), false);
      for (const trace::Op& op : t.ops) {
        for (trace::TensorId id : op.inputs) read[id] = true;
        if (trace::spec(op.kind).op_class != OpClass::matrix) continue;
        EXPECT_EQ(t.tensor(op.inputs[0]).format, f) << name << " " << op.name;
        EXPECT_EQ(t.tensor(op.inputs[1]).format, f) << name << " " << op.name;
      }
      for (std::size_t i = 0; i < t.tensors.size(); ++i) {
        const bool cell = t.tensors[i].name.find(".cell") != std::string::npos;
        if (read[i] || cell) continue;
        EXPECT_EQ(t.tensors[i].format, f) << name << " " << t.tensors[i].name;
      }
    }
  }
}

TEST(NetworkFormat, native_is_what_the_core_has_and_the_file_may_insist) {
  const char* plain = "input: {shape: [4]}\nlayers: [{linear: {features: 2}}]\n";
  EXPECT_EQ(built(plain, NumberFormat::bf16).tensors[0].format, NumberFormat::bf16);
  EXPECT_EQ(built(std::string("format: fp32\n") + plain, NumberFormat::bf16).tensors[0].format,
            NumberFormat::fp32);
}

TEST(NetworkFormat, a_native_format_without_layers_is_refused_by_name) {
  try {
    built("input: {shape: [4]}\nlayers: [{linear: {features: 2}}]\n", NumberFormat::int16);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.kind().id(), "workload.format");
    EXPECT_THAT(error.message(), testing::HasSubstr("int16"));
    EXPECT_THAT(error.message(), testing::HasSubstr("fp8_e4m3"));  // which does have layers
  }
}

TEST(NetworkFormat, narrow_floats_end_in_a_cast_and_keep_sums_over_time_in_bf16) {
  for (const NumberFormat f :
       {NumberFormat::fp8_e4m3, NumberFormat::fp8_e5m2, NumberFormat::fp6_e2m3,
        NumberFormat::fp6_e3m2, NumberFormat::fp4_e2m1, NumberFormat::tf32}) {
    const trace::Trace t = built(residual, f);
    EXPECT_EQ(kinds(t), "conv2d batch_norm add relu cast");
    EXPECT_EQ(t.tensor(t.ops[0].inputs[1]).format, f);
    EXPECT_EQ(t.tensor(t.ops[0].outputs[0]).format, NumberFormat::fp32);
    EXPECT_EQ(t.tensor(t.ops.back().outputs[0]).format, f);
  }
  const trace::Trace t =
      built("input: {shape: [2, 3]}\nlayers: [{lstm: {hidden: 4}}]\n", NumberFormat::fp8_e4m3);
  for (const trace::Tensor& tensor : t.tensors)
    if (tensor.name.find("initial_cell") != std::string::npos) {
      EXPECT_EQ(tensor.format, NumberFormat::bf16);
    }
}

TEST(NetworkFormat, int4_takes_steps_16_times_as_large) {
  const char* plain = "input: {shape: [100]}\nlayers: [{linear: {features: 10}}]\n";
  const trace::Trace wide = built(plain), t = built(plain, NumberFormat::int4);
  EXPECT_EQ(kinds(t), "matmul requantize");
  EXPECT_EQ(t.tensor(t.ops[1].outputs[0]).format, NumberFormat::int4);
  // Products are 2^8 times as coarse, results 2^4 times.
  EXPECT_EQ(wide.ops[1].integers("shift", {}), (trace::Shape{10}));
  EXPECT_EQ(t.ops[1].integers("shift", {}), (trace::Shape{6}));
  const trace::Trace p = built("input: {shape: [8]}\nlayers: [{linear: {features: 4}}, softmax]\n",
                               NumberFormat::int4);
  EXPECT_EQ(p.ops.back().reals("scale", {}), (std::vector<double>{1.0 / 8}));
}

TEST(NetworkFormat, weights_may_have_another_format_than_activations) {
  const std::string plain =
      "input: {shape: [100]}\nlayers: [{linear: {features: 10}}, {linear: {features: 3}}]\n";
  const trace::Trace t = built("weight_format: int4\n" + plain);
  for (const trace::Op& op : t.ops) {
    if (op.kind != trace::OpKind::matmul) continue;
    EXPECT_EQ(t.tensor(op.inputs[0]).format, NumberFormat::int8);
    EXPECT_EQ(t.tensor(op.inputs[1]).format, NumberFormat::int4);
    EXPECT_EQ(t.tensor(op.inputs[2]).format, NumberFormat::int32);
  }
  EXPECT_EQ(t.ops[1].integers("shift", {}), (trace::Shape{6}));  // weights in steps of 2^-6
  const trace::Trace f = built("weight_format: fp8_e5m2\n" + plain, NumberFormat::fp8_e4m3);
  EXPECT_EQ(f.tensor(f.ops[0].inputs[1]).format, NumberFormat::fp8_e5m2);
  try {
    built("weight_format: fp16\n" + plain);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.kind().id(), "workload.format");
    EXPECT_THAT(error.message(), testing::HasSubstr("int8 x fp16"));
    EXPECT_THAT(error.message(), testing::HasSubstr("int8 or int4"));
  }
}

}  // namespace
}  // namespace mantissa::workloads
