// SPDX-License-Identifier: Apache-2.0
// A chip elaborated once, on which many traces run one after another, deterministically.
//
//   arch::Session session(config, technology);
//   arch::RunResult r = session.run(traces, {});        // one trace per rank; one rank per core
//
// The SystemC context is global: only one Session may be alive in a process; a second one throws
// Error(session_alive). Sessions may follow one another.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "arch/chip/config.h"
#include "arch/session/run_result.h"
#include "base/trace/graph.h"
#include "power/technology.h"

namespace mantissa::arch {

enum class Fidelity { shape, data };

// One slice of a timeline: an engine worked on a command.
struct Slice {
  std::uint32_t core;
  const char* engine;  // "matrix", "vector", "load", "store", "link"
  const char* what;    // "fold", "load weights", "drain", ...
  std::uint32_t op;    // index into the rank's trace, for the layer's name
  Cycles start, end;
};

class Observer {
 public:
  virtual ~Observer() = default;
  virtual void slice(const Slice&) {}
  // Between commands: `fraction` of all commands of all ranks is done.
  virtual void progress(double /*fraction*/, Cycles /*now*/) {}
  // RTL is being compiled, for so long already.
  virtual void building(const std::string& /*step*/, double /*seconds*/) {}
};

// Contents of a trace's inputs and parameters in data mode, by tensor; called when they are needed
// and not kept. The default reads the trace's safetensors file.
using OperandSource =
    std::function<std::vector<std::byte>(const trace::Trace&, const trace::Tensor&)>;

struct RunOptions {
  Fidelity fidelity = Fidelity::shape;
  OperandSource operands;    // data mode; empty: trace.operands_file
  bool keep_outputs = true;  // data mode
  Observer* observer = nullptr;
};

class Session {
 public:
  Session(ArchConfig config, power::Technology technology);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // traces[i] runs on rank i; ranks are cores in (chip, core) order; fewer traces leave cores idle.
  //
  // Data mode on a unit that packs its operands (vector MACs) takes two passes: values, which lie
  // in memory as the trace has them, since a coarse scale is known only when its tensor is
  // complete; then time, bytes and energy of the packed form, with the gated vectors of the first.
  RunResult run(const std::vector<trace::Trace>& traces, const RunOptions& options);
  const ArchConfig& config() const;

 private:
  struct Elaboration;
  struct Pass;
  Pass simulate(const std::vector<trace::Trace>& traces, RunOptions options, const Pass* values);
  RunResult run_packed(const std::vector<trace::Trace>& traces, const RunOptions& options);
  std::unique_ptr<Elaboration> elaboration_;
};

}  // namespace mantissa::arch
