// SPDX-License-Identifier: Apache-2.0
#include "arch/engines/embedding/accelerator.h"

#include <algorithm>

namespace mantissa::arch::embedding {
namespace {

// Elements that fit a word of features.
std::uint64_t word_elements(const EmbeddingConfig& config) {
  return static_cast<std::uint64_t>(config.dense.word_bits) / bits(config.element);
}

// Of a hidden layer, behind join, pack, and three stages of every layer before it.
constexpr std::size_t multiply_stage(std::size_t layer) { return 3 + 3 * layer; }

}  // namespace

std::vector<PeGroup> pe_groups(const EmbeddingConfig& config, std::uint64_t elements,
                               const std::vector<std::int64_t>& layers) {
  std::vector<PeGroup> groups;
  if (layers.empty()) return groups;
  const std::uint64_t step = 2 * word_elements(config);
  std::uint64_t inputs = round_up(elements, step);
  const auto& pes = config.dense.pes;
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    PeGroup group{"layer" + std::to_string(layer + 1)};
    group.inputs = inputs;
    group.outputs = static_cast<std::uint64_t>(layers[layer]);
    group.pes = static_cast<std::uint64_t>(pes[std::min(layer, pes.size() - 1)]);
    group.rows = ceil_div(group.outputs, group.pes);
    inputs = round_up(group.outputs, step);
    groups.push_back(group);
  }
  groups.push_back({"output", 1, 1, inputs, 1});
  return groups;
}

std::vector<Stage> dense_stages(const EmbeddingConfig& config, std::uint64_t elements,
                                const std::vector<std::int64_t>& layers) {
  std::vector<Stage> stages;
  const std::uint64_t w = word_elements(config);
  for (const PeGroup& group : pe_groups(config, elements, layers)) {
    const std::uint64_t words = group.inputs / w;
    const std::uint64_t multiply = words + group.rows * (words / 2);
    if (stages.empty()) {
      stages.push_back(
          {"join", ceil_div(elements, static_cast<std::uint64_t>(config.dense.gather_elements))});
      stages.push_back({"pack", words});
    }
    if (group.name == "output") {
      stages.push_back({group.name, multiply});
      continue;
    }
    stages.push_back({group.name + ".broadcast", words});
    stages.push_back({group.name + ".multiply", multiply});
    stages.push_back({group.name + ".gather", ceil_div(group.outputs, w)});
  }
  return stages;
}

std::uint64_t initiation_interval(const std::vector<Stage>& stages) {
  std::uint64_t most = 0;
  for (const Stage& stage : stages) most = std::max(most, stage.cycles);
  return most;
}

std::uint64_t operations_per_item(std::uint64_t elements, const std::vector<std::int64_t>& layers) {
  std::uint64_t inputs = elements, macs = 0;
  for (const std::int64_t outputs : layers) {
    macs += inputs * static_cast<std::uint64_t>(outputs);
    inputs = static_cast<std::uint64_t>(outputs);
  }
  return layers.empty() ? 0 : 2 * (macs + inputs);
}

Accelerator::Accelerator(const EmbeddingConfig& config, std::vector<PlacedTable> tables,
                         std::vector<std::int64_t> layers, Sink sink)
    : lookup_(config, std::move(tables)),
      stages_(dense_stages(config, lookup_.elements_per_item(), layers)),
      depth_(static_cast<std::uint64_t>(config.item_fifo)),
      sink_(std::move(sink)),
      begin_(std::max<std::size_t>(1, stages_.size()) * depth_),
      end_(stages_.size()),
      arrivals_(depth_ + 1) {
  if (!config.beside_rtl()) return;
  std::vector<std::string> names;
  for (const PlacedTable& table : lookup_.tables()) names.push_back(table.name);
  values_ = std::make_unique<Values>(config, names, lookup_.elements_per_item(), layers);
  lookup_.compute(*values_);
  if (config.dense.implementation != Implementation::model && !layers.empty())
    dense_twin_ = DenseTwins::make({config, values_.get()}, nullptr);
}

void Accelerator::push(Cycles arrival, const std::uint64_t* rows) {
  MANTISSA_CHECK(arrival >= drained_, "an item that comes before the last drain was over");
  Cycles earliest = arrival;
  if (pushed_ >= depth_) {
    while (completed_ <= pushed_ - depth_) complete(completed_);
    earliest = std::max(earliest, begin(0, pushed_ - depth_));
  }
  arrivals_[pushed_ % arrivals_.size()] = arrival;
  lookup_.start(earliest, rows);
  ++pushed_;
}

void Accelerator::complete(std::uint64_t item) {
  const Cycles looked_up = lookup_.finished(item);
  Cycles ready = looked_up;
  for (std::size_t s = 0; s < stages_.size(); ++s) {
    const Cycles start = std::max(ready, end_[s]);
    Cycles end = start + Cycles(stages_[s].cycles);
    if (s + 1 < stages_.size() && item >= depth_) end = std::max(end, begin(s + 1, item - depth_));
    begin(s, item) = start;
    ready = end_[s] = end;
  }
  if (stages_.empty()) begin(0, item) = looked_up;  // whoever listens takes it at once
  ++completed_;
  latest_ = std::max(latest_, ready);
  std::vector<std::int32_t> outputs;
  if (values_) outputs = compute(item);
  if (sink_)
    sink_({item, arrivals_[item % arrivals_.size()], looked_up, ready, std::move(outputs)});
}

std::vector<std::int32_t> Accelerator::compute(std::uint64_t item) {
  std::vector<std::int32_t> numbers = lookup_.take_features();
  for (const DenseLayer& layer : values_->layers()) {
    const bool output = layer.number + 1 == values_->layers().size();
    const std::uint64_t interval =
        output ? stages_.back().cycles : stages_[multiply_stage(layer.number)].cycles;
    std::uint64_t overflows = 0;
    std::vector<std::int32_t> outputs = values_->outputs(layer, numbers, overflows);
    if (dense_twin_) dense_twin_->multiply(item, layer, interval, numbers, outputs);
    numbers = std::move(outputs);
  }
  return numbers;
}

void Accelerator::drain() {
  while (completed_ < pushed_) complete(completed_);
  drained_ = latest_;
}

LookupTotals Accelerator::settle() {
  MANTISSA_CHECK(completed_ == pushed_, "the books are closed over items that are under way");
  LookupTotals totals = lookup_.settle(latest_);
  if (dense_twin_) totals.twins["dense"] = dense_twin_->result();
  return totals;
}

}  // namespace mantissa::arch::embedding
