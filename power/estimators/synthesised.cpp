// SPDX-License-Identifier: Apache-2.0
#include "power/estimators/synthesised.h"

#include <fmt/format.h>

#include <algorithm>

#include "power/estimators/parts.h"
#include "power/format_cost.h"
#include "power/technology_scaling.h"

namespace mantissa::power {
namespace {

std::int64_t parameter(const SynthesisResult& result, const std::string& name,
                       std::int64_t fallback) {
  const auto found = result.parameters.find(name);
  return found == result.parameters.end() ? fallback : found->second;
}

// Which unit prices a kind, where it fits, and how much of the component one unit makes up.
struct Rule {
  const char* kind;
  const char* unit;
  const char* action;  // of the unit
  std::vector<std::string> actions;
  bool (*fits)(const SynthesisResult& result, const Query& query);
  double (*parts)(const SynthesisResult& result);  // in the unit
  double (*wanted)(const Query& query);            // in the component
};

bool fits_mac(const SynthesisResult& result, const Query& query) {
  const std::string format = query.label("format");
  const std::string sum = query.label("accumulate", default_accumulator(format));
  const std::int64_t code = parameter(result, "Format", 0);
  return (code == 0 && format == "int8" && sum == "int32") ||
         (code == 1 && format == "bf16" && sum == "fp32");
}

const std::vector<Rule>& rules() {
  static const std::vector<Rule> all{
      {"mac_array",
       "mac",
       "mac",
       {"mac"},
       fits_mac,
       [](const SynthesisResult&) { return 1.0; },
       [](const Query& q) {
         return q.attribute("rows") * q.attribute("columns") * q.attribute("units", 1);
       }},
      {"vector_alu",
       "vector_alu",
       "element",
       {"add", "subtract", "compare", "max", "min", "select", "shift", "multiply", "move"},
       [](const SynthesisResult&, const Query& q) { return q.label("format") == "int32"; },
       [](const SynthesisResult& r) { return static_cast<double>(parameter(r, "Lanes", 1)); },
       [](const Query& q) { return q.attribute("lanes"); }}};
  return all;
}

// `figure` of the result, moved by `k` to the technology. `at` says from where to where.
Price moved(const SynthesisResult& result, const Technology& technology, double value,
            const char* unit, std::string figure, const Factor& k, const std::string& at) {
  std::string source =
      fmt::format("{}: {}, {} at {} nm, {} V", result.file, result.tools, result.library,
                  short_number(result.node.value), short_number(result.voltage.value));
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

// What the tables would have said stands behind the formula: the two are far apart where a unit
// holds more than the tables count.
Price beside(Price price, const Price& table) {
  price.formula += fmt::format("; the tables say {} {}", short_number(table.value), table.unit);
  return price;
}

class Synthesised final : public Estimator {
 public:
  Synthesised(const Rule& rule, SynthesisResult result, std::shared_ptr<const Estimator> table)
      : rule_(rule), result_(std::move(result)), table_(std::move(table)) {}

  std::string kind() const override { return table_->kind(); }
  std::vector<std::string> attributes() const override { return table_->attributes(); }
  std::vector<std::string> labels() const override { return table_->labels(); }
  std::vector<std::string> actions(const Technology& t) const override {
    return table_->actions(t);
  }
  std::string static_action() const override { return table_->static_action(); }

  Price energy(const Query& query, const std::string& action) const override {
    const Price table = table_->energy(query, action);
    const auto& mine = rule_.actions;
    if (std::find(mine.begin(), mine.end(), action) == mine.end() || !rule_.fits(result_, query))
      return table;
    const Technology& t = query.technology;
    const SynthesisResult& r = result_;
    const bool here = r.node == t.node() && r.voltage == t.voltage();
    const std::string at =
        here ? ""
             : fmt::format("{} nm, {} V to {} nm, {} V", short_number(r.node.value),
                           short_number(r.voltage.value), short_number(t.node().value),
                           short_number(t.voltage().value));
    return beside(moved(r, t, r.energy, "pJ",
                        fmt::format("{} pJ per {} of {}", short_number(r.energy), r.action, r.unit),
                        energy_ratio(r.node, r.voltage, t.node(), t.voltage()), at),
                  table);
  }

  std::optional<Price> area(const Query& query) const override {
    const auto table = table_->area(query);
    if (!table || !rule_.fits(result_, query)) return table;
    return beside(synthesised_area(query), *table);
  }

  std::optional<Price> static_power(const Query& query) const override {
    if (!rule_.fits(result_, query)) return table_->static_power(query);
    return logic_leakage(query.technology, synthesised_area(query));
  }

 private:
  Price synthesised_area(const Query& query) const {
    const Technology& t = query.technology;
    const SynthesisResult& r = result_;
    const double parts = rule_.parts(r), wanted = rule_.wanted(query);
    const std::string at = r.node == t.node()
                               ? ""
                               : fmt::format("{} nm to {} nm", short_number(r.node.value),
                                             short_number(t.node().value));
    return placed(t, moved(r, t, r.area * wanted / parts, "um2",
                           fmt::format("{} um2 of {} x {} / {}", short_number(r.area), r.unit,
                                       short_number(wanted), short_number(parts)),
                           area_ratio(r.node, t.node()), at));
  }

  const Rule& rule_;
  SynthesisResult result_;
  std::shared_ptr<const Estimator> table_;
};

}  // namespace

EstimatorSource synthesised(std::vector<SynthesisResult> results) {
  return [results = std::move(results)](const Component& c) -> std::shared_ptr<const Estimator> {
    for (const Rule& rule : rules()) {
      if (c.kind != rule.kind) continue;
      for (const auto& result : results)
        if (result.unit == rule.unit && result.action == rule.action)
          return std::make_shared<Synthesised>(rule, result, table_estimators().at(c.kind));
    }
    return nullptr;
  };
}

}  // namespace mantissa::power
