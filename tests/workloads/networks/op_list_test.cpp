// SPDX-License-Identifier: Apache-2.0
// Workloads written operator by operator.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/trace/builder.h"
#include "workloads/networks/op_list.h"

namespace mantissa::workloads {
namespace {

using trace::NumberFormat;

trace::Trace op_list_of(const std::string& rest, std::uint32_t ranks = 1) {
  return build_op_list(config::read_text("kind: ops\nversion: 1\n" + rest, "ops.yaml"),
                       NumberFormat::int8, ranks);
}

const std::string tensors =
    "tensors:\n  x: {shape: [4, 6]}\n  w: {shape: [6, 2], role: parameter}\n";

TEST(OpList, the_shipped_example_is_a_training_step_with_a_collective) {
  const auto document =
      config::read_file(std::string(MANTISSA_SOURCE_DIR) + "/configs/workload/example_ops.yaml");
  const trace::Trace t = build_op_list(document, NumberFormat::bf16, 4);
  EXPECT_EQ(t.macs(), 2u * 256 * 512 * 128);
  EXPECT_EQ(t.parameters(), 512u * 128);
  EXPECT_EQ(t.ops.size(), 7u);
  EXPECT_EQ(t.ops[4].integer("group_size", 0), 4);
}

TEST(OpList, attributes_take_the_vocabularys_types) {
  const auto t =
      op_list_of(tensors +
                 "ops:\n  - {op: matmul, name: y, inputs: [x, w]}\n"
                 "  - {op: requantize, name: z, inputs: [y], attributes: {shift: 7, low: 0}, "
                 "format: native}\n"
                 "  - {op: split, name: s, inputs: [z], attributes: {axis: 0, sizes: [1, 3]}}\n"
                 "  - {op: relu, name: r, inputs: ['s:1']}\n");
  EXPECT_EQ(t.ops[1].attributes.at("shift"), trace::ints({7}));
  EXPECT_EQ(t.tensor(t.ops[1].outputs[0]).format, NumberFormat::int8);
  EXPECT_EQ(t.tensor(t.ops[3].outputs[0]).shape, (trace::Shape{3, 2}));
}

TEST(OpList, collectives_are_between_all_ranks_unless_they_say_otherwise) {
  const auto t =
      op_list_of(tensors +
                     "ops:\n  - {op: all_gather, name: a, inputs: [x]}\n"
                     "  - {op: all_gather, name: b, inputs: [x], attributes: {ranks: [0, 1]}}\n"
                     "  - {op: barrier, name: c, after: [a]}\n",
                 3);
  EXPECT_EQ(t.tensor(t.ops[0].outputs[0]).shape, (trace::Shape{12, 6}));
  EXPECT_EQ(t.tensor(t.ops[1].outputs[0]).shape, (trace::Shape{8, 6}));
  EXPECT_EQ(t.ops[2].after, (std::vector<trace::OpId>{0}));
}

TEST(OpList, several_outputs_come_when_asked_for) {
  const auto t = op_list_of(tensors + "ops:\n  - {op: sort, name: s, inputs: [x], outputs: 2}\n");
  EXPECT_EQ(t.ops[0].outputs.size(), 2u);
  EXPECT_EQ(
      op_list_of(tensors + "ops:\n  - {op: sort, name: s, inputs: [x]}\n").ops[0].outputs.size(),
      1u);
}

struct BadList {
  const char* name;
  std::string text;
  const char* kind;
  const char* place;
  const char* message;
};

class BadOpList : public testing::TestWithParam<BadList> {};

TEST_P(BadOpList, is_refused_with_place_and_remedy) {
  const BadList& bad = GetParam();
  try {
    op_list_of(bad.text);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_STREQ(error.kind().id(), bad.kind) << error.message();
    EXPECT_THAT(error.message(), testing::HasSubstr("ops.yaml:" + std::string(bad.place)));
    EXPECT_THAT(error.message(), testing::HasSubstr(bad.message));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, BadOpList,
    testing::Values(
        BadList{"unknown_op", tensors + "ops:\n  - {op: matmull, name: y, inputs: [x, w]}\n",
                "workload.unknown-op", "7:", "did you mean 'matmul'"},
        BadList{"unknown_tensor", tensors + "ops:\n  - {op: matmul, name: y, inputs: [x, ww]}\n",
                "workload.unknown-tensor", "7:", "did you mean 'w'"},
        BadList{
            "unknown_attribute",
            tensors +
                "ops:\n  - {op: matmul, name: y, inputs: [x, w], attributes: {transpse_a: true}}\n",
            "config.unknown-key", "7:", "did you mean 'transpose_a'"},
        BadList{
            "attribute_of_the_wrong_type",
            tensors +
                "ops:\n  - {op: matmul, name: y, inputs: [x, w], attributes: {transpose_a: 3}}\n",
            "config.wrong-type", "7:", "transpose_a"},
        BadList{"shapes_that_do_not_fit",
                tensors + "ops:\n  - {op: matmul, name: y, inputs: [w, x]}\n", "trace.shape", "7:5",
                "op 'y'"},
        BadList{"missing_operand", tensors + "ops:\n  - {op: matmul, name: y, inputs: [x]}\n",
                "trace.operands", "7:5", "op 'y'"},
        BadList{"two_ops_of_one_name",
                tensors +
                    "ops:\n  - {op: relu, name: y, inputs: [x]}\n  - {op: relu, name: y, inputs: "
                    "[x]}\n",
                "trace.duplicate-name", "8:5", "y"},
        BadList{"unknown_format", "tensors:\n  x: {shape: [4], format: int9}\nops: []\n",
                "config.choice", "4:", "number format"},
        BadList{"missing_format", tensors + "ops:\n  - {op: cast, name: y, inputs: [x]}\n",
                "trace.format", "7:5", "op 'y'"},
        BadList{"unknown_role", "tensors:\n  x: {shape: [4], role: weight}\nops: []\n",
                "config.constraint", "4:", "parameter"},
        BadList{"tensors_that_are_a_list", "tensors: [x]\nops: []\n", "workload.form",
                "3:", "name: tensor"},
        BadList{"no_ops", tensors, "workload.form", "1:1", "at least one"},
        BadList{"after_what_is_not_there",
                tensors + "ops:\n  - {op: relu, name: y, inputs: [x], after: [z]}\n",
                "workload.unknown-tensor", "7:", "operator above"},
        BadList{"unused_parameter",
                "parameters: {n: 3}\n" + tensors + "ops:\n  - {op: relu, name: y, inputs: [x]}\n",
                "workload.unused-parameter", "3:", "$n"}),
    [](const testing::TestParamInfo<BadList>& info) { return info.param.name; });

}  // namespace
}  // namespace mantissa::workloads
