// SPDX-License-Identifier: Apache-2.0
#include "arch/units/matrix_twin.h"

namespace mantissa::arch {
namespace {

TwinFactory& factory() {
  static TwinFactory registered;
  return registered;
}

}  // namespace

MatrixTwinRegistration::MatrixTwinRegistration(TwinFactory made) { factory() = std::move(made); }

const TwinFactory& matrix_twin_factory() { return factory(); }

}  // namespace mantissa::arch
