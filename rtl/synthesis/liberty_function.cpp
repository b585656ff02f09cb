// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>

#include "rtl/synthesis/liberty.h"

namespace mantissa::rtl {
namespace {

bool is_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '[' || c == ']';
}

// Recursive descent, evaluated once for every row of the truth table. From loose to tight:
// | +     ^     & * or nothing     ! before, ' behind
class Expression {
 public:
  Expression(const std::string& text, const std::vector<std::string>& pins, unsigned row,
             const Place& place)
      : text_(text), pins_(pins), row_(row), place_(place) {}

  bool value() {
    const bool result = sum();
    if (peek() != '\0') refuse();
    return result;
  }

 private:
  [[noreturn]] void refuse() const {
    throw Error(bad_liberty).at(place_).read(text_).expected("a Boolean function of pins");
  }
  char peek() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool sum() {
    bool result = difference();
    while (peek() == '|' || peek() == '+') {
      ++at_;
      const bool right = difference();
      result = result || right;
    }
    return result;
  }
  bool difference() {
    bool result = product();
    while (peek() == '^') {
      ++at_;
      const bool right = product();
      result = result != right;
    }
    return result;
  }
  bool product() {
    bool result = factor();
    for (;;) {
      const char c = peek();
      if (c == '&' || c == '*')
        ++at_;
      else if (c != '!' && c != '(' && !is_name(c))
        return result;
      const bool right = factor();
      result = result && right;
    }
  }
  bool factor() {
    bool result = false;
    const char c = peek();
    if (c == '!') {
      ++at_;
      return !factor();
    }
    if (c == '(') {
      ++at_;
      result = sum();
      if (peek() != ')') refuse();
      ++at_;
    } else if (is_name(c)) {
      std::string name;
      while (at_ < text_.size() && is_name(text_[at_])) name += text_[at_++];
      if (name == "0" || name == "1") {
        result = name == "1";
      } else {
        const auto found = std::find(pins_.begin(), pins_.end(), name);
        result = (row_ >> (found - pins_.begin())) & 1;
      }
    } else {
      refuse();
    }
    while (peek() == '\'') {
      ++at_;
      result = !result;
    }
    return result;
  }

  const std::string& text_;
  const std::vector<std::string>& pins_;
  unsigned row_;
  const Place& place_;
  std::size_t at_ = 0;
};

}  // namespace

Function parse_function(const std::string& text, const Place& place) {
  Function function;
  for (std::size_t i = 0; i < text.size();) {
    std::string name;
    while (i < text.size() && is_name(text[i])) name += text[i++];
    if (name.empty())
      ++i;
    else if (name != "0" && name != "1" &&
             std::find(function.pins.begin(), function.pins.end(), name) == function.pins.end())
      function.pins.push_back(name);
  }
  if (function.pins.size() > 6)
    throw Error(bad_liberty).at(place).read(text).expected("a function of at most six pins");
  for (unsigned row = 0; row < 1u << function.pins.size(); ++row)
    if (Expression(text, function.pins, row, place).value()) function.table |= 1ull << row;
  return function;
}

}  // namespace mantissa::rtl
