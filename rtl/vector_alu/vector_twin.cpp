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
#include "rtl/cosim/unit_in_chip.h"
#include "rtl/unit.h"
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

// As many lanes as are asked for, or as the unit has at most.
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

// A pipeline that takes a beat per cycle.
class Lanes : public UnitInChip {
 public:
  Lanes(CosimRequest alone, const arch::TwinProgress& progress)
      : UnitInChip(std::move(alone), progress),
        count_(static_cast<std::size_t>(this->alone().parameters.at("Lanes"))) {
    set("ready_i", 1);
  }

  std::size_t count() const { return count_; }

  // `fill` writes the operands of a beat, `take` reads its results. Returns what went wrong with
  // the handshake, or nothing.
  std::string stream(std::size_t elements, const std::function<void(std::size_t)>& fill,
                     const std::function<void(std::size_t)>& take) {
    constexpr std::size_t longest = 64;  // no pipeline here is as deep
    const std::size_t beats = (elements + count_ - 1) / count_;
    std::size_t in = 0, out = 0, waited = 0;
    while (out < beats) {
      set("valid_i", in < beats ? 1 : 0);
      if (in < beats) fill(in);
      settle();
      if (value("ready_o") == 0) return fmt::format("ready_o = 0 with beat {} of {}", in, beats);
      const bool valid = value("valid_o") != 0;
      if (valid && out >= in) return fmt::format("valid_o = 1 before beat {} went in", out);
      if (valid)
        take(out++);
      else if (out > 0 || ++waited > longest)
        return fmt::format("valid_o = 0 where beat {} of {} is due", out, beats);
      edge();
      in += in < beats ? 1 : 0;
    }
    return {};
  }

 private:
  std::size_t count_;
};

// Element `beat * lanes + lane` of a list, 32 bits per lane; zero behind its end.
void fill(const Lanes& lanes, const char* pin, const std::vector<std::uint32_t>& list,
          std::size_t beat) {
  const std::size_t first = beat * lanes.count();
  std::byte* bits = lanes.pin(pin).bits;
  std::memset(bits, 0, lanes.count() * 4);
  std::memcpy(bits, list.data() + first, std::min(lanes.count(), list.size() - first) * 4);
}

class LaneTwin final : public arch::VectorTwin {
 public:
  LaneTwin(const arch::VectorConfig& config, arch::TwinProgress progress)
      : config_(config), progress_(std::move(progress)) {
    result_.implementation = name(config.implementation);
    result_.design =
        folder_of(config.rtl, "vector_alu") + ", " + folder_of(config.requantize_rtl, "requantize");
  }

  void apply(const trace::Op& op, const std::vector<const Value*>& inputs, Value& golden) override {
    if (golden.elements() == 0) return;
    std::optional<Value> found;
    if (op.kind == OpKind::requantize)
      found = requantise(op, inputs, golden);
    else if (const auto code = code_of(op.kind))
      found = element_wise(op, *code, inputs, golden);
    if (!found) return;
    ++result_.commands;
    compare(op, golden, *found);
    if (config_.implementation == Implementation::rtl) golden = std::move(*found);
  }

  arch::TwinResult result() const override {
    arch::TwinResult all = result_;
    for (const auto& [name, lanes] : designs_) all.cycles += lanes.cycles();
    return all;
  }

 private:
  // Built when first used.
  Lanes& use(const std::string& key, const char* unit, const Parameters& parameters) {
    auto known = designs_.find(key);
    if (known == designs_.end())
      known = designs_.emplace(key, Lanes(alone_with(unit, parameters, config_), progress_)).first;
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
    Lanes& alu = use(whole ? "int32" : "fp32", "vector_alu", {{"Format", whole ? 0 : 1}});
    alu.set("op_i", code);
    alu.set("low_i", bound(p.low));
    alu.set("high_i", bound(p.high));
    const std::string wrong = alu.stream(
        a.size(),
        [&](std::size_t beat) {
          fill(alu, "a_i", a, beat);
          fill(alu, "b_i", b, beat);
        },
        [&](std::size_t beat) {
          const std::size_t first = beat * alu.count();
          const std::size_t count = std::min(alu.count(), y.size() - first);
          std::memcpy(&y[first], alu.pin("result_o").bits, count * 4);
        });
    if (!wrong.empty()) throw differs(op, wrong, "a beat per cycle");
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
    Lanes& unit = use("requantize", "requantize", {{"OutputWidth", 8}});
    const std::size_t lanes = unit.count();
    unit.set("zero_point_i", static_cast<std::uint64_t>(zero));
    unit.set("low_i", static_cast<std::uint64_t>(low));
    unit.set("high_i", static_cast<std::uint64_t>(high));
    const std::string wrong = unit.stream(
        sums.size(),
        [&](std::size_t beat) {
          for (std::size_t lane = 0; lane < lanes; ++lane) {
            const std::size_t i = beat * lanes + lane;
            const auto at = static_cast<std::uint32_t>(lane);
            const bool there = i < sums.size();
            const auto pick = [&](const std::vector<std::int64_t>& list) {
              return static_cast<std::uint64_t>(list.size() == 1 ? list[0] : list[i % columns]);
            };
            put(unit.pin("acc_i"), at * 32, 32, there ? static_cast<std::uint64_t>(sums[i]) : 0);
            put(unit.pin("multiplier_i"), at * 31, 31, there ? pick(multiplier) : 1);
            put(unit.pin("shift_i"), at * 6, 6, there ? pick(shift) : 0);
          }
        },
        [&](std::size_t beat) {
          for (std::size_t i = beat * lanes; i < std::min((beat + 1) * lanes, y.size()); ++i)
            y[i] = static_cast<std::int8_t>(
                get(unit.pin("data_o"), static_cast<std::uint32_t>(i - beat * lanes) * 8, 8));
        });
    if (!wrong.empty()) throw differs(op, wrong, "a beat per cycle");
    return Value::of_integers(golden.format, golden.shape, y);
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
  arch::TwinResult result_;
};

const arch::VectorTwins twin_registration(make_vector_twin);

}  // namespace

std::unique_ptr<arch::VectorTwin> make_vector_twin(const arch::VectorConfig& config,
                                                   arch::TwinProgress progress) {
  return std::make_unique<LaneTwin>(config, std::move(progress));
}

}  // namespace mantissa::rtl
