// SPDX-License-Identifier: Apache-2.0
// fake_quantize: the golden quantisers, one way and back.
#include "base/numerics/evaluation.h"
#include "base/numerics/quantize/tensor_format.h"

namespace mantissa::numerics {

Values evaluate_fake_quantize(const Evaluation& e) {
  const Value& x = e.input(0);
  if (!trace::is_float(x.format)) e.unsupported("only floats are quantised");
  const TensorFormat format = tensor_format(e.op.attributes);
  const VectorAxis axis = axis_of(x.shape, e.axis("axis", 1, x.shape.size()));
  const std::vector<float> from = x.floats();
  std::vector<float> y(from.size()), coarse;
  if (e.has(1)) coarse = e.input(1).floats();
  fake_quantize(format, from.data(), axis, e.has(1) ? &coarse : nullptr, y.data());
  return {e.floats_out(y)};
}

}  // namespace mantissa::numerics
