// SPDX-License-Identifier: Apache-2.0
#include "arch/mapper/tiling.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>

#include "arch/mapper/errors.h"

namespace mantissa::arch {
namespace {

std::vector<Span> spans(std::uint64_t total, std::uint64_t size) {
  std::vector<Span> out;
  for (std::uint64_t at = 0; at < total; at += size)
    out.push_back({at, std::min(size, total - at)});
  return out;
}

// Elements of every format around a product that fill whole bytes. What the unit packs itself needs
// none: its bytes are counted, not addressed.
std::uint64_t whole_bytes(const MatrixProblem& p, const Surroundings& around) {
  std::uint64_t least = 1;
  if (p.packed_operands) return 1;
  for (const ElementSize& size :
       {p.a_size, p.b_size, around.out_size, around.addend ? around.addend_size : around.out_size})
    while (!size.whole(least)) least *= 2;
  return least;
}

// `unit` x 1, 2, 4, ... below total, and total; multiples of `whole`.
std::vector<std::uint64_t> sizes(std::uint64_t total, std::uint64_t unit, std::int64_t forced,
                                 std::uint64_t whole = 1) {
  unit = std::lcm(unit, whole);
  if (forced > 0) return {std::min(round_up(static_cast<std::uint64_t>(forced), whole), total)};
  std::vector<std::uint64_t> out;
  for (std::uint64_t s = unit; s < total; s *= 2) out.push_back(s);
  out.push_back(total);
  return out;
}

// Row blocks of `rows` rows: for convolutions whole output rows, or whole images.
std::vector<RowBlock> row_blocks(const MatrixProblem& p, std::uint64_t rows) {
  std::vector<RowBlock> out;
  if (!p.convolution) {
    for (const Span& s : spans(p.m, rows)) {
      RowBlock b;
      b.first = s.first;
      b.rows = s.size;
      out.push_back(b);
    }
    return out;
  }
  const Convolution& c = p.conv;
  const auto width = static_cast<std::uint64_t>(c.output_width);
  const std::uint64_t image = width * static_cast<std::uint64_t>(c.output_height);
  if (rows >= image) {
    for (const Span& s : spans(static_cast<std::uint64_t>(c.images), rows / image))
      out.push_back({s.first * image, s.size * image, static_cast<std::int64_t>(s.first),
                     static_cast<std::int64_t>(s.size), 0, c.output_height, 0, c.height});
    return out;
  }
  const std::uint64_t lines = std::max<std::uint64_t>(1, rows / width);
  for (std::int64_t i = 0; i < c.images; ++i)
    for (const Span& s : spans(static_cast<std::uint64_t>(c.output_height), lines)) {
      const auto first = static_cast<std::int64_t>(s.first);
      const auto count = static_cast<std::int64_t>(s.size);
      const Span in = input_rows(c, first, count);
      out.push_back({static_cast<std::uint64_t>(i) * image + s.first * width, s.size * width, i, 1,
                     first, count, static_cast<std::int64_t>(in.first),
                     static_cast<std::int64_t>(in.size)});
    }
  return out;
}

// Candidate heights of a row block, in rows of the product.
std::vector<std::uint64_t> row_sizes(const MatrixProblem& p, std::uint64_t grain,
                                     std::int64_t forced, std::uint64_t whole) {
  if (!p.convolution) return sizes(p.m, grain > 1 ? grain : 16, forced, p.a_transposed ? whole : 1);
  const auto width = static_cast<std::uint64_t>(p.conv.output_width);
  const std::uint64_t image = width * static_cast<std::uint64_t>(p.conv.output_height);
  if (forced > 0) {
    const auto wanted = static_cast<std::uint64_t>(forced);
    return {wanted >= image ? wanted / image * image : std::max(width, wanted / width * width)};
  }
  std::set<std::uint64_t> out;
  for (std::uint64_t lines = 1; lines * width < image; lines *= 2) out.insert(lines * width);
  for (std::uint64_t images = 1; images * image < p.m; images *= 2) out.insert(images * image);
  out.insert(p.m);
  return {out.begin(), out.end()};
}

// Bytes of operand A that a row block needs, for `channels` of a convolution or k elements.
std::uint64_t a_bytes(const MatrixProblem& p, const RowBlock& b, std::uint64_t k) {
  if (p.a_transposed) return k * p.a_bytes(b.rows);
  if (!p.convolution) return b.rows * p.a_bytes(k);
  return static_cast<std::uint64_t>(b.images * b.input_rows * p.conv.width) * p.a_bytes(k);
}

class Evaluator {
 public:
  Evaluator(const MatrixProblem& p, const Surroundings& around, const CoreConfig& core)
      : p_(p), around_(around), core_(core), model_(make_matrix_model(core)) {}

  // The tiling of these sizes with storage and estimates filled in; nothing when it does not fit.
  // `need` keeps the least storage that any candidate asked for, for the message.
  std::optional<Tiling> evaluate(std::uint64_t m, std::uint64_t k, std::uint64_t n,
                                 bool weights_outer, std::uint64_t& need) const {
    Tiling t;
    t.weights_outer = weights_outer;
    t.m = row_blocks(p_, m);
    const std::uint64_t depth =
        p_.groups > 1 ? 1 : (p_.convolution ? static_cast<std::uint64_t>(p_.conv.channels) : p_.k);
    t.k = p_.groups > 1 ? std::vector<Span>{{0, 1}} : spans(depth, k);
    t.n = p_.groups > 1 ? spans(p_.group_rounds(), n) : spans(p_.n, n);
    if (!accumulators(t)) return std::nullopt;
    storage(t);
    need = std::min(need, t.tile_bytes);
    if (t.tile_bytes > around_.tile_area) return std::nullopt;
    if (uses_weight_buffer() && t.b_slot * t.b_slots > around_.weight_buffer) return std::nullopt;
    traffic(t);
    time(t);
    return t;
  }

  bool uses_weight_buffer() const { return around_.weight_buffer > 0 && p_.b_is_parameter; }

 private:
  std::uint64_t columns(const Span& n) const {  // result columns
    return p_.groups > 1 ? std::min(n.size * p_.packed, p_.groups) * p_.n : n.size;
  }
  std::uint64_t b_bytes(const Span& k, const Span& n) const {
    if (p_.b_windows) {
      const auto channels = static_cast<std::uint64_t>(p_.conv.channels);
      if (p_.groups > 1)
        return p_.b_pixels({0, p_.k}).size *
               p_.b_bytes(std::min(n.size * p_.packed, p_.groups) * channels / p_.groups);
      return p_.b_pixels(k).size * p_.b_bytes(p_.b_channels(n).size);
    }
    if (p_.groups > 1) return p_.b_bytes(std::min(n.size * p_.packed, p_.groups) * p_.k * p_.n);
    const std::uint64_t depth = reduction_length(p_, k);
    return p_.b_transposed && !p_.b_is_parameter ? n.size * p_.b_bytes(depth)
                                                 : depth * p_.b_bytes(n.size);
  }
  std::uint64_t a_depth(const Span& k, const Span& n) const {  // channels or k elements loaded
    if (p_.groups == 1) return k.size;
    const std::uint64_t groups = std::min(n.size * p_.packed, p_.groups);
    return p_.convolution ? groups * static_cast<std::uint64_t>(p_.conv.channels) / p_.groups
                          : groups * p_.k;
  }
  std::uint64_t tallest(const Tiling& t) const {
    std::uint64_t rows = 0;
    for (const auto& b : t.m) rows = std::max(rows, b.rows);
    return rows;
  }

  bool accumulators(Tiling& t) const {
    const auto grain = model_->granularity();
    const std::uint64_t rows = tallest(t);
    const std::uint64_t columns = p_.groups > 1 ? p_.packed * p_.n : t.n.front().size;
    const bool input_stationary = core_.matrix.dataflow == Dataflow::input_stationary;
    t.step_m = input_stationary ? std::min(grain.m, rows) : rows;
    t.step_n =
        input_stationary ? columns : std::min(round_up(grain.n, whole_bytes(p_, around_)), columns);
    // Accumulator rows lie along the stream.
    t.height = input_stationary ? t.step_n : p_.most_results(t.step_m);
    std::uint64_t live = 1;
    if (t.k.size() > 1) {
      live = ceil_div(rows, t.step_m) * ceil_div(columns, t.step_n);
      // Sums that stay in an output-stationary array fill it: one fold per tile.
      if (core_.matrix.dataflow == Dataflow::output_stationary &&
          (rows > static_cast<std::uint64_t>(core_.matrix.rows) || live > 1))
        return false;
    }
    const std::uint64_t slots = around_.accumulator_rows / t.height;
    if (slots < live) return false;
    t.accumulator_slots = static_cast<std::uint32_t>(
        std::min<std::uint64_t>(slots, std::max<std::uint64_t>(2 * live, 8)));
    return true;
  }

  void storage(Tiling& t) const {
    for (const auto& b : t.m)
      for (const auto& n : {t.n.front(), t.n.back()})
        t.a_slot = std::max(t.a_slot, a_bytes(p_, b, a_depth(t.k.front(), n)));
    t.b_slot = b_bytes(t.k.front(), t.n.front());
    // Of windows, tiles between the first and the last are the largest.
    if (p_.b_windows)
      for (const auto& k : t.k)
        for (const auto& n : t.n) t.b_slot = std::max(t.b_slot, b_bytes(k, n));
    const std::uint64_t results = p_.most_results(t.step_m);
    t.out_slot = results * around_.out_bytes(t.step_n);
    t.addend_slot = around_.addend ? results * around_.addend_bytes(t.step_n) : 0;
    t.parameter_slot = columns(t.n.front()) * around_.parameter_bytes;
    const auto slots = [&](std::size_t tiles) {
      return static_cast<std::uint32_t>(p_.instances * tiles > 1 ? 2 : 1);
    };
    t.a_slots = around_.a_resident ? 0 : slots(t.m.size() * (p_.groups > 1 ? t.n : t.k).size());
    t.b_slots = around_.b_resident ? 0 : slots(t.k.size() * t.n.size());
    t.out_slots = around_.out_resident ? 0 : 2;
    if (around_.addend_resident) t.addend_slot = 0;
    const auto padded = [](std::uint64_t bytes) { return round_up(bytes, 64); };
    t.tile_bytes = t.a_slots * padded(t.a_slot) + t.out_slots * padded(t.out_slot) +
                   2 * padded(t.addend_slot) + 2 * padded(t.parameter_slot);
    if (!uses_weight_buffer()) t.tile_bytes += t.b_slots * padded(t.b_slot);
  }

  void traffic(Tiling& t) const {
    std::uint64_t a = 0, b = 0, parameters = 0;
    for (const auto& block : t.m)
      for (const auto& n : p_.groups > 1 ? t.n : std::vector<Span>{t.n.front()})
        for (const auto& k : t.k) a += a_bytes(p_, block, a_depth(k, n));
    for (const auto& n : t.n) {
      parameters += columns(n) * around_.parameter_bytes;
      for (const auto& k : t.k) b += b_bytes(k, n);
    }
    const bool one_k = t.k.size() == 1;
    if (p_.groups == 1 && (t.m.size() * t.k.size() > 1) && (t.weights_outer || !one_k))
      a *= t.n.size();
    if (t.n.size() * t.k.size() > 1 && (!t.weights_outer || !one_k)) b *= t.m.size();
    if (t.n.size() > 1 && !t.weights_outer) parameters *= t.m.size();
    const std::uint64_t columns = p_.n * p_.groups;
    t.dram_bytes = parameters;
    if (!around_.a_resident) t.dram_bytes += a;
    if (!around_.b_resident) t.dram_bytes += b;
    if (!around_.out_resident) t.dram_bytes += p_.result_rows() * around_.out_bytes(columns);
    if (around_.addend && !around_.addend_resident)
      t.dram_bytes += p_.result_rows() * around_.addend_bytes(columns);
  }

  void time(Tiling& t) const {
    // Steady state: what the second of two equal accumulator tiles adds to the first.
    const std::uint64_t k = p_.groups > 1 ? p_.packed * p_.k : reduction_length(p_, t.k.front());
    const auto tile_cycles = [&](std::uint64_t m, std::uint64_t n) {
      const MatrixTile tile = p_.tile(m, k, n);
      model_->reset();
      model_->append(tile, Cycles(0));
      const Cycles first = model_->free_at();
      return static_cast<double>((model_->append(tile, Cycles(0)).stream_end - first).value);
    };
    const std::uint64_t rows = tallest(t);
    const std::uint64_t width = p_.groups > 1 ? p_.packed * p_.n : t.n.front().size;
    const double per_row_block = static_cast<double>(ceil_div(rows, t.step_m)) *
                                 static_cast<double>(ceil_div(width, t.step_n)) *
                                 tile_cycles(t.step_m, t.step_n);
    const double column_tiles =
        static_cast<double>(p_.groups > 1 ? p_.group_rounds() : ceil_div(p_.n, t.n.front().size));
    const double row_tiles = static_cast<double>(p_.m) / static_cast<double>(rows);
    const double compute =
        per_row_block * column_tiles * row_tiles * static_cast<double>(t.k.size());
    t.array_cycles = compute;
    // A slot is filled anew only when its tile has been used: each fill pays the latency.
    const auto fills = [&](std::uint64_t slot, std::uint32_t slots, double count) {
      if (slots == 0) return 0.0;
      return count * (around_.latency + static_cast<double>(slot) / around_.bytes_per_cycle) /
             static_cast<double>(slots);
    };
    const double m_tiles = static_cast<double>(t.m.size()),
                 n_tiles = static_cast<double>(t.n.size());
    const double k_tiles = static_cast<double>(t.k.size());
    const double memory =
        std::max({static_cast<double>(t.dram_bytes) / around_.bytes_per_cycle,
                  fills(t.a_slot, t.a_slots,
                        m_tiles * k_tiles * (t.weights_outer || t.k.size() > 1 ? n_tiles : 1)),
                  fills(t.b_slot, t.b_slots,
                        n_tiles * k_tiles * (!t.weights_outer || t.k.size() > 1 ? m_tiles : 1))});
    const double vector =
        static_cast<double>(p_.result_rows() * p_.n * p_.groups * around_.vector_passes) /
        static_cast<double>(around_.vector_lanes);
    // What nothing overlaps: the first operands in, the last results out.
    const double fill =
        static_cast<double>((around_.a_resident ? 0 : t.a_slot) +
                            (around_.b_resident ? 0 : t.b_slot) + t.out_slot) /
            around_.bytes_per_cycle +
        static_cast<double>(p_.most_results(t.step_m) * t.step_n * around_.vector_passes) /
            static_cast<double>(around_.vector_lanes);
    t.cycles = std::max({compute, memory, vector}) + fill;
    t.reason = compute >= memory && compute >= vector ? "bound by the matrix unit"
               : memory >= vector                     ? "bound by memory bandwidth"
                                                      : "bound by the vector unit";
  }

  const MatrixProblem& p_;
  const Surroundings& around_;
  const CoreConfig& core_;
  std::unique_ptr<MatrixModel> model_;
};

[[noreturn]] void does_not_fit(const Surroundings& around, const MapperConfig& mapper,
                               const std::string& layer, std::uint64_t need, bool any_fits_sums) {
  const bool told = mapper.tile_m > 0 || mapper.tile_k > 0 || mapper.tile_n > 0;
  Error error(tile_does_not_fit);
  std::string what = "layer '" + layer + "': ";
  what += told ? fmt::format(
                     "the tile asked for (mapper.tile_m {}, tile_k {}, tile_n {}; 0: chosen) "
                     "does not fit",
                     mapper.tile_m, mapper.tile_k, mapper.tile_n)
               : "no tile fits";
  error.say(what);
  if (!any_fits_sums)
    error.expected(fmt::format("sums that fit {} accumulator rows (core.accumulator.rows)",
                               around.accumulator_rows));
  else
    error.expected(fmt::format(
        "at most {} bytes of tiles (core.scratchpad.capacity without mapper.resident_fraction) "
        "where the least need is {}{}",
        around.tile_area, need,
        around.weight_buffer > 0
            ? fmt::format(", and weights within {} bytes (core.weight_buffer.capacity)",
                          around.weight_buffer)
            : std::string()));
  error.remedy(told ? "ask for a smaller tile or none" : "enlarge that storage");
  throw error;
}

}  // namespace

std::uint64_t reduction_length(const MatrixProblem& p, const Span& k) {
  if (p.groups > 1) return p.k;
  return p.convolution ? p.taps() * k.size : k.size;
}

Tiling choose_tiling(const MatrixProblem& p, const Surroundings& around, const CoreConfig& core,
                     const MapperConfig& mapper, const std::string& layer_name) {
  const Evaluator evaluator(p, around, core);
  const auto model = make_matrix_model(core);
  const auto grain = model->granularity();
  const std::uint64_t depth = p.convolution ? static_cast<std::uint64_t>(p.conv.channels) : p.k;
  const std::uint64_t whole = whole_bytes(p, around);
  // Whole folds along k; for convolutions whole channels, all taps of each. Always whole vectors.
  const std::uint64_t vector = model->vector_length();
  const std::uint64_t k_unit =
      round_up(p.convolution ? std::max<std::uint64_t>(1, grain.k / p.taps())
                             : std::max<std::uint64_t>(grain.k, 16),
               vector);
  std::uint64_t asked = static_cast<std::uint64_t>(mapper.tile_k);
  if (asked > 0 && p.convolution) asked = std::max<std::uint64_t>(1, asked / p.taps());
  const auto forced_k = static_cast<std::int64_t>(round_up(asked, vector));
  std::vector<std::uint64_t> ks =
      p.groups > 1 ? std::vector<std::uint64_t>{1} : sizes(depth, k_unit, forced_k, whole);
  std::vector<std::uint64_t> ns =
      p.groups > 1 ? sizes(p.group_rounds(), 1, 0)
                   : sizes(p.n, grain.n > 1 ? grain.n : 16, mapper.tile_n, whole);

  std::optional<Tiling> best;
  std::uint64_t need = ~0ull;
  std::size_t fitting = 0;
  const auto better = [](const Tiling& a, const Tiling& b) {
    return std::make_tuple(a.dram_bytes, a.array_cycles, a.cycles, a.tile_bytes) <
           std::make_tuple(b.dram_bytes, b.array_cycles, b.cycles, b.tile_bytes);
  };
  const auto search = [&](const std::vector<std::uint64_t>& ms) {
    for (std::uint64_t m : ms)
      for (std::uint64_t k : ks)
        for (std::uint64_t n : ns)
          for (bool weights_outer : {true, false}) {
            auto tiling = evaluator.evaluate(m, k, n, weights_outer, need);
            if (!tiling) continue;
            ++fitting;
            if (!best || better(*tiling, *best)) best = std::move(tiling);
          }
  };
  // Tiles shorter than the array is tall waste it on loading weights. Only where nothing else fits,
  // the tallest of them that does, at its smallest width and depth: it moves at least as many bytes
  // as any tall tile, so that a larger scratchpad still never moves more.
  const std::uint64_t grain_rows = std::max<std::uint64_t>(grain.k, grain.m);
  std::vector<std::uint64_t> tall, flat;
  if (!p.convolution && mapper.tile_m == 0) flat = {1, 2, 4, 8};
  if (p.a_transposed && whole > 1) flat = {round_up(1, whole)};
  for (std::uint64_t m : row_sizes(p, grain.m, mapper.tile_m, whole))
    (m >= std::min(p.m, grain_rows) || mapper.tile_m > 0 ? tall : flat).push_back(m);
  search(tall);
  ks.resize(1);
  ns.resize(1);
  for (auto m = flat.rbegin(); !best && m != flat.rend(); ++m) search({*m});
  if (!best) does_not_fit(around, mapper, layer_name, need, need != ~0ull);

  best->reason = fmt::format(
      "least memory traffic ({} bytes) of {} tilings that fit, then fewest "
      "array cycles, then estimated cycles ({:.0f}); {}",
      best->dram_bytes, fitting, best->cycles, best->reason);
  return *best;
}

}  // namespace mantissa::arch
