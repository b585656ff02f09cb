// SPDX-License-Identifier: Apache-2.0
#include "arch/chip/config.h"

#include <fmt/format.h>

#include <algorithm>

#include "arch/units/matrix_model.h"
#include "power/technology_config.h"

namespace mantissa::config {

const std::vector<std::pair<arch::Dataflow, const char*>>& EnumNames<arch::Dataflow>::names() {
  static const std::vector<std::pair<arch::Dataflow, const char*>> table = {
      {arch::Dataflow::weight_stationary, "weight_stationary"},
      {arch::Dataflow::output_stationary, "output_stationary"},
      {arch::Dataflow::input_stationary, "input_stationary"}};
  return table;
}

const std::vector<std::pair<arch::Implementation, const char*>>&
EnumNames<arch::Implementation>::names() {
  static const std::vector<std::pair<arch::Implementation, const char*>> table = {
      {arch::Implementation::model, "model"},
      {arch::Implementation::rtl, "rtl"},
      {arch::Implementation::lockstep, "lockstep"}};
  return table;
}

const std::vector<std::pair<trace::NumberFormat, const char*>>&
EnumNames<trace::NumberFormat>::names() {
  static const auto table = [] {
    std::vector<std::pair<trace::NumberFormat, const char*>> rows;
    for (const auto& format : trace::number_formats())
      rows.emplace_back(format.format, format.name);
    return rows;
  }();
  return table;
}

}  // namespace mantissa::config

namespace mantissa::arch {

using config::at_least;
using config::range;
using config::Schema;
using trace::NumberFormat;

const char* name(Implementation implementation) {
  return config::EnumNames<Implementation>::names()[static_cast<std::size_t>(implementation)]
      .second;
}

namespace {

// Empty, or that a format is listed which the model does not multiply.
std::string format_objection(const MatrixConfig& m) {
  const auto& legal = matrix_model_formats(m.model);
  for (const auto f : m.formats) {
    if (std::find(legal.begin(), legal.end(), f) != legal.end()) continue;
    std::string names;
    for (std::size_t i = 0; i < legal.size(); ++i)
      names += (i == 0                  ? ""
                : i + 1 == legal.size() ? " or "
                                        : ", ") +
               std::string(trace::name(legal[i]));
    return fmt::format("the matrix model '{}' multiplies {}, not {}", m.model, names,
                       trace::name(f));
  }
  return {};
}

}  // namespace

const Schema<MatrixConfig>& MatrixConfig::schema() {
  static const auto schema =
      Schema<MatrixConfig>("Matrix unit: R x C processing elements.")
          .optional("model", &MatrixConfig::model, "Registered model of the unit.")
          .required("rows", &MatrixConfig::rows, range(1, 4096),
                    "Rows R; the reduction dimension when weight or input stationary.")
          .required("columns", &MatrixConfig::columns, range(1, 4096), "Columns C.")
          .optional("units", &MatrixConfig::units, range(1, 64),
                    "Arrays that work on one command side by side.")
          .optional("dataflow", &MatrixConfig::dataflow, "Which operand stays in the array.")
          .optional("formats", &MatrixConfig::formats,
                    "Of operands; the first is native. Model ipu mixes int8 and int4.")
          .optional("double_buffer", &MatrixConfig::double_buffer,
                    "Next stationary operand in (or last sums out) behind the stream.")
          .optional("register_error_rate", &MatrixConfig::register_error_rate, range(0, 1),
                    "Data mode: probability of a flip per bit of B in the array.")
          .optional("implementation", &MatrixConfig::implementation,
                    "Data mode: sums by the model, by verilated RTL, or by both, compared.")
          .optional("rtl", &MatrixConfig::rtl,
                    "Folder of SystemVerilog ('mantissa cosim systolic --ports'; ipu, vsq).")
          .optional("rtl_top", &MatrixConfig::rtl_top, "Its top module, if not the model's name.")
          .optional("ipu", &MatrixConfig::ipu, "Model ipu: its inner-product units.")
          .optional("vsq", &MatrixConfig::vsq,
                    "Model vsq: its vector MACs; V = rows, a line's last vector is padded.")
          .constraint("model",
                      [](const MatrixConfig& m) {
                        if (find_matrix_model(m.model) != nullptr) return std::string();
                        std::string names;
                        for (const auto& n : matrix_models())
                          names += (names.empty() ? "" : ", ") + n;
                        return "no matrix unit model '" + m.model + "'; there are: " + names;
                      })
          .constraint("implementation",
                      [](const MatrixConfig& m) -> std::string {
                        if (m.implementation == Implementation::model) return {};
                        if (m.model == "ipu" && m.ipu) return ipu_rtl_objection(*m.ipu, m.formats);
                        if (m.model == "vsq") {
                          constexpr std::int64_t longest = 64;  // as the unit's parameters say
                          if (m.rows > longest)
                            return "vector MACs exist in RTL up to V = 64 (rows)";
                          if (m.vsq && m.vsq->weight_reuse > 1)
                            return fmt::format(
                                "vector MACs in RTL hold one sum (vsq.weight_reuse=1), not {}",
                                m.vsq->weight_reuse);
                          return {};
                        }
                        if (m.model != "systolic")
                          return "only the models 'systolic', 'ipu' and 'vsq' exist in RTL, not '" +
                                 m.model + "'";
                        constexpr std::int64_t most = 256;  // as the unit's parameters say
                        if (m.rows > most || m.columns > most)
                          return "the array exists in RTL up to 256 x 256";
                        return {};
                      })
          .constraint(
              "rtl",
              [](const MatrixConfig& m) { return unused_rtl(m.implementation, m.rtl, m.rtl_top); })
          .constraint("formats",
                      [](const MatrixConfig& m) {
                        if (m.formats.empty())
                          return std::string("at least one format, int8 or bf16");
                        return format_objection(m);
                      })
          .constraint("vsq",
                      [](const MatrixConfig& m) -> std::string {
                        const bool vsq = m.model == "vsq";
                        if (vsq != m.vsq.has_value())
                          return vsq ? "model: vsq needs a section vsq with bits"
                                     : "only model: vsq has a section vsq, not '" + m.model + "'";
                        if (!vsq) return {};
                        if (m.dataflow != Dataflow::weight_stationary || !m.double_buffer)
                          return "vector MACs hold weights, double-buffered";
                        return vsq_objection(*m.vsq, m.rows, m.columns, m.units);
                      })
          .constraint("ipu", [](const MatrixConfig& m) -> std::string {
            const bool ipu = m.model == "ipu";
            if (ipu != m.ipu.has_value())
              return ipu ? "model: ipu needs a section ipu with a window"
                         : "only model: ipu has a section ipu, not '" + m.model + "'";
            if (!ipu) return {};
            if (m.dataflow != Dataflow::weight_stationary || !m.double_buffer)
              return "inner-product units hold weights, double-buffered";
            return ipu_objection(*m.ipu, m.rows, m.columns, m.units, m.formats);
          });
  return schema;
}

const Schema<AccumulatorConfig>& AccumulatorConfig::schema() {
  static const auto schema =
      Schema<AccumulatorConfig>("Accumulators below the array, 32 bits each.")
          .optional("rows", &AccumulatorConfig::rows, range(1, 1 << 24),
                    "Partial sums per column and unit.")
          .optional("error_rate", &AccumulatorConfig::error_rate, range(0, 1),
                    "Data mode: probability of a flip per bit of a finished sum.")
          .optional("implementation", &AccumulatorConfig::implementation,
                    "Data mode: sums by the model, by verilated RTL, or by both, compared.")
          .optional("rtl", &AccumulatorConfig::rtl,
                    "Folder of SystemVerilog to use ('mantissa cosim accumulator --ports').")
          .optional("rtl_top", &AccumulatorConfig::rtl_top, "Its top module, if not accumulator.")
          .constraint("implementation",
                      [](const AccumulatorConfig& a) -> std::string {
                        constexpr std::int64_t most = 16 * 4096;  // as the unit's parameters say
                        if (a.implementation == Implementation::model || a.rows <= most) return {};
                        return fmt::format("accumulators exist in RTL up to {} rows, not {}", most,
                                           a.rows);
                      })
          .constraint("rtl", [](const AccumulatorConfig& a) {
            return unused_rtl(a.implementation, a.rtl, a.rtl_top);
          });
  return schema;
}

const Schema<ScratchpadConfig>& ScratchpadConfig::schema() {
  static const auto schema = with_sram_parameters(
      Schema<ScratchpadConfig>("Banked scratchpad for operands and results.")
          .required("capacity", &ScratchpadConfig::capacity, range(64, 1ull << 40), "Bytes in all.")
          .optional("banks", &ScratchpadConfig::banks, range(1, 4096), "Banks.")
          .optional("bank_width", &ScratchpadConfig::bank_width, range(1, 4096),
                    "Bytes that one bank delivers per cycle."));
  return schema;
}

const Schema<WeightBufferConfig>& WeightBufferConfig::schema() {
  static const auto schema = with_sram_parameters(
      Schema<WeightBufferConfig>("Weight FIFO between memory and the array.")
          .required("capacity", &WeightBufferConfig::capacity, range(64, 1ull << 40), "Bytes."));
  return schema;
}

const Schema<VectorConfig>& VectorConfig::schema() {
  static const auto schema =
      Schema<VectorConfig>("Vector unit: activations, pooling, norms, softmax, reductions.")
          .optional("lanes", &VectorConfig::lanes, range(1, 65536), "Elements per cycle.")
          .optional("stages", &VectorConfig::stages, range(1, 64),
                    "Element-wise operators chained in one pass.")
          .optional("latency", &VectorConfig::latency, range(1, 16),
                    "Cycles of each stage, Latency of rtl/vector_alu.")
          .optional("implementation", &VectorConfig::implementation,
                    "Data mode: results by the model, by verilated RTL, or by both, compared.")
          .optional("rtl", &VectorConfig::rtl,
                    "Folder of SystemVerilog to use ('mantissa cosim vector_alu --ports').")
          .optional("rtl_top", &VectorConfig::rtl_top, "Its top module, if not vector_alu.")
          .optional("requantize_rtl", &VectorConfig::requantize_rtl,
                    "The same for requantisation ('mantissa cosim requantize --ports').")
          .optional("requantize_rtl_top", &VectorConfig::requantize_rtl_top,
                    "Its top module, if not requantize.")
          .constraint(
              "rtl",
              [](const VectorConfig& v) { return unused_rtl(v.implementation, v.rtl, v.rtl_top); })
          .constraint("requantize_rtl", [](const VectorConfig& v) {
            return unused_rtl(v.implementation, v.requantize_rtl, v.requantize_rtl_top);
          });
  return schema;
}

const Schema<DmaConfig>& DmaConfig::schema() {
  static const auto schema =
      Schema<DmaConfig>("DMA engines: one for weights, one for other loads, one for stores.")
          .optional("outstanding", &DmaConfig::outstanding, range(1, 4096), "Bursts in flight.")
          .optional("burst", &DmaConfig::burst, range(16, 1 << 20), "Bytes of one burst at most.")
          .optional("issue", &DmaConfig::issue, range(1, 4096),
                    "Core cycles from one burst to the next.")
          .optional("implementation", &DmaConfig::implementation,
                    "Addresses by the model, by verilated RTL, or by both, compared.")
          .optional("rtl", &DmaConfig::rtl,
                    "Folder of SystemVerilog to use ('mantissa cosim dma_agu --ports').")
          .optional("rtl_top", &DmaConfig::rtl_top, "Its top module, if not dma_agu.")
          .constraint("rtl", [](const DmaConfig& d) {
            return unused_rtl(d.implementation, d.rtl, d.rtl_top);
          });
  return schema;
}

namespace {

// Empty, or that a scrub would have to come before the last has seen every word: `width` bytes
// leave the memory in a cycle.
std::string scrub_objection(const SramConfig& sram, Bytes capacity, std::uint64_t width,
                            Hertz clock) {
  if (!sram.scrub) return {};
  const std::uint64_t least = ceil_div(capacity.value, width);
  const double seconds = static_cast<double>(least) / clock.value;
  const double given = static_cast<double>(sram.scrub->time.value) * 1e-15;
  if (sram.scrub->in_cycles ? sram.scrub->cycles.value >= least : given >= seconds * (1 - 1e-9))
    return {};
  return fmt::format(
      "scrub: reading {} bytes, {} per cycle, takes {} cycles ({:.4g} us); no interval is shorter",
      capacity.value, width, least, seconds * 1e6);
}

}  // namespace

const Schema<CoreConfig>& CoreConfig::schema() {
  static const auto schema =
      Schema<CoreConfig>("One core.")
          .required("clock", &CoreConfig::clock, range(1, 1e12), "Core clock.")
          .optional("chip_seed", &CoreConfig::chip_seed, range(0, 9e15),
                    "Which of the chips that were made: the seed of all that fails in it.")
          .required("matrix", &CoreConfig::matrix, "Matrix unit.")
          .optional("accumulator", &CoreConfig::accumulator, "Accumulators.")
          .required("scratchpad", &CoreConfig::scratchpad, "Scratchpad.")
          .optional("weight_buffer", &CoreConfig::weight_buffer,
                    "Storage for weights alone; none: weights share the scratchpad.")
          .optional("vector", &CoreConfig::vector, "Vector unit.")
          .optional("dma", &CoreConfig::dma, "DMA engines.")
          .constraint("accumulator",
                      [](const CoreConfig& c) {
                        if (c.accumulator.implementation == Implementation::model)
                          return std::string();
                        // Other units keep more than 32 bits of a sum, in a form of their own.
                        if (c.matrix.model == "ipu")
                          return std::string("inner-product units keep their own accumulators");
                        if (c.matrix.model == "vsq")
                          return std::string("vector MACs have accumulators of their own width");
                        constexpr std::int64_t most = 256;  // as the unit's parameters say
                        return c.matrix.columns <= most
                                   ? std::string()
                                   : fmt::format("accumulators exist in RTL up to {} columns",
                                                 most);
                      })
          .constraint("scratchpad",
                      [](const CoreConfig& c) {
                        const auto banks = static_cast<std::uint64_t>(c.scratchpad.banks);
                        return scrub_objection(c.scratchpad, c.scratchpad.capacity,
                                               banks * c.scratchpad.bank_width.value, c.clock);
                      })
          .constraint("weight_buffer", [](const CoreConfig& c) {
            // A row of the array's weights per cycle, of two bytes at most.
            const auto width = 2 * static_cast<std::uint64_t>(c.matrix.columns * c.matrix.units);
            return c.weight_buffer ? scrub_objection(*c.weight_buffer, c.weight_buffer->capacity,
                                                     width, c.clock)
                                   : std::string();
          });
  return schema;
}

const Schema<LinkConfig>& LinkConfig::schema() {
  static const auto schema =
      Schema<LinkConfig>("Link between neighbours on a ring, per direction.")
          .optional("bandwidth", &LinkConfig::bandwidth, at_least(1e-6), "Bytes per time.")
          .optional("latency", &LinkConfig::latency, at_least(0),
                    "From first byte sent to first received.");
  return schema;
}

const Schema<MapperConfig>& MapperConfig::schema() {
  static const auto schema =
      Schema<MapperConfig>("Mapper: how operators become tiles and commands.")
          .optional("resident_fraction", &MapperConfig::resident_fraction, range(0, 0.9),
                    "Part of the scratchpad that may keep activations between operators.")
          .optional("fuse", &MapperConfig::fuse,
                    "Element-wise operators ride behind the operator that feeds them.")
          .optional("group_packing", &MapperConfig::group_packing,
                    "Several groups of a grouped convolution on the array's diagonal.")
          .optional("barrier", &MapperConfig::barrier,
                    "No operator starts before the one before it has finished.")
          .optional("retype", &MapperConfig::retype,
                    "Shape mode: run in the core's native format what it has no format for.")
          .optional("tile_m", &MapperConfig::tile_m, range(0, 1 << 30),
                    "Rows of a tile (output pixels, tokens); 0: chosen.")
          .optional("tile_k", &MapperConfig::tile_k, range(0, 1 << 30),
                    "Reduction length of a tile; 0: chosen.")
          .optional("tile_n", &MapperConfig::tile_n, range(0, 1 << 30),
                    "Columns of a tile (output channels); 0: chosen.");
  return schema;
}

const Schema<TechnologyConfig>& TechnologyConfig::schema() {
  static const auto schema =
      Schema<TechnologyConfig>("Technology that prices energy and area.")
          .optional("name", &TechnologyConfig::name, "A file of configs/tech, or a path.")
          .optional("dram", &TechnologyConfig::dram,
                    "DRAM standard that prices a bit: DDR3, DDR4, LPDDR4, HBM2, ...")
          .optional(
              "idle_power", &TechnologyConfig::idle_power, at_least(0),
              "Published idle power of a whole chip, a row of its own beside modelled leakage.")
          .optional("prices", &TechnologyConfig::prices,
                    "What comes first: synthesis results where they fit, or printed tables alone.")
          .optional("synthesis", &TechnologyConfig::synthesis,
                    "Folder of UNIT/synthesis.yaml; without it, the results of the program.")
          .constraint("synthesis", [](const TechnologyConfig& t) {
            if (!t.synthesis || t.prices == power::PriceOrder::synthesised) return std::string();
            return std::string("expected 'prices: synthesised' beside it");
          });
  return schema;
}

const Schema<ArchConfig>& ArchConfig::schema() {
  static const auto schema =
      Schema<ArchConfig>("An architecture: chips of cores around matrix units.")
          .required("version", &ArchConfig::version, range(1, 1), "Version of this format.")
          .required("name", &ArchConfig::name, "Name in reports.")
          .optional("description", &ArchConfig::description, "One line.")
          .optional("chips", &ArchConfig::chips, range(1, 1024), "Chips on a ring.")
          .optional("cores", &ArchConfig::cores, range(1, 64),
                    "Cores per chip; they share its memory.")
          .required("core", &ArchConfig::core, "Every core.")
          .required("memory", &ArchConfig::memory, "Memory of one chip.")
          .optional("link", &ArchConfig::link, "Chip-to-chip links.")
          .optional("core_link", &ArchConfig::core_link, "Links between cores of one chip.")
          .optional("mapper", &ArchConfig::mapper, "Mapper.")
          .optional("technology", &ArchConfig::technology, "Technology.");
  return schema;
}

}  // namespace mantissa::arch
