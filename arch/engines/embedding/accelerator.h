// SPDX-License-Identifier: Apache-2.0
// A whole recommendation accelerator, item by item: lookup, then the stages of the fully connected
// layers, with FIFOs of `item_fifo` items between them.
//
// A stage takes an item when the stage before has finished it, and hands it on when the FIFO behind
// has room:
//   begin(s, i)  = max(end(s - 1, i), end(s, i - 1))
//   end(s, i)    = max(begin(s, i) + cycles(s), begin(s + 1, i - item_fifo))
// Channels of the lookup may start item i once its first stage has taken item i - item_fifo.
//
// Stages and their cycles, for F inputs padded to whole steps of 2 w elements, where w elements fit
// a word of features:
//   join        ceil(F / gather_elements)     the channels' words into one row of features
//   pack        F / w
//   broadcast   F / w                         of each layer, to its PEs
//   multiply    F / w + r F / (2 w)           reads the features, then works on the rows of a PE,
//                                             r = ceil(outputs / PEs)
//   gather      outputs / w
// and the single output: F / w + F / (2 w). Found in the public HLS code of arXiv 2010.05894: every
// process works on a whole item before it starts the next. The initiation interval is that of the
// slowest stage; without layers, of the slowest channel.
//
//   Accelerator accelerator(config, tables, {1024, 512, 256}, [&](const ItemTimes& t) { ... });
//   accelerator.push(arrival, rows);
//   accelerator.drain();
//   accelerator.latest();                                 // when the last item was done
//
// With `implementation: rtl` or `lockstep` of the lookup or of the layers, the numbers are
// computed, too (values.h), and verilated units are clocked beside the model (twins.h). Errors:
// theirs.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "arch/engines/embedding/lookup_engine.h"

namespace mantissa::arch::embedding {

// The PEs of a layer; each has `rows` of its outputs.
struct PeGroup {
  std::string name;  // "layer1", "output"
  std::uint64_t pes = 1, rows = 1;
  std::uint64_t inputs = 0, outputs = 1;  // elements of an item; inputs are padded
};
// Of the hidden layers and of the output; none without layers.
std::vector<PeGroup> pe_groups(const EmbeddingConfig& config, std::uint64_t elements,
                               const std::vector<std::int64_t>& layers);

struct Stage {
  std::string name;
  std::uint64_t cycles = 0;
};

// Behind the lookup; none without layers.
std::vector<Stage> dense_stages(const EmbeddingConfig& config, std::uint64_t elements,
                                const std::vector<std::int64_t>& layers);
std::uint64_t initiation_interval(const std::vector<Stage>& stages);
// 2 x multiply-accumulates of one item, padding not counted.
std::uint64_t operations_per_item(std::uint64_t elements, const std::vector<std::int64_t>& layers);

struct ItemTimes {
  std::uint64_t item = 0;
  Cycles arrival{}, looked_up{}, done{};
  std::vector<std::int32_t>
      outputs;  // beside RTL: the last layer's, or without layers the features
};

class Accelerator {
 public:
  using Sink = std::function<void(const ItemTimes&)>;

  // `layers`: outputs of each hidden layer; none: lookup alone. `sink` hears of every item, in
  // order.
  Accelerator(const EmbeddingConfig& config, std::vector<PlacedTable> tables,
              std::vector<std::int64_t> layers, Sink sink);

  // Items come in the order of their arrival, and after `drain` not before `latest`. An item is
  // known of once `item_fifo` more have come.
  void push(Cycles arrival, const std::uint64_t* rows);
  void drain();  // until every item is known of
  Cycles latest() const { return latest_; }
  LookupTotals settle();  // after drain

  LookupEngine& lookup() { return lookup_; }
  const std::vector<Stage>& stages() const { return stages_; }

 private:
  void complete(std::uint64_t item);
  std::vector<std::int32_t> compute(std::uint64_t item);
  Cycles& begin(std::size_t stage, std::uint64_t item) {
    return begin_[stage * depth_ + item % depth_];
  }

  LookupEngine lookup_;
  const std::vector<Stage> stages_;
  const std::uint64_t depth_;
  const Sink sink_;
  std::unique_ptr<Values> values_;  // null: cycles alone
  std::unique_ptr<DenseTwin> dense_twin_;
  std::vector<Cycles> begin_;     // of each stage, the last `depth_` items
  std::vector<Cycles> end_;       // of each stage, the item before
  std::vector<Cycles> arrivals_;  // of items that are not complete
  std::uint64_t pushed_ = 0, completed_ = 0;
  Cycles latest_{}, drained_{};
};

}  // namespace mantissa::arch::embedding
