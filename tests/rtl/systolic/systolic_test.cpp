// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "rtl/cosim/cosim.h"
#include "rtl/folders.h"
#include "tests/rtl/scratch_sources.h"

namespace mantissa::rtl {
namespace {

enum : std::int64_t { weight_stationary, output_stationary };
enum : std::int64_t { int8, bf16 };

CosimRequest request(std::int64_t rows, std::int64_t columns, std::int64_t dataflow,
                     std::int64_t format) {
  CosimRequest request;
  request.unit = find_unit("systolic");
  request.parameters = {
      {"Rows", rows}, {"Columns", columns}, {"Dataflow", dataflow}, {"Format", format}};
  request.vectors = 3000;
  return request;
}

TEST(Systolic, equals_model_and_golden_arithmetic_in_both_dataflows_and_formats) {
  for (const CosimRequest& small :
       {request(3, 2, weight_stationary, int8), request(2, 3, output_stationary, int8),
        request(1, 2, weight_stationary, bf16), request(2, 1, output_stationary, bf16)}) {
    const CosimResult result = cosimulate(small);
    EXPECT_FALSE(result.failure);
    EXPECT_EQ(result.commands, result.directed + 3000);
    for (std::size_t i = 0; i < result.cases.size(); ++i)
      EXPECT_GT(result.covered[i], 0u) << result.cases[i] << ", " << small.parameters.at("Rows")
                                       << " x " << small.parameters.at("Columns");
  }
}

// A mistake in each part is found: negative control of the bench.
TEST(Systolic, is_refused_with_a_mistake_in_any_of_its_parts) {
  struct Mistake {
    std::int64_t dataflow;
    const char *from, *to;
  };
  for (const Mistake& mistake : std::vector<Mistake>{
           {weight_stationary, "if (first[r+c-1]) weight_q", "if (first[r+c]) weight_q"},
           {weight_stationary, "if (load[c]) next_q", "if (load[0]) next_q"},
           {weight_stationary, ".Mirrored(1)", ".Mirrored(0)"},
           {output_stationary, "moves_q << 1;", "moves_q;"},
           {output_stationary, "first[r+c] ? '0 : sum_q", "sum_q"}}) {
    CosimRequest wrong = request(3, 2, mistake.dataflow, int8);
    const std::string array =
        mistake.dataflow == weight_stationary ? "systolic_ws.sv" : "systolic_os.sv";
    const WrongUnit broken(wrong.unit->name(), array, mistake.from, mistake.to);
    wrong.sources = broken.sources();
    const CosimResult result = cosimulate(wrong);
    ASSERT_TRUE(result.failure) << mistake.to;
    EXPECT_LE(result.failure->run.commands.size(), 3u) << mistake.to;
    EXPECT_LE(result.failure->outcome.cycles, 50u) << mistake.to;
  }
}

}  // namespace
}  // namespace mantissa::rtl
