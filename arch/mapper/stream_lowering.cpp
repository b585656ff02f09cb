// SPDX-License-Identifier: Apache-2.0
#include "arch/mapper/stream_lowering.h"

#include <fmt/format.h>

#include <algorithm>

#include "arch/mapper/errors.h"

namespace mantissa::arch {
namespace {

using trace::no_tensor;
using trace::OpClass;
using trace::OpKind;
using trace::TensorId;

// Small enough to overlap, large enough that commands are few.
constexpr std::uint64_t chunk_target = 64 * 1024;
constexpr std::uint64_t most_chunks = 64;

std::uint64_t share(std::uint64_t total, std::uint64_t part, std::uint64_t parts) {
  return static_cast<std::uint64_t>(static_cast<unsigned __int128>(total) * part / parts);
}

}  // namespace

StreamLowering::StreamLowering(Lowering& lowering, LoweredLayer& layer)
    : l_(lowering),
      layer_(layer),
      plan_(lowering.plan_),
      head_(plan_.trace->ops[layer.layer->head]) {
  collect();
  reserve();
}

Command& StreamLowering::command(EngineKind engine) {
  out_->commands.emplace_back();
  out_->commands.back().engine = engine;
  return out_->commands.back();
}

void StreamLowering::collect() {
  const auto& trace = *plan_.trace;
  const auto& spec = trace::spec(head_.kind);
  std::vector<TensorId> seen;
  std::vector<TensorId> inside;
  for (auto id : layer_.layer->ops()) {
    const auto& op = trace.ops[id];
    for (std::size_t i = 0; i < op.inputs.size(); ++i) {
      const TensorId t = op.inputs[i];
      if (t == no_tensor || std::count(inside.begin(), inside.end(), t) > 0) continue;
      const TensorId s = plan_.storage[t];
      if (std::count(seen.begin(), seen.end(), s) > 0) continue;
      seen.push_back(s);
      // Of an embedding table only the rows that are looked up move.
      std::uint64_t bytes = plan_.bytes(t);
      if (spec.op_class == OpClass::lookup && i == 0 && head_.kind != OpKind::embedding_grad) {
        const auto& table = plan_.tensor(t);
        const auto lookups = static_cast<std::uint64_t>(plan_.tensor(op.inputs[1]).elements());
        bytes = lookups * trace::storage_bytes(plan_.format(t), table.shape.back());
      }
      read_bytes_ += bytes;
      if (plan_.place(t).resident) continue;
      in_.push_back({plan_.place(t).dram, bytes, trace.tensor(t).role == trace::Role::parameter});
      in_bytes_ += bytes;
    }
    for (TensorId t : op.outputs) inside.push_back(t);
  }
  for (TensorId t : layer_.layer->outputs) {
    const std::uint64_t bytes = plan_.bytes(t);
    elements_ = std::max(elements_, static_cast<std::uint64_t>(plan_.tensor(t).elements()));
    write_bytes_ += bytes;
    if (plan_.place(t).resident) continue;
    out_streams_.push_back({plan_.place(t).dram, bytes, false});
    out_bytes_ += bytes;
  }
  const auto kernel = [&] {
    std::vector<const trace::Tensor*> inputs;
    for (TensorId t : head_.inputs) inputs.push_back(t == no_tensor ? nullptr : &plan_.tensor(t));
    const auto window = trace::window_of(head_, inputs);
    return static_cast<std::uint64_t>(window.kernel[0] * window.kernel[1]);
  };
  passes_ = chain_passes(plan_, *layer_.layer, l_.config_.core.vector);
  if (layer_.layer->chain.empty()) passes_ = 0;
  for (TensorId t : layer_.layer->outputs)
    if (plan_.post_processed.size() > t && plan_.post_processed[t])
      post_ = make_matrix_model(l_.config_.core)->post_processing();
  switch (spec.op_class) {
    case OpClass::window:
      if (head_.kind == OpKind::global_avg_pool2d)
        elements_ = static_cast<std::uint64_t>(plan_.tensor(head_.inputs[0]).elements());
      else
        passes_ += static_cast<std::uint32_t>(taps_ = kernel());
      break;
    case OpClass::row: {
      const auto& shape = plan_.tensor(head_.inputs[0]).shape;
      elements_ = std::max(elements_, static_cast<std::uint64_t>(trace::elements(shape)));
      if (!shape.empty() && shape.back() > 0)
        rows_ = elements_ / static_cast<std::uint64_t>(shape.back());
      passes_ += std::max(1u, spec.passes);
      break;
    }
    case OpClass::generic:
      if (elements_ == 0) {
        elements_ =
            static_cast<std::uint64_t>(std::max<std::int64_t>(0, head_.integer("elements", 0)));
        in_.push_back(
            {0, static_cast<std::uint64_t>(std::max<std::int64_t>(0, head_.integer("bytes", 0))),
             false});
        in_bytes_ += in_.back().bytes;
      }
      break;
    default:
      passes_ += std::max(1u, spec.passes) > 1 ? spec.passes : 0;
  }
  passes_ = std::max(1u, passes_);
  if (head_.kind == OpKind::global_avg_pool2d) passes_ = 1;
}

std::uint64_t StreamLowering::chunk_count() const {
  const std::uint64_t total = in_bytes_ + out_bytes_;
  const std::uint64_t area = l_.tile_end_ - l_.tile_base_;
  const std::uint64_t wanted =
      std::min(ceil_div(std::max<std::uint64_t>(total, 1), chunk_target), most_chunks);
  // Two slots in, two out, 64-byte padding of each.
  const std::uint64_t needed = area > 512 ? ceil_div(2 * total, area - 512) : total;
  const std::uint64_t chunks = std::max({wanted, needed, std::uint64_t{1}});
  const bool whole_rows = trace::spec(head_.kind).op_class == OpClass::row;
  const std::uint64_t most = std::max<std::uint64_t>(1, whole_rows ? rows_ : total);
  if (needed > most)
    throw Error(tile_does_not_fit)
        .say("layer '" + head_.name + "' (" + trace::name(head_.kind) + ") works on whole rows")
        .expected(fmt::format("{} bytes for one row, in and out, double-buffered; {} are there "
                              "(core.scratchpad.capacity without mapper.resident_fraction)",
                              2 * ceil_div(total, rows_), area))
        .remedy("enlarge core.scratchpad.capacity");
  return std::min(chunks, most);
}

TransferCommand StreamLowering::part(const Stream& stream, std::uint64_t chunk,
                                     std::uint64_t local) const {
  const std::uint64_t from = share(stream.bytes, chunk, chunks_);
  const std::uint64_t to = share(stream.bytes, chunk + 1, chunks_);
  TransferCommand t;
  t.dram = stream.dram + from;
  t.local = local;
  t.row_bytes = t.dram_stride = t.local_stride = to - from;
  t.moves_bytes = false;  // the whole operator is evaluated when its last command completes
  return t;
}

void StreamLowering::reserve() {
  const OpClass op_class = trace::spec(head_.kind).op_class;
  layer_.engine = op_class == OpClass::collective ? EngineKind::link : EngineKind::vector;
  layer_.result.engine = name(layer_.engine);
  l_.wait_for_producers(*layer_.layer, producers_);
  resident_claims_ = l_.resident_claims(*layer_.layer);

  const std::uint64_t chunks = chunks_ = chunk_count();
  std::uint64_t in_slot = 0, out_slot = 0;
  for (std::uint64_t i = 0; i < chunks; ++i) {
    std::uint64_t in = 0, out = 0;
    for (const Stream& s : in_) in += share(s.bytes, i + 1, chunks) - share(s.bytes, i, chunks);
    for (const Stream& s : out_streams_)
      out += share(s.bytes, i + 1, chunks) - share(s.bytes, i, chunks);
    in_slot = std::max(in_slot, in);
    out_slot = std::max(out_slot, out);
  }
  const std::uint32_t slots = chunks > 1 ? 2 : 1;
  l_.fit_tiles(slots * (round_up(in_slot, 64) + round_up(out_slot, 64)));
  in_ring_ = l_.make_ring(in_slot, slots, false);
  out_ring_ = l_.make_ring(out_slot, slots, false);
  layer_.result.tiling = fmt::format("{} chunks of {} bytes in, {} out", chunks, in_slot, out_slot);
  layer_.result.reason = "streamed past the vector unit";

  if (layer_.engine != EngineKind::link) {
    std::uint64_t results = 0;
    for (TensorId t : layer_.layer->outputs)
      results = std::max(results, static_cast<std::uint64_t>(plan_.tensor(t).elements()));
    layer_.vector_elements = results;
    layer_.head_elements = elements_ * taps_;
  }
}

bool StreamLowering::emit(CommandStream& out) {
  out_ = &out;
  if (layer_.engine == EngineKind::link) {
    for (std::uint64_t i = 0; i < chunks_; ++i) load_chunk(i);
    exchange();
    for (std::uint64_t i = 0; i < chunks_; ++i) store_chunk(i);
    next_ = chunks_;
  } else {
    load_chunk(next_);
    work_on_chunk(next_);
    store_chunk(next_);
    ++next_;
  }
  if (next_ < chunks_) return true;
  out.commands.back().evaluates_layer = true;
  l_.retire(in_ring_);
  l_.retire(out_ring_);
  return false;
}

void StreamLowering::load_chunk(std::uint64_t chunk) {
  // A collective's bytes move on to the ring as they arrive: no slot of the scratchpad is kept.
  const bool exchanges = layer_.engine == EngineKind::link;
  if (!exchanges) loaded_.clear();
  if (in_ring_.count == 0) return;
  TokenList waits;
  if (!exchanges || chunk < in_ring_.count) waits = in_ring_.turn(l_.tokens_);
  if (!exchanges) {
    in_freed_ = l_.tokens_.arm(1, Stall::dependency);
    in_ring_.claims[in_ring_.current].push_back(in_freed_);
  }
  std::uint64_t local = in_ring_.address();
  for (const Stream& stream : in_) {
    TransferCommand t = part(stream, chunk, local);
    if (t.row_bytes == 0) continue;
    Command& load = command(stream.parameter ? EngineKind::weights : EngineKind::load);
    load.waits = waits;
    if (!stream.parameter)
      load.waits.insert(load.waits.end(), producers_.begin(), producers_.end());
    loaded_.push_back(l_.tokens_.arm(1, Stall::dram));
    load.signals.push_back(loaded_.back());
    layer_.result.dram_read_bytes += t.row_bytes;
    local += t.row_bytes;
    load.work = t;
  }
}

void StreamLowering::work_on_chunk(std::uint64_t chunk) {
  TokenList waits = loaded_;
  if (out_ring_.count > 0) {
    const TokenList free = out_ring_.turn(l_.tokens_);
    waits.insert(waits.end(), free.begin(), free.end());
  }
  Command& work = command(EngineKind::vector);
  work.waits = waits;
  work.waits.insert(work.waits.end(), producers_.begin(), producers_.end());
  work.waits.insert(work.waits.end(), resident_claims_.begin(), resident_claims_.end());
  VectorCommand v;
  v.elements = share(elements_, chunk + 1, chunks_) - share(elements_, chunk, chunks_);
  v.passes = passes_;
  v.read_bytes = share(read_bytes_, chunk + 1, chunks_) - share(read_bytes_, chunk, chunks_);
  v.write_bytes = share(write_bytes_, chunk + 1, chunks_) - share(write_bytes_, chunk, chunks_);
  if (post_) {
    v.post_vectors = ceil_div(v.elements, post_->vector_length);
    v.post_cycles = Cycles(ceil_div(v.post_vectors, post_->vectors_per_cycle));
    v.post_latency = post_->latency;
  }
  v.out = out_ring_.count > 0 ? out_ring_.address() : 0;
  v.addend = in_ring_.count > 0 ? in_ring_.address() : 0;
  if (in_ring_.count > 0) work.signals.push_back(in_freed_);
  l_.tokens_.expect_one_more(layer_.done);
  work.signals.push_back(layer_.done);
  if (out_ring_.count > 0) {
    written_ = l_.tokens_.arm(1, Stall::dependency);
    work.signals.push_back(written_);
  }
  work.work = v;
}

void StreamLowering::exchange() {
  Command& work = command(EngineKind::link);
  work.waits = loaded_;
  work.waits.insert(work.waits.end(), producers_.begin(), producers_.end());
  l_.tokens_.expect_one_more(layer_.done);
  work.signals.push_back(layer_.done);
  written_ = l_.tokens_.arm(1, Stall::dependency);
  work.signals.push_back(written_);
  in_freed_ = written_;
  for (std::uint32_t i = 0; i < in_ring_.count; ++i) in_ring_.claims[i].push_back(written_);
  LinkCommand link;
  link.bytes = std::max(in_bytes_, out_bytes_);
  work.work = link;
}

void StreamLowering::store_chunk(std::uint64_t chunk) {
  if (out_ring_.count == 0) return;
  const bool exchanges = layer_.engine == EngineKind::link;
  TokenList waits{written_};
  if (exchanges && chunk < out_ring_.count) {
    const TokenList free = out_ring_.turn(l_.tokens_);
    waits.insert(waits.end(), free.begin(), free.end());
  }
  const TokenId stored = l_.tokens_.arm(1, Stall::dram);
  out_ring_.claims[out_ring_.current].push_back(stored);
  std::uint64_t local = out_ring_.address();
  for (const Stream& stream : out_streams_) {
    TransferCommand t = part(stream, chunk, local);
    if (t.row_bytes == 0) continue;
    Command& store = command(EngineKind::store);
    store.waits = waits;
    l_.tokens_.expect_one_more(stored);
    store.signals.push_back(stored);
    l_.tokens_.expect_one_more(layer_.done);
    store.signals.push_back(layer_.done);
    layer_.result.dram_write_bytes += t.row_bytes;
    local += t.row_bytes;
    store.work = t;
  }
  l_.tokens_.release(stored);
}

}  // namespace mantissa::arch
