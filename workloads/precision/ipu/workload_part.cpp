// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>
#include <tuple>

#include "workloads/precision/ipu/study_parts.h"

namespace mantissa::workloads::ipu {
namespace {

// A pass of a network, with the law that its inputs' exponents follow.
struct Pass {
  std::string workload, name, law;
};

class WorkloadPart {
 public:
  WorkloadPart(const IpuStudyConfig& config, StudyContext& context)
      : config_(config), context_(context) {}

  // Units of a tile of the chip, whose model is `ipu`.
  std::int64_t tile() const {
    const arch::MatrixConfig m = context_.chip(config_.chip, {}).arch.core.matrix;
    return m.columns * m.ipu->pixels;
  }

  // Busy cycles of the matrix units and cycles of the whole chip.
  struct Time {
    double busy = 0, chip = 0;
  };
  Time time(const Pass& pass, std::int64_t window, std::int64_t cluster) {
    const auto [found, fresh] = known_.try_emplace({pass.workload + pass.name, window, cluster});
    if (!fresh) return found->second;
    const std::string unit = "core.matrix.ipu.";
    const StudyChip chip = context_.chip(
        config_.chip,
        {fmt::format("{}window={}", unit, window), fmt::format("{}cluster={}", unit, cluster),
         fmt::format("{}fraction={}", unit, config_.fraction),
         fmt::format("{}buffer={}", unit, config_.buffer),
         fmt::format("{}software_precision={}", unit, config_.software_precisions.back()),
         fmt::format("{}octaves={}", unit, config_.octaves), unit + "operands=" + pass.law});
    arch::Session session(chip.arch, chip.technology);
    const arch::RunResult r = session.run({trace(pass)}, {});
    return found->second = {static_cast<double>(r.matrix.busy.value),
                            static_cast<double>(r.cycles.value)};
  }

 private:
  const trace::Trace& trace(const Pass& pass) {
    const auto [found, fresh] = traces_.try_emplace(pass.workload + pass.name);
    if (fresh)
      found->second =
          context_.workload(pass.workload, {"format=fp16", "pass=" + pass.name}).traces.front();
    return found->second;
  }

  const IpuStudyConfig& config_;
  StudyContext& context_;
  std::map<std::tuple<std::string, std::int64_t, std::int64_t>, Time> known_;
  std::map<std::string, trace::Trace> traces_;
};

}  // namespace

void add_workloads(const IpuStudyConfig& config, StudyContext& context, const Progress& progress,
                   StudyResult& result) {
  std::vector<Pass> passes;
  for (const std::string& w : config.workloads) passes.push_back({w, "forward", "relu"});
  for (const std::string& w : config.backward) passes.push_back({w, "backward", "spread"});
  if (passes.empty()) return;

  WorkloadPart part(config, context);
  const std::int64_t tile = part.tile();
  ResultTable table{"workloads",
                    "Time of whole networks in FP16, 1: a tree that never stalls",
                    {{"workload", ""},
                     {"pass", ""},
                     {"operands", ""},
                     {"w", "bit"},
                     {"cluster", ""},
                     {"matrix units", "1"},
                     {"whole chip", "1"},
                     {"cycles", "1e6"}},
                    {}};
  Figure by_window{"workload_time_by_window",
                   "Time of networks in FP16, a tile that stalls as one",
                   FigureKind::line,
                   {"w, bit", false},
                   {"time of the matrix units, 1: never stalls", false},
                   {},
                   {}};
  Figure by_cluster{
      "workload_time_by_cluster",
      fmt::format("Time of networks in FP16 by size of cluster, w = {}", config.workload_window),
      FigureKind::line,
      {"units that stall together", true},
      {"time of the matrix units, 1: never stalls", false},
      {},
      {}};
  const double all = static_cast<double>(passes.size());
  double done = 0;
  for (const Pass& pass : passes) {
    const std::string label = fmt::format("{}, {}", pass.workload, pass.name);
    progress(done++ / all, "time of " + label);
    const auto baseline = part.time(pass, config.baseline, 0);
    const auto row = [&](std::int64_t w, std::int64_t cluster, Series& series, double x) {
      const auto t = part.time(pass, w, cluster);
      const double busy = t.busy / baseline.busy;
      // Nothing may be faster than what never stalls.
      if (w <= config.baseline && busy < 1) {
        result.passed = false;
        result.warnings.push_back(fmt::format("{}, w = {}, clusters of {}: faster than w = {}",
                                              label, w, cluster, config.baseline));
      }
      table.rows.push_back({pass.workload, pass.name, pass.law, w,
                            cluster == 0 ? Cell("tile") : Cell(cluster), busy,
                            t.chip / baseline.chip, t.chip * 1e-6});
      series.x.push_back(x);
      series.y.push_back(busy);
    };
    Series windows{label, {}, {}, {}, {}}, clusters{label, {}, {}, {}, {}};
    for (const std::int64_t w : config.windows) row(w, 0, windows, static_cast<double>(w));
    for (const std::int64_t cluster : config.clusters)
      if (tile % cluster == 0)
        row(config.workload_window, cluster, clusters, static_cast<double>(cluster));
    by_window.series.push_back(std::move(windows));
    by_cluster.series.push_back(std::move(clusters));
  }
  result.tables.push_back(std::move(table));
  result.figures.push_back(std::move(by_window));
  result.figures.push_back(std::move(by_cluster));
  result.notes.push_back(fmt::format(
      "workloads: whole networks on {} in shape mode. Exponents follow a law: forward, inputs are "
      "normal numbers clipped at 0; backward, gradients that lie in each of {} octaves as often "
      "(assumed: no figure is known); weights are normal throughout",
      config.chip, config.octaves));
}

}  // namespace mantissa::workloads::ipu
