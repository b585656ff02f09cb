// SPDX-License-Identifier: Apache-2.0
// Operands as the fast kernels read them: decoded once, cut into digits, lane beside lane.
//
// A matrix of `rows` vectors along the reduction dimension k becomes ceil(k / lanes) blocks per
// row, the last one filled up with zeros. A block holds the exponents of its lanes and one plane of
// digits per digit position, int16 each, with lanes rounded up to `stride` (a multiple of 16):
//
//   exponents[stride], digits[0][stride], .., digits[count - 1][stride]
//
// The exponent of a lane that cannot be valid (a zero that is masked, a NaN, an infinity, beyond
// the lanes) is `no_exponent`, so far down that every software precision drops the lane. Digit 0 of
// an infinity then is 1 or -1, that of a NaN 2; of a zero all digits are 0.
//
//   const PackedOperands x(p, Format::fp16, p.digit_a, {codes, sizeof(Fp16), k, 1, m, k});
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/numerics/inner_product/parameters.h"

namespace mantissa::numerics::inner_product {

// `rows` vectors of k codes of 1, 2 or 4 bytes each; vector r's element x is at
// data + (r * row_stride + x * step) * code_bytes.
struct CodeMatrix {
  const void* data = nullptr;
  int code_bytes = 2;
  std::int64_t row_stride = 0, step = 1;
  std::int64_t rows = 0, k = 0;

  std::uint32_t code(std::int64_t row, std::int64_t x) const;
};

inline constexpr std::int16_t no_exponent = -8192;

class PackedOperands {
 public:
  PackedOperands(const IpuParameters& parameters, Format format, int digit_bits,
                 const CodeMatrix& codes);

  std::int64_t rows() const { return rows_; }
  std::int64_t blocks() const { return blocks_; }
  std::int64_t k() const { return k_; }
  int stride() const { return stride_; }
  int digit_count() const { return digit_count_; }

  const std::int16_t* exponents(std::int64_t row, std::int64_t block) const {
    return values_.data() + (row * blocks_ + block) * (1 + digit_count_) * stride_;
  }
  const std::int16_t* digits(std::int64_t row, std::int64_t block, int i) const {
    return exponents(row, block) + (1 + i) * stride_;
  }
  // A NaN or an infinity is among the block's operands.
  bool has_special(std::int64_t row, std::int64_t block) const {
    return special_[static_cast<std::size_t>(row * blocks_ + block)] != 0;
  }

 private:
  std::int64_t rows_, k_, blocks_;
  int stride_, digit_count_;
  std::vector<std::int16_t> values_;
  std::vector<std::uint8_t> special_;
};

}  // namespace mantissa::numerics::inner_product
