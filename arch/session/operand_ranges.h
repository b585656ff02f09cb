// SPDX-License-Identifier: Apache-2.0
// The largest magnitudes of a layer's operands as its producers left them in memory, before any
// cell fails: what a calibration on this very input finds. Found once per layer in flight.
#pragma once

#include <map>
#include <vector>

#include "arch/core/scratchpad.h"
#include "arch/mapper/lowering.h"
#include "arch/session/session.h"
#include "arch/units/matrix_model.h"
#include "memory/backing_store.h"

namespace mantissa::arch {

class OperandRanges {
 public:
  OperandRanges(const Plan& plan, const OperandSource& operands, Scratchpad& scratchpad,
                memory::BackingStore& store)
      : plan_(plan), operands_(operands), scratchpad_(scratchpad), store_(store) {}

  // Of a product of the layer with `n` columns of B, from `channel` on.
  MatrixRanges of(const LoweredLayer& layer, std::uint64_t channel, std::uint64_t n);
  void forget(LayerId layer) { found_.erase(layer); }

 private:
  MatrixRanges find(const LoweredLayer& layer) const;
  std::vector<float> elements(trace::TensorId tensor) const;

  const Plan& plan_;
  const OperandSource& operands_;
  Scratchpad& scratchpad_;
  memory::BackingStore& store_;
  std::map<LayerId, MatrixRanges> found_;  // of all columns
};

}  // namespace mantissa::arch
