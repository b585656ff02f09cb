// SPDX-License-Identifier: Apache-2.0
#include "rtl/vsq/lanes_twin.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>

#include "arch/units/vsq/vsq_unit.h"
#include "base/numerics/fixed_point.h"
#include "rtl/common/pin_bench.h"
#include "rtl/unit.h"
#include "rtl/verilate/sources.h"
#include "rtl/vsq/vsq_pin.h"

namespace mantissa::rtl {

using arch::Implementation;

CosimRequest lane_alone(const arch::MatrixConfig& config) {
  const arch::VsqConfig& vsq = *config.vsq;
  CosimRequest request;
  request.unit = find_unit("vsq");
  request.parameters = {{"VectorLength", config.rows},
                        {"WeightWidth", vsq.weight_bits},
                        {"ActivationWidth", vsq.activation_bits},
                        {"ActivationSigned", vsq.activation_signed ? 1 : 0},
                        {"WeightScaleWidth", vsq.weight_scale_bits},
                        {"ActivationScaleWidth", vsq.activation_scale_bits},
                        {"ProductWidth", vsq.product_bits},
                        {"AccumulatorWidth", vsq.accumulator_bits},
                        {"Saturate", vsq.saturate ? 1 : 0}};
  request.top = config.rtl_top;
  if (config.rtl.given()) request.sources = sources_of_folder(config.rtl.text);
  return request;
}

namespace {

// A command on its way through the lanes.
struct Job {
  arch::TwinCommand command;
  arch::VsqOperands operands;
  std::uint64_t number = 0;  // of the core's commands
  std::size_t chains_left = 0;
  Cycles latest{};  // in which a sum has left
};

// What must show on a lane's outputs.
struct Due {
  std::uint64_t cycle = 0;
  std::shared_ptr<Job> job;
  std::uint64_t row = 0, column = 0, vector = 0;
  bool gated = false;
  bool leaves = false;               // the sum of a chain,
  bool first = false, last = false;  // of its result's in this command
};

struct Lane {
  std::unique_ptr<VerilatedDesign> design;
  std::uint64_t cycle = 0;
  std::deque<Due> due;
};

class LanesTwin final : public arch::MatrixTwin {
 public:
  LanesTwin(const arch::CoreConfig& core, arch::TwinProgress progress)
      : config_(core.matrix),
        model_(core.matrix, core.scratchpad),
        mac_(core.matrix.vsq->mac(core.matrix.rows)),
        progress_(std::move(progress)) {
    result_.implementation = name(config_.implementation);
    result_.design = config_.rtl.given() ? config_.rtl.text : "rtl/vsq";
  }

  void multiply(arch::TwinCommand command) override {
    if (lanes_.empty()) build();
    const arch::MatrixOperands operands{command.tile,
                                        0,
                                        command.tile.m,
                                        command.a.data(),
                                        command.b.data(),
                                        static_cast<std::int64_t>(command.tile.k),
                                        static_cast<std::int64_t>(command.tile.n),
                                        &command.ranges};
    arch::VsqOperands quantised(*config_.vsq, config_.rows, operands);
    const auto job = std::make_shared<Job>(
        Job{std::move(command), std::move(quantised), commands_++, 0, Cycles(0)});
    const arch::TwinCommand& c = job->command;
    sums_[c.slot].resize(c.tile.m * c.tile.n);
    const auto folds = model_.folds(c.tile, c.time.first_stream);
    for (const auto& fold : folds) {
      const auto s = model_.spread(c.tile);
      const std::uint64_t lanes = static_cast<std::uint64_t>(config_.columns);
      const std::uint64_t width = std::min(c.tile.n - fold.first_column, lanes * s.column_elements);
      job->chains_left += c.tile.m * width;
    }
    // Lanes know nothing of each other: one after the other, each through the whole command.
    for (std::size_t i = 0; i < lanes_.size(); ++i)
      for (const auto& fold : folds) play(lanes_[i], i, fold, job);
  }

  void take(std::uint32_t slot, Cycles now, std::vector<std::uint32_t>& sums) override {
    for (Lane& lane : lanes_) run_to(lane, now.value);
    const auto found = sums_.find(slot);
    MANTISSA_CHECK(found != sums_.end(), "sums that no product went to");
    if (config_.implementation == Implementation::rtl) sums = std::move(found->second);
    sums_.erase(found);
  }

  void finish() override {
    for (Lane& lane : lanes_) run_to(lane, ~std::uint64_t{0});
  }

  arch::TwinResult result() const override { return result_; }

 private:
  void build() {
    DesignRequest request = design_request(lane_alone(config_));
    request.progress = progress_;
    lanes_.resize(static_cast<std::size_t>(config_.columns * config_.units));
    for (Lane& lane : lanes_) {
      lane.design = VerilatedDesign::build(request);
      lane.design->reset();
    }
  }

  // The vectors of a fold that one lane takes: all of a row, row after row of its part.
  void play(Lane& lane, std::size_t index, const arch::VsqFold& fold,
            const std::shared_ptr<Job>& job) {
    const arch::MatrixTile& tile = job->command.tile;
    const auto spread = model_.spread(tile);
    const auto lanes = static_cast<std::uint64_t>(config_.columns);
    const std::uint64_t element = index / lanes;
    const std::uint64_t part = element / spread.column_elements;
    const std::uint64_t column =
        fold.first_column + element % spread.column_elements * lanes + index % lanes;
    if (part >= spread.parts || column >= tile.n) return;
    const std::uint64_t first_row = part * spread.rows_per_part;
    const std::uint64_t rows =
        first_row >= tile.m ? 0 : std::min(spread.rows_per_part, tile.m - first_row);
    const std::uint64_t pace = model_.interval(tile);
    for (std::uint64_t row = 0; row < rows; ++row)
      for (std::uint64_t v = 0; v < fold.vectors; ++v) {
        Due due;
        due.job = job;
        due.row = first_row + row;
        due.column = column;
        due.vector = fold.first_vector + v;
        due.leaves = v + 1 == fold.vectors;
        due.first = fold.first_vector == 0 && tile.first;
        due.last =
            fold.first_vector + fold.vectors == static_cast<std::uint64_t>(job->operands.vectors());
        run_to(lane, fold.start.value + (row * fold.vectors + v + 1) * pace - 1);
        offer(lane, std::move(due), v == 0);
      }
  }

  void offer(Lane& lane, Due due, bool clears) {
    const arch::VsqOperands& x = due.job->operands;
    const auto v = static_cast<std::size_t>(config_.rows);
    const auto at = [&](std::uint64_t line) {
      return static_cast<std::size_t>(line) * static_cast<std::size_t>(x.vectors()) +
             static_cast<std::size_t>(due.vector);
    };
    const std::uint16_t sw = x.w().scales ? x.w().scales[at(due.column)] : std::uint16_t{1};
    const std::uint16_t sa = x.a().scales ? x.a().scales[at(due.row)] : std::uint16_t{1};
    due.gated = numerics::rounded_scale_product(mac_, sw, sa) == 0;
    due.cycle = lane.cycle + arch::VsqUnit::pipeline;
    const Pins& pins = lane.design->pins();
    for (const auto& [pin, elements, width] :
         {std::tuple(vsq_pin::w, x.w().elements + at(due.column) * v, mac_.weight_bits),
          std::tuple(vsq_pin::a, x.a().elements + at(due.row) * v, mac_.activation_bits)}) {
      const auto bits = static_cast<std::uint32_t>(width);
      for (std::uint32_t i = 0; i < v; ++i)
        put(pins[pin], i * bits, bits, static_cast<std::uint8_t>(elements[i]));
    }
    put(pins[vsq_pin::sw], sw);
    put(pins[vsq_pin::sa], sa);
    put(pins[vsq_pin::valid], 1);
    put(pins[vsq_pin::clear], clears ? 1 : 0);
    lane.due.push_back(std::move(due));
    clock(lane);
    put(pins[vsq_pin::valid], 0);
  }

  // Every cycle before `cycle`, and what shows in it.
  void run_to(Lane& lane, std::uint64_t cycle) {
    while (!lane.due.empty() && lane.cycle < cycle) clock(lane);
    if (lane.due.empty() && cycle != ~std::uint64_t{0}) lane.cycle = std::max(lane.cycle, cycle);
  }

  void clock(Lane& lane) {
    lane.design->settle();
    lane.design->edge();
    ++lane.cycle;
    ++result_.cycles;
    const Due& due = lane.due.front();
    const Pins& pins = lane.design->pins();
    const bool valid = get(pins[vsq_pin::out_valid]) != 0, expected = due.cycle == lane.cycle;
    if (valid != expected) wrong_time(due, lane.cycle, valid);
    if (!expected) return;
    if ((get(pins[vsq_pin::gated]) != 0) != due.gated) wrong_gate(due);
    if (due.leaves) add(due, pins[vsq_pin::acc]);
    lane.due.pop_front();
  }

  // The sum of a chain onto that of the slot, as VsqUnit adds them.
  void add(const Due& due, const Pin& pin) {
    std::int64_t sum = numerics::signed_of(get(pin), pin.width);
    Job& job = *due.job;
    std::uint32_t& held = sums_.at(job.command.slot)[due.row * job.command.tile.n + due.column];
    if (!due.first) {
      std::uint64_t overflows = 0;  // counted by the model
      sum = numerics::accumulated(mac_, static_cast<std::int32_t>(held), sum, overflows);
    }
    held = static_cast<std::uint32_t>(sum);
    if (due.last) compare(job, due.row * job.command.tile.n + due.column, held);
    job.latest = std::max(job.latest, Cycles(due.cycle));
    if (--job.chains_left > 0) return;
    ++result_.commands;
    MANTISSA_CHECK(job.latest == job.command.time.end,
                   "the lanes do not keep the times of arch::VsqUnit");
  }

  void compare(const Job& job, std::size_t at, std::uint32_t sum) {
    ++result_.compared;
    if (sum == job.command.expected[at]) return;
    ++result_.differing;
    if (config_.implementation == Implementation::lockstep) wrong_sum(job, at, sum);
  }

  Error differs(const Job& job) const {
    const arch::MatrixTile& tile = job.command.tile;
    Error error(lockstep_differs);
    error.at(result_.design)
        .say(fmt::format("command {} of the matrix unit, layer '{}': M {} K {} N {}", job.number,
                         job.command.layer, tile.m, tile.k, tile.n));
    return error;
  }

  [[noreturn]] void wrong_sum(const Job& job, std::size_t at, std::uint32_t found) const {
    const std::size_t n = job.command.tile.n;
    const auto text = [](std::uint32_t sum) {
      return std::to_string(static_cast<std::int32_t>(sum));
    };
    throw LockstepDiffers(differs(job)
                              .read(fmt::format("sum [{}, {}] = {}", at / n, at % n, text(found)))
                              .expected(text(job.command.expected[at])),
                          alone(job, at / n, at % n));
  }

  [[noreturn]] void wrong_gate(const Due& due) const {
    throw LockstepDiffers(differs(*due.job)
                              .read(fmt::format("gated_o = {:d} for vector {} of sum [{}, {}]",
                                                !due.gated, due.vector, due.row, due.column))
                              .expected(fmt::format("{:d}", due.gated)),
                          alone(*due.job, due.row, due.column));
  }

  [[noreturn]] void wrong_time(const Due& due, std::uint64_t cycle, bool valid) const {
    throw LockstepDiffers(differs(*due.job)
                              .read(fmt::format("valid_o = {:d} in cycle {}", valid, cycle))
                              .expected(fmt::format("vector {} of sum [{}, {}] in cycle {}",
                                                    due.vector, due.row, due.column, due.cycle)),
                          lane_alone(config_));
  }

  // The vectors of one sum as commands of the unit's bench, chain by chain.
  CosimRequest alone(const Job& job, std::uint64_t row, std::uint64_t column) const {
    CosimRequest request = lane_alone(config_);
    const auto fields = request.unit->bench(request.parameters)->fields();
    const arch::VsqOperands& x = job.operands;
    const auto v = static_cast<std::size_t>(config_.rows);
    const auto vectors = static_cast<std::size_t>(x.vectors());
    const auto bytes = [&](const std::int8_t* elements) {
      const auto* from = reinterpret_cast<const std::byte*>(elements);
      return std::vector<std::byte>(from, from + v);
    };
    Stimulus run;
    for (std::size_t j = 0; j < vectors; ++j) {
      const std::size_t w = column * vectors + j, a = row * vectors + j;
      Command command;
      for (const auto& field : fields) {
        std::int64_t value = field.low;
        if (field.name == "clear")
          value = j % static_cast<std::size_t>(config_.vsq->weight_depth) == 0;
        if (field.name == "weights" || field.name == "activations") value = field.high;  // carried
        if (field.name == "sw" && x.w().scales) value = x.w().scales[w];
        if (field.name == "sa" && x.a().scales) value = x.a().scales[a];
        if (field.name == "seed") value = static_cast<std::int64_t>(j);
        command.push_back(value);
      }
      run.commands.push_back(std::move(command));
      run.operands.push_back(bytes(x.w().elements + w * v));
      run.operands.push_back(bytes(x.a().elements + a * v));
    }
    request.replay = std::move(run);
    return request;
  }

  arch::MatrixConfig config_;
  arch::VsqUnit model_;  // asked when vectors enter; never appended to
  numerics::VectorMac mac_;
  arch::TwinProgress progress_;
  std::vector<Lane> lanes_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> sums_;  // by slot, as they have come out
  std::uint64_t commands_ = 0;
  arch::TwinResult result_;
};

}  // namespace

std::unique_ptr<arch::MatrixTwin> make_lanes_twin(const arch::CoreConfig& core,
                                                  arch::TwinProgress progress) {
  return std::make_unique<LanesTwin>(core, std::move(progress));
}

}  // namespace mantissa::rtl
