// SPDX-License-Identifier: Apache-2.0
// Vector MACs and the post-processing unit of VS-Quant, from the parts that rtl/vsq and rtl/vsq_ppu
// have. Widths: elements Nw, Na; scales Mw, Ma; p of R bits; dot product D = Nw + Na + log2 V; sum
// ACC; results W = N + M + F + 1.
//
//   vector        = V multiply(Nw x Na) + (V - 1) add(D) + add(ACC) + registers(V (Nw + Na) + D +
//                   ACC); with scales also multiply(Mw x Ma) + multiply(D x R) + registers(2 R)
//   idle_cycle    = registers of a vector, whose clock runs
//   gated_vector  = idle_cycle; with two scales also multiply(Mw x Ma)
//   area          = the same, placed
//
//   vector        = V (multiply(ACC x 16) + add(W) + max(W) + quotient + registers(ACC + 16 + 4 W))
//                   + multiply(W x N)
//   quotient      = multiply(W x (N + 2 M + 2)) by a reciprocal of the scale (order B), or, from
//                   the exact scale (order A), N + 1 steps of long division: (N + 1) add(W)
//
// with a maximum priced as an addition.
#include <fmt/format.h>

#include <cmath>

#include "power/estimators/parts.h"
#include "power/format_cost.h"

namespace mantissa::power {
namespace {

// Energy in pJ, or area in um2, of parts.
struct Costs {
  const Technology& technology;
  bool area;

  Price arithmetic(Arithmetic operation, double bits) const {
    return area ? integer_area(technology, operation, bits)
                : integer_energy(technology, operation, bits);
  }
  Price multiply(double a, double b) const {
    return arithmetic(Arithmetic::multiply, std::sqrt(a * b));
  }
  Price add(double bits) const { return arithmetic(Arithmetic::add, bits); }
  Price registers(double bits) const {
    return area ? register_area(technology, bits) : register_energy(technology, bits);
  }
};

Price times(const Price& price, double k, const char* what) {
  return scaled(price, k, fmt::format("{} {}", short_number(k), what));
}

class VectorMac final : public Estimator {
 public:
  std::string kind() const override { return "vector_mac"; }
  std::vector<std::string> attributes() const override {
    std::vector<std::string> all = {"vector_length", "lanes",           "units",
                                    "weight_bits",   "activation_bits", "accumulator_bits"};
    for (const std::string& key : may_be_zero()) all.push_back(key);
    return all;
  }
  std::vector<std::string> may_be_zero() const override {
    return {"weight_scale_bits", "activation_scale_bits", "product_bits", "activation_signed"};
  }
  std::vector<std::string> actions(const Technology&) const override {
    return {"vector", "gated_vector", "idle_cycle"};
  }

  Price energy(const Query& q, const std::string& action) const override {
    const Costs costs{q.technology, false};
    if (action == "vector") return whole(q, costs);
    const Price clocked = costs.registers(register_bits(q));
    const auto product = scale_product(q, costs);
    return action == "gated_vector" && product ? sum(clocked, *product) : clocked;
  }
  std::optional<Price> area(const Query& q) const override {
    const double lanes = q.attribute("lanes") * q.attribute("units", 1);
    return placed(q.technology, times(whole(q, {q.technology, true}), lanes, "lanes"));
  }
  std::optional<Price> static_power(const Query& q) const override {
    return logic_leakage(q.technology, *area(q));
  }

 private:
  static double scale_bits(const Query& q) {
    return q.attribute("weight_scale_bits", 0) + q.attribute("activation_scale_bits", 0);
  }

  // One scale alone is the product.
  static std::optional<Price> scale_product(const Query& q, const Costs& costs) {
    const double w = q.attribute("weight_scale_bits", 0), a = scale_bits(q) - w;
    if (w == 0 || a == 0) return {};
    return costs.multiply(w, a);
  }

  static double dot_bits(const Query& q) {
    return q.attribute("weight_bits") + q.attribute("activation_bits") +
           std::ceil(std::log2(q.attribute("vector_length")));
  }
  static double product_bits(const Query& q) {
    const double rounded = q.attribute("product_bits", 0);
    return rounded > 0 ? rounded : scale_bits(q);
  }
  static double register_bits(const Query& q) {
    const double elements = q.attribute("weight_bits") + q.attribute("activation_bits");
    return q.attribute("vector_length") * elements + dot_bits(q) + q.attribute("accumulator_bits") +
           2 * product_bits(q);
  }

  static Price whole(const Query& q, const Costs& costs) {
    const double v = q.attribute("vector_length"), w = q.attribute("weight_bits"),
                 a = q.attribute("activation_bits"), acc = q.attribute("accumulator_bits");
    const double dot = dot_bits(q);
    Price price = sum(times(costs.multiply(w, a), v, "products"), costs.add(acc));
    if (v > 1) price = sum(price, times(costs.add(dot), v - 1, "additions of the tree"));
    price = sum(price, costs.registers(register_bits(q)));
    if (scale_bits(q) == 0) return price;
    if (const auto product = scale_product(q, costs)) price = sum(price, *product);
    return sum(price, costs.multiply(dot, product_bits(q)));
  }
};

class PostProcessor final : public Estimator {
 public:
  std::string kind() const override { return "post_processor"; }
  std::vector<std::string> attributes() const override {
    return {"vector_length", "units",         "accumulator_bits", "output_bits",
            "scale_bits",    "fraction_bits", "output_signed",    "scale_first"};
  }
  std::vector<std::string> may_be_zero() const override { return {"output_signed", "scale_first"}; }
  std::vector<std::string> actions(const Technology&) const override { return {"vector"}; }

  Price energy(const Query& q, const std::string&) const override {
    return whole(q, {q.technology, false});
  }
  std::optional<Price> area(const Query& q) const override {
    return placed(q.technology,
                  times(whole(q, {q.technology, true}), q.attribute("units", 1), "units"));
  }
  std::optional<Price> static_power(const Query& q) const override {
    return logic_leakage(q.technology, *area(q));
  }

 private:
  static Price whole(const Query& q, const Costs& costs) {
    const double acc = q.attribute("accumulator_bits"), n = q.attribute("output_bits"),
                 m = q.attribute("scale_bits");
    const double w = n + m + q.attribute("fraction_bits", 4) + 1;
    constexpr double multiplier = 16;
    const Price quotient = q.attribute("scale_first", 1) == 1
                               ? costs.multiply(w, n + 2 * m + 2)
                               : times(costs.add(w), n + 1, "steps of division");
    const Price lane =
        sum(sum(costs.multiply(acc, multiplier), times(costs.add(w), 2, "additions")),
            sum(quotient, costs.registers(acc + multiplier + 4 * w)));
    return sum(times(lane, q.attribute("vector_length"), "results"), costs.multiply(w, n));
  }
};

const Registration vector_mac{std::make_shared<VectorMac>()};
const Registration post_processor{std::make_shared<PostProcessor>()};

}  // namespace
}  // namespace mantissa::power
