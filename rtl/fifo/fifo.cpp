// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstring>
#include <deque>

#include "rtl/unit.h"

namespace mantissa::rtl {
namespace {

std::uint64_t mixed(std::uint64_t x) {  // splitmix64
  x += 0x9e3779b97f4a7c15ull;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
  return x ^ (x >> 31);
}

std::uint64_t get(const Pin& pin) {
  std::uint64_t value = 0;
  std::memcpy(&value, pin.bits, (pin.width + 7) / 8);
  return value;
}
void put(const Pin& pin, std::uint64_t value) {
  std::memcpy(pin.bits, &value, (pin.width + 7) / 8);
}

// A command is one word that goes in.
class FifoBench final : public Bench {
 public:
  explicit FifoBench(const Parameters& parameters)
      : width_(static_cast<std::uint32_t>(parameters.at("Width"))),
        depth_(static_cast<std::size_t>(parameters.at("Depth"))) {}

  std::vector<Field> fields() const override {
    return {{"data", 0, static_cast<std::int64_t>(mask() >> 1), "the word, without its top bit"}};
  }
  std::vector<Command> directed() const override {
    std::vector<Command> commands;
    const auto ones = static_cast<std::int64_t>(mask() >> 1);
    for (std::size_t i = 0; i < 2 * depth_ + 2; ++i) commands.push_back({i % 2 ? ones : 0});
    return commands;
  }
  Command random(std::uint64_t draw) const override {
    return {static_cast<std::int64_t>(mixed(draw) & (mask() >> 1))};
  }
  std::vector<std::string> cases() const override {
    return {"empty", "full", "in and out at once", "offered and not taken"};
  }
  const std::vector<std::uint64_t>& covered() const override { return covered_; }

  void begin(const std::vector<Command>& commands, std::uint64_t seed, unsigned stall) override {
    commands_ = commands;
    seed_ = seed;
    stall_ = stall;
    next_ = taken_ = 0;
    cycle_ = 0;
    inside_.clear();
  }
  void drive(const Pins& pins) override {
    valid_ = next_ < commands_.size() && (mixed(seed_ ^ 2 * cycle_) & 255) >= stall_;
    ready_ = (mixed(seed_ ^ (2 * cycle_ + 1)) & 255) >= stall_;
    ++cycle_;
    put(pins[valid_i], valid_);
    put(pins[ready_i], ready_);
    put(pins[data_i], valid_ ? static_cast<std::uint64_t>(commands_[next_][0]) : 0);
  }
  bool check(const Pins& pins, Mismatch& mismatch) override {
    const bool full = inside_.size() == depth_, empty = inside_.empty();
    if (!expect(pins[ready_o], "ready_o", !full, mismatch)) return false;
    if (!expect(pins[valid_o], "valid_o", !empty, mismatch)) return false;
    if (!empty && !expect(pins[data_o], "data_o", inside_.front(), mismatch)) return false;
    const bool push = valid_ && !full, pop = ready_ && !empty;
    covered_[0] += empty;
    covered_[1] += full;
    covered_[2] += push && pop;
    covered_[3] += !empty && !ready_;
    if (pop) {
      inside_.pop_front();
      ++taken_;
    }
    if (push) inside_.push_back(static_cast<std::uint64_t>(commands_[next_++][0]));
    return true;
  }
  bool done() const override { return taken_ == commands_.size(); }
  std::size_t current() const override { return taken_; }
  std::uint64_t patience(const Command&) const override { return 2 * depth_; }
  std::optional<std::uint64_t> actions() const override { return taken_; }

 private:
  enum { valid_i, ready_o, data_i, valid_o, ready_i, data_o };

  std::uint64_t mask() const { return width_ == 64 ? ~0ull : (1ull << width_) - 1; }
  bool expect(const Pin& pin, const char* port, std::uint64_t value, Mismatch& mismatch) const {
    const std::uint64_t found = get(pin);
    if (found == value) return true;
    mismatch = {port, taken_, {}, fmt::format("{:#x}", value), fmt::format("{:#x}", found)};
    return false;
  }

  std::uint32_t width_;
  std::size_t depth_;
  std::vector<Command> commands_;
  std::deque<std::uint64_t> inside_;
  std::vector<std::uint64_t> covered_ = std::vector<std::uint64_t>(4);
  std::uint64_t seed_ = 0, cycle_ = 0;
  std::size_t next_ = 0, taken_ = 0;
  unsigned stall_ = 0;
  bool valid_ = false, ready_ = false;
};

class Fifo final : public Unit {
 public:
  std::string name() const override { return "fifo"; }
  std::string summary() const override {
    return "First in, first out, between two valid/ready handshakes";
  }
  std::vector<Parameter> parameters() const override {
    return {{"Width", 8, 2, 64, "bits of a word"}, {"Depth", 2, 2, 256, "words"}};
  }
  std::vector<Port> ports(const Parameters& parameters) const override {
    const auto width = static_cast<std::uint32_t>(parameters.at("Width"));
    return {{"valid_i", Direction::input, 1, "a word is offered"},
            {"ready_o", Direction::output, 1, "there is room for it"},
            {"data_i", Direction::input, width, "the word"},
            {"valid_o", Direction::output, 1, "a word is there"},
            {"ready_i", Direction::input, 1, "it is taken"},
            {"data_o", Direction::output, width, "the word"}};
  }
  std::vector<std::string> sources() const override { return {"fifo/fifo.sv"}; }
  std::unique_ptr<Bench> bench(const Parameters& parameters) const override {
    return std::make_unique<FifoBench>(parameters);
  }
  std::string action() const override { return "word"; }

  std::vector<Proof> proofs(const Parameters&) const override {
    Proof order;
    order.name = "order";
    order.claim =
        "words leave in the order in which they came, none lost, none twice, none changed, and one "
        "that is offered stays until it is taken";
    order.top = "fifo";
    order.sources = sources();
    order.parameters = {{"Width", 4}, {"Depth", 3}};
    order.depth = 2;
    order.mutation = {"fifo/fifo.sv", "data_o  = words_q[read_q];", "data_o  = words_q[write_q];",
                      "the word at the wrong pointer leaves"};
    Proof room = order;
    room.name = "room";
    room.claim = "a word is taken only when there is room for it";
    room.parameters = {{"Width", 2}, {"Depth", 2}};
    room.mutation = {"fifo/fifo.sv", "ready_o = count_q != CountWidth'(Depth);", "ready_o = 1'b1;",
                     "ready when full"};
    return {order, room};
  }
};

const UnitRegistration registration{std::make_unique<Fifo>()};

}  // namespace
}  // namespace mantissa::rtl
