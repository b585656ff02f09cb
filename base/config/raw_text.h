// SPDX-License-Identifier: Apache-2.0
// The bytes of a configuration before YAML sees them: valid UTF-8 without control characters, tabs
// only in comment lines, and line ends that are all '\n' (yaml-cpp 0.7 keeps the '\r' of a Windows
// line end in the value, and takes the byte 0x04 for the end of the file).
//
// Errors: config.not-utf8, config.character.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace mantissa::config {

class RawText {
 public:
  RawText(const std::string& bytes, std::string name);

  const std::string& text() const { return text_; }
  std::size_t line_count() const { return starts_.size(); }
  std::string_view line(std::size_t number) const;  // counts from 1, without '\n'
  std::size_t start_of(std::size_t line) const { return starts_[line - 1]; }
  std::size_t line_of(std::size_t offset) const;  // counts from 1
  Place place(std::size_t offset) const;          // the column counts characters, not bytes

 private:
  void check_encoding() const;
  void check_characters() const;

  std::string name_;
  std::string text_;
  std::vector<std::size_t> starts_;  // offset of each line
};

}  // namespace mantissa::config
