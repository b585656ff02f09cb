// SPDX-License-Identifier: Apache-2.0
// The figures of a report: drawn by a Python script from the exported tables.
#pragma once

#include <string>
#include <vector>

namespace mantissa::report {

struct Figure {
  std::string file;  // below plots/
  std::string title, caption;
};

struct Figures {
  std::vector<Figure> drawn;
  std::string note;  // why there are none, for people
};

// Runs `python3 script directory`. Never throws: a report without figures is still a report.
Figures draw_figures(const std::string& script, const std::string& directory,
                     const std::string& objectives);

struct DrawnFiles {
  std::vector<std::string> names;  // below plots/
  std::string note;                // as above
};

// The figures of a study, likewise: DIR/figures.json into DIR/plots/NAME.svg.
DrawnFiles draw_study_figures(const std::string& script, const std::string& directory);

}  // namespace mantissa::report
