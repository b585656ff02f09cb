// SPDX-License-Identifier: Apache-2.0
#include "sim/run/result_files.h"

#include <gtest/gtest.h>

#include <sstream>

#include "sim/store/csv.h"
#include "tests/sim/run/sample_run.h"

namespace mantissa::sim {
namespace {

std::vector<std::string> lines(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

TEST(LayersCsv, has_a_row_per_layer_and_reads_back) {
  const auto rows = store::read_csv(layers_csv(sample_result()), "layers.csv");
  ASSERT_EQ(rows.size(), 3u);
  for (const auto& row : rows) EXPECT_EQ(row.size(), rows[0].size());
  EXPECT_EQ(rows[0][0], "layer");
  EXPECT_EQ(rows[1][0], "fc,\"1\"");
  EXPECT_EQ(rows[1][7], "158");
  EXPECT_EQ(std::stod(rows[1][10]), sample_result().layers[0].utilization);
}

TEST(EnergyCsv, shows_count_price_and_source_of_every_row) {
  const auto rows = store::read_csv(energy_csv(sample_result().power), "energy.csv");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1],
            (std::vector<std::string>{"matrix", "mac_array", "mac", "65536", "16384", "0.25", "pJ",
                                      "45", "0.9", "published", "a table, printed", "as printed"}));
}

TEST(AreaCsv, shows_instances_price_and_source_of_every_row) {
  const auto rows = store::read_csv(area_csv(sample_result().power), "area.csv");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[1][2], "2");
  EXPECT_EQ(rows[1][3], "2000000");
  EXPECT_EQ(rows[0].size(), rows[1].size());
}

TEST(StatsText, is_framed_as_gem5_frames_it_and_every_row_has_a_description_and_a_unit) {
  const auto text = lines(stats_text(sample_point(), sample_result()));
  EXPECT_EQ(text[0], "");
  EXPECT_EQ(text[1], "---------- Begin Simulation Statistics ----------");
  EXPECT_EQ(text.back(), "---------- End Simulation Statistics   ----------");
  std::size_t rows = 0;
  for (std::size_t i = 2; i + 1 < text.size(); ++i) {
    if (text[i].empty()) continue;
    ++rows;
    std::istringstream in(text[i]);
    std::string name, value, hash;
    in >> name >> value >> hash;
    EXPECT_EQ(hash, "#") << text[i];
    EXPECT_NO_THROW(std::stod(value)) << text[i];
    EXPECT_EQ(text[i].back(), ')') << text[i];
  }
  EXPECT_GT(rows, 40u);
}

TEST(StatsText, holds_the_cycles_of_the_run) {
  bool found = false;
  for (const auto& line : lines(stats_text(sample_point(), sample_result()))) {
    std::istringstream in(line);
    std::string name, value;
    in >> name >> value;
    found = found || (name == "cycles" && value == "1000");
  }
  EXPECT_TRUE(found);
}

TEST(ComputeReport, has_the_columns_and_the_trailing_comma_of_the_tool) {
  const auto text = lines(compute_report_csv(sample_point(), sample_result(), Timeline()));
  EXPECT_EQ(text[0],
            "LayerID, Total Cycles (incl. prefetch), Total Cycles, Stall Cycles, Overall Util %, "
            "Mapping Efficiency %, Compute Util %,");
  // Layers of the vector unit are none of that tool's.
  ASSERT_EQ(text.size(), 2u);
  EXPECT_EQ(text[1].back(), ',');
}

TEST(ComputeReport, counts_what_comes_before_the_first_fold_as_prefetch) {
  Timeline timeline;
  timeline.slice({0, "matrix", "fold", 0, Cycles(100), Cycles(164)});
  const auto text = lines(compute_report_csv(sample_point(), sample_result(), timeline));
  // 900 cycles in all, 800 from the first fold on, 158 of them computing; the array is full while
  // busy: 65536 = 1024 x 64.
  EXPECT_EQ(text[1], "0, 900, 800, 642, 8.000000, 100.000000, 40.506329,");
}

}  // namespace
}  // namespace mantissa::sim
