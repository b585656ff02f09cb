// SPDX-License-Identifier: Apache-2.0
#include "power/sram/circuit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "power/estimators/parts.h"

namespace mantissa::power {
namespace {

// A full adder is two exclusive-ors and a majority gate; an 8-bit adder has eight of them.
constexpr double gates_per_add8 = 24;
constexpr double cold = 27, hot = 87;  // degrees Celsius of the tables' 300 K and 360 K

class Reader {
 public:
  Reader(const Technology& technology, Circuit& circuit)
      : technology_(technology), circuit_(circuit) {}

  double circuit(const std::string& item) {
    std::vector<Figure> found;
    for (const Figure& f : technology_.circuits())
      if (f.item == item) found.push_back(f);
    if (found.empty()) {
      std::vector<std::string> names;
      for (const Figure& f : technology_.circuits()) names.push_back(f.item);
      throw Error(unknown_figure)
          .say(fmt::format("technology {}, circuits", technology_.name()))
          .read(item)
          .expected("a figure of the circuits that an SRAM is computed from")
          .nearest(nearest_name(item, names))
          .remedy("'base: published.yaml' brings them along");
    }
    std::sort(found.begin(), found.end(),
              [](const Figure& a, const Figure& b) { return a.node > b.node; });
    return note(at_node(found));
  }
  double note(const Price& price) {
    circuit_.figures.push_back(price);
    circuit_.method = weaker(circuit_.method, price.method);
    if (circuit_.source.find(price.source) == std::string::npos)
      circuit_.source += (circuit_.source.empty() ? "" : "; ") + price.source;
    return price.value;
  }

 private:
  // `found` by descending node; one without a node holds everywhere.
  Price at_node(const std::vector<Figure>& found) const {
    const Nanometres node = technology_.node();
    for (const Figure& f : found)
      if (f.node == node || f.node.value == 0)
        return {f.value, f.unit, f.node, f.voltage, f.method, f.source, f.item};
    for (std::size_t i = 0; i + 1 < found.size(); ++i) {
      const Figure &larger = found[i], &smaller = found[i + 1];
      if (!(larger.node > node && node > smaller.node)) continue;
      const double t = std::log(larger.node / node) / std::log(larger.node / smaller.node);
      return {
          std::pow(larger.value, 1 - t) * std::pow(smaller.value, t),
          larger.unit,
          node,
          {},
          weaker(weaker(larger.method, smaller.method), Method::derived),
          larger.source == smaller.source ? larger.source : larger.source + "; " + smaller.source,
          fmt::format("{} interpolated log-log in the node between {} at {} nm and {} at {} nm",
                      larger.item, short_number(larger.value), short_number(larger.node.value),
                      short_number(smaller.value), short_number(smaller.node.value))};
    }
    throw Error(scaling_range)
        .say(fmt::format("technology {}, {} of an SRAM", technology_.name(), found.front().item))
        .read(short_number(node.value) + " nm")
        .expected(fmt::format("a node from {} nm to {} nm", short_number(found.back().node.value),
                              short_number(found.front().node.value)));
  }

  const Technology& technology_;
  Circuit& circuit_;
};

// The one printed delay, moved by the published polynomials.
Price fo4_at(const Technology& technology) {
  for (const Figure& f : technology.circuits()) {
    if (f.item != "fo4") continue;
    const Factor k = delay_ratio(f.node, f.voltage, technology.node(), technology.voltage());
    return {f.value * k.value,
            f.unit,
            technology.node(),
            technology.voltage(),
            weaker(f.method, Method::derived),
            f.source + "; Stillmaker and Baas 2017",
            fmt::format("fo4 {} ps at {} nm, {} V x {} by the published delay polynomials{}{}",
                        short_number(f.value), short_number(f.node.value),
                        short_number(f.voltage.value), short_number(k.value),
                        k.note.empty() ? "" : ", ", k.note)};
  }
  throw Error(unknown_figure)
      .say(fmt::format("technology {}, circuits", technology.name()))
      .read("fo4")
      .expected("a figure of the circuits that an SRAM is computed from")
      .remedy("'base: published.yaml' brings them along");
}

}  // namespace

Circuit circuit_at(const Technology& technology, double celsius) {
  Circuit c;
  c.node = technology.node();
  c.nominal = technology.voltage();
  Reader read(technology, c);

  c.fo4 = read.note(fo4_at(technology));
  c.cell_area = read.note(technology.area("bitcell"));
  c.cell_height = 2 * read.circuit("poly_pitch");
  c.cell_width = c.cell_area / c.cell_height;
  c.access_gate = read.circuit("access_gate");
  c.access_drain = read.circuit("access_drain");
  c.cell_resistance = read.circuit("cell_resistance");
  const double at_cold = read.circuit("cell_leakage"), at_hot = read.circuit("cell_leakage_hot");
  c.cell_leakage = at_cold * std::pow(at_hot / at_cold, (celsius - cold) / (hot - cold));
  c.inverter = read.circuit("inverter");
  c.wire_resistance = read.circuit("wire_resistance") / 1000;
  c.wire_capacitance = read.circuit("wire_capacitance");
  c.wire_pitch = read.circuit("wire_pitch");
  c.sense_swing = std::max(read.circuit("sense_swing") / c.nominal.value, .05);
  c.sense_delay = read.circuit("sense_delay");
  c.sense_energy = read.circuit("sense_energy") / 1000;
  c.row_gates = read.circuit("row_gates");
  c.column_gates = read.circuit("column_gates");
  c.bit_gates = read.circuit("bit_gates");
  c.layout_overhead = read.circuit("layout_overhead");
  c.gate_energy = read.note(technology.energy("add.int8")) / gates_per_add8;
  c.gate_area = read.note(technology.area("add.int8")) / gates_per_add8;
  c.register_energy = read.note(technology.energy("register_bit"));
  c.register_area = read.note(technology.area("register_bit"));
  c.logic_leakage = read.note(technology.parameter("leakage.logic"));
  return c;
}

void check_supply(Volts supply) {
  if (supply.value >= lowest_supply && supply.value <= highest_supply) return;
  throw Error(scaling_range)
      .say("supply of an SRAM")
      .read(short_number(supply.value) + " V")
      .expected(fmt::format("a voltage from {} V to {} V", lowest_supply, highest_supply));
}

double slowdown(const Circuit& circuit, Volts supply) {
  check_supply(supply);
  const double ratio = delay_ratio(circuit.node, circuit.nominal, circuit.node, supply).value;
  // The published cubics ripple near the nominal supply and turn up again above it.
  if (supply <= circuit.nominal) return std::max(ratio, 1.);
  if (ratio <= 1) return ratio;
  throw Error(scaling_range)
      .say(fmt::format("supply of an SRAM, nominally {} V", short_number(circuit.nominal.value)))
      .read(short_number(supply.value) + " V")
      .expected("a voltage at which the fitted delay is no longer than at the nominal one");
}

}  // namespace mantissa::power
