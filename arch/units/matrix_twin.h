// SPDX-License-Identifier: Apache-2.0
// A second body of a core's matrix unit, which lives through every cycle of it: RTL.
//
// In data mode it is given every matrix command in order, operands included, and the cycles that
// the model has fixed for it. Sums leave it when they do in hardware. `core.matrix.implementation`
// says what becomes of them: `rtl` takes them for the core's own, `lockstep` compares them with the
// golden ones and stops at the first command that differs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "arch/chip/config.h"
#include "arch/session/run_result.h"
#include "arch/units/accumulator_twin.h"
#include "arch/units/matrix_model.h"
#include "arch/units/twin_registry.h"
#include "base/error.h"

namespace mantissa::arch {

// A bf16 of `b` that is none: its element adds nothing, whatever it meets. An operand that happens
// to be this NaN is given as the canonical one.
constexpr std::uint16_t no_weight = 0xFFFF, canonical_nan = 0x7FC0;

// One matrix command, groups on the diagonal of `b`; beside it is nothing: 0, bf16 no_weight.
struct TwinCommand {
  std::string layer;
  MatrixTile tile;
  MatrixTimetable time;
  trace::NumberFormat format{};
  std::uint32_t slot = 0;
  std::vector<std::byte> a, b;          // row-major, m x k and k x n
  std::vector<std::uint32_t> expected;  // sums of the slot when the command is done: m x n
  MatrixRanges ranges;                  // of a unit that scales its operands
};

class MatrixTwin {
 public:
  virtual ~MatrixTwin() = default;

  // Every row of sums that leaves goes to `accumulators`, too; not owned. Configurations with units
  // that keep sums of their own have none.
  virtual void accumulate_with(AccumulatorTwin* /*accumulators*/) {
    MANTISSA_CHECK(false, "the matrix unit has accumulators of its own");
  }
  virtual void multiply(TwinCommand command) = 0;
  // The time of the command given last, where its model has to see operands first: such a command
  // comes without.
  virtual void timed(const MatrixTimetable& /*time*/) {}
  // A slot whose last row has left before or in `now`. Throws what is wrong with its sums.
  virtual void take(std::uint32_t slot, Cycles now, std::vector<std::uint32_t>& sums) = 0;
  // Everything that is still on its way.
  virtual void finish() = 0;
  virtual TwinResult result() const = 0;
};

using MatrixTwins = TwinRegistry<MatrixTwin, CoreConfig>;

}  // namespace mantissa::arch
