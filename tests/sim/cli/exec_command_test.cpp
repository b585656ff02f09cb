// SPDX-License-Identifier: Apache-2.0
// `mantissa exec` from inside, with an experiment of the test's own, and from outside.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "sim/store/csv.h"
#include "sim/store/results.h"
#include "tests/sim/cli/in_process.h"
#include "workloads/study/experiment.h"

namespace mantissa::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

struct RowsConfig {
  std::int64_t rows = 3;
  bool passes = true, keeps = false, intervals = true;
  static const config::Schema<RowsConfig>& schema() {
    static const auto s = config::Schema<RowsConfig>("A table of as many rows.")
                              .optional("rows", &RowsConfig::rows, "How many.")
                              .optional("passes", &RowsConfig::passes, "Whether its check holds.")
                              .optional("keeps", &RowsConfig::keeps, "Whether it counts its runs.")
                              .optional("intervals", &RowsConfig::intervals, "Of its figures.");
    return s;
  }
};

workloads::StudyResult rows_of(const RowsConfig& config, workloads::StudyContext& context) {
  workloads::StudyResult result;
  workloads::ResultTable table{"numbers", "Numbers", {{"n", ""}, {"half", "m"}}, {}};
  for (std::int64_t i = 0; i < config.rows; ++i)
    table.rows.push_back({i, static_cast<double>(i) / 2});
  result.tables.push_back(table);
  result.comparisons = {{"one", "m", 1.0, 1.5, 0.25, "a paper", "a note"},
                        {"two", "m", 2.0, 2.0, std::nullopt, "a paper", ""},
                        {"three", "m", std::nullopt, 3.0, std::nullopt, "", ""}};
  if (!config.intervals) result.comparisons[0].deviation.reset();
  result.passed = config.passes;
  if (!config.passes) result.warnings.emplace_back("it does not hold");
  if (config.keeps) {
    std::ofstream(context.directory / "runs", std::ios::app) << "run\n";
    result.notes.push_back(std::to_string(fs::file_size(context.directory / "runs") / 4) + " runs");
  }
  return result;
}

const workloads::ExperimentRegistration<RowsConfig> registration("rows", rows_of);

Outcome exec(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "exec");
  return run(arguments);
}

class Exec : public testing::Test {
 protected:
  Exec() {
    std::string pattern = (fs::temp_directory_path() / "mantissa-exec-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
    std::ofstream(study()) << "version: 1\nkind: study\nexperiment: rows\ntitle: Some rows\n";
  }
  ~Exec() override { fs::remove_all(root_); }
  std::string at(const std::string& name) const { return (root_ / name).string(); }
  std::string study() const { return at("count.yaml"); }
  std::string text(const std::string& name) const {
    std::ostringstream out;
    out << std::ifstream(root_ / name).rdbuf();
    return out.str();
  }
  fs::path root_;
};

TEST_F(Exec, prints_published_ours_and_difference_with_sources_below) {
  const auto outcome = exec({study()});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out, HasSubstr("Some rows   experiment rows\n"));
  EXPECT_THAT(outcome.out, HasSubstr("one    m             1   1.5  0.25        +0.5  [1][2]\n"));
  EXPECT_THAT(outcome.out, HasSubstr("two    m             2     2                +0  [1]\n"));
  EXPECT_THAT(outcome.out, HasSubstr("three  m             -     3\n"));
  EXPECT_THAT(outcome.out, HasSubstr("\n  [1] a paper\n  [2] a note\n"));
  EXPECT_THAT(outcome.out, HasSubstr("\nNumbers\n  n  half [m]\n"));
}

TEST_F(Exec, has_a_column_of_intervals_where_a_figure_has_one) {
  EXPECT_THAT(exec({study()}).out, HasSubstr("  +-  "));
  const auto without = exec({study(), "--set", "intervals=false"});
  EXPECT_THAT(without.out, HasSubstr("one    m             1   1.5        +0.5  [1][2]\n"));
  EXPECT_THAT(without.out, Not(HasSubstr("  +-  ")));
}

TEST_F(Exec, cuts_tables_of_more_than_60_rows_and_says_where_the_rest_is) {
  EXPECT_THAT(exec({study(), "--set", "rows=60"}).out, Not(HasSubstr("more rows")));
  const auto cut = exec({study(), "--set", "rows=61"});
  EXPECT_THAT(cut.out, HasSubstr("\n  59      29.5\n"));
  EXPECT_THAT(cut.out, Not(HasSubstr("\n  60        30\n")));
  EXPECT_THAT(cut.out, HasSubstr("and 1 more rows with --json, or in a CSV file with -o DIR"));
  EXPECT_THAT(exec({study(), "--set", "rows=61", "-o", at("out")}).out,
              HasSubstr("and 1 more rows in " + at("out/numbers.csv")));
}

TEST_F(Exec, ends_with_1_when_a_check_of_the_experiment_fails) {
  const auto outcome = exec({study(), "--set", "passes=false"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, HasSubstr("A check of the experiment failed."));
  EXPECT_EQ(outcome.err, "warning: it does not hold\n");
  EXPECT_EQ(exec({study(), "--set", "passes=false", "-o", at("out")}).code, 1);
  EXPECT_TRUE(fs::exists(at("out/study.json"))) << "what failed is kept, too";
}

TEST_F(Exec, prints_one_json_object_with_everything) {
  const auto outcome = exec({study(), "--json", "--set", "rows=40"});
  const auto json = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(json["study"], "count");
  EXPECT_EQ(json["tables"][0]["rows"].size(), 40u);
  EXPECT_EQ(json["config"]["parameters"]["rows"], 40);
  EXPECT_EQ(json["comparisons"][0]["difference"], 0.5);
}

TEST_F(Exec, leaves_tables_and_a_store_behind) {
  ASSERT_EQ(exec({study(), "-o", at("out")}).code, 0);
  EXPECT_EQ(text("out/numbers.csv"), "n,half [m]\n0,0\n1,0.5\n2,1\n");
  EXPECT_EQ(store::read_csv(text("out/comparisons.csv"), "c").size(), 4u);
  EXPECT_EQ(nlohmann::json::parse(text("out/study.json"))["title"], "Some rows");
  const std::string dump = store::Results::read(at("out/results.sqlite")).dump();
  EXPECT_THAT(dump, HasSubstr("study_values: 'count','numbers',1,1,'half','m',0.5\n"));
  EXPECT_EQ(exec({at("out/study.yaml"), "-o", at("again")}).code, 0) << "it is a study file";
  EXPECT_EQ(text("again/study.yaml"), text("out/study.yaml"));
  EXPECT_EQ(text("again/study.json"), text("out/study.json"));
}

TEST_F(Exec, keeps_the_folder_of_checkpoints_and_what_other_parameters_gave) {
  EXPECT_THAT(exec({study(), "--set", "keeps=true", "-o", at("out")}).out, HasSubstr("1 runs"));
  EXPECT_THAT(exec({study(), "--set", "keeps=true", "-o", at("out")}).out, HasSubstr("2 runs"));
  const std::string numbers = text("out/numbers.csv");
  const auto other = exec({study(), "--set", "rows=1", "-o", at("out")});
  EXPECT_EQ(other.code, 2);
  EXPECT_THAT(other.err, HasSubstr("results of this study with other parameters"));
  EXPECT_EQ(text("out/numbers.csv"), numbers);
  EXPECT_EQ(text("out/work/runs"), "run\nrun\n");
  ASSERT_EQ(exec({study(), "--set", "rows=1", "-o", at("another")}).code, 0);
  EXPECT_EQ(text("another/numbers.csv"), "n,half [m]\n0,0\n") << "and these parameters matter";
}

TEST_F(Exec, refuses_folders_of_others_before_the_study_is_run) {
  fs::create_directory(at("mine"));
  std::ofstream(at("mine/notes.txt")) << "mine";
  const auto foreign = exec({study(), "-o", at("mine")});
  EXPECT_EQ(foreign.code, 2);
  EXPECT_THAT(foreign.err, HasSubstr("no results of 'mantissa exec count'"));
  EXPECT_EQ(foreign.out, "");
  ASSERT_EQ(exec({study(), "-o", at("out")}).code, 0);
  EXPECT_EQ(exec({study(), "--set", "name=other", "-o", at("out")}).code, 2) << "another study";
  EXPECT_EQ(exec({study(), "-o", "/proc/out"}).code, 4);
}

TEST_F(Exec, says_when_no_trace_was_recorded) {
  EXPECT_THAT(exec({study(), "--trace", at("a")}).err, HasSubstr("records no trace"));
  EXPECT_EQ(exec({study(), "--trace", at("none/a")}).code, 4);
}

class ExecBinary : public Exec {
 protected:
  const std::string program_ = std::string(MANTISSA_BINARY_DIR) + "/mantissa";
  int run(const std::string& arguments) const {
    const int status = std::system(
        ("'" + program_ + "' " + arguments + " >" + at("stdout") + " 2>" + at("stderr")).c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
};

TEST_F(ExecBinary, draws_figures_and_reports_on_them) {
  ASSERT_EQ(run("exec voltage --set maps=2 --set cells=65536 -o " + at("out")), 0)
      << text("stderr");
  EXPECT_THAT(text("stdout"), HasSubstr("energy of an access at 0.750 Vmin"));
  for (const char* file : {"error_rate.svg", "error_rate.png", "energy.svg", "energy.png"})
    EXPECT_GT(fs::file_size(root_ / "out/plots" / file), 1000u) << file;
  ASSERT_EQ(run("report " + at("out")), 0) << text("stderr");
  EXPECT_THAT(text("out/report.html"), HasSubstr("<section id=\"studies\">"));
}

TEST_F(ExecBinary, prints_the_same_bytes_twice) {
  ASSERT_EQ(run("exec voltage --set maps=2 --set cells=65536 --json"), 0);
  const std::string first = text("stdout");
  ASSERT_EQ(run("exec voltage --set maps=2 --set cells=65536 --json"), 0);
  EXPECT_EQ(text("stdout"), first);
}

TEST_F(ExecBinary, is_told_by_list_explain_and_validate) {
  ASSERT_EQ(run("list studies --names"), 0);
  EXPECT_THAT(text("stdout"), HasSubstr("voltage\n"));
  ASSERT_EQ(run("list experiments"), 0);
  EXPECT_THAT(text("stdout"), HasSubstr("seven supply voltages"));
  ASSERT_EQ(run("explain voltage.maps"), 0);
  EXPECT_THAT(text("stdout"), HasSubstr("parameter of an experiment"));
  ASSERT_EQ(run("explain voltage"), 0);
  EXPECT_THAT(text("stdout"), HasSubstr("cells"));
  ASSERT_EQ(run("validate '" MANTISSA_SOURCE_DIR "/configs/studies/voltage.yaml'"), 0);
  EXPECT_THAT(text("stdout"), HasSubstr("study: valid"));
}

TEST_F(ExecBinary, loads_the_executor_and_looks_again) {
  if (!fs::exists(std::string(MANTISSA_BINARY_DIR) + "/libmantissa_executor.so"))
    GTEST_SKIP() << "built without libtorch";
  std::ofstream(at("x.yaml")) << "version: 1\nexperiment: entirely_different\n";
  EXPECT_EQ(run("exec " + at("x.yaml")), 3);
  EXPECT_THAT(text("stderr"), HasSubstr("[study.experiment]"));
}

TEST_F(ExecBinary, runs_experiments_of_a_module_that_is_loaded_when_asked_for) {
  setenv("MANTISSA_EXECUTOR", MANTISSA_BINARY_DIR "/tests/libgreeting_module.so", 1);
  std::ofstream(at("x.yaml")) << "version: 1\nexperiment: greeting\n";
  EXPECT_EQ(run("exec " + at("x.yaml") + " --set whom=Ada"), 0) << text("stderr");
  EXPECT_THAT(text("stdout"), HasSubstr("hello Ada"));
  EXPECT_EQ(run("exec " + at("x.yaml") + " --set who=Ada"), 3);
  EXPECT_THAT(text("stderr"), HasSubstr("did you mean 'whom'?"));
  EXPECT_EQ(run("exec " + at("x.yaml") + " --set whom=nobody"), 4)
      << "its errors are the program's";
  EXPECT_THAT(text("stderr"), HasSubstr("nothing is kept without -o"));
  EXPECT_EQ(run("explain greeting.whom"), 0) << text("stderr");
  EXPECT_THAT(text("stdout"), HasSubstr("stops, as at Ctrl-C"));
  EXPECT_EQ(run("list experiments --names"), 0);
  EXPECT_EQ(text("stdout"), "greeting\nipu\nmicrorec\nvoltage\n");
  unsetenv("MANTISSA_EXECUTOR");
  EXPECT_EQ(run("exec voltage --set maps=1 --set cells=10"), 0) << "needs none";
}

TEST_F(ExecBinary, stops_at_ctrl_c_and_goes_on_in_the_same_folder) {
  const std::string directory = at("out");
  const pid_t child = fork();
  if (child == 0) {
    if (!freopen(at("stdout").c_str(), "w", stdout) || !freopen(at("stderr").c_str(), "w", stderr))
      _exit(1);
    execl(program_.c_str(), program_.c_str(), "exec", "voltage", "--set", "maps=10000", "-o",
          directory.c_str(), static_cast<char*>(nullptr));
    _exit(1);
  }
  for (int i = 0; i < 500 && !fs::exists(at("out/work")); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  kill(child, SIGINT);
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 130);
  EXPECT_THAT(text("stderr"), HasSubstr("the same command goes on from there"));
  EXPECT_FALSE(fs::exists(at("out/study.json")));
  EXPECT_EQ(run("exec voltage --set maps=2 -o " + directory), 0) << text("stderr");
  EXPECT_TRUE(fs::exists(at("out/study.json")));
}

}  // namespace
}  // namespace mantissa::cli
