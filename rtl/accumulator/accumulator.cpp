// SPDX-License-Identifier: Apache-2.0
// The bench of the accumulators: sums by base/numerics (wrapping.h, pointwise.h), ports by the
// timing of accumulator.sv. Sums and drains have ports of their own and keep their order in the
// list of commands as far as it shows: a drain is requested when all sums before it have been
// given, a sum is given when all drains before it have been requested, taken or not. The first sum
// of a row overwrites it whatever the command says, since the row holds nothing before.
#include <algorithm>
#include <cstring>
#include <deque>
#include <optional>

#include "base/numerics/float_bits.h"
#include "base/numerics/pointwise.h"
#include "base/numerics/wrapping.h"
#include "rtl/common/fp32_cases.h"
#include "rtl/common/pin_bench.h"

namespace mantissa::rtl {
namespace {

struct Shape {
  std::int64_t rows, columns, banks, counter_width;
  bool fp32;
};

Shape shape_of(const Parameters& p) {
  return {p.at("Rows"), p.at("Columns"), p.at("Banks"), p.at("CounterWidth"), p.at("Format") == 1};
}

std::vector<Port> accumulator_ports(const Shape& s) {
  const auto in = Direction::input, out = Direction::output;
  const auto width = static_cast<std::uint32_t>(s.columns) * 32;
  const std::uint32_t bank = bits_for(static_cast<std::uint64_t>(s.banks) - 1),
                      row = bits_for(static_cast<std::uint64_t>(s.rows) - 1);
  return {{"valid_i", in, 1, "a row to add; always taken"},
          {"first_i", in, 1, "overwrites instead"},
          {"bank_i", in, bank, ""},
          {"row_i", in, row, ""},
          {"data_i", in, width, "column 0 in the low bits"},
          {"drain_valid_i", in, 1, "a row to give out"},
          {"drain_ready_o", out, 1, "low while a sum reads the bank or the output is held"},
          {"drain_bank_i", in, bank, ""},
          {"drain_row_i", in, row, ""},
          {"valid_o", out, 1, ""},
          {"ready_i", in, 1, ""},
          {"data_o", out, width, ""},
          {"overflows_o", out, static_cast<std::uint32_t>(s.counter_width),
           "int32 sums that wrapped since reset; stays at its maximum"}};
}
enum {
  valid,
  first,
  bank,
  row,
  data,
  drain_valid,
  drain_ready,
  drain_bank,
  drain_row,
  out_valid,
  out_ready,
  out_data,
  overflows
};

enum { f_drain, f_first, f_bank, f_row, f_kind, f_seed };

enum {
  c_overwrite,
  c_add,
  c_again,
  c_overwrite_again,
  c_once_more,
  c_drain,
  c_drain_at_once,
  c_both,
  c_both_same_row,
  c_refused,
  c_held,
  c_in_a_row,
  c_gap,
  c_formats,
  c_overflow_up = c_formats,
  c_overflow_down,
  c_saturated
};

const std::vector<std::string>& accumulator_cases() {
  static const std::vector<std::string> all = {"sum: overwrites",
                                               "sum: adds",
                                               "sum: onto the row of the cycle before",
                                               "sum: overwrites the row of the cycle before",
                                               "sum: onto the row of two cycles before",
                                               "drain: a row",
                                               "drain: the row that is being added",
                                               "drain and sum in one cycle",
                                               "drain and sum of one row in one cycle",
                                               "drain waits for a sum that reads its bank",
                                               "output held by the other side",
                                               "drain: rows in consecutive cycles",
                                               "no sum"};
  return all;
}

std::vector<std::string> cases_of(const Shape& s) {
  std::vector<std::string> all = accumulator_cases();
  std::vector<std::string> more = {"overflow: above the most positive",
                                   "overflow: below the most negative"};
  // A counter of 32 bits does not come to its end in a run.
  if (s.counter_width <= 8) more.emplace_back("overflows: counter at its maximum");
  if (s.fp32) more = fp32_sum_cases();
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

class AccumulatorBench : public PinBench {
 public:
  explicit AccumulatorBench(const Shape& shape)
      : PinBench(accumulator_ports(shape), cases_of(shape)), shape_(shape) {}

  std::vector<Field> fields() const override {
    return {{"drain", 0, 1, "1: give a row out, 0: add one"},
            {"first", 0, 1, "1: overwrite"},
            {"bank", 0, shape_.banks - 1, ""},
            {"row", 0, shape_.rows - 1, ""},
            {"kind", 0, operand_kinds,
             std::string("of the data: ") +
                 (shape_.fp32 ? fp32_operand_kinds : "0, 1, -1, least, greatest, small, any") +
                 ", carried"},
            {"seed", 0, (std::int64_t{1} << 32) - 1, "of the data; carried: which of them"}};
  }

  std::vector<Command> directed() const override {
    std::vector<Command> list;
    const std::int64_t last_bank = shape_.banks - 1, last_row = shape_.rows - 1;
    // Every row of every bank, overwritten, added to, given out while the next is added.
    for (std::int64_t b = 0; b < shape_.banks; ++b)
      for (std::int64_t pass = 0; pass < 3; ++pass)
        for (std::int64_t r = 0; r < shape_.rows; ++r)
          list.push_back({0, pass == 0 ? 1 : 0, b, r, 6, pass * 1000 + r});
    for (std::int64_t b = 0; b < shape_.banks; ++b)
      for (std::int64_t r = 0; r < shape_.rows; ++r) {
        list.push_back({1, 0, b, r, 0, 0});
        list.push_back({0, 0, last_bank - b, last_row - r, 6, r});
      }
    // Extremes added to extremes, onto one row in consecutive cycles.
    for (std::int64_t a = 0; a < operand_kinds; ++a)
      for (std::int64_t b = 0; b < operand_kinds; ++b) {
        list.push_back({0, 1, 0, 0, a, a});
        list.push_back({0, 0, 0, 0, b, b});
        list.push_back({1, 0, 0, 0, 0, 0});
        list.push_back({0, 0, 0, 0, b, b + 1});
        list.push_back({0, 0, last_bank, last_row, a, b});
        list.push_back({0, 0, 0, 0, a, a + 1});
        list.push_back({1, 0, 0, 0, 0, 0});
        list.push_back({0, 1, 0, 0, b, 3});
        list.push_back({0, 1, 0, 0, a, 3});
        list.push_back({1, 0, 0, 0, 0, 0});
      }
    for (std::int64_t r = 0; r < 64; ++r) list.push_back({1, 0, 0, r % shape_.rows, 0, 0});
    return list;
  }

  Command random(std::uint64_t number) const override {
    const auto below = [&](std::uint64_t i, std::int64_t n) {
      return static_cast<std::int64_t>(draw(draw(0xACC, number), i) %
                                       static_cast<std::uint64_t>(n));
    };
    // Few rows, so that accesses meet.
    const std::int64_t near = std::min<std::int64_t>(shape_.rows, 3);
    return {below(0, 3) == 0 ? 1 : 0, below(1, 4) == 0 ? 1 : 0,
            below(2, shape_.banks),   below(3, 4) != 0 ? below(4, near) : below(4, shape_.rows),
            below(5, operand_kinds),  below(6, std::int64_t{1} << 32)};
  }

  void begin(const std::vector<Command>& commands, std::uint64_t seed, unsigned stall) override {
    PinBench::begin(commands, seed, stall);
    next_ = 0;
    rows_.assign(static_cast<std::size_t>(shape_.banks * shape_.rows), std::nullopt);
    sum_.reset();
    requested_.reset();
    answer_.reset();
    adding_ = before_ = -1;
    // The design was reset: so is its counter, and what is being counted.
    counted_ = counting_ = 0;
    drained_ = false;
    sums_ = 0;
  }

  void drive(const Pins& pins) override {
    clear_inputs(pins);
    // A request that was not taken stays. Then come, in order, at most one request and one sum.
    if (!requested_ && next_ < commands_.size() && is_drain(next_) && !holds_back(0))
      requested_ = next_++;
    sum_.reset();
    if (next_ < commands_.size() && !is_drain(next_) && !holds_back(1)) sum_ = next_++;
    ready_ = !holds_back(2);
    put(pins[out_ready], ready_);
    if (requested_) {
      const Command& c = commands_[*requested_];
      put(pins[drain_valid], 1);
      put(pins[drain_bank], static_cast<std::uint64_t>(c[f_bank]));
      put(pins[drain_row], static_cast<std::uint64_t>(c[f_row]));
    }
    if (sum_) {
      const Command& c = commands_[*sum_];
      put(pins[valid], 1);
      sum_first_ = c[f_first] != 0 || !rows_[static_cast<std::size_t>(place(c))];
      put(pins[first], sum_first_);
      put(pins[bank], static_cast<std::uint64_t>(c[f_bank]));
      put(pins[row], static_cast<std::uint64_t>(c[f_row]));
      for (std::int64_t i = 0; i < shape_.columns; ++i)
        put(pins[data], static_cast<std::uint32_t>(i * 32), 32, element(c, i));
    }
  }

  bool check(const Pins& pins, Mismatch& m) override {
    const bool reads = sum_ && !sum_first_;
    // Without a request or a sum their addresses are zero on the pins.
    const std::int64_t wanted = requested_ ? commands_[*requested_][f_bank] : 0;
    const bool conflict = reads && commands_[*sum_][f_bank] == wanted;
    const bool room = !answer_ || ready_;
    if (!same(pins, drain_ready, room && !conflict, current(), m)) return false;
    if (!same(pins, out_valid, answer_.has_value(), answer_ ? answer_->command : current(), m))
      return false;
    if (!same(pins, overflows, counted_, current(), m)) return false;
    if (answer_ && answer_->values)
      for (std::int64_t i = 0; i < shape_.columns; ++i)
        if (!same(pins, out_data, static_cast<std::uint32_t>(i * 32), 32,
                  static_cast<std::uint32_t>((*answer_->values)[static_cast<std::size_t>(i)]),
                  answer_->command, "element " + std::to_string(i), m))
          return false;
    clock(requested_ && room && !conflict);
    saw(c_refused, requested_ && conflict);
    return true;
  }

  bool done() const override {
    return next_ == commands_.size() && !requested_ && !answer_ && adding_ < 0;
  }
  std::size_t current() const override {
    return commands_.empty() ? 0 : std::min(next_, commands_.size() - 1);
  }
  std::uint64_t patience(const Command&) const override { return 4; }
  std::optional<std::uint64_t> actions() const override { return sums_; }

 private:
  using Values = std::vector<std::int32_t>;  // of binary32: the bits
  struct Answer {
    std::size_t command = 0;
    std::optional<Values> values;  // nothing: the row was never overwritten
  };

  bool is_drain(std::size_t command) const { return commands_[command][f_drain] != 0; }
  std::uint64_t element(const Command& c, std::int64_t column) const {
    if (c[f_kind] == operand_kinds)
      return carried_element<std::uint32_t>(static_cast<std::size_t>(c[f_seed]),
                                            static_cast<std::size_t>(column));
    const std::uint64_t bits = draw(draw(0xADD, static_cast<std::uint64_t>(c[f_seed])),
                                    static_cast<std::uint64_t>(column));
    return shape_.fp32 ? fp32_operand(c[f_kind], bits) : operand(c[f_kind], 32, bits);
  }
  std::int64_t place(const Command& c) const { return c[f_bank] * shape_.rows + c[f_row]; }

  // The rising edge.
  void clock(bool taken) {
    // 1. The row that was offered leaves; the one that is taken shows the sums before this cycle.
    saw(c_held, answer_ && !ready_);
    if (answer_ && ready_) answer_.reset();
    if (taken) {
      const Command& c = commands_[*requested_];
      answer_ = Answer{*requested_, rows_[static_cast<std::size_t>(place(c))]};
      saw(c_drain);
      saw(c_drain_at_once, adding_ == place(c));
      saw(c_both, sum_.has_value());
      saw(c_both_same_row, sum_ && place(commands_[*sum_]) == place(c));
      saw(c_in_a_row, drained_);
      requested_.reset();
    }
    drained_ = taken;
    // 2. Overflows count in the second cycle of a sum.
    const std::uint64_t most = shape_.counter_width == 64
                                   ? ~std::uint64_t{0}
                                   : (std::uint64_t{1} << shape_.counter_width) - 1;
    counted_ = counting_ > most - counted_ ? most : counted_ + counting_;
    if (!shape_.fp32 && shape_.counter_width <= 8)
      saw(c_saturated, counted_ == most && counting_ > 0);
    counting_ = 0;
    // 3. The sum.
    const std::int64_t before = adding_;
    saw(c_gap, !sum_ && next_ < commands_.size());
    adding_ = -1;
    if (sum_) {
      const Command& c = commands_[*sum_];
      adding_ = place(c);
      saw(c_overwrite, sum_first_);
      saw(c_add, !sum_first_);
      saw(c_again, !sum_first_ && before == adding_);
      saw(c_overwrite_again, sum_first_ && before == adding_);
      saw(c_once_more, !sum_first_ && before_ == adding_ && before != adding_);
      add(c, rows_[static_cast<std::size_t>(adding_)]);
      ++sums_;
    }
    before_ = before;
    ++cycle_;
  }

  void add(const Command& c, std::optional<Values>& sums) {
    const auto addend = [&](std::int64_t i) {
      return static_cast<std::int32_t>(static_cast<std::uint32_t>(element(c, i)));
    };
    if (!sums) sums.emplace(static_cast<std::size_t>(shape_.columns));
    for (std::int64_t i = 0; i < shape_.columns; ++i) {
      std::int32_t& sum = (*sums)[static_cast<std::size_t>(i)];
      if (shape_.fp32) {
        sum = sum_first_ ? addend(i) : add_fp32(sum, addend(i));
        continue;
      }
      const std::uint64_t before = counting_;
      sum = sum_first_ ? addend(i) : numerics::wrapping_add(sum, addend(i), counting_);
      saw(c_overflow_up, counting_ != before && addend(i) > 0);
      saw(c_overflow_down, counting_ != before && addend(i) < 0);
    }
  }

  std::int32_t add_fp32(std::int32_t old, std::int32_t addend) {
    const float x = numerics::float_from_bits(static_cast<std::uint32_t>(old));
    const float y = numerics::float_from_bits(static_cast<std::uint32_t>(addend));
    const float sum = numerics::binary(trace::OpKind::add, x, y, {});
    saw_each(c_formats, seen_in_sum(x, y, sum));
    return static_cast<std::int32_t>(numerics::float_bits(sum));
  }

  Shape shape_;
  std::size_t next_ = 0;
  std::vector<std::optional<Values>> rows_;     // with every sum taken so far
  std::optional<std::size_t> sum_, requested_;  // commands on the pins
  std::optional<Answer> answer_;                // in the output register
  std::int64_t adding_ = -1, before_ = -1;      // rows taken in the last two cycles
  std::uint64_t counted_ = 0, counting_ = 0, sums_ = 0;
  bool sum_first_ = false, ready_ = false, drained_ = false;
};

class Accumulator : public Unit {
 public:
  std::string name() const override { return "accumulator"; }
  std::string summary() const override {
    return "banks of int32 or fp32 partial sums below a matrix unit, drained row by row";
  }
  std::vector<Parameter> parameters() const override {
    return {{"Rows", 16, 1, 4096, "per bank"},
            {"Columns", 16, 1, 256, "sums per row"},
            {"Banks", 2, 1, 16, "each added to or drained in a cycle"},
            {"CounterWidth", 32, 1, 64, "bits of the overflow counter"},
            {"Format", 0, 0, 1, "of the sums; 0: int32, 1: fp32"}};
  }
  std::vector<Port> ports(const Parameters& p) const override {
    return accumulator_ports(shape_of(p));
  }
  std::vector<std::string> sources() const override {
    return {"common/fp32_pkg.sv", "common/fp32_add.sv", "accumulator/accumulator_add.sv",
            "accumulator/accumulator.sv"};
  }
  std::unique_ptr<Bench> bench(const Parameters& p) const override {
    return std::make_unique<AccumulatorBench>(shape_of(p));
  }
  std::vector<Proof> proofs(const Parameters&) const override {
    Proof p;
    p.name = "sum";
    p.claim = "the sum is that of the integers modulo 2^32, an overflow is where it differs";
    p.top = "accumulator_add_proof";
    p.sources = sources();
    p.sources.back() = "accumulator/accumulator_add_proof.sv";
    p.method = ProofMethod::combinational;
    p.mutation = {"accumulator/accumulator_add.sv", "!first_i && (old", "(old",
                  "overwriting overflows"};
    Proof rows;
    rows.name = "rows";
    rows.claim = "a drained row holds every sum taken before, and stays until it is taken";
    rows.top = name();
    rows.sources = sources();
    rows.parameters = {
        {"Rows", 2}, {"Columns", 1}, {"Banks", 2}, {"CounterWidth", 2}, {"SumWidth", 2}};
    rows.depth = 3;
    rows.mutation = {"accumulator/accumulator.sv", "old_q <= repeated ? sum : sum_read",
                     "old_q <= sum_read", "a row that is still being added is not forwarded"};
    return {p, rows};
  }
  std::string action() const override { return "row"; }
};

const UnitRegistration registration(std::make_unique<Accumulator>());

}  // namespace
}  // namespace mantissa::rtl
