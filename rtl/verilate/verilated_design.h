// SPDX-License-Identifier: Apache-2.0
// A design that Verilator has compiled, loaded at run time.
//
// The sources are verilated and compiled on demand, for the parameters at hand, and kept in a cache
// by content: the sources, the parameters, the tools and their flags. The path is the same for the
// units of rtl/, for netlists, and for what users bring.
//
//   auto design = VerilatedDesign::build(request);  // seconds to minutes the first time, then at
//   once design->reset(); design->settle();  design->edge();              // one clock cycle
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rtl/design.h"
#include "rtl/unit.h"

namespace mantissa::rtl {

// Verilator builds for one format, and slower than for none.
enum class Waves : std::uint8_t { none, vcd, fst };

struct DesignRequest {
  std::string top;                   // module
  std::vector<std::string> sources;  // paths, in the order in which they are read
  Parameters parameters;             // of the top module
  std::vector<Port> ports;           // the contract: checked before anything is compiled
  Waves waves = Waves::none;
  // Called while something is built, with the seconds since the beginning. From any thread, one at
  // a time; what it throws ends the build.
  std::function<void(const std::string& step, double seconds)> progress;
};

class VerilatedDesign : public Design {
 public:
  // Throws Error: sources that Verilator refuses, a port that is missing, superfluous, of the wrong
  // width or direction, no Verilator, no compiler, a cache that cannot be written (errors.h).
  static std::unique_ptr<VerilatedDesign> build(const DesignRequest& request);

  // As of every design; and what reset leaves alone (memories, data registers) starts with the same
  // arbitrary bits every time, so that nothing depends on earlier runs. Assertions of the design
  // that fail later, $stop and $finish are design_stopped, thrown by `settle` or `edge`.
  void reset() override = 0;
  // Needs DesignRequest::waves. One sample per settle and edge, from the reset that must follow.
  virtual void open_waves(const std::string& path) = 0;
  virtual void close_waves() = 0;
};

}  // namespace mantissa::rtl
