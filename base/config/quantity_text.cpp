// SPDX-License-Identifier: Apache-2.0
#include "base/config/quantity_text.h"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "base/config/decimal.h"
#include "base/config/kinds.h"

namespace mantissa::config {
namespace {

using Wide = unsigned __int128;

Error refuse(const ErrorKind& kind, std::string_view text, const Spot& spot, const Dimension& d,
             const std::string& fault) {
  Error error(kind);
  error.at(spot.place).read(text).expected(fmt::format("{}; units: {}", d.what, d.unit_list()));
  return error.say(spot.path.empty() ? fault : spot.path + ": " + fault);
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

// A unit in wrong case is meant rather than one that is an edit away: 'mhz', 'KB'.
std::string nearest_unit(const std::string& name, const Dimension& d) {
  std::vector<std::string> names;
  for (const UnitScale& unit : d.units) {
    if (lower(unit.name) == lower(name)) return unit.name;
    names.emplace_back(unit.name);
  }
  return nearest_name(name, names);
}

struct NumberAndUnit {
  Decimal number;
  UnitScale unit;
};

NumberAndUnit read_number_and_unit(std::string_view text, const Spot& spot, const Dimension& d) {
  const ScannedNumber scanned = scan_number(text);
  const std::string_view rest = text.substr(scanned.length);
  const std::size_t begin = rest.find_first_not_of(' ');
  const bool malformed = scanned.length == 0 ||
                         (!rest.empty() && (rest[0] == '_' || rest[0] == ',' || rest[0] == '.'));
  if (malformed) throw refuse(bad_number, text, spot, d, "no number").remedy(number_remedy(text));
  if (begin == std::string_view::npos) throw refuse(bad_unit, text, spot, d, "the unit is missing");
  const std::string name(rest.substr(begin));
  for (const UnitScale& unit : d.units) {
    if (name == unit.name) {
      if (scanned.number.negative) throw refuse(bad_number, text, spot, d, "must not be negative");
      return {scanned.number, unit};
    }
  }
  throw refuse(bad_unit, text, spot, d, fmt::format("unknown unit '{}'", name))
      .nearest(nearest_unit(name, d));
}

std::uint64_t read_whole(const NumberAndUnit& read, std::string_view text, const Spot& spot,
                         const Dimension& d, const char* what) {
  const auto whole = whole_number(read.number, read.unit.exponent10, read.unit.exponent2);
  if (whole.outcome == WholeNumber::Outcome::fraction)
    throw refuse(bad_number, text, spot, d, fmt::format("not a whole number of {}", what));
  if (whole.outcome == WholeNumber::Outcome::overflow)
    throw refuse(bad_number, text, spot, d, fmt::format("more {} than 64 bits can count", what));
  return whole.value;
}

double read_real(const NumberAndUnit& read, std::string_view text, const Spot& spot,
                 const Dimension& d) {
  const auto value = real_number(read.number, read.unit.exponent10, read.unit.exponent2);
  if (!value) throw refuse(bad_number, text, spot, d, "too large or too small for a double");
  return *value;
}

// value / (10^exponent10 * 2^exponent2) as a decimal, when at most nine decimals suffice.
std::optional<std::string> divided(std::uint64_t value, const UnitScale& unit) {
  Wide scale = 1;
  for (int i = 0; i < unit.exponent10; ++i) scale *= 10;
  scale <<= unit.exponent2;
  Wide scaled = value;
  for (int decimals = 0; decimals <= 9; ++decimals, scaled *= 10) {
    if (scaled % scale != 0) continue;
    std::string digits = fmt::format("{}", static_cast<std::uint64_t>(value / scale));
    if (decimals == 0) return digits;
    Wide fraction = scaled / scale;
    std::string tail(static_cast<std::size_t>(decimals), '0');
    for (auto c = tail.rbegin(); c != tail.rend(); ++c, fraction /= 10)
      *c = static_cast<char>('0' + static_cast<int>(fraction % 10));
    return digits + "." + tail;
  }
  return std::nullopt;
}

// The shortest text of a whole number of base units with at least 1 before the point; of equally
// short ones that with the larger unit.
std::string shortest(std::uint64_t value, const Dimension& d, bool per_cycle) {
  std::string best;
  for (const UnitScale& unit : d.units) {
    if (unit.per_cycle != per_cycle) continue;
    const auto number = divided(value, unit);
    if (!number || (!best.empty() && (*number)[0] == '0')) continue;
    const std::string text = fmt::format("{} {}", *number, unit.name);
    if (best.empty() || text.size() <= best.size()) best = text;
  }
  return best;
}

// Real quantities print in the unit whose scale is 1: volts as V, lengths as nm.
std::string in_base_unit(double value, const Dimension& d, bool per_cycle = false) {
  for (const UnitScale& unit : d.units)
    if (unit.exponent10 == 0 && unit.exponent2 == 0 && unit.per_cycle == per_cycle)
      return fmt::format("{} {}", real_text(value), unit.name);
  return real_text(value);
}

}  // namespace

std::string real_text(double value) { return fmt::format("{}", value); }

std::uint64_t parse_whole_quantity(std::string_view text, const Spot& spot, const Dimension& d) {
  return read_whole(read_number_and_unit(text, spot, d), text, spot, d, d.whole);
}

double parse_real_quantity(std::string_view text, const Spot& spot, const Dimension& d) {
  return read_real(read_number_and_unit(text, spot, d), text, spot, d);
}

std::string whole_quantity_text(std::uint64_t value, const Dimension& d) {
  return shortest(value, d, false);
}

std::string real_quantity_text(double value, const Dimension& d) { return in_base_unit(value, d); }

template <>
Latency parse_quantity<Latency>(std::string_view text, const Spot& spot) {
  const Dimension& d = dimension<Latency>();
  const NumberAndUnit read = read_number_and_unit(text, spot, d);
  const bool in_cycles = read.unit.per_cycle;
  const auto value = read_whole(read, text, spot, d, in_cycles ? "cycles" : d.whole);
  return in_cycles ? Latency{true, {}, Cycles(value)} : Latency{false, Femtoseconds(value), {}};
}

template <>
Bandwidth parse_quantity<Bandwidth>(std::string_view text, const Spot& spot) {
  const Dimension& d = dimension<Bandwidth>();
  const NumberAndUnit read = read_number_and_unit(text, spot, d);
  return {read.unit.per_cycle, read_real(read, text, spot, d)};
}

std::string quantity_text(Cycles v) {
  return fmt::format("{} {}", v.value, v.value == 1 ? "cycle" : "cycles");
}

std::string quantity_text(Latency v) {
  return v.in_cycles ? quantity_text(v.cycles) : quantity_text(v.time);
}

std::string quantity_text(Bandwidth v) {
  const Dimension& d = dimension<Bandwidth>();
  const bool whole = v.bytes >= 0 && v.bytes < 0x1p53 && std::floor(v.bytes) == v.bytes;
  return whole ? shortest(static_cast<std::uint64_t>(v.bytes), d, v.per_cycle)
               : in_base_unit(v.bytes, d, v.per_cycle);
}

}  // namespace mantissa::config
