// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/inner_product/packed_operands.h"

#include "base/numerics/minifloat.h"

namespace mantissa::numerics::inner_product {
namespace {

// The codes of most tensors, fast: finite numbers of IEEE formats of at most 16 bits.
class FiniteDecoder {
 public:
  FiniteDecoder(Format format, int digit_bits)
      : digit_bits_(digit_bits),
        digit_count_(digit_count(format, digit_bits)),
        padding_(digit_count_ * digit_bits - significand_bits(format)) {
    if (format == Format::fp16 || format == Format::bf16)
      fields_ = minifloat_format(format == Format::fp16 ? trace::NumberFormat::fp16
                                                        : trace::NumberFormat::bf16);
  }

  // False if the code is none of these.
  bool operator()(std::uint32_t code, bool masks_zeros, std::int16_t* to, int stride) const {
    const int fraction_bits = fields_.fraction_bits;
    const std::uint32_t top = (1u << fields_.exponent_bits) - 1;
    const std::uint32_t field = code >> fraction_bits & top;
    if (field == top) return false;
    const std::uint32_t hidden = field == 0 ? 0u : 1u << fraction_bits;
    const std::uint32_t significand = (code & ((1u << fraction_bits) - 1)) | hidden;
    const bool negative = (code >> (fraction_bits + fields_.exponent_bits) & 1) != 0;
    to[0] =
        significand == 0 && masks_zeros
            ? no_exponent
            : static_cast<std::int16_t>(static_cast<int>(field == 0 ? 1 : field) - fields_.bias);
    std::uint32_t rest = significand << padding_;
    for (int i = 0; i < digit_count_; ++i, rest >>= digit_bits_) {
      const auto digit = static_cast<std::int16_t>(rest & ((1u << digit_bits_) - 1));
      to[(1 + i) * stride] = negative ? static_cast<std::int16_t>(-digit) : digit;
    }
    return true;
  }

 private:
  int digit_bits_, digit_count_, padding_;
  MinifloatFormat fields_{true, 0, 0, 0, Specials::none};  // of no other format: always false
};

}  // namespace

std::uint32_t CodeMatrix::code(std::int64_t row, std::int64_t x) const {
  const std::int64_t at = row * row_stride + x * step;
  switch (code_bytes) {
    case 1:
      return static_cast<const std::uint8_t*>(data)[at];
    case 2:
      return static_cast<const std::uint16_t*>(data)[at];
    default:
      return static_cast<const std::uint32_t*>(data)[at];
  }
}

PackedOperands::PackedOperands(const IpuParameters& p, Format format, int digit_bits,
                               const CodeMatrix& codes)
    : rows_(codes.rows),
      k_(codes.k),
      blocks_((codes.k + p.lanes - 1) / p.lanes),
      stride_((p.lanes + 15) / 16 * 16),
      digit_count_(inner_product::digit_count(format, digit_bits)),
      values_(static_cast<std::size_t>(rows_ * blocks_ * (1 + digit_count_) * stride_)),
      special_(static_cast<std::size_t>(rows_ * blocks_)) {
  std::int16_t* to = values_.data();
  const FiniteDecoder finite(format, digit_bits);
  for (std::int64_t row = 0; row < rows_; ++row)
    for (std::int64_t block = 0; block < blocks_; ++block, to += (1 + digit_count_) * stride_)
      for (int lane = 0; lane < stride_; ++lane) {
        const std::int64_t x = block * p.lanes + lane;
        const bool inside = lane < p.lanes && x < k_;
        const std::uint32_t code = inside ? codes.code(row, x) : 0;
        if (inside && finite(code, p.mask_zeros, to + lane, stride_)) continue;
        const Operand operand = decode(format, code);
        const bool special = operand.special != Special::none;
        const bool valid =
            lane < p.lanes && !special && (operand.significand != 0 || !p.mask_zeros);
        to[lane] = valid ? static_cast<std::int16_t>(operand.exponent) : no_exponent;
        if (special) special_[static_cast<std::size_t>(row * blocks_ + block)] = 1;
        Digits d = inner_product::digits(format, digit_bits, operand);
        if (operand.special == Special::nan) d[0] = 2;
        if (operand.special == Special::infinity) d[0] = operand.negative ? -1 : 1;
        for (int i = 0; i < digit_count_; ++i)
          to[(1 + i) * stride_ + lane] = static_cast<std::int16_t>(d[static_cast<std::size_t>(i)]);
      }
}

}  // namespace mantissa::numerics::inner_product
