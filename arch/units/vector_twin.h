// SPDX-License-Identifier: Apache-2.0
// The lanes of a core's vector unit in RTL: element-wise operators on accumulators on their way
// out. `core.vector.implementation` says what becomes of their results: `rtl` stores them,
// `lockstep` compares them with the golden ones.
//
// Operators that exist in no RTL stay with the model. Their number is not in the result; the time
// of the vector unit, which chains several operators in one pass, is the model's in any case.
//
// The floor of RTL registers what makes one; a program without that floor has none.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "arch/chip/config.h"
#include "arch/session/run_result.h"
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

// `say`: what is being built, and the seconds since that began.
using VectorTwinFactory = std::function<std::unique_ptr<VectorTwin>(
    const VectorConfig& config, std::function<void(const std::string& step, double seconds)> say)>;

struct VectorTwinRegistration {
  explicit VectorTwinRegistration(VectorTwinFactory factory);
};

// Null where none is registered.
const VectorTwinFactory& vector_twin_factory();

}  // namespace mantissa::arch
