// SPDX-License-Identifier: Apache-2.0
// A stand-in for the simulator: figures by formula from the overrides, and misbehaviour on request.
//
//   k=N           any parameter with a whole number feeds the formulas
//   misbehave=... throw, abort, kill, hang, refuse (the configuration), together
//   (config.constraint) sleep_ms=N    takes that long
#pragma once

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

#include "base/config/kinds.h"
#include "base/config/node.h"
#include "sim/store/conversion.h"
#include "sim/sweep/engine.h"

namespace mantissa::sweep::testing {

inline std::string parameter(const sim::PointRequest& request, const std::string& key) {
  for (const auto& text : request.overrides)
    if (text.rfind(key + "=", 0) == 0) return text.substr(key.size() + 1);
  return {};
}
inline double number(const sim::PointRequest& request, const std::string& key, double otherwise) {
  const auto text = parameter(request, key);
  return text.empty() ? otherwise : std::stod(text);
}

inline PointPlan fake_check(const sim::PointRequest& request) {
  const auto misbehave = parameter(request, "misbehave");
  if (misbehave == "refuse")
    throw Error(config::out_of_range).at("arch.yaml", 3, 5).read("0").expected("at least 1");
  if (misbehave == "together")
    throw Error(config::broken_constraint).say("rows x columns is more than 65536");
  auto resolved = config::Node::map({{"arch", config::Node::scalar(request.arch)},
                                     {"workload_name", config::Node::scalar(request.workload)}});
  for (const auto& text : request.overrides) {
    const auto [key, value] = config::parse_override(text);
    // `note` is not part of the configuration: points that differ in it alone are identical.
    if (key != "note") resolved.set(key, value);
  }
  return {config::content_hash(resolved.yaml()), resolved.yaml()};
}

inline store::Record fake_run(const sim::PointRequest& request) {
  const auto misbehave = parameter(request, "misbehave");
  if (misbehave == "throw") throw Error(config::out_of_range).say("the tile does not fit");
  if (misbehave == "abort") std::abort();
  if (misbehave == "kill") raise(SIGKILL);
  if (misbehave == "hang") std::this_thread::sleep_for(std::chrono::hours(1));
  if (const double ms = number(request, "sleep_ms", 0); ms > 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(static_cast<int>(ms)));
  const PointPlan plan = fake_check(request);
  const double rows = number(request, "core.matrix.rows", 16);
  const double batch = number(request, "workload.batch", 1);
  store::Record record;
  record.hash = plan.hash;
  record.resolved_yaml = plan.resolved_yaml;
  record.seed = 7;
  auto& m = record.metrics;
  m["macs"] = 1e6 * batch;
  m["cycles"] = 1e6 * batch / rows / 3;  // not representable: bits matter
  m["latency_s"] = m["cycles"] / 7e8;
  m["utilization"] = 1.0 / 3;
  m["energy_pj"] = 0.1 * m["macs"] + 0.7 * rows;
  m["area_um2"] = 1000.0 * rows * rows;
  m["dram_read_bytes"] = 4096;
  m["dram_write_bytes"] = 512;
  m["busy_cycles"] = m["cycles"] * 0.6;
  m["stall_dram_cycles"] = m["cycles"] * 0.4;
  m["peak_throughput_ops"] = 2 * rows * rows * 7e8;
  m["dram_peak_bandwidth_bytes_per_s"] = 34e9;
  store::derive_metrics(record);
  record.texts["dram_bound_by"] = "bus";
  record.layers.push_back({"conv, \"first\"", "conv2d+relu", "matrix", 0, 0, 100, 60, 90, 4, 12345,
                           0.1 + 0.2, 4096, 512, "M 784 of 3136", "fits"});
  record.energy.push_back({"matrix",
                           "mac_array",
                           "mac",
                           "format=int8",
                           1000000,
                           0.1 * m["macs"],
                           {0.1, "pJ", 28, 0.9, "recalled", "a paper, 2014", "scaled < 45 nm"}});
  record.energy.push_back({"scratchpad",
                           "sram",
                           "leakage",
                           "",
                           1,
                           0.7 * rows,
                           {0.7, "W", 28, 0.9, "assumed", "none", ""}});
  record.area.push_back({"matrix",
                         "mac_array",
                         1,
                         m["area_um2"],
                         {m["area_um2"], "um2", 28, 0, "derived", "a paper", "n x n"}});
  record.warnings.push_back("layer conv: the scratchpad holds 1 of 2 buffers");
  record.host_seconds = 0.001 * static_cast<double>(getpid() % 100);
  return record;
}

inline PointFunctions fake() { return {fake_check, fake_run}; }

}  // namespace mantissa::sweep::testing
