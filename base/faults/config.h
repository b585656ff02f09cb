// SPDX-License-Identifier: Apache-2.0
// How the cells of one memory fail, as a section of a configuration, and the map that follows.
//
//   faults:
//     chip: chip_2            # columns and directions of a published chip
//     effect: directional
//
// Which cells fail depends on the chip's seed and the memory; how many on the voltage through
// `law`, or on `rate`. Without anything, cells fail uniformly and flip what they hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/config/schema.h"
#include "base/faults/cell_layout.h"
#include "base/faults/column_profile.h"
#include "base/faults/error_rate.h"
#include "base/faults/fault_map.h"
#include "base/faults/file_path.h"

namespace mantissa::faults {

enum class MapKind { none, uniform, column, file };

struct FaultConfig {
  MapKind map = MapKind::uniform;
  ErrorLaw law = ErrorLaw::measured;
  std::optional<double> rate;
  Chip chip = Chip::none;
  std::int64_t array_rows = 512;  // the arrays of arXiv 2006.13977
  std::vector<double> column_weights;
  Effect effect = Effect::flip;
  std::optional<double> zero_to_one;
  double read_error = 1;
  double write_error = 0;
  FilePath file;
  double upset_rate = 0;
  std::int64_t upset_width = 1, upset_height = 1;
  FilePath trace;
  static const config::Schema<FaultConfig>& schema();

  // Fraction of failing cells at V / Vmin.
  double rate_at(double voltage_ratio) const;
  ColumnProfile profile() const;
  // The profile of the columns that a memory has whose words lie as `words` says.
  ColumnProfile profile_for(const CellLayout& words) const;
  // Fraction of failing cells that its map has on average: less where columns fail whole.
  double mean_rate(const CellLayout& words, double voltage_ratio) const;
  // The failing cells of a memory of `bytes` whose words lie as `words` says.
  FaultMap map_of(std::uint64_t key, std::uint64_t bytes, const CellLayout& words,
                  double voltage_ratio) const;
  // Empty, or that `upset_rate` would upset more than most_upsets of `cells` cells in a cycle.
  static constexpr double most_upsets = 0.1;
  std::string upset_objection(std::uint64_t cells) const;
  // Reads the files that are named, and throws what is wrong with them.
  void check_files(std::uint64_t bytes, const CellLayout& words) const;
};

}  // namespace mantissa::faults

namespace mantissa::config {
template <>
struct EnumNames<faults::MapKind> {
  static const std::vector<std::pair<faults::MapKind, const char*>>& names();
};
}  // namespace mantissa::config
