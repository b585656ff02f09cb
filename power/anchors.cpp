// SPDX-License-Identifier: Apache-2.0
#include "power/anchors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace mantissa::power {
namespace {

std::string place(Nanometres node, Volts voltage) {
  return fmt::format("{} nm, {} V", short_number(node.value), short_number(voltage.value));
}

Price as_printed(const Anchor& a, Point point, const std::string& unit) {
  return {a.value, unit, point.node, point.voltage, a.method, a.source, a.origin};
}

const Anchor& nearest(const std::vector<Anchor>& anchors, Nanometres node) {
  return *std::min_element(anchors.begin(), anchors.end(), [&](const Anchor& a, const Anchor& b) {
    return std::fabs(std::log(a.node / node)) < std::fabs(std::log(b.node / node));
  });
}

// The two anchors around the node, or null when there are no two.
const Anchor* larger_neighbour(const std::vector<Anchor>& anchors, Nanometres node) {
  for (std::size_t i = 0; i + 1 < anchors.size(); ++i)
    if (anchors[i].node >= node && node >= anchors[i + 1].node) return &anchors[i];
  return nullptr;
}

// Both sources, each named once.
std::string joined(const std::string& a, const std::string& b) {
  if (b.find(a) != std::string::npos) return b;
  return a.find(b) != std::string::npos ? a : a + "; " + b;
}

Price by_voltage(const Anchor& a, Point point, const std::string& unit) {
  const double k = std::pow(point.voltage / a.voltage, 2);
  return {a.value * k,
          unit,
          point.node,
          point.voltage,
          weaker(a.method, Method::derived),
          a.source,
          fmt::format("{} {} {} at {} x ({} V / {} V)^2", a.origin, short_number(a.value), unit,
                      place(a.node, a.voltage), short_number(point.voltage.value),
                      short_number(a.voltage.value))};
}

Price between(const Anchor& larger, const Anchor& smaller, Point point, const std::string& unit) {
  const double t = std::log(larger.node / point.node) / std::log(larger.node / smaller.node);
  const double value = std::pow(larger.value, 1 - t) * std::pow(smaller.value, t);
  const double v = std::pow(larger.voltage.value, 1 - t) * std::pow(smaller.voltage.value, t);
  return {value * std::pow(point.voltage.value / v, 2),
          unit,
          point.node,
          point.voltage,
          weaker(weaker(larger.method, smaller.method), Method::derived),
          joined(larger.source, smaller.source),
          fmt::format("{} interpolated log-log in the node between {} {} at {} and {} {} at {}, x "
                      "({} V / {} V)^2",
                      larger.origin, short_number(larger.value), unit,
                      place(larger.node, larger.voltage), short_number(smaller.value), unit,
                      place(smaller.node, smaller.voltage), short_number(point.voltage.value),
                      short_number(v))};
}

Price by_reference(const Anchor& a, Point point, const Reference& reference,
                   const std::string& unit) {
  const Price there = reference.energy(point);
  const Price here = reference.energy({a.node, a.voltage});
  return {
      a.value * there.value / here.value,
      unit,
      point.node,
      point.voltage,
      weaker(weaker(a.method, Method::derived), weaker(there.method, here.method)),
      joined(a.source, there.source),
      fmt::format("{} {} {} at {} x {} {} / {} {} of {} at the same two points", a.origin,
                  short_number(a.value), unit, place(a.node, a.voltage), short_number(there.value),
                  there.unit, short_number(here.value), here.unit, reference.item)};
}

Price by_polynomial(const Anchor& a, Point point, const std::string& unit) {
  const Factor k = energy_ratio(a.node, a.voltage, point.node, point.voltage);
  return {a.value * k.value,
          unit,
          point.node,
          point.voltage,
          weaker(a.method, Method::derived),
          a.source + "; Stillmaker and Baas 2017",
          fmt::format("{} {} {} at {} x {} by the published energy polynomials{}{}", a.origin,
                      short_number(a.value), unit, place(a.node, a.voltage), short_number(k.value),
                      k.note.empty() ? "" : ", ", k.note)};
}

}  // namespace

Price energy_at(const std::vector<Anchor>& anchors, Point point, EnergyScaling scaling,
                const Reference& reference, const std::string& unit) {
  MANTISSA_CHECK(!anchors.empty(), "no anchor to scale from");
  for (const auto& a : anchors)
    if (a.node == point.node && a.voltage == point.voltage) return as_printed(a, point, unit);
  const Anchor& near = nearest(anchors, point.node);
  if (scaling == EnergyScaling::stillmaker) return by_polynomial(near, point, unit);
  if (near.node == point.node) return by_voltage(near, point, unit);
  if (const Anchor* larger = larger_neighbour(anchors, point.node))
    return between(*larger, *(larger + 1), point, unit);
  const auto covered = [&](Nanometres n) {
    return n <= reference.largest && n >= reference.smallest;
  };
  if (!reference.item.empty() && covered(point.node) && covered(near.node))
    return by_reference(near, point, reference, unit);
  return by_polynomial(near, point, unit);
}

Price area_at(const std::vector<Anchor>& anchors, Point point, const std::string& unit) {
  MANTISSA_CHECK(!anchors.empty(), "no anchor to scale from");
  const Anchor& near = nearest(anchors, point.node);
  if (near.node == point.node) return as_printed(near, point, unit);
  if (const Anchor* larger = larger_neighbour(anchors, point.node)) {
    const Anchor& smaller = *(larger + 1);
    const double t = std::log(larger->node / point.node) / std::log(larger->node / smaller.node);
    return {std::pow(larger->value, 1 - t) * std::pow(smaller.value, t),
            unit,
            point.node,
            point.voltage,
            weaker(weaker(larger->method, smaller.method), Method::derived),
            joined(larger->source, smaller.source),
            fmt::format("{} interpolated log-log in the node between {} {} at {} nm and {} {} at "
                        "{} nm",
                        larger->origin, short_number(larger->value), unit,
                        short_number(larger->node.value), short_number(smaller.value), unit,
                        short_number(smaller.node.value))};
  }
  const Factor k = area_ratio(near.node, point.node);
  return {near.value * k.value,
          unit,
          point.node,
          point.voltage,
          weaker(near.method, Method::derived),
          near.source + "; Stillmaker and Baas 2017",
          fmt::format("{} {} {} at {} nm x {} by the published area factors{}{}", near.origin,
                      short_number(near.value), unit, short_number(near.node.value),
                      short_number(k.value), k.note.empty() ? "" : ", ", k.note)};
}

}  // namespace mantissa::power
