// SPDX-License-Identifier: Apache-2.0
#include "sim/sram/table.h"

#include <fmt/format.h>

#include "base/faults/draw.h"
#include "base/faults/error_rate.h"

namespace mantissa::sim {
namespace {

// A map of this many cells takes half a gigabyte; more are not listed one by one.
constexpr double most_listed = 2e7;
constexpr double picojoule = 1e-12, femtosecond = 1e-15;

WordFate fate_of(faults::Ecc ecc, double p) {
  const auto rates = faults::word_outcome_rates(ecc, p);
  return {ecc, 1 - rates.corrected - rates.detected - rates.silent, rates.corrected, rates.detected,
          rates.silent};
}

SramRow row_at(const LoadedSram& sram, const SramTable& table,
               const faults::SupplyVoltage& voltage) {
  const SramSpec& spec = sram.spec;
  const faults::FaultConfig& faulty = spec.faults;
  SramRow row;
  row.ratio = voltage.ratio(spec.vmin);
  row.supply = voltage.volts(spec.vmin, sram.technology.voltage());
  row.error_rate = faulty.mean_rate(spec.layout(), row.ratio);
  row.bank = table.bank.at(row.supply);
  row.energy_ratio = faults::energy_ratio(row.ratio);

  if (faulty.map != faults::MapKind::file)
    row.expected_faults = row.error_rate * static_cast<double>(table.cells);
  if (row.expected_faults.value_or(0) <= most_listed)
    row.counted_faults = faulty
                             .map_of(faults::derived(static_cast<std::uint64_t>(spec.chip_seed), 0),
                                     spec.capacity.value, spec.layout(), row.ratio)
                             .size();

  std::size_t i = 0;
  for (const auto ecc : {faults::Ecc::none, faults::Ecc::parity, faults::Ecc::secded})
    row.fates[i++] = fate_of(ecc, row.error_rate);
  row.several_in_64 = faults::word_error_rates(row.error_rate, 64).several;
  row.several_in_72 = faults::word_error_rates(row.error_rate, 72).several;
  return row;
}

}  // namespace

std::vector<faults::SupplyVoltage> measured_voltages() {
  std::vector<faults::SupplyVoltage> voltages;
  const auto& points = faults::measured_points();
  for (auto point = points.rbegin(); point != points.rend(); ++point)
    voltages.push_back(faults::SupplyVoltage::of_vmin(point->voltage_ratio));
  return voltages;
}

SramTable tabulate(const LoadedSram& sram, const std::vector<faults::SupplyVoltage>& voltages) {
  SramTable table;
  table.bank = power::sram_macro(sram.spec.bank(), sram.technology);
  table.cells = sram.spec.layout().cells(ceil_div(sram.spec.capacity.value, 8));
  const auto interval = static_cast<double>(sram.spec.scrub_interval.value) * femtosecond;
  const double shortest = static_cast<double>(table.bank.geometry.words) * table.bank.cycle * 1e-12;
  if (interval > 0 && interval < shortest)
    throw Error(power::bad_sram)
        .say("scrub_interval")
        .read(fmt::format("{:.4g} us", interval * 1e6))
        .expected(fmt::format("at least {:.4g} us: {} words, one per cycle of {:.4g} ps",
                              shortest * 1e6, table.bank.geometry.words, table.bank.cycle));
  if (interval > 0)
    table.scrubbing =
        Watts(static_cast<double>(sram.spec.banks) * table.bank.scrub() * picojoule / interval);
  for (const auto& voltage : voltages) table.rows.push_back(row_at(sram, table, voltage));
  return table;
}

}  // namespace mantissa::sim
