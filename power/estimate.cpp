// SPDX-License-Identifier: Apache-2.0
#include "power/estimate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "power/estimator.h"
#include "power/technology.h"

namespace mantissa::power {
namespace {

// A millijoule for one action, a gigawatt for one component.
constexpr double largest_price = 1e9;
constexpr double largest_area = 1e10;  // um2: 100 cm2, more than a reticle holds ten times over
constexpr double picojoules_per_joule = 1e12;

// Understood for every kind.
const std::vector<std::string> common_attributes{"area_um2", "leakage_w", "idle_power_w"};

[[noreturn]] void refuse_name(const ErrorKind& kind, const std::string& where,
                              const std::string& read, const std::string& expected,
                              const std::vector<std::string>& names) {
  throw Error(kind).say(where).read(read).expected(expected).nearest(nearest_name(read, names));
}

bool holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void check_component(const Component& c, const Estimator& estimator) {
  auto names = estimator.attributes();
  names.insert(names.end(), common_attributes.begin(), common_attributes.end());
  const std::string where = fmt::format("component {} of kind {}", c.name, c.kind);
  if (c.count == 0) throw Error(bad_attribute).say(where).read("count 0").expected("at least 1");
  for (const auto& [key, value] : c.attributes) {
    if (!holds(names, key))
      refuse_name(bad_attribute, where, key, "an attribute of this kind", names);
    const bool from_zero = holds(estimator.may_be_zero(), key);
    if (!std::isfinite(value) || value < 0 || (value == 0 && !from_zero))
      throw Error(bad_attribute)
          .say(where)
          .read(fmt::format("{} = {}", key, short_number(value)))
          .expected(from_zero ? "a finite number from zero on" : "a finite number above zero");
  }
  for (const auto& [key, value] : c.labels)
    if (!holds(estimator.labels(), key))
      refuse_name(bad_attribute, where, key, "a label of this kind", estimator.labels());
}

Price given_by_architecture(double value, const char* unit, const char* attribute) {
  return {value,
          unit,
          {},
          {},
          Method::assumed,
          fmt::format("attribute {} of the architecture", attribute),
          fmt::format("{} as given", attribute)};
}

// One component with its estimator, its rows appended to the estimate.
struct Pricing {
  const Technology& technology;
  Estimate& result;

  Query query(const Component& c, const std::map<std::string, std::string>& labels = {}) const {
    Query q{c, technology, c.labels, &result.warnings};
    for (const auto& [key, value] : labels) q.labels[key] = value;
    return q;
  }

  void area(const Component& c, const Estimator& estimator) const {
    const Query q = query(c);
    const auto given = q.given("area_um2");
    const auto price =
        given ? std::optional(given_by_architecture(*given, "um2", "area_um2")) : estimator.area(q);
    if (!price) return;
    const double total = price->value * static_cast<double>(c.count);
    check_area(total, c.name);
    result.area.push_back({c.name, c.kind, c.count, SquareMicrons(total), *price});
  }

  void action(const Component& c, const Estimator& estimator, const ActionCount& a) const {
    const std::string where = fmt::format("component {} of kind {}", c.name, c.kind);
    const auto names = estimator.actions(technology);
    if (!holds(names, a.action))
      refuse_name(unknown_action, where, a.action, "an action of this kind", names);
    for (const auto& [key, value] : a.labels)
      if (!holds(estimator.labels(), key))
        refuse_name(bad_attribute, where, key, "a label of this kind", estimator.labels());
    const Price price = estimator.energy(query(c, a.labels), a.action);
    check_energy_price(price, c.name + "." + a.action);
    const Picojoules energy(price.value * static_cast<double>(a.count));
    result.energy.push_back({c.name, c.kind, a.action, a.count, energy, price, a.labels});
  }

  // Watts times seconds, one row; the price stays in watts.
  void constant(const Component& c, const std::string& name, const Price& price) const {
    check_energy_price(price, c.name + "." + name);
    const Picojoules energy(price.value * static_cast<double>(c.count) * result.seconds *
                            picojoules_per_joule);
    result.energy.push_back({c.name, c.kind, name, c.count, energy, price, {}});
  }

  void static_rows(const Component& c, const Estimator& estimator) const {
    const Query q = query(c);
    const auto leakage = q.given("leakage_w");
    const auto price = leakage ? std::optional(given_by_architecture(*leakage, "W", "leakage_w"))
                               : estimator.static_power(q);
    if (price) constant(c, estimator.static_action(), *price);
    if (const auto idle = q.given("idle_power_w"))
      constant(c, "idle", given_by_architecture(*idle, "W", "idle_power_w"));
  }
};

void total(Estimate& e) {
  for (const auto& row : e.energy) {
    e.energy_by_part[row.component] += row.energy;
    e.total_energy += row.energy;
  }
  for (const auto& row : e.area) {
    e.area_by_part[row.component] += row.area;
    e.total_area += row.area;
  }
}

void drop_repetitions(std::vector<std::string>& sentences) {
  std::set<std::string> seen;
  sentences.erase(std::remove_if(sentences.begin(), sentences.end(),
                                 [&](const std::string& s) { return !seen.insert(s).second; }),
                  sentences.end());
}

// Rows against parts against the total. Summed in another order than total() does, hence the slack.
template <class Row, class Unit>
void check_sums(const std::vector<Row>& rows, const std::map<std::string, Unit>& parts, Unit total,
                Unit Row::*value, const char* what) {
  const auto near = [](double a, double b) {
    return std::fabs(a - b) <= 1e-9 * std::max(std::fabs(a), std::fabs(b));
  };
  std::map<std::string, double> sums;
  for (const auto& row : rows) {
    MANTISSA_CHECK(std::isfinite((row.*value).value) && (row.*value).value >= 0,
                   fmt::format("{} of {} is {}", what, row.component, (row.*value).value));
    sums[row.component] += (row.*value).value;
  }
  MANTISSA_CHECK(sums.size() == parts.size(), fmt::format("{} rows and parts differ", what));
  double all = 0;
  for (const auto& [name, sum] : sums) {
    const auto part = parts.find(name);
    MANTISSA_CHECK(part != parts.end() && near(sum, part->second.value),
                   fmt::format("{} rows of {} do not sum to its part", what, name));
    all += sum;
  }
  MANTISSA_CHECK(near(all, total.value),
                 fmt::format("{} parts sum to {}, the total is {}", what, all, total.value));
}

}  // namespace

void check_energy_price(const Price& price, const std::string& what) {
  // No action and no static power is free: a zero is a missing figure.
  if (!std::isfinite(price.value) || price.value <= 0 || price.value > largest_price)
    throw Error(implausible_figure)
        .say(what)
        .read(text(price))
        .expected("a price above zero and at most 1e9 of its unit");
}

void check_area(double square_microns, const std::string& what) {
  if (!(square_microns > 0) || !(square_microns <= largest_area))
    throw Error(implausible_figure)
        .say(what)
        .read(short_number(square_microns) + " um2")
        .expected("an area above zero and at most 1e10 um2");
}

void check_conservation(const Estimate& e) {
  check_sums(e.energy, e.energy_by_part, e.total_energy, &EnergyRow::energy, "energy");
  check_sums(e.area, e.area_by_part, e.total_area, &AreaRow::area, "area");
}

Estimate estimate(const std::vector<Component>& components, const std::vector<ActionCount>& actions,
                  double seconds, const Technology& technology, const EstimatorChain& chain) {
  if (!std::isfinite(seconds) || seconds < 0)
    throw Error(implausible_figure).read(short_number(seconds) + " s").expected("a run time");
  Estimate result;
  result.seconds = seconds;
  const Pricing pricing{technology, result};

  std::map<std::string, std::pair<const Component*, std::shared_ptr<const Estimator>>> by_name;
  std::vector<std::string> names;
  for (const Component& c : components) {
    const auto estimator = chain.find(c);
    check_component(c, *estimator);
    if (!by_name.emplace(c.name, std::make_pair(&c, estimator)).second)
      throw Error(duplicate_component).read(c.name).expected("one component of each name");
    names.push_back(c.name);
    pricing.area(c, *estimator);
  }
  for (const ActionCount& a : actions) {
    const auto found = by_name.find(a.component);
    if (found == by_name.end())
      refuse_name(unknown_component, "action " + a.action, a.component, "a component of the chip",
                  names);
    pricing.action(*found->second.first, *found->second.second, a);
  }
  for (const Component& c : components) pricing.static_rows(c, *by_name.at(c.name).second);

  total(result);
  drop_repetitions(result.warnings);
  check_conservation(result);
  return result;
}

Estimate estimate(const std::vector<Component>& components, const std::vector<ActionCount>& actions,
                  double seconds, const Technology& technology) {
  return estimate(components, actions, seconds, technology, EstimatorChain::of(technology));
}

}  // namespace mantissa::power
