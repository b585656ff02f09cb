// SPDX-License-Identifier: Apache-2.0
#include "power/technology.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "power/anchors.h"

namespace mantissa::power {
namespace {

// What no schema sees: two figures for one thing, a figure without a source.
void validate(const std::vector<Figure>& figures) {
  std::set<std::tuple<std::string, std::string, std::uint64_t, double>> seen;
  for (const Figure& f : figures) {
    const auto refuse = [&](const std::string& expected) {
      throw Error(bad_technology)
          .read(fmt::format("{}: {} {}", f.item, short_number(f.value), f.unit))
          .expected(expected);
    };
    if (!std::isfinite(f.value) || f.value <= 0) refuse("a finite value above zero");
    if (f.source.empty()) refuse("a source");
    if (f.node.value > 0 && !(f.voltage.value > 0) && f.unit == "pJ")
      refuse("the supply voltage of an energy that is tied to a node");
    if (!seen.insert({f.item, f.unit, f.capacity.value, f.node.value}).second)
      refuse("one figure per item, unit, capacity and node");
  }
}

Anchor anchor_of(const Figure& f) {
  return {f.node, f.voltage, f.value, f.method, f.source, f.item};
}

// The energy of one memory access at one node: log-log in the capacity between the printed points.
// Smaller memories get the smallest one's price: extrapolating two technologies downwards would
// make them cross. Larger ones continue the last slope.
Anchor at_capacity(std::vector<const Figure*> points, Bytes capacity) {
  std::sort(points.begin(), points.end(),
            [](const Figure* a, const Figure* b) { return a->capacity < b->capacity; });
  for (const Figure* p : points)
    if (p->capacity == capacity) {
      Anchor exact = anchor_of(*p);
      exact.origin += fmt::format(" of {} KiB", short_number(p->capacity.value / 1024.));
      return exact;
    }
  if (capacity < points.front()->capacity || points.size() == 1) {
    Anchor a = anchor_of(*points.front());
    a.method = weaker(a.method, Method::derived);
    a.origin += fmt::format(" of {} KiB, no figure nearer,",
                            short_number(points.front()->capacity.value / 1024.));
    return a;
  }
  std::size_t i = 1;
  while (i + 1 < points.size() && points[i]->capacity < capacity) ++i;
  const Figure &small = *points[i - 1], &large = *points[i];
  const double slope =
      std::log(large.value / small.value) / std::log(large.capacity / small.capacity);
  Anchor a = anchor_of(small);
  a.value = small.value * std::pow(capacity / small.capacity, slope);
  a.method = weaker(weaker(small.method, large.method), Method::derived);
  a.origin = fmt::format("{} of {} KiB {} log-log in the capacity from {} KiB and {} KiB,",
                         small.item, short_number(capacity.value / 1024.),
                         large.capacity < capacity ? "extrapolated" : "interpolated",
                         short_number(small.capacity.value / 1024.),
                         short_number(large.capacity.value / 1024.));
  return a;
}

std::vector<Anchor> descending(std::vector<Anchor> anchors) {
  std::stable_sort(anchors.begin(), anchors.end(),
                   [](const Anchor& a, const Anchor& b) { return a.node > b.node; });
  return anchors;
}

// Which operation an item with a single anchor follows from node to node: its own operation in the
// widest format, else addition, the plainest logic of the tables.
std::string reference_of(const std::string& item) {
  return item.rfind("multiply.", 0) == 0 ? "multiply.fp32" : "add.fp32";
}

}  // namespace

Technology::Technology(std::string name, Nanometres node, Volts voltage, std::string voltage_source,
                       std::vector<Figure> figures, EnergyScaling scaling, SramModel sram_model,
                       std::vector<Figure> circuits)
    : name_(std::move(name)),
      node_(node),
      voltage_(voltage),
      voltage_source_(std::move(voltage_source)),
      figures_(std::move(figures)),
      scaling_(scaling),
      sram_model_(sram_model),
      circuits_(std::move(circuits)) {
  validate(figures_);
  validate(circuits_);
}

Technology Technology::at(Nanometres node, Volts voltage) const {
  Technology there(name_, node, voltage, voltage_source_, figures_, scaling_, sram_model_,
                   circuits_);
  there.prefer(synthesised_);
  return there;
}

std::vector<const Figure*> Technology::find(const std::string& item,
                                            const std::string& unit) const {
  std::vector<const Figure*> found;
  for (const Figure& f : figures_)
    if (f.item == item && f.unit == unit) found.push_back(&f);
  if (found.empty()) {
    std::vector<std::string> names;
    for (const Figure& f : figures_)
      if (f.unit == unit) names.push_back(f.item);
    throw Error(unknown_figure)
        .say(fmt::format("technology {}", name_))
        .read(item)
        .expected(fmt::format("an item with a figure in {}", unit))
        .nearest(nearest_name(item, names));
  }
  return found;
}

Price Technology::energy(const std::string& item) const {
  const auto anchors_of = [this](const std::string& name) {
    std::vector<Anchor> anchors;
    for (const Figure* f : find(name, "pJ")) anchors.push_back(anchor_of(*f));
    return descending(std::move(anchors));
  };
  Reference reference;
  const std::string followed = reference_of(item);
  if (item != followed && has(followed)) {
    const auto anchors = anchors_of(followed);
    reference = {followed, anchors.front().node, anchors.back().node, [=](Point p) {
                   return energy_at(anchors, p, EnergyScaling::anchors, Reference{}, "pJ");
                 }};
  }
  return energy_at(anchors_of(item), {node_, voltage_}, scaling_, reference, "pJ");
}

Price Technology::area(const std::string& item) const {
  std::vector<Anchor> anchors;
  for (const Figure* f : find(item, "um2")) anchors.push_back(anchor_of(*f));
  return area_at(descending(std::move(anchors)), {node_, voltage_}, "um2");
}

Price Technology::sram_access(Bytes capacity) const {
  std::map<double, std::vector<const Figure*>> by_node;
  for (const Figure* f : find("sram", "pJ")) by_node[f->node.value].push_back(f);
  std::vector<Anchor> anchors;
  for (const auto& [node, points] : by_node) anchors.push_back(at_capacity(points, capacity));
  Price price =
      energy_at(descending(std::move(anchors)), {node_, voltage_}, scaling_, Reference{}, "pJ");
  price.formula += ", per 64 bits";
  return price;
}

Price Technology::parameter(const std::string& item) const {
  for (const Figure& f : figures_)
    if (f.item == item && f.node.value == 0)
      return {f.value, f.unit, {}, {}, f.method, f.source, f.item + " as given"};
  std::vector<std::string> names;
  for (const Figure& f : figures_)
    if (f.node.value == 0) names.push_back(f.item);
  throw Error(unknown_figure)
      .say(fmt::format("technology {}", name_))
      .read(item)
      .expected("an item that is not tied to a node")
      .nearest(nearest_name(item, names));
}

bool Technology::has(const std::string& item) const {
  return std::any_of(figures_.begin(), figures_.end(),
                     [&](const Figure& f) { return f.item == item; });
}

bool Technology::has(const std::string& item, const std::string& unit) const {
  return std::any_of(figures_.begin(), figures_.end(),
                     [&](const Figure& f) { return f.item == item && f.unit == unit; });
}

std::vector<std::string> Technology::items(const std::string& prefix) const {
  std::set<std::string> found;
  for (const Figure& f : figures_)
    if (f.item.rfind(prefix, 0) == 0) found.insert(f.item.substr(prefix.size()));
  return {found.begin(), found.end()};
}

}  // namespace mantissa::power
