// SPDX-License-Identifier: Apache-2.0
#include "rtl/unit.h"

namespace mantissa::rtl {
namespace {

std::map<std::string, std::unique_ptr<Unit>>& registered() {
  static std::map<std::string, std::unique_ptr<Unit>> all;
  return all;
}

}  // namespace

Parameters Unit::defaults() const {
  Parameters values;
  for (const Parameter& p : parameters()) values[p.name] = p.fallback;
  return values;
}

std::vector<Port> all_ports(const Unit& unit, const Parameters& parameters) {
  std::vector<Port> all = {{"clk_i", Direction::input, 1, "clock, rising edge"},
                           {"rst_ni", Direction::input, 1, "reset, asynchronous, active low"}};
  for (auto& port : unit.ports(parameters)) all.push_back(std::move(port));
  return all;
}

UnitRegistration::UnitRegistration(std::unique_ptr<Unit> unit) {
  std::string name = unit->name();
  registered().emplace(std::move(name), std::move(unit));
}

std::vector<const Unit*> units() {
  std::vector<const Unit*> all;
  for (const auto& unit : registered()) all.push_back(unit.second.get());
  return all;
}

const Unit* find_unit(const std::string& name) {
  const auto found = registered().find(name);
  return found == registered().end() ? nullptr : found->second.get();
}

}  // namespace mantissa::rtl
