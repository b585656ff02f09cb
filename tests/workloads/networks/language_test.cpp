// SPDX-License-Identifier: Apache-2.0
// The network language: references, cases, blocks, repetition.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/workloads/networks/network_text.h"

namespace mantissa::workloads {
namespace {

TEST(NetworkLanguage, a_parameter_may_be_a_list) {
  const auto t = built(
      "parameters: {sizes: [3, 2]}\ninput: {shape: [4]}\n"
      "layers: [{mlp: {features: $sizes}}]\n");
  EXPECT_EQ(t.macs(), 4u * 3 + 3 * 2);
}

TEST(NetworkLanguage, a_case_is_spliced_into_the_list) {
  const std::string rest =
      "input: {shape: [4]}\nlayers:\n  - switch:\n      on: $size\n      cases:\n"
      "        small: [{linear: {features: 2}}]\n"
      "        large: [{linear: {features: 64}}, {linear: {features: 64}}]\n"
      "  - linear: {features: 1}\n";
  EXPECT_EQ(built("parameters: {size: small}\n" + rest).macs(), 4u * 2 + 2);
  EXPECT_EQ(built("parameters: {size: large}\n" + rest).macs(), 4u * 64 + 64 * 64 + 64);
}

TEST(NetworkLanguage, a_block_is_a_layer_with_parameters_and_defaults) {
  const auto t = built(
      "blocks:\n  fire:\n    parameters: {squeeze: required, expand: 8}\n"
      "    layers:\n      - conv: {channels: $squeeze, kernel: 1}\n"
      "      - concat:\n          branches:\n"
      "            - [{conv: {channels: $expand, kernel: 1}}]\n"
      "            - [{conv: {channels: $expand, kernel: 3, padding: 1}}]\n"
      "input: {shape: [2, 5, 5]}\nlayers: [{fire: {name: a, squeeze: 4}}]\n");
  EXPECT_EQ(t.macs(), 25u * (2 * 4 + 4 * 8 + 4 * 8 * 9));
  EXPECT_EQ(t.tensor(t.ops.back().outputs[0]).shape, (trace::Shape{1, 16, 5, 5}));
  EXPECT_EQ(t.ops.front().name, "a.conv1");
}

TEST(NetworkLanguage, a_block_sees_the_networks_parameters) {
  const auto t = built(
      "parameters: {width: 6}\n"
      "blocks: {thin: {layers: [{linear: {features: $width}}]}}\n"
      "input: {shape: [4]}\nlayers: [thin, thin]\n");
  EXPECT_EQ(t.macs(), 4u * 6 + 6 * 6);
}

TEST(NetworkLanguage, repeated_layers_have_weights_of_their_own) {
  const auto t = built(
      "input: {shape: [4]}\n"
      "layers: [{repeat: {times: 3, layers: [{linear: {features: 4}}]}}]\n");
  EXPECT_EQ(t.parameters(), 3u * (16 + 4));
  EXPECT_EQ(t.ops.front().name, "repeat1.0.linear1");
}

TEST(NetworkLanguage, a_shortcut_may_have_layers) {
  const auto t = built(
      "input: {shape: [4]}\nlayers:\n  - residual:\n"
      "      layers: [{linear: {features: 8}}]\n"
      "      shortcut: [{linear: {features: 8, bias: false}}]\n");
  EXPECT_EQ(t.macs(), 2u * 4 * 8);
}

TEST(NetworkLanguage, a_sequence_keeps_its_length_through_a_linear_layer) {
  const auto t = built("input: {shape: [5, 4]}\nlayers: [{linear: {features: 3}}]\n",
                       trace::NumberFormat::int8, 2);
  EXPECT_EQ(t.tensor(t.ops.back().outputs[0]).shape, (trace::Shape{2, 5, 3}));
  EXPECT_EQ(t.macs(), 2u * 5 * 4 * 3);
}

TEST(NetworkLanguage, the_same_text_gives_the_same_trace) {
  const char* text =
      "input: {shape: [6, 4]}\nlayers: [{transformer_encoder: {heads: 2, "
      "intermediate: 8}}, {lstm: {hidden: 3}}]\n";
  EXPECT_EQ(built(text), built(text));
}

struct Bad {
  const char* name;
  const char* text;
  const char* kind;
  const char* place;    // line:column
  const char* message;  // part of it
};

class BadNetwork : public testing::TestWithParam<Bad> {};

TEST_P(BadNetwork, is_refused_with_place_and_remedy) {
  const Bad& bad = GetParam();
  try {
    built(bad.text);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_STREQ(error.kind().id(), bad.kind) << error.message();
    EXPECT_THAT(error.message(), testing::HasSubstr("net.yaml:" + std::string(bad.place)));
    EXPECT_THAT(error.message(), testing::HasSubstr(bad.message));
    EXPECT_EQ(error.exit(), ExitCode::bad_input);
  }
}

#define IN "input: {shape: [4]}\n"
INSTANTIATE_TEST_SUITE_P(
    All, BadNetwork,
    testing::Values(
        Bad{"misspelt_key", IN "batsh: 2\nlayers: [flatten]\n", "config.unknown-key", "4:1",
            "batch"},
        Bad{"misspelt_layer", IN "layers:\n  - liner: {features: 2}\n", "workload.unknown-layer",
            "5:5", "did you mean 'linear'"},
        Bad{"misspelt_argument", IN "layers:\n  - linear: {feature: 2}\n", "config.unknown-key",
            "5:23", "features"},
        Bad{"missing_argument", IN "layers:\n  - linear\n", "config.missing-key", "5:5",
            "features"},
        Bad{"argument_out_of_range", IN "layers: [{linear: {features: 0}}]\n", "config.range",
            "4:", "features"},
        Bad{"missing_layers", IN, "config.missing-key", "1:1", "layers"},
        Bad{"empty_layers", IN "layers: []\n", "workload.form", "4:9", "at least one layer"},
        Bad{"layer_with_two_keys", IN "layers:\n  - {linear: {features: 2}, name: a}\n",
            "workload.form", "5:5", "one key"},
        Bad{"layer_with_a_plain_argument", IN "layers: [{linear: 3}]\n", "workload.form",
            "4:", "must be a section"},
        Bad{"name_that_is_a_list", IN "layers: [{linear: {name: [a], features: 2}}]\n",
            "workload.form", "4:", "must be a text"},
        Bad{"two_layers_of_one_name",
            IN "layers:\n  - linear: {name: a, features: 2}\n  - linear: {name: a, features: 2}\n",
            "workload.duplicate-layer", "6:5", "'a'"},
        Bad{"unused_parameter", "parameters: {lenght: 3}\n" IN "layers: [flatten]\n",
            "workload.unused-parameter", "3:14", "$lenght"},
        Bad{"unknown_reference",
            "parameters: {length: 3}\n" IN "layers: [{linear: {features: $lenght}}]\n",
            "workload.reference", "5:", "did you mean '$length'"},
        Bad{"parameters_that_are_a_list", "parameters: [3]\n" IN "layers: [flatten]\n",
            "workload.form", "3:", "name: value"},
        Bad{"case_that_is_missing",
            "parameters: {p: prefil}\n" IN
            "layers:\n  - switch: {on: $p, cases: {prefill: [flatten], decode: [flatten]}}\n",
            "workload.unknown-case", "3:", "did you mean 'prefill'"},
        Bad{"switch_without_cases", "parameters: {p: a}\n" IN "layers:\n  - switch: {on: $p}\n",
            "config.missing-key", "6:", "cases"},
        Bad{"switch_on_a_list",
            "parameters: {p: [a]}\n" IN "layers:\n  - switch: {on: $p, cases: {a: [flatten]}}\n",
            "workload.form", "6:", "`on`"},
        Bad{"block_in_itself", "blocks: {a: {layers: [b]}, b: {layers: [a]}}\n" IN "layers: [a]\n",
            "workload.block-cycle", "3:", "contain itself"},
        Bad{"block_that_nobody_uses", "blocks: {a: {layers: [flatten]}}\n" IN "layers: [flatten]\n",
            "workload.unused-parameter", "3:10", "'a'"},
        Bad{"block_called_as_a_layer",
            "blocks: {linear: {layers: [flatten]}}\n" IN "layers: [{linear: {features: 2}}]\n",
            "workload.form", "3:10", "name of its own"},
        Bad{"block_without_its_argument",
            "blocks: {a: {parameters: {n: required}, layers: [{linear: {features: $n}}]}}\n" IN
            "layers: [a]\n",
            "config.missing-key", "5:", "'n'"},
        Bad{"block_with_an_argument_too_many",
            "blocks: {a: {parameters: {n: 1}, layers: [{linear: {features: $n}}]}}\n" IN
            "layers: [{a: {m: 2}}]\n",
            "config.unknown-key", "5:", "'m'"},
        Bad{"image_layer_on_features", IN "layers: [{conv: {channels: 2, kernel: 1}}]\n",
            "workload.layer-input", "4:", "[N,C,H,W]"},
        Bad{"kernel_larger_than_the_image",
            "input: {shape: [1, 2, 2]}\nlayers: [{conv: {channels: 2, kernel: 5}}]\n",
            "trace.shape", "4:", "conv1"},
        Bad{"kernel_of_three_dimensions",
            "input: {shape: [1, 9, 9]}\nlayers: [{conv: {channels: 2, kernel: [3, 3, 3]}}]\n",
            "config.wrong-type", "4:", "[height, width]"},
        Bad{"padding_below_zero_in_one_direction",
            "input: {shape: [1, 9, 9]}\n"
            "layers: [{conv: {channels: 2, kernel: 3, padding: [0, -1]}}]\n",
            "config.range", "4:", "padding.1"},
        Bad{"pool_padding_of_more_than_half_its_height",
            "input: {shape: [1, 9, 9]}\nlayers: [{max_pool: {kernel: [3, 5], padding: 2}}]\n",
            "trace.shape", "4:", "half the kernel"},
        Bad{"groups_that_do_not_divide",
            "input: {shape: [3, 4, 4]}\nlayers: [{conv: {channels: 4, kernel: 1, groups: 2}}]\n",
            "workload.layer-input", "4:", "groups = 2"},
        Bad{"residual_of_two_shapes",
            IN "layers: [{residual: {layers: [{linear: {features: 2}}]}}]\n",
            "workload.layer-input", "4:", "1x2 and 1x4"},
        Bad{"heads_that_do_not_divide",
            "input: {shape: [2, 9]}\nlayers: [{transformer_encoder: {heads: 2, intermediate: "
            "4}}]\n",
            "workload.layer-input", "4:", "2 heads"},
        Bad{"cache_with_many_tokens",
            "input: {shape: [2, 8]}\n"
            "layers: [{transformer_decoder: {heads: 2, intermediate: 4, cached: 3}}]\n",
            "workload.layer-input", "4:", "one token"},
        Bad{"embedding_of_numbers",
            "input: {shape: [2]}\nlayers: [{embedding: {rows: 9, width: 4}}]\n",
            "workload.layer-input", "4:", "indices: true"},
        Bad{"more_positions_than_the_table_has",
            "input: {shape: [6], indices: true}\n"
            "layers: [{embedding: {rows: 9, width: 4, positions: 8, offset: 3}}]\n",
            "workload.layer-input", "4:", "at most 8"},
        Bad{"scores_without_an_embedding", "input: {shape: [2, 8]}\nlayers: [token_scores]\n",
            "workload.layer-input", "4:", "embedding"},
        Bad{"scale_that_is_no_power_of_two", "activation_scale: 0.1\n" IN "layers: [flatten]\n",
            "config.constraint", "3:", "power of two"},
        Bad{"branches_that_are_missing", IN "layers: [{concat: {axis: 1}}]\n", "workload.form",
            "4:", "branches"},
        Bad{"input_without_a_shape", "input: {indices: true}\nlayers: [flatten]\n",
            "config.missing-key", "3:", "shape"}),
    [](const testing::TestParamInfo<Bad>& info) { return info.param.name; });
#undef IN

}  // namespace
}  // namespace mantissa::workloads
