// SPDX-License-Identifier: Apache-2.0
#include "sim/json/fields.h"

#include <string_view>

#include "arch/session/fault_counts.h"

namespace mantissa::sim {
namespace {

const char* fault_definition(std::string_view name) {
  for (const auto& field : arch::fault_count_fields)
    if (name == field.name) return field.definition;
  return "";
}

}  // namespace

const char* name(FieldType type) {
  switch (type) {
    case FieldType::integer:
      return "integer";
    case FieldType::number:
      return "number";
    case FieldType::text:
      return "text";
    case FieldType::object:
      return "object";
    case FieldType::list:
      return "list";
  }
  return "";
}

const std::vector<ResultField>& result_fields() {
  using T = FieldType;
  static const std::vector<ResultField> fields = {
      {"schema_version", T::integer, "", "Layout of this object; raised when a field changes."},
      {"arch", T::text, "", "Name of the architecture."},
      {"workload", T::text, "", "Name of the workload."},
      {"fidelity", T::text, "", "shape: timing from shapes alone; data: outputs were computed."},
      {"config_hash", T::text, "",
       "Hash of the resolved configuration and the fidelity: equal runs have equal hashes."},
      {"technology", T::object, "", "The technology that energy and area are priced in."},
      {"technology.name", T::text, "", "Name of the technology."},
      {"technology.node_nm", T::number, "nm", "Technology node."},
      {"technology.voltage_v", T::number, "V", "Supply voltage."},
      {"clock_hz", T::integer, "Hz",
       "Frequency of the core clock, which every cycle count counts."},
      {"cycles", T::integer, "cycles",
       "Core-clock cycles from the first command to the last write-back."},
      {"latency_s", T::number, "s", "cycles / clock_hz."},
      {"macs", T::integer, "",
       "Multiply-accumulates that the workload needs; padding of the array is not counted."},
      {"peak_macs_per_cycle", T::number, "1/cycle",
       "Multiply-accumulates per cycle of all matrix units together: rows x columns x units x "
       "cores."},
      {"matrix_formula", T::text, "",
       "Cycles of one stall-free product of M x K by K x N in F folds on an R x C array."},
      {"utilization", T::number, "", "macs / (peak_macs_per_cycle x cycles), from 0 to 1."},
      {"energy_pj", T::object, "pJ",
       "Energy by part of the chip, static power over the run included, and their sum `total`."},
      {"energy_pj.*", T::number, "pJ", "Energy of this part: its actions x prices, plus leakage."},
      {"energy_pj.total", T::number, "pJ", "Sum of all parts."},
      {"area_um2", T::object, "um2", "Silicon area by part of the chip, and their sum `total`."},
      {"area_um2.*", T::number, "um2", "Area of all instances of this part."},
      {"area_um2.total", T::number, "um2", "Sum of all parts."},
      {"dram", T::object, "", "Traffic of the external memory and what limits it."},
      {"dram.read_bytes", T::integer, "B", "Bytes read from external memory."},
      {"dram.write_bytes", T::integer, "B", "Bytes written to external memory."},
      {"dram.achieved_bytes_per_s", T::number, "B/s", "(read + written bytes) / latency_s."},
      {"dram.busy_bytes_per_s", T::number, "B/s",
       "(read + written bytes) / time with at least one transaction open."},
      {"dram.peak_bytes_per_s", T::number, "B/s", "What the memory could move at most."},
      {"dram.bound_by", T::text, "", "What bounds the achieved bandwidth."},
      {"dram.commands", T::object, "",
       "With memory.model=dram, what the channels did together; else not there."},
      {"dram.commands.standard", T::text, "", "Standard of the DRAM."},
      {"dram.commands.mapping", T::text, "", "Address fields from the most significant down."},
      {"dram.commands.row_hits", T::integer, "", "Bursts that found their row open."},
      {"dram.commands.row_misses", T::integer, "", "Bursts that found their bank closed."},
      {"dram.commands.row_conflicts", T::integer, "", "Bursts that found another row open."},
      {"dram.commands.count", T::object, "", "Commands by kind: ACT, PRE, RD, WR, REF, ..."},
      {"dram.commands.count.*", T::integer, "", "Commands of this kind."},
      {"dram.commands.bus_cycles", T::object, "cycles",
       "Cycles of the memory clock of all data buses: busy, and idle by what the next burst had "
       "waited for."},
      {"dram.commands.bus_cycles.*", T::integer, "cycles",
       "Busy, or idle for this reason; the report of `mantissa dram` explains each."},
      {"busy", T::integer, "cycles",
       "Cycles in which the matrix unit streams operands through its array. With several cores, of "
       "the one that is busy longest. busy + stalls = cycles."},
      {"stalls", T::object, "cycles",
       "All other cycles of that matrix unit, by what it waited for; busy + stalls = cycles."},
      {"stalls.weight_load", T::integer, "cycles", "The stationary operand was still shifting in."},
      {"stalls.operand", T::integer, "cycles",
       "The scratchpad delivered operands more slowly than the array takes them."},
      {"stalls.accumulator", T::integer, "cycles",
       "No accumulator was free: the vector unit had not drained it yet."},
      {"stalls.dram", T::integer, "cycles",
       "Waiting for a load from memory, or for room that a store still occupied."},
      {"stalls.dependency", T::integer, "cycles",
       "Waiting for another operator, a collective or a barrier, or with nothing left to do."},
      {"stalls.drain", T::integer, "cycles",
       "Fill and drain of the unit that nothing covers; an array: rows + columns - 2 per fold."},
      {"cores", T::list, "", "One entry per core, in (chip, core) order."},
      {"cores[].core", T::integer, "", "Number of the core."},
      {"cores[].busy", T::integer, "cycles", "As `busy`, of this core."},
      {"cores[].stalls", T::object, "cycles", "As `stalls`, of this core."},
      {"cores[].stalls.*", T::integer, "cycles", "As in `stalls`, of this core."},
      {"traffic", T::object, "B", "Bytes that crossed each boundary inside the chip."},
      {"traffic.*", T::integer, "B", "Bytes that crossed this boundary."},
      {"layers", T::list, "",
       "One entry per operator that reached the chip, in program order; layers may overlap in "
       "time."},
      {"layers[].name", T::text, "", "Name of the layer in the workload."},
      {"layers[].op", T::text, "", "Operators of the vocabulary; fused ones joined by '+'."},
      {"layers[].engine", T::text, "",
       "Where the main work was done: matrix, vector, dma or link."},
      {"layers[].core", T::integer, "", "Number of the core."},
      {"layers[].start", T::integer, "cycles", "Start of the first command."},
      {"layers[].end", T::integer, "cycles", "End of the last command."},
      {"layers[].busy", T::integer, "cycles",
       "Cycles in which the engine of this layer worked on it."},
      {"layers[].compute", T::integer, "cycles",
       "Array cycles of all folds back to back, with every load and drain: the closed form."},
      {"layers[].folds", T::integer, "",
       "Times the stationary operand of the array was exchanged."},
      {"layers[].macs", T::integer, "", "Multiply-accumulates of this layer."},
      {"layers[].utilization", T::number, "",
       "macs / (peak MACs per cycle of the core x (end - start)), from 0 to 1."},
      {"layers[].dram_read_bytes", T::integer, "B", "Bytes that this layer read from memory."},
      {"layers[].dram_write_bytes", T::integer, "B", "Bytes that this layer wrote to memory."},
      {"layers[].tiling", T::text, "", "Tiles that the mapper chose."},
      {"layers[].reason", T::text, "", "Why it chose them."},
      {"prices", T::object, "", "Every price behind energy and area, with its source."},
      {"prices.energy", T::list, "", "One entry per component and action that occurred."},
      {"prices.energy[].component", T::text, "", "Component of the chip."},
      {"prices.energy[].kind", T::text, "", "Kind of component: which estimator priced it."},
      {"prices.energy[].action", T::text, "",
       "What it did; leakage and idle stand for static power."},
      {"prices.energy[].count", T::integer, "", "How often, in the unit of the action."},
      {"prices.energy[].energy_pj", T::number, "pJ", "count x price."},
      {"prices.energy[].price", T::object, "", "Price of one action."},
      {"prices.area", T::list, "", "One entry per component that occupies area."},
      {"prices.area[].component", T::text, "", "Component of the chip."},
      {"prices.area[].kind", T::text, "", "Kind of component: which estimator priced it."},
      {"prices.area[].count", T::integer, "", "Instances on the chip."},
      {"prices.area[].area_um2", T::number, "um2", "count x price."},
      {"prices.area[].price", T::object, "", "Area of one instance."},
      {"price.value", T::number, "", "The price, in its `unit`."},
      {"price.unit", T::text, "", "Unit of `value`."},
      {"price.node_nm", T::number, "nm",
       "Node at which the price holds; 0 for figures of another chip's process (DRAM, links)."},
      {"price.voltage_v", T::number, "V", "Voltage at which the price holds; 0 as for the node."},
      {"price.method", T::text, "", "synthesised, published, recalled, derived or assumed."},
      {"price.source", T::text, "", "Publication or file the figure comes from."},
      {"price.formula", T::text, "", "How the price follows from the source's figures."},
      {"int32_overflows", T::integer, "",
       "32-bit accumulators that wrapped around in a data-mode run of integers."},
      {"matrix_activity", T::object, "",
       "What a matrix unit of model ipu or vsq did, all cores together; else not there."},
      {"matrix_activity.operations", T::integer, "",
       "Inner products of n lanes, one per unit and broadcast."},
      {"matrix_activity.iterations", T::integer, "",
       "Digit products of those operations: 9 per operation in FP16 with digits of 4 bits."},
      {"matrix_activity.operation_cycles", T::integer, "cycles",
       "Cycles of all operations, each by itself: more than its iterations where alignment takes "
       "several cycles, one where every lane has a zero."},
      {"matrix_activity.accumulator_overflows", T::integer, "",
       "Data mode: accumulators that wrapped."},
      {"matrix_activity.vectors", T::integer, "",
       "Model vsq: products of two vectors, one per lane and vector of activations."},
      {"matrix_activity.loaded_vectors", T::integer, "",
       "Model vsq: vectors of weights that went into lanes."},
      {"matrix_activity.read_vectors", T::integer, "",
       "Model vsq: vectors of weights that lanes read, each for weight_reuse rows at most."},
      {"matrix_activity.gated_vectors", T::integer, "",
       "Model vsq, data mode: vectors not multiplied, as the product of their scales is zero."},
      {"matrix_activity.rounded_to_zero", T::integer, "",
       "Model vsq, data mode: of the gated ones, those with two scales above zero."},
      {"matrix_activity.saturations", T::integer, "",
       "Model vsq, data mode: sums that saturated or wrapped."},
      {"faults", T::object, "",
       "What went wrong in each memory that may fail, by its name; only there when one may. Whole "
       "numbers in data mode, expectations in shape mode."},
      {"faults.*", T::object, "", "Counts of this memory (registers: of the matrix unit)."},
      {"faults.*.voltage_ratio", T::number, "", fault_definition("voltage_ratio")},
      {"faults.*.cell_error_rate", T::number, "", fault_definition("cell_error_rate")},
      {"faults.*.faulty_bits_read", T::number, "", fault_definition("faulty_bits_read")},
      {"faults.*.corrected_words", T::number, "", fault_definition("corrected_words")},
      {"faults.*.detected_words", T::number, "", fault_definition("detected_words")},
      {"faults.*.silent_words", T::number, "", fault_definition("silent_words")},
      {"faults.*.failed_writes", T::number, "", fault_definition("failed_writes")},
      {"faults.*.upsets", T::number, "", fault_definition("upsets")},
      {"faults.*.scrubbed_words", T::number, "", fault_definition("scrubbed_words")},
      {"rtl", T::object, "",
       "What RTL did in place of a unit of the cores or beside it; only there when it ran."},
      {"rtl.*", T::object, "",
       "Of this unit: matrix, accumulator, vector, dma, scratchpad, weight_buffer."},
      {"rtl.*.implementation", T::text, "", "rtl or lockstep, as the unit's `implementation`."},
      {"rtl.*.design", T::text, "", "Folder of its sources."},
      {"rtl.*.commands", T::integer, "",
       "Commands that it has completed: products of tiles, rows of sums, operators, accesses, "
       "transfers."},
      {"rtl.*.cycles", T::integer, "cycles",
       "Cycles in which it was clocked, summed over instances; all outputs were checked in each. "
       "Idle ones are not clocked."},
      {"rtl.*.compared", T::integer, "",
       "Values compared with the model's: sums, words, addresses."},
      {"rtl.*.differing", T::integer, "", "Values that were others; lockstep stops at the first."},
      {"rtl.*.timed", T::object, "",
       "Vector unit: commands whose time was clocked as a whole, from first beat to last result."},
      {"rtl.*.timed.commands", T::integer, "", "How many; 0 for other units."},
      {"rtl.*.timed.cycles", T::integer, "cycles", "Their cycles, the model's and the RTL's."},
      {"rtl.*.untimed", T::object, "",
       "Vector unit: commands with an operator that exists in no RTL, or none but a copy."},
      {"rtl.*.untimed.commands", T::integer, "", "How many; 0 for other units."},
      {"rtl.*.untimed.cycles", T::integer, "cycles", "Their cycles, as the model has them."},
      {"outputs", T::list, "", "Tensors that a data-mode run computed."},
      {"outputs[].name", T::text, "", "Name of the tensor in the workload."},
      {"outputs[].format", T::text, "", "Number format."},
      {"outputs[].shape", T::list, "", "Extents, outermost first."},
      {"outputs[].hash", T::text, "", "FNV-1a 64 of the tensor's bytes: equal bits, equal hash."},
      {"warnings", T::list, "", "What a reader of these figures should know, one sentence each."},
      {"kernel", T::object, "", "What the simulation itself took."},
      {"kernel.wakeups", T::integer, "", "Process activations of the simulation kernel."},
      {"versions", T::object, "", "The program and its tools."},
      {"versions.*", T::text, "", "Version of this tool."},
      {"units", T::object, "", "Unit of every field above that has one."},
      {"units.*", T::text, "", "Unit of this field."},
      {"definitions", T::object, "",
       "What cycles, utilization, busy, stalls and bandwidth mean here."},
      {"definitions.*", T::text, "", "Definition of this field."},
      {"config", T::object, "", "The resolved configuration, every default written out."},
      {"config.**", T::text, "", "A parameter; `mantissa explain` knows each one."},
  };
  return fields;
}

const ResultField* find_field(std::string_view path) {
  for (const auto& field : result_fields())
    if (path == field.path) return &field;
  return nullptr;
}

}  // namespace mantissa::sim
