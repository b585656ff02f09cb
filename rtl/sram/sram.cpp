// SPDX-License-Identifier: Apache-2.0
// The bench of the memory: contents and codec by base/faults/secded.h, requests and answers by the
// timing of sram.sv. A word that was never written holds nothing that could be expected.
#include <algorithm>
#include <cstring>
#include <optional>

#include "base/faults/secded.h"
#include "rtl/common/pin_bench.h"

namespace mantissa::rtl {
namespace {

std::vector<Port> sram_ports(std::int64_t words, bool secded) {
  const std::uint32_t width = secded ? 72 : 64;
  const auto in = Direction::input, out = Direction::output;
  return {{"req_i", in, 1, "a request, taken with ready_o"},
          {"ready_o", out, 1, "low while a write of some bytes reads, merges and writes back"},
          {"write_i", in, 1, ""},
          {"address_i", in, bits_for(static_cast<std::uint64_t>(words) - 1), "of the word"},
          {"wdata_i", in, 64, ""},
          {"byte_enable_i", in, 8, "bytes that a write changes"},
          {"flip_i", in, width, "bits that this access reads inverted, check bits on top"},
          {"stuck_at_0_i", in, width, "bits that this access reads as 0"},
          {"stuck_at_1_i", in, width, "bits that this access reads as 1"},
          {"rvalid_o", out, 1, "the answer of a read"},
          {"rdata_o", out, 64, "corrected"},
          {"corrected_o", out, 1, "one wrong bit"},
          {"uncorrectable_o", out, 1, "two wrong bits"}};
}
enum {
  req,
  ready,
  write,
  address,
  wdata,
  enable,
  flip,
  stuck0,
  stuck1,
  rvalid,
  rdata,
  corrected,
  uncorrectable
};

enum { f_write, f_address, f_enable, f_kind, f_seed, f_flip, f_flip_too, f_stuck0, f_stuck1 };

enum {
  c_write,
  c_partial,
  c_nothing,
  c_read,
  c_after_write,
  c_in_a_row,
  c_gap,
  c_flipped,
  c_stuck0,
  c_stuck1,
  c_data,
  c_check,
  c_detected,
  c_waits,
  c_merge_corrects,
  c_merge_refuses
};

std::vector<std::string> sram_cases(bool secded) {
  std::vector<std::string> all = {"write: whole word",
                                  "write: some bytes",
                                  "write: no byte",
                                  "read: as written",
                                  "read: the word written in the cycle before",
                                  "read: in consecutive cycles",
                                  "no request",
                                  "fault: flipped bits",
                                  "fault: stuck at 0",
                                  "fault: stuck at 1"};
  if (secded)
    for (const char* more :
         {"corrected: data bit", "corrected: check bit", "uncorrectable",
          "request waits for a write of some bytes", "write of some bytes: corrected on the way",
          "write of some bytes: refused, the word is uncorrectable"})
      all.emplace_back(more);
  return all;
}

// 72 bits, or 64.
struct ArrayWord {
  std::uint64_t data = 0;
  std::uint8_t check = 0;
};

class SramBench : public PinBench {
 public:
  SramBench(std::int64_t words, bool secded)
      : PinBench(sram_ports(words, secded), sram_cases(secded)),
        words_(words),
        secded_(secded),
        width_(secded ? 72 : 64) {}

  std::vector<Field> fields() const override {
    return {{"write", 0, 1, "1: write, 0: read"},
            {"address", 0, words_ - 1, "word"},
            {"byte_enable", 0, 255, "bytes written"},
            {"kind", 0, operand_kinds,
             "of the data: 0, 1, -1, least, greatest, small, any; carried, and flipped bits are"},
            {"seed", 0, (std::int64_t{1} << 32) - 1, "of the data; carried: which"},
            {"flip", 0, width_, "bit read inverted, counted from 1; 0: none"},
            {"flip_too", 0, width_, "a second one; the same twice: none"},
            {"stuck_at_0", 0, width_, "bit read as 0, counted from 1; 0: none"},
            {"stuck_at_1", 0, width_, "bit read as 1, counted from 1; 0: none"}};
  }

  std::vector<Command> directed() const override {
    std::vector<Command> list;
    const std::int64_t far = words_ - 1;
    // Every byte alone, between reads that see it at once.
    for (std::int64_t kind = 0; kind < operand_kinds; ++kind)
      list.push_back({1, kind % words_, 255, kind, kind, 0, 0, 0, 0});
    for (std::int64_t byte = 0; byte < 8; ++byte) {
      list.push_back({1, far, 255, 6, byte, 0, 0, 0, 0});
      list.push_back({1, far, std::int64_t{1} << byte, 6, byte + 100, 0, 0, 0, 0});
      list.push_back({0, far, 0, 0, 0, 0, 0, 0, 0});
      list.push_back({1, far, 0, 6, byte + 200, 0, 0, 0, 0});
      list.push_back({0, far, 0, 0, 0, 0, 0, 0, 0});
    }
    // Every single and every double error of a word, then stuck cells of either value.
    list.push_back({1, 0, 255, 6, 1, 0, 0, 0, 0});
    for (std::int64_t a = 1; a <= width_; ++a)
      for (std::int64_t b = 0; b < a; ++b) list.push_back({0, 0, 0, 0, 0, a, b, 0, 0});
    for (std::int64_t kind : {0, 2})
      for (std::int64_t a = 1; a <= width_; ++a) {
        list.push_back({1, 0, 255, kind, 0, 0, 0, 0, 0});
        list.push_back({0, 0, 0, 0, 0, 0, 0, a, 0});
        list.push_back({0, 0, 0, 0, 0, 0, 0, 0, a});
        list.push_back({0, 0, 0, 0, 0, a, 0, a, a});
      }
    // Writes of some bytes onto one wrong bit, which they mend, and onto two, which they leave.
    for (std::int64_t a = 1; a < width_; ++a) {
      list.push_back({1, far, 3, 6, a, a, 0, 0, 0});
      list.push_back({0, far, 0, 0, 0, 0, 0, 0, 0});
      list.push_back({1, far, 192, 6, a, a, a + 1, 0, 0});
      list.push_back({0, far, 0, 0, 0, 0, 0, 0, 0});
    }
    return list;
  }

  Command random(std::uint64_t number) const override {
    const auto r = [&](std::uint64_t i) { return draw(draw(0x5EAD, number), i); };
    const auto below = [&](std::uint64_t i, std::int64_t n) {
      return static_cast<std::int64_t>(r(i) % static_cast<std::uint64_t>(n));
    };
    // Few addresses, so that accesses meet; half of all writes are whole words.
    const std::int64_t near = std::min<std::int64_t>(words_, 8);
    Command c{below(0, 2),
              below(1, 4) != 0 ? below(2, near) : below(2, words_),
              below(3, 2) != 0 ? 255 : below(4, 256),
              below(5, operand_kinds),
              static_cast<std::int64_t>(r(6) >> 32),
              0,
              0,
              0,
              0};
    if (below(7, 2) == 0) c[f_flip] = below(8, width_ + 1);
    if (below(9, 4) == 0) c[f_flip_too] = below(10, width_ + 1);
    if (below(11, 4) == 0) c[f_stuck0] = below(12, width_ + 1);
    if (below(13, 4) == 0) c[f_stuck1] = below(14, width_ + 1);
    return c;
  }

  void begin(const std::vector<Command>& commands, std::uint64_t seed, unsigned stall) override {
    PinBench::begin(commands, seed, stall);
    next_ = 0;
    offered_ = wrote_ = read_ = false;
    array_.assign(static_cast<std::size_t>(words_), std::nullopt);
    reading_ = answering_ = {};
  }

  void drive(const Pins& pins) override {
    clear_inputs(pins);
    offered_ = next_ < commands_.size() && (offered_ || !holds_back(0));
    if (!offered_) return;
    const Command& c = commands_[next_];
    put(pins[req], 1);
    put(pins[write], static_cast<std::uint64_t>(c[f_write]));
    put(pins[address], static_cast<std::uint64_t>(c[f_address]));
    put(pins[wdata], data(c));
    put(pins[enable], static_cast<std::uint64_t>(c[f_enable]));
    if (c[f_write] == 0 && c[f_kind] == operand_kinds) {
      const ArrayWord flips = carried(c);
      put(pins[flip], 0, 64, flips.data);
      if (secded_) put(pins[flip], 64, 8, flips.check);
    }
    flip_bit(pins[flip], c[f_flip]);
    flip_bit(pins[flip], c[f_flip_too]);
    flip_bit(pins[stuck0], c[f_stuck0]);
    flip_bit(pins[stuck1], c[f_stuck1]);
  }

  bool check(const Pins& pins, Mismatch& m) override {
    const bool is_ready = !reading_.partial && !answering_.partial;
    const Access& a = answering_;
    if (!same(pins, ready, is_ready, current(), m)) return false;
    if (!same(pins, rvalid, a.valid && !a.partial, a.command, m)) return false;
    if (!a.valid) {
      if (!same(pins, corrected, 0, current(), m)) return false;
      if (!same(pins, uncorrectable, 0, current(), m)) return false;
    } else if (a.word) {
      const faults::SecdedRead read = decoded(*a.word);
      const bool mended = read.outcome == faults::SecdedOutcome::corrected;
      const bool lost = read.outcome == faults::SecdedOutcome::detected;
      if (!a.partial && !same(pins, rdata, read.data, a.command, m)) return false;
      if (!same(pins, corrected, mended, a.command, m)) return false;
      if (!same(pins, uncorrectable, lost, a.command, m)) return false;
      saw(c_read, !a.partial && !mended && !lost);
      if (secded_) {
        saw(c_data, mended && read.data != a.word->data);
        saw(c_check, mended && read.data == a.word->data);
        saw(c_detected, lost);
        saw(c_merge_corrects, a.partial && mended);
        saw(c_merge_refuses, a.partial && lost);
      }
    }
    clock(offered_ && is_ready);
    return true;
  }

  bool done() const override {
    return next_ == commands_.size() && !reading_.valid && !answering_.valid;
  }
  std::size_t current() const override {
    return commands_.empty() ? 0 : std::min(next_, commands_.size() - 1);
  }
  std::uint64_t patience(const Command&) const override { return 8; }
  std::optional<std::uint64_t> actions() const override { return next_; }

 private:
  // A read on its way to the outputs, or the read of a write of some bytes.
  struct Access {
    bool valid = false, partial = false;
    std::size_t command = 0;
    std::optional<ArrayWord> word;  // as the array gave it
  };

  // Nine bytes; what is missing is zero.
  ArrayWord carried(const Command& c) const {
    const auto which = static_cast<std::size_t>(c[f_seed]);
    ArrayWord word;
    if (which >= carried_.size()) return word;
    const auto& bytes = carried_[which];
    std::memcpy(&word.data, bytes.data(), std::min<std::size_t>(8, bytes.size()));
    if (bytes.size() > 8) word.check = std::to_integer<std::uint8_t>(bytes[8]);
    return word;
  }
  std::uint64_t data(const Command& c) const {
    if (c[f_kind] == operand_kinds) return carried(c).data;
    return operand(c[f_kind], 64, draw(0xDA7A, static_cast<std::uint64_t>(c[f_seed])));
  }
  static void flip_bit(const Pin& pin, std::int64_t bit) {
    if (bit == 0) return;
    const auto at = static_cast<std::uint32_t>(bit - 1);
    put(pin, at, 1, get(pin, at, 1) ^ 1);
  }
  std::uint64_t merged(std::uint64_t old, const Command& c) const {
    std::uint64_t mask = 0;
    for (unsigned i = 0; i < 8; ++i)
      if (c[f_enable] >> i & 1) mask |= std::uint64_t{255} << (8 * i);
    return (old & ~mask) | (data(c) & mask);
  }
  faults::SecdedRead decoded(const ArrayWord& word) const {
    if (!secded_) return {word.data, faults::SecdedOutcome::clean};
    return faults::secded_decode(word.data, word.check);
  }
  ArrayWord encoded(std::uint64_t word) const {
    return {word, secded_ ? faults::secded_check(word) : std::uint8_t{0}};
  }
  // ((word & ~stuck at 0) | stuck at 1) ^ flip
  ArrayWord faulty(ArrayWord word, const Command& c) const {
    const auto each = [&](std::int64_t bit, auto change) {
      if (bit == 0) return;
      const auto at = static_cast<unsigned>(bit - 1);
      if (at < 64)
        word.data = change(word.data, std::uint64_t{1} << at);
      else
        word.check = static_cast<std::uint8_t>(change(word.check, std::uint64_t{1} << (at - 64)));
    };
    const auto inverted = [](std::uint64_t w, std::uint64_t bit) { return w ^ bit; };
    each(c[f_stuck0], [](std::uint64_t w, std::uint64_t bit) { return w & ~bit; });
    each(c[f_stuck1], [](std::uint64_t w, std::uint64_t bit) { return w | bit; });
    each(c[f_flip], inverted);
    each(c[f_flip_too], inverted);
    if (c[f_write] == 0 && c[f_kind] == operand_kinds) {
      const ArrayWord flips = carried(c);
      word.data ^= flips.data;
      word.check = static_cast<std::uint8_t>(word.check ^ flips.check);
    }
    return word;
  }

  // The rising edge.
  void clock(bool accepted) {
    // 1. A write of some bytes writes back, unless it read two wrong bits.
    if (answering_.partial && answering_.word) {
      const Command& c = commands_[answering_.command];
      const faults::SecdedRead read = decoded(*answering_.word);
      if (read.outcome != faults::SecdedOutcome::detected)
        array_[static_cast<std::size_t>(c[f_address])] = encoded(merged(read.data, c));
    }
    // 2. What the array gave is decoded; without a codec it has been answered already.
    if (secded_) answering_ = reading_;
    // 3. The request.
    Access access;
    saw(c_gap, !offered_ && next_ < commands_.size());
    if (secded_) saw(c_waits, offered_ && !accepted);
    if (accepted) {
      const Command& c = commands_[next_];
      std::optional<ArrayWord>& word = array_[static_cast<std::size_t>(c[f_address])];
      const bool writes = c[f_write] != 0, whole = c[f_enable] == 255, none = c[f_enable] == 0;
      const bool faults = (c[f_flip] != c[f_flip_too] || c[f_stuck0] != 0 || c[f_stuck1] != 0);
      access = {!writes || (secded_ && !whole && !none), writes, next_, std::nullopt};
      access.partial = access.valid && writes;
      if (access.valid && word) access.word = faulty(*word, c);
      if (writes && whole) word = encoded(data(c));
      if (writes && !whole && !secded_ && word) word = encoded(merged(word->data, c));
      saw(c_write, writes && whole);
      saw(c_partial, writes && !whole && !none);
      saw(c_nothing, writes && none);
      saw(c_after_write, !writes && wrote_ && wrote_address_ == c[f_address]);
      saw(c_in_a_row, !writes && read_);
      saw(c_flipped, !writes && faults && c[f_flip] != c[f_flip_too]);
      saw(c_stuck0, !writes && c[f_stuck0] != 0);
      saw(c_stuck1, !writes && c[f_stuck1] != 0);
      wrote_ = writes && whole;
      read_ = !writes;
      wrote_address_ = c[f_address];
      ++next_;
      offered_ = false;
    } else {
      wrote_ = read_ = false;
    }
    (secded_ ? reading_ : answering_) = access;
    ++cycle_;
  }

  std::int64_t words_;
  bool secded_;
  std::int64_t width_;
  std::size_t next_ = 0;
  bool offered_ = false, wrote_ = false, read_ = false;  // the latter two in the cycle before
  std::int64_t wrote_address_ = 0;
  std::vector<std::optional<ArrayWord>> array_;
  Access reading_, answering_;
};

class Sram : public Unit {
 public:
  std::string name() const override { return "sram"; }
  std::string summary() const override {
    return "memory with synchronous read, byte enables, fault injection and SECDED(72,64)";
  }
  std::vector<Parameter> parameters() const override {
    return {{"Words", 256, 1, 65536, "of 64 bits"},
            {"Secded", 1, 0, 1, "1: eight check bits per word, one more cycle to read"}};
  }
  std::vector<Port> ports(const Parameters& p) const override {
    return sram_ports(p.at("Words"), p.at("Secded") != 0);
  }
  std::vector<std::string> sources() const override {
    return {"sram/secded_pkg.sv", "sram/secded_encode.sv", "sram/secded_decode.sv", "sram/sram.sv"};
  }
  std::unique_ptr<Bench> bench(const Parameters& p) const override {
    return std::make_unique<SramBench>(p.at("Words"), p.at("Secded") != 0);
  }
  std::vector<Proof> proofs(const Parameters&) const override {
    const auto step = [](const char* name, const char* claim, Mutation mutation) {
      const std::string source = std::string("sram/secded_") + name + "_proof.sv";
      Proof p;
      p.name = name;
      p.claim = claim;
      p.top = std::string("secded_") + name + "_proof";
      p.sources = {"sram/secded_pkg.sv", "sram/secded_encode.sv", "sram/secded_decode.sv", source};
      p.method = ProofMethod::combinational;
      p.mutation = std::move(mutation);
      return p;
    };
    std::vector<Proof> all = {
        step("syndrome", "the decoder does to a word what it does to zero with its syndrome",
             {"sram/secded_decode.sv", "check ^ word_i[71:64]", "check",
              "stored check bits ignored"}),
        step("positions", "every column accuses its own bit; two errors are always detected",
             {"sram/secded_pkg.sv", "44B1_2CB7", "44B1_2CB6", "one bit of the matrix"}),
        step("errors", "of 72 bits one wrong one is corrected, and two are detected",
             {"sram/secded_decode.sv", "= (syndrome != 8'd0) &&", "= syndrome[0] &&",
              "only what the first check bit sees"})};
    // A row at a time, which is what the solver can do.
    for (int row = 0; row < 8; ++row) {
      const std::string parity = "^(data_i & secded_pkg::Row" + std::to_string(row) + ")";
      Proof p = step("linear", "",
                     {"sram/secded_encode.sv", parity, "|" + parity.substr(1),
                      "any of its bits instead of their parity"});
      p.name += "_" + std::to_string(row);
      p.claim = "check bit " + std::to_string(row) +
                " of data and errors together is the sum of those of either";
      p.parameters = {{"Row", row}};
      all.push_back(std::move(p));
    }
    for (const bool secded : {true, false}) {
      Proof p;
      p.name = secded ? "words_secded" : "words";
      p.claim = std::string("1 + Secded cycles after a read, and else never, comes what was ") +
                "written; a write of some bytes holds requests back for " +
                (secded ? "two cycles, for any code" : "none");
      p.top = name();
      p.sources = {"sram/secded_any_encode.sv", "sram/secded_any_decode.sv", "sram/sram.sv"};
      p.parameters = {{"Words", 2}, {"Secded", secded ? 1 : 0}};
      p.mutation = secded ? Mutation{"sram/sram.sv", "= !partial_q && !merge_q;", "= !merge_q;",
                                     "accepts while it reads for a write of some bytes"}
                          : Mutation{"sram/sram.sv", "valid_q <= accept && !write_i;",
                                     "valid_q <= accept;", "answers writes, too"};
      all.push_back(std::move(p));
    }
    return all;
  }
  std::string action() const override { return "access"; }
};

const UnitRegistration registration(std::make_unique<Sram>());

}  // namespace
}  // namespace mantissa::rtl
