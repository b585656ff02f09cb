// SPDX-License-Identifier: Apache-2.0
// One output element per (broadcast) input element, and the conversions between formats.
#include <algorithm>
#include <cmath>

#include "base/numerics/element.h"
#include "base/numerics/evaluation.h"
#include "base/numerics/pointwise.h"
#include "base/numerics/requantize.h"
#include "base/numerics/row_ops.h"

namespace mantissa::numerics {
namespace {

using trace::NumberFormat;
using trace::OpKind;

bool has_integer_form(OpKind kind) {
  switch (kind) {
    case OpKind::add:
    case OpKind::sub:
    case OpKind::mul:
    case OpKind::maximum:
    case OpKind::minimum:
    case OpKind::equal:
    case OpKind::less:
    case OpKind::greater:
    case OpKind::relu:
    case OpKind::relu6:
    case OpKind::clamp:
    case OpKind::abs:
    case OpKind::neg:
    case OpKind::sign:
    case OpKind::round:
    case OpKind::dropout:
      return true;
    default:
      return false;
  }
}

// Operand b, or the attribute that stands for it, repeated to the output's shape.
std::vector<float> second_floats(const Evaluation& e) {
  if (e.has(1)) return stretched(e.input(1).floats(), e.input(1).shape, e.output().shape);
  const auto count = static_cast<std::size_t>(trace::elements(e.output().shape));
  return std::vector<float>(count, static_cast<float>(e.op.real("scalar", 0)));
}

std::vector<std::int64_t> second_integers(const Evaluation& e) {
  if (e.has(1)) return stretched(e.input(1).integers(), e.input(1).shape, e.output().shape);
  const auto count = static_cast<std::size_t>(trace::elements(e.output().shape));
  return std::vector<std::int64_t>(count, static_cast<std::int64_t>(e.op.real("scalar", 0)));
}

bool computes_in_integers(const Evaluation& e) {
  const double scalar = e.op.real("scalar", 0);
  return has_integer_form(e.op.kind) && is_whole(e.input(0).format) &&
         (!e.has(1) || is_whole(e.input(1).format)) && std::floor(scalar) == scalar &&
         std::fabs(scalar) < 0x1p31;
}

Value integer_pointwise(const Evaluation& e, const PointwiseParameters& p) {
  const bool wide = is_wide(e.input(0).format) || (e.has(1) && is_wide(e.input(1).format)) ||
                    is_wide(e.output().format);
  std::vector<std::int64_t> y =
      stretched(e.input(0).integers(), e.input(0).shape, e.output().shape);
  if (is_unary(e.op.kind)) {
    for (auto& v : y) v = unary(e.op.kind, v, p, wide, e.overflows);
  } else {
    const std::vector<std::int64_t> b = second_integers(e);
    for (std::size_t i = 0; i < y.size(); ++i) {
      y[i] = binary(e.op.kind, y[i], b[i], p, wide, e.overflows);
    }
  }
  return e.integers_out(y);
}

Value where(const Evaluation& e) {
  const trace::Shape& shape = e.output().shape;
  const auto condition = stretched(e.input(0).floats(), e.input(0).shape, shape);
  // Values of the two operands pass unchanged, so through the widest representation at hand.
  if (is_whole(e.input(1).format) && is_whole(e.input(2).format)) {
    auto y = stretched(e.input(1).integers(), e.input(1).shape, shape);
    const auto b = stretched(e.input(2).integers(), e.input(2).shape, shape);
    for (std::size_t i = 0; i < y.size(); ++i) y[i] = condition[i] != 0 ? y[i] : b[i];
    return e.integers_out(y);
  }
  auto y = stretched(e.input(1).floats(), e.input(1).shape, shape);
  const auto b = stretched(e.input(2).floats(), e.input(2).shape, shape);
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = condition[i] != 0 ? y[i] : b[i];
  return e.floats_out(y);
}

// ---- conversions -----------------------------------------------------------------------------

Value cast(const Evaluation& e) {
  const Value& x = e.input(0);
  Value y(e.output().format, e.output().shape);
  for (std::int64_t i = 0; i < x.elements(); ++i) {
    store_element(y.format, y.data.data(), i, load_element(x.format, x.data.data(), i));
  }
  return y;
}

// The channel of every element along attribute `axis`; `inner` neighbours in memory share one.
struct Channels {
  std::int64_t count = 1, inner = 1;
  std::size_t of(std::int64_t i) const { return static_cast<std::size_t>(i / inner % count); }
};

Channels channels_of(const Evaluation& e, bool per_channel) {
  const trace::Shape& shape = e.input(0).shape;
  if (!per_channel) return {1, std::max<std::int64_t>(trace::elements(shape), 1)};
  const std::size_t axis = e.axis("axis", 1, shape.size());
  Channels c;
  c.count = shape[axis];
  for (std::size_t i = axis + 1; i < shape.size(); ++i) c.inner *= shape[i];
  return c;
}

template <class T>
T pick(const std::vector<T>& list, std::size_t channel) {
  return list.size() == 1 ? list[0] : list[channel];
}

std::vector<float> scales_of(const Evaluation& e) {
  if (e.has(1)) return e.input(1).floats();
  const std::vector<double> exact = e.op.reals("scale", {1.0});
  return std::vector<float>(exact.begin(), exact.end());
}

Value quantize_or_dequantize(const Evaluation& e) {
  const std::vector<float> scale = scales_of(e);
  const std::vector<std::int64_t> zero = e.op.integers("zero_point", {0});
  const Channels channels = channels_of(e, scale.size() > 1 || zero.size() > 1);
  const bool forward = e.op.kind == OpKind::quantize;
  const NumberFormat codes = forward ? e.output().format : e.input(0).format;
  if (!trace::is_integer(codes) || trace::bits(codes) > 32) {
    e.unsupported("codes of more than 32 bits or of no integer format");
  }
  Quantization q;
  q.low = least_integer(codes);
  q.high = greatest_integer(codes);
  const auto limit = [&](const char* key, std::int64_t own) {
    const double bound = e.op.real(key, static_cast<double>(own));
    return round_to_integer(bound, least_integer(codes), greatest_integer(codes));
  };
  const auto count = static_cast<std::size_t>(e.input(0).elements());
  if (forward) {
    q.low = limit("low", q.low);
    q.high = limit("high", q.high);
    const std::vector<float> x = e.input(0).floats();
    std::vector<std::int64_t> y(count);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t c = channels.of(static_cast<std::int64_t>(i));
      q.scale = pick(scale, c);
      q.zero_point = pick(zero, c);
      y[i] = quantize(x[i], q);
    }
    return e.integers_out(y);
  }
  const std::vector<std::int64_t> x = e.input(0).integers();
  std::vector<float> y(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t c = channels.of(static_cast<std::int64_t>(i));
    q.scale = pick(scale, c);
    q.zero_point = pick(zero, c);
    y[i] = dequantize(x[i], q);
  }
  return e.floats_out(y);
}

Value requantize_all(const Evaluation& e) {
  if (!is_whole(e.input(0).format) || is_wide(e.input(0).format)) {
    e.unsupported("requantisation starts from integers of at most 32 bits");
  }
  std::vector<std::int64_t> multiplier{1};
  if (e.has(1)) multiplier = e.input(1).integers();
  const std::vector<std::int64_t> shift = e.op.integers("shift", {0});
  const Channels channels = channels_of(e, multiplier.size() > 1 || shift.size() > 1);
  Requantization q;
  q.zero_point = static_cast<std::int32_t>(e.op.integer("zero_point", 0));
  q.low = static_cast<std::int32_t>(e.op.integer("low", -128));
  q.high = static_cast<std::int32_t>(e.op.integer("high", 127));
  std::vector<std::int64_t> y = e.input(0).integers();
  for (std::size_t i = 0; i < y.size(); ++i) {
    const std::size_t c = channels.of(static_cast<std::int64_t>(i));
    q.multiplier = static_cast<std::int32_t>(pick(multiplier, c));
    q.shift = static_cast<int>(pick(shift, c));
    y[i] = requantize(static_cast<std::int32_t>(y[i]), q);
  }
  return e.integers_out(y);
}

Value batch_norm_all(const Evaluation& e) {
  const trace::Shape& shape = e.input(0).shape;
  std::vector<float> y = e.input(0).floats();
  const std::vector<float> mean = e.input(3).floats(), var = e.input(4).floats();
  const std::vector<float> weight = e.has(1) ? e.input(1).floats() : std::vector<float>{};
  const std::vector<float> bias = e.has(2) ? e.input(2).floats() : std::vector<float>{};
  const auto eps = static_cast<float>(e.op.real("eps", 1e-5));
  const std::int64_t inner = trace::elements(trace::Shape(shape.begin() + 2, shape.end()));
  for (std::int64_t i = 0; i < shape[0] * shape[1]; ++i) {
    const auto c = static_cast<std::size_t>(i % shape[1]);
    const ChannelAffine channel = fold_batch_norm(
        mean[c], var[c], weight.empty() ? 1.0f : weight[c], bias.empty() ? 0.0f : bias[c], eps);
    float* row = y.data() + i * inner;
    batch_norm(row, row, inner, channel);
  }
  return e.floats_out(y);
}

}  // namespace

Values evaluate_pointwise(const Evaluation& e) {
  if (e.op.kind == OpKind::where) return {where(e)};
  if (e.op.kind == OpKind::sign && e.output().format == NumberFormat::binary) return {cast(e)};
  const PointwiseParameters p = pointwise_parameters(e.op);
  if (e.op.kind == OpKind::dropout && e.wants(1)) e.unsupported("a mask is drawn in training only");
  if (computes_in_integers(e)) return {integer_pointwise(e, p)};
  std::vector<float> y = stretched(e.input(0).floats(), e.input(0).shape, e.output().shape);
  const auto count = static_cast<std::int64_t>(y.size());
  if (is_unary(e.op.kind)) {
    unary(e.op.kind, y.data(), y.data(), count, p);
  } else {
    binary(e.op.kind, y.data(), second_floats(e).data(), y.data(), count, p);
  }
  return {e.floats_out(y)};
}

Values evaluate_conversion(const Evaluation& e) {
  switch (e.op.kind) {
    case OpKind::cast:
      return {cast(e)};
    case OpKind::requantize:
      return {requantize_all(e)};
    case OpKind::batch_norm:
      return {batch_norm_all(e)};
    default:
      return {quantize_or_dequantize(e)};
  }
}

}  // namespace mantissa::numerics
