// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "tests/workloads/executor/digits.h"
#include "workloads/data/config.h"
#include "workloads/data/load.h"
#include "workloads/executor/networks/network.h"
#include "workloads/precision/randbet/robust_error.h"
#include "workloads/precision/randbet/robust_training.h"
#include "workloads/precision/randbet/stored_weights.h"

namespace mantissa::workloads {
namespace {

ModelConfig rquant_model(std::int64_t bits = 8) {
  ModelConfig m;
  m.label = "RQUANT";
  m.bits = bits;
  return m;
}

std::vector<at::Tensor> random_parameters(std::int64_t n) {
  torch::manual_seed(2);
  return {torch::randn({n}), torch::randn({n / 2}) * 0.1};
}

// W m p flips on average; SimpleNet has 5,498,378 parameters: 439,870 +- 660 at 1 %.
TEST(StoredWeights, FlipAsManyCellsAsTheRateSays) {
  const at::Tensor w = torch::randn({5'498'378});
  StoredWeights stored(rquant_model(), {w});
  EXPECT_EQ(stored.cells(), 5'498'378u * 8);
  const double flips = static_cast<double>(stored.flip(0.01, 1));
  EXPECT_NEAR(flips, 439'870, 4 * 660);
  EXPECT_GT(std::abs(static_cast<double>(stored.flip(0.011, 1)) - 439'870), 4 * 660);
}

TEST(StoredWeights, HaveNestedErrorsOverTheRate) {
  const auto parameters = random_parameters(10'000);
  StoredWeights low(rquant_model(), parameters), high = low;
  low.flip(0.01, 5);
  high.flip(0.05, 5);
  const StoredWeights clean(rquant_model(), parameters);
  for (std::size_t i = 0; i < clean.codes().size(); ++i) {
    const unsigned few = low.codes()[i] ^ clean.codes()[i],
                   many = high.codes()[i] ^ clean.codes()[i];
    ASSERT_EQ(few & ~many, 0u);
  }
}

TEST(StoredWeights, GiveBackTheirWeightsWhenNothingFails) {
  const auto parameters = random_parameters(1000);
  StoredWeights stored(rquant_model(), parameters);
  EXPECT_EQ(stored.flip(0, 1), 0u);
  std::vector<at::Tensor> back{torch::zeros_like(parameters[0]), torch::zeros_like(parameters[1])};
  stored.load(back);
  for (std::size_t i = 0; i < 2; ++i) {
    const double step = (parameters[i].max() - parameters[i].min()).item<double>() / 254;
    EXPECT_LE((back[i] - parameters[i]).abs().max().item<double>(), step / 2 * 1.001);
  }
}

TEST(StoredWeights, BehindSecdedKeepOnlyErrorsOfWordsWithTwo) {
  const auto parameters = random_parameters(400'000);
  StoredWeights bare(rquant_model(), parameters), behind = bare;
  const double p = 0.005;
  const double cells = static_cast<double>(bare.cells());
  const double unprotected = static_cast<double>(bare.flip(p, 3));
  const double left = static_cast<double>(behind.flip_behind_secded(p, 3));
  // A failing data cell stays wrong when another of its 71 neighbours fails, too.
  const double expected = cells * p * (1 - std::pow(1 - p, 71));
  EXPECT_NEAR(left, expected, 5 * std::sqrt(2 * expected));
  EXPECT_LT(left, unprotected);
}

TEST(StoredWeights, OfFewerBitsNeverHaveErrorsAboveThem) {
  StoredWeights stored(rquant_model(4), random_parameters(10'000));
  stored.flip(0.2, 1);
  for (std::uint8_t code : stored.codes()) ASSERT_LT(code, 16);
}

TEST(StoredWeights, AreAlsoOperatorsOfLibtorch) {
  const at::Tensor w = random_parameters(100)[0];
  const auto call = [](const char* name, std::vector<c10::IValue> stack) {
    c10::Dispatcher::singleton().findSchemaOrThrow(name, "").callBoxed(stack);
    return stack.front().toTensor();
  };
  const double low = w.min().item<double>(), high = w.max().item<double>();
  const at::Tensor codes =
      call("mantissa::quantize_weights", {w, std::int64_t{8}, std::string("rquant"), low, high});
  EXPECT_EQ(0,
            std::memcmp(codes.data_ptr(), StoredWeights(rquant_model(), {w}).codes().data(), 100));
  const at::Tensor flipped =
      call("mantissa::flip_bits", {codes, std::int64_t{8}, 0.1, std::int64_t{4}});
  StoredWeights stored(rquant_model(), {w});
  stored.flip(0.1, 4);
  EXPECT_EQ(0, std::memcmp(flipped.data_ptr(), stored.codes().data(), 100));
  EXPECT_FALSE(torch::equal(flipped, codes));
}

TEST(Guarantee, IsThePublishedOne) { EXPECT_NEAR(100 * guarantee(1e4, 1e6, 0.01), 4.1, 0.05); }

Batch some(const data::Dataset& d) { return batch_of(d, {d.train.begin(), d.train.begin() + 32}); }

TEST(RobustTraining, NeverStoresErrorsInTheWeights) {
  const auto owner = make_network("digits_cnn", {});
  Model& net = *owner;
  ModelConfig m = rquant_model();
  m.train_error = 0.1;
  RobustTraining robust(net, m, 1e9, 1, 100);
  const Step step = robust.step();
  const data::Dataset d = digits();
  std::vector<at::Tensor> before;
  for (const at::Tensor& p : net.parameters()) before.push_back(p.detach().clone());
  step(some(d), 0);  // arms
  step(some(d), 1);
  const auto after = net.parameters();
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_TRUE(torch::equal(before[i], after[i]));
}

TEST(RobustTraining, SeesErrorsOnlyOnceTheLossIsBelowTheMark) {
  const data::Dataset d = digits();
  const auto gradient_of_second_step = [&](double arm_below, double p) {
    const auto owner = make_network("digits_cnn", {});
    Model& net = *owner;
    ModelConfig m = rquant_model();
    m.train_error = p;
    RobustTraining robust(net, m, arm_below, 1, 100);
    const Step step = robust.step();
    step(some(d), 0);
    net.zero_grad();
    step(some(d), 1);
    return net.named_parameters()["logits.weight"].grad().clone();
  };
  const at::Tensor clean = gradient_of_second_step(1e9, 0);
  EXPECT_TRUE(torch::equal(gradient_of_second_step(0, 0.05), clean));     // never armed
  EXPECT_FALSE(torch::equal(gradient_of_second_step(1e9, 0.05), clean));  // armed at once
}

// Armed before it stops, and not by the first step that follows: the mark lies below every loss by
// then, and only the checkpoint knows.
TEST(RobustTraining, ThatWasStoppedGoesOnWithErrorsToTheSameBits) {
  const auto path = std::filesystem::path(::testing::TempDir()) /
                    ("armed" + std::to_string(::getpid()) + ".ckpt");
  std::filesystem::remove(path);
  const data::Dataset d = digits();
  TrainingConfig config;
  config.epochs = 2;
  config.batch = 128;
  ModelConfig m = rquant_model();
  m.train_error = 0.05;
  const auto train = [&](bool keep, int stop_after) {
    const auto net = make_network("digits_cnn", {});
    RobustTraining robust(*net, m, 1e9, 1, 24);
    const Step inner = robust.step();
    // Losses after the first do not arm.
    const Step step = [&](const Batch& b, std::int64_t i) {
      if (i == 0) return inner(b, i);
      RobustTraining strict(*net, m, 0, 1, 24);
      *strict.memory() = *robust.memory();
      return strict.step()(b, i);
    };
    Trainer::Options how;
    how.identity = "armed";
    how.memory = robust.memory();
    if (keep) how.checkpoint = path;
    how.seconds_between = 1e9;
    StudyContext context;
    int steps = 0;
    context.interrupted = [&] { return stop_after > 0 && ++steps > stop_after; };
    try {
      Trainer(*net, d, config, how).run(context, step);
    } catch (const Error& e) {
      EXPECT_EQ(&e.kind(), &experiment_interrupted);
    }
    return net;
  };
  const auto whole = train(false, 0);
  train(true, 5);
  const auto resumed = train(true, 0);
  const auto a = whole->parameters(), b = resumed->parameters();
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_TRUE(torch::equal(a[i], b[i])) << i;
  std::filesystem::remove(path);
}

TEST(RobustTraining, ClimbsToItsRateOverTheFirstHalf) {
  const auto owner = make_network("digits_cnn", {});
  Model& net = *owner;
  ModelConfig m = rquant_model();
  m.train_error = 0.02;
  m.variant = RobustVariant::curricular;
  const RobustTraining robust(net, m, 1.75, 1, 1000);
  EXPECT_NEAR(robust.rate_at(0), 0.001, 1e-12);
  EXPECT_LT(robust.rate_at(400), 0.02);
  EXPECT_NEAR(robust.rate_at(500), 0.02, 1e-12);
  EXPECT_NEAR(robust.rate_at(999), 0.02, 1e-12);
}

TEST(RobustTraining, KeepsParametersWithinTheClip) {
  const auto owner = make_network("digits_cnn", {});
  Model& net = *owner;
  clip(net, 0.05);
  for (const at::Tensor& p : net.parameters()) EXPECT_LE(p.abs().max().item<double>(), 0.05 + 1e-7);
}

TEST(RobustError, LeavesTheNetworkAsItWas) {
  const auto owner = make_network("digits_cnn", {});
  Model& net = *owner;
  const data::Dataset d = digits();
  const at::Tensor before = net.named_parameters()["logits.weight"].detach().clone();
  const ChipErrors e = errors_on(net, rquant_model(), d, 3, uniform_errors(0.05, 1));
  EXPECT_EQ(e.error.size(), 3u);
  EXPECT_GT(e.mean_flips, 0);
  EXPECT_TRUE(torch::equal(before, net.named_parameters()["logits.weight"]));
}

}  // namespace
}  // namespace mantissa::workloads
