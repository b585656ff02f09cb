// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "tests/workloads/executor/digits.h"
#include "workloads/data/config.h"
#include "workloads/data/load.h"
#include "workloads/executor/training/trainer.h"

namespace mantissa::workloads {
namespace {

namespace fs = std::filesystem;

class Training : public ::testing::Test {
 protected:
  void SetUp() override {
    folder = fs::path(::testing::TempDir()) /
             ("training" + std::to_string(::getpid()) +
              ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder);
    fs::create_directories(folder);
    config.epochs = 2;
    config.batch = 128;
  }
  void TearDown() override { fs::remove_all(folder); }

  std::shared_ptr<Model> fresh() { return make_network("digits_mlp", {}); }
  Trainer::Options options(const std::string& identity = "mlp") {
    Trainer::Options o;
    o.identity = identity;
    o.checkpoint = folder / "mlp.ckpt";
    o.seconds_between = 1e9;
    return o;
  }

  fs::path folder;
  data::Dataset dataset = digits();
  TrainingConfig config;
  StudyContext context;
};

bool equal(const torch::nn::Module& a, const torch::nn::Module& b) {
  const auto x = a.parameters(), y = b.parameters();
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (!torch::equal(x[i], y[i])) return false;
  }
  return x.size() == y.size();
}

TEST_F(Training, LearnsTheDigits) {
  config.epochs = 20;
  config.batch = 32;
  const auto net = fresh();
  const double before = error_rate(*net, dataset, dataset.test);
  Trainer(*net, dataset, config, {}).run(context, cross_entropy_step(*net));
  EXPECT_GT(before, 0.7);  // ten classes, guessing
  EXPECT_LT(error_rate(*net, dataset, dataset.test), 0.1);
}

TEST_F(Training, ThatWasStoppedGoesOnToTheSameBits) {
  for (const OptimizerKind kind : {OptimizerKind::sgd, OptimizerKind::adam}) {
    config.optimizer = kind;
    config.rate = kind == OptimizerKind::sgd ? 0.05 : 0.001;
    config.batches = {64, 100};  // mixed sizes
    const auto whole = fresh();
    Trainer(*whole, dataset, config, {}).run(context, cross_entropy_step(*whole));

    const auto parts = fresh();
    int steps = 0;
    context.interrupted = [&] { return ++steps > 20; };
    EXPECT_THROW(
        Trainer(*parts, dataset, config, options()).run(context, cross_entropy_step(*parts)),
        Error);
    EXPECT_FALSE(equal(*whole, *parts));
    const auto resumed = fresh();
    context.interrupted = [] { return false; };
    Trainer(*resumed, dataset, config, options()).run(context, cross_entropy_step(*resumed));
    EXPECT_TRUE(equal(*whole, *resumed));
    fs::remove(folder / "mlp.ckpt");
  }
}

TEST_F(Training, RefusesACheckpointOfAnotherTrainingAndADamagedOne) {
  const auto net = fresh();
  Trainer(*net, dataset, config, options()).run(context, cross_entropy_step(*net));
  try {
    Trainer(*net, dataset, config, options("another")).run(context, cross_entropy_step(*net));
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(&e.kind(), &bad_checkpoint);
    EXPECT_THAT(e.message(), ::testing::HasSubstr("of another training"));
  }
  std::fstream file(folder / "mlp.ckpt", std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(5000);
  file.put('\x7f');
  file.close();
  try {
    Trainer(*net, dataset, config, options()).run(context, cross_entropy_step(*net));
    FAIL();
  } catch (const Error& e) {
    EXPECT_THAT(e.message(), ::testing::HasSubstr("checksum"));
  }
}

TEST_F(Training, StopsAtALossThatIsNoNumberAndKeepsTheCheckpointBefore) {
  auto how = options();
  how.seconds_between = 0;  // after every step
  const auto net = fresh();
  int steps = 0;
  const Step ordinary = cross_entropy_step(*net);
  const auto poisoned = [&](const Batch& b, std::int64_t step) {
    return ++steps == 5 ? std::nan("") : ordinary(b, step);
  };
  try {
    Trainer(*net, dataset, config, how).run(context, poisoned);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(&e.kind(), &diverged);
    EXPECT_THAT(e.message(),
                ::testing::AllOf(::testing::HasSubstr("step 4"), ::testing::HasSubstr("mlp.ckpt")));
  }
  Checkpoint state;
  const auto optimizer = make_optimizer(config, net->parameters());
  EXPECT_TRUE(load(how.checkpoint, "mlp", *net, *optimizer, state));
  EXPECT_EQ(state.step, 4);
}

TEST_F(Training, SaysThatADiskIsFull) {
  auto how = options();
  how.checkpoint = "/dev/full/mlp.ckpt";
  const auto net = fresh();
  try {
    Trainer(*net, dataset, config, how).run(context, cross_entropy_step(*net));
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(&e.kind(), &checkpoint_disk);
  }
}

TEST(TrainingConfig, LowersTheRateAsItsScheduleSays) {
  TrainingConfig c;
  EXPECT_EQ(c.factor(0.39), 1);
  EXPECT_EQ(c.factor(0.4), 0.1);
  EXPECT_EQ(c.factor(0.6), 0.01);
  EXPECT_EQ(c.factor(0.8), 0.001);
  c.schedule = Schedule::cosine;
  EXPECT_NEAR(c.factor(0.5), 0.5, 1e-12);
  c.schedule = Schedule::constant;
  EXPECT_EQ(c.factor(0.99), 1);
  c.batches = {32, 64};
  EXPECT_EQ(c.batch_of(0), 32);
  EXPECT_EQ(c.batch_of(7), 64);
}

}  // namespace
}  // namespace mantissa::workloads
