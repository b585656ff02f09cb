// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "base/trace/graph.h"

namespace mantissa::trace {

namespace {

std::string one(bool v) { return v ? "true" : "false"; }
std::string one(std::int64_t v) { return std::to_string(v); }
std::string one(const std::string& v) { return v; }

std::string one(double v) {
  if (std::isnan(v)) return ".nan";
  if (std::isinf(v)) return v > 0 ? ".inf" : "-.inf";
  std::string s = fmt::format("{}", v);  // the shortest text that reads back to the same bits
  if (s.find_first_of(".e") == std::string::npos) s += ".0";
  return s;
}

template <class T>
std::string one(const std::vector<T>& values) {
  std::string s = "[";
  for (std::size_t i = 0; i < values.size(); ++i) s += (i ? ", " : "") + one(values[i]);
  return s + "]";
}

}  // namespace

std::string text(const Attribute& value) {
  return std::visit([](const auto& v) { return one(v); }, value);
}

std::string text(const Shape& shape) {
  if (shape.empty()) return "scalar";
  std::string s;
  for (std::size_t i = 0; i < shape.size(); ++i) s += (i ? "x" : "") + std::to_string(shape[i]);
  return s;
}

bool parse_shape(std::string_view text, Shape& shape) {
  shape.clear();
  if (text == "scalar") return true;
  while (true) {
    const std::string_view word = text.substr(0, text.find('x'));
    std::int64_t d = 0;
    const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), d);
    if (code != std::errc() || end != word.data() + word.size() || d < 0) return false;
    shape.push_back(d);
    if (word.size() == text.size()) return true;
    text.remove_prefix(word.size() + 1);
  }
}

// RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF.
bool is_utf8(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  for (std::size_t i = 0; i < bytes.size();) {
    const unsigned lead = byte(i);
    const std::size_t n = lead < 0x80   ? 1
                          : lead < 0xc2 ? 0
                          : lead < 0xe0 ? 2
                          : lead < 0xf0 ? 3
                          : lead < 0xf5 ? 4
                                        : 0;
    if (n == 0 || n > bytes.size() - i) return false;
    std::uint32_t code = n == 1 ? lead : lead & (0x7fu >> n);
    for (std::size_t k = 1; k < n; ++k) {
      if ((byte(i + k) & 0xc0) != 0x80) return false;
      code = code << 6 | (byte(i + k) & 0x3f);
    }
    const bool overlong = (n == 3 && code < 0x800) || (n == 4 && code < 0x10000);
    if (overlong || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return false;
    i += n;
  }
  return true;
}

}  // namespace mantissa::trace
