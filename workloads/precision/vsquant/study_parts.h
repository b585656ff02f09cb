// SPDX-License-Identifier: Apache-2.0
// The parts of the study `vsquant`; each adds its tables, figures and comparisons to a result.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "workloads/executor/torch.h"
#include "workloads/precision/vsquant/config.h"
#include "workloads/precision/vsquant/format_cost.h"
#include "workloads/study/experiment.h"

namespace mantissa::workloads::vsquant {

inline const ErrorKind no_vector_macs{"vsquant.chip", ExitCode::bad_input,
                                      "A chip whose matrix unit is not one of vector MACs."};

// Called between steps of a part; throws when the study is to stop.
using Progress = std::function<void(double fraction, const std::string& step)>;

// What the definition demands of any implementation, figure by figure, beside what this one gives.
// A check that is demanded and does not hold fails the study, with a warning that names it; one
// that is observed only says why nobody can demand it.
class Checks {
 public:
  void near(int check, const std::string& what, double expected, double ours, double tolerance = 0);
  // An ordering: each figure below the next, or not above it.
  enum class Step { below, not_above };
  using Figures = std::vector<std::pair<std::string, double>>;
  void rising(int check, const std::string& what, const Figures& figures, Step step = Step::below);
  void observed(int check, const std::string& what, const Figures& figures, Step step,
                const std::string& why);
  void move_to(StudyResult& result);

 private:
  void add(int check, const std::string& what, const std::string& expected, const std::string& ours,
           bool holds, const std::string& why_not_demanded);

  std::vector<std::string> failed_;
  ResultTable table_{
      "checks",
      "What the definition demands, and what is found",
      {{"check", ""}, {"of", ""}, {"expected", ""}, {"ours", ""}, {"holds", ""}, {"demanded", ""}},
      {}};
};

// What a format leaves: of drawn networks' outputs, and of trained networks' tests.
struct FormatLoss {
  LayerFormat format;
  std::vector<std::optional<double>> sqnr;  // dB, one per drawn network; nothing: not a bit lost
  std::vector<double> error;                // a fraction, one per task
  std::vector<std::optional<double>> tuned;
  double gated = 0;  // share of all vectors whose scale product was zero, padding of images aside
};

// A format per layer, on the network of one task.
struct MixedLoss {
  std::size_t task = 0;
  double error = 0;                // a fraction
  std::vector<LayerShare> layers;  // those with a format
  std::size_t unformatted = 0;     // layers that compute in fp32
};

struct Losses {
  std::vector<FormatLoss> formats;
  std::vector<MixedLoss> mixed;
};

// 1. Losses of formats on samples of known distributions, and the arithmetic's own figures.
void add_definition(const VsQuantConfig& config, const Progress& progress, Checks& checks,
                    StudyResult& result);

// 2. Networks in every format.
Losses add_networks(const VsQuantConfig& config, StudyContext& context, const Progress& progress,
                    double from, double to, Checks& checks, StudyResult& result);

// Normal samples, or indices where the network takes those.
at::Tensor drawn_input(const DrawnNetwork& network, std::uint64_t seed);

// 3. What the formats' datapaths cost, and cost against loss.
std::vector<FormatCost> add_costs(const VsQuantConfig& config, const Losses& losses,
                                  FormatCosts& costs, Checks& checks, StudyResult& result);
// Whether no other priced format beats format i in both loss and energy; loss is the SQNR of the
// first drawn network, without one the error of the first task, without either nothing is on it.
bool on_front(const std::vector<FormatLoss>& losses, const std::vector<FormatCost>& costs,
              std::size_t i);
// Published savings beside every format that may be meant.
void add_headlines(const VsQuantConfig& config, const std::vector<FormatLoss>& losses,
                   FormatCosts& costs, StudyResult& result);

// Figures of loss against cost; of cores, too, where their tables are in the result.
void add_figures(const VsQuantConfig& config, const std::vector<FormatLoss>& losses,
                 const std::vector<FormatCost>& costs, StudyResult& result);

// 4. The same with the memories of a core, on a workload. The baseline's core has to be there.
// The chip and the workload, looked up before anything takes long.
void check_cores(const VsQuantConfig& config, StudyContext& context);
void add_cores(const VsQuantConfig& config, StudyContext& context, const Progress& progress,
               StudyResult& result);

// 5. The follow-up chip beside its published figures.
void add_follow_up(const VsQuantConfig& config, StudyContext& context, const Progress& progress,
                   StudyResult& result);

}  // namespace mantissa::workloads::vsquant
