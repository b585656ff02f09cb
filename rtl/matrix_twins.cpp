// SPDX-License-Identifier: Apache-2.0
// Which RTL stands beside a core's matrix unit: that of its model.
#include "rtl/ipu/ipu_twin.h"
#include "rtl/systolic/array_twin.h"
#include "rtl/vsq/lanes_twin.h"

namespace mantissa::rtl {
namespace {

std::unique_ptr<arch::MatrixTwin> make_matrix_twin(const arch::CoreConfig& core,
                                                   arch::TwinProgress progress) {
  if (core.matrix.model == "ipu") return make_ipu_twin(core, std::move(progress));
  if (core.matrix.model == "vsq") return make_lanes_twin(core, std::move(progress));
  return make_array_twin(core, std::move(progress));
}

const arch::MatrixTwins registration(make_matrix_twin);

}  // namespace
}  // namespace mantissa::rtl
