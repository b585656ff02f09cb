// SPDX-License-Identifier: Apache-2.0
// The table of whole networks of the study `ipu`, filled by runs on the shipped chip.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "arch/session/session.h"
#include "sim/study/study.h"

namespace mantissa::sim {
namespace {

using workloads::StudyResult;

struct Row {
  std::string workload, pass, operands;
  std::int64_t window = 0;
  std::int64_t cluster = 0;  // 0: the tile
  double matrix = 0, chip = 0, cycles = 0;
};

StudyResult run_ipu(const std::vector<std::string>& overrides) {
  // Everything else as short as it may be.
  std::vector<std::string> all{"laws=[normal]", "lanes=[16]",     "operations=10", "steps=1",
                               "networks=[]",   "synthesis=none", "workloads=[]",  "backward=[]"};
  all.insert(all.end(), overrides.begin(), overrides.end());
  const LoadedStudy study = load_study("ipu", all);
  auto context = context_of(study);
  return run_study(study, context).result;
}

std::vector<Row> table_of(const StudyResult& result) {
  const auto table = std::find_if(result.tables.begin(), result.tables.end(),
                                  [](const auto& t) { return t.name == "workloads"; });
  EXPECT_NE(table, result.tables.end());
  std::vector<Row> rows;
  for (const auto& cells : table->rows) {
    Row row{std::get<std::string>(cells.at(0)),
            std::get<std::string>(cells.at(1)),
            std::get<std::string>(cells.at(2)),
            std::get<std::int64_t>(cells.at(3)),
            0,
            std::get<double>(cells.at(5)),
            std::get<double>(cells.at(6)),
            std::get<double>(cells.at(7))};
    if (const auto* text = std::get_if<std::string>(&cells.at(4)))
      EXPECT_EQ(*text, "tile");
    else
      row.cluster = std::get<std::int64_t>(cells.at(4));
    rows.push_back(row);
  }
  return rows;
}

// Cycles of the chip without an alignment anywhere.
std::uint64_t aligned_cycles(const std::string& workload, const std::string& pass) {
  const auto context = context_of(load_study("ipu", {}));
  const auto chip =
      context.chip("ipu_big", {"core.matrix.ipu.operands=aligned", "core.matrix.ipu.cluster=0"});
  arch::Session session(chip.arch, chip.technology);
  const auto traces = context.workload(workload, {"format=fp16", "pass=" + pass}).traces;
  return session.run(traces, {}).cycles.value;
}

TEST(IpuWorkloads, have_every_row_and_take_longer_in_narrower_windows_and_larger_clusters) {
  const std::vector<std::int64_t> windows{12, 16, 28, 38}, clusters{1, 8, 64};
  const StudyResult result = run_ipu({"windows=[12, 16, 28, 38]", "clusters=[1, 8, 64]",
                                      "workloads=[squeezenet]", "backward=[resnet18]"});
  EXPECT_TRUE(result.passed);
  const std::vector<Row> rows = table_of(result);
  ASSERT_EQ(rows.size(), 2 * (windows.size() + clusters.size()));
  std::size_t at = 0;
  for (const auto& [workload, pass, law] : {std::tuple("squeezenet", "forward", "relu"),
                                            std::tuple("resnet18", "backward", "spread")}) {
    double before = std::numeric_limits<double>::infinity(), of_16 = 0;
    for (const std::int64_t w : windows) {
      const Row& row = rows[at++];
      EXPECT_EQ(row.workload, workload);
      EXPECT_EQ(row.pass, pass);
      EXPECT_EQ(row.operands, law);
      EXPECT_EQ(row.window, w);
      EXPECT_EQ(row.cluster, 0);
      EXPECT_GE(row.matrix, 1);
      EXPECT_GE(row.chip, 1);
      EXPECT_LT(row.matrix, before) << w;
      before = row.matrix;
      if (w == 16) of_16 = row.matrix;
    }
    const Row& baseline = rows[at - 1];
    EXPECT_EQ(baseline.matrix, 1);
    EXPECT_EQ(baseline.chip, 1);
    // 38 bits hold alignments to 28: as if there were none.
    EXPECT_EQ(std::llround(baseline.cycles * 1e6), aligned_cycles(workload, pass));
    before = 1;
    for (const std::int64_t cluster : clusters) {
      const Row& row = rows[at++];
      EXPECT_EQ(row.workload, workload);
      EXPECT_EQ(row.pass, pass);
      EXPECT_EQ(row.window, 16);
      EXPECT_EQ(row.cluster, cluster);
      EXPECT_GT(row.matrix, before) << cluster;
      before = row.matrix;
    }
    EXPECT_EQ(before, of_16);  // 64 units are a tile
  }
}

TEST(IpuWorkloads, have_the_sizes_of_clusters_that_a_tile_of_the_chip_divides_into) {
  const auto rows = table_of(run_ipu(
      {"windows=[38]", "clusters=[64, 32, 1]", "chip=ipu_small", "workloads=[squeezenet]"}));
  ASSERT_EQ(rows.size(), 3u);  // a tile of 32 units
  EXPECT_EQ(rows[1].cluster, 1);
  EXPECT_EQ(rows[2].cluster, 32);
}

TEST(IpuWorkloads, that_cannot_run_are_refused_before_anything_is_measured) {
  for (const std::string wrong : {"chip=no_such_chip", "chip=systolic_32x32", "workloads=[nobody]",
                                  "networks=[nobody]", "backward=[mobilenet_v2]"}) {
    const LoadedStudy study = load_study(
        "ipu", {"synthesis=none", "networks=[]", "workloads=[squeezenet]", "backward=[]", wrong});
    auto context = context_of(study);
    bool began = false;
    context.progress = [&](double, const std::string&) { began = true; };
    EXPECT_THROW(run_study(study, context), Error) << wrong;
    EXPECT_FALSE(began) << wrong;
  }
}

TEST(IpuWorkloads, never_stall_in_38_bits_whatever_the_cluster_and_do_in_fewer) {
  const StudyResult result =
      run_ipu({"windows=[38]", "clusters=[1, 64]", "workload_window=38", "workloads=[squeezenet]"});
  for (const Row& row : table_of(result)) EXPECT_EQ(row.matrix, 1) << row.cluster;
  EXPECT_TRUE(result.passed);
  // Negative control: beside a narrower baseline the wide window is faster.
  const StudyResult wrong =
      run_ipu({"windows=[12, 38]", "baseline=12", "clusters=[64]", "workloads=[squeezenet]"});
  EXPECT_LT(table_of(wrong).at(1).matrix, 0.5);
}

}  // namespace
}  // namespace mantissa::sim
