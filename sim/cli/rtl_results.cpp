// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/rtl_results.h"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "sim/sweep/engine.h"

namespace mantissa::cli {

RtlResults::RtlResults(const std::string& directory) {
  if (directory.empty()) return;
  std::error_code shown_by_the_store;
  std::filesystem::create_directories(directory, shown_by_the_store);
  path_ = sweep::results_path(directory);
  store::Results::write(path_);
}

void add_rtl_output(CLI::App& app, std::string& directory) {
  app.add_option("-o,--output", directory,
                 "Keep the result in DIR/results.sqlite: 'mantissa report DIR' shows it.")
      ->type_name("DIR");
}

}  // namespace mantissa::cli
