// SPDX-License-Identifier: Apache-2.0
// A small run made up by hand, whose figures are easy to check: two cores at 1 GHz, 1000 cycles,
// two layers, one of them named so that every file format has something to escape.
#pragma once

#include "base/trace/builder.h"
#include "power/estimate.h"
#include "sim/run/run_point.h"

namespace mantissa::sim {

inline Point sample_point() {
  arch::ArchConfig config;
  config.name = "sample";
  config.cores = 2;
  config.core.clock = Hertz(1'000'000'000);
  config.core.matrix.rows = 32;
  config.core.matrix.columns = 32;
  power::Figure figure;
  figure.item = "multiply.int8";
  figure.value = 0.2;
  figure.unit = "pJ";
  figure.node = Nanometres(45);
  figure.voltage = Volts(0.9);
  figure.method = power::Method::published;
  figure.source = "a table, printed";
  Point point{{},
              config,
              power::Technology("generic_45nm", Nanometres(45), Volts(0.9), "", {figure}),
              {},
              "architecture:\n  name: sample\n  chips: 1\nworkload:\n  batch: 1\n",
              "0123456789abcdef"};
  trace::TraceBuilder builder("net");
  const auto x = builder.input("x", trace::NumberFormat::int8, {64, 32});
  const auto w = builder.parameter("w", trace::NumberFormat::int8, {32, 32});
  const auto y = builder.op(trace::OpKind::matmul, "fc,\"1\"", {x, w});
  builder.op(trace::OpKind::relu, "act", {y});
  point.workload.name = "net";
  point.workload.traces.push_back(builder.finish());
  return point;
}

inline power::Price sample_price(double value, const char* unit) {
  return {
      value,       unit, Nanometres(45), Volts(0.9), power::Method::published, "a table, printed",
      "as printed"};
}

inline arch::RunResult sample_result() {
  arch::RunResult result;
  result.arch = "sample";
  result.workload = "net";
  result.fidelity = "shape";
  result.clock = Hertz(1'000'000'000);
  result.cycles = Cycles(1000);
  result.latency_s = 1e-6;
  result.macs = 65536;
  result.peak_macs_per_cycle = 2048;
  result.utilization = 0.032;
  arch::MatrixTime busy, idle;
  busy.busy = Cycles(64);
  busy.stalls = {Cycles(32), Cycles(0), Cycles(0), Cycles(800), Cycles(42), Cycles(62)};
  idle.stalls[static_cast<std::size_t>(arch::Stall::dependency)] = Cycles(1000);
  result.per_core = {idle, busy};
  result.matrix.busy = Cycles(64);
  for (std::size_t i = 0; i < arch::stall_kinds; ++i)
    result.matrix.stalls[i] = busy.stalls[i] + idle.stalls[i];
  result.dram = {3072, 8192, 11.264e9, 20e9, 64e9, "demand", std::nullopt};
  result.traffic = {{"dram.read", 3072}, {"dram.write", 8192}};
  arch::LayerResult layer;
  layer.name = "fc,\"1\"";
  layer.op = "matmul";
  layer.engine = "matrix";
  layer.start = Cycles(0);
  layer.end = Cycles(900);
  layer.busy = Cycles(64);
  layer.compute = Cycles(158);  // 2 x 32 + 32 + 64 - 2
  layer.folds = 1;
  layer.macs = 65536;
  layer.utilization = 65536.0 / (1024 * 900);
  layer.dram_read_bytes = 3072;
  layer.tiling = "M 64, K 32, N 32";
  layer.reason = "all fits";
  result.layers.push_back(layer);
  layer.name = "act";
  layer.op = "relu";
  layer.engine = "vector";
  layer.start = Cycles(800);
  layer.end = Cycles(1000);
  layer.macs = 0;
  layer.utilization = 0;
  layer.dram_write_bytes = 8192;
  result.layers.push_back(layer);
  auto& power = result.power;
  power.seconds = 1e-6;
  power.energy.push_back({"matrix",
                          "mac_array",
                          "mac",
                          65536,
                          Picojoules(65536 * 0.25),
                          sample_price(0.25, "pJ"),
                          {}});
  power.area.push_back({"matrix", "mac_array", 2, SquareMicrons(2e6), sample_price(1e6, "um2")});
  power.energy_by_part["matrix"] = Picojoules(16384);
  power.total_energy = Picojoules(16384);
  power.area_by_part["matrix"] = SquareMicrons(2e6);
  power.total_area = SquareMicrons(2e6);
  result.kernel.wakeups = 12;
  result.warnings = {"layer act: a warning"};
  return result;
}

}  // namespace mantissa::sim
