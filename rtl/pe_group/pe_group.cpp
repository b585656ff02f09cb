// SPDX-License-Identifier: Apache-2.0
// The bench of the PE group: dot products by base/numerics/fixed_point.h, time by the stages of
// pe_group.sv. A command is one item; its weights are the item's own. What a command carries are
// int32: the features, then the weights of every row and PE.
#include <algorithm>
#include <array>

#include "base/numerics/fixed_point.h"
#include "rtl/common/pin_bench.h"

namespace mantissa::rtl {
namespace {

using numerics::Overflow;

struct Shape {
  std::uint32_t element = 16, lanes = 2, words = 4, rows = 2, pes = 2, gather = 1;
  numerics::FixedPoint format;

  std::uint32_t per_step() const { return 2 * lanes; }
  std::uint32_t steps() const { return words / 2; }
};

Shape shape_of(const Parameters& p) {
  const auto of = [&](const char* name) { return static_cast<std::uint32_t>(p.at(name)); };
  return {of("ElementWidth"),
          of("Lanes"),
          of("Words"),
          of("Rows"),
          of("Pes"),
          of("Gather"),
          {of("ElementWidth"), of("Fraction"),
           of("Saturate") != 0 ? Overflow::saturate : Overflow::wrap}};
}

std::vector<Port> group_ports(const Shape& s) {
  const auto in = Direction::input, out = Direction::output;
  return {
      {"valid_i", in, 1, "a word of features"},
      {"ready_o", out, 1, "it is taken by all PEs"},
      {"word_i", in, s.lanes * s.element, "the first feature in the low bits"},
      {"last_i", in, 1, "word of the item, whose number of words is even"},
      {"rows_i", in, bits_for(s.rows), "of each PE, with the last word"},
      {"relu_i", in, 1, "negative results become zero; with the last word"},
      {"weight_read_o", out, 1, "weights are asked for"},
      {"weight_row_o", out, bits_for(s.rows), ""},
      {"weight_step_o", out, bits_for(s.steps()), ""},
      {"weights_i", in, s.pes * s.per_step() * s.element, "of the last read; PE 0 in the low bits"},
      {"valid_o", out, 1, "results, five cycles after the last step of their row"},
      {"ready_i", in, 1, ""},
      {"data_o", out, s.gather * s.element, "of Gather PEs, the first in the low bits"},
      {"last_o", out, 1, "word of the item"},
      {"overflows_o", out, 32, "results that wrapped or were limited so far"}};
}
enum {
  valid,
  ready,
  word,
  last,
  rows,
  relu,
  weight_read,
  weight_row,
  weight_step,
  weights,
  out_valid,
  out_ready,
  data,
  out_last,
  overflows
};

enum { f_steps, f_rows, f_relu, f_feature, f_weight, f_seed };
// Of operands; those of `operand` first. A tie: one product, an odd number of halves.
enum { tie = operand_kinds, carried, feature_kinds };

enum {
  c_least,
  c_most,
  c_relu_negative,
  c_relu_positive,
  c_above,
  c_below,
  c_at_once,
  c_still,
  c_taken_meanwhile,
  c_held,
  c_renewed,
  c_gap,
  c_tie_even,
  c_tie_odd,
  c_tie_even_negative,
  c_tie_odd_negative
};

std::vector<std::string> group_cases(const Shape& shape) {
  std::vector<std::string> all = {"two words, one row",
                                  "as many words and rows as may be",
                                  "ReLU of a negative result",
                                  "ReLU of a positive result",
                                  "a result above the most positive",
                                  "a result below the most negative",
                                  "the next item right after the last step",
                                  "PEs stand still",
                                  "features taken meanwhile",
                                  "results held by the other side",
                                  "results that come as the last ones leave",
                                  "no word",
                                  "rounding: tie, floor is even",
                                  "rounding: tie, floor is odd",
                                  "rounding: tie, floor is even, negative",
                                  "rounding: tie, floor is odd, negative"};
  if (shape.format.fraction == 0) all.resize(c_tie_even);
  return all;
}

class PeGroupBench final : public PinBench {
 public:
  explicit PeGroupBench(const Shape& shape)
      : PinBench(group_ports(shape), group_cases(shape)), shape_(shape) {}

  std::vector<Field> fields() const override {
    return {{"steps", 1, std::int64_t{shape_.steps()}, "pairs of words of the item"},
            {"rows", 1, std::int64_t{shape_.rows}, "of each PE"},
            {"relu", 0, 1, ""},
            {"feature", 0, feature_kinds - 1,
             "0, 1, -1, least, greatest, small, any, a tie, carried: operand `seed`"},
            {"weight", 0, operand_kinds - 1, "as features"},
            {"seed", 0, (std::int64_t{1} << 32) - 1, "of features and weights"}};
  }

  std::vector<Command> directed() const override {
    const std::int64_t most = shape_.steps(), all = shape_.rows;
    std::vector<Command> list;
    for (std::int64_t feature = 0; feature < carried; ++feature)
      for (std::int64_t weight = 0; weight < operand_kinds; ++weight)
        list.push_back({1 + (feature + weight) % most, 1 + weight % all, (feature + weight / 2) % 2,
                        feature, weight, feature * 100 + weight});
    for (std::int64_t i = 0; i < 8; ++i) {
      list.push_back({1, 1, 0, tie, 6, 1000 + i});
      list.push_back({1, 1, i % 2, 6, 6, i});
      if (i < 4) list.push_back({most, all, 0, 6, 6, i});
    }
    return list;
  }

  Command random(std::uint64_t number) const override {
    const std::uint64_t key = draw(0x9E6, number);
    Command c = anything(key);
    // Most items are short, most operands any number.
    if (draw(key, 20) % 16 != 0)
      c[f_steps] = 1 + c[f_steps] % std::min<std::int64_t>(shape_.steps(), 3);
    if (draw(key, 21) % 2 != 0) c[f_feature] = c[f_weight] = 6;
    return c;
  }

  void begin(const std::vector<Command>& list, std::uint64_t seed, unsigned stall) override {
    PinBench::begin(list, seed, stall);
    next_ = 0;
    taken_ = row_ = step_ = 0;
    multiplies_ = offered_ = just_ended_ = false;
    stages_.fill(Step{});
    read_ = Step{};
    parts_ = 0;
    overflowed_ = done_ = given_ = 0;
  }

  void drive(const Pins& pins) override {
    clear_inputs(pins);
    ready_ = !holds_back(1);
    put(pins[out_ready], ready_);
    room_ = parts_ == 0 || (parts_ == 1 && ready_);
    moves_ = !(stages_[3].there && stages_[3].row_ends) || room_;
    if (read_.there) {
      for (std::uint32_t p = 0; p < shape_.pes; ++p)
        for (std::uint32_t l = 0; l < shape_.per_step(); ++l)
          put(pins[weights], (p * shape_.per_step() + l) * shape_.element, shape_.element,
              bits(weight(read_.command, read_.row, p, read_.step * shape_.per_step() + l)));
    }
    offered_ = next_ < commands_.size() && !multiplies_ && (offered_ || !holds_back(0));
    put(pins[valid], offered_);
    if (!offered_) return;
    const Command& c = commands_[next_];
    for (std::uint32_t l = 0; l < shape_.lanes; ++l)
      put(pins[word], l * shape_.element, shape_.element,
          bits(feature(next_, taken_ * shape_.lanes + l)));
    ends_ = taken_ + 1 == 2 * static_cast<std::uint32_t>(c[f_steps]);
    put(pins[last], ends_);
    if (!ends_) return;
    put(pins[rows], static_cast<std::uint64_t>(c[f_rows]));
    put(pins[relu], static_cast<std::uint64_t>(c[f_relu]));
  }

  bool check(const Pins& pins, Mismatch& m) override {
    const bool asks = multiplies_ && moves_;
    if (!same(pins, ready, !multiplies_, current(), m)) return false;
    if (!same(pins, weight_read, asks, current(), m)) return false;
    if (asks && !same(pins, weight_row, row_, next_, m)) return false;
    if (asks && !same(pins, weight_step, step_, next_, m)) return false;
    if (!same(pins, out_valid, parts_ > 0, parts_ > 0 ? leaving_.command : current(), m))
      return false;
    if (!same(pins, overflows, std::min<std::uint64_t>(overflowed_, ~std::uint32_t{0}), current(),
              m))
      return false;
    if (parts_ > 0) {
      const std::uint32_t first = shape_.pes - parts_ * shape_.gather;
      for (std::uint32_t g = 0; g < shape_.gather; ++g)
        if (!same(pins, data, g * shape_.element, shape_.element, bits(results_[first + g]),
                  leaving_.command,
                  "row " + std::to_string(leaving_.row) + ", PE " + std::to_string(first + g), m))
          return false;
      if (!same(pins, out_last, leaving_.item_ends && parts_ == 1, leaving_.command, m))
        return false;
    }
    clock(asks);
    return true;
  }

  bool done() const override { return given_ == commands_.size(); }
  std::size_t current() const override {
    return commands_.empty() ? 0 : std::min(given_, commands_.size() - 1);
  }
  std::uint64_t patience(const Command& c) const override {
    const auto steps = static_cast<std::uint64_t>(c[f_steps]);
    return 2 * steps + static_cast<std::uint64_t>(c[f_rows]) * (steps + shape_.pes) + 8;
  }
  std::optional<std::uint64_t> actions() const override { return done_; }

 private:
  struct Step {
    bool there = false, row_ends = false, item_ends = false;
    std::size_t command = 0;
    std::uint32_t row = 0, step = 0;
  };

  std::uint64_t bits(std::int32_t value) const {
    return static_cast<std::uint64_t>(std::int64_t{value});
  }
  std::int32_t any(std::int64_t kind, std::uint64_t from) const {
    return static_cast<std::int32_t>(
        numerics::signed_of(operand(kind, shape_.element, from), shape_.element));
  }

  bool is_carried(const Command& c) const {
    return c[f_feature] == carried && carries(static_cast<std::uint64_t>(c[f_seed]));
  }
  std::int32_t carried_at(const Command& c, std::uint64_t i) const {
    const auto code =
        carried_element<std::uint32_t>(static_cast<std::size_t>(c[f_seed]), std::size_t{i});
    return static_cast<std::int32_t>(numerics::signed_of(code, shape_.element));
  }

  std::int32_t feature(std::size_t command, std::uint32_t number) const {
    const Command& c = commands_[command];
    if (is_carried(c)) return carried_at(c, number);
    const std::uint64_t key = draw(0xFEA7, static_cast<std::uint64_t>(c[f_seed]));
    if (c[f_feature] != tie || shape_.format.fraction == 0)
      return any(std::min<std::int64_t>(c[f_feature], 6), draw(key, number));
    return number == 0 ? ((draw(key, 0) & 1) != 0 ? 3 : 1) : 0;
  }
  std::int32_t weight(std::size_t command, std::uint32_t row, std::uint32_t pe,
                      std::uint32_t number) const {
    const Command& c = commands_[command];
    if (is_carried(c)) {
      const auto count = static_cast<std::uint64_t>(c[f_steps]) * shape_.per_step();
      return carried_at(c, count + (std::uint64_t{row} * shape_.pes + pe) * count + number);
    }
    const std::uint64_t key =
        draw(draw(draw(0x3E16, static_cast<std::uint64_t>(c[f_seed])), row), pe);
    if (c[f_feature] != tie || shape_.format.fraction == 0)
      return any(c[f_weight], draw(key, number));
    const std::int32_t half = std::int32_t{1} << (shape_.format.fraction - 1);
    return (draw(key, 0) & 1) != 0 ? half : -half;
  }

  // The rising edge.
  void clock(bool asks) {
    const bool takes = offered_;
    const bool gathers = moves_ && stages_[3].there && stages_[3].row_ends;
    saw(c_still, !moves_);
    saw(c_taken_meanwhile, !moves_ && takes);
    saw(c_held, parts_ > 0 && !ready_);
    saw(c_renewed, gathers && parts_ > 0);
    saw(c_gap, !multiplies_ && !offered_ && next_ < commands_.size());
    saw(c_at_once, just_ended_ && takes);
    just_ended_ = false;
    if (parts_ > 0 && ready_ && --parts_ == 0 && leaving_.item_ends) ++given_;
    if (gathers) gather(stages_[3]);
    if (moves_) {
      std::copy_backward(stages_.begin(), stages_.end() - 1, stages_.end());
      stages_[0] = Step{};
    }
    if (asks) ask();
    if (takes) take();
    ++cycle_;
  }

  void take() {
    offered_ = false;
    ++taken_;
    if (!ends_) return;
    multiplies_ = true;
    taken_ = 0;
    const Command& c = commands_[next_];
    saw(c_least, c[f_steps] == 1 && c[f_rows] == 1);
    saw(c_most, c[f_steps] == shape_.steps() && c[f_rows] == shape_.rows);
  }

  void ask() {
    const Command& c = commands_[next_];
    const bool row_ends = step_ + 1 == static_cast<std::uint32_t>(c[f_steps]);
    const bool item_ends = row_ends && row_ + 1 == static_cast<std::uint32_t>(c[f_rows]);
    stages_[0] = read_ = {true, row_ends, item_ends, next_, row_, step_};
    ++done_;
    if (++step_; !row_ends) return;
    step_ = 0;
    if (++row_; !item_ends) return;
    row_ = 0;
    multiplies_ = false;
    just_ended_ = true;
    ++next_;
  }

  void gather(const Step& of) {
    const Command& c = commands_[of.command];
    const auto count = static_cast<std::uint32_t>(c[f_steps]) * shape_.per_step();
    std::vector<std::int32_t> x(count), w(count);
    for (std::uint32_t i = 0; i < count; ++i) x[i] = feature(of.command, i);
    results_.clear();
    for (std::uint32_t p = 0; p < shape_.pes; ++p) {
      for (std::uint32_t i = 0; i < count; ++i) w[i] = weight(of.command, of.row, p, i);
      std::int32_t result =
          numerics::dot_product(x.data(), w.data(), count, shape_.format, overflowed_);
      see(x, w, c[f_relu] != 0, result);
      if (c[f_relu] != 0) result = std::max(result, 0);
      results_.push_back(result);
    }
    leaving_ = of;
    parts_ = shape_.pes / shape_.gather;
  }

  void see(const std::vector<std::int32_t>& x, const std::vector<std::int32_t>& w, bool is_relu,
           std::int32_t result) {
    numerics::WideSum sum = 0;
    for (std::size_t i = 0; i < x.size(); ++i) sum += std::int64_t{x[i]} * w[i];
    const unsigned fraction = shape_.format.fraction;
    const bool over = !numerics::fits(numerics::rounded(sum, fraction), shape_.element);
    saw(c_relu_negative, is_relu && result < 0);
    saw(c_relu_positive, is_relu && result > 0);
    saw(c_above, over && sum > 0);
    saw(c_below, over && sum < 0);
    if (fraction == 0) return;
    const numerics::WideSum floor = sum >> fraction;
    const bool is_tie = sum - (floor << fraction) == numerics::WideSum{1} << (fraction - 1);
    const bool odd = (floor & 1) != 0;
    saw(c_tie_even, is_tie && !odd && sum > 0);
    saw(c_tie_odd, is_tie && odd && sum > 0);
    saw(c_tie_even_negative, is_tie && !odd && sum < 0);
    saw(c_tie_odd_negative, is_tie && odd && sum < 0);
  }

  Shape shape_;
  std::size_t next_ = 0, given_ = 0;              // the item in the group; those that have left it
  std::uint32_t taken_ = 0, row_ = 0, step_ = 0;  // words of it; the step that comes
  std::array<Step, 4> stages_;                    // features, products, their sums, sums of a row
  Step read_, leaving_;      // whose weights were read last; whose results leave
  std::uint32_t parts_ = 0;  // words of results that are left
  std::vector<std::int32_t> results_;
  std::uint64_t overflowed_ = 0, done_ = 0;
  bool multiplies_ = false, offered_ = false, ends_ = false, just_ended_ = false;
  bool ready_ = false, room_ = false, moves_ = false;
};

class PeGroup final : public Unit {
 public:
  std::string name() const override { return "pe_group"; }
  std::string summary() const override {
    return "fully connected layer in fixed point, item by item: broadcast, PEs, gather";
  }
  std::vector<Parameter> parameters() const override {
    return {
        {"ElementWidth", 16, 4, 32, "bits of features, weights and results"},
        {"Lanes", 2, 1, 16384, "elements of a word of features; a PE multiplies two words a cycle"},
        {"Words", 4, 2, 65536, "of an item's features at most, even"},
        {"Rows", 2, 1, 65536, "neurons of a PE, at most"},
        {"Pes", 2, 1, 256, "processing elements"},
        {"Gather", 1, 1, 256, "results that leave in a cycle; divides Pes"},
        {"Fraction", 8, 0, 31, "bits behind the point"},
        {"Saturate", 1, 0, 1, "0: results wrap, 1: they end at the bound"}};
  }
  std::string objection(const Parameters& p) const override {
    if (p.at("Words") % 2 != 0) return "Words is even";
    if (p.at("Pes") % p.at("Gather") != 0) return "Gather divides Pes";
    if (p.at("Fraction") >= p.at("ElementWidth")) return "Fraction is below ElementWidth";
    return {};
  }
  std::vector<Port> ports(const Parameters& p) const override { return group_ports(shape_of(p)); }
  std::vector<std::string> sources() const override {
    return {"pe_group/pe_group_round.sv", "pe_group/pe_group_pe.sv", "pe_group/pe_group.sv"};
  }
  std::unique_ptr<Bench> bench(const Parameters& p) const override {
    return std::make_unique<PeGroupBench>(shape_of(p));
  }
  std::string action() const override { return "step"; }

  std::vector<Proof> proofs(const Parameters&) const override {
    Proof rounding;
    rounding.name = "rounding";
    rounding.claim = "sums are rounded once, half to even, then limited or wrapped; ReLU";
    rounding.top = "pe_group_round_proof";
    rounding.sources = {"pe_group/pe_group_round.sv", "pe_group/pe_group_round_proof.sv"};
    rounding.parameters = {{"SumWidth", 37}, {"ElementWidth", 16}, {"Fraction", 8}};
    rounding.method = ProofMethod::combinational;
    rounding.mutation = {"pe_group/pe_group_round.sv", "half && (more || floor[0])", "half",
                         "halves are rounded up"};
    Proof tree;
    tree.name = "tree";
    tree.claim = "the tree adds all products of a step, the row all its steps, exactly";
    tree.top = "pe_group_pe";
    tree.sources = {"pe_group/pe_group_round.sv", "pe_group/pe_group_pe.sv"};
    tree.parameters = {{"ElementWidth", 4}, {"Lanes", 2}, {"Fraction", 2}, {"SumWidth", 12}};
    tree.depth = 2;
    tree.mutation = {"pe_group/pe_group_pe.sv", "first_tree_q ? tree : sum_q + tree",
                     "sum_q + tree", "a row that begins with the sum of the last one"};
    Proof interval;
    interval.name = "interval";
    interval.claim =
        "an item of 2n words and r rows takes 2n + r n cycles when nothing waits; results that are "
        "held stay";
    interval.top = name();
    interval.sources = sources();
    interval.parameters = {{"ElementWidth", 4}, {"Lanes", 1},  {"Words", 6},   {"Rows", 3},
                           {"Pes", 2},          {"Gather", 1}, {"Fraction", 2}};
    interval.depth = 2;
    interval.mutation = {"pe_group/pe_group.sv", "(row_q == rows_q - RowsWidth'(1))",
                         "(row_q == rows_q)", "a row too many"};
    return {rounding, tree, interval};
  }
};

const UnitRegistration registration(std::make_unique<PeGroup>());

}  // namespace
}  // namespace mantissa::rtl
