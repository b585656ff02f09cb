// SPDX-License-Identifier: Apache-2.0
#include "arch/session/computable.h"

#include "arch/mapper/errors.h"
#include "base/numerics/evaluate.h"
#include "base/trace/vocabulary.h"

namespace mantissa::arch {
namespace {

using trace::OpKind;

// Groups of a convolution whose channels share bytes have no addresses of their own.
void check_groups(const trace::Trace& trace) {
  std::int64_t whole = 1;  // elements of every format that fill whole bytes
  for (const auto& tensor : trace.tensors)
    while (static_cast<unsigned>(whole) * trace::bits(tensor.format) % 8 != 0) whole *= 2;
  for (const auto& op : trace.ops) {
    const std::int64_t groups = op.kind == OpKind::conv2d ? op.integer("groups", 1) : 1;
    if (groups == 1 || whole == 1) continue;
    const std::int64_t channels = trace.tensor(op.inputs[0]).shape[1] / groups;
    const std::int64_t filters = trace.tensor(op.outputs[0]).shape[1] / groups;
    if (channels % whole == 0 && filters % whole == 0) continue;
    throw Error(not_computable)
        .say("layer '" + op.name + "' (" + trace::name(op.kind) +
             "): groups share bytes, for which data mode has no addresses")
        .read(std::to_string(channels) + " channels and " + std::to_string(filters) +
              " filters per group")
        .expected("multiples of " + std::to_string(whole) +
                  ", beside tensors whose elements are narrower than a byte")
        .remedy("run it with --fidelity shape, or in a format of whole bytes");
  }
}

}  // namespace

void check_computable(const trace::Trace& trace) {
  check_groups(trace);
  std::string refused;
  std::size_t count = 0;
  for (const auto& op : trace.ops) {
    if (numerics::can_evaluate(op.kind)) continue;
    if (++count <= 8)
      refused +=
          (refused.empty() ? "" : ", ") + ("'" + op.name + "' (") + trace::name(op.kind) + ")";
  }
  if (count == 0) return;
  if (count > 8) refused += " and " + std::to_string(count - 8) + " more";
  throw Error(not_computable)
      .say("workload '" + trace.name + "': data mode has no values for " + refused)
      .expected("operators of inference")
      .remedy("run it with --fidelity shape");
}

}  // namespace mantissa::arch
