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
#include "power/technology_scaling.h"

namespace mantissa::power {
namespace {

const Estimator& cells() { return *table_estimators().at("mac_array"); }

class InnerProduct : public Estimator {
 public:
  std::string kind() const override { return "inner_product"; }
  std::vector<std::string> attributes() const override {
    return {"rows", "columns", "units", "window", "fraction", "digit_a", "digit_b", "ehu_share"};
  }
  std::vector<std::string> labels() const override {
    return {"format", "formats", "growth", "software_precision", "multi_cycle", "mask_zeros"};
  }
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

// Parameter of ipu.sv; attribute, or label where zero is a value; what both are where nothing is
// said.
struct Parameter {
  const char* name;
  const char* key;
  std::int64_t fallback;
};
constexpr Parameter of_attributes[] = {{"Lanes", "rows", 16},
                                       {"Width", "window", 16},
                                       {"DigitA", "digit_a", 4},
                                       {"DigitB", "digit_b", 4},
                                       {"FractionWidth", "fraction", 30}};
constexpr Parameter of_labels[] = {{"SoftwarePrecision", "software_precision", 28},
                                   {"Growth", "growth", 10},
                                   {"MultiCycle", "multi_cycle", 1},
                                   {"MaskZeros", "mask_zeros", 1},
                                   {"Formats", "formats", 0}};

std::int64_t value_of(const SynthesisResult& result, const Parameter& p) {
  const auto found = result.parameters.find(p.name);
  return found == result.parameters.end() ? p.fallback : found->second;
}

bool fits(const SynthesisResult& result, const Component& component) {
  if (result.unit != "ipu" || result.action != "product") return false;
  if (result.actions == 0 || result.cycles == 0) return false;
  const bool attributes =
      std::all_of(std::begin(of_attributes), std::end(of_attributes), [&](const Parameter& p) {
        const auto found = component.attributes.find(p.key);
        return (found == component.attributes.end()
                    ? static_cast<double>(p.fallback)
                    : found->second) == static_cast<double>(value_of(result, p));
      });
  return attributes &&
         std::all_of(std::begin(of_labels), std::end(of_labels), [&](const Parameter& p) {
           const auto found = component.labels.find(p.key);
           return (found == component.labels.end() ? std::to_string(p.fallback) : found->second) ==
                  std::to_string(value_of(result, p));
         });
}

class SynthesisedInnerProduct final : public InnerProduct {
 public:
  explicit SynthesisedInnerProduct(SynthesisResult result) : result_(std::move(result)) {}

  Price energy(const Query& query, const std::string& action) const override {
    if (action != "cycle") return InnerProduct::energy(query, action);
    const Technology& t = query.technology;
    const SynthesisResult& r = result_;
    const bool here = r.node == t.node() && r.voltage == t.voltage();
    const double per_cycle = r.actions / r.cycles;
    return moved(t, r.energy * per_cycle, "pJ",
                 fmt::format("{} pJ per {} of {} x {} per cycle of its run", short_number(r.energy),
                             r.action, r.unit, short_number(per_cycle)),
                 energy_ratio(r.node, r.voltage, t.node(), t.voltage()),
                 here ? ""
                      : fmt::format("{} nm, {} V to {} nm, {} V", short_number(r.node.value),
                                    short_number(r.voltage.value), short_number(t.node().value),
                                    short_number(t.voltage().value)));
  }

  std::optional<Price> area(const Query& query) const override {
    const Technology& t = query.technology;
    const SynthesisResult& r = result_;
    const double units = query.attribute("columns") * query.attribute("units", 1);
    const double share = query.attribute("ehu_share", 1);
    double exponents = 0;
    for (const SynthesisBlock& block : r.blocks)
      if (block.name == "u_ehu") exponents += block.area;
    return placed(
        t, moved(t, (r.area - exponents + exponents / share) * units, "um2",
                 fmt::format("({} um2 of {} - {} x (1 - 1 / {}) of exponents shared) x {}",
                             short_number(r.area), r.unit, short_number(exponents),
                             short_number(share), short_number(units)),
                 area_ratio(r.node, t.node()),
                 r.node == t.node() ? ""
                                    : fmt::format("{} nm to {} nm", short_number(r.node.value),
                                                  short_number(t.node().value))));
  }

  std::optional<Price> static_power(const Query& query) const override {
    return logic_leakage(query.technology, *area(query));
  }

 private:
  // A figure of the result, moved by `k` to the technology; `at` says from where to where.
  Price moved(const Technology& technology, double value, const char* unit, std::string figure,
              const Factor& k, const std::string& at) const {
    const SynthesisResult& r = result_;
    std::string source = fmt::format("{}: {}, {} at {} nm, {} V", r.file, r.tools, r.library,
                                     short_number(r.node.value), short_number(r.voltage.value));
    if (!at.empty()) {
      figure += fmt::format(" x {} from {}{}", short_number(k.value), at,
                            k.note.empty() ? "" : " (" + k.note + ")");
      source += "; Stillmaker and Baas, Integration 58 (2017)";
    }
    return {value * k.value,
            unit,
            technology.node(),
            technology.voltage(),
            at.empty() ? Method::synthesised : Method::derived,
            source,
            figure};
  }

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
