// SPDX-License-Identifier: Apache-2.0
// `-o DIR` of the commands on units of rtl/: what they find goes into DIR/results.sqlite, beside
// what runs and sweeps left there, and `mantissa report DIR` shows it.
#pragma once

#include <string>

#include "sim/cli/command.h"
#include "sim/store/results.h"

namespace mantissa::cli {

class RtlResults {
 public:
  // Empty: nothing is stored. Otherwise makes the folder and the store now, so that a folder that
  // cannot be written to is known before hours of proving. Throws the errors of sim/store/errors.h.
  explicit RtlResults(const std::string& directory);
  explicit operator bool() const { return !path_.empty(); }
  // Opened for each row alone: other commands may add theirs in between.
  template <class Row>
  void add(const Row& row) const {
    store::Results::write(path_).add(row);
  }

 private:
  std::string path_;
};

void add_rtl_output(CLI::App& app, std::string& directory);

}  // namespace mantissa::cli
