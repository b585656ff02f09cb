// SPDX-License-Identifier: Apache-2.0
#include "arch/session/epilogue.h"

#include <map>

#include "base/trace/vocabulary.h"

namespace mantissa::arch {

using trace::no_tensor;
using trace::NumberFormat;
using trace::OpKind;
using trace::Role;
using trace::TensorId;

Epilogue make_epilogue(const Plan& plan, const Layer& layer, NumberFormat operands,
                       std::int64_t rows, std::int64_t columns) {
  const trace::Trace& trace = *plan.trace;
  const auto& head = trace.ops[layer.head];
  Epilogue s;
  const NumberFormat sum_format =
      trace::is_integer(operands) ? NumberFormat::int32 : NumberFormat::fp32;
  const auto add = [&](const std::string& name, NumberFormat format, trace::Shape shape) {
    return s.trace.add_tensor({name, format, std::move(shape), Role::activation});
  };
  const auto tile = [&](const std::string& name, NumberFormat f) {
    return add(name, f, {rows, columns});
  };
  TensorId value = s.sums = tile("sums", sum_format);
  const auto then = [&](trace::Op op, TensorId output) {
    op.outputs = {output};
    s.trace.ops.push_back(std::move(op));
    value = output;
  };
  for (std::size_t i = 2; i < head.inputs.size(); ++i) {
    if (head.inputs[i] == no_tensor) continue;
    const TensorId bias = add("bias", plan.format(head.inputs[i]), {columns});
    s.operands.emplace_back(bias, head.inputs[i]);
    trace::Op op;
    op.name = head.name;
    op.kind = OpKind::add;
    op.inputs = {value, bias};
    then(op, tile("biased", sum_format));
  }
  const NumberFormat own = plan.format(head.outputs.front());
  if (own != sum_format) {
    trace::Op op;
    op.name = head.name;
    op.kind = OpKind::cast;
    op.inputs = {value};
    then(op, s.cast = tile("cast", own));
  }
  std::map<TensorId, TensorId> here{{head.outputs.front(), value}};
  for (auto id : layer.chain) {
    trace::Op op = trace.ops[id];
    if (op.kind == OpKind::requantize || op.kind == OpKind::quantize ||
        op.kind == OpKind::dequantize)
      op.attributes["axis"] = std::int64_t{1};
    for (TensorId& t : op.inputs) {
      if (t == no_tensor) continue;
      const auto known = here.find(t);
      if (known != here.end()) {
        t = known->second;
        continue;
      }
      const auto& tensor = trace.tensor(t);
      TensorId mine;
      if (per_column(tensor, trace.tensor(head.outputs.front()))) {
        mine = add(tensor.name, plan.format(t), {tensor.elements() == 1 ? 1 : columns});
        s.operands.emplace_back(mine, t);
      } else {
        mine = s.addend = tile(tensor.name, plan.format(t));
      }
      here[t] = mine;
      t = mine;
    }
    const TensorId output = trace.ops[id].outputs.front();
    then(op, tile(trace.tensor(output).name, plan.format(output)));
    here[output] = value;
  }
  s.result = value;
  return s;
}

}  // namespace mantissa::arch
