// SPDX-License-Identifier: Apache-2.0
#include "rtl/systolic/array_twin.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <map>

#include "arch/units/systolic/folds.h"
#include "base/numerics/float_bits.h"
#include "rtl/systolic/array_player.h"
#include "rtl/unit.h"
#include "rtl/verilate/sources.h"

namespace mantissa::rtl {

using arch::Implementation;
using trace::NumberFormat;

CosimRequest array_alone(const arch::MatrixConfig& config, NumberFormat format) {
  CosimRequest request;
  request.unit = find_unit("systolic");
  request.parameters = {{"Rows", config.rows},
                        {"Columns", config.columns},
                        {"Format", format == NumberFormat::bf16 ? 1 : 0},
                        {"Dataflow", config.dataflow == arch::Dataflow::output_stationary ? 1 : 0}};
  request.top = config.rtl_top;
  if (config.rtl.given()) request.sources = sources_of_folder(config.rtl.text);
  return request;
}

namespace {

// A command on its way through the arrays.
struct Job {
  arch::TwinCommand command;
  std::vector<std::byte> a, b;  // as the folds read them, where not as they came
  std::uint64_t number = 0;     // of the core's commands
  std::size_t folds_left = 0;
};

struct PlayedFold {
  std::shared_ptr<Job> job;
  arch::Fold fold;
  bool done = false;
};

struct Array {
  std::unique_ptr<VerilatedDesign> design;
  ArrayPlayer player;
  std::deque<PlayedFold> folds;
  std::size_t first = 0;  // tag of the first fold
};

std::vector<std::byte> transposed(const std::vector<std::byte>& matrix, std::size_t rows,
                                  std::size_t columns, std::size_t e) {
  std::vector<std::byte> out(matrix.size());
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c)
      std::memcpy(&out[(c * rows + r) * e], &matrix[(r * columns + c) * e], e);
  return out;
}

class ArrayTwin final : public arch::MatrixTwin {
 public:
  ArrayTwin(const arch::CoreConfig& core, arch::TwinProgress progress)
      : config_(core.matrix), model_(core.matrix, core.scratchpad), progress_(std::move(progress)) {
    result_.implementation = name(config_.implementation);
    result_.design = config_.rtl.given() ? config_.rtl.text : "rtl/systolic";
  }

  void accumulate_with(arch::AccumulatorTwin* accumulators) override {
    accumulators_ = accumulators;
  }

  void multiply(arch::TwinCommand command) override {
    if (format_ != command.format) build(command.format, command.time.start);
    auto job = std::make_shared<Job>();
    job->command = std::move(command);
    job->number = commands_++;
    const arch::TwinCommand& c = job->command;
    // Nothing comes before this command any more.
    run_to(c.time.start);
    const auto& tile = c.tile;
    const std::size_t e = tile.operand_bytes;
    switch (config_.dataflow) {
      case arch::Dataflow::weight_stationary:
        break;
      case arch::Dataflow::input_stationary:  // N streams through blocks of A
        job->a = transposed(c.b, tile.k, tile.n, e);
        job->b = transposed(c.a, tile.m, tile.k, e);
        break;
      case arch::Dataflow::output_stationary:  // columns of A
        job->a = transposed(c.a, tile.m, tile.k, e);
        break;
    }
    auto& sums = sums_[c.slot];
    sums.resize(tile.m * tile.n);
    for (const auto& fold : arch::folds_of(config_, tile, c.time)) push(job, fold);
    if (job->folds_left == 0) complete(*job);
  }

  void take(std::uint32_t slot, Cycles now, std::vector<std::uint32_t>& sums) override {
    run_to(now);
    const auto found = sums_.find(slot);
    MANTISSA_CHECK(found != sums_.end(), "sums that no product went to");
    if (config_.implementation == Implementation::rtl) sums = std::move(found->second);
    sums_.erase(found);
  }

  void finish() override {
    const auto busy = [](const Array& array) { return !array.player.idle(); };
    while (std::any_of(arrays_.begin(), arrays_.end(), busy)) step(~std::uint64_t{0});
  }

  arch::TwinResult result() const override { return result_; }

 private:
  // What is in the arrays comes out, and others take their place from `start` on.
  void build(NumberFormat format, Cycles start) {
    finish();
    DesignRequest request = design_request(array_alone(config_, format));
    request.progress = progress_;
    arrays_.clear();
    for (std::int64_t unit = 0; unit < config_.units; ++unit) {
      const ArrayShape shape{static_cast<std::size_t>(config_.rows),
                             static_cast<std::size_t>(config_.columns),
                             format == NumberFormat::bf16 ? std::size_t{2} : std::size_t{1},
                             config_.dataflow == arch::Dataflow::output_stationary};
      arrays_.push_back({VerilatedDesign::build(request), ArrayPlayer(shape, start.value), {}, 0});
      arrays_.back().design->reset();
    }
    format_ = format;
  }

  void push(const std::shared_ptr<Job>& job, const arch::Fold& fold) {
    const arch::TwinCommand& c = job->command;
    Array& array = arrays_[fold.array];
    const std::size_t e = c.tile.operand_bytes;
    const auto at = [&](const std::vector<std::byte>& matrix, std::size_t row, std::size_t column,
                        std::size_t columns) { return &matrix[(row * columns + column) * e]; };
    ArrayFold play;
    play.tag = array.first + array.folds.size();
    play.step_cycles = model_.slowdown(e);
    play.load_cycles = model_.load_cycles(e);
    play.load = fold.load.value;
    play.start = fold.start.value;
    play.first = c.tile.first;
    play.last = c.tile.last;
    switch (config_.dataflow) {
      case arch::Dataflow::weight_stationary:
        play.steps = fold.m.count;
        play.rows = fold.k.count;
        play.columns = fold.n.count;
        play.a_stride = c.tile.k * e;
        play.b_stride = c.tile.n * e;
        play.a = at(c.a, fold.m.first, fold.k.first, c.tile.k);
        play.b = at(c.b, fold.k.first, fold.n.first, c.tile.n);
        break;
      case arch::Dataflow::input_stationary:
        play.steps = fold.n.count;
        play.rows = fold.k.count;
        play.columns = fold.m.count;
        play.a_stride = c.tile.k * e;
        play.b_stride = c.tile.m * e;
        play.a = at(job->a, fold.n.first, fold.k.first, c.tile.k);
        play.b = at(job->b, fold.k.first, fold.m.first, c.tile.m);
        break;
      case arch::Dataflow::output_stationary:
        play.steps = fold.k.count;
        play.rows = fold.m.count;
        play.columns = fold.n.count;
        play.a_stride = c.tile.m * e;
        play.b_stride = c.tile.n * e;
        play.a = at(job->a, fold.k.first, fold.m.first, c.tile.m);
        play.b = at(c.b, fold.k.first, fold.n.first, c.tile.n);
        break;
    }
    array.player.push(play);
    array.folds.push_back({job, fold, false});
    const bool leaves = config_.dataflow != arch::Dataflow::output_stationary || c.tile.last;
    if (leaves)
      ++job->folds_left;
    else
      array.folds.back().done = true;  // its sums stay for the next command's
  }

  // Every cycle before `cycle`, and what leaves in it.
  void run_to(Cycles cycle) {
    while (!arrays_.empty() && arrays_.front().player.cycle() < cycle.value) step(cycle.value);
  }

  // One cycle of all arrays, or on to the next in which one of them does something.
  void step(std::uint64_t end) {
    const std::uint64_t now = arrays_.front().player.cycle();
    std::uint64_t next = end;
    for (const auto& array : arrays_) next = std::min(next, array.player.next_change());
    for (auto& array : arrays_)
      if (next > now)
        array.player.skip_to(next);
      else if (array.player.next_change() > now)
        array.player.skip_to(now + 1);
      else
        clock(array);
  }

  void clock(Array& array) {
    VerilatedDesign& design = *array.design;
    array.player.drive(design.pins());
    design.settle();
    design.edge();
    array.player.clock();
    ++result_.cycles;
    const ArrayPlayer::Row* due = array.player.due();
    const bool valid = *design.pins()[systolic_valid_out].bits != std::byte{0};
    if (valid != (due != nullptr)) wrong_time(array, due, valid);
    if (due != nullptr) {
      PlayedFold& played = array.folds[due->tag - array.first];
      add(played, due->row, design.pins()[systolic_sum_out].bits);
      if (due->end) {
        played.done = true;
        if (--played.job->folds_left == 0) {
          MANTISSA_CHECK(due->cycle == played.job->command.time.end.value,
                         "the array does not keep the times of arch::SystolicArray");
          complete(*played.job);
        }
      }
    }
    const auto streamed = [&] {
      return !array.player.feeding() || array.player.streaming().tag > array.first;
    };
    for (; !array.folds.empty() && array.folds.front().done && streamed(); ++array.first)
      array.folds.pop_front();
  }

  // A row of the array's sums onto those of the slot.
  void add(const PlayedFold& played, std::size_t row, const std::byte* bits) {
    const arch::TwinCommand& c = played.job->command;
    const arch::Fold& fold = played.fold;
    const bool inputs_stay = config_.dataflow == arch::Dataflow::input_stationary;
    const bool sums_stay = config_.dataflow == arch::Dataflow::output_stationary;
    if (sums_stay && row >= fold.m.count) return;  // of rows that hold nothing
    auto& sums = sums_[c.slot];
    const bool overwrites = sums_stay || (c.tile.first && fold.k.first == 0);
    const std::size_t stride = inputs_stay ? c.tile.n : 1;
    std::uint32_t* to = inputs_stay ? &sums[fold.m.first * c.tile.n + fold.n.first + row]
                                    : &sums[(fold.m.first + row) * c.tile.n + fold.n.first];
    const std::size_t count = inputs_stay ? fold.m.count : fold.n.count;
    if (accumulators_ != nullptr) {
      std::vector<std::uint32_t> partial(count);
      std::memcpy(partial.data(), bits, count * 4);
      accumulators_->add(
          c.layer, format_ == NumberFormat::bf16 ? NumberFormat::fp32 : NumberFormat::int32,
          {c.slot, fold.array, static_cast<std::uint64_t>(to - sums.data()), stride, count},
          overwrites, partial.data());
    }
    for (std::size_t i = 0; i < count; ++i, to += stride) {
      std::uint32_t sum;
      std::memcpy(&sum, bits + i * 4, 4);
      if (overwrites)
        *to = sum;
      else if (format_ == NumberFormat::bf16)
        *to = numerics::float_bits(
            numerics::canonical(numerics::float_from_bits(*to) + numerics::float_from_bits(sum)));
      else
        *to += sum;
    }
  }

  void complete(const Job& job) {
    const arch::TwinCommand& c = job.command;
    ++result_.commands;
    const bool sums_stay = config_.dataflow == arch::Dataflow::output_stationary;
    if (sums_stay && !c.tile.last) return;  // nothing has left
    const auto& sums = sums_.at(c.slot);
    result_.compared += sums.size();
    for (std::size_t i = 0; i < sums.size(); ++i) {
      if (sums[i] == c.expected[i]) continue;
      ++result_.differing;
      if (config_.implementation == Implementation::lockstep) wrong_sum(job, i, sums[i]);
    }
  }

  Error differs(const Job& job) const {
    Error error(lockstep_differs);
    error.at(result_.design)
        .say(fmt::format("command {} of the matrix unit, layer '{}': M {} K {} N {}", job.number,
                         job.command.layer, job.command.tile.m, job.command.tile.k,
                         job.command.tile.n));
    return error;
  }

  [[noreturn]] void wrong_sum(const Job& job, std::size_t at, std::uint32_t found) const {
    const std::size_t n = job.command.tile.n;
    throw LockstepDiffers(differs(job)
                              .read(fmt::format("sum [{}, {}] = 0x{:08x}", at / n, at % n, found))
                              .expected(fmt::format("0x{:08x}", job.command.expected[at])),
                          alone(job, at / n, at % n));
  }

  // The products of sum [m, n] as commands of the unit's bench: the row and the block of columns
  // that it lies in, one command per block of weights, operands exchanged where inputs stay.
  CosimRequest alone(const Job& job, std::size_t m, std::size_t n) const {
    const arch::TwinCommand& c = job.command;
    const bool inputs_stay = config_.dataflow == arch::Dataflow::input_stationary;
    const bool sums_stay = config_.dataflow == arch::Dataflow::output_stationary;
    const std::size_t e = c.tile.operand_bytes, K = c.tile.k;
    // a: rows of K, b: K rows of `width`.
    const auto& a = inputs_stay ? job.a : c.a;
    const auto& b = inputs_stay ? job.b : c.b;
    const std::size_t width = inputs_stay ? c.tile.m : c.tile.n;
    const std::size_t row = inputs_stay ? n : m, column = inputs_stay ? m : n;
    const auto columns = static_cast<std::size_t>(config_.columns);
    const std::size_t first = column / columns * columns, count = std::min(columns, width - first);
    const std::size_t depth = sums_stay ? K : static_cast<std::size_t>(config_.rows);

    CosimRequest request = array_alone(config_, c.format);
    const auto fields = request.unit->bench(request.parameters)->fields();
    Stimulus run;
    for (std::size_t k = 0; k < K; k += depth) {
      const std::size_t size = std::min(depth, K - k);
      Command command;
      for (const auto& field : fields) {
        std::int64_t value = field.low;
        if (field.name == "k") value = static_cast<std::int64_t>(size);
        if (field.name == "n") value = static_cast<std::int64_t>(count);
        if (field.name == "kind_a" || field.name == "kind_b") value = field.high;  // carried
        if (field.name == "seed") value = static_cast<std::int64_t>(run.commands.size());
        command.push_back(value);
      }
      run.commands.push_back(std::move(command));
      const auto from = [&](const std::vector<std::byte>& matrix, std::size_t at) {
        return matrix.begin() + static_cast<std::ptrdiff_t>(at * e);
      };
      run.operands.emplace_back(from(a, row * K + k), from(a, row * K + k + size));
      run.operands.emplace_back();
      for (std::size_t i = k; i < k + size; ++i)
        run.operands.back().insert(run.operands.back().end(), from(b, i * width + first),
                                   from(b, i * width + first + count));
    }
    request.replay = std::move(run);
    return request;
  }

  [[noreturn]] void wrong_time(const Array& array, const ArrayPlayer::Row* due, bool valid) const {
    const std::uint64_t cycle = array.player.cycle();
    CosimRequest request = array_alone(config_, *format_);
    if (array.folds.empty()) {
      Error error(lockstep_differs);
      error.at(result_.design)
          .read(fmt::format("valid_o = 1 in cycle {}", cycle))
          .expected("nothing: the array is empty");
      throw LockstepDiffers(error, request);
    }
    const std::size_t index = due != nullptr ? due->tag - array.first : 0;
    throw LockstepDiffers(differs(*array.folds[index].job)
                              .read(fmt::format("valid_o = {:d} in cycle {}", valid, cycle))
                              .expected(due != nullptr ? fmt::format("row {} of its sums", due->row)
                                                       : "no row of sums"),
                          request);
  }

  arch::MatrixConfig config_;
  arch::SystolicArray model_;  // asked how long operands take; never appended to
  arch::TwinProgress progress_;
  arch::AccumulatorTwin* accumulators_ = nullptr;
  std::optional<NumberFormat> format_;
  std::vector<Array> arrays_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> sums_;  // by slot, as they have come out
  std::uint64_t commands_ = 0;
  arch::TwinResult result_;
};

}  // namespace

std::unique_ptr<arch::MatrixTwin> make_array_twin(const arch::CoreConfig& core,
                                                  arch::TwinProgress progress) {
  return std::make_unique<ArrayTwin>(core, std::move(progress));
}

}  // namespace mantissa::rtl
