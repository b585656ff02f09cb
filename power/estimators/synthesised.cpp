// SPDX-License-Identifier: Apache-2.0
#include "power/estimators/synthesised.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "power/estimators/parts.h"
#include "power/estimators/synthesised_figure.h"
#include "power/format_cost.h"

namespace mantissa::power {
namespace {

// Whether a figure stands for the table's or for something that the tables leave out.
enum class Stands { instead, beside };

// In place of an operation's name: a cycle without inputs.
constexpr const char* idle = "";

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
  // A unit of these widths. The nearest result prices other ones, by the ratio of the tables'
  // prices.
  const std::vector<Width>& (*widths)() = nullptr;
};

const std::vector<Width>& vector_mac_widths() {
  static const std::vector<Width> widths{
      {"vector_length", "VectorLength"},         {"weight_bits", "WeightWidth"},
      {"activation_bits", "ActivationWidth"},    {"activation_signed", "ActivationSigned", 1},
      {"weight_scale_bits", "WeightScaleWidth"}, {"activation_scale_bits", "ActivationScaleWidth"},
      {"product_bits", "ProductWidth"},          {"accumulator_bits", "AccumulatorWidth"}};
  return widths;
}

const std::vector<Width>& post_processor_widths() {
  static const std::vector<Width> widths{
      {"vector_length", "VectorLength"}, {"accumulator_bits", "AccumulatorWidth"},
      {"output_bits", "OutputWidth"},    {"output_signed", "OutputSigned", 1},
      {"scale_bits", "ScaleWidth"},      {"fraction_bits", "FractionBits", 4},
      {"scale_first", "ScaleFirst", 1}};
  return widths;
}

bool fits_any(const SynthesisResult&, const Query&) { return true; }

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
       fits_any,
       one,
       [](const Query& q) { return q.attribute("channels", 1); },
       Stands::beside,
       Stands::beside},
      {"vector_mac",
       "vsq",
       "vector",
       {{"vector", {"vector"}}, {"gated_vector", {"gated_vector"}}, {"idle_cycle", {idle}}},
       fits_any,
       one,
       [](const Query& q) { return q.attribute("lanes") * q.attribute("units", 1); },
       Stands::instead,
       Stands::instead,
       vector_mac_widths},
      {"post_processor",
       "vsq_ppu",
       "vector",
       {{"vector", {}}},
       fits_any,
       one,
       [](const Query& q) { return q.attribute("units", 1); },
       Stands::instead,
       Stands::instead,
       post_processor_widths}};
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
  std::optional<Component> like;  // of the result's widths, where the component has others
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
    for (const Match& match : matches(query)) {
      const auto mine = match.rule->actions.find(action);
      if (mine == match.rule->actions.end()) continue;
      Price price = price_of(query.technology, *match.result, mine->second);
      if (match.like)
        price = of_others(price, query, match,
                          table.value / table_->energy(like(query, match), action).value);
      return joined(price, table, match.rule->energy);
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
  // Of each rule of this kind the first result that fits, or the one with the nearest widths.
  std::vector<Match> matches(const Query& query) const {
    std::vector<Match> all;
    for (const Rule& rule : rules()) {
      if (rule.kind != table_->kind()) continue;
      std::vector<const SynthesisResult*> fitting;
      for (const auto& result : *results_)
        if (result.unit == rule.unit && result.action == rule.action && rule.fits(result, query))
          fitting.push_back(&result);
      if (fitting.empty()) continue;
      if (rule.widths == nullptr)
        all.push_back({&rule, fitting.front(), {}});
      else
        all.push_back(nearest(rule, fitting, query));
    }
    return all;
  }

  // The results that have what the component has (scales, a rounded product, signed elements), of
  // these the one whose area the tables put nearest.
  Match nearest(const Rule& rule, const std::vector<const SynthesisResult*>& results,
                const Query& query) const {
    const auto& widths = rule.widths();
    Match best{&rule, nullptr, {}};
    std::pair<int, double> least{};
    const double own = table_->area(query)->value;
    for (const SynthesisResult* result : results) {
      if (has_widths(widths, *result, query.component)) return {&rule, result, {}};
      Component other = query.component;
      int lacks = 0;
      for (const Width& width : widths) {
        const double theirs =
            static_cast<double>(parameter(*result, width.parameter, width.fallback));
        const double mine = query.attribute(width.attribute, static_cast<double>(width.fallback));
        lacks += (theirs == 0) != (mine == 0) ? 1 : 0;
        other.attributes[width.attribute] = theirs;
      }
      const Query as{other, query.technology, query.labels, nullptr};
      const std::pair distance{lacks, std::abs(std::log(own / table_->area(as)->value))};
      if (best.result != nullptr && !(distance < least)) continue;
      least = distance;
      best.result = result;
      best.like = std::move(other);
    }
    return best;
  }

  static Query like(const Query& query, const Match& match) {
    return {*match.like, query.technology, query.labels, nullptr};
  }

  // Of other widths than the result's: k times its price.
  static Price of_others(const Price& price, const Query& query, const Match& match, double k) {
    query.warn(
        fmt::format("no {} of these widths is synthesised: priced by {} and the ratio of the "
                    "tables' prices",
                    match.rule->unit, match.result->file));
    return scaled(price, k,
                  fmt::format("{} for other widths, by the tables' ratio,", short_number(k)));
  }

  static Price price_of(const Technology& t, const SynthesisResult& r,
                        const std::vector<std::string>& operations) {
    if (operations.empty() || (r.operations.empty() && operations.front() == r.action))
      return moved_energy(t, r, r.energy, r.action);
    if (operations.front() == idle) return moved_energy(t, r, r.idle, "idle cycle");
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
    for (const Match& match : matches(query)) {
      const SynthesisResult& result = *match.result;
      const double parts = match.rule->parts(result), wanted = match.rule->wanted(query);
      Price price = placed(
          t, synthesised_area(t, result, result.area * wanted / parts,
                              fmt::format("{} um2 of {} x {} / {}", short_number(result.area),
                                          result.unit, short_number(wanted), short_number(parts))));
      if (match.like)
        price = of_others(price, query, match,
                          table_->area(query)->value / table_->area(like(query, match))->value);
      if (!all) {
        all = {price, match.rule->area};
        continue;
      }
      all->first = sum(all->first, price);
      if (match.rule->area == Stands::instead) all->second = Stands::instead;
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
