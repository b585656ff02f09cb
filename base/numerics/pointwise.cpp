// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/pointwise.h"

#include "base/error.h"
#include "base/numerics/element.h"
#include "base/numerics/elementary.h"
#include "base/numerics/float_bits.h"
#include "base/numerics/wrapping.h"

namespace mantissa::numerics {

using trace::OpKind;

namespace {

[[noreturn]] void not_here(OpKind kind) {
  internal_error(__FILE__, __LINE__,
                 std::string("no pointwise arithmetic for ") + trace::name(kind));
}

float relu(float x) { return is_nan(x) ? canonical_nan() : x > 0.0f ? x : 0.0f; }

// Bounds of integer ops given as reals: clipped to the integers at hand.
std::int64_t whole(double x) {
  return round_to_integer(x, std::numeric_limits<std::int64_t>::min(),
                          std::numeric_limits<std::int64_t>::max());
}

// The three wrapping operations in 32 or 64 bits.
enum class Step : std::uint8_t { add, sub, mul };

std::int64_t wrap(Step step, std::int64_t a, std::int64_t b, bool wide, std::uint64_t& overflows) {
  if (!wide) {
    const auto x = static_cast<std::int32_t>(a), y = static_cast<std::int32_t>(b);
    switch (step) {
      case Step::add:
        return wrapping_add(x, y, overflows);
      case Step::sub:
        return wrapping_sub(x, y, overflows);
      case Step::mul:
        return wrapping_mul(x, y, overflows);
    }
  }
  std::int64_t result = 0;
  bool overflow = false;
  switch (step) {
    case Step::add:
      overflow = __builtin_add_overflow(a, b, &result);
      break;
    case Step::sub:
      overflow = __builtin_sub_overflow(a, b, &result);
      break;
    case Step::mul:
      overflow = __builtin_mul_overflow(a, b, &result);
      break;
  }
  overflows += overflow ? 1 : 0;
  return result;
}

}  // namespace

PointwiseParameters pointwise_parameters(const trace::Op& op) {
  PointwiseParameters p;
  p.alpha = op.real("alpha", 1);
  p.slope = op.real("slope", 0.01);
  p.low = op.real("low", p.low);
  p.high = op.real("high", p.high);
  p.tanh_form = op.text("approximate", "none") == "tanh";
  return p;
}

float maximum(float a, float b) {
  if (is_nan(a) || is_nan(b)) return canonical_nan();
  if (a == b) return float_bits(a) >> 31 ? b : a;  // +0 is above -0
  return a > b ? a : b;
}

float minimum(float a, float b) {
  if (is_nan(a) || is_nan(b)) return canonical_nan();
  if (a == b) return float_bits(a) >> 31 ? a : b;
  return a < b ? a : b;
}

// Adding and taking away 2^23 leaves no fraction bits; the sign of a zero result is x's.
float round_half_to_even(float x) {
  const std::uint32_t sign = float_bits(x) & 0x80000000u;
  const float magnitude = float_from_bits(float_bits(x) ^ sign);
  if (!(magnitude < 0x1p23f)) return canonical(x);
  const float rounded = (magnitude + 0x1p23f) - 0x1p23f;
  return float_from_bits(float_bits(rounded) | sign);
}

float unary(OpKind kind, float x, const PointwiseParameters& p) {
  switch (kind) {
    case OpKind::relu:
      return relu(x);
    case OpKind::relu6:
      return minimum(relu(x), 6.0f);
    case OpKind::leaky_relu:
      return canonical(x > 0.0f ? x : static_cast<float>(p.slope) * x);
    case OpKind::clamp:
      return minimum(maximum(x, static_cast<float>(p.low)), static_cast<float>(p.high));
    case OpKind::sigmoid:
      return sigmoid(x);
    case OpKind::tanh:
      return tanh(x);
    case OpKind::gelu:
      return p.tanh_form ? gelu_tanh(x) : gelu(x);
    case OpKind::silu:
      return silu(x);
    case OpKind::hardswish:
      return canonical((x * minimum(relu(x + 3.0f), 6.0f)) * 0x1.555556p-3f);
    case OpKind::exp:
      return exp(x);
    case OpKind::log:
      return log(x);
    case OpKind::sqrt:
      return sqrt(x);
    case OpKind::rsqrt:
      return rsqrt(x);
    case OpKind::reciprocal:
      return reciprocal(x);
    case OpKind::erf:
      return erf(x);
    case OpKind::abs:
      return canonical(float_from_bits(float_bits(x) & 0x7FFFFFFFu));
    case OpKind::neg:
      return canonical(-x);
    case OpKind::sign:
      return is_nan(x) ? canonical_nan() : x > 0 ? 1.0f : x < 0 ? -1.0f : 0.0f;
    case OpKind::round:
      return round_half_to_even(x);
    case OpKind::dropout:
      return canonical(x);
    default:
      not_here(kind);
  }
}

float binary(OpKind kind, float a, float b, const PointwiseParameters& p) {
  switch (kind) {
    case OpKind::add:
      return canonical(a + (p.alpha == 1 ? b : static_cast<float>(p.alpha) * b));
    case OpKind::sub:
      return canonical(a - (p.alpha == 1 ? b : static_cast<float>(p.alpha) * b));
    case OpKind::mul:
      return canonical(a * b);
    case OpKind::div:
      return canonical(a * reciprocal(b));
    case OpKind::maximum:
      return maximum(a, b);
    case OpKind::minimum:
      return minimum(a, b);
    case OpKind::power:
      return power(a, b);
    case OpKind::equal:
      return a == b ? 1.0f : 0.0f;
    case OpKind::less:
      return a < b ? 1.0f : 0.0f;
    case OpKind::greater:
      return a > b ? 1.0f : 0.0f;
    default:
      not_here(kind);
  }
}

bool is_unary(OpKind kind) { return (kind >= OpKind::relu && kind <= OpKind::dropout); }

bool is_binary(OpKind kind) { return kind >= OpKind::add && kind <= OpKind::greater; }

std::int64_t unary(OpKind kind, std::int64_t x, const PointwiseParameters& p, bool wide,
                   std::uint64_t& overflows) {
  switch (kind) {
    case OpKind::relu:
      return x > 0 ? x : 0;
    case OpKind::relu6:
      return x < 0 ? 0 : x > 6 ? 6 : x;
    case OpKind::clamp: {
      const std::int64_t low = whole(p.low), high = whole(p.high);
      const std::int64_t raised = x < low ? low : x;
      return raised > high ? high : raised;
    }
    case OpKind::abs:
      return x < 0 ? wrap(Step::sub, 0, x, wide, overflows) : x;
    case OpKind::neg:
      return wrap(Step::sub, 0, x, wide, overflows);
    case OpKind::sign:
      return (x > 0) - (x < 0);
    case OpKind::round:
    case OpKind::dropout:
      return x;
    default:
      not_here(kind);
  }
}

std::int64_t binary(OpKind kind, std::int64_t a, std::int64_t b, const PointwiseParameters& p,
                    bool wide, std::uint64_t& overflows) {
  switch (kind) {
    case OpKind::add:
    case OpKind::sub: {
      const std::int64_t alpha = whole(p.alpha);
      const std::int64_t term = alpha == 1 ? b : wrap(Step::mul, alpha, b, wide, overflows);
      return wrap(kind == OpKind::add ? Step::add : Step::sub, a, term, wide, overflows);
    }
    case OpKind::mul:
      return wrap(Step::mul, a, b, wide, overflows);
    case OpKind::maximum:
      return a > b ? a : b;
    case OpKind::minimum:
      return a < b ? a : b;
    case OpKind::equal:
      return a == b;
    case OpKind::less:
      return a < b;
    case OpKind::greater:
      return a > b;
    default:
      not_here(kind);
  }
}

void unary(OpKind kind, const float* x, float* y, std::int64_t n, const PointwiseParameters& p) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = unary(kind, x[i], p);
}

void binary(OpKind kind, const float* a, const float* b, float* y, std::int64_t n,
            const PointwiseParameters& p) {
  for (std::int64_t i = 0; i < n; ++i) y[i] = binary(kind, a[i], b[i], p);
}

std::int64_t quantize(float x, const Quantization& q) {
  // RNE(x / scale) saturates far outside of every format, so that the zero point cannot overflow.
  constexpr std::int64_t far = std::int64_t{1} << 40;
  const std::int64_t y = round_to_integer(double{x / q.scale}, -far, far) + q.zero_point;
  return y < q.low ? q.low : y > q.high ? q.high : y;
}

float dequantize(std::int64_t x, const Quantization& q) {
  return canonical(static_cast<float>(x - q.zero_point) * q.scale);
}

}  // namespace mantissa::numerics
