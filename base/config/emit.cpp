// SPDX-License-Identifier: Apache-2.0
// The canonical text of a node: two spaces per level, block style, lists of scalars on one line.
#include <fmt/format.h>

#include <algorithm>

#include "base/config/node.h"

namespace mantissa::config {
namespace {

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Texts that every YAML reader takes as this very text without quotes. Narrower than YAML allows.
bool is_plain(const std::string& text) {
  static const std::vector<std::string> nulls = {"~", "null", "Null", "NULL"};
  if (text.empty() || text.front() == ' ' || text.back() == ' ') return false;
  if (std::find(nulls.begin(), nulls.end(), text) != nulls.end()) return false;
  const bool starts_well = is_word(text[0]) || text[0] == '/' || text[0] == '.' ||
                           (text[0] == '-' && text.size() > 1 && is_word(text[1]));
  if (!starts_well || text.compare(0, 3, "...") == 0) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_word(c) || std::string_view(" ./+-%()=^<>;").find(c) != std::string_view::npos;
  });
}

std::string quote(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += std::string("\\") + c;
    else if (c == '\n')
      out += "\\n";
    else if (c == '\t')
      out += "\\t";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      out += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out + "\"";
}

std::string scalar_text(const Node& node) {
  if (node.is_null()) return "null";
  return node.quoted() || !is_plain(node.text()) ? quote(node.text()) : node.text();
}

std::string key_text(const std::string& key) { return is_plain(key) ? key : quote(key); }

// What fits behind "key: "; empty when the node needs lines of its own.
std::string inline_text(const Node& node) {
  if (node.is_null() || node.is_scalar()) return scalar_text(node);
  if (node.is_map()) return node.entries().empty() ? "{}" : "";
  std::string out;
  for (const Node& item : node.items()) {
    if (item.is_map() || item.is_sequence()) return "";
    out += (out.empty() ? "" : ", ") + scalar_text(item);
  }
  return "[" + out + "]";
}

void emit(const Node& node, std::size_t indent, std::string& out) {
  const std::string margin(indent, ' ');
  if (const std::string text = inline_text(node); !text.empty()) {
    out += margin + text + "\n";
  } else if (node.is_map()) {
    for (const auto& [key, value] : node.entries()) {
      out += margin + key_text(key) + ":";
      if (const std::string own = inline_text(value); !own.empty()) {
        out += " " + own + "\n";
      } else {
        out += "\n";
        emit(value, indent + 2, out);
      }
    }
  } else {
    for (const Node& item : node.items()) {
      const std::size_t begin = out.size();
      emit(item, indent + 2, out);
      out[begin + indent] = '-';  // the item's first line starts with indent + 2 spaces
    }
  }
}

}  // namespace

bool needs_quotes(const std::string& text) {
  static const std::vector<std::string> words = {"true", "false", "yes", "no",   "on",
                                                 "off",  "y",     "n",   ".inf", ".nan"};
  std::string lower = text;
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const bool starts_as_number = !lower.empty() && lower.find_first_of("0123456789.-") == 0;
  const bool like_number =
      starts_as_number && lower.find_first_not_of("0123456789abcdefxo+-._:") == std::string::npos;
  const bool like_word = std::find(words.begin(), words.end(), lower) != words.end();
  return !is_plain(text) || like_number || like_word;
}

std::string inline_yaml(const Node& node) {
  if (node.is_null() || node.is_scalar()) return scalar_text(node);
  std::string out;
  for (const Node& item : node.items()) out += (out.empty() ? "" : ", ") + inline_yaml(item);
  if (node.is_sequence()) return "[" + out + "]";
  for (const auto& [key, value] : node.entries())
    out += (out.empty() ? "" : ", ") + key_text(key) + ": " + inline_yaml(value);
  return "{" + out + "}";
}

std::string Node::yaml() const {
  std::string out;
  emit(*this, 0, out);
  return out;
}

std::string content_hash(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325ull;  // FNV-1a, 64 bits: offset basis, then the prime
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ull;
  }
  return fmt::format("{:016x}", hash);
}

}  // namespace mantissa::config
