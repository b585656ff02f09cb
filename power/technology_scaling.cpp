// SPDX-License-Identifier: Apache-2.0
#include "power/technology_scaling.h"

#include <fmt/format.h>

#include <cmath>

#include "power/price.h"

namespace mantissa::power {
namespace {

// One node of the published tables: area relative to 180 nm, coefficients of the energy polynomial
// from V^2 down, and of the delay polynomial from V^3 down.
struct NodeScaling {
  double node;
  double area;
  double energy[3];
  double delay[4];
};

const std::vector<NodeScaling>& node_table() {
  static const std::vector<NodeScaling> rows{
      {180, 1, {0, 24.64, -17.98}, {0, 97.09, -356.7, 406.5}},
      {130, .34, {7.171, -6.709, 2.904}, {-76.65, 334.9, -493.4, 275.8}},
      {90, .15, {4.762, -4.781, 2.092}, {-60.34, 262.5, -384.2, 210.9}},
      {65, .08, {3.755, -4.398, 1.975}, {-53.3, 230.4, -333.9, 178.6}},
      {45, .053, {1.018, -.3107, .1539}, {-501.6, 1567, -1619, 566.1}},
      {32, .025, {.8367, -.4341, .1701}, {-1047, 2982, -2797, 873.5}},
      {20, .011, {.373, -.1582, .04104}, {0, 34.63, -66.37, 41.15}},
      {16, .01, {.2958, -.1241, .03024}, {0, 24.8, -47.52, 28.87}},
      {14, .0093, {.2363, -.09675, .02239}, {-40.66, 109.2, -100.6, 35.92}},
      {10, .0055, {.2068, -.09311, .02375}, {-34.95, 93.65, -85.99, 30.4}},
      {7, .0032, {.1776, -.09097, .02447}, {-28.58, 76.6, -70.26, 24.69}},
  };
  return rows;
}

[[noreturn]] void out_of_range(double node, double voltage, const std::string& expected) {
  std::string read = short_number(node) + " nm";
  if (voltage > 0) read += ", " + short_number(voltage) + " V";
  throw Error(scaling_range).read(read).expected(expected);
}

double area_of(const NodeScaling& row, double) { return row.area; }

double energy_of(const NodeScaling& row, double v) {
  const auto& a = row.energy;
  // Left of its vertex the fitted parabola lets energy rise as the voltage falls: not physics.
  const double slope = 2 * a[0] * v + a[1];
  const double value = (a[0] * v + a[1]) * v + a[2];
  if (!(slope > 0) || !(value > 0))
    out_of_range(row.node, v,
                 fmt::format("a voltage at which the energy fitted for {} nm is positive and rises",
                             short_number(row.node)));
  return value;
}

double delay_of(const NodeScaling& row, double v) {
  const auto& d = row.delay;
  // The published cubics ripple near the nominal voltage, so only their sign is a criterion.
  const double value = ((d[0] * v + d[1]) * v + d[2]) * v + d[3];
  if (!(v > 0) || !(value > 0))
    out_of_range(row.node, v,
                 fmt::format("a voltage at which the delay fitted for {} nm is positive",
                             short_number(row.node)));
  return value;
}

// The factor at a listed node, or log-log in the node between its two neighbours.
Factor at(double node, double voltage, double (*of)(const NodeScaling&, double)) {
  const auto& rows = node_table();
  if (!(node <= rows.front().node && node >= rows.back().node))
    out_of_range(node, voltage, "a node from 7 nm to 180 nm");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].node == node) return {of(rows[i], voltage), ""};
    if (rows[i].node < node) {
      const auto& larger = rows[i - 1];
      const auto& smaller = rows[i];
      const double t = std::log(larger.node / node) / std::log(larger.node / smaller.node);
      const double value = std::pow(of(larger, voltage), 1 - t) * std::pow(of(smaller, voltage), t);
      return {value, fmt::format("{} nm interpolated between {} nm and {} nm", short_number(node),
                                 short_number(larger.node), short_number(smaller.node))};
    }
  }
  internal_error(__FILE__, __LINE__, "node table is not descending");
}

Factor ratio(const Factor& to, const Factor& from) {
  std::string note = from.note;
  if (!to.note.empty()) note += (note.empty() ? "" : ", ") + to.note;
  return {to.value / from.value, note};
}

}  // namespace

const std::vector<double>& listed_nodes() {
  static const std::vector<double> nodes = [] {
    std::vector<double> result;
    for (const auto& row : node_table()) result.push_back(row.node);
    return result;
  }();
  return nodes;
}

Factor relative_area(Nanometres node) { return at(node.value, 0, area_of); }
Factor energy_factor(Nanometres node, Volts voltage) {
  return at(node.value, voltage.value, energy_of);
}
Factor delay_factor(Nanometres node, Volts voltage) {
  return at(node.value, voltage.value, delay_of);
}

Factor area_ratio(Nanometres from, Nanometres to) {
  if (from == to) return {};
  return ratio(relative_area(to), relative_area(from));
}

Factor energy_ratio(Nanometres from, Volts from_voltage, Nanometres to, Volts to_voltage) {
  if (from == to && from_voltage == to_voltage) return {};
  return ratio(energy_factor(to, to_voltage), energy_factor(from, from_voltage));
}

Factor delay_ratio(Nanometres from, Volts from_voltage, Nanometres to, Volts to_voltage) {
  if (from == to && from_voltage == to_voltage) return {};
  return ratio(delay_factor(to, to_voltage), delay_factor(from, from_voltage));
}

}  // namespace mantissa::power
