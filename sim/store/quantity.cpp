// SPDX-License-Identifier: Apache-2.0
#include "sim/store/quantity.h"

#include <fmt/format.h>

#include <cmath>

namespace mantissa::store {
namespace {

struct Prefix {
  double factor;
  const char* text;
  double from = factor;  // the least value that is shown with it
};

// The prefixes that are usual for a unit, smallest first.
const std::vector<Prefix>& prefixes(std::string_view unit) {
  static const std::vector<Prefix> seconds{
      {1e-12, "ps"}, {1e-9, "ns"}, {1e-6, "µs"}, {1e-3, "ms"}, {1, "s"}};
  static const std::vector<Prefix> picojoules{
      {1, "pJ"}, {1e3, "nJ"}, {1e6, "µJ"}, {1e9, "mJ"}, {1e12, "J"}};
  static const std::vector<Prefix> area{{1, "µm²"}, {1e6, "mm²", 1e4}};
  static const std::vector<Prefix> bytes{
      {1, "B"}, {1e3, "kB"}, {1e6, "MB"}, {1e9, "GB"}, {1e12, "TB"}};
  static const std::vector<Prefix> bandwidth{
      {1, "B/s"}, {1e3, "kB/s"}, {1e6, "MB/s"}, {1e9, "GB/s"}, {1e12, "TB/s"}};
  static const std::vector<Prefix> operations{
      {1, "op/s"}, {1e3, "kOPS"}, {1e6, "MOPS"}, {1e9, "GOPS"}, {1e12, "TOPS"}};
  static const std::vector<Prefix> watts{{1e-6, "µW"}, {1e-3, "mW"}, {1, "W"}, {1e3, "kW"}};
  static const std::vector<Prefix> none;
  if (unit == "s") return seconds;
  if (unit == "pJ") return picojoules;
  if (unit == "um2") return area;
  if (unit == "B") return bytes;
  if (unit == "B/s") return bandwidth;
  if (unit == "op/s") return operations;
  if (unit == "W") return watts;
  return none;
}

std::string grouped(double value) {  // 1234567 -> "1,234,567"
  std::string digits = fmt::format("{:.0f}", value);
  for (int i = static_cast<int>(digits.size()) - 3; i > (digits[0] == '-' ? 1 : 0); i -= 3)
    digits.insert(static_cast<std::size_t>(i), ",");
  return digits;
}

}  // namespace

const std::vector<Quantity>& quantities() {
  static const std::vector<Quantity> all{
      {"latency", "latency_s", "latency_s", "s", Better::lower,
       "Time from the first command to the last write-back: cycles / core clock"},
      {"cycles", "cycles", "cycles", "cycles", Better::lower,
       "Cycles of the core clock from the first command to the last write-back"},
      {"throughput", "throughput_ops", nullptr, "op/s", Better::higher,
       "2 x MACs / latency; a multiply-accumulate counts as two operations"},
      {"utilization", "utilization", "utilization", "1", Better::higher,
       "MACs / (peak MACs per cycle of all cores x cycles)"},
      {"energy", "energy_pj", "energy_pj.total", "pJ", Better::lower,
       "Sum over all actions of count x price, plus leakage and idle power x latency"},
      {"power", "power_w", nullptr, "W", Better::lower, "Energy / latency: the mean over the run"},
      {"energy_per_mac", "energy_per_mac_pj", nullptr, "pJ", Better::lower, "Energy / MACs"},
      {"energy_delay", "energy_delay_pj_s", nullptr, "pJ*s", Better::lower, "Energy x latency"},
      {"area", "area_um2", "area_um2.total", "um2", Better::lower,
       "Sum of the areas of all components of the chip that have a price"},
      {"macs", "macs", "macs", "MACs", Better::neither,
       "Multiply-accumulates that the workload asks for"},
      {"peak_throughput", "peak_throughput_ops", nullptr, "op/s", Better::higher,
       "2 x peak MACs per cycle of all cores x core clock"},
      {"intensity", "intensity_ops_per_byte", nullptr, "op/B", Better::neither,
       "Operational intensity: 2 x MACs / (DRAM bytes read + written)"},
      {"dram.read", "dram_read_bytes", "dram.read_bytes", "B", Better::lower,
       "Bytes read from DRAM"},
      {"dram.write", "dram_write_bytes", "dram.write_bytes", "B", Better::lower,
       "Bytes written to DRAM"},
      {"dram.bandwidth", "dram_bandwidth_bytes_per_s", "dram.achieved_bytes_per_s", "B/s",
       Better::neither, "Achieved DRAM bandwidth: (bytes read + written) / latency"},
      {"dram.busy_bandwidth", "dram_busy_bandwidth_bytes_per_s", "dram.busy_bytes_per_s", "B/s",
       Better::neither, "DRAM bandwidth while at least one transaction is open"},
      {"dram.peak_bandwidth", "dram_peak_bandwidth_bytes_per_s", "dram.peak_bytes_per_s", "B/s",
       Better::neither, "DRAM bandwidth that the configuration offers"},
      {"busy", "busy_cycles", "busy", "cycles", Better::neither,
       "Cycles in which the matrix unit streams operands through its array; with several cores, of "
       "the one that is busy longest. busy + stalls = cycles"},
      {"stall.weight_load", "stall_weight_load_cycles", "stalls.weight_load", "cycles",
       Better::lower, "The stationary operand is still shifting into the array"},
      {"stall.operand", "stall_operand_cycles", "stalls.operand", "cycles", Better::lower,
       "The scratchpad delivers operands more slowly than the array takes them"},
      {"stall.accumulator", "stall_accumulator_cycles", "stalls.accumulator", "cycles",
       Better::lower, "No accumulator is free: the vector unit has not drained it yet"},
      {"stall.dram", "stall_dram_cycles", "stalls.dram", "cycles", Better::lower,
       "Waiting for a load from DRAM, or for room that a store still occupies"},
      {"stall.dependency", "stall_dependency_cycles", "stalls.dependency", "cycles", Better::lower,
       "Waiting for another operator, a collective or a barrier"},
      {"stall.drain", "stall_drain_cycles", "stalls.drain", "cycles", Better::lower,
       "Fill and drain of the array: R + C - 2 cycles per fold that no other fold covers"},
      {"output_changed", "output_changed", nullptr, "1", Better::lower,
       "Fraction of output elements that differ from the same run without faults"},
      {"output_difference", "output_difference", nullptr, "1", Better::lower,
       "Mean |difference| of output elements from the same run without faults"},
      {"top1_changed", "top1_changed", nullptr, "1", Better::lower,
       "Fraction of output rows whose greatest element is another than without faults"},
      {"faulty_bits", "faulty_bits_read", nullptr, "1", Better::lower,
       "Bits that left failing memory cells wrong"},
      {"corrected_words", "corrected_words", nullptr, "1", Better::neither,
       "Words of 64 bits that ECC put right"},
      {"detected_words", "detected_words", nullptr, "1", Better::lower,
       "Words of 64 bits that ECC found wrong and could not put right"},
      {"silent_words", "silent_words", nullptr, "1", Better::lower,
       "Words of 64 bits that were used wrong without notice"},
      {"wakeups", "kernel_wakeups", "kernel.wakeups", "1", Better::lower,
       "Process activations of the simulation kernel; tells the cost of the simulation alone"},
  };
  return all;
}

const Quantity* find_quantity(std::string_view name) {
  for (const auto& quantity : quantities())
    if (name == quantity.name || name == quantity.column ||
        (quantity.path != nullptr && name == quantity.path))
      return &quantity;
  return nullptr;
}

std::vector<std::string> quantity_names() {
  std::vector<std::string> names;
  for (const auto& quantity : quantities()) names.push_back(quantity.name);
  return names;
}

std::string readable(const Quantity& quantity, double value) {
  const std::string_view unit = quantity.unit;
  if (std::string_view(quantity.name) == "utilization") return fmt::format("{:.1f} %", 100 * value);
  if (unit == "cycles" || unit == "MACs" || std::string_view(quantity.name) == "wakeups")
    return grouped(value);
  if (unit == "1") {  // fractions of outputs may be small
    const std::string_view name = quantity.name;
    const bool fraction = name == "output_changed" || name == "top1_changed";
    return fraction ? fmt::format("{:.3g} %", 100 * value) : fmt::format("{:.4g}", value);
  }
  const auto& scale = prefixes(unit);
  if (scale.empty()) return fmt::format("{:.4g} {}", value, unit);
  const Prefix* best = &scale.front();
  for (const auto& prefix : scale)
    if (std::abs(value) >= prefix.from * 0.99995) best = &prefix;  // 0.99995 prints as 1.000
  return fmt::format("{:.4g} {}", value / best->factor, best->text);
}

}  // namespace mantissa::store
