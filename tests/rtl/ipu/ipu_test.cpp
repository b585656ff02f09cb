// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtl/cosim/cosim.h"
#include "rtl/folders.h"
#include "rtl/ipu/ipu_bench.h"
#include "tests/rtl/scratch_sources.h"

namespace mantissa::rtl {
namespace {

namespace ip = numerics::inner_product;
using Changes = std::vector<std::pair<std::string, std::int64_t>>;

CosimRequest request(const Changes& changes) {
  CosimRequest request;
  request.unit = find_unit("ipu");
  request.parameters = request.unit->defaults();
  for (const auto& [name, value] : changes) request.parameters.at(name) = value;
  request.vectors = 2000;
  return request;
}

TEST(Ipu, equals_the_golden_arithmetic_at_every_corner_of_its_parameters) {
  for (const Changes& changes : std::vector<Changes>{
           {{"Lanes", 1}, {"SoftwarePrecision", 63}, {"Growth", 4}},
           {{"Lanes", 2}, {"Width", 10}, {"Growth", 2}},
           {{"Lanes", 4},
            {"Width", 12},
            {"SoftwarePrecision", 16},
            {"MaskZeros", 0},
            {"Growth", 3}},
           {{"Lanes", 4}, {"Width", 20}, {"FractionWidth", 24}, {"Growth", 0}},
           {{"Lanes", 4}, {"MultiCycle", 0}, {"Growth", 1}},
           {{"Lanes", 8}, {"Width", 38}, {"MultiCycle", 0}, {"Growth", 3}},
           {{"Lanes", 2}, {"Width", 64}, {"FractionWidth", 60}, {"Growth", 32}},
           // MC-SER, MC-IPU8, and digits that nothing fills.
           {{"Lanes", 4}, {"DigitA", 12}, {"DigitB", 1}, {"Width", 20}},
           {{"Lanes", 4}, {"DigitA", 8}, {"DigitB", 8}, {"Width", 24}},
           {{"Lanes", 2}, {"DigitA", 7}, {"DigitB", 5}, {"FractionWidth", 24}},
           // Integers alone, binary16 alone.
           {{"Lanes", 4},
            {"DigitA", 8},
            {"DigitB", 8},
            {"Width", 17},
            {"FractionWidth", 13},
            {"Formats", 1}},
           {{"Lanes", 4}, {"DigitA", 11}, {"DigitB", 11}, {"Width", 52}, {"Formats", 2}}}) {
    const CosimRequest one = request(changes);
    const CosimResult result = cosimulate(one);
    const std::string which = testing::PrintToString(changes);
    EXPECT_FALSE(result.failure) << which;
    EXPECT_EQ(result.commands, result.directed + one.vectors) << which;
    for (std::size_t i = 0; i < result.cases.size(); ++i)
      EXPECT_GT(result.covered[i], 0u) << result.cases[i] << ", " << which;
  }
}

// Cycles of one operation that is followed by no other: those of its iterations, the four stages
// around them, and those in which nothing more may come.
std::uint64_t cycles_alone(std::int64_t kind, std::int64_t seed, const Changes& changes) {
  CosimRequest one = request(changes);
  Stimulus run;
  run.commands = {{3, 1, 1, 0, 0, kind, seed}};
  one.replay = run;
  const CosimResult result = cosimulate(one);
  EXPECT_FALSE(result.failure);
  return result.cycles - 5 - quiet_cycles;
}

// Its cycles and, in binary32, its result.
std::pair<int, float> golden(std::int64_t kind, std::int64_t seed, const Changes& changes) {
  const ip::IpuParameters p = ipu_parameters(request(changes).parameters);
  const auto lanes = static_cast<std::size_t>(p.lanes);
  std::vector<std::uint32_t> a(lanes), b(lanes);
  draw_operands({p.lanes, p.safe_precision(), p.software_precision}, IpuMode::fp16,
                static_cast<OperandKind>(kind), static_cast<std::uint64_t>(seed), a, b);
  ip::Accumulator sum;
  const int cycles =
      ip::golden::accumulate(p, {ip::Format::fp16, ip::Format::fp16}, a.data(), b.data(), sum);
  return {cycles, to_fp32(p, sum)};
}

TEST(Ipu, takes_eighteen_cycles_for_the_walk_through_and_nine_where_one_window_holds_it) {
  const auto walk = static_cast<std::int64_t>(OperandKind::walk_through);
  const Changes narrow = {{"Lanes", 4}, {"Width", 14}}, wide = {{"Lanes", 4}, {"Width", 18}};
  EXPECT_EQ(golden(walk, 0, narrow), std::make_pair(18, 1292.0f));
  EXPECT_EQ(cycles_alone(walk, 0, narrow), 18u);
  // Products 2^10 and 2^2 are 8 apart: 9 safe places hold them, 8 do not.
  EXPECT_EQ(cycles_alone(walk, 0, wide), 9u);
  EXPECT_EQ(cycles_alone(walk, 0, {{"Lanes", 4}, {"Width", 17}}), 18u);
}

TEST(Ipu, has_the_published_worst_cases_of_cycles_per_iteration) {
  struct Row {
    std::int64_t width, single, half;  // cycles, with 28 and with 16 bits of software precision
  };
  for (const Row& row :
       {Row{12, 10, 6}, Row{16, 5, 3}, Row{20, 3, 2}, Row{24, 2, 2}, Row{28, 2, 1}, Row{38, 1, 1}})
    for (const auto& [precision, cycles] : {std::pair{28, row.single}, std::pair{16, row.half}})
      EXPECT_EQ(ipu_parameters(
                    request({{"Width", row.width}, {"SoftwarePrecision", precision}}).parameters)
                    .worst_partitions(),
                cycles)
          << row.width;
}

// Of two lanes the second is just kept.
TEST(Ipu, takes_so_many_cycles_in_rtl_when_a_lane_is_just_kept_and_nine_when_it_is_not) {
  const auto edges = static_cast<std::int64_t>(OperandKind::edges);
  for (const auto& [width, precision, cycles] :
       {std::tuple{12, 28, 10}, std::tuple{16, 16, 3}, std::tuple{38, 28, 1}}) {
    const Changes changes = {{"Lanes", 2}, {"Width", width}, {"SoftwarePrecision", precision}};
    for (const int expected : {9 * cycles, 9}) {
      std::int64_t seed = 0;
      while (seed < 1000 && golden(edges, seed, changes).first != expected) ++seed;
      ASSERT_LT(seed, 1000) << width;
      EXPECT_EQ(cycles_alone(edges, seed, changes), static_cast<std::uint64_t>(expected)) << width;
    }
  }
}

CosimRequest with_source(const std::string& file, const ScratchFolder& folder,
                         const std::function<std::string(const std::string&)>& change) {
  CosimRequest wrong = request({{"Lanes", 2}, {"Growth", 0}});
  bool found = false;
  for (const auto& source : wrong.unit->sources()) {
    const std::string name = source.substr(source.find('/') + 1);
    std::string text = read_text(rtl_folder() + "/" + source);
    if (name == file) text = change(text);
    found = found || name == file;
    write_text(folder.file(name), text);
    wrong.sources.push_back(folder.file(name));
  }
  EXPECT_TRUE(found) << file;
  return wrong;
}

struct Mistake {
  const char* file;
  const char* from;
  const char* to;
};

class IpuWith : public testing::TestWithParam<Mistake> {};

// Negative control of the bench.
TEST_P(IpuWith, a_mistake_in_a_part_is_refused) {
  const Mistake& mistake = GetParam();
  const ScratchFolder folder;
  const CosimResult result =
      cosimulate(with_source(mistake.file, folder, [&](const std::string& text) {
        return replaced(text, mistake.from, mistake.to);
      }));
  ASSERT_TRUE(result.failure);
  EXPECT_LE(result.failure->run.commands.size(), 4u);
}

INSTANTIATE_TEST_SUITE_P(
    Any, IpuWith,
    testing::Values(
        Mistake{"ipu_decode.sv", "normal ? exponent : 5'd1", "exponent"},
        Mistake{"ipu_digits.sv", "{top_i && bits[Digit-1], bits}", "{bits[Digit-1], bits}"},
        Mistake{"ipu_multipliers.sv", "assign a       = a_i[k*(DigitA+1) +: DigitA+1]",
                "assign a       = {1'b0, a_i[k*(DigitA+1) +: DigitA]}"},
        Mistake{"ipu_special.sv", "(infinite_a_i & zero_b_i)", "(infinite_a_i & infinite_b_i)"},
        Mistake{"ipu_ehu.sv", "masked_i & {Lanes{MaskZeros != 0}}", "masked_i & {Lanes{1'b0}}"},
        Mistake{"ipu_ehu.sv", "distance <= W'(SoftwarePrecision)",
                "distance < W'(SoftwarePrecision)"},
        Mistake{"ipu_serve.sv", "left[W-1:0] >= W'(SafePrecision)",
                "left[W-1:0] > W'(SafePrecision)"},
        Mistake{"ipu_align.sv", "wide >>> local_i", "wide >> local_i"},
        Mistake{"ipu_tree.sv", "{y[W-1], y}", "{1'b0, y}"},
        Mistake{"ipu_sequencer.sv", "j_d = top_of_b(mode_i)", "j_d = IndexB'(1)"},
        Mistake{"ipu_auxiliary.sv", "+ 8'(distance_i)", "+ 8'd0"},
        Mistake{"ipu_accumulator.sv", "sum >>> give_way", "sum >> give_way"},
        Mistake{"ipu_accumulator.sv", "(!clear_i && overflow_q) || overflow", "overflow"},
        Mistake{"ipu_round.sv", "(half[2] || half[0])", "(1'b1 || half[0])"},
        Mistake{"ipu_round.sv", "(normal[Rest32] ||", "(1'b1 ||"},
        Mistake{"ipu_round.sv", "toward_zero_i ? 15'h7BFF", "toward_zero_i ? 15'h7C00"},
        Mistake{"ipu.sv", "control_products_q[3] && fresh_q", "control_products_q[3]"},
        Mistake{"ipu.sv", "moves   = !complete_q || !valid_q || ready_i", "moves   = 1'b1"},
        Mistake{"ipu.sv", "valid_q     <= 1'b0", "valid_q     <= 1'b1"}),
    [](const auto& info) {
      const std::string file = info.param.file;
      return file.substr(0, file.find('.')) + "_" + std::to_string(info.index);
    });

TEST(Ipu, that_shifts_toward_zero_is_caught_and_shrunk_to_one_operation) {
  const ScratchFolder folder;
  CosimRequest wrong = with_source("ipu_align.sv", folder, [](const std::string&) {
    return read_text(MANTISSA_SOURCE_DIR "/tests/rtl/ipu/truncates_toward_zero/ipu_align.sv");
  });
  wrong.parameters["MultiCycle"] = 0;
  wrong.parameters["Width"] = 12;
  const CosimResult result = cosimulate(wrong);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->outcome.mismatch.port, "sum_o");
  ASSERT_EQ(result.failure->run.commands.size(), 1u);
  // Where a window holds the whole product there is nothing to cut: the same operation is right in
  // a wide one, and in one that serves each lane in a cycle of its own.
  wrong.replay = result.failure->run;
  wrong.parameters["Width"] = 38;
  EXPECT_FALSE(cosimulate(wrong).failure);
  wrong.parameters["Width"] = 12;
  wrong.parameters["MultiCycle"] = 1;
  EXPECT_FALSE(cosimulate(wrong).failure);
}

TEST(Ipu, objects_to_lanes_that_no_tree_of_pairs_adds_up) {
  const Unit* unit = find_unit("ipu");
  EXPECT_EQ(unit->objection(unit->defaults()), "");
  EXPECT_EQ(unit->objection(request({{"Lanes", 64}}).parameters), "");
  EXPECT_THAT(unit->objection(request({{"Lanes", 12}}).parameters),
              testing::HasSubstr("1, 2, 4, 8, 16, 32 or 64"));
}

TEST(Ipu, objects_to_windows_that_hold_no_product) {
  const Unit* unit = find_unit("ipu");
  const auto objection = [&](const Changes& changes) {
    return unit->objection(request(changes).parameters);
  };
  EXPECT_EQ(objection({{"Width", 10}}), "");
  EXPECT_THAT(objection({{"Width", 9}}), testing::HasSubstr("at least 10"));
  EXPECT_EQ(objection({{"Width", 9}, {"MultiCycle", 0}}), "");
  EXPECT_EQ(objection({{"Width", 9}, {"Formats", 1}}), "");
  EXPECT_EQ(objection({{"Width", 18}, {"DigitA", 8}, {"DigitB", 8}}), "");
  EXPECT_THAT(objection({{"Width", 17}, {"DigitA", 8}, {"DigitB", 8}}),
              testing::HasSubstr("a product of 8 by 8 bits"));
  EXPECT_EQ(objection({{"FractionWidth", 13}, {"Formats", 1}}), "");
  EXPECT_THAT(objection({{"FractionWidth", 23}}), testing::HasSubstr("at least 24"));
}

}  // namespace
}  // namespace mantissa::rtl
