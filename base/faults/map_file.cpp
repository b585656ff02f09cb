// SPDX-License-Identifier: Apache-2.0
#include "base/faults/map_file.h"

#include <algorithm>
#include <limits>

#include "base/config/decimal.h"
#include "base/faults/lines.h"

namespace mantissa::faults {
namespace {

const char* const form = "BYTE.BIT[-BYTE.BIT] P01 P10 [VOLTAGE]";

std::uint64_t number_of(CodeBit b) { return b.code * 64 + b.bit; }

MapEntry entry_of(const Line& line, std::uint64_t bytes) {
  if (line.words.size() != 3 && line.words.size() != 4)
    throw line.refuse(bad_line, line.text, form);
  const std::string& cells = line.words[0];
  const auto dash = cells.find('-');
  MapEntry entry;
  entry.line = line.line_number;
  entry.first = number_of(line.bit_of(cells.substr(0, dash), bytes, form));
  entry.last = dash == std::string::npos
                   ? entry.first
                   : number_of(line.bit_of(cells.substr(dash + 1), bytes, form));
  if (entry.last < entry.first)
    throw line.refuse(bad_line, cells, "a range whose last bit is not before its first");
  entry.zero_to_one = line.probability(1, form);
  entry.one_to_zero = line.probability(2, form);
  entry.fails_up_to = std::numeric_limits<double>::infinity();
  if (line.words.size() == 4) {
    const auto scanned = config::scan_number(line.words[3]);
    const auto value = config::real_number(scanned.number, 0, 0);
    if (scanned.length != line.words[3].size() || !value || !(*value > 0))
      throw line.refuse(bad_line, line.words[3], "a voltage as part of Vmin, such as 0.8");
    entry.fails_up_to = *value;
  }
  return entry;
}

}  // namespace

std::vector<MapEntry> read_map_file(const std::string& path, std::uint64_t bytes) {
  std::vector<MapEntry> entries;
  const auto lines = read_lines(path);
  for (const Line& line : lines) entries.push_back(entry_of(line, bytes));
  std::stable_sort(entries.begin(), entries.end(),
                   [](const MapEntry& a, const MapEntry& b) { return a.first < b.first; });
  for (std::size_t i = 1; i < entries.size(); ++i) {
    const MapEntry &a = entries[i - 1], &b = entries[i];
    if (b.first > a.last) continue;
    const int later = std::max(a.line, b.line), earlier = std::min(a.line, b.line);
    const auto line = std::find_if(lines.begin(), lines.end(),
                                   [&](const Line& l) { return l.line_number == later; });
    throw line->refuse(overlap, line->words[0],
                       "cells that line " + std::to_string(earlier) + " does not describe");
  }
  return entries;
}

FaultMap map_at(const std::vector<MapEntry>& entries, double voltage_ratio,
                const CellLayout& words) {
  std::vector<Fault> faults;
  for (const MapEntry& e : entries) {
    if (voltage_ratio > e.fails_up_to || (e.zero_to_one == 0 && e.one_to_zero == 0)) continue;
    for (std::uint64_t b = e.first; b <= e.last; ++b)
      faults.push_back(
          {words.cell({b / 64, static_cast<unsigned>(b % 64)}), e.zero_to_one, e.one_to_zero});
  }
  return FaultMap(std::move(faults));
}

}  // namespace mantissa::faults
