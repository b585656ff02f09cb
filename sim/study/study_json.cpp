// SPDX-License-Identifier: Apache-2.0
#include "sim/study/study_json.h"

#include <fmt/format.h>

#include <array>
#include <fstream>

#include "sim/run/version.h"

namespace mantissa::sim {
namespace {

using workloads::Cell;
using workloads::FigureKind;

constexpr std::array<std::pair<FigureKind, const char*>, 3> figure_kinds = {
    {{FigureKind::line, "line"}, {FigureKind::scatter, "scatter"}, {FigureKind::bar, "bar"}}};

Json number_or_null(const std::optional<double>& number) {
  return number ? Json(*number) : Json(nullptr);
}

Json cell_json(const Cell& cell) {
  return std::visit(
      [](const auto& value) -> Json {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>)
          return nullptr;
        else
          return value;
      },
      cell);
}

Json comparison_json(const workloads::Comparison& c) {
  return {{"what", c.what},
          {"unit", c.unit},
          {"published", number_or_null(c.published)},
          {"ours", c.ours},
          {"deviation", number_or_null(c.deviation)},
          {"difference", number_or_null(c.difference())},
          {"source", c.source},
          {"note", c.note}};
}

Json table_json(const workloads::ResultTable& table) {
  Json columns = Json::array(), rows = Json::array();
  for (const auto& column : table.columns)
    columns.push_back({{"name", column.name}, {"unit", column.unit}});
  for (const auto& row : table.rows) {
    Json cells = Json::array();
    for (const auto& cell : row) cells.push_back(cell_json(cell));
    rows.push_back(std::move(cells));
  }
  return {{"name", table.name}, {"title", table.title}, {"columns", columns}, {"rows", rows}};
}

Json axis_json(const workloads::Axis& axis) {
  return {{"label", axis.label}, {"logarithmic", axis.logarithmic}};
}

std::optional<double> number_of(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return json.get<double>();
}

Cell cell_of(const Json& json) {
  if (json.is_null()) return {};
  if (json.is_string()) return json.get<std::string>();
  if (json.is_number_integer()) return json.get<std::int64_t>();
  return json.get<double>();
}

workloads::Comparison comparison_of(const Json& json) {
  return {json.at("what"),
          json.at("unit"),
          number_of(json.at("published")),
          json.at("ours"),
          number_of(json.at("deviation")),
          json.at("source"),
          json.at("note")};
}

workloads::ResultTable table_of(const Json& json) {
  workloads::ResultTable table{json.at("name"), json.at("title"), {}, {}};
  for (const auto& column : json.at("columns"))
    table.columns.push_back({column.at("name"), column.at("unit")});
  for (const auto& cells : json.at("rows")) {
    table.rows.emplace_back();
    for (const auto& cell : cells) table.rows.back().push_back(cell_of(cell));
  }
  return table;
}

workloads::Axis axis_of(const Json& json) { return {json.at("label"), json.at("logarithmic")}; }

workloads::Figure figure_of(const Json& json) {
  workloads::Figure figure;
  figure.name = json.at("name");
  figure.title = json.at("title");
  for (const auto& [kind, name] : figure_kinds)
    if (json.at("kind") == name) figure.kind = kind;
  figure.x = axis_of(json.at("x"));
  figure.y = axis_of(json.at("y"));
  figure.ticks = json.at("ticks").get<std::vector<std::string>>();
  for (const auto& s : json.at("series"))
    figure.series.push_back({s.at("label"), s.at("x"), s.at("y"), s.at("low"), s.at("high"),
                             s.value("names", std::vector<std::string>{}),
                             s.value("steps", false)});
  return figure;
}

StudyRun run_of(const Json& json) {
  StudyRun run;
  run.name = json.at("study");
  run.title = json.at("title");
  run.description = json.at("description");
  run.experiment = json.at("experiment");
  const Json& by = json.at("versions");
  run.program = fmt::format("mantissa {} ({})", by.at("mantissa").get<std::string>(),
                            by.at("revision").get<std::string>());
  auto& result = run.result;
  for (const auto& c : json.at("comparisons")) result.comparisons.push_back(comparison_of(c));
  for (const auto& table : json.at("tables")) result.tables.push_back(table_of(table));
  for (const auto& figure : json.at("figures")) result.figures.push_back(figure_of(figure));
  result.notes = json.at("notes").get<std::vector<std::string>>();
  result.warnings = json.at("warnings").get<std::vector<std::string>>();
  result.passed = json.at("passed");
  return run;
}

}  // namespace

Json to_json(const workloads::Figure& figure) {
  Json series = Json::array();
  for (const auto& s : figure.series)
    series.push_back({{"label", s.label},
                      {"x", s.x},
                      {"y", s.y},
                      {"low", s.low},
                      {"high", s.high},
                      {"names", s.names},
                      {"steps", s.steps}});
  const char* kind = "";
  for (const auto& [known, name] : figure_kinds)
    if (known == figure.kind) kind = name;
  return {{"name", figure.name},      {"title", figure.title},    {"kind", kind},
          {"x", axis_json(figure.x)}, {"y", axis_json(figure.y)}, {"ticks", figure.ticks},
          {"series", series}};
}

Json to_json(const StudyRun& run) {
  const auto& result = run.result;
  Json json;
  json["schema_version"] = study_json_version;
  json["study"] = run.name;
  json["experiment"] = run.experiment;
  json["title"] = run.title;
  json["description"] = run.description;
  json["passed"] = result.passed;
  for (const char* list : {"comparisons", "tables", "figures"}) json[list] = Json::array();
  for (const auto& c : result.comparisons) json["comparisons"].push_back(comparison_json(c));
  for (const auto& table : result.tables) json["tables"].push_back(table_json(table));
  for (const auto& figure : result.figures) json["figures"].push_back(to_json(figure));
  json["notes"] = result.notes;
  json["warnings"] = result.warnings;
  json["versions"] = Json::object();
  for (const auto& [tool, version] : versions()) json["versions"][tool] = version;
  json["config"] = to_json(config::read_text(run.resolved_yaml, "study.yaml"));
  return json;
}

StudyRun read_study_json(const std::string& path) {
  try {
    return run_of(Json::parse(std::ifstream(path)));
  } catch (const Json::exception& error) {
    throw Error(unreadable_study)
        .at(path)
        .say(error.what())
        .expected("what 'mantissa exec -o' wrote");
  }
}

}  // namespace mantissa::sim
