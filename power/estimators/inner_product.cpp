// SPDX-License-Identifier: Apache-2.0
// Tiles of mixed-precision inner-product units.
//
//   cycle        = lanes x mac of the widest format / the iterations that it takes: no table knows
//                  multipliers of a digit
//   idle_cycle   = lanes x gated_mac of it
//   area         = that of as many multiply-accumulate cells
#include "power/estimators/inner_product.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/numerics/inner_product/format.h"
#include "power/estimators/parts.h"
#include "power/estimators/synthesised_figure.h"

namespace mantissa::power {
namespace {

const Estimator& cells() { return *table_estimators().at("mac_array"); }

class InnerProduct : public Estimator {
 public:
  std::string kind() const override { return "inner_product"; }
  std::vector<std::string> attributes() const override {
    std::vector<std::string> all = {"rows",    "columns", "units",    "window",
                                    "digit_a", "digit_b", "fraction", "ehu_share"};
    for (const std::string& key : may_be_zero()) all.push_back(key);
    return all;
  }
  std::vector<std::string> may_be_zero() const override {
    return {"software_precision", "growth", "multi_cycle", "mask_zeros", "formats"};
  }
  std::vector<std::string> labels() const override { return {"format"}; }
  std::vector<std::string> actions(const Technology&) const override {
    return {"cycle", "idle_cycle", "load_weight"};
  }

  Price energy(const Query& query, const std::string& action) const override {
    if (action == "load_weight") return cells().energy(query, action);
    const double lanes = query.attribute("rows");
    if (action == "idle_cycle")
      return scaled(cells().energy(query, "gated_mac"), lanes,
                    fmt::format("{} lanes", short_number(lanes)));
    warn(query);
    const std::string format = query.label("format");
    const int iterations = this->iterations(query);
    return scaled(
        cells().energy(query, "mac"), lanes / iterations,
        fmt::format("{} lanes / {} iterations of {}", short_number(lanes), iterations, format));
  }

  std::optional<Price> area(const Query& query) const override {
    warn(query);
    return cells().area(query);
  }

  std::optional<Price> static_power(const Query& query) const override {
    return cells().static_power(query);
  }

 private:
  static void warn(const Query& query) {
    query.warn(
        "no synthesis result of such inner-product units is used: energy and area are those "
        "of multipliers of the widest format");
  }

  static int iterations(const Query& query) {
    const std::string format = query.label("format");
    const auto known = numerics::inner_product::format_named(format);
    if (!known)
      throw Error(bad_attribute)
          .say("component " + query.component.name)
          .read(format)
          .expected("a format that inner-product units multiply");
    const auto digits = [&](const char* key) {
      return numerics::inner_product::digit_count(*known,
                                                  static_cast<int>(query.attribute(key, 4)));
    };
    return digits("digit_a") * digits("digit_b");
  }
};

const Registration registration{std::make_shared<InnerProduct>()};

bool fits(const SynthesisResult& result, const Component& component) {
  static const std::vector<Width> widths{{"rows", "Lanes", 16},
                                         {"window", "Width", 16},
                                         {"digit_a", "DigitA", 4},
                                         {"digit_b", "DigitB", 4},
                                         {"fraction", "FractionWidth", 30},
                                         {"software_precision", "SoftwarePrecision", 28},
                                         {"growth", "Growth", 10},
                                         {"multi_cycle", "MultiCycle", 1},
                                         {"mask_zeros", "MaskZeros", 1},
                                         {"formats", "Formats", 0}};
  return result.unit == "ipu" && result.action == "product" && result.actions > 0 &&
         result.cycles > 0 && has_widths(widths, result, component);
}

class SynthesisedInnerProduct final : public InnerProduct {
 public:
  explicit SynthesisedInnerProduct(SynthesisResult result) : result_(std::move(result)) {}

  Price energy(const Query& query, const std::string& action) const override {
    if (action != "cycle") return InnerProduct::energy(query, action);
    const SynthesisResult& r = result_;
    const double per_cycle = r.actions / r.cycles;
    return synthesised_energy(
        query.technology, r, r.energy * per_cycle,
        fmt::format("{} pJ per {} of {} x {} per cycle of its run", short_number(r.energy),
                    r.action, r.unit, short_number(per_cycle)));
  }

  std::optional<Price> area(const Query& query) const override {
    const Technology& t = query.technology;
    const SynthesisResult& r = result_;
    const double units = query.attribute("columns") * query.attribute("units", 1);
    const double share = query.attribute("ehu_share", 1);
    double exponents = 0;
    for (const SynthesisBlock& block : r.blocks)
      if (block.name == "u_ehu") exponents += block.area;
    return placed(t, synthesised_area(
                         t, r, (r.area - exponents + exponents / share) * units,
                         fmt::format("({} um2 of {} - {} x (1 - 1 / {}) of exponents shared) x {}",
                                     short_number(r.area), r.unit, short_number(exponents),
                                     short_number(share), short_number(units))));
  }

  std::optional<Price> static_power(const Query& query) const override {
    return logic_leakage(query.technology, *area(query));
  }

 private:
  SynthesisResult result_;
};

}  // namespace

EstimatorSource synthesised_inner_products(std::vector<SynthesisResult> results) {
  return [results = std::move(results)](const Component& c) -> std::shared_ptr<const Estimator> {
    if (c.kind != "inner_product") return nullptr;
    for (const SynthesisResult& result : results)
      if (fits(result, c)) return std::make_shared<SynthesisedInnerProduct>(result);
    return nullptr;
  };
}

}  // namespace mantissa::power
