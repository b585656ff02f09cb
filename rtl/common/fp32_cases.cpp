// SPDX-License-Identifier: Apache-2.0
#include "rtl/common/fp32_cases.h"

#include <cmath>

#include "base/numerics/float_bits.h"

namespace mantissa::rtl {
namespace {

using numerics::is_infinite;
using numerics::is_nan;

bool subnormal(float x) { return x != 0 && std::abs(x) < 0x1p-126f; }

enum class Tie : std::uint8_t { no, away, towards_zero };

// `error` is the exact value less the result.
Tie tie_of(double error, float result) {
  if (error == 0 || !std::isfinite(error) || !std::isfinite(result)) return Tie::no;
  const float neighbour = std::nextafter(result, error > 0 ? INFINITY : -INFINITY);
  if (static_cast<double>(neighbour) - static_cast<double>(result) != 2 * error) return Tie::no;
  return (error > 0) == std::signbit(result) ? Tie::away : Tie::towards_zero;
}

class Seen {
 public:
  Seen& operator<<(bool did) {
    mask_ |= static_cast<std::uint32_t>(did) << next_++;
    return *this;
  }
  std::uint32_t mask() const { return mask_; }

 private:
  std::uint32_t mask_ = 0;
  unsigned next_ = 0;
};

}  // namespace

const std::vector<std::string>& fp32_sum_cases() {
  static const std::vector<std::string> all = {"sum: tie, rounded away from zero",
                                               "sum: tie, rounded towards zero",
                                               "sum: subnormal",
                                               "sum: cancels to +0",
                                               "sum: the smaller addend vanishes",
                                               "sum: overflows to infinity",
                                               "sum: infinity - infinity",
                                               "sum: -0",
                                               "sum: NaN addend"};
  return all;
}

std::uint32_t seen_in_sum(float x, float y, float sum) {
  // The error of a rounded sum is itself a binary32, and this finds it exactly.
  const float part = sum - x;
  const float error = (x - (sum - part)) + (y - part);
  const Tie tie = tie_of(static_cast<double>(error), sum);
  const bool finite = std::isfinite(x) && std::isfinite(y);
  Seen seen;
  seen << (tie == Tie::away) << (tie == Tie::towards_zero) << subnormal(sum)
       << (x != 0 && x == -y && !std::signbit(sum))
       << (finite && ((sum == x && y != 0) || (sum == y && x != 0))) << (finite && is_infinite(sum))
       << (is_infinite(x) && is_infinite(y) && is_nan(sum)) << (sum == 0 && std::signbit(sum))
       << (is_nan(x) || is_nan(y));
  return seen.mask();
}

const std::vector<std::string>& fp32_product_cases() {
  static const std::vector<std::string> all = {"product: subnormal operand",
                                               "product: subnormal",
                                               "product: tie, rounded away from zero",
                                               "product: tie, rounded towards zero",
                                               "product: rounded to zero",
                                               "product: overflows to infinity",
                                               "product: zero times infinity",
                                               "product: NaN operand",
                                               "product: -0"};
  return all;
}

std::uint32_t seen_in_product(float x, float y, float product) {
  // Exact: 48 significant bits, far within the exponents of a double.
  const double exact = static_cast<double>(x) * static_cast<double>(y);
  const Tie tie = tie_of(exact - static_cast<double>(product), product);
  const bool nan = is_nan(x) || is_nan(y);
  Seen seen;
  seen << (subnormal(x) || subnormal(y)) << subnormal(product) << (tie == Tie::away)
       << (tie == Tie::towards_zero) << (product == 0 && exact != 0)
       << (is_infinite(product) && std::isfinite(exact)) << (is_nan(product) && !nan) << nan
       << (product == 0 && std::signbit(product));
  return seen.mask();
}

const char* const fp32_operand_kinds = "0, 1, infinity or NaN, subnormal, greatest, near 1, any";

std::uint32_t fp32_operand(std::int64_t kind, std::uint64_t bits) {
  const auto any = static_cast<std::uint32_t>(bits);
  const auto choice = static_cast<std::uint32_t>(bits >> 32);
  const std::uint32_t sign = any & 0x80000000u, fraction = any & 0x007FFFFFu;
  switch (kind) {
    case 0:
      return sign;
    case 1:
      return sign | 0x3F800000u;
    case 2:
      return sign | 0x7F800000u | ((choice & 1) != 0 ? fraction : 0);
    case 3:
      return sign | (choice & 1) << 23 | ((choice & 6) != 0 ? fraction : fraction & 3);
    case 4:
      return sign | (253 + (choice & 1)) << 23 | ((choice & 2) != 0 ? fraction : 0x007FFFFFu);
    case 5:
      return sign | (115 + (choice >> 1 & 31)) << 23 |
             ((choice & 1) != 0 ? fraction : fraction & 0x00600000u);
    default:
      return any;
  }
}

}  // namespace mantissa::rtl
