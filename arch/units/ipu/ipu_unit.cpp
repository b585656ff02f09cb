// SPDX-License-Identifier: Apache-2.0
#include "arch/units/ipu/ipu_unit.h"

#include <algorithm>

#include "base/numerics/inner_product/gemm.h"

namespace mantissa::arch {

namespace ip = numerics::inner_product;

namespace {

ip::FormatPair pair_of(const MatrixTile& tile) { return ipu_pair(tile.format, tile.b_format()); }

}  // namespace

IpuUnit::IpuUnit(const MatrixConfig& config, const ScratchpadConfig& scratchpad)
    : config_(*config.ipu),
      lanes_(static_cast<std::uint64_t>(config.rows)),
      columns_(static_cast<std::uint64_t>(config.columns)),
      tiles_(static_cast<std::uint64_t>(config.units / config_.pixels)),
      pixels_(static_cast<std::uint64_t>(config_.pixels)),
      depth_(static_cast<std::uint64_t>(config_.weight_depth)),
      bytes_per_cycle_(static_cast<std::uint64_t>(scratchpad.banks) * scratchpad.bank_width.value),
      cluster_(config_.cluster == 0 ? columns_ * pixels_
                                    : static_cast<std::uint64_t>(config_.cluster)),
      of_step_(columns_ * pixels_) {
  while ((std::uint64_t{1} << levels_) < lanes_) ++levels_;
}

void IpuUnit::reset() {
  free_ = shadow_free_ = Cycles(0);
  observed_.reset();
  activity_.clear();
}

numerics::ReductionOrder IpuUnit::order() const {
  return numerics::weight_stationary(lanes_ * depth_);
}

Cycles IpuUnit::drain() const { return Cycles(levels_ + 1); }

std::string IpuUnit::formula() const {
  return "L + (F-1)*max(S,L) + S + ceil(log2 n) + 1, S = ceil(M/pixels)*D*cycles per step";
}

MatrixModel::Granularity IpuUnit::granularity() const {
  return {pixels_, lanes_ * depth_, columns_ * tiles_};
}

IpuUnit::Spread IpuUnit::spread(const MatrixTile& tile) const {
  const std::uint64_t blocks = ceil_div(tile.n, columns_);
  Spread s;
  s.column_tiles = std::min(tiles_, blocks);
  s.parts = tiles_ / s.column_tiles;
  s.rounds = ceil_div(blocks, s.column_tiles);
  s.k_folds = ceil_div(tile.k, lanes_ * depth_);
  s.rows_per_part = ceil_div(tile.m, s.parts);
  s.parts = ceil_div(tile.m, s.rows_per_part);  // none without rows
  return s;
}

std::uint64_t IpuUnit::iterations(ip::FormatPair pair) const {
  const auto p = config_.parameters(static_cast<std::int64_t>(lanes_));
  return static_cast<std::uint64_t>(p.iterations(pair));
}

std::uint64_t IpuUnit::interval(const MatrixTile& tile) const {
  const auto inputs = static_cast<std::int64_t>(pixels_ * lanes_);
  const std::uint64_t fetch = ceil_div(trace::storage_bytes(tile.format, inputs), bytes_per_cycle_);
  // Integers have no exponents, and all products of fp4 the same one.
  const auto is_fp4 = [](trace::NumberFormat f) { return f == trace::NumberFormat::fp4_e2m1; };
  if (trace::is_integer(tile.format) || (is_fp4(tile.format) && is_fp4(tile.b_format())))
    return fetch;
  return std::max(fetch,
                  std::min(static_cast<std::uint64_t>(config_.ehu_share), columns_ * pixels_));
}

std::uint64_t IpuUnit::steps(const MatrixTile& tile, const Spread& s, std::uint64_t k_fold) const {
  const std::uint64_t from = k_fold * lanes_ * depth_;
  const std::uint64_t k = std::min(tile.k - from, lanes_ * depth_);
  return ceil_div(s.rows_per_part, pixels_) * ceil_div(k, lanes_);
}

const LawCycles& IpuUnit::law_of(const MatrixTile& tile, std::uint64_t interval) {
  const auto [found, fresh] = laws_.try_emplace({tile.format, tile.b_format(), interval});
  if (fresh)
    found->second =
        law_cycles(config_, static_cast<std::int64_t>(lanes_), static_cast<std::int64_t>(columns_),
                   tile.format, interval, tile.b_format());
  return found->second;
}

// Cycles of each fold's steps.
std::vector<std::uint64_t> IpuUnit::streams(const MatrixTile& tile, const Spread& s) {
  std::vector<std::uint64_t> out;
  out.reserve(s.folds());
  const std::uint64_t pace = interval(tile), minimum = iterations(pair_of(tile));
  const std::uint64_t operations = tile.m * tile.n * ceil_div(tile.k, lanes_);
  std::uint64_t demanded = operations * minimum;
  if (trace::is_integer(tile.format)) {
    for (std::uint64_t fold = 0; fold < s.folds(); ++fold)
      out.push_back(steps(tile, s, fold % s.k_folds) * std::max(pace, minimum));
  } else if (observed_) {
    MANTISSA_CHECK(observed_->next_row == tile.m, "rows of a product are missing");
    const std::uint64_t tiles = s.parts * s.column_tiles;
    for (std::uint64_t fold = 0; fold < s.folds(); ++fold) {
      std::uint64_t slowest = 0;
      for (std::uint64_t t = 0; t < tiles; ++t)
        slowest = std::max(slowest, observed_->clusters[fold * tiles + t].end());
      out.push_back(slowest);
    }
    demanded = observed_->demanded;
    observed_.reset();
  } else {
    const LawCycles& law = law_of(tile, pace);
    for (std::uint64_t fold = 0; fold < s.folds(); ++fold)
      out.push_back(ceil_div(steps(tile, s, fold % s.k_folds) * law.cycles, law.steps));
    demanded = operations * law.demanded / law.operations;
  }
  activity_["operations"] += operations;
  activity_["operation_cycles"] += demanded;
  activity_["iterations"] += operations * minimum;
  return out;
}

MatrixTimetable IpuUnit::append(const MatrixTile& tile, Cycles ready) {
  MANTISSA_CHECK(tile.m > 0 && tile.k > 0 && tile.n > 0, "a matrix tile without elements");
  const Spread s = spread(tile);
  const std::vector<std::uint64_t> stream = streams(tile, s);
  const auto weights = static_cast<std::int64_t>(lanes_ * depth_ * columns_ * tiles_);
  const std::uint64_t load =
      ceil_div(trace::storage_bytes(tile.b_format(), weights), bytes_per_cycle_);

  MatrixTimetable t;
  t.folds = s.folds();
  t.array_folds = s.rounds * s.k_folds * s.column_tiles * s.parts * pixels_;
  t.start = std::max(ready, shadow_free_);
  t.first_stream = std::max(t.start + Cycles(load), free_);
  t.weight_load = t.first_stream - std::max(free_, std::min(ready, t.first_stream));
  Cycles at = t.first_stream;
  for (std::size_t fold = 0; fold < stream.size(); ++fold) {
    t.busy += Cycles(stream[fold]);
    shadow_free_ = at;
    if (fold + 1 == stream.size()) break;
    const std::uint64_t between = std::max(stream[fold], load);
    t.weight_load += Cycles(between - stream[fold]);
    at += Cycles(between);
  }
  t.stream_end = free_ = at + Cycles(stream.back());
  // Results of the last fold leave evenly: the first when the first pixels have seen its depth.
  const std::uint64_t pixel_groups = ceil_div(s.rows_per_part, pixels_);
  t.first_result = at + Cycles(ceil_div(stream.back(), pixel_groups)) + drain();
  t.end = t.stream_end + drain();
  t.period = Cycles(std::max(stream.front(), load));
  return t;
}

bool IpuUnit::multiply(const MatrixOperands& x, float* sums, std::int64_t ldsums, bool accumulate) {
  if (trace::is_integer(x.tile.format)) return false;
  const ip::IpuParameters p = config_.parameters(static_cast<std::int64_t>(lanes_));
  const ip::FormatPair pair = pair_of(x.tile);
  const auto bytes = [](trace::NumberFormat f) {
    return std::max(1, static_cast<int>(trace::bits(f) / 8));
  };
  const auto rows = static_cast<std::int64_t>(x.m), columns = static_cast<std::int64_t>(x.tile.n),
             k = static_cast<std::int64_t>(x.tile.k);
  const ip::CodeMatrix a{x.a, bytes(x.tile.format), x.lda, 1, rows, k};
  const ip::CodeMatrix b{x.b, bytes(x.tile.b_format()), 1, x.ldb, columns, k};
  ip::GemmCounts counts;
  ip::gemm(p, pair, a, b, static_cast<std::int64_t>(depth_), sums, ldsums, accumulate, counts);
  activity_["accumulator_overflows"] += counts.overflows;

  MANTISSA_CHECK(x.first_row == (observed_ ? observed_->next_row : 0),
                 "rows of a product out of order");
  const ip::PackedExponents ea(p, pair.a, a), eb(p, pair.b, b);
  const auto padded = static_cast<std::uint64_t>(eb.columns());
  std::vector<std::uint16_t> partitions(static_cast<std::uint64_t>(eb.blocks()) * padded);
  for (std::int64_t row = 0; row < rows; ++row) {
    ip::partitions_of_row(p, ea, row, eb, partitions.data());
    observe_row(x.tile, partitions.data(), padded);
  }
  return true;
}

// Row after row, collected to the pixels of a step.
void IpuUnit::observe_row(const MatrixTile& tile, const std::uint16_t* partitions,
                          std::uint64_t padded) {
  const Spread s = spread(tile);
  const std::uint64_t row_size = ceil_div(tile.k, lanes_) * padded;
  if (!observed_) {
    observed_ = std::make_unique<Observed>();
    observed_->clusters.assign(
        s.folds() * s.parts * s.column_tiles,
        Clusters(columns_ * pixels_, cluster_, static_cast<std::uint64_t>(config_.buffer),
                 interval(tile)));
    observed_->partitions.resize(pixels_ * row_size);
  }
  Observed& o = *observed_;
  std::copy_n(partitions, row_size,
              o.partitions.begin() + static_cast<std::ptrdiff_t>(o.waiting * row_size));
  ++o.waiting;
  const std::uint64_t part = o.next_row / s.rows_per_part;
  ++o.next_row;
  const bool part_ends = o.next_row == tile.m || o.next_row / s.rows_per_part != part;
  if (o.waiting == pixels_ || part_ends) broadcast(tile, s, part, padded);
}

// The waiting pixels' operations: one step per block of n products, into the fold it belongs to.
void IpuUnit::broadcast(const MatrixTile& tile, const Spread& s, std::uint64_t part,
                        std::uint64_t padded) {
  Observed& o = *observed_;
  const std::uint64_t blocks = ceil_div(tile.k, lanes_),
                      iterations = this->iterations(pair_of(tile));
  for (std::uint64_t block = 0; block < blocks; ++block)
    for (std::uint64_t first = 0, index = 0; first < tile.n; first += columns_, ++index) {
      const std::uint64_t count = std::min(columns_, tile.n - first);
      std::fill(of_step_.begin(), of_step_.end(), 0);  // idle units wait for nobody
      for (std::uint64_t pixel = 0; pixel < o.waiting; ++pixel)
        for (std::uint64_t column = 0; column < count; ++column) {
          const std::uint16_t partitions =
              o.partitions[(pixel * blocks + block) * padded + first + column];
          const std::uint64_t cycles = ip::cycles(partitions, static_cast<int>(iterations));
          of_step_[pixel * columns_ + column] = static_cast<std::uint32_t>(cycles);
          o.demanded += cycles;
        }
      const std::uint64_t fold = index / s.column_tiles * s.k_folds + block / depth_;
      o.clusters[(fold * s.parts + part) * s.column_tiles + index % s.column_tiles].step(
          of_step_.data());
    }
  o.waiting = 0;
}

namespace {
const MatrixModelRegistration ipu(
    "ipu",
    [](const MatrixConfig& config, const ScratchpadConfig& scratchpad) {
      return std::make_unique<IpuUnit>(config, scratchpad);
    },
    ipu_formats(),
    [](trace::NumberFormat a, trace::NumberFormat b) { return ip::is_supported(ipu_pair(a, b)); });
}  // namespace

}  // namespace mantissa::arch
