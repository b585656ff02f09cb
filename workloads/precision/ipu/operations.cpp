// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/ipu/operations.h"

#include <algorithm>

#include "base/faults/draw.h"
#include "base/faults/normal.h"
#include "base/numerics/minifloat.h"
#include "workloads/data/normal_stream.h"

namespace mantissa::config {

const std::vector<std::pair<workloads::ipu::OperandLaw, const char*>>&
EnumNames<workloads::ipu::OperandLaw>::names() {
  using Law = workloads::ipu::OperandLaw;
  static const std::vector<std::pair<Law, const char*>> table = {{Law::normal, "normal"},
                                                                 {Law::uniform, "uniform"},
                                                                 {Law::laplace, "laplace"},
                                                                 {Law::relu, "relu"}};
  return table;
}

}  // namespace mantissa::config

namespace mantissa::workloads::ipu {
namespace {

std::vector<std::uint32_t> codes(OperandLaw law, bool second, std::size_t count,
                                 std::uint64_t seed) {
  const std::string stream = std::string(name(law)) + (second ? " b" : " a");
  const numerics::RandomStream bits(seed, stream);
  const data::NormalStream normal(seed, stream);
  const auto draw = [&](std::uint64_t i) {
    if (law == OperandLaw::uniform) return 2 * faults::unit(bits.bits(i)) - 1;
    if (law == OperandLaw::laplace) {
      const std::uint64_t word = bits.bits(i);  // its lowest bit is no part of unit()
      const double magnitude = -faults::natural_log(faults::unit(word));
      return (word & 1) != 0 ? -magnitude : magnitude;
    }
    const double x = normal.at(i);
    return law == OperandLaw::relu && second ? std::max(0.0, x) : x;
  };
  const auto& fields = numerics::minifloat_format(trace::NumberFormat::fp16);
  std::vector<std::uint32_t> out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = numerics::encode(fields, draw(i));
  return out;
}

}  // namespace

const char* name(OperandLaw law) {
  const auto& names = config::EnumNames<OperandLaw>::names();
  return std::find_if(names.begin(), names.end(), [law](const auto& n) { return n.first == law; })
      ->second;
}

Operations draw_operations(OperandLaw law, int lanes, std::int64_t count, std::uint64_t seed) {
  const auto operands = static_cast<std::size_t>(lanes) * static_cast<std::size_t>(count);
  return {name(law), lanes, codes(law, false, operands, seed), codes(law, true, operands, seed)};
}

}  // namespace mantissa::workloads::ipu
