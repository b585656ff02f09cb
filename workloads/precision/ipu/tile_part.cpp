// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "arch/units/ipu/operand_law.h"
#include "workloads/precision/ipu/study_parts.h"

namespace mantissa::workloads::ipu {
namespace {

// Unrolling (C, K, Ho, Wo) of the publication's tiles: lanes, columns, pixels (recalled, 70 %).
struct Tile {
  const char* name;
  std::int64_t lanes, columns, pixels;
};
constexpr Tile tiles[] = {{"small, (8, 8, 2, 2)", 8, 8, 4}, {"big, (16, 16, 2, 2)", 16, 16, 4}};

}  // namespace

void add_tiles(const IpuStudyConfig& config, const Progress& progress, StudyResult& result) {
  constexpr std::uint64_t iterations = 9;  // of FP16 in nibbles: the least distance of broadcasts
  ResultTable table{"tiles",
                    "Time of FP16 operations of whole tiles, 1: a tree that never stalls",
                    {{"tile", ""}, {"operands", ""}, {"w", "bit"}, {"cluster", ""}, {"time", "1"}},
                    {}};
  for (const Tile& tile : tiles) {
    progress(&tile == tiles ? 0 : 0.3, std::string("times of a tile, ") + tile.name);
    const std::int64_t units = tile.columns * tile.pixels;
    for (const auto& [law, label] :
         {std::pair(arch::OperandLaw::normal, "normal"), std::pair(arch::OperandLaw::relu, "relu")})
      for (const std::int64_t w : config.windows)
        for (const std::int64_t cluster : config.clusters) {
          if (units % cluster != 0) continue;
          arch::IpuConfig unit;
          unit.window = w;
          unit.fraction = config.fraction;
          unit.software_precision = config.software_precisions.back();
          unit.pixels = tile.pixels;
          unit.cluster = cluster;
          unit.buffer = config.buffer;
          unit.operands = law;
          const arch::LawCycles t = arch::law_cycles(unit, tile.lanes, tile.columns,
                                                     trace::NumberFormat::fp16, iterations);
          table.rows.push_back(
              {tile.name, label, w, cluster,
               static_cast<double>(t.cycles) / static_cast<double>(iterations * t.steps)});
        }
  }
  result.tables.push_back(std::move(table));
  result.notes.push_back(
      "tiles: the units of a tile share inputs and weights as its unrolling says, with the "
      "exponents "
      "that chips are given in shape mode");
}

}  // namespace mantissa::workloads::ipu
