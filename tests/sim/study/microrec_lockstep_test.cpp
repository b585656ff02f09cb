// SPDX-License-Identifier: Apache-2.0
// The study of MicroRec with its engine beside RTL: lookup units at 34 channels and 4 banks, PE
// groups of three layers and the output.
#include <gtest/gtest.h>

#include <map>

#include "workloads/study/experiment.h"

namespace mantissa::sim {
namespace {

using namespace workloads;

TEST(MicrorecStudy, sends_items_through_lookup_units_and_pe_groups_in_rtl) {
  const Study study =
      workloads::load_study(std::string(MANTISSA_SOURCE_DIR) + "/configs/studies/microrec.yaml", {},
                            {"items=100", "load_items=100", "most_rounds=1", "loads=[0.5]",
                             "sets=[dlrm_rmc2]", "lockstep_items=3"});
  StudyContext context;
  const StudyResult result = experiment("microrec")->run(study.parameters, context);
  std::map<std::string, std::int64_t> compared;
  for (const ResultTable& table : result.tables) {
    if (table.name != "rtl") continue;
    for (const auto& row : table.rows) {
      compared[std::get<std::string>(row[0])] = std::get<std::int64_t>(row[5]);
      EXPECT_EQ(std::get<std::int64_t>(row[6]), 0);
    }
  }
  ASSERT_EQ(compared.size(), 2u);
  // 42 addresses, 42 rows of 352 elements together, a count of overflows with each row.
  EXPECT_EQ(compared["lookup"], 3 * (42 + 352 + 42));
  EXPECT_EQ(compared["dense"], 3 * (1024 + 512 + 256 + 1));
}

}  // namespace
}  // namespace mantissa::sim
