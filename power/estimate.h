// SPDX-License-Identifier: Apache-2.0
// From action counts to picojoules, from components to square micrometres, every row with its
// price.
//
//   energy(row)  = count x price                 of one action of one component
//   leakage(row) = leakage power x instances x seconds, action "leakage"
//   idle(row)    = published idle power x instances x seconds, action "idle" (only when given)
//
// Checked at every call: every figure is plausible (finite, positive, an area below 10^10 um2),
// rows sum to parts and parts to the total. A component, kind, action or label without a price is
// an Error that names it and its nearest neighbour, never a silent zero.
//
//   auto tech = Technology::load("configs/tech/28nm.yaml");
//   auto e = estimate({{"matrix", "mac_array", {{"rows", 256}, {"columns", 256}}, {{"format",
//   "int8"}}}},
//                     {{"matrix", "mac", 1'000'000}}, 1e-3, tech);
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "power/component.h"
#include "power/price.h"

namespace mantissa::power {

class Technology;
class EstimatorChain;

struct EnergyRow {
  std::string component, kind, action;
  std::uint64_t count = 0;
  Picojoules energy{};
  Price price;
  std::map<std::string, std::string> labels;  // those that told this row from its neighbours
};

struct AreaRow {
  std::string component, kind;
  std::uint64_t count = 0;  // instances
  SquareMicrons area{};
  Price price;  // of one instance
};

struct Estimate {
  double seconds = 0;
  std::vector<EnergyRow> energy;
  std::vector<AreaRow> area;
  Picojoules total_energy{};
  SquareMicrons total_area{};
  std::map<std::string, Picojoules> energy_by_part;
  std::map<std::string, SquareMicrons> area_by_part;
  std::vector<std::string> warnings;
};

inline const ErrorKind unknown_component{
    "power.unknown-component", ExitCode::bad_input,
    "An action count names a component that the chip does not have."};
inline const ErrorKind duplicate_component{"power.duplicate-component", ExitCode::bad_input,
                                           "Two components carry one name."};
inline const ErrorKind implausible_figure{
    "power.implausible", ExitCode::check_failed,
    "A price, energy or area is not a number, negative, zero, or larger than any chip."};

// Prices come from EstimatorChain::of(technology).
Estimate estimate(const std::vector<Component>& components, const std::vector<ActionCount>& actions,
                  double seconds, const Technology& technology);
Estimate estimate(const std::vector<Component>& components, const std::vector<ActionCount>& actions,
                  double seconds, const Technology& technology, const EstimatorChain& chain);

// Parts are the sums of their rows and the totals the sums of their parts, to 1e-9 relative.
void check_conservation(const Estimate& estimate);

// Throws implausible_figure. `what` goes into the message.
void check_energy_price(const Price& price, const std::string& what);
void check_area(double square_microns, const std::string& what);

}  // namespace mantissa::power
