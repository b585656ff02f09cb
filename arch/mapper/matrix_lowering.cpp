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

void MatrixLowering::ensure_b(std::uint64_t instance, std::size_t ki, std::size_t ni) {
  if (around_.b_resident) return;
  const auto id = static_cast<std::int64_t>((instance * t_.n.size() + ni) * t_.k.size() + ki);
  if (b_.holds == id) return;
  b_.holds = id;
  Command& load = command(p_.b_is_parameter ? EngineKind::weights : EngineKind::load);
  load.waits = b_.turn(l_.tokens_);
  if (!p_.b_is_parameter) load.waits.insert(load.waits.end(), producers_.begin(), producers_.end());
  b_.fill(l_.tokens_);
  load.signals.push_back(b_.filled);

  const std::uint64_t depth = reduction_length(p_, t_.k[ki]);
  TransferCommand t;
  t.dram = p_.b_is_parameter ? layer_.b_image : plan_.place(p_.b).dram;
  t.local = b_.address();
  if (p_.b_windows) {
    const auto all = static_cast<std::uint64_t>(p_.conv.channels), per_group = all / p_.groups;
    const Span groups = groups_of(ni);
    const Span pixels = p_.b_pixels(p_.groups > 1 ? Span{0, p_.k} : t_.k[ki]);
    const Span channels = p_.groups > 1 ? Span{groups.first * per_group, groups.size * per_group}
                                        : p_.b_channels(t_.n[ni]);
    t.dram_stride = p_.b_bytes(all);
    t.dram = plan_.place(p_.b).dram + pixels.first * t.dram_stride + p_.b_at(channels.first);
    t.rows = pixels.size;
    t.row_bytes = p_.b_bytes(channels.size);
  } else if (p_.groups > 1) {
    const Span groups = groups_of(ni);
    t.dram += p_.b_at(groups.first * p_.k * p_.n);
    t.row_bytes = p_.b_bytes(groups.size * p_.k * p_.n);
  } else if (p_.b_is_parameter) {
    // Parameters lie in memory tile after tile, as the host packs them.
    const std::uint64_t before = reduction_length(p_, {0, t_.k[ki].first});
    t.dram += p_.b_block[instance] * p_.k * p_.b_bytes(p_.n);
    t.dram += p_.b_at(t_.n[ni].first) * p_.k + before * p_.b_bytes(t_.n[ni].size);
    t.row_bytes = depth * p_.b_bytes(t_.n[ni].size);
  } else {
    const std::uint64_t k0 = t_.k[ki].first, n0 = t_.n[ni].first;
    t.dram_stride = p_.b_bytes(p_.b_transposed ? p_.k : p_.n);
    t.dram += p_.b_block[instance] * (p_.b_transposed ? p_.n : p_.k) * t.dram_stride;
    t.dram += p_.b_transposed ? n0 * t.dram_stride + p_.b_at(k0) : k0 * t.dram_stride + p_.b_at(n0);
    t.rows = p_.b_transposed ? t_.n[ni].size : depth;
    t.row_bytes = p_.b_bytes(p_.b_transposed ? depth : t_.n[ni].size);
  }
  if (t.dram_stride == 0) t.dram_stride = t.row_bytes;
  t.local_stride = t.row_bytes;
  layer_.result.dram_read_bytes += t.rows * t.row_bytes;
  load.work = t;
}

void MatrixLowering::ensure_parameters(std::size_t ni) {
  if (parameters_.count == 0 || parameters_.holds == static_cast<std::int64_t>(ni)) return;
  parameters_.holds = static_cast<std::int64_t>(ni);
  Command& load = command(EngineKind::weights);
  load.waits = parameters_.turn(l_.tokens_);
  parameters_.fill(l_.tokens_);
  load.signals.push_back(parameters_.filled);
  const std::uint64_t columns = p_.groups > 1 ? groups_of(ni).size * p_.n : t_.n[ni].size;
  TransferCommand t;
  // Their values reach the vector unit with the chain's operators; here their bytes are what
  // counts.
  t.dram = plan_.place(p_.b).dram;
  t.local = parameters_.address();
  t.row_bytes = t.dram_stride = t.local_stride = columns * around_.parameter_bytes;
  t.moves_bytes = false;
  layer_.result.dram_read_bytes += t.row_bytes;
  load.work = t;
}

void MatrixLowering::ensure_a(std::uint64_t instance, std::size_t mi, std::size_t ki,
                              std::size_t ni) {
  if (around_.a_resident) return;
  const std::size_t inner = p_.groups > 1 ? t_.n.size() : t_.k.size();
  const auto id =
      static_cast<std::int64_t>((instance * t_.m.size() + mi) * inner + (p_.groups > 1 ? ni : ki));
  if (a_.holds == id) return;
  a_.holds = id;
  Command& load = command(plan_.tensor(p_.a).role == trace::Role::parameter ? EngineKind::weights
                                                                            : EngineKind::load);
  load.waits = a_.turn(l_.tokens_);
  load.waits.insert(load.waits.end(), producers_.begin(), producers_.end());
  a_.fill(l_.tokens_);
  load.signals.push_back(a_.filled);

  const RowBlock& block = t_.m[mi];
  TransferCommand t;
  t.dram = plan_.place(p_.a).dram;
  t.local = a_.address();
  if (p_.convolution) {
    const auto& c = p_.conv;
    const auto channels = static_cast<std::uint64_t>(c.channels);
    Span span = t_.k[ki];
    if (p_.groups > 1) {
      const std::uint64_t per_group = channels / p_.groups;
      span = {groups_of(ni).first * per_group, groups_of(ni).size * per_group};
    }
    const auto pixel = static_cast<std::uint64_t>(
        (block.first_image * c.height + block.first_input_row) * c.width);
    t.dram_stride = p_.a_bytes(channels);
    t.dram += pixel * t.dram_stride + p_.a_at(span.first);
    t.rows = static_cast<std::uint64_t>(block.images * block.input_rows * c.width);
    t.row_bytes = p_.a_bytes(span.size);
  } else if (p_.groups > 1) {  // the gradients of a weight's
    const Span groups = groups_of(ni);
    t.dram_stride = p_.a_bytes(p_.m * p_.groups);
    t.dram += p_.a_at(groups.first * p_.m + block.first);
    t.rows = p_.k;
    t.row_bytes = p_.a_bytes(groups.size * block.rows);
  } else {
    const Span k = t_.k[ki];
    t.dram_stride = p_.a_bytes(p_.a_transposed ? p_.m : p_.k);
    t.dram += p_.a_block[instance] * (p_.a_transposed ? p_.k : p_.m) * t.dram_stride;
    t.dram += p_.a_transposed ? k.first * t.dram_stride + p_.a_at(block.first)
                              : block.first * t.dram_stride + p_.a_at(k.first);
    t.rows = p_.a_transposed ? k.size : block.rows;
    t.row_bytes = p_.a_bytes(p_.a_transposed ? block.rows : k.size);
  }
  t.local_stride = t.row_bytes;
  layer_.result.dram_read_bytes += t.rows * t.row_bytes;
  load.work = t;
}

// The first of a block's columns among all output channels that B has.
std::uint64_t MatrixLowering::channel(std::uint64_t instance, std::size_t ni,
                                      const Block& block) const {
  return p_.b_block[instance] * p_.n + result_column(ni) + block.n;
}

void MatrixLowering::multiply(std::uint64_t instance, std::size_t mi, std::size_t ki,
                              std::size_t ni, const Block& block) {
  const RowBlock& rows = t_.m[mi];
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
  c.a_transposed = p_.a_transposed;
  c.b_transposed = p_.b_transposed;

  // Operand A.
  if (p_.convolution) {
    const auto& conv = p_.conv;
    const auto channels = static_cast<std::uint64_t>(conv.channels);
    c.window.convolution = true;
    c.window.first_image = rows.first_image;
    c.window.images = rows.images;
    c.window.first_output_row = rows.first_output_row;
    c.window.output_rows = rows.output_rows;
    c.window.first_input_row = rows.first_input_row;
    c.window.input_rows = rows.input_rows;
    const std::uint64_t first_group = p_.groups > 1 ? block.n / p_.n : 0;  // within the span
    const std::uint64_t per_group = channels / p_.groups;
    if (around_.a_resident) {
      const auto pixel = static_cast<std::uint64_t>(
          (rows.first_image * conv.height + rows.first_input_row) * conv.width);
      c.window.pixel_stride = p_.a_bytes(channels);
      c.a = plan_.place(p_.a).local + pixel * c.window.pixel_stride;
      c.window.channel_offset =
          p_.a_at(p_.groups > 1 ? (groups_of(ni).first + first_group) * per_group : t_.k[ki].first);
    } else {
      c.a = a_.address();
      c.window.pixel_stride =
          p_.a_bytes(p_.groups > 1 ? groups_of(ni).size * per_group : t_.k[ki].size);
      c.window.channel_offset = p_.a_at(first_group * per_group);
    }
  } else if (around_.a_resident) {
    const std::uint64_t row = rows.first + block.m, k0 = t_.k[ki].first;
    c.a_stride = p_.a_bytes(p_.a_transposed ? p_.m : p_.k);
    c.a = plan_.place(p_.a).local +
          p_.a_block[instance] * (p_.a_transposed ? p_.k : p_.m) * c.a_stride +
          (p_.a_transposed ? k0 * c.a_stride + p_.a_at(row) : row * c.a_stride + p_.a_at(k0));
  } else {
    c.a_stride = p_.a_bytes(p_.a_transposed ? rows.rows : depth);
    c.a = a_.address() + (p_.a_transposed ? p_.a_at(block.m) : block.m * c.a_stride);
  }
  // A convolution's rows of this block start inside the row block.
  if (p_.convolution) c.window.first_row = block.m;

  // Operand B. Of windows, which have shapes alone, the place where it begins.
  if (p_.b_windows) {
    c.b = around_.b_resident ? plan_.place(p_.b).local : b_.address();
  } else if (p_.groups > 1) {
    c.b = b_.address() + p_.b_at(block.n / p_.n * p_.k * p_.n) + p_.b_at(block.n % p_.n);
    c.b_stride = p_.b_bytes(p_.n);
  } else if (around_.b_resident) {
    const std::uint64_t n0 = t_.n[ni].first + block.n, k0 = t_.k[ki].first;
    c.b_stride = p_.b_bytes(p_.b_transposed ? p_.k : p_.n);
    const std::uint64_t block_offset =
        p_.b_block[instance] * (p_.b_transposed ? p_.n : p_.k) * c.b_stride;
    c.b = plan_.place(p_.b).local + block_offset +
          (p_.b_transposed ? n0 * c.b_stride + p_.b_at(k0) : k0 * c.b_stride + p_.b_at(n0));
  } else {
    // The host stores parameters [k, n]; only activations keep their transposition.
    c.b_transposed = p_.b_transposed && !p_.b_is_parameter;
    c.b_stride = p_.b_bytes(c.b_transposed ? depth : t_.n[ni].size);
    c.b = b_.address() + (c.b_transposed ? block.n * c.b_stride : p_.b_at(block.n));
  }

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
