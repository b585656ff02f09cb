// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/sampling.h"

#include <cmath>

#include "base/config/decimal.h"
#include "sim/sweep/errors.h"
#include "sim/sweep/measure.h"

namespace mantissa::sweep {
namespace {

struct Bound {
  double value = 0;
  bool whole = false;
  std::string unit;  // with its space
};

Bound bound(const RandomParameter& parameter, const std::string& text) {
  const auto scanned = config::scan_number(text);
  const auto value = config::real_number(scanned.number, 0, 0);
  if (scanned.length == 0 || !value)
    throw Error(bad_range)
        .at(parameter.place)
        .say("the range of '" + parameter.key + "'")
        .read(text)
        .expected("a number, with a unit when the parameter has one");
  return {*value, *value == std::floor(*value) && std::abs(*value) < 0x1p53,
          text.substr(scanned.length)};
}

// FNV-1a, to give every parameter a stream of its own.
std::uint64_t stream(const std::string& key) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

}  // namespace

std::uint64_t split_mix(std::uint64_t state) {
  std::uint64_t z = state + 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

double unit_interval(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

double log_uniform(double low, double high, std::uint64_t bits) {
  double value = low;
  double root = high / low;
  for (int i = 63; i >= 11; --i) {
    root = std::sqrt(root);
    if ((bits >> i) & 1) value *= root;
  }
  return value < high ? value : high;
}

void check_distribution(const RandomParameter& parameter) {
  const auto& d = parameter.distribution;
  if (d.range.empty()) return;
  const Bound low = bound(parameter, d.range[0]), high = bound(parameter, d.range[1]);
  const auto refuse = [&](const char* expected) {
    throw Error(bad_range)
        .at(parameter.place)
        .say("the range of '" + parameter.key + "'")
        .read(d.range[0] + " to " + d.range[1])
        .expected(expected);
  };
  const auto low_measure = parse_measure(d.range[0]), high_measure = parse_measure(d.range[1]);
  if (low_measure && high_measure) {
    if (!(low_measure->unit == high_measure->unit)) refuse("two bounds of one kind");
    if (!(low_measure->value < high_measure->value)) refuse("the lower bound first");
    if (d.log && !(low_measure->value > 0)) refuse("a positive lower bound, for log: true");
  } else if (low.unit != high.unit) {
    refuse("both bounds in a unit that is known, or in the same one");
  } else {
    if (!(low.value < high.value)) refuse("the lower bound first");
    if (d.log && !(low.value > 0)) refuse("a positive lower bound, for log: true");
  }
}

std::string sample(const RandomParameter& parameter, std::uint64_t seed, std::uint64_t index) {
  const auto& d = parameter.distribution;
  const std::uint64_t bits = split_mix(split_mix(seed ^ stream(parameter.key)) + index);
  if (!d.choices.empty()) {
    // floor(u * n): the bias of 2^-53 is below anything that a sweep could show.
    const auto n = static_cast<double>(d.choices.size());
    return d.choices[static_cast<std::size_t>(unit_interval(bits) * n)];
  }
  // Samples are in the unit of the lower bound: 64 KiB to 4 MiB is 64 to 4096 in KiB.
  const Bound low = bound(parameter, d.range[0]);
  Bound high = bound(parameter, d.range[1]);
  if (low.unit != high.unit)
    high.value *= parse_measure("1" + high.unit)->value / parse_measure("1" + low.unit)->value;
  const bool whole = low.whole && high.value == std::floor(high.value);
  // A whole range includes both ends.
  const double top = whole ? high.value + 1 : high.value;
  double value = d.log ? log_uniform(low.value, top, bits)
                       : low.value + (top - low.value) * unit_interval(bits);
  if (whole) value = std::min(std::floor(value), high.value);
  return config::real_text(value) + low.unit;
}

}  // namespace mantissa::sweep
