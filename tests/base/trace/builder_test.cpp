// SPDX-License-Identifier: Apache-2.0
#include "base/trace/builder.h"

#include <gtest/gtest.h>

namespace mantissa::trace {
namespace {

// Runs `action` and returns the kind of the Error that it throws, or "".
template <class Action>
std::string kind_of(Action action) {
  try {
    action();
  } catch (const Error& e) {
    return e.kind().id();
  }
  return "";
}

TEST(TraceBuilder, builds_the_example_of_its_header) {
  TraceBuilder b("perceptron", 2);
  const auto x = b.input("x", NumberFormat::int8, {32, 784});
  const auto w = b.parameter("fc.weight", NumberFormat::int8, {10, 784});
  const auto y = b.op(OpKind::matmul, "fc", {x, w}, {{"transpose_b", true}});
  EXPECT_EQ(b.shape(y), (Shape{32, 10}));
  const Trace t = b.finish();
  EXPECT_EQ(t.name, "perceptron");
  EXPECT_EQ(t.rank, 2u);
  EXPECT_EQ(t.tensor(y).format, NumberFormat::int32);
  EXPECT_EQ(t.tensor(y).role, Role::activation);
  EXPECT_EQ(t.tensor(y).name, "fc");
  EXPECT_TRUE(b.trace().ops.empty());
}

TEST(TraceBuilder, names_further_outputs_after_the_op) {
  TraceBuilder b("t");
  const auto x = b.input("x", NumberFormat::bf16, {6});
  const auto s = b.ops(OpKind::sort, "sorted", {x}, {}, 2);
  EXPECT_EQ(b.tensor(s[0]).name, "sorted");
  EXPECT_EQ(b.tensor(s[1]).name, "sorted:indices");
  EXPECT_EQ(b.tensor(s[0]).format, NumberFormat::bf16);
  EXPECT_EQ(b.tensor(s[1]).format, NumberFormat::int64);
  const auto p = b.ops(OpKind::split, "parts", {x}, {{"sizes", ints({1, 5})}});
  EXPECT_EQ(b.tensor(p[1]).name, "parts:1");
  EXPECT_EQ(b.shape(p[1]), (Shape{5}));
  EXPECT_EQ(b.ops(OpKind::sort, "again", {x}, {}, 2, {{}, NumberFormat::int32}).size(), 2u);
  EXPECT_EQ(b.trace().tensors.back().format, NumberFormat::int32);
}

TEST(TraceBuilder, makes_only_the_required_outputs_unless_asked) {
  TraceBuilder b("t");
  const auto x = b.input("x", NumberFormat::fp32, {2, 6});
  EXPECT_EQ(b.ops(OpKind::layer_norm, "norm", {x}).size(), 1u);
  EXPECT_EQ(b.ops(OpKind::layer_norm, "norm3", {x}, {}, 3).size(), 3u);
  EXPECT_EQ(b.ops(OpKind::all_reduce, "sum", {x}).size(), 1u);
  EXPECT_EQ(b.op(OpKind::barrier, "wait", {}), no_tensor);
  EXPECT_EQ(kind_of([&] { b.ops(OpKind::layer_norm, "norm4", {x}, {}, 4); }), "trace.operands");
}

TEST(TraceBuilder, refuses_at_once_what_check_would) {
  TraceBuilder b("t");
  const auto x = b.input("x", NumberFormat::fp32, {2, 3});
  b.op(OpKind::relu, "act", {x});
  EXPECT_EQ(kind_of([&] { b.input("x", NumberFormat::fp32, {}); }), "trace.duplicate-name");
  EXPECT_EQ(kind_of([&] { b.op(OpKind::relu, "act", {x}); }), "trace.duplicate-name");
  EXPECT_EQ(kind_of([&] { b.op(OpKind::relu, "x", {x}); }), "trace.duplicate-name");
  EXPECT_EQ(kind_of([&] { b.op(OpKind::relu, "a", {99}); }), "trace.dangling-tensor");
  EXPECT_EQ(kind_of([&] { b.op(OpKind::relu, "a", {}); }), "trace.operands");
  EXPECT_EQ(kind_of([&] { b.op(OpKind::relu, "a", {x}, {{"p", 1}}); }), "trace.unknown-attribute");
  EXPECT_EQ(kind_of([&] {
              b.op(OpKind::softmax, "a", {x}, {{"axis", 0.5}});
            }),
            "trace.attribute-type");
  EXPECT_EQ(kind_of([&] { b.op(OpKind::topk, "a", {x}); }), "trace.missing-attribute");
  EXPECT_EQ(kind_of([&] { b.op(OpKind::matmul, "a", {x, x}); }), "trace.shape");
  EXPECT_EQ(kind_of([&] { b.op(OpKind::cast, "a", {x}); }), "trace.format");
  EXPECT_EQ(kind_of([&] { b.op(OpKind::copy, "a", {x}, {}, NumberFormat::fp16); }), "trace.format");
  EXPECT_EQ(kind_of([&] { b.input("n", NumberFormat::fp32, {-1}); }), "trace.size");
  EXPECT_EQ(kind_of([&] { b.after(0); }), "trace.order");
  EXPECT_EQ(kind_of([&] { b.op(OpKind::relu, "fine", {x}); }), "");
}

TEST(TraceBuilder, a_refused_op_leaves_the_trace_as_it_was) {
  TraceBuilder b("t");
  const auto x = b.input("x", NumberFormat::fp32, {6});
  b.input("s:indices", NumberFormat::fp32, {6});
  const Trace before = b.trace();
  EXPECT_EQ(kind_of([&] { b.ops(OpKind::sort, "s", {x}, {}, 2); }), "trace.duplicate-name");
  EXPECT_TRUE(b.trace() == before);
  EXPECT_EQ(b.ops(OpKind::sort, "s", {x}).size(), 1u);
}

TEST(TraceBuilder, holds_ops_whose_outputs_nobody_can_infer) {
  TraceBuilder b("t");
  const auto out = b.op_with_outputs(OpKind::broadcast, "weights", {}, {{"root", 0}},
                                     {{"w", NumberFormat::fp32, {4}}});
  EXPECT_EQ(b.shape(b.op(OpKind::relu, "act", out)), (Shape{4}));
  EXPECT_EQ(b.finish().ops.size(), 2u);
}

TEST(TraceBuilder, quantisation_takes_its_format_from_the_caller) {
  TraceBuilder b("q");
  const auto x = b.input("x", NumberFormat::fp32, {2, 4, 3});
  const auto q =
      b.op(OpKind::quantize, "q", {x}, {{"scale", reals({1, 2, 3, 4})}}, NumberFormat::int8);
  EXPECT_EQ(b.tensor(q).format, NumberFormat::int8);
  EXPECT_EQ(kind_of([&] {
              b.op(OpKind::quantize, "bad", {x}, {{"scale", reals({1, 2})}}, NumberFormat::int8);
            }),
            "trace.shape");
  const auto sums = b.input("sums", NumberFormat::int32, {2, 4, 3});
  const auto m = b.parameter("m", NumberFormat::int32, {4});
  EXPECT_EQ(b.shape(b.op(OpKind::requantize, "r", {sums, m}, {{"shift", ints({1, 2, 3, 62})}},
                         NumberFormat::int8)),
            (Shape{2, 4, 3}));
  EXPECT_EQ(kind_of([&] {
              b.op(OpKind::requantize, "s", {sums, m}, {{"shift", 63}}, NumberFormat::int8);
            }),
            "trace.shape");
}

}  // namespace
}  // namespace mantissa::trace
