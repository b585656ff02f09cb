// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "arch/mapper/lowering_parts.h"

namespace mantissa::arch {

using trace::no_tensor;

MatrixLowering::MatrixLowering(Lowering& lowering, LoweredLayer& layer)
    : l_(lowering),
      layer_(layer),
      plan_(lowering.plan_),
      p_(layer.problem.emplace(
          matrix_problem(plan_, plan_.trace->ops[layer.layer->head], l_.config_.core.matrix,
                         *make_matrix_model(l_.config_.core), l_.config_.mapper))),
      t_(layer.tiling),
      result_(layer.layer->outputs.front()) {
  around_ = surroundings(plan_, *layer.layer, l_.config_, layer.addend);
  around_.parameter_bytes += p_.column_bytes;
  layer.tiling = choose_tiling(p_, around_, l_.config_.core, l_.config_.mapper, layer.result.name);
  result_columns_ = p_.n * p_.groups;
  passes_ = chain_passes(plan_, *layer.layer, l_.config_.core.vector);
  closed_form_ = make_matrix_model(l_.config_.core);
  if (plan_.post_processed.size() > result_ && plan_.post_processed[result_])
    post_ = closed_form_->post_processing();
  reserve();
}

void MatrixLowering::reserve() {
  layer_.engine = EngineKind::matrix;
  layer_.result.engine = name(EngineKind::matrix);
  layer_.result.macs = p_.macs();
  layer_.result.reason = t_.reason;
  layer_.result.tiling = fmt::format(
      "M {} of {}, K {} of {}, N {} of {}; {}", t_.m.front().rows, p_.m,
      reduction_length(p_, t_.k.front()), p_.k,
      p_.groups > 1 ? std::min(t_.n.front().size * p_.packed, p_.groups) * p_.n : t_.n.front().size,
      p_.n * p_.groups, t_.weights_outer ? "weights outer" : "inputs outer");

  l_.wait_for_producers(*layer_.layer, producers_);
  resident_claims_ = l_.resident_claims(*layer_.layer);
  const bool weight_buffer = around_.weight_buffer > 0 && p_.b_is_parameter;
  if (p_.b_is_parameter) layer_.b_image = l_.weight_image(p_.b, t_);
  l_.fit_tiles(t_.tile_bytes);
  a_ = l_.make_ring(t_.a_slot, t_.a_slots, false);
  b_ = l_.make_ring(t_.b_slot, t_.b_slots, weight_buffer);
  out_ring_ = l_.make_ring(t_.out_slot, t_.out_slots, false);
  addend_ = l_.make_ring(t_.addend_slot, t_.addend_slot > 0 ? 2 : 0, false);
  parameters_ = l_.make_ring(t_.parameter_slot, t_.parameter_slot > 0 ? 2 : 0, false);
  // Slot i holds rows [i, i + 1) x its height; the layers before may still be draining theirs.
  accumulator_claims_.resize(t_.accumulator_slots);
  for (std::uint32_t i = 0; i < t_.accumulator_slots; ++i)
    l_.claim(l_.accumulators_, i * t_.height, (i + 1) * t_.height, accumulator_claims_[i]);
  first_slot_ = l_.next_slot_;
  l_.next_slot_ += t_.accumulator_slots;
}

bool MatrixLowering::emit(CommandStream& out) {
  out_ = &out;
  const std::size_t outer_end = t_.weights_outer ? t_.n.size() : t_.m.size();
  const std::size_t inner_end = t_.weights_outer ? t_.m.size() : t_.n.size();
  if (t_.weights_outer)
    tile(instance_, inner_, outer_);
  else
    tile(instance_, outer_, inner_);
  if (++inner_ < inner_end) return true;
  inner_ = 0;
  if (++outer_ < outer_end) return true;
  outer_ = 0;
  if (++instance_ < p_.instances) return true;
  finish();
  return false;
}

void MatrixLowering::finish() {
  for (std::uint32_t i = 0; i < t_.accumulator_slots; ++i)
    l_.release(l_.accumulators_, i * t_.height, (i + 1) * t_.height, accumulator_claims_[i]);
  for (auto* ring : {&a_, &b_, &out_ring_, &addend_, &parameters_}) {
    ring->let_go(l_.tokens_);
    l_.retire(*ring);
  }
}

Command& MatrixLowering::command(EngineKind engine) {
  out_->commands.emplace_back();
  out_->commands.back().engine = engine;
  return out_->commands.back();
}

// Result columns before column span `ni`.
std::uint64_t MatrixLowering::result_column(std::size_t ni) const {
  return p_.groups > 1 ? t_.n[ni].first * p_.packed * p_.n : t_.n[ni].first;
}

Span MatrixLowering::groups_of(std::size_t ni) const {
  const std::uint64_t first = t_.n[ni].first * p_.packed;
  return {first, std::min(p_.groups - first, t_.n[ni].size * p_.packed)};
}

void MatrixLowering::tile(std::uint64_t instance, std::size_t mi, std::size_t ni) {
  // Accumulator tiles: one per packed round of groups, or per step of the result.
  std::vector<Block> blocks;
  const std::uint64_t rows = t_.m[mi].rows;
  const std::uint64_t rounds = p_.groups > 1 ? t_.n[ni].size : 1;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    std::uint64_t base = 0, width = t_.n[ni].size;
    if (p_.groups > 1) {
      const std::uint64_t first = round * p_.packed;
      base = first * p_.n;
      width = std::min(p_.packed, groups_of(ni).size - first) * p_.n;
    }
    for (std::uint64_t n = 0; n < width; n += t_.step_n)
      for (std::uint64_t m = 0; m < rows; m += t_.step_m) {
        blocks.push_back({next_slot_, m, std::min(t_.step_m, rows - m), base + n,
                          std::min(t_.step_n, width - n)});
        next_slot_ = (next_slot_ + 1) % t_.accumulator_slots;
        if (t_.k.size() > 1) continue;
        // One tile along k: an accumulator tile is finished at once, and its slot goes round.
        ensure_b(instance, 0, ni);
        ensure_parameters(ni);
        ensure_a(instance, mi, 0, ni);
        multiply(instance, mi, 0, ni, blocks.back());
        drain(instance, mi, ni, blocks.back());
      }
  }
  if (t_.k.size() == 1) return;
  ensure_parameters(ni);
  for (std::size_t ki = 0; ki < t_.k.size(); ++ki) {
    ensure_b(instance, ki, ni);
    ensure_a(instance, mi, ki, ni);
    for (const Block& block : blocks) {
      multiply(instance, mi, ki, ni, block);
      if (ki + 1 == t_.k.size()) drain(instance, mi, ni, block);
    }
  }
}

// The first of a block's columns among all output channels that B has.
std::uint64_t MatrixLowering::channel(std::uint64_t instance, std::size_t ni,
                                      const Block& block) const {
  return p_.b_block[instance] * p_.n + result_column(ni) + block.n;
}

void MatrixLowering::multiply(std::uint64_t instance, std::size_t mi, std::size_t ki,
                              std::size_t ni, const Block& block) {
  Command& work = command(EngineKind::matrix);
  MatrixCommand c;
  const std::uint64_t depth = reduction_length(p_, t_.k[ki]);
  std::uint64_t groups = 1;
  if (p_.groups > 1) groups = ceil_div(block.columns, p_.n);
  c.groups = static_cast<std::uint32_t>(p_.groups > 1 && block.columns >= p_.n ? groups : 1);
  c.tile = p_.tile(block.rows, p_.groups > 1 ? c.groups * p_.k : depth, block.columns);
  c.tile.first = ki == 0;
  c.tile.last = ki + 1 == t_.k.size();
  c.macs = block.rows * (p_.groups > 1 ? p_.k : depth) * block.columns;
  c.slot = first_slot_ + block.slot;
  c.channel = channel(instance, ni, block);
  // Output stationary, every row block of the array takes the columns' operands again.
  const bool os = l_.config_.core.matrix.dataflow == Dataflow::output_stationary;
  c.a_bytes = p_.a_bytes(c.tile.m * c.tile.k);
  c.b_bytes =
      p_.b_bytes(c.macs / block.rows) *
      (os ? ceil_div(block.rows, static_cast<std::uint64_t>(l_.config_.core.matrix.rows)) : 1);
  operand_a(instance, mi, ki, ni, block, c);
  operand_b(instance, ki, ni, block, c);

  // Tokens.
  if (around_.a_resident || around_.b_resident)
    work.waits.insert(work.waits.end(), producers_.begin(), producers_.end());
  const auto uses = [&](Lowering::Ring& ring) {
    if (ring.count == 0) return;
    work.waits.push_back(ring.filled);
    l_.tokens_.expect_one_more(ring.freed);
    work.early_signals.push_back(ring.freed);
  };
  uses(a_);
  uses(b_);
  if (ki == 0) {
    TokenList& claims = accumulator_claims_[block.slot];
    work.waits.insert(work.waits.end(), claims.begin(), claims.end());
    claims.clear();
  }
  if (c.tile.last) {
    drained_ready_ = l_.tokens_.arm(1, Stall::dependency);
    work.result_signals.push_back(drained_ready_);
  }
  l_.tokens_.expect_one_more(layer_.done);
  work.signals.push_back(layer_.done);
  const MatrixTimetable alone = closed_form_->append(c.tile, Cycles(0));
  layer_.result.folds += alone.folds;
  layer_.result.compute = alone.end;
  work.work = c;
}

void MatrixLowering::drain(std::uint64_t instance, std::size_t mi, std::size_t ni,
                           const Block& block) {
  const Span results = p_.results_of(t_.m[mi].first + block.m, block.rows);
  const std::uint64_t row = instance * p_.result_rows() + results.first;
  const std::uint64_t column = result_column(ni) + block.n;
  const std::uint64_t out_row = around_.out_bytes(result_columns_);
  const std::uint64_t addend_row = around_.addend_bytes(result_columns_);
  const std::uint64_t out_offset = row * out_row + around_.out_size.offset(column);
  const std::uint64_t addend_offset =
      around_.addend ? row * addend_row + around_.addend_size.offset(column) : 0;
  TokenId addend_filled = 0, addend_freed = 0;
  if (addend_.count > 0) {
    Command& load = command(EngineKind::load);
    load.waits = addend_.turn(l_.tokens_);
    load.waits.insert(load.waits.end(), producers_.begin(), producers_.end());
    addend_filled = l_.tokens_.arm(1, Stall::dram);
    addend_freed = l_.tokens_.arm(1, Stall::dram);
    addend_.claims[addend_.current].push_back(addend_freed);
    load.signals.push_back(addend_filled);
    TransferCommand t;
    t.dram = plan_.place(layer_.addend).dram + addend_offset;
    t.local = addend_.address();
    t.rows = results.size;
    t.row_bytes = t.local_stride = around_.addend_bytes(block.columns);
    t.dram_stride = addend_row;
    layer_.result.dram_read_bytes += t.rows * t.row_bytes;
    load.work = t;
  }

  TokenList out_waits;
  if (out_ring_.count > 0) out_waits = out_ring_.turn(l_.tokens_);
  Command& work = command(EngineKind::vector);
  VectorCommand v;
  v.slot = static_cast<std::int64_t>(first_slot_ + block.slot);
  v.m = results.size;
  v.n = block.columns;
  v.first_row = row;
  v.first_column = column;
  v.channel = channel(instance, ni, block);
  v.elements = results.size * block.columns;
  v.last_row = l_.config_.core.matrix.dataflow == Dataflow::input_stationary ? v.m : v.n;
  v.passes = passes_;
  v.write_bytes = around_.out_bytes(v.elements);
  if (post_) {
    v.post_vectors = results.size * ceil_div(block.columns, post_->vector_length);
    v.post_cycles = Cycles(ceil_div(v.post_vectors, post_->vectors_per_cycle));
    v.post_latency = post_->latency;
  }
  if (around_.out_resident) {
    v.out = plan_.place(result_).local + out_offset;
    v.out_stride = out_row;
  } else {
    v.out = out_ring_.address();
    v.out_stride = around_.out_bytes(block.columns);
  }
  if (around_.addend) {
    v.read_bytes = around_.addend_bytes(v.elements);
    v.addend = around_.addend_resident ? plan_.place(layer_.addend).local + addend_offset
                                       : addend_.address();
    v.addend_stride = around_.addend_resident ? addend_row : around_.addend_bytes(block.columns);
  }
  work.waits = out_waits;
  work.waits.push_back(drained_ready_);
  if (addend_.count > 0) {
    work.waits.push_back(addend_filled);
    work.signals.push_back(addend_freed);
  } else if (around_.addend) {
    work.waits.insert(work.waits.end(), producers_.begin(), producers_.end());
  }
  if (parameters_.count > 0) {
    work.waits.push_back(parameters_.filled);
    l_.tokens_.expect_one_more(parameters_.freed);
    work.signals.push_back(parameters_.freed);
  }
  work.waits.insert(work.waits.end(), resident_claims_.begin(), resident_claims_.end());
  const TokenId emptied = l_.tokens_.arm(1, Stall::accumulator);
  accumulator_claims_[block.slot].push_back(emptied);
  work.signals.push_back(emptied);
  l_.tokens_.expect_one_more(layer_.done);
  work.signals.push_back(layer_.done);
  layer_.vector_elements += v.elements;
  work.work = v;
  if (around_.out_resident) return;

  const TokenId written = l_.tokens_.arm(1, Stall::dependency);
  work.signals.push_back(written);
  Command& store = command(EngineKind::store);
  store.waits.push_back(written);
  const TokenId stored = l_.tokens_.arm(1, Stall::dram);
  out_ring_.claims[out_ring_.current].push_back(stored);
  store.signals.push_back(stored);
  l_.tokens_.expect_one_more(layer_.done);
  store.signals.push_back(layer_.done);
  TransferCommand t;
  t.dram = plan_.place(result_).dram + out_offset;
  t.local = v.out;
  t.rows = results.size;
  t.row_bytes = t.local_stride = around_.out_bytes(block.columns);
  t.dram_stride = out_row;
  layer_.result.dram_write_bytes += t.rows * t.row_bytes;
  store.work = t;
}

}  // namespace mantissa::arch
