// SPDX-License-Identifier: Apache-2.0
// Every figure that MicroRec published (MLSys 2021, arXiv 2010.05894) beside ours.
//
// Ours come from the cycle simulation of the deployed layouts, on the preset `u280` at the clocks
// of the published builds. The fitted formula stands beside them as a cross-check only:
//
//   lookup = rounds (248 ns + 13.4 cycles) + elements of the slowest channel x 1 cycle
//   batch latency = L1 + (B - 1) / T,  L1 one item's latency, T items per second
//
// CPU times are published ones (Xeon E5-2686v4, 16 vCPU, TensorFlow Serving); speed-ups divide them
// by our accelerator's. One parameter is calibrated, `lookup_port_latency`, on the row that says
// so.
//
//   for (const Row& row : published_rows(sources)) print(row.what, row.published, row.ours);
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "arch/engines/embedding/config.h"
#include "power/technology.h"
#include "workloads/inference/microrec/deployed.h"

namespace mantissa::workloads::microrec {

// Where presets are looked for: configs/arch/embedding, memory, workload/tables and tech.
struct Sources {
  config::Resolver engines, memories, tables, technologies;

  arch::embedding::EmbeddingConfig engine(const std::vector<std::string>& overrides,
                                          const std::string& name = "u280") const;
  TableSet set(const std::string& name, const std::vector<std::string>& overrides = {}) const;
  power::Technology technology(const std::string& preset) const;
};
Sources sources_below(const std::string& configs);  // the folder of presets

struct Row {
  std::string section, what, unit;
  double published = 0, ours = 0;
  std::optional<double> formula;  // the fitted formula's
  std::string note;
  // (ours - published) / published
  double difference() const { return published == 0 ? 0 : (ours - published) / published; }
};

enum class Model { small, large };
struct Build {
  Model model;
  bool fixed16;
  double latency_us, items_per_second, gops;  // published; gops 0: not
};
constexpr Build builds[] = {{Model::small, true, 16.3, 3.05e5, 619.50},
                            {Model::small, false, 22.6, 1.81e5, 367.72},
                            {Model::large, true, 22.6, 1.95e5, 0},
                            {Model::large, false, 31.0, 1.22e5, 0}};
std::string name(const Build& build);
arch::embedding::EmbeddingConfig engine_of(const Build& build, const Sources& sources);
DeployedLayout deployed_of(Model model, const Sources& sources, const LookupCosts& costs,
                           bool merged = true);

constexpr int batches[] = {1, 64, 256, 512, 1024, 2048};
constexpr double cpu_ms[] = {3.34, 5.41, 8.15, 11.15, 17.17, 28.18};       // small model
constexpr double cpu_lookup_ms[] = {2.59, 3.86, 4.71, 5.96, 8.39, 12.96};  // its lookup alone
constexpr double speed_up_fixed16[] = {204.72, 24.27, 9.56, 6.59, 5.09, 4.19};
constexpr double speed_up_fixed32[] = {147.54, 14.58, 5.69, 3.91, 3.02, 2.48};
constexpr int rmc2_dims[] = {4, 8, 16, 32, 64};
constexpr double rmc2_ns[] = {334.5, 353.7, 411.6, 486.3, 648.4};
constexpr Hertz rmc2_clock{200'000'000};
// Ours, the mean of a backlog of `items`, every lookup on a pseudo-channel of its own; `overrides`
// of the engine.
double rmc2_lookup_ns(int dim, const Sources& sources, std::vector<std::string> overrides = {},
                      std::uint64_t items = 4000);

// In ns: `rounds` reads of the slowest channel that move `words` in all.
double fitted_lookup_ns(double rounds, double words, Hertz clock);
// In the unit of `single`, for `rate` items per that unit.
double fitted_batch_latency(double single, double rate, int batch);

// Items per second of a deployed layout when every table is looked up `rounds` times and summed.
double rate_at_rounds(Model model, std::uint64_t rounds, const Sources& sources);

// Of one section: tables, heuristic, lookup alone, whole engine, speed-up; empty: of all. Means are
// taken over `items`.
std::vector<Row> published_rows(const Sources& sources, const std::string& section = {},
                                std::uint64_t items = 4000);

}  // namespace mantissa::workloads::microrec
