// SPDX-License-Identifier: Apache-2.0
// The experiment `vsquant`: what a scale per vector is worth in accuracy, and what it costs in area
// and energy, against one scale per channel and against block formats (arXiv 2102.04503).
#include "workloads/study/experiment.h"

#include <fmt/format.h>

#include <algorithm>

#include "workloads/precision/vsquant/study_parts.h"

namespace mantissa::workloads::vsquant {

void Checks::add(int check, const std::string& what, const std::string& expected,
                 const std::string& ours, bool holds, const std::string& why_not_demanded) {
  const bool demanded = why_not_demanded.empty();
  if (demanded && !holds)
    failed_.push_back(fmt::format("check {} does not hold: {}; expected {}; ours {}", check, what,
                                  expected, ours));
  table_.rows.push_back({std::int64_t{check}, what, expected, ours, holds ? "yes" : "no",
                         demanded ? "yes" : "no: " + why_not_demanded});
}

void Checks::near(int check, const std::string& what, double expected, double ours,
                  double tolerance) {
  const bool holds = ours >= expected - tolerance && ours <= expected + tolerance;
  const std::string around = tolerance == 0 ? "" : fmt::format(" +- {:.2g}", tolerance);
  add(check, what, fmt::format("{:g}{}", expected, around), fmt::format("{:.6g}", ours), holds, "");
}

namespace {

struct Ordering {
  bool holds = true;
  std::string expected, ours;
};
Ordering ordering(const Checks::Figures& figures, Checks::Step step) {
  Ordering o;
  const char* sign = step == Checks::Step::below ? " < " : " <= ";
  for (std::size_t i = 0; i < figures.size(); ++i) {
    if (i > 0 && step == Checks::Step::below)
      o.holds = o.holds && figures[i - 1].second < figures[i].second;
    if (i > 0) o.holds = o.holds && figures[i - 1].second <= figures[i].second;
    o.expected += (i == 0 ? "" : sign) + figures[i].first;
    o.ours += fmt::format("{}{:.4g}", i == 0 ? "" : ", ", figures[i].second);
  }
  return o;
}

}  // namespace

void Checks::rising(int check, const std::string& what, const Figures& figures, Step step) {
  const Ordering o = ordering(figures, step);
  add(check, what, o.expected, o.ours, o.holds, "");
}

void Checks::observed(int check, const std::string& what, const Figures& figures, Step step,
                      const std::string& why) {
  const Ordering o = ordering(figures, step);
  add(check, what, o.expected, o.ours, o.holds, why);
}

void Checks::move_to(StudyResult& result) {
  result.passed = result.passed && failed_.empty();
  result.warnings.insert(result.warnings.end(), failed_.begin(), failed_.end());
  std::stable_sort(table_.rows.begin(), table_.rows.end(), [](const auto& a, const auto& b) {
    return std::get<std::int64_t>(a.front()) < std::get<std::int64_t>(b.front());
  });
  result.tables.insert(result.tables.begin(), std::move(table_));
}

namespace {

StudyResult run(const VsQuantConfig& config, StudyContext& context) {
  check_cores(config, context);
  StudyResult result;
  Checks checks;
  const auto part = [&](double from, double to) {
    return [&context, from, to](double fraction, const std::string& step) {
      if (context.interrupted()) throw Error(experiment_interrupted).at("the study vsquant");
      context.progress(from + (to - from) * fraction, step);
    };
  };
  const Losses losses = add_networks(config, context, part(0, 0.9), 0, 0.9, checks, result);
  add_definition(config, part(0.9, 0.97), checks, result);
  part(0.97, 1)(0, "areas and energies");
  FormatCosts prices(config.synthesis.text, config.inner_products.text);
  const auto costs = add_costs(config, losses, prices, checks, result);
  add_headlines(config, losses.formats, prices, result);
  add_cores(config, context, part(0.98, 0.99), result);
  add_follow_up(config, context, part(0.99, 1), result);
  add_figures(config, losses.formats, costs, result);
  checks.move_to(result);
  context.progress(1, "done");
  return result;
}

const ExperimentRegistration<VsQuantConfig> registration("vsquant", run);

}  // namespace
}  // namespace mantissa::workloads::vsquant
