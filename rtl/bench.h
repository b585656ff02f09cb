// SPDX-License-Identifier: Apache-2.0
// What a unit's pins must do, cycle by cycle, for a list of commands.
//
// A bench is the unit's C++ model (the golden arithmetic of base/numerics, the timing of arch/)
// with pins. It does not know whether the design behind the pins is the RTL, its netlist, or a
// user's. In every clock cycle the runner
//
//   1. calls drive: the bench writes the inputs of this cycle,
//   2. lets the combinational logic settle,
//   3. calls check: the bench compares every output of this cycle with what its model says,
//   4. gives the rising clock edge.
//
// Everything random is a function of the seed, the command and the cycle, so that a list of
// commands cut shorter runs the same way every time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mantissa::rtl {

enum class Direction : std::uint8_t { input, output };

// One port of a design: `width` bits, little-endian, in the (width + 7) / 8 bytes at `bits`. Bits
// above the width are zero, and have to be written as zero.
struct Pin {
  std::byte* bits = nullptr;
  std::uint32_t width = 0;
};

// In the order of Unit::ports.
using Pins = std::vector<Pin>;

// A value that a command carries: an operation, a length, a seed of its operands.
struct Field {
  std::string name;
  std::int64_t low, high;  // both included; a reproducer is shrunk towards `low`
  std::string doc;
};
// By field.
using Command = std::vector<std::int64_t>;

struct Mismatch {
  std::string port;
  std::size_t command = 0;      // the first whose answer differs, index into the commands given
  std::string element;          // "element 3", or empty
  std::string expected, found;  // as text
};

class Bench {
 public:
  virtual ~Bench() = default;

  virtual std::vector<Field> fields() const = 0;
  // The corners: every operation, the extreme operands, the shortest and longest, back to back.
  virtual std::vector<Command> directed() const = 0;
  // Constrained random, a function of `draw` alone.
  virtual Command random(std::uint64_t draw) const = 0;
  // What differs so much that its cost is of interest by itself, by name; none: all commands are
  // alike. And a command as one of them: that of this number in the first field, where nothing else
  // is said.
  virtual std::vector<std::string> operations() const { return {}; }
  virtual Command as_operation(Command command, std::size_t operation) const {
    command.front() = static_cast<std::int64_t>(operation);
    return command;
  }

  // Cases that a complete run has seen: "rounding: tie to even, negative".
  virtual std::vector<std::string> cases() const = 0;
  // How often each was seen since the bench was made.
  virtual const std::vector<std::uint64_t>& covered() const = 0;

  // Operands that commands may carry along, by what a field says; those of a run in which a chip's
  // own went wrong. Before `begin`, and kept.
  virtual void carry(const std::vector<std::vector<std::byte>>& /*operands*/) {}
  // Starts a run. The design has just been reset. `stall`: how often the other side holds back, in
  // 1/256 of all cycles (valid low, ready low).
  virtual void begin(const std::vector<Command>& commands, std::uint64_t seed, unsigned stall) = 0;
  virtual void drive(const Pins& pins) = 0;
  // False, with `mismatch` filled in, when an output is not what it must be in this cycle.
  virtual bool check(const Pins& pins, Mismatch& mismatch) = 0;
  // All commands have gone in and everything expected has come out. A few more cycles follow, in
  // which nothing else may come.
  virtual bool done() const = 0;
  // The command that the design works on, for messages.
  virtual std::size_t current() const = 0;
  // A bound on the cycles that a command takes, stalls apart; a design that needs longer never
  // answers. Only handshakes in which the design has a say need it.
  virtual std::uint64_t patience(const Command& command) const = 0;
  // How many of Unit::action the design has done since `begin`. Nothing: an action is a cycle.
  virtual std::optional<std::uint64_t> actions() const { return std::nullopt; }
};

}  // namespace mantissa::rtl
