// SPDX-License-Identifier: Apache-2.0
// The experiment `microrec`: every published row beside ours, and what lies beyond them: what
// merging buys on each set of tables, what more outstanding reads, HBM3 and caching would add, and
// latency under load.
#include <fmt/format.h>

#include <cmath>

#include "base/config/folder_path.h"
#include "workloads/inference/microrec/cpu_gather.h"
#include "workloads/inference/microrec/energy_table.h"
#include "workloads/inference/microrec/heuristic.h"
#include "workloads/inference/microrec/load.h"
#include "workloads/inference/microrec/published.h"
#include "workloads/inference/microrec/search.h"
#include "workloads/study/experiment.h"

namespace mantissa::workloads::microrec {
namespace {

using arch::embedding::EmbeddingConfig;

struct MicrorecConfig {
  config::FolderPath presets;
  std::vector<std::string> sets{"microrec_small", "microrec_large", "dlrm_rmc2",
                                "criteo_kaggle",  "deeprecsys_rm1", "deeprecsys_rm2",
                                "deeprecsys_rm3"};
  std::int64_t items = 4000;
  std::int64_t most_rounds = 12;
  std::string technology = "16nm";
  std::vector<double> loads{.3, .5, .7, .8, .9, .95};
  std::int64_t load_items = 20'000;
  std::int64_t cpu_threads = 0;
  std::int64_t lockstep_items = 0;
  config::FolderPath lookup_rtl, dense_rtl;
  StreamConfig stream;

  static const config::Schema<MicrorecConfig>& schema() {
    using M = MicrorecConfig;
    static const auto s =
        config::Schema<M>("MicroRec: published rows beside ours, and beyond them.")
            .required("presets", &M::presets, "The folder that holds arch, memory and workload.")
            .optional("sets", &M::sets, "Sets of tables that merging is tried on.")
            .optional("items", &M::items, config::range(100, 1e7), "Items of each mean.")
            .optional("most_rounds", &M::most_rounds, config::range(1, 1000),
                      "Lookups of every table, at most.")
            .optional("technology", &M::technology,
                      "Preset of the logic and on-chip memory in the energy of an inference.")
            .optional("loads", &M::loads, config::range(.01, 2),
                      "Open-loop load, of the saturation point.")
            .optional("load_items", &M::load_items, config::range(100, 1e7), "Items of each load.")
            .optional("lockstep_items", &M::lockstep_items, config::range(0, 1e6),
                      "Items that go through verilated units, too, and are compared; 0: none.")
            .optional("lookup_rtl", &M::lookup_rtl,
                      "Folder of SystemVerilog instead of rtl/embedding_lookup.")
            .optional("dense_rtl", &M::dense_rtl,
                      "Folder of SystemVerilog instead of rtl/pe_group.")
            .optional("cpu_threads", &M::cpu_threads, config::range(0, 1024),
                      "Threads of the processor's own gather, in wall time; 0: not measured.")
            .optional(
                "stream", &M::stream,
                "Rows that items ask of the sets; its seed is that of all rows and arrivals.");
    return s;
  }
};

class MicrorecStudy {
 public:
  MicrorecStudy(const MicrorecConfig& config, StudyContext& context)
      : config_(config), context_(context), sources_(sources_below(config.presets.text)) {
    // What is wrong with tables, rows or technology is said before any work.
    sources_.technology(config.technology);
    const LookupCosts costs(sources_.engine({}));
    for (const std::string& name : config.sets) {
      const TableSet set = sources_.set(name);
      heuristic_layout(set, costs, {2});
      if (config.stream.kind != StreamKind::file) continue;
      std::vector<std::uint64_t> rows(set.lookups());
      make_stream(config.stream, set)->next(rows.data());
    }
  }

  StudyResult run() {
    if (config_.lockstep_items > 0) {  // first: RTL that differs ends the study
      step(0, "RTL in lockstep");
      add_lockstep();
    }
    step(.05, "published rows");
    add_published();
    step(.4, "rounds");
    add_rounds();
    step(.5, "merging");
    add_merging();
    step(.6, "beyond the paper");
    add_beyond();
    step(.7, "energy");
    result_.tables.push_back(energy_table(sources_, config_.technology, stream(),
                                          static_cast<std::uint64_t>(config_.items)));
    result_.notes.push_back(
        "energy of an inference: FIFOs, ports, the FPGA's configurable logic and the background of "
        "HBM have no figure; the paper prints none");
    step(.75, "load");
    add_load();
    if (config_.cpu_threads > 0) {
      step(.95, "the processor's gather");
      add_cpu();
    }
    result_.notes.push_back(
        "lookup_port_latency is calibrated on DLRM-RMC2 with 4 dimensions; every other row is a "
        "prediction. CPU times are published ones, of a Xeon E5-2686v4 with 16 vCPU.");
    return std::move(result_);
  }

 private:
  void step(double fraction, const std::string& what) const {
    context_.progress(fraction, what);
    if (context_.interrupted()) throw Error(experiment_interrupted).say("stopped before: " + what);
  }

  ResultTable& table(const std::string& name, const std::string& title,
                     std::vector<Column> columns) {
    result_.tables.push_back({name, title, std::move(columns), {}});
    return result_.tables.back();
  }

  StreamConfig stream(StreamKind kind = StreamKind::uniform) const {
    StreamConfig out;
    out.kind = kind;
    out.seed = config_.stream.seed;
    return out;
  }

  void add_published() {
    ResultTable formula{"formula",
                        "The fitted formula, a cross-check of the cycle simulation",
                        {{"row", ""}, {"published", ""}, {"simulated", ""}, {"formula", ""}},
                        {}};
    for (const Row& row : published_rows(sources_, {}, static_cast<std::uint64_t>(config_.items))) {
      const std::string what = row.section + ": " + row.what + ", " + row.unit;
      result_.comparisons.push_back({what, row.unit, row.published, row.ours, std::nullopt,
                                     "MLSys 2021, arXiv 2010.05894", row.note});
      if (row.formula) formula.rows.push_back({what, row.published, row.ours, *row.formula});
    }
    result_.tables.push_back(std::move(formula));
  }

  void add_rounds() {
    ResultTable& out =
        table("rounds", "Items per second when every table is looked up several times",
              {{"rounds", ""}, {"small, fixed16", "1/s"}, {"large, fixed16", "1/s"}});
    Figure figure{"rounds",
                  "Lookup rounds that the dense layers hide",
                  FigureKind::line,
                  {"rounds", false},
                  {"items per second", false},
                  {{"small", {}, {}, {}, {}}, {"large", {}, {}, {}, {}}},
                  {}};
    for (std::int64_t rounds = 1; rounds <= config_.most_rounds; ++rounds) {
      const auto r = static_cast<std::uint64_t>(rounds);
      const double small = rate_at_rounds(Model::small, r, sources_);
      const double large = rate_at_rounds(Model::large, r, sources_);
      out.rows.push_back({rounds, small, large});
      for (std::size_t s = 0; s < 2; ++s) {
        figure.series[s].x.push_back(static_cast<double>(rounds));
        figure.series[s].y.push_back(s == 0 ? small : large);
      }
    }
    result_.figures.push_back(std::move(figure));
  }

  // By the rules with two tables to a bank, by the search with as many, and by the search alone.
  void add_merging() {
    ResultTable& out = table("merging", "What merging and placement buy on each set of tables",
                             {{"set", ""},
                              {"layout", ""},
                              {"tables", ""},
                              {"on chip", ""},
                              {"rounds", ""},
                              {"planned", "ns"},
                              {"simulated", "ns"},
                              {"elements", ""},
                              {"time gap", ""},
                              {"storage gap", ""}});
    const EmbeddingConfig engine = sources_.engine({});
    const LookupCosts costs(engine);
    for (const std::string& name : config_.sets) {
      const TableSet set = sources_.set(name);
      const auto items =
          std::max<std::uint64_t>(100, static_cast<std::uint64_t>(config_.items) / set.lookups());
      const auto add = [&](const std::string& how, const Layout& layout, Cell time_gap,
                           Cell storage_gap) {
        const LayoutCost found = cost(set, layout, costs);
        const double ns =
            Bench(engine, set, layout, config_.stream, true).backlog(items).interval_ns;
        out.rows.push_back({name, how, static_cast<std::int64_t>(found.tables),
                            static_cast<std::int64_t>(found.on_chip),
                            static_cast<std::int64_t>(found.rounds),
                            static_cast<double>(found.time) * 1e-6, ns,
                            static_cast<std::int64_t>(found.elements), time_gap, storage_gap});
      };
      const std::size_t slots = name == "microrec_large" ? 4 : 2;
      add("not merged", heuristic_layout(set, costs, {slots, false}), {}, {});
      add("four rules", heuristic_layout(set, costs, {slots, true}), {}, {});
      const SearchResult same = search_layout(set, costs, {3, slots});
      add(fmt::format("search, {} tables to a bank", slots), same.layout, same.time_gap(),
          same.storage_gap());
      const SearchResult free = search_layout(set, costs, {});
      add("search", free.layout, free.time_gap(), free.storage_gap());
    }
  }

  void add_beyond() {
    ResultTable& out = table("beyond", "Lookups of the small model on other engines, ns per item",
                             {{"engine", ""},
                              {"rows asked for", ""},
                              {"not merged", "ns"},
                              {"merged", "ns"},
                              {"DRAM energy, merged", "pJ/item"},
                              {"cache hits, merged", ""}});
    const auto add = [&](const std::string& what, const EmbeddingConfig& engine, StreamKind kind) {
      const LookupCosts costs(engine);
      double ns[2] = {};
      LoadResult last;
      for (const bool merged : {false, true}) {
        const DeployedLayout deployed = deployed_of(Model::small, sources_, costs, merged);
        last = Bench(engine, deployed.set, deployed.layout, stream(kind), true)
                   .backlog(static_cast<std::uint64_t>(config_.items));
        ns[merged ? 1 : 0] = last.interval_ns;
      }
      const auto& counts = last.totals.counts;
      out.rows.push_back(
          {what, kind_name(kind), ns[0], ns[1], last.dram_pj_per_item,
           static_cast<double>(counts.cache_hits) / static_cast<double>(counts.lookups)});
    };
    const EmbeddingConfig paper = engine_of(builds[1], sources_);
    for (const std::int64_t outstanding : {1, 2, 4, 8}) {
      EmbeddingConfig engine = paper;
      engine.outstanding = outstanding;
      add(fmt::format("{} outstanding", outstanding), engine, StreamKind::uniform);
    }
    for (const auto element : {arch::embedding::Element::fixed16, arch::embedding::Element::int8,
                               arch::embedding::Element::int4}) {
      EmbeddingConfig engine = paper;
      engine.element = element;
      engine.port_bits = 32;
      add(fmt::format("{}-bit elements, 32-bit port", arch::embedding::bits(element)), engine,
          StreamKind::uniform);
    }
    // Pseudo-channels of HBM3 behind the same controller and port latencies, refreshed alike.
    EmbeddingConfig hbm3 =
        sources_.engine({"clock=140 MHz", "hbm=hbm3_6400", "hbm.organization.channels=32"});
    hbm3.hbm->controller.latency = paper.hbm->controller.latency;
    hbm3.hbm->refresh = paper.hbm->refresh;
    add("HBM3; refresh, latencies of port and controller as above", hbm3, StreamKind::uniform);
    for (const StreamKind kind : {StreamKind::uniform, StreamKind::zipf, StreamKind::production}) {
      EmbeddingConfig engine = paper;
      engine.row_cache = arch::embedding::RowCacheConfig{1024, 4, Latency{true, {}, Cycles(2)}};
      add("1024 rows cached per channel", engine, kind);
    }
  }

  static std::string kind_name(StreamKind kind) {
    for (const auto& [known, name] : config::EnumNames<StreamKind>::names())
      if (known == kind) return name;
    return {};
  }

  void add_load() {
    ResultTable& out = table("load", "Latency under load, small model, fixed16",
                             {{"arrivals", ""},
                              {"load", "of saturation"},
                              {"offered", "1/s"},
                              {"achieved", "1/s"},
                              {"mean", "us"},
                              {"p50", "us"},
                              {"p95", "us"},
                              {"p99", "us"},
                              {"p99.9", "us"}});
    const EmbeddingConfig engine = engine_of(builds[0], sources_);
    const DeployedLayout deployed = deployed_of(Model::small, sources_, LookupCosts(engine));
    const Bench bench(engine, deployed.set, deployed.layout, stream());
    const double saturation =
        bench.backlog(static_cast<std::uint64_t>(config_.items)).items_per_second;
    Figure figure{"load",
                  "99th percentile of latency",
                  FigureKind::line,
                  {"load, of saturation", false},
                  {"us", true},
                  {},
                  {}};
    for (const Arrivals arrivals : {Arrivals::poisson, Arrivals::bursty}) {
      const char* name = arrivals == Arrivals::poisson ? "Poisson" : "bursty";
      Series series{name, {}, {}, {}, {}};
      for (const double share : config_.loads) {
        OpenLoop load;
        load.items_per_second = share * saturation;
        load.arrivals = arrivals;
        load.seed = static_cast<std::uint64_t>(config_.stream.seed);
        const LoadResult r = bench.open_loop(load, static_cast<std::uint64_t>(config_.load_items));
        out.rows.push_back({std::string(name), share, load.items_per_second, r.items_per_second,
                            r.mean * 1e-3, r.p50 * 1e-3, r.p95 * 1e-3, r.p99 * 1e-3,
                            r.p999 * 1e-3});
        series.x.push_back(share);
        series.y.push_back(r.p99 * 1e-3);
      }
      figure.series.push_back(std::move(series));
    }
    result_.notes.push_back(
        fmt::format("saturation point, small model, fixed16: {:.4g} items/s", saturation));
    result_.figures.push_back(std::move(figure));
  }

  // Ends with the first value or cycle that differs.
  void add_lockstep() {
    ResultTable& out = table("rtl", "Small model, fixed16, beside its RTL",
                             {{"unit", ""},
                              {"design", ""},
                              {"items", ""},
                              {"commands", ""},
                              {"cycles clocked", ""},
                              {"values compared", ""},
                              {"differing", ""}});
    EmbeddingConfig engine = engine_of(builds[0], sources_);
    engine.seed = config_.stream.seed;
    engine.lookup.implementation = arch::Implementation::lockstep;
    engine.dense.implementation = arch::Implementation::lockstep;
    engine.lookup.rtl = config_.lookup_rtl;
    engine.dense.rtl = config_.dense_rtl;
    const DeployedLayout deployed = deployed_of(Model::small, sources_, LookupCosts(engine));
    const LoadResult r = Bench(engine, deployed.set, deployed.layout, stream())
                             .backlog(static_cast<std::uint64_t>(config_.lockstep_items));
    const auto count = [](std::uint64_t n) { return static_cast<std::int64_t>(n); };
    for (const auto& [unit, twin] : r.totals.twins)
      out.rows.push_back({unit, twin.design, config_.lockstep_items, count(twin.commands),
                          count(twin.cycles), count(twin.compared), count(twin.differing)});
  }

  // Wall time of this machine; a table of its own, so that nobody takes it for the Xeon's.
  void add_cpu() {
    ResultTable& out = table(
        "cpu", "Embedding lookup of the small model on the processor of this machine, wall time",
        {{"threads", ""},
         {"vectors", ""},
         {"batch", ""},
         {"lookup", "ms"},
         {"published lookup, Xeon E5-2686v4", "ms"}});
    GatherOptions options;
    options.threads = static_cast<unsigned>(config_.cpu_threads);
    options.seed = static_cast<std::uint64_t>(config_.stream.seed);
    const CpuGather gather(sources_.set("microrec_small"), options);
    for (std::size_t i = 0; i < std::size(batches); ++i) {
      const auto batch = static_cast<std::uint64_t>(batches[i]);
      const double ns = measure_gather(gather, stream(), batch, 50).ns_per_item;
      out.rows.push_back({config_.cpu_threads, std::string(name(options.vectors)),
                          static_cast<std::int64_t>(batch), ns * static_cast<double>(batch) * 1e-6,
                          cpu_lookup_ms[i]});
    }
  }

  const MicrorecConfig& config_;
  StudyContext& context_;
  const Sources sources_;
  StudyResult result_;
};

StudyResult microrec(const MicrorecConfig& config, StudyContext& context) {
  return MicrorecStudy(config, context).run();
}

const ExperimentRegistration<MicrorecConfig> registration("microrec", microrec);

}  // namespace
}  // namespace mantissa::workloads::microrec
