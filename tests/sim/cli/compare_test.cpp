// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/compare.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/sim/run/sample_run.h"

namespace mantissa::cli {
namespace {

const Difference* find(const std::vector<Difference>& list, const std::string& path) {
  for (const auto& item : list)
    if (item.path == path) return &item;
  return nullptr;
}

TEST(Compare, finds_nothing_between_a_result_and_itself) {
  const auto json = sim::to_json(sim::sample_point(), sim::sample_result());
  const auto found = compare(json, json);
  EXPECT_TRUE(found.configuration.empty());
  EXPECT_TRUE(found.layers.empty());
  for (const auto& item : found.figures) EXPECT_EQ(item.before, item.after) << item.path;
}

TEST(Compare, finds_changed_new_and_removed_parameters) {
  auto point = sim::sample_point();
  const auto before = sim::to_json(point, sim::sample_result());
  point.resolved_yaml = "architecture:\n  name: sample\n  chips: 2\n  extra: x\n";
  const auto found = compare(before, sim::to_json(point, sim::sample_result()));
  ASSERT_EQ(found.configuration.size(), 3u);
  EXPECT_EQ(find(found.configuration, "architecture.chips")->after, 2);
  EXPECT_EQ(find(found.configuration, "workload.batch")->after, nullptr);
  EXPECT_EQ(find(found.configuration, "architecture.extra")->before, nullptr);
}

TEST(Compare, finds_a_layer_that_takes_one_cycle_more) {
  auto result = sim::sample_result();
  const auto before = sim::to_json(sim::sample_point(), result);
  result.layers[1].start = Cycles(799);
  const auto found = compare(before, sim::to_json(sim::sample_point(), result));
  ASSERT_EQ(found.layers.size(), 1u);
  EXPECT_EQ(found.layers[0].path, "core 0 act");
  EXPECT_EQ(found.layers[0].before, 200);
  EXPECT_EQ(found.layers[0].after, 201);
}

class ResultFile : public testing::Test {
 protected:
  ~ResultFile() override { std::filesystem::remove(path_); }
  std::string message(const std::string& text) {
    std::ofstream(path_) << text;
    try {
      read_result(path_);
    } catch (const Error& error) {
      EXPECT_STREQ(error.kind().id(), bad_result.id());
      return error.message();
    }
    return "read";
  }
  std::string path_ = (std::filesystem::temp_directory_path() /
                       ("mantissa-result-" + std::to_string(getpid()) + ".json"))
                          .string();
};

TEST_F(ResultFile, reads_what_a_run_prints) {
  auto json = sim::to_json(sim::sample_point(), sim::sample_result());
  EXPECT_EQ(message(json.dump(2)), "read");
}

TEST_F(ResultFile, refuses_what_is_no_result_and_says_why) {
  auto json = sim::to_json(sim::sample_point(), sim::sample_result());
  EXPECT_NE(message("{\"a\": ").find("not JSON at byte offset"), std::string::npos);
  EXPECT_NE(message("{}").find("no 'schema_version'"), std::string::npos);
  EXPECT_NE(message("[1]").find("no 'schema_version'"), std::string::npos);
  auto other = json;
  other["schema_version"] = 2;
  EXPECT_NE(message(other.dump()).find("schema_version is 2"), std::string::npos);
  other = json;
  other.erase("stalls");
  EXPECT_NE(message(other.dump()).find("a field is missing"), std::string::npos);
  other = json;
  other["layers"][0]["start"] = "soon";
  EXPECT_NE(message(other.dump()).find("another type"), std::string::npos);
}

TEST_F(ResultFile, refuses_a_file_that_is_not_there) {
  EXPECT_THROW(read_result("/nonexistent/result.json"), Error);
}

}  // namespace
}  // namespace mantissa::cli
