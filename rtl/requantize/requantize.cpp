// SPDX-License-Identifier: Apache-2.0
// The bench of the requantiser: arithmetic by base/numerics/requantize.h, time by the three rigid
// stages of requantize.sv. A command is one row.
#include "base/numerics/requantize.h"

#include <algorithm>
#include <array>

#include "rtl/common/pin_bench.h"

namespace mantissa::rtl {
namespace {

struct Shape {
  std::int64_t lanes, width;

  std::int64_t least() const { return -(std::int64_t{1} << (width - 1)); }
  std::int64_t greatest() const { return (std::int64_t{1} << (width - 1)) - 1; }
};

Shape shape_of(const Parameters& p) { return {p.at("Lanes"), p.at("OutputWidth")}; }

std::vector<Port> requantize_ports(const Shape& s) {
  const auto in = Direction::input, out = Direction::output;
  const auto lanes = static_cast<std::uint32_t>(s.lanes);
  const auto width = static_cast<std::uint32_t>(s.width);
  return {{"valid_i", in, 1, "a row is offered"},
          {"ready_o", out, 1, "it is taken"},
          {"acc_i", in, lanes * 32, "int32 accumulators, lane 0 in the low bits"},
          {"multiplier_i", in, lanes * 31, "per lane, 1 to 2^31 - 1"},
          {"shift_i", in, lanes * 6, "per lane, 0 to 62"},
          {"zero_point_i", in, width, "signed, added after rounding"},
          {"low_i", in, width, "signed bound"},
          {"high_i", in, width, "signed bound"},
          {"relu_i", in, 1, "the lower bound is at least the zero point"},
          {"valid_o", out, 1, "a row is there, three cycles after it was taken"},
          {"ready_i", in, 1, "low: everything stands still while a row is there"},
          {"data_o", out, lanes * width, "signed results"}};
}
enum {
  valid,
  ready,
  acc,
  multiplier,
  shift,
  zero_point,
  low,
  high,
  relu,
  out_valid,
  out_ready,
  data
};

enum { f_acc, f_multiplier, f_shift, f_other_shifts, f_zero_point, f_low, f_high, f_relu, f_seed };

// Of accumulators; those of `operand` first.
enum { tie = operand_kinds, near_tie, acc_kinds };
enum { least_multiplier, greatest_multiplier, power_of_two, any_multiplier, multiplier_kinds };

enum {
  c_tie_even,
  c_tie_odd,
  c_tie_even_negative,
  c_tie_odd_negative,
  c_just_above_tie,
  c_just_below_tie,
  c_clip_low,
  c_clip_high,
  c_at_low,
  c_at_high,
  c_far_beyond,
  c_crossed,
  c_relu,
  c_relu_without_effect,
  c_no_shift,
  c_full_shift,
  c_extreme_product,
  c_lanes_differ,
  c_back_to_back,
  c_held,
  c_full_held,
  c_gap
};

std::vector<std::string> requantize_cases(const Shape& shape) {
  std::vector<std::string> all = {"rounding: tie, floor is even",
                                  "rounding: tie, floor is odd",
                                  "rounding: tie, floor is even, negative",
                                  "rounding: tie, floor is odd, negative",
                                  "rounding: one above a tie",
                                  "rounding: one below a tie",
                                  "clip: one below low",
                                  "clip: one above high",
                                  "clip: exactly low",
                                  "clip: exactly high",
                                  "clip: beyond 32 bits",
                                  "clip: bounds that cross",
                                  "ReLU raises the lower bound",
                                  "ReLU below the lower bound",
                                  "shift by 0",
                                  "shift by 62",
                                  "product: least accumulator, greatest multiplier",
                                  "lanes with different shifts",
                                  "rows without a gap",
                                  "output held by the other side",
                                  "a full pipeline held",
                                  "no row"};
  if (shape.lanes == 1) all.erase(all.begin() + c_lanes_differ);
  return all;
}

struct Lane {
  std::int32_t acc;
  numerics::Requantization q;
};

class RequantizeBench final : public PinBench {
 public:
  explicit RequantizeBench(const Shape& shape)
      : PinBench(requantize_ports(shape), requantize_cases(shape)), shape_(shape) {}

  std::vector<Field> fields() const override {
    const std::int64_t least = shape_.least(), greatest = shape_.greatest();
    return {{"acc", 0, acc_kinds - 1, "0, 1, -1, least, greatest, small, any, tie, next to a tie"},
            {"multiplier", 0, multiplier_kinds - 1, "1, 2^31 - 1, a power of two, any"},
            {"shift", 0, 62, "of lane 0"},
            {"other_shifts", 0, 1, "1: every lane has its own"},
            {"zero_point", least, greatest, ""},
            {"low", least, greatest, ""},
            {"high", least, greatest, ""},
            {"relu", 0, 1, ""},
            {"seed", 0, (std::int64_t{1} << 32) - 1, "of operands"}};
  }

  std::vector<Command> directed() const override {
    const std::int64_t least = shape_.least(), greatest = shape_.greatest();
    std::vector<Command> list;
    // Every kind of operands at every shift, bounds wide open.
    for (std::int64_t a = 0; a < acc_kinds; ++a)
      for (std::int64_t m = 0; m < multiplier_kinds; ++m)
        for (std::int64_t s = 0; s <= 62; ++s)
          list.push_back({a, m, s, 0, 0, least, greatest, 0, a * 1000 + s});
    // Zero points, bounds and ReLU at their ends and inside, with what lies around the bounds.
    const std::array<std::int64_t, 5> points = {least, -1, 0, 1, greatest};
    for (const std::int64_t z : points)
      for (const std::int64_t l : points)
        for (const std::int64_t h : points)
          for (const std::int64_t r : {0, 1}) {
            list.push_back({5, 0, 0, 0, z, l, h, r, z * l - h});
            list.back()[f_seed] &= 0xFFFF;
            list.push_back({6, 3, 40, 1, z, l, h, r, 7});
          }
    // Exactly a bound, and one beyond it: 0 + 1 and 0 - 1 around the zero point.
    for (const std::int64_t z : {-1, 0}) {
      list.push_back({1, 0, 0, 0, z, least, z + 1, 0, 0});
      list.push_back({1, 0, 0, 0, z, least, z, 0, 0});
      list.push_back({2, 0, 0, 0, z, z - 1, greatest, 0, 0});
      list.push_back({2, 0, 0, 0, z, z, greatest, 0, 0});
    }
    return list;
  }

  Command random(std::uint64_t number) const override {
    const auto below = [&](std::uint64_t i, std::int64_t n) {
      return static_cast<std::int64_t>(draw(draw(0x2E9, number), i) %
                                       static_cast<std::uint64_t>(n));
    };
    const std::int64_t least = shape_.least(), greatest = shape_.greatest();
    const std::int64_t values = greatest - least + 1;
    // Half of the bounds are wide open, so that what lies between them is seen too.
    const bool open = below(0, 2) == 0;
    return {below(1, acc_kinds),
            below(2, multiplier_kinds),
            below(3, 63),
            below(4, 2),
            least + below(5, values),
            open ? least : least + below(6, values),
            open ? greatest : least + below(7, values),
            below(8, 4) == 0 ? 1 : 0,
            below(9, std::int64_t{1} << 32)};
  }

  void begin(const std::vector<Command>& commands, std::uint64_t seed, unsigned stall) override {
    PinBench::begin(commands, seed, stall);
    next_ = taken_ = 0;
    stages_.fill(none);
  }

  void drive(const Pins& pins) override {
    clear_inputs(pins);
    offered_ = next_ < commands_.size() && !holds_back(0);
    ready_ = !holds_back(1);
    put(pins[out_ready], ready_);
    put(pins[valid], offered_);
    if (!offered_) return;
    const Command& c = commands_[next_];
    for (std::int64_t i = 0; i < shape_.lanes; ++i) {
      const Lane lane = lane_of(c, i);
      const auto at = static_cast<std::uint32_t>(i);
      put(pins[acc], at * 32, 32, static_cast<std::uint64_t>(std::int64_t{lane.acc}));
      put(pins[multiplier], at * 31, 31, static_cast<std::uint64_t>(lane.q.multiplier));
      put(pins[shift], at * 6, 6, static_cast<std::uint64_t>(lane.q.shift));
    }
    put(pins[zero_point], static_cast<std::uint64_t>(c[f_zero_point]));
    put(pins[low], static_cast<std::uint64_t>(c[f_low]));
    put(pins[high], static_cast<std::uint64_t>(c[f_high]));
    put(pins[relu], static_cast<std::uint64_t>(c[f_relu]));
  }

  bool check(const Pins& pins, Mismatch& mismatch) override {
    const std::size_t last = stages_[2];
    const bool there = last != none, moves = !there || ready_;
    if (!same(pins, out_valid, there, there ? last : current(), mismatch)) return false;
    if (!same(pins, ready, moves, current(), mismatch)) return false;
    if (there) {
      const auto width = static_cast<std::uint32_t>(shape_.width);
      for (std::int64_t i = 0; i < shape_.lanes; ++i) {
        const Lane lane = lane_of(commands_[last], i);
        const std::int32_t y = numerics::requantize(lane.acc, lane.q);
        if (!same(pins, data, static_cast<std::uint32_t>(i) * width, width,
                  static_cast<std::uint64_t>(std::int64_t{y}), last, "element " + std::to_string(i),
                  mismatch))
          return false;
      }
    }
    clock(moves);
    return true;
  }

  bool done() const override { return taken_ == commands_.size(); }
  std::size_t current() const override { return taken_; }
  std::uint64_t patience(const Command&) const override { return 3; }
  std::optional<std::uint64_t> actions() const override {
    return taken_ * static_cast<std::uint64_t>(shape_.lanes);
  }

 private:
  static constexpr std::size_t none = ~std::size_t{0};

  Lane lane_of(const Command& c, std::int64_t number) const {
    const std::uint64_t key = draw(draw(0x5EED, static_cast<std::uint64_t>(c[f_seed])),
                                   static_cast<std::uint64_t>(number));
    Lane lane;
    lane.q.shift = static_cast<int>(c[f_shift]);
    if (c[f_other_shifts] && number > 0)
      lane.q.shift = static_cast<int>((draw(key, 0) + static_cast<std::uint64_t>(number)) % 63);
    lane.q.zero_point = static_cast<std::int32_t>(c[f_zero_point]);
    lane.q.low =
        static_cast<std::int32_t>(c[f_relu] ? std::max(c[f_low], c[f_zero_point]) : c[f_low]);
    lane.q.high = static_cast<std::int32_t>(c[f_high]);
    lane.q.multiplier = multiplier_of(c[f_multiplier], draw(key, 1));
    if (c[f_acc] < operand_kinds) {
      lane.acc = static_cast<std::int32_t>(
          static_cast<std::uint32_t>(operand(c[f_acc], 32, draw(key, 2))));
      return lane;
    }
    // acc * multiplier = odd * 2^(shift - 1) is a tie; one more in acc is just above it, one less
    // just below.
    const int half = std::max(lane.q.shift - 1, 0);
    const int in_multiplier = std::max(half - 30, static_cast<int>(draw(key, 3) % 31));
    const int a = std::min(in_multiplier, std::min(half, 30));
    lane.q.multiplier = std::int32_t{1} << a;
    const int b = half - a;
    const std::int64_t odd = b >= 30 ? (draw(key, 4) & 1 ? 1 : -1)
                                     : static_cast<std::int64_t>(draw(key, 4) % 512) * 2 - 511;
    const std::int64_t wanted =
        odd * (std::int64_t{1} << b) + (c[f_acc] == near_tie ? (draw(key, 5) & 1 ? 1 : -1) : 0);
    lane.acc = static_cast<std::int32_t>(wanted);
    return lane;
  }

  static std::int32_t multiplier_of(std::int64_t kind, std::uint64_t bits) {
    constexpr std::int32_t greatest = 0x7FFFFFFF;
    if (kind == least_multiplier) return 1;
    if (kind == greatest_multiplier) return greatest;
    if (kind == power_of_two) return std::int32_t{1} << (bits % 31);
    return std::max(1, static_cast<std::int32_t>(bits & 0x7FFFFFFF));
  }

  // The rising edge.
  void clock(bool moves) {
    const bool all = stages_[0] != none && stages_[1] != none && stages_[2] != none;
    see(c_held, !moves);
    see(c_full_held, !moves && all);
    see(c_gap, !offered_ && next_ < commands_.size());
    see(c_back_to_back, offered_ && moves && stages_[0] != none);
    if (moves) {
      if (stages_[2] != none) {
        see_row(commands_[stages_[2]]);
        ++taken_;
      }
      stages_[2] = stages_[1];
      stages_[1] = stages_[0];
      stages_[0] = offered_ ? next_++ : none;
    }
    ++cycle_;
  }

  // Cases behind one that this shape lacks have moved up.
  void see(int which, bool did) {
    if (shape_.lanes == 1 && which == c_lanes_differ) return;
    saw(static_cast<std::size_t>(which - (shape_.lanes == 1 && which > c_lanes_differ ? 1 : 0)),
        did);
  }

  void see_row(const Command& c) {
    const Lane first = lane_of(c, 0);
    bool differ = false;
    for (std::int64_t i = 0; i < shape_.lanes; ++i) {
      const Lane lane = lane_of(c, i);
      differ = differ || lane.q.shift != first.q.shift;
      see_lane(c, lane);
    }
    see(c_lanes_differ, differ);
    see(c_relu, c[f_relu] && c[f_zero_point] > c[f_low]);
    see(c_relu_without_effect, c[f_relu] && c[f_zero_point] < c[f_low]);
    see(c_crossed, first.q.low > first.q.high);
  }

  void see_lane(const Command& c, const Lane& lane) {
    const auto& q = lane.q;
    const std::int64_t product = std::int64_t{lane.acc} * q.multiplier;
    const std::int64_t rest = product & ((std::int64_t{1} << q.shift) - 1);
    const std::int64_t half = q.shift > 0 ? std::int64_t{1} << (q.shift - 1) : 0;
    const std::int64_t floor = product >> q.shift;
    const bool is_tie = q.shift > 0 && rest == half, odd = (floor & 1) != 0;
    see(c_tie_even, is_tie && !odd && product > 0);
    see(c_tie_odd, is_tie && odd && product > 0);
    see(c_tie_even_negative, is_tie && !odd && product < 0);
    see(c_tie_odd_negative, is_tie && odd && product < 0);
    see(c_just_above_tie, q.shift > 1 && rest == half + 1);
    see(c_just_below_tie, q.shift > 1 && rest == half - 1);
    const std::int64_t y = q.zero_point + numerics::rounding_shift_right(product, q.shift);
    const bool ordered = q.low <= q.high;
    see(c_clip_low, ordered && y == q.low - 1);
    see(c_clip_high, ordered && y == q.high + 1);
    see(c_at_low, ordered && y == q.low && q.low < q.high);
    see(c_at_high, ordered && y == q.high && q.low < q.high);
    see(c_far_beyond, y > INT32_MAX || y < INT32_MIN);
    see(c_no_shift, q.shift == 0);
    see(c_full_shift, q.shift == 62);
    see(c_extreme_product, c[f_multiplier] == greatest_multiplier && lane.acc == INT32_MIN);
  }

  Shape shape_;
  std::size_t next_ = 0, taken_ = 0;
  std::array<std::size_t, 3> stages_{none, none, none};  // commands in the pipeline
  bool offered_ = false, ready_ = false;
};

class Requantize final : public Unit {
 public:
  std::string name() const override { return "requantize"; }
  std::string summary() const override {
    return "int32 accumulators to narrow integers: scale, round to even, zero point, ReLU, clip";
  }
  std::vector<Parameter> parameters() const override {
    return {{"Lanes", 4, 1, 64, "results per cycle"},
            {"OutputWidth", 8, 2, 16, "bits of a result"}};
  }
  std::vector<Port> ports(const Parameters& p) const override {
    return requantize_ports(shape_of(p));
  }
  std::vector<std::string> sources() const override {
    return {"requantize/requantize_round.sv", "requantize/requantize_lane.sv",
            "requantize/requantize.sv"};
  }
  std::unique_ptr<Bench> bench(const Parameters& p) const override {
    return std::make_unique<RequantizeBench>(shape_of(p));
  }
  std::string action() const override { return "element"; }

  std::vector<Proof> proofs(const Parameters&) const override {
    Proof rounding;
    rounding.name = "rounding";
    rounding.claim = "the shifted product is rounded once, half to even, and limited";
    rounding.top = "requantize_round_proof";
    rounding.sources = {"requantize/requantize_round.sv", "requantize/requantize_round_proof.sv"};
    rounding.parameters = {{"Width", 63}, {"OutWidth", 10}};
    rounding.method = ProofMethod::combinational;
    rounding.mutation = {"requantize/requantize_round.sv", "half && (more || floor[0])", "half",
                         "halves are rounded up"};
    Proof hold;
    hold.name = "hold";
    hold.claim = "a row that is offered stays, unchanged, until it is taken";
    hold.top = name();
    hold.sources = sources();
    hold.parameters = {{"Lanes", 1}, {"OutputWidth", 4}};
    hold.depth = 2;
    hold.mutation = {"requantize/requantize.sv", "moves   = !valid_q || ready_i;",
                     "moves   = !valid_q || ready_i || valid_rounded_q;", "the next row pushes"};
    return {rounding, hold};
  }
};

const UnitRegistration registration(std::make_unique<Requantize>());

}  // namespace
}  // namespace mantissa::rtl
