// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "workloads/precision/ipu/alignments.h"
#include "workloads/precision/ipu/published.h"
#include "workloads/precision/ipu/study_parts.h"
#include "workloads/precision/ipu/tile_time.h"
#include "workloads/precision/ipu/trace_operations.h"

namespace mantissa::workloads::ipu {
namespace {

class TimePart {
 public:
  TimePart(const IpuStudyConfig& config, StudyResult& result) : config_(config), result_(result) {
    for (const std::int64_t size : config.clusters)
      times_.columns.push_back({fmt::format("clusters of {}", size), "1"});
    const std::int64_t largest = config.clusters.back();
    window_figure_.title += largest == config.units ? ", a tile that stalls as one"
                                                    : fmt::format(", clusters of {}", largest);
  }

  // `law`: what the operations were drawn from, if from any.
  void add(const Operations& operations, const OperandLaw* law) {
    const Alignments alignments(operations);
    add_histogram(operations, alignments.histogram());
    for (const std::int64_t precision : config_.software_precisions) {
      Series by_window{operations.source, {}, {}, {}, {}};
      for (const std::int64_t w : config_.windows) {
        const auto parts = partitions(config_.unit(operations.lanes, w, precision), alignments);
        std::vector<Cell> row{operations.source, std::int64_t{operations.lanes}, precision, w};
        Series by_cluster{fmt::format("{}, w = {}", operations.source, w), {}, {}, {}, {}};
        for (const std::int64_t cluster : config_.clusters) {
          const TileTime t = tile_time(parts, config_.units, cluster, config_.buffer);
          if (cluster == config_.clusters.front()) {
            row.push_back(t.mean);
            row.push_back(t.slowest);
          }
          row.push_back(t.cluster);
          by_cluster.x.push_back(static_cast<double>(cluster));
          by_cluster.y.push_back(t.cluster);
          measured_.push_back(
              {operations.source, operations.lanes, precision, w, cluster, t.cluster});
          if (cluster == config_.clusters.back()) {
            by_window.x.push_back(static_cast<double>(w));
            by_window.y.push_back(t.cluster);
          }
          check(operations, w, cluster, t, parts.size());
          if (law != nullptr && precision == 28) compare(*law, operations.lanes, w, cluster, t);
        }
        times_.rows.push_back(std::move(row));
        if (drawn(operations, precision) && w == 16)
          cluster_figure_.series.push_back(std::move(by_cluster));
      }
      if (drawn(operations, precision)) window_figure_.series.push_back(std::move(by_window));
    }
  }

  // Forward passes of networks, beside those of the publication's.
  void compare_differences(const Operations& operations, bool synthetic) {
    const double share = share_beyond(Alignments(operations).histogram(), 8);
    result_.comparisons.push_back(
        {fmt::format("products beyond 8 bits, {}, n = {}", operations.source, operations.lanes),
         "%",
         published_beyond_8,
         100 * share,
         {},
         of_histograms,
         synthetic ? "weights and inputs are made up; the publication's are of trained networks"
                   : "the publication's are forward passes of ResNets and InceptionV3"});
  }

  std::vector<MeasuredTime> finish() {
    result_.tables.push_back(std::move(histogram_));
    result_.tables.push_back(std::move(times_));
    result_.figures.push_back(std::move(histogram_figure_));
    result_.figures.push_back(std::move(window_figure_));
    if (!cluster_figure_.series.empty()) result_.figures.push_back(std::move(cluster_figure_));
    result_.notes.push_back(fmt::format(
        "times: FP16 operations of a tile of {} units with buffers of {} operations, beside a tree "
        "that never stalls; operations of a tile do not share operands",
        config_.units, config_.buffer));
    return std::move(measured_);
  }

 private:
  bool drawn(const Operations& operations, std::int64_t precision) const {
    return operations.lanes == config_.lanes.back() &&
           precision == config_.software_precisions.back();
  }

  void add_histogram(const Operations& operations, const std::vector<std::uint64_t>& counts) {
    std::uint64_t products = 0;
    for (const std::uint64_t n : counts) products += n;
    histogram_.rows.push_back({operations.source, std::int64_t{operations.lanes},
                               static_cast<std::int64_t>(products), 100 * share_beyond(counts, 4),
                               100 * share_beyond(counts, 8), 100 * share_beyond(counts, 16),
                               100 * share_beyond(counts, 28)});
    if (operations.lanes != config_.lanes.back()) return;
    Series series{operations.source, {}, {}, {}, {}};
    for (std::size_t bits = 0; bits < counts.size(); ++bits) {
      series.x.push_back(static_cast<double>(bits));
      series.y.push_back(products == 0 ? 0
                                       : 100 * static_cast<double>(counts[bits]) /
                                             static_cast<double>(products));
    }
    histogram_figure_.series.push_back(std::move(series));
  }

  // E[c] <= T <= E[max over the tile of c], and nothing is faster than the wide tree but
  // operations without any valid lane.
  void check(const Operations& operations, std::int64_t w, std::int64_t cluster, const TileTime& t,
             std::size_t count) {
    const double last = 9.0 / static_cast<double>(count);  // sums of doubles, nothing more
    if (t.cluster >= t.mean - last && t.cluster <= t.slowest + last) return;
    result_.passed = false;
    result_.warnings.push_back(
        fmt::format("{}, w = {}, clusters of {}: time {} is not between {} and {}",
                    operations.source, w, cluster, t.cluster, t.mean, t.slowest));
  }

  void compare(OperandLaw law, int lanes, std::int64_t w, std::int64_t cluster, const TileTime& t) {
    if (cluster == config_.clusters.front())
      for (const PublishedCycles& known : published_cycles)
        if (known.law == law && known.lanes == lanes && known.window == w)
          result_.comparisons.push_back(
              {fmt::format("cycles per iteration, {}, n = {}, w = {}", name(law), lanes, w),
               "1",
               known.cycles,
               t.mean,
               {},
               of_calculation,
               "software precision 28"});
    if (law != OperandLaw::normal || lanes != 16 || w != 16) return;
    if (config_.units != 64 || config_.buffer != 4) return;
    for (const PublishedTile& known : published_tiles)
      if (known.cluster == cluster)
        result_.comparisons.push_back({fmt::format("time of a tile, clusters of {}", cluster),
                                       "1",
                                       known.time,
                                       t.cluster,
                                       {},
                                       of_calculation,
                                       "normal operands, n = 16, w = 16, 64 units, buffers of 4"});
  }

  const IpuStudyConfig& config_;
  StudyResult& result_;
  ResultTable histogram_{"exponent_differences",
                         "How far products lie below the greatest of their operation",
                         {{"operands", ""},
                          {"n", ""},
                          {"products", ""},
                          {"beyond 4 bits", "%"},
                          {"beyond 8 bits", "%"},
                          {"beyond 16 bits", "%"},
                          {"beyond 28 bits", "%"}},
                         {}};
  ResultTable times_{"execution_time",
                     "Time of FP16 operations, 1: a tree that never stalls",
                     {{"operands", ""},
                      {"n", ""},
                      {"software precision", "bit"},
                      {"w", "bit"},
                      {"one unit", "1"},
                      {"slowest of the tile", "1"}},
                     {}};
  Figure histogram_figure_{"exponent_differences",
                           "Exponent differences of products",
                           FigureKind::line,
                           {"difference to the greatest of the operation, bit", false},
                           {"products, %", false},
                           {},
                           {}};
  Figure window_figure_{"execution_time_by_window",
                        "Time of FP16 operations",
                        FigureKind::line,
                        {"w, bit", false},
                        {"time, 1: never stalls", false},
                        {},
                        {}};
  Figure cluster_figure_{"execution_time_by_cluster",
                         "Time of FP16 operations by size of cluster",
                         FigureKind::line,
                         {"units that stall together", true},
                         {"time, 1: never stalls", false},
                         {},
                         {}};
  std::vector<MeasuredTime> measured_;
};

}  // namespace

std::vector<MeasuredTime> add_times(const IpuStudyConfig& config, StudyContext& context,
                                    const Progress& progress, StudyResult& result) {
  TimePart part(config, result);
  const auto seed = static_cast<std::uint64_t>(config.seed);
  const std::int64_t operations = config.steps * config.units;
  std::vector<std::pair<std::string, bool>> workloads;  // and whether it is a trace
  for (const std::string& network : config.networks) workloads.emplace_back(network, false);
  if (!config.trace.empty()) workloads.emplace_back(config.trace, true);
  const double all = static_cast<double>(config.laws.size() + workloads.size());
  double done = 0;
  for (const OperandLaw law : config.laws) {
    progress(done++ / all, fmt::format("times of {} operands", name(law)));
    for (const std::int64_t lanes : config.lanes)
      part.add(draw_operations(law, static_cast<int>(lanes), operations, seed), &law);
  }
  for (const auto& [path, is_trace] : workloads) {
    progress(done++ / all, "times of " + path);
    const LoadedWorkload workload = context.workload(
        path, is_trace ? std::vector<std::string>() : std::vector<std::string>{"format=fp16"});
    const SampledOperations sample = sample_operations(workload, config.lanes, operations, seed);
    for (const Operations& x : sample.operations) {
      if (x.count() >= static_cast<std::size_t>(config.units)) {
        part.add(x, nullptr);
        part.compare_differences(x, sample.synthetic);
        continue;
      }
      result.warnings.push_back(
          fmt::format("{}: {} operations with known operands are too few for a tile of {} units",
                      x.source, x.count(), config.units));
    }
    result.notes.push_back(
        fmt::format("{}: {} operators sampled in proportion to their products, {} without known "
                    "operands",
                    sample.operations.front().source, sample.operators, sample.left_out));
  }
  return part.finish();
}

}  // namespace mantissa::workloads::ipu
