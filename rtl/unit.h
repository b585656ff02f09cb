// SPDX-License-Identifier: Apache-2.0
// A datapath that exists in SystemVerilog: its parameters, its port contract, where its sources
// are, and the bench that holds it against its C++ model.
//
// One folder per unit, rtl/<unit>/, one .cpp there that registers it. What a user brings along
// (`--rtl DIR`) is held against the same contract by the same bench.
//
//   const Unit* mac = find_unit("mac");
//   mac->ports(mac->defaults());
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "rtl/bench.h"
#include "rtl/proof/proof.h"

namespace mantissa::rtl {

// Of the top module, always an integer.
struct Parameter {
  std::string name;
  std::int64_t fallback;
  std::int64_t low, high;  // legal, both included
  std::string doc;
};
using Parameters = std::map<std::string, std::int64_t>;

// Every unit has `clk_i` and the asynchronous, active-low reset `rst_ni`; they are not listed.
// Ports are flat vectors: element i of width W is [i*W +: W].
struct Port {
  std::string name;
  Direction direction;
  std::uint32_t width;  // bits
  std::string doc;
};

class Unit {
 public:
  virtual ~Unit() = default;

  virtual std::string name() const = 0;  // of the folder, of the top module, on the command line
  virtual std::string summary() const = 0;
  virtual std::vector<Parameter> parameters() const = 0;
  // A rule across parameters that is violated, in words; empty: none.
  virtual std::string objection(const Parameters&) const { return {}; }
  virtual std::vector<Port> ports(const Parameters& parameters) const = 0;
  // Relative to rtl/, in the order in which they are read.
  virtual std::vector<std::string> sources() const = 0;
  // The model beside which the RTL runs. Its pins are in the order of `ports`.
  virtual std::unique_ptr<Bench> bench(const Parameters& parameters) const = 0;
  // Claims that hold for all inputs (rtl/proof). Widths beyond the reach of a solver are proved at
  // smaller ones: a proof has its own parameters.
  virtual std::vector<Proof> proofs(const Parameters&) const { return {}; }
  // What Bench::actions counts, in the singular: "mac", "element". Energies are given per one.
  virtual std::string action() const { return "cycle"; }

  Parameters defaults() const;
};

// The contract in full: `clk_i` and `rst_ni` first.
std::vector<Port> all_ports(const Unit& unit, const Parameters& parameters);

struct UnitRegistration {
  explicit UnitRegistration(std::unique_ptr<Unit> unit);
};

std::vector<const Unit*> units();  // by name
const Unit* find_unit(const std::string& name);

}  // namespace mantissa::rtl
