// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "rtl/cosim/cosim.h"
#include "rtl/folders.h"
#include "tests/rtl/scratch_sources.h"

namespace mantissa::rtl {
namespace {

CosimRequest request(const Parameters& parameters = {}) {
  CosimRequest request;
  request.unit = find_unit("embedding_lookup");
  request.parameters = request.unit->defaults();
  for (const auto& [name, value] : parameters) request.parameters.at(name) = value;
  return request;
}

const Parameters several = {{"ElementWidth", 16}, {"PortWidth", 64}, {"Outstanding", 3},
                            {"Words", 5},         {"Saturate", 1},   {"AddressWidth", 32}};

TEST(EmbeddingLookup, equals_its_model_at_every_corner_of_its_parameters) {
  for (const Parameters& parameters : std::vector<Parameters>{
           {},
           several,
           {{"ElementWidth", 4}, {"PortWidth", 4}, {"Words", 1}, {"Outstanding", 8}}}) {
    const CosimResult result = cosimulate(request(parameters));
    EXPECT_FALSE(result.failure);
    EXPECT_EQ(result.commands, result.directed + 10'000);
    for (std::size_t i = 0; i < result.cases.size(); ++i)
      EXPECT_GT(result.covered[i], 0u) << result.cases[i];
  }
}

// Negative control of the bench: a mistake in each part is found, and shrunk to a few rows.
TEST(EmbeddingLookup, is_refused_with_a_mistake_in_any_of_its_parts) {
  struct Mistake {
    const char* file;
    const char* from;
    const char* to;
  };
  for (const Mistake& mistake : std::vector<Mistake>{
           {"embedding_lookup.sv", "flight_q != FlightWidth'(Outstanding)", "1'b1"},
           {"embedding_lookup.sv", "base_i + AddressWidth'(row_i)",
            "base_i | AddressWidth'(row_i)"},
           {"embedding_lookup.sv", "(!last || !valid_q || ready_i)", "(!valid_q || ready_i)"},
           {"embedding_lookup.sv", "last_q <= ends", "last_q <= 1'b1"},
           {"embedding_lookup.sv", "if (takes && !last) sums_q", "if (takes && first) sums_q"},
           {"embedding_lookup_add.sv", "first_i ? element_i : limited", "limited"},
           {"embedding_lookup_add.sv", "{Top{!old_i[Top]}}", "{Top{old_i[Top]}}"}}) {
    CosimRequest wrong = request(several);
    wrong.vectors = 2000;
    const WrongUnit broken(wrong.unit->name(), mistake.file, mistake.from, mistake.to);
    wrong.sources = broken.sources();
    const CosimResult result = cosimulate(wrong);
    ASSERT_TRUE(result.failure) << mistake.to;
    EXPECT_LE(result.failure->run.commands.size(), 6u) << mistake.to;
    EXPECT_LE(result.failure->outcome.cycles, 50u) << mistake.to;
  }
}

}  // namespace
}  // namespace mantissa::rtl
