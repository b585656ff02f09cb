// SPDX-License-Identifier: Apache-2.0
// The report of a sweep over a fake simulator: complete, self-contained, and honest about gaps.
#include "sim/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "../sweep/fake_point.h"
#include "sim/report/html.h"
#include "sim/report/report_data.h"
#include "sim/store/csv.h"
#include "sim/study/study_json.h"
#include "tests/sim/study/sample_study.h"

namespace mantissa::report {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

class Report : public ::testing::Test {
 protected:
  Report() {
    static int count = 0;
    root_ = fs::temp_directory_path() /
            ("mantissa_report_" + std::to_string(getpid()) + "_" + std::to_string(count++));
    fs::create_directories(root_);
  }
  ~Report() override { fs::remove_all(root_); }

  // Nine points of two architectures: two excluded by constraints or failure, one published figure.
  void sweep(const std::string& title = "A <b>title</b> & more") const {
    const std::string text =
        "version: 1\nkind: sweep\ntitle: \"" + title +
        "\"\narchs: [a, b]\nworkloads: [w, v]\ngrid: {core.matrix.rows: [10, 20]}\n"
        "list: [{arch: a, workload: w, set: {misbehave: abort}}]\n"
        "constraints: [\"area < 0.3 mm2\"]\n"
        "published: [{arch: b, workload: v, set: {core.matrix.rows: 10}, quantity: throughput, "
        "value: "
        "1 GOPS, method: recalled 85 %, source: the 2017 paper}]\n";
    const auto s = sweep::parse_sweep(config::read_text(text, "s.yaml"), "s.yaml");
    sweep::SweepOptions options;
    options.directory = (root_ / "out").string();
    options.program = "mantissa 0.1.0 (abc)";
    sweep::run_sweep(s, options, sweep::testing::fake());
  }
  Options options(bool figures = false) const {
    Options o;
    o.directory = (root_ / "out").string();
    o.assets = MANTISSA_SOURCE_DIR "/configs/report";
    if (figures) o.figures = MANTISSA_SOURCE_DIR "/scripts/plot/figures.py";
    if (figures) o.study_figures = MANTISSA_SOURCE_DIR "/scripts/plot/study.py";
    o.date = "2020-02-02 02:02";
    return o;
  }
  std::string page(bool figures = false) const { return read(write_report(options(figures)).path); }
  fs::path root_;
};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

std::string section(const std::string& html, const std::string& id) {
  const std::size_t begin = html.find("<section id=\"" + id + "\"");
  if (begin == std::string::npos) return {};
  return html.substr(begin, html.find("</section>", begin) - begin);
}

TEST_F(Report, has_every_point_once_in_the_table_of_all_points) {
  sweep();
  const std::string points = section(page(), "points");
  EXPECT_EQ(count(points, "<tr"), 1 + 9u);
  EXPECT_EQ(count(points, ">failed<"), 1u);
  EXPECT_EQ(count(points, ">violates area &lt; 0.3 mm2<"), 4u);
}

void expect_self_contained(const std::string& html) {
  EXPECT_EQ(count(html, "http"), 0u);
  EXPECT_FALSE(std::regex_search(html, std::regex("(src|href)=\"(?!#|data:)")));
  EXPECT_EQ(count(html, "@import"), 0u);
  EXPECT_EQ(count(html, "url("), count(html, "url(#"));  // clip paths of the figures
}

TEST_F(Report, loads_nothing_from_anywhere) {
  sweep();
  expect_self_contained(page());
}

TEST_F(Report, escapes_what_users_write) {
  sweep();
  const std::string html = page();
  EXPECT_THAT(html, HasSubstr("<h1>A &lt;b&gt;title&lt;/b&gt; &amp; more</h1>"));
  EXPECT_THAT(html, HasSubstr("conv, &quot;first&quot;"));
  EXPECT_THAT(html, Not(HasSubstr("<b>title</b>")));
}

TEST_F(Report, opens_with_the_winner_of_each_workload_and_what_bounds_it) {
  sweep();
  const std::string verdict = section(page(), "verdict");
  EXPECT_EQ(count(verdict, "class=\"job\""), 2u);
  EXPECT_THAT(verdict, HasSubstr("<td class=\"win\">a rows=10</td>"));
  EXPECT_THAT(verdict, HasSubstr("DRAM 40 %"));
  EXPECT_THAT(verdict, HasSubstr("<small>bus</small>"));
}

TEST_F(Report, prints_prices_with_source_and_method_definitions_and_versions) {
  sweep();
  const std::string html = page();
  EXPECT_THAT(section(html, "prices"), HasSubstr("a paper, 2014"));
  EXPECT_THAT(section(html, "prices"), HasSubstr("method assumed"));
  EXPECT_THAT(section(html, "definitions"), HasSubstr("MACs / (peak MACs per cycle"));
  EXPECT_THAT(section(html, "provenance"), HasSubstr("mantissa 0.1.0 (abc)"));
  EXPECT_THAT(section(html, "warnings"), HasSubstr("holds 1 of 2 buffers"));
  EXPECT_THAT(section(html, "failures"), HasSubstr("signal 6"));
  EXPECT_THAT(section(html, "configurations"),
              HasSubstr("misbehave: abort"));  // of the sweep's text
  EXPECT_THAT(html, HasSubstr("2020-02-02 02:02"));
}

TEST_F(Report, prints_published_ours_and_difference) {
  sweep();
  const std::string published = section(page(), "published");
  // The fake needs 1e6 MACs in 1e6/10/3/7e8 s: 42 GOPS against 1.
  EXPECT_THAT(published, HasSubstr(">1 GOPS<"));
  EXPECT_THAT(published, HasSubstr(">42 GOPS<"));
  EXPECT_THAT(published, HasSubstr(">+4100.0 %<"));
  EXPECT_THAT(published, HasSubstr("recalled 85 %"));
}

TEST_F(Report, is_made_with_tables_alone_when_figures_cannot_be_drawn) {
  sweep();
  auto without = options();
  without.figures = (root_ / "missing.py").string();
  auto written = write_report(without);
  EXPECT_THAT(written.note, HasSubstr("not installed"));
  EXPECT_THAT(read(written.path), HasSubstr("not installed"));
  // A Python without matplotlib: what figures.py prints and returns then.
  std::ofstream(root_ / "broken.py")
      << "import sys\nprint('figures need matplotlib: apt-get install python3-matplotlib', "
         "file=sys.stderr)\nsys.exit(3)\n";
  without.figures = (root_ / "broken.py").string();
  written = write_report(without);
  EXPECT_THAT(written.note, HasSubstr("apt-get install python3-matplotlib"));
  EXPECT_THAT(section(read(written.path), "points"), HasSubstr("<table"));
}

TEST_F(Report, draws_every_figure_that_the_results_allow) {
  sweep();
  const auto written = write_report(options(true));
  if (!written.note.empty()) GTEST_SKIP() << written.note;
  const std::string html = read(written.path);
  for (const char* title :
       {"Trade-offs", "What each parameter does", "Rooflines", "Where the cycles went",
        "Where the energy went", "Utilization per layer", "Published and ours"})
    EXPECT_THAT(html, HasSubstr(std::string("<figcaption><b>") + title));
  EXPECT_TRUE(fs::exists(root_ / "out" / "plots" / "roofline.png"));
  expect_self_contained(html);
  // No date: equal results give equal figures.
  EXPECT_THAT(read(root_ / "out" / "plots" / "pareto.svg"), Not(HasSubstr("<dc:date>")));
}

// The fields of 'mantissa run --json' that the report reads.
std::string run_json() {
  const std::string price =
      R"({"value": 0.25, "unit": "pJ", "node_nm": 28, "voltage_v": 0.9, "method": "derived", "source": "a paper", "formula": "x"})";
  return R"({"schema_version": 1, "arch": "tpu_v1", "workload": "resnet50", "fidelity": "shape",
    "config_hash": "0123456789abcdef", "clock_hz": 700000000, "cycles": 100, "latency_s": 1.4e-7,
    "macs": 5000, "peak_macs_per_cycle": 100, "utilization": 0.5,
    "energy_pj": {"matrix": 1250, "total": 1250}, "area_um2": {"matrix": 3, "total": 3},
    "dram": {"read_bytes": 64, "write_bytes": 36, "achieved_bytes_per_s": 7e8,
             "busy_bytes_per_s": 7e8, "peak_bytes_per_s": 34e9, "bound_by": "demand"},
    "busy": 60, "stalls": {"weight_load": 10, "operand": 0, "accumulator": 0, "dram": 20,
                           "dependency": 5, "drain": 5},
    "kernel": {"wakeups": 12}, "warnings": ["mind the gap"], "versions": {"mantissa": "0.1.0"},
    "layers": [{"name": "conv1", "op": "conv2d", "engine": "matrix", "core": 0, "start": 0,
                "end": 100, "busy": 60, "compute": 80, "folds": 2, "macs": 5000, "utilization": 0.5,
                "dram_read_bytes": 64, "dram_write_bytes": 36, "tiling": "M 1", "reason": "fits"}],
    "prices": {"energy": [{"component": "matrix", "kind": "mac_array", "action": "mac",
                           "count": 5000, "energy_pj": 1250, "price": )" +
         price + R"(}],
               "area": [{"component": "matrix", "kind": "mac_array", "count": 1, "area_um2": 3,
                         "price": )" +
         price + R"(}]},
    "config": {"version": 1, "core": {"clock": "700 MHz", "formats": ["int8"]}}})";
}

TEST_F(Report, of_a_single_run_reads_its_json_and_leaves_its_tables_alone) {
  fs::create_directories(root_ / "out");
  std::ofstream(root_ / "out" / "result.json") << run_json();
  std::ofstream(root_ / "out" / "layers.csv") << "the run's own";
  const std::string html = page();
  EXPECT_THAT(html, HasSubstr("<h1>resnet50 on tpu_v1</h1>"));
  EXPECT_THAT(section(html, "verdict"), HasSubstr("compute 50 %"));
  EXPECT_THAT(section(html, "points"), HasSubstr(">71.43 GOPS<"));
  EXPECT_THAT(section(html, "warnings"), HasSubstr("mind the gap"));
  EXPECT_THAT(section(html, "configurations"), HasSubstr("clock: 700 MHz"));
  EXPECT_EQ(read(root_ / "out" / "layers.csv"), "the run's own");
  EXPECT_TRUE(fs::exists(root_ / "out" / "report" / "layers.csv"));
}

void add_rtl(const fs::path& directory) {
  fs::create_directories(directory);
  auto results = store::Results::write((directory / "results.sqlite").string());
  store::RtlSynthesisRow synthesis;
  synthesis.unit = "fifo";
  synthesis.parameters = "Depth=2";
  synthesis.library = "cells <1> at 1.8 V, 25 C";
  synthesis.area_um2 = 4568;
  synthesis.clock_ns = synthesis.critical_path_ns = 1.357;
  synthesis.action = "word";
  synthesis.energy_pj = 8.42;
  results.add(synthesis);
  results.add(store::RtlProofRow{"sram", "Words=4", "secded", "one flip is mended", "proved",
                                 "combinational", 1, "no syndrome", true, "z3", 0.5, 0.25});
  results.add(store::RtlCosimRow{"fifo", "Depth=2", "mine in dir", "mismatch",
                                 "data_o is 1, expected 0", 7, 8, 9, 3, 4});
}

void expect_rtl(const std::string& rtl) {
  EXPECT_THAT(rtl, HasSubstr("4568 um2"));
  EXPECT_THAT(rtl, HasSubstr("8.42 pJ"));
  EXPECT_THAT(rtl, HasSubstr("cells &lt;1&gt; at 1.8 V"));
  EXPECT_THAT(rtl, HasSubstr("one flip is mended"));
  EXPECT_THAT(rtl, HasSubstr("no syndrome"));
  EXPECT_THAT(rtl, HasSubstr("data_o is 1, expected 0"));
  EXPECT_THAT(rtl, HasSubstr("3 of 4"));
}

TEST_F(Report, of_a_sweep_shows_what_is_known_of_its_rtl) {
  sweep();
  EXPECT_EQ(section(page(), "rtl"), "") << "nothing is";
  add_rtl(root_ / "out");
  const std::string html = page();
  expect_rtl(section(html, "rtl"));
  EXPECT_THAT(section(html, "points"), HasSubstr("<table"));
}

TEST_F(Report, of_a_run_shows_what_is_known_of_its_rtl) {
  add_rtl(root_ / "out");
  std::ofstream(root_ / "out" / "result.json") << run_json();
  const std::string html = page();
  expect_rtl(section(html, "rtl"));
  EXPECT_THAT(html, HasSubstr("<h1>resnet50 on tpu_v1</h1>"));
}

TEST_F(Report, of_rtl_alone_is_a_page_too) {
  add_rtl(root_ / "out");
  const std::string html = page(true);
  expect_rtl(section(html, "rtl"));
  EXPECT_THAT(html, HasSubstr("<h1>Units in SystemVerilog</h1>"));
  EXPECT_THAT(html, HasSubstr("2 units"));
  EXPECT_EQ(section(html, "points"), "");
  expect_self_contained(html);
}

// What `mantissa exec -o` leaves behind, plots aside.
void add_study(const fs::path& directory) {
  fs::create_directories(directory);
  const auto run = sim::sample_study();
  store::Results::write((directory / "results.sqlite").string());
  std::ofstream(directory / "study.json") << sim::to_json(run).dump();
  std::ofstream(directory / "study.yaml") << run.resolved_yaml;
  std::ofstream(directory / "energy.csv") << "the study's own";
  sim::Json figures = sim::Json::array();
  for (const auto& figure : run.result.figures) figures.push_back(sim::to_json(figure));
  std::ofstream(directory / "figures.json") << figures.dump();
}

TEST_F(Report, of_a_study_shows_comparisons_tables_and_figures) {
  add_study(root_ / "out");
  const std::string html = page(true);
  expect_self_contained(html);
  EXPECT_THAT(html, HasSubstr("<h1>A &lt;b&gt;sample&lt;/b&gt;</h1>"));
  EXPECT_THAT(html, HasSubstr("2 comparisons, 1 table, 3 figures"));
  const std::string study = section(html, "studies");
  for (const char* part :
       {"A check of the experiment failed", "Two images.", "error, 8 bits", ">+0.25<", "a paper",
        "small &lt;set&gt;", "Cells &amp; more", "voltage [V/Vmin]", "mind the &lt;gap&gt;",
        "maps: 2", "<svg", ">first dot</text>", ">second dot</text>", ">front</text>", ">±<"})
    EXPECT_THAT(study, HasSubstr(part));
  EXPECT_EQ(section(html, "verdict"), "") << "nothing ran that could win";
  EXPECT_EQ(read(root_ / "out" / "energy.csv"), "the study's own") << "no export over its tables";
  for (const char* name : {"lines", "bars", "dots"})
    for (const char* extension : {".svg", ".png"})
      EXPECT_TRUE(fs::exists(root_ / "out" / "plots" / (std::string(name) + extension))) << name;
}

TEST_F(Report, has_a_column_of_intervals_where_a_figure_has_one) {
  add_study(root_ / "out");
  auto run = sim::sample_study();
  for (auto& c : run.result.comparisons) c.deviation.reset();
  std::ofstream(root_ / "out" / "study.json") << sim::to_json(run).dump();
  const std::string study = section(page(), "studies");
  EXPECT_THAT(study, HasSubstr("error, 8 bits"));
  EXPECT_THAT(study, Not(HasSubstr(">±<")));
}

TEST_F(Report, of_a_study_can_do_without_figures) {
  add_study(root_ / "out");
  const std::string study = section(page(), "studies");
  EXPECT_THAT(study, Not(HasSubstr("<svg")));
  EXPECT_THAT(study, HasSubstr("Figures were left out."));
  EXPECT_THAT(study, HasSubstr("error, 8 bits"));
}

TEST_F(Report, of_something_else_has_no_section_of_studies) {
  sweep();
  EXPECT_EQ(section(page(), "studies"), "");
}

TEST_F(Report, says_where_results_should_have_been) {
  fs::create_directories(root_ / "out");
  try {
    write_report(options());
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), HasSubstr("results.sqlite of 'mantissa sweep -o' or result.json"));
    EXPECT_EQ(error.exit(), ExitCode::bad_input);
  }
  std::ofstream(root_ / "out" / "result.json") << "{\"cycles\": 3}";
  EXPECT_THROW(write_report(options()), Error);
  std::ofstream(root_ / "out" / "result.json") << "{\"cycles\": ";
  EXPECT_THROW(write_report(options()), Error);
}

TEST_F(Report, names_a_missing_template) {
  sweep();
  auto without = options();
  without.assets = (root_ / "nowhere").string();
  try {
    write_report(without);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind().id(), missing_assets.id());
  }
}

TEST(Bound, is_compute_only_when_half_the_peak_does_useful_work) {
  ReportPoint point;
  point.run.metrics = {{"cycles", 100},
                       {"utilization", 0.49},
                       {"busy_cycles", 60},
                       {"stall_dram_cycles", 25},
                       {"stall_drain_cycles", 15}};
  EXPECT_EQ(bound(point).name, "DRAM");
  point.run.metrics["utilization"] = 0.5;
  EXPECT_EQ(bound(point).name, "compute");
  point.run.metrics["utilization"] = 0.2;  // 40 % of all cycles stream into an unfilled array
  EXPECT_EQ(bound(point).name, "unfilled array");
  double sum = 0;
  for (const auto& share : shares(point)) sum += share.share;
  EXPECT_NEAR(sum, 1, 1e-12);
  EXPECT_EQ(bound(ReportPoint{}).name, "nothing");
}

TEST(Html, templates_demand_a_value_for_each_hole_and_a_hole_for_each_value) {
  EXPECT_EQ(fill("a {{x}} b {{x}}", {{"x", "{{y}}"}}), "a {{y}} b {{y}}");
  EXPECT_THROW(fill("{{x}}", {}), InternalError);
  EXPECT_THROW(fill("", {{"x", ""}}), InternalError);
}

TEST(Html, an_inlined_svg_has_neither_prolog_nor_namespace) {
  const std::string file =
      "<?xml version=\"1.0\"?>\n<!DOCTYPE svg PUBLIC \"x\" \"http://w3\">\n<svg "
      "xmlns:xlink=\"http://x\" width=\"1\" "
      "xmlns=\"http://y\">\n<metadata>http://z</metadata><path "
      "style=\"fill: #1b1b1f\"/></svg>\n";
  EXPECT_EQ(inline_svg(file), "<svg width=\"1\">\n<path style=\"fill: currentColor\"/></svg>\n");
  EXPECT_EQ(inline_svg("no picture"), "");
}

TEST(Html, table_rows_have_as_many_cells_as_the_head) {
  Table table({"a", "b"});
  EXPECT_THROW(table.row({Cell::text("x")}), InternalError);
  table.row({Cell::text("<"), Cell::number(0.1, "100 m")});
  EXPECT_THAT(table.html(), HasSubstr("<td>&lt;</td><td class=\"n\" data-v=\"0.1\">100 m</td>"));
}

}  // namespace
}  // namespace mantissa::report
