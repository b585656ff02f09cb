// SPDX-License-Identifier: Apache-2.0
#include "sim/store/labels.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "sim/store/pareto.h"
#include "sim/store/quantity.h"

namespace mantissa::store {
namespace {

std::string key_of(const std::string& override_text) {
  return override_text.substr(0, override_text.find('='));
}

// Keys that do not have one value at all points of the sweep.
std::set<std::string> varied_keys(const std::vector<PointRow>& points, const std::string& sweep) {
  std::map<std::string, std::set<std::string>> values;
  std::map<std::string, std::size_t> count;
  std::size_t all = 0;
  for (const auto& point : points) {
    if (point.sweep != sweep) continue;
    ++all;
    for (const auto& text : point.overrides) {
      values[key_of(text)].insert(text);
      ++count[key_of(text)];
    }
  }
  std::set<std::string> varied;
  for (const auto& [key, texts] : values)
    if (texts.size() > 1 || count[key] < all) varied.insert(key);
  return varied;
}

// core.matrix.rows=64 as rows=64, or more of the key where two varied ones end alike.
std::string short_override(const std::string& text, const std::set<std::string>& varied) {
  const std::string key = key_of(text);
  std::size_t begin = key.rfind('.');
  while (begin != std::string::npos) {
    const std::string tail = key.substr(begin);
    const auto alike = std::count_if(varied.begin(), varied.end(), [&](const std::string& other) {
      return other.size() >= tail.size() &&
             other.compare(other.size() - tail.size(), tail.size(), tail) == 0;
    });
    if (alike <= 1) return text.substr(begin + 1);
    begin = begin == 0 ? std::string::npos : key.rfind('.', begin - 1);
  }
  return text;
}

}  // namespace

std::string short_name(const std::string& preset_or_file) {
  const std::filesystem::path path(preset_or_file);
  return path.has_parent_path() || path.has_extension() ? path.stem().string() : preset_or_file;
}

std::vector<Label> labels(const std::vector<PointRow>& points) {
  std::map<std::string, std::set<std::string>> varied, archs;
  for (const auto& point : points) archs[point.sweep].insert(point.arch);
  for (const auto& point : points)
    if (varied.count(point.sweep) == 0) varied[point.sweep] = varied_keys(points, point.sweep);
  std::vector<Label> out;
  for (const auto& point : points) {
    Label label{{}, short_name(point.workload)};
    for (const auto& text : point.overrides) {
      const std::string key = key_of(text);
      if (varied[point.sweep].count(key) == 0) continue;
      const bool of_workload = key.rfind("workload.", 0) == 0;
      std::string& name = of_workload ? label.job : label.variant;
      name += (name.empty() ? "" : " ") + short_override(text, varied[point.sweep]);
    }
    // The parameters alone tell variants of a sweep's only architecture apart.
    if (label.variant.empty() || archs[point.sweep].size() > 1)
      label.variant = short_name(point.arch) + (label.variant.empty() ? "" : " ") + label.variant;
    out.push_back(std::move(label));
  }
  return out;
}

std::vector<bool> pareto_points(const Results& results) {
  const auto points = results.points();
  const auto names = labels(points);
  std::map<std::string, std::vector<std::string>> objectives;
  for (const auto& sweep : results.sweeps()) {
    auto& columns = objectives[sweep.name];
    for (std::size_t begin = 0; begin < sweep.objectives.size();) {
      const std::size_t end = std::min(sweep.objectives.find(',', begin), sweep.objectives.size());
      columns.push_back(sweep.objectives.substr(begin, end - begin));
      begin = end + 1;
    }
    if (columns.empty()) columns = {"latency_s", "energy_pj"};
  }
  std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> jobs;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (points[i].status == Status::ok && points[i].feasible)
      jobs[{points[i].sweep, names[i].job}].push_back(i);

  std::vector<bool> front(points.size());
  for (const auto& [job, members] : jobs) {
    std::vector<std::vector<double>> costs;
    std::vector<std::size_t> compared;
    for (const auto i : members) {
      const auto metrics = results.metrics(points[i].hash);
      std::vector<double> cost;
      for (const auto& column : objectives[job.first]) {
        const auto found = metrics.find(column);
        if (found == metrics.end()) break;
        const bool higher = find_quantity(column)->better == Better::higher;
        cost.push_back(higher ? -found->second : found->second);
      }
      if (cost.size() != objectives[job.first].size()) continue;
      costs.push_back(std::move(cost));
      compared.push_back(i);
    }
    const auto best = pareto_front(costs);
    for (std::size_t k = 0; k < compared.size(); ++k) front[compared[k]] = best[k];
  }
  return front;
}

}  // namespace mantissa::store
