// SPDX-License-Identifier: Apache-2.0
#include "base/config/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "base/config/decimal.h"
#include "base/config/kinds.h"

namespace mantissa::config {
namespace {

std::string name_of(const std::string& path) { return path.empty() ? "the document" : path; }

Error malformed_number(const Node& node, const std::string& path, const std::string& expected) {
  Error error(bad_number);
  error.at(node.place()).say(path).read(node.text()).expected(expected);
  return error.remedy(number_remedy(node.text()));
}

// A quoted 64 is a text to every YAML reader; taking it for a number would hide a slip.
void expect_unquoted(const Node& node, const std::string& path, const std::string& expected) {
  expect_scalar(node, path, expected);
  if (node.quoted())
    throw Error(wrong_type)
        .at(node.place())
        .say(path + " holds a quoted text")
        .read(node.text())
        .expected(expected)
        .remedy("remove the quotes");
}

}  // namespace

bool Range::bounded() const { return std::isfinite(low) || std::isfinite(high); }

std::string Range::text(const std::function<std::string(double)>& print) const {
  if (std::isfinite(low) && std::isfinite(high))
    return fmt::format("from {} to {}", print(low), print(high));
  if (std::isfinite(low)) return "at least " + print(low);
  return std::isfinite(high) ? "at most " + print(high) : "";
}

std::string join_path(const std::string& path, const std::string& key) {
  return path.empty() ? key : path + "." + key;
}

std::string integer_text(double value) {
  return std::abs(value) < 0x1p63 ? std::to_string(static_cast<std::int64_t>(value))
                                  : real_text(value);
}

Error type_error(const Node& node, const std::string& path, const std::string& expected) {
  Error error(wrong_type);
  error.at(node.place()).expected(expected);
  switch (node.kind()) {
    case Node::Kind::null:
      return error.say(name_of(path) + " has no value");
    case Node::Kind::scalar:
      return error.say(name_of(path) + " holds a single value").read(node.text());
    case Node::Kind::sequence:
      return error.say(name_of(path) + " holds a list");
    case Node::Kind::map:
      return error.say(name_of(path) + " holds a section");
  }
  return error;
}

void expect_map(const Node& node, const std::string& path) {
  if (node.is_map()) return;
  Error error = type_error(node, path, "a section of 'key: value' lines");
  throw node.is_null() ? error.remedy("write '{}' for a section of defaults") : error;
}

void expect_sequence(const Node& node, const std::string& path) {
  if (!node.is_sequence()) throw type_error(node, path, "a list such as [a, b]");
}

void expect_scalar(const Node& node, const std::string& path, const std::string& expected) {
  if (!node.is_scalar()) throw type_error(node, path, expected);
}

bool parse_boolean(const Node& node, const std::string& path) {
  static const char* const expected = "true or false";
  expect_unquoted(node, path, expected);
  if (node.text() == "true") return true;
  if (node.text() == "false") return false;
  std::string lower = node.text();
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto is_one_of = [&](const std::vector<std::string>& words) {
    return std::find(words.begin(), words.end(), lower) != words.end();
  };
  // YAML 1.1 reads the words below as booleans, YAML 1.2 as texts.
  std::string meant;
  if (is_one_of({"on", "yes", "y", "true", "1"})) meant = "true";
  if (is_one_of({"off", "no", "n", "false", "0"})) meant = "false";
  throw Error(wrong_type)
      .at(node.place())
      .say(path + " is a boolean")
      .read(node.text())
      .expected(expected)
      .nearest(meant.empty() ? nearest_name(node.text(), {"true", "false"}) : meant);
}

std::int64_t parse_integer(const Node& node, const std::string& path) {
  static const char* const expected = "an integer in decimal digits";
  expect_unquoted(node, path, expected);
  const std::string& text = node.text();
  const ScannedNumber scanned = scan_number(text);
  if (scanned.length == 0 || scanned.length != text.size() || !scanned.number.plain_integer) {
    Error error = malformed_number(node, path, expected);
    // 1e6 and 16.0 are whole, so the message can say which digits to write.
    const WholeNumber whole = whole_number(scanned.number, 0, 0);
    const bool known = scanned.length == text.size() && scanned.length > 0 &&
                       whole.outcome == WholeNumber::Outcome::exact;
    throw known
        ? error.remedy(fmt::format("write {}{}", scanned.number.negative ? "-" : "", whole.value))
        : error;
  }
  std::int64_t value = 0;
  const auto [rest, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || rest != text.data() + text.size())
    throw malformed_number(node, path, "an integer that fits 64 bits");
  return value;
}

double parse_real(const Node& node, const std::string& path) {
  static const char* const expected = "a finite decimal number";
  expect_unquoted(node, path, expected);
  const ScannedNumber scanned = scan_number(node.text());
  if (scanned.length == 0 || scanned.length != node.text().size())
    throw malformed_number(node, path, expected);
  const auto value = real_number(scanned.number, 0, 0);
  if (!value) throw malformed_number(node, path, "a number within the range of a double");
  return *value;
}

std::string parse_text(const Node& node, const std::string& path) {
  expect_scalar(node, path, "a text");
  return node.text();
}

std::size_t parse_choice(const Node& node, const std::string& path,
                         const std::vector<std::string>& choices) {
  const std::string expected = fmt::format("one of {}", fmt::join(choices, ", "));
  expect_scalar(node, path, expected);
  const auto known = std::find(choices.begin(), choices.end(), node.text());
  if (known == choices.end())
    throw Error(unknown_choice)
        .at(node.place())
        .say(path)
        .read(node.text())
        .expected(expected)
        .nearest(nearest_name(node.text(), choices));
  return static_cast<std::size_t>(known - choices.begin());
}

// long double holds every 64-bit integer on x86-64 and AArch64, so no bound is met by rounding.
void check_range(long double value, const Range& range, const std::string& bounds, const Node& node,
                 const std::string& path) {
  if (value >= range.low && value <= range.high) return;
  throw Error(out_of_range)
      .at(node.place())
      .say(path + " is out of range")
      .read(node.text())
      .expected(bounds);
}

}  // namespace mantissa::config
