// SPDX-License-Identifier: Apache-2.0
// One core: sequencer, engines, scratchpad, accumulators. The sequencer keeps a window of layers
// lowered and hands their commands to the engines, which find their own order by tokens.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <systemc>

#include "arch/engines/dma_engine.h"
#include "arch/engines/link_engine.h"
#include "arch/engines/matrix_engine.h"
#include "arch/engines/vector_engine.h"
#include "arch/mapper/lowering.h"
#include "arch/session/data_path.h"
#include "arch/units/accumulator_twin.h"
#include "arch/units/matrix_twin.h"

namespace mantissa::arch {

class Core : public sc_core::sc_module {
 public:
  // `failure` receives what a command throws; the run then stops.
  Core(const sc_core::sc_module_name& name, std::uint32_t rank, const ArchConfig& config,
       Ring& ring, std::exception_ptr& failure);
  ~Core() override;

  DmaEngine& loads() { return loads_; }
  DmaEngine& weights() { return weights_; }
  DmaEngine& stores() { return stores_; }
  std::uint64_t loaded_bytes() const { return loads_.bytes() + weights_.bytes(); }
  std::uint64_t stored_bytes() const { return stores_.bytes(); }
  std::uint64_t matrix_bytes_read() const { return matrix_bytes_read_; }
  std::uint64_t post_processed_vectors() const { return vector_.post_processed(); }

  // Starts a trace at `origin` = cycle 0. `store` is the chip's memory contents in data mode.
  void start(const Plan& plan, const RunOptions& options, Femtoseconds origin,
             memory::BackingStore& store, std::function<void()> progress);
  bool finished() const { return next_layer_ == plan_layers() && !lowering_now_ && live_.empty(); }
  void reset();

  // What happened.
  Cycles end() const { return end_; }
  // The last unbroken run of write-backs.
  Cycles stored_from() const { return stored_from_; }
  Cycles stored_to() const { return stored_to_; }
  const MatrixEngine& matrix() const { return matrix_; }
  const VectorEngine& vector() const { return vector_; }
  const Scratchpad& scratchpad() const { return scratchpad_; }
  const Accumulators& accumulators() const { return accumulators_; }
  std::vector<LayerResult>& layers() { return results_; }
  const std::map<std::string, std::uint64_t>& vector_elements() const { return vector_elements_; }
  std::uint64_t commands() const { return commands_; }
  std::uint64_t wakeups() const { return wakeups_; }
  DataPath* data() { return data_.get(); }
  // RTL in place of the matrix unit or beside it; null without.
  MatrixTwin* twin() { return twin_.get(); }
  AccumulatorTwin* accumulator_twin() { return accumulator_twin_.get(); }
  VectorTwin* vector_twin() { return vector_twin_.get(); }
  std::string stuck() const;  // what unfinished layers wait for, for a message

 private:
  std::uint64_t cell_key(std::uint64_t memory) const;
  void give_cells();
  std::size_t plan_layers() const { return plan_ == nullptr ? 0 : plan_->layers.size(); }
  void feed();
  void begin_layer();
  Engine& engine(EngineKind kind);
  void wake(std::uint32_t engines);  // a bit each; always in the same order
  void retire(LayerId id);
  void finished(const Command& command);
  void span(const Command& command, Cycles start, Cycles end);
  void count_vector_work(const LoweredLayer& layer);

  const ArchConfig& config_;
  CoreContext context_;
  TokenTable tokens_;
  Scratchpad scratchpad_;
  Accumulators accumulators_;
  std::uint64_t wakeups_ = 0;
  DmaEngine loads_, weights_, stores_;
  MatrixEngine matrix_;
  VectorEngine vector_;
  LinkEngine link_;

  const Plan* plan_ = nullptr;
  std::unique_ptr<Lowering> lowering_;
  std::unique_ptr<DataPath> data_;
  std::unique_ptr<MatrixTwin> twin_;
  std::unique_ptr<AccumulatorTwin> accumulator_twin_;
  std::unique_ptr<VectorTwin> vector_twin_;
  std::function<void()> progress_;
  struct Live {
    LoweredLayer layer;
    std::uint64_t finished = 0;  // commands
    bool complete = false;       // all commands are emitted
    Cycles counted_until{};      // of the main engine's busy time
  };
  LayerId next_layer_ = 0;
  bool lowering_now_ = false;  // layer next_layer_ - 1 has more commands to come
  std::map<LayerId, Live> live_;
  std::uint64_t queued_ = 0;  // commands emitted and not finished
  std::vector<LayerResult> results_;
  std::map<std::string, std::uint64_t> vector_elements_;  // by operator name
  std::uint64_t commands_ = 0, matrix_bytes_read_ = 0;
  Cycles end_{};
  Cycles stored_from_{}, stored_to_{};
};

}  // namespace mantissa::arch
