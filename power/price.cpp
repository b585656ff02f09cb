// SPDX-License-Identifier: Apache-2.0
#include "power/price.h"

#include <fmt/format.h>

#include "base/error.h"

namespace mantissa::power {

const std::vector<std::string>& method_names() {
  static const std::vector<std::string> names{"synthesised", "published", "recalled", "derived",
                                              "assumed"};
  return names;
}

const char* name(Method method) { return method_names()[static_cast<std::size_t>(method)].c_str(); }

Price sum(const Price& a, const Price& b) {
  MANTISSA_CHECK(a.unit == b.unit, fmt::format("adding {} to {}", b.unit, a.unit));
  Price total = a;
  total.value += b.value;
  // A sum is nobody's printed figure, but a sum of synthesised parts is still synthesis.
  total.method = weaker(a.method, b.method);
  if (total.method == Method::published || total.method == Method::recalled)
    total.method = Method::derived;
  if (total.source.find(b.source) == std::string::npos)
    total.source += total.source.empty() ? b.source : "; " + b.source;
  total.formula += " + " + b.formula;
  return total;
}

Price scaled(const Price& price, double k, std::string_view why, std::string_view unit) {
  Price result = price;
  result.value *= k;
  if (!unit.empty()) result.unit = unit;
  result.formula = fmt::format("{} x ({})", why, price.formula);
  if (result.method == Method::published || result.method == Method::recalled)
    result.method = Method::derived;
  return result;
}

std::string text(const Price& price) {
  std::string where;
  if (price.node.value > 0) where += fmt::format(" at {} nm", short_number(price.node.value));
  if (price.voltage.value > 0)
    where += fmt::format("{} {} V", where.empty() ? " at" : ",", short_number(price.voltage.value));
  return fmt::format("{} {}{} ({}; {}): {}", short_number(price.value), price.unit, where,
                     name(price.method), price.source, price.formula);
}

std::string short_number(double value) { return fmt::format("{:.6g}", value); }

}  // namespace mantissa::power
