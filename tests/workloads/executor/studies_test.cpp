// SPDX-License-Identifier: Apache-2.0
// The shipped studies, run as the program runs them, shortened.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/config/document.h"
#include "workloads/study/experiment.h"

namespace mantissa::workloads {
namespace {

const std::string configs = std::string(MANTISSA_SOURCE_DIR) + "/configs/";

StudyContext context() {
  StudyContext c;
  c.chip = [](const std::string& arch, const std::vector<std::string>& overrides) {
    const auto config =
        config::load<arch::ArchConfig>(
            configs + "arch/" + arch + ".yaml", config::preset_folders({configs + "arch"}),
            overrides, {{"memory.dram", config::preset_folders({configs + "memory"}), "dram"}})
            .value;
    return StudyChip{config,
                     power::Technology::load(configs + "tech/" + config.technology.name + ".yaml")};
  };
  return c;
}

StudyResult run(const std::string& name, const std::vector<std::string>& overrides) {
  const Study study = load_study(configs + "studies/" + name + ".yaml", {}, overrides);
  const Experiment* e = experiment(study.config.experiment);
  EXPECT_NE(e, nullptr) << study.config.experiment;
  StudyContext c = context();
  return e->run(study.parameters, c);
}

double ours(const StudyResult& r, const std::string& what) {
  for (const Comparison& c : r.comparisons) {
    if (c.what == what) return c.ours;
  }
  ADD_FAILURE() << what;
  return -1;
}

// RTL is left to the program's own tests: it takes Verilator.
TEST(WholeLoop, GivesTheExecutorsLogitsBitForBitAndRecognisesDigits) {
  const StudyResult r = run("whole_loop", {"rtl=false"});
  EXPECT_TRUE(r.passed);
  EXPECT_LT(ours(r, "test error, fp32"), 5);
  EXPECT_LT(ours(r, "test error, int8"), 6);
  ASSERT_EQ(r.tables.at(0).name, "logits");
  EXPECT_EQ(std::get<std::int64_t>(r.tables[0].rows.at(0).at(1)), 10);
  EXPECT_EQ(std::get<std::int64_t>(r.tables[0].rows.at(0).at(2)), 0);
  EXPECT_GT(ours(r, "cycles of one inference"), 1000);
}

TEST(WholeLoop, RefusesASampleThatIsNotThere) {
  EXPECT_THROW(run("whole_loop", {"sample=100000"}), Error);
}

TEST(Randbet, RunsEndToEndOnDigits) {
  const StudyResult r =
      run("randbet", {"training.epochs=2", "chips=3", "rates=[0.01, 0.05]", "hardware.chips=2",
                      "hardware.samples=20", "hardware.voltages=[1, 0.8333]"});
  EXPECT_TRUE(r.passed);
  EXPECT_EQ(r.tables.at(0).rows.size(), 13u);
  EXPECT_NEAR(ours(r, "guarantee, n = 10,000, l = 1,000,000, d = 0.01"), 4.1, 0.05);
  EXPECT_NEAR(ours(r, "energy saved at p = 1 %"), 30.2, 0.1);
  EXPECT_NEAR(ours(r, "two or more errors in 64 bits, p = 1 %"), 13.5, 0.1);
}

TEST(Randbet, RefusesAnOrderingOfNetworksThatItDoesNotTrain) {
  try {
    run("randbet", {"profiled=RQUANT 9b"});
    FAIL();
  } catch (const Error& e) {
    EXPECT_THAT(e.message(), ::testing::HasSubstr("RQUANT 8b"));
  }
}

}  // namespace
}  // namespace mantissa::workloads
