// SPDX-License-Identifier: Apache-2.0
// A unit in a chip whose RTL does something else than its model.
#pragma once

#include "base/error.h"
#include "rtl/cosim/cosim.h"

namespace mantissa::rtl {

inline const ErrorKind lockstep_differs{
    "rtl.lockstep", ExitCode::check_failed,
    "RTL of a unit in a chip and its model differ, in a value or in the cycle in which it comes."};

// Carries what may show it with the unit alone: `alone.replay`, where there is one, holds the
// command that differs, with the values that the chip had.
class LockstepDiffers : public Error {
 public:
  LockstepDiffers(Error error, CosimRequest request)
      : Error(std::move(error)), alone(std::move(request)) {}
  CosimRequest alone;
};

}  // namespace mantissa::rtl
