// SPDX-License-Identifier: Apache-2.0
// What one run measured. Everything the report, the JSON and the results store show comes from
// here.
//
// Definitions
//   cycle        of the core clock; `cycles` counts from the first command to the last write-back.
//   busy         cycles in which the matrix unit streams operands through its array.
//   stalls       all other cycles of the matrix unit, by what it waited for; busy + stalls =
//   cycles. utilization  MACs / (peak MACs per cycle x cycles).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "arch/session/fault_counts.h"
#include "base/trace/graph.h"
#include "base/units.h"
#include "power/estimate.h"

namespace mantissa::arch {

enum class Stall : std::uint8_t {
  weight_load,  // the stationary operand is still shifting in
  operand,      // the scratchpad delivers operands more slowly than the array takes them
  accumulator,  // no accumulator is free: the vector unit has not drained it yet
  dram,         // waiting for a load, or for room that a store still occupies
  dependency,   // waiting for another operator, a collective or a barrier
  drain,        // fill and drain of the array: R + C - 2 per uncovered fold
};
constexpr std::size_t stall_kinds = 6;
const char* name(Stall s);

// Per matrix unit: where its cycles went.
struct MatrixTime {
  Cycles busy{};
  std::array<Cycles, stall_kinds> stalls{};
  Cycles total() const;
};

struct LayerResult {
  std::string name;
  std::string op;      // vocabulary name; fused ones joined by '+'
  std::string engine;  // "matrix", "vector", "dma", "link"
  std::uint32_t core = 0;
  Cycles start{}, end{};  // first command's start, last command's end; layers may overlap
  Cycles busy{};          // of the engine that does the layer's main work
  Cycles compute{};       // array cycles of all folds back to back, loads and drains included
  std::uint64_t folds = 0;
  std::uint64_t macs = 0;
  double utilization = 0;  // macs / (peak x (end - start))
  std::uint64_t dram_read_bytes = 0, dram_write_bytes = 0;
  std::string tiling;  // "M 784 of 3136, K 576, N 128; weights outer"
  std::string reason;  // why that tiling
};

// Bytes that crossed a boundary, by name ("dram.read", "scratchpad.write", ...).
using Traffic = std::map<std::string, std::uint64_t>;

// What command-level DRAM did, summed over channels and chips.
struct DramCommands {
  std::string standard, mapping;
  std::uint64_t row_hits = 0, row_misses = 0, row_conflicts = 0;  // of column commands
  std::map<std::string, std::uint64_t> commands;                  // by name: ACT, RD, REF, ...
  // Cycles of the data buses: `busy`, and idle by what the next burst had waited for.
  std::map<std::string, std::uint64_t> bus_cycles;
};

struct DramResult {
  std::uint64_t read_bytes = 0, write_bytes = 0;
  double achieved_bytes_per_s = 0;  // (read + write) / run time
  double busy_bytes_per_s = 0;      // (read + write) / time with at least one transaction open
  double peak_bytes_per_s = 0;
  std::string bound_by;  // what bounds it, in words
  std::optional<DramCommands> commands;
};

// What RTL in place of a unit of the cores did, or beside it, summed over cores.
struct TwinResult {
  std::string implementation;  // rtl, lockstep
  std::string design;          // module and folder
  std::uint64_t commands = 0;
  std::uint64_t cycles = 0;     // clocked; idle ones are left out
  std::uint64_t compared = 0;   // values that it gave, beside the model's: sums, addresses
  std::uint64_t differing = 0;  // rtl only: lockstep stops at the first
  // Vector unit: commands whose whole time was the RTL's, too, and those in which at least one
  // operator's was the model's alone; cycles from their first beat to their last result.
  std::uint64_t timed = 0, timed_cycles = 0, untimed = 0, untimed_cycles = 0;
  TwinResult& operator+=(const TwinResult& other);
};

struct KernelResult {
  std::uint64_t wakeups = 0;  // process activations of the simulation kernel
  double host_seconds = 0;    // CPU time of the simulation; not part of any hash or comparison
};

// Values of the trace's outputs after a data-mode run, by tensor name.
struct OutputTensor {
  trace::Tensor tensor;
  std::vector<std::byte> bytes;  // in the trace's own layout
};

struct RunResult {
  std::string arch, workload, fidelity;
  Hertz clock{};
  Cycles cycles{};
  double latency_s = 0;
  std::uint64_t macs = 0;
  double peak_macs_per_cycle = 0;  // all cores
  double utilization = 0;
  std::string matrix_formula;  // closed form of one product, stall-free: see SystolicArray
  std::map<std::string, std::uint64_t> matrix_activity;  // of a unit that counts more than products
  MatrixTime matrix;  // summed over cores; total() = cycles x cores
  std::vector<MatrixTime> per_core;
  DramResult dram;
  Traffic traffic;
  std::vector<LayerResult> layers;
  power::Estimate power;
  std::uint64_t int32_overflows = 0;
  std::map<std::string, FaultCounts> faults;  // by memory; only those that may fail
  std::map<std::string, TwinResult> twins;    // by unit: matrix, scratchpad, ...
  KernelResult kernel;
  std::vector<std::string> warnings;
  std::vector<OutputTensor> outputs;  // data mode
};

// The conservation laws; throws InternalError naming the first that is broken. Always on.
void check_conservation(const RunResult& result, const std::vector<trace::Trace>& traces);

}  // namespace mantissa::arch
