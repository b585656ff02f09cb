// SPDX-License-Identifier: Apache-2.0
#include "arch/session/operand_ranges.h"

#include <algorithm>
#include <cmath>

#include "base/numerics/element.h"

namespace mantissa::arch {
namespace {

using trace::TensorId;

// What is not finite is refused where it is quantised.
float largest(const std::vector<float>& x, std::uint64_t first, std::uint64_t count,
              std::uint64_t stride) {
  float most = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const float magnitude = std::fabs(x[first + i * stride]);
    if (std::isfinite(magnitude)) most = std::max(most, magnitude);
  }
  return most;
}

}  // namespace

std::vector<float> OperandRanges::elements(TensorId id) const {
  const trace::Tensor& tensor = plan_.tensor(id);
  std::vector<float> x(static_cast<std::size_t>(tensor.elements()));
  const auto load = [&](const std::byte* from) {
    numerics::load_floats(plan_.format(id), from, 0, tensor.elements(), x.data());
  };
  if (tensor.role == trace::Role::parameter) {
    load(operands_(*plan_.trace, tensor).data());
  } else {
    const Place& place = plan_.place(id);
    load(place.resident ? scratchpad_.at(place.local, place.bytes)
                        : store_.at(place.dram, place.bytes));
  }
  return x;
}

MatrixRanges OperandRanges::find(const LoweredLayer& layer) const {
  const MatrixProblem& p = *layer.problem;
  MatrixRanges ranges;
  const std::vector<float> a = elements(p.a), b = elements(p.b);
  ranges.a = largest(a, 0, a.size(), 1);
  for (const float value : a)
    if (std::isfinite(value)) ranges.a_above = std::max(ranges.a_above, value);
  if (!p.b_is_parameter) {
    ranges.b = {largest(b, 0, b.size(), 1)};
    return ranges;
  }
  // Channel by channel: [n, k] where they are transposed or a convolution's, otherwise [k, n].
  const bool along = p.convolution || p.b_transposed;
  for (std::uint64_t channel = 0; channel < b.size() / p.k; ++channel) {
    const std::uint64_t matrix = channel / p.n, column = channel % p.n;
    const std::uint64_t first = matrix * p.k * p.n + (along ? column * p.k : column);
    ranges.b.push_back(largest(b, first, p.k, along ? 1 : p.n));
  }
  return ranges;
}

MatrixRanges OperandRanges::of(const LoweredLayer& layer, std::uint64_t channel, std::uint64_t n) {
  auto found = found_.find(layer.id);
  if (found == found_.end()) found = found_.emplace(layer.id, find(layer)).first;
  const MatrixRanges& all = found->second;
  if (!layer.problem->b_is_parameter)
    return {all.a, all.a_above, std::vector<float>(n, all.b.front())};
  const auto from = all.b.begin() + static_cast<std::ptrdiff_t>(channel);
  return {all.a, all.a_above, std::vector<float>(from, from + static_cast<std::ptrdiff_t>(n))};
}

}  // namespace mantissa::arch
