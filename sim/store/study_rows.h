// SPDX-License-Identifier: Apache-2.0
// What an experiment found, as rows of the store: `studies` has one per study, study_comparisons
// one per figure that it compares, study_values one per cell of its tables.
//
//   SELECT what, published, ours FROM study_comparisons WHERE study = 'voltage';
//   SELECT row, value FROM study_values WHERE in_table = 'failing_cells' AND quantity = 'mean';
#pragma once

#include <string>

#include "workloads/study/result.h"

namespace mantissa::store {

struct StudyRow {
  std::string study;  // its name
  std::string experiment, title, description;
  std::string yaml;     // every parameter, defaults included
  std::string program;  // "mantissa 0.1.0 (f491d74)"
  workloads::StudyResult result;
};

}  // namespace mantissa::store
