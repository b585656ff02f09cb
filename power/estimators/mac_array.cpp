// SPDX-License-Identifier: Apache-2.0
// An array of multiply-accumulate cells.
//
//   mac        = multiply(format) + add(accumulate) + registers(bits(format) + bits(accumulate))
//   gated_mac  = registers(bits(format) + bits(accumulate)): the operands move on, a zero is
//   skipped cell area  = multiply + add + registers(3 bits(format) + bits(accumulate)), placed: the
//   moving
//                operand, the stationary one and its shadow for double buffering, the partial sum
#include <fmt/format.h>

#include "power/estimators/parts.h"
#include "power/format_cost.h"

namespace mantissa::power {
namespace {

class MacArray final : public Estimator {
 public:
  std::string kind() const override { return "mac_array"; }
  std::vector<std::string> attributes() const override { return {"rows", "columns", "units"}; }
  std::vector<std::string> labels() const override { return {"format", "accumulate"}; }
  std::vector<std::string> actions(const Technology&) const override {
    return {"mac", "gated_mac", "load_weight", "drain"};
  }

  Price energy(const Query& query, const std::string& action) const override {
    const auto [format, accumulate] = formats(query);
    const Technology& tech = query.technology;
    const double operand = format_bits(format), result = format_bits(accumulate);
    if (action == "load_weight") return register_energy(tech, operand);
    if (action == "drain") return register_energy(tech, result);
    const Price moving = register_energy(tech, operand + result);
    if (action == "gated_mac") return moving;
    return sum(sum(arithmetic_energy(tech, Arithmetic::multiply, format),
                   arithmetic_energy(tech, Arithmetic::add, accumulate)),
               moving);
  }

  std::optional<Price> area(const Query& query) const override {
    const auto [format, accumulate] = formats(query);
    const Technology& tech = query.technology;
    const Price cell =
        sum(sum(arithmetic_area(tech, Arithmetic::multiply, format),
                arithmetic_area(tech, Arithmetic::add, accumulate)),
            register_area(tech, 3.0 * format_bits(format) + format_bits(accumulate)));
    const double cells =
        query.attribute("rows") * query.attribute("columns") * query.attribute("units", 1);
    return placed(tech, scaled(cell, cells, fmt::format("{} cells", short_number(cells))));
  }

  std::optional<Price> static_power(const Query& query) const override {
    return logic_leakage(query.technology, *area(query));
  }

 private:
  static std::pair<std::string, std::string> formats(const Query& query) {
    const std::string format = query.label("format");
    return {format, query.label("accumulate", default_accumulator(format))};
  }
};

const Registration mac_array_estimator{std::make_shared<MacArray>()};

}  // namespace
}  // namespace mantissa::power
