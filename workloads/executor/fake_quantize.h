// SPDX-License-Identifier: Apache-2.0
// torch.ops.mantissa.fake_quantize as networks use it: what a quantised format keeps of a tensor,
// by the golden quantisers (base/numerics/quantize), for inference and for training alike.
//
//   at::Tensor q = fake_quantize(w, 1, {{"scheme", std::string("nvfp4")}});
//   loss(q).backward();                                  // w.grad() is q's
//
// The operator, also when called by its name in TorchScript or Python, passes gradients straight
// through where the format holds the value: everywhere, but for the negative side of unsigned
// integers and, with `coarse` given, for |x| beyond the greatest code's value. Scales learn
// nothing. A recorder sees one node fake_quantize.
//
// Errors: those of numerics/quantize/tensor_format.h, naming the operator.
#pragma once

#include "base/trace/builder.h"
#include "workloads/executor/torch.h"

namespace mantissa::workloads {

// `format`: attributes of fake_quantize without the axis. `coarse`: one scale, or one per channel.
at::Tensor fake_quantize(const at::Tensor& x, std::int64_t axis, const trace::Attributes& format,
                         const at::Tensor& coarse = {});

}  // namespace mantissa::workloads
