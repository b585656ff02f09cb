// SPDX-License-Identifier: Apache-2.0
#include "memory/config.h"

#include "memory/registry.h"

namespace mantissa::memory {

const config::Schema<MemoryConfig>& MemoryConfig::schema() {
  static const auto schema =
      config::Schema<MemoryConfig>("Memory of one chip, shared by its cores.")
          .optional("model", &MemoryConfig::model, "What stands behind the TLM-2.0 socket.")
          .optional("capacity", &MemoryConfig::capacity, config::at_least(1), "Bytes of memory.")
          .optional("bandwidth", &MemoryConfig::bandwidth, config::at_least(0),
                    "ideal: as 34 GB/s or 64 B/cycle of the core clock.")
          .optional("latency", &MemoryConfig::latency, config::at_least(0),
                    "ideal: acceptance to first byte, as 100 ns or 100 cycles.")
          .optional("queue_depth", &MemoryConfig::queue_depth, config::range(1, 65536),
                    "ideal: transactions accepted and not yet answered.")
          .optional("dram", &MemoryConfig::dram,
                    "dram: a preset, or `base: PRESET` and what differs.")
          .constraint("model",
                      [](const MemoryConfig& m) {
                        if (is_memory_model(m.model)) return std::string();
                        std::string names;
                        for (const auto& name : memory_models())
                          names += (names.empty() ? "" : ", ") + name;
                        return "no memory model '" + m.model + "'; there are: " + names;
                      })
          .constraint("bandwidth",
                      [](const MemoryConfig& m) {
                        return m.model == "ideal" && m.bandwidth.bytes < 1e-6
                                   ? std::string("the model ideal needs a bandwidth, as 34 GB/s")
                                   : std::string();
                      })
          .constraint("model",
                      [](const MemoryConfig& m) {
                        return m.model == "dram" && !m.dram
                                   ? std::string(
                                         "the model dram needs a section memory.dram, as "
                                         "dram: hbm2_8gb_x128")
                                   : std::string();
                      })
          .constraint("dram", [](const MemoryConfig& m) {
            return m.dram && m.model == "dram" && m.capacity.value > m.dram->organization.bytes()
                       ? "its channels hold " +
                             config::quantity_text(Bytes(m.dram->organization.bytes())) +
                             ", less than memory.capacity, " + config::quantity_text(m.capacity)
                       : std::string();
          });
  return schema;
}

double MemoryConfig::bytes_per_cycle(Hertz core_clock) const {
  const auto hz = static_cast<double>(core_clock.value);
  if (model == "dram") return dram->peak_bytes_per_second() / hz;
  return bandwidth.per_cycle ? bandwidth.bytes : bandwidth.bytes / hz;
}

double MemoryConfig::idle_latency(Hertz core_clock) const {
  const auto hz = static_cast<double>(core_clock.value);
  const auto cycles = [&](const Latency& l) {
    return l.in_cycles ? static_cast<double>(l.cycles.value)
                       : static_cast<double>(l.time.value) * hz /
                             static_cast<double>(femtoseconds_per_second);
  };
  if (model != "dram") return cycles(latency);
  return cycles(dram->controller.latency) +
         static_cast<double>(dram->timing.RCDRD + dram->timing.CL) * hz /
             static_cast<double>(dram->clock.value);
}

}  // namespace mantissa::memory
