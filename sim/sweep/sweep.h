// SPDX-License-Identifier: Apache-2.0
// A sweep as the user writes it (`kind: sweep`), and the points that it spans.
//
//   version: 1
//   kind: sweep
//   archs: [tpu_v1, configs/arch/mine.yaml]
//   workloads: [resnet50, bert_base]
//   set: {memory.latency: 100 ns}                      # every point
//   grid: {core.matrix.rows: [32, 64], workload.batch: [1, 8]}
//   zip: {core.clock: [700 MHz, 1 GHz], technology.name: [28nm, 7nm]}
//   random: {count: 20, seed: 7, parameters: {core.scratchpad.capacity:
//             {range: [64 KiB, 4 MiB], log: true}}}
//   list:
//     - {arch: tpu_v2, workload: lstm, set: {workload.batch: 64}}
//   campaign: {chips: 20, voltages: [0.9 Vmin, 0.84 Vmin]}     # faults: campaign.h
//   constraints: ["area < 50 mm2", "latency < 5 ms"]
//   objectives: [latency, energy, area]
//   published:
//     - {arch: tpu_v1, workload: mlp, quantity: throughput, value: 12.3 TOPS, source: ...}
//
// Points stand in one order: archs, then workloads, then grid (first key slowest), then zip, then
// random samples, then the campaign's voltages and chips; last the entries of `list`, which stand
// alone when there is neither grid nor zip nor random. Sections multiply; the samples are the same
// for every architecture and workload, so that these can be compared.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/config/document.h"
#include "sim/run/run_point.h"
#include "sim/sweep/campaign.h"
#include "sim/sweep/constraint.h"
#include "sim/sweep/parameters.h"

namespace mantissa::sweep {

// Without an arch or a workload: every one of the sweep.
struct ListPoint {
  std::optional<std::string> arch, workload;
  Settings set;
  static const config::Schema<ListPoint>& schema();
};

struct RandomSection {
  std::int64_t count = 0;
  std::int64_t seed = 0;
  RandomParameters parameters;
  static const config::Schema<RandomSection>& schema();
};

// A figure from a publication, to be printed beside ours. The selector must fit one point.
struct Published {
  std::string arch, workload;
  Settings set;  // overrides that the point must have
  PlacedText quantity;
  PlacedText value;
  std::string method;  // "published", "recalled 85 %"
  std::string source;
  static const config::Schema<Published>& schema();
};

struct SweepConfig {
  std::int64_t version = 1;
  std::string kind = "sweep";
  std::string title, description;
  std::vector<std::string> archs, workloads;
  std::string fidelity = "shape";
  std::optional<std::int64_t> seed;
  Settings set;
  Axes grid, zip;
  std::vector<ListPoint> list;
  std::optional<RandomSection> random;
  std::optional<CampaignSection> campaign;
  std::vector<PlacedText> constraints;
  std::vector<PlacedText> objectives;
  std::vector<Published> published;
  static const config::Schema<SweepConfig>& schema();
};

struct Sweep {
  std::string name;  // of the file, without folder and ending
  std::string file;
  SweepConfig config;
  std::vector<Constraint> constraints;
  std::vector<std::string> objectives;  // columns of sim/store/quantity.h
  std::string text() const;             // canonical YAML, every default written out
};

// Reads and checks everything that needs no architecture. `grid` holds further axes in the form
// "a.b=1,2,4" from the command line.
// Files named under archs and workloads may lie beside the sweep.
Sweep load_sweep(const std::string& path, const config::Resolver& presets = {},
                 const std::vector<std::string>& grid = {});
Sweep parse_sweep(const config::Node& node, const std::string& file,
                  const std::vector<std::string>& grid = {});

// Every point in the order above; `overrides` has `set` first.
std::vector<sim::PointRequest> expand(const Sweep& sweep);

}  // namespace mantissa::sweep
