// SPDX-License-Identifier: Apache-2.0
// Storage made of flip-flops. The published figure is the energy of a clocked bit; a read is priced
// as a write.
#include "power/estimators/parts.h"

namespace mantissa::power {
namespace {

class RegisterFile final : public Estimator {
 public:
  std::string kind() const override { return "register_file"; }
  std::vector<std::string> attributes() const override { return {"capacity_bytes", "width_bits"}; }
  std::vector<std::string> actions(const Technology&) const override { return {"read", "write"}; }

  Price energy(const Query& query, const std::string&) const override {
    return register_energy(query.technology, 8);
  }
  std::optional<Price> area(const Query& query) const override {
    return placed(query.technology,
                  register_area(query.technology, 8 * query.attribute("capacity_bytes")));
  }
  std::optional<Price> static_power(const Query& query) const override {
    return logic_leakage(query.technology, *area(query));
  }
};

const Registration register_file_estimator{std::make_shared<RegisterFile>()};

}  // namespace
}  // namespace mantissa::power
