// SPDX-License-Identifier: Apache-2.0
#include "rtl/common/pin_bench.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "base/faults/draw.h"

namespace mantissa::rtl {
namespace {

std::string hexadecimal(std::uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

constexpr std::uint64_t low_bits(std::uint32_t width) {
  return width >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << width) - 1;
}

}  // namespace

void put(const Pin& pin, std::uint32_t offset, std::uint32_t width, std::uint64_t value) {
  value &= low_bits(width);
  for (std::uint32_t done = 0; done < width;) {
    const std::uint32_t at = offset + done, shift = at % 8;
    const std::uint32_t bits = std::min(8 - shift, width - done);
    const auto mask = static_cast<std::uint8_t>(low_bits(bits) << shift);
    std::byte& byte = pin.bits[at / 8];
    byte = (byte & ~std::byte{mask}) |
           (static_cast<std::byte>(value >> done << shift) & std::byte{mask});
    done += bits;
  }
}

std::uint64_t get(const Pin& pin, std::uint32_t offset, std::uint32_t width) {
  std::uint64_t value = 0;
  for (std::uint32_t done = 0; done < width;) {
    const std::uint32_t at = offset + done, shift = at % 8;
    const std::uint32_t bits = std::min(8 - shift, width - done);
    const auto byte = std::to_integer<std::uint64_t>(pin.bits[at / 8]);
    value |= (byte >> shift & low_bits(bits)) << done;
    done += bits;
  }
  return value;
}

std::uint64_t draw(std::uint64_t key, std::uint64_t number) { return faults::derived(key, number); }

std::uint64_t operand(std::int64_t kind, unsigned width, std::uint64_t bits) {
  const std::uint64_t all = low_bits(width), top = std::uint64_t{1} << (width - 1);
  switch (kind) {
    case 0:
      return 0;
    case 1:
      return 1;
    case 2:
      return all;
    case 3:
      return top;
    case 4:
      return top - 1;
    case 5:  // -8 .. 7
      return ((bits & 15) - 8) & all;
    default:
      return bits & all;
  }
}

PinBench::PinBench(std::vector<Port> ports, std::vector<std::string> cases)
    : ports_(std::move(ports)), cases_(std::move(cases)), covered_(cases_.size(), 0) {}

void PinBench::begin(const std::vector<Command>& commands, std::uint64_t seed, unsigned stall) {
  commands_ = commands;
  seed_ = seed;
  stall_ = stall;
  cycle_ = 0;
}

Command PinBench::anything(std::uint64_t key) const {
  Command command;
  for (const Field& field : fields())
    command.push_back(field.low + static_cast<std::int64_t>(
                                      draw(key, command.size()) %
                                      static_cast<std::uint64_t>(field.high - field.low + 1)));
  return command;
}

bool PinBench::holds_back(std::uint64_t which) const {
  return (draw(draw(seed_, which), cycle_) & 255) < stall_;
}

bool PinBench::same(const Pins& pins, std::size_t port, std::uint32_t offset, std::uint32_t width,
                    std::uint64_t expected, std::size_t command, const std::string& element,
                    Mismatch& mismatch) const {
  expected &= low_bits(width);
  const std::uint64_t found = get(pins[port], offset, width);
  if (found == expected) return true;
  mismatch.port = ports_[port].name;
  mismatch.command = command;
  mismatch.element = element;
  mismatch.expected = hexadecimal(expected);
  mismatch.found = hexadecimal(found);
  return false;
}

void PinBench::clear_inputs(const Pins& pins) const {
  for (std::size_t i = 0; i < ports_.size(); ++i)
    if (ports_[i].direction == Direction::input)
      std::memset(pins[i].bits, 0, (pins[i].width + 7) / 8);
}

}  // namespace mantissa::rtl
