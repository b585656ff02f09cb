// SPDX-License-Identifier: Apache-2.0
// The shipped study, shortened, and what it makes of synthesis results.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "workloads/precision/ipu/published.h"
#include "workloads/precision/ipu/unit_cost.h"
#include "workloads/study/experiment.h"

namespace mantissa::workloads::ipu {
namespace {

namespace fs = std::filesystem;

// A folder of its own for a test's synthesis results.
class Results : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("ipu_study_" + std::to_string(::getpid()));
    fs::create_directories(folder_ / "grid");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(int lanes, int window, double area, const std::string& cycles = "cycles: 100\n",
             const std::string& digits = "") {
    const fs::path at = folder_ / (digits.empty() ? "grid" : "digits") /
                        (std::to_string(lanes) + "_" + std::to_string(window));
    fs::create_directories(at);
    std::ofstream(at / "synthesis.yaml")
        << "version: 1\nunit: ipu\nparameters:\n  Lanes: " << lanes << "\n  Width: " << window
        << "\n  MultiCycle: 1\n  SoftwarePrecision: 28\n"
        << digits << "library:\n  name: cells\n"
        << "  node_nm: 180.0\n  voltage_v: 1.8\ntools: yosys\narea_um2: " << area
        << "\nblocks:\n  -\n    name: u_ehu\n    area_um2: 400.0\n  -\n    name: u_tree\n"
        << "    area_um2: " << area - 400 << "\ncritical_path_ns: 10.0\naction: product\n"
        << "actions: 50\n"
        << cycles << "energy_pj_per_action:\n  total: 8.0\n"
        << "power_at_equal_activity:\n  activity: 0.1\n  ours:\n    total_w: 0.0005\n";
  }

  fs::path folder_;
};

StudyResult run(const std::vector<std::string>& overrides) {
  std::vector<std::string> all{"networks=[]",    "workloads=[]",    "backward=[]",
                               "synthesis=none", "operations=2000", "steps=100"};
  all.insert(all.end(), overrides.begin(), overrides.end());
  const Study study =
      load_study(std::string(MANTISSA_SOURCE_DIR) + "/configs/studies/ipu.yaml", {}, all);
  const Experiment* e = experiment(study.config.experiment);
  EXPECT_NE(e, nullptr);
  StudyContext context;
  return e->run(study.parameters, context);
}

const Comparison& comparison(const StudyResult& r, const std::string& what) {
  for (const Comparison& c : r.comparisons)
    if (c.what == what) return c;
  throw std::runtime_error("no comparison " + what);
}

TEST(IpuStudy, reproduces_shares_cycles_and_iterations_within_the_spread_of_a_short_run) {
  const StudyResult r = run({"steps=600"});
  EXPECT_TRUE(r.passed);
  EXPECT_THAT(r.warnings, ::testing::IsEmpty());
  int shares = 0, cycles = 0;
  for (const Comparison& c : r.comparisons) {
    ASSERT_TRUE(c.published.has_value()) << c.what;
    EXPECT_FALSE(c.source.empty()) << c.what;
    if (c.what.rfind("results that differ", 0) == 0) {
      ++shares;
      EXPECT_NEAR(c.ours, *c.published, 2.5 * *c.deviation + 0.02 * *c.published) << c.what;
    } else if (c.what.rfind("cycles per iteration", 0) == 0) {
      ++cycles;
      EXPECT_NEAR(c.ours, *c.published, 0.04 * *c.published) << c.what;
    } else if (c.what.rfind("iterations", 0) == 0) {
      EXPECT_EQ(c.ours, *c.published) << c.what;
    }
  }
  EXPECT_EQ(shares, 15);
  EXPECT_EQ(cycles, 7);
  EXPECT_NEAR(comparison(r, "time of a tile, clusters of 1").ours, 1.85, 0.05);
  EXPECT_NEAR(comparison(r, "time of a tile, clusters of 64").ours, 2.78, 0.08);
}

TEST(IpuStudy, has_the_same_figures_every_time_and_others_with_another_seed) {
  const std::vector<std::string> fast{"laws=[normal]", "windows=[16, 38]", "lanes=[16]",
                                      "operations=300", "steps=5"};
  std::vector<std::string> other = fast;
  other.push_back("seed=2");
  const StudyResult a = run(fast), b = run(fast), c = run(other);
  EXPECT_EQ(a.tables.at(0).rows, b.tables.at(0).rows);
  EXPECT_EQ(a.tables.at(2).rows, b.tables.at(2).rows);
  EXPECT_NE(a.tables.at(0).rows, c.tables.at(0).rows);
  for (const ResultTable& table : a.tables)
    for (const auto& row : table.rows) EXPECT_EQ(row.size(), table.columns.size()) << table.name;
  for (const Figure& figure : a.figures)
    for (const Series& s : figure.series) EXPECT_EQ(s.x.size(), s.y.size()) << figure.name;
}

TEST(IpuStudy, has_tiles_that_never_stall_at_the_baseline_and_stall_more_in_greater_clusters) {
  const StudyResult r = run({"laws=[normal]", "windows=[16, 38]", "steps=5", "operations=10"});
  const auto table = std::find_if(r.tables.begin(), r.tables.end(),
                                  [](const ResultTable& t) { return t.name == "tiles"; });
  ASSERT_NE(table, r.tables.end());
  // Two laws and windows; 32 units have 6 sizes of cluster, 64 have 7.
  ASSERT_EQ(table->rows.size(), 2u * 2u * (6u + 7u));
  double before = 0;
  for (const auto& row : table->rows) {
    const double time = std::get<double>(row[4]);
    if (std::get<std::int64_t>(row[2]) == 38) {
      EXPECT_EQ(time, 1);
      continue;
    }
    if (std::get<std::int64_t>(row[3]) == 1) before = 1;
    EXPECT_GE(time, before);
    EXPECT_GT(time, 1.2);
    EXPECT_LE(time, 5);  // floor(28 / 7) + 1
    before = time;
  }
}

TEST(IpuStudy, has_the_same_figures_in_whatever_order_sizes_are_listed) {
  const std::vector<std::string> fast{"laws=[normal]", "operations=100", "steps=5"};
  const auto with = [&](const std::vector<std::string>& lists) {
    std::vector<std::string> all = fast;
    all.insert(all.end(), lists.begin(), lists.end());
    return run(all);
  };
  const StudyResult a = with(
      {"lanes=[8, 16]", "windows=[12, 38]", "clusters=[1, 64]", "software_precisions=[16, 28]"});
  const StudyResult b = with(
      {"lanes=[16, 8]", "windows=[38, 12]", "clusters=[64, 1]", "software_precisions=[28, 16]"});
  ASSERT_EQ(a.tables.size(), b.tables.size());
  for (std::size_t i = 0; i < a.tables.size(); ++i) EXPECT_EQ(a.tables[i].rows, b.tables[i].rows);
  // Of the two lists of clusters only the first has one that is the tile.
  const auto title = [&](const StudyResult& r) {
    const auto found = std::find_if(r.figures.begin(), r.figures.end(), [](const Figure& f) {
      return f.name == "execution_time_by_window";
    });
    return found == r.figures.end() ? std::string() : found->title;
  };
  EXPECT_THAT(title(a), ::testing::HasSubstr("a tile that stalls as one"));
  EXPECT_THAT(title(with({"clusters=[8, 1]"})), ::testing::HasSubstr("clusters of 8"));
}

TEST(IpuStudy, refuses_what_it_cannot_run_before_it_starts) {
  for (const std::string wrong :
       {"baseline=37", "lanes=[12]", "clusters=[3]", "windows=[16, 16, 38]", "laws=[]",
        "windows=[9, 38]", "laws=[gauss]", "synthesis=no/such/folder"})
    EXPECT_THROW(run({wrong}), Error) << wrong;
}

TEST(IpuStudy, stops_when_it_is_interrupted) {
  const Study study = load_study(std::string(MANTISSA_SOURCE_DIR) + "/configs/studies/ipu.yaml", {},
                                 {"networks=[]", "workloads=[]", "backward=[]", "synthesis=none"});
  StudyContext context;
  context.interrupted = [] { return true; };
  try {
    experiment("ipu")->run(study.parameters, context);
    FAIL();
  } catch (const Error& e) {
    EXPECT_EQ(&e.kind(), &experiment_interrupted);
  }
}

TEST_F(Results, are_read_by_lanes_and_window_with_the_exponent_unit_shared) {
  write(16, 38, 2000);
  write(16, 12, 1500);
  const auto units = synthesised_units(folder_.string());
  ASSERT_EQ(units.size(), 2u);
  EXPECT_EQ(units[0].window, 12);
  EXPECT_EQ(find_unit(units, 16, 14), nullptr);
  EXPECT_EQ(find_unit(units, 8, 12), nullptr);
  const SynthesisedUnit* u = find_unit(units, 16, 12);
  ASSERT_NE(u, nullptr);
  EXPECT_EQ(u->tile_area(4), 1200);  // 1100 and a fourth of 400
  EXPECT_EQ(u->tile_area(1), 1500);
  EXPECT_EQ(u->datapath, 1100);
  EXPECT_DOUBLE_EQ(u->energy_per_cycle, 5);  // 0.5 mW for 10 ns
  EXPECT_EQ(u->energy_of_run, 4);            // 50 actions of 8 pJ in 100 cycles
  // 32 operations in 9 cycles at 100 MHz on 1200 um2, and for 45 pJ.
  const Delivered d = delivered(*u, 100, 9, 4);
  EXPECT_DOUBLE_EQ(d.per_area, 32 * 100e6 / 9 / 1e12 / 1200e-6);
  EXPECT_DOUBLE_EQ(d.per_power, 32 / 45.0);
}

TEST_F(Results, without_cycles_are_refused) {
  write(16, 38, 2000, "");
  EXPECT_THROW(synthesised_units(folder_.string()), Error);
}

TEST_F(Results, become_gains_over_the_baseline_and_what_is_missing_is_said) {
  write(16, 38, 2000);
  write(16, 12, 1500);
  const StudyResult r =
      run({"laws=[normal]", "lanes=[16]", "windows=[12, 16, 38]", "synthesis=" + folder_.string()});
  // (1600 + 100) / (1100 + 100) at equal clocks; equal energies gain nothing.
  EXPECT_DOUBLE_EQ(comparison(r, "TOPS/mm2, most over 38 bits").ours, 100 * (1700 / 1200.0 - 1));
  EXPECT_DOUBLE_EQ(comparison(r, "TOPS/W, most over 38 bits").ours, 0);
  EXPECT_LT(comparison(r, "TFLOPS/mm2, most over 38 bits").ours,
            comparison(r, "TOPS/mm2, most over 38 bits").ours);
  EXPECT_DOUBLE_EQ(comparison(r, "area saved, n = 16, w = 12, unit of a tile").ours,
                   100 * (1 - 1200 / 1700.0));
  EXPECT_THAT(r.notes, ::testing::Contains(::testing::HasSubstr("n = 16, w = 16")));
}

TEST_F(Results, of_other_digits_stand_beside_nibbles_with_as_many_safe_places) {
  const std::string cycles = "cycles: 100\n", by_8 = "  DigitA: 8\n  DigitB: 8\n";
  write(16, 38, 2000);
  write(16, 16, 1600);
  write(16, 12, 1500);
  write(16, 24, 2500, cycles, by_8);
  write(16, 17, 1300, cycles, by_8 + "  Formats: 1\n");
  const auto units = synthesised_units(folder_.string());
  ASSERT_EQ(units.size(), 5u);
  EXPECT_EQ(find_unit(units, 16, 24), nullptr);  // not of nibbles
  const StudyResult r =
      run({"laws=[normal]", "lanes=[16]", "windows=[12, 16, 38]", "synthesis=" + folder_.string()});
  const auto table = std::find_if(r.tables.begin(), r.tables.end(), [](const ResultTable& t) {
    return t.name == "configuration_gains";
  });
  ASSERT_NE(table, r.tables.end());
  // MC-IPU4 of 16 and 38 bits, MC-IPU8, INT-only: 12 bits have fewer safe places.
  ASSERT_EQ(table->rows.size(), 4u);
  const auto& narrow = table->rows[0];
  const auto& wide = table->rows[1];
  const auto& by8 = table->rows[2];
  const auto& integers = table->rows[3];
  EXPECT_EQ(std::get<std::string>(by8[0]), "MC-IPU8");
  EXPECT_DOUBLE_EQ(std::get<double>(wide[3]), 0);
  // Areas of a tile's units 1700, 1300, 2200 and 1000 um2; 8x8 in one iteration instead of four.
  EXPECT_DOUBLE_EQ(std::get<double>(narrow[3]), 100 * (1700 / 1300.0 - 1));
  EXPECT_DOUBLE_EQ(std::get<double>(by8[3]), 100 * (1700 / 2200.0 - 1));
  EXPECT_DOUBLE_EQ(std::get<double>(by8[5]), 100 * (1700 / 2200.0 * 4 - 1));
  EXPECT_DOUBLE_EQ(std::get<double>(integers[5]), 100 * (1700 / 1000.0 * 4 - 1));
  // FP16 waits as often as that of nibbles, in four iterations instead of nine.
  const auto gain = [](const Cell& c) { return std::get<double>(c) / 100 + 1; };
  EXPECT_NEAR(gain(by8[6]) / gain(narrow[6]), 1300 / 2200.0 * 9 / 4, 1e-9);
  EXPECT_EQ(integers[6], Cell());
  EXPECT_DOUBLE_EQ(comparison(r, "TOPS/mm2, 4x4, most of all multipliers over 38 bits").ours,
                   100 * (1700 / 1300.0 - 1));
}

TEST_F(Results, that_grow_with_a_narrower_window_are_warned_of) {
  write(16, 38, 2000);
  write(16, 12, 2500);
  const StudyResult r =
      run({"laws=[normal]", "lanes=[16]", "windows=[12, 38]", "synthesis=" + folder_.string()});
  EXPECT_THAT(r.warnings, ::testing::Contains(::testing::HasSubstr("smaller than a narrower")));
}

}  // namespace
}  // namespace mantissa::workloads::ipu
