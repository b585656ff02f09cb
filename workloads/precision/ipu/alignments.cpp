// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/ipu/alignments.h"

#include <algorithm>

#include "base/numerics/inner_product/alignment.h"

namespace mantissa::workloads::ipu {

namespace ip = numerics::inner_product;

Alignments::Alignments(const Operations& operations)
    : lanes_(static_cast<std::size_t>(operations.lanes)), values_(operations.a.size(), none) {
  constexpr int invalid = -1000;
  std::vector<int> exponents(lanes_);
  for (std::size_t i = 0; i < operations.count(); ++i) {
    int greatest = invalid;
    for (std::size_t k = 0; k < lanes_; ++k) {
      const ip::Operand a = decode(ip::Format::fp16, operations.a_of(i)[k]);
      const ip::Operand b = decode(ip::Format::fp16, operations.b_of(i)[k]);
      // Zeros, infinities and NaNs have no significand.
      const bool valid = a.significand != 0 && b.significand != 0;
      exponents[k] = valid ? a.exponent + b.exponent : invalid;
      greatest = std::max(greatest, exponents[k]);
    }
    for (std::size_t k = 0; k < lanes_; ++k) {
      if (exponents[k] == invalid) continue;
      values_[i * lanes_ + k] = static_cast<std::uint8_t>(greatest - exponents[k]);
    }
  }
}

int Alignments::farthest(std::size_t operation, int software_precision) const {
  int out = -1;
  const std::uint8_t* lane = values_.data() + operation * lanes_;
  for (std::size_t k = 0; k < lanes_; ++k) {
    if (lane[k] != none && lane[k] <= software_precision) out = std::max<int>(out, lane[k]);
  }
  return out;
}

std::vector<std::uint64_t> Alignments::histogram() const {
  std::vector<std::uint64_t> out(most + 1);
  for (const std::uint8_t value : values_) {
    if (value != none) ++out[value];
  }
  return out;
}

std::vector<std::uint16_t> partitions(const ip::IpuParameters& parameters,
                                      const Alignments& alignments) {
  std::vector<std::uint16_t> out(alignments.operations());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int farthest = alignments.farthest(i, parameters.software_precision);
    out[i] = static_cast<std::uint16_t>(farthest < 0 ? 0 : partition_of(parameters, farthest) + 1);
  }
  return out;
}

double share_beyond(const std::vector<std::uint64_t>& histogram, int bits) {
  std::uint64_t all = 0, beyond = 0;
  for (std::size_t i = 0; i < histogram.size(); ++i) {
    all += histogram[i];
    if (static_cast<int>(i) > bits) beyond += histogram[i];
  }
  return all == 0 ? 0 : static_cast<double>(beyond) / static_cast<double>(all);
}

}  // namespace mantissa::workloads::ipu
