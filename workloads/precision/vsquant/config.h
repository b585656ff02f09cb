// SPDX-License-Identifier: Apache-2.0
// Parameters of the study of per-vector scaled quantisation.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/config/folder_path.h"
#include "base/config/schema.h"
#include "workloads/data/config.h"
#include "workloads/executor/training/optimizer.h"
#include "workloads/precision/formats/layer_format.h"

namespace mantissa::workloads::vsquant {

// A network whose weights are drawn, not trained: what a format leaves of its outputs.
struct DrawnNetwork {
  std::string network = "digits_cnn";
  std::vector<std::int64_t> input = {64, 1, 8, 8};
  bool ordered = false;  // its SQNRs must be in the order of check 8
  static const config::Schema<DrawnNetwork>& schema();
};

// A network that is trained, and then computes in every format.
struct Task {
  std::string label, network = "digits_cnn";
  data::DataConfig data;
  TrainingConfig training;
  LayerFormats formats;  // one more row: a choice per layer
  static const config::Schema<Task>& schema();
};

struct VsQuantConfig {
  std::vector<LayerFormat> schemes;
  Scheme baseline = scheme("8/8U/-/-");
  std::vector<DrawnNetwork> drawn;
  std::vector<Task> tasks;
  std::int64_t calibration = 256;
  std::vector<Scheme> trained;  // of the schemes: also trained further in the format
  std::int64_t tuning_epochs = 4;
  double tuning_rate = 0.005;
  std::int64_t channels = 512;
  config::FolderPath synthesis, post_processing, inner_products;
  std::string chip, chip_workload = "resnet50";  // whole cores; empty: none
  std::vector<std::string> chip_overrides;
  std::string follow_up;  // the chip in 5 nm; empty: none
  std::vector<std::string> follow_up_overrides;
  std::int64_t seed = 1;
  static const config::Schema<VsQuantConfig>& schema();

  // The first of the schemes that is the baseline.
  const LayerFormat& baseline_format() const;
};

// "4/4U/4/4, R = 6": the scheme, and what is not usual about it.
std::string label(const LayerFormat& format);
// One format for all layers.
LayerFormats everywhere(const LayerFormat& format);

}  // namespace mantissa::workloads::vsquant
