// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/recorder/recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/numerics/evaluate.h"
#include "base/trace/describe.h"
#include "base/trace/vocabulary.h"
#include "workloads/executor/operators.h"
#include "workloads/executor/tensor.h"

namespace mantissa::workloads {
namespace {

using ::testing::ElementsAre;
using trace::OpKind;

std::vector<std::string> kinds(const trace::Trace& t) {
  std::vector<std::string> out;
  for (const trace::Op& op : t.ops) out.push_back(trace::name(op.kind));
  return out;
}

template <class Program>
trace::Trace recorded(Program program, Recorder& recorder) {
  {
    const auto on = recorder.record();
    program();
  }
  return recorder.finish();
}

template <class Program>
trace::Trace recorded(Program program) {
  Recorder recorder({"program"});
  return recorded(program, recorder);
}

TEST(Recorder, TakesTheOutermostOperatorThatTheVocabularyHas) {
  torch::nn::Conv2d conv(torch::nn::Conv2dOptions(3, 8, 3).padding(1));
  const at::Tensor x = torch::randn({2, 3, 5, 5});
  Recorder recorder({"one convolution"});
  recorder.parameters(*conv);
  recorder.input("x", x);
  const trace::Trace t = recorded([&] { conv->forward(x); }, recorder);
  ASSERT_THAT(kinds(t), ElementsAre("conv2d")) << trace::describe(t);
  EXPECT_EQ(t.parameters(), 8u * 3 * 9 + 8);
  EXPECT_EQ(t.macs(), 2u * 8 * 25 * 27);
  EXPECT_EQ(t.tensor(t.ops[0].inputs[0]).name, "x");
  EXPECT_EQ(t.tensor(t.ops[0].inputs[1]).name, "weight");
  EXPECT_EQ(t.ops[0].integers("padding", {}), std::vector<std::int64_t>{1});
}

TEST(Recorder, GivesViewsNoNodeUntilAnOperatorReadsThem) {
  const at::Tensor x = torch::randn({4, 6});
  const auto unread = [&] { x.view({2, 12}).t().unsqueeze(0); };
  EXPECT_TRUE(recorded(unread).ops.empty());
  const trace::Trace t = recorded([&] { x.view({2, 12}).view({24}).relu(); });
  EXPECT_THAT(kinds(t), ElementsAre("reshape", "relu"));
}

TEST(Recorder, ReadsTransposedMatricesAndExpandedOperandsAsTheyLie) {
  const at::Tensor a = torch::randn({4, 6}), b = torch::randn({5, 6}), row = torch::randn({1, 5});
  const trace::Trace t = recorded([&] { torch::matmul(a, b.t()) + row.expand({4, 5}); });
  ASSERT_THAT(kinds(t), ElementsAre("matmul", "add"));
  EXPECT_TRUE(t.ops[0].flag("transpose_b", false));
  EXPECT_EQ(t.tensor(t.ops[1].inputs[1]).shape, (trace::Shape{1, 5}));
  // A permutation of other dimensions has to be made.
  const at::Tensor q = torch::randn({2, 3, 4, 5});
  const trace::Trace moved = recorded([&] {
    torch::matmul(q.transpose(1, 2), q.permute({0, 2, 3, 1}));
  });
  EXPECT_THAT(kinds(moved), ElementsAre("transpose", "transpose", "matmul"));
}

TEST(Recorder, KeepsTheOrderOfWhatIsDoneInPlace) {
  at::Tensor x = torch::randn({4});
  Recorder recorder({"in place"});
  recorder.input("x", x);
  const trace::Trace t = recorded(
      [&] {
        const at::Tensor before = x * 2;
        x.add_(1);
        const at::Tensor after = x * 3;
        before + after;
      },
      recorder);
  ASSERT_THAT(kinds(t), ElementsAre("mul", "add", "mul", "add"));
  EXPECT_EQ(t.ops[0].inputs[0], t.ops[1].inputs[0]);   // both read what came in
  EXPECT_EQ(t.ops[2].inputs[0], t.ops[1].outputs[0]);  // and this one what was written
  EXPECT_NE(t.ops[2].inputs[0], t.ops[0].inputs[0]);
}

TEST(Recorder, SeesAWriteThroughAViewInItsWholeAndInOtherViews) {
  at::Tensor x = torch::zeros({2, 3});
  const trace::Trace t = recorded([&] {
    x.view({6}).add_(1);     // all of it
    x.t().relu();            // read through another view
    x.select(0, 1).mul_(2);  // a part
    x.exp();
  });
  EXPECT_THAT(kinds(t), ElementsAre("reshape", "add", "reshape", "transpose", "relu", "slice",
                                    "reshape", "mul", "generic", "exp"))
      << trace::describe(t);
  EXPECT_EQ(t.ops[8].text("of", ""), "overwrite");
  EXPECT_EQ(t.ops[9].inputs[0], t.ops[8].outputs[0]);
}

TEST(Recorder, KnowsAStorageThatHasBeenFreedAndGivenToAnotherTensor) {
  const trace::Trace t = recorded([&] {
    for (int i = 0; i < 100; ++i) torch::ones({1024}) * 2;
  });
  EXPECT_EQ(t.ops.size(), 200u);
  for (std::size_t i = 0; i < 200; i += 2) {
    EXPECT_EQ(t.ops[i + 1].inputs[0], t.ops[i].outputs[0]);
  }
}

TEST(Recorder, RecordsTheBackwardPassAndNamesItAfterTheForwardPass) {
  torch::nn::Sequential net(torch::nn::Conv2d(torch::nn::Conv2dOptions(1, 4, 3)), torch::nn::ReLU(),
                            torch::nn::Flatten(), torch::nn::Linear(4 * 36, 10));
  const at::Tensor x = torch::randn({5, 1, 8, 8}), y = torch::randint(10, {5});
  Recorder recorder({"step"});
  recorder.parameters(*net);
  const trace::Trace t = recorded(
      [&] { torch::nn::functional::cross_entropy(net->forward(x), y).backward(); }, recorder);
  EXPECT_TRUE(recorder.warnings().empty()) << recorder.warnings().front();
  // The first layer's input needs no gradient: one product less.
  std::uint64_t forward = 5u * 4 * 36 * 9 + 5u * 144 * 10;
  EXPECT_EQ(t.macs(), 2 * forward + 5u * 144 * 10);
  bool found = false;
  for (const trace::Op& op : t.ops) found = found || op.name == "0.backward.grad_weight";
  EXPECT_TRUE(found) << trace::describe(t);
}

TEST(Recorder, RecordsOptimisersAsWhatTheyDo) {
  torch::nn::Linear net(4, 2);
  torch::optim::SGD sgd(net->parameters(),
                        torch::optim::SGDOptions(0.1).momentum(0.9).nesterov(true));
  torch::optim::Adam adam(net->parameters(), torch::optim::AdamOptions(0.1));
  net->forward(torch::randn({3, 4})).sum().backward();
  for (torch::optim::Optimizer* o : std::vector<torch::optim::Optimizer*>{&sgd, &adam}) {
    o->step();  // the state exists from here on
    Recorder recorder({"step"});
    recorder.parameters(*net);
    const trace::Trace t = recorded([&] { o->step(); }, recorder);
    EXPECT_GE(t.ops.size(), 4u);
    EXPECT_TRUE(recorder.warnings().empty()) << recorder.warnings().front();
    for (const at::Tensor& p : net->parameters()) {
      ASSERT_TRUE(recorder.id(p));
      EXPECT_EQ(t.tensor(*recorder.id(p)).role, trace::Role::activation);  // a new value
    }
  }
}

TEST(Recorder, DropsNothing) {
  Recorder recorder({"unknown"});
  const trace::Trace t =
      recorded([&] { torch::fft_rfft(torch::ones({8})).abs().flip(0) + 1; }, recorder);
  EXPECT_THAT(recorder.warnings().size(), ::testing::Ge(1u));
  bool generic = false;
  for (const trace::Op& op : t.ops) generic = generic || op.kind == OpKind::generic;
  EXPECT_TRUE(generic) << trace::describe(t);
}

TEST(Recorder, ServesTheContentsThatTheProgramHad) {
  at::Tensor w = torch::randn({3, 3});
  const numerics::Value before = value_of(w);
  Recorder recorder({"contents", 0, Contents::sources});
  recorder.parameter("w", w);
  const trace::Trace t = recorded([&] { w.mul_(2); }, recorder);
  const OperandSource source = recorder.source();
  EXPECT_EQ(source(t, t.tensor(t.ops[0].inputs[0])), before.data);
}

TEST(Recorder, RefusesToRecordTwiceAtOnce) {
  Recorder a({"a"}), b({"b"});
  const auto on = a.record();
  EXPECT_THROW(b.record(), Error);
}

// The trace computes what the program computed: evaluated by the reference executor, operator by
// operator, whatever views lay between.
TEST(Recorder, RecordsWhatTheReferenceExecutorComputesAgain) {
  torch::manual_seed(3);
  const at::Tensor x = torch::randint(-8, 8, {2, 3, 6, 6}).to(at::kChar);
  const at::Tensor w = torch::randint(-8, 8, {4, 3, 3, 3}).to(at::kChar);
  at::Tensor y;
  Recorder recorder({"integers", 0, Contents::sources});
  const trace::Trace t = recorded(
      [&] {
        const at::Tensor sums = evaluate(OpKind::conv2d, {x, w}, {{"padding", trace::ints({1})}});
        const at::Tensor codes = evaluate(OpKind::requantize, {sums}, {{"shift", trace::ints({4})}},
                                          trace::NumberFormat::int8);
        y = codes.permute({0, 2, 3, 1}).reshape({2 * 36, 4}).narrow(1, 1, 2).contiguous();
        y = evaluate(OpKind::relu, {y});
      },
      recorder);
  ASSERT_THAT(kinds(t),
              ElementsAre("conv2d", "requantize", "transpose", "reshape", "slice", "relu"))
      << trace::describe(t);
  std::vector<numerics::Value> values(t.tensors.size());
  const OperandSource source = recorder.source();
  for (std::size_t i = 0; i < t.tensors.size(); ++i) {
    values[i] = numerics::Value(t.tensors[i].format, t.tensors[i].shape);
    if (t.tensors[i].role != trace::Role::activation) values[i].data = source(t, t.tensors[i]);
  }
  numerics::evaluate_all(t, values, numerics::EvaluationOrder{});
  EXPECT_EQ(values[t.ops.back().outputs[0]], value_of(y));
  values[0].data[0] ^= std::byte{1};  // and another input gives another result
  numerics::evaluate_all(t, values, numerics::EvaluationOrder{});
  EXPECT_NE(values[t.ops[0].outputs[0]].data, std::vector<std::byte>{});
}

TEST(Operators, HaveTheVocabularysNamesAndSchemas) {
  EXPECT_EQ(operator_schema(trace::spec(OpKind::relu)),
            "relu(Tensor input, str? format=None) -> Tensor");
  EXPECT_FALSE(is_operator(OpKind::all_reduce));
  // TorchScript, too, finds them by name.
  const auto found = torch::jit::getAllOperatorsFor(c10::Symbol::fromQualString("mantissa::neg"));
  ASSERT_EQ(found.size(), 1u);
  torch::jit::Stack stack{torch::tensor({1, -2, 3}, at::kInt), c10::IValue()};
  found.front()->getOperation()(stack);
  EXPECT_TRUE(torch::equal(stack.front().toTensor(), torch::tensor({-1, 2, -3}, at::kInt)));
}

}  // namespace
}  // namespace mantissa::workloads
