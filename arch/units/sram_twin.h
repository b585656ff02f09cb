// SPDX-License-Identifier: Apache-2.0
// A core's scratchpad or weight buffer in RTL: every word that is written or read, with what its
// cells and its codec make of it. `core.scratchpad.implementation` says what becomes of what is
// read: `rtl` takes it for the memory's, `lockstep` compares it and stops at the first word that
// differs.
//
// The model keeps what was written and says at every read which bits come out wrong (sram_cells.h);
// here these are the bits that the access flips. Cycles are those of the words alone: banks and the
// time between accesses are the model's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "arch/chip/sram_config.h"
#include "arch/session/run_result.h"
#include "arch/units/twin_registry.h"
#include "base/units.h"

namespace mantissa::arch {

// A word of 64 bits of which an access reads some inverted, check bits included.
struct WordErrors {
  std::uint64_t word = 0;
  std::uint64_t data = 0;
  std::uint8_t check = 0;
  std::uint64_t delivered = 0;  // what the decoder makes of it
};

// Which memory it is.
struct SramOfCore {
  std::string name;  // of its parameters: scratchpad, weight_buffer
  SramConfig sram;
  Bytes capacity{};
};

class SramTwin {
 public:
  virtual ~SramTwin() = default;

  // `memory`: all bytes as they were written, these included.
  virtual void write(const std::byte* memory, std::uint64_t address, std::uint64_t size) = 0;
  // `errors` in the order of their words. `delivered` is what the model delivers, and becomes the
  // RTL's where the implementation asks for it. Throws what is wrong with the RTL's.
  virtual void read(const std::byte* memory, std::uint64_t address, std::uint64_t size,
                    const std::vector<WordErrors>& errors, std::byte* delivered) = 0;
  virtual TwinResult result() const = 0;
};

using SramTwins = TwinRegistry<SramTwin, SramOfCore>;

}  // namespace mantissa::arch
