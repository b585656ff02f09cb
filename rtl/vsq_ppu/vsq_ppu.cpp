// SPDX-License-Identifier: Apache-2.0
// The bench of the post-processing unit: arithmetic by base/numerics/quantize/
// fixed_post_processing.h, time by the five rigid stages of vsq_ppu.sv. A command is one vector.
#include <algorithm>
#include <array>

#include "base/numerics/quantize/fixed_post_processing.h"
#include "rtl/common/pin_bench.h"

namespace mantissa::rtl {
namespace {

using numerics::ScaleOrder;

struct Shape {
  std::int64_t length;
  numerics::FixedPostProcessing unit;

  std::uint32_t lanes() const { return static_cast<std::uint32_t>(length); }
  std::uint32_t acc_bits() const { return static_cast<std::uint32_t>(unit.accumulator_bits); }
  std::uint32_t value_bits() const { return static_cast<std::uint32_t>(unit.value_bits()); }
  int greatest_shift() const { return unit.accumulator_bits + 16; }
  std::uint32_t shift_bits() const {
    std::uint32_t bits = 0;
    while ((1 << bits) <= greatest_shift()) ++bits;
    return bits;
  }
};

Shape shape_of(const Parameters& p) {
  const auto number = [&](const char* name) { return static_cast<int>(p.at(name)); };
  Shape s;
  s.length = p.at("VectorLength");
  s.unit.output_bits = number("OutputWidth");
  s.unit.output_signed = number("OutputSigned") == 1;
  s.unit.scale_bits = number("ScaleWidth");
  s.unit.fraction_bits = number("FractionBits");
  s.unit.accumulator_bits = number("AccumulatorWidth");
  s.unit.order = number("ScaleFirst") == 1 ? ScaleOrder::scale_first : ScaleOrder::data_first;
  return s;
}

std::vector<Port> ppu_ports(const Shape& s) {
  const auto in = Direction::input, out = Direction::output;
  return {{"valid_i", in, 1, "sums are offered, and taken"},
          {"acc_i", in, s.lanes() * s.acc_bits(), "signed sums, lane 0 in the low bits"},
          {"multiplier_i", in, s.lanes() * 16, "per lane, unsigned"},
          {"shift_i", in, s.shift_bits(), "of all lanes, at most AccumulatorWidth + 16"},
          {"bias_i", in, s.lanes() * s.value_bits(), "per lane, signed, added after rounding"},
          {"relu_i", in, 1, "negative values become zero"},
          {"valid_o", out, 1, "a vector is there, five cycles after its sums"},
          {"sq_o", out, static_cast<std::uint32_t>(s.unit.scale_bits), "its scale"},
          {"q_o", out, s.lanes() * static_cast<std::uint32_t>(s.unit.output_bits), "elements"}};
}
enum { valid, acc, multiplier, shift, bias, relu, out_valid, out_sq, out_q };

enum { f_target, f_shift, f_bias, f_relu, f_seed };

// The operands of one command.
struct Vector {
  std::vector<std::int64_t> acc;
  std::vector<std::int32_t> multipliers, biases;
  int shift = 0;
};

enum Case {
  c_zeros,
  c_small,
  c_scale_tie,
  c_scale_clipped,
  c_tie_even,
  c_tie_odd,
  c_clipped,
  c_limited_above,
  c_limited_below,
  c_relu,
  c_negative,
  c_gap,
  c_back_to_back,
  cases_of_ppu
};

const char* text_of(Case which) {
  static constexpr std::array<const char*, cases_of_ppu> texts = {
      "a vector of zeros",
      "values, but a scale of zero",
      "scale: a tie",
      "scale: the greatest, of a larger maximum",
      "element: a tie, floor is even",
      "element: a tie, floor is odd",
      "element: beyond the greatest",
      "value: limited above",
      "value: limited below",
      "ReLU: a negative value",
      "a negative element",
      "no sums",
      "sums without a gap"};
  return texts[which];
}

class PpuBench final : public PinBench {
 public:
  explicit PpuBench(const Shape& shape)
      : PinBench(ppu_ports(shape), names_of(possible(shape))), shape_(shape) {
    number_.fill(-1);
    int count = 0;
    for (const Case c : possible(shape)) number_[c] = count++;
  }

  std::vector<Field> fields() const override {
    return {{"target", 0, targets() - 1, "largest value, in halves of a unit of the scale"},
            {"shift", 0, shape_.greatest_shift(), ""},
            {"bias", 0, 2, "0: none, 1: small, 2: any"},
            {"relu", 0, 1, ""},
            {"seed", 0, (std::int64_t{1} << 32) - 1, "of operands"}};
  }

  std::vector<Command> directed() const override {
    std::vector<Command> list;
    // Every target as the sums are, and at every shift.
    for (std::int64_t target = 0; target < std::min<std::int64_t>(targets(), 200); ++target)
      for (const std::int64_t r : {0, 1}) list.push_back({target, 0, 0, r, target});
    for (std::int64_t s = 0; s <= shape_.greatest_shift(); ++s)
      for (std::int64_t b = 0; b <= 2; ++b)
        list.push_back({targets() - 1 - s % 3, s, b, b == 1, s * 8 + b});
    return list;
  }

  Command random(std::uint64_t number) const override {
    const std::uint64_t key = draw(0x99, number);
    const auto below = [&](std::uint64_t i, std::int64_t n) {
      return static_cast<std::int64_t>(draw(key, i) % static_cast<std::uint64_t>(n));
    };
    return {below(0, targets()), below(1, 2) ? 0 : below(2, shape_.greatest_shift() + 1),
            below(3, 2) ? 0 : below(4, 3), below(5, 4) == 0 ? 1 : 0,
            below(6, std::int64_t{1} << 32)};
  }

  void begin(const std::vector<Command>& commands, std::uint64_t seed, unsigned stall) override {
    PinBench::begin(commands, seed, stall);
    next_ = taken_ = 0;
    stages_.fill(none);
  }

  void drive(const Pins& pins) override {
    clear_inputs(pins);
    offered_ = next_ < commands_.size() && !holds_back(0);
    put(pins[valid], offered_);
    // What must not get in, where there are no sums.
    const Command command = offered_ ? commands_[next_] : random(draw(seed_, cycle_));
    const Vector vector = vector_of(command);
    put(pins[shift], static_cast<std::uint64_t>(vector.shift));
    put(pins[relu], static_cast<std::uint64_t>(command[f_relu]));
    for (std::uint32_t i = 0; i < shape_.lanes(); ++i) {
      put(pins[acc], i * shape_.acc_bits(), shape_.acc_bits(),
          static_cast<std::uint64_t>(vector.acc[i]));
      put(pins[multiplier], i * 16, 16, static_cast<std::uint64_t>(vector.multipliers[i]));
      put(pins[bias], i * shape_.value_bits(), shape_.value_bits(),
          static_cast<std::uint64_t>(std::int64_t{vector.biases[i]}));
    }
  }

  bool check(const Pins& pins, Mismatch& mismatch) override {
    const std::size_t last = stages_[4];
    const bool there = last != none;
    if (!same(pins, out_valid, there, there ? last : current(), mismatch)) return false;
    if (there) {
      const auto expected = result_of(commands_[last]);
      if (!same(pins, out_sq, static_cast<std::uint64_t>(expected.sq), last, mismatch))
        return false;
      const auto width = static_cast<std::uint32_t>(shape_.unit.output_bits);
      for (std::uint32_t i = 0; i < shape_.lanes(); ++i)
        if (!same(pins, out_q, i * width, width,
                  static_cast<std::uint64_t>(std::int64_t{expected.q[i]}), last,
                  "element " + std::to_string(i), mismatch))
          return false;
    }
    clock();
    return true;
  }

  bool done() const override { return taken_ == commands_.size(); }
  std::size_t current() const override {
    return commands_.empty() ? 0 : std::min(taken_, commands_.size() - 1);
  }
  std::uint64_t patience(const Command&) const override { return 6; }
  std::optional<std::uint64_t> actions() const override { return taken_; }

 private:
  static constexpr std::size_t none = ~std::size_t{0};

  static std::vector<Case> possible(const Shape& s) {
    std::vector<Case> all = {c_zeros, c_small, c_scale_clipped, c_limited_above,
                             c_relu,  c_gap,   c_back_to_back};
    // The divisor of elements, or Q 2^F of the scale, has a whole half.
    all.insert(all.end(), {c_tie_even, c_tie_odd});
    // No value is beyond the largest.
    if (s.unit.order == ScaleOrder::scale_first) all.push_back(c_clipped);
    if (s.unit.fraction_bits > 0) all.push_back(c_scale_tie);
    if (s.unit.output_signed) all.insert(all.end(), {c_limited_below, c_negative});
    std::sort(all.begin(), all.end());
    return all;
  }
  static std::vector<std::string> names_of(const std::vector<Case>& all) {
    std::vector<std::string> names;
    for (const Case c : all) names.emplace_back(text_of(c));
    return names;
  }
  void see(Case which, bool did) {
    if (number_[which] >= 0) saw(static_cast<std::size_t>(number_[which]), did);
  }

  // Of the largest value, in halves of the scale's unit Q 2^F: odd ones are ties between two
  // scales, the last ones more than a scale can say.
  std::int64_t targets() const { return 2 * shape_.unit.greatest_scale() + 8; }

  // Values that the sums are to give: the target in lane 0, ties of the elements and others beside.
  Vector vector_of(const Command& c) const {
    const auto& u = shape_.unit;
    const std::uint64_t key = draw(3, static_cast<std::uint64_t>(c[f_seed]));
    const std::int64_t unit = std::int64_t{u.greatest()} << u.fraction_bits;
    const std::int64_t largest = c[f_target] * unit / 2;
    const std::int64_t sq = std::min<std::int64_t>((c[f_target] + 1) / 2, u.greatest_scale());
    const std::int64_t top = (std::int64_t{1} << (u.accumulator_bits - 1)) - 1;
    Vector v;
    v.shift = static_cast<int>(c[f_shift]);
    for (std::uint32_t i = 0; i < shape_.lanes(); ++i) {
      const std::uint64_t bits = draw(key, i);
      std::int64_t y = largest;
      if (i > 0 && (bits & 1)) y = static_cast<std::int64_t>(bits >> 8) % (largest + 1);
      // (n + 1/2) sq 2^F, or (n + 1/2) m / Q: a tie of element n.
      const std::int64_t halves = 2 * (static_cast<std::int64_t>(bits >> 8) % u.greatest()) + 1;
      if (i > 0 && (bits & 3) == 2)
        y = u.order == ScaleOrder::data_first
                ? halves * largest / (2 * u.greatest())
                : std::min((halves * sq << u.fraction_bits) / 2, largest);
      // y 2^shift, as far as a sum and a multiplier reach.
      std::int64_t factor = std::int64_t{1} << std::min(v.shift, 15);
      const int rest = v.shift - std::min(v.shift, 15);
      std::int64_t sum = rest < 24 ? y << rest : top;
      if ((bits >> 4 & 7) == 7) factor = static_cast<std::int64_t>(bits >> 40 & 0xFFFF);
      if ((bits >> 4 & 63) == 6) sum = top;
      sum = std::min(sum, top);
      v.acc.push_back(bits & 16 ? -sum : sum);
      v.multipliers.push_back(static_cast<std::int32_t>(factor));
      const std::int64_t most = u.greatest_value();
      const auto any = static_cast<std::int64_t>(draw(key, 1000 + i) % (2 * most + 1)) - most;
      v.biases.push_back(static_cast<std::int32_t>(c[f_bias] == 0   ? 0
                                                   : c[f_bias] == 1 ? any % 4
                                                                    : any));
    }
    return v;
  }

  numerics::FixedVector result_of(const Command& c) const {
    const Vector v = vector_of(c);
    return shape_.unit.processed(v.acc, v.multipliers, v.shift, v.biases, c[f_relu] != 0);
  }

  // The rising edge.
  void clock() {
    see(c_gap, !offered_ && next_ < commands_.size());
    see(c_back_to_back, offered_ && stages_[0] != none);
    if (stages_[4] != none) {
      see_vector(commands_[stages_[4]]);
      ++taken_;
    }
    for (std::size_t s = 4; s > 0; --s) stages_[s] = stages_[s - 1];
    stages_[0] = offered_ ? next_++ : none;
    ++cycle_;
  }

  void see_vector(const Command& c) {
    const auto& u = shape_.unit;
    const auto r = result_of(c);
    const std::int64_t unit = std::int64_t{u.greatest()} << u.fraction_bits;
    std::int64_t largest = 0;
    for (const std::int32_t y : r.y) largest = std::max(largest, std::int64_t{std::abs(y)});
    see(c_zeros, largest == 0);
    see(c_small, largest > 0 && r.sq == 0);
    see(c_scale_tie, 2 * largest % (2 * unit) == unit);
    see(c_scale_clipped, largest > unit * u.greatest_scale() + unit / 2);
    const Vector v = vector_of(c);
    for (std::size_t i = 0; i < r.y.size(); ++i) {
      const bool exact = u.order == ScaleOrder::data_first;
      const std::int64_t y = std::int64_t{std::abs(r.y[i])} * (exact ? u.greatest() : 1),
                         d = exact ? largest : std::int64_t{r.sq} << u.fraction_bits;
      const bool tie = d > 0 && 2 * y % (2 * d) == d && y / d < u.greatest();
      see(c_tie_even, tie && y / d % 2 == 0);
      see(c_tie_odd, tie && y / d % 2 != 0);
      see(c_clipped, d > 0 && 2 * y > (2 * u.greatest() + 1) * d);
      see(c_limited_above, r.y[i] == u.greatest_value());
      see(c_limited_below, r.y[i] == -u.greatest_value());
      see(c_relu,
          v.acc[i] < 0 && v.multipliers[i] > 0 && r.y[i] == 0 && c[f_bias] == 0 && c[f_relu] != 0);
      see(c_negative, r.q[i] < 0);
    }
  }

  Shape shape_;
  std::array<int, cases_of_ppu> number_{};  // of a case among those that can be seen, or -1
  std::size_t next_ = 0, taken_ = 0;
  std::array<std::size_t, 5> stages_{none, none, none, none, none};  // commands in the pipeline
  bool offered_ = false;
};

class VsqPpu final : public Unit {
 public:
  std::string name() const override { return "vsq_ppu"; }
  std::string summary() const override {
    return "VS-Quant's post-processing: sums to scaled values, their maximum, its scale, elements";
  }
  std::vector<Parameter> parameters() const override {
    return {{"VectorLength", 16, 1, 64, "sums that become one vector"},
            {"AccumulatorWidth", 24, 16, 40, "bits of a sum"},
            {"OutputWidth", 4, 3, 8, "bits of an element"},
            {"OutputSigned", 1, 0, 1, "0: elements are unsigned, negative values zero"},
            {"ScaleWidth", 4, 2, 8, "bits of a scale"},
            {"FractionBits", 4, 0, 6, "bits of a value below the unit of the coarse scale"},
            {"ScaleFirst", 1, 0, 1, "elements from the quantised scale (B); 0: the exact one (A)"}};
  }
  std::vector<Port> ports(const Parameters& p) const override { return ppu_ports(shape_of(p)); }
  std::vector<std::string> sources() const override {
    return {"requantize/requantize_round.sv",
            "vsq_ppu/vsq_ppu_divide.sv",
            "vsq_ppu/vsq_ppu_reciprocal.sv",
            "vsq_ppu/vsq_ppu_long_division.sv",
            "vsq_ppu/vsq_ppu_ratio.sv",
            "vsq_ppu/vsq_ppu_lane.sv",
            "vsq_ppu/vsq_ppu.sv"};
  }
  std::unique_ptr<Bench> bench(const Parameters& p) const override {
    return std::make_unique<PpuBench>(shape_of(p));
  }
  std::string action() const override { return "vector"; }

  std::vector<Proof> proofs(const Parameters&) const override {
    Proof divide;
    divide.name = "divide";
    divide.claim =
        "the product with the tabled reciprocal is the exact quotient, rounded half to even";
    divide.top = "vsq_ppu_divide_proof";
    divide.sources = {"vsq_ppu/vsq_ppu_reciprocal.sv", "vsq_ppu/vsq_ppu_divide.sv",
                      "vsq_ppu/vsq_ppu_divide_proof.sv"};
    divide.method = ProofMethod::combinational;
    divide.mutation = {"vsq_ppu/vsq_ppu_divide.sv", "!(tie && !halves[1])", "1'b1",
                       "ties are rounded up"};
    Proof ratio;
    ratio.name = "ratio";
    ratio.claim =
        "long division in two stages gives the exact ratio to the largest value, rounded "
        "half to even";
    ratio.top = "vsq_ppu_ratio_proof";
    ratio.sources = {"vsq_ppu/vsq_ppu_long_division.sv", "vsq_ppu/vsq_ppu_ratio.sv",
                     "vsq_ppu/vsq_ppu_ratio_proof.sv"};
    ratio.mutation = {"vsq_ppu/vsq_ppu_ratio.sv", "((rest_second != ValueWidth'(0)) || halves[1])",
                      "1'b1", "ties are rounded up"};
    return {divide, ratio};
  }
};

const UnitRegistration registration(std::make_unique<VsqPpu>());

}  // namespace
}  // namespace mantissa::rtl
