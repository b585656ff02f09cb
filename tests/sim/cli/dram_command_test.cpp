// SPDX-License-Identifier: Apache-2.0
// `mantissa dram` from inside: every shipped DRAM runs both example traces, and what is printed
// says how the memory was set, where its time went and what every figure means.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/config/parameter_info.h"
#include "memory/dram/config.h"
#include "sim/json/dram_json.h"
#include "sim/presets/presets.h"
#include "tests/sim/cli/in_process.h"

namespace mantissa::cli {
namespace {

const std::string examples = std::string(MANTISSA_SOURCE_DIR) + "/examples/";

TEST(DramCommand, runs_both_example_traces_on_every_shipped_dram) {
  const auto presets = sim::Presets::standard().list(sim::PresetKind::dram);
  EXPECT_GE(presets.size(), 10u);
  for (const auto& preset : presets)
    for (const char* trace : {"memory_dramsim3.trc", "memory_ramulator.trc"}) {
      const auto outcome = run({"dram", preset.name, examples + trace});
      EXPECT_EQ(outcome.code, 0) << preset.name << ": " << outcome.err;
      EXPECT_EQ(outcome.err, "") << preset.name;
      EXPECT_EQ(run({"validate", preset.path.string()}).code, 0) << preset.name;
    }
}

TEST(DramCommand, says_in_every_report_how_the_memory_is_set) {
  const auto text = run({"dram", "ddr4_2400", examples + "memory_dramsim3.trc"}).out;
  for (const char* part :
       {"1 channel x 2 ranks x 4 bank groups x 4 banks x 65,536 rows of 8 KiB; 16 GiB",
        "row-channel-rank-bank-bankgroup-column", "32 reads and 32 writes a channel", "8 for each",
        "fr_fcfs, open page", "tCK 0.8333 ns", "19.2 GB/s", "bound by", "Scope:", "Source:",
        "PHY and controller of the host", "99.9 %", "from acceptance into the queue"})
    EXPECT_TRUE(holds(text, part)) << part << "\n" << text;
}

TEST(DramCommand, prints_shares_of_the_bus_that_add_to_100_percent) {
  std::istringstream lines(run({"dram", "hbm2_8gb_x128", examples + "memory_dramsim3.trc"}).out);
  double sum = 0, total = 0;
  int rows = 0;
  std::string line;
  while (std::getline(lines, line) && !holds(line, "Where the data bus")) {
  }
  while (std::getline(lines, line) && total == 0) {
    std::istringstream words(line);
    std::string name, cycles;
    double share = 0;
    words >> name >> cycles >> share;
    (name == "total" ? total : sum) += share;
    ++rows;
  }
  EXPECT_EQ(total, 100);
  EXPECT_GT(rows, 3);
  EXPECT_NEAR(sum, 100, .05 * rows) << "shares are rounded to a tenth";
}

TEST(DramCommand, prints_one_json_object_and_nothing_else) {
  const auto outcome = run({"dram", "u280_hbm", examples + "memory_dramsim3.trc", "--json"});
  EXPECT_EQ(outcome.err, "");
  const auto json = sim::Json::parse(outcome.out);
  EXPECT_EQ(json["memory"], "u280_hbm");
  EXPECT_EQ(json["trace"]["requests"], 8);
  EXPECT_EQ(json["config"]["controller"]["mapping"], "channel-row-rank-bank-column-bankgroup");
}

TEST(DramCommand, obeys_set_and_bytes) {
  const auto json =
      sim::Json::parse(run({"dram", "hbm2_2000_pc", examples + "memory_ramulator.trc", "--bytes",
                            "64 B", "--set", "controller.page_policy=closed", "--json"})
                           .out);
  EXPECT_EQ(json["bursts"], 16);
  EXPECT_EQ(json["trace"]["request_bytes"], 64);
  EXPECT_EQ(json["commands"]["RD"], 0);  // every one closes its row
  EXPECT_GT(json["commands"]["RDA"], 0);
}

TEST(DramCommand, prints_the_timing_rules_without_a_trace) {
  const auto outcome = run({"dram", "hbm2_8gb_x128", "--timing", "--set", "timing.FAW=31"});
  EXPECT_EQ(outcome.code, 0);
  for (const char* part : {"tFAW", "ACT (4th last)", "31", "tRCD(rd)", "CWL + burst + tWTR_L"})
    EXPECT_TRUE(holds(outcome.out, part)) << part;
}

TEST(DramCommand, warns_of_addresses_beyond_the_capacity) {
  const auto outcome = run({"dram", "hbm2_8gb_x128", examples + "memory_dramsim3.trc", "--set",
                            "organization.rows=256"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_TRUE(holds(outcome.err, "warning: 1 of 8 requests lie beyond the 4 MiB")) << outcome.err;
}

TEST(DramCommand, writes_a_folder_of_results) {
  std::string pattern = (std::filesystem::temp_directory_path() / "mantissa-dram-XXXXXX").string();
  const std::filesystem::path root = mkdtemp(pattern.data());
  const auto out = root / "out";
  const auto outcome = run({"dram", "lpddr4_3200", examples + "memory_dramsim3.trc", "-o",
                            out.string(), "--commands", (root / "commands.txt").string()});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  for (const char* file : {"result.json", "summary.txt", "config.yaml"})
    EXPECT_GT(std::filesystem::file_size(out / file), 100u) << file;
  EXPECT_GT(std::filesystem::file_size(root / "commands.txt"), 100u);
  // The saved configuration is one that can be run again.
  EXPECT_EQ(run({"dram", (out / "config.yaml").string(), examples + "memory_dramsim3.trc"}).code,
            0);
  std::filesystem::remove_all(root);
}

TEST(DramCommand, has_every_parameter_and_field_explained) {
  const auto parameters = memory::dram::DramConfig::schema().parameters();
  for (const auto& [path, info] : config::flatten(parameters)) {
    EXPECT_EQ(run({"explain", "dram." + path}).code, 0) << path;
    EXPECT_FALSE(info->doc.empty()) << path;
  }
  for (const auto& field : sim::dram_fields())
    EXPECT_EQ(run({"explain", std::string("dram_result.") + field.path}).code, 0) << field.path;
  const auto section = run({"explain", "dram.controller"}).out;
  for (const char* part : {"mapping", "bank_queue", "page_policy", "write_high"})
    EXPECT_TRUE(holds(section, part)) << part;
}

TEST(ListMemories, names_every_dram_with_a_description) {
  const auto outcome = run({"list", "memories"});
  for (const char* name : {"hbm2_8gb_x128", "ddr4_2400", "u280_hbm", "lpddr5_6400"})
    EXPECT_TRUE(holds(outcome.out, name)) << name;
  EXPECT_TRUE(holds(outcome.out, "two ranks of 8 Gb x8 devices"));
}

}  // namespace
}  // namespace mantissa::cli
