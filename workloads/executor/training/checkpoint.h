// SPDX-License-Identifier: Apache-2.0
// The state of a training in one file: parameters and buffers, the optimiser's state, the random
// generator, the position in the samples, and figures of the experiment's own.
//
// A checkpoint is written beside its place, flushed to the disk and renamed, so that kill -9 leaves
// either the old one or the new one. What it belongs to (`identity`: network, data, parameters) is
// kept with it; another training's checkpoint is refused.
//
//   Checkpoint saved;
//   if (load(path, identity, *net, *optimizer, saved)) batches.seek(saved.position);
//   ...
//   save(path, identity, *net, *optimizer, {step, batches.position(), {{"loss", 0.3}}});
//
// Errors: training.checkpoint (not one, damaged, of something else), training.disk (no room).
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/error.h"
#include "workloads/data/batches.h"
#include "workloads/executor/torch.h"

namespace mantissa::workloads {

inline const ErrorKind bad_checkpoint{
    "training.checkpoint", ExitCode::bad_input,
    "A checkpoint that cannot be read, or that another training has written."};
inline const ErrorKind checkpoint_disk{"training.disk", ExitCode::resource,
                                       "A checkpoint that cannot be written: no room, no right."};

struct Checkpoint {
  std::int64_t step = 0;
  data::Batches::Position position;
  std::map<std::string, double> figures;
};

void save(const std::filesystem::path& path, const std::string& identity, torch::nn::Module& module,
          torch::optim::Optimizer& optimizer, const Checkpoint& state);
// False when there is none.
bool load(const std::filesystem::path& path, const std::string& identity, torch::nn::Module& module,
          torch::optim::Optimizer& optimizer, Checkpoint& state);

}  // namespace mantissa::workloads
