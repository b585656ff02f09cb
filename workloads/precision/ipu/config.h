// SPDX-License-Identifier: Apache-2.0
// Parameters of the study of mixed-precision inner-product units.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/config/folder_path.h"
#include "base/config/schema.h"
#include "base/numerics/inner_product/parameters.h"
#include "workloads/precision/ipu/operations.h"

namespace mantissa::workloads::ipu {

struct IpuStudyConfig {
  std::vector<OperandLaw> laws = {OperandLaw::normal, OperandLaw::uniform, OperandLaw::laplace,
                                  OperandLaw::relu};
  std::vector<std::int64_t> lanes = {8, 16};
  std::vector<std::int64_t> windows = {12, 14, 16, 18, 20, 22, 24, 26, 28, 38};
  std::int64_t baseline = 38;
  std::vector<std::int64_t> software_precisions = {16, 28};
  std::int64_t fraction = 30;
  std::int64_t operations = 100000;
  std::int64_t steps = 4000;
  std::int64_t units = 64;
  std::vector<std::int64_t> clusters = {1, 2, 4, 8, 16, 32, 64};
  std::int64_t buffer = 4;
  std::int64_t ehu_share = 4;
  std::vector<std::string> networks;
  std::string chip = "ipu_big";
  std::vector<std::string> workloads, backward;
  std::int64_t workload_window = 16;
  std::int64_t octaves = 16;
  std::string trace;
  config::FolderPath synthesis;
  std::int64_t seed = 1;

  static const config::Schema<IpuStudyConfig>& schema();

  numerics::inner_product::IpuParameters unit(
      std::int64_t lanes, std::int64_t window, std::int64_t software_precision,
      numerics::inner_product::Alignment alignment =
          numerics::inner_product::Alignment::multi_cycle) const;
};

}  // namespace mantissa::workloads::ipu
