// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "rtl/cosim/cosim.h"

namespace mantissa::rtl {
namespace {

struct Point {
  std::string unit;
  Parameters parameters;
};

class RtlOfUnit : public testing::TestWithParam<Point> {};

TEST_P(RtlOfUnit, equals_its_model_in_every_cycle_and_sees_every_case) {
  CosimRequest request;
  request.unit = find_unit(GetParam().unit);
  request.parameters = GetParam().parameters;
  const CosimResult result = cosimulate(request);
  EXPECT_FALSE(result.failure);
  for (std::size_t i = 0; i < result.cases.size(); ++i)
    EXPECT_GT(result.covered[i], 0u) << result.cases[i];
}

// The defaults, in every number format that the unit has.
std::vector<Point> points() {
  std::vector<Point> all;
  for (const Unit* unit : units()) {
    all.push_back({unit->name(), unit->defaults()});
    for (const Parameter& p : unit->parameters())
      for (std::int64_t format = p.low; p.name == "Format" && format <= p.high; ++format) {
        if (format == p.fallback) continue;
        all.push_back(all.back());
        all.back().parameters[p.name] = format;
      }
  }
  return all;
}

std::string text_of(const testing::TestParamInfo<Point>& info) {
  const auto format = info.param.parameters.find("Format");
  if (format == info.param.parameters.end()) return info.param.unit;
  return info.param.unit + "_format_" + std::to_string(format->second);
}

INSTANTIATE_TEST_SUITE_P(Every, RtlOfUnit, testing::ValuesIn(points()), text_of);

}  // namespace
}  // namespace mantissa::rtl
