// SPDX-License-Identifier: Apache-2.0
#include "workloads/inference/microrec/published.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/numerics/random_fill.h"
#include "workloads/inference/microrec/heuristic.h"
#include "workloads/inference/microrec/load.h"

namespace mantissa::workloads::microrec {
namespace {

using arch::embedding::EmbeddingConfig;

class Rows {
 public:
  Rows(const Sources& sources, std::uint64_t items) : sources_(sources), items_(items) {}

  std::vector<Row> of(const std::string& section) {
    const auto wanted = [&](const char* name) { return section.empty() || section == name; };
    if (wanted("tables")) tables();
    if (wanted("heuristic")) heuristic();
    if (wanted("lookup alone")) {
      rmc2();
      lookup_alone();
    }
    if (wanted("whole engine"))
      for (const Build& build : builds) whole(build);
    if (wanted("speed-up")) {
      speed_ups(builds[0], speed_up_fixed16);
      speed_ups(builds[1], speed_up_fixed32);
    }
    return std::move(rows_);
  }

 private:
  Row& add(const std::string& section, const std::string& what, const std::string& unit,
           double published, double ours) {
    rows_.push_back({section, what, unit, published, ours, std::nullopt, ""});
    return rows_.back();
  }

  void tables() {
    const LookupCosts costs(engine_of(builds[1], sources_));
    const auto one = [&](const char* preset, Model model, double count, double dims,
                         double elements, double deployed) {
      const TableSet set = sources_.set(preset);
      add("tables", set.name, "tables", count, static_cast<double>(set.tables.size()));
      add("tables", set.name, "dimensions", dims, static_cast<double>(set.dims()));
      add("tables", set.name, "elements", elements, static_cast<double>(set.elements()));
      const DeployedLayout layout = deployed_of(model, sources_, costs);
      add("tables", set.name + ", deployed", "elements", deployed,
          static_cast<double>(cost(layout.set, layout.layout, costs).elements));
    };
    one("microrec_small", Model::small, 47, 352, 353'669'600, 364'840'000);
    one("microrec_large", Model::large, 98, 876, 3'776'852'800, 3'848'600'000);
    rows_.back().note = "the published products add up to 3,848,400,000";
    const auto sum = [&](const char* preset, double published) {
      const TableSet set = sources_.set(preset);
      add("tables", set.name, "rows", published, static_cast<double>(set.rows()));
    };
    sum("criteo_kaggle", 33'762'577);
    sum("mlperf_v1", 187'767'399);
    sum("mlperf_dcnv2", 204'184'588);
    add("tables", "mlperf_dcnv2", "lookups", 214,
        static_cast<double>(sources_.set("mlperf_dcnv2").lookups()));
  }

  void heuristic() {
    const auto one = [&](const char* preset, std::size_t slots, bool merge, double tables,
                         double on_chip, double rounds) {
      const LookupCosts costs(engine_of(slots == 2 ? builds[1] : builds[3], sources_));
      const TableSet set = sources_.set(preset);
      const LayoutCost found = cost(set, heuristic_layout(set, costs, {slots, merge}), costs);
      const std::string what = set.name + (merge ? ", merged" : ", not merged");
      add("heuristic", what, "tables", tables, static_cast<double>(found.tables));
      add("heuristic", what, "on chip", on_chip, static_cast<double>(found.on_chip));
      add("heuristic", what, "rounds", rounds, static_cast<double>(found.rounds));
    };
    one("microrec_small", 2, true, 42, 8, 1);
    one("microrec_small", 2, false, 47, 8, 2);
    one("microrec_large", 4, true, 84, 16, 2);
    one("microrec_large", 4, false, 98, 16, 3);
  }

  // Every lookup on a pseudo-channel of its own.
  void rmc2() {
    for (std::size_t i = 0; i < std::size(rmc2_dims); ++i) {
      Row& row = add("lookup alone", fmt::format("DLRM-RMC2, {} dimensions", rmc2_dims[i]), "ns",
                     rmc2_ns[i], rmc2_lookup_ns(rmc2_dims[i], sources_, {}, items_));
      row.formula = fitted_lookup_ns(1, rmc2_dims[i], rmc2_clock);
      row.note =
          fmt::format("{:.1f} ns where whole ranks are refreshed{}",
                      rmc2_lookup_ns(rmc2_dims[i], sources_, {"hbm.refresh.mode=all_bank"}, items_),
                      i == 0 ? "; calibrated: lookup_port_latency is chosen on this row" : "");
    }
  }

  void lookup_alone() {
    const EmbeddingConfig engine = engine_of(builds[1], sources_);
    const LookupCosts costs(engine);
    const double cpu_ns = cpu_lookup_ms[5] * 1e6 / batches[5];
    const auto one = [&](bool merged, double published, double speed_up) {
      const DeployedLayout deployed = deployed_of(Model::small, sources_, costs, merged);
      const double ours =
          Bench(engine, deployed.set, deployed.layout, {}, true).backlog(items_).interval_ns;
      const std::string what = merged ? "small model, merged" : "small model, not merged";
      // The formula's elements: of the slowest channel, 16, or 8 + 8 in two rounds.
      add("lookup alone", what, "ns", published, ours).formula =
          fitted_lookup_ns(merged ? 1 : 2, 16, engine.clock);
      add("lookup alone", what, "x CPU, batch 2048", speed_up, cpu_ns / ours);
    };
    one(false, 774, 8.17);
    one(true, 458, 13.82);
  }

  void whole(const Build& build) {
    const EmbeddingConfig engine = engine_of(build, sources_);
    const LookupCosts costs(engine);
    const DeployedLayout deployed = deployed_of(build.model, sources_, costs);
    const Bench bench(engine, deployed.set, deployed.layout, {});
    const auto stages =
        arch::embedding::dense_stages(engine, deployed.set.dims(), deployed.set.hidden);
    const double interval = static_cast<double>(arch::embedding::initiation_interval(stages));
    const double rate = bench.backlog(items_).items_per_second;
    add("whole engine", name(build), "items/s", build.items_per_second, rate).formula =
        static_cast<double>(engine.clock.value) / interval;
    add("whole engine", name(build), "us, one item", build.latency_us,
        bench.closed_loop(1, 200).mean * 1e-3);
    if (build.gops == 0) return;
    const auto operations =
        arch::embedding::operations_per_item(deployed.set.dims(), deployed.set.hidden);
    add("whole engine", name(build), "GOP/s", build.gops,
        rate * static_cast<double>(operations) * 1e-9);
  }

  void speed_ups(const Build& build, const double (&published)[6]) {
    const EmbeddingConfig engine = engine_of(build, sources_);
    const DeployedLayout deployed = deployed_of(build.model, sources_, LookupCosts(engine));
    const Bench bench(engine, deployed.set, deployed.layout, {});
    for (std::size_t i = 0; i < std::size(batches); ++i) {
      const double ms =
          bench.closed_loop(static_cast<std::uint64_t>(batches[i]), i < 2 ? 20 : 4).mean * 1e-6;
      add("speed-up", fmt::format("{}, batch {}", name(build), batches[i]), "x CPU", published[i],
          cpu_ms[i] / ms)
          .formula = cpu_ms[i] / fitted_batch_latency(build.latency_us * 1e-3,
                                                      build.items_per_second * 1e-3, batches[i]);
    }
  }

  const Sources& sources_;
  const std::uint64_t items_;  // that means are taken over
  std::vector<Row> rows_;
};

}  // namespace

EmbeddingConfig Sources::engine(const std::vector<std::string>& overrides,
                                const std::string& name) const {
  return config::load<EmbeddingConfig>(name, engines, overrides,
                                       arch::embedding::sections(memories))
      .value;
}
TableSet Sources::set(const std::string& name, const std::vector<std::string>& overrides) const {
  return load_table_set(name, tables, overrides);
}

Sources sources_below(const std::string& configs) {
  return {config::preset_folders({configs + "/arch/embedding"}),
          config::preset_folders({configs + "/memory"}),
          config::preset_folders({configs + "/workload/tables"}),
          config::preset_folders({configs + "/tech"})};
}

power::Technology Sources::technology(const std::string& preset) const {
  return power::Technology::load(technologies(preset));
}

std::string name(const Build& build) {
  return std::string(build.model == Model::small ? "small" : "large") + " model, " +
         (build.fixed16 ? "fixed16" : "fixed32");
}

EmbeddingConfig engine_of(const Build& build, const Sources& sources) {
  const char* clock = build.fixed16                 ? "clock=120 MHz"
                      : build.model == Model::small ? "clock=140 MHz"
                                                    : "clock=135 MHz";
  return sources.engine({clock, build.fixed16 ? "element=fixed16" : "element=fixed32"});
}

DeployedLayout deployed_of(Model model, const Sources& sources, const LookupCosts& costs,
                           bool merged) {
  return model == Model::small ? deployed_small(sources.set("microrec_small"), costs, merged)
                               : deployed_large(sources.set("microrec_large"), costs, merged);
}

double fitted_lookup_ns(double rounds, double words, Hertz clock) {
  const double cycle = 1e9 / static_cast<double>(clock.value);
  return rounds * (248 + 13.4 * cycle) + words * cycle;
}
double fitted_batch_latency(double single, double rate, int batch) {
  return single + (batch - 1) / rate;
}

double rmc2_lookup_ns(int dim, const Sources& sources, std::vector<std::string> overrides,
                      std::uint64_t items) {
  overrides.push_back(fmt::format("clock={} Hz", rmc2_clock.value));
  EmbeddingConfig engine = sources.engine(overrides);
  engine.ddr.reset();
  engine.on_chip.reset();
  const TableSet set =
      one_table_per_lookup(sources.set("dlrm_rmc2", {"tables.0.dim=" + std::to_string(dim)}));
  const Layout layout = heuristic_layout(set, LookupCosts(engine), {0, false});
  return Bench(engine, set, layout, {}, true).backlog(items).interval_ns;
}

double rate_at_rounds(Model model, std::uint64_t rounds, const Sources& sources) {
  const Build& build = model == Model::small ? builds[0] : builds[2];
  EmbeddingConfig engine = engine_of(build, sources);
  engine.pooling = arch::embedding::Pooling::sum;  // the layers see as many inputs as ever
  const DeployedLayout deployed = deployed_of(model, sources, LookupCosts(engine));
  auto placed = placed_tables(deployed.set, deployed.layout);
  for (auto& table : placed) table.lookups = rounds;
  constexpr std::uint64_t items = 600;  // the first half fills the FIFOs
  Cycles first{}, last{};
  arch::embedding::Accelerator accelerator(engine, placed, deployed.set.hidden,
                                           [&](const arch::embedding::ItemTimes& times) {
                                             if (times.item + 1 == items / 2) first = times.done;
                                             last = times.done;
                                           });
  const numerics::RandomStream random(1, "rounds");
  std::uint64_t drawn = 0;
  std::vector<std::uint64_t> rows(accelerator.lookup().rows_per_item());
  for (std::uint64_t i = 0; i < items; ++i) {
    std::size_t at = 0;
    for (const auto& table : placed)
      for (std::uint64_t n = 0; n < rounds; ++n)
        rows[at++] = static_cast<std::uint64_t>(
            random.integer(drawn++, 0, static_cast<std::int64_t>(table.rows) - 1));
    accelerator.push(Cycles(0), rows.data());
  }
  accelerator.drain();
  return items / 2 * static_cast<double>(engine.clock.value) /
         static_cast<double>((last - first).value);
}

std::vector<Row> published_rows(const Sources& sources, const std::string& section,
                                std::uint64_t items) {
  return Rows(sources, items).of(section);
}

}  // namespace mantissa::workloads::microrec
