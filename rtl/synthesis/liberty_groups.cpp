// SPDX-License-Identifier: Apache-2.0
#include "rtl/synthesis/liberty_groups.h"

#include <cctype>

#include "rtl/synthesis/liberty.h"

namespace mantissa::rtl {
namespace {

class Reader {
 public:
  Reader(const std::string& text, const std::string& path) : text_(text), path_(path) {}

  LibertyGroup file() {
    LibertyGroup all;
    advance();
    while (token_ != "") statement(all);
    if (all.groups.size() != 1 || !all.attributes.empty() || all.groups[0].name != "library")
      throw Error(bad_liberty)
          .at(path_, all.groups.empty() ? 1 : all.groups[0].place.line)
          .read(all.groups.empty() ? "" : all.groups[0].name)
          .expected("library (NAME) { ... }: the file is no Liberty library");
    return std::move(all.groups[0]);
  }

 private:
  [[noreturn]] void refuse(const std::string& expected) const {
    throw Error(bad_liberty)
        .at(path_, token_line_)
        .read(token_.empty() ? "end of file" : token_)
        .expected(expected);
  }

  void skip_space() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n') {
        ++line_;
        ++at_;
      } else if (std::isspace(static_cast<unsigned char>(c)) || c == '\\') {
        ++at_;
      } else if (text_.compare(at_, 2, "/*") == 0) {
        const auto end = text_.find("*/", at_ + 2);
        const auto stop = end == std::string::npos ? text_.size() : end + 2;
        for (; at_ < stop; ++at_) line_ += text_[at_] == '\n';
      } else if (text_.compare(at_, 2, "//") == 0) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        return;
      }
    }
  }

  // Words and quoted strings lose nothing but quotes and continued line ends.
  void advance() {
    skip_space();
    token_.clear();
    quoted_ = false;
    token_line_ = line_;
    if (at_ >= text_.size()) return;
    const std::string punctuation = "(){}:;,";
    if (text_[at_] == '"') {
      quoted_ = true;
      for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
        if (text_[at_] == '\n') ++line_;
        if (text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') continue;
        token_ += text_[at_] == '\n' ? ' ' : text_[at_];
      }
      if (at_ >= text_.size())
        throw Error(bad_liberty).at(path_, token_line_).say("a string does not end");
      ++at_;
      if (token_.empty()) token_ = " ";
    } else if (punctuation.find(text_[at_]) != std::string::npos) {
      token_ = text_[at_++];
    } else {
      while (at_ < text_.size() && !std::isspace(static_cast<unsigned char>(text_[at_])) &&
             text_[at_] != '"' && punctuation.find(text_[at_]) == std::string::npos)
        token_ += text_[at_++];
    }
  }
  bool is(const char* punctuation) const { return !quoted_ && token_ == punctuation; }
  bool is_punctuation() const {
    return token_.empty() || (!quoted_ && token_.size() == 1 &&
                              std::string("(){}:;,").find(token_) != std::string::npos);
  }

  void statement(LibertyGroup& into) {
    if (is(";")) return advance();
    if (is_punctuation()) refuse("the name of an attribute or a group");
    const std::string name = token_;
    const Place place{path_, token_line_, 0, {}};
    advance();
    if (is(":")) {
      advance();
      std::string value;
      const int line = token_line_;
      // A value ends at its semicolon, or, where that is forgotten, at the end of its line.
      while (!is_punctuation() && token_line_ == line) {
        value += (value.empty() ? "" : " ") + token_;
        advance();
      }
      if (value.empty()) refuse("a value of '" + name + "'");
      if (is(";")) {
        advance();
      } else if (token_line_ == line && !is("}")) {
        refuse("';'");
      }
      into.attributes.push_back({name, {value}, place});
      return;
    }
    if (!is("(")) refuse("':' or '(' after '" + name + "'");
    advance();
    std::vector<std::string> values;
    while (!is(")")) {
      if (is(",")) {
        advance();
        continue;
      }
      if (is_punctuation()) refuse("')' after the values of '" + name + "'");
      values.push_back(token_);
      advance();
    }
    advance();
    if (is("{")) {
      advance();
      LibertyGroup group{name, std::move(values), place, {}, {}};
      while (!is("}")) {
        if (token_.empty()) refuse("'}' of '" + name + "' in line " + std::to_string(place.line));
        statement(group);
      }
      advance();
      into.groups.push_back(std::move(group));
      return;
    }
    if (is(";")) advance();
    into.attributes.push_back({name, std::move(values), place});
  }

  const std::string& text_;
  const std::string& path_;
  std::size_t at_ = 0;
  int line_ = 1, token_line_ = 1;
  std::string token_;
  bool quoted_ = false;
};

}  // namespace

const LibertyAttribute* LibertyGroup::find(const std::string& attribute) const {
  for (const auto& a : attributes)
    if (a.name == attribute) return &a;
  return nullptr;
}

std::string LibertyGroup::text(const std::string& attribute) const {
  const LibertyAttribute* found = find(attribute);
  return found && !found->values.empty() ? found->values[0] : std::string();
}

LibertyGroup parse_liberty(const std::string& text, const std::string& path) {
  return Reader(text, path).file();
}

}  // namespace mantissa::rtl
