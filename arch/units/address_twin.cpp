// SPDX-License-Identifier: Apache-2.0
#include "arch/units/address_twin.h"

namespace mantissa::arch {
namespace {

AddressTwinFactory& factory() {
  static AddressTwinFactory registered;
  return registered;
}

}  // namespace

AddressTwinRegistration::AddressTwinRegistration(AddressTwinFactory made) {
  factory() = std::move(made);
}

const AddressTwinFactory& address_twin_factory() { return factory(); }

}  // namespace mantissa::arch
