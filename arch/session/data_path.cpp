// SPDX-License-Identifier: Apache-2.0
#include "arch/session/data_path.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "arch/mapper/errors.h"
#include "arch/session/packed_elements.h"
#include "arch/session/packed_weights.h"
#include "arch/session/stored_form.h"
#include "base/faults/cell_sampler.h"
#include "base/faults/draw.h"
#include "base/numerics/element.h"
#include "base/numerics/gemm.h"
#include "base/numerics/im2col.h"
#include "base/numerics/layout.h"

namespace mantissa::arch {
namespace {

using numerics::Value;
using trace::no_tensor;
using trace::NumberFormat;
using trace::OpKind;
using trace::Role;
using trace::TensorId;

// Operands for a twin: no NaN that would be taken for none.
void keep(NumberFormat format, const std::byte* from, std::size_t bytes, std::byte* to) {
  std::memcpy(to, from, bytes);
  if (format != NumberFormat::bf16) return;
  for (std::size_t at = 0; at < bytes; at += 2)
    if (std::memcmp(to + at, &no_weight, 2) == 0) std::memcpy(to + at, &canonical_nan, 2);
}

}  // namespace

DataPath::DataPath(const Plan& plan, const ArchConfig& config, numerics::ReductionOrder order,
                   OperandSource operands, Scratchpad& scratchpad, Accumulators& accumulators,
                   memory::BackingStore& store, std::uint64_t key)
    : plan_(plan),
      matrix_(config.core.matrix),
      operands_(std::move(operands)),
      scratchpad_(scratchpad),
      accumulators_(accumulators),
      store_(store),
      register_error_rate_(config.core.matrix.register_error_rate),
      accumulator_error_rate_(config.core.accumulator.error_rate),
      upset_key_(key) {
  order_.matrix = order;
  order_.lanes = static_cast<unsigned>(config.core.vector.lanes);
}

void DataPath::map_weights(const LoweredLayer& layer) {
  const auto tensor = layer.problem->b;
  store_.map_pieces(layer.b_image, plan_.place(tensor).bytes,
                    [this, tensor, problem = *layer.problem, tiling = layer.tiling,
                     packed = std::shared_ptr<PackedWeights>()](std::uint64_t offset) mutable {
                      if (!packed)
                        packed = std::make_shared<PackedWeights>(
                            problem, tiling, operands_(*plan_.trace, plan_.tensor(tensor)));
                      auto piece = packed->piece_at(offset);
                      return std::make_pair(piece.begin, std::move(piece.bytes));
                    });
}

void DataPath::begin(const LoweredLayer& layer) {
  const trace::Trace& trace = *plan_.trace;
  for (TensorId t : layer.layer->reads) {
    const Place& place = plan_.places[t];
    if (place.resident || plan_.producer[t] != no_layer || store_.mapped(place.dram)) continue;
    store_.map(place.dram, place.bytes, [this, t, &trace] {
      return stored_form(plan_, t, operands_(trace, trace.tensor(t)));
    });
  }
  for (TensorId t : layer.layer->outputs) {
    const Place& place = plan_.places[t];
    if (layer.layer->view || place.resident || place.bytes == 0) continue;
    store_.map(place.dram, place.bytes,
               [bytes = place.bytes] { return std::vector<std::byte>(bytes); });
  }
  if (layer.problem && layer.problem->b_is_parameter) {
    // Layers that share weights and cut them alike share one image.
    if (images_[layer.b_image]++ == 0) map_weights(layer);
  }
  if (layer.problem && plan_.tensor(layer.problem->a).role == Role::parameter) {
    const TensorId a = layer.problem->a;
    if (!store_.mapped(plan_.place(a).dram))
      store_.map(plan_.place(a).dram, plan_.place(a).bytes, [this, a, &trace] {
        return stored_form(plan_, a, operands_(trace, trace.tensor(a)));
      });
  }
}

const Value& DataPath::parameter(TensorId id) {
  auto found = parameters_.find(id);
  if (found == parameters_.end()) {
    Value value(plan_.format(id), plan_.tensor(id).shape);
    value.data = operands_(*plan_.trace, plan_.tensor(id));
    found = parameters_.emplace(id, std::move(value)).first;
  }
  return found->second;
}

Value DataPath::value(TensorId id) {
  if (plan_.tensor(id).role == Role::parameter) return parameter(id);
  const TensorId storage = plan_.storage[id];
  const Place& place = plan_.places[storage];
  std::vector<std::byte> stored(place.bytes);
  if (place.bytes > 0) {
    const std::byte* from = place.resident ? scratchpad_.read(place.local, place.bytes, copy_a_)
                                           : store_.at(place.dram, place.bytes);
    std::memcpy(stored.data(), from, place.bytes);
  }
  Value value(plan_.format(id), plan_.tensor(id).shape);
  value.data = logical_form(plan_, storage, stored);
  return value;
}

void DataPath::evaluate(const LoweredLayer& layer) {
  const trace::Trace& trace = *plan_.trace;
  std::map<TensorId, Value> inside;
  for (auto id : layer.layer->ops()) {
    const auto& op = trace.ops[id];
    std::vector<Value> held;
    held.reserve(op.inputs.size());
    std::vector<const Value*> inputs;
    for (TensorId t : op.inputs) {
      if (t == no_tensor) {
        inputs.push_back(nullptr);
      } else if (inside.count(t) != 0) {
        inputs.push_back(&inside.at(t));
      } else if (plan_.tensor(t).role == Role::parameter) {
        inputs.push_back(&parameter(t));
      } else {
        held.push_back(value(t));
        inputs.push_back(&held.back());
      }
    }
    auto results = numerics::evaluate(trace, op, inputs, order_, &overflows_);
    for (std::size_t i = 0; i < op.outputs.size(); ++i)
      if (op.outputs[i] != no_tensor) inside[op.outputs[i]] = std::move(results[i]);
  }
  const trace::OpId last =
      layer.layer->chain.empty() ? layer.layer->head : layer.layer->chain.back();
  for (TensorId t : trace.ops[last].outputs) {
    if (t == no_tensor) continue;
    const Place& place = plan_.places[t];
    const auto stored = stored_form(plan_, t, inside.at(t).data);
    if (stored.empty()) continue;
    if (place.resident)
      scratchpad_.write(place.local, stored.data(), stored.size());
    else
      std::memcpy(store_.at(place.dram, stored.size()), stored.data(), stored.size());
  }
}

// Rows [first, first + rows) of the command's operand A for one group, as a matrix with k columns.
void DataPath::gather_rows(const MatrixProblem& p, const MatrixCommand& c, std::uint64_t group,
                           std::uint64_t first, std::uint64_t rows, std::byte* out) {
  const auto e = static_cast<std::int64_t>(p.a_width());
  const auto& conv = p.conv;
  const std::int64_t taps = conv.window.kernel[0] * conv.window.kernel[1];
  const std::int64_t k = static_cast<std::int64_t>(c.tile.k / c.groups);
  numerics::PatchGeometry g;
  g.height = c.window.input_rows;
  g.width = conv.width;
  g.channels = k / taps;
  g.pixel_stride = static_cast<std::int64_t>(c.window.pixel_stride) / e;
  g.row_stride = g.pixel_stride * conv.width;
  g.window = conv.window;
  // The tile starts at input row `first_input_row` and output row `first_output_row`.
  g.window.before[0] = conv.window.before[0] - c.window.first_output_row * conv.window.stride[0] +
                       c.window.first_input_row;
  g.out_width = conv.output_width;
  const std::int64_t per_image = c.window.output_rows * conv.output_width;
  const std::int64_t image_bytes = g.row_stride * g.height * e;
  const auto used = p.a_bytes(static_cast<std::uint64_t>(g.channels));
  const auto stride = c.window.pixel_stride;
  if (below_a_byte(p.a_format)) {
    g.pixel_stride = g.channels;
    g.row_stride = g.pixel_stride * conv.width;
  }
  auto row = static_cast<std::int64_t>(c.window.first_row + first);
  auto left = static_cast<std::int64_t>(rows);
  while (left > 0) {
    const std::int64_t image = row / per_image, within = row % per_image;
    const std::int64_t count = std::min(left, per_image - within);
    const std::uint64_t at = c.a + static_cast<std::uint64_t>(image * image_bytes) +
                             c.window.channel_offset + group * used;
    // The words in use, each once: pixel by pixel where whole words of other channels lie between.
    // Nothing at all where a tile is all padding.
    const auto pixels = static_cast<std::uint64_t>(g.height * g.width);
    const std::byte* base =
        stride < used + 8
            ? scratchpad_.read(at, pixels == 0 ? 0 : (pixels - 1) * stride + used, copy_a_)
            : scratchpad_.read(at, pixels, used, stride, copy_a_);
    std::vector<std::byte> codes;
    if (below_a_byte(p.a_format)) {
      codes = unpacked(p.a_format, base, stride, pixels, static_cast<std::uint64_t>(g.channels));
      base = codes.data();
    }
    numerics::im2col(base, static_cast<std::size_t>(e), g, within, count, out, k);
    out += count * k * e;
    row += count;
    left -= count;
  }
}

// Of the layer's operands as its producers left them in memory, before any cell fails: what a
// calibration on this very input finds.
const MatrixRanges& DataPath::ranges_of(const LoweredLayer& layer) {
  const auto [found, fresh] = ranges_.try_emplace(layer.id);
  if (!fresh) return found->second;
  const MatrixProblem& p = *layer.problem;
  std::vector<float> x;
  const auto load = [&](TensorId t, const std::byte* from) {
    x.resize(static_cast<std::size_t>(plan_.tensor(t).elements()));
    numerics::load_floats(plan_.format(t), from, 0, static_cast<std::int64_t>(x.size()), x.data());
  };
  // What is not finite is refused where it is quantised.
  const auto largest = [&](std::uint64_t first, std::uint64_t count, std::uint64_t stride) {
    float most = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
      const float magnitude = std::fabs(x[first + i * stride]);
      if (std::isfinite(magnitude)) most = std::max(most, magnitude);
    }
    return most;
  };
  const auto load_whole = [&](TensorId t) {
    if (plan_.tensor(t).role == Role::parameter) {
      load(t, operands_(*plan_.trace, plan_.tensor(t)).data());
    } else {
      const Place& place = plan_.place(t);
      load(t, place.resident ? scratchpad_.at(place.local, place.bytes)
                             : store_.at(place.dram, place.bytes));
    }
  };
  MatrixRanges& ranges = found->second;
  load_whole(p.a);
  ranges.a = largest(0, x.size(), 1);
  for (const float value : x)
    if (std::isfinite(value)) ranges.a_above = std::max(ranges.a_above, value);
  load_whole(p.b);
  if (!p.b_is_parameter) {
    ranges.b = {largest(0, x.size(), 1)};
    return ranges;
  }
  // Channel by channel: [n, k] where they are transposed or a convolution's, otherwise [k, n].
  const bool along = p.convolution || p.b_transposed;
  for (std::uint64_t channel = 0; channel < x.size() / p.k; ++channel) {
    const std::uint64_t matrix = channel / p.n, column = channel % p.n;
    const std::uint64_t first = matrix * p.k * p.n + (along ? column * p.k : column);
    ranges.b.push_back(largest(first, p.k, along ? 1 : p.n));
  }
  return ranges;
}

// Of `n` columns from `channel` on.
MatrixRanges DataPath::ranges_of(const LoweredLayer& layer, std::uint64_t channel,
                                 std::uint64_t n) {
  const MatrixRanges& all = ranges_of(layer);
  if (!layer.problem->b_is_parameter)
    return {all.a, all.a_above, std::vector<float>(n, all.b.front())};
  const auto from = all.b.begin() + static_cast<std::ptrdiff_t>(channel);
  return {all.a, all.a_above, std::vector<float>(from, from + static_cast<std::ptrdiff_t>(n))};
}

// Rows of one group: n columns of k products each.
void DataPath::product(const MatrixProblem& p, const MatrixOperands& x, std::uint64_t n,
                       std::uint64_t k, std::uint32_t* sums, std::int64_t ldsums) {
  const auto i64 = [](std::uint64_t v) { return static_cast<std::int64_t>(v); };
  const bool accumulate = !x.tile.first;
  if (arithmetic_ != nullptr &&
      arithmetic_->multiply(x, reinterpret_cast<float*>(sums), ldsums, accumulate))
    return;
  // Sums that stay in the array go on product by product: chains of one, added to what is there.
  numerics::ReductionOrder order = order_.matrix;
  if (accumulate && order == numerics::output_stationary) order.chain = 1;
  switch (plan_.format(p.a)) {
    case NumberFormat::int4:
    case NumberFormat::int8:
      numerics::gemm_int8(reinterpret_cast<const std::int8_t*>(x.a), x.lda,
                          reinterpret_cast<const std::int8_t*>(x.b), x.ldb,
                          reinterpret_cast<std::int32_t*>(sums), ldsums, i64(x.m), i64(n), i64(k),
                          accumulate, overflows_, order);
      break;
    case NumberFormat::bf16:
      numerics::gemm_bf16(reinterpret_cast<const numerics::Bf16*>(x.a), x.lda,
                          reinterpret_cast<const numerics::Bf16*>(x.b), x.ldb,
                          reinterpret_cast<float*>(sums), ldsums, i64(x.m), i64(n), i64(k), order,
                          accumulate);
      break;
    default:
      MANTISSA_CHECK(false, "operand formats were checked before the run");
  }
}

// Groups lie one behind the other, each k x n of the problem.
const std::byte* DataPath::operand_b(const MatrixProblem& p, const MatrixCommand& c,
                                     std::uint64_t group, std::int64_t& ldb) {
  const std::uint64_t e = p.b_width();
  const std::uint64_t k = c.tile.k / c.groups, n = c.tile.n / c.groups;
  const std::uint64_t at = c.b + (c.groups > 1 ? p.b_bytes(group * p.k * p.n) : 0);
  if (below_a_byte(p.b_format)) {
    const std::uint64_t rows = c.b_transposed ? n : k, row = c.b_transposed ? k : n;
    const std::byte* from = scratchpad_.read(at, rows, p.b_bytes(row), c.b_stride, copy_a_);
    copy_b_ = unpacked(p.b_format, from, c.b_stride, rows, row);
    if (c.b_transposed) {
      const std::vector<std::byte> columns = copy_b_;
      const auto i64 = [](std::uint64_t v) { return static_cast<std::int64_t>(v); };
      numerics::nchw_to_nhwc(columns.data(), 1, i64(rows), 1, i64(row), 1, copy_b_.data());
    }
    ldb = static_cast<std::int64_t>(n);
    return copy_b_.data();
  }
  if (!c.b_transposed) return scratchpad_.read(at, k, n * e, c.b_stride, copy_b_);
  copy_b_.resize(k * n * e);
  for (std::uint64_t column = 0; column < n; ++column) {
    const std::byte* from = scratchpad_.read(c.b + column * c.b_stride, k * e, copy_a_);
    for (std::uint64_t row = 0; row < k; ++row)
      std::memcpy(copy_b_.data() + (row * n + column) * e, from + row * e, e);
  }
  ldb = static_cast<std::int64_t>(n);
  return copy_b_.data();
}

std::uint64_t DataPath::upset(double rate, std::byte* bytes, std::uint64_t bits, unsigned width) {
  std::vector<std::uint64_t> flipped;
  faults::CellSampler(faults::derived(upset_key_, upset_draws_++))
      .append_failing(rate, 0, bits, flipped);
  for (const std::uint64_t bit : flipped) bytes[bit / width] ^= std::byte{1} << (bit % width);
  return flipped.size();
}

// The sums of each chain, which leave the array one after the other.
void DataPath::accumulate_chains(const LoweredLayer& layer, const MatrixCommand& c,
                                 const std::byte* a, std::int64_t lda, const std::byte* b,
                                 std::int64_t ldb) {
  const MatrixProblem& p = *layer.problem;
  const std::uint64_t k = c.tile.k, chain = order_.matrix.length(k), e = p.a_width();
  const std::uint64_t counted = overflows_;  // with the whole product
  std::vector<std::uint32_t> sums(c.tile.m * c.tile.n);
  for (std::uint64_t from = 0; from < k; from += chain) {
    MatrixOperands part{
        c.tile, 0,  c.tile.m, a + from * e, b + from * static_cast<std::uint64_t>(ldb) * e,
        lda,    ldb};
    part.tile.first = true;
    product(p, part, c.tile.n, std::min(chain, k - from), sums.data(),
            static_cast<std::int64_t>(c.tile.n));
    accumulate(layer, c, sums, c.tile.first && from == 0);
  }
  overflows_ = counted;
}

// m x n sums as rows of accumulators: of columns, or, where inputs stay in the array, of rows.
void DataPath::accumulate(const LoweredLayer& layer, const MatrixCommand& c,
                          const std::vector<std::uint32_t>& sums, bool overwrites) {
  const bool inputs_stay = matrix_.dataflow == Dataflow::input_stationary;
  const auto columns = static_cast<std::uint64_t>(matrix_.columns);
  const std::uint64_t along = inputs_stay ? c.tile.m : c.tile.n;
  const std::uint64_t other = inputs_stay ? c.tile.n : c.tile.m;
  const std::uint64_t stride = inputs_stay ? c.tile.n : 1, step = inputs_stay ? 1 : c.tile.n;
  const NumberFormat format =
      trace::is_integer(plan_.format(layer.problem->a)) ? NumberFormat::int32 : NumberFormat::fp32;
  const std::string& name = plan_.trace->ops[layer.layer->head].name;
  std::vector<std::uint32_t> row(columns);
  for (std::uint64_t i = 0; i < other; ++i)
    for (std::uint64_t block = 0; block * columns < along; ++block) {
      const std::uint64_t count = std::min(columns, along - block * columns);
      const std::uint64_t first = i * step + block * columns * stride;
      for (std::uint64_t j = 0; j < count; ++j) row[j] = sums[first + j * stride];
      accumulator_twin_->add(name, format, {c.slot, block, first, stride, count}, overwrites,
                             row.data());
    }
}

void DataPath::multiply(const LoweredLayer& layer, const MatrixCommand& c,
                        const MatrixTimetable& t) {
  const MatrixProblem& p = *layer.problem;
  const std::uint64_t e = p.a_width();
  const bool packed_a = below_a_byte(p.a_format), packed_b = below_a_byte(p.b_format);
  auto& sums = accumulators_.slot(c.slot).sums;
  sums.resize(c.tile.m * c.tile.n);
  const std::uint64_t k = c.tile.k / c.groups, n = c.tile.n / c.groups;
  const auto ldsums = static_cast<std::int64_t>(c.tile.n);

  const bool scales = arithmetic_ != nullptr && arithmetic_->scales(plan_.format(p.a));
  const MatrixRanges ranges = scales ? ranges_of(layer, c.channel, n) : MatrixRanges{};

  TwinCommand twin;
  if (twin_ != nullptr) {
    twin.ranges = ranges;
    twin.layer = plan_.trace->ops[layer.layer->head].name;
    twin.tile = c.tile;
    twin.time = t;
    twin.format = plan_.format(p.a);
    twin.slot = c.slot;
    twin.a.resize(c.tile.m * c.tile.k * e);
    const bool none = twin.format == NumberFormat::bf16 && c.groups > 1;
    twin.b.assign(c.tile.k * c.tile.n * e, none ? std::byte{no_weight & 0xFF} : std::byte{0});
  }
  // What the array would give to accumulators in RTL: chain by chain, or all at once where sums
  // stay in it and where several groups share a fold.
  const bool accumulates = accumulator_twin_ != nullptr && twin_ == nullptr;
  const bool at_once = order_.matrix == numerics::output_stationary || c.groups > 1;
  // Rows of a group's own k columns, for the twin as for the golden kernel.
  const auto keep_a = [&](std::uint64_t group, std::uint64_t first, std::uint64_t count,
                          const std::byte* from, std::uint64_t stride) {
    for (std::uint64_t row = 0; twin_ != nullptr && row < count; ++row)
      keep(twin.format, from + row * stride, k * e,
           &twin.a[((first + row) * c.tile.k + group * k) * e]);
  };

  for (std::uint64_t group = 0; group < c.groups; ++group) {
    std::int64_t ldb = static_cast<std::int64_t>(c.b_stride / p.b_width());
    const std::byte* b = operand_b(p, c, group, ldb);
    if (register_error_rate_ > 0) {
      const unsigned width = packed_b ? trace::bits(p.b_format) : 8;
      const std::uint64_t size = ((k - 1) * static_cast<std::uint64_t>(ldb) + n) * p.b_width();
      if (b != copy_b_.data()) copy_b_.assign(b, b + size);
      b = copy_b_.data();
      register_upsets_ += upset(register_error_rate_, copy_b_.data(), size * width, width);
    }
    if (packed_b) extend(p.b_format, copy_b_);

    for (std::uint64_t row = 0; twin_ != nullptr && row < k; ++row)
      keep(twin.format, b + row * static_cast<std::uint64_t>(ldb) * e, n * e,
           &twin.b[((group * k + row) * c.tile.n + group * n) * e]);

    std::uint32_t* out = sums.data() + group * n;
    if (!c.window.convolution && !c.a_transposed) {
      const std::byte* a = scratchpad_.read(c.a, c.tile.m, p.a_bytes(k), c.a_stride, copy_a_);
      auto lda = static_cast<std::int64_t>(c.a_stride / e);
      std::vector<std::byte> codes;
      if (packed_a) {
        codes = unpacked(p.a_format, a, c.a_stride, c.tile.m, k);
        extend(p.a_format, codes);
        a = codes.data();
        lda = static_cast<std::int64_t>(k);
      }
      product(p, {c.tile, 0, c.tile.m, a, b, lda, ldb, &ranges}, n, k, out, ldsums);
      if (accumulates && !at_once) accumulate_chains(layer, c, a, lda, b, ldb);
      keep_a(group, 0, c.tile.m, a, static_cast<std::uint64_t>(lda) * e);
      continue;
    }
    // Gathered in blocks that stay in the processor's cache; accumulators take whole columns, and
    // what is packed is unpacked once.
    const std::uint64_t block =
        accumulates || packed_a ? c.tile.m : std::max<std::uint64_t>(16, (512 * 1024) / (k * e));
    std::vector<std::byte> rows;
    for (std::uint64_t first = 0; first < c.tile.m; first += block) {
      const std::uint64_t count = std::min(block, c.tile.m - first);
      rows.resize(count * k * e);
      if (c.a_transposed) {
        for (std::uint64_t column = 0; column < k; ++column) {
          const std::byte* from =
              scratchpad_.read(c.a + column * c.a_stride + first * e, p.a_bytes(count), copy_a_);
          std::vector<std::byte> codes;
          if (packed_a) {
            codes = unpacked(p.a_format, from, 0, 1, count);
            from = codes.data();
          }
          for (std::uint64_t row = 0; row < count; ++row)
            std::memcpy(rows.data() + (row * k + column) * e, from + row * e, e);
        }
      } else {
        gather_rows(p, c, group, first, count, rows.data());
      }
      if (packed_a) extend(p.a_format, rows);
      product(p, {c.tile, first, count, rows.data(), b, static_cast<std::int64_t>(k), ldb, &ranges},
              n, k, out + first * c.tile.n, ldsums);
      if (accumulates && !at_once)
        accumulate_chains(layer, c, rows.data(), static_cast<std::int64_t>(k), b, ldb);
      keep_a(group, first, count, rows.data(), k * e);
    }
  }
  if (accumulates && at_once && c.tile.last) accumulate(layer, c, sums, true);
  if (twin_ == nullptr) return;
  twin.expected = sums;
  twin_->multiply(std::move(twin));
}

void DataPath::drain(const LoweredLayer& layer, const VectorCommand& v, const VectorTime& time,
                     Cycles now) {
  if (v.slot < 0) {
    if (vector_twin_ != nullptr) vector_twin_->leave(time);
    return;
  }
  const auto slot = static_cast<std::uint32_t>(v.slot);
  if (twin_ != nullptr) twin_->take(slot, now, accumulators_.slot(slot).sums);
  if (accumulator_twin_ != nullptr) accumulator_twin_->drain(slot, accumulators_.slot(slot).sums);
  const auto rows = static_cast<std::int64_t>(v.m), columns = static_cast<std::int64_t>(v.n);
  auto& shaped_map = epilogues_[layer.id];
  auto found = shaped_map.find({v.m, v.n});
  if (found == shaped_map.end()) {
    Epilogue made =
        make_epilogue(plan_, *layer.layer, plan_.format(layer.problem->a), rows, columns);
    found = shaped_map.emplace(std::make_pair(v.m, v.n), std::move(made)).first;
  }

  const Epilogue& s = found->second;
  std::vector<Value> values(s.trace.tensors.size());
  Value sums(s.trace.tensors[s.sums].format, {rows, columns});
  std::vector<std::uint32_t>& held = accumulators_.slot(slot).sums;
  if (accumulator_error_rate_ > 0)
    accumulator_upsets_ +=
        upset(accumulator_error_rate_, reinterpret_cast<std::byte*>(held.data()), v.m * v.n * 32);
  if (arithmetic_ != nullptr && arithmetic_->scales(plan_.format(layer.problem->a)))
    arithmetic_->finish(held.data(), v.m, v.n, ranges_of(layer, v.channel, v.n));
  std::memcpy(sums.data.data(), held.data(), v.m * v.n * 4);
  values[s.sums] = std::move(sums);
  for (const auto& [mine, theirs] : s.operands) {
    const Value& whole_parameter = parameter(theirs);
    Value slice(whole_parameter.format, s.trace.tensors[mine].shape);
    // Columns of a tile begin at a whole byte.
    const std::uint64_t from =
        whole_parameter.elements() == 1
            ? 0
            : trace::storage_bytes(slice.format, static_cast<std::int64_t>(v.first_column));
    std::memcpy(slice.data.data(), whole_parameter.data.data() + from, slice.data.size());
    values[mine] = std::move(slice);
  }
  if (s.addend != no_tensor) {
    Value addend(s.trace.tensors[s.addend].format, {rows, columns});
    const auto width = trace::storage_bytes(addend.format, columns);
    std::vector<std::byte> tile(v.m * width);
    for (std::uint64_t r = 0; r < v.m; ++r)
      std::memcpy(tile.data() + r * width,
                  scratchpad_.read(v.addend + r * v.addend_stride, width, copy_a_), width);
    addend.data =
        below_a_byte(addend.format) ? without_gaps(addend.format, tile, v.m, v.n) : std::move(tile);
    values[s.addend] = std::move(addend);
  }
  if (vector_twin_ != nullptr) vector_twin_->begin(time);
  for (const auto& op : s.trace.ops) {
    std::vector<const Value*> inputs;
    for (TensorId t : op.inputs) inputs.push_back(t == no_tensor ? nullptr : &values[t]);
    Value& output = values[op.outputs.front()];
    output = std::move(numerics::evaluate(s.trace, op, inputs, order_, &overflows_).front());
    if (vector_twin_ != nullptr && op.outputs.front() != s.cast)
      vector_twin_->apply(op, inputs, output);
  }
  if (vector_twin_ != nullptr) vector_twin_->end();
  const Value& result = values[s.result];
  const auto width = trace::storage_bytes(result.format, columns);
  std::vector<std::byte> with_gaps;
  if (below_a_byte(result.format)) with_gaps = in_rows(result.format, result.data, v.m, v.n);
  const std::byte* data = with_gaps.empty() ? result.data.data() : with_gaps.data();
  for (std::uint64_t r = 0; r < v.m; ++r)
    scratchpad_.write(v.out + r * v.out_stride, data + r * width, width);
}

void DataPath::finish(const LoweredLayer& layer) {
  const auto drop = [&](TensorId t) {
    const Place& place = plan_.places[t];
    if (!place.resident && store_.mapped(place.dram)) store_.unmap(place.dram);
  };
  if (!layer.layer->view)
    for (TensorId t : layer.layer->outputs) {
      for (TensorId shown : plan_.results[t]) {
        const Value result = value(shown);
        trace::Tensor tensor = plan_.tensor(shown);
        tensor.format = result.format;
        outputs_.push_back({tensor, result.data});
      }
      if (plan_.last_use[t] == no_layer) drop(t);
    }
  for (TensorId t : layer.layer->reads)
    if (plan_.last_use[t] == layer.id) drop(t);
  if (layer.problem && layer.problem->b_is_parameter && --images_[layer.b_image] == 0)
    store_.unmap(layer.b_image);
  epilogues_.erase(layer.id);
  ranges_.erase(layer.id);
  const trace::Trace& trace = *plan_.trace;
  for (auto id : layer.layer->ops())
    for (TensorId t : trace.ops[id].inputs)
      if (t != no_tensor) parameters_.erase(t);
}

}  // namespace mantissa::arch
