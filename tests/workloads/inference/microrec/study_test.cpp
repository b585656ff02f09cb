// SPDX-License-Identifier: Apache-2.0
// The shipped study of MicroRec, shortened.
#include <gtest/gtest.h>

#include <set>

#include "tests/workloads/inference/microrec/presets.h"
#include "workloads/study/experiment.h"

namespace mantissa::workloads {
namespace {

StudyResult run(const std::vector<std::string>& overrides) {
  const Study study = load_study(
      std::string(MANTISSA_SOURCE_DIR) + "/configs/studies/microrec.yaml", {}, overrides);
  StudyContext context;
  return experiment(study.config.experiment)->run(study.parameters, context);
}

TEST(MicrorecStudy, runs_as_shipped_and_compares_every_row) {
  ASSERT_NE(experiment("microrec"), nullptr);
  const StudyResult result = run({"items=200", "load_items=200", "most_rounds=2", "loads=[0.5]",
                                  "sets=[microrec_small, dlrm_rmc2]"});
  std::set<std::string> names;
  for (const Comparison& c : result.comparisons) {
    EXPECT_TRUE(c.published) << c.what;
    EXPECT_TRUE(names.insert(c.what).second) << c.what;
  }
  EXPECT_GE(names.size(), 50u);
  for (const ResultTable& table : result.tables) {
    EXPECT_FALSE(table.rows.empty()) << table.name;
    for (const auto& row : table.rows) EXPECT_EQ(row.size(), table.columns.size()) << table.name;
  }
}

TEST(MicrorecStudy, refuses_a_set_of_tables_that_is_not_there) {
  const std::string text = microrec::message_of([] { run({"sets=[microrec_smal]"}); });
  EXPECT_NE(text.find("did you mean 'microrec_small'?"), std::string::npos) << text;
}

}  // namespace
}  // namespace mantissa::workloads
