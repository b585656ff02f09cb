// SPDX-License-Identifier: Apache-2.0
// The text files of this floor: words between blanks, '#' begins a comment, empty lines count for
// nothing. Bytes and cycles are decimal or, behind 0x, hexadecimal; a bit is BYTE.BIT.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/faults/cell_layout.h"
#include "base/faults/errors.h"

namespace mantissa::faults {

struct Line {
  std::string file, text;
  int line_number = 0;
  std::vector<std::string> words;

  Place place() const { return {file, line_number, 0, {}}; }
  Error refuse(const ErrorKind& kind, std::string_view read, std::string_view expected) const;

  // Word i as a number; `form` is the line that was expected.
  std::uint64_t number(std::size_t i, const char* form) const;
  double probability(std::size_t i, const char* form) const;
  // Word i as BYTE.BIT of a memory of so many bytes: its bit in a 64-bit word.
  CodeBit bit(std::size_t i, std::uint64_t bytes, const char* form) const;
  CodeBit bit_of(std::string_view word, std::uint64_t bytes, const char* form) const;
};

// Throws Error(unreadable_file).
std::vector<Line> read_lines(const std::string& path);

}  // namespace mantissa::faults
