// SPDX-License-Identifier: Apache-2.0
// The program from inside: arguments in, exit code and both streams out.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "sim/cli/program.h"

namespace mantissa::cli {

struct Outcome {
  int code = 0;
  std::string out, err;
};

inline Outcome run(const std::vector<std::string>& arguments) {
  std::ostringstream out, err;
  Console console(out, err, false, false, false);
  const int code = run_program(arguments, console);
  return {code, out.str(), err.str()};
}

inline bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace mantissa::cli
