// SPDX-License-Identifier: Apache-2.0
// The shipped studies, run as the program runs them, shortened.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/config/document.h"
#include "workloads/study/experiment.h"

namespace mantissa::workloads {
namespace {

const std::string configs = std::string(MANTISSA_SOURCE_DIR) + "/configs/";

StudyContext context() {
  StudyContext c;
  c.chip = [](const std::string& arch, const std::vector<std::string>& overrides) {
    const auto config =
        config::load<arch::ArchConfig>(
            configs + "arch/" + arch + ".yaml", config::preset_folders({configs + "arch"}),
            overrides, {{"memory.dram", config::preset_folders({configs + "memory"}), "dram"}})
            .value;
    return StudyChip{config,
                     power::Technology::load(configs + "tech/" + config.technology.name + ".yaml")};
  };
  c.workload = [](const std::string& workload, const std::vector<std::string>& overrides) {
    LoadOptions options;
    options.overrides = overrides;
    return load_workload(configs + "workload/" + workload + ".yaml",
                         config::preset_folders({configs + "workload"}), options);
  };
  return c;
}

StudyResult run(const std::string& name, const std::vector<std::string>& overrides) {
  const Study study = load_study(configs + "studies/" + name + ".yaml", {}, overrides);
  const Experiment* e = experiment(study.config.experiment);
  EXPECT_NE(e, nullptr) << study.config.experiment;
  StudyContext c = context();
  return e->run(study.parameters, c);
}

double ours(const StudyResult& r, const std::string& what) {
  for (const Comparison& c : r.comparisons) {
    if (c.what == what) return c.ours;
  }
  ADD_FAILURE() << what;
  return -1;
}

// RTL is left to the program's own tests: it takes Verilator.
TEST(WholeLoop, GivesTheExecutorsLogitsBitForBitAndRecognisesDigits) {
  const StudyResult r = run("whole_loop", {"rtl=false"});
  EXPECT_TRUE(r.passed);
  EXPECT_LT(ours(r, "test error, fp32"), 5);
  EXPECT_LT(ours(r, "test error, int8"), 6);
  ASSERT_EQ(r.tables.at(0).name, "logits");
  EXPECT_EQ(std::get<std::int64_t>(r.tables[0].rows.at(0).at(1)), 10);
  EXPECT_EQ(std::get<std::int64_t>(r.tables[0].rows.at(0).at(2)), 0);
  EXPECT_GT(ours(r, "cycles of one inference"), 1000);
}

TEST(WholeLoop, RefusesASampleThatIsNotThere) {
  EXPECT_THROW(run("whole_loop", {"sample=100000"}), Error);
}

TEST(Randbet, RunsEndToEndOnDigits) {
  const StudyResult r =
      run("randbet", {"training.epochs=2", "chips=3", "rates=[0.01, 0.05]", "hardware.chips=2",
                      "hardware.samples=20", "hardware.voltages=[1, 0.8333]"});
  EXPECT_TRUE(r.passed);
  EXPECT_EQ(r.tables.at(0).rows.size(), 13u);
  EXPECT_NEAR(ours(r, "guarantee, n = 10,000, l = 1,000,000, d = 0.01"), 4.1, 0.05);
  EXPECT_NEAR(ours(r, "energy saved at p = 1 %"), 30.2, 0.1);
  EXPECT_NEAR(ours(r, "two or more errors in 64 bits, p = 1 %"), 13.5, 0.1);
}

TEST(Randbet, RefusesAnOrderingOfNetworksThatItDoesNotTrain) {
  try {
    run("randbet", {"profiled=RQUANT 9b"});
    FAIL();
  } catch (const Error& e) {
    EXPECT_THAT(e.message(), ::testing::HasSubstr("RQUANT 8b"));
  }
}

const ResultTable& table_of(const StudyResult& r, const std::string& name) {
  for (const ResultTable& t : r.tables)
    if (t.name == name) return t;
  ADD_FAILURE() << name;
  return r.tables.front();
}

// Shortened: one drawn network, little training, fewer samples.
TEST(VsQuant, HoldsItsChecksAndPutsEveryFormatOnOneScale) {
  const StudyResult r =
      run("vsquant", {"drawn=[{network: digits_cnn, input: [16, 1, 8, 8]}]", "channels=32",
                      "tasks.0.training.epochs=2", "tasks.1.data.samples=600",
                      "tasks.1.training.epochs=1", "tuning_epochs=1", "trained=[4/4U/4/4, mxfp4]"});
  EXPECT_TRUE(r.passed);
  std::set<std::int64_t> checks;
  for (const auto& row : table_of(r, "checks").rows) checks.insert(std::get<std::int64_t>(row[0]));
  EXPECT_EQ(checks, (std::set<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(table_of(r, "sample_losses").rows.size(), 9u);
  const ResultTable& formats = table_of(r, "formats");
  ASSERT_EQ(formats.rows.size(), 19u) << "18 formats, and one row of a format per layer";
  constexpr std::size_t area = 6, energy = 7, on_front = 11;
  EXPECT_EQ(formats.columns[area].unit, "um2");
  EXPECT_EQ(formats.columns[on_front].name, "front");
  int priced = 0, front = 0;
  for (const auto& row : formats.rows) {
    priced += std::holds_alternative<double>(row[area]);
    front += row[on_front] == Cell("yes");
  }
  EXPECT_EQ(priced, 19);
  EXPECT_GT(front, 1);
  EXPECT_LT(front, priced);
  // conv1 and logits in 8 bits, the rest in 4.
  const auto figure = [&](std::size_t row, std::size_t column) {
    return std::get<double>(formats.rows[row][column]);
  };
  EXPECT_EQ(formats.rows[18][0], Cell("per layer, digits CNN"));
  EXPECT_EQ(figure(18, area), figure(0, area));
  EXPECT_GT(figure(18, energy), figure(6, energy));
  EXPECT_LT(figure(18, energy), figure(0, energy));
  EXPECT_GT(ours(r, "area saved, 4b weights, 4b activations, arXiv: 4/4U/4/4"), 30);
  std::set<std::string> figures;
  for (const Figure& f : r.figures) {
    figures.insert(f.name);
    EXPECT_TRUE(f.series.back().steps) << f.name;
    EXPECT_EQ(f.series.front().names.size(), f.series.front().x.size()) << f.name;
  }
  EXPECT_EQ(figures, (std::set<std::string>{"sqnr_against_energy", "sqnr_against_area",
                                            "error_against_energy", "error_against_energy_2",
                                            "sqnr_against_core_area", "sqnr_against_core_energy"}));
  // What the study sets of the chip is said, and whose the memories' share is.
  EXPECT_THAT(r.notes,
              ::testing::Contains(::testing::HasSubstr("with core.matrix.vsq.weight_reuse=16 on")));
  std::set<std::string> cores;
  for (const Comparison& c : r.comparisons)
    if (c.what.find("area of a core saved") != std::string::npos) {
      EXPECT_THAT(c.note, ::testing::HasSubstr("whose sizes are ours"));
      cores.insert(c.what.substr(c.what.rfind(": ") + 2));
    }
  EXPECT_EQ(cores, (std::set<std::string>{"4/4U/4/4", "4/4U/4/4, R = 4", "4/4U/4/4, R = 6",
                                          "4/4U/4/4, order B", "4/8U/6/10, R = 6"}));
  EXPECT_GT(ours(r, "area of a core saved, 4b weights, 4b activations, arXiv: 4/4U/4/4"), 0);
}

// Whatever this draw of few products gives, it decides where the study says so, and only there.
TEST(VsQuant, FailsForTheOrderOfADrawnNetworkWhereThatIsDemanded) {
  int failed = 0;
  for (const bool ordered : {false, true})
    for (const int seed : {1, 3, 4}) {
      const StudyResult r =
          run("vsquant",
              {fmt::format("drawn=[{{network: digits_cnn, input: [64, 1, 8, 8], ordered: {}}}]",
                           ordered),
               fmt::format("seed={}", seed), "channels=64", "tasks=[]", "trained=[]", "chip=''",
               "follow_up=''"});
      for (const auto& row : table_of(r, "checks").rows)
        if (row[0] == Cell(std::int64_t{8})) {
          EXPECT_EQ(r.passed, !ordered || row[4] == Cell("yes")) << seed;
          EXPECT_EQ(row[5] == Cell("yes"), ordered);
          failed += r.passed ? 0 : 1;
        }
    }
  EXPECT_GT(failed, 0) << "another seed";
}

// Signed, the core is that of the preset; the calibration makes no other core.
TEST(VsQuant, PricesWholeCoresWithMemoriesOfAsManyElements) {
  const StudyResult r =
      run("vsquant", {"drawn=[]", "tasks=[]", "trained=[]", "channels=1", "baseline=8/8/-/-",
                      "chip_overrides=[]",
                      "schemes=[8/8/-/-, 4/4/-/-, {scheme: 4/4/-/-, calibration: mse}, 4/4/4/4, "
                      "mxfp4]"});
  const ResultTable& areas = table_of(r, "core_area");
  const ResultTable& energies = table_of(r, "core_energy");
  ASSERT_EQ(areas.rows.size(), 3u);
  const auto number = [](const ResultTable& table, std::size_t row, std::size_t column) {
    return std::get<double>(table.rows.at(row).at(column));
  };
  constexpr std::size_t scratchpad = 3, accumulator = 4, whole = 7, saved = 8;
  for (const ResultTable* table : {&areas, &energies})
    for (std::size_t row = 0; row < 3; ++row) {
      double sum = 0;
      for (std::size_t c = 1; c < whole; ++c) sum += number(*table, row, c);
      EXPECT_NEAR(number(*table, row, whole) / sum, 1, 1e-12);
      EXPECT_NEAR(number(*table, row, saved), 100 * (1 - sum / number(*table, 0, whole)), 1e-9);
    }
  EXPECT_NEAR(number(areas, 1, scratchpad) / number(areas, 0, scratchpad), .5, 1e-3);
  EXPECT_NEAR(number(areas, 2, scratchpad) / number(areas, 0, scratchpad), 4.25 / 8, 1e-3);
  EXPECT_EQ(number(areas, 1, accumulator), number(areas, 0, accumulator));

  StudyContext c = context();
  const StudyChip chip = c.chip("vsq_4_4_4_4", {});
  arch::Session session(chip.arch, chip.technology);
  const auto preset = session.run({c.workload("resnet50", {"format=int8"}).traces.front()}, {});
  EXPECT_NEAR(number(areas, 2, whole) / (preset.power.total_area.value * 1e-6), 1, 1e-9);
  const double on_chip =
      (preset.power.total_energy - preset.power.energy_by_part.at("dram")).value /
      (2 * static_cast<double>(preset.macs));
  EXPECT_NEAR(number(energies, 2, whole) / on_chip, 1, 1e-9);
}

// With other vectors, calibrations and accumulators beside: they are other formats than R alone.
TEST(VsQuant, ComparesZeroRatesOfFormatsThatDifferInRAlone) {
  const StudyResult r =
      run("vsquant", {"drawn=[{network: digits_cnn, input: [4, 1, 8, 8]}]", "tasks=[]",
                      "trained=[]", "channels=8", "chip=''",
                      "schemes=[8/8U/-/-, {scheme: 4/4U/4/4, vector: 64, product_bits: 4}, "
                      "{scheme: 4/4U/4/4, accumulator_bits: 20}, 4/4U/4/4, "
                      "{scheme: 4/4U/4/4, product_bits: 4}, "
                      "{scheme: 4/4U/4/4, calibration: mse, product_bits: 6}]"});
  EXPECT_TRUE(r.passed);
  std::vector<Cell> of;
  for (const auto& row : table_of(r, "checks").rows)
    if (row[0] == Cell(std::int64_t{7})) of.push_back(row[1]);
  EXPECT_THAT(of, ::testing::UnorderedElementsAre(
                      Cell("vectors gated on all networks, 4/4U/4/4, %"),
                      Cell("scale products that round to zero, uniform 4-bit scales, %")));
}

TEST(VsQuant, HasNoCoreOfScalesThatARegisterCannotHold) {
  const StudyResult r = run("vsquant", {"drawn=[]", "tasks=[]", "trained=[]", "channels=1",
                                        "schemes=[8/8U/-/-, 4/4/12/12]"});
  EXPECT_EQ(table_of(r, "core_area").rows.size(), 1u);
  EXPECT_THAT(r.notes, ::testing::Contains(::testing::HasSubstr("without one: 4/4/12/12")));
}

TEST(VsQuant, RefusesDataThatANetworkDoesNotTakeBeforeItTrains) {
  try {
    run("vsquant", {"tasks.1.network=digits_cnn"});
    FAIL();
  } catch (const Error& e) {
    EXPECT_STREQ(e.kind().id(), "executor.input");
    EXPECT_THAT(e.message(), ::testing::HasSubstr("the task 'ten Gaussians'"));
  }
}

TEST(VsQuant, RefusesACoreWithoutVectorMacsBeforeItTrains) {
  try {
    run("vsquant", {"chip=systolic_32x32"});
    FAIL();
  } catch (const Error& e) {
    EXPECT_STREQ(e.kind().id(), "vsquant.chip");
    EXPECT_THAT(e.message(), ::testing::HasSubstr("core.matrix.vsq"));
  }
}

TEST(VsQuant, RefusesALayerThatANetworkLacksBeforeItTrains) {
  try {
    run("vsquant", {"tasks.0.formats.comv2=8/8/-/-"});
    FAIL();
  } catch (const Error& e) {
    EXPECT_THAT(e.message(), ::testing::HasSubstr("did you mean 'conv2'?"));
  }
}

}  // namespace
}  // namespace mantissa::workloads
