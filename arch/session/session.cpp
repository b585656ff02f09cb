// SPDX-License-Identifier: Apache-2.0
#include "arch/session/session.h"

#include <sys/resource.h>

#include <algorithm>
#include <systemc>

#include "arch/core/core.h"
#include "arch/interconnect/ring.h"
#include "arch/mapper/errors.h"
#include "arch/mapper/plan.h"
#include "arch/session/accounting.h"
#include "arch/session/computable.h"
#include "arch/session/kernel.h"
#include "base/trace/safetensors.h"
#include "memory/registry.h"

namespace mantissa::arch {
namespace {

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Contents from the trace's own safetensors file.
OperandSource operands_of(const std::vector<trace::Trace>& traces) {
  auto files = std::make_shared<std::map<std::string, trace::SafetensorsFile>>();
  for (const auto& trace : traces) {
    if (trace.operands_file.empty())
      throw Error(not_computable)
          .say("workload '" + trace.name + "' holds shapes but no tensor contents")
          .expected("a trace with operands, or a workload with a seed")
          .remedy("run it with --fidelity shape");
    files->try_emplace(trace.operands_file, trace.operands_file);
  }
  return [files](const trace::Trace& trace, const trace::Tensor& tensor) {
    return files->at(trace.operands_file).bytes(tensor.name);
  };
}

}  // namespace

struct Session::Elaboration {
  // The kernel outlives every module: declared first, destroyed last.
  Kernel kernel;
  ArchConfig config;
  power::Technology technology;
  Clock clock;
  Ring ring;
  std::exception_ptr failure;
  std::vector<std::unique_ptr<memory::Memory>> memories;  // per chip
  std::vector<std::unique_ptr<Core>> cores;

  Elaboration(ArchConfig c, power::Technology t)
      : config(std::move(c)),
        technology(std::move(t)),
        clock(config.core.clock),
        ring(config, clock) {
    for (std::int64_t chip = 0; chip < config.chips; ++chip) {
      const std::string name = "memory" + std::to_string(chip);
      memories.push_back(memory::make_memory(name.c_str(), config.memory, clock));
      for (std::int64_t i = 0; i < config.cores; ++i) {
        const auto rank = static_cast<std::uint32_t>(cores.size());
        cores.push_back(std::make_unique<Core>(("core" + std::to_string(rank)).c_str(), rank,
                                               config, ring, failure));
        Core& core = *cores.back();
        for (DmaEngine* dma : {&core.loads(), &core.weights(), &core.stores()})
          dma->socket.bind(memories.back()->socket);
      }
    }
  }

  memory::Memory& memory_of(std::size_t rank) {
    return *memories[rank / static_cast<std::size_t>(config.cores)];
  }
};

struct Session::Pass {
  RunResult result;
  std::vector<Activity> activity;  // of each core's matrix unit
};

Session::Session(ArchConfig config, power::Technology technology)
    : elaboration_(std::make_unique<Elaboration>(std::move(config), std::move(technology))) {}
Session::~Session() = default;

const ArchConfig& Session::config() const { return elaboration_->config; }

namespace {

// Below this share of cycles lost to memory, the memory is not what bounds the run.
constexpr double noticeable = 0.05;
// From this share of the run on which its bus moves bytes, it is.
constexpr double saturated = 0.9;

void add_commands(const memory::DramActivity& activity, DramResult& dram) {
  using namespace memory::dram;
  const ChannelStatistics& s = activity.statistics;
  if (!dram.commands)
    dram.commands =
        DramCommands{activity.config.standard, activity.config.controller.mapping, 0, 0, 0, {}, {}};
  DramCommands& c = *dram.commands;
  c.row_hits += s.row_hits;
  c.row_misses += s.row_misses;
  c.row_conflicts += s.row_conflicts;
  for (std::size_t k = 0; k < command_kinds; ++k)
    if (s.commands[k] > 0) c.commands[name(static_cast<CommandKind>(k))] += s.commands[k];
  c.bus_cycles["busy"] += s.bus_busy;
  for (std::size_t w = 0; w < waits; ++w)
    if (s.bus_idle[w] > 0) c.bus_cycles[name(static_cast<Wait>(w))] += s.bus_idle[w];
}

// What the figures behind the memory's energy cover, and what no figure is known of.
std::string energy_scope(const memory::DramActivity& activity) {
  std::string text = "dram: energy covers " + activity.config.energy->scope;
  const auto& missing = activity.energy.missing;
  for (std::size_t i = 0; i < missing.size(); ++i)
    text += (i == 0 ? "; not in it: " : ", ") + missing[i];
  return text;
}

// Bytes that crossed the buses of all chips because bursts move whole; empty where few did.
std::string bytes_beside(const std::vector<std::unique_ptr<memory::Memory>>& memories,
                         const DramResult& dram) {
  using memory::dram::CommandKind;
  std::uint64_t moved = 0, burst = 0;
  for (const auto& memory : memories) {
    const memory::DramActivity* activity = memory->dram();
    if (activity == nullptr) return {};
    burst = activity->config.organization.burst_bytes();
    for (const CommandKind kind :
         {CommandKind::read, CommandKind::read_a, CommandKind::write, CommandKind::write_a})
      moved += activity->statistics.count(kind) * burst;
  }
  const std::uint64_t asked = dram.read_bytes + dram.write_bytes;
  constexpr std::uint64_t noticeable_factor = 2;
  if (moved < noticeable_factor * asked) return {};
  return "dram: " + std::to_string(moved) + " bytes crossed its buses for " +
         std::to_string(asked) + " asked for: many pieces are smaller than a burst of " +
         std::to_string(burst) + " bytes";
}

void summarise_memory(const std::vector<std::unique_ptr<memory::Memory>>& memories, RunResult& r) {
  Femtoseconds open{};
  for (const auto& memory : memories) {
    const auto& s = memory->statistics();
    r.dram.read_bytes += s.read_bytes;
    r.dram.write_bytes += s.write_bytes;
    r.dram.peak_bytes_per_s += memory->peak_bytes_per_second();
    r.kernel.wakeups += s.wakeups;
    open = std::max(open, s.open);
  }
  for (const auto& memory : memories)
    if (const memory::DramActivity* activity = memory->dram()) add_commands(*activity, r.dram);
  const double bytes = static_cast<double>(r.dram.read_bytes + r.dram.write_bytes);
  if (r.latency_s > 0) r.dram.achieved_bytes_per_s = bytes / r.latency_s;
  if (open.value > 0)
    r.dram.busy_bytes_per_s =
        bytes * static_cast<double>(femtoseconds_per_second) / static_cast<double>(open.value);
  // The busiest chip speaks for all.
  const auto busiest =
      std::max_element(memories.begin(), memories.end(), [](const auto& a, const auto& b) {
        return a->statistics().bus_busy < b->statistics().bus_busy;
      });
  const double bus_seconds = static_cast<double>((*busiest)->statistics().bus_busy.value) /
                             static_cast<double>(femtoseconds_per_second);
  if (bus_seconds >= saturated * r.latency_s && bytes > 0) {
    r.dram.bound_by = "memory bus";
    return;
  }
  Cycles waited{};
  for (const auto& core : r.per_core)
    waited = std::max(waited, core.stalls[static_cast<std::size_t>(Stall::dram)]);
  if (bytes > 0 &&
      static_cast<double>(waited.value) < noticeable * static_cast<double>(r.cycles.value)) {
    r.dram.bound_by = "demand: the cores asked for no more";
    return;
  }
  r.dram.bound_by = (*busiest)->bound_by();
}

// What failed in the memories of one core, and the energy of scrubbing them.
void add_faults(const Core& core, const CoreConfig& config, const Clock& clock, bool data,
                RunResult& r, Accounting& accounting) {
  const auto add = [&](const char* name, const SramCells* cells, const SramConfig& sram,
                       Bytes capacity, std::uint64_t read_bytes) {
    if (cells != nullptr) r.faults[name] += data ? cells->counts() : cells->expected(read_bytes);
    if (!sram.scrub) return;
    const Cycles interval =
        sram.scrub->in_cycles ? sram.scrub->cycles : clock.edge_at_or_after(sram.scrub->time);
    accounting.add_scrubs(name, r.cycles.value / interval.value * ceil_div(capacity.value, 8) * 8);
  };
  const Scratchpad& local = core.scratchpad();
  add("scratchpad", local.cells(), config.scratchpad, config.scratchpad.capacity,
      local.traffic().read);
  if (config.weight_buffer)
    add("weight_buffer", local.weight_cells(), *config.weight_buffer,
        config.weight_buffer->capacity, local.weight_traffic().read);
}

// Transient errors of registers and sums exist where there are bits.
void add_upsets(const DataPath& data, const CoreConfig& config, RunResult& r) {
  const auto add = [&](const char* name, double rate, std::uint64_t upsets) {
    if (!(rate > 0)) return;
    FaultCounts counts;
    counts.cell_error_rate = rate;
    counts.upsets = static_cast<double>(upsets);
    r.faults[name] += counts;
  };
  add("registers", config.matrix.register_error_rate, data.register_upsets());
  add("accumulator", config.accumulator.error_rate, data.accumulator_upsets());
}

void warn_of_supply(const char* name, const SramConfig& sram, Volts nominal, RunResult& r) {
  if (sram.voltage && !sram.voltage->in_volts() && !sram.vmin)
    r.warnings.push_back(std::string("core.") + name + ".vmin is not set: the technology's " +
                         config::quantity_text(nominal) + " stand for 1 Vmin in its energy");
}

void warn_of_vectors(const MatrixConfig& matrix, bool values, RunResult& r) {
  if (!values && matrix.vsq->weight_scale_bits + matrix.vsq->activation_scale_bits > 0)
    r.warnings.push_back(
        "core.matrix: scales have no values in shape mode: no vector is gated in its energy");
  const VsqConfig& vsq = *matrix.vsq;
  if (vsq.activation_scale_bits > 0 &&
      (vsq.activation_bits < 3 || vsq.activation_scale_bits < 2 || vsq.activation_scale_bits > 8))
    r.warnings.push_back(
        "core.matrix: there is RTL of the post-processing unit for elements of 3 to 8 bits and "
        "scales of 2 to 8; of these widths it is a model alone");
  const auto saturations = r.matrix_activity.find("saturations");
  const std::uint64_t n = saturations == r.matrix_activity.end() ? 0 : saturations->second;
  if (n > 0)
    r.warnings.push_back("core.matrix: " + std::to_string(n) + " sums of " +
                         std::to_string(matrix.vsq->accumulator_bits) + " bits " +
                         (matrix.vsq->saturate ? "saturated" : "wrapped"));
  if (values && !r.faults.empty())
    r.warnings.push_back(
        "core.matrix: bits failed in operands as the trace has them, before they were quantised, "
        "not in packed ones");
}

// Adds what only values decide: what this pass did not count. Both passes have the same vectors.
void add_values(const Activity& values, Activity& activity) {
  const auto vectors = values.find("vectors");
  MANTISSA_CHECK(vectors == values.end() || activity["vectors"] == vectors->second,
                 "values were computed of other vectors");
  for (const auto& [name, count] : values) activity.try_emplace(name, count);
}

// Of two passes over a run the part from `begin` to `end`; the timeline is the second one's.
class PassObserver final : public Observer {
 public:
  PassObserver(Observer* whole, double begin, double end, bool slices)
      : whole_(whole), begin_(begin), end_(end), slices_(slices) {}
  void slice(const Slice& slice) override {
    if (whole_ != nullptr && slices_) whole_->slice(slice);
  }
  void progress(double fraction, Cycles now) override {
    if (whole_ != nullptr) whole_->progress(begin_ + fraction * (end_ - begin_), now);
  }
  void building(const std::string& step, double seconds) override {
    if (whole_ != nullptr) whole_->building(step, seconds);
  }

 private:
  Observer* whole_;
  double begin_, end_;
  bool slices_;
};

}  // namespace

RunResult Session::run(const std::vector<trace::Trace>& traces, const RunOptions& options) {
  const bool packs = elaboration_->cores.front()->matrix().model().packed_operands().has_value();
  if (packs && options.fidelity == Fidelity::data) return run_packed(traces, options);
  return simulate(traces, options, nullptr).result;
}

RunResult Session::run_packed(const std::vector<trace::Trace>& traces, const RunOptions& options) {
  constexpr double of_values = 0.95;  // shapes take a small part of the time
  PassObserver first(options.observer, 0, of_values, false);
  PassObserver second(options.observer, of_values, 1, true);
  RunOptions pass = options;
  pass.observer = &first;
  Pass values = simulate(traces, pass, nullptr);
  pass.observer = &second;
  pass.fidelity = Fidelity::shape;
  RunResult r = simulate(traces, pass, &values).result;
  r.outputs = std::move(values.result.outputs);
  r.kernel.wakeups += values.result.kernel.wakeups;
  r.kernel.host_seconds += values.result.kernel.host_seconds;
  return r;
}

// `values`: those of this run, found before; time, bytes and energy are this pass's.
Session::Pass Session::simulate(const std::vector<trace::Trace>& traces, RunOptions options,
                                const Pass* values) {
  Elaboration& e = *elaboration_;
  const double started = cpu_seconds();
  if (traces.size() > e.cores.size())
    throw Error(too_many_ranks)
        .say("the workload has " + std::to_string(traces.size()) + " ranks")
        .expected("at most " + std::to_string(e.cores.size()) + " (chips x cores)");
  const bool data = options.fidelity == Fidelity::data;
  const auto needs_data = [&](const char* unit, Implementation implementation) {
    if (data || values != nullptr || implementation == Implementation::model) return;
    throw Error(rtl_needs_data)
        .at(e.config.name)
        .read(std::string("core.") + unit + ".implementation: " + name(implementation))
        .expected("a run that computes values")
        .remedy("run it with --fidelity data");
  };
  needs_data("matrix", e.config.core.matrix.implementation);
  needs_data("accumulator", e.config.core.accumulator.implementation);
  needs_data("vector", e.config.core.vector.implementation);
  needs_data("scratchpad", e.config.core.scratchpad.implementation);
  if (e.config.core.weight_buffer)
    needs_data("weight_buffer", e.config.core.weight_buffer->implementation);
  if (data) {
    for (const auto& trace : traces) check_computable(trace);
    if (!options.operands) options.operands = operands_of(traces);
  }

  const Femtoseconds origin = e.kernel.next_origin();
  for (auto& memory : e.memories) {
    memory->reset(origin);
    memory->store().clear();
  }
  for (auto& core : e.cores) core->reset();
  e.failure = nullptr;
  e.ring.reset(static_cast<std::uint32_t>(traces.size()));

  std::vector<Plan> plans;
  plans.reserve(traces.size());
  std::size_t layers = 0, layers_done = 0;
  for (std::size_t rank = 0; rank < traces.size(); ++rank) {
    plans.push_back(
        make_plan(traces[rank], e.config, data,
                  static_cast<std::uint32_t>(rank % static_cast<std::size_t>(e.config.cores))));
    layers += plans.back().layers.size();
  }
  for (std::size_t rank = 0; rank < traces.size(); ++rank)
    e.cores[rank]->start(plans[rank], options, origin, e.memory_of(rank).store(), [&] {
      ++layers_done;
      if (options.observer != nullptr)
        options.observer->progress(static_cast<double>(layers_done) / static_cast<double>(layers),
                                   e.cores.front()->end());
    });
  e.kernel.run();
  if (e.failure) std::rethrow_exception(e.failure);
  for (auto& core : e.cores)
    if (core->twin() != nullptr) core->twin()->finish();

  Pass pass;
  RunResult& r = pass.result;
  r.arch = e.config.name;
  r.workload = traces.empty() ? "" : traces.front().name;
  r.fidelity = data || values != nullptr ? "data" : "shape";
  r.clock = e.config.core.clock;
  r.matrix_formula = e.cores.front()->matrix().model().formula();
  std::string stuck;
  for (const auto& core : e.cores) {
    r.cycles = std::max(r.cycles, core->end());
    if (!core->finished()) stuck += (stuck.empty() ? "" : "; ") + core->stuck();
  }
  const auto waiting = e.ring.unfinished();
  if (!waiting.empty())
    throw Error(collective_mismatch)
        .say("the run ended while ranks waited at " + waiting.front())
        .expected("every rank to reach every collective");
  MANTISSA_CHECK(stuck.empty(), "the run stopped with work left: " + stuck);
  r.latency_s = e.clock.seconds(r.cycles);
  for (auto& memory : e.memories) memory->settle(e.clock.time_of(r.cycles));

  Accounting accounting(e.config);
  for (std::size_t rank = 0; rank < e.cores.size(); ++rank) {
    Core& core = *e.cores[rank];
    r.per_core.push_back(core.matrix().time(r.cycles, core.stored_from(), core.stored_to()));
    r.matrix.busy += r.per_core.back().busy;
    for (std::size_t s = 0; s < stall_kinds; ++s) r.matrix.stalls[s] += r.per_core.back().stalls[s];
    r.macs += core.matrix().macs();
    Activity activity = core.matrix().model().activity();
    if (values != nullptr) add_values(values->activity[rank], activity);
    for (const auto& [name, count] : activity) r.matrix_activity[name] += count;
    pass.activity.push_back(activity);
    r.kernel.wakeups += core.wakeups();
    accounting.add(core, activity);
    add_faults(core, e.config.core, e.clock, data, r, accounting);
    const double peak = static_cast<double>(e.config.core.matrix.peak_macs_per_cycle());
    for (LayerResult& layer : core.layers()) {
      if (layer.engine.empty()) continue;  // a view
      const Cycles span = layer.end - layer.start;
      if (span.value > 0)
        layer.utilization =
            static_cast<double>(layer.macs) / (peak * static_cast<double>(span.value));
      r.layers.push_back(std::move(layer));
    }
    if (core.twin() != nullptr) r.twins["matrix"] += core.twin()->result();
    if (core.accumulator_twin() != nullptr)
      r.twins["accumulator"] += core.accumulator_twin()->result();
    if (const SramTwin* twin = core.scratchpad().twin()) r.twins["scratchpad"] += twin->result();
    if (const SramTwin* twin = core.scratchpad().weight_twin())
      r.twins["weight_buffer"] += twin->result();
    if (core.vector_twin() != nullptr) r.twins["vector"] += core.vector_twin()->result();
    for (DmaEngine* dma : {&core.loads(), &core.weights(), &core.stores()})
      if (dma->twin() != nullptr) r.twins["dma"] += dma->twin()->result();
    if (core.data() != nullptr) {
      r.int32_overflows += core.data()->overflows();
      add_upsets(*core.data(), e.config.core, r);
      for (auto& output : core.data()->take_outputs()) r.outputs.push_back(std::move(output));
    }
  }
  if (values != nullptr) {
    r.faults = values->result.faults;
    r.int32_overflows = values->result.int32_overflows;
    for (const auto& [unit, result] : values->result.twins) r.twins[unit] += result;
  }
  r.peak_macs_per_cycle = static_cast<double>(e.config.core.matrix.peak_macs_per_cycle()) *
                          static_cast<double>(e.cores.size());
  if (r.cycles.value > 0)
    r.utilization =
        static_cast<double>(r.macs) / (r.peak_macs_per_cycle * static_cast<double>(r.cycles.value));
  for (const auto& memory : e.memories) accounting.add(*memory);
  accounting.add_link(e.ring.sent_bytes());
  summarise_memory(e.memories, r);
  r.traffic = accounting.traffic();
  r.power = power::estimate(accounting.components(r.latency_s, e.technology.voltage()),
                            accounting.actions(), r.latency_s, e.technology);

  for (const auto& plan : plans)
    for (const auto& warning : plan.warnings)
      if (std::find(r.warnings.begin(), r.warnings.end(), warning) == r.warnings.end())
        r.warnings.push_back(warning);
  if (e.config.core.matrix.vsq) warn_of_vectors(e.config.core.matrix, data || values != nullptr, r);
  if (const auto beside = bytes_beside(e.memories, r.dram); !beside.empty())
    r.warnings.push_back(beside);
  if (e.memories.front()->dram() != nullptr && e.memories.front()->dram()->energy.known())
    r.warnings.push_back(energy_scope(*e.memories.front()->dram()));
  if (!e.config.technology.dram && !(r.dram.commands && e.config.memory.dram->energy))
    r.warnings.push_back("technology.dram is not set: memory is priced as DDR4");
  if (traces.size() < e.cores.size())
    r.warnings.push_back(std::to_string(e.cores.size() - traces.size()) + " of " +
                         std::to_string(e.cores.size()) +
                         " cores have no work: the workload has fewer ranks than cores");
  if (r.int32_overflows > 0)
    r.warnings.push_back("core.matrix: " + std::to_string(r.int32_overflows) +
                         " int32 sums overflowed and wrapped");
  warn_of_supply("scratchpad", e.config.core.scratchpad, e.technology.voltage(), r);
  if (e.config.core.weight_buffer)
    warn_of_supply("weight_buffer", *e.config.core.weight_buffer, e.technology.voltage(), r);
  for (const auto& warning : r.power.warnings) r.warnings.push_back(warning);
  check_conservation(r, traces);
  r.kernel.host_seconds = cpu_seconds() - started;
  for (auto& core : e.cores) core->reset();
  for (auto& memory : e.memories) memory->store().clear();
  return pass;
}

}  // namespace mantissa::arch
