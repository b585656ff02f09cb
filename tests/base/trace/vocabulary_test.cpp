// SPDX-License-Identifier: Apache-2.0
#include "base/trace/vocabulary.h"

#include <gtest/gtest.h>

#include <set>

#include "base/trace/builder.h"
#include "tests/base/trace/sample_trace.h"

namespace mantissa::trace {
namespace {

TEST(Vocabulary, every_row_is_complete_and_found_by_its_name) {
  std::set<std::string> names;
  for (const OpSpec& row : vocabulary()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(op_kind(row.name), row.kind);
    EXPECT_EQ(&spec(row.kind), &row);
    EXPECT_NE(std::string(row.doc), "") << row.name;
    EXPECT_NE(row.shapes, nullptr) << row.name;
    EXPECT_NE(row.macs, nullptr) << row.name;
    std::set<std::string> attributes;
    for (const AttributeSpec& a : row.attributes) {
      EXPECT_TRUE(attributes.insert(a.name).second) << row.name << " " << a.name;
      EXPECT_NE(std::string(a.doc), "") << row.name << " " << a.name;
    }
    for (const auto* list : {&row.inputs, &row.outputs}) {
      for (std::size_t i = 0; i + 1 < list->size(); ++i) {
        EXPECT_FALSE((*list)[i].variadic) << row.name;  // only the last may repeat
      }
    }
  }
  EXPECT_FALSE(op_kind("conv3d").has_value());
}

TEST(Vocabulary, classes_and_rules_have_names) {
  std::set<std::string_view> classes;
  for (const OpSpec& row : vocabulary()) {
    classes.insert(name(row.op_class));
    EXPECT_FALSE(meaning(row.formats).empty());
  }
  EXPECT_EQ(classes.size(), 10u);
}

TEST(Vocabulary, only_views_lookups_and_products_skip_the_vector_unit) {
  for (const OpSpec& row : vocabulary()) {
    const bool skips = row.passes == 0;
    const bool may = row.op_class == OpClass::matrix || row.op_class == OpClass::view ||
                     row.op_class == OpClass::collective || row.kind == OpKind::embedding;
    EXPECT_EQ(skips, may) << row.name;
  }
}

TEST(Vocabulary, the_sample_has_every_kind) {
  std::set<OpKind> seen;
  for (const Op& op : every_kind().ops) seen.insert(op.kind);
  for (const OpSpec& row : vocabulary()) EXPECT_EQ(seen.count(row.kind), 1u) << row.name;
}

TEST(Macs, of_the_resnet_stem_are_118013952) {
  TraceBuilder b("stem");
  const auto x = b.input("x", NumberFormat::fp32, {1, 3, 224, 224});
  const auto w = b.parameter("w", NumberFormat::fp32, {64, 3, 7, 7});
  b.op(OpKind::conv2d, "conv1", {x, w}, {{"stride", 2}, {"padding", 3}});
  const Trace t = b.finish();
  EXPECT_EQ(t.macs(), 118'013'952u);
  EXPECT_EQ(t.parameters(), 64u * 3 * 7 * 7);
}

TEST(Macs, of_a_matmul_are_batch_times_m_n_k) {
  TraceBuilder b("m");
  const auto a = b.input("a", NumberFormat::fp32, {2, 1, 3, 4});
  const auto w = b.parameter("w", NumberFormat::fp32, {5, 7, 4});
  b.op(OpKind::matmul, "mm", {a, w}, {{"transpose_b", true}});
  EXPECT_EQ(b.finish().macs(), 2u * 5 * 3 * 7 * 4);
}

TEST(Macs, of_both_gradients_equal_the_forward_convolutions) {
  const Trace t = every_kind();
  const auto of = [&](const char* op_name) {
    for (const Op& op : t.ops) {
      if (op.name == op_name) return macs(t, op);
    }
    return std::uint64_t{0};
  };
  EXPECT_EQ(of("conv2d"), 2u * 6 * 6 * 8 * 2 * 3 * 3);
  EXPECT_EQ(of("input grad"), of("conv2d"));
  EXPECT_EQ(of("weight grad"), of("conv2d"));
  EXPECT_EQ(of("relu"), 0u);
}

TEST(Macs, refuse_to_wrap) {
  TraceBuilder b("huge");
  const std::int64_t n = std::int64_t{1} << 25;
  const auto a = b.input("a", NumberFormat::int8, {n, n});
  EXPECT_THROW(b.op(OpKind::matmul, "mm", {a, a}), Error);
  Trace t;  // each op fits, the sum does not
  const std::int64_t half = std::int64_t{1} << 21;
  const auto x = t.add_tensor({"x", NumberFormat::int8, {half, half}, Role::input});
  Op op;
  op.kind = OpKind::matmul;
  op.inputs = {x, x};
  op.outputs = {x};
  t.ops = {op};
  EXPECT_EQ(t.macs(), static_cast<std::uint64_t>(half) * half * half);
  t.ops = std::vector<Op>(3, op);
  EXPECT_THROW(t.macs(), Error);
}

TEST(Parameters, count_each_tensor_that_is_read_once) {
  TraceBuilder b("p");
  const auto x = b.input("x", NumberFormat::fp32, {4, 4});
  const auto w = b.parameter("w", NumberFormat::fp32, {4, 4});
  b.parameter("unread", NumberFormat::fp32, {9});
  b.op(OpKind::matmul, "a", {x, w});
  b.op(OpKind::matmul, "b", {x, w});
  EXPECT_EQ(b.finish().parameters(), 16u);
}

TEST(Formats, of_products_are_wider_or_real) {
  const auto product = [](NumberFormat a, NumberFormat w, std::optional<NumberFormat> out,
                          Attributes attributes = {}) {
    TraceBuilder b("f");
    const auto x = b.input("x", a, {2, 2}), y = b.parameter("y", w, {2, 2});
    return b.tensor(b.op(OpKind::matmul, "mm", {x, y}, std::move(attributes), out)).format;
  };
  using F = NumberFormat;
  EXPECT_EQ(product(F::int8, F::int8, {}), F::int32);
  EXPECT_EQ(product(F::int8, F::int8, F::int16), F::int16);
  EXPECT_THROW(product(F::int8, F::int8, F::int8), Error);
  EXPECT_THROW(product(F::int8, F::int8, F::fp32), Error);
  EXPECT_EQ(product(F::int4, F::int4, {}, {{"vector_size", 16}}), F::fp32);
  EXPECT_EQ(product(F::binary, F::binary, {}), F::int32);
  EXPECT_EQ(product(F::bf16, F::bf16, {}), F::bf16);
  EXPECT_EQ(product(F::bf16, F::bf16, F::fp32), F::fp32);
  EXPECT_EQ(product(F::fp8_e4m3, F::fp8_e5m2, {}), F::fp32);
  EXPECT_THROW(product(F::fp16, F::fp16, F::fp8_e4m3), Error);
  EXPECT_EQ(product(F::fp16, F::int4, {}), F::fp16);
  EXPECT_EQ(product(F::int32, F::int32, {}), F::int64);
}

TEST(Attributes, fall_back_to_the_vocabulary) {
  Op op;
  op.kind = OpKind::softmax;
  EXPECT_EQ(attribute(op, "axis"), Attribute(std::int64_t{-1}));
  op.attributes["axis"] = std::int64_t{2};
  EXPECT_EQ(attribute(op, "axis"), Attribute(std::int64_t{2}));
  EXPECT_THROW(attribute(op, "axes"), InternalError);
}

}  // namespace
}  // namespace mantissa::trace
