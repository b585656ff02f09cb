// SPDX-License-Identifier: Apache-2.0
#include "sim/report/report_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <set>
#include <sstream>

#include "sim/store/conversion.h"
#include "sim/store/csv.h"
#include "sim/study/study_json.h"

namespace mantissa::report {
namespace {

namespace fs = std::filesystem;

// One run as a store of one point.
void store_run(const fs::path& json_file, const fs::path& database) {
  nlohmann::json json;
  try {
    json = nlohmann::json::parse(std::ifstream(json_file));
  } catch (const nlohmann::json::exception& error) {
    throw Error(store::unreadable)
        .at(json_file.string())
        .say(error.what())
        .expected("the JSON of 'mantissa run'");
  }
  const store::Record record = store::record_of(json, json_file.string());
  store::PointRow row;
  row.sweep = "run";
  row.arch = json.at("arch");
  row.workload = json.at("workload");
  row.fidelity = json.at("fidelity");
  row.hash = record.hash;
  row.status = store::Status::ok;
  const std::string program =
      fmt::format("mantissa {} ({})", json["versions"].value("mantissa", "?"),
                  json["versions"].value("revision", "?"));
  std::error_code ignored;
  fs::remove(database, ignored);
  auto results = store::Results::write(database.string());
  results.plan({"run", row.workload + " on " + row.arch, "", "", "", program}, {row}, {});
  results.add_run(record);
}

template <class Name>
std::vector<std::string> in_order(const std::vector<ReportPoint>& points, Name name) {
  std::vector<std::string> out;
  std::set<std::string> seen;
  for (const auto& point : points)
    if (seen.insert(name(point)).second) out.push_back(name(point));
  return out;
}

}  // namespace

double ReportPoint::metric(const std::string& column) const {
  const auto found = run.metrics.find(column);
  return found == run.metrics.end() ? std::numeric_limits<double>::quiet_NaN() : found->second;
}

std::string ReportPoint::readable(const std::string& column) const {
  const auto found = run.metrics.find(column);
  if (found == run.metrics.end()) return "–";
  return store::readable(*store::find_quantity(column), found->second);
}

const ReportPoint* ReportData::at(const std::string& sweep, std::uint64_t position) const {
  const auto found = std::find_if(points.begin(), points.end(), [&](const ReportPoint& p) {
    return p.row.sweep == sweep && p.row.position == position;
  });
  return found == points.end() ? nullptr : &*found;
}

std::vector<std::string> ReportData::jobs() const {
  return in_order(points, [](const ReportPoint& p) { return p.label.job; });
}
std::vector<std::string> ReportData::variants() const {
  return in_order(points, [](const ReportPoint& p) { return p.label.variant; });
}

std::optional<sim::StudyRun> study_in(const fs::path& directory) {
  if (!fs::exists(directory / "study.json")) return std::nullopt;
  auto study = sim::read_study_json((directory / "study.json").string());
  std::ostringstream yaml;
  yaml << std::ifstream(directory / "study.yaml").rdbuf();
  study.resolved_yaml = yaml.str();
  return study;
}

ReportData load_report(const std::string& directory) {
  fs::path database = fs::path(directory) / "results.sqlite";
  const fs::path json = fs::path(directory) / "result.json";
  ReportData data;
  const bool stored = fs::exists(database);
  bool run_alone = !stored;
  if (stored) {
    const auto results = store::Results::read(database.string());
    data.rtl_synthesis = results.rtl_synthesis();
    data.rtl_proofs = results.rtl_proofs();
    data.rtl_cosim = results.rtl_cosim();
    run_alone = results.empty() && fs::exists(json);
  }
  if (run_alone) {
    if (!fs::exists(json))
      throw Error(store::no_results)
          .at(directory)
          .expected("results.sqlite of 'mantissa sweep -o' or result.json of 'mantissa run -o'");
    database = fs::path(directory) / "report" / "results.sqlite";
    std::error_code ignored;  // what is wrong with the folder shows when the store is written
    fs::create_directories(database.parent_path(), ignored);
    store_run(json, database);
  }
  const auto results = store::Results::read(database.string());
  data.sweeps = results.sweeps();
  data.published = results.published();
  data.campaign = store::campaign_rows(results);
  data.host_seconds = results.host_seconds();
  const auto rows = results.points();
  const auto labels = store::labels(rows);
  const auto front = store::pareto_points(results);
  for (std::size_t i = 0; i < rows.size(); ++i)
    data.points.push_back(
        {rows[i], labels[i], front[i],
         rows[i].status == store::Status::ok ? results.run(rows[i].hash) : store::Record{}});
  for (const auto& sweep : data.sweeps) {
    const std::string& title = sweep.title.empty() ? sweep.name : sweep.title;
    data.title += (data.title.empty() ? "" : "; ") + title;
    data.description += (data.description.empty() ? "" : " ") + sweep.description;
  }
  data.study = study_in(directory);
  if (!data.study && data.sweeps.empty() && !data.has_rtl())
    throw Error(store::no_results)
        .at(directory)
        .say("what was begun here has no results yet")
        .remedy("run the same command with -o again, to its end");
  if (data.study) {
    data.title = data.study->title;
    data.description = data.study->description;
  } else if (data.sweeps.empty() && data.has_rtl()) {
    data.title = "Units in SystemVerilog";
  }
  data.tables = database.parent_path().string();
  if (!data.study) store::export_csv(results, data.tables);  // a study has tables of its own
  return data;
}

std::vector<Bound> shares(const ReportPoint& point) {
  static const std::vector<std::pair<const char*, Bound>> kinds{
      {"stall_dram_cycles", {"DRAM", "dram", 0}},
      {"stall_weight_load_cycles", {"weight load", "weight", 0}},
      {"stall_dependency_cycles", {"dependency", "dependency", 0}},
      {"stall_operand_cycles", {"operands", "operand", 0}},
      {"stall_accumulator_cycles", {"accumulators", "accumulator", 0}},
      {"stall_drain_cycles", {"fill and drain", "drain", 0}}};
  const double cycles = point.metric("cycles"), useful = point.metric("utilization");
  std::vector<Bound> out{
      {"compute", "busy", useful},
      {"unfilled array", "unfilled", point.metric("busy_cycles") / cycles - useful}};
  for (const auto& [column, kind] : kinds) {
    out.push_back(kind);
    out.back().share = point.metric(column) / cycles;
  }
  // Also drops what is not a number, for points without cycles.
  out.erase(std::remove_if(out.begin(), out.end(), [](const Bound& b) { return !(b.share > 0); }),
            out.end());
  std::stable_sort(out.begin(), out.end(),
                   [](const Bound& a, const Bound& b) { return a.share > b.share; });
  return out;
}

Bound bound(const ReportPoint& point) {
  const auto all = shares(point);
  for (const auto& share : all)
    if (share.css != "busy" || share.share >= 0.5) return share;
  return all.empty() ? Bound{"nothing", "none", 0} : all.front();
}

}  // namespace mantissa::report
