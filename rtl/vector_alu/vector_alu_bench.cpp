// SPDX-License-Identifier: Apache-2.0
#include "rtl/vector_alu/vector_alu_bench.h"

#include <algorithm>
#include <array>
#include <deque>

#include "base/numerics/float_bits.h"
#include "base/numerics/pointwise.h"
#include "base/numerics/requantize.h"
#include "rtl/common/fp32_cases.h"
#include "rtl/common/pin_bench.h"
#include "rtl/vector_alu/vector_alu_fp32.h"

namespace mantissa::rtl {
namespace {

using trace::OpKind;

// By the code of vector_alu_pkg.sv.
enum Operation {
  add,
  sub,
  mul,
  maximum,
  minimum,
  equal,
  less,
  greater,
  relu,
  relu6,
  clamp,
  absolute,
  negate,
  sign,
  shift_right,
  where,
  operation_count
};
static_assert(operation_count == vector_alu_operations.size());
constexpr std::array<OpKind, operation_count> kinds = {
    OpKind::add,     OpKind::sub,   OpKind::mul,        OpKind::maximum,
    OpKind::minimum, OpKind::equal, OpKind::less,       OpKind::greater,
    OpKind::relu,    OpKind::relu6, OpKind::clamp,      OpKind::abs,
    OpKind::neg,     OpKind::sign,  OpKind::requantize, OpKind::where};

struct Shape {
  std::int64_t lanes, latency;
  bool fp32;
};

Shape shape_of(const Parameters& p) {
  return {p.at("Lanes"), p.at("Latency"), p.at("Format") == 1};
}

std::vector<Port> alu_ports(std::int64_t lanes) {
  const auto in = Direction::input, out = Direction::output;
  const auto n = static_cast<std::uint32_t>(lanes);
  return {{"valid_i", in, 1, "a beat"},
          {"ready_o", out, 1, "the beat is taken"},
          {"last_i", in, 1, "of a pass"},
          {"op_i", in, 4, "codes of vector_alu_pkg.sv"},
          {"int8_i", in, 1, "operands are the low bytes of the lanes, sign-extended"},
          {"low_i", in, 32, "clamp"},
          {"high_i", in, 32, "clamp"},
          {"shift_i", in, 5, "shift"},
          {"a_i", in, n * 32, "lane 0 in the low bits"},
          {"b_i", in, n * 32, ""},
          {"condition_i", in, n, "where: a or b"},
          {"valid_o", out, 1, ""},
          {"ready_i", in, 1, ""},
          {"last_o", out, 1, ""},
          {"result_o", out, n * 32, ""},
          {"overflow_o", out, n, "the lane's result wrapped"}};
}
enum {
  valid,
  ready,
  last,
  op,
  int8,
  low,
  high,
  shift,
  a,
  b,
  condition,
  out_valid,
  out_ready,
  out_last,
  result,
  overflow
};

enum { f_op, f_elements, f_int8, f_kind_a, f_kind_b, f_seed, f_kind_low, f_kind_high, f_shift };

// After one case per operation.
enum {
  c_crossed = operation_count,
  c_one_beat,
  c_back_to_back,
  c_held,
  c_full,
  c_gap,
  c_formats,
  c_int8 = c_formats,
  c_wrap_add,
  c_wrap_sub,
  c_wrap_mul,
  c_wrap_abs,
  c_wrap_neg,
  c_tie_even,
  c_tie_odd,
  c_tie_negative,
  c_no_shift,
  c_full_shift
};

std::vector<std::string> alu_cases(const Shape& s) {
  std::vector<std::string> all;
  for (const char* name : vector_alu_operations) all.push_back(std::string("operation: ") + name);
  for (const char* name : {"clamp: bounds that cross", "a pass of one beat", "passes without a gap",
                           "output held by the other side", "a full pipeline held", "no beat"})
    all.emplace_back(name);
  const std::vector<std::string> int32 = {"int8 operands",
                                          "overflow: add",
                                          "overflow: sub",
                                          "overflow: mul",
                                          "overflow: abs",
                                          "overflow: neg",
                                          "rounding: tie, floor is even",
                                          "rounding: tie, floor is odd",
                                          "rounding: tie, negative",
                                          "shift by 0",
                                          "shift by 31"};
  const auto& more = s.fp32 ? vector_alu_fp32_cases() : int32;
  all.insert(all.end(), more.begin(), more.end());
  // Last, since a single lane has no such beat.
  if (s.lanes > 1) all.emplace_back("a last beat that is not full");
  return all;
}

struct Lane {
  std::int32_t value = 0;
  bool overflow = false;
};

class VectorAluBench : public PinBench {
 public:
  explicit VectorAluBench(const Shape& shape)
      : PinBench(alu_ports(shape.lanes), alu_cases(shape)),
        lanes_(shape.lanes),
        latency_(shape.latency),
        fp32_(shape.fp32) {}

  std::vector<Field> fields() const override {
    return {{"op", 0, operation_count - 1, "code of vector_alu_pkg.sv"},
            {"elements", 1, 65536, "of the pass"},
            {"int8", 0, fp32_ ? 0 : 1, ""},
            {"kind_a", 0, operand_kinds - 1,
             fp32_ ? fp32_operand_kinds : "0, 1, -1, least, greatest, small, any"},
            {"kind_b", 0, operand_kinds - 1, ""},
            {"seed", 0, (std::int64_t{1} << 32) - 1, "of the operands"},
            {"kind_low", 0, operand_kinds - 1, "clamp"},
            {"kind_high", 0, operand_kinds - 1, "clamp"},
            {"shift", 0, 31, ""}};
  }

  std::vector<Command> directed() const override {
    std::vector<Command> list;
    for (std::int64_t o = 0; o < operation_count; ++o)
      for (std::int64_t ka = 0; ka < operand_kinds; ++ka)
        for (std::int64_t kb = 0; kb < operand_kinds; ++kb)
          list.push_back({o, 1, narrow(ka + kb), ka, kb, o, ka, kb, (ka * 7 + kb) % 32});
    for (std::int64_t o = 0; o < operation_count; ++o)
      for (std::int64_t n : {lanes_ - 1, lanes_, lanes_ + 1, 3 * lanes_})
        list.push_back({o, std::max<std::int64_t>(n, 1), 0, 6, 6, n, 5, 6, 3});
    for (std::int64_t s = 0; s < 32; ++s)
      for (std::int64_t k = 0; k < operand_kinds; ++k)
        list.push_back({shift_right, 2 * lanes_, narrow(k), k, 0, s, 0, 0, s});
    // Small numbers shifted by little: every tie.
    for (std::int64_t seed = 0; seed < 16; ++seed)
      list.push_back({shift_right, lanes_, 0, 5, 0, seed, 0, 0, 1 + seed % 3});
    if (fp32_) add_directed_fp32(list);
    return list;
  }

  Command random(std::uint64_t number) const override {
    const auto below = [&](std::uint64_t i, std::int64_t n) {
      return static_cast<std::int64_t>(draw(draw(0xA1, number), i) % static_cast<std::uint64_t>(n));
    };
    return {below(0, operation_count), 1 + below(1, 4 * lanes_), narrow(below(2, 4) == 0 ? 1 : 0),
            below(3, operand_kinds),   below(4, operand_kinds),  below(5, std::int64_t{1} << 32),
            below(6, operand_kinds),   below(7, operand_kinds),  below(8, 32)};
  }

  std::vector<std::string> operations() const override {
    return {vector_alu_operations.begin(), vector_alu_operations.end()};
  }

  void begin(const std::vector<Command>& commands, std::uint64_t seed, unsigned stall) override {
    PinBench::begin(commands, seed, stall);
    next_ = 0;
    beat_ = 0;
    elements_ = 0;
    offered_ = was_last_ = false;
    stages_.assign(static_cast<std::size_t>(latency_), Beat{});
  }

  void drive(const Pins& pins) override {
    clear_inputs(pins);
    offered_ = next_ < commands_.size() && (offered_ || !holds_back(0));
    ready_ = !holds_back(1);
    put(pins[out_ready], ready_);
    if (!offered_) return;
    const Command& c = commands_[next_];
    put(pins[valid], 1);
    put(pins[last], last_beat(c));
    put(pins[op], static_cast<std::uint64_t>(c[f_op]));
    put(pins[int8], static_cast<std::uint64_t>(c[f_int8]));
    put(pins[low], bound(c, f_kind_low));
    put(pins[high], bound(c, f_kind_high));
    put(pins[shift], static_cast<std::uint64_t>(c[f_shift]));
    // Lanes behind the end of the pass compute on zeros.
    for (std::int64_t lane = 0; lane < lanes_ && element(lane) < c[f_elements]; ++lane) {
      const auto at = static_cast<std::uint32_t>(lane);
      put(pins[a], at * 32, 32, raw(c, f_kind_a, element(lane)));
      put(pins[b], at * 32, 32, raw(c, f_kind_b, element(lane)));
      put(pins[condition], at, 1, picks(c, element(lane)));
    }
  }

  bool check(const Pins& pins, Mismatch& m) override {
    const Beat& out = stages_.back();
    const bool advance = !out.valid || ready_;
    const std::size_t command = out.valid ? out.command : current();
    if (!same(pins, ready, advance, command, m)) return false;
    if (!same(pins, out_valid, out.valid, command, m)) return false;
    if (out.valid) {
      if (!same(pins, out_last, out.last, command, m)) return false;
      for (std::size_t i = 0; i < out.lanes.size(); ++i) {
        const auto at = static_cast<std::uint32_t>(i);
        const std::string name = "element " + std::to_string(out.first + static_cast<long>(i));
        if (!same(pins, result, at * 32, 32, static_cast<std::uint32_t>(out.lanes[i].value),
                  command, name, m))
          return false;
        if (!same(pins, overflow, at, 1, out.lanes[i].overflow, command, name, m)) return false;
      }
    }
    clock(advance);
    return true;
  }

  bool done() const override {
    return next_ == commands_.size() &&
           std::none_of(stages_.begin(), stages_.end(), [](const Beat& b) { return b.valid; });
  }
  std::size_t current() const override {
    return commands_.empty() ? 0 : std::min(next_, commands_.size() - 1);
  }
  std::uint64_t patience(const Command& c) const override {
    return static_cast<std::uint64_t>((c[f_elements] + lanes_ - 1) / lanes_ + latency_ + 1);
  }
  std::optional<std::uint64_t> actions() const override { return elements_; }

 private:
  struct Beat {
    bool valid = false, last = false;
    std::size_t command = 0;
    std::int64_t first = 0;  // element in lane 0
    std::vector<Lane> lanes;
  };

  std::int64_t element(std::int64_t lane) const { return beat_ * lanes_ + lane; }
  bool last_beat(const Command& c) const { return (beat_ + 1) * lanes_ >= c[f_elements]; }
  static std::uint64_t key(const Command& c, int what) {
    return draw(draw(0xE1E, static_cast<std::uint64_t>(c[f_seed])),
                static_cast<std::uint64_t>(what));
  }
  // As on the pins: an int8 is the low byte, below bits that mean nothing.
  std::uint32_t raw(const Command& c, int kind, std::int64_t element) const {
    const std::uint64_t bits = draw(key(c, kind), static_cast<std::uint64_t>(element));
    if (fp32_) return fp32_operand(c[kind], bits);
    const unsigned width = c[f_int8] != 0 ? 8 : 32;
    const std::uint64_t above = c[f_int8] != 0 ? (bits >> 32 << 8) : 0;
    return static_cast<std::uint32_t>(operand(c[kind], width, bits) | above);
  }
  static std::int64_t value(const Command& c, std::uint32_t raw) {
    return c[f_int8] != 0 ? std::int64_t{static_cast<std::int8_t>(raw)}
                          : std::int64_t{static_cast<std::int32_t>(raw)};
  }
  std::uint32_t bound(const Command& c, int kind) const {
    if (fp32_) return fp32_operand(c[kind], key(c, kind));
    return static_cast<std::uint32_t>(operand(c[kind], 32, key(c, kind)));
  }
  std::int64_t narrow(std::int64_t wanted) const { return fp32_ ? 0 : wanted % 2; }

  // Sums, differences and products of every kind with every other, several of each.
  void add_directed_fp32(std::vector<Command>& list) const {
    for (const std::int64_t o : {add, sub, mul, maximum, minimum, equal})
      for (std::int64_t ka = 0; ka < operand_kinds; ++ka)
        for (std::int64_t kb = 0; kb < operand_kinds; ++kb)
          list.push_back({o, std::max<std::int64_t>(lanes_, 4), 0, ka, kb, ka + 7 * kb, 0, 0, 0});
  }
  static bool picks(const Command& c, std::int64_t element) {
    return (draw(key(c, -1), static_cast<std::uint64_t>(element)) & 1) != 0;
  }

  Lane evaluate(const Command& c, std::uint32_t raw_x, std::uint32_t raw_y, bool pick) {
    saw(static_cast<std::size_t>(c[f_op]));
    return fp32_ ? evaluate_fp32(c, raw_x, raw_y, pick)
                 : evaluate_int32(c, value(c, raw_x), value(c, raw_y), pick);
  }

  Lane evaluate_fp32(const Command& c, std::uint32_t x, std::uint32_t y, bool pick) {
    const auto o = static_cast<std::size_t>(c[f_op]);
    const Fp32Operands operands = {x, y, bound(c, f_kind_low), bound(c, f_kind_high), pick};
    // The code of a shift passes its operand on, as dropout does.
    const auto result = vector_alu_fp32(o == shift_right ? OpKind::dropout : kinds[o], operands);
    saw_each(c_formats, result.seen);
    saw(c_crossed, o == clamp && numerics::float_from_bits(operands.low) >
                                     numerics::float_from_bits(operands.high));
    return {static_cast<std::int32_t>(result.bits), false};
  }

  Lane evaluate_int32(const Command& c, std::int64_t x, std::int64_t y, bool pick) {
    const auto o = static_cast<std::size_t>(c[f_op]);
    std::uint64_t overflows = 0;
    std::int64_t value = 0;
    numerics::PointwiseParameters p;
    if (o == shift_right) {
      value = numerics::rounding_shift_right(x, static_cast<int>(c[f_shift]));
    } else if (o == where) {
      value = pick ? x : y;
    } else if (numerics::is_binary(kinds[o])) {
      value = numerics::binary(kinds[o], x, y, p, false, overflows);
    } else {
      p.low = static_cast<std::int32_t>(bound(c, f_kind_low));
      p.high = static_cast<std::int32_t>(bound(c, f_kind_high));
      value = numerics::unary(kinds[o], x, p, false, overflows);
    }
    saw(c_int8, c[f_int8] != 0);
    saw(c_wrap_add, o == add && overflows > 0);
    saw(c_wrap_sub, o == sub && overflows > 0);
    saw(c_wrap_mul, o == mul && overflows > 0);
    saw(c_wrap_abs, o == absolute && overflows > 0);
    saw(c_wrap_neg, o == negate && overflows > 0);
    saw(c_crossed, o == clamp && p.low > p.high);
    if (o == shift_right) {
      const auto s = static_cast<int>(c[f_shift]);
      const bool tie = s > 0 && (x & ((std::int64_t{1} << s) - 1)) == std::int64_t{1} << (s - 1);
      saw(c_tie_even, tie && (x >> s & 1) == 0);
      saw(c_tie_odd, tie && (x >> s & 1) != 0);
      saw(c_tie_negative, tie && x < 0);
      saw(c_no_shift, s == 0);
      saw(c_full_shift, s == 31);
    }
    return {static_cast<std::int32_t>(value), overflows > 0};
  }

  // The rising edge: the pipeline moves as one.
  void clock(bool advance) {
    saw(c_held, !advance);
    saw(c_full, !advance && std::all_of(stages_.begin(), stages_.end(),
                                        [](const Beat& b) { return b.valid; }));
    saw(c_gap, !offered_ && next_ < commands_.size());
    ++cycle_;
    if (!advance) return;
    std::rotate(stages_.begin(), stages_.end() - 1, stages_.end());
    stages_.front() = Beat{};
    if (!offered_) {
      was_last_ = false;
      return;
    }
    const Command& c = commands_[next_];
    Beat& beat = stages_.front();
    beat = {true, last_beat(c), next_, element(0), {}};
    for (std::int64_t lane = 0; lane < lanes_; ++lane) {
      const std::int64_t i = element(lane);
      const bool there = i < c[f_elements];
      elements_ += there ? 1 : 0;
      if (!there) saw(covered().size() - 1);
      beat.lanes.push_back(evaluate(c, there ? raw(c, f_kind_a, i) : 0,
                                    there ? raw(c, f_kind_b, i) : 0, there && picks(c, i)));
    }
    saw(c_back_to_back, was_last_);
    saw(c_one_beat, beat.last && beat_ == 0);
    was_last_ = beat.last;
    offered_ = false;
    beat_ = beat.last ? 0 : beat_ + 1;
    if (beat.last) ++next_;
  }

  std::int64_t lanes_, latency_;
  bool fp32_;
  std::size_t next_ = 0;
  std::int64_t beat_ = 0;     // of the pass that goes in
  std::vector<Beat> stages_;  // the last one is offered
  std::uint64_t elements_ = 0;
  bool offered_ = false, ready_ = false;
  bool was_last_ = false;  // the beat of the cycle before ended a pass
};

}  // namespace

std::vector<Port> vector_alu_ports(const Parameters& p) { return alu_ports(p.at("Lanes")); }

std::unique_ptr<Bench> vector_alu_bench(const Parameters& p) {
  return std::make_unique<VectorAluBench>(shape_of(p));
}

}  // namespace mantissa::rtl
