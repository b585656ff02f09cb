// SPDX-License-Identifier: Apache-2.0
// A scratchpad of equal SRAM banks. One access goes to one bank, so a bank's capacity sets its
// energy; the published tables do not tell reads from writes, nor does this. Wires between the
// banks and their user are not in the figure, nor is the logic of an ECC: its check bits are.
#include "power/estimators/parts.h"

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

  Price energy(const Query& query, const std::string&) const override {
    const double bank = query.attribute("capacity_bytes") / query.attribute("banks", 1);
    return supplied(
        query,
        with_check_bits(query, memory_energy(query, Bytes(static_cast<std::uint64_t>(bank)))));
  }
  std::optional<Price> area(const Query& query) const override {
    return with_check_bits(query, memory_area(query.technology, query.attribute("capacity_bytes")));
  }
  std::optional<Price> static_power(const Query& query) const override {
    return with_check_bits(query,
                           memory_leakage(query.technology, query.attribute("capacity_bytes")));
  }

 private:
  // Bits of a word with its check bits per 64 data bits.
  static Price with_check_bits(const Query& query, const Price& price) {
    const std::string ecc = query.label("ecc", "none");
    if (ecc == "none") return price;
    const int bits = ecc == "secded" ? 72 : 65;
    return scaled(price, bits / 64.0, std::to_string(bits) + "/64 (check bits)");
  }
  // Energy of an access goes with the square of the supply.
  static Price supplied(const Query& query, const Price& price) {
    const auto supply = query.given("supply_v");
    if (!supply) return price;
    const double ratio = *supply / query.technology.voltage().value;
    Price at = scaled(price, ratio * ratio,
                      "(" + short_number(*supply) + " V / " +
                          short_number(query.technology.voltage().value) + " V)^2");
    at.voltage = Volts(*supply);
    return at;
  }
};

const Registration registration{std::make_shared<Sram>()};

}  // namespace
}  // namespace mantissa::power
