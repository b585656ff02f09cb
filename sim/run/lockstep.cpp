// SPDX-License-Identifier: Apache-2.0
#include "sim/run/lockstep.h"

#include <fmt/format.h>

#include "rtl/cosim/reproducer.h"
#include "rtl/tool.h"

namespace mantissa::sim {

Error with_reproducer(const rtl::LockstepDiffers& error, const std::string& stem,
                      const std::function<void(double share, const std::string& step)>& progress) {
  Error complete = error;
  rtl::CosimRequest request = error.alone;
  request.progress = progress;
  rtl::CosimResult result;
  if (request.replay) result = rtl::cosimulate(request);
  if (!result.failure) {
    request.replay.reset();
    result = rtl::cosimulate(request);
  }
  if (!result.failure)
    return complete.remedy(fmt::format("the unit alone does not show it: {} commands in {} cycles",
                                       result.commands, result.cycles));
  const auto& failure = *result.failure;
  rtl::write_text(stem + ".yaml",
                  rtl::reproducer_text(*request.unit, {request.parameters, failure.run}));
  rtl::write_waves(request, failure.run, stem + ".vcd");
  std::string again = "mantissa cosim " + request.unit->name();
  if (!request.sources.empty()) again += " --rtl " + error.place().file;
  if (!request.top.empty()) again += " --top " + request.top;
  return complete.remedy(
      fmt::format("'{} --commands {}.yaml' shows it in {} cycles; {}.vcd has "
                  "the waveforms",
                  again, stem, failure.outcome.cycles, stem));
}

}  // namespace mantissa::sim
