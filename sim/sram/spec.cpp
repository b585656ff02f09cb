// SPDX-License-Identifier: Apache-2.0
#include "sim/sram/spec.h"

#include <fmt/format.h>

#include "base/config/document.h"
#include "sim/presets/presets.h"

namespace mantissa::config {

const std::vector<std::pair<sim::MemoryKind, const char*>>& EnumNames<sim::MemoryKind>::names() {
  static const std::vector<std::pair<sim::MemoryKind, const char*>> table = {
      {sim::MemoryKind::sram, "sram"}};
  return table;
}

}  // namespace mantissa::config

namespace mantissa::sim {

using config::range;

const config::Schema<SramSpec>& SramSpec::schema() {
  static const auto schema =
      config::Schema<SramSpec>("An SRAM: banks of words, their protection and their faults")
          .required("kind", &SramSpec::kind, "Which sort of memory: sram.")
          .optional("name", &SramSpec::name, "Name in tables.")
          .optional("description", &SramSpec::description, "One line for lists.")
          .required("capacity", &SramSpec::capacity, range(8, 1ull << 34),
                    "Data bits of all banks; check bits come on top.")
          .optional("word", &SramSpec::word, range(1, 4096), "Data bits that an access moves.")
          .optional("banks", &SramSpec::banks, range(1, 65536), "Equal banks.")
          .optional("rows", &SramSpec::rows, range(0, 65536),
                    "Rows of a subarray; 0: chosen for energy x time x area.")
          .optional("mux", &SramSpec::mux, range(0, 32),
                    "Words to a row of a subarray; 0: chosen for energy x time x area.")
          .required("technology", &SramSpec::technology, "Technology: a preset name or a file.")
          .optional("vmin", &SramSpec::vmin, range(0.3, 2),
                    "Lowest supply without errors; none: the technology's voltage stands for it.")
          .optional("ecc", &SramSpec::ecc, "What protects the words.")
          .optional("interleave", &SramSpec::interleave, range(1, 32),
                    "Words to which neighbouring cells of a row belong.")
          .optional("scrub_interval", &SramSpec::scrub_interval, range(0, 1e19),
                    "Time from one reading and writing back of all words to the next; 0: never.")
          .optional("celsius", &SramSpec::celsius, range(25, 85), "Temperature, for the leakage.")
          .optional("chip_seed", &SramSpec::chip_seed, range(0, 9e15),
                    "Which chip: draws the cells that fail.")
          .optional("faults", &SramSpec::faults, "How the cells fail below Vmin.")
          .constraint("word", [](const SramSpec& s) {
            if (s.ecc == faults::Ecc::none || s.word % faults::ecc_data_bits == 0)
              return std::string();
            return fmt::format("check bits belong to 64 data bits each; read a word of {} bits",
                               s.word);
          });
  return schema;
}

power::MacroConfig SramSpec::bank() const {
  power::MacroConfig config;
  config.capacity = Bytes(ceil_div(capacity.value, static_cast<std::uint64_t>(banks)));
  config.word_bits = static_cast<std::uint64_t>(word);
  config.ecc = ecc;
  config.interleave = static_cast<std::uint64_t>(interleave);
  config.rows = static_cast<std::uint64_t>(rows);
  config.mux = static_cast<std::uint64_t>(mux);
  config.celsius = celsius;
  return config;
}

faults::CellLayout SramSpec::layout() const {
  return {faults::word_bits(ecc), static_cast<unsigned>(interleave), 0};
}

LoadedSram load_sram(const std::string& name_or_file, const std::vector<std::string>& overrides) {
  const auto& presets = Presets::standard();
  const std::string file = presets.find(PresetKind::memory, name_or_file);
  auto loaded = config::load<SramSpec>(file, presets.resolver(PresetKind::memory), overrides);
  if (loaded.value.name.empty()) loaded.value.name = name_or_file;
  loaded.value.faults.check_files(loaded.value.capacity.value, loaded.value.layout());
  auto technology = power::Technology::load(presets.find(
      PresetKind::technology, loaded.value.technology, Place{file, 0, 0, "technology"}));
  return {std::move(loaded.value), std::move(technology), loaded.hash};
}

}  // namespace mantissa::sim
