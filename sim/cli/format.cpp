// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace mantissa::cli {
namespace {

// Characters on screen: UTF-8 continuation bytes and escape sequences take no room.
std::size_t width_of(const std::string& text) {
  std::size_t width = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte == 0x1b) {
      while (i < text.size() && text[i] != 'm') ++i;
    } else if ((byte & 0xc0) != 0x80) {
      ++width;
    }
  }
  return width;
}

// Three significant digits, without an exponent, for magnitudes in [1, 1000).
std::string three_digits(double value) {
  const double size = std::fabs(value);
  if (size >= 99.95) return fmt::format("{:.0f}", value);
  if (size >= 9.995) return fmt::format("{:.1f}", value);
  return fmt::format("{:.2f}", value);
}

}  // namespace

std::string grouped(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string si(double value, const std::string& unit) {
  if (value == 0) return "0 " + unit;
  static const char* const prefixes[] = {"f", "p", "n", "u", "m", "", "k", "M", "G", "T", "P", "E"};
  constexpr int one = 5, last = 11;
  int step = static_cast<int>(std::floor(std::log10(std::fabs(value)) / 3));
  // 999.7 prints as 1000: it belongs to the next prefix.
  if (std::fabs(value) / std::pow(1000.0, step) >= 999.5) ++step;
  step = std::clamp(step, -one, last - one);
  return fmt::format("{} {}{}", three_digits(value / std::pow(1000.0, step)), prefixes[step + one],
                     unit);
}

std::string binary_bytes(std::uint64_t bytes) {
  static const char* const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  double value = static_cast<double>(bytes);
  int unit = 0;
  while (value >= 1024 && unit < 5) {
    value /= 1024;
    ++unit;
  }
  if (value == std::floor(value)) return fmt::format("{:.0f} {}", value, units[unit]);
  return fmt::format("{} {}", three_digits(value), units[unit]);
}

std::string percent(double fraction) { return fmt::format("{:.1f} %", fraction * 100); }

std::string ratio(double before, double after) {
  if (before == after) return "=";
  if (before == 0) return "new";
  return fmt::format("x {:.4g}", after / before);
}

Table::Table(std::vector<std::string> head, std::vector<Align> align)
    : head_(std::move(head)), align_(std::move(align)) {}

void Table::row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

std::string Table::text(int indent) const {
  std::vector<std::size_t> widths(align_.size(), 0);
  const auto measure = [&](const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i)
      widths[i] = std::max(widths[i], width_of(cells[i]));
  };
  measure(head_);
  for (const auto& cells : rows_) measure(cells);

  const auto line = [&](const std::vector<std::string>& cells) {
    std::string out(static_cast<std::size_t>(indent), ' ');
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string gap(widths[i] - width_of(cells[i]), ' ');
      if (i > 0) out += "  ";
      out += align_[i] == Align::right ? gap + cells[i] : cells[i] + gap;
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out + '\n';
  };
  std::string out;
  if (!head_.empty()) {
    out += line(head_);
    std::vector<std::string> rule;
    for (const auto width : widths) rule.emplace_back(width, '-');
    out += line(rule);
  }
  for (const auto& cells : rows_) out += line(cells);
  return out;
}

std::string wrap(const std::string& text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t column = 0, begin = 0;
  while (begin < text.size()) {
    auto end = text.find(' ', begin);
    if (end == std::string::npos) end = text.size();
    const std::string word = text.substr(begin, end - begin);
    begin = end + 1;
    if (word.empty()) continue;
    if (column > 0 && column + 1 + width_of(word) > width) {
      out += '\n' + std::string(indent, ' ');
      column = 0;
    } else if (column > 0) {
      out += ' ';
      ++column;
    }
    out += word;
    column += width_of(word);
  }
  return out;
}

}  // namespace mantissa::cli
