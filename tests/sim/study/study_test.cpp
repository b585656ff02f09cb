// SPDX-License-Identifier: Apache-2.0
#include "sim/study/study.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "sim/presets/presets.h"
#include "sim/study/executor_module.h"
#include "sim/study/study_files.h"
#include "sim/study/study_json.h"
#include "tests/sim/study/sample_study.h"

namespace mantissa::sim {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

TEST(Studies, run_by_name_with_overrides) {
  const LoadedStudy study = load_study("voltage", {"maps=2", "cells=1000"});
  EXPECT_EQ(study.experiment->name, "voltage");
  auto context = context_of(study);
  const StudyRun run = run_study(study, context);
  EXPECT_EQ(run.name, "voltage");
  EXPECT_EQ(run.title, "Bit errors and energy of an SRAM below Vmin");
  EXPECT_THAT(run.result.notes.at(0), HasSubstr("2 maps of 1000 cells each, seed 1"));
}

TEST(Studies, resolve_to_a_file_that_says_the_same) {
  const LoadedStudy study = load_study("voltage", {"maps=7"});
  EXPECT_THAT(study.resolved_yaml, HasSubstr("maps: 7"));
  EXPECT_THAT(study.resolved_yaml, HasSubstr("seed: 1"));
  const fs::path file =
      fs::temp_directory_path() / ("mantissa-study-" + std::to_string(getpid()) + ".yaml");
  std::ofstream(file) << study.resolved_yaml;
  EXPECT_EQ(load_study(file.string(), {}).resolved_yaml, study.resolved_yaml);
  fs::remove(file);
}

TEST(Studies, that_are_shipped_have_descriptions) {
  const auto studies = Presets::standard().list(PresetKind::study);
  EXPECT_FALSE(studies.empty());
  for (const auto& study : studies) {
    EXPECT_FALSE(study.description.empty()) << study.name;
    EXPECT_EQ(study.sort, "study") << study.name;
  }
}

TEST(Studies, give_experiments_chips_and_workloads_by_name) {
  const auto context = context_of(load_study("voltage", {}));
  EXPECT_EQ(context.chip("systolic_32x32", {"core.matrix.rows=16"}).arch.core.matrix.rows, 16);
  EXPECT_EQ(context.workload("resnet18", {"batch=2"}).traces.size(), 1u);
  EXPECT_THROW(context.chip("systolic_32x23", {}), Error);
  EXPECT_THROW(context.workload("resnet81", {}), Error);
}

class Executor : public testing::Test {
 protected:
  Executor() { setenv("MANTISSA_EXECUTOR", "/nowhere/libmantissa_executor.so", 1); }
  ~Executor() override { unsetenv("MANTISSA_EXECUTOR"); }
  static const ErrorKind* objection(const std::string& name) {
    try {
      find_experiment(name, {});
      return nullptr;
    } catch (const Error& error) {
      return &error.kind();
    }
  }
};

TEST_F(Executor, is_needed_for_what_is_not_built_in_alone) {
  EXPECT_FALSE(executor_file());
  EXPECT_FALSE(try_load_executor());
  EXPECT_EQ(objection("voltage"), nullptr);
  EXPECT_EQ(objection("voltge"), &workloads::unknown_experiment) << "near to a built-in one";
  EXPECT_EQ(objection("entirely_different"), &no_executor);
}

TEST_F(Executor, that_is_no_library_is_told_by_the_loader) {
  const fs::path file =
      fs::temp_directory_path() / ("mantissa-executor-" + std::to_string(getpid()) + ".so");
  std::ofstream(file) << "not a library";
  setenv("MANTISSA_EXECUTOR", file.c_str(), 1);
  EXPECT_EQ(executor_file(), file);
  EXPECT_EQ(objection("entirely_different"), &broken_executor);
  fs::remove(file);
}

TEST(StudyJson, comes_back_as_it_was) {
  const StudyRun run = sample_study();
  const fs::path file =
      fs::temp_directory_path() / ("mantissa-study-" + std::to_string(getpid()) + ".json");
  std::ofstream(file) << to_json(run).dump(2);
  StudyRun again = read_study_json(file.string());
  again.resolved_yaml = run.resolved_yaml;
  EXPECT_EQ(to_json(again), to_json(run));
  EXPECT_EQ(again.result.tables[0].rows, run.result.tables[0].rows) << "counts stay counts";
  fs::remove(file);
}

TEST(StudyJson, has_null_for_what_is_not_there) {
  const Json json = to_json(sample_study());
  EXPECT_EQ(json["comparisons"][0]["difference"], 0.5 - 0.25);
  EXPECT_TRUE(json["comparisons"][1]["published"].is_null());
  EXPECT_TRUE(json["comparisons"][1]["difference"].is_null());
  EXPECT_TRUE(json["tables"][0]["rows"][1][1].is_null());
  EXPECT_TRUE(json["config"]["parameters"]["maps"].is_number_integer());
  EXPECT_FALSE(json["passed"].get<bool>());
}

TEST(StudyJson, that_is_something_else_is_refused) {
  const fs::path file =
      fs::temp_directory_path() / ("mantissa-study-" + std::to_string(getpid()) + ".json");
  for (const char* text : {"", "{", "{}", "[1]", "{\"study\": 3}"}) {
    std::ofstream(file) << text;
    EXPECT_THROW(read_study_json(file.string()), Error) << text;
  }
  fs::remove(file);
  EXPECT_THROW(read_study_json(file.string()), Error);
}

TEST(StudyCsv, writes_shortest_numbers_and_empty_cells) {
  const StudyRun run = sample_study();
  EXPECT_EQ(comparisons_csv(run.result),
            "what,unit,published,ours,deviation,difference,source,note\n"
            "\"error, 8 bits\",%,0.25,0.5,0.125,0.25,a paper,small <set>\n"
            "speed,1,,0.30000000000000004,,,,\n");
  EXPECT_EQ(table_csv(run.result.tables[0]),
            "voltage [V/Vmin],cells,who\n0.75,-3,\"a \"\"b\"\"\"\n1,,c\n");
}

}  // namespace
}  // namespace mantissa::sim
