// SPDX-License-Identifier: Apache-2.0
// What `exec -o DIR` leaves behind, figures and the results store aside:
//   study.json        everything (study_json.h)    study.yaml   the study with every parameter
//   comparisons.csv   published, ours, difference  NAME.csv     each table
//   figures.json      what scripts/plot/study.py draws into plots/NAME.svg and .png
//
// CSV as sim/store/csv.h has it: one header line, units in brackets behind the names of columns.
#pragma once

#include <string>

#include "sim/run/output_directory.h"
#include "sim/study/study.h"

namespace mantissa::sim {

void write_study_files(OutputDirectory& directory, const StudyRun& run);

std::string comparisons_csv(const workloads::StudyResult& result);
std::string table_csv(const workloads::ResultTable& table);

}  // namespace mantissa::sim
