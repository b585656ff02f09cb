// SPDX-License-Identifier: Apache-2.0
// The SystemC kernel of this process, held by the one Session that is alive: 1 fs resolution, run
// to starvation, wiped when the Session goes.
#pragma once

#include "base/units.h"

namespace mantissa::arch {

class Kernel {
 public:
  Kernel();  // throws Error(session_alive)
  ~Kernel();
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  // Until no event is pending. A model's exception passes through; the kernel must then be
  // discarded.
  void run();
  // Where the next run's cycle 0 lies: now.
  Femtoseconds next_origin() const;
};

}  // namespace mantissa::arch
