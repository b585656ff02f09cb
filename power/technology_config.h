// SPDX-License-Identifier: Apache-2.0
// The declaration of a technology file. Values carry their unit in the text ("0.2 pJ", "282 um2").
//
//   version: 1
//   base: published.yaml          # read first; this file's keys win
//   name: generic_28nm
//   node: 28 nm
//   voltage: 0.9 V
//   voltage_source: assumed, ...
//   overrides:                    # replace figures of the base by item, unit, capacity and node
//     - {item: link.energy, value: 4 pJ/bit, method: published, source: data sheet}
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/config/schema.h"
#include "power/technology.h"

namespace mantissa::power {

struct FigureConfig {
  std::string item;
  std::string value;
  Bytes capacity{};
  Nanometres node{};
  Volts voltage{};
  Method method = Method::assumed;
  std::string source;
  static const config::Schema<FigureConfig>& schema();
};

struct TechnologyConfig {
  std::int64_t version = 1;
  std::string name;
  Nanometres node{};
  Volts voltage{};
  std::string voltage_source;
  EnergyScaling energy_scaling = EnergyScaling::anchors;
  SramModel sram_model = SramModel::printed;
  std::vector<FigureConfig> figures;
  std::vector<FigureConfig> circuits;
  std::vector<FigureConfig> overrides;
  std::vector<FigureConfig> circuit_overrides;
  static const config::Schema<TechnologyConfig>& schema();

  Technology technology() const;
};

// "0.2 pJ" to {0.2, "pJ"}; {0, ""} when it is no number with a known unit. Known: figure_units().
std::pair<double, std::string> figure_value(const std::string& text);
const std::vector<std::string>& figure_units();

}  // namespace mantissa::power

namespace mantissa::config {
template <>
struct EnumNames<power::Method> {
  static const std::vector<std::pair<power::Method, const char*>>& names();
};
template <>
struct EnumNames<power::EnergyScaling> {
  static const std::vector<std::pair<power::EnergyScaling, const char*>>& names();
};
template <>
struct EnumNames<power::PriceOrder> {
  static const std::vector<std::pair<power::PriceOrder, const char*>>& names();
};
template <>
struct EnumNames<power::SramModel> {
  static const std::vector<std::pair<power::SramModel, const char*>>& names();
};
}  // namespace mantissa::config
