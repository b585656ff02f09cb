// SPDX-License-Identifier: Apache-2.0
// Each violation of the contract, made on purpose in a trace that is otherwise sound.
#include <gtest/gtest.h>

#include <functional>

#include "base/trace/builder.h"
#include "tests/base/trace/sample_trace.h"

namespace mantissa::trace {
namespace {

// x, w -> fc (matmul) -> act (relu)
Trace sound() {
  TraceBuilder b("sound");
  const auto x = b.input("x", NumberFormat::fp32, {2, 3});
  const auto w = b.parameter("w", NumberFormat::fp32, {3, 4});
  b.op(OpKind::relu, "act", {b.op(OpKind::matmul, "fc", {x, w})});
  return b.finish();
}

// The only violation, as its message; its kind must be `kind`.
std::string only_violation(const ErrorKind& kind, const std::function<void(Trace&)>& damage) {
  Trace t = sound();
  damage(t);
  const std::vector<Error> found = violations(t);
  EXPECT_EQ(found.size(), 1u);
  if (found.empty()) return "";
  EXPECT_STREQ(found.front().kind().id(), kind.id()) << found.front().message();
  EXPECT_THROW(check(t), Error);
  return found.front().message();
}

bool mentions(const std::string& message, std::initializer_list<const char*> words) {
  for (const char* word : words) {
    if (message.find(word) == std::string::npos) {
      ADD_FAILURE() << message << "\nlacks " << word;
      return false;
    }
  }
  return true;
}

TEST(Check, finds_nothing_in_sound_traces) {
  EXPECT_TRUE(violations(sound()).empty());
  EXPECT_TRUE(violations(every_kind()).empty());
  EXPECT_TRUE(violations(Trace{}).empty());
}

TEST(Check, names_of_tensors_and_ops_are_unique) {
  mentions(only_violation(duplicate_name, [](Trace& t) { t.tensors[1].name = "x"; }),
           {"tensor 1", "'x'"});
  mentions(only_violation(duplicate_name, [](Trace& t) { t.ops[1].name = "fc"; }),
           {"op 'fc' (relu)"});
}

TEST(Check, tensors_and_control_dependencies_exist) {
  mentions(only_violation(dangling_tensor, [](Trace& t) { t.ops[0].inputs[0] = 4; }),
           {"op 'fc' (matmul)", "tensor 4", "below 4"});
  mentions(only_violation(dangling_tensor, [](Trace& t) { t.ops[0].after = {2}; }), {"after op 2"});
  mentions(only_violation(op_order, [](Trace& t) { t.ops[0].after = {1}; }), {"after op 1"});
  mentions(only_violation(op_order, [](Trace& t) { t.ops[1].after = {1}; }), {"op 'act'"});
  Trace t = sound();
  t.ops[1].after = {0};
  EXPECT_TRUE(violations(t).empty());
}

TEST(Check, producers_come_first_and_alone) {
  mentions(only_violation(op_order, [](Trace& t) { std::swap(t.ops[0], t.ops[1]); }),
           {"op 'act' (relu), tensor 'fc'", "op 'fc'"});
  mentions(only_violation(two_producers,
                          [](Trace& t) {
                            Op again = t.ops[1];
                            again.name = "act2";
                            t.ops.push_back(again);
                          }),
           {"op 'act2' (relu), tensor 'act'", "op 'act' writes it too"});
}

TEST(Check, roles_say_who_writes) {
  mentions(only_violation(tensor_role, [](Trace& t) { t.tensors[0].role = Role::activation; }),
           {"op 'fc'", "tensor 'x'", "input or parameter"});
  mentions(only_violation(tensor_role, [](Trace& t) { t.tensors[3].role = Role::parameter; }),
           {"op 'act'", "tensor 'act'", "activation"});
}

TEST(Check, operands_are_those_of_the_vocabulary) {
  mentions(only_violation(operand_count, [](Trace& t) { t.ops[1].inputs.push_back(0); }),
           {"2 inputs", "(input)"});
  mentions(only_violation(operand_count, [](Trace& t) { t.ops[0].inputs[1] = no_tensor; }),
           {"(a, b, bias?)"});
  mentions(only_violation(operand_count, [](Trace& t) { t.ops[1].outputs.clear(); }),
           {"0 outputs", "(output)"});
  Trace t = sound();
  t.ops[0].inputs.push_back(no_tensor);  // an absent bias may be spelled out
  EXPECT_TRUE(violations(t).empty());
}

TEST(Check, attributes_are_known_typed_and_complete) {
  mentions(
      only_violation(unknown_attribute, [](Trace& t) { t.ops[0].attributes["transpos_b"] = true; }),
      {"transpos_b", "did you mean 'transpose_b'"});
  mentions(only_violation(attribute_type,
                          [](Trace& t) { t.ops[0].attributes["transpose_b"] = std::int64_t{1}; }),
           {"transpose_b=1", "true or false"});
  mentions(only_violation(missing_attribute, [](Trace& t) { t.ops[1].kind = OpKind::reshape; }),
           {"op 'act' (reshape)", "shape"});
}

TEST(Check, shapes_are_as_inferred) {
  mentions(only_violation(op_shape,
                          [](Trace& t) {
                            t.tensors[3].shape = {2, 5};
                          }),
           {"op 'act' (relu), tensor 'act'", "2x5", "2x4"});
  mentions(only_violation(op_shape,
                          [](Trace& t) {
                            t.tensors[1].shape = {4, 4};
                          }),
           {"op 'fc' (matmul)", "2x3, 4x4"});
  mentions(only_violation(operand_count,
                          [](Trace& t) {
                            t.ops[1].kind = OpKind::split;
                            t.ops[1].attributes = {{"parts", std::int64_t{2}}};
                          }),
           {"1 outputs", "2 outputs"});
}

TEST(Check, sizes_fit) {
  mentions(only_violation(tensor_size,
                          [](Trace& t) {
                            t.tensors[0].shape = {2, -3};
                          }),
           {"tensor 'x'", "2x-3"});
  Trace t;
  t.add_tensor({"largest", NumberFormat::int8, {std::int64_t{1} << 59}, Role::input});
  EXPECT_TRUE(violations(t).empty());
  t.tensors[0].shape = {std::int64_t{1} << 60};
  ASSERT_EQ(violations(t).size(), 1u);
  EXPECT_EQ(&violations(t)[0].kind(), &tensor_size);
}

TEST(Check, formats_are_legal) {
  mentions(only_violation(op_format, [](Trace& t) { t.tensors[2].format = NumberFormat::int32; }),
           {"op 'fc' (matmul), tensor 'fc'", "int32", "float"});
  mentions(only_violation(op_format, [](Trace& t) { t.tensors[3].format = NumberFormat::binary; }),
           {"op 'act'", "binary"});
}

TEST(Check, reports_every_violation) {
  Trace t = sound();
  t.tensors[3].shape = {2, 5};
  t.ops[0].attributes["what"] = true;
  t.ops[1].name = "fc";
  EXPECT_EQ(violations(t).size(), 3u);
}

}  // namespace
}  // namespace mantissa::trace
