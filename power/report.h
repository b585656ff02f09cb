// SPDX-License-Identifier: Apache-2.0
// The prices as tables for people: every figure a technology stands on, and every price that one
// estimate used, each with method, source and formula.
#pragma once

#include <string>
#include <vector>

#include "power/estimate.h"
#include "power/technology.h"

namespace mantissa::power {

struct NamedPrice {
  std::string name;  // "multiply.int8", or "matrix.mac {format=int8}"
  Price price;
};

// As printed in the sources, unscaled, in file order.
std::vector<NamedPrice> published_prices(const Technology& technology);
// Those of an estimate, energy before area, each once.
std::vector<NamedPrice> used_prices(const Estimate& estimate);
// One line per price under a line that counts them by method.
std::string text(const std::vector<NamedPrice>& prices);

}  // namespace mantissa::power
