// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/voltage/voltage.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/faults/cell_sampler.h"
#include "base/faults/draw.h"
#include "base/faults/error_rate.h"
#include "base/statistics/confidence.h"

namespace mantissa::workloads {

namespace {

constexpr const char* paper = "arXiv 2006.13977, 14 nm, 32 arrays of 512 x 64 bits";

// Per access, relative to Vmin, at the points of faults::measured_points().
constexpr std::array<double, 7> published_energy = {.5625,  .62674, .69444, .765625,
                                                    .84028, .91840, 1};
constexpr double last_digit = 1e-5;

const ExperimentRegistration<VoltageConfig> registration("voltage", voltage);

std::string at(double ratio) { return fmt::format("{:.3f} Vmin", ratio); }

// One supply voltage over all maps.
struct Point {
  double ratio = 0, p = 0;  // V / Vmin; published share of cells that fail
  double expected = 0;      // cells of a map
  statistics::Summary failing;
  double least = 0, most = 0;
  double energy = 0, published_energy = 0;  // of an access, relative to Vmin
};

std::vector<Point> points_of(const VoltageConfig& config, const FailingCells& sampled) {
  std::vector<Point> points;
  for (std::size_t i = 0; i < sampled.counts.size(); ++i) {
    const auto& [ratio, p] = faults::measured_points()[i];
    const auto& counts = sampled.counts[i];
    const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
    points.push_back({ratio, p, p * static_cast<double>(config.cells),
                      statistics::summarise(counts), *least, *most, faults::energy_ratio(ratio),
                      published_energy[i]});
  }
  return points;
}

void compare(const std::vector<Point>& points, const VoltageConfig& config, StudyResult& result) {
  const double percent = 100 / static_cast<double>(config.cells);
  for (const Point& v : points) {
    Comparison c{"cells that fail at " + at(v.ratio),
                 "%",
                 100 * v.p,
                 percent * v.failing.mean,
                 std::nullopt,
                 paper,
                 ""};
    if (config.maps > 1) c.deviation = percent * (v.failing.high - v.failing.mean);
    result.comparisons.push_back(std::move(c));
  }
  for (const Point& v : points)
    result.comparisons.push_back({"energy of an access at " + at(v.ratio), "of Vmin",
                                  v.published_energy, v.energy, std::nullopt, paper, ""});
}

// 30 %: what 4 bits at p = 1 % save. The other one stands in no table of theirs.
void compare_savings(StudyResult& result) {
  for (const auto& [p, published] :
       {std::pair<double, std::optional<double>>{.001, std::nullopt}, {.01, 30.0}}) {
    const double v = faults::voltage_ratio(faults::ErrorLaw::measured, p);
    Comparison c;
    c.what = fmt::format("energy saved where p = {:g} %", 100 * p);
    c.unit = "%";
    c.published = published;
    c.ours = 100 * (1 - faults::energy_ratio(v));
    if (published) c.source = "arXiv 2006.13977, its headline, in round figures";
    c.note = fmt::format("at {}, interpolated in the probit of p", at(v));
    result.comparisons.push_back(std::move(c));
  }
}

void check(const std::vector<Point>& points, const VoltageConfig& config,
           const FailingCells& sampled, StudyResult& result) {
  const auto fail = [&result](std::string why) {
    result.passed = false;
    result.warnings.push_back(std::move(why));
  };
  for (const Point& v : points) {
    const double deviation = std::sqrt(v.expected / static_cast<double>(config.maps));
    if (std::abs(v.failing.mean - v.expected) > 4 * deviation)
      fail(fmt::format("at {}, {:.6g} cells of a map fail: more than four deviations from {:.6g}",
                       at(v.ratio), v.failing.mean, v.expected));
    if (std::abs(v.energy - v.published_energy) > last_digit / 2)
      fail(fmt::format("the energy at {} is not the published one", at(v.ratio)));
  }
  if (sampled.not_nested > 0)
    fail(fmt::format("{} cells fail at a voltage and work at the next lower", sampled.not_nested));
}

ResultTable table_of(const std::vector<Point>& points) {
  ResultTable table{"failing_cells",
                    "Cells that fail",
                    {{"voltage", "V/Vmin"},
                     {"published_p", "%"},
                     {"expected", "cells"},
                     {"mean", "cells"},
                     {"least", "cells"},
                     {"most", "cells"},
                     {"energy", "of Vmin"}},
                    {}};
  for (const Point& v : points)
    table.rows.push_back({v.ratio, 100 * v.p, v.expected, v.failing.mean,
                          static_cast<std::int64_t>(v.least), static_cast<std::int64_t>(v.most),
                          v.energy});
  return table;
}

std::vector<Figure> figures_of(const std::vector<Point>& points, const VoltageConfig& config) {
  const double percent = 100 / static_cast<double>(config.cells);
  Series measured, sampled, published, squared;
  measured.label = published.label = "published";
  sampled.label = "sampled maps";
  squared.label = "(V / Vmin)^2";
  for (const Point& v : points) {
    published.x.push_back(v.ratio);
    published.y.push_back(v.published_energy);
    squared.x.push_back(v.ratio);
    squared.y.push_back(v.energy);
    // What is zero has no place on a logarithmic axis.
    if (v.p > 0) {
      measured.x.push_back(v.ratio);
      measured.y.push_back(100 * v.p);
    }
    if (v.failing.low > 0) {
      sampled.x.push_back(v.ratio);
      sampled.y.push_back(percent * v.failing.mean);
      sampled.low.push_back(percent * v.failing.low);
      sampled.high.push_back(percent * v.failing.high);
    }
  }
  const Axis supply{"supply voltage [V/Vmin]", false};
  return {{"error_rate",
           "Cells that fail",
           FigureKind::line,
           supply,
           {"cells that fail [%]", true},
           {sampled, measured},
           {}},
          {"energy",
           "Energy of an access",
           FigureKind::line,
           supply,
           {"energy [of that at Vmin]", false},
           {squared, published},
           {}}};
}

}  // namespace

const config::Schema<VoltageConfig>& VoltageConfig::schema() {
  static const auto s =
      config::Schema<VoltageConfig>("Bit errors and energy of an SRAM at seven supply voltages.")
          .optional("cells", &VoltageConfig::cells, config::range(1, 1 << 30), "Cells of a map.")
          .optional("maps", &VoltageConfig::maps, config::range(1, 10000),
                    "Maps, one of each chip, that counts are averaged over.")
          .optional("seed", &VoltageConfig::seed, config::range(0, 9e15),
                    "Draws the chips' cells.");
  return s;
}

FailingCells sample(const VoltageConfig& config, StudyContext& context) {
  const auto& points = faults::measured_points();
  const auto cells = static_cast<std::uint64_t>(config.cells);
  FailingCells out;
  out.counts.resize(points.size());
  for (std::int64_t map = 0; map < config.maps; ++map) {
    if (context.interrupted())
      throw Error(experiment_interrupted).say(fmt::format("after {} maps", map));
    context.progress(static_cast<double>(map) / static_cast<double>(config.maps),
                     fmt::format("map {} of {}", map + 1, config.maps));
    const faults::CellSampler sampler(
        faults::derived(static_cast<std::uint64_t>(config.seed), static_cast<std::uint64_t>(map)));
    std::vector<std::uint64_t> lower, failing;  // ascending
    for (std::size_t v = 0; v < points.size(); ++v) {
      failing.clear();
      sampler.append_failing(points[v].error_rate, 0, cells, failing);
      out.counts[v].push_back(static_cast<double>(failing.size()));
      const auto works_at_lower = [&lower](std::uint64_t cell) {
        return !std::binary_search(lower.begin(), lower.end(), cell);
      };
      if (v > 0)
        out.not_nested += static_cast<std::uint64_t>(
            std::count_if(failing.begin(), failing.end(), works_at_lower));
      lower.swap(failing);
    }
  }
  return out;
}

StudyResult voltage(const VoltageConfig& config, StudyContext& context) {
  return judge(config, sample(config, context));
}

StudyResult judge(const VoltageConfig& config, const FailingCells& sampled) {
  const auto points = points_of(config, sampled);
  StudyResult result;
  compare(points, config, result);
  compare_savings(result);
  check(points, config, sampled, result);
  result.tables.push_back(table_of(points));
  result.figures = figures_of(points, config);
  result.notes.push_back(
      fmt::format("{} maps of {} cells each, seed {}; +- is half of the 95 % interval of the mean. "
                  "What fails at one voltage fails at every lower one.",
                  config.maps, config.cells, config.seed));
  return result;
}

}  // namespace mantissa::workloads
