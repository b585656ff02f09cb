// SPDX-License-Identifier: Apache-2.0
#include "power/sram/macro.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "power/sram/geometry.h"

namespace mantissa::power {
namespace {

constexpr double distributed_line = .38;            // t / (R C) to half the swing
constexpr double repeater_delay = 2.5;              // Bakoglu
constexpr double repeater_load = 1.756;             // 1 + sqrt(.4 / .7): the wire and its repeaters
constexpr double fo4_in_rc = 3.45;                  // 0.69 x (4 + 1) R0 C0
constexpr double decoder_effort = 5. / 3 * 4. / 3;  // a 3-input and a 2-input gate
constexpr double predecoded_bits = 3, predecoded_lines = 8;
constexpr double random_bits = .25;     // of C V^2: every other cycle a change, half of it each
constexpr double femto_to_pico = 1e-3;  // fF V^2 to pJ
constexpr double nano = 1e-9;

double number(std::uint64_t n) { return static_cast<double>(n); }

// The closed forms of the header for one geometry at the nominal supply.
struct Equations {
  const Circuit& c;
  const MacroGeometry& g;
  EccCost ecc;

  double v2() const { return c.nominal.value * c.nominal.value; }
  double columns() const { return number(g.columns); }
  double bits() const { return number(g.stored_bits); }
  double word_line() const {
    return columns() * (2 * c.access_gate + c.wire_capacitance * c.cell_width);
  }
  double bit_line() const {
    return number(g.rows) * (c.access_drain + c.wire_capacitance * c.cell_height);
  }
  double predecoders() const {
    return std::ceil(std::max(1., number(g.address_bits)) / predecoded_bits);
  }
  double tree_load() const { return c.wire_capacitance * g.tree * repeater_load; }

  std::vector<Part> energy(bool writes) const {
    const double line =
        number(g.rows) * (c.cell_height * c.wire_capacitance + c.inverter / predecoded_lines);
    const double half_selected = columns() - bits();
    const double swing = writes ? 1 : c.sense_swing;
    const double k = v2() * femto_to_pico;
    return {
        {"decoder", (predecoders() * line + word_line() / 3) * k},
        {"word line", word_line() * k},
        {"bit lines", bits() * bit_line() * swing * k},
        {"half-selected columns", half_selected * bit_line() * c.sense_swing * k},
        {"column circuits", (columns() * c.column_gates + bits() * c.bit_gates) * c.gate_energy},
        {"sense amplifiers", writes ? 0 : bits() * c.sense_energy},
        {"tree", (bits() + number(g.address_bits)) * tree_load() * random_bits * k},
        {"registers", (bits() + number(g.address_bits)) * c.register_energy},
        {"ecc", number(writes ? ecc.encoder_gates : ecc.decoder_gates) * c.gate_energy}};
  }

  std::vector<Part> area() const {
    const double n = number(g.subarrays), gate = c.gate_area;
    const double cells = n * number(g.rows) * columns() * c.cell_area;
    std::vector<Part> parts{
        {"cells", cells},
        {"decoders", n * number(g.rows) * c.row_gates * gate},
        {"columns", n * ((columns() * c.column_gates + bits() * c.bit_gates) * gate +
                         bits() * c.register_area)},
        {"control",
         n * (predecoders() * predecoded_lines * gate + number(g.address_bits) * c.register_area +
              (number(g.rows) + columns()) * c.cell_area)},
        {"tree", (2 * bits() + number(g.address_bits)) * c.wire_pitch * g.tree},
        {"ecc", number(ecc.encoder_gates + ecc.decoder_gates) * gate}};
    parts.push_back({"layout", total(parts) * (c.layout_overhead - 1)});
    return parts;
  }

  // `slow`: how much longer transistors take than at the nominal supply.
  std::vector<Part> access(double slow) const {
    const double fo4 = c.fo4 * slow;
    const double effort = decoder_effort * number(g.rows) / 2 * word_line() / c.inverter;
    const double wide = columns() * c.cell_width, high = number(g.rows) * c.cell_height;
    const double per_um =
        repeater_delay * std::sqrt(fo4 / fo4_in_rc * c.wire_resistance * c.wire_capacitance);
    return {{"decoder", fo4 * std::max(1., std::log(effort) / std::log(4.))},
            {"word line", distributed_line * wide * c.wire_resistance * word_line()},
            {"bit line", (c.cell_resistance * slow + high * c.wire_resistance / 2) * bit_line() *
                             std::log(1 / (1 - c.sense_swing))},
            {"sense amplifiers", c.sense_delay * slow},
            {"tree", 2 * g.tree * per_um},
            {"ecc", number(ecc.decoder_levels) * fo4_per_level * fo4}};
  }

  std::vector<Part> leakage(const std::vector<Part>& area) const {
    const double cells = number(g.subarrays) * number(g.rows) * columns();
    const double logic = part(area, "decoders") + part(area, "columns") + part(area, "ecc");
    return {{"cells", cells * c.cell_leakage * nano * c.nominal.value},
            {"logic", logic * c.logic_leakage}};
  }

  Macro macro(const MacroConfig& config) const {
    Macro m;
    m.config = config;
    m.circuit = c;
    m.supply = c.nominal;
    m.geometry = g;
    m.area = area();
    m.read = energy(false);
    m.write = energy(true);
    m.access = access(1);
    m.cycle = total(m.access) - part(m.access, "tree") + part(m.access, "bit line");
    m.leakage = leakage(m.area);
    // What lies between the subarrays takes its room from both sides alike.
    const double stretch = std::sqrt(total(m.area) / (g.width * g.height));
    m.geometry.width = g.width * stretch;
    m.geometry.height = g.height * stretch;
    return m;
  }
};

double objective(const Macro& m) { return total(m.read) * total(m.access) * total(m.area); }

}  // namespace

double total(const std::vector<Part>& parts) {
  double sum = 0;
  for (const Part& p : parts) sum += p.value;
  return sum;
}

double part(const std::vector<Part>& parts, const std::string& name) {
  for (const Part& p : parts)
    if (p.name == name) return p.value;
  return 0;
}

double Macro::efficiency() const { return part(area, "cells") / total(area); }

double Macro::scrub() const { return number(geometry.words) * (total(read) + total(write)); }

Macro Macro::at(Volts other) const {
  const double k = other.value / circuit.nominal.value, was = supply.value / circuit.nominal.value;
  Macro m = *this;
  m.supply = other;
  for (auto* parts : {&m.read, &m.write})
    for (Part& p : *parts) p.value *= k * k / (was * was);
  for (Part& p : m.leakage) p.value *= k / was;
  const Equations equations{circuit, geometry, ecc_cost(config.ecc, config.word_bits)};
  m.access = equations.access(slowdown(circuit, other));
  m.cycle = total(m.access) - part(m.access, "tree") + part(m.access, "bit line");
  return m;
}

Macro sram_macro(const MacroConfig& config, const Technology& technology) {
  const Circuit circuit = circuit_at(technology, config.celsius);
  const MacroGeometry words = word_layout(config);
  const EccCost ecc = ecc_cost(config.ecc, config.word_bits);
  Macro best;
  double least = std::numeric_limits<double>::infinity();
  for (const auto& [rows, mux] : candidates(config, words)) {
    const MacroGeometry geometry = floor_plan(words, rows, mux, circuit);
    Macro m = Equations{circuit, geometry, ecc}.macro(config);
    if (objective(m) >= least) continue;
    least = objective(m);
    best = std::move(m);
  }
  return best;
}

}  // namespace mantissa::power
