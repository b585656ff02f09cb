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
