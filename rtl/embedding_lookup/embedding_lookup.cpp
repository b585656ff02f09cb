// SPDX-License-Identifier: Apache-2.0
// The bench of the lookup unit: a memory that answers reads in order, each after a time of its own,
// sums of base/numerics/fixed_point.h, and every output in every cycle. A command is one row;
// what it carries are its elements, int32.
#include <algorithm>
#include <deque>

#include "base/numerics/fixed_point.h"
#include "rtl/common/pin_bench.h"

namespace mantissa::rtl {
namespace {

using numerics::Overflow;

struct Shape {
  std::uint32_t element = 32, port = 32, words = 16, outstanding = 1, address = 34, row = 32;
  Overflow overflow = Overflow::wrap;

  std::uint32_t elements() const { return port / element; }
  std::uint32_t row_bytes() const { return (words * port + 7) / 8; }
};

Shape shape_of(const Parameters& p) {
  const auto of = [&](const char* name) { return static_cast<std::uint32_t>(p.at(name)); };
  return {of("ElementWidth"),
          of("PortWidth"),
          of("Words"),
          of("Outstanding"),
          of("AddressWidth"),
          of("RowWidth"),
          of("Saturate") != 0 ? Overflow::saturate : Overflow::wrap};
}

std::vector<Port> lookup_ports(const Shape& s) {
  const auto in = Direction::input, out = Direction::output;
  return {{"valid_i", in, 1, "a row is offered"},
          {"ready_o", out, 1, "it is taken, and goes out as a read"},
          {"base_i", in, s.address, "address of row 0 of the table"},
          {"row_i", in, s.row, ""},
          {"row_bytes_i", in, bits_for(s.row_bytes()), "from a row of the table to the next"},
          {"words_i", in, bits_for(s.words), "of the row, at least 1"},
          {"first_i", in, 1, "the row begins a sum"},
          {"last_i", in, 1, "the row ends it"},
          {"read_valid_o", out, 1, "a read, in the cycle of its row"},
          {"read_ready_i", in, 1, ""},
          {"address_o", out, s.address, "base + row * row_bytes"},
          {"bytes_o", out, bits_for(s.row_bytes()), ""},
          {"word_valid_i", in, 1, "the next word of the oldest read"},
          {"word_ready_o", out, 1, "a read is in flight, and what leaves has room"},
          {"word_i", in, s.port, "elements, the first in the low bits"},
          {"valid_o", out, 1, "a word of a sum, the cycle after its last summand came"},
          {"ready_i", in, 1, ""},
          {"data_o", out, s.port, ""},
          {"last_o", out, 1, "word of the sum"},
          {"overflows_o", out, 32, "sums of elements that wrapped or were limited so far"}};
}
enum {
  valid,
  ready,
  base,
  row,
  row_bytes,
  words,
  first,
  last,
  read_valid,
  read_ready,
  address,
  bytes,
  word_valid,
  word_ready,
  word,
  out_valid,
  out_ready,
  data,
  out_last,
  overflows
};

enum { f_base, f_row, f_row_bytes, f_words, f_more, f_latency, f_kind, f_seed };
enum { carried = operand_kinds, element_kinds };

enum {
  c_alone,
  c_two,
  c_three,
  c_up,
  c_down,
  c_longest,
  c_past_end,
  c_full,
  c_next_at_once,
  c_read_held,
  c_late,
  c_at_once,
  c_held,
  c_taken_while_held,
  c_word_held,
  c_gap,
  c_overlap,
};

std::vector<std::string> lookup_cases(const Shape& shape) {
  std::vector<std::string> all = {"a row by itself",
                                  "a sum of two rows",
                                  "a sum of three rows or more",
                                  "overflow above the most positive",
                                  "overflow below the most negative",
                                  "the longest row",
                                  "an address past the last",
                                  "as many reads in flight as may be, and a row waits",
                                  "a read in the cycle after the last word of another",
                                  "a read held by the memory",
                                  "a memory that takes its time",
                                  "a word in the cycle after its read",
                                  "a word held by the other side",
                                  "a word of an inner row taken meanwhile",
                                  "a word of a last row waits meanwhile",
                                  "no row",
                                  "words of two reads without a gap"};
  if (shape.outstanding == 1) all.pop_back();
  return all;
}

constexpr std::size_t none = ~std::size_t{0};

class LookupBench final : public PinBench {
 public:
  explicit LookupBench(const Shape& shape)
      : PinBench(lookup_ports(shape), lookup_cases(shape)), shape_(shape) {}

  std::vector<Field> fields() const override {
    const auto below = [](std::uint32_t bits) {
      return (std::int64_t{1} << std::min<std::uint32_t>(bits, 40)) - 1;
    };
    return {{"base", 0, below(shape_.address), "address of the table"},
            {"row", 0, below(shape_.row), ""},
            {"row_bytes", 0, std::int64_t{shape_.row_bytes()}, ""},
            {"words", 1, std::int64_t{shape_.words},
             "of the row, if it begins a sum; all others have as many"},
            {"more", 0, 1, "1: the next row is added"},
            {"latency", 0, 63, "cycles of the memory, 0: the first word in the next cycle"},
            {"kind", 0, element_kinds - 1,
             "0, 1, -1, least, greatest, small, any, carried: operand `seed`"},
            {"seed", 0, (std::int64_t{1} << 32) - 1, "of elements"}};
  }

  std::vector<Command> directed() const override {
    const std::int64_t most = shape_.words, bytes_most = shape_.row_bytes();
    std::vector<Command> list;
    const auto add = [&](std::int64_t count, std::int64_t more, std::int64_t latency,
                         std::int64_t kind) {
      list.push_back({64, static_cast<std::int64_t>(list.size()) % 16, bytes_most, count, more,
                      latency, kind, static_cast<std::int64_t>(list.size())});
    };
    // Rows by themselves, at once, one long after the other; then sums at their ends.
    for (const std::int64_t latency : {0, 1, 40})
      for (const std::int64_t count : {std::int64_t{1}, most})
        for (int i = 0; i < 6; ++i) add(count, 0, latency, 6);
    for (const std::int64_t kind : {2, 3, 4, 6})
      for (const std::int64_t rows : {2, 3, 5})
        for (std::int64_t i = 0; i < rows; ++i) add(most, i + 1 < rows, 0, kind);
    // Both ends, one after the other, back and forth.
    for (const std::int64_t kind : {4, 4, 1, 3, 3, 3, 2, 4, 0}) add(most, kind != 0, 0, kind);
    for (Command& c : list) c[f_base] = std::min(c[f_base], fields()[f_base].high);
    Command& past = list.back();
    past[f_base] = fields()[f_base].high;
    past[f_row] = fields()[f_row].high;
    return list;
  }

  Command random(std::uint64_t number) const override {
    const std::uint64_t key = draw(0xE3B, number);
    Command c = anything(key);
    // Most memories answer soon, most rows are short.
    if (draw(key, 20) % 4 != 0) c[f_latency] %= 4;
    if (draw(key, 21) % 4 != 0)
      c[f_words] = 1 + c[f_words] % std::min<std::int64_t>(shape_.words, 3);
    return c;
  }

  void begin(const std::vector<Command>& list, std::uint64_t seed, unsigned stall) override {
    PinBench::begin(list, seed, stall);
    next_ = 0;
    taken_ = overflowed_ = 0;
    words_.clear();
    for (std::size_t i = 0; i < list.size(); ++i)
      words_.push_back(begins(i) ? static_cast<std::uint32_t>(list[i][f_words]) : words_.back());
    flight_.clear();
    held_ = none;
    offered_ = coming_ = false;
    sums_.assign(std::size_t{shape_.words} * shape_.elements(), 0);
    ended_ = none_cycle;
  }

  void drive(const Pins& pins) override {
    clear_inputs(pins);
    offered_ = next_ < commands_.size() && (offered_ || !holds_back(0));
    memory_ready_ = !holds_back(1);
    coming_ = !flight_.empty() && cycle_ >= flight_.front().there && (coming_ || !holds_back(2));
    ready_ = !holds_back(3);
    put(pins[read_ready], memory_ready_);
    put(pins[out_ready], ready_);
    put(pins[word_valid], coming_);
    if (coming_) {
      for (std::uint32_t e = 0; e < shape_.elements(); ++e)
        put(pins[word], e * shape_.element, shape_.element,
            static_cast<std::uint64_t>(element(flight_.front(), e)));
    }
    put(pins[valid], offered_);
    if (!offered_) return;
    const Command& c = commands_[next_];
    put(pins[base], static_cast<std::uint64_t>(c[f_base]));
    put(pins[row], static_cast<std::uint64_t>(c[f_row]));
    put(pins[row_bytes], static_cast<std::uint64_t>(c[f_row_bytes]));
    put(pins[words], words_[next_]);
    put(pins[first], begins(next_));
    put(pins[last], c[f_more] == 0);
  }

  bool check(const Pins& pins, Mismatch& m) override {
    const bool room = flight_.size() < shape_.outstanding;
    const bool reads = offered_ && room;
    const bool leaves = !flight_.empty() && commands_[flight_.front().command][f_more] == 0;
    const bool takes_word = !flight_.empty() && (!leaves || held_ == none || ready_);
    if (!same(pins, ready, memory_ready_ && room, current(), m)) return false;
    if (!same(pins, read_valid, reads, current(), m)) return false;
    if (reads) {
      const Command& c = commands_[next_];
      const auto of = [&](int field) { return static_cast<std::uint64_t>(c[field]); };
      if (!same(pins, address, of(f_base) + of(f_row) * of(f_row_bytes), next_, m)) return false;
      if (!same(pins, bytes, of(f_row_bytes), next_, m)) return false;
    }
    if (!same(pins, word_ready, takes_word, current(), m)) return false;
    if (!same(pins, out_valid, held_ != none, current(), m)) return false;
    if (!same(pins, overflows, std::min<std::uint64_t>(overflowed_, ~std::uint32_t{0}), current(),
              m))
      return false;
    if (held_ != none) {
      for (std::uint32_t e = 0; e < shape_.elements(); ++e)
        if (!same(pins, data, e * shape_.element, shape_.element,
                  static_cast<std::uint64_t>(out_[e]), held_, "element " + std::to_string(e), m))
          return false;
      if (!same(pins, out_last, out_last_, held_, m)) return false;
    }
    clock(reads && memory_ready_, coming_ && takes_word, leaves);
    return true;
  }

  bool done() const override {
    return next_ == commands_.size() && flight_.empty() && held_ == none;
  }
  std::size_t current() const override {
    if (!flight_.empty()) return flight_.front().command;
    return commands_.empty() ? 0 : std::min(next_, commands_.size() - 1);
  }
  std::uint64_t patience(const Command& c) const override {
    return static_cast<std::uint64_t>(c[f_latency]) + shape_.words + 4;
  }
  std::optional<std::uint64_t> actions() const override { return taken_; }

 private:
  static constexpr std::uint64_t none_cycle = ~std::uint64_t{0};

  struct Read {
    std::size_t command = 0;
    std::uint64_t there = 0;  // the cycle of its first word
    std::uint32_t at = 0;     // words that have come
  };

  bool begins(std::size_t command) const {
    return command == 0 || commands_[command - 1][f_more] == 0;
  }

  // Of the word that comes, sign extended.
  std::int64_t element(const Read& read, std::uint32_t number) const {
    const Command& c = commands_[read.command];
    if (c[f_kind] == carried && carries(static_cast<std::uint64_t>(c[f_seed])))
      return numerics::signed_of(
          carried_element<std::uint32_t>(static_cast<std::size_t>(c[f_seed]),
                                         std::size_t{read.at} * shape_.elements() + number),
          shape_.element);
    const std::uint64_t key = draw(0xE1E, static_cast<std::uint64_t>(c[f_seed]));
    const std::uint64_t bits =
        operand(c[f_kind], shape_.element, draw(key, std::uint64_t{read.at} * 256 + number));
    return numerics::signed_of(bits, shape_.element);
  }

  // The rising edge.
  void clock(bool asks, bool takes, bool leaves) {
    const bool full = flight_.size() == shape_.outstanding;
    saw(c_full, offered_ && full);
    saw(c_read_held, offered_ && !full && !memory_ready_);
    saw(c_gap, !offered_ && next_ < commands_.size());
    saw(c_held, held_ != none && !ready_);
    saw(c_taken_while_held, held_ != none && !ready_ && takes);
    saw(c_word_held, held_ != none && !ready_ && coming_ && leaves);
    saw(c_next_at_once, asks && ended_ + 1 == cycle_);
    if (held_ != none && ready_) held_ = none;
    if (takes) take(leaves);
    if (asks) ask();
    ++cycle_;
  }

  void ask() {
    const Command& c = commands_[next_];
    const auto base_of = static_cast<unsigned __int128>(c[f_base]);
    saw(c_past_end, (base_of + static_cast<unsigned __int128>(c[f_row]) *
                                   static_cast<unsigned __int128>(c[f_row_bytes])) >>
                            shape_.address !=
                        0);
    const auto latency = static_cast<std::uint64_t>(c[f_latency]);
    flight_.push_back({next_, cycle_ + 1 + latency, 0});
    saw(c_late, latency > 32);
    saw(c_at_once, latency == 0 && flight_.size() == 1);
    ++next_;
    offered_ = false;
  }

  void take(bool leaves) {
    Read& read = flight_.front();
    const bool starts = begins(read.command);
    if (starts && read.at == 0) rows_ = 0;
    if (read.at == 0) ++rows_;
    saw(c_overlap - (shape_.outstanding == 1 ? 1 : 0),
        shape_.outstanding > 1 && read.at == 0 && ended_ + 1 == cycle_);
    for (std::uint32_t e = 0; e < shape_.elements(); ++e) {
      std::int64_t& sum = sums_[std::size_t{read.at} * shape_.elements() + e];
      const std::int64_t more = element(read, e);
      const std::int64_t exact = (starts ? 0 : sum) + more;
      sum = numerics::limited(exact, shape_.element, shape_.overflow);
      const bool over = !numerics::fits(exact, shape_.element);
      overflowed_ += over ? 1 : 0;
      saw(c_up, over && exact > 0);
      saw(c_down, over && exact < 0);
    }
    const bool ends = read.at + 1 == words_[read.command];
    if (leaves) {
      held_ = read.command;
      out_last_ = ends;
      const auto from = sums_.begin() + static_cast<std::ptrdiff_t>(read.at * shape_.elements());
      out_.assign(from, from + static_cast<std::ptrdiff_t>(shape_.elements()));
    }
    ++read.at;
    ++taken_;
    coming_ = false;
    if (!ends) return;
    saw(c_longest, read.at == shape_.words);
    saw(c_alone, leaves && rows_ == 1);
    saw(c_two, leaves && rows_ == 2);
    saw(c_three, leaves && rows_ > 2);
    ended_ = cycle_;
    flight_.pop_front();
  }

  Shape shape_;
  std::size_t next_ = 0;
  std::uint64_t taken_ = 0, overflowed_ = 0, rows_ = 0;
  std::vector<std::uint32_t> words_;  // by command
  std::deque<Read> flight_;
  std::vector<std::int64_t> sums_, out_;  // so far, by word; on data_o
  std::size_t held_ = none;               // the command whose word is on data_o
  bool out_last_ = false;
  bool offered_ = false, memory_ready_ = false, coming_ = false, ready_ = false;
  std::uint64_t ended_ = none_cycle;  // when the last read ended
};

class EmbeddingLookup final : public Unit {
 public:
  std::string name() const override { return "embedding_lookup"; }
  std::string summary() const override {
    return "embedding lookup on one memory channel: rows to reads, words side by side or summed";
  }
  std::vector<Parameter> parameters() const override {
    return {{"ElementWidth", 32, 2, 32, "bits, two's complement"},
            {"PortWidth", 32, 2, 4096, "bits of a word, a multiple of ElementWidth"},
            {"Words", 16, 1, 65536, "of a row, at most"},
            {"Outstanding", 1, 1, 256, "reads in flight"},
            {"Saturate", 0, 0, 1, "0: sums wrap, 1: they end at the bound"},
            {"AddressWidth", 34, 17, 64, "bits"},
            {"RowWidth", 32, 8, 48, "bits of a row's number"}};
  }
  std::string objection(const Parameters& p) const override {
    if (p.at("PortWidth") % p.at("ElementWidth") != 0)
      return "PortWidth is a multiple of ElementWidth";
    if (p.at("RowWidth") > p.at("AddressWidth")) return "RowWidth is at most AddressWidth";
    if (bits_for(shape_of(p).row_bytes()) > p.at("AddressWidth"))
      return "a row's bytes are counted in AddressWidth bits";
    return {};
  }
  std::vector<Port> ports(const Parameters& p) const override { return lookup_ports(shape_of(p)); }
  std::vector<std::string> sources() const override {
    return {"embedding_lookup/embedding_lookup_add.sv", "embedding_lookup/embedding_lookup.sv"};
  }
  std::unique_ptr<Bench> bench(const Parameters& p) const override {
    return std::make_unique<LookupBench>(shape_of(p));
  }
  std::string action() const override { return "word"; }

  std::vector<Proof> proofs(const Parameters&) const override {
    Proof sum;
    sum.name = "sum";
    sum.claim = "elements add up as integers do, wrapped or limited";
    sum.top = "embedding_lookup_add_proof";
    sum.sources = {"embedding_lookup/embedding_lookup_add.sv",
                   "embedding_lookup/embedding_lookup_add_proof.sv"};
    sum.parameters = {{"ElementWidth", 32}};
    sum.method = ProofMethod::combinational;
    sum.mutation = {"embedding_lookup/embedding_lookup_add.sv", "{Top{!old_i[Top]}}",
                    "{Top{old_i[Top]}}", "the wrong bound"};
    Proof reads;
    reads.name = "reads";
    reads.claim =
        "no more reads in flight than may be; each gets its words in its turn, no more, no less; "
        "sums and words that are held stay";
    reads.top = name();
    reads.sources = sources();
    reads.parameters = {{"ElementWidth", 2}, {"PortWidth", 2},    {"Words", 3},
                        {"Outstanding", 3},  {"AddressWidth", 4}, {"RowWidth", 2}};
    reads.depth = 2;
    reads.mutation = {"embedding_lookup/embedding_lookup.sv",
                      "flight_q != FlightWidth'(Outstanding)", "1'b1", "reads without a bound"};
    return {sum, reads};
  }
};

const UnitRegistration registration(std::make_unique<EmbeddingLookup>());

}  // namespace
}  // namespace mantissa::rtl
