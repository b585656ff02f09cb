// SPDX-License-Identifier: Apache-2.0
#include "arch/session/run_result.h"

#include <cmath>
#include <string>

#include "base/error.h"
#include "base/trace/vocabulary.h"

namespace mantissa::arch {

const char* name(Stall s) {
  static const char* const names[stall_kinds] = {"weight_load", "operand",    "accumulator",
                                                 "dram",        "dependency", "drain"};
  return names[static_cast<std::size_t>(s)];
}

TwinResult& TwinResult::operator+=(const TwinResult& other) {
  implementation = other.implementation;
  design = other.design;
  commands += other.commands;
  cycles += other.cycles;
  compared += other.compared;
  differing += other.differing;
  timed += other.timed;
  timed_cycles += other.timed_cycles;
  untimed += other.untimed;
  untimed_cycles += other.untimed_cycles;
  return *this;
}

Cycles MatrixTime::total() const {
  Cycles sum = busy;
  for (Cycles stall : stalls) sum += stall;
  return sum;
}

void check_conservation(const RunResult& r, const std::vector<trace::Trace>& traces) {
  std::uint64_t macs = 0, layer_macs = 0, reads = 0, writes = 0;
  for (const auto& trace : traces) macs += trace.macs();
  for (const auto& layer : r.layers) {
    layer_macs += layer.macs;
    reads += layer.dram_read_bytes;
    writes += layer.dram_write_bytes;
    MANTISSA_CHECK(layer.start <= layer.end && layer.end <= r.cycles,
                   "layer '" + layer.name + "' lies outside the run");
  }
  MANTISSA_CHECK(r.macs == macs, "MACs done " + std::to_string(r.macs) + ", MACs in the workload " +
                                     std::to_string(macs));
  MANTISSA_CHECK(layer_macs == macs, "MACs of layers " + std::to_string(layer_macs) +
                                         ", MACs in the workload " + std::to_string(macs));
  MANTISSA_CHECK(reads == r.dram.read_bytes && writes == r.dram.write_bytes,
                 "memory moved " + std::to_string(r.dram.read_bytes) + " + " +
                     std::to_string(r.dram.write_bytes) + " bytes, layers " +
                     std::to_string(reads) + " + " + std::to_string(writes));
  // Every level hands on what the level beside it took or gave.
  const auto moved = [&](const char* boundary) {
    const auto found = r.traffic.find(boundary);
    return found == r.traffic.end() ? 0 : found->second;
  };
  const auto equal = [](const char* what, std::uint64_t a, std::uint64_t b) {
    MANTISSA_CHECK(a == b, std::string("bytes ") + what + ": " + std::to_string(a) + " against " +
                               std::to_string(b));
  };
  equal("read from memory and loaded", r.dram.read_bytes, moved("dma.load"));
  equal("stored and written to memory", moved("dma.store"), r.dram.write_bytes);
  equal("counted as memory traffic and moved", moved("dram.read") + moved("dram.write"),
        r.dram.read_bytes + r.dram.write_bytes);
  equal("written to local storage by loads and the vector unit",
        moved("scratchpad.write") + moved("weight_buffer.write"),
        moved("dma.load") + moved("vector.write"));
  equal("read from local storage by stores, the matrix and the vector unit",
        moved("scratchpad.read") + moved("weight_buffer.read"),
        moved("dma.store") + moved("matrix.read") + moved("vector.read"));
  for (const auto& core : r.per_core)
    MANTISSA_CHECK(core.total() == r.cycles,
                   "busy and stalls make " + std::to_string(core.total().value) +
                       " cycles of a run of " + std::to_string(r.cycles.value));
  MANTISSA_CHECK(std::isfinite(r.utilization) && r.utilization >= 0 && r.utilization <= 1,
                 "utilization outside 0..1: " + std::to_string(r.utilization));
  MANTISSA_CHECK(std::isfinite(r.latency_s) && r.latency_s >= 0, "latency is not a time");
  power::check_conservation(r.power);
}

}  // namespace mantissa::arch
