// SPDX-License-Identifier: Apache-2.0
// Loss against cost: of the vector MAC alone, and of whole cores.
#include <fmt/format.h>

#include <algorithm>

#include "workloads/precision/vsquant/study_parts.h"

namespace mantissa::workloads::vsquant {

namespace {

struct Point {
  std::string name, family;
  double cost = 0, loss = 0;
};

const char* family(const Scheme& s) {
  if (!s.is_integer()) return "block formats";
  return s.weight_scale_bits == Scheme::none && s.activation_scale_bits == Scheme::none
             ? "one scale per channel"
             : "a scale per vector";
}

// "4/4U/4/4, R = 6" as "4/4U/4/4 R6": what tells points apart, and no more.
std::string short_name(const LayerFormat& format) {
  std::string out;
  for (const char c : label(format))
    if (c != ',' && c != '=') out += c;
  for (const auto& [from, to] : {std::pair<std::string, std::string>{"R  ", "R"},
                                 {"V  ", "V"},
                                 {"ACC  ", "ACC"},
                                 {"/-/-", ""},
                                 {"order B", "B"}})
    if (const auto at = out.find(from); at != std::string::npos) out.replace(at, from.size(), to);
  return out;
}

// One series per family, and the points that no other beats, joined by steps.
Figure against(const char* name, const std::string& title, Axis x, Axis y,
               std::vector<Point> points, bool more_is_better) {
  Figure figure{name, title, FigureKind::scatter, std::move(x), std::move(y), {}, {}};
  for (const char* one : {"one scale per channel", "a scale per vector", "block formats"}) {
    Series series;
    series.label = one;
    for (const Point& p : points) {
      if (p.family != one) continue;
      series.x.push_back(p.cost);
      series.y.push_back(p.loss);
      series.names.push_back(p.name);
    }
    if (!series.x.empty()) figure.series.push_back(std::move(series));
  }
  const double sign = more_is_better ? 1 : -1;
  std::stable_sort(points.begin(), points.end(), [&](const Point& a, const Point& b) {
    return std::pair(a.cost, -sign * a.loss) < std::pair(b.cost, -sign * b.loss);
  });
  Series front;
  front.label = "front";
  front.steps = true;
  for (const Point& p : points) {
    if (!front.y.empty() && sign * p.loss <= sign * front.y.back()) continue;
    front.x.push_back(p.cost);
    front.y.push_back(p.loss);
  }
  if (front.x.size() > 1) figure.series.push_back(std::move(front));
  return figure;
}

double quality(const FormatLoss& loss) {
  if (!loss.sqnr.empty()) return loss.sqnr.front().value_or(1e9);
  return -loss.error.front();
}

}  // namespace

bool on_front(const std::vector<FormatLoss>& losses, const std::vector<FormatCost>& costs,
              std::size_t i) {
  if (!costs[i].priced || (losses[i].sqnr.empty() && losses[i].error.empty())) return false;
  const double own = quality(losses[i]), mine = costs[i].energy;
  for (std::size_t k = 0; k < losses.size(); ++k) {
    if (k == i || !costs[k].priced) continue;
    const double better = quality(losses[k]), e = costs[k].energy;
    if (better >= own && e <= mine && (better > own || e < mine)) return false;
  }
  return true;
}

void add_figures(const VsQuantConfig& config, const std::vector<FormatLoss>& losses,
                 const std::vector<FormatCost>& costs, StudyResult& result) {
  const auto add = [&](Figure figure) {
    if (!figure.series.empty()) result.figures.push_back(std::move(figure));
  };
  const auto points = [&](double FormatCost::*cost, const auto& loss) {
    std::vector<Point> out;
    for (std::size_t i = 0; i < losses.size(); ++i)
      if (const std::optional<double> l = loss(losses[i]); l && costs[i].priced)
        out.push_back(
            {short_name(losses[i].format), family(losses[i].format.scheme), costs[i].*cost, *l});
    return out;
  };
  const auto sqnr = [](const FormatLoss& l) { return l.sqnr.front(); };
  if (!config.drawn.empty()) {
    const std::string of = "SQNR of " + config.drawn.front().network;
    add(against("sqnr_against_energy", of + " against energy of the products",
                {"energy per operation, pJ", true}, {"SQNR, dB", false},
                points(&FormatCost::energy, sqnr), true));
    add(against("sqnr_against_area", of + " against area of the products",
                {"area per operation and cycle, um2", true}, {"SQNR, dB", false},
                points(&FormatCost::area, sqnr), true));
  }
  for (std::size_t t = 0; t < config.tasks.size(); ++t)
    add(against(
        t == 0 ? "error_against_energy" : fmt::format("error_against_energy_{}", t + 1).c_str(),
        "Test error of " + config.tasks[t].label + " against energy of the products",
        {"energy per operation, pJ", true}, {"test error, %", false},
        points(&FormatCost::energy,
               [&](const FormatLoss& l) { return std::optional<double>(100 * l.error[t]); }),
        false));

  // Cores, by the names of the formats in their tables.
  for (const ResultTable& table : result.tables) {
    const bool energy = table.name == "core_energy";
    if ((table.name != "core_area" && !energy) || config.drawn.empty()) continue;
    const auto all = std::find_if(table.columns.begin(), table.columns.end(),
                                  [](const Column& c) { return c.name == "all"; });
    std::vector<Point> cores;
    for (const auto& row : table.rows)
      for (const FormatLoss& loss : losses) {
        const auto* cost =
            std::get_if<double>(&row[static_cast<std::size_t>(all - table.columns.begin())]);
        if (row.front() == Cell(label(loss.format)) && cost != nullptr && loss.sqnr.front())
          cores.push_back(
              {short_name(loss.format), family(loss.format.scheme), *cost, *loss.sqnr.front()});
      }
    add(against(energy ? "sqnr_against_core_energy" : "sqnr_against_core_area",
                fmt::format("SQNR of {} against {} of a whole core", config.drawn.front().network,
                            energy ? "energy" : "area"),
                {energy ? "energy per operation, DRAM aside, pJ" : "area of a core, mm2", true},
                {"SQNR, dB", false}, cores, true));
  }
}

}  // namespace mantissa::workloads::vsquant
