// SPDX-License-Identifier: Apache-2.0
// Small lookup engines for tests.
#pragma once

#include "arch/engines/embedding/config.h"

namespace mantissa::arch::embedding {

inline const std::string configs = std::string(MANTISSA_SOURCE_DIR) + "/configs";

inline EmbeddingConfig shipped(const std::vector<std::string>& overrides = {}) {
  return config::load<EmbeddingConfig>(
             "u280", config::preset_folders({configs + "/arch/embedding"}), overrides,
             sections(config::preset_folders({configs + "/memory"})))
      .value;
}

// 100 MHz, so that a cycle is 10 ns; banks that answer after 5 cycles; fixed16 elements.
inline EmbeddingConfig on_chip_only(std::int64_t banks = 2) {
  EmbeddingConfig config;
  config.name = "banks";
  config.clock = Hertz(100'000'000);
  config.element = Element::fixed16;
  config.on_chip = OnChipConfig{banks, Bytes(1 << 20), Latency{true, {}, Cycles(5)}};
  return config;
}

// One pseudo-channel of the U280 without refresh.
inline EmbeddingConfig one_channel() {
  EmbeddingConfig config = shipped({"hbm.organization.channels=1", "hbm.refresh.mode=none"});
  config.ddr.reset();
  config.on_chip.reset();
  return config;
}

}  // namespace mantissa::arch::embedding
