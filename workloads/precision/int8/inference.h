// SPDX-License-Identifier: Apache-2.0
// One forward pass of an int8 network: recorded with its operands, run on a chip in data mode, and
// the logits that come out on either side.
//
//   const Inference inference = record(integers, integers.codes(x));
//   const arch::RunResult run = on_chip(inference, chip);
//   logits_of(run, inference) == inference.logits                        // bit for bit
#pragma once

#include <string>

#include "arch/session/session.h"
#include "base/numerics/value.h"
#include "workloads/operands.h"
#include "workloads/precision/int8/integer_network.h"
#include "workloads/study/experiment.h"

namespace mantissa::workloads {

struct Inference {
  trace::Trace trace;
  OperandSource operands;
  numerics::Value logits;  // the executor's, int32 [N, classes]
  std::string name;        // of the logits in the trace
};

Inference record(const IntegerNetwork& network, const at::Tensor& codes);
arch::RunResult on_chip(const Inference& inference, const StudyChip& chip);
// Throws InternalError when the run has no such output.
numerics::Value logits_of(const arch::RunResult& run, const Inference& inference);

}  // namespace mantissa::workloads
