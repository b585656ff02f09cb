// SPDX-License-Identifier: Apache-2.0
// `mantissa data` from inside: what it lists, what it verifies, how it ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "tests/sim/cli/in_process.h"
#include "workloads/data/catalogue.h"
#include "workloads/data/config.h"

namespace mantissa::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

// Searches an empty folder, whatever the machine has.
class DataCommand : public testing::Test {
 protected:
  DataCommand() {
    std::string pattern = (fs::temp_directory_path() / "mantissa-data-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    if (const char* before = std::getenv("MANTISSA_DATA")) before_ = before;
    setenv("MANTISSA_DATA", folder_.c_str(), 1);
  }
  ~DataCommand() override {
    before_ ? setenv("MANTISSA_DATA", before_->c_str(), 1) : unsetenv("MANTISSA_DATA");
    fs::remove_all(folder_);
  }
  Outcome run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "data");
    return cli::run(arguments);
  }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }

  fs::path folder_;
  std::optional<std::string> before_;
};

TEST_F(DataCommand, lists_every_set_with_its_state_and_where_it_is_had_from) {
  const auto outcome = run({});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.err, "");
  for (const auto& set : data::known_sets()) {
    EXPECT_THAT(outcome.out, HasSubstr("\n" + std::string(set.name)));
    if (set.id == data::Known::digits) continue;  // a package may have brought it
    EXPECT_THAT(outcome.out, HasSubstr(set.address));
  }
  for (const char* name : {"gaussians", "stripes", "linear_teacher"})
    EXPECT_THAT(outcome.out, HasSubstr(name));
  EXPECT_THAT(outcome.out, HasSubstr("Searched: " + folder_.string() + "."));
}

TEST_F(DataCommand, says_everything_about_one_that_is_missing) {
  const auto outcome = run({"mnist"});
  EXPECT_EQ(outcome.code, 0);
  for (const std::string& part :
       {std::string("70,000, of which 10,000 for testing"), (folder_ / "MNIST/raw").string(),
        std::string("f68b3c2dcbeaaa9fbdd348bbdeb94873"),
        std::string("http://yann.lecun.com/exdb/mnist/")})
    EXPECT_THAT(outcome.out, HasSubstr(part));
}

TEST_F(DataCommand, verifying_a_missing_set_fails_and_verifying_all_does_not) {
  EXPECT_EQ(run({"cifar10"}).code, 0);
  const auto one = run({"cifar10", "--verify"});
  EXPECT_EQ(one.code, 3);
  EXPECT_EQ(one.out, "");
  EXPECT_THAT(one.err, HasSubstr("[data.missing]"));
  EXPECT_EQ(run({"--verify"}).code, 0);
}

TEST_F(DataCommand, verifying_all_fails_for_one_that_is_damaged) {
  write("cifar-100-binary.tar.gz", "damaged");
  EXPECT_EQ(run({}).code, 0);
  const auto outcome = run({"--verify"});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("damaged"));
  EXPECT_THAT(outcome.err, HasSubstr("cifar-100-binary.tar.gz: error: "));
  EXPECT_THAT(outcome.err, HasSubstr("[data.checksum]"));
}

TEST_F(DataCommand, reads_a_set_that_a_file_describes) {
  write("a.csv", "1,b\n2,a\n3,b\n4,a\n5,b\n6,b\n");
  const std::string file = write("set.yaml", "version: 1\ndata: {format: csv, path: a.csv}\n");
  EXPECT_THAT(run({file}).out, HasSubstr("not yet read"));
  const auto outcome = run({file, "--verify"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("6, of which 1 for testing"));
  EXPECT_THAT(outcome.out, HasSubstr("2: a, b"));
  EXPECT_THAT(outcome.out, HasSubstr("no checksum"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("not yet read")));
}

TEST_F(DataCommand, as_json_holds_what_the_table_says) {
  const auto outcome = run({"--json"});
  ASSERT_EQ(outcome.code, 0);
  const json all = json::parse(outcome.out);
  EXPECT_EQ(all["searched"], json::array({folder_.string()}));
  EXPECT_EQ(all["datasets"].size(), config::EnumNames<data::Known>::names().size() - 1);
  for (const auto& set : all["datasets"]) {
    EXPECT_GT(set["train_samples"].get<int>(), 0);
    EXPECT_FALSE(set["summary"].get<std::string>().empty());
    const bool generated = set["state"] == "generated";
    EXPECT_EQ(set["bayes_error"].is_null(), !generated);
    EXPECT_EQ(set["files"].empty(), generated);
  }
  EXPECT_EQ(run({"--json"}).out, outcome.out);
}

TEST_F(DataCommand, as_json_gives_the_bayes_error_and_the_counts_of_a_generated_set) {
  const std::string file =
      write("set.yaml", "version: 1\ndata: {name: linear_teacher, noise: 0.25, samples: 100}\n");
  const json set = json::parse(run({file, "--verify", "--json"}).out)["datasets"][0];
  EXPECT_EQ(set["bayes_error"], 0.25);
  EXPECT_EQ(set["train_samples"].get<int>() + set["test_samples"].get<int>(), 100);
  const auto counts = set["train_samples_by_class"].get<std::vector<int>>();
  EXPECT_EQ(counts[0] + counts[1], set["train_samples"].get<int>());
}

TEST_F(DataCommand, completes_the_names_of_the_sets) {
  std::ostringstream out, err;
  Console console(out, err, false, false, false);
  ASSERT_EQ(run_program({"completion", "bash"}, console), 0);
  EXPECT_THAT(out.str(), HasSubstr("words=\"digits mnist fashion_mnist cifar10 cifar100 "));
}

}  // namespace
}  // namespace mantissa::cli
