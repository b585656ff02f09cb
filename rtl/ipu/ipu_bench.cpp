// SPDX-License-Identifier: Apache-2.0
#include "rtl/ipu/ipu_bench.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"

namespace mantissa::rtl {
namespace {

namespace ip = numerics::inner_product;

enum {
  valid,
  ready,
  mode,
  first,
  last,
  half,
  toward_zero,
  operands_a,
  operands_b,
  out_valid,
  out_ready,
  result,
  sum,
  exponent,
  overflow
};

// What a unit multiplies, as ipu_pkg.sv has it.
enum { every, integers, binary16 };

enum { f_mode, f_first, f_last, f_half, f_toward_zero, f_kind, f_seed };

constexpr int product_bias = 30, exponent_width = 6;
// From 15 + 15 to -14 - 14.
constexpr int farthest_alignment = 58;
// Cycles from the one in which an operation is taken to its result, its iterations apart.
constexpr std::uint64_t latency = 4;

enum Case {
  c_int4,
  c_int8x4,
  c_int8,
  c_one_cycle,
  c_several_cycles,
  c_most_cycles,
  c_nobody,
  c_empty_partition,
  c_dropped,
  c_just_kept,
  c_way_given,
  c_below,
  c_wrapped,
  c_nan,
  c_infinity,
  c_cancelled,
  c_half_subnormal,
  c_half_overflow,
  c_half_greatest,
  c_half_tie_even,
  c_half_tie_odd,
  c_single_tie_even,
  c_single_tie_odd,
  c_toward_zero,
  c_continued,
  c_back_to_back,
  c_held,
  c_stands_still,
  c_gap,
  cases_in_all
};

// Cycles per iteration at most.
int most_cycles(ip::IpuParameters p) {
  p.software_precision = std::min(p.software_precision, farthest_alignment);
  return p.worst_partitions();
}

std::vector<std::pair<Case, const char*>> ipu_cases(const Parameters& parameters) {
  const ip::IpuParameters p = ipu_parameters(parameters);
  const bool ints = parameters.at("Formats") != binary16,
             floats = parameters.at("Formats") != integers;
  std::vector<std::pair<Case, const char*>> all;
  const auto add = [&](Case which, const char* name, bool there = true) {
    if (there) all.emplace_back(which, name);
  };
  const bool multi = p.alignment == ip::Alignment::multi_cycle;
  const bool lanes = p.lanes > 1;
  const int worst = most_cycles(p), swp = p.software_precision;
  add(c_int4, "int4 x int4", ints);
  add(c_int8x4, "int8 x int4", ints);
  add(c_int8, "int8 x int8", ints);
  const auto add_fp = [&](Case which, const char* name, bool there = true) {
    add(which, name, there && floats);
  };
  add_fp(c_one_cycle, "binary16: one cycle per iteration");
  add_fp(c_several_cycles, "binary16: several cycles per iteration", lanes && worst > 1);
  add_fp(c_most_cycles, "binary16: as many cycles per iteration as there can be", lanes);
  add_fp(c_nobody, "binary16: no lane takes part", p.mask_zeros);
  add_fp(c_empty_partition, "alignment: a cycle that serves no lane", lanes && worst > 2);
  add_fp(c_dropped, "alignment: a lane beyond the software precision",
         lanes && swp < farthest_alignment);
  add_fp(c_just_kept, "alignment: a lane exactly at the software precision",
         lanes && swp <= farthest_alignment);
  add_fp(c_way_given, "accumulator: gives way to a greater exponent");
  add_fp(c_below, "accumulator: takes products with a lesser exponent");
  // The directed commands go that far.
  add_fp(c_wrapped, "accumulator: wraps", p.growth <= 10);
  add_fp(c_nan, "result: NaN");
  add_fp(c_infinity, "result: an infinity from an infinity");
  add_fp(c_cancelled, "result: zero from products that are not", lanes);
  add_fp(c_half_subnormal, "result: binary16, subnormal");
  add_fp(c_half_overflow, "result: binary16, infinity from too large a sum");
  add_fp(c_half_greatest, "result: binary16, the greatest number from too large a sum");
  // A tie needs two lanes, the second of which must arrive whole.
  const auto arrives = [&](int distance) {
    return lanes && swp >= distance && (multi || p.safe_precision() >= distance);
  };
  add_fp(c_half_tie_even, "rounding: binary16, tie, floor is even", arrives(11));
  add_fp(c_half_tie_odd, "rounding: binary16, tie, floor is odd", arrives(11) && p.lanes > 2);
  add_fp(c_single_tie_even, "rounding: binary32, tie, floor is even", arrives(24));
  add_fp(c_single_tie_odd, "rounding: binary32, tie, floor is odd", arrives(24) && p.lanes > 2);
  add_fp(c_toward_zero, "rounding: toward zero, inexact");
  add(c_continued, "a sum of several operations");
  add(c_back_to_back, "operations without a gap");
  add(c_held, "a result held by the other side");
  add(c_stands_still, "everything stands still behind it");
  add(c_gap, "no operation");
  return all;
}

std::vector<std::string> case_names(const Parameters& parameters) {
  std::vector<std::string> names;
  for (const auto& one : ipu_cases(parameters)) names.emplace_back(one.second);
  return names;
}

ip::FormatPair pair_of(IpuMode mode) {
  switch (mode) {
    case IpuMode::int4:
      return {ip::Format::int4, ip::Format::int4};
    case IpuMode::int8x4:
      return {ip::Format::int8, ip::Format::int4};
    case IpuMode::int8:
      return {ip::Format::int8, ip::Format::int8};
    case IpuMode::fp16:
      break;
  }
  return {ip::Format::fp16, ip::Format::fp16};
}

IpuMode mode_of(const Command& c) { return static_cast<IpuMode>(c[f_mode]); }

std::vector<ip::Operand> decoded(const std::vector<std::uint32_t>& codes) {
  std::vector<ip::Operand> all;
  for (const std::uint32_t code : codes) all.push_back(ip::decode(ip::Format::fp16, code));
  return all;
}

std::ptrdiff_t kept(const ip::AlignedLanes& aligned) {
  return std::count_if(aligned.lanes.begin(), aligned.lanes.end(),
                       [](const auto& lane) { return lane.kept; });
}

}  // namespace

std::vector<Port> ipu_ports(const Parameters& parameters) {
  const auto in = Direction::input, out = Direction::output;
  const ip::IpuParameters p = ipu_parameters(parameters);
  const auto operands = static_cast<std::uint32_t>(p.lanes) * 16;
  return {
      {"valid_i", in, 1, "an operation is offered"},
      {"ready_o", out, 1, "it is taken"},
      {"mode_i", in, 2, "0: int4 x int4, 1: int8 x int4, 2: int8 x int8, 3: binary16; one per sum"},
      {"first_i", in, 1, "the sum starts from zero"},
      {"last_i", in, 1, "the sum is complete with it"},
      {"half_i", in, 1, "then as binary16 instead of binary32"},
      {"toward_zero_i", in, 1, "rounded so instead of to the nearest, ties to even"},
      {"a_i", in, operands, "16 bits per lane, lane 0 in the low bits; integers in their low bits"},
      {"b_i", in, operands, ""},
      {"valid_o", out, 1, "a sum is there"},
      {"ready_i", in, 1, "low: it stays"},
      {"result_o", out, 32, "rounded, binary16 in the low half; the low 32 bits of integers"},
      {"sum_o", out, static_cast<std::uint32_t>(p.accumulator_bits()),
       "not rounded: value = sum * 2^(exponent - 30 - FractionWidth)"},
      {"exponent_o", out, exponent_width, "0: nothing was added, or integers"},
      {"overflow_o", out, 1, "the sum has wrapped"}};
}

ip::IpuParameters ipu_parameters(const Parameters& parameters) {
  const auto at = [&](const char* name) { return static_cast<int>(parameters.at(name)); };
  ip::IpuParameters p;
  p.lanes = at("Lanes");
  p.window = at("Width");
  p.fraction = at("FractionWidth");
  p.software_precision = at("SoftwarePrecision");
  p.growth = at("Growth");
  p.alignment = at("MultiCycle") && at("Formats") != integers ? ip::Alignment::multi_cycle
                                                              : ip::Alignment::single_cycle;
  p.mask_zeros = at("MaskZeros") != 0;
  p.digit_a = at("DigitA");
  p.digit_b = at("DigitB");
  return p;
}

IpuBench::IpuBench(const Parameters& parameters)
    : PinBench(ipu_ports(parameters), case_names(parameters)),
      parameters_(ipu_parameters(parameters)),
      first_mode_(parameters.at("Formats") == binary16 ? 3 : 0),
      last_mode_(parameters.at("Formats") == integers ? 2 : 3),
      shape_{parameters_.lanes, parameters_.safe_precision(), parameters_.software_precision},
      where_(cases_in_all, -1) {
  int at = 0;
  for (const auto& one : ipu_cases(parameters)) where_[one.first] = at++;
}

std::vector<Field> IpuBench::fields() const {
  return {{"mode", first_mode_, last_mode_, "int4 x int4, int8 x int4, int8 x int8, binary16"},
          {"first", 0, 1, "1: the sum starts; so it does in another mode"},
          {"last", 0, 1, "1: the sum is complete"},
          {"half", 0, 1, "1: binary16"},
          {"toward_zero", 0, 1, ""},
          {"kind", 0, ipu_kinds,
           "of binary16: zero, 2^10 2^2 2^3 2^8, equal, near, wide, any, subnormal, special, "
           "greatest, cancelling, edges, sparse, tie in binary16, in binary32, tiny; carried"},
          {"seed", 0, (std::int64_t{1} << 32) - 1, "of the operands; carried: which pair of them"}};
}

std::vector<Command> IpuBench::directed() const {
  std::vector<Command> list;
  const auto add = [&](std::int64_t mode, bool first, bool last, std::int64_t rounding,
                       std::int64_t kind) {
    if (mode < first_mode_ || mode > last_mode_) return;
    list.push_back({mode, first, last, rounding & 1, rounding >> 1, kind,
                    static_cast<std::int64_t>(list.size())});
  };
  // Every kind of operands alone, in every rounding; four seeds, so that both signs are seen.
  for (std::int64_t kind = 0; kind < ipu_kinds; ++kind)
    for (std::int64_t rounding = 0; rounding < 4; ++rounding)
      for (int seed = 0; seed < 4; ++seed) add(3, true, true, rounding, kind);
  for (std::int64_t mode = 0; mode < 3; ++mode)
    for (std::int64_t kind = 0; kind < operand_kinds * operand_kinds; ++kind)
      add(mode, true, true, 0, kind % operand_kinds + (kind == 0 ? operand_kinds : 0));
  // Every kind on top of every other, in sums of three; the second goes on after a result.
  for (std::int64_t kind = 0; kind < ipu_kinds; ++kind)
    for (std::int64_t other = 0; other < ipu_kinds; ++other) {
      add(3, true, false, 0, kind);
      add(3, false, true, other & 3, other);
      add(3, false, true, kind & 3, kind);
    }
  for (std::int64_t mode = 0; mode < 3; ++mode)
    for (std::int64_t kind = 0; kind < operand_kinds; ++kind)
      add(mode, kind == 0, kind > 0, 0, kind);
  // A sum beyond the accumulator: the greatest products, 2^Growth times and some more, since they
  // are 0.1 % less than what there is room for.
  if (parameters_.growth <= 10 && last_mode_ == 3) {
    const int often = (1 << parameters_.growth) + (1 << parameters_.growth) / 512 + 2;
    for (int i = 0; i < often; ++i) {
      add(3, i == 0, i == often - 1, 0, static_cast<std::int64_t>(OperandKind::greatest));
      list.back()[f_seed] = 0;
    }
  }
  return list;
}

Command IpuBench::random(std::uint64_t number) const {
  const auto below = [&](std::uint64_t i, std::int64_t n) {
    return static_cast<std::int64_t>(draw(draw(0x1B, number), i) % static_cast<std::uint64_t>(n));
  };
  const bool fp = first_mode_ == 3 || (last_mode_ == 3 && below(0, 3) != 0);
  const std::int64_t mode = fp ? 3 : below(1, 3);
  return {mode, below(2, 4) == 0 ? 1 : 0, below(3, 2), below(4, 2), below(5, 4) == 0 ? 1 : 0,
          // NaN hides what else is in a sum.
          below(6, 2) == 0
              ? static_cast<std::int64_t>(below(7, 2) ? OperandKind::near : OperandKind::wide)
              : below(8, ipu_kinds),
          below(9, std::int64_t{1} << 32)};
}

void IpuBench::begin(const std::vector<Command>& commands, std::uint64_t seed, unsigned stall) {
  PinBench::begin(commands, seed, stall);
  next_ = 0;
  operands_ = products_ = summed_ = complete_ = result_ = none;
  left_ = 0;
  sum_is_last_ = false;
  operations_ = 0;
  accumulator_ = {};
  sums_.clear();
}

// All operations of a sum have one mode.
bool IpuBench::starts_a_sum(std::size_t command) const {
  return command == 0 || commands_[command][f_first] != 0 ||
         commands_[command][f_mode] != commands_[command - 1][f_mode];
}

void IpuBench::operands_of(const Command& c, std::vector<std::uint32_t>& a,
                           std::vector<std::uint32_t>& b) const {
  const auto seed = static_cast<std::uint64_t>(c[f_seed]);
  if (c[f_kind] != ipu_kinds) {
    draw_operands(shape_, mode_of(c), static_cast<OperandKind>(c[f_kind]), seed, a, b);
    return;
  }
  const auto carried = [&](std::size_t at, std::vector<std::uint32_t>& codes) {
    for (std::size_t k = 0; k < codes.size(); ++k) codes[k] = carried_element<std::uint16_t>(at, k);
  };
  carried(2 * seed, a);
  carried(2 * seed + 1, b);
}

void IpuBench::drive(const Pins& pins) {
  clear_inputs(pins);
  offered_ = next_ < commands_.size() && !holds_back(0);
  ready_ = !holds_back(1);
  put(pins[out_ready], ready_);
  put(pins[valid], offered_);
  if (!offered_) return;
  const Command& c = commands_[next_];
  const auto lanes = static_cast<std::size_t>(parameters_.lanes);
  std::vector<std::uint32_t> a(lanes), b(lanes);
  operands_of(c, a, b);
  for (std::size_t k = 0; k < lanes; ++k) {
    put(pins[operands_a], static_cast<std::uint32_t>(k) * 16, 16, a[k]);
    put(pins[operands_b], static_cast<std::uint32_t>(k) * 16, 16, b[k]);
  }
  put(pins[mode], static_cast<std::uint64_t>(c[f_mode]));
  put(pins[first], starts_a_sum(next_));
  put(pins[last], static_cast<std::uint64_t>(c[f_last]));
  put(pins[half], static_cast<std::uint64_t>(c[f_half]));
  put(pins[toward_zero], static_cast<std::uint64_t>(c[f_toward_zero]));
}

bool IpuBench::check(const Pins& pins, Mismatch& mismatch) {
  const bool moves = complete_ == none || result_ == none || ready_;
  const bool starts = operands_ != none && moves && (products_ == none || left_ == 1);
  if (!same(pins, out_valid, result_ != none, current(), mismatch)) return false;
  if (!same(pins, ready, operands_ == none || starts, current(), mismatch)) return false;
  if (result_ != none && !result_is_right(pins, mismatch)) return false;
  clock(moves, starts);
  return true;
}

bool IpuBench::result_is_right(const Pins& pins, Mismatch& mismatch) const {
  const Sum& s = sums_.front();
  const auto width = static_cast<std::uint32_t>(parameters_.accumulator_bits());
  for (std::uint32_t at = 0; at < width; at += 64)
    if (!same(pins, sum, at, std::min(64u, width - at),
              static_cast<std::uint64_t>(s.value.sum >> at), result_, at == 0 ? "" : "upper bits",
              mismatch))
      return false;
  const bool has_exponent = s.fp && !s.value.empty;
  return same(pins, exponent,
              has_exponent ? static_cast<std::uint64_t>(s.value.exponent + product_bias) : 0,
              result_, mismatch) &&
         same(pins, overflow, s.value.overflowed, result_, mismatch) &&
         same(pins, result, result_of(s), result_, mismatch);
}

std::uint32_t IpuBench::result_of(const Sum& s) const {
  if (!s.fp) return static_cast<std::uint32_t>(ip::to_integer(s.value));
  ip::IpuParameters p = parameters_;
  if (s.toward_zero) p.rounding = ip::FinalRounding::toward_zero;
  return s.half ? to_fp16(p, s.value).bits : numerics::float_bits(to_fp32(p, s.value));
}

// The rising edge, from the last stage to the first.
void IpuBench::clock(bool moves, bool starts) {
  see(c_held, result_ != none && !ready_);
  see(c_stands_still, !moves && operands_ != none && products_ != none);
  see(c_gap, !offered_ && next_ < commands_.size());
  see(c_back_to_back, starts && products_ != none);
  if (result_ != none && ready_) {
    result_ = none;
    see_result(sums_.front());
    sums_.pop_front();
  }
  if (moves) {
    if (complete_ != none) result_ = complete_;
    complete_ = summed_ != none && sum_is_last_ && commands_[summed_][f_last] ? summed_ : none;
    summed_ = products_;
    sum_is_last_ = left_ == 1;
    if (products_ != none && --left_ == 0) products_ = none;
    if (starts) start(operands_);
  }
  if (operands_ == none || starts) operands_ = offered_ ? next_++ : none;
  ++cycle_;
}

void IpuBench::start(std::size_t command) {
  const Command& c = commands_[command];
  const auto lanes = static_cast<std::size_t>(parameters_.lanes);
  std::vector<std::uint32_t> a(lanes), b(lanes);
  operands_of(c, a, b);
  if (starts_a_sum(command))
    accumulator_ = {};
  else
    see(c_continued);
  const ip::Accumulator before = accumulator_;
  const ip::FormatPair pair = pair_of(mode_of(c));
  left_ = ip::golden::accumulate(parameters_, pair, a.data(), b.data(), accumulator_);
  products_ = command;
  const bool fp = mode_of(c) == IpuMode::fp16;
  const auto aligned = fp ? align(parameters_, decoded(a), decoded(b)) : ip::AlignedLanes{};
  auto boundless = parameters_;
  boundless.software_precision = farthest_alignment;
  see(c_dropped, fp && kept(aligned) < kept(align(boundless, decoded(a), decoded(b))));
  if (!fp || aligned.any)
    MANTISSA_CHECK(
        left_ == parameters_.iterations(pair) * (fp ? static_cast<int>(aligned.served.size()) : 1),
        "an operation takes so many cycles for each of its iterations");
  ++operations_;
  see_operation(fp, left_, aligned, before);
  if (mode_of(c) == IpuMode::int4) see(c_int4);
  if (mode_of(c) == IpuMode::int8x4) see(c_int8x4);
  if (mode_of(c) == IpuMode::int8) see(c_int8);
  if (c[f_last]) sums_.push_back({accumulator_, fp, c[f_half] != 0, c[f_toward_zero] != 0});
}

std::size_t IpuBench::oldest() const {
  for (const std::size_t stage : {result_, complete_, summed_, products_, operands_})
    if (stage != none) return stage;
  return none;
}

std::size_t IpuBench::current() const {
  const std::size_t command = oldest();
  if (command != none) return command;
  return commands_.empty() ? 0 : std::min(next_, commands_.size() - 1);
}

std::uint64_t IpuBench::patience(const Command& c) const {
  const int iterations = parameters_.iterations(pair_of(mode_of(c)));
  return static_cast<std::uint64_t>(iterations * parameters_.worst_partitions()) + latency;
}

std::optional<std::uint64_t> IpuBench::actions() const {
  return operations_ * static_cast<std::uint64_t>(parameters_.lanes);
}

void IpuBench::see(int which, bool did) {
  const int at = where_[static_cast<std::size_t>(which)];
  if (at >= 0) saw(static_cast<std::size_t>(at), did);
}

void IpuBench::see_operation(bool fp, int cycles, const ip::AlignedLanes& aligned,
                             const ip::Accumulator& before) {
  see(c_wrapped, accumulator_.overflowed && !before.overflowed);
  if (!fp) return;
  see(c_nobody, !aligned.any);
  if (!aligned.any) return;
  const auto partitions = aligned.served.size();
  const int least = parameters_.iterations(pair_of(IpuMode::fp16));
  see(c_one_cycle, cycles == least);
  see(c_several_cycles, cycles > least);
  see(c_most_cycles, cycles == least * most_cycles(parameters_));
  see(c_way_given, !before.empty && aligned.greatest > before.exponent && before.sum != 0);
  see(c_below, !before.empty && aligned.greatest < before.exponent);
  std::vector<bool> serves(partitions);
  for (const auto& lane : aligned.lanes) {
    if (!lane.kept) continue;
    serves[static_cast<std::size_t>(lane.partition)] = true;
    const int sp = parameters_.alignment == ip::Alignment::multi_cycle
                       ? lane.partition * parameters_.safe_precision()
                       : 0;
    see(c_just_kept, sp + lane.shift == parameters_.software_precision);
  }
  see(c_empty_partition, std::count(serves.begin(), serves.end(), false) > 0);
}

void IpuBench::see_result(const Sum& s) {
  if (!s.fp) return;
  const auto& acc = s.value;
  const bool infinite = acc.positive_infinity || acc.negative_infinity;
  const bool nan = acc.nan || (acc.positive_infinity && acc.negative_infinity);
  see(c_nan, nan);
  see(c_infinity, infinite && !nan);
  see(c_cancelled, acc.sum == 0 && !acc.empty && !nan && !infinite);
  if (nan || infinite || acc.sum == 0) return;
  // The bits that rounding takes away, against half of the last place that is left.
  using Magnitude = unsigned __int128;
  const auto magnitude = static_cast<Magnitude>(acc.sum < 0 ? -acc.sum : acc.sum);
  int top = 0;  // of the leading one
  while (magnitude >> top > 1) ++top;
  const int unit = acc.exponent - parameters_.fraction, exponent_of_top = top + unit;
  const int lost = s.half ? std::max(top, -14 - unit) - 10 : top - 23;
  const std::uint32_t code = result_of(s) & 0x7FFF;
  see(c_half_subnormal, s.half && exponent_of_top < -14 && code != 0);
  see(c_half_overflow, s.half && !s.toward_zero && code == 0x7C00);
  see(c_half_greatest, s.half && s.toward_zero && exponent_of_top > 15);
  if (lost <= 0) return;
  const Magnitude rest = magnitude & ((Magnitude{1} << lost) - 1);
  see(c_toward_zero, s.toward_zero && rest != 0);
  if (s.toward_zero || rest != Magnitude{1} << (lost - 1)) return;
  const bool odd = (magnitude >> lost & 1) != 0;
  see(s.half ? (odd ? c_half_tie_odd : c_half_tie_even)
             : (odd ? c_single_tie_odd : c_single_tie_even));
}

}  // namespace mantissa::rtl
