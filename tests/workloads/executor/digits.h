// SPDX-License-Identifier: Apache-2.0
// The 8x8 digits, which every machine has.
#pragma once

#include "workloads/data/load.h"

namespace mantissa::workloads {

inline data::Dataset digits() {
  data::DataConfig c;
  c.name = data::Known::digits;
  return data::load(c);
}

}  // namespace mantissa::workloads
