// SPDX-License-Identifier: Apache-2.0
// What the benches of clocked units share: values on pins, draws by counter, seen cases, and the
// comparison that fills in a mismatch.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "rtl/unit.h"

namespace mantissa::rtl {

// Bits [offset, offset + width) of a pin, width <= 64.
void put(const Pin& pin, std::uint32_t offset, std::uint32_t width, std::uint64_t value);
std::uint64_t get(const Pin& pin, std::uint32_t offset, std::uint32_t width);
inline void put(const Pin& pin, std::uint64_t value) { put(pin, 0, pin.width, value); }
inline std::uint64_t get(const Pin& pin) { return get(pin, 0, pin.width); }

class PinBench : public Bench {
 public:
  std::vector<std::string> cases() const override { return cases_; }
  const std::vector<std::uint64_t>& covered() const override { return covered_; }
  void begin(const std::vector<Command>& commands, std::uint64_t seed, unsigned stall) override;
  void carry(const std::vector<std::vector<std::byte>>& operands) override { carried_ = operands; }

 protected:
  PinBench(std::vector<Port> ports, std::vector<std::string> cases);

  void saw(std::size_t which, bool did = true) { covered_[which] += did ? 1 : 0; }
  // Bit i of `which`: case `first` + i.
  void saw_each(std::size_t first, std::uint32_t which) {
    for (; which != 0; which >>= 1, ++first) saw(first, (which & 1) != 0);
  }
  // Whether the other side holds back in this cycle; `which` tells its sides apart.
  bool holds_back(std::uint64_t which) const;
  // Compares `width` bits at `offset`; false fills in `mismatch`. The first difference counts.
  bool same(const Pins& pins, std::size_t port, std::uint64_t expected, std::size_t command,
            Mismatch& mismatch) const {
    return same(pins, port, 0, ports_[port].width, expected, command, {}, mismatch);
  }
  bool same(const Pins& pins, std::size_t port, std::uint32_t offset, std::uint32_t width,
            std::uint64_t expected, std::size_t command, const std::string& element,
            Mismatch& mismatch) const;
  void clear_inputs(const Pins& pins) const;

  // Every field anywhere within its bounds, from the stream `key`.
  Command anything(std::uint64_t key) const;
  bool carries(std::uint64_t which) const { return which < carried_.size(); }
  // Element `i` of carried operand `which` as the bits of an Integer; what is missing is zero.
  template <class Integer>
  Integer carried_element(std::size_t which, std::size_t i) const {
    Integer value = 0;
    if (which < carried_.size() && (i + 1) * sizeof value <= carried_[which].size())
      std::memcpy(&value, &carried_[which][i * sizeof value], sizeof value);
    return value;
  }

  std::vector<Command> commands_;
  std::vector<std::vector<std::byte>> carried_;  // operands that a replay brings along
  std::uint64_t cycle_ = 0;                      // since begin
  std::uint64_t seed_ = 0;
  unsigned stall_ = 0;

 private:
  std::vector<Port> ports_;
  std::vector<std::string> cases_;
  std::vector<std::uint64_t> covered_;
};

// Bits that the numbers 0..most take, at least one.
constexpr std::uint32_t bits_for(std::uint64_t most) {
  std::uint32_t bits = 1;
  while (bits < 64 && most >> bits != 0) ++bits;
  return bits;
}

// Draw `number` of the stream `key`.
std::uint64_t draw(std::uint64_t key, std::uint64_t number);
// An operand of `width` bits by kind: 0 zero, 1 one, 2 minus one, 3 most negative, 4 most positive,
// 5 small and signed, others uniform.
constexpr std::int64_t operand_kinds = 7;
std::uint64_t operand(std::int64_t kind, unsigned width, std::uint64_t bits);

}  // namespace mantissa::rtl
