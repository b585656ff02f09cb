// SPDX-License-Identifier: Apache-2.0
#include "rtl/vector_alu/vector_alu_fp32.h"

#include "base/numerics/float_bits.h"
#include "base/numerics/pointwise.h"
#include "rtl/common/fp32_cases.h"

namespace mantissa::rtl {

using numerics::float_from_bits;
using numerics::is_nan;
using trace::OpKind;

namespace {

bool compares(OpKind kind) {
  return kind == OpKind::equal || kind == OpKind::less || kind == OpKind::greater;
}

float evaluate(OpKind kind, const Fp32Operands& o) {
  const float x = float_from_bits(o.a), y = float_from_bits(o.b);
  if (kind == OpKind::where) return numerics::canonical(o.picks_a ? x : y);
  numerics::PointwiseParameters p;
  p.low = static_cast<double>(float_from_bits(o.low));
  p.high = static_cast<double>(float_from_bits(o.high));
  return numerics::is_binary(kind) ? numerics::binary(kind, x, y, p) : numerics::unary(kind, x, p);
}

}  // namespace

const std::vector<std::string>& vector_alu_fp32_cases() {
  static const std::vector<std::string> all = [] {
    std::vector<std::string> list = fp32_sum_cases();
    for (const std::string& name : fp32_product_cases()) list.push_back(name);
    for (const char* name : {"compare: NaN", "compare: +0 and -0", "maximum: +0 and -0",
                             "minimum: +0 and -0", "relu: -0", "clamp: NaN bound", "where: NaN"})
      list.emplace_back(name);
    return list;
  }();
  return all;
}

Fp32Result vector_alu_fp32(OpKind kind, const Fp32Operands& o) {
  const float x = float_from_bits(o.a), y = float_from_bits(o.b);
  const float result = evaluate(kind, o);
  Fp32Result r;
  r.bits = numerics::float_bits(result);
  const auto sums = fp32_sum_cases().size(), products = fp32_product_cases().size();
  if (kind == OpKind::add) r.seen = seen_in_sum(x, y, result);
  if (kind == OpKind::sub) r.seen = seen_in_sum(x, -y, result);
  if (kind == OpKind::mul) r.seen = seen_in_product(x, y, result) << sums;
  const bool zeros = x == 0 && y == 0 && o.a != o.b;
  auto next = sums + products;
  for (const bool did : {compares(kind) && (is_nan(x) || is_nan(y)), compares(kind) && zeros,
                         kind == OpKind::maximum && zeros, kind == OpKind::minimum && zeros,
                         kind == OpKind::relu && o.a == 0x80000000u,
                         kind == OpKind::clamp && !is_nan(x) &&
                             (is_nan(float_from_bits(o.low)) || is_nan(float_from_bits(o.high))),
                         kind == OpKind::where && is_nan(result)})
    r.seen |= static_cast<std::uint32_t>(did) << next++;
  return r;
}

}  // namespace mantissa::rtl
