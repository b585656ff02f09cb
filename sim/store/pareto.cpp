// SPDX-License-Identifier: Apache-2.0
#include "sim/store/pareto.h"

#include <algorithm>

namespace mantissa::store {
namespace {

bool dominates(const std::vector<double>& a, const std::vector<double>& b) {
  bool better = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] > b[i]) return false;
    better = better || a[i] < b[i];
  }
  return better;
}

}  // namespace

std::vector<bool> pareto_front(const std::vector<std::vector<double>>& costs) {
  std::vector<bool> front(costs.size());
  for (std::size_t i = 0; i < costs.size(); ++i)
    front[i] = std::none_of(costs.begin(), costs.end(),
                            [&](const auto& other) { return dominates(other, costs[i]); });
  return front;
}

}  // namespace mantissa::store
