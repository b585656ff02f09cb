// SPDX-License-Identifier: Apache-2.0
// report.html: one self-contained page that works without a network, in light and dark and on
// paper. Its frame is configs/report/page.html with page.css and page.js; its figures come from
// scripts/plot/figures.py, without which (or without matplotlib) it has tables alone and says so.
#pragma once

#include <string>

#include "base/error.h"

namespace mantissa::report {

inline const ErrorKind missing_assets{
    "report.missing-assets", ExitCode::resource,
    "The template of the report is not there: the installation is incomplete."};

struct Options {
  std::string directory;      // of a sweep, a run or a study
  std::string assets;         // folder of page.html, page.css and page.js
  std::string figures;        // figures.py; empty: tables alone
  std::string study_figures;  // study.py, likewise
  std::string date;           // printed in the footer; empty: none
};

struct Written {
  std::string path;
  std::string note;  // why there are no figures; empty when there are
};

Written write_report(const Options& options);

}  // namespace mantissa::report
