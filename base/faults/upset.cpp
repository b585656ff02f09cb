// SPDX-License-Identifier: Apache-2.0
#include "base/faults/upset.h"

#include <algorithm>

#include "base/faults/draw.h"
#include "base/faults/lines.h"
#include "base/faults/normal.h"

namespace mantissa::faults {

std::vector<std::uint64_t> cluster(std::uint64_t cell, unsigned width, unsigned height,
                                   std::uint64_t row_cells, std::uint64_t cells) {
  std::vector<std::uint64_t> out;
  const std::uint64_t reach = std::min<std::uint64_t>(width, row_cells - cell % row_cells);
  for (unsigned row = 0; row < height; ++row)
    for (std::uint64_t c = 0; c < reach; ++c)
      if (cell + row * row_cells + c < cells) out.push_back(cell + row * row_cells + c);
  return out;
}

UpsetProcess::UpsetProcess(std::uint64_t key, std::uint64_t cells, double rate)
    : key_(key), cells_(cells), per_cycle_(rate * static_cast<double>(cells)) {
  draw();
}

// Times between upsets are exponential.
void UpsetProcess::draw() {
  if (per_cycle_ > 0) time_ -= natural_log(unit(derived(key_, 2 * number_))) / per_cycle_;
}

std::optional<Upset> UpsetProcess::next_until(std::uint64_t cycle) {
  if (!(per_cycle_ > 0) || time_ > static_cast<double>(cycle)) return std::nullopt;
  Upset upset;
  upset.cycle = static_cast<std::uint64_t>(time_);
  upset.cell = static_cast<std::uint64_t>(
      (static_cast<unsigned __int128>(derived(key_, 2 * number_ + 1)) * cells_) >> 64);
  ++number_;
  draw();
  return upset;
}

std::vector<Upset> read_error_trace(const std::string& path, const CellLayout& words,
                                    std::uint64_t bytes) {
  std::vector<Upset> upsets;
  for (const Line& line : read_lines(path)) {
    const char* const form = "CYCLE BYTE.BIT flip|set|clear";
    if (line.words.size() != 3) throw line.refuse(bad_line, line.text, form);
    Upset upset;
    upset.cycle = line.number(0, form);
    upset.cell = words.cell(line.bit(1, bytes, form));
    static const std::vector<std::string> kinds = {"flip", "set", "clear"};
    const auto kind = std::find(kinds.begin(), kinds.end(), line.words[2]);
    if (kind == kinds.end())
      throw line.refuse(bad_line, line.words[2], "flip, set or clear")
          .nearest(nearest_name(line.words[2], kinds));
    upset.kind = static_cast<UpsetKind>(kind - kinds.begin());
    if (!upsets.empty() && upset.cycle < upsets.back().cycle)
      throw line.refuse(unordered_trace, line.words[0],
                        "a cycle from " + std::to_string(upsets.back().cycle) + " on");
    upsets.push_back(upset);
  }
  return upsets;
}

}  // namespace mantissa::faults
