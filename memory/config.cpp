// SPDX-License-Identifier: Apache-2.0
#include "memory/config.h"

#include "memory/registry.h"

namespace mantissa::memory {

const config::Schema<MemoryConfig>& MemoryConfig::schema() {
  static const auto schema =
      config::Schema<MemoryConfig>("Memory of one chip, shared by its cores.")
          .optional("model", &MemoryConfig::model, "What stands behind the TLM-2.0 socket.")
          .optional("capacity", &MemoryConfig::capacity, config::at_least(1), "Bytes of memory.")
          .required("bandwidth", &MemoryConfig::bandwidth, config::at_least(1e-6),
                    "Data bandwidth, as 34 GB/s or 64 B/cycle of the core clock.")
          .required("latency", &MemoryConfig::latency, config::at_least(0),
                    "From acceptance to the first byte, as 100 ns or 100 cycles.")
          .optional("queue_depth", &MemoryConfig::queue_depth, config::range(1, 65536),
                    "Transactions accepted and not yet answered.")
          .constraint("model", [](const MemoryConfig& m) {
            if (is_memory_model(m.model)) return std::string();
            std::string names;
            for (const auto& name : memory_models()) names += (names.empty() ? "" : ", ") + name;
            return "no memory model '" + m.model + "'; there are: " + names;
          });
  return schema;
}

}  // namespace mantissa::memory
