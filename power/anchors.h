// SPDX-License-Identifier: Apache-2.0
// Moving measured figures between the nodes at which they were printed ("anchors").
//
// Energy, with anchors at nodes n1 > n2 around the wanted node n, and t = ln(n1/n) / ln(n1/n2):
//   E(n, V) = E1^(1-t) E2^t * (V / Vn)^2,   Vn = V1^(1-t) V2^t           (log-log, and C V^2)
// With one anchor the item follows a reference that has two, an operation of its own kind:
//   E(n, V) = Ea * R(n, V) / R(na, Va)
// Above the largest anchor node the published polynomials take over (power/technology_scaling.h).
// Area: log-log between two anchors, else the nearest anchor times the published area ratio.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "power/price.h"
#include "power/technology_scaling.h"

namespace mantissa::power {

struct Anchor {
  Nanometres node{};
  Volts voltage{};
  double value = 0;
  Method method = Method::assumed;
  std::string source;
  std::string origin;  // the item, and how the value came about when it is not printed
};

struct Point {
  Nanometres node{};
  Volts voltage{};
};

// The reference's energy at a point; called only with points inside the reference's anchors.
struct Reference {
  std::string item;  // empty: there is none, and the polynomials are used
  Nanometres largest{}, smallest{};
  std::function<Price(Point)> energy;
};

// `anchors` sorted by descending node, not empty.
Price energy_at(const std::vector<Anchor>& anchors, Point point, EnergyScaling scaling,
                const Reference& reference, const std::string& unit);
Price area_at(const std::vector<Anchor>& anchors, Point point, const std::string& unit);

}  // namespace mantissa::power
