// SPDX-License-Identifier: Apache-2.0
// A check for options that take one of a few words. Its message has the shape of all others: what
// was read, what was expected, the nearest word.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class Validator;
}  // namespace CLI

namespace mantissa::cli {

CLI::Validator one_of(std::vector<std::string> words);

}  // namespace mantissa::cli
