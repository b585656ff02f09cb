// SPDX-License-Identifier: Apache-2.0
// What holds for every unit: its proofs close and can fail, and its netlist does what its model
// does.
#include <gtest/gtest.h>

#include <filesystem>

#include "rtl/proof/prover.h"
#include "rtl/synthesis/synthesis.h"
#include "rtl/tool.h"
#include "rtl/unit.h"

namespace mantissa::rtl {
namespace {

const std::string sources = MANTISSA_SOURCE_DIR "/rtl";

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const Unit* unit : units()) all.push_back(unit->name());
  return all;
}

class EveryUnit : public testing::TestWithParam<std::string> {
 protected:
  const Unit& unit() const { return *find_unit(GetParam()); }
};

TEST_P(EveryUnit, keeps_what_it_claims_and_its_mutants_do_not) {
  ProverOptions options;
  options.folder = sources;
  options.limit = 240;
  const auto proofs = unit().proofs(unit().defaults());
  EXPECT_FALSE(proofs.empty());
  for (const Proof& proof : proofs)
    EXPECT_EQ(name(prove(proof, options).verdict), std::string("proved")) << proof.name;
}

INSTANTIATE_TEST_SUITE_P(Units, EveryUnit, testing::ValuesIn(names()),
                         [](const auto& info) { return info.param; });

// Small enough to be synthesised in a second or two.
struct Small {
  std::string unit;
  Parameters parameters;
  // A change of the sources that the bench must find.
  std::string file, original, changed;
};

class SmallUnit : public testing::TestWithParam<Small> {
 protected:
  SynthesisRequest request() const {
    SynthesisRequest request;
    request.unit = find_unit(GetParam().unit);
    request.parameters = request.unit->defaults();
    for (const auto& [name, value] : GetParam().parameters) request.parameters.at(name) = value;
    request.folder = sources;
    request.vectors = 300;
    return request;
  }
};

TEST_P(SmallUnit, has_a_netlist_equal_to_its_model) {
  const Synthesis s = synthesise(request());
  EXPECT_GT(s.actions, 0u);
  EXPECT_GT(s.netlist.commands, 300u) << "the directed ones as well";
  EXPECT_EQ(s.rtl.commands, s.netlist.commands);
  EXPECT_EQ(s.rtl.cycles, s.netlist.cycles);
  EXPECT_GT(s.per_action.total(), 0);
  const auto operations = request().unit->bench(s.parameters)->operations();
  ASSERT_EQ(s.operations.size(), operations.size());
  std::map<std::string, double> energy;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    EXPECT_EQ(s.operations[i].name, operations[i]);
    EXPECT_GT(s.operations[i].actions, 0u);
    energy[operations[i]] = s.operations[i].per_action.total();
    EXPECT_GT(energy[operations[i]], 0) << operations[i];
  }
  // Operands are isolated: a multiplier that is not used does not toggle.
  if (energy.count("mul") != 0) {
    EXPECT_GT(energy["mul"], 1.5 * energy["where"]);
  }
}

TEST_P(SmallUnit, with_a_mistake_in_its_sources_is_found_out) {
  const ScratchFolder scratch;
  std::filesystem::copy(sources, scratch.path(), std::filesystem::copy_options::recursive);
  const std::string path = scratch.file(GetParam().file);
  std::string text = read_text(path);
  const auto at = text.find(GetParam().original);
  ASSERT_NE(at, std::string::npos);
  ASSERT_EQ(text.find(GetParam().original, at + 1), std::string::npos);
  write_text(path, text.replace(at, GetParam().original.size(), GetParam().changed));
  SynthesisRequest wrong = request();
  wrong.folder = scratch.path();
  try {
    synthesise(wrong);
    FAIL() << "its netlist passed for that of the unit";
  } catch (const Error& e) {
    EXPECT_EQ(&e.kind(), &netlist_differs) << e.message();
  }
}

INSTANTIATE_TEST_SUITE_P(
    Units, SmallUnit,
    testing::Values(
        Small{"accumulator",
              {{"Rows", 2}, {"Columns", 1}, {"Banks", 1}},
              "accumulator/accumulator_add.sv",
              "!first_i && (old",
              "(old"},
        Small{"dma_agu",
              {{"AddressWidth", 10}, {"CountWidth", 4}},
              "dma_agu/dma_agu.sv",
              "x_q <= x_q + {2'b00, dilation_x_q}",
              "x_q <= column_x_q + {2'b00, dilation_x_q}"},
        Small{"embedding_lookup",
              {{"ElementWidth", 4},
               {"PortWidth", 4},
               {"Words", 2},
               {"AddressWidth", 17},
               {"RowWidth", 8}},
              "embedding_lookup/embedding_lookup.sv",
              "takes && (at_q == words - WordsWidth'(1))",
              "takes && (at_q == words)"},
        Small{"ipu",
              {{"Lanes", 2}, {"Width", 12}, {"FractionWidth", 24}, {"Growth", 0}},
              "ipu/ipu_accumulator.sv",
              "(max_i > exponent)",
              "(max_i != W'(0))"},
        Small{"mac", {{"Format", 1}}, "common/fp32_pkg.sv", "(shifted[SumRest+1] ||", "(1'b1 ||"},
        Small{"pe_group",
              {{"ElementWidth", 4}, {"Lanes", 1}, {"Words", 2}, {"Fraction", 2}},
              "pe_group/pe_group.sv",
              "first_q    <= step_q == StepWidth'(0)",
              "first_q    <= 1'b0"},
        Small{"requantize",
              {{"Lanes", 1}, {"OutputWidth", 4}},
              "requantize/requantize_round.sv",
              "half && (more || floor[0])",
              "half"},
        Small{"sram", {{"Words", 2}}, "sram/secded_decode.sv", "check ^ word_i[71:64]", "check"},
        Small{"systolic",
              {{"Rows", 2}, {"Columns", 2}, {"Dataflow", 0}},
              "systolic/systolic_ws.sv",
              "if (first[r+c-1]) weight_q",
              "if (first[r+c]) weight_q"},
        Small{"systolic",
              {{"Rows", 2}, {"Columns", 2}, {"Dataflow", 1}},
              "systolic/systolic_os.sv",
              "first[r+c] ? '0 : sum_q",
              "sum_q"},
        Small{"vector_alu",
              {{"Lanes", 1}, {"Latency", 1}},
              "vector_alu/vector_alu_lane.sv",
              "overflow_o = sum[32] != sum[31]",
              "overflow_o = sum[32]"},
        Small{"vsq",
              {{"VectorLength", 2}, {"ProductWidth", 2}, {"AccumulatorWidth", 12}},
              "vsq/vsq_scale.sv",
              "p[Width] ? {Width{1'b1}} : p[Width-1:0]",
              "p[Width-1:0]"},
        Small{"vsq_ppu",
              {{"VectorLength", 2}, {"AccumulatorWidth", 16}, {"OutputWidth", 3}},
              "vsq_ppu/vsq_ppu_divide.sv",
              "!(tie && !halves[1])",
              "1'b1"},
        Small{
            "vsq_ppu",
            {{"VectorLength", 2}, {"AccumulatorWidth", 16}, {"OutputWidth", 3}, {"ScaleFirst", 0}},
            "vsq_ppu/vsq_ppu_ratio.sv",
            "((rest_second != ValueWidth'(0)) || halves[1])",
            "1'b1"}),
    [](const auto& info) {
      std::string text = info.param.unit;
      for (const auto& [name, value] : info.param.parameters)
        text += "_" + name + std::to_string(value);
      return text;
    });

}  // namespace
}  // namespace mantissa::rtl
