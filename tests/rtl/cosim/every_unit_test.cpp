// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "rtl/cosim/cosim.h"

namespace mantissa::rtl {
namespace {

class RtlOfUnit : public testing::TestWithParam<std::string> {};

TEST_P(RtlOfUnit, equals_its_model_in_every_cycle_and_sees_every_case) {
  CosimRequest request;
  request.unit = find_unit(GetParam());
  request.parameters = request.unit->defaults();
  const CosimResult result = cosimulate(request);
  EXPECT_FALSE(result.failure);
  for (std::size_t i = 0; i < result.cases.size(); ++i)
    EXPECT_GT(result.covered[i], 0u) << result.cases[i];
}

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const Unit* unit : units()) all.push_back(unit->name());
  return all;
}

INSTANTIATE_TEST_SUITE_P(Every, RtlOfUnit, testing::ValuesIn(names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace mantissa::rtl
