// SPDX-License-Identifier: Apache-2.0
// Everything that `mantissa explain` can explain: parameters of every kind of file and experiment,
// statistics of a result, errors, operators of the vocabulary, components that prices exist for.
#pragma once

#include <string>
#include <vector>

namespace mantissa::cli {

// The value of the fact "default" of a required key.
constexpr const char* required_text = "none: the key is required";

struct Subject {
  std::string key;  // "core.matrix.rows", "config.unknown-key", "stalls.drain", "conv2d"
  std::string
      topic;  // "architecture", "technology", "workload", "sweep", "experiment", "error", ...
  std::string brief;                                       // one line of doc
  std::vector<std::pair<std::string, std::string>> facts;  // "type" -> "integer", "range" -> ...
};

// In a fixed order: topics as above, keys in the order of their declaration.
const std::vector<Subject>& subjects();
// Also those of the module with libtorch, if it is there: loading it takes half a second. True when
// there are new ones.
bool add_subjects_of_executor();

// Those whose key is `key`, or ends in ".key" when there is no such one.
std::vector<const Subject*> find_subjects(const std::string& key);

}  // namespace mantissa::cli
