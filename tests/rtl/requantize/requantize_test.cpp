// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "rtl/cosim/cosim.h"
#include "rtl/cosim/reproducer.h"
#include "rtl/folders.h"
#include "rtl/verilate/sources.h"
#include "tests/rtl/scratch_sources.h"

namespace mantissa::rtl {
namespace {

CosimRequest request(std::int64_t lanes = 4, std::int64_t width = 8) {
  CosimRequest request;
  request.unit = find_unit("requantize");
  request.parameters = {{"Lanes", lanes}, {"OutputWidth", width}};
  return request;
}

TEST(Requantize, equals_the_golden_arithmetic_at_every_corner_of_its_parameters) {
  for (const auto& [lanes, width] :
       std::vector<std::pair<int, int>>{{4, 8}, {1, 2}, {3, 16}, {16, 4}}) {
    const CosimResult result = cosimulate(request(lanes, width));
    EXPECT_FALSE(result.failure) << lanes << " lanes of " << width << " bits";
    EXPECT_EQ(result.commands, result.directed + 10'000);
    for (std::size_t i = 0; i < result.cases.size(); ++i)
      EXPECT_GT(result.covered[i], 0u) << result.cases[i] << ", " << lanes << " x " << width;
  }
}

// A mistake in each part is found: negative control of the bench.
TEST(Requantize, is_refused_with_a_mistake_in_any_of_its_parts) {
  struct Mistake {
    const char* file;
    const char* from;
    const char* to;
  };
  for (const Mistake& mistake : std::vector<Mistake>{
           {"requantize_round.sv", "half && (more || floor[0])", "half && more"},
           {"requantize_round.sv", "half && (more || floor[0])", "half"},
           {"requantize_round.sv", "more || half || (", "more || ("},
           {"requantize_round.sv", "{rounded[Width], {", "{1'b0, {"},
           {"requantize_lane.sv", "ProductWidth'(multiplier);", "ProductWidth'(multiplier[30:1]);"},
           {"requantize_lane.sv", "shifted < (NearWidth+1)'(low_i)",
            "shifted <= (NearWidth+1)'(low_i) - 2"},
           {"requantize_lane.sv", "NearWidth = OutputWidth + 2", "NearWidth = OutputWidth"},
           {"requantize.sv", "(relu_i && (low < zero_point))", "relu_i"},
           {"requantize.sv", "moves   = !valid_q || ready_i", "moves   = 1'b1"},
           {"requantize.sv", "valid_q         <= 1'b0", "valid_q         <= 1'b1"},
           {"requantize.sv", "zero_point_rounded_q <= zero_point_product_q",
            "zero_point_rounded_q <= zero_point"}}) {
    CosimRequest wrong = request();
    wrong.vectors = 2000;
    const WrongUnit broken(wrong.unit->name(), mistake.file, mistake.from, mistake.to);
    wrong.sources = broken.sources();
    const CosimResult result = cosimulate(wrong);
    ASSERT_TRUE(result.failure) << mistake.to;
    EXPECT_LE(result.failure->run.commands.size(), 4u) << mistake.to;
    EXPECT_LE(result.failure->outcome.cycles, 50u) << mistake.to;
  }
}

TEST(OwnRtl, of_the_example_equals_the_model_though_it_is_written_otherwise) {
  for (const std::int64_t lanes : {1, 4}) {
    CosimRequest own = request(lanes);
    own.sources = sources_of_folder(MANTISSA_SOURCE_DIR "/examples/own_rtl");
    own.top = "my_requantizer";
    const CosimResult result = cosimulate(own);
    EXPECT_FALSE(result.failure);
    EXPECT_EQ(std::count(result.covered.begin(), result.covered.end(), 0), 0);
  }
}

TEST(OwnRtl, that_rounds_halves_up_is_caught_and_shrunk_to_one_tie) {
  CosimRequest wrong = request();
  wrong.sources = sources_of_folder(MANTISSA_SOURCE_DIR "/tests/rtl/requantize/rounds_half_up");
  const CosimResult result = cosimulate(wrong);
  ASSERT_TRUE(result.failure);
  const Failure& failure = *result.failure;
  EXPECT_EQ(failure.outcome.mismatch.port, "data_o");
  ASSERT_EQ(failure.run.commands.size(), 1u);
  EXPECT_LE(failure.outcome.cycles, 4u);
  // 1 * 1 / 2^1 is the smallest tie there is.
  EXPECT_EQ(failure.run.commands[0][2], 1) << "shift";

  // The file that is left shows the same again, and nothing with the right RTL.
  const ScratchFolder folder;
  write_text(folder.file("c.yaml"), reproducer_text(*wrong.unit, {wrong.parameters, failure.run}));
  wrong.replay = read_reproducer(*wrong.unit, folder.file("c.yaml")).run;
  const CosimResult again = cosimulate(wrong);
  ASSERT_TRUE(again.failure);
  EXPECT_EQ(again.failure->outcome.cycles, failure.outcome.cycles);
  EXPECT_EQ(again.failure->outcome.mismatch.found, failure.outcome.mismatch.found);
  CosimRequest right = request();
  right.replay = wrong.replay;
  EXPECT_FALSE(cosimulate(right).failure);
}

}  // namespace
}  // namespace mantissa::rtl
