// SPDX-License-Identifier: Apache-2.0
// Parameters and multiply-accumulates of the built-in networks equal the published ones, in every
// number format.
#include <gtest/gtest.h>

#include "base/trace/vocabulary.h"
#include "workloads/networks/network.h"

namespace mantissa::workloads {
namespace {

using trace::NumberFormat;

const NumberFormat formats[] = {NumberFormat::int8, NumberFormat::bf16, NumberFormat::fp16,
                                NumberFormat::fp32};

config::Node preset(const std::string& name) {
  return config::read_file(std::string(MANTISSA_SOURCE_DIR) + "/configs/workload/" + name +
                           ".yaml");
}

struct Counts {
  std::uint64_t parameters, macs;
};

Counts counts(const config::Node& document, NumberFormat format, std::int64_t batch = 1) {
  const trace::Trace t = Network(document).build(format, 0, batch, 0);
  return {t.parameters(), t.macs()};
}

void expect_counts(const std::string& name, std::uint64_t parameters, std::uint64_t macs) {
  for (NumberFormat f : formats) {
    const Counts c = counts(preset(name), f);
    EXPECT_EQ(c.parameters, parameters) << name << " " << trace::name(f);
    EXPECT_EQ(c.macs, macs) << name << " " << trace::name(f);
  }
}

TEST(NetworkCounts, resnet50_v1_5_has_25557032_parameters_and_4089184256_macs) {
  expect_counts("resnet50", 25557032, 4089184256);
}

TEST(NetworkCounts, resnet18_has_11689512_parameters_and_1814073344_macs) {
  expect_counts("resnet18", 11689512, 1814073344);
}

TEST(NetworkCounts, vgg16_has_138357544_parameters_and_15470264320_macs) {
  expect_counts("vgg16", 138357544, 15470264320);
}

TEST(NetworkCounts, inception_v3_has_23834568_parameters_and_5713216096_macs) {
  expect_counts("inception_v3", 23834568, 5713216096);
}

TEST(NetworkCounts, squeezenet_has_1248424_parameters) {
  EXPECT_EQ(counts(preset("squeezenet"), NumberFormat::int8).parameters, 1248424u);
}

TEST(NetworkCounts, mobilenet_v2_has_3504872_parameters_and_300774272_macs) {
  expect_counts("mobilenet_v2", 3504872, 300774272);
}

// With the stride in the first 1x1 convolution (version 1) the count would be 3,857,973,248.
TEST(NetworkCounts, the_stride_of_resnet50_stands_in_the_3x3) {
  const trace::Trace t = Network(preset("resnet50")).build(NumberFormat::int8, 0, 1, 0);
  for (const trace::Op& op : t.ops) {
    if (op.name == "layer2.0.conv1") {
      EXPECT_EQ(op.integers("stride", {}), (trace::Shape{1}));
    }
    if (op.name == "layer2.0.conv2") {
      EXPECT_EQ(op.integers("stride", {}), (trace::Shape{2}));
    }
  }
}

TEST(NetworkCounts, a_batch_multiplies_macs_and_not_parameters) {
  const Counts c = counts(preset("resnet18"), NumberFormat::int8, 3);
  EXPECT_EQ(c.parameters, 11689512u);
  EXPECT_EQ(c.macs, 3 * 1814073344ull);
}

class BertLength : public testing::TestWithParam<std::uint64_t> {};

TEST_P(BertLength, macs_of_the_encoder_follow_the_closed_form) {
  const std::uint64_t length = GetParam();
  config::Node document = preset("bert_base");
  document.set("parameters.length", config::Node::scalar(std::to_string(length)));
  for (NumberFormat f : formats) {
    const Counts c = counts(document, f);
    EXPECT_EQ(c.parameters, 85054464u);
    EXPECT_EQ(c.macs, 84934656 * length + 18432 * length * length) << trace::name(f);
  }
}

INSTANTIATE_TEST_SUITE_P(Lengths, BertLength, testing::Values(1, 2, 7, 128, 384, 512));

config::Node gpt2(const char* phase, std::uint64_t length, std::uint64_t context) {
  config::Node document = preset("gpt2_small");
  document.set("parameters.phase", config::Node::scalar(phase));
  document.set("parameters.length", config::Node::scalar(std::to_string(length)));
  document.set("parameters.context", config::Node::scalar(std::to_string(context)));
  return document;
}

constexpr std::uint64_t head = 50257 * 768;

TEST(NetworkCounts, gpt2_prefill_scores_the_token_after_the_prompt) {
  for (std::uint64_t length : {1, 5, 128, 1024}) {
    for (NumberFormat f : {NumberFormat::int8, NumberFormat::bf16}) {
      const Counts c = counts(gpt2("prefill", length, 1), f);
      EXPECT_EQ(c.parameters, 124439808u) << length;
      EXPECT_EQ(c.macs, 84934656 * length + 18432 * length * length + head) << length;
    }
  }
}

TEST(NetworkCounts, gpt2_decode_reads_one_token_after_the_cached_ones) {
  for (std::uint64_t context : {1, 127, 1023}) {
    for (NumberFormat f : {NumberFormat::int8, NumberFormat::fp32}) {
      const Counts c = counts(gpt2("decode", 128, context), f);
      EXPECT_EQ(c.parameters, 124439808u);
      EXPECT_EQ(c.macs, 84934656 + 18432 * (context + 1) + head) << context;
    }
  }
}

TEST(NetworkCounts, gpt2_decode_costs_what_the_last_row_of_a_prefill_does) {
  const std::uint64_t whole = counts(gpt2("prefill", 8, 1), NumberFormat::bf16).macs;
  const std::uint64_t shorter = counts(gpt2("prefill", 7, 1), NumberFormat::bf16).macs;
  const std::uint64_t step = counts(gpt2("decode", 1, 7), NumberFormat::bf16).macs;
  // A prefill computes the masked half of the scores too: L^2 - (L-1)^2 - L = L - 1 positions more.
  EXPECT_EQ(whole - shorter, step - head + 18432 * 7);
}

TEST(NetworkCounts, lstm_has_1662976_macs_per_token) {
  for (std::uint64_t length : {1, 25}) {
    config::Node document = preset("lstm");
    document.set("parameters.length", config::Node::scalar(std::to_string(length)));
    for (NumberFormat f : formats) {
      const Counts c = counts(document, f);
      EXPECT_EQ(c.macs, 1662976 * length);
      EXPECT_EQ(c.parameters, 1662976u + 2048u);
    }
  }
}

TEST(NetworkCounts, dlrm_mlps_follow_their_layer_sizes) {
  const std::uint64_t bottom = 13 * 512 + 512 * 256 + 256 * 64 + 64 * 16;
  const std::uint64_t top = (351 + 16) * 512 + 512 * 256 + 256;
  expect_counts("dlrm_mlp", bottom + top + 512 + 256 + 64 + 16 + 512 + 256 + 1, bottom + top);

  config::Node mlperf = preset("dlrm_mlp");
  mlperf.set("parameters.model", config::Node::scalar("mlperf"));
  const std::uint64_t large = 13 * 512 + 512 * 256 + 256 * 128 + (351 + 128) * 1024 + 1024 * 1024 +
                              1024 * 512 + 512 * 256 + 256;
  EXPECT_EQ(counts(mlperf, NumberFormat::int8).macs, large);
}

TEST(NetworkCounts, the_tpu_v1_workloads_have_the_published_weights) {
  const auto weights = [](const std::string& name) {
    const trace::Trace t = Network(preset(name)).build(NumberFormat::int8, 0, 1, 0);
    std::uint64_t n = 0;
    for (const trace::Tensor& tensor : t.tensors) {
      if (tensor.role == trace::Role::parameter && tensor.format == NumberFormat::int8) {
        n += static_cast<std::uint64_t>(tensor.elements());
      }
    }
    return n;
  };
  EXPECT_EQ(weights("tpu_v1_mlp0"), 20000000u);
  EXPECT_EQ(weights("tpu_v1_mlp1"), 5017600u);
  EXPECT_EQ(weights("tpu_v1_lstm0"), 51970048u);
  EXPECT_EQ(weights("tpu_v1_cnn0"), 8020224u);
  // 2888 multiply-accumulates per weight byte, at batch 8.
  EXPECT_EQ(counts(preset("tpu_v1_cnn0"), NumberFormat::int8, 8).macs, 2888ull * 8020224);
}

}  // namespace
}  // namespace mantissa::workloads
