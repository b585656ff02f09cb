// SPDX-License-Identifier: Apache-2.0
#include "arch/core/core.h"

#include <algorithm>

#include "base/faults/draw.h"
#include "base/trace/vocabulary.h"

namespace mantissa::arch {
namespace {

// Layers and commands lowered ahead: enough to fetch weights early, few enough to bound memory.
constexpr std::size_t layer_window = 16;
constexpr std::uint64_t command_window = 4096;

constexpr Cycles never{~0ull};

// Of what the matrix unit multiplies: A from the scratchpad, B from the weight buffer if there is
// one.
Cycles operand_latency(const CoreConfig& core) {
  const Cycles a = core.scratchpad.read_latency();
  return core.weight_buffer ? std::max(a, core.weight_buffer->read_latency()) : a;
}

}  // namespace

Core::Core(const sc_core::sc_module_name& name, std::uint32_t rank, const ArchConfig& config,
           Ring& ring, std::exception_ptr& failure)
    : sc_module(name),
      config_(config),
      scratchpad_(config.core.scratchpad.capacity,
                  config.core.weight_buffer ? config.core.weight_buffer->capacity : Bytes(0)),
      loads_("loads", EngineKind::load, config.core.dma, scratchpad_, context_),
      weights_("weights", EngineKind::weights, config.core.dma, scratchpad_, context_),
      stores_("stores", EngineKind::store, config.core.dma, scratchpad_, context_,
              config.core.scratchpad.read_latency()),
      matrix_("matrix", make_matrix_model(config.core), accumulators_, context_,
              operand_latency(config.core)),
      vector_("vector", config.core, accumulators_, scratchpad_, context_),
      link_("link", ring, context_) {
  context_.core = rank;
  context_.clock = Clock(config.core.clock);
  context_.tokens = &tokens_;
  context_.wakeups = &wakeups_;
  context_.failure = &failure;
  context_.finished = [this](const Command& command) { finished(command); };
  context_.span = [this](const Command& command, Cycles start, Cycles end) {
    span(command, start, end);
  };
  give_cells();
  tokens_.on_wake([this](std::uint32_t listeners) { wake(listeners); });
  matrix_.on_timetable = [this](const Command& command, const MatrixTimetable& t) {
    const auto& work = std::get<MatrixCommand>(command.work);
    matrix_bytes_read_ += work.a_bytes + work.b_bytes;
    scratchpad_.count_read(work.a, work.a_bytes);
    scratchpad_.count_read(work.b, work.b_bytes);
    // Every fold adds its sums; all but a tile's first read them back.
    const std::uint64_t sums = work.tile.m * work.tile.n * 4;
    const std::uint64_t depth = matrix_.model().partial_sums(work.tile);
    // Output stationary, sums stay in the array until they are complete.
    if (matrix_.model().order() == numerics::output_stationary) {
      if (work.tile.last) accumulators_.write_bytes += sums;
    } else {
      accumulators_.write_bytes += sums * depth;
      accumulators_.read_bytes += sums * (depth - (work.tile.first ? 1 : 0));
    }
    results_[command.layer].busy += t.busy;
    if (twin_ != nullptr && matrix_.arithmetic() != nullptr) twin_->timed(t);
  };
  link_.describe_with([this](const Command& command) {
    const LoweredLayer& layer = live_.at(command.layer).layer;
    const auto& op = plan_->trace->ops[layer.layer->head];
    Ring::Request request;
    request.kind = op.kind;
    request.name = op.name;
    const auto members = op.integers("ranks", {});
    request.members =
        members.empty() ? op.integer("group_size", 0) : static_cast<std::int64_t>(members.size());
    request.bytes = std::max<std::uint64_t>(
        std::get<LinkCommand>(command.work).bytes,
        static_cast<std::uint64_t>(std::max<std::int64_t>(0, op.integer("bytes", 0))));
    const auto me = static_cast<std::int64_t>(context_.core);
    request.source = op.kind == trace::OpKind::recv ? op.integer("source", 0) : me;
    request.destination = op.kind == trace::OpKind::send ? op.integer("destination", 0) : me;
    request.tag = op.integer("tag", 0);
    return request;
  });
}

Core::~Core() = default;

// Of what is drawn at random: 0 the scratchpad, 1 the weight buffer, 2 registers and accumulators.
std::uint64_t Core::cell_key(std::uint64_t memory) const {
  const auto seed = static_cast<std::uint64_t>(config_.core.chip_seed);
  return faults::derived(faults::derived(seed, context_.core), memory);
}

// Every memory of every core of a chip has cells of its own, drawn once per chip.
void Core::give_cells() {
  const auto make = [&](const SramConfig& sram, Bytes capacity, std::uint64_t memory) {
    if (!sram.fails()) return std::unique_ptr<SramCells>();
    const Latency scrub = sram.scrub.value_or(Latency{});
    return std::make_unique<SramCells>(
        sram, capacity, cell_key(memory),
        scrub.in_cycles ? scrub.cycles : context_.clock.edge_at_or_after(scrub.time));
  };
  const CoreConfig& core = config_.core;
  auto scratchpad = make(core.scratchpad, core.scratchpad.capacity, 0);
  auto weights = core.weight_buffer ? make(*core.weight_buffer, core.weight_buffer->capacity, 1)
                                    : std::unique_ptr<SramCells>();
  if (!scratchpad && !weights) return;
  scratchpad_.set_cells(std::move(scratchpad), std::move(weights), [this] {
    return context_.clock.edge_at_or_after(Femtoseconds(sc_core::sc_time_stamp().value()) -
                                           context_.origin);
  });
}

void Core::reset() {
  for (Engine* engine :
       std::initializer_list<Engine*>{&loads_, &weights_, &matrix_, &vector_, &stores_, &link_})
    engine->reset();
  tokens_.clear();
  scratchpad_.reset();
  accumulators_.reset();
  data_.reset();
  twin_.reset();
  accumulator_twin_.reset();
  vector_twin_.reset();
  lowering_.reset();
  plan_ = nullptr;
  live_.clear();
  results_.clear();
  vector_elements_.clear();
  wakeups_ = commands_ = queued_ = matrix_bytes_read_ = 0;
  lowering_now_ = false;
  next_layer_ = 0;
  end_ = Cycles(0);
  stored_from_ = stored_to_ = Cycles(0);
}

void Core::start(const Plan& plan, const RunOptions& options, Femtoseconds origin,
                 memory::BackingStore& store, std::function<void()> progress) {
  plan_ = &plan;
  progress_ = std::move(progress);
  context_.origin = origin;
  context_.observer = options.observer;
  lowering_ = std::make_unique<Lowering>(plan, config_, tokens_);
  const auto building = [observer = options.observer](const std::string& step, double seconds) {
    if (observer != nullptr) observer->building(step, seconds);
  };
  if (config_.core.dma.implementation != Implementation::model) {
    for (DmaEngine* dma : {&loads_, &weights_, &stores_})
      dma->address_with(AddressTwins::make(config_.core.dma, building));
  }
  if (options.fidelity == Fidelity::data) {
    scratchpad_.hold_bytes(true);
    const auto memory = [&](const char* name, const SramConfig& sram, Bytes capacity) {
      return sram.implementation == Implementation::model
                 ? std::unique_ptr<SramTwin>()
                 : SramTwins::make({name, sram, capacity}, building);
    };
    const CoreConfig& core = config_.core;
    scratchpad_.set_twins(memory("scratchpad", core.scratchpad, core.scratchpad.capacity),
                          core.weight_buffer ? memory("weight_buffer", *core.weight_buffer,
                                                      core.weight_buffer->capacity)
                                             : nullptr);
    data_ = std::make_unique<DataPath>(plan, config_, matrix_.model().order(), options.operands,
                                       scratchpad_, accumulators_, store, cell_key(2));
    data_->multiply_with(matrix_.arithmetic());
    if (config_.core.matrix.implementation != Implementation::model) {
      twin_ = MatrixTwins::make(config_.core, building);
      data_->operate(twin_.get());
    }
    if (config_.core.accumulator.implementation != Implementation::model) {
      accumulator_twin_ = AccumulatorTwins::make(config_.core, building);
      data_->operate(accumulator_twin_.get());
      if (twin_) twin_->accumulate_with(accumulator_twin_.get());
    }
    if (config_.core.vector.implementation != Implementation::model) {
      vector_twin_ = VectorTwins::make(config_.core.vector, building);
      data_->operate(vector_twin_.get());
    }
    matrix_.compute_with([this](const Command& c, const MatrixTimetable& t) {
      data_->multiply(live_.at(c.layer).layer, std::get<MatrixCommand>(c.work), t);
    });
    vector_.compute_with([this](const Command& c, const VectorTime& time, Cycles now) {
      data_->drain(live_.at(c.layer).layer, std::get<VectorCommand>(c.work), time, now);
    });
  } else {
    matrix_.compute_with({});
    vector_.compute_with({});
  }
  feed();
}

void Core::feed() {
  std::uint32_t fed = 0;
  while (lowering_now_ || next_layer_ < plan_layers()) {
    if (queued_ >= command_window) break;
    if (!lowering_now_) {
      if (live_.size() >= layer_window) break;
      begin_layer();
    }
    const LayerId id = next_layer_ - 1;
    CommandStream stream;
    lowering_now_ = lowering_->advance(stream);
    queued_ += stream.commands.size();
    commands_ += stream.commands.size();
    for (Command& command : stream.commands) {
      const EngineKind kind = command.engine;
      if (engine(kind).push(std::move(command))) fed |= 1u << static_cast<unsigned>(kind);
    }
    if (lowering_now_) continue;
    Live& live = live_.at(id);
    live.complete = true;
    if (live.finished == live.layer.commands) retire(id);
  }
  wake(fed);
}

void Core::begin_layer() {
  const LayerId id = next_layer_++;
  LoweredLayer& layer = live_[id].layer;
  lowering_->begin(id, layer);
  results_.push_back(layer.result);
  results_.back().core = context_.core;
  results_.back().start = never;
  if (data_) data_->begin(layer);
}

Engine& Core::engine(EngineKind kind) {
  switch (kind) {
    case EngineKind::load:
      return loads_;
    case EngineKind::weights:
      return weights_;
    case EngineKind::matrix:
      return matrix_;
    case EngineKind::vector:
      return vector_;
    case EngineKind::store:
      return stores_;
    case EngineKind::link:
      break;
  }
  return link_;
}

void Core::wake(std::uint32_t engines) {
  for (std::size_t i = 0; i < engine_kinds; ++i)
    if (engines & (1u << i)) engine(static_cast<EngineKind>(i)).wake();
}

void Core::finished(const Command& command) {
  Live& live = live_.at(command.layer);
  if (command.evaluates_layer && data_) data_->evaluate(live.layer);
  ++live.finished;
  --queued_;
  if (live.complete && live.finished == live.layer.commands) retire(command.layer);
  tokens_.forget_done();
  if (queued_ < command_window / 2) feed();
}

void Core::retire(LayerId id) {
  const LoweredLayer& layer = live_.at(id).layer;
  // What became known while the layer was lowered.
  LayerResult& result = results_[id];
  result.compute = layer.result.compute;
  result.folds = layer.result.folds;
  result.dram_read_bytes = layer.result.dram_read_bytes;
  result.dram_write_bytes = layer.result.dram_write_bytes;
  if (layer.commands == 0) result.engine.clear();  // a view
  count_vector_work(layer);
  if (data_) data_->finish(layer);
  live_.erase(id);
  if (progress_) progress_();
}

void Core::span(const Command& command, Cycles start, Cycles end) {
  LayerResult& result = results_[command.layer];
  // Weights are fetched while earlier layers run: that does not begin a layer.
  if (command.engine != EngineKind::weights) result.start = std::min(result.start, start);
  result.end = std::max(result.end, end);
  end_ = std::max(end_, end);
  if (command.engine == EngineKind::store) {
    // Write-backs that follow each other without a gap are one.
    if (start > stored_to_) stored_from_ = start;
    stored_to_ = std::max(stored_to_, end);
  }
  if (command.engine != EngineKind::matrix && arch::name(command.engine) == result.engine) {
    // Commands overlap in the engine's pipeline: every cycle counts once.
    Cycles& until = live_.at(command.layer).counted_until;
    const Cycles from = std::max(start, until);
    if (end > from) result.busy += end - from;
    until = std::max(until, end);
  }
  if (context_.observer != nullptr)
    context_.observer->slice({context_.core, arch::name(command.engine), arch::name(command.engine),
                              plan_->layers[command.layer].head, start, end});
}

void Core::count_vector_work(const LoweredLayer& layer) {
  const auto& ops = plan_->trace->ops;
  for (auto id : layer.layer->ops()) {
    const bool head = id == layer.layer->head;
    if (head && layer.engine == EngineKind::matrix) {
      if (ops[id].inputs.size() > 2 && ops[id].inputs[2] != trace::no_tensor)
        vector_elements_["add"] += layer.vector_elements;
      else if (layer.layer->chain.empty())
        vector_elements_["copy"] += layer.vector_elements;
      continue;
    }
    vector_elements_[trace::name(ops[id].kind)] +=
        head ? layer.head_elements : layer.vector_elements;
  }
}

std::string Core::stuck() const {
  std::string text;
  for (const auto& [id, live] : live_)
    text += (text.empty() ? "" : ", ") + live.layer.result.name + " (" +
            std::to_string(live.layer.commands - live.finished) + " commands left)";
  return text;
}

}  // namespace mantissa::arch
