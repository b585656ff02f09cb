// SPDX-License-Identifier: Apache-2.0
// An architecture as the user writes it: chips of cores around systolic matrix units, one shared
// memory per chip, links between chips. Every parameter is declared once, in config.cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "arch/chip/implementation.h"
#include "arch/chip/sram_config.h"
#include "arch/units/ipu/config.h"
#include "arch/units/vsq/config.h"
#include "base/config/folder_path.h"
#include "base/config/schema.h"
#include "base/trace/number_format.h"
#include "base/units.h"
#include "memory/config.h"
#include "power/technology.h"

namespace mantissa::arch {

enum class Dataflow { weight_stationary, output_stationary, input_stationary };

// R x C processing elements. With `units` > 1 several such arrays work on one command side by side.
struct MatrixConfig {
  std::string model = "systolic";  // a registered MatrixModel (arch/units/matrix_model.h)
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t units = 1;
  Dataflow dataflow = Dataflow::weight_stationary;
  std::vector<trace::NumberFormat> formats{trace::NumberFormat::int8};  // operands; first = native
  bool double_buffer = true;       // stationary operand (or drained sums) buffered in the array
  double register_error_rate = 0;  // per bit of a weight on its way into the array
  Implementation implementation = Implementation::model;
  config::FolderPath rtl;        // SystemVerilog to be used; none: Mantissa's own
  std::string rtl_top;           // its top module; empty: the model's name
  std::optional<IpuConfig> ipu;  // of model `ipu`
  std::optional<VsqConfig> vsq;  // of model `vsq`
  static const config::Schema<MatrixConfig>& schema();

  std::uint64_t peak_macs_per_cycle() const {
    const std::int64_t cycles = vsq ? vsq->vector_cycles : 1;
    return static_cast<std::uint64_t>(rows * columns * units / cycles);
  }
};

// Accumulators below the array: `rows` partial sums per column and unit, 32 bits each.
struct AccumulatorConfig {
  std::int64_t rows = 4096;
  double error_rate = 0;  // per bit of a sum, when it is taken out
  Implementation implementation = Implementation::model;
  config::FolderPath rtl;
  std::string rtl_top;
  static const config::Schema<AccumulatorConfig>& schema();
};

struct ScratchpadConfig : SramConfig {
  Bytes capacity{};
  std::int64_t banks = 8;
  Bytes bank_width{64};  // bytes per bank and cycle
  static const config::Schema<ScratchpadConfig>& schema();
};

// Storage between memory and the array for weights alone (a weight FIFO). Absent: weights share the
// scratchpad.
struct WeightBufferConfig : SramConfig {
  Bytes capacity{};
  static const config::Schema<WeightBufferConfig>& schema();
};

struct VectorConfig {
  std::int64_t lanes = 128;  // elements per cycle
  std::int64_t stages = 4;   // element-wise operators chained in one pass
  std::int64_t latency = 3;  // of a stage, as Latency of rtl/vector_alu
  Implementation implementation = Implementation::model;  // of what drains accumulators
  config::FolderPath rtl;                                 // of vector_alu
  std::string rtl_top;
  config::FolderPath requantize_rtl;
  std::string requantize_rtl_top;
  static const config::Schema<VectorConfig>& schema();
};

struct DmaConfig {
  std::int64_t outstanding = 8;  // bursts in flight
  Bytes burst{4096};
  std::int64_t issue = 1;                                 // core cycles from one burst to the next
  Implementation implementation = Implementation::model;  // of the address generators
  config::FolderPath rtl;
  std::string rtl_top;
  static const config::Schema<DmaConfig>& schema();
};

struct CoreConfig {
  Hertz clock{};
  std::int64_t chip_seed = 0;  // which of the chips that were made
  MatrixConfig matrix;
  AccumulatorConfig accumulator;
  ScratchpadConfig scratchpad;
  std::optional<WeightBufferConfig> weight_buffer;
  VectorConfig vector;
  DmaConfig dma;
  static const config::Schema<CoreConfig>& schema();
};

// Between neighbours on a ring. Both directions at once.
struct LinkConfig {
  Bandwidth bandwidth{false, 50e9};
  Latency latency{false, Femtoseconds(500'000'000)};  // 500 ns
  static const config::Schema<LinkConfig>& schema();
};

struct MapperConfig {
  // Part of the scratchpad that may keep activations from one operator to the next.
  double resident_fraction = 0.5;
  bool fuse = true;           // bias, batch norm, activations, requantisation ride behind the array
  bool group_packing = true;  // several groups of a grouped convolution on the array's diagonal
  bool barrier = false;       // no operator starts before the one before it has finished
  bool retype = true;         // run operators in the core's native format when theirs is missing
  std::int64_t tile_m = 0;    // 0: chosen
  std::int64_t tile_k = 0;
  std::int64_t tile_n = 0;
  static const config::Schema<MapperConfig>& schema();
};

struct TechnologyConfig {
  std::string name = "45nm";        // configs/tech
  std::optional<std::string> dram;  // standard for the price of a DRAM bit: HBM2, DDR3, LPDDR4, ...
  std::optional<Watts> idle_power;  // published idle power of the whole chip, if known
  power::PriceOrder prices = power::PriceOrder::synthesised;
  std::optional<std::string> synthesis;  // folder of results; none: those shipped with the units
  static const config::Schema<TechnologyConfig>& schema();
};

struct ArchConfig {
  std::int64_t version = 1;
  std::string name;
  std::string description;
  std::int64_t chips = 1;
  std::int64_t cores = 1;  // per chip
  CoreConfig core;
  memory::MemoryConfig memory;
  LinkConfig link;       // chip to chip
  LinkConfig core_link;  // between cores of one chip
  MapperConfig mapper;
  TechnologyConfig technology;
  static const config::Schema<ArchConfig>& schema();
};

}  // namespace mantissa::arch

namespace mantissa::config {
template <>
struct EnumNames<arch::Dataflow> {
  static const std::vector<std::pair<arch::Dataflow, const char*>>& names();
};
template <>
struct EnumNames<trace::NumberFormat> {
  static const std::vector<std::pair<trace::NumberFormat, const char*>>& names();
};
}  // namespace mantissa::config
