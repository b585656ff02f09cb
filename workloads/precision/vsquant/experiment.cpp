// SPDX-License-Identifier: Apache-2.0
// The experiment `vsquant`: what a scale per vector is worth in accuracy, and what it costs in area
// and energy, against one scale per channel and against block formats (arXiv 2102.04503).
#include "workloads/study/experiment.h"

#include <fmt/format.h>

#include "workloads/precision/vsquant/study_parts.h"

namespace mantissa::workloads::vsquant {

void Checks::near(int check, const std::string& what, double expected, double ours,
                  double tolerance) {
  const bool holds = ours >= expected - tolerance && ours <= expected + tolerance;
  passed_ = passed_ && holds;
  const std::string around = tolerance == 0 ? "" : fmt::format(" +- {:g}", tolerance);
  table_.rows.push_back({std::int64_t{check}, what, fmt::format("{:g}{}", expected, around),
                         fmt::format("{:.6g}", ours), holds ? "yes" : "no"});
}

void Checks::rising(int check, const std::string& what,
                    const std::vector<std::pair<std::string, double>>& figures, Step step) {
  bool holds = true;
  std::string expected, ours;
  const char* sign = step == Step::below ? " < " : " <= ";
  for (std::size_t i = 0; i < figures.size(); ++i) {
    if (i > 0 && step == Step::below) holds = holds && figures[i - 1].second < figures[i].second;
    if (i > 0) holds = holds && figures[i - 1].second <= figures[i].second;
    expected += (i == 0 ? "" : sign) + figures[i].first;
    ours += fmt::format("{}{:.4g}", i == 0 ? "" : ", ", figures[i].second);
  }
  passed_ = passed_ && holds;
  table_.rows.push_back({std::int64_t{check}, what, expected, ours, holds ? "yes" : "no"});
}

void Checks::observed(int check, const std::string& what,
                      const std::vector<std::pair<std::string, double>>& figures) {
  const bool before = passed_;
  rising(check, what, figures);
  passed_ = before;
}

void Checks::move_to(StudyResult& result) {
  result.passed = result.passed && passed_;
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
  const auto losses = add_networks(config, context, part(0, 0.9), 0, 0.9, checks, result);
  add_definition(config, part(0.9, 0.97), checks, result);
  part(0.97, 1)(0, "areas and energies");
  add_costs(config, losses, checks, result);
  add_cores(config, context, part(0.98, 0.99), result);
  add_follow_up(config, context, part(0.99, 1), result);
  checks.move_to(result);
  context.progress(1, "done");
  return result;
}

const ExperimentRegistration<VsQuantConfig> registration("vsquant", run);

}  // namespace
}  // namespace mantissa::workloads::vsquant
