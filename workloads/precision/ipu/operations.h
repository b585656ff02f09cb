// SPDX-License-Identifier: Apache-2.0
// Operands of many independent operations of an inner-product unit: `lanes` FP16 codes of a and of
// b per operation, drawn from a stated distribution.
//
//   law        a            b
//   normal     N(0, 1)      N(0, 1)
//   uniform    U[-1, 1)     U[-1, 1)
//   laplace    Laplace(1)   Laplace(1)
//   relu       N(0, 1)      max(0, N(0, 1)): every second one is zero
//
// Each operand depends on the seed, the law and its own number alone, and has the same bits from
// every compiler; it is rounded to FP16 once, to nearest even.
//
//   const Operations x = draw_operations(OperandLaw::normal, 16, 1000, seed);
//   golden::accumulate(p, fp16_pair, x.a_of(3), x.b_of(3), sum);
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/config/codec.h"
#include "base/numerics/inner_product/packed_operands.h"

namespace mantissa::workloads::ipu {

constexpr numerics::inner_product::FormatPair fp16_pair{numerics::inner_product::Format::fp16,
                                                        numerics::inner_product::Format::fp16};

struct Operations {
  std::string source;  // "normal", "resnet18, synthetic operands"
  int lanes = 16;
  std::vector<std::uint32_t> a, b;  // [operation][lane]

  std::size_t count() const { return a.size() / static_cast<std::size_t>(lanes); }
  const std::uint32_t* a_of(std::size_t i) const {
    return a.data() + i * static_cast<std::size_t>(lanes);
  }
  const std::uint32_t* b_of(std::size_t i) const {
    return b.data() + i * static_cast<std::size_t>(lanes);
  }
  // One row per operation, for packing.
  numerics::inner_product::CodeMatrix matrix(const std::vector<std::uint32_t>& codes) const {
    return {codes.data(), 4, lanes, 1, static_cast<std::int64_t>(count()), lanes};
  }
};

enum class OperandLaw { normal, uniform, laplace, relu };

Operations draw_operations(OperandLaw law, int lanes, std::int64_t count, std::uint64_t seed);

const char* name(OperandLaw law);

}  // namespace mantissa::workloads::ipu

namespace mantissa::config {
template <>
struct EnumNames<workloads::ipu::OperandLaw> {
  static const std::vector<std::pair<workloads::ipu::OperandLaw, const char*>>& names();
};
}  // namespace mantissa::config
