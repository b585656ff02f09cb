// SPDX-License-Identifier: Apache-2.0
// When the vector unit takes a command's beats and when its results are written, in closed form.
//
// The unit is a line of `stages` stages, each `latency` cycles deep (Latency of rtl/vector_alu); a
// beat of `lanes` elements enters it and leaves it D = stages x latency later, whatever its stages
// do with it. A pass is B beats, in order, one every w cycles: w is 1, or what the scratchpad's
// ports take to read a beat's operands (first pass) or to write its results (last pass). With e the
// cycle in which the last beat of a pass enters:
//
//   e_1     = max(start + (B - 1) w_1, c + (L - 1) w_1)     c: the last row of sums is there, and
//                                                           L beats hold elements of it
//   e_(p+1) = e_p + max(w_p + (B - 1) w_(p+1),              the pass before has entered
//                       D + (B - 1) max(0, w_(p+1) - w_p))  and has left the line: a pass issues
//                                                           from when on none of its beats waits
//   free    = e_P + w_P
//   written = e_P + D + w_P
//
// So long commands take P x B cycles and short ones (P - 1) x D + B: operands of a pass are results
// of the pass before.
//
//   const VectorTime t = VectorLine(core.vector, core.scratchpad).time(work, start, complete);
#pragma once

#include <cstdint>

#include "arch/chip/config.h"
#include "base/trace/vocabulary.h"
#include "base/units.h"

namespace mantissa::arch {

// Of one command.
struct VectorWork {
  std::uint64_t elements = 0;  // of a pass
  std::uint32_t passes = 1;
  std::uint64_t last_row = 0;                     // elements of the row of sums that comes last
  std::uint64_t read_bytes = 0, write_bytes = 0;  // through the scratchpad's ports
};

struct VectorTime {
  Cycles first{};    // the first beat enters
  Cycles free{};     // the next command's may
  Cycles written{};  // the last result is in the scratchpad
  std::uint64_t beats = 0;
  std::uint32_t passes = 1;
  Cycles read_interval{1}, write_interval{1};  // from beat to beat, of the first and the last pass
  Cycles interval(std::uint32_t pass) const;   // of pass 0, 1, ...
};

class VectorLine {
 public:
  VectorLine(const VectorConfig& vector, const ScratchpadConfig& scratchpad);

  // From `start` on; `complete`: of the accumulators that it empties, or 0.
  VectorTime time(const VectorWork& work, Cycles start, Cycles complete) const;

 private:
  std::uint64_t lanes_, depth_, port_bytes_;  // ports: bytes per cycle, to read and to write
};

// Stages that an operator takes up, in a line of this unit: rtl/requantize is three cycles deep.
constexpr std::uint64_t requantize_depth = 3;
std::uint64_t vector_steps(trace::OpKind kind, const VectorConfig& vector);

}  // namespace mantissa::arch
