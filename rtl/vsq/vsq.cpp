// SPDX-License-Identifier: Apache-2.0
// The bench of the vector MAC: arithmetic by base/numerics/quantize/vector_mac.h, time by the three
// stages of vsq.sv. A command is one vector.
#include <algorithm>
#include <array>

#include "base/numerics/quantize/vector_mac.h"
#include "rtl/common/pin_bench.h"
#include "rtl/vsq/vsq_pin.h"

namespace mantissa::rtl {
namespace {

using numerics::VectorMac;

VectorMac mac_of(const Parameters& p) {
  const auto number = [&](const char* name) { return static_cast<int>(p.at(name)); };
  VectorMac mac;
  mac.weight_bits = number("WeightWidth");
  mac.activation_bits = number("ActivationWidth");
  mac.activation_signed = number("ActivationSigned") == 1;
  mac.weight_scale_bits = number("WeightScaleWidth");
  mac.activation_scale_bits = number("ActivationScaleWidth");
  mac.product_bits = number("ProductWidth");
  mac.vector_length = p.at("VectorLength");
  mac.accumulator_bits = number("AccumulatorWidth");
  mac.on_overflow =
      number("Saturate") == 1 ? numerics::OnOverflow::saturate : numerics::OnOverflow::wrap;
  return mac;
}

std::uint32_t unsigned_of(std::int64_t x) { return static_cast<std::uint32_t>(x); }

std::vector<Port> vsq_ports(const VectorMac& mac) {
  const auto in = Direction::input, out = Direction::output;
  const auto v = unsigned_of(mac.vector_length);
  return {
      {"valid_i", in, 1, "a vector is offered, and taken"},
      {"clear_i", in, 1, "it starts a sum"},
      {"w_i", in, v * unsigned_of(mac.weight_bits), "signed weights, element 0 in the low bits"},
      {"a_i", in, v * unsigned_of(mac.activation_bits), "activations"},
      {"sw_i", in, unsigned_of(std::max(mac.weight_scale_bits, 1)), "scale of the weights"},
      {"sa_i", in, unsigned_of(std::max(mac.activation_scale_bits, 1)), "of the activations"},
      {"valid_o", out, 1, "a vector has been dealt with, three cycles after it was taken"},
      {"gated_o", out, 1, "its scale product was zero: nothing was computed"},
      {"overflow_o", out, 1, "the last sum saturated or wrapped"},
      {"acc_o", out, unsigned_of(mac.accumulator_bits), "signed sum"}};
}
using namespace vsq_pin;

enum { f_clear, f_weights, f_activations, f_sw, f_sa, f_seed };

// Of elements: what rtl/common/pin_bench.h has, all elements alike but small and any; or what the
// run carries along.
enum { zeros, ones, minus_ones, least, greatest, small, any, carried };

enum Case {
  c_clear,
  c_onto,
  c_gap,
  c_back_to_back,
  c_gated,
  c_gated_clear,
  c_rounded_to_zero,
  c_rounded_down,
  c_tie,
  c_product_saturated,
  c_overflow_up,
  c_overflow_down,
  c_least_dot,
  c_greatest_dot,
  cases_of_vsq
};

const char* text_of(Case which) {
  static constexpr std::array<const char*, cases_of_vsq> texts = {
      "sum: started",
      "sum: onto the sum so far",
      "no vector",
      "vectors without a gap",
      "scale product of zero: gated",
      "gated where a sum starts",
      "scales above zero whose product rounds to zero",
      "scale product: rounded down",
      "scale product: a tie, rounded up",
      "scale product: saturated",
      "overflow: above the greatest sum",
      "overflow: below the least sum",
      "all products negative and largest",
      "all products positive and largest"};
  return texts[which];
}

class VsqBench final : public PinBench {
 public:
  explicit VsqBench(const VectorMac& mac)
      : PinBench(vsq_ports(mac), names_of(possible(mac))), mac_(mac) {
    number_.fill(-1);
    int count = 0;
    for (const Case c : possible(mac)) number_[c] = count++;
  }

  std::vector<Field> fields() const override {
    return {{"clear", 0, 1, "1: starts a sum"},
            {"weights", 0, carried, "0, 1, -1, least, greatest, small, any, carried"},
            {"activations", 0, carried, "0, 1, -1, least, greatest, small, any, carried"},
            {"sw", 0, greatest_scale(mac_.weight_scale_bits), ""},
            {"sa", 0, greatest_scale(mac_.activation_scale_bits), ""},
            {"seed", 0, (std::int64_t{1} << 32) - 1, "of elements; carried: which pair of them"}};
  }

  std::vector<Command> directed() const override {
    const std::int64_t top_w = greatest_scale(mac_.weight_scale_bits);
    const std::int64_t top_a = greatest_scale(mac_.activation_scale_bits);
    std::vector<Command> list;
    // Every kind of elements with every other.
    for (std::int64_t x = 0; x <= any; ++x)
      for (std::int64_t y = 0; y <= any; ++y)
        for (const std::int64_t starts : {1, 0}) list.push_back({starts, x, y, top_w, top_a, x});
    // Scales: all of them where they are few, else their ends and some between.
    for (const std::int64_t x : some_scales(top_w))
      for (const std::int64_t y : some_scales(top_a))
        list.push_back({(x ^ y) & 1, any, any, x, y, x * 4096 + y});
    // Sums up to the ends of the accumulator and beyond, with scale products that leave it there.
    for (const std::int64_t weights : {greatest, least})
      for (std::int64_t i = 0; i <= std::min<std::int64_t>(vectors_to_overflow(mac_), most_vectors);
           ++i)
        list.push_back({i == 0, weights, greatest, top_w, top_a, 0});
    return list;
  }

  Command random(std::uint64_t number) const override {
    const std::uint64_t key = draw(0x5C, number);
    const auto below = [&](std::uint64_t i, std::int64_t n) {
      return static_cast<std::int64_t>(draw(key, i) % static_cast<std::uint64_t>(n));
    };
    const auto scale = [&](std::uint64_t i, int bits) {
      const std::int64_t top = greatest_scale(bits), kind = below(i, 8);
      return kind == 0   ? 0
             : kind == 1 ? top
             : kind == 2 ? below(i + 1, std::min<std::int64_t>(top, 7) + 1)
                         : below(i + 1, top + 1);
    };
    return {below(0, 32) == 0 ? 1 : 0,
            below(1, 2) == 0 ? static_cast<std::int64_t>(any) : below(2, any + 1),
            below(3, 2) == 0 ? static_cast<std::int64_t>(any) : below(4, any + 1),
            scale(5, mac_.weight_scale_bits),
            scale(7, mac_.activation_scale_bits),
            below(9, std::int64_t{1} << 32)};
  }

  // Vectors whose scale product is above zero, and those that are gated. The mean over a random run
  // has both, in shares that no chip has.
  std::vector<std::string> operations() const override {
    if (mac_.full_product_bits() == 0) return {};
    return {"vector", "gated_vector"};
  }
  Command as_operation(Command command, std::size_t operation) const override {
    const auto product = [&] {
      const auto factor = [](std::int64_t scale, int bits) {
        return bits == 0 ? 1u : unsigned_of(scale);
      };
      return numerics::rounded_scale_product(mac_, factor(command[f_sw], mac_.weight_scale_bits),
                                             factor(command[f_sa], mac_.activation_scale_bits));
    };
    const std::int64_t top_w = greatest_scale(mac_.weight_scale_bits);
    const std::int64_t top_a = greatest_scale(mac_.activation_scale_bits);
    if (operation == 1) {
      for (const auto one : {f_sw, f_sa})
        if (product() != 0) command[one] = 0;
      return command;
    }
    // Larger in small steps, so that small scales stay among them.
    while (product() == 0) {
      command[f_sw] = std::min(top_w, 2 * command[f_sw] + 1);
      command[f_sa] = std::min(top_a, 2 * command[f_sa] + 1);
    }
    return command;
  }

  // A byte per element: weights, activations, weights ...

  void begin(const std::vector<Command>& commands, std::uint64_t seed, unsigned stall) override {
    PinBench::begin(commands, seed, stall);
    next_ = taken_ = 0;
    stages_.fill(none);
    shown_ = {};
  }

  void drive(const Pins& pins) override {
    clear_inputs(pins);
    offered_ = next_ < commands_.size() && !holds_back(0);
    put(pins[valid], offered_);
    // What must not get in, where there is no vector.
    const Command command = offered_ ? commands_[next_] : random(draw(seed_, cycle_));
    put(pins[clear], static_cast<std::uint64_t>(command[f_clear]));
    put(pins[sw], static_cast<std::uint64_t>(command[f_sw]));
    put(pins[sa], static_cast<std::uint64_t>(command[f_sa]));
    for (std::int64_t i = 0; i < mac_.vector_length; ++i) {
      const auto at = unsigned_of(i);
      const auto weight_width = unsigned_of(mac_.weight_bits);
      const auto activation_width = unsigned_of(mac_.activation_bits);
      put(pins[w], at * weight_width, weight_width, static_cast<std::uint64_t>(weight(command, i)));
      put(pins[a], at * activation_width, activation_width,
          static_cast<std::uint64_t>(activation(command, i)));
    }
  }

  bool check(const Pins& pins, Mismatch& mismatch) override {
    const std::size_t command = taken_ == 0 ? 0 : taken_ - 1;
    if (!same(pins, out_valid, shown_.valid, command, mismatch)) return false;
    if (!same(pins, gated, shown_.gated, command, mismatch)) return false;
    if (!same(pins, overflow, shown_.overflow, command, mismatch)) return false;
    if (!same(pins, acc, static_cast<std::uint64_t>(shown_.acc), command, mismatch)) return false;
    clock();
    return true;
  }

  // The sum of the last vector shows, and has been compared, once its cycle is over.
  bool done() const override { return taken_ == commands_.size() && !shown_.valid; }
  std::size_t current() const override {
    return commands_.empty() ? 0 : std::min(taken_, commands_.size() - 1);
  }
  std::uint64_t patience(const Command&) const override { return 4; }
  std::optional<std::uint64_t> actions() const override { return taken_; }

 private:
  static constexpr std::size_t none = ~std::size_t{0};
  static constexpr std::int64_t most_vectors = 3000;  // of a directed sum

  struct Outputs {
    bool valid = false, gated = false, overflow = false;
    std::int64_t acc = 0;
  };

  static std::int64_t greatest_scale(int bits) { return bits ? (std::int64_t{1} << bits) - 1 : 0; }

  // The greatest scale product before it is rounded.
  static std::int64_t full_top(const VectorMac& mac) {
    return std::max<std::int64_t>(greatest_scale(mac.weight_scale_bits), 1) *
           std::max<std::int64_t>(greatest_scale(mac.activation_scale_bits), 1);
  }
  static std::int64_t greatest_activation(const VectorMac& mac) {
    return (std::int64_t{1} << (mac.activation_bits - (mac.activation_signed ? 1 : 0))) - 1;
  }
  static std::int64_t top_product(const VectorMac& mac) {
    return numerics::rounded_scale_product(mac, unsigned_of(greatest_scale(mac.weight_scale_bits)),
                                           unsigned_of(greatest_scale(mac.activation_scale_bits)));
  }
  // Of greatest elements and scales, one after the other.
  static std::int64_t vectors_to_overflow(const VectorMac& mac) {
    const std::int64_t weight = (std::int64_t{1} << (mac.weight_bits - 1)) - 1;
    const std::int64_t term =
        mac.vector_length * weight * greatest_activation(mac) * top_product(mac);
    return mac.greatest_sum() / term + 1;
  }

  // What these parameters can show at all.
  static std::vector<Case> possible(const VectorMac& mac) {
    std::vector<Case> all = {c_clear, c_onto, c_gap, c_back_to_back, c_least_dot, c_greatest_dot};
    const int k = mac.shift();
    const bool scaled = mac.full_product_bits() > 0;
    if (scaled) all.insert(all.end(), {c_gated, c_gated_clear});
    if (k >= 2) all.push_back(c_rounded_to_zero);
    const bool both = mac.weight_scale_bits > 0 && mac.activation_scale_bits > 0;
    if (k >= 2 || (k == 1 && both)) all.push_back(c_tie);
    if (k >= 2) all.push_back(c_rounded_down);
    if (k > 0 && ((full_top(mac) + (std::int64_t{1} << (k - 1))) >> k) >> mac.product_bits)
      all.push_back(c_product_saturated);
    if (vectors_to_overflow(mac) <= most_vectors)
      all.insert(all.end(), {c_overflow_up, c_overflow_down});
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

  static std::vector<std::int64_t> some_scales(std::int64_t top) {
    std::vector<std::int64_t> list;
    for (std::int64_t x = 0; x <= top; x += x < 16 || x > top - 4 ? 1 : top / 16) list.push_back(x);
    return list;
  }

  // An element of `width` bits by kind, as its bits.
  static std::uint64_t element(std::int64_t kind, int width, bool is_signed, std::uint64_t bits) {
    if (is_signed || kind == zeros || kind == ones || kind == any)
      return operand(kind, static_cast<unsigned>(width), bits);
    const std::uint64_t top = (std::uint64_t{1} << width) - 1;
    return kind == least ? 0 : kind == small ? bits & 3 : top;
  }
  std::uint64_t carried_by(const Command& c, std::size_t side, std::int64_t i) const {
    return carried_element<std::uint8_t>(2 * static_cast<std::size_t>(c[f_seed]) + side,
                                         static_cast<std::size_t>(i));
  }
  std::int64_t weight(const Command& c, std::int64_t i) const {
    if (c[f_weights] == carried) return sign_extended(carried_by(c, 0, i), mac_.weight_bits);
    const std::uint64_t bits =
        draw(draw(1, static_cast<std::uint64_t>(c[f_seed])), static_cast<std::uint64_t>(i));
    return sign_extended(element(c[f_weights], mac_.weight_bits, true, bits), mac_.weight_bits);
  }
  std::int64_t activation(const Command& c, std::int64_t i) const {
    const std::uint64_t bits =
        draw(draw(2, static_cast<std::uint64_t>(c[f_seed])), static_cast<std::uint64_t>(i));
    const std::uint64_t x =
        c[f_activations] == carried
            ? carried_by(c, 1, i) & ((std::uint64_t{1} << mac_.activation_bits) - 1)
            : element(c[f_activations], mac_.activation_bits, mac_.activation_signed, bits);
    return mac_.activation_signed ? sign_extended(x, mac_.activation_bits)
                                  : static_cast<std::int64_t>(x);
  }
  static std::int64_t sign_extended(std::uint64_t bits, int width) {
    return static_cast<std::int64_t>(bits << (64 - width)) >> (64 - width);
  }

  // The rising edge.
  void clock() {
    ++cycle_;
    see(c_gap, !offered_ && next_ < commands_.size());
    see(c_back_to_back, offered_ && stages_[0] != none);
    shown_.valid = stages_[1] != none;
    shown_.gated = false;
    if (shown_.valid) add(commands_[stages_[1]]);
    stages_[1] = stages_[0];
    stages_[0] = offered_ ? next_++ : none;
  }

  void add(const Command& c) {
    const auto p =
        numerics::rounded_scale_product(mac_, unsigned_of(c[f_sw]), unsigned_of(c[f_sa]));
    const bool starts = c[f_clear] != 0;
    std::uint64_t overflows = 0;
    std::int64_t dot = 0;
    for (std::int64_t i = 0; i < mac_.vector_length; ++i) dot += weight(c, i) * activation(c, i);
    const std::int64_t before = starts ? 0 : shown_.acc;
    shown_.gated = p == 0;
    shown_.acc = p == 0 ? before : numerics::accumulated(mac_, before, dot * p, overflows);
    shown_.overflow = overflows > 0;
    ++taken_;
    see(c_clear, starts);
    see(c_onto, !starts);
    see(c_gated, p == 0);
    see(c_gated_clear, p == 0 && starts);
    see(c_overflow_up, overflows > 0 && dot > 0);
    see(c_overflow_down, overflows > 0 && dot < 0);
    const std::int64_t low = -(std::int64_t{1} << (mac_.weight_bits - 1));
    const std::int64_t high = greatest_activation(mac_);
    see(c_least_dot, dot == mac_.vector_length * low * high);
    see(c_greatest_dot, dot == mac_.vector_length * (mac_.activation_signed ? low * (-high - 1)
                                                                            : (-low - 1) * high));
    see_scale(c, p);
  }

  void see_scale(const Command& c, std::uint32_t p) {
    const int k = mac_.shift();
    if (k == 0) return;
    const std::int64_t full =
        (mac_.weight_scale_bits ? c[f_sw] : 1) * (mac_.activation_scale_bits ? c[f_sa] : 1);
    const std::int64_t half = std::int64_t{1} << (k - 1), rest = full & (2 * half - 1);
    see(c_rounded_to_zero, full > 0 && p == 0);
    see(c_rounded_down, full > 0 && rest != 0 && rest < half);
    see(c_tie, rest == half);
    see(c_product_saturated, (full + half) >> k > std::int64_t{p});
  }

  VectorMac mac_;
  std::array<int, cases_of_vsq> number_{};  // of a case among those that can be seen, or -1
  std::size_t next_ = 0, taken_ = 0;
  std::array<std::size_t, 2> stages_{none, none};  // commands whose operands, dot product are held
  Outputs shown_;
  bool offered_ = false;
};

class Vsq final : public Unit {
 public:
  std::string name() const override { return "vsq"; }
  std::string summary() const override {
    return "VS-Quant's vector MAC: dot products times rounded scale products, gated where these "
           "are zero";
  }
  std::vector<Parameter> parameters() const override {
    return {{"VectorLength", 16, 1, 64, "V, elements that share a scale"},
            {"WeightWidth", 4, 2, 8, "bits of a weight"},
            {"ActivationWidth", 4, 2, 8, "bits of an activation"},
            {"ActivationSigned", 1, 0, 1, "0: activations are unsigned"},
            {"WeightScaleWidth", 4, 0, 10, "bits of a scale; 0: none"},
            {"ActivationScaleWidth", 4, 0, 10, "bits of a scale; 0: none"},
            {"ProductWidth", 0, 0, 20, "bits that the scale product is rounded to; 0: all"},
            {"AccumulatorWidth", 24, 8, 48, "bits of the sum"},
            {"Saturate", 1, 0, 1, "0: sums wrap"}};
  }
  std::string objection(const Parameters& p) const override {
    if (p.at("ProductWidth") > p.at("WeightScaleWidth") + p.at("ActivationScaleWidth"))
      return "ProductWidth is at most WeightScaleWidth + ActivationScaleWidth";
    return {};
  }
  std::vector<Port> ports(const Parameters& p) const override { return vsq_ports(mac_of(p)); }
  std::vector<std::string> sources() const override {
    return {"vsq/vsq_product.sv", "vsq/vsq_dot.sv", "vsq/vsq_scale.sv", "vsq/vsq_accumulate.sv",
            "vsq/vsq.sv"};
  }
  std::unique_ptr<Bench> bench(const Parameters& p) const override {
    return std::make_unique<VsqBench>(mac_of(p));
  }
  std::string action() const override { return "vector"; }

  std::vector<Proof> proofs(const Parameters&) const override {
    Proof dot;
    dot.name = "dot";
    dot.claim = "the dot product is the exact sum of products, of signed activations";
    dot.top = "vsq_dot_proof";
    dot.sources = {"vsq/vsq_product.sv", "vsq/vsq_dot.sv", "vsq/vsq_dot_proof.sv"};
    dot.parameters = {{"VectorLength", 4}, {"WeightWidth", 3}, {"ActivationWidth", 4}};
    dot.method = ProofMethod::combinational;
    dot.mutation = {"vsq/vsq_product.sv", "assign w = w_i;",
                    "assign w = {1'b0, w_i[WeightWidth-2:0]};", "the sign of weights is lost"};
    Proof unsigned_dot = dot;
    unsigned_dot.name = "dot_unsigned";
    unsigned_dot.claim = "the dot product is the exact sum of products, of unsigned activations";
    unsigned_dot.parameters["ActivationSigned"] = 0;
    unsigned_dot.mutation = {"vsq/vsq_product.sv", "= {1'b0, a_i}", "= {a_i[0], a_i}",
                             "an odd activation is negative"};
    Proof scale;
    scale.name = "scale";
    scale.claim = "the scale product is rounded half up and saturated, for all scales";
    scale.top = "vsq_scale_proof";
    scale.sources = {"vsq/vsq_scale.sv", "vsq/vsq_scale_proof.sv"};
    scale.parameters = {{"WeightScaleWidth", 6}, {"ActivationScaleWidth", 10}, {"ProductWidth", 2}};
    scale.method = ProofMethod::combinational;
    scale.mutation = {"vsq/vsq_scale.sv", "(FullWidth+1)'(1) << (Shift - 1)",
                      "(FullWidth+1)'(0) << (Shift - 1)", "the product is cut off"};
    Proof sum;
    sum.name = "sum";
    sum.claim = "acc + dot * p is exact where it fits and saturates where it does not";
    sum.top = "vsq_accumulate_proof";
    sum.sources = {"vsq/vsq_accumulate.sv", "vsq/vsq_accumulate_proof.sv"};
    sum.method = ProofMethod::combinational;
    sum.mutation = {"vsq/vsq_accumulate.sv", "{sum[SumWidth-1], {(Width-1)", "{1'b0, {(Width-1)",
                    "negative sums saturate upwards"};
    Proof gate;
    gate.name = "gate";
    gate.claim = "a vector whose scale product is zero moves no operand and adds nothing";
    gate.top = name();
    gate.sources = sources();
    gate.parameters = {{"VectorLength", 2},     {"WeightWidth", 2},          {"ActivationWidth", 2},
                       {"WeightScaleWidth", 2}, {"ActivationScaleWidth", 2}, {"ProductWidth", 2},
                       {"AccumulatorWidth", 8}};
    gate.depth = 3;
    gate.mutation = {"vsq/vsq.sv", "valid_i && (p != ScalePort'(0))", "valid_i",
                     "operands enter whatever their scales are"};
    return {dot, unsigned_dot, scale, sum, gate};
  }
};

const UnitRegistration registration(std::make_unique<Vsq>());

}  // namespace
}  // namespace mantissa::rtl
