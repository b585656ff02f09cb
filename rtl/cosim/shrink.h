// SPDX-License-Identifier: Apache-2.0
// The smallest run that still fails in the same way.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "rtl/cosim/run.h"

namespace mantissa::rtl {

struct Shrunk {
  Stimulus run;
  Outcome outcome;
  std::uint64_t tried = 0;  // runs
};

// `failing` is known to fail with `outcome`; `attempt` runs another. First the commands after the
// one that failed go, then stalls, then commands wherever they stand (delta debugging: Zeller,
// Hildebrandt 2002), then fields move towards their least value, and operands that are carried
// along become fewer and zero; all again as long as that helps. Ends after `most` runs with the
// smallest found so far.
Shrunk shrink(const Stimulus& failing, const Outcome& outcome, const std::vector<Field>& fields,
              const std::function<Outcome(const Stimulus&)>& attempt, std::uint64_t most = 3000);

}  // namespace mantissa::rtl
