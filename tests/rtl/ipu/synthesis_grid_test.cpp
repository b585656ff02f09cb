// SPDX-License-Identifier: Apache-2.0
// The stored synthesis results of the inner-product unit over its window, beside the published
// savings. tests/rtl/synthesis holds them against the sources.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <map>

namespace mantissa::rtl {
namespace {

constexpr int widths[] = {12, 16, 20, 24, 28, 38};
constexpr int baseline = 38;

// um2 by block; "" is all of it.
std::map<std::string, double> areas(int lanes, int width) {
  const YAML::Node result =
      YAML::LoadFile(MANTISSA_SOURCE_DIR "/rtl/ipu/grid/lanes" + std::to_string(lanes) + "_width" +
                     std::to_string(width) + "/synthesis.yaml");
  EXPECT_EQ(result["parameters"]["Lanes"].as<int>(), lanes);
  EXPECT_EQ(result["parameters"]["Width"].as<int>(), width);
  std::map<std::string, double> all;
  all[""] = result["area_um2"].as<double>();
  for (const auto& block : result["blocks"])
    all[block["name"].as<std::string>()] = block["area_um2"].as<double>();
  return all;
}

// What every unit has of its own: multipliers, shifters, tree and accumulator. Exponents are
// handled for several units at once, operand and result registers are buffers of the tile, and
// rounding happens once per sum.
double datapath(const std::map<std::string, double>& areas) {
  double sum = 0;
  for (const char* block : {"u_digits_a", "u_digits_b", "u_multipliers", "u_align", "u_tree",
                            "u_auxiliary", "u_accumulator"})
    sum += areas.at(block);
  return sum;
}

double saving(int lanes, int width) {
  return 1 - datapath(areas(lanes, width)) / datapath(areas(lanes, baseline));
}

TEST(IpuGrid, area_grows_with_the_window_as_a_whole_and_in_tree_and_shifters) {
  for (const int lanes : {8, 16}) {
    std::map<std::string, double> before;
    for (const int width : widths) {
      const auto now = areas(lanes, width);
      if (!before.empty()) {
        for (const char* block : {"", "u_tree", "u_align"})
          EXPECT_GT(now.at(block), before.at(block)) << lanes << " lanes, " << width << block;
        EXPECT_GT(datapath(now), datapath(before)) << lanes << " lanes, " << width;
      }
      before = now;
    }
  }
}

// But for what ABC makes of the same gates.
TEST(IpuGrid, multipliers_know_nothing_of_the_window) {
  for (const int lanes : {8, 16})
    for (const int width : widths)
      EXPECT_NEAR(
          areas(lanes, width).at("u_multipliers") / areas(lanes, baseline).at("u_multipliers"), 1,
          0.06);
}

// 7 nm there, of a whole tile; 180 nm here, of the datapath.
TEST(IpuGrid, savings_lie_within_a_factor_of_two_of_the_published_ones) {
  struct Published {
    int lanes, width;
    double saving;
  };
  for (const Published& p : {Published{8, 28, 0.17}, Published{16, 28, 0.15},
                             Published{8, 12, 0.39}, Published{16, 12, 0.39}}) {
    const double ours = saving(p.lanes, p.width);
    EXPECT_GT(ours, p.saving / 2) << p.lanes << " lanes, " << p.width << " bits";
    EXPECT_LT(ours, p.saving * 2) << p.lanes << " lanes, " << p.width << " bits";
  }
}

// Twice the lanes take twice the multipliers and shifters, and one accumulator as before. ABC maps
// the same multipliers to 10 % less area where there are eight of them than where sixteen.
TEST(IpuGrid, lanes_double_what_is_there_per_lane) {
  for (const int width : widths) {
    const auto eight = areas(8, width), sixteen = areas(16, width);
    EXPECT_NEAR(sixteen.at("u_multipliers") / eight.at("u_multipliers"), 2, 0.25);
    EXPECT_NEAR(sixteen.at("u_align") / eight.at("u_align"), 2, 0.2);
    EXPECT_LT(sixteen.at("u_accumulator") / eight.at("u_accumulator"), 1.2);
  }
}

}  // namespace
}  // namespace mantissa::rtl
