// SPDX-License-Identifier: Apache-2.0
// Copies, lookups, errors, and whole traces.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/trace/vocabulary.h"
#include "tests/base/numerics/evaluate_fixture.h"

namespace mantissa::numerics {
namespace {

using trace::ints;
using Ints = std::vector<std::int64_t>;
using Floats = std::vector<float>;

Value counting(const Shape& shape, NumberFormat format = NumberFormat::int8) {
  Ints x(static_cast<std::size_t>(trace::elements(shape)));
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<std::int64_t>(i);
  return integers(format, shape, x);
}

TEST(EvaluateMovement, concat_and_split_are_inverse) {
  const Value a = counting({2, 3}), b = counting({2, 1});
  const Value y = run(OpKind::concat, {&a, &b}, {{"axis", std::int64_t{1}}});
  EXPECT_EQ(y.integers(), (Ints{0, 1, 2, 0, 3, 4, 5, 1}));
  OneOp split(OpKind::split, {&y}, {{"axis", std::int64_t{-1}}, {"sizes", ints({3, 1})}});
  EXPECT_EQ(split.run(), (std::vector<Value>{a, b}));
}

TEST(EvaluateMovement, slice_transpose_reshape_expand) {
  const Value x = counting({3, 4});
  EXPECT_EQ(run(OpKind::slice, {&x},
                {{"axis", ints({1, 0})},
                 {"start", ints({-3, 1})},
                 {"end", ints({4, 3})},
                 {"step", ints({2, 1})}})
                .integers(),
            (Ints{5, 7, 9, 11}));
  EXPECT_EQ(run(OpKind::transpose, {&x}, {{"permutation", ints({1, 0})}}).integers(),
            (Ints{0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11}));
  EXPECT_EQ(run(OpKind::reshape, {&x}, {{"shape", ints({2, -1})}}).data, x.data);
  EXPECT_EQ(run(OpKind::copy, {&x}), x);
  const Value column = counting({2, 1});
  EXPECT_EQ(run(OpKind::expand, {&column}, {{"shape", ints({2, 2, 3})}}).integers(),
            (Ints{0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1}));
}

TEST(EvaluateMovement, packed_elements_move_as_well) {
  const Value x = integers(NumberFormat::int4, {2, 3}, {1, -2, 3, -4, 5, -6});
  EXPECT_EQ(run(OpKind::transpose, {&x}, {{"permutation", ints({1, 0})}}).integers(),
            (Ints{1, -4, -2, 5, 3, -6}));
}

TEST(EvaluateMovement, pad_in_all_modes) {
  const Value x = counting({1, 3});
  const auto padded = [&](const char* mode) {
    return run(OpKind::pad, {&x},
               {{"before", ints({0, 2})},
                {"after", ints({0, 1})},
                {"mode", std::string(mode)},
                {"value", 9.0}})
        .integers();
  };
  EXPECT_EQ(padded("constant"), (Ints{9, 9, 0, 1, 2, 9}));
  EXPECT_EQ(padded("reflect"), (Ints{2, 1, 0, 1, 2, 1}));
  EXPECT_EQ(padded("replicate"), (Ints{0, 0, 0, 1, 2, 2}));
  EXPECT_THROW(padded("circular"), Error);
}

TEST(EvaluateMovement, gather_rows_and_elements) {
  const Value x = counting({3, 2}), rows = integers(NumberFormat::int64, {2, 1}, {2, 0});
  const Value y = run(OpKind::gather, {&x, &rows});
  EXPECT_EQ(y.shape, (Shape{2, 1, 2}));
  EXPECT_EQ(y.integers(), (Ints{4, 5, 0, 1}));
  const Value each = integers(NumberFormat::int64, {3, 1}, {1, 0, 1});
  EXPECT_EQ(run(OpKind::gather, {&x, &each}, {{"axis", std::int64_t{1}}, {"elementwise", true}})
                .integers(),
            (Ints{1, 2, 5}));
}

TEST(EvaluateLookup, embeddings_and_bags) {
  const Value table = floats({3, 2}, {1, 2, 10, 20, 100, 200});
  const Value list = integers(NumberFormat::int64, {4}, {2, 0, 1, 1});
  EXPECT_EQ(run(OpKind::embedding, {&table, &list}, {{"padding_index", std::int64_t{0}}}).floats(),
            (Floats{100, 200, 0, 0, 10, 20, 10, 20}));
  const Value offsets = integers(NumberFormat::int64, {3}, {0, 2, 2});  // the second bag is empty
  EXPECT_EQ(run(OpKind::embedding_bag, {&table, &list, &offsets}).floats(),
            (Floats{101, 202, 0, 0, 20, 40}));
  EXPECT_EQ(run(OpKind::embedding_bag, {&table, &list, &offsets}, {{"mode", std::string("max")}})
                .floats(),
            (Floats{100, 200, 0, 0, 10, 20}));
  const Value weights = floats({4}, {1, 2, 3, 4});
  EXPECT_EQ(run(OpKind::embedding_bag, {&table, &list, &offsets, &weights}).floats(),
            (Floats{102, 204, 0, 0, 70, 140}));
  const Value square = integers(NumberFormat::int64, {2, 2}, {2, 0, 1, 1});
  EXPECT_EQ(run(OpKind::embedding_bag, {&table, &square}, {{"mode", std::string("mean")}}).floats(),
            (Floats{50.5f, 101, 10, 20}));
}

template <class Call>
std::string error_id(Call call, std::string* text = nullptr) {
  try {
    call();
  } catch (const Error& error) {
    if (text) *text = error.message();
    return error.kind().id();
  }
  return "none";
}

TEST(EvaluateErrors, an_index_beyond_its_tensor_names_the_op_and_the_range) {
  const Value table = floats({3, 1}, {1, 2, 3});
  for (std::int64_t bad : {-1, 3}) {
    const Value list = integers(NumberFormat::int64, {1}, {bad});
    for (OpKind kind : {OpKind::embedding, OpKind::gather}) {
      std::string text;
      EXPECT_EQ(error_id([&] { run(kind, {&table, &list}); }, &text), "evaluate.index");
      EXPECT_THAT(text, testing::HasSubstr("from 0 to 2"));
    }
  }
  const Value list = integers(NumberFormat::int64, {1}, {2});
  EXPECT_EQ(error_id([&] { run(OpKind::embedding, {&table, &list}); }), "none");
  const Value back = integers(NumberFormat::int64, {2}, {1, 0});  // offsets that run backwards
  EXPECT_EQ(error_id([&] {
              run(OpKind::embedding_bag, {&table, &list, &back});
            }),
            "evaluate.index");
}

TEST(EvaluateErrors, operands_must_be_those_of_the_trace) {
  const Value x = floats({2}, {1, 2});
  OneOp op(OpKind::relu, {&x});
  EXPECT_EQ(error_id([&] { op.run(); }), "none");
  op.operands[0] = floats({3}, {1, 2, 3});
  std::string text;
  EXPECT_EQ(error_id([&] { op.run(); }, &text), "evaluate.operand");
  EXPECT_THAT(text, testing::HasSubstr("fp32 [3]"));
  op.present[0] = false;
  EXPECT_EQ(error_id([&] { op.run(); }), "evaluate.operand");
  EXPECT_EQ(error_id([&] { evaluate(op.trace, op.trace.ops[0], {}, op.order); }),
            "evaluate.operand");
}

TEST(EvaluateErrors, what_is_not_computed_here_is_refused) {
  const Value x = floats({2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(error_id([&] { run(OpKind::softmax_grad, {&x, &x}); }), "evaluate.unsupported");
  const Value a = counting({2, 2});
  EXPECT_EQ(error_id([&] {
              run(OpKind::matmul, {&a, &a}, {{"vector_size", std::int64_t{2}}});
            }),
            "evaluate.unsupported");
  EXPECT_FALSE(can_evaluate(OpKind::sgd_step));
  EXPECT_FALSE(can_evaluate(OpKind::all_reduce));
}

TEST(EvaluateAll, a_small_network_runs_through) {
  trace::TraceBuilder b("net");
  const auto x = b.input("x", NumberFormat::int8, {1, 3, 8, 8});
  const auto w = b.parameter("w", NumberFormat::int8, {8, 3, 3, 3});
  const auto m = b.parameter("m", NumberFormat::int32, {1});
  const auto conv = b.op(OpKind::conv2d, "conv", {x, w}, {{"padding", ints({1})}});
  const auto q =
      b.op(OpKind::requantize, "q", {conv, m}, {{"shift", ints({10})}}, NumberFormat::int8);
  const auto relu = b.op(OpKind::relu, "relu", {q});
  const auto mean = b.op(OpKind::global_avg_pool2d, "mean", {relu});
  const trace::Trace t = b.finish();
  std::vector<Value> values(t.tensors.size());
  values[x] = random_value(NumberFormat::int8, {1, 3, 8, 8}, "x");
  values[w] = random_value(NumberFormat::int8, {8, 3, 3, 3}, "w");
  values[m] = integers(NumberFormat::int32, {1}, {7});
  std::vector<Value> plain = values;
  evaluate_all(t, values, EvaluationOrder{});
  EvaluationOrder slow;
  slow.fast = false;
  evaluate_all(t, plain, slow);
  EXPECT_EQ(values, plain);
  EXPECT_EQ(values[mean].shape, (Shape{1, 8, 1, 1}));
  for (auto v : values[relu].integers()) EXPECT_GE(v, 0);
}

}  // namespace
}  // namespace mantissa::numerics
