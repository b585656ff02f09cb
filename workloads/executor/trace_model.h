// SPDX-License-Identifier: Apache-2.0
// A trace as a module of libtorch: networks in YAML and ONNX models, executed and trained.
//
//   LoadedWorkload w = load_workload("model.onnx", presets, {});
//   TraceModel net(w.traces.front(), w.operands);
//   torch::optim::SGD optimiser(net.parameters(), 0.1);
//   loss(net.forward(x), y).backward();
//
// Operators with real operands run on libtorch's own kernels in fp32, whatever narrower float the
// trace says, and are differentiated; batch norm and dropout do in training mode what frameworks do
// there. Operators with integer operands, and those that libtorch has no kernel for, run as the
// golden kernel (operators.h), which has no gradient. A result differs from numerics::evaluate by
// at most
//
//   matmul, conv2d   2 gamma_n sum |a b| + u |y|, n = K + 1, u = 2^-24
//   (base/numerics/error_bound.h) others           2^-18 of the largest magnitude of operands and
//   results
//
// The contents of parameters come from `source` (floats in fp32); of the inputs one is the argument
// of forward, the others become buffers. Names keep their dots as nested modules. The result is the
// first output of the last operator. Shapes, batch included, are those of the trace.
// Errors: executor.no-kernel, executor.input-shape; at::Error for operands that do not fit.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "base/trace/graph.h"
#include "workloads/executor/networks/network.h"
#include "workloads/operands.h"

namespace mantissa::workloads {

inline const ErrorKind no_kernel{
    "executor.no-kernel", ExitCode::bad_input,
    "An operator of a trace that neither libtorch nor the reference executor computes."};
inline const ErrorKind other_input_shape{"executor.input-shape", ExitCode::bad_input,
                                         "A tensor of another shape than the trace was made for."};

class TraceModel final : public Model {
 public:
  // `input`: the tensor that forward is given; empty: the trace's first of Role::input.
  TraceModel(trace::Trace trace, const OperandSource& source, const std::string& input = {});
  at::Tensor forward(at::Tensor x) override;

 private:
  trace::Trace trace_;
  trace::TensorId input_ = trace::no_tensor;
  std::vector<at::Tensor> stored_;        // by tensor id; undefined for activations
  std::vector<trace::OpId> last_reader_;  // by tensor id
};

// Whether `compute` has a way to compute it.
bool can_compute(const trace::Trace& trace, const trace::Op& op);

// One operator; undefined operands are absent. All parts of a split, else the first output.
std::vector<at::Tensor> compute(const trace::Trace& trace, const trace::Op& op,
                                const std::vector<at::Tensor>& operands, bool training);

}  // namespace mantissa::workloads
