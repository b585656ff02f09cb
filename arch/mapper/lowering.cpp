// SPDX-License-Identifier: Apache-2.0
#include "arch/mapper/lowering.h"

#include <fmt/format.h>

#include <algorithm>

#include "arch/mapper/errors.h"
#include "arch/mapper/lowering_parts.h"
#include "arch/mapper/placement.h"
#include "arch/mapper/stream_lowering.h"
#include "arch/units/vector_time.h"

namespace mantissa::arch {
namespace {

using trace::no_tensor;
using trace::OpClass;
using trace::TensorId;

std::string layer_ops(const Plan& plan, const Layer& layer) {
  std::string text;
  for (auto id : layer.ops())
    text += (text.empty() ? "" : "+") + std::string(trace::name(plan.trace->ops[id].kind));
  return text;
}

}  // namespace

std::uint32_t chain_passes(const Plan& plan, const Layer& layer, const VectorConfig& vector) {
  // Element-wise operators run one behind the other in the unit's stages; the bias of a product is
  // one of them.
  const auto& head = plan.trace->ops[layer.head];
  std::uint64_t steps = 0;
  if (trace::spec(head.kind).op_class == OpClass::matrix)
    for (std::size_t i = 2; i < head.inputs.size(); ++i) steps += head.inputs[i] != no_tensor;
  for (auto id : layer.chain) steps += vector_steps(plan.trace->ops[id].kind, vector);
  return static_cast<std::uint32_t>(
      std::max<std::uint64_t>(1, ceil_div(steps, static_cast<std::uint64_t>(vector.stages))));
}

Surroundings surroundings(const Plan& plan, const Layer& layer, const ArchConfig& config,
                          TensorId& addend) {
  const auto& trace = *plan.trace;
  const auto& head = trace.ops[layer.head];
  const TensorId result = layer.outputs.front();
  Surroundings s;
  s.a_resident = plan.place(head.inputs[0]).resident;
  s.b_resident = plan.place(head.inputs[1]).resident;
  s.out_resident = plan.place(result).resident;
  s.out_size = plan.element_size(result);
  addend = no_tensor;
  const auto add_column = [&](TensorId t) {
    // A parameter with fewer elements than columns (a scalar) costs next to nothing.
    s.parameter_bytes += std::max<std::uint64_t>(1, trace::bits(plan.format(t)) / 8);
  };
  for (std::size_t i = 2; i < head.inputs.size(); ++i)
    if (head.inputs[i] != no_tensor) add_column(head.inputs[i]);
  TensorId value = head.outputs.front();
  for (auto id : layer.chain) {
    for (TensorId t : trace.ops[id].inputs) {
      if (t == no_tensor || t == value) continue;
      if (per_column(trace.tensor(t), trace.tensor(value))) {
        add_column(t);
      } else {
        addend = plan.storage[t];
        s.addend = true;
        s.addend_resident = plan.place(t).resident;
        s.addend_size = plan.element_size(t);
      }
    }
    value = trace.ops[id].outputs.front();
  }
  s.bytes_per_cycle = config.memory.bytes_per_cycle(config.core.clock);
  s.latency = config.memory.idle_latency(config.core.clock);
  s.tile_area = Lowering::tile_area(config);
  s.weight_buffer = config.core.weight_buffer ? config.core.weight_buffer->capacity.value : 0;
  s.accumulator_rows = static_cast<std::uint64_t>(config.core.accumulator.rows);
  s.vector_lanes = static_cast<std::uint64_t>(config.core.vector.lanes);
  s.vector_passes = chain_passes(plan, layer, config.core.vector);
  return s;
}

std::uint64_t Lowering::resident_area(const ArchConfig& config) {
  const auto capacity = static_cast<double>(config.core.scratchpad.capacity.value);
  return static_cast<std::uint64_t>(capacity * config.mapper.resident_fraction) / place_alignment *
         place_alignment;
}

std::uint64_t Lowering::tile_area(const ArchConfig& config) {
  // Each of the two areas grows with the capacity; what rounding leaves over stays unused.
  const auto capacity = static_cast<double>(config.core.scratchpad.capacity.value);
  return static_cast<std::uint64_t>(capacity * (1 - config.mapper.resident_fraction)) /
         place_alignment * place_alignment;
}

Lowering::Lowering(const Plan& plan, const ArchConfig& config, TokenTable& tokens)
    : plan_(plan), config_(config), tokens_(tokens) {
  tile_base_ = tile_cursor_ = resident_area(config);
  tile_end_ = tile_base_ + tile_area(config);
  weight_cursor_ = config.core.scratchpad.capacity.value;
  weight_end_ =
      weight_cursor_ + (config.core.weight_buffer ? config.core.weight_buffer->capacity.value : 0);
  images_end_ = plan.dram_end;
  layer_done_.reserve(plan.layers.size());
  layer_of_op_.resize(plan.trace->ops.size());
  for (LayerId i = 0; i < plan.layers.size(); ++i)
    for (auto op : plan.layers[i].ops()) layer_of_op_[op] = i;
}

Lowering::~Lowering() = default;

void Lowering::wait_for_producers(const Layer& layer, TokenList& waits) const {
  for (TensorId t : layer.reads) {
    const std::uint32_t from = plan_.producer[t];
    if (from != no_layer && !tokens_.done(layer_done_[from])) waits.push_back(layer_done_[from]);
  }
  const auto& trace = *plan_.trace;
  for (auto id : layer.ops())
    for (auto before : trace.ops[id].after) {
      const LayerId other = layer_of_op_[before];
      if (other < layer_done_.size() && !tokens_.done(layer_done_[other]))
        waits.push_back(layer_done_[other]);
    }
}

void Lowering::fit_tiles(std::uint64_t bytes) {
  MANTISSA_CHECK(bytes <= tile_end_ - tile_base_, "a layer's tiles exceed the tile area");
  if (tile_cursor_ + bytes > tile_end_) tile_cursor_ = tile_base_;
}

std::uint64_t Lowering::reserve(std::uint64_t bytes, bool weight_buffer) {
  std::uint64_t& cursor = weight_buffer ? weight_cursor_ : tile_cursor_;
  const std::uint64_t base = weight_buffer ? config_.core.scratchpad.capacity.value : tile_base_;
  const std::uint64_t end = weight_buffer ? weight_end_ : tile_end_;
  const std::uint64_t size = round_up(bytes, place_alignment);
  if (cursor + size > end) cursor = base;
  MANTISSA_CHECK(cursor + size <= end, "a tile beyond its storage");
  const std::uint64_t at = cursor;
  cursor += size;
  return at;
}

void Lowering::claim(Regions& regions, std::uint64_t begin, std::uint64_t end,
                     TokenList& waits) const {
  const auto still_used = [&](const Region& r) {
    if (r.end <= begin || end <= r.begin) return;
    for (TokenId token : r.tokens)
      if (!tokens_.done(token) && std::find(waits.begin(), waits.end(), token) == waits.end())
        waits.push_back(token);
  };
  for (const Region& region : regions) still_used(region);
  // What this claim covers whole is history for those who claim after it.
  regions.erase(std::remove_if(regions.begin(), regions.end(),
                               [&](const Region& r) {
                                 const bool over = std::all_of(
                                     r.tokens.begin(), r.tokens.end(),
                                     [&](TokenId token) { return tokens_.done(token); });
                                 return over || (r.begin >= begin && r.end <= end);
                               }),
                regions.end());
}

void Lowering::release(Regions& regions, std::uint64_t begin, std::uint64_t end,
                       const TokenList& tokens) {
  if (begin < end) regions.push_back({begin, end, tokens});
}

std::uint64_t Lowering::weight_image(TensorId weights, const Tiling& tiling) {
  const bool first = images_.lower_bound({weights, ""}) == images_.end() ||
                     images_.lower_bound({weights, ""})->first.first != weights;
  const auto cut = fmt::format("{} {}", tiling.k.front().size, tiling.n.front().size);
  const auto [found, is_new] = images_.emplace(std::make_pair(weights, cut), 0);
  if (is_new) {
    // The tensor's own place, unless somebody reads the tensor there as it is.
    const auto& ops = plan_.trace->ops;
    const bool plain = std::any_of(ops.begin(), ops.end(), [&](const trace::Op& op) {
      return trace::spec(op.kind).op_class == OpClass::matrix && op.inputs[0] == weights;
    });
    const bool own = first && !plain;
    found->second = own ? plan_.place(weights).dram : images_end_;
    if (!own) images_end_ += round_up(plan_.place(weights).bytes, place_alignment);
  }
  return found->second;
}

Lowering::Ring Lowering::make_ring(std::uint64_t bytes, std::uint32_t count, bool weight_buffer) {
  Ring ring;
  if (bytes == 0 || count == 0) return ring;
  ring.slot_bytes = round_up(bytes, place_alignment);
  ring.count = count;
  ring.claims.resize(count);
  ring.base = reserve(ring.slot_bytes * count, weight_buffer);
  for (std::uint32_t i = 0; i < count; ++i)
    claim(regions_, ring.base + i * ring.slot_bytes, ring.base + (i + 1) * ring.slot_bytes,
          ring.claims[i]);
  return ring;
}

void Lowering::retire(Ring& ring) {
  for (std::uint32_t i = 0; i < ring.count; ++i)
    release(regions_, ring.base + i * ring.slot_bytes, ring.base + (i + 1) * ring.slot_bytes,
            ring.claims[i]);
}

TokenList Lowering::resident_claims(const Layer& layer) {
  TokenList waits;
  for (TensorId t : layer.outputs) {
    const Place& place = plan_.place(t);
    if (place.resident) claim(regions_, place.local, place.local + place.bytes, waits);
  }
  return waits;
}

void Lowering::begin(LayerId id, LoweredLayer& lowered) {
  MANTISSA_CHECK(id == layer_done_.size() && current_ == nullptr, "layers are lowered in order");
  const Layer& layer = plan_.layers[id];
  current_ = &lowered;
  lowered.id = id;
  lowered.layer = &layer;
  lowered.result.name = plan_.trace->ops[layer.head].name;
  lowered.result.op = layer_ops(plan_, layer);
  lowered.done = tokens_.arm(1, Stall::dependency);
  layer_done_.push_back(lowered.done);
  if (layer.view) return;
  if (trace::spec(plan_.trace->ops[layer.head].kind).op_class == OpClass::matrix)
    program_ = std::make_unique<MatrixLowering>(*this, lowered);
  else
    program_ = std::make_unique<StreamLowering>(*this, lowered);
}

bool Lowering::advance(CommandStream& out) {
  const std::size_t before = out.commands.size();
  const bool more = program_ != nullptr && program_->emit(out);
  const LayerId id = current_->id;
  current_->commands += out.commands.size() - before;
  const bool waits = config_.mapper.barrier && id > 0 && !tokens_.done(layer_done_[id - 1]);
  for (std::size_t i = before; i < out.commands.size(); ++i) {
    out.commands[i].layer = id;
    if (waits) out.commands[i].waits.push_back(layer_done_[id - 1]);
  }
  if (!more) complete();
  return more;
}

void Lowering::complete() {
  const Layer& layer = *current_->layer;
  program_.reset();
  // What this layer reads or writes of the resident area is in use until it is done.
  const TokenList done{current_->done};
  const auto in_use = [&](TensorId t) {
    const Place& place = plan_.place(t);
    if (place.resident) release(regions_, place.local, place.local + place.bytes, done);
  };
  for (TensorId t : layer.reads) in_use(t);
  if (!layer.view)
    for (TensorId t : layer.outputs) in_use(t);
  tokens_.release(current_->done);
  current_ = nullptr;
}

}  // namespace mantissa::arch
