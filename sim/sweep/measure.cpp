// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/measure.h"

#include <cmath>

#include "base/config/decimal.h"

namespace mantissa::sweep {
namespace {

constexpr const char* base_names[] = {"s", "pJ", "um", "B", "cycles", "op"};

constexpr Unit one{};
constexpr Unit second{{1, 0, 0, 0, 0, 0}};
constexpr Unit hertz{{-1, 0, 0, 0, 0, 0}};
constexpr Unit energy{{0, 1, 0, 0, 0, 0}};
constexpr Unit power{{-1, 1, 0, 0, 0, 0}};
constexpr Unit energy_delay{{1, 1, 0, 0, 0, 0}};
constexpr Unit area{{0, 0, 2, 0, 0, 0}};
constexpr Unit bytes{{0, 0, 0, 1, 0, 0}};
constexpr Unit bandwidth{{-1, 0, 0, 1, 0, 0}};
constexpr Unit per_cycle{{0, 0, 0, 1, -1, 0}};
constexpr Unit cycles{{0, 0, 0, 0, 1, 0}};
constexpr Unit operations{{-1, 0, 0, 0, 0, 1}};
constexpr Unit intensity{{0, 0, 0, -1, 0, 1}};

// One unit = times / over stored units; both exact.
struct Named {
  const char* name;
  Unit unit;
  double times;
  double over = 1;
};

constexpr Named units[] = {
    {"1", one, 1},
    {"%", one, 1, 100},
    {"s", second, 1},
    {"ms", second, 1, 1e3},
    {"us", second, 1, 1e6},
    {"µs", second, 1, 1e6},
    {"ns", second, 1, 1e9},
    {"ps", second, 1, 1e12},
    {"fs", second, 1, 1e15},
    {"Hz", hertz, 1},
    {"kHz", hertz, 1e3},
    {"MHz", hertz, 1e6},
    {"GHz", hertz, 1e9},
    {"pJ", energy, 1},
    {"nJ", energy, 1e3},
    {"uJ", energy, 1e6},
    {"µJ", energy, 1e6},
    {"mJ", energy, 1e9},
    {"J", energy, 1e12},
    {"fJ", energy, 1, 1e3},
    {"pJ*s", energy_delay, 1},
    {"J*s", energy_delay, 1e12},
    {"W", power, 1e12},
    {"mW", power, 1e9},
    {"uW", power, 1e6},
    {"um2", area, 1},
    {"µm²", area, 1},
    {"mm2", area, 1e6},
    {"mm²", area, 1e6},
    {"cm2", area, 1e8},
    {"B", bytes, 1},
    {"kB", bytes, 1e3},
    {"MB", bytes, 1e6},
    {"GB", bytes, 1e9},
    {"TB", bytes, 1e12},
    {"KiB", bytes, 1024},
    {"MiB", bytes, 1048576},
    {"GiB", bytes, 1073741824},
    {"B/s", bandwidth, 1},
    {"kB/s", bandwidth, 1e3},
    {"MB/s", bandwidth, 1e6},
    {"GB/s", bandwidth, 1e9},
    {"TB/s", bandwidth, 1e12},
    {"KiB/s", bandwidth, 1024},
    {"MiB/s", bandwidth, 1048576},
    {"GiB/s", bandwidth, 1073741824},
    {"B/cycle", per_cycle, 1},
    {"cycles", cycles, 1},
    {"cycle", cycles, 1},
    {"op/s", operations, 1},
    {"GOPS", operations, 1e9},
    {"TOPS", operations, 1e12},
    {"GOP/s", operations, 1e9},
    {"TOP/s", operations, 1e12},
    {"GFLOPS", operations, 1e9},
    {"TFLOPS", operations, 1e12},
    {"op/B", intensity, 1},
    {"MACs", one, 1},
    {"GMACs", one, 1e9},
};

}  // namespace

Unit operator*(Unit a, const Unit& b) {
  for (std::size_t i = 0; i < a.exponents.size(); ++i) a.exponents[i] += b.exponents[i];
  return a;
}
Unit operator/(Unit a, const Unit& b) {
  for (std::size_t i = 0; i < a.exponents.size(); ++i) a.exponents[i] -= b.exponents[i];
  return a;
}

std::string Unit::text() const {
  std::string above, below;
  for (std::size_t i = 0; i < exponents.size(); ++i) {
    const int n = std::abs(exponents[i]);
    if (n == 0) continue;
    std::string& side = exponents[i] > 0 ? above : below;
    side += (side.empty() ? "" : "*") + std::string(base_names[i]);
    if (n > 1) side += std::to_string(n);
  }
  if (above.empty()) above = "1";
  return below.empty() ? above : above + "/" + below;
}

std::optional<Measure> measure(double number, std::string_view unit) {
  if (unit.empty()) unit = "1";
  for (const auto& named : units)
    if (unit == named.name) return Measure{number * named.times / named.over, named.unit};
  return std::nullopt;
}

std::vector<std::string> unit_names() {
  std::vector<std::string> names;
  for (const auto& named : units) names.emplace_back(named.name);
  return names;
}

std::optional<Measure> parse_measure(std::string_view text) {
  const auto scanned = config::scan_number(text);
  if (scanned.length == 0) return std::nullopt;
  const auto number = config::real_number(scanned.number, 0, 0);
  if (!number) return std::nullopt;
  text.remove_prefix(scanned.length);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return measure(*number, text);
}

}  // namespace mantissa::sweep
