// SPDX-License-Identifier: Apache-2.0
// What is left behind when RTL in a chip differs from its model: the shortest run of the unit alone
// that shows it, as a file of commands and as waveforms.
#pragma once

#include <functional>
#include <string>

#include "rtl/cosim/lockstep.h"

namespace mantissa::sim {

// Runs the unit alone on the command that differed, or, when that shows nothing, on its directed
// and random commands; shrinks what fails and writes STEM.yaml and STEM.vcd. Returns `error` with
// the command that shows it again, or with the word that nothing did.
Error with_reproducer(const rtl::LockstepDiffers& error, const std::string& stem,
                      const std::function<void(double share, const std::string& step)>& progress);

}  // namespace mantissa::sim
