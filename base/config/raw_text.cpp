// SPDX-License-Identifier: Apache-2.0
#include "base/config/raw_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/config/kinds.h"

namespace mantissa::config {
namespace {

unsigned char byte_at(const std::string& text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

bool is_continuation(unsigned char c) { return (c & 0xC0) == 0x80; }

// Length of the well-formed UTF-8 sequence at i, 0 when there is none: no overlong forms, no
// surrogates, nothing above U+10FFFF (Unicode 15, table 3-7).
std::size_t sequence_length(const std::string& text, std::size_t i) {
  const unsigned char lead = byte_at(text, i);
  if (lead < 0x80) return 1;
  const std::size_t length = lead < 0xC2   ? 0
                             : lead < 0xE0 ? 2
                             : lead < 0xF0 ? 3
                             : lead < 0xF5 ? 4
                                           : 0;
  if (length == 0 || i + length > text.size()) return 0;
  for (std::size_t k = 1; k < length; ++k)
    if (!is_continuation(byte_at(text, i + k))) return 0;
  const unsigned char second = byte_at(text, i + 1);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool beyond = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
  return overlong || beyond ? 0 : length;
}

}  // namespace

RawText::RawText(const std::string& bytes, std::string name) : name_(std::move(name)) {
  const bool has_mark = bytes.compare(0, 3, "\xEF\xBB\xBF") == 0;
  text_.reserve(bytes.size());
  for (std::size_t i = has_mark ? 3 : 0; i < bytes.size(); ++i)
    if (bytes[i] != '\r' || i + 1 == bytes.size() || bytes[i + 1] != '\n') text_ += bytes[i];
  starts_.push_back(0);
  for (std::size_t i = 0; i < text_.size(); ++i)
    if (text_[i] == '\n') starts_.push_back(i + 1);
  check_encoding();
  check_characters();
}

std::string_view RawText::line(std::size_t number) const {
  const std::size_t begin = starts_[number - 1];
  const std::size_t end = number < starts_.size() ? starts_[number] - 1 : text_.size();
  return std::string_view(text_).substr(begin, end - begin);
}

std::size_t RawText::line_of(std::size_t offset) const {
  return static_cast<std::size_t>(std::upper_bound(starts_.begin(), starts_.end(), offset) -
                                  starts_.begin());
}

Place RawText::place(std::size_t offset) const {
  const std::size_t number = line_of(offset);
  int column = 1;
  for (std::size_t i = starts_[number - 1]; i < std::min(offset, text_.size()); ++i)
    column += is_continuation(byte_at(text_, i)) ? 0 : 1;
  return {name_, static_cast<int>(number), column, {}};
}

void RawText::check_encoding() const {
  for (std::size_t i = 0; i < text_.size();) {
    const std::size_t length = sequence_length(text_, i);
    if (length == 0)
      throw Error(not_utf8)
          .at(place(i))
          .read(fmt::format("byte 0x{:02X}", byte_at(text_, i)))
          .expected("UTF-8")
          .remedy("save the file as UTF-8");
    i += length;
  }
}

// Comment lines may hold tabs: they align columns there and mean nothing to the parser.
void RawText::check_characters() const {
  for (std::size_t i = 0; i < text_.size(); ++i) {
    const unsigned char c = byte_at(text_, i);
    if ((c >= 0x20 && c != 0x7F) || c == '\n') continue;
    if (c == '\t') {
      const std::string_view whole = line(line_of(i));
      const std::size_t first = whole.find_first_not_of(" \t");
      if (first == std::string_view::npos || whole[first] == '#') continue;
      throw Error(illegal_character)
          .at(place(i))
          .read("a tab")
          .expected("spaces")
          .remedy("indent and separate with spaces");
    }
    throw Error(illegal_character)
        .at(place(i))
        .read(fmt::format("control character 0x{:02X}", c))
        .expected("printable text");
  }
}

}  // namespace mantissa::config
