// SPDX-License-Identifier: Apache-2.0
// As much of HTML as the report needs: escaping, tables that sort, templates with named holes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mantissa::report {

std::string escape(const std::string& text);

// <tag class="...">escaped text</tag>
std::string element(const std::string& tag, const std::string& text, const std::string& css = {});

// A block that opens on a click: summary line, then HTML.
std::string details(const std::string& summary, const std::string& html);

struct Cell {
  std::string html;
  std::optional<double> key;  // numbers sort by this, texts by what is shown
  std::string css;

  static Cell text(const std::string& text, const std::string& css = {}) {
    return {escape(text), std::nullopt, css};
  }
  static Cell number(double key, const std::string& shown, const std::string& css = {}) {
    return {escape(shown), key, css};
  }
};

// A table whose columns sort by a click on their heads (page.js). `filter` adds a search box.
class Table {
 public:
  explicit Table(std::vector<std::string> head, bool filter = false)
      : head_(std::move(head)), filter_(filter) {}
  void row(std::vector<Cell> cells, const std::string& css = {});
  bool empty() const { return rows_.empty(); }
  std::string html() const;

 private:
  std::vector<std::string> head_;
  bool filter_;
  std::vector<std::string> rows_;
};

// Replaces every {{name}}. A hole without a value, and a value without a hole, are our bugs.
std::string fill(const std::string& text, const std::map<std::string, std::string>& values);

// An SVG file as it may stand inside a page: no prolog, no namespaces, no metadata, the ink and
// paper of scripts/plot/style.py replaced by the page's own.
std::string inline_svg(const std::string& file);

}  // namespace mantissa::report
