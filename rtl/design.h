// SPDX-License-Identifier: Apache-2.0
// A verilated design, loaded at run time.
//
// The sources are verilated and compiled on demand, for the parameters at hand, and kept in a cache
// by content: the sources, the parameters, the tools and their flags. The path is the same for the
// units of rtl/, for netlists, and for what users bring.
//
//   auto design = Design::build(request);     // seconds to minutes the first time, then at once
//   design->reset();
//   design->settle();  design->edge();        // one clock cycle
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rtl/unit.h"

namespace mantissa::rtl {

struct DesignRequest {
  std::string top;                   // module
  std::vector<std::string> sources;  // paths, in the order in which they are read
  Parameters parameters;             // of the top module
  std::vector<Port> ports;           // the contract: checked before anything is compiled
  bool waves = false;                // able to write waveforms (slower)
  bool toggles = false;              // counts how often every bit of every net changed (slow)
  std::function<void(const std::string& step, double seconds)> progress;
};

class Design {
 public:
  // Throws Error: sources that Verilator refuses, a port that is missing, superfluous, of the wrong
  // width or direction, no Verilator, no compiler.
  static std::unique_ptr<Design> build(const DesignRequest& request);
  virtual ~Design() = default;

  virtual const Pins& pins() const = 0;  // in the order of DesignRequest::ports
  virtual void reset() = 0;              // all inputs low, a few cycles of rst_ni low
  virtual void settle() = 0;             // clock low, combinational logic follows the inputs
  virtual void edge() = 0;               // rising clock edge
  // .vcd or .fst; needs DesignRequest::waves. One sample per settle and edge.
  virtual void open_waves(const std::string& path) = 0;
  virtual void close_waves() = 0;
};

// Folder of the cache: $MANTISSA_CACHE, or mantissa/ in $XDG_CACHE_HOME or ~/.cache.
std::string cache_folder();
// Folder of the RTL sources of this installation: holds <unit>/*.sv.
std::string rtl_folder();

}  // namespace mantissa::rtl
