// SPDX-License-Identifier: Apache-2.0
// The trade-off of voltage, error and energy on a simulated chip: an int8 network runs in data mode
// with its scratchpad below Vmin, so that weights and activations pass its faulty cells, and the
// energy is that of the run.
#pragma once

#include <string>
#include <vector>

#include "workloads/data/dataset.h"
#include "workloads/executor/training/optimizer.h"
#include "workloads/study/experiment.h"

namespace mantissa::workloads {

inline const ErrorKind unknown_label{
    "study.label", ExitCode::bad_input,
    "A study refers to one of its own parts by a label or value that none of them has."};

struct HardwareConfig {
  std::string arch;                                                             // empty: left out
  std::vector<double> voltages = {1.0, 0.9583, 0.9167, 0.875, 0.8333, 0.7917};  // V / Vmin
  std::int64_t chips = 8, samples = 100;
  double clip = 0.25, train_error = 0.01;  // of the network that is trained for it
  static const config::Schema<HardwareConfig>& schema();
};

// Adds its tables and figure; the share of progress from `from` to 1 is its own.
void add_hardware(const HardwareConfig& config, const data::Dataset& dataset,
                  const TrainingConfig& training, StudyContext& context, double from,
                  StudyResult& result);

}  // namespace mantissa::workloads
