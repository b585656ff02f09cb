// SPDX-License-Identifier: Apache-2.0
#include "base/faults/supply_voltage.h"

#include <fmt/format.h>

#include "base/config/decimal.h"
#include "base/faults/error_rate.h"

namespace mantissa::faults {
namespace {

const char* const expected_text = "a voltage such as '0.84 Vmin', or '0.6 V' beside a vmin";

Error refuse(std::string_view text, const config::Spot& spot, const std::string& fault) {
  Error error(illegal_voltage);
  error.at(spot.place).read(text).expected(expected_text);
  return error.say(spot.path.empty() ? fault : spot.path + ": " + fault);
}

// Empty when a ratio is legal.
std::string fault_of(double ratio) {
  if (is_legal(ratio)) return {};
  return "legal from 0.75 Vmin up: error rates were measured no lower";
}

}  // namespace

SupplyVoltage SupplyVoltage::of_vmin(double ratio) {
  SupplyVoltage v;
  v.value_ = ratio;
  return v;
}

SupplyVoltage SupplyVoltage::of_volts(Volts volts) {
  SupplyVoltage v;
  v.in_volts_ = true;
  v.value_ = volts.value;
  return v;
}

SupplyVoltage SupplyVoltage::parse(std::string_view text, const config::Spot& spot) {
  const auto scanned = config::scan_number(text);
  const auto rest = text.substr(scanned.length);
  const auto begin = rest.find_first_not_of(' ');
  if (scanned.length == 0 || begin == std::string_view::npos)
    throw refuse(text, spot, scanned.length == 0 ? "no number" : "the unit is missing");
  const std::string unit(rest.substr(begin));
  const int exponent = unit == "mV" ? -3 : 0;
  if (unit != "Vmin" && unit != "V" && unit != "mV")
    throw refuse(text, spot, "unknown unit '" + unit + "'")
        .nearest(nearest_name(unit, {"Vmin", "V", "mV"}));
  const auto number = config::real_number(scanned.number, exponent, 0);
  if (!number || !(*number > 0)) throw refuse(text, spot, "must be more than zero");
  if (unit != "Vmin") return of_volts(Volts(*number));
  const std::string fault = fault_of(*number);
  if (!fault.empty()) throw refuse(text, spot, fault);
  return of_vmin(*number);
}

std::string SupplyVoltage::text() const {
  return config::real_text(value_) + (in_volts_ ? " V" : " Vmin");
}

std::string SupplyVoltage::objection(std::optional<Volts> vmin) const {
  if (!in_volts_) return fault_of(value_);
  if (!vmin) return needs_vmin;
  const std::string fault = fault_of(value_ / vmin->value);
  if (fault.empty()) return {};
  return fmt::format("{} is {:.4g} Vmin; {}", text(), value_ / vmin->value, fault);
}

double SupplyVoltage::ratio(std::optional<Volts> vmin) const {
  const std::string why = objection(vmin);
  if (!why.empty()) throw Error(illegal_voltage).say(why).read(text()).expected(expected_text);
  return in_volts_ ? value_ / vmin->value : value_;
}

Volts SupplyVoltage::volts(std::optional<Volts> vmin, Volts nominal) const {
  return in_volts_ ? Volts(value_) : Volts(value_ * vmin.value_or(nominal).value);
}

}  // namespace mantissa::faults

namespace mantissa::config {

ParameterInfo Codec<faults::SupplyVoltage>::info() {
  ParameterInfo info = ParameterInfo::of(ValueKind::quantity, "voltage or part of Vmin");
  info.units = {"Vmin", "V", "mV"};
  return info;
}

faults::SupplyVoltage Codec<faults::SupplyVoltage>::parse(const Node& node, const std::string& path,
                                                          const Range&) {
  expect_scalar(node, path, "a voltage such as '0.84 Vmin'");
  return faults::SupplyVoltage::parse(node.text(), Spot{path, node.place()});
}

}  // namespace mantissa::config
