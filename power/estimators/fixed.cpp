// SPDX-License-Identifier: Apache-2.0
// A block of which only whole figures are known: its area (area_um2) and its idle power
// (idle_power_w). It does nothing that is counted.
#include "power/estimator.h"

namespace mantissa::power {
namespace {

class Fixed final : public Estimator {
 public:
  std::string kind() const override { return "fixed"; }
  std::vector<std::string> attributes() const override { return {}; }
  std::vector<std::string> actions(const Technology&) const override { return {}; }
  Price energy(const Query& query, const std::string& action) const override {
    throw Error(unknown_action)
        .say("component " + query.component.name)
        .read(action)
        .expected("no action at all");
  }
  std::optional<Price> area(const Query&) const override { return std::nullopt; }
  std::optional<Price> static_power(const Query&) const override { return std::nullopt; }
};

const Registration fixed_estimator{std::make_shared<Fixed>()};

}  // namespace
}  // namespace mantissa::power
