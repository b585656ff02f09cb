// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "rtl/cosim/cosim.h"
#include "rtl/folders.h"
#include "tests/rtl/scratch_sources.h"

namespace mantissa::rtl {
namespace {

CosimRequest request(const Parameters& changes) {
  CosimRequest request;
  request.unit = find_unit("vsq_ppu");
  request.parameters = request.unit->defaults();
  for (const auto& [name, value] : changes) request.parameters.at(name) = value;
  request.vectors = 2000;
  return request;
}

TEST(VsqPpu, equals_the_golden_arithmetic_at_corners_of_its_parameters) {
  for (const Parameters& changes : std::vector<Parameters>{
           {{"VectorLength", 3}, {"OutputWidth", 8}, {"ScaleWidth", 6}, {"FractionBits", 0}},
           {{"VectorLength", 2}, {"OutputSigned", 0}, {"AccumulatorWidth", 40}},
           {{"VectorLength", 5}, {"OutputWidth", 3}, {"ScaleWidth", 2}, {"FractionBits", 6}},
           {{"VectorLength", 4}, {"ScaleFirst", 0}},
           {{"VectorLength", 3}, {"ScaleFirst", 0}, {"OutputSigned", 0}, {"OutputWidth", 8}},
           {{"VectorLength", 2}, {"ScaleFirst", 0}, {"OutputWidth", 3}, {"FractionBits", 0}}}) {
    const CosimResult result = cosimulate(request(changes));
    ASSERT_FALSE(result.failure);
    for (std::size_t i = 0; i < result.cases.size(); ++i)
      EXPECT_GT(result.covered[i], 0u) << result.cases[i];
  }
}

TEST(VsqPpu, is_refused_with_a_mistake_in_any_of_its_parts) {
  struct Mistake {
    const char* file;
    const char* from;
    const char* to;
    int scale_first = 1;
  };
  for (const Mistake& mistake : std::vector<Mistake>{
           {"vsq_ppu_divide.sv", "!(tie && !halves[1])", "1'b1"},
           {"vsq_ppu_divide.sv", "(rounded > (HalvesWidth+1)'(greatest_i)) ? greatest_i",
            "1'b0 ? greatest_i"},
           {"vsq_ppu_reciprocal.sv", "+ d - 1) / d", ") / d"},
           {"vsq_ppu_lane.sv", "sum < -most", "1'b0"},
           {"vsq_ppu_lane.sv", "floor_i && sum", "sum"},
           {"vsq_ppu.sv", "step < VectorLength; i", "step < VectorLength - 1; i"},
           {"vsq_ppu.sv", "values_scale_q <= values_max_q;", "values_scale_q <= values;"},
           {"vsq_ppu.sv", "values_scale_q <= values_max_q;", "values_scale_q <= values;", 0},
           {"vsq_ppu.sv", "largest_scale_q <= largest_q;",
            "largest_scale_q <= tree[MagnitudeWidth-1:0];", 0},
           {"vsq_ppu_ratio.sv", "((rest_second != ValueWidth'(0)) || halves[1])", "1'b1", 0},
           {"vsq_ppu_ratio.sv", "? ValueWidth'(1) : largest_i", "? ValueWidth'(0) : largest_i", 0},
           {"vsq_ppu_long_division.sv", "rest = less[Width+1] ? part[Width-1:0] :", "rest =", 0}}) {
    CosimRequest wrong = request({{"VectorLength", 4}, {"ScaleFirst", mistake.scale_first}});
    const WrongUnit broken(wrong.unit->name(), mistake.file, mistake.from, mistake.to);
    wrong.sources = broken.sources();
    const CosimResult result = cosimulate(wrong);
    ASSERT_TRUE(result.failure) << mistake.to;
    EXPECT_LE(result.failure->run.commands.size(), 4u) << mistake.to;
  }
}

}  // namespace
}  // namespace mantissa::rtl
