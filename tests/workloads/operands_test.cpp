// SPDX-License-Identifier: Apache-2.0
// Synthetic operands: what they may be, and that they depend on nothing but seed, name and index.
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/numerics/element.h"
#include "base/trace/safetensors.h"
#include "tests/workloads/networks/network_text.h"
#include "workloads/operands.h"

namespace mantissa::workloads {
namespace {

using trace::NumberFormat;
using trace::Tensor;
using trace::Trace;

const Tensor& named(const Trace& t, const std::string& name) {
  for (const Tensor& tensor : t.tensors) {
    if (tensor.name == name) return tensor;
  }
  ADD_FAILURE() << "no tensor " << name;
  return t.tensors.front();
}

std::vector<double> drawn(const Trace& t, const std::string& name, std::uint64_t seed = 1) {
  const Tensor& tensor = named(t, name);
  const auto bytes = synthetic_operands(seed)(t, tensor);
  EXPECT_EQ(bytes.size(), tensor.bytes());
  std::vector<double> out;
  for (std::int64_t i = 0; i < tensor.elements(); ++i) {
    out.push_back(numerics::load_element(tensor.format, bytes.data(), i).as_real());
  }
  return out;
}

void expect_between(const std::vector<double>& values, double low, double high) {
  for (double v : values) {
    EXPECT_GE(v, low);
    EXPECT_LE(v, high);
  }
}

const char* image = R"(
input: {shape: [8, 6, 6]}
layers: [{conv: {channels: 64, kernel: 3, batch_norm: true}}]
)";

TEST(SyntheticOperands, integer_weights_span_their_format) {
  const auto w = drawn(built(image), "conv1.weight");
  EXPECT_EQ(*std::min_element(w.begin(), w.end()), -128);
  EXPECT_EQ(*std::max_element(w.begin(), w.end()), 127);
}

TEST(SyntheticOperands, float_weights_shrink_with_the_number_of_products) {
  const auto w = drawn(built(image, NumberFormat::fp32), "conv1.weight");  // 72 products: 2 / 16
  expect_between(w, -0.125, 0.125);
  EXPECT_GT(*std::max_element(w.begin(), w.end()), 0.0625);
}

TEST(SyntheticOperands, variances_are_positive_and_of_the_sums_size) {
  const double spread = 16.0 * 4096;  // 72 products of int8
  expect_between(drawn(built(image), "conv1.bn.running_var"), 0.5 * spread * spread,
                 1.5 * spread * spread);
  expect_between(drawn(built(image, NumberFormat::bf16), "conv1.bn.running_var"), 0.5, 1.5);
  expect_between(drawn(built(image), "conv1.bn.weight"), 0.75, 1.25);
  expect_between(drawn(built(image), "conv1.bn.bias"), -0.25, 0.25);
}

TEST(SyntheticOperands, indices_lie_in_the_table) {
  const auto i = drawn(built("input: {shape: [500], indices: true}\n"
                             "layers: [{embedding: {rows: 7, width: 4}}]\n"),
                       "input");
  EXPECT_EQ(*std::min_element(i.begin(), i.end()), 0);
  EXPECT_EQ(*std::max_element(i.begin(), i.end()), 6);
}

TEST(SyntheticOperands, the_causal_mask_hides_what_comes_later) {
  const auto m = drawn(built("input: {shape: [3, 4]}\n"
                             "layers: [{transformer_decoder: {heads: 2, intermediate: 4}}]\n"),
                       "causal_mask");
  const double h = -32768;
  EXPECT_EQ(m, (std::vector<double>{0, h, h, 0, 0, h, 0, 0, 0}));
}

TEST(SyntheticOperands, another_seed_gives_other_values_and_the_same_seed_the_same) {
  const Trace t = built(image);
  EXPECT_EQ(drawn(t, "input", 3), drawn(t, "input", 3));
  EXPECT_NE(drawn(t, "input", 3), drawn(t, "input", 4));
}

// However many ranks share a batch, they see the same samples and the same weights.
TEST(SyntheticOperands, ranks_draw_their_own_part_of_one_batch) {
  const Network network(document(image));
  const Trace whole = network.build(NumberFormat::int8, 0, 3, 0);
  const Trace first = network.build(NumberFormat::int8, 0, 2, 0);
  const Trace second = network.build(NumberFormat::int8, 2, 1, 1);
  auto joined = drawn(first, "input");
  const auto rest = drawn(second, "input");
  EXPECT_NE(rest, std::vector<double>(joined.begin(), joined.begin() + 8 * 36));
  joined.insert(joined.end(), rest.begin(), rest.end());
  EXPECT_EQ(joined, drawn(whole, "input"));
  EXPECT_EQ(drawn(first, "conv1.weight"), drawn(second, "conv1.weight"));
  EXPECT_EQ(drawn(first, "conv1.bn.running_mean"), drawn(second, "conv1.bn.running_mean"));
}

TEST(SyntheticOperands, a_file_of_them_holds_every_input_and_parameter) {
  const Trace t = built(image);
  const auto path = (std::filesystem::temp_directory_path() /
                     ("mantissa_operands_" + std::to_string(::getpid()) + ".safetensors"))
                        .string();
  write_operands(t, 5, path);
  trace::SafetensorsFile file(path);
  std::size_t outside = 0;
  for (const Tensor& tensor : t.tensors) {
    if (tensor.role == trace::Role::activation) continue;
    ++outside;
    EXPECT_EQ(file.bytes(tensor.name), synthetic_operands(5)(t, tensor)) << tensor.name;
  }
  EXPECT_EQ(file.entries().size(), outside);
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace mantissa::workloads
