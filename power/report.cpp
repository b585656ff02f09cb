// SPDX-License-Identifier: Apache-2.0
#include "power/report.h"

#include <fmt/format.h>

#include <array>
#include <set>

namespace mantissa::power {
namespace {

std::string labelled(const std::string& name, const std::map<std::string, std::string>& labels) {
  if (labels.empty()) return name;
  std::string list;
  for (const auto& [key, value] : labels)
    list += fmt::format("{}{}={}", list.empty() ? "" : ", ", key, value);
  return fmt::format("{} {{{}}}", name, list);
}

}  // namespace

std::vector<NamedPrice> published_prices(const Technology& technology) {
  std::vector<NamedPrice> prices;
  for (const Figure& f : technology.figures()) {
    std::string name = f.item;
    if (f.capacity.value > 0)
      name += fmt::format(" of {} KiB", short_number(f.capacity.value / 1024.));
    prices.push_back(
        {name, {f.value, f.unit, f.node, f.voltage, f.method, f.source, "as printed"}});
    if (f.method == Method::assumed) prices.back().price.formula = "stated default";
    if (f.method == Method::derived) prices.back().price.formula = "computed as the source says";
  }
  return prices;
}

std::vector<NamedPrice> used_prices(const Estimate& estimate) {
  std::vector<NamedPrice> prices;
  std::set<std::string> seen;
  const auto add = [&](const std::string& name, const Price& price) {
    if (seen.insert(name + text(price)).second) prices.push_back({name, price});
  };
  for (const auto& row : estimate.energy)
    add(labelled(row.component + "." + row.action, row.labels), row.price);
  for (const auto& row : estimate.area) add(row.component + " area", row.price);
  return prices;
}

std::string text(const std::vector<NamedPrice>& prices) {
  std::array<int, 5> counts{};
  for (const auto& p : prices) ++counts[static_cast<std::size_t>(p.price.method)];
  std::string result = fmt::format("{} prices", prices.size());
  for (std::size_t m = 0; m < counts.size(); ++m)
    if (counts[m] > 0) result += fmt::format(", {} {}", counts[m], method_names()[m]);
  result += "\n";
  for (const auto& p : prices) result += fmt::format("{}: {}\n", p.name, text(p.price));
  return result;
}

}  // namespace mantissa::power
