// SPDX-License-Identifier: Apache-2.0
// The experiment `voltage`: how many cells of an SRAM fail at each of the seven supply voltages
// that were measured, and what an access costs there.
//
// Every map is one chip: each cell draws its u once and fails at a voltage V iff u <= p(V)
// (base/faults/cell_sampler.h). The counts of all maps are averaged and held against the published
// rates; the energy of an access is (V / Vmin)^2.
//
// Published: bit errors and energy of 32 arrays of 512 x 64 bits in 14 nm FinFET (MLSys 2021, arXiv
// 2006.13977).
//
// The study passes when at every voltage the mean count is within four standard deviations of p N
// (a count of Poisson's, since p is small: sqrt(p N / maps)), when no cell works at a voltage lower
// than one at which it fails, and when the energies equal the published five decimals.
//
//   mantissa exec voltage --set maps=50
#pragma once

#include <cstdint>
#include <vector>

#include "workloads/study/experiment.h"

namespace mantissa::workloads {

struct VoltageConfig {
  std::int64_t cells = 1 << 20;
  std::int64_t maps = 20;
  std::int64_t seed = 1;
  static const config::Schema<VoltageConfig>& schema();
};

StudyResult voltage(const VoltageConfig& config, StudyContext& context);

// Its two halves. counts[v][map]: cells that fail at point v of faults::measured_points();
// not_nested: those among them that work at the next lower voltage.
struct FailingCells {
  std::vector<std::vector<double>> counts;
  std::uint64_t not_nested = 0;
};
FailingCells sample(const VoltageConfig& config, StudyContext& context);
StudyResult judge(const VoltageConfig& config, const FailingCells& sampled);

}  // namespace mantissa::workloads
