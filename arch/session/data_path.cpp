// SPDX-License-Identifier: Apache-2.0
#include "arch/session/data_path.h"

#include <algorithm>
#include <cstring>

#include "arch/mapper/errors.h"
#include "arch/session/packed_elements.h"
#include "arch/session/packed_weights.h"
#include "arch/session/stored_form.h"
#include "base/faults/cell_sampler.h"
#include "base/faults/draw.h"
#include "base/numerics/gemm.h"

namespace mantissa::arch {
namespace {

using numerics::Value;
using trace::no_tensor;
using trace::NumberFormat;
using trace::OpKind;
using trace::Role;
using trace::TensorId;

// Operands for a twin, elements of `width` bytes: no NaN that would be taken for none.
void keep(NumberFormat format, std::uint64_t width, const OperandRows& from, std::uint64_t rows,
          std::uint64_t columns, std::byte* to, std::uint64_t stride) {
  const std::uint64_t bytes = columns * width;
  for (std::uint64_t row = 0; row < rows; ++row, to += stride * width) {
    std::memcpy(to, from.data + row * static_cast<std::uint64_t>(from.stride) * width, bytes);
    if (format != NumberFormat::bf16) continue;
    for (std::uint64_t at = 0; at < bytes; at += 2)
      if (std::memcmp(to + at, &no_weight, 2) == 0) std::memcpy(to + at, &canonical_nan, 2);
  }
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
      reader_(scratchpad),
      ranges_(plan, operands_, scratchpad, store),
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
    const std::byte* from = place.resident ? scratchpad_.read(place.local, place.bytes, cells_)
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

std::uint64_t DataPath::upset(double rate, std::byte* bytes, std::uint64_t bits, unsigned width) {
  std::vector<std::uint64_t> flipped;
  faults::CellSampler(faults::derived(upset_key_, upset_draws_++))
      .append_failing(rate, 0, bits, flipped);
  for (const std::uint64_t bit : flipped) bytes[bit / width] ^= std::byte{1} << (bit % width);
  return flipped.size();
}

// B, k x n, as registers in which bits have flipped hold it.
OperandRows DataPath::upset_registers(const MatrixProblem& p, const OperandRows& b, std::uint64_t k,
                                      std::uint64_t n) {
  const std::uint64_t e = p.b_width();
  const unsigned width = below_a_byte(p.b_format) ? trace::bits(p.b_format) : 8;
  registers_.resize(k * n * e);
  for (std::uint64_t row = 0; row < k; ++row)
    std::memcpy(&registers_[row * n * e], b.data + row * static_cast<std::uint64_t>(b.stride) * e,
                n * e);
  register_upsets_ +=
      upset(register_error_rate_, registers_.data(), registers_.size() * width, width);
  if (below_a_byte(p.b_format)) extend(p.b_format, registers_);
  return {registers_.data(), static_cast<std::int64_t>(n)};
}

// The sums of each chain, which leave the array one after the other.
void DataPath::accumulate_chains(const LoweredLayer& layer, const MatrixCommand& c,
                                 const OperandRows& a, const OperandRows& b) {
  const MatrixProblem& p = *layer.problem;
  const std::uint64_t k = c.tile.k, chain = order_.matrix.length(k), e = p.a_width();
  const std::uint64_t counted = overflows_;  // with the whole product
  std::vector<std::uint32_t> sums(c.tile.m * c.tile.n);
  for (std::uint64_t from = 0; from < k; from += chain) {
    MatrixOperands part{c.tile,
                        0,
                        c.tile.m,
                        a.data + from * e,
                        b.data + from * static_cast<std::uint64_t>(b.stride) * e,
                        a.stride,
                        b.stride};
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

// Without its operands.
TwinCommand DataPath::twin_command(const LoweredLayer& layer, const MatrixCommand& c,
                                   const MatrixTimetable& time, const MatrixRanges& ranges) const {
  const MatrixProblem& p = *layer.problem;
  TwinCommand twin;
  twin.ranges = ranges;
  twin.layer = plan_.trace->ops[layer.layer->head].name;
  twin.tile = c.tile;
  twin.time = time;
  twin.format = plan_.format(p.a);
  twin.slot = c.slot;
  twin.a.resize(c.tile.m * c.tile.k * p.a_width());
  const bool none = twin.format == NumberFormat::bf16 && c.groups > 1;
  twin.b.assign(c.tile.k * c.tile.n * p.a_width(),
                none ? std::byte{no_weight & 0xFF} : std::byte{0});
  return twin;
}

void DataPath::multiply(const LoweredLayer& layer, const MatrixCommand& c,
                        const MatrixTimetable& t) {
  const MatrixProblem& p = *layer.problem;
  const std::uint64_t e = p.a_width();
  auto& sums = accumulators_.slot(c.slot).sums;
  sums.resize(c.tile.m * c.tile.n);
  const std::uint64_t k = c.tile.k / c.groups, n = c.tile.n / c.groups;
  const auto ldsums = static_cast<std::int64_t>(c.tile.n);

  const bool scales = arithmetic_ != nullptr && arithmetic_->scales(plan_.format(p.a));
  const MatrixRanges ranges = scales ? ranges_.of(layer, c.channel, n) : MatrixRanges{};

  std::optional<TwinCommand> twin;
  if (twin_ != nullptr) twin = twin_command(layer, c, t, ranges);
  // What the array would give to accumulators in RTL: chain by chain, or all at once where sums
  // stay in it and where several groups share a fold.
  const bool accumulates = accumulator_twin_ != nullptr && twin_ == nullptr;
  const bool at_once = order_.matrix == numerics::output_stationary || c.groups > 1;
  // Gathered in blocks that stay in the processor's cache; accumulators take whole columns, and
  // what is packed is unpacked once.
  const bool all_rows = OperandReader::whole(c) || accumulates || below_a_byte(p.a_format);
  const std::uint64_t block =
      all_rows ? c.tile.m : std::max<std::uint64_t>(16, (512 * 1024) / (k * e));

  for (std::uint64_t group = 0; group < c.groups; ++group) {
    OperandRows b = reader_.b(p, c, group);
    if (register_error_rate_ > 0) b = upset_registers(p, b, k, n);
    if (twin)
      keep(twin->format, e, b, k, n, &twin->b[(group * k * c.tile.n + group * n) * e], c.tile.n);
    std::uint32_t* out = sums.data() + group * n;
    for (std::uint64_t first = 0; first < c.tile.m; first += block) {
      const std::uint64_t rows = std::min(block, c.tile.m - first);
      const OperandRows a = reader_.a(p, c, group, first, rows);
      product(p, {c.tile, first, rows, a.data, b.data, a.stride, b.stride, &ranges}, n, k,
              out + first * c.tile.n, ldsums);
      if (accumulates && !at_once) accumulate_chains(layer, c, a, b);
      if (twin)
        keep(twin->format, e, a, rows, k, &twin->a[(first * c.tile.k + group * k) * e], c.tile.k);
    }
  }
  if (accumulates && at_once && c.tile.last) accumulate(layer, c, sums, true);
  if (!twin) return;
  twin->expected = sums;
  twin_->multiply(std::move(*twin));
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
    arithmetic_->finish(held.data(), v.m, v.n, ranges_.of(layer, v.channel, v.n));
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
                  scratchpad_.read(v.addend + r * v.addend_stride, width, cells_), width);
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
  ranges_.forget(layer.id);
  const trace::Trace& trace = *plan_.trace;
  for (auto id : layer.layer->ops())
    for (TensorId t : trace.ops[id].inputs)
      if (t != no_tensor) parameters_.erase(t);
}

}  // namespace mantissa::arch
