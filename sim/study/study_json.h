// SPDX-License-Identifier: Apache-2.0
// A study as one JSON object: what `mantissa exec --json` prints and DIR/study.json holds, and what
// the report reads back.
//
//   study, experiment, title, description, passed
//   comparisons[]   what, unit, published, ours, deviation, difference, source, note; null where
//                   there is none. difference = ours - published; deviation: half-width of the
//                   95 % interval of ours
//   tables[]        name, title, columns[] {name, unit}, rows[][]
//   figures[]       name, title, kind, x and y {label, logarithmic}, ticks[],
//                   series[] {label, x[], y[], low[], high[]}
//   notes[], warnings[], versions{}, config{} with every parameter
//
// Error of reading: result.unreadable-study.
#pragma once

#include <string>

#include "base/error.h"
#include "sim/json/result_json.h"
#include "sim/study/study.h"

namespace mantissa::sim {

inline const ErrorKind unreadable_study{
    "result.unreadable-study", ExitCode::bad_input,
    "A study.json that 'mantissa exec' did not write: not JSON, or fields are missing."};

constexpr int study_json_version = 1;

Json to_json(const StudyRun& run);
Json to_json(const workloads::Figure& figure);

// `path` is named by the error. The resolved configuration stays empty: study.yaml holds its text.
StudyRun read_study_json(const std::string& path);

}  // namespace mantissa::sim
