// SPDX-License-Identifier: Apache-2.0
#include "workloads/study/result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "base/error.h"

namespace mantissa::workloads {
namespace {

StudyResult sound() {
  StudyResult result;
  result.comparisons = {{"a", "%", 1.0, 2.0, 0.5, "paper", ""},
                        {"b", "%", std::nullopt, 2.0, std::nullopt, "", ""}};
  result.tables = {{"t", "T", {{"x", "V"}, {"y", ""}}, {{1.5, std::int64_t{2}}, {{}, "text"}}}};
  result.figures = {
      {"f", "F", FigureKind::line, {}, {}, {{"ours", {1, 2}, {3, 4}, {2, 3}, {4, 5}}}, {}}};
  return result;
}

std::string objection(const std::function<void(StudyResult&)>& spoil) {
  StudyResult result = sound();
  spoil(result);
  try {
    check(result);
    return "none";
  } catch (const InternalError& error) {
    return error.what();
  }
}

TEST(StudyResults, are_sound_when_everything_can_be_shown) {
  EXPECT_EQ(objection([](StudyResult&) {}), "none");
  EXPECT_EQ(objection([](StudyResult& r) {
              r.figures[0].series[0].low.clear(), r.figures[0].series[0].high.clear();
            }),
            "none");
  EXPECT_EQ(objection([](StudyResult& r) { r.figures[0].name = r.tables[0].name; }), "none")
      << "a figure and a table have different extensions";
}

TEST(StudyResults, are_refused_with_the_place_of_what_cannot_be_shown) {
  using ::testing::HasSubstr;
  const double nan = std::nan(""), infinity = HUGE_VAL;
  const std::vector<std::pair<std::function<void(StudyResult&)>, const char*>> cases = {
      {[](StudyResult& r) { r.comparisons[1].what = "a"; }, "two comparisons of a"},
      {[&](StudyResult& r) { r.comparisons[0].ours = nan; }, "a is not a finite number"},
      {[&](StudyResult& r) { r.comparisons[0].published = infinity; }, "a is not a finite number"},
      {[&](StudyResult& r) { r.comparisons[0].deviation = nan; }, "a is not a finite number"},
      {[](StudyResult& r) { r.tables.push_back(r.tables[0]); }, "two results called t"},
      {[](StudyResult& r) { r.tables[0].name = "../t"; }, "not a file name: '../t'"},
      {[](StudyResult& r) { r.tables[0].name = ""; }, "not a file name"},
      {[](StudyResult& r) { r.tables[0].name = "comparisons"; }, "two results called"},
      {[](StudyResult& r) { r.tables[0].rows[1].pop_back(); }, "row 1 of table t"},
      {[&](StudyResult& r) { r.tables[0].rows[0][0] = infinity; }, "row 0 of table t"},
      {[](StudyResult& r) { r.figures.push_back(r.figures[0]); }, "two results called f"},
      {[](StudyResult& r) { r.figures[0].series[0].y.pop_back(); }, "series 'ours' of figure f"},
      {[](StudyResult& r) { r.figures[0].series[0].low.clear(); }, "series 'ours' of figure f"},
      {[](StudyResult& r) {
         r.figures[0].series[0].low.pop_back(), r.figures[0].series[0].high.pop_back();
       },
       "series 'ours' of figure f"},
      {[&](StudyResult& r) { r.figures[0].series[0].y[0] = nan; }, "series 'ours' of figure f"},
      {[](StudyResult& r) { r.figures[0].series[0].names = {"one"}; }, "series 'ours' of figure f"},
  };
  for (const auto& [spoil, message] : cases) EXPECT_THAT(objection(spoil), HasSubstr(message));
}

TEST(Comparisons, differ_only_from_what_was_published) {
  EXPECT_EQ(sound().comparisons[0].difference(), 1.0);
  EXPECT_EQ(sound().comparisons[1].difference(), std::nullopt);
}

}  // namespace
}  // namespace mantissa::workloads
