// SPDX-License-Identifier: Apache-2.0
// Where a matrix layer's operands lie: what of them is brought into the scratchpad, and where a
// command reads it there.
#include "arch/mapper/lowering_parts.h"

namespace mantissa::arch {

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

// Rows and reduction of a command's A, in its slot or in a resident tensor.
void MatrixLowering::operand_a(std::uint64_t instance, std::size_t mi, std::size_t ki,
                               std::size_t ni, const Block& block, MatrixCommand& c) const {
  const RowBlock& rows = t_.m[mi];
  c.a_transposed = p_.a_transposed;
  if (p_.convolution) {
    const auto& conv = p_.conv;
    const auto channels = static_cast<std::uint64_t>(conv.channels);
    c.window.convolution = true;
    c.window.first_row = block.m;
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
    const std::uint64_t depth = reduction_length(p_, t_.k[ki]);
    c.a_stride = p_.a_bytes(p_.a_transposed ? rows.rows : depth);
    c.a = a_.address() + (p_.a_transposed ? p_.a_at(block.m) : block.m * c.a_stride);
  }
}

// Reduction and columns of a command's B.
void MatrixLowering::operand_b(std::uint64_t instance, std::size_t ki, std::size_t ni,
                               const Block& block, MatrixCommand& c) const {
  c.b_transposed = p_.b_transposed;
  // Of windows, which have shapes alone, the place where it begins.
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
    c.b_stride = p_.b_bytes(c.b_transposed ? reduction_length(p_, t_.k[ki]) : t_.n[ni].size);
    c.b = b_.address() + (c.b_transposed ? block.n * c.b_stride : p_.b_at(block.n));
  }
}

}  // namespace mantissa::arch
