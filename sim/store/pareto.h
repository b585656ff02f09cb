// SPDX-License-Identifier: Apache-2.0
// Pareto fronts: the points that no other beats in every objective at once.
#pragma once

#include <vector>

namespace mantissa::store {

// costs[i] are the objectives of point i, lower is better, all of one length. Point i is on the
// front when no j is at least as good everywhere and better somewhere; equal points are both on it.
// O(n^2 x objectives): 10,000 points take a second.
std::vector<bool> pareto_front(const std::vector<std::vector<double>>& costs);

}  // namespace mantissa::store
