// SPDX-License-Identifier: Apache-2.0
#include "base/faults/fault_map.h"

#include <algorithm>

#include "base/faults/cell_sampler.h"
#include "base/faults/draw.h"
#include "base/units.h"

namespace mantissa::config {

const std::vector<std::pair<faults::Effect, const char*>>& EnumNames<faults::Effect>::names() {
  static const std::vector<std::pair<faults::Effect, const char*>> table = {
      {faults::Effect::flip, "flip"},
      {faults::Effect::stuck_at_0, "stuck_at_0"},
      {faults::Effect::stuck_at_1, "stuck_at_1"},
      {faults::Effect::directional, "directional"}};
  return table;
}

}  // namespace mantissa::config

namespace mantissa::faults {
namespace {

// Streams below a memory's key. The samplers of a column map follow its classes.
enum Stream : std::uint64_t { cells_stream = 0, direction_stream = 1, columns_stream = 2 };
constexpr std::uint64_t first_class_stream = 16;

Fault fault_at(std::uint64_t cell, const FaultEffect& e, std::uint64_t direction_key) {
  bool set = e.effect != Effect::stuck_at_0, clear = e.effect != Effect::stuck_at_1;
  if (e.effect == Effect::directional) {
    set = happens(derived(direction_key, cell), e.zero_to_one);
    clear = !set;
  }
  return {cell, set ? e.access_error : 0, clear ? e.access_error : 0};
}

}  // namespace

FaultMap::FaultMap(std::vector<Fault> faults) : faults_(std::move(faults)) {
  const auto by_cell = [](const Fault& a, const Fault& b) { return a.cell < b.cell; };
  if (!std::is_sorted(faults_.begin(), faults_.end(), by_cell))
    std::sort(faults_.begin(), faults_.end(), by_cell);
  for (std::size_t i = 1; i < faults_.size(); ++i)
    MANTISSA_CHECK(faults_[i - 1].cell != faults_[i].cell, "a cell with two faults");
}

FaultMap FaultMap::uniform(std::uint64_t key, std::uint64_t cells, double p,
                           const FaultEffect& effect) {
  std::vector<std::uint64_t> failing;
  CellSampler(derived(key, cells_stream)).append_failing(p, 0, cells, failing);
  const std::uint64_t direction = derived(key, direction_stream);
  std::vector<Fault> faults;
  faults.reserve(failing.size());
  for (const std::uint64_t cell : failing) faults.push_back(fault_at(cell, effect, direction));
  return FaultMap(std::move(faults));
}

FaultMap FaultMap::by_column(std::uint64_t key, std::uint64_t cells, std::uint64_t rows, double p,
                             const ColumnProfile& profile, const FaultEffect& effect) {
  const std::uint64_t columns = profile.weights.size(), array_cells = rows * columns;
  const std::uint64_t arrays = ceil_div(cells, array_cells);
  if (!(p > 0)) return {};

  struct Failing {
    std::uint64_t array, row;
    std::uint32_t column;  // of the profile
  };
  std::vector<Failing> all;
  std::uint64_t stream = first_class_stream;
  for (const ColumnClass& c : classes(profile)) {
    // Numbers of the class's own: columns of all arrays one behind the other, row by row.
    const std::uint64_t mine = c.columns.size();
    std::vector<std::uint64_t> failing;
    CellSampler(derived(key, stream++))
        .append_failing(std::min(1.0, p * c.weight), 0, arrays * mine * rows, failing);
    for (const std::uint64_t number : failing) {
      const std::uint64_t row = number % rows, column = number / rows % mine;
      all.push_back({number / rows / mine, row, c.columns[column]});
    }
  }
  // Array by array, so that the columns of one are placed at a time, and of those alone that fail.
  std::stable_sort(all.begin(), all.end(),
                   [](const Failing& a, const Failing& b) { return a.array < b.array; });
  const std::uint64_t direction = derived(key, direction_stream);
  std::vector<Fault> faults;
  faults.reserve(all.size());
  std::vector<std::uint32_t> at;
  std::uint64_t placed = ~0ull;
  for (const Failing& f : all) {
    if (f.array != placed) at = positions(profile, derived(key, columns_stream), f.array);
    placed = f.array;
    const std::uint64_t cell = (f.array * rows + f.row) * columns + at[f.column];
    if (cell < cells) faults.push_back(fault_at(cell, effect, direction));
  }
  return FaultMap(std::move(faults));
}

FaultSpan FaultMap::between(std::uint64_t first, std::uint64_t last) const {
  const auto before = [](const Fault& f, std::uint64_t cell) { return f.cell < cell; };
  const auto from = std::lower_bound(faults_.begin(), faults_.end(), first, before);
  const auto to = std::lower_bound(from, faults_.end(), last, before);
  return {faults_.data() + (from - faults_.begin()), faults_.data() + (to - faults_.begin())};
}

}  // namespace mantissa::faults
