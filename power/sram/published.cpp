// SPDX-License-Identifier: Apache-2.0
#include "power/sram/published.h"

#include <fmt/format.h>

#include <cmath>

#include "power/sram/macro.h"

namespace mantissa::power {
namespace {

constexpr double features_per_cell = 146;  // F^2, CACTI 7 tables: area_cell
const Bytes reference(32 << 10);
const Nanometres reference_node(45);

Macro macro(const Technology& technology, Bytes capacity, Nanometres node, Volts voltage) {
  MacroConfig config;
  config.capacity = capacity;
  return sram_macro(config, technology.at(node, voltage));
}

std::vector<PublishedRow> access_energies(const Technology& t) {
  std::vector<PublishedRow> rows;
  for (const Figure& f : t.figures()) {
    if (f.item != "sram" || f.unit != "pJ") continue;
    rows.push_back({fmt::format("access of 64 bits, {} KiB", f.capacity.value / 1024), f.node, "pJ",
                    f.value, total(macro(t, f.capacity, f.node, f.voltage).read), f.method,
                    f.source});
  }
  return rows;
}

std::vector<PublishedRow> bit_cells(const Technology& t) {
  std::vector<PublishedRow> rows;
  for (const double node : {45., 32., 22.}) {
    const double feature = node / 1000;
    rows.push_back({"bit cell", Nanometres(node), "um2", features_per_cell * feature * feature,
                    circuit_at(t.at(Nanometres(node), t.voltage())).cell_area, Method::published,
                    "CACTI 7 tables, 146 F^2"});
  }
  return rows;
}

std::vector<PublishedRow> area_scaling(const Technology& t) {
  std::vector<PublishedRow> rows;
  const auto area = [&](Nanometres node) {
    return total(macro(t, reference, node, t.voltage()).area);
  };
  for (const double node : {28., 16., 7.})
    rows.push_back({"area of 32 KiB over that at 45 nm", Nanometres(node), "1",
                    area_ratio(reference_node, Nanometres(node)).value,
                    area(Nanometres(node)) / area(reference_node), Method::published,
                    "Stillmaker and Baas 2017, area factors of logic"});
  return rows;
}

PublishedRow array_efficiency(const Technology& t) {
  const Price assumed = t.parameter("sram.array_efficiency");
  return {"array efficiency of 32 KiB",
          t.node(),
          "1",
          assumed.value,
          macro(t, reference, t.node(), t.voltage()).efficiency(),
          assumed.method,
          assumed.source};
}

}  // namespace

std::vector<PublishedRow> sram_against_published(const Technology& technology) {
  std::vector<PublishedRow> rows = access_energies(technology);
  for (auto part : {bit_cells(technology), area_scaling(technology)})
    rows.insert(rows.end(), part.begin(), part.end());
  rows.push_back(array_efficiency(technology));
  return rows;
}

}  // namespace mantissa::power
