// SPDX-License-Identifier: Apache-2.0
#include "rtl/systolic/systolic_bench.h"

#include <array>
#include <cstring>
#include <deque>

#include "arch/units/systolic/folds.h"
#include "base/numerics/float_bits.h"
#include "base/numerics/gemm.h"
#include "rtl/common/pin_bench.h"
#include "rtl/systolic/array_player.h"

namespace mantissa::rtl {

std::vector<Port> systolic_ports(const Parameters& p) {
  const auto in = Direction::input, out = Direction::output;
  const auto rows = static_cast<std::uint32_t>(p.at("Rows"));
  const auto columns = static_cast<std::uint32_t>(p.at("Columns"));
  const std::uint32_t width = p.at("Format") == 0 ? 8 : 16;
  std::uint32_t row_width = 1;
  while (1u << row_width < rows) ++row_width;
  return {{"load_i", in, 1, "weight stationary: b_i is a row of the next weights"},
          {"row_i", in, row_width, "which one"},
          {"valid_i", in, 1, "operands: a_i, and output stationary b_i"},
          {"first_i", in, 1, "the next weights hold from here on; output stationary: sums begin"},
          {"last_i", in, 1, "output stationary: sums are complete"},
          {"a_i", in, rows * width, "element r of row r, row 0 in the low bits"},
          {"b_i", in, columns * width, "element c of column c; a bf16 weight of ffff is none"},
          {"valid_o", out, 1, "a row of sums"},
          {"sum_o", out, columns * 32, "int32 or fp32"}};
}

namespace {

enum { f_m, f_k, f_n, f_kind_a, f_kind_b, f_parts, f_gap, f_seed };

enum Case {
  c_one_step,
  c_shorter,
  c_equal,
  c_longer,
  c_narrow,
  c_whole,
  c_blocks,
  c_back_to_back,
  c_bubble,
  c_idle,
  c_beside,
  c_goes_on,
  c_least_squared,
  c_nan,
  c_infinity,
  c_subnormal,
  c_none,
  cases_in_all
};

// What a complete run of these parameters has seen.
std::vector<std::pair<Case, std::string>> systolic_cases(const Parameters& p) {
  const bool sums_stay = p.at("Dataflow") == 1, bf16 = p.at("Format") == 1;
  const bool rows = p.at("Rows") > 1, several = rows || p.at("Columns") > 1;
  std::vector<std::pair<Case, std::string>> all;
  const auto add = [&](Case which, const char* stationary, const char* output, bool there = true) {
    if (there) all.emplace_back(which, sums_stay ? output : stationary);
  };
  add(c_one_step, "one row of operands", "one product per sum");
  add(c_shorter, "fewer rows of operands than rows of the array",
      "fewer products than rows of the array", rows);
  add(c_equal, "as many rows of operands as rows of the array",
      "as many products as rows of the array");
  add(c_longer, "more rows of operands than rows of the array",
      "more products than rows of the array");
  add(c_narrow, "weights that leave rows or columns empty", "sums that leave rows or columns empty",
      several);
  add(c_whole, "weights that fill the array", "sums that fill the array");
  add(c_blocks, "several blocks of one product", "several blocks of one product");
  add(c_back_to_back, "blocks without a gap", "blocks without a gap");
  add(c_bubble, "a gap in the operands", "a gap in the operands");
  add(c_idle, "nothing in the array", "nothing in the array");
  add(c_beside, "weights going in beside operands", "sums coming out beside operands");
  add(c_goes_on, "", "sums that go on after another product's operands were awaited", sums_stay);
  add(c_least_squared, "the product of the least operands", "the product of the least operands",
      !bf16);
  add(c_nan, "a sum is NaN", "a sum is NaN", bf16);
  add(c_infinity, "a sum is infinite", "a sum is infinite", bf16);
  add(c_subnormal, "a sum is subnormal", "a sum is subnormal", bf16);
  add(c_none, "no weight where an operand is infinite or NaN", "", bf16 && !sums_stay);
  return all;
}

std::vector<std::string> case_names(const Parameters& p) {
  std::vector<std::string> names;
  for (const auto& one : systolic_cases(p)) names.push_back(one.second);
  return names;
}

constexpr std::int64_t float_kinds = 9;
constexpr std::uint16_t no_weight = 0xFFFF;  // elsewhere a NaN
constexpr std::int64_t longest_gap = 4096;

std::uint16_t bf16_operand(std::int64_t kind, std::uint64_t bits) {
  const auto any = static_cast<std::uint16_t>(bits);
  const auto sign = static_cast<std::uint16_t>(any & 0x8000);
  switch (kind) {
    case 0:
      return 0;
    case 1:
      return 0x3F80;  // 1
    case 2:
      return 0x8000;  // -0
    case 3:
      return static_cast<std::uint16_t>(sign | (any & 0x7F));  // subnormal
    case 4:
      return static_cast<std::uint16_t>(sign | 0x7F7F);  // the greatest finite one
    case 5:                                              // of about one: exponents -8 to 7
      return static_cast<std::uint16_t>(sign | ((119 + (any >> 7 & 15)) << 7) | (any & 0x7F));
    case 6:  // products around the least normal number
      return static_cast<std::uint16_t>(sign | ((55 + (any >> 7 & 15)) << 7) | (any & 0x7F));
    case 8:  // none, infinite, or of about one
      if ((bits >> 16 & 3) == 0) return no_weight;
      if ((bits >> 16 & 3) == 1) return static_cast<std::uint16_t>(sign | 0x7F80);
      return bf16_operand(5, bits);
    default:
      return any;
  }
}

class SystolicBench : public PinBench {
 public:
  explicit SystolicBench(const Parameters& p)
      : PinBench(systolic_ports(p), case_names(p)),
        bf16_(p.at("Format") == 1),
        shape_{static_cast<std::size_t>(p.at("Rows")), static_cast<std::size_t>(p.at("Columns")),
               bf16_ ? std::size_t{2} : std::size_t{1}, p.at("Dataflow") == 1},
        player_(shape_, 0) {
    config_.rows = p.at("Rows");
    config_.columns = p.at("Columns");
    if (shape_.output_stationary) config_.dataflow = arch::Dataflow::output_stationary;
    arch::ScratchpadConfig scratchpad;
    scratchpad.bank_width = Bytes(1 << 20);  // never what limits the array
    model_ = std::make_unique<arch::SystolicArray>(config_, scratchpad);
    where_.fill(-1);
    int at = 0;
    for (const auto& one : systolic_cases(p)) where_[one.first] = at++;
  }

  std::vector<Field> fields() const override {
    const std::int64_t kinds = this->kinds();  // one more: carried
    const char* doc = bf16_ ? "0, 1, -0, subnormal, greatest, about 1, small, any, infinite or "
                              "none, carried"
                            : "0, 1, -1, least, greatest, small, any, carried";
    return {
        {"m", 1, 4096, "rows of A"},
        {"k", 1, 4096, "columns of A, rows of B"},
        {"n", 1, 4096, "columns of B"},
        {"kind_a", 0, kinds, doc},
        {"kind_b", 0, kinds, ""},
        {"parts", 1, 4, "output stationary: so many products add to the same sums"},
        {"gap", 0, longest_gap, "cycles from the start of the product before"},
        {"seed", 0, (std::int64_t{1} << 32) - 1, "of the operands; carried: which pair of them"}};
  }

  std::vector<Command> directed() const override {
    const std::int64_t R = config_.rows, C = config_.columns;
    const std::int64_t kinds = this->kinds();
    std::vector<Command> list;
    const auto add = [&](std::int64_t m, std::int64_t k, std::int64_t n, std::int64_t ka,
                         std::int64_t kb, std::int64_t parts, std::int64_t gap) {
      const auto seed = static_cast<std::int64_t>(list.size());
      if (m > 0 && k > 0 && n > 0) list.push_back({m, k, n, ka, kb, parts, gap, seed});
    };
    // Operands of every kind beside every other, then sizes around the array's own.
    for (std::int64_t ka = 0; ka < kinds; ++ka)
      for (std::int64_t kb = 0; kb < kinds; ++kb) add(2, R, C, ka, kb, 1, 0);
    for (const std::int64_t m : {std::int64_t{1}, R - 1, R, R + 1, 2 * R + 3})
      for (const std::int64_t k : {std::int64_t{1}, R - 1, R, R + 1, 2 * R + 1})
        for (const std::int64_t n : {std::int64_t{1}, C, C + 1}) add(m, k, n, 5, 5, 1, 0);
    // Long beside short ones, whose sums would meet in the drain.
    for (const std::int64_t k :
         {3 * R, std::int64_t{1}, R + 1, std::int64_t{1}, std::int64_t{1}, R})
      add(R, k, C, 5, 5, 1, 0);
    for (const std::int64_t parts : {2, 3, 4}) add(R, 3 * parts, C, 5, 5, parts, 0);
    for (const std::int64_t gap : {1, 2, 64}) {
      add(3, R, C, 5, 5, 1, 0);
      add(3, R, C, 5, 5, 2, std::min(gap * (R + C), longest_gap));
    }
    return list;
  }

  Command random(std::uint64_t number) const override {
    const auto below = [&](std::uint64_t i, std::int64_t n) {
      return static_cast<std::int64_t>(draw(draw(0x5A, number), i) % static_cast<std::uint64_t>(n));
    };
    const std::int64_t R = config_.rows, C = config_.columns;
    const std::int64_t kinds = this->kinds();
    // Mostly ordinary operands: a NaN hides what else is in its sum.
    const auto kind = [&](std::uint64_t i) {
      return below(i, 4) != 0 ? std::int64_t{5} : below(i + 1, kinds);
    };
    return {1 + below(0, 3 * R),
            1 + below(1, 2 * R),
            1 + below(2, 2 * C),
            kind(3),
            kind(5),
            below(7, 4) == 0 ? 1 + below(8, 4) : 1,
            below(9, 4) == 0 ? below(10, 4 * (R + C)) : 0,
            below(11, std::int64_t{1} << 32)};
  }

  void begin(const std::vector<Command>& commands, std::uint64_t seed, unsigned stall) override {
    PinBench::begin(commands, seed, stall);
    model_->reset();
    player_ = ArrayPlayer(shape_, 0);
    blocks_.clear();
    first_ = next_ = 0;
    began_ = Cycles(0);
    macs_ = 0;
    streamed_until_ = ~std::uint64_t{0};
  }

  void drive(const Pins& pins) override {
    while (next_ < commands_.size() && player_.folds_waiting() < 3) append();
    clear_inputs(pins);
    note(c_idle, player_.idle() && cycle_ > 0);
    player_.drive(pins, holds_back(0), holds_back(1));
    const auto& streaming = player_.streaming();
    note(c_beside, player_.streamed() &&
                       (shape_.output_stationary ? player_.due() != nullptr : player_.loaded()));
    note(c_bubble, !player_.streamed() && streaming.step > 0);
    if (!player_.streamed()) return;
    note(c_back_to_back, streaming.step == 1 && streamed_until_ == cycle_);
    streamed_until_ = cycle_ + 1;
  }

  bool check(const Pins& pins, Mismatch& m) override {
    const auto* due = player_.due();
    const std::size_t command = due != nullptr ? block(due->tag).command : current();
    if (!same(pins, systolic_valid_out, due != nullptr ? 1 : 0, command, m)) return false;
    if (due != nullptr) {
      if (!row_is_right(pins, *due, m)) return false;
      // Without stalls the model's own times hold.
      MANTISSA_CHECK(!due->end || stall_ > 0 || due->cycle == block(due->tag).end,
                     "the array cannot keep the times of arch::SystolicArray");
      if (due->end) block(due->tag).done = true;
    }
    player_.clock();
    const auto streamed = [&] { return !player_.feeding() || player_.streaming().tag > first_; };
    for (; !blocks_.empty() && blocks_.front().done && streamed(); ++first_) blocks_.pop_front();
    ++cycle_;
    return true;
  }

  bool done() const override { return next_ == commands_.size() && player_.idle(); }
  std::size_t current() const override {
    if (!blocks_.empty()) return blocks_.front().command;
    return commands_.empty() ? 0 : std::min(next_, commands_.size() - 1);
  }
  std::uint64_t patience(const Command& c) const override {
    const std::int64_t R = config_.rows, C = config_.columns;
    const std::int64_t blocks = std::max((c[f_k] + R - 1) / R, (c[f_m] + R - 1) / R);
    const std::int64_t cycles =
        blocks * ((c[f_n] + C - 1) / C) * (std::max(c[f_m], c[f_k]) + R) + c[f_gap] + 4 * (R + C);
    return static_cast<std::uint64_t>(cycles);
  }
  std::optional<std::uint64_t> actions() const override { return macs_; }

 private:
  // What the array works on at a time, and what must come of it.
  struct Block {
    std::size_t command = 0;
    std::vector<std::byte> a, b;      // as ArrayFold wants them
    std::vector<std::uint32_t> sums;  // of each row that leaves; the array's columns
    std::uint64_t end = 0;            // cycle of the last row by the model
    bool done = false;
  };

  std::int64_t kinds() const { return bf16_ ? float_kinds : operand_kinds; }
  Block& block(std::size_t tag) { return blocks_[tag - first_]; }
  void note(Case which, bool did) {
    if (where_[which] >= 0) saw(static_cast<std::size_t>(where_[which]), did);
  }

  std::vector<std::byte> operands(const Command& c, int which, std::size_t count) const {
    const std::uint64_t key =
        draw(draw(0x0B, static_cast<std::uint64_t>(c[f_seed])), static_cast<std::uint64_t>(which));
    std::vector<std::byte> bytes(count * shape_.operand_bytes);
    if (c[static_cast<std::size_t>(which)] == kinds()) {
      const auto at = 2 * static_cast<std::size_t>(c[f_seed]) + (which == f_kind_b ? 1 : 0);
      if (at < carried_.size())  // what is missing is zero
        std::copy_n(carried_[at].begin(), std::min(bytes.size(), carried_[at].size()),
                    bytes.begin());
      return bytes;
    }
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t bits = draw(key, i);
      const auto value =
          bf16_ ? bf16_operand(c[static_cast<std::size_t>(which)], bits)
                : static_cast<std::uint16_t>(operand(c[static_cast<std::size_t>(which)], 8, bits));
      std::memcpy(&bytes[i * shape_.operand_bytes], &value, shape_.operand_bytes);
    }
    return bytes;
  }

  // A block of a matrix, `rows` x `columns`, with zeros around it as they are in the array.
  std::vector<std::byte> padded(const std::byte* from, std::size_t stride, std::size_t rows,
                                std::size_t columns, std::size_t all_rows,
                                std::size_t all_columns) const {
    const std::size_t e = shape_.operand_bytes;
    std::vector<std::byte> bytes(all_rows * all_columns * e);
    for (std::size_t row = 0; row < rows; ++row)
      std::memcpy(&bytes[row * all_columns * e], from + row * stride * e, columns * e);
    return bytes;
  }

  // All that leaves the array for a block of k products per sum: `rows` x the array's columns.
  // What is empty in the array multiplies zeros, which matters where an operand is infinite.
  std::vector<std::uint32_t> multiply(const std::byte* a, std::size_t lda, const std::byte* b,
                                      std::size_t ldb, std::size_t m, std::size_t n, std::size_t k,
                                      std::size_t rows) {
    const auto C = static_cast<std::int64_t>(shape_.columns);
    const auto M = static_cast<std::int64_t>(rows), K = static_cast<std::int64_t>(k);
    const auto whole_a = padded(a, lda, m, k, rows, k);
    const auto whole_b = padded(b, ldb, k, n, k, shape_.columns);
    std::vector<std::uint32_t> sums(rows * shape_.columns);
    std::uint64_t overflows = 0;  // one chain: a block is no deeper
    if (bf16_)
      numerics::gemm_bf16(reinterpret_cast<const numerics::Bf16*>(whole_a.data()), K,
                          reinterpret_cast<const numerics::Bf16*>(whole_b.data()), C,
                          reinterpret_cast<float*>(sums.data()), C, M, C, K,
                          numerics::output_stationary, false);
    if (bf16_ && !shape_.output_stationary) leave_out(whole_a, whole_b, k, sums);
    if (!bf16_)
      numerics::gemm_int8(reinterpret_cast<const std::int8_t*>(whole_a.data()), K,
                          reinterpret_cast<const std::int8_t*>(whole_b.data()), C,
                          reinterpret_cast<std::int32_t*>(sums.data()), C, M, C, K, false,
                          overflows);
    return sums;
  }

  // The sums of columns in which there are elements without a weight, once more, without them.
  void leave_out(const std::vector<std::byte>& a, const std::vector<std::byte>& b, std::size_t k,
                 std::vector<std::uint32_t>& sums) {
    const auto* operands = reinterpret_cast<const numerics::Bf16*>(a.data());
    const auto* weights = reinterpret_cast<const numerics::Bf16*>(b.data());
    const std::size_t C = shape_.columns;
    for (std::size_t c = 0; c < C; ++c) {
      bool left_out = false;
      for (std::size_t x = 0; x < k; ++x) left_out |= weights[x * C + c].bits == no_weight;
      for (std::size_t row = 0; left_out && row < sums.size() / C; ++row) {
        float sum = 0;
        for (std::size_t x = 0; x < k; ++x) {
          const numerics::Bf16 operand = operands[row * k + x], weight = weights[x * C + c];
          const bool none = weight.bits == no_weight;
          note(c_none, none && (operand.bits & 0x7F80) == 0x7F80);
          if (!none) sum += numerics::to_float(operand) * numerics::to_float(weight);
        }
        sums[row * C + c] = numerics::float_bits(numerics::canonical(sum));
      }
    }
  }

  // The next command goes to the model, which says when, and to the player.
  void append() {
    const Command& c = commands_[next_];
    const auto m = static_cast<std::uint64_t>(c[f_m]), k = static_cast<std::uint64_t>(c[f_k]),
               n = static_cast<std::uint64_t>(c[f_n]);
    const std::vector<std::byte> a = operands(c, f_kind_a, m * k), b = operands(c, f_kind_b, k * n);
    const bool one_block = m <= shape_.rows && n <= shape_.columns;
    const std::uint64_t parts =
        shape_.output_stationary && one_block ? std::min<std::uint64_t>(c[f_parts], k) : 1;
    for (std::uint64_t part = 0; part < parts; ++part) {
      const std::uint64_t from = part * k / parts, depth = (part + 1) * k / parts - from;
      const arch::MatrixTile tile{m,
                                  depth,
                                  n,
                                  part == 0,
                                  part + 1 == parts,
                                  static_cast<std::uint64_t>(shape_.operand_bytes)};
      const auto t = model_->append(tile, part == 0 ? began_ + Cycles(c[f_gap]) : Cycles(0));
      if (part == 0) began_ = t.start;
      const auto folds = arch::folds_of(config_, tile, t);
      for (const auto& fold : folds) push(fold, tile, t, from, a, b, k, n);
      note(c_blocks, folds.size() > 1);
      note(c_goes_on, part > 0 && c[f_gap] > 0);
    }
    note(c_least_squared, c[f_kind_a] == 3 && c[f_kind_b] == 3);
    macs_ += m * k * n;
    ++next_;
  }

  void push(const arch::Fold& fold, const arch::MatrixTile& tile, const arch::MatrixTimetable& t,
            std::uint64_t from, const std::vector<std::byte>& a, const std::vector<std::byte>& b,
            std::uint64_t k, std::uint64_t n) {
    const std::size_t e = shape_.operand_bytes, C = shape_.columns, R = shape_.rows;
    const bool sums_stay = shape_.output_stationary;
    blocks_.emplace_back();
    Block& block = blocks_.back();
    block.command = next_;
    const std::uint64_t k0 = from + fold.k.first;
    const auto at = [&](const std::vector<std::byte>& matrix, std::uint64_t row,
                        std::uint64_t column,
                        std::uint64_t width) { return &matrix[(row * width + column) * e]; };
    const std::size_t steps = sums_stay ? fold.k.count : fold.m.count;
    const std::size_t width = sums_stay ? fold.m.count : fold.k.count;
    block.a.resize(steps * width * e);
    for (std::size_t step = 0; step < steps; ++step)
      for (std::size_t i = 0; i < width; ++i)
        std::memcpy(&block.a[(step * width + i) * e],
                    sums_stay ? at(a, fold.m.first + i, k0 + step, k)
                              : at(a, fold.m.first + step, k0 + i, k),
                    e);
    block.b.resize(fold.k.count * fold.n.count * e);
    for (std::size_t row = 0; row < fold.k.count; ++row)
      std::memcpy(&block.b[row * fold.n.count * e], at(b, k0 + row, fold.n.first, n),
                  fold.n.count * e);
    if (!sums_stay || tile.last) {
      const std::uint64_t first = sums_stay ? 0 : k0, depth = sums_stay ? k : fold.k.count;
      block.sums = multiply(at(a, fold.m.first, first, k), k, at(b, first, fold.n.first, n), n,
                            fold.m.count, fold.n.count, depth, sums_stay ? R : steps);
    }
    const std::uint64_t last = fold.start.value + steps - 1;
    block.end = sums_stay ? last + 2 * R + C - 1 : last + R + C - 1;
    MANTISSA_CHECK(block.end <= t.end.value, "a fold ends after its product");

    ArrayFold play;
    play.tag = first_ + blocks_.size() - 1;
    play.a = block.a.data();
    play.b = block.b.data();
    play.a_stride = width * e;
    play.b_stride = fold.n.count * e;
    play.steps = steps;
    play.rows = width;
    play.columns = fold.n.count;
    play.first = tile.first;
    play.last = tile.last;
    play.load = fold.load.value;
    play.start = fold.start.value;
    player_.push(play);
    if (sums_stay && !tile.last) block.done = true;  // nothing comes of it alone

    note(c_one_step, steps == 1);
    note(c_shorter, steps < R);
    note(c_equal, steps == R);
    note(c_longer, steps > R);
    const bool whole = width == R && fold.n.count == C;
    note(whole ? c_whole : c_narrow, true);
  }

  bool row_is_right(const Pins& pins, const ArrayPlayer::Row& due, Mismatch& m) {
    const Block& b = block(due.tag);
    const std::size_t C = shape_.columns;
    const std::uint32_t* expected = &b.sums[due.row * C];
    for (std::uint32_t c = 0; bf16_ && c < C; ++c) {
      const std::uint32_t magnitude = expected[c] & 0x7FFFFFFFu;
      note(c_nan, magnitude > 0x7F800000u);
      note(c_infinity, magnitude == 0x7F800000u);
      note(c_subnormal, magnitude != 0 && magnitude < 0x00800000u);
    }
    if (std::memcmp(expected, pins[systolic_sum_out].bits, C * 4) == 0) return true;
    for (std::uint32_t c = 0; c < C; ++c)
      if (!same(pins, systolic_sum_out, c * 32, 32, expected[c], b.command,
                "row " + std::to_string(due.row) + ", column " + std::to_string(c), m))
        return false;
    return true;
  }

  bool bf16_;
  ArrayShape shape_;
  arch::MatrixConfig config_;
  std::unique_ptr<arch::SystolicArray> model_;
  ArrayPlayer player_;
  std::array<int, cases_in_all> where_{};
  std::deque<Block> blocks_;
  std::size_t first_ = 0;  // tag of the first block
  std::size_t next_ = 0;   // command
  Cycles began_{};         // the last one, by the model
  std::uint64_t macs_ = 0;
  std::uint64_t streamed_until_ = 0;
};

}  // namespace

std::unique_ptr<Bench> systolic_bench(const Parameters& p) {
  return std::make_unique<SystolicBench>(p);
}

}  // namespace mantissa::rtl
