// SPDX-License-Identifier: Apache-2.0
// The player beside a plain array that knows no skew: two planes of weights, one matrix of sums,
// whole rows in and out, and a complaint about whatever systolic.sv does not promise to bear.
#include "rtl/systolic/array_player.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>

#include "arch/units/systolic/folds.h"
#include "base/error.h"
#include "rtl/common/pin_bench.h"

namespace mantissa::rtl {
namespace {

using Row = std::vector<std::int32_t>;

std::int8_t byte_at(const std::byte* bytes, std::size_t i) {
  return static_cast<std::int8_t>(bytes[i]);
}

class PlainArray {
 public:
  explicit PlainArray(const ArrayShape& shape)
      : shape_(shape),
        next_(shape.rows * shape.columns),
        held_(next_.size()),
        sums_(next_.size()),
        loaded_(shape.rows, never) {}

  void cycle(std::int64_t now, const Pins& pins) {
    const bool valid = get(pins[systolic_valid]) != 0;
    const bool first = valid && get(pins[systolic_first]) != 0;
    shape_.output_stationary ? add(now, pins, valid, first) : multiply(now, pins, valid, first);
  }

  // The row on the outputs in that cycle, or null.
  const Row* out(std::uint64_t now) const {
    const auto at = leaving_.find(static_cast<std::int64_t>(now));
    return at == leaving_.end() ? nullptr : &at->second;
  }

  std::string complaint;  // the first

 private:
  static constexpr std::int64_t never = -1'000'000;

  void insist(bool kept, std::int64_t now, const char* what) {
    if (!kept && complaint.empty()) complaint = std::to_string(now) + ": " + what;
  }

  void multiply(std::int64_t now, const Pins& pins, bool valid, bool first) {
    const auto R = static_cast<std::int64_t>(shape_.rows);
    const std::size_t C = shape_.columns;
    if (first) {
      for (std::int64_t r = 0; r < R; ++r) {
        const std::int64_t in = loaded_[static_cast<std::size_t>(r)];
        insist(in >= 0 && in <= now - R + r, now, "weights begin to hold too early");
      }
      held_ = next_;
      began_ = now;
    }
    insist(!valid || began_ >= 0, now, "operands without weights");
    if (valid) {
      Row row(C);
      for (std::size_t r = 0; r < shape_.rows; ++r)
        for (std::size_t c = 0; c < C; ++c)
          row[c] += byte_at(pins[systolic_a].bits, r) * held_[r * C + c];
      leaving_[now + R + static_cast<std::int64_t>(C) - 1] = row;
    }
    if (get(pins[systolic_load]) == 0) return;
    const std::size_t r = get(pins[systolic_row]);
    insist(now >= began_ + static_cast<std::int64_t>(r), now, "a row of weights too early");
    for (std::size_t c = 0; c < C; ++c) next_[r * C + c] = byte_at(pins[systolic_b].bits, c);
    loaded_[r] = now;
  }

  void add(std::int64_t now, const Pins& pins, bool valid, bool first) {
    const auto R = static_cast<std::int64_t>(shape_.rows);
    const std::size_t C = shape_.columns;
    insist(get(pins[systolic_load]) == 0, now, "weights");
    if (!valid) return;
    if (first) std::fill(sums_.begin(), sums_.end(), 0);
    for (std::size_t r = 0; r < shape_.rows; ++r)
      for (std::size_t c = 0; c < C; ++c)
        sums_[r * C + c] += byte_at(pins[systolic_a].bits, r) * byte_at(pins[systolic_b].bits, c);
    if (get(pins[systolic_last]) == 0) return;
    insist(now >= completed_ + R, now, "sums meet in the drain chain");
    completed_ = now;
    for (std::int64_t i = 0; i < R; ++i) {
      const auto from = sums_.begin() + (R - 1 - i) * static_cast<std::int64_t>(C);
      leaving_[now + R + static_cast<std::int64_t>(C) + i] =
          Row(from, from + static_cast<std::int64_t>(C));
    }
  }

  ArrayShape shape_;
  std::vector<std::int32_t> next_, held_, sums_;
  std::vector<std::int64_t> loaded_;
  std::int64_t began_ = never, completed_ = never;
  std::map<std::int64_t, Row> leaving_;
};

// Products on one array, with a scratchpad that gives so many bytes per cycle.
class Stage {
 public:
  Stage(std::int64_t rows, std::int64_t columns, arch::Dataflow dataflow, std::uint64_t bytes)
      : shape_{static_cast<std::size_t>(rows), static_cast<std::size_t>(columns), 1,
               dataflow == arch::Dataflow::output_stationary},
        config_(of(rows, columns, dataflow)),
        model_(config_, scratchpad(bytes)),
        slow_(model_.slowdown(1)),
        load_(model_.load_cycles(1)),
        plain_(shape_),
        player_(shape_, 0) {
    const std::array<std::size_t, 9> widths = {
        1, 16, 1, 1, 1, shape_.rows * 8, shape_.columns * 8, 1, shape_.columns * 32};
    for (std::size_t i = 0; i < widths.size(); ++i) {
      bits_[i].resize((widths[i] + 7) / 8);
      pins_.push_back({bits_[i].data(), static_cast<std::uint32_t>(widths[i])});
    }
  }

  // What the model says of it.
  arch::MatrixTimetable append(std::uint64_t m, std::uint64_t k, std::uint64_t n,
                               std::uint64_t ready = 0) {
    const arch::MatrixTile tile{m, k, n, true, true, 1};
    const auto t = model_.append(tile, Cycles(ready));
    for (const arch::Fold& fold : arch::folds_of(config_, tile, t)) push(fold);
    return t;
  }
  void skip_to(std::uint64_t cycle) { player_.skip_to(cycle); }

  // Until nothing is left. `hold`: in 1/256 of the cycles, weights and operands apart.
  // The cycle of the last row of each fold.
  std::vector<std::uint64_t> play(unsigned hold = 0, std::uint64_t until = 100'000) {
    std::vector<std::uint64_t> ends;
    while (!player_.idle() && player_.cycle() < until) {
      const std::uint64_t now = player_.cycle();
      player_.drive(pins_, (draw(1, now) & 255) < hold, (draw(2, now) & 255) < hold);
      plain_.cycle(static_cast<std::int64_t>(now), pins_);
      if (player_.loaded()) expect_delivered(now);
      player_.clock();
      const ArrayPlayer::Row* due = player_.due();
      const Row* out = plain_.out(player_.cycle());
      EXPECT_EQ(due == nullptr, out == nullptr) << "cycle " << player_.cycle();
      if (due == nullptr || out == nullptr) continue;
      EXPECT_EQ(*out, expected(due->tag, due->row)) << "cycle " << player_.cycle();
      if (due->end) ends.push_back(due->cycle);
    }
    EXPECT_EQ(plain_.complaint, "");
    return ends;
  }

  std::uint64_t slow() const { return slow_; }
  std::uint64_t load() const { return load_; }

 private:
  struct Block {
    std::vector<std::byte> a, b;
    std::size_t steps, rows, columns;
    std::uint64_t load;
  };

  static arch::MatrixConfig of(std::int64_t rows, std::int64_t columns, arch::Dataflow dataflow) {
    arch::MatrixConfig config;
    config.rows = rows;
    config.columns = columns;
    config.dataflow = dataflow;
    return config;
  }
  static arch::ScratchpadConfig scratchpad(std::uint64_t bytes) {
    arch::ScratchpadConfig config;
    config.banks = 1;
    config.bank_width = Bytes(bytes);
    return config;
  }
  static std::vector<std::byte> operands(std::uint64_t key, std::size_t count) {
    std::vector<std::byte> bytes(count);
    for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>(draw(key, i));
    return bytes;
  }

  void push(const arch::Fold& fold) {
    const bool sums_stay = shape_.output_stationary;
    const std::size_t tag = blocks_.size();
    const std::size_t steps = sums_stay ? fold.k.count : fold.m.count;
    const std::size_t rows = sums_stay ? fold.m.count : fold.k.count;
    Block& block = blocks_[tag];
    block = {operands(2 * tag, steps * rows),
             operands(2 * tag + 1, fold.k.count * fold.n.count),
             steps,
             rows,
             fold.n.count,
             fold.load.value};
    ArrayFold play;
    play.tag = tag;
    play.a = block.a.data();
    play.b = block.b.data();
    play.a_stride = rows;
    play.b_stride = fold.n.count;
    play.steps = steps;
    play.rows = rows;
    play.columns = fold.n.count;
    play.load = fold.load.value;
    play.start = fold.start.value;
    play.load_cycles = load_;
    play.step_cycles = slow_;
    player_.push(play);
  }

  // The scratchpad spreads the rows of weights over the cycles that they take.
  void expect_delivered(std::uint64_t now) {
    const Block& block = blocks_.at(rows_loaded_ / shape_.rows);
    const std::uint64_t row = rows_loaded_++ % shape_.rows;
    EXPECT_GT((now + 1 - block.load + 1) * shape_.rows, (row + 1) * load_) << "cycle " << now;
  }

  Row expected(std::size_t tag, std::size_t row) const {
    const Block& f = blocks_.at(tag);
    const bool sums_stay = shape_.output_stationary;
    Row sums(shape_.columns);
    if (sums_stay && row >= f.rows) return sums;
    for (std::size_t i = 0; i < (sums_stay ? f.steps : f.rows); ++i)
      for (std::size_t c = 0; c < f.columns; ++c)
        sums[c] += byte_at(f.a.data(), sums_stay ? i * f.rows + row : row * f.rows + i) *
                   byte_at(f.b.data(), i * f.columns + c);
    return sums;
  }

  ArrayShape shape_;
  arch::MatrixConfig config_;
  arch::SystolicArray model_;
  std::uint64_t slow_, load_;
  std::map<std::size_t, Block> blocks_;
  std::size_t rows_loaded_ = 0;
  PlainArray plain_;
  ArrayPlayer player_;
  std::array<std::vector<std::byte>, 9> bits_;
  Pins pins_;
};

class Player : public testing::TestWithParam<arch::Dataflow> {};

TEST_P(Player, keeps_the_times_of_the_model_however_slow_the_scratchpad) {
  bool slow_load = false, slow_step = false;
  for (const auto& [rows, columns] :
       std::vector<std::pair<int, int>>{{1, 1}, {1, 4}, {4, 1}, {3, 5}})
    for (const std::uint64_t bytes : {1000, 4, 3, 1}) {
      Stage stage(rows, columns, GetParam(), bytes);
      slow_load = slow_load || stage.load() > static_cast<std::uint64_t>(rows);
      slow_step = slow_step || stage.slow() > 1;
      std::vector<std::uint64_t> ends;  // of products
      std::size_t folds = 0;
      std::vector<std::size_t> last;  // their last folds
      for (const auto& [m, k, n] : std::vector<std::array<std::uint64_t, 3>>{
               {7, 9, 6}, {1, 1, 1}, {1, 4, 5}, {2, 1, 1}, {3, 3, 5}, {9, 2, 11}, {1, 1, 1}}) {
        const auto t = stage.append(m, k, n, ends.size() == 4 ? 900 : 0);
        ends.push_back(t.end.value);
        folds += t.folds;
        last.push_back(folds - 1);
      }
      const auto played = stage.play();
      ASSERT_EQ(played.size(), folds);
      for (std::size_t i = 0; i < ends.size(); ++i)
        EXPECT_EQ(played[last[i]], ends[i])
            << rows << "x" << columns << ", " << bytes << " bytes per cycle, product " << i;
    }
  EXPECT_TRUE(slow_step);
  EXPECT_TRUE(slow_load);
}

TEST_P(Player, that_is_held_at_random_asks_nothing_of_the_array_that_it_does_not_promise) {
  for (const unsigned hold : {20, 128, 240})
    for (const std::uint64_t bytes : {1000, 2}) {
      Stage stage(3, 2, GetParam(), bytes);
      std::size_t folds = 0;
      for (std::uint64_t i = 0; i < 20; ++i)
        folds += stage.append(1 + i % 7, 1 + i % 5, 1 + i % 3).folds;
      EXPECT_EQ(stage.play(hold).size(), folds);
    }
}

TEST_P(Player, skips_cycles_in_which_nothing_happens_and_no_others) {
  Stage through(3, 2, GetParam(), 1000), skipping(3, 2, GetParam(), 1000);
  through.append(4, 3, 2);
  through.append(4, 3, 2, 500);
  const auto every = through.play();

  skipping.append(4, 3, 2);
  auto skipped = skipping.play(0, 8);
  EXPECT_THROW(skipping.skip_to(9), InternalError) << "sums leave";
  for (const std::uint64_t end : skipping.play()) skipped.push_back(end);
  EXPECT_THROW(skipping.skip_to(1), InternalError) << "backwards";
  skipping.skip_to(skipping.append(4, 3, 2, 500).start.value);
  for (const std::uint64_t end : skipping.play()) skipped.push_back(end);
  EXPECT_EQ(skipped, every);
}

// Negative control of the tests above.
TEST(PlainArray, complains_about_inputs_a_cycle_too_early) {
  std::array<std::byte, 9> bits{};
  Pins pins;
  for (std::size_t i = 0; i < bits.size(); ++i)
    pins.push_back({&bits[i], i == systolic_a || i == systolic_b ? 8u : 1u});
  const auto set = [&](SystolicPin pin, bool value) { bits[pin] = std::byte{value}; };

  for (const std::int64_t apart : {1, 2}) {
    PlainArray plain({2, 1, 1, true});
    for (const SystolicPin pin : {systolic_valid, systolic_first, systolic_last}) set(pin, true);
    plain.cycle(10, pins);
    plain.cycle(10 + apart, pins);
    EXPECT_EQ(plain.complaint.empty(), apart == 2) << plain.complaint;
  }
  for (const std::int64_t wait : {1, 2}) {
    PlainArray plain({2, 1, 1, false});
    set(systolic_load, true);
    set(systolic_valid, false);
    set(systolic_row, false);
    plain.cycle(11, pins);
    set(systolic_row, true);
    plain.cycle(10, pins);
    set(systolic_load, false);
    set(systolic_valid, true);
    plain.cycle(11 + wait, pins);
    EXPECT_EQ(plain.complaint.empty(), wait == 2) << plain.complaint;
    // Row 1 of the next weights: a cycle behind their predecessors' first operand.
    set(systolic_valid, false);
    set(systolic_load, true);
    PlainArray early = plain;
    early.complaint.clear();
    early.cycle(11 + wait, pins);
    EXPECT_NE(early.complaint, "");
    plain.complaint.clear();
    plain.cycle(12 + wait, pins);
    EXPECT_EQ(plain.complaint, "");
  }
}

INSTANTIATE_TEST_SUITE_P(Dataflows, Player,
                         testing::Values(arch::Dataflow::weight_stationary,
                                         arch::Dataflow::output_stationary));

}  // namespace
}  // namespace mantissa::rtl
