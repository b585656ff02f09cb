// SPDX-License-Identifier: Apache-2.0
#include "power/format_cost.h"

#include <fmt/format.h>

#include <cmath>
#include <functional>

#include "base/trace/number_format.h"
#include "power/estimator.h"

namespace mantissa::power {
namespace {

using trace::NumberFormat;

const trace::NumberFormatInfo& format_of(const std::string& name) {
  if (const auto format = trace::number_format(name)) return trace::info(*format);
  std::vector<std::string> names;
  for (const auto& info : trace::number_formats()) names.push_back(info.name);
  throw Error(bad_attribute)
      .read(name)
      .expected("a number format")
      .nearest(nearest_name(name, names));
}

// Bits that are multiplied: the significand with its hidden one, or the whole integer.
unsigned significant_bits(const trace::NumberFormatInfo& info) {
  switch (info.format) {
    case NumberFormat::fp4_e2m1:
      return 2;
    case NumberFormat::fp6_e3m2:
    case NumberFormat::fp8_e5m2:
      return 3;
    case NumberFormat::fp6_e2m3:
    case NumberFormat::fp8_e4m3:
      return 4;
    case NumberFormat::bf16:
      return 8;
    case NumberFormat::fp16:
    case NumberFormat::tf32:
      return 11;
    case NumberFormat::fp32:
      return 24;
    case NumberFormat::fp64:
      return 53;
    case NumberFormat::boolean:
    case NumberFormat::fp8_e8m0:
      throw Error(bad_attribute)
          .read(info.name)
          .expected("a format that adders and multipliers take");
    default:
      return info.bits;
  }
}

bool is_float(const trace::NumberFormatInfo& info) { return trace::is_float(info.format); }

// How a cost grows with the significant bits, for the formula's text and the number.
struct Growth {
  double value;
  std::string text;
};

Growth power_law(const Price& a, const Price& b, double wa, double wb, double w) {
  const double s = std::log(b.value / a.value) / std::log(wb / wa);
  return {a.value * std::pow(w / wa, s),
          fmt::format("x ({} / {} bits)^{}", short_number(w), short_number(wa), short_number(s))};
}

Growth square_law(const Price& a, const Price& b, double pa, double pb, double p) {
  const double k = (p * p - pa * pa) / (pb * pb - pa * pa);
  return {a.value + (b.value - a.value) * k,
          fmt::format("+ ({} - {}) x ({}^2 - {}^2) / ({}^2 - {}^2)", short_number(b.value),
                      short_number(a.value), p, pa, pb, pa)};
}

Price cost(const Technology& technology, Arithmetic operation, const std::string& format,
           const std::string& unit, const std::function<Price(const std::string&)>& look_up) {
  const auto& info = format_of(format);
  const std::string verb = operation == Arithmetic::add ? "add." : "multiply.";
  const bool floating = is_float(info);
  // uint8 is priced as int8.
  const std::string plain =
      !floating && format.rfind("uint", 0) == 0 ? format.substr(1) : std::string(info.name);
  if (technology.has(verb + plain, unit)) return look_up(verb + plain);

  const double bits = significant_bits(info);
  const std::string narrow = floating ? "fp16" : "int8", wide = floating ? "fp32" : "int32";
  const Price a = look_up(verb + narrow), b = look_up(verb + wide);
  const double bits_a = significant_bits(format_of(narrow)),
               bits_b = significant_bits(format_of(wide));
  const Growth growth = floating && operation == Arithmetic::multiply
                            ? square_law(a, b, bits_a, bits_b, bits)
                            : power_law(a, b, bits_a, bits_b, bits);
  Price price = a;
  price.value = growth.value;
  price.method = weaker(weaker(a.method, b.method), Method::derived);
  if (price.source.find(b.source) == std::string::npos) price.source += "; " + b.source;
  price.formula =
      fmt::format("{}{} = {} {} {}; {}: {}; {}: {}", verb, format, short_number(a.value), unit,
                  growth.text, verb + narrow, a.formula, verb + wide, b.formula);
  return price;
}

Price integer_cost(Arithmetic operation, double bits, const std::string& unit,
                   const std::function<Price(const std::string&)>& look_up) {
  const std::string verb = operation == Arithmetic::add ? "add" : "multiply";
  Price price = look_up(verb + ".int8");
  const Price wide = look_up(verb + ".int32");
  const Growth growth = power_law(price, wide, 8, 32, bits);
  price.formula = fmt::format("{} of {} bits = {} {} {}; {}.int8: {}; {}.int32: {}", verb,
                              short_number(bits), short_number(price.value), unit, growth.text,
                              verb, price.formula, verb, wide.formula);
  price.value = growth.value;
  price.method = weaker(weaker(price.method, wide.method), Method::derived);
  if (price.source.find(wide.source) == std::string::npos) price.source += "; " + wide.source;
  return price;
}

}  // namespace

Price integer_energy(const Technology& technology, Arithmetic operation, double bits) {
  return integer_cost(operation, bits, "pJ",
                      [&](const std::string& item) { return technology.energy(item); });
}

Price integer_area(const Technology& technology, Arithmetic operation, double bits) {
  return integer_cost(operation, bits, "um2",
                      [&](const std::string& item) { return technology.area(item); });
}

Price arithmetic_energy(const Technology& technology, Arithmetic operation,
                        const std::string& format) {
  return cost(technology, operation, format, "pJ",
              [&](const std::string& item) { return technology.energy(item); });
}

Price arithmetic_area(const Technology& technology, Arithmetic operation,
                      const std::string& format) {
  return cost(technology, operation, format, "um2",
              [&](const std::string& item) { return technology.area(item); });
}

unsigned format_bits(const std::string& format) { return format_of(format).bits; }

std::string default_accumulator(const std::string& format) {
  return is_float(format_of(format)) ? "fp32" : "int32";
}

}  // namespace mantissa::power
