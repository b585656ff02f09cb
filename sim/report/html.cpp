// SPDX-License-Identifier: Apache-2.0
#include "sim/report/html.h"

#include <fmt/format.h>

#include "base/error.h"

namespace mantissa::report {
namespace {

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

// Removes everything from `begin` to the end of the next `end`, each time.
void cut_all(std::string& text, const std::string& begin, const std::string& end) {
  for (std::size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at)) {
    const std::size_t last = text.find(end, at + begin.size());
    if (last == std::string::npos) return;
    text.erase(at, last + end.size() - at);
  }
}

std::string css_attribute(const std::string& css) {
  return css.empty() ? "" : fmt::format(" class=\"{}\"", css);
}

}  // namespace

std::string escape(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string element(const std::string& tag, const std::string& text, const std::string& css) {
  return fmt::format("<{0}{1}>{2}</{0}>", tag, css_attribute(css), escape(text));
}

std::string details(const std::string& summary, const std::string& html) {
  return fmt::format("<details><summary>{}</summary>\n{}</details>\n", escape(summary), html);
}

void Table::row(std::vector<Cell> cells, const std::string& css) {
  MANTISSA_CHECK(cells.size() == head_.size(), "a row with another number of cells than the head");
  std::string line = fmt::format("<tr{}>", css_attribute(css));
  for (const auto& cell : cells) {
    std::string classes = cell.css;
    if (cell.key) classes += classes.empty() ? "n" : " n";
    line += fmt::format("<td{}{}>{}</td>", css_attribute(classes),
                        cell.key ? fmt::format(" data-v=\"{}\"", *cell.key) : "", cell.html);
  }
  rows_.push_back(line + "</tr>\n");
}

std::string Table::html() const {
  std::string out;
  if (filter_ && rows_.size() > 10)
    out +=
        "<input class=\"filter\" type=\"search\" placeholder=\"Show rows with all these words\" "
        "aria-label=\"Filter rows\">\n";
  out += "<div class=\"wide\"><table class=\"sort\"><thead><tr>";
  for (const auto& title : head_)
    out += fmt::format("<th scope=\"col\"><button>{}</button></th>", escape(title));
  out += "</tr></thead><tbody>\n";
  for (const auto& row : rows_) out += row;
  return out + "</tbody></table></div>\n";
}

std::string fill(const std::string& text, const std::map<std::string, std::string>& values) {
  std::string out;
  std::map<std::string, bool> used;
  for (std::size_t at = 0;;) {
    const std::size_t begin = text.find("{{", at);
    out += text.substr(at, begin == std::string::npos ? begin : begin - at);
    if (begin == std::string::npos) break;
    const std::size_t end = text.find("}}", begin);
    MANTISSA_CHECK(end != std::string::npos, "a template with an open hole");
    const std::string name = text.substr(begin + 2, end - begin - 2);
    const auto found = values.find(name);
    MANTISSA_CHECK(found != values.end(), "a template with an unknown hole: " + name);
    out += found->second;
    used[name] = true;
    at = end + 2;
  }
  for (const auto& [name, value] : values)
    MANTISSA_CHECK(used.count(name) == 1, "a template without a hole for " + name);
  return out;
}

std::string inline_svg(const std::string& file) {
  const std::size_t begin = file.find("<svg");
  if (begin == std::string::npos) return {};
  std::string svg = file.substr(begin);
  cut_all(svg, "<metadata>", "</metadata>");
  cut_all(svg, " xmlns=\"", "\"");
  cut_all(svg, " xmlns:xlink=\"", "\"");
  replace_all(svg, "#1b1b1f", "currentColor");
  replace_all(svg, "#fffffe", "var(--paper)");
  return svg;
}

}  // namespace mantissa::report
