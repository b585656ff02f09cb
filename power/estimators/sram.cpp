// SPDX-License-Identifier: Apache-2.0
// A scratchpad of equal SRAM banks. One access goes to one bank, so a bank's capacity sets its
// energy; the published tables do not tell reads from writes, nor does this. Wires between the
// banks and their user are not in the figure.
#include "power/estimators/parts.h"

namespace mantissa::power {
namespace {

class Sram final : public Estimator {
 public:
  std::string kind() const override { return "sram"; }
  std::vector<std::string> attributes() const override {
    return {"capacity_bytes", "width_bits", "banks"};
  }
  std::vector<std::string> actions(const Technology&) const override { return {"read", "write"}; }

  Price energy(const Query& query, const std::string&) const override {
    const double bank = query.attribute("capacity_bytes") / query.attribute("banks", 1);
    return memory_energy(query, Bytes(static_cast<std::uint64_t>(bank)));
  }
  std::optional<Price> area(const Query& query) const override {
    return memory_area(query.technology, query.attribute("capacity_bytes"));
  }
  std::optional<Price> static_power(const Query& query) const override {
    return memory_leakage(query.technology, query.attribute("capacity_bytes"));
  }
};

const Registration registration{std::make_shared<Sram>()};

}  // namespace
}  // namespace mantissa::power
