// SPDX-License-Identifier: Apache-2.0
// What is there of a data set and what is not: its files, checksums and samples, where it was
// looked for, and where a user gets it. `mantissa data` prints it.
//
//   for (const auto& set : inventory(SearchPath::standard())) set.state;   // looks at names only
//   const SetStatus read = inspect({Known::digits}, search, true);         // reads and checks
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "workloads/data/config.h"
#include "workloads/data/dataset.h"

namespace mantissa::data {

enum class SetState {
  missing,
  present,    // its files are there; what is in them, nobody has looked
  verified,   // read whole; checksums that are known agree
  damaged,    // reading it failed: `error` says how
  generated,  // needs no files
};
const char* name(SetState state);

struct FileStatus {
  std::string path;                    // on disk; only the name of one that is missing
  std::optional<std::uint64_t> bytes;  // on disk
  Checksum published;                  // or given by the user
};

struct SetStatus {
  std::string name, summary;
  SetState state = SetState::missing;
  Shape shape;                                          // empty: known once it is read
  std::int64_t train = 0, test = 0;                     // samples
  std::vector<std::string> classes;                     // empty: a regression, or not yet known
  std::vector<std::int64_t> train_counts, test_counts;  // samples by class, once they are read
  std::vector<FileStatus> files;
  std::vector<std::string> searched;  // folders
  std::string address, sums_from;
  std::optional<double> bayes_error;  // of a synthetic set
  std::optional<Error> error;
};

// One data set; `read` also reads and checks it. A set that is missing or damaged is a status, not
// an exception.
SetStatus inspect(const DataConfig& config, const SearchPath& search, bool read);

// All sets with a name, synthetic ones last, with their defaults.
std::vector<SetStatus> inventory(const SearchPath& search, bool read = false);

}  // namespace mantissa::data
