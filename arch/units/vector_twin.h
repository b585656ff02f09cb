// SPDX-License-Identifier: Apache-2.0
// The lanes of a core's vector unit in RTL: element-wise operators on accumulators on their way
// out. `core.vector.implementation` says what becomes of their results: `rtl` stores them,
// `lockstep` compares them with the golden ones.
//
// Operators that exist in no RTL stay with the model. Their number is not in the result; the time
// of the vector unit, which chains several operators in one pass, is the model's in any case.
#pragma once

#include <vector>

#include "arch/chip/config.h"
#include "arch/session/run_result.h"
#include "arch/units/twin_registry.h"
#include "base/numerics/value.h"
#include "base/trace/graph.h"

namespace mantissa::arch {

class VectorTwin {
 public:
  virtual ~VectorTwin() = default;

  // `inputs` as of the operator, null where one is absent; `result` is the golden one, and becomes
  // the RTL's where the implementation asks for it. Throws what is wrong with the RTL's.
  virtual void apply(const trace::Op& op, const std::vector<const numerics::Value*>& inputs,
                     numerics::Value& result) = 0;
  virtual TwinResult result() const = 0;
};

using VectorTwins = TwinRegistry<VectorTwin, VectorConfig>;

}  // namespace mantissa::arch
