// SPDX-License-Identifier: Apache-2.0
// Initial contents of a module's parameters, from a seed and the parameters' names alone.
//
//   convolutions, products    uniform over +-sqrt(6 / K), K products per output: variance 2/K (He
//   et
//                             al. 2015)
//   tables, positions         uniform with the standard deviation 0.02 (Radford et al. 2019)
//   scales of norms           1; those stored as a' (1 + a') 0
//   biases                    0
//
// Uniform over steps of 2^-23 (base/numerics/random_fill.h): the same bits on every machine.
#pragma once

#include <cstdint>

#include "workloads/executor/torch.h"

namespace mantissa::workloads {

void draw_weights(torch::nn::Module& module, std::uint64_t seed);

}  // namespace mantissa::workloads
