// SPDX-License-Identifier: Apache-2.0
#include "arch/units/vsq/vsq_unit.h"

#include <algorithm>
#include <cstring>

#include "base/numerics/float_bits.h"

namespace mantissa::arch {
namespace {

// Stages of vsq_ppu.sv.
constexpr std::uint64_t post_processing_stages = 5;

std::int64_t i64(std::uint64_t v) { return static_cast<std::int64_t>(v); }

}  // namespace

VsqUnit::VsqUnit(const MatrixConfig& config, const ScratchpadConfig& scratchpad)
    : config_(*config.vsq),
      length_(static_cast<std::uint64_t>(config.rows)),
      lanes_(static_cast<std::uint64_t>(config.columns)),
      elements_(static_cast<std::uint64_t>(config.units)),
      depth_(static_cast<std::uint64_t>(config_.weight_depth)),
      reuse_(static_cast<std::uint64_t>(config_.weight_reuse)),
      bytes_per_cycle_(static_cast<std::uint64_t>(scratchpad.banks) * scratchpad.bank_width.value) {
}

void VsqUnit::reset() {
  free_ = shadow_free_ = Cycles(0);
  activity_.clear();
}

numerics::ReductionOrder VsqUnit::order() const {
  return numerics::weight_stationary(length_ * depth_);
}

std::string VsqUnit::formula() const {
  return "L + (F-1)*max(S,L) + S + 2, S = ceil(M/parts)*D*cycles per vector";
}

MatrixModel::Granularity VsqUnit::granularity() const {
  // Results leave as whole vectors of the next layer.
  return {1, length_ * depth_, round_up(lanes_ * elements_, length_)};
}

std::optional<PackedOperands> VsqUnit::packed_operands() const {
  return PackedOperands{config_.activations(length_), config_.weights(length_), sizeof(float)};
}

std::optional<PostProcessing> VsqUnit::post_processing() const {
  if (config_.activation_scale_bits == 0) return {};
  return PostProcessing{length_, elements_, Cycles(post_processing_stages)};
}

std::uint64_t VsqUnit::vectors(const MatrixTile& tile) const {
  const std::uint64_t line = tile.line == 0 ? tile.k : tile.line;
  return tile.k / line * ceil_div(line, length_);
}

// Of memory: what a line lacks of V is not stored.
std::uint64_t VsqUnit::longest_vector(const MatrixTile& tile) const {
  return tile.line == 0 ? length_ : std::min(length_, tile.line);
}

std::uint64_t VsqUnit::partial_sums(const MatrixTile& tile) const {
  return ceil_div(vectors(tile), depth_);
}

VsqUnit::Spread VsqUnit::spread(const MatrixTile& tile) const {
  Spread s;
  s.column_elements = std::min(elements_, ceil_div(tile.n, lanes_));
  s.parts = std::min(elements_ / s.column_elements, tile.m);
  s.rows_per_part = ceil_div(tile.m, s.parts);
  s.parts = ceil_div(tile.m, s.rows_per_part);  // none without rows
  return s;
}

std::uint64_t VsqUnit::interval(const MatrixTile& tile) const {
  const ElementSize size =
      tile.packed ? config_.activations(length_).size(tile.line) : ElementSize(tile.operand_bytes);
  const std::uint64_t bytes = spread(tile).parts * longest_vector(tile) * size;
  return std::max(static_cast<std::uint64_t>(config_.vector_cycles),
                  ceil_div(bytes, bytes_per_cycle_));
}

std::uint64_t VsqUnit::load(const MatrixTile& tile) const {
  const ElementSize size =
      tile.packed ? config_.weights(length_).size(tile.line) : ElementSize(tile.operand_bytes);
  const std::uint64_t channels = std::min(tile.n, lanes_ * spread(tile).column_elements);
  const std::uint64_t elements = std::min(depth_, vectors(tile)) * longest_vector(tile);
  return ceil_div(channels * elements * size, bytes_per_cycle_);
}

std::vector<VsqFold> VsqUnit::folds(const MatrixTile& tile, Cycles first_stream) const {
  const Spread s = spread(tile);
  const std::uint64_t all = vectors(tile), width = lanes_ * s.column_elements;
  const std::uint64_t pace = interval(tile), weights = load(tile);
  std::vector<VsqFold> out;
  for (std::uint64_t column = 0; column < tile.n; column += width)
    for (std::uint64_t first = 0; first < all; first += depth_) {
      VsqFold fold;
      fold.first_vector = first;
      fold.vectors = std::min(depth_, all - first);
      fold.first_column = column;
      fold.stream = s.rows_per_part * fold.vectors * pace;
      fold.between = std::max(fold.stream, weights);
      fold.start = out.empty() ? first_stream : out.back().start + Cycles(out.back().between);
      out.push_back(fold);
    }
  return out;
}

// How often a lane reads each of its vectors while all parts of `rows` pass; lanes of all parts.
std::uint64_t VsqUnit::weight_reads(const Spread& s, std::uint64_t rows) const {
  return rows / s.rows_per_part * ceil_div(s.rows_per_part, reuse_) +
         ceil_div(rows % s.rows_per_part, reuse_);
}

MatrixTimetable VsqUnit::append(const MatrixTile& tile, Cycles ready) {
  MANTISSA_CHECK(tile.m > 0 && tile.k > 0 && tile.n > 0, "a matrix tile without elements");
  const Spread s = spread(tile);
  const std::uint64_t pace = interval(tile);
  const auto streamed = static_cast<std::uint64_t>(config_.vector_cycles);

  MatrixTimetable t;
  t.start = std::max(ready, shadow_free_);
  t.first_stream = std::max(t.start + Cycles(load(tile)), free_);
  t.weight_load = t.first_stream - std::max(free_, std::min(ready, t.first_stream));
  const std::vector<VsqFold> all = folds(tile, t.first_stream);
  t.folds = all.size();
  for (const VsqFold& fold : all) {
    const std::uint64_t busy = fold.stream / pace * streamed;
    const std::uint64_t columns = std::min(tile.n - fold.first_column, lanes_ * s.column_elements);
    t.array_folds += ceil_div(columns, lanes_) * s.parts;
    activity_["loaded_vectors"] += columns * s.parts * fold.vectors;
    activity_["read_vectors"] += columns * weight_reads(s, tile.m) * fold.vectors;
    t.busy += Cycles(busy);
    t.operand += Cycles(fold.stream - busy);
    if (&fold != &all.back()) t.weight_load += Cycles(fold.between - fold.stream);
  }
  const VsqFold& last = all.back();
  shadow_free_ = last.start;
  t.stream_end = free_ = last.start + Cycles(last.stream);
  // A vector goes in at the end of its interval; a row is complete with the fold's last one, which
  // the first of the rows that share it meets first.
  const std::uint64_t together = std::min(reuse_, s.rows_per_part);
  t.first_result = last.start + Cycles(((last.vectors - 1) * together + 1) * pace) + drain();
  t.end = t.stream_end + drain();
  t.period = Cycles(all.front().between);
  activity_["vectors"] += tile.m * tile.n * vectors(tile);
  return t;
}

bool VsqUnit::multiply(const MatrixOperands& x, float* sums, std::int64_t ldsums, bool accumulate) {
  const VsqOperands operands(config_, i64(length_), x);
  const numerics::VectorMac& mac = operands.mac();
  const auto m = i64(x.m), n = i64(x.tile.n), depth = i64(depth_);
  numerics::VectorMacCounts counts;
  std::uint64_t added = 0;  // below the lanes: sums that saturated or wrapped there
  std::vector<std::int64_t> partial(static_cast<std::size_t>(m * n));
  for (std::int64_t first = 0; first < operands.vectors(); first += depth) {
    const std::int64_t count = std::min(depth, operands.vectors() - first);
    const VsqOperands chain = operands.part(first, count);
    numerics::vector_scaled_gemm(mac, chain.a(), chain.w(), partial.data(), m, n, chain.depth(),
                                 false, counts);
    const bool overwrites = first == 0 && !accumulate;
    for (std::int64_t row = 0; row < m; ++row)
      for (std::int64_t column = 0; column < n; ++column) {
        std::int64_t sum = partial[static_cast<std::size_t>(row * n + column)];
        std::int32_t code;  // an integer where the accumulators are told to be floats
        std::memcpy(&code, sums + row * ldsums + column, sizeof code);
        if (!overwrites) sum = numerics::accumulated(mac, code, sum, added);
        code = static_cast<std::int32_t>(sum);
        std::memcpy(sums + row * ldsums + column, &code, sizeof code);
      }
  }
  activity_["gated_vectors"] += counts.gated;
  activity_["rounded_to_zero"] += counts.gated - operands.zero_scales();
  activity_["saturations"] += counts.overflows + added;
  return true;
}

void VsqUnit::finish(std::uint32_t* sums, std::uint64_t m, std::uint64_t n,
                     const MatrixRanges& ranges) {
  const numerics::VectorMac mac = config_.mac(i64(length_));
  const float ga = vsq_coarse_of_activations(config_, i64(length_), ranges);
  const auto of_w = vsq_weights(config_, i64(length_));
  for (std::uint64_t column = 0; column < n; ++column) {
    const float gw = numerics::coarse_of_range(of_w, ranges.b[column]);
    for (std::uint64_t row = 0; row < m; ++row) {
      std::uint32_t& sum = sums[row * n + column];
      sum = numerics::float_bits(
          numerics::dequantized_sum(mac, static_cast<std::int32_t>(sum), gw, ga, 0, false));
    }
  }
}

namespace {
const MatrixModelRegistration vsq(
    "vsq",
    [](const MatrixConfig& config, const ScratchpadConfig& scratchpad) {
      return std::make_unique<VsqUnit>(config, scratchpad);
    },
    vsq_formats());
}  // namespace

}  // namespace mantissa::arch
