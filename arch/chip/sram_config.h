// SPDX-License-Identifier: Apache-2.0
// What an SRAM of a core has besides its capacity: the voltage it runs at, how its cells then fail,
// and what protects its words. Scratchpad and weight buffer have the same parameters:
//
//   scratchpad:
//     capacity: 256 KiB
//     voltage: 0.84 Vmin        # or 0.6 V, with vmin: 0.72 V
//     ecc: secded
//     interleave: 4             # words of one row lie bit by bit side by side
//     faults: {map: column, chip: chip_2}
//
// With `implementation: lockstep` every word of a data-mode run goes through rtl/sram, too, errors
// and codec included; `rtl` reads what that gives.
//
// Without voltage and faults no cell ever fails. With a voltage below Vmin and no `faults`, cells
// fail as FaultConfig's defaults say: uniformly, by the measured law.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "arch/chip/implementation.h"
#include "base/config/folder_path.h"
#include "base/config/schema.h"
#include "base/faults/config.h"
#include "base/faults/ecc.h"
#include "base/faults/supply_voltage.h"
#include "base/units.h"

namespace mantissa::arch {

struct SramConfig {
  std::optional<faults::SupplyVoltage> voltage;
  std::optional<Volts> vmin;
  faults::Ecc ecc = faults::Ecc::none;
  std::int64_t ecc_latency = 1;
  std::int64_t interleave = 1;
  std::optional<Latency> scrub;
  std::optional<faults::FaultConfig> faults;
  Implementation implementation = Implementation::model;
  config::FolderPath rtl;
  std::string rtl_top;

  // Whether anything may go wrong in it, or be put right.
  bool fails() const { return voltage || faults; }
  double voltage_ratio() const { return voltage ? voltage->ratio(vmin) : 1; }
  Cycles read_latency() const {
    return Cycles(ecc == faults::Ecc::none ? 0 : static_cast<std::uint64_t>(ecc_latency));
  }
  faults::CellLayout words() const {
    return {faults::word_bits(ecc), static_cast<unsigned>(interleave), 0};
  }
};

// Declares the parameters above as those of T, which derives from SramConfig and has a capacity.
template <class T>
config::Schema<T> with_sram_parameters(config::Schema<T> schema) {
  const auto of = [](auto SramConfig::*member) {
    return static_cast<std::decay_t<decltype(std::declval<T>().*member)> T::*>(member);
  };
  schema
      .optional("voltage", of(&SramConfig::voltage),
                "Supply: '0.84 Vmin', or '0.6 V' with vmin; none: nominal.")
      .optional("vmin", of(&SramConfig::vmin), config::range(0.01, 10),
                "Lowest voltage at which no cell fails.")
      .optional("ecc", of(&SramConfig::ecc),
                "Protection of every 64 bits: none, a parity bit, or SECDED(72,64).")
      .optional("ecc_latency", of(&SramConfig::ecc_latency), config::range(0, 64),
                "Cycles that checking adds to a read; without ecc none.")
      .optional("interleave", of(&SramConfig::interleave), config::range(1, 64),
                "Words of one row whose bits lie side by side.")
      .optional("scrub", of(&SramConfig::scrub),
                "Time between scrubs: every word is read, corrected and written back.")
      .optional("faults", of(&SramConfig::faults),
                "What fails; none: cells anywhere, by the voltage.")
      .optional("implementation", of(&SramConfig::implementation),
                "Data mode: words by the model, by verilated RTL, or by both, compared.")
      .optional("rtl", of(&SramConfig::rtl),
                "Folder of SystemVerilog to use ('mantissa cosim sram --ports').")
      .optional("rtl_top", of(&SramConfig::rtl_top), "Its top module, if not sram.")
      .constraint("implementation",
                  [](const T& s) {
                    const bool parity = s.ecc == faults::Ecc::parity;
                    return s.implementation != Implementation::model && parity
                               ? std::string("the memory exists in RTL with ecc: none or secded")
                               : std::string();
                  })
      .constraint("rtl", [](const T& s) { return unused_rtl(s.implementation, s.rtl, s.rtl_top); })
      .constraint(
          "voltage",
          [](const T& s) { return s.voltage ? s.voltage->objection(s.vmin) : std::string(); })
      .constraint("scrub",
                  [](const T& s) {
                    if (!s.scrub) return std::string();
                    if (s.ecc != faults::Ecc::secded)
                      return std::string("scrubbing corrects with ecc: secded alone");
                    return s.scrub->time.value + s.scrub->cycles.value > 0
                               ? std::string()
                               : std::string("a scrub takes time");
                  })
      .constraint("faults", [](const T& s) {
        if (!s.faults) return std::string();
        s.faults->check_files(s.capacity.value, s.words());
        return s.faults->upset_objection(s.words().cells(ceil_div(s.capacity.value, 8)));
      });
  return schema;
}

}  // namespace mantissa::arch
