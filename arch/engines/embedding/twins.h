// SPDX-License-Identifier: Apache-2.0
// The RTL of an embedding engine: a lookup unit at every channel, and PE groups. The model fixes
// the cycles, the twins are clocked in them, and must do the same.
//
// `lookup.implementation` and `dense.implementation` say what becomes of their numbers: `rtl` takes
// them for the engine's own and counts those that differ, `lockstep` ends the run at the first.
#pragma once

#include <cstdint>
#include <vector>

#include "arch/engines/embedding/values.h"
#include "arch/session/run_result.h"
#include "arch/units/twin_registry.h"

namespace mantissa::arch::embedding {

// A row that a channel is asked for, from the cycle `known` on.
struct AskedRow {
  std::uint64_t base = 0, row = 0, bytes = 0, words = 0;
  bool first = true, last = true;  // of a sum of rows
  Cycles known{}, issue{};
};

// What comes of it.
struct RowWords {
  std::vector<Cycles> times;           // of each word on the port
  std::vector<std::int32_t> elements;  // of the row
  std::vector<std::int32_t> sum;       // of rows, if it is the last one
  std::uint64_t overflows = 0;         // of the channel, this row included
};

class LookupTwin {
 public:
  virtual ~LookupTwin() = default;

  // For every channel, in order. Every row that is known before a cycle has been asked for before
  // `run` goes to that cycle.
  virtual void ask(std::size_t channel, const AskedRow& row) = 0;
  virtual void answer(std::size_t channel, const RowWords& words) = 0;
  // Clocks the channel's unit up to this cycle and hands over, sum by sum, the elements that left
  // it since the last run. Throws what is wrong with them, or with a cycle.
  virtual std::vector<std::vector<std::int32_t>> run(std::size_t channel, Cycles end) = 0;
  virtual TwinResult result() const = 0;
};

struct LookupTwinOf {
  EmbeddingConfig config;
  std::uint64_t words = 1;  // of a row, at most
};
using LookupTwins = TwinRegistry<LookupTwin, LookupTwinOf>;

class DenseTwin {
 public:
  virtual ~DenseTwin() = default;

  // One item through all PEs of a layer. `outputs` are the model's, and become the RTL's where the
  // implementation asks for it. `interval`: cycles from an item's first word to the next one's.
  virtual void multiply(std::uint64_t item, const DenseLayer& layer, std::uint64_t interval,
                        const std::vector<std::int32_t>& inputs,
                        std::vector<std::int32_t>& outputs) = 0;
  virtual TwinResult result() const = 0;
};

struct DenseTwinOf {
  EmbeddingConfig config;
  const Values* values = nullptr;  // that outlive the twin
};
using DenseTwins = TwinRegistry<DenseTwin, DenseTwinOf>;

}  // namespace mantissa::arch::embedding
