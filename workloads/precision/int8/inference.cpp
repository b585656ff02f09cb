// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/int8/inference.h"

#include "workloads/executor/tensor.h"

namespace mantissa::workloads {

Inference record(const IntegerNetwork& network, const at::Tensor& codes) {
  Recorder recorder({"digits_int8", 0, Contents::sources});
  recorder.input("digits", codes);
  network.name_parameters(recorder);
  at::Tensor logits;
  {
    const auto on = recorder.record();
    logits = network.forward(codes);
  }
  Inference out;
  const trace::TensorId id = recorder.id(logits).value();
  out.trace = recorder.finish();
  out.name = out.trace.tensor(id).name;
  out.operands = recorder.source();
  out.logits = value_of(logits);
  return out;
}

arch::RunResult on_chip(const Inference& inference, const StudyChip& chip) {
  arch::Session session(chip.arch, chip.technology);
  arch::RunOptions options;
  options.fidelity = arch::Fidelity::data;
  options.operands = inference.operands;
  return session.run({inference.trace}, options);
}

numerics::Value logits_of(const arch::RunResult& run, const Inference& inference) {
  for (const arch::OutputTensor& out : run.outputs) {
    if (out.tensor.name != inference.name) continue;
    numerics::Value v(out.tensor.format, out.tensor.shape);
    v.data = out.bytes;
    return v;
  }
  internal_error(__FILE__, __LINE__, "a chip without the network's output");
}

}  // namespace mantissa::workloads
