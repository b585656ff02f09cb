// SPDX-License-Identifier: Apache-2.0
#include "power/estimators/synthesised.h"

#include <fmt/format.h>

#include <algorithm>

#include "power/estimators/parts.h"
#include "power/estimators/synthesised_figure.h"
#include "power/format_cost.h"

namespace mantissa::power {
namespace {

// Whether a figure stands for the table's or for something that the tables leave out.
enum class Stands { instead, beside };

// Which unit prices what of a kind, where it fits, and how much of the component one unit makes up.
struct Rule {
  const char* kind;
  const char* unit;
  const char* action;  // of the unit
  // Of the component: operations of the unit that it takes, one behind the other. A result without
  // energies by operation has the mean over all for each.
  std::map<std::string, std::vector<std::string>> actions;
  bool (*fits)(const SynthesisResult& result, const Query& query);
  double (*parts)(const SynthesisResult& result);  // in the unit
  double (*wanted)(const Query& query);            // in the component
  Stands energy = Stands::instead, area = Stands::instead;
};

bool fits_vector_mac(const SynthesisResult& result, const Query& query) {
  static const std::vector<Width> widths{
      {"vector_length", "VectorLength"},         {"weight_bits", "WeightWidth"},
      {"activation_bits", "ActivationWidth"},    {"activation_signed", "ActivationSigned", 1},
      {"weight_scale_bits", "WeightScaleWidth"}, {"activation_scale_bits", "ActivationScaleWidth"},
      {"product_bits", "ProductWidth"},          {"accumulator_bits", "AccumulatorWidth"}};
  return has_widths(widths, result, query.component);
}

bool fits_post_processor(const SynthesisResult& result, const Query& query) {
  static const std::vector<Width> widths{
      {"vector_length", "VectorLength"}, {"accumulator_bits", "AccumulatorWidth"},
      {"output_bits", "OutputWidth"},    {"output_signed", "OutputSigned", 1},
      {"scale_bits", "ScaleWidth"},      {"fraction_bits", "FractionBits", 4},
      {"scale_first", "ScaleFirst", 1}};
  return has_widths(widths, result, query.component);
}

bool fits_mac(const SynthesisResult& result, const Query& query) {
  const std::string format = query.label("format");
  const std::string sum = query.label("accumulate", default_accumulator(format));
  const std::int64_t code = parameter(result, "Format", 0);
  return (code == 0 && format == "int8" && sum == "int32") ||
         (code == 1 && format == "bf16" && sum == "fp32");
}

bool fits_vector_alu(const SynthesisResult& result, const Query& query) {
  return query.label("format") == (parameter(result, "Format", 0) == 0 ? "int32" : "fp32");
}

bool fits_requantize(const SynthesisResult& result, const Query& query) {
  return query.label("format") == "int32" && parameter(result, "OutputWidth", 8) == 8;
}

double lanes_of(const SynthesisResult& result) {
  return static_cast<double>(parameter(result, "Lanes", 1));
}
double lanes_wanted(const Query& query) { return query.attribute("lanes"); }
double one(const SynthesisResult&) { return 1; }

const std::vector<Rule>& rules() {
  static const std::vector<Rule> all{
      {"mac_array",
       "mac",
       "mac",
       {{"mac", {}}},
       fits_mac,
       one,
       [](const Query& q) {
         return q.attribute("rows") * q.attribute("columns") * q.attribute("units", 1);
       }},
      {"vector_alu",
       "vector_alu",
       "element",
       {{"add", {"add"}},
        {"subtract", {"sub"}},
        {"compare", {"less"}},
        {"max", {"maximum"}},
        {"min", {"minimum"}},
        {"select", {"where"}},
        {"move", {"where"}},
        {"shift", {"shift"}},
        {"multiply", {"mul"}},
        {"multiply_add", {"mul", "add"}}},
       fits_vector_alu,
       lanes_of,
       lanes_wanted},
      {"vector_alu",
       "requantize",
       "element",
       {{"requantize", {}}},
       fits_requantize,
       lanes_of,
       lanes_wanted,
       Stands::instead,
       Stands::beside},
      {"dma",
       "dma_agu",
       "address",
       {{"descriptor", {}}},
       [](const SynthesisResult&, const Query&) { return true; },
       one,
       [](const Query& q) { return q.attribute("channels", 1); },
       Stands::beside,
       Stands::beside},
      {"vector_mac",
       "vsq",
       "vector",
       {{"vector", {}}},
       fits_vector_mac,
       one,
       [](const Query& q) { return q.attribute("lanes") * q.attribute("units", 1); }},
      {"post_processor",
       "vsq_ppu",
       "vector",
       {{"vector", {}}},
       fits_post_processor,
       one,
       [](const Query& q) { return q.attribute("units", 1); }}};
  return all;
}

// In place of the table's price, which stands behind the formula: the two are far apart where a
// unit holds more than the tables count.
Price joined(const Price& price, const Price& table, Stands stands) {
  if (stands == Stands::beside) return sum(table, price);
  Price result = price;
  result.formula += fmt::format("; the tables say {} {}", short_number(table.value), table.unit);
  return result;
}

struct Match {
  const Rule* rule;
  const SynthesisResult* result;
};

class Synthesised final : public Estimator {
 public:
  Synthesised(std::shared_ptr<const std::vector<SynthesisResult>> results,
              std::shared_ptr<const Estimator> table)
      : results_(std::move(results)), table_(std::move(table)) {}

  std::string kind() const override { return table_->kind(); }
  std::vector<std::string> attributes() const override { return table_->attributes(); }
  std::vector<std::string> may_be_zero() const override { return table_->may_be_zero(); }
  std::vector<std::string> labels() const override { return table_->labels(); }
  std::vector<std::string> actions(const Technology& t) const override {
    return table_->actions(t);
  }
  std::string static_action() const override { return table_->static_action(); }

  Price energy(const Query& query, const std::string& action) const override {
    const Price table = table_->energy(query, action);
    for (const auto& [rule, result] : matches(query)) {
      const auto mine = rule->actions.find(action);
      if (mine == rule->actions.end()) continue;
      return joined(price_of(query.technology, *result, mine->second), table, rule->energy);
    }
    return table;
  }

  std::optional<Price> area(const Query& query) const override {
    const auto table = table_->area(query);
    const auto mine = area_of_units(query);
    return table && mine ? joined(mine->first, *table, mine->second) : table;
  }

  std::optional<Price> static_power(const Query& query) const override {
    const auto table = table_->static_power(query);
    const auto placed_cells = area_of_units(query);
    if (!placed_cells) return table;
    const Price leakage = logic_leakage(query.technology, placed_cells->first);
    return table && placed_cells->second == Stands::beside ? sum(*table, leakage) : leakage;
  }

 private:
  // Of each rule of this kind the first result that fits.
  std::vector<Match> matches(const Query& query) const {
    std::vector<Match> all;
    for (const Rule& rule : rules()) {
      if (rule.kind != table_->kind()) continue;
      for (const auto& result : *results_)
        if (result.unit == rule.unit && result.action == rule.action && rule.fits(result, query)) {
          all.push_back({&rule, &result});
          break;
        }
    }
    return all;
  }

  static Price price_of(const Technology& t, const SynthesisResult& r,
                        const std::vector<std::string>& operations) {
    if (operations.empty()) return moved_energy(t, r, r.energy, r.action);
    std::optional<Price> all;
    for (const std::string& operation : operations) {
      const auto known = r.operations.find(operation);
      const Price price =
          known == r.operations.end()
              ? moved_energy(t, r, r.energy, r.action + ", a mean over operations,")
              : moved_energy(t, r, known->second, r.action + " (" + operation + ")");
      all = all ? sum(*all, price) : price;
    }
    return *all;
  }

  static Price moved_energy(const Technology& t, const SynthesisResult& r, double energy,
                            const std::string& action) {
    return synthesised_energy(
        t, r, energy, fmt::format("{} pJ per {} of {}", short_number(energy), action, r.unit));
  }

  // Of all units that make up the component; instead of the table's where one of them is.
  std::optional<std::pair<Price, Stands>> area_of_units(const Query& query) const {
    std::optional<std::pair<Price, Stands>> all;
    const Technology& t = query.technology;
    for (const auto& [rule, result] : matches(query)) {
      const double parts = rule->parts(*result), wanted = rule->wanted(query);
      const Price price = placed(
          t,
          synthesised_area(t, *result, result->area * wanted / parts,
                           fmt::format("{} um2 of {} x {} / {}", short_number(result->area),
                                       result->unit, short_number(wanted), short_number(parts))));
      if (!all) {
        all = {price, rule->area};
        continue;
      }
      all->first = sum(all->first, price);
      if (rule->area == Stands::instead) all->second = Stands::instead;
    }
    return all;
  }

  std::shared_ptr<const std::vector<SynthesisResult>> results_;
  std::shared_ptr<const Estimator> table_;
};

}  // namespace

EstimatorSource synthesised(std::vector<SynthesisResult> results) {
  auto shared = std::make_shared<const std::vector<SynthesisResult>>(std::move(results));
  return [shared](const Component& c) -> std::shared_ptr<const Estimator> {
    for (const Rule& rule : rules())
      if (c.kind == rule.kind)
        return std::make_shared<Synthesised>(shared, table_estimators().at(c.kind));
    return nullptr;
  };
}

std::vector<std::string> units_that_price() {
  std::vector<std::string> units{"ipu"};  // inner_product.cpp
  for (const Rule& rule : rules())
    if (std::find(units.begin(), units.end(), rule.unit) == units.end())
      units.emplace_back(rule.unit);
  return units;
}

}  // namespace mantissa::power
