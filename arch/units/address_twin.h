// SPDX-License-Identifier: Apache-2.0
// The address generator of a DMA engine in RTL, clocked with every burst that the engine issues.
// `core.dma.implementation` says what becomes of its addresses: `rtl` sends them to memory,
// `lockstep` compares them with the engine's own.
#pragma once

#include <array>

#include "arch/chip/config.h"
#include "arch/session/run_result.h"
#include "arch/units/twin_registry.h"

namespace mantissa::arch {

// Addresses of a transfer's bursts, innermost loop first.
struct AddressLoops {
  std::uint64_t base = 0;
  std::array<std::uint64_t, 2> counts{1, 1};
  std::array<std::uint64_t, 2> strides{0, 0};
};

class AddressTwin {
 public:
  virtual ~AddressTwin() = default;

  virtual void begin(const AddressLoops& loops) = 0;
  // The next burst's address; the engine's own is `expected`. Throws what is wrong with it.
  virtual std::uint64_t next(std::uint64_t expected) = 0;
  virtual TwinResult result() const = 0;
};

using AddressTwins = TwinRegistry<AddressTwin, DmaConfig>;

}  // namespace mantissa::arch
