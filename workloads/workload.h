// SPDX-License-Identifier: Apache-2.0
// Workloads of every origin, turned into traces: built-in networks and op lists in YAML, SCALE-Sim
// CSV, ONNX, Chakra execution traces, and what other parts of the program read
// (workloads/import/file_type.h: TorchScript).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/config/document.h"
#include "base/trace/graph.h"
#include "workloads/operands.h"

namespace mantissa::workloads {

struct LoadOptions {
  // The format that a network without a `format` of its own is built in: the core's native one.
  trace::NumberFormat native = trace::NumberFormat::int8;
  // Cores that will run it. A network with a batch is split over them as evenly as it goes, the
  // first ranks taking the rest; ranks without work get no trace. A single trace that contains
  // collectives runs on every rank.
  std::uint32_t ranks = 1;
  // "batch=8", "length=128" (a parameter of the file), "dims.N=1" (a named dimension of ONNX),
  // without the "workload." prefix.
  std::vector<std::string> overrides;
};

struct LoadedWorkload {
  std::string name;
  std::vector<trace::Trace> traces;  // one per rank that has work
  std::string resolved_yaml;         // the resolved configuration, to be saved and hashed
  bool synthetic_operands = false;   // no tensor contents: data mode draws them from `seed`
  // Contents of inputs and parameters; empty when every trace names its operands_file. Parameters
  // of an ONNX model come from the model.
  OperandSource operands;
  std::uint64_t seed = 1;
  std::vector<std::string> warnings;
};

// `path` is a file: .yaml (network or op list), .csv (SCALE-Sim), .onnx, .et / .et.gz (Chakra; also
// a prefix of PREFIX.0.et, PREFIX.1.et, ...), .pt (TorchScript). Throws Error.
LoadedWorkload load_workload(const std::string& path, const config::Resolver& presets,
                             const LoadOptions& options);

// Checks the file by building it for one int8 core; for `mantissa validate`.
void validate_workload(const std::string& path, const config::Resolver& presets);

// What can be set of a workload: the keys of every network file, and those that the shipped
// networks have as parameters of their own.
std::vector<config::ParameterInfo> workload_parameters();

}  // namespace mantissa::workloads
