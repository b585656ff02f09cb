// SPDX-License-Identifier: Apache-2.0
// Two results side by side: which parameters differ, which figures differ and by what ratio.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "sim/json/result_json.h"

namespace mantissa::cli {

inline const ErrorKind bad_result{
    "result.unreadable", ExitCode::bad_input,
    "Not a result of 'mantissa run': no result.json in the folder, not JSON, fields missing, or "
    "written by another layout."};

struct Difference {
  std::string path;
  sim::Json before, after;  // null where it is absent
};

struct Comparison {
  std::vector<Difference> configuration;  // leaves of `config`
  std::vector<Difference> figures;        // numbers of the run and of its parts
  std::vector<Difference> layers;         // "core 0 conv1": cycles from start to end
};

// A folder with a result.json, or such a file. Throws Error(bad_result).
sim::Json read_result(const std::string& path);
Comparison compare(const sim::Json& before, const sim::Json& after);

// Every leaf of `value` with its dotted path, in order.
std::vector<std::pair<std::string, sim::Json>> leaves(const sim::Json& value);

}  // namespace mantissa::cli
