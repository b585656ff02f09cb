// SPDX-License-Identifier: Apache-2.0
#include "rtl/ipu/ipu_twin.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <map>
#include <optional>

#include "arch/units/ipu/ipu_unit.h"
#include "base/numerics/float_bits.h"
#include "base/numerics/gemm.h"
#include "base/numerics/inner_product/gemm.h"
#include "base/numerics/inner_product/timing.h"
#include "rtl/cosim/unit_in_chip.h"
#include "rtl/ipu/ipu_operands.h"
#include "rtl/verilate/sources.h"

namespace mantissa::rtl {

using arch::Implementation;
using trace::NumberFormat;
namespace ip = numerics::inner_product;

CosimRequest ipu_alone(const arch::MatrixConfig& config) {
  const arch::IpuConfig& ipu = *config.ipu;
  CosimRequest request;
  request.unit = find_unit("ipu");
  request.parameters = {
      {"Lanes", config.rows},
      {"Width", ipu.window},
      {"SoftwarePrecision", ipu.software_precision},
      {"FractionWidth", ipu.fraction},
      {"Growth", ipu.growth},
      {"MultiCycle", ipu.alignment == ip::Alignment::multi_cycle ? 1 : 0},
      {"MaskZeros", ipu.mask_zeros ? 1 : 0},
      {"DigitA", ipu.digit_a},
      {"DigitB", ipu.digit_b},
      {"Formats", static_cast<std::int64_t>(arch::ipu_kinds(config.formats))},
  };
  request.top = config.rtl_top;
  if (config.rtl.given()) request.sources = sources_of_folder(config.rtl.text);
  return request;
}

namespace {

// Cycles of ipu.sv: the first operation reaches the multipliers two cycles after it was taken, and
// a chain's sum leaves three after its last operation's last one there.
constexpr std::uint64_t to_multipliers = 2, from_multipliers = 3;

// A command as the unit sees it: m x n sums, each of `blocks` operations in chains of `depth`.
struct Work {
  arch::TwinCommand command;
  std::uint64_t number = 0;  // of the core's commands
  IpuMode mode = IpuMode::fp16;
  std::uint64_t blocks = 0, padded = 0;
  std::vector<std::uint16_t> cycles;      // that operations must take: [row][block][padded]
  std::vector<std::uint16_t> partitions;  // that were seen, likewise
  std::vector<std::uint32_t> sums;        // of chains that were seen: [chain][m][n]
  std::vector<std::uint32_t> chain_sums;  // that they must be
};

// Operation `block` of the sum [row, column].
struct Place {
  std::uint64_t row = 0, column = 0, block = 0;
};

class IpuTwin final : public arch::MatrixTwin {
 public:
  IpuTwin(const arch::CoreConfig& core, arch::TwinProgress progress)
      : config_(core.matrix),
        ipu_(*core.matrix.ipu),
        lanes_(static_cast<std::uint64_t>(core.matrix.rows)),
        depth_(static_cast<std::uint64_t>(core.matrix.ipu->weight_depth)),
        parameters_(core.matrix.ipu->parameters(core.matrix.rows)),
        model_(core.matrix, core.scratchpad),
        progress_(std::move(progress)) {
    result_.implementation = name(config_.implementation);
    result_.design = config_.rtl.given() ? config_.rtl.text : "rtl/ipu";
  }

  void multiply(arch::TwinCommand command) override {
    if (!unit_) unit_.emplace(ipu_alone(config_), progress_);
    work_ = Work{};
    work_.command = std::move(command);
    work_.number = result_.commands++;
    work_.mode = mode_of(work_.command.tile);
    work_.blocks = ceil_div(work_.command.tile.k, lanes_);
    expect_cycles();
    expect_sums();
    run();
    compare();
    add_up();
  }

  // What the operations took, as the tiles of the core take it.
  void timed(const arch::MatrixTimetable& time) override {
    const auto& tile = work_.command.tile;
    model_.reset();
    if (fp())
      for (std::uint64_t row = 0; row < tile.m; ++row)
        model_.observe_row(tile, &work_.partitions[row * work_.blocks * work_.padded],
                           work_.padded);
    const Cycles busy = model_.append(tile, Cycles(0)).busy;
    if (busy == time.busy) return;
    throw LockstepDiffers(differs()
                              .read(fmt::format("{} cycles of its tiles", busy.value))
                              .expected(fmt::format("{} cycles", time.busy.value)),
                          unit_->alone());
  }

  void take(std::uint32_t slot, Cycles /*now*/, std::vector<std::uint32_t>& sums) override {
    const auto found = sums_.find(slot);
    MANTISSA_CHECK(found != sums_.end(), "sums that no product went to");
    if (config_.implementation == Implementation::rtl) sums = std::move(found->second);
    sums_.erase(found);
  }

  void finish() override {}
  arch::TwinResult result() const override { return result_; }

 private:
  // Of formats that ipu_rtl_objection lets through and the model multiplies.
  static IpuMode mode_of(const arch::MatrixTile& tile) {
    if (tile.format == NumberFormat::fp16) return IpuMode::fp16;
    if (tile.format == NumberFormat::int4) return IpuMode::int4;
    return tile.b_format() == NumberFormat::int4 ? IpuMode::int8x4 : IpuMode::int8;
  }
  bool fp() const { return work_.mode == IpuMode::fp16; }
  ip::FormatPair pair() const {
    return arch::ipu_pair(work_.command.tile.format, work_.command.tile.b_format());
  }
  std::uint64_t chains() const { return ceil_div(work_.blocks, depth_); }
  std::uint64_t at(const Place& p) const {
    return (p.row * work_.blocks + p.block) * work_.padded + p.column;
  }
  bool first(const Place& p) const { return p.block % depth_ == 0; }
  bool last(const Place& p) const {
    return p.block % depth_ == depth_ - 1 || p.block + 1 == work_.blocks;
  }

  // Along a chain, then along the row of sums, then chain after chain.
  std::optional<Place> after(Place p) const {
    const auto& tile = work_.command.tile;
    if (!last(p)) {
      ++p.block;
      return p;
    }
    const std::uint64_t chain = p.block / depth_;
    p.block = chain * depth_;
    if (++p.column < tile.n) return p;
    p.column = 0;
    if (++p.row < tile.m) return p;
    p.row = 0;
    p.block += depth_;
    return p.block < work_.blocks ? std::optional<Place>(p) : std::nullopt;
  }

  // Operands k.. of the command, b's column by column.
  ip::CodeMatrix a_from(std::uint64_t k, std::uint64_t count) const {
    const auto& c = work_.command;
    const auto bytes = static_cast<int>(c.tile.operand_bytes);
    return {c.a.data() + k * c.tile.operand_bytes, bytes,
            static_cast<std::int64_t>(c.tile.k),   1,
            static_cast<std::int64_t>(c.tile.m),   static_cast<std::int64_t>(count)};
  }
  ip::CodeMatrix b_from(std::uint64_t k, std::uint64_t count) const {
    const auto& c = work_.command;
    const auto bytes = static_cast<int>(c.tile.operand_bytes);
    const auto n = static_cast<std::int64_t>(c.tile.n);
    return {c.b.data() + k * c.tile.n * c.tile.operand_bytes,
            bytes,
            1,
            n,
            n,
            static_cast<std::int64_t>(count)};
  }

  // From the exponents; of integers all iterations, always.
  void expect_cycles() {
    const auto& tile = work_.command.tile;
    const ip::FormatPair pair = this->pair();
    const int iterations = parameters_.iterations(pair);
    if (!fp()) {
      work_.padded = tile.n;
      work_.cycles.assign(tile.m * work_.blocks * tile.n, static_cast<std::uint16_t>(iterations));
      return;
    }
    const ip::PackedExponents a(parameters_, pair.a, a_from(0, tile.k));
    const ip::PackedExponents b(parameters_, pair.b, b_from(0, tile.k));
    work_.padded = static_cast<std::uint64_t>(b.columns());
    work_.cycles.resize(tile.m * work_.blocks * work_.padded);
    work_.partitions.resize(work_.cycles.size());
    for (std::uint64_t row = 0; row < tile.m; ++row)
      ip::partitions_of_row(parameters_, a, static_cast<std::int64_t>(row), b,
                            &work_.cycles[row * work_.blocks * work_.padded]);
    for (std::uint16_t& one : work_.cycles)
      one = static_cast<std::uint16_t>(ip::cycles(one, iterations));
  }

  // Chain by chain, by the kernels of the model.
  void expect_sums() {
    const auto& tile = work_.command.tile;
    const std::uint64_t size = tile.m * tile.n, length = depth_ * lanes_;
    work_.sums.resize(size * chains());
    work_.chain_sums.resize(size * chains());
    for (std::uint64_t chain = 0; chain < chains(); ++chain) {
      const std::uint64_t k = chain * length, count = std::min(length, tile.k - k);
      std::uint32_t* to = &work_.chain_sums[chain * size];
      if (fp()) {
        ip::GemmCounts counts;
        ip::gemm(parameters_, pair(), a_from(k, count), b_from(k, count), 0,
                 reinterpret_cast<float*>(to), static_cast<std::int64_t>(tile.n), false, counts);
        continue;
      }
      const auto i64 = [](std::uint64_t v) { return static_cast<std::int64_t>(v); };
      const auto* a = reinterpret_cast<const std::int8_t*>(work_.command.a.data()) + k;
      const auto* b = reinterpret_cast<const std::int8_t*>(work_.command.b.data()) + k * tile.n;
      std::uint64_t overflows = 0;  // counted by the model
      numerics::gemm_int8(a, i64(tile.k), b, i64(tile.n), reinterpret_cast<std::int32_t*>(to),
                          i64(tile.n), i64(tile.m), i64(tile.n), i64(count), false, overflows);
    }
  }

  // The bits of the format alone: int4 comes with its sign extended.
  std::uint16_t operand(const std::vector<std::byte>& matrix, std::uint64_t element,
                        NumberFormat format) const {
    std::uint16_t code = 0;
    const std::size_t bytes = work_.command.tile.operand_bytes;
    std::memcpy(&code, &matrix[element * bytes], bytes);
    return static_cast<std::uint16_t>(code & ((1u << trace::bits(format)) - 1));
  }
  std::uint16_t operand_a(const Place& p, std::uint64_t lane) const {
    const auto& c = work_.command;
    const std::uint64_t k = p.block * lanes_ + lane;
    return k < c.tile.k ? operand(c.a, p.row * c.tile.k + k, c.tile.format) : std::uint16_t{0};
  }
  std::uint16_t operand_b(const Place& p, std::uint64_t lane) const {
    const auto& c = work_.command;
    const std::uint64_t k = p.block * lanes_ + lane;
    return k < c.tile.k ? operand(c.b, k * c.tile.n + p.column, c.tile.b_format())
                        : std::uint16_t{0};
  }

  void offer(const Place& p) {
    const Pin &a = unit_->pin("a_i"), &b = unit_->pin("b_i");
    for (std::uint64_t lane = 0; lane < lanes_; ++lane) {
      put(a, static_cast<std::uint32_t>(lane) * 16, 16, operand_a(p, lane));
      put(b, static_cast<std::uint32_t>(lane) * 16, 16, operand_b(p, lane));
    }
    unit_->set("mode_i", static_cast<std::uint64_t>(work_.mode));
    unit_->set("first_i", first(p) ? 1 : 0);
    unit_->set("last_i", last(p) ? 1 : 0);
    unit_->set("toward_zero_i", ipu_.rounding == ip::FinalRounding::toward_zero ? 1 : 0);
  }

  // All operations, each offered as soon as the one before is taken; nobody holds a sum. With
  // end[k] the last cycle of operation k at the multipliers, the next but one is taken in this very
  // cycle:
  //
  //   taken[0] = 0, taken[1] = 1, taken[k + 2] = end[k], end[k] = end[k - 1] + cycles[k]
  //
  // The last two show themselves when the last chain's sum leaves.
  void run() {
    struct Taken {
      Place place;
      std::uint64_t end;
    };
    std::deque<Taken> inside, leaving;  // not yet through the multipliers; chains' last operations
    std::optional<Place> next = Place{};
    std::uint64_t taken_before = 0, end = to_multipliers - 1, cycle = 0;
    const auto suspect = [&] { return inside.empty() ? *next : inside.front().place; };
    unit_->set("ready_i", 1);
    unit_->set("valid_i", 1);
    offer(*next);
    for (; next || !leaving.empty(); ++cycle) {
      unit_->settle();
      const bool comes = !leaving.empty() && leaving.front().end + from_multipliers == cycle;
      if ((unit_->value("valid_o") != 0) != comes)
        wrong_time(comes ? leaving.front().place : suspect(),
                   fmt::format("valid_o = {:d} in cycle {} of the command", !comes, cycle),
                   comes ? "the sum of a chain" : "no sum");
      if (comes) {
        work_.sums[chain_at(leaving.front().place)] =
            static_cast<std::uint32_t>(unit_->value("result_o"));
        leaving.pop_front();
      }
      const bool taken = next && unit_->value("ready_o") != 0;
      const bool expected = next && (inside.size() < 2 || cycle == inside.front().end);
      if (taken != expected)
        wrong_time(suspect(),
                   fmt::format("ready_o = {:d} in cycle {} of the command", taken, cycle),
                   expected ? "an operation that is done" : "one that is not yet done");
      unit_->edge();
      if (!taken) continue;
      if (inside.size() == 2) {
        see(inside.front().place, cycle - taken_before);
        inside.pop_front();
      }
      end += work_.cycles[at(*next)];
      inside.push_back({*next, end});
      if (last(*next)) leaving.push_back(inside.back());
      taken_before = cycle;
      next = after(*next);
      if (next)
        offer(*next);
      else
        unit_->set("valid_i", 0);
    }
    for (const Taken& one : inside) see(one.place, work_.cycles[at(one.place)]);
    result_.cycles += cycle;
  }

  void see(const Place& p, std::uint64_t cycles) {
    if (!fp()) return;
    const int iterations = parameters_.iterations(pair());
    work_.partitions[at(p)] =
        static_cast<std::uint16_t>(cycles / static_cast<std::uint64_t>(iterations));
  }

  void compare() {
    for (std::uint64_t i = 0; i < work_.sums.size(); ++i) {
      ++result_.compared;
      if (work_.sums[i] == work_.chain_sums[i]) continue;
      ++result_.differing;
      if (config_.implementation != Implementation::lockstep) continue;
      const auto& tile = work_.command.tile;
      const std::uint64_t chain = i / (tile.m * tile.n);
      Place p{i / tile.n % tile.m, i % tile.n, chain * depth_};
      while (!last(p)) ++p.block;
      throw LockstepDiffers(differs()
                                .read(fmt::format("sum of chain {} of [{}, {}] = 0x{:08x}", chain,
                                                  p.row, p.column, work_.sums[i]))
                                .expected(fmt::format("0x{:08x}", work_.chain_sums[i])),
                            alone(p));
    }
  }

  // Chains onto the slot, in the model's order.
  void add_up() {
    const auto& c = work_.command;
    const std::uint64_t size = c.tile.m * c.tile.n;
    auto& sums = sums_[c.slot];
    sums.resize(size);
    for (std::uint64_t i = 0; i < work_.sums.size(); ++i) {
      std::uint32_t& to = sums[i % size];
      const std::uint32_t sum = work_.sums[i];
      if (c.tile.first && i < size)
        to = sum;
      else if (fp())
        to = numerics::float_bits(
            numerics::canonical(numerics::float_from_bits(to) + numerics::float_from_bits(sum)));
      else
        to += sum;
    }
    if (config_.implementation == Implementation::lockstep)
      MANTISSA_CHECK(sums == c.expected, "equal chains add up to other sums than the model's");
  }

  std::uint64_t chain_at(const Place& p) const {
    const auto& tile = work_.command.tile;
    return (p.block / depth_ * tile.m + p.row) * tile.n + p.column;
  }

  Error differs() const {
    const auto& tile = work_.command.tile;
    Error error(lockstep_differs);
    error.at(result_.design)
        .say(fmt::format("command {} of the matrix unit, layer '{}': M {} K {} N {}", work_.number,
                         work_.command.layer, tile.m, tile.k, tile.n));
    return error;
  }

  [[noreturn]] void wrong_time(const Place& p, const std::string& found,
                               const std::string& expected) const {
    throw LockstepDiffers(differs().read(found).expected(
                              fmt::format("{}: operation {} of [{}, {}] takes {} cycles", expected,
                                          p.block, p.row, p.column, work_.cycles[at(p)])),
                          alone(p));
  }

  // The operations of a chain up to `end`, as commands of the unit's bench.
  CosimRequest alone(const Place& end) const {
    CosimRequest request = unit_->alone();
    Stimulus run;
    for (Place p{end.row, end.column, end.block / depth_ * depth_}; p.block <= end.block;
         ++p.block) {
      run.commands.push_back({static_cast<std::int64_t>(work_.mode), first(p) ? 1 : 0,
                              p.block == end.block ? 1 : 0, 0,
                              ipu_.rounding == ip::FinalRounding::toward_zero ? 1 : 0, ipu_kinds,
                              static_cast<std::int64_t>(run.commands.size())});
      std::vector<std::byte> a(lanes_ * 2), b(lanes_ * 2);
      for (std::uint64_t lane = 0; lane < lanes_; ++lane) {
        const std::uint16_t x = operand_a(p, lane), y = operand_b(p, lane);
        std::memcpy(&a[lane * 2], &x, 2);
        std::memcpy(&b[lane * 2], &y, 2);
      }
      run.operands.push_back(std::move(a));
      run.operands.push_back(std::move(b));
    }
    request.replay = std::move(run);
    return request;
  }

  arch::MatrixConfig config_;
  arch::IpuConfig ipu_;
  std::uint64_t lanes_, depth_;
  ip::IpuParameters parameters_;
  arch::IpuUnit model_;  // asked how long the tiles take for what was seen
  arch::TwinProgress progress_;
  std::optional<UnitInChip> unit_;
  Work work_;                                                 // the command given last
  std::map<std::uint32_t, std::vector<std::uint32_t>> sums_;  // by slot
  arch::TwinResult result_;
};

}  // namespace

std::unique_ptr<arch::MatrixTwin> make_ipu_twin(const arch::CoreConfig& core,
                                                arch::TwinProgress progress) {
  return std::make_unique<IpuTwin>(core, std::move(progress));
}

}  // namespace mantissa::rtl
