// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "rtl/cosim/cosim.h"
#include "rtl/folders.h"
#include "rtl/proof/prover.h"
#include "rtl/synthesis/synthesis.h"
#include "tests/rtl/scratch_sources.h"

namespace mantissa::rtl {
namespace {

Parameters with(const Parameters& changes) {
  Parameters all = find_unit("vsq")->defaults();
  for (const auto& [name, value] : changes) all.at(name) = value;
  return all;
}

// W/A/WS/AS bits as the paper names datapaths; 0: no scales.
Parameters datapath(int w, int a, int ws, int as, Parameters more = {}) {
  more["WeightWidth"] = w, more["ActivationWidth"] = a;
  more["WeightScaleWidth"] = ws, more["ActivationScaleWidth"] = as;
  return with(more);
}

CosimRequest request(const Parameters& parameters) {
  CosimRequest request;
  request.unit = find_unit("vsq");
  request.parameters = parameters;
  return request;
}

class VsqDatapath : public testing::TestWithParam<std::pair<std::string, Parameters>> {};

TEST_P(VsqDatapath, equals_the_golden_arithmetic_and_sees_every_case) {
  CosimRequest some = request(GetParam().second);
  some.vectors = 4000;
  const CosimResult result = cosimulate(some);
  ASSERT_FALSE(result.failure);
  for (std::size_t i = 0; i < result.cases.size(); ++i)
    EXPECT_GT(result.covered[i], 0u) << result.cases[i];
}

INSTANTIATE_TEST_SUITE_P(
    Units, VsqDatapath,
    testing::Values(
        std::make_pair("rounded_to_6", datapath(4, 4, 4, 4, {{"ProductWidth", 6}})),
        std::make_pair("rounded_to_1_wraps",
                       datapath(4, 4, 4, 4, {{"ProductWidth", 1}, {"Saturate", 0}})),
        std::make_pair("bert", datapath(4, 8, 6, 10, {{"AccumulatorWidth", 40}})),
        std::make_pair("unsigned_rounded",
                       datapath(3, 8, 6, 10, {{"ActivationSigned", 0}, {"ProductWidth", 8}})),
        std::make_pair("baseline", datapath(8, 8, 0, 0)),
        std::make_pair("one_scale", datapath(4, 5, 0, 4, {{"ProductWidth", 2}})),
        std::make_pair("one_element",
                       datapath(2, 2, 1, 1, {{"VectorLength", 1}, {"ProductWidth", 1}})),
        std::make_pair("odd_length_in_a_narrow_sum",
                       datapath(4, 4, 4, 4, {{"VectorLength", 7}, {"AccumulatorWidth", 9}}))),
    [](const auto& info) { return info.param.first; });

TEST(Vsq, is_refused_with_a_mistake_in_any_of_its_parts) {
  struct Mistake {
    const char* file;
    const char* from;
    const char* to;
    std::int64_t product_width;
  };
  for (const Mistake& mistake : std::vector<Mistake>{
           {"vsq_product.sv", "assign w = w_i;", "assign w = {1'b0, w_i[WeightWidth-2:0]};", 0},
           {"vsq_dot.sv", "sum     = sum + DotWidth'(product);",
            "if (i != VectorLength - 1) sum = sum + DotWidth'(product);", 0},
           {"vsq_scale.sv", "p[Width] ? {Width{1'b1}} : p[Width-1:0]", "p[Width-1:0]", 2},
           {"vsq_scale.sv", "(FullWidth+1)'(1) << (Shift - 1)", "(FullWidth+1)'(0)", 4},
           {"vsq_accumulate.sv", "assign p    = {1'b0, p_i};", "assign p    = {p_i[0], p_i};", 0},
           {"vsq_accumulate.sv", "{sum[SumWidth-1], {(Width-1)", "{1'b0, {(Width-1)", 0},
           {"vsq_accumulate.sv", "assign overflow_o = !fits;", "assign overflow_o = 1'b0;", 0},
           {"vsq.sv", "valid_i && (p != ScalePort'(0))", "valid_i", 0},
           {"vsq.sv", "open_dot_q ? sum : so_far;", "sum;", 0},
           {"vsq.sv", "valid_dot_q && !open_dot_q;", "!open_dot_q;", 0},
           {"vsq.sv", "if (enters) p_operands_q <= p;", "if (valid_i) p_operands_q <= p + 1;",
            0}}) {
    CosimRequest wrong = request(with({{"ProductWidth", mistake.product_width}}));
    wrong.vectors = 2000;
    const WrongUnit broken(wrong.unit->name(), mistake.file, mistake.from, mistake.to);
    wrong.sources = broken.sources();
    const CosimResult result = cosimulate(wrong);
    ASSERT_TRUE(result.failure) << mistake.to;
    EXPECT_LE(result.failure->run.commands.size(), 60u) << mistake.to;
  }
}

// Gating is about what does not switch, which no output shows: the proof sees it, stage by stage.
TEST(Vsq, whose_gate_leaks_anywhere_is_refuted) {
  const Unit& unit = *find_unit("vsq");
  const auto proofs = unit.proofs(unit.defaults());
  const auto gate =
      std::find_if(proofs.begin(), proofs.end(), [](const Proof& p) { return p.name == "gate"; });
  ASSERT_NE(gate, proofs.end());
  ProverOptions options;
  options.folder = MANTISSA_SOURCE_DIR "/rtl";
  for (const auto& [from, to] : std::vector<std::pair<const char*, const char*>>{
           {"if (enters) begin", "if (valid_i) begin"},
           {"if (open_operands_q) dot_q <= dot;", "dot_q <= dot ^ DotWidth'(p);"},
           {"if (open_operands_q) p_dot_q <= p_operands_q;", "p_dot_q <= p;"},
           {"open_dot_q ? sum : so_far;", "sum;"}}) {
    Proof proof = *gate;
    proof.mutation = {"vsq/vsq.sv", from, to, to};
    EXPECT_EQ(name(prove(proof, options).verdict), std::string("proved")) << to;
  }
}

TEST(Vsq, refuses_more_bits_of_product_than_there_are) {
  const Unit& unit = *find_unit("vsq");
  EXPECT_EQ(unit.objection(with({{"ProductWidth", 8}})), "");
  EXPECT_THAT(unit.objection(with({{"ProductWidth", 9}})), testing::HasSubstr("at most"));
}

// The datapath without the registers of its stages, which the facts do not count.
double datapath_area(const Parameters& parameters) {
  SynthesisRequest request;
  request.unit = find_unit("vsq");
  request.parameters = parameters;
  request.folder = MANTISSA_SOURCE_DIR "/rtl";
  request.vectors = 50;
  const Synthesis s = synthesise(request);
  double area = 0;
  for (const Block& block : s.blocks)
    if (!block.name.empty()) area += block.area;
  return area;
}

// Check 5 of the facts: V = 16, osu018, one multiplier a block. ABC's results for the same block
// under another name differ by a few per cent, hence 0.025 of the baseline's area.
TEST(Vsq, DISABLED_has_the_areas_of_the_facts_relative_to_8_bits_long) {
  const double baseline = datapath_area(datapath(8, 8, 0, 0));
  EXPECT_NEAR(baseline, 417'244, 0.02 * 417'244);
  struct Row {
    const char* name;
    Parameters parameters;
    double facts;
  };
  double before = 1;
  for (const Row& row :
       std::vector<Row>{{"4/8", datapath(4, 8, 0, 0), .473},
                        {"4/4/4/4", datapath(4, 4, 4, 4), .367},
                        {"4/4/4/4 R=6", datapath(4, 4, 4, 4, {{"ProductWidth", 6}}), .350},
                        {"4/4/4/4 R=4", datapath(4, 4, 4, 4, {{"ProductWidth", 4}}), .328},
                        {"4/4", datapath(4, 4, 0, 0), .288}}) {
    const double relative = datapath_area(row.parameters) / baseline;
    std::printf("%-12s %.3f, facts %.3f\n", row.name, relative, row.facts);
    EXPECT_NEAR(relative, row.facts, 0.025) << row.name;
    EXPECT_LT(relative, before) << row.name;
    before = relative;
  }
}

}  // namespace
}  // namespace mantissa::rtl
