// SPDX-License-Identifier: Apache-2.0
// A study with one of everything that can be shown.
#pragma once

#include "sim/study/study.h"

namespace mantissa::sim {

inline StudyRun sample_study() {
  StudyRun run{"sample",
               "A <b>sample</b>",
               "What it asks.",
               "voltage",
               "experiment: voltage\nparameters:\n  maps: 2\n",
               {},
               "mantissa 0.1.0 (abc)"};
  auto& r = run.result;
  r.comparisons = {{"error, 8 bits", "%", 0.25, 0.5, 0.125, "a paper", "small <set>"},
                   {"speed", "1", std::nullopt, 0.1 + 0.2, std::nullopt, "", ""}};
  r.tables = {{"cells",
               "Cells & more",
               {{"voltage", "V/Vmin"}, {"cells", ""}, {"who", ""}},
               {{0.75, std::int64_t{-3}, "a \"b\""}, {1.0, {}, "c"}}}};
  workloads::Series ours{"ours", {1, 2}, {3, 4}, {2, 3}, {4, 5}},
      published{"published", {1}, {3}, {}, {}};
  r.figures = {{"lines",
                "Lines",
                workloads::FigureKind::line,
                {"x [V]", false},
                {"y [%]", true},
                {ours, published},
                {}},
               {"bars",
                "Bars",
                workloads::FigureKind::bar,
                {"", false},
                {"y", false},
                {{"ours", {0, 1}, {3, 4}, {2, 3}, {4, 5}}, {"published", {0}, {3}, {}, {}}},
                {"a", "b"}},
               {"dots",
                "Dots",
                workloads::FigureKind::scatter,
                {"x", true},
                {"y", false},
                {{"ours", {1, 2}, {3, 4}, {2, 3}, {4, 5}, {"first dot", "second dot"}},
                 {"front", {1, 2}, {3, 4}, {}, {}, {}, true}},
                {}}};
  r.notes = {"Two images."};
  r.warnings = {"mind the <gap>"};
  r.passed = false;
  return run;
}

}  // namespace mantissa::sim
