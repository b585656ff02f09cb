// SPDX-License-Identifier: Apache-2.0
// Reads of a cell library (Liberty format) what area, function and energy need. Timing is left to
// OpenSTA, which reads the same file.
//
//   const Library library = Library::read("osu018_stdcells.lib");
//   library.cell("NAND2X1").area;
//
// Units after reading: pF, V, W, pJ; areas as the library has them (um2 by custom). Energies of
// internal_power tables are in the unit of capacitance x voltage squared, as the format defines.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "rtl/bench.h"

namespace mantissa::rtl {

inline const ErrorKind bad_liberty{
    "synth.bad-liberty", ExitCode::bad_input,
    "A file that is no Liberty library, or one without units, flip-flops or something else that "
    "synthesis needs."};

// A function of one or two variables in a grid; between its points linear, outside continued with
// the slope at the border, as timing analysers do.
struct PowerTable {
  std::vector<double> load;    // pF; empty: independent of the load
  std::vector<double> slew;    // ns; empty: independent of the slew
  std::vector<double> values;  // pJ, load-major
  double at(double load_pf, double slew_ns) const;
};

// Energy of one transition of a pin, less what charges its net.
struct InternalPower {
  std::string related_pin;  // of an output: the input that caused it; empty: none named
  PowerTable rise, fall;
  double mean(double load_pf, double slew_ns) const {
    return 0.5 * (rise.at(load_pf, slew_ns) + fall.at(load_pf, slew_ns));
  }
};

// A Boolean function of up to six pins as its truth table: bit i is the value for inputs whose
// binary number is i, the first pin being the lowest bit.
struct Function {
  std::vector<std::string> pins;
  std::uint64_t table = 0;
};
// Operators ! ' & * (or a space) ^ | + and parentheses. Throws bad_liberty.
Function parse_function(const std::string& text, const Place& place);

struct LibraryPin {
  std::string name;
  Direction direction = Direction::input;
  double capacitance = 0;  // pF
  bool clock = false;
  std::string function_text;
  std::optional<Function> function;  // of outputs; may use the state variables of the flip-flop
  std::vector<InternalPower> power;
};

struct FlipFlop {
  std::string state, inverted;  // names of the variables
  Function next, clock;
  std::optional<Function> clear, preset;
};

struct LibraryCell {
  std::string name;
  double area = 0;
  double leakage = 0;  // W
  std::vector<LibraryPin> pins;
  std::optional<FlipFlop> flip_flop;
  bool other_state = false;  // latches, state tables, three-state outputs: never simulated
  const LibraryPin* pin(const std::string& name) const;
};

class Library {
 public:
  static Library read(const std::string& path);
  static Library parse(const std::string& text, const std::string& path);

  const std::string& name() const { return name_; }
  const std::string& path() const { return path_; }
  const std::string& hash() const { return hash_; }  // of the whole file
  double voltage() const { return voltage_; }
  double celsius() const { return celsius_; }
  const std::map<std::string, LibraryCell>& cells() const { return cells_; }
  const LibraryCell& cell(const std::string& name) const;  // throws bad_liberty

 private:
  std::string name_, path_, hash_;
  double voltage_ = 0, celsius_ = 25;
  std::map<std::string, LibraryCell> cells_;
};

}  // namespace mantissa::rtl
