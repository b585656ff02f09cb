// SPDX-License-Identifier: Apache-2.0
#include "base/config/decimal.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace mantissa::config {
namespace {

using Wide = unsigned __int128;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t count_digits(std::string_view text, std::size_t from) {
  std::size_t end = from;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - from;
}

// Large enough for every double and every unit, small enough that sums of exponents never wrap.
constexpr int exponent_limit = 100'000;
constexpr std::size_t digit_limit = 1'000;

int exponent_value(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = std::min(exponent_limit, value * 10 + (c - '0'));
  return value;
}

void strip_zeros(Decimal& number) {
  const std::size_t first = number.digits.find_first_not_of('0');
  if (first == std::string::npos) {
    number.digits.clear();
    number.exponent = 0;
    return;
  }
  number.digits.erase(0, first);
  const std::size_t last = number.digits.find_last_not_of('0');
  number.exponent += static_cast<int>(number.digits.size() - 1 - last);
  number.digits.erase(last + 1);
}

}  // namespace

ScannedNumber scan_number(std::string_view text) {
  ScannedNumber scanned;
  Decimal& number = scanned.number;
  std::size_t at = 0;
  number.negative = !text.empty() && text[0] == '-';
  if (number.negative) ++at;
  const std::size_t whole = count_digits(text, at);
  if (whole == 0 || whole > digit_limit || (whole > 1 && text[at] == '0')) return scanned;
  number.digits = text.substr(at, whole);
  number.plain_integer = true;
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = count_digits(text, at + 1);
    if (fraction == 0 || fraction > digit_limit) return scanned;
    number.digits += text.substr(at + 1, fraction);
    number.exponent -= static_cast<int>(fraction);
    number.plain_integer = false;
    at += 1 + fraction;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    const bool has_sign = at + 1 < text.size() && (text[at + 1] == '+' || text[at + 1] == '-');
    const std::size_t begin = at + (has_sign ? 2 : 1);
    const std::size_t count = count_digits(text, begin);
    if (count > 0) {  // otherwise the 'e' belongs to a unit
      const int value = exponent_value(text.substr(begin, count));
      number.exponent += has_sign && text[at + 1] == '-' ? -value : value;
      number.plain_integer = false;
      at = begin + count;
    }
  }
  strip_zeros(number);
  scanned.length = at;
  return scanned;
}

WholeNumber whole_number(const Decimal& number, int exponent10, int exponent2) {
  using Outcome = WholeNumber::Outcome;
  if (number.digits.empty()) return {Outcome::exact, 0};
  const int exponent = number.exponent + exponent10;
  // 2^64 has 20 digits. More of them, and no scale above 2^50 to eat them up: not whole or too
  // large.
  if (number.digits.size() > 20 || exponent > 20)
    return {exponent < 0 ? Outcome::fraction : Outcome::overflow, 0};
  Wide value = 0;
  for (const char c : number.digits) value = value * 10 + static_cast<unsigned>(c - '0');
  value <<= exponent2;  // below 10^20 * 2^50 < 2^117
  for (int i = exponent; i < 0; ++i) {
    if (value % 10 != 0) return {Outcome::fraction, 0};
    value /= 10;
  }
  for (int i = 0; i < exponent; ++i) {
    if (value > std::numeric_limits<std::uint64_t>::max()) return {Outcome::overflow, 0};
    value *= 10;
  }
  if (value > std::numeric_limits<std::uint64_t>::max()) return {Outcome::overflow, 0};
  return {Outcome::exact, static_cast<std::uint64_t>(value)};
}

std::optional<double> real_number(const Decimal& number, int exponent10, int exponent2) {
  if (number.digits.empty()) return number.negative ? -0.0 : 0.0;
  const std::string text = fmt::format("{}{}e{}", number.negative ? "-" : "", number.digits,
                                       number.exponent + exponent10);
  double value = 0;
  const auto [rest, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
  value = std::ldexp(value, exponent2);  // a power of two: no second rounding
  return std::isfinite(value) ? std::optional<double>(value) : std::nullopt;
}

std::string number_remedy(std::string_view text) {
  const std::string_view digits =
      text.substr(!text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0);
  const bool leading_zero = digits.size() > 1 && digits[0] == '0';
  if (leading_zero && std::string_view("xXoObB").find(digits[1]) != std::string_view::npos)
    return "write it in decimal";
  if (leading_zero && is_digit(digits[1]))
    return "drop the leading zero: some readers take it for octal";
  if (text.find('_') != std::string_view::npos) return "leave out the '_'";
  if (text.find(',') != std::string_view::npos) return "write a '.' before decimals, no ','";
  if (!text.empty() && text[0] == '+') return "leave out the '+'";
  if (!digits.empty() && digits[0] == '.')
    return "write a digit before the '.', and no .inf or .nan";
  return {};
}

}  // namespace mantissa::config
