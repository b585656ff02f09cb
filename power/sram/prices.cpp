// SPDX-License-Identifier: Apache-2.0
#include "power/sram/prices.h"

#include <fmt/format.h>

#include <cmath>

#include "power/estimators/parts.h"
#include "power/sram/macro.h"

namespace mantissa::power {
namespace {

constexpr double default_word = 64;

// What the component says, checked.
struct Sram {
  double bytes = 0, banks = 1;
  std::uint64_t word = 0;
  Volts supply{};
  Ecc ecc = Ecc::none;
  EccCost cost;

  double bank() const { return bytes / banks; }
  double stored_per_data() const {
    return static_cast<double>(word + cost.check_bits) / static_cast<double>(word);
  }
};

Sram described_by(const Query& q) {
  Sram s;
  s.bytes = q.attribute("capacity_bytes");
  s.banks = q.attribute("banks", 1);
  s.word = static_cast<std::uint64_t>(q.attribute("width_bits", default_word));
  s.supply = Volts(q.attribute("supply_v", q.technology.voltage().value));
  if (!(s.supply.value >= lowest_supply && s.supply.value <= highest_supply))
    throw Error(bad_attribute)
        .say(fmt::format("component {} of kind sram", q.component.name))
        .read(fmt::format("supply_v = {}", short_number(s.supply.value)))
        .expected(fmt::format("a voltage from {} V to {} V", lowest_supply, highest_supply));
  s.ecc = ecc_of(q.label("ecc", name(Ecc::none)));
  s.cost = ecc_cost(s.ecc, s.word);
  return s;
}

// (V / V0)^power, told only where it is not one, so that formulas at the nominal supply stay short.
Price at_supply(Price price, const Technology& technology, Volts supply, int power) {
  if (supply == technology.voltage()) return price;
  const std::string why =
      fmt::format("({} V / {} V){}", short_number(supply.value),
                  short_number(technology.voltage().value), power == 2 ? "^2" : "");
  price = scaled(price, std::pow(supply / technology.voltage(), power), why);
  price.voltage = supply;
  return price;
}

// As large as the code's gates, the widened words with them.
Price with_code(const Price& bits, const Sram& s) {
  if (s.ecc == Ecc::none) return bits;
  return scaled(
      bits, s.stored_per_data(),
      fmt::format("{}: {} bits stored for {}", name(s.ecc), s.word + s.cost.check_bits, s.word));
}

Price gates(const Price& add8, double count) {
  return scaled(
      add8, count / 24,
      fmt::format("{} gates of an error code, each 1/24 of an 8-bit adder", short_number(count)));
}

Macro macro_of(const Query& q, const Sram& s) {
  MacroConfig config;
  config.capacity = Bytes(static_cast<std::uint64_t>(std::ceil(s.bank())));
  config.word_bits = s.word;
  config.ecc = s.ecc;
  return sram_macro(config, q.technology);
}

Price modelled(const Query& q, const Macro& m, double value, const std::string& unit,
               const std::string& what) {
  return {value,
          unit,
          q.technology.node(),
          q.technology.voltage(),
          m.circuit.method,
          m.circuit.source,
          fmt::format("{} of the analytic SRAM model, {} subarrays of {} rows x {} columns", what,
                      m.geometry.subarrays, m.geometry.rows, m.geometry.columns)};
}

bool analytic(const Query& q) { return q.technology.sram_model() == SramModel::analytic; }

}  // namespace

Price sram_energy(const Query& q, bool writes) {
  const Sram s = described_by(q);
  const double bytes_of_word = static_cast<double>(s.word) / 8;
  if (analytic(q)) {
    const Macro m = macro_of(q, s);
    const Price word =
        modelled(q, m, total(writes ? m.write : m.read), "pJ", writes ? "write" : "read");
    return at_supply(scaled(word, 1 / bytes_of_word,
                            fmt::format("1/{} (bytes per word)", short_number(bytes_of_word))),
                     q.technology, s.supply, 2);
  }
  Price price = with_code(memory_energy(q, Bytes(static_cast<std::uint64_t>(s.bank()))), s);
  if (s.ecc != Ecc::none)
    price =
        sum(price, gates(q.technology.energy("add.int8"),
                         static_cast<double>(writes ? s.cost.encoder_gates : s.cost.decoder_gates) /
                             bytes_of_word));
  return at_supply(price, q.technology, s.supply, 2);
}

Price sram_area(const Query& q) {
  const Sram s = described_by(q);
  if (analytic(q)) {
    const Macro m = macro_of(q, s);
    return scaled(modelled(q, m, total(m.area), "um2", "area"), s.banks,
                  fmt::format("{} banks", short_number(s.banks)));
  }
  const Price bits = with_code(memory_area(q.technology, s.bytes), s);
  if (s.ecc == Ecc::none) return bits;
  return sum(bits,
             gates(q.technology.area("add.int8"),
                   s.banks * static_cast<double>(s.cost.encoder_gates + s.cost.decoder_gates)));
}

Price sram_leakage(const Query& q) {
  const Sram s = described_by(q);
  if (analytic(q)) {
    const Macro m = macro_of(q, s);
    return at_supply(scaled(modelled(q, m, total(m.leakage), "W", "leakage"), s.banks,
                            fmt::format("{} banks", short_number(s.banks))),
                     q.technology, s.supply, 1);
  }
  return at_supply(with_code(memory_leakage(q.technology, s.bytes), s), q.technology, s.supply, 1);
}

}  // namespace mantissa::power
