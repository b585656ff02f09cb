// SPDX-License-Identifier: Apache-2.0
// A chip of which every unit that exists in RTL is RTL.
#include <gtest/gtest.h>

#include "base/numerics/random_fill.h"
#include "tests/arch/fixtures.h"
#include "tests/arch/session/networks.h"

namespace mantissa::rtl {
namespace {

using arch::Implementation;
using arch::RunResult;

RunResult run(Implementation implementation, const trace::Trace& trace) {
  arch::RunOptions options;
  options.fidelity = arch::Fidelity::data;
  options.operands = [](const trace::Trace&, const trace::Tensor& t) {
    return numerics::fill_random(t.format, t.shape, 7, t.name);
  };
  arch::ArchConfig config = arch::testing::cramped(4, 4);
  config.core.vector.lanes = 4;
  config.core.scratchpad.ecc = faults::Ecc::secded;
  config.core.matrix.implementation = implementation;
  config.core.accumulator.implementation = implementation;
  config.core.vector.implementation = implementation;
  config.core.dma.implementation = implementation;
  config.core.scratchpad.implementation = implementation;
  return arch::testing::run(config, trace, options);
}

TEST(EveryTwin, together_they_compute_networks_as_the_model_does) {
  for (const auto& trace :
       {arch::testing::small_convnet(8, 8), arch::testing::small_transformer(9, 12)}) {
    const RunResult model = run(Implementation::model, trace);
    for (const Implementation implementation : {Implementation::lockstep, Implementation::rtl}) {
      const RunResult rtl = run(implementation, trace);
      for (const char* unit : {"matrix", "accumulator", "vector", "dma", "scratchpad"}) {
        ASSERT_EQ(rtl.twins.count(unit), 1u) << unit;
        EXPECT_GT(rtl.twins.at(unit).compared, 0u) << unit;
        EXPECT_EQ(rtl.twins.at(unit).differing, 0u) << unit;
      }
      EXPECT_EQ(rtl.cycles, model.cycles);
      ASSERT_EQ(rtl.outputs.size(), model.outputs.size());
      for (std::size_t i = 0; i < rtl.outputs.size(); ++i)
        EXPECT_EQ(rtl.outputs[i].bytes, model.outputs[i].bytes);
    }
  }
}

}  // namespace
}  // namespace mantissa::rtl
