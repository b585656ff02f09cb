// SPDX-License-Identifier: Apache-2.0
#include "rtl/vector_alu/vector_twin.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>

#include "base/numerics/element.h"
#include "base/numerics/evaluation.h"
#include "base/numerics/float_bits.h"
#include "base/numerics/pointwise.h"
#include "rtl/unit.h"
#include "rtl/vector_alu/lanes.h"
#include "rtl/verilate/sources.h"

namespace mantissa::rtl {
namespace {

using arch::Implementation;
using numerics::Value;
using trace::NumberFormat;
using trace::OpKind;

// Codes of vector_alu_pkg.sv.
std::optional<unsigned> code_of(OpKind kind) {
  static const std::map<OpKind, unsigned> codes = {
      {OpKind::add, 0},     {OpKind::sub, 1},   {OpKind::mul, 2},    {OpKind::maximum, 3},
      {OpKind::minimum, 4}, {OpKind::equal, 5}, {OpKind::less, 6},   {OpKind::greater, 7},
      {OpKind::relu, 8},    {OpKind::relu6, 9}, {OpKind::clamp, 10}, {OpKind::abs, 11},
      {OpKind::neg, 12},    {OpKind::sign, 13}};
  const auto found = codes.find(kind);
  return found == codes.end() ? std::nullopt : std::optional<unsigned>(found->second);
}

// The widest instance that there is, at most as wide as the core's unit.
CosimRequest alone_with(const char* unit, const Parameters& parameters,
                        const arch::VectorConfig& config) {
  CosimRequest request;
  request.unit = find_unit(unit);
  request.parameters = request.unit->defaults();
  for (const auto& [name, value] : parameters) request.parameters.at(name) = value;
  for (const auto& parameter : request.unit->parameters())
    if (parameter.name == "Lanes")
      request.parameters.at("Lanes") = std::min(config.lanes, parameter.high);
  const bool requantises = request.unit->name() == "requantize";
  request.top = requantises ? config.requantize_rtl_top : config.rtl_top;
  const config::FolderPath& folder = requantises ? config.requantize_rtl : config.rtl;
  if (folder.given()) request.sources = sources_of_folder(folder.text);
  return request;
}

std::string folder_of(const config::FolderPath& given, const char* unit) {
  return given.given() ? given.text : std::string("rtl/") + unit;
}

// Beats of a command on their way along the stages, pass by pass: the cycles in which each of them
// is where it is, from the first beat's on.
class BeatsInLine {
 public:
  BeatsInLine() = default;
  BeatsInLine(const arch::VectorTime& time, const arch::VectorConfig& config)
      : time_(time),
        stages_(static_cast<std::uint64_t>(config.stages)),
        latency_(static_cast<std::uint64_t>(config.latency)) {
    enter(0);
  }

  // In which an operator's next stage takes them.
  const std::vector<std::uint64_t>& next_stage() {
    if (stage_ == stages_) next_pass();
    return when_;
  }
  void pass_stages(std::uint64_t steps) {
    for (; steps > 0; --steps) {
      next_stage();
      ++stage_;
      for (std::uint64_t& cycle : when_) cycle += latency_;
    }
  }
  // In which the last result is written; idle stages pass on what they get.
  std::uint64_t written() {
    MANTISSA_CHECK(pass_ + 1 == time_.passes, "a command of other passes than its operators'");
    pass_stages(stages_ - stage_);
    return when_.back() + time_.interval(pass_).value;
  }

 private:
  void enter(std::uint64_t first) {
    const std::uint64_t every = time_.interval(pass_).value;
    when_.resize(time_.beats);
    for (std::size_t beat = 0; beat < when_.size(); ++beat) when_[beat] = first + beat * every;
    last_entered_ = when_.back();
    stage_ = 0;
  }
  // From when on no beat waits for its operand, behind the beats of the pass before.
  void next_pass() {
    std::uint64_t first = last_entered_ + time_.interval(pass_).value;
    const std::uint64_t every = time_.interval(++pass_).value;
    for (std::size_t beat = 0; beat < when_.size(); ++beat)
      first = std::max(first, when_[beat] - std::min(when_[beat], beat * every));
    enter(first);
  }

  arch::VectorTime time_;
  std::uint64_t stages_ = 1, latency_ = 1;
  std::vector<std::uint64_t> when_;
  std::uint64_t last_entered_ = 0, stage_ = 0;
  std::uint32_t pass_ = 0;
};

class LaneTwin final : public arch::VectorTwin {
 public:
  LaneTwin(const arch::VectorConfig& config, arch::TwinProgress progress)
      : config_(config), progress_(std::move(progress)) {
    result_.implementation = name(config.implementation);
    result_.design =
        folder_of(config.rtl, "vector_alu") + ", " + folder_of(config.requantize_rtl, "requantize");
  }

  void begin(const arch::VectorTime& time) override {
    MANTISSA_CHECK(time.beats > 0, "accumulators are emptied of no element");
    time_ = time;
    beats_ = BeatsInLine(time, config_);
    last_ = nullptr;
    whole_ = true;
  }

  void apply(const trace::Op& op, const std::vector<const Value*>& inputs, Value& golden) override {
    MANTISSA_CHECK(ceil_div(static_cast<std::uint64_t>(golden.elements()),
                            static_cast<std::uint64_t>(config_.lanes)) == time_.beats,
                   "an operator of other beats than its command's");
    beats_.next_stage();
    std::optional<Value> found;
    if (op.kind == OpKind::requantize)
      found = requantise(op, inputs, golden);
    else if (const auto code = code_of(op.kind))
      found = element_wise(op, *code, inputs, golden);
    beats_.pass_stages(arch::vector_steps(op.kind, config_));
    if (!found) {
      whole_ = false;
      return;
    }
    last_ = &op;
    ++result_.commands;
    compare(op, golden, *found);
    if (config_.implementation == Implementation::rtl) golden = std::move(*found);
  }

  void end() override {
    if (last_ == nullptr) return leave(time_);
    const std::uint64_t written = beats_.written(), expected = (time_.written - time_.first).value;
    if (written != expected)
      throw differs(*last_, fmt::format("the command's last result in cycle {}", written),
                    fmt::format("in cycle {}", expected));
    if (!whole_) return leave(time_);
    ++result_.timed;
    result_.timed_cycles += written;
  }

  void leave(const arch::VectorTime& time) override {
    ++result_.untimed;
    result_.untimed_cycles += (time.written - time.first).value;
  }

  arch::TwinResult result() const override {
    arch::TwinResult all = result_;
    for (const auto& [name, lanes] : designs_) all.cycles += lanes.cycles();
    return all;
  }

 private:
  // Built when first used.
  Lanes& use(const std::string& key, const char* unit, const Parameters& parameters,
             std::uint64_t depth) {
    auto known = designs_.find(key);
    if (known == designs_.end())
      known = designs_
                  .emplace(key, Lanes(alone_with(unit, parameters, config_),
                                      static_cast<std::size_t>(config_.lanes), depth, progress_))
                  .first;
    used_ = &known->second;
    return known->second;
  }

  std::optional<Value> element_wise(const trace::Op& op, unsigned code,
                                    const std::vector<const Value*>& inputs, const Value& golden) {
    const auto p = numerics::pointwise_parameters(op);
    const bool binary = numerics::is_binary(op.kind);
    if (p.alpha != 1 || inputs.empty() || inputs[0] == nullptr) return std::nullopt;
    if (binary && (inputs.size() < 2 || inputs[1] == nullptr)) return std::nullopt;
    const bool whole =
        numerics::is_whole(inputs[0]->format) && (!binary || numerics::is_whole(inputs[1]->format));
    const auto wide = [](const Value& v) { return numerics::is_wide(v.format); };
    if (wide(*inputs[0]) || wide(golden) || (binary && wide(*inputs[1]))) return std::nullopt;
    if (op.kind == OpKind::sign && golden.format == NumberFormat::binary) return std::nullopt;

    const auto list = [&](const Value& value) {
      std::vector<std::uint32_t> bits;
      bits.reserve(static_cast<std::size_t>(golden.elements()));
      if (whole)
        for (const auto x : numerics::stretched(value.integers(), value.shape, golden.shape))
          bits.push_back(static_cast<std::uint32_t>(x));
      else
        for (const float x : numerics::stretched(value.floats(), value.shape, golden.shape))
          bits.push_back(numerics::float_bits(x));
      return bits;
    };
    const auto bound = [&](double x) {
      return whole ? static_cast<std::uint32_t>(static_cast<std::int32_t>(
                         numerics::round_to_integer(x, INT32_MIN, INT32_MAX)))
                   : numerics::float_bits(static_cast<float>(x));
    };
    const auto a = list(*inputs[0]);
    const auto b = binary ? list(*inputs[1]) : std::vector<std::uint32_t>(a.size());
    std::vector<std::uint32_t> y(a.size());
    Lanes& alu = use(whole ? "int32" : "fp32", "vector_alu",
                     {{"Format", whole ? 0 : 1}, {"Latency", config_.latency}},
                     static_cast<std::uint64_t>(config_.latency));
    alu.set("op_i", code);
    alu.set("low_i", bound(p.low));
    alu.set("high_i", bound(p.high));
    const std::string wrong = alu.stream(
        beats_.next_stage(),
        [&](std::size_t beat) {
          alu.give("a_i", 32, beat, a.size(), [&](std::size_t i) { return a[i]; });
          alu.give("b_i", 32, beat, b.size(), [&](std::size_t i) { return b[i]; });
        },
        [&](std::size_t beat) {
          alu.take("result_o", 32, beat, y.size(), [&](std::size_t i, std::uint64_t bits) {
            y[i] = static_cast<std::uint32_t>(bits);
          });
        });
    if (!wrong.empty()) throw differs(op, wrong, on_time(config_.latency));
    if (whole) {
      std::vector<std::int64_t> integers;
      for (const std::uint32_t x : y) integers.push_back(static_cast<std::int32_t>(x));
      return Value::of_integers(golden.format, golden.shape, integers);
    }
    std::vector<float> floats;
    for (const std::uint32_t x : y) floats.push_back(numerics::float_from_bits(x));
    return Value::of_floats(golden.format, golden.shape, floats);
  }

  std::optional<Value> requantise(const trace::Op& op, const std::vector<const Value*>& inputs,
                                  const Value& golden) {
    constexpr std::int64_t least = -128, greatest = 127;
    const Value& x = *inputs[0];
    const std::int64_t zero = op.integer("zero_point", 0), low = op.integer("low", least),
                       high = op.integer("high", greatest);
    const auto narrow = [](std::int64_t v) { return v >= least && v <= greatest; };
    if (golden.format != NumberFormat::int8 || numerics::is_wide(x.format) || !narrow(zero) ||
        !narrow(low) || !narrow(high))
      return std::nullopt;
    const std::vector<std::int64_t> multiplier = inputs.size() > 1 && inputs[1] != nullptr
                                                     ? inputs[1]->integers()
                                                     : std::vector<std::int64_t>{1};
    const std::vector<std::int64_t> shift = op.integers("shift", {0});
    // Channels are columns here.
    const auto columns = static_cast<std::size_t>(x.shape.back());
    if (x.shape.size() != 2 || (multiplier.size() != 1 && multiplier.size() != columns) ||
        (shift.size() != 1 && shift.size() != columns))
      return std::nullopt;
    const auto sums = x.integers();
    std::vector<std::int64_t> y(sums.size());
    Lanes& unit = use("requantize", "requantize", {{"OutputWidth", 8}}, arch::requantize_depth);
    unit.set("zero_point_i", static_cast<std::uint64_t>(zero));
    unit.set("low_i", static_cast<std::uint64_t>(low));
    unit.set("high_i", static_cast<std::uint64_t>(high));
    const auto pick = [&](const std::vector<std::int64_t>& list, std::size_t i) {
      return list.size() == 1 ? list[0] : list[i % columns];
    };
    const std::string wrong = unit.stream(
        beats_.next_stage(),
        [&](std::size_t beat) {
          unit.give("acc_i", 32, beat, sums.size(), [&](std::size_t i) { return sums[i]; });
          unit.give("multiplier_i", 31, beat, sums.size(),
                    [&](std::size_t i) { return pick(multiplier, i); });
          unit.give("shift_i", 6, beat, sums.size(), [&](std::size_t i) { return pick(shift, i); });
        },
        [&](std::size_t beat) {
          unit.take("data_o", 8, beat, y.size(), [&](std::size_t i, std::uint64_t bits) {
            y[i] = static_cast<std::int8_t>(bits);
          });
        });
    if (!wrong.empty())
      throw differs(op, wrong, on_time(static_cast<std::int64_t>(arch::requantize_depth)));
    return Value::of_integers(golden.format, golden.shape, y);
  }

  static std::string on_time(std::int64_t depth) {
    return fmt::format("every beat taken, its results {} cycles later", depth);
  }

  void compare(const trace::Op& op, const Value& golden, const Value& found) {
    const auto bits = trace::bits(golden.format);
    for (std::int64_t i = 0; i < golden.elements(); ++i) {
      ++result_.compared;
      const auto mine = numerics::load_bits(bits, found.data.data(), i);
      const auto theirs = numerics::load_bits(bits, golden.data.data(), i);
      if (mine == theirs) continue;
      ++result_.differing;
      if (config_.implementation == Implementation::lockstep)
        throw differs(op, fmt::format("element {} = 0x{:x}", i, mine),
                      fmt::format("0x{:x}", theirs));
    }
  }

  LockstepDiffers differs(const trace::Op& op, const std::string& found,
                          const std::string& expected) const {
    Error error(lockstep_differs);
    const bool requantises = op.kind == OpKind::requantize;
    error
        .at(requantises ? folder_of(config_.requantize_rtl, "requantize")
                        : folder_of(config_.rtl, "vector_alu"))
        .say(fmt::format("'{}' ({})", op.name, trace::name(op.kind)))
        .read(found)
        .expected(expected);
    return LockstepDiffers(std::move(error), used_->alone());
  }

  arch::VectorConfig config_;
  arch::TwinProgress progress_;
  std::map<std::string, Lanes> designs_;
  const Lanes* used_ = nullptr;  // last
  arch::VectorTime time_;        // of the command at hand
  BeatsInLine beats_;
  const trace::Op* last_ = nullptr;  // of its operators that ran in RTL
  bool whole_ = true;                // all of them did
  arch::TwinResult result_;
};

const arch::VectorTwins twin_registration(make_vector_twin);

}  // namespace

std::unique_ptr<arch::VectorTwin> make_vector_twin(const arch::VectorConfig& config,
                                                   arch::TwinProgress progress) {
  return std::make_unique<LaneTwin>(config, std::move(progress));
}

}  // namespace mantissa::rtl
