// SPDX-License-Identifier: Apache-2.0
// The line of a core's vector unit in RTL: element-wise operators on accumulators on their way out.
// `core.vector.implementation` says what becomes of their results: `rtl` stores them, `lockstep`
// compares them with the golden ones.
//
// A command is clocked as a whole. Its beats enter in the model's cycles (vector_time.h), each
// operator's RTL takes them when the one before gives them, a pass follows the pass before, and the
// cycle in which the last result leaves must be the model's.
//
// Operators that exist in no RTL keep the model's values and time. Commands with one, and those of
// whole operators on data in the scratchpad (pooling, softmax, ...), are counted apart.
#pragma once

#include <vector>

#include "arch/chip/config.h"
#include "arch/session/run_result.h"
#include "arch/units/twin_registry.h"
#include "arch/units/vector_time.h"
#include "base/numerics/value.h"
#include "base/trace/graph.h"

namespace mantissa::arch {

class VectorTwin {
 public:
  virtual ~VectorTwin() = default;

  // A command that the model has fixed this time for.
  virtual void begin(const VectorTime& time) = 0;
  // Its operators, one behind the other. `inputs` as of the operator, null where one is absent;
  // `result` is the golden one, and becomes the RTL's where the implementation asks for it. Throws
  // what is wrong with the RTL's.
  virtual void apply(const trace::Op& op, const std::vector<const numerics::Value*>& inputs,
                     numerics::Value& result) = 0;
  // Throws where the RTL's time is not the model's.
  virtual void end() = 0;
  // A command of which nothing goes through the RTL.
  virtual void leave(const VectorTime& time) = 0;
  virtual TwinResult result() const = 0;
};

using VectorTwins = TwinRegistry<VectorTwin, VectorConfig>;

}  // namespace mantissa::arch
