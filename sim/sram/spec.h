// SPDX-License-Identifier: Apache-2.0
// An SRAM on its own, as `mantissa sram` describes it: equal banks of words, a technology, what
// protects the words, how its cells fail below Vmin. A file says `kind: sram`, so that it can lie
// beside other memories in configs/memory.
//
//   version: 1
//   kind: sram
//   capacity: 32 KiB
//   technology: 16nm
//   ecc: secded
//
// Errors: those of base/config, presets.unknown and presets.unknown-reference, faults.*.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/config/schema.h"
#include "base/faults/cell_layout.h"
#include "base/faults/config.h"
#include "base/faults/ecc.h"
#include "power/sram/macro.h"

namespace mantissa::sim {

enum class MemoryKind { sram };

struct SramSpec {
  MemoryKind kind = MemoryKind::sram;
  std::string name, description;
  Bytes capacity{};
  std::int64_t word = 64;
  std::int64_t banks = 1;
  std::int64_t rows = 0, mux = 0;
  std::string technology;
  std::optional<Volts> vmin;
  faults::Ecc ecc = faults::Ecc::none;
  std::int64_t interleave = 1;
  Femtoseconds scrub_interval{};
  double celsius = 27;
  std::int64_t chip_seed = 1;
  faults::FaultConfig faults;
  static const config::Schema<SramSpec>& schema();

  power::MacroConfig bank() const;
  // Code words of 64 data bits with their check bits among the cells.
  faults::CellLayout layout() const;
};

struct LoadedSram {
  SramSpec spec;
  power::Technology technology;
  std::string hash;  // of the resolved specification
};

// A preset name or a file, with overrides "ecc=secded".
LoadedSram load_sram(const std::string& name_or_file, const std::vector<std::string>& overrides);

}  // namespace mantissa::sim

namespace mantissa::config {
template <>
struct EnumNames<sim::MemoryKind> {
  static const std::vector<std::pair<sim::MemoryKind, const char*>>& names();
};
}  // namespace mantissa::config
