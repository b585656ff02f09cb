// SPDX-License-Identifier: Apache-2.0
#include "power/technology_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace mantissa::config {

const std::vector<std::pair<power::Method, const char*>>& EnumNames<power::Method>::names() {
  static const std::vector<std::pair<power::Method, const char*>> names{
      {power::Method::synthesised, "synthesised"},
      {power::Method::published, "published"},
      {power::Method::recalled, "recalled"},
      {power::Method::derived, "derived"},
      {power::Method::assumed, "assumed"}};
  return names;
}

const std::vector<std::pair<power::EnergyScaling, const char*>>&
EnumNames<power::EnergyScaling>::names() {
  static const std::vector<std::pair<power::EnergyScaling, const char*>> names{
      {power::EnergyScaling::anchors, "anchors"}, {power::EnergyScaling::stillmaker, "stillmaker"}};
  return names;
}

const std::vector<std::pair<power::SramModel, const char*>>& EnumNames<power::SramModel>::names() {
  static const std::vector<std::pair<power::SramModel, const char*>> names{
      {power::SramModel::printed, "printed"}, {power::SramModel::analytic, "analytic"}};
  return names;
}

const std::vector<std::pair<power::PriceOrder, const char*>>&
EnumNames<power::PriceOrder>::names() {
  static const std::vector<std::pair<power::PriceOrder, const char*>> names{
      {power::PriceOrder::tables, "tables"}, {power::PriceOrder::synthesised, "synthesised"}};
  return names;
}

}  // namespace mantissa::config

namespace mantissa::power {

const std::vector<std::string>& figure_units() {
  // "1" is a pure number.
  static const std::vector<std::string> units{"pJ", "pJ/bit", "um2",    "W",  "W/um2",
                                              "fF", "fF/um",  "ohm/um", "um", "kohm",
                                              "nA", "ps",     "fJ",     "V",  "1"};
  return units;
}

std::pair<double, std::string> figure_value(const std::string& text) {
  const char* begin = text.c_str();
  char* end = nullptr;
  const double value = std::strtod(begin, &end);
  if (end == begin) return {0, ""};
  std::string unit(end);
  unit.erase(0, unit.find_first_not_of(' '));
  if (unit.empty()) unit = "1";
  const auto& units = figure_units();
  if (std::find(units.begin(), units.end(), unit) == units.end()) return {0, ""};
  return {value, unit};
}

const config::Schema<FigureConfig>& FigureConfig::schema() {
  static const auto s =
      config::Schema<FigureConfig>("One printed number of a technology")
          .required("item", &FigureConfig::item, "What it prices: multiply.int8, sram, dram.HBM2.")
          .required("value", &FigureConfig::value, "Number and unit: 0.2 pJ, 282 um2, 3.92 pJ/bit.")
          .optional("capacity", &FigureConfig::capacity, "Memories: the capacity it holds for.")
          .optional("node", &FigureConfig::node, config::range(0, 1000),
                    "Node it was printed for; absent: taken as given, never scaled.")
          .optional("voltage", &FigureConfig::voltage, config::range(0, 10),
                    "Supply voltage it was printed for.")
          .required("method", &FigureConfig::method, "How sure it is.")
          .required("source", &FigureConfig::source, "Where it was printed, or why it is assumed.")
          .constraint("value", [](const FigureConfig& f) {
            if (!figure_value(f.value).second.empty()) return std::string();
            return fmt::format("read '{}'; expected a number and one of the units {}", f.value,
                               fmt::join(figure_units(), ", "));
          });
  return s;
}

const config::Schema<TechnologyConfig>& TechnologyConfig::schema() {
  static const auto s =
      config::Schema<TechnologyConfig>("A technology: node, voltage and the figures behind prices")
          .required("version", &TechnologyConfig::version, config::range(1, 1),
                    "Version of this file format.")
          .required("name", &TechnologyConfig::name, "Name in reports.")
          .required("node", &TechnologyConfig::node, config::range(7, 180), "Technology node.")
          .required("voltage", &TechnologyConfig::voltage, config::range(0.3, 2), "Supply.")
          .required("voltage_source", &TechnologyConfig::voltage_source,
                    "Where the supply voltage comes from.")
          .optional("energy_scaling", &TechnologyConfig::energy_scaling,
                    "How energies move between nodes.")
          .optional("sram_model", &TechnologyConfig::sram_model,
                    "What an SRAM's prices come from: printed access energies, or the analytic "
                    "model of the macro.")
          .required("figures", &TechnologyConfig::figures, "Published figures.")
          .optional("circuits", &TechnologyConfig::circuits,
                    "Devices, wires and cells of the analytic SRAM model.")
          .optional("overrides", &TechnologyConfig::overrides,
                    "Figures that replace or join those of the base.")
          .optional("circuit_overrides", &TechnologyConfig::circuit_overrides,
                    "Circuit figures that replace or join those of the base.");
  return s;
}

namespace {

// The figures of the base with `overrides` laid over them. Doublets within one list stay, for the
// Technology to refuse.
std::vector<Figure> laid_over(const std::vector<FigureConfig>& base,
                              const std::vector<FigureConfig>& overrides) {
  std::vector<Figure> result;
  for (const auto* list : {&base, &overrides}) {
    for (const FigureConfig& c : *list) {
      const auto [value, unit] = figure_value(c.value);
      Figure f{c.item, value, unit, c.capacity, c.node, c.voltage, c.method, c.source};
      const auto same = [&](const Figure& o) {
        return o.item == f.item && o.unit == f.unit && o.capacity == f.capacity && o.node == f.node;
      };
      const auto old = std::find_if(result.begin(), result.end(), same);
      if (list == &overrides && old != result.end())
        *old = f;
      else
        result.push_back(f);
    }
  }
  return result;
}

}  // namespace

Technology TechnologyConfig::technology() const {
  return Technology(name, node, voltage, voltage_source, laid_over(figures, overrides),
                    energy_scaling, sram_model, laid_over(circuits, circuit_overrides));
}

Technology Technology::load(const std::string& path) {
  config::Node node = config::read_file(path);
  // A chain of bases, each relative to the file that names it.
  std::filesystem::path here = path;
  for (int depth = 0; const config::Node* base = node.find("base"); ++depth) {
    if (!base->is_scalar() || depth == 8)
      throw Error(bad_technology)
          .at(base->place())
          .read(base->is_scalar() ? base->text() : "a list or section")
          .expected("the file name of a base, at most 8 deep");
    here = here.parent_path() / base->text();
    node.erase("base");
    node = config::Node::merge(config::read_file(here.string()), node);
  }
  return TechnologyConfig::schema().parse(node).technology();
}

}  // namespace mantissa::power
