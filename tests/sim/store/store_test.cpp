// SPDX-License-Identifier: Apache-2.0
// The results store: what goes in comes out bit for bit, and what is not ours is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "../sweep/fake_point.h"
#include "sim/store/csv.h"
#include "sim/store/labels.h"
#include "sim/store/quantity.h"
#include "sim/sweep/measure.h"
#include "tests/sim/study/sample_study.h"

namespace mantissa::store {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Store : public ::testing::Test {
 protected:
  Store() {
    static int count = 0;
    root_ = fs::temp_directory_path() /
            ("mantissa_store_" + std::to_string(getpid()) + "_" + std::to_string(count++));
    fs::create_directories(root_);
  }
  ~Store() override { fs::remove_all(root_); }
  std::string path(const std::string& name = "results.sqlite") const {
    return (root_ / name).string();
  }
  std::string text(const std::string& name) const {
    std::ostringstream out;
    out << std::ifstream(root_ / name).rdbuf();
    return out.str();
  }
  static sim::PointRequest request(const std::string& rows) {
    sim::PointRequest r;
    r.arch = "tpu_v1";
    r.workload = "resnet50";
    r.overrides = {"core.matrix.rows=" + rows};
    return r;
  }
  static PointRow point(const Record& record, std::uint64_t position, const std::string& rows) {
    PointRow row;
    row.sweep = "s";
    row.position = position;
    row.arch = "tpu_v1";
    row.workload = "resnet50";
    row.overrides = {"core.matrix.rows=" + rows, "memory.latency=100 ns"};
    row.fidelity = "shape";
    row.hash = record.hash;
    row.status = Status::ok;
    return row;
  }
  void fill(Results& results) const {
    const auto a = sweep::testing::fake_run(request("3")),
               b = sweep::testing::fake_run(request("5"));
    results.plan({"s", "A \"title\"", "why", "version: 1\n", "latency_s,area_um2", "mantissa test"},
                 {point(a, 0, "3"), point(b, 1, "5")},
                 {{"s", 1, "throughput_ops", 12.3e12, "recalled 85 %", "a paper"}});
    results.add_run(a);
    results.add_run(b);
  }
  fs::path root_;
};

TEST_F(Store, a_record_comes_back_bit_for_bit) {
  auto record = sweep::testing::fake_run(request("3"));
  record.metrics["latency_s"] = 0.1 + 0.2;
  record.metrics["power_w"] = 5e-324;
  record.layers[0].end = 0x7fffffffffffffffu;
  { Results::write(path()).add_run(record); }
  EXPECT_EQ(encode(record), encode(Results::read(path()).run(record.hash)));
}

TEST_F(Store, a_record_survives_the_pipe_bit_for_bit) {
  auto record = sweep::testing::fake_run(request("7"));
  record.metrics["latency_s"] = std::nextafter(1.0 / 3, 1.0);
  const std::string bytes = encode(record);
  const auto again = decode(bytes);
  EXPECT_EQ(again.metrics, record.metrics);
  EXPECT_EQ(again.layers[0].utilization, record.layers[0].utilization);
  EXPECT_EQ(again.energy[0].price.formula, record.energy[0].price.formula);
  EXPECT_EQ(encode(again), bytes);
  EXPECT_THROW(decode(bytes + "x"), InternalError);
  for (const std::size_t n : {std::size_t{0}, std::size_t{7}, bytes.size() / 2, bytes.size() - 1})
    EXPECT_THROW(decode(std::string_view(bytes).substr(0, n)), InternalError) << n;
}

TEST_F(Store, points_and_published_figures_come_back) {
  auto results = Results::write(path());
  fill(results);
  const auto points = results.points();
  ASSERT_EQ(points.size(), 2u);
  EXPECT_THAT(points[1].overrides, ElementsAre("core.matrix.rows=5", "memory.latency=100 ns"));
  EXPECT_EQ(results.sweeps()[0].title, "A \"title\"");
  EXPECT_EQ(results.published()[0].value, 12.3e12);
}

TEST_F(Store, rows_of_rtl_come_back_and_replace_earlier_ones_about_the_same_thing) {
  const RtlSynthesisRow synthesis{
      "fifo", "Depth=2", "lib at 1 V",          0.1 + 0.2, 1.5, 2, "word", 8.25, 4.5, 1e-9, 10,
      20,     "yosys",   "mantissa synth fifo", "abc"};
  RtlProofRow proof{"fifo", "Depth=2", "order", "in order", "proved", "induction",
                    3,      "other",   true,    "z3",       0.5,      0.25};
  const RtlCosimRow cosim{"fifo", "Depth=2", "built in", "mismatch", "data_o is 1, expected 0",
                          7,      8,         9,          3,          4};
  auto results = Results::write(path());
  results.add(synthesis);
  results.add(proof);
  results.add(cosim);
  EXPECT_TRUE(results.empty()) << "of sweeps and runs: one may still begin here";
  ASSERT_EQ(results.rtl_synthesis().size(), 1u);
  const auto s = results.rtl_synthesis()[0];
  EXPECT_EQ(std::tie(s.unit, s.parameters, s.library, s.area_um2, s.critical_path_ns, s.clock_ns),
            std::tie(synthesis.unit, synthesis.parameters, synthesis.library, synthesis.area_um2,
                     synthesis.critical_path_ns, synthesis.clock_ns));
  EXPECT_EQ(std::tie(s.action, s.energy_pj, s.idle_pj, s.leakage_w, s.commands, s.cycles, s.tools,
                     s.command, s.sources_hash),
            std::tie(synthesis.action, synthesis.energy_pj, synthesis.idle_pj, synthesis.leakage_w,
                     synthesis.commands, synthesis.cycles, synthesis.tools, synthesis.command,
                     synthesis.sources_hash));
  const auto c = results.rtl_cosim().at(0);
  EXPECT_EQ(std::tie(c.unit, c.parameters, c.design, c.verdict, c.detail, c.commands, c.cycles,
                     c.seed, c.cases_seen, c.cases),
            std::tie(cosim.unit, cosim.parameters, cosim.design, cosim.verdict, cosim.detail,
                     cosim.commands, cosim.cycles, cosim.seed, cosim.cases_seen, cosim.cases));
  const std::string before = results.dump();
  proof.seconds = 9;
  results.add(proof);
  EXPECT_EQ(results.dump(), before) << "how long a proof took is the machine's";
  proof.verdict = "refuted";
  proof.mutant_refuted = false;
  results.add(proof);
  EXPECT_NE(results.dump(), before);
  ASSERT_EQ(results.rtl_proofs().size(), 1u);
  const auto p = results.rtl_proofs()[0];
  EXPECT_EQ(std::tie(p.unit, p.parameters, p.proof, p.claim, p.verdict, p.method, p.depth, p.mutant,
                     p.mutant_refuted, p.tools, p.seconds, p.mutant_seconds),
            std::tie(proof.unit, proof.parameters, proof.proof, proof.claim, proof.verdict,
                     proof.method, proof.depth, proof.mutant, proof.mutant_refuted, proof.tools,
                     proof.seconds, proof.mutant_seconds));
  proof.proof = "another";
  results.add(proof);
  EXPECT_EQ(results.rtl_proofs().size(), 2u);
}

TEST_F(Store, rows_of_a_study_replace_those_of_its_earlier_run) {
  const auto run = sim::sample_study();
  StudyRow row{run.name,          run.experiment, run.title, run.description,
               run.resolved_yaml, "mantissa",     run.result};
  auto results = Results::write(path());
  results.add(row);
  EXPECT_TRUE(results.empty()) << "of sweeps and runs";
  const std::string dump = results.dump();
  EXPECT_THAT(dump, HasSubstr("study_comparisons: 'sample',0,'error, 8 bits','%',0.25,0.5,0.125,"));
  EXPECT_THAT(dump, HasSubstr("study_comparisons: 'sample',1,'speed','1',NULL,"));
  EXPECT_THAT(dump, HasSubstr("study_values: 'sample','cells',0,0,'voltage','V/Vmin',0.75\n"));
  EXPECT_THAT(dump, HasSubstr("study_values: 'sample','cells',0,1,'cells','',-3\n"));
  EXPECT_THAT(dump, HasSubstr("study_values: 'sample','cells',1,1,'cells','',NULL\n"));
  EXPECT_THAT(dump, HasSubstr("study_values: 'sample','cells',1,2,'who','','c'\n"));
  results.add(row);
  EXPECT_EQ(results.dump(), dump);
  row.result.tables[0].rows.pop_back();
  row.result.comparisons.pop_back();
  results.add(row);
  EXPECT_THAT(results.dump(), testing::Not(HasSubstr("speed")));
  EXPECT_THAT(results.dump(), testing::Not(HasSubstr("'cells',1,")));
  row.study = "another";
  results.add(row);
  EXPECT_THAT(results.dump(), HasSubstr("studies: 'sample','voltage',"));
  EXPECT_THAT(results.dump(), HasSubstr("studies: 'another','voltage',"));
}

TEST_F(Store, the_order_of_arrival_does_not_show) {
  const auto a = sweep::testing::fake_run(request("3")), b = sweep::testing::fake_run(request("5"));
  auto one = Results::write(path("one.sqlite"));
  one.add_run(a);
  one.add_run(b);
  auto two = Results::write(path("two.sqlite"));
  two.add_run(b);
  two.add_run(a);
  EXPECT_EQ(one.dump(), two.dump());
  EXPECT_THAT(one.dump(), HasSubstr("layers: "));
}

TEST_F(Store, another_layout_is_refused) {
  { Results::write(path()); }
  { Database(path(), Database::Mode::write).execute("UPDATE meta SET value = '99'"); }
  for (const auto open : {&Results::read, &Results::write}) try {
      open(path());
      FAIL() << "accepted";
    } catch (const Error& error) {
      EXPECT_THAT(error.message(),
                  HasSubstr("read 'schema_version 99'; expected schema_version 3"));
      EXPECT_EQ(error.exit(), ExitCode::bad_input);
    }
}

TEST_F(Store, files_that_are_no_results_are_refused) {
  std::ofstream(path("text")) << std::string(5000, 'x');
  { Database(path("other.sqlite"), Database::Mode::write).execute("CREATE TABLE t (x)"); }
  for (const char* name : {"text", "other.sqlite", "missing"}) try {
      Results::read(path(name));
      FAIL() << "accepted " << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind().id(), unreadable.id()) << name;
    }
}

TEST_F(Store, a_full_database_and_a_failing_write_are_exit_code_4) {
  auto record = sweep::testing::fake_run(request("3"));
  record.resolved_yaml.assign(1 << 20, 'y');
  Database db(path(), Database::Mode::write);
  db.execute("CREATE TABLE t (x TEXT)");
  db.execute("PRAGMA max_page_count = 8");
  Statement insert(db, "INSERT INTO t VALUES (?)");
  insert.bind(1, record.resolved_yaml);
  try {
    insert.run();
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), ExitCode::resource);
    EXPECT_THAT(error.message(), HasSubstr("make room"));
  }
}

TEST_F(Store, a_file_size_limit_while_a_row_is_written_is_exit_code_4) {
  auto record = sweep::testing::fake_run(request("3"));
  record.resolved_yaml.assign(1 << 22, 'y');
  auto results = Results::write(path());
  struct rlimit before;
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const struct rlimit small { 1 << 20, before.rlim_max };
  setrlimit(RLIMIT_FSIZE, &small);
  try {
    results.add_run(record);
    ADD_FAILURE() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind().id(), disk_full.id());
  }
  EXPECT_THROW(write_file(path("big.csv"), record.resolved_yaml), Error);
  EXPECT_FALSE(fs::exists(path("big.csv")));
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_FALSE(results.has_run(record.hash));  // rolled back,
  results.add_run(record);                     // and usable again
  EXPECT_TRUE(results.has_run(record.hash));
}

TEST_F(Store, csv_reads_back_as_what_was_stored) {
  auto results = Results::write(path());
  fill(results);
  EXPECT_THAT(export_csv(results, root_.string()),
              ElementsAre("points.csv", "layers.csv", "energy.csv", "area.csv", "published.csv"));
  const auto points = read_csv(text("points.csv"), "points.csv");
  ASSERT_EQ(points.size(), 3u);
  const auto cell = [](const auto& rows, std::size_t row, const std::string& column) {
    const auto& head = rows[0];
    return rows[row].at(std::find(head.begin(), head.end(), column) - head.begin());
  };
  const auto run = results.run(results.points()[1].hash);
  for (const auto& quantity : quantities()) {
    const auto found = run.metrics.find(quantity.column);
    const auto written = cell(points, 2, quantity.column);
    if (found == run.metrics.end())
      EXPECT_EQ(written, "") << quantity.column;
    else
      EXPECT_EQ(std::stod(written), found->second) << quantity.column;
  }
  EXPECT_EQ(cell(points, 2, "variant"), "rows=5");
  EXPECT_EQ(cell(points, 2, "overrides"), "core.matrix.rows=5; memory.latency=100 ns");
  const auto layers = read_csv(text("layers.csv"), "layers.csv");
  EXPECT_EQ(cell(layers, 1, "name"), "conv, \"first\"");
  EXPECT_EQ(std::stod(cell(layers, 1, "utilization")), 0.1 + 0.2);
  const auto energy = read_csv(text("energy.csv"), "energy.csv");
  ASSERT_EQ(energy.size(), 5u);
  EXPECT_EQ(cell(energy, 1, "source"), "a paper, 2014");
  for (const auto& rows : {points, layers, energy})
    for (const auto& row : rows) EXPECT_EQ(row.size(), rows[0].size());
}

TEST_F(Store, csv_cells_are_quoted_only_where_they_must_be) {
  EXPECT_EQ(csv_cell("plain"), "plain");
  EXPECT_EQ(csv_cell("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_cell("say \"x\"\n"), "\"say \"\"x\"\"\n\"");
  EXPECT_THROW(read_csv("a,\"b", "t"), Error);
}

TEST_F(Store, the_front_needs_every_objective) {
  auto results = Results::write(path());
  fill(results);  // more rows: faster but larger, so neither beats the other
  EXPECT_THAT(pareto_points(results), ElementsAre(true, true));
  auto sweep = results.sweeps()[0];
  sweep.objectives = "area_um2";
  results.plan(sweep, results.points(), {});
  EXPECT_THAT(pareto_points(results), ElementsAre(true, false));
}

TEST_F(Store, labels_leave_out_what_all_points_share) {
  std::vector<PointRow> points(2);
  points[0].arch = points[1].arch = "configs/arch/mine.yaml";
  points[0].workload = points[1].workload = "lstm";
  points[0].overrides = {"core.matrix.rows=3", "core.vector.rows=1", "workload.batch=1", "x.y=1"};
  points[1].overrides = {"core.matrix.rows=5", "core.vector.rows=2", "workload.batch=8", "x.y=1"};
  const auto names = labels(points);
  EXPECT_EQ(names[0].variant, "matrix.rows=3 vector.rows=1");
  EXPECT_EQ(names[1].job, "lstm batch=8");
  points[1].arch = "tpu_v1";
  EXPECT_EQ(labels(points)[0].variant, "mine matrix.rows=3 vector.rows=1");
  EXPECT_EQ(labels(points)[1].variant, "tpu_v1 matrix.rows=5 vector.rows=2");
}

TEST_F(Store, every_quantity_has_a_unit_that_constraints_know_and_a_unique_name) {
  std::set<std::string> names;
  for (const auto& quantity : quantities()) {
    EXPECT_TRUE(sweep::measure(1, quantity.unit)) << quantity.unit;
    EXPECT_TRUE(names.insert(quantity.name).second);
    EXPECT_GT(std::string(quantity.definition).size(), 10u) << quantity.name;
  }
}

TEST_F(Store, values_are_readable) {
  const auto text = [](const char* name, double value) {
    return readable(*find_quantity(name), value);
  };
  EXPECT_EQ(text("latency", 0.00124), "1.24 ms");
  EXPECT_EQ(text("latency", 0), "0 ps");
  EXPECT_EQ(text("throughput", 12.3e12), "12.3 TOPS");
  EXPECT_EQ(text("utilization", 0.4821), "48.2 %");
  EXPECT_EQ(text("cycles", 1234567), "1,234,567");
  EXPECT_EQ(text("energy", 999999), "1 µJ");
  EXPECT_EQ(text("area", 3.31e8), "331 mm²");
  EXPECT_EQ(text("area", 475300), "0.4753 mm²");
  EXPECT_EQ(text("area", 4753), "4753 µm²");
}

}  // namespace
}  // namespace mantissa::store
