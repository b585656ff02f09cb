// SPDX-License-Identifier: Apache-2.0
// A design behind pins, one clock cycle after the other.
//
//   design.reset();
//   design.settle();  design.edge();        // one clock cycle
#pragma once

#include "rtl/bench.h"

namespace mantissa::rtl {

class Design {
 public:
  virtual ~Design() = default;

  // In the order of Unit::ports. `reset` may move the bits.
  virtual const Pins& pins() const = 0;
  virtual void reset() = 0;   // all inputs low, a few cycles of rst_ni low
  virtual void settle() = 0;  // clock low, combinational logic follows the inputs
  virtual void edge() = 0;    // rising clock edge
};

}  // namespace mantissa::rtl
