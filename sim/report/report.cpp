// SPDX-License-Identifier: Apache-2.0
#include "sim/report/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "sim/report/figures.h"
#include "sim/report/html.h"
#include "sim/report/sections.h"
#include "sim/store/csv.h"

namespace mantissa::report {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string asset(const Options& options, const char* name) {
  const std::string text = read(fs::path(options.assets) / name);
  if (text.empty())
    throw Error(missing_assets)
        .at((fs::path(options.assets) / name).string())
        .say("the template of the report is missing")
        .remedy("install the folder configs beside the program, or name it with MANTISSA_CONFIGS");
  return text;
}

std::string counted(std::size_t n, const char* one, const char* many) {
  return fmt::format("{} {}", n, n == 1 ? one : many);
}

std::string overview(const ReportData& data) {
  if (data.study)
    return fmt::format("{}, {}, {}",
                       counted(data.study->result.comparisons.size(), "comparison", "comparisons"),
                       counted(data.study->result.tables.size(), "table", "tables"),
                       counted(data.study->result.figures.size(), "figure", "figures"));
  if (data.points.empty() && data.has_rtl()) {
    std::set<std::string> units;
    for (const auto& row : data.rtl_synthesis) units.insert(row.unit);
    for (const auto& row : data.rtl_proofs) units.insert(row.unit);
    for (const auto& row : data.rtl_cosim) units.insert(row.unit);
    return counted(units.size(), "unit", "units");
  }
  const auto count = [&](auto predicate) {
    return static_cast<std::size_t>(
        std::count_if(data.points.begin(), data.points.end(), predicate));
  };
  const auto status = [&](store::Status s) {
    return count([s](const ReportPoint& p) { return p.row.status == s; });
  };
  std::set<std::string> archs;
  for (const auto& point : data.points) archs.insert(point.row.arch);
  std::string text =
      fmt::format("{}: {} on {}", counted(data.points.size(), "point", "points"),
                  data.variants().size() > archs.size()
                      ? fmt::format("{} variants of {}", data.variants().size(),
                                    counted(archs.size(), "architecture", "architectures"))
                      : counted(archs.size(), "architecture", "architectures"),
                  counted(data.jobs().size(), "workload", "workloads"));
  const std::size_t violating =
      count([](const ReportPoint& p) { return p.ok() && !p.row.feasible; });
  if (violating > 0) text += fmt::format(", {} outside the constraints", violating);
  if (const auto n = status(store::Status::infeasible)) text += fmt::format(", {} excluded", n);
  if (const auto n = status(store::Status::failed)) text += fmt::format(", {} failed", n);
  if (const auto n = status(store::Status::pending)) text += fmt::format(", {} still to run", n);
  return text;
}

// A section with its heading; nothing when it has no content.
std::string section(const char* id, const char* title, const std::string& lead,
                    const std::string& html) {
  if (html.empty()) return {};
  return fmt::format("<section id=\"{}\"><h2>{}</h2>\n{}{}</section>\n", id, title,
                     lead.empty() ? "" : "<p class=\"lead\">" + escape(lead) + "</p>\n", html);
}

std::string figure_html(const Figures& figures, const std::string& directory) {
  std::string out;
  for (const auto& figure : figures.drawn)
    out += fmt::format("<figure><figcaption><b>{}.</b> {}</figcaption>\n{}</figure>\n",
                       escape(figure.title), escape(figure.caption),
                       inline_svg(read(fs::path(directory) / "plots" / figure.file)));
  if (out.empty() && !figures.note.empty())
    out = "<p class=\"note\">" + escape(figures.note) + "</p>\n";
  return out;
}

std::string study_figures(const ReportData& data, const DrawnFiles& figures) {
  std::string out;
  for (const auto& name : figures.names)
    out += "<figure>" + inline_svg(read(fs::path(data.tables) / "plots" / name)) + "</figure>\n";
  if (out.empty() && !figures.note.empty()) out = element("p", figures.note, "note") + '\n';
  return out;
}

std::string body(const ReportData& data, const Figures& figures, const DrawnFiles& of_study) {
  std::string out;
  out += section("studies", "Studies",
                 "The difference is ours - published; ± is half of the 95 % interval of ours.",
                 study_section(data, study_figures(data, of_study)));
  out += section("published", "Published figures beside ours",
                 "Difference is ours / published - 1.", published_table(data));
  out += section("figures", "Figures", "", figure_html(figures, data.tables));
  out += section("points", "All points",
                 "Click a column's head to sort. Architectures carry the parameters that vary.",
                 data.points.empty() ? "" : points_table(data));
  out += section("campaign", "Over chips",
                 "Mean and deviation over chips that differ in what fails, and the interval that "
                 "holds the mean in 95 of 100 campaigns (Student's t).",
                 campaign_table(data));
  out += section("failures", "Points without a result", "", failures_list(data));
  out += section("warnings", "Warnings", "", warnings_list(data));
  out += section("cycles", "Cycles of the matrix unit",
                 "Of the busiest core, as shares of all cycles; busy and all kinds of waiting add "
                 "up to 100 %.",
                 data.points.empty() ? "" : cycles_table(data));
  out +=
      section("layers", "Layers", "Start and end are cycles of the core clock; layers may overlap.",
              layer_tables(data));
  out += section("energy", "Energy and area by part", "", energy_tables(data));
  out +=
      section("prices", "Every price and its source",
              "Methods from the most to the least trustworthy: synthesised, published, recalled, "
              "derived, assumed. A figure of 'assumed' has no source: it is the stated default of "
              "a parameter.",
              prices_table(data));
  out +=
      section("rtl", "RTL",
              "Area and energy are those of the library named, not scaled to another node; only "
              "netlists that equal model and RTL in every output and cycle have figures. A proof "
              "counts when the same claim falls for its mutant.",
              rtl_tables(data));
  out += section("definitions", "Definitions",
                 "A cycle is one of the core clock. Columns are those of points.csv.",
                 data.points.empty() ? "" : definitions_table());
  out +=
      section("configurations", "Configurations",
              "Resolved, with every default written out. Saved to a file, one of them reproduces "
              "its point.",
              configurations(data));
  out += section("provenance", "Provenance", "", provenance(data));
  return out;
}

// The first screen; a study alone, or proofs alone, have no runs that could win.
std::string verdict_section(const ReportData& data) {
  if (data.points.empty()) return {};
  return section(
      "verdict", "Which architecture wins, and what bounds it", "",
      verdicts(data) + winner_tables(data) +
          "<p class=\"note\">Bars are relative to the best of the row. What bounds a point: <span "
          "class=\"chip busy\">compute</span> when at least half of the peak did the workload's "
          "MACs (utilization); otherwise the largest loss, be it an <span class=\"chip "
          "unfilled\">unfilled array</span>, which streams operands while rows, columns or cores "
          "have nothing to multiply, or what the matrix unit waited for, as a share of all "
          "cycles.</p>\n");
}

// Links to the sections that there are.
std::string contents(const std::string& html) {
  static const std::vector<std::pair<const char*, const char*>> titles{
      {"studies", "Studies"},
      {"published", "Published"},
      {"figures", "Figures"},
      {"points", "All points"},
      {"failures", "No result"},
      {"warnings", "Warnings"},
      {"cycles", "Cycles"},
      {"layers", "Layers"},
      {"energy", "Energy"},
      {"prices", "Prices"},
      {"rtl", "RTL"},
      {"definitions", "Definitions"},
      {"configurations", "Configurations"},
      {"provenance", "Provenance"}};
  std::string out;
  for (const auto& [id, title] : titles)
    if (html.find(fmt::format("<section id=\"{}\">", id)) != std::string::npos)
      out += fmt::format("<a href=\"#{}\">{}</a>\n", id, title);
  return out;
}

}  // namespace

Written write_report(const Options& options) {
  const std::string page = asset(options, "page.html");
  const ReportData data = load_report(options.directory);
  std::string objectives;
  for (const auto& sweep : data.sweeps)
    if (objectives.empty()) objectives = sweep.objectives;
  const Figures figures =
      data.points.empty() ? Figures{} : draw_figures(options.figures, data.tables, objectives);
  const DrawnFiles of_study = data.study && !data.study->result.figures.empty()
                                  ? draw_study_figures(options.study_figures, data.tables)
                                  : DrawnFiles{};
  const std::string main = body(data, figures, of_study);
  const std::string html = fill(page, {{"title", escape(data.title)},
                                       {"description", escape(data.description)},
                                       {"style", asset(options, "page.css")},
                                       {"script", asset(options, "page.js")},
                                       {"overview", escape(overview(data))},
                                       {"contents", contents(main)},
                                       {"verdict", verdict_section(data)},
                                       {"body", main},
                                       {"date", escape(options.date)}});
  const std::string path = (fs::path(options.directory) / "report.html").string();
  store::write_file(path, html);
  return {path, figures.note.empty() ? of_study.note : figures.note};
}

}  // namespace mantissa::report
