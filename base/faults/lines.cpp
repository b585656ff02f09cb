// SPDX-License-Identifier: Apache-2.0
#include "base/faults/lines.h"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/config/decimal.h"

namespace mantissa::faults {
namespace {

// The whole text as a number, decimal or behind 0x; false when it is none or exceeds 64 bits.
bool read_number(std::string_view text, std::uint64_t& value) {
  const bool hex = text.substr(0, 2) == "0x";
  if (hex) text.remove_prefix(2);
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

Error Line::refuse(const ErrorKind& kind, std::string_view read, std::string_view expected) const {
  Error error(kind);
  error.at(place()).read(read).expected(expected);
  return error;
}

std::uint64_t Line::number(std::size_t i, const char* form) const {
  std::uint64_t value = 0;
  if (!read_number(words[i], value)) throw refuse(bad_line, words[i], form);
  return value;
}

double Line::probability(std::size_t i, const char* form) const {
  const auto scanned = config::scan_number(words[i]);
  const auto value = config::real_number(scanned.number, 0, 0);
  if (scanned.length != words[i].size() || !value) throw refuse(bad_line, words[i], form);
  if (!(*value >= 0 && *value <= 1)) throw refuse(bad_line, words[i], "a probability from 0 to 1");
  return *value;
}

CodeBit Line::bit(std::size_t i, std::uint64_t bytes, const char* form) const {
  return bit_of(words[i], bytes, form);
}

CodeBit Line::bit_of(std::string_view word, std::uint64_t bytes, const char* form) const {
  const auto point = word.find('.');
  std::uint64_t byte = 0, bit = 0;
  if (point == std::string_view::npos || !read_number(word.substr(0, point), byte) ||
      !read_number(word.substr(point + 1), bit) || bit > 7)
    throw refuse(bad_line, word, form);
  if (byte >= bytes)
    throw refuse(beyond_memory, word, "a byte below " + std::to_string(bytes) + ", the capacity");
  return {byte / 8, static_cast<unsigned>(byte % 8 * 8 + bit)};
}

std::vector<Line> read_lines(const std::string& path) {
  std::error_code error;
  std::ifstream in(path, std::ios::binary);
  if (!in || !std::filesystem::is_regular_file(path, error))
    throw Error(unreadable_file).at(path).say("cannot be read").expected("a file of lines");
  std::vector<Line> out;
  Line line;
  line.file = path;
  for (std::string text; std::getline(in, text);) {
    ++line.line_number;
    if (!text.empty() && text.back() == '\r') text.pop_back();
    line.text = text;
    std::istringstream words(text.substr(0, text.find('#')));
    line.words.clear();
    for (std::string word; words >> word;) line.words.push_back(word);
    if (!line.words.empty()) out.push_back(line);
  }
  return out;
}

}  // namespace mantissa::faults
