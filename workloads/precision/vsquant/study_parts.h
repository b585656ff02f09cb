// SPDX-License-Identifier: Apache-2.0
// The parts of the study `vsquant`; each adds its tables, figures and comparisons to a result.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "workloads/precision/vsquant/config.h"
#include "workloads/study/experiment.h"

namespace mantissa::workloads::vsquant {

inline const ErrorKind no_vector_macs{"vsquant.chip", ExitCode::bad_input,
                                      "A chip whose matrix unit is not one of vector MACs."};

// Called between steps of a part; throws when the study is to stop.
using Progress = std::function<void(double fraction, const std::string& step)>;

// What the definition demands of any implementation, figure by figure, beside what this one gives.
class Checks {
 public:
  // Within `tolerance` of what is expected. One that does not hold fails the study.
  void near(int check, const std::string& what, double expected, double ours, double tolerance = 0);
  // An ordering: each figure below the next, or not above it.
  enum class Step { below, not_above };
  void rising(int check, const std::string& what,
              const std::vector<std::pair<std::string, double>>& figures, Step step = Step::below);
  // The same of data that nobody promised: the study goes on without it.
  void observed(int check, const std::string& what,
                const std::vector<std::pair<std::string, double>>& figures);
  void move_to(StudyResult& result);

 private:
  bool passed_ = true;
  ResultTable table_{"checks",
                     "What the definition demands, and what is found",
                     {{"check", ""}, {"of", ""}, {"expected", ""}, {"ours", ""}, {"holds", ""}},
                     {}};
};

// What a format leaves: of drawn networks' outputs, and of trained networks' tests.
struct FormatLoss {
  LayerFormat format;
  std::vector<std::optional<double>> sqnr;  // dB, one per drawn network; nothing: not a bit lost
  std::vector<double> error;                // a fraction, one per task
  std::vector<std::optional<double>> tuned;
  double gated = 0;  // share of all vectors whose scale product rounded to zero
};

// 1. Losses of formats on samples of known distributions, and the arithmetic's own figures.
void add_definition(const VsQuantConfig& config, const Progress& progress, Checks& checks,
                    StudyResult& result);

// 2. Networks in every format.
std::vector<FormatLoss> add_networks(const VsQuantConfig& config, StudyContext& context,
                                     const Progress& progress, double from, double to,
                                     Checks& checks, StudyResult& result);

// 3. What the formats' datapaths cost, and cost against loss.
void add_costs(const VsQuantConfig& config, const std::vector<FormatLoss>& losses, Checks& checks,
               StudyResult& result);

// 4. The same with the memories of a core, on a workload. The baseline's core has to be there.
// The chip and the workload, looked up before anything takes long.
void check_cores(const VsQuantConfig& config, StudyContext& context);
void add_cores(const VsQuantConfig& config, StudyContext& context, const Progress& progress,
               StudyResult& result);

// 5. The follow-up chip beside its published figures.
void add_follow_up(const VsQuantConfig& config, StudyContext& context, const Progress& progress,
                   StudyResult& result);

}  // namespace mantissa::workloads::vsquant
