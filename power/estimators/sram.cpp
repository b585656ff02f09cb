// SPDX-License-Identifier: Apache-2.0
// A scratchpad of equal SRAM banks. One access goes to one bank, so a bank's capacity sets its
// energy; the printed tables do not tell reads from writes, the analytic model does
// (power/sram/prices.h). Wires between the banks and their user are not in the figure.
#include "power/sram/prices.h"

namespace mantissa::power {
namespace {

class Sram final : public Estimator {
 public:
  std::string kind() const override { return "sram"; }
  std::vector<std::string> attributes() const override {
    return {"capacity_bytes", "width_bits", "banks", "supply_v"};
  }
  std::vector<std::string> labels() const override { return {"ecc"}; }
  std::vector<std::string> actions(const Technology&) const override { return {"read", "write"}; }

  Price energy(const Query& query, const std::string& action) const override {
    return sram_energy(query, action == "write");
  }
  std::optional<Price> area(const Query& query) const override { return sram_area(query); }
  std::optional<Price> static_power(const Query& query) const override {
    return sram_leakage(query);
  }
};

const Registration sram_estimator{std::make_shared<Sram>()};

}  // namespace
}  // namespace mantissa::power
