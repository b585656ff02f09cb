// SPDX-License-Identifier: Apache-2.0
#include "arch/units/vector_twin.h"

namespace mantissa::arch {
namespace {

VectorTwinFactory& factory() {
  static VectorTwinFactory registered;
  return registered;
}

}  // namespace

VectorTwinRegistration::VectorTwinRegistration(VectorTwinFactory made) {
  factory() = std::move(made);
}

const VectorTwinFactory& vector_twin_factory() { return factory(); }

}  // namespace mantissa::arch
