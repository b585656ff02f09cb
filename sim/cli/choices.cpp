// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/choices.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "base/error.h"

namespace mantissa::cli {
namespace {

std::string joined(const std::vector<std::string>& words, const char* between) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : between) + word;
  return text;
}

}  // namespace

CLI::Validator one_of(std::vector<std::string> words) {
  // The help shows a few words in full; a long list stands in the option's own text.
  const std::string shown = words.size() <= 4 ? joined(words, "|") : "";
  return CLI::Validator(
      [words = std::move(words)](const std::string& word) {
        if (std::find(words.begin(), words.end(), word) != words.end()) return std::string();
        const std::string near = nearest_name(word, words);
        return "read '" + word + "'; expected one of " + joined(words, ", ") +
               (near.empty() ? "" : "; did you mean '" + near + "'?");
      },
      shown);
}

}  // namespace mantissa::cli
