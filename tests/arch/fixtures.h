// SPDX-License-Identifier: Apache-2.0
// Small architectures and traces that the tests of arch/ share.
#pragma once

#include <string>
#include <vector>

#include "arch/session/session.h"
#include "base/trace/builder.h"
#include "power/technology.h"

namespace mantissa::arch::testing {

// Storage and bandwidth without limits: nothing but the array takes time.
inline ArchConfig roomy(std::int64_t rows, std::int64_t columns,
                        Dataflow dataflow = Dataflow::weight_stationary) {
  ArchConfig a;
  a.name = "roomy";
  a.core.clock = Hertz(1'000'000'000);
  a.core.matrix.rows = rows;
  a.core.matrix.columns = columns;
  a.core.matrix.dataflow = dataflow;
  a.core.matrix.formats = {trace::NumberFormat::int8, trace::NumberFormat::bf16};
  a.core.accumulator.rows = 1 << 22;
  a.core.scratchpad.capacity = Bytes(1ull << 30);
  a.core.scratchpad.banks = 4096;
  a.core.vector.lanes = 1 << 16;
  a.core.vector.latency = 0;
  a.core.dma.outstanding = 64;
  a.core.dma.burst = Bytes(1 << 20);
  a.memory.bandwidth = {true, 1e9};
  a.memory.latency = {true, {}, Cycles(0)};
  a.memory.queue_depth = 1024;
  a.mapper.resident_fraction = 0;
  a.technology.dram = "HBM2";
  return a;
}

// A core whose every store is small, so that everything is tiled.
inline ArchConfig cramped(std::int64_t rows, std::int64_t columns,
                          Dataflow dataflow = Dataflow::weight_stationary) {
  ArchConfig a = roomy(rows, columns, dataflow);
  a.name = "cramped";
  a.core.accumulator.rows = 256;
  a.core.scratchpad.capacity = Bytes(16 << 10);
  a.core.scratchpad.banks = 8;
  a.core.scratchpad.bank_width = Bytes(16);
  a.core.vector.lanes = 16;
  a.core.vector.latency = 4;
  a.core.dma.outstanding = 4;
  a.core.dma.burst = Bytes(256);
  a.memory.bandwidth = {true, 16};
  a.memory.latency = {true, {}, Cycles(20)};
  a.memory.queue_depth = 8;
  a.mapper.resident_fraction = 0.5;
  return a;
}

inline const power::Technology& technology() {
  static const auto t =
      power::Technology::load(std::string(MANTISSA_SOURCE_DIR) + "/configs/tech/28nm.yaml");
  return t;
}

inline RunResult run(const ArchConfig& config, const trace::Trace& trace, RunOptions options = {}) {
  Session session(config, technology());
  return session.run({trace}, options);
}

// y[m, n] = x[m, k] w[k, n]
inline trace::Trace gemm(std::int64_t m, std::int64_t k, std::int64_t n,
                         trace::NumberFormat format = trace::NumberFormat::int8) {
  trace::TraceBuilder b("gemm");
  const auto x = b.input("x", format, {m, k});
  const auto w = b.parameter("w", format, {k, n});
  b.op(
      trace::OpKind::matmul, "product", {x, w}, {},
      format == trace::NumberFormat::int8 ? trace::NumberFormat::int32 : trace::NumberFormat::fp32);
  return b.finish();
}

}  // namespace mantissa::arch::testing
