// SPDX-License-Identifier: Apache-2.0
// Lanes of a vector unit, each with one adder, one multiplier and three operand registers.
//
//   op(inputs) = arithmetic + registers((inputs + 1) x bits)
//   requantize = multiply + shift + max + min
//   function   = k x (multiply + add + registers(4 bits)), with k the multiply-adds of its
//                polynomial or Newton steps, an open parameter of the technology (vector.exp, ...)
#include <fmt/format.h>

#include <algorithm>

#include "power/estimators/parts.h"
#include "power/format_cost.h"

namespace mantissa::power {
namespace {

// Everything that is one pass through the adder.
const std::vector<std::string> adder_actions{"add", "subtract", "compare", "max",
                                             "min", "select",   "shift"};

class VectorAlu final : public Estimator {
 public:
  std::string kind() const override { return "vector_alu"; }
  std::vector<std::string> attributes() const override { return {"lanes"}; }
  std::vector<std::string> labels() const override { return {"format"}; }
  std::vector<std::string> actions(const Technology& technology) const override {
    std::vector<std::string> names = adder_actions;
    for (const char* more : {"multiply", "multiply_add", "requantize", "move", "convert"})
      names.push_back(more);
    for (auto& function : technology.items("vector.")) names.push_back(std::move(function));
    return names;
  }

  Price energy(const Query& query, const std::string& action) const override {
    const Technology& tech = query.technology;
    const std::string format = query.label("format");
    const double bits = format_bits(format);
    if (std::count(adder_actions.begin(), adder_actions.end(), action))
      return sum(arithmetic_energy(tech, Arithmetic::add, format), register_energy(tech, 3 * bits));
    if (action == "multiply")
      return sum(arithmetic_energy(tech, Arithmetic::multiply, format),
                 register_energy(tech, 3 * bits));
    if (action == "requantize") {
      Price price = energy(query, "multiply");
      for (const char* step : {"shift", "max", "min"}) price = sum(price, energy(query, step));
      return price;
    }
    if (action == "move" || action == "convert") return register_energy(tech, 2 * bits);
    const Price step = sum(sum(arithmetic_energy(tech, Arithmetic::multiply, format),
                               arithmetic_energy(tech, Arithmetic::add, format)),
                           register_energy(tech, 4 * bits));
    if (action == "multiply_add") return step;
    const Price steps = tech.parameter("vector." + action);
    Price price =
        scaled(step, steps.value, fmt::format("{} multiply-adds", short_number(steps.value)));
    price.method = weaker(price.method, steps.method);
    price.source += "; " + steps.source;
    return price;
  }

  std::optional<Price> area(const Query& query) const override {
    const Technology& tech = query.technology;
    const std::string format = query.label("format");
    const Price lane = sum(sum(arithmetic_area(tech, Arithmetic::multiply, format),
                               arithmetic_area(tech, Arithmetic::add, format)),
                           register_area(tech, 3.0 * format_bits(format)));
    const double lanes = query.attribute("lanes");
    return placed(tech, scaled(lane, lanes, fmt::format("{} lanes", short_number(lanes))));
  }
  std::optional<Price> static_power(const Query& query) const override {
    return logic_leakage(query.technology, *area(query));
  }
};

const Registration vector_alu_estimator{std::make_shared<VectorAlu>()};

}  // namespace
}  // namespace mantissa::power
