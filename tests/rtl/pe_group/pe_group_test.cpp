// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "rtl/cosim/unit_in_chip.h"
#include "rtl/folders.h"
#include "rtl/unit.h"
#include "tests/rtl/scratch_sources.h"

namespace mantissa::rtl {
namespace {

CosimRequest request(const Parameters& parameters = {}) {
  CosimRequest request;
  request.unit = find_unit("pe_group");
  request.parameters = request.unit->defaults();
  for (const auto& [name, value] : parameters) request.parameters.at(name) = value;
  return request;
}

TEST(PeGroup, equals_the_golden_arithmetic_at_every_corner_of_its_parameters) {
  for (const Parameters& parameters : std::vector<Parameters>{{},
                                                              {{"ElementWidth", 8},
                                                               {"Lanes", 1},
                                                               {"Words", 2},
                                                               {"Rows", 1},
                                                               {"Pes", 1},
                                                               {"Fraction", 0},
                                                               {"Saturate", 0}},
                                                              {{"ElementWidth", 32},
                                                               {"Lanes", 4},
                                                               {"Words", 16},
                                                               {"Rows", 3},
                                                               {"Pes", 4},
                                                               {"Gather", 2},
                                                               {"Fraction", 16}}}) {
    CosimRequest one = request(parameters);
    one.vectors = 4000;
    const CosimResult result = cosimulate(one);
    EXPECT_FALSE(result.failure);
    for (std::size_t i = 0; i < result.cases.size(); ++i)
      EXPECT_GT(result.covered[i], 0u) << result.cases[i];
  }
}

// Cycles from an item's first word to the next one's, when words are always there and nothing is
// held: of three items.
std::uint64_t interval(UnitInChip& unit, std::uint64_t words, std::uint64_t rows) {
  std::vector<std::uint64_t> begins;
  std::uint64_t taken = 0;
  unit.set("ready_i", 1);
  unit.set("rows_i", rows);
  for (std::uint64_t cycle = 0; cycle < 3 * words * (rows + 1) + 10; ++cycle) {
    unit.set("valid_i", taken < 3 * words ? 1 : 0);
    unit.set("last_i", (taken + 1) % words == 0 ? 1 : 0);
    unit.settle();
    if (taken < 3 * words && unit.value("ready_o") != 0) {
      if (taken % words == 0) begins.push_back(cycle);
      ++taken;
    }
    unit.edge();
  }
  EXPECT_EQ(begins.size(), 3u);
  EXPECT_EQ(begins[1] - begins[0], begins[2] - begins[1]);
  return begins[2] - begins[1];
}

// Published builds: 128, 128 and 32 PEs; features of 352 (small) and 880 (large, padded), 1024,
// 512.
TEST(PeGroup, has_the_initiation_intervals_of_the_published_builds) {
  for (const std::uint64_t element : {16, 32}) {
    const std::uint64_t w = 128 / element;
    const auto as = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
    UnitInChip unit(request({{"ElementWidth", as(element)},
                             {"Lanes", as(w)},
                             {"Words", as(1024 / w)},
                             {"Rows", 8},
                             {"Pes", 1}}),
                    nullptr);
    const auto of = [&](std::uint64_t features, std::uint64_t rows) {
      const std::uint64_t cycles = interval(unit, features / w, rows);
      EXPECT_EQ(cycles, features / w + rows * features / (2 * w)) << features << " x " << rows;
      return cycles;
    };
    const std::uint64_t behind = std::max(of(1024, 4), of(512, 8));
    EXPECT_EQ(std::max(of(352, 8), behind), element == 16 ? 384u : 768u);
    EXPECT_EQ(std::max(of(880, 8), behind), element == 16 ? 550u : 1100u);
  }
}

// Negative control of the bench.
TEST(PeGroup, is_refused_with_a_mistake_in_any_of_its_parts) {
  struct Mistake {
    const char* file;
    const char* from;
    const char* to;
  };
  for (const Mistake& mistake : std::vector<Mistake>{
           {"pe_group_round.sv", "half && (more || floor[0])", "half"},
           {"pe_group_round.sv", "(fits || (Saturate == 0))", "fits || 1'b1"},
           {"pe_group_pe.sv", "first_tree_q ? tree : sum_q + tree", "sum_q + tree"},
           {"pe_group_pe.sv", "nodes[2*n*T +: T];", "{T{1'b0}};"},
           {"pe_group.sv", "moves    = !row_done || room", "moves    = 1'b1"},
           {"pe_group.sv", "row_ends && (row_q == rows_q - RowsWidth'(1))",
            "row_ends && (row_q == rows_q)"},
           {"pe_group.sv", "{high_q[IndexWidth'(step_q)], low_q[IndexWidth'(step_q)]}",
            "{low_q[IndexWidth'(step_q)], high_q[IndexWidth'(step_q)]}"}}) {
    CosimRequest wrong = request();
    wrong.vectors = 1000;
    const WrongUnit broken(wrong.unit->name(), mistake.file, mistake.from, mistake.to);
    wrong.sources = broken.sources();
    const CosimResult result = cosimulate(wrong);
    ASSERT_TRUE(result.failure) << mistake.to;
    EXPECT_LE(result.failure->run.commands.size(), 4u) << mistake.to;
    EXPECT_LE(result.failure->outcome.cycles, 60u) << mistake.to;
  }
}

}  // namespace
}  // namespace mantissa::rtl
