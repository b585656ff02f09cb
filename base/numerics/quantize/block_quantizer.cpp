// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/quantize/block_quantizer.h"

#include <algorithm>
#include <array>

#include "base/numerics/bf16.h"
#include "base/numerics/minifloat.h"
#include "base/numerics/quantize/errors.h"
#include "base/numerics/quantize/line_kernels.h"
#include "base/numerics/quantize/tensor_lines.h"

namespace mantissa::numerics {
namespace {

using trace::NumberFormat;

constexpr double int8_unit = 0x1p-6;  // of mxint8: its elements lie in -127/64..127/64
constexpr int greatest_exponent = 127;
constexpr std::uint8_t nan_scale = 0xFF;
constexpr float greatest_e4m3 = 448;

double power_of_two(int exponent) {
  return double_from_bits(static_cast<std::uint64_t>(exponent + 1023) << 52);
}
// floor(log2 x) of a positive number; subnormals of binary32 are normal in binary64.
int floor_log2(double x) { return static_cast<int>(double_bits(x) >> 52) - 1023; }
// x / 2^floor(log2 x), in [1, 2).
double mantissa_of(double x) {
  constexpr std::uint64_t fraction = (std::uint64_t{1} << 52) - 1;
  return double_from_bits((double_bits(x) & fraction) | std::uint64_t{1023} << 52);
}

double greatest_element(NumberFormat element) {
  if (element == NumberFormat::int8) return 127 * int8_unit;
  const MinifloatFormat& fields = minifloat_format(element);
  return decode(fields, fields.greatest_finite());
}

bool is_element(NumberFormat f) {
  switch (f) {
    case NumberFormat::fp4_e2m1:
    case NumberFormat::fp6_e2m3:
    case NumberFormat::fp6_e3m2:
    case NumberFormat::fp8_e4m3:
    case NumberFormat::fp8_e5m2:
    case NumberFormat::int8:
    case NumberFormat::bf16:
      return true;
    default:
      return false;
  }
}

// The exponent of a block whose largest magnitude is known.
class E8m0Coder {
 public:
  E8m0Coder(NumberFormat element, Rounding rounding) : rounding_(rounding) {
    const double greatest = greatest_element(element);
    greatest_exponent_ = floor_log2(greatest);
    greatest_mantissa_ = mantissa_of(greatest);
  }

  std::uint8_t code(float most) const {
    if (most == 0) return 0;
    const int top = floor_log2(double{most});
    const double mantissa = mantissa_of(double{most});
    int exponent = top - greatest_exponent_;
    switch (rounding_) {
      case Rounding::down:
        break;
      case Rounding::up:
        exponent += mantissa > greatest_mantissa_ ? 1 : 0;
        break;
      case Rounding::half_even:  // 127 is odd: the code of an even exponent
        exponent += mantissa > 1.5 || (mantissa == 1.5 && (exponent + 127) % 2 != 0) ? 1 : 0;
        break;
      case Rounding::half_away:
      case Rounding::half_up:
        exponent += mantissa >= 1.5 ? 1 : 0;
        break;
    }
    if (exponent > greatest_exponent) return nan_scale;
    return static_cast<std::uint8_t>(std::max(exponent, -greatest_exponent) + greatest_exponent);
  }

 private:
  Rounding rounding_;
  int greatest_exponent_;
  double greatest_mantissa_;
};

float scale_value(const BlockQuantization& format, std::uint8_t code, float tensor_scale) {
  if (format.scale == BlockScale::none) return 1;
  if (format.scale == BlockScale::e8m0)
    return code == nan_scale ? canonical_nan()
                             : static_cast<float>(power_of_two(code - greatest_exponent));
  const auto s = static_cast<float>(decode(minifloat_format(NumberFormat::fp8_e4m3), code));
  return s * tensor_scale;
}

class BlockQuantizer {
 public:
  BlockQuantizer(const float* x, const VectorAxis& axis, const BlockQuantization& format)
      : lines_(x, axis),
        axis_(axis),
        format_(format),
        block_(format.scale == BlockScale::none ? std::max<std::int64_t>(axis.length, 1)
                                                : format.block),
        blocks_(axis.vectors(block_)),
        e8m0_(format.element, format.scale_rounding),
        greatest_(static_cast<float>(greatest_element(format.element))) {
    out_.format = format;
    out_.axis = axis;
    const std::size_t bytes = format.element == NumberFormat::bf16 ? 2 : 1;
    out_.codes.resize(bytes * static_cast<std::size_t>(axis.elements()));
    if (format.scale != BlockScale::none)
      out_.scales.resize(static_cast<std::size_t>(axis.outer * blocks_ * axis.inner));
    largest_.resize(static_cast<std::size_t>(blocks_));
    divisors_.resize(static_cast<std::size_t>(blocks_));
    scale_codes_.resize(static_cast<std::size_t>(blocks_));
  }

  BlockTensor run() {
    if (format_.tensor_scale) out_.tensor_scale = scale_of_tensor();
    for (std::size_t code = 0; code < values_.size(); ++code) {
      const float value = scale_value(format_, static_cast<std::uint8_t>(code), out_.tensor_scale);
      values_[code] = is_nan(value) ? 0 : value;
    }
    for (std::int64_t o = 0; o < axis_.outer; ++o)
      for (std::int64_t i = 0; i < axis_.inner; ++i) quantize_line(o, i);
    return std::move(out_);
  }

 private:
  void find_largest(const float* line) {
    if (!largest_per_vector(line, axis_.length, block_, true, largest_.data()))
      lines_.refuse_not_finite();
  }

  float scale_of_tensor() {
    float most = 0;
    for (std::int64_t o = 0; o < axis_.outer; ++o)
      for (std::int64_t i = 0; i < axis_.inner; ++i) {
        find_largest(lines_.line(o, i));
        for (const float m : largest_) most = std::max(most, m);
      }
    return most / (greatest_e4m3 * greatest_);
  }

  void quantize_line(std::int64_t o, std::int64_t i) {
    const float* line = lines_.line(o, i);
    // 1. The largest magnitude of each block, and its scale.
    find_largest(line);
    std::fill(divisors_.begin(), divisors_.end(), 1.0f);
    if (format_.scale != BlockScale::none) scale_blocks(o, i);
    // 2. The elements.
    if (format_.element == NumberFormat::bf16) return cast_line(line, o, i);
    std::uint8_t* to = lines_.room(out_.codes, o, buffer_);
    encode_line(line, to);
    lines_.scatter(to, o, i, out_.codes);
  }

  void scale_blocks(std::int64_t o, std::int64_t i) {
    if (format_.scale == BlockScale::e4m3) {
      for (std::size_t k = 0; k < largest_.size(); ++k) divisors_[k] = largest_[k] / greatest_;
      encode_per_vector(divisors_.data(), blocks_, blocks_, &out_.tensor_scale,
                        minifloat_format(NumberFormat::fp8_e4m3), format_.scale_rounding,
                        scale_codes_.data());
    }
    for (std::int64_t j = 0; j < blocks_; ++j) {
      const auto k = static_cast<std::size_t>(j);
      const std::uint8_t code =
          format_.scale == BlockScale::e4m3 ? scale_codes_[k] : e8m0_.code(largest_[k]);
      out_.scales[static_cast<std::size_t>((o * blocks_ + j) * axis_.inner + i)] = code;
      divisors_[k] = largest_[k] == 0 ? 0 : values_[code];
    }
  }

  void cast_line(const float* line, std::int64_t o, std::int64_t i) {
    for (std::int64_t c = 0; c < axis_.length; ++c) {
      const auto at = static_cast<std::size_t>((o * axis_.length + c) * axis_.inner + i);
      const std::uint16_t bits = to_bf16(line[c]).bits;
      out_.codes[2 * at] = static_cast<std::uint8_t>(bits);
      out_.codes[2 * at + 1] = static_cast<std::uint8_t>(bits >> 8);
    }
  }

  void encode_line(const float* line, std::uint8_t* to) {
    if (format_.element != NumberFormat::int8) {
      encode_per_vector(line, axis_.length, block_, divisors_.data(),
                        minifloat_format(format_.element), format_.rounding, to);
      return;
    }
    for (float& d : divisors_) d = static_cast<float>(d * int8_unit);
    divide_per_vector(line, axis_.length, block_, divisors_.data(), -127, 127, format_.rounding,
                      reinterpret_cast<std::int8_t*>(to));
  }

  TensorLines lines_;
  VectorAxis axis_;
  BlockQuantization format_;
  std::int64_t block_, blocks_;  // without scales a line is one block
  E8m0Coder e8m0_;
  float greatest_;                   // element
  std::array<float, 256> values_{};  // of the scales' codes; 0 for NaN
  std::vector<float> largest_, divisors_;
  std::vector<std::uint8_t> scale_codes_, buffer_;
  BlockTensor out_;
};

}  // namespace

const std::vector<BlockFormatInfo>& block_formats() {
  const auto mx = [](NumberFormat element) {
    BlockQuantization format;
    format.element = element;
    return format;
  };
  static const std::vector<BlockFormatInfo> all = {
      {"mxfp8_e4m3", mx(NumberFormat::fp8_e4m3)},
      {"mxfp8_e5m2", mx(NumberFormat::fp8_e5m2)},
      {"mxfp6_e3m2", mx(NumberFormat::fp6_e3m2)},
      {"mxfp6_e2m3", mx(NumberFormat::fp6_e2m3)},
      {"mxfp4", mx(NumberFormat::fp4_e2m1)},
      {"mxint8", mx(NumberFormat::int8)},
      {"nvfp4",
       {NumberFormat::fp4_e2m1, 16, BlockScale::e4m3, Rounding::half_even, Rounding::half_even,
        true}},
      {"bf16",
       {NumberFormat::bf16, 1, BlockScale::none, Rounding::half_even, Rounding::half_even, false}},
  };
  return all;
}

const BlockQuantization& block_format(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& info : block_formats()) {
    if (name == info.name) return info.format;
    names.push_back(info.name);
  }
  std::string all;
  for (const auto& known : names) all += (all.empty() ? "" : ", ") + known;
  throw Error(illegal_quantization)
      .read(name)
      .expected("a block format: " + all)
      .nearest(nearest_name(name, names));
}

void check(const BlockQuantization& format) {
  if (format.block < 1 || format.block > 4096)
    throw Error(illegal_quantization)
        .say("no block format has blocks of this length")
        .read(std::to_string(format.block))
        .expected("1 to 4096");
  if (!is_element(format.element))
    throw Error(illegal_quantization)
        .say("blocks have no elements of this format")
        .read(trace::name(format.element))
        .expected("fp4_e2m1, fp6_e2m3, fp6_e3m2, fp8_e4m3, fp8_e5m2, int8 or bf16");
  if (format.element == NumberFormat::bf16 &&
      (format.scale != BlockScale::none || format.rounding != Rounding::half_even))
    throw Error(illegal_quantization)
        .say("bf16 elements have no scale, and are rounded to nearest, ties to even");
  if (format.tensor_scale && format.scale != BlockScale::e4m3)
    throw Error(illegal_quantization).say("a scale of the tensor goes with E4M3 scales alone");
}

BlockTensor quantize(const float* x, const VectorAxis& axis, const BlockQuantization& format) {
  check(format);
  return BlockQuantizer(x, axis, format).run();
}

void dequantize(const BlockTensor& tensor, float* to) {
  const VectorAxis& axis = tensor.axis;
  const BlockQuantization& format = tensor.format;
  const std::int64_t blocks = axis.vectors(format.block);
  const bool is_int8 = format.element == NumberFormat::int8;
  for (std::int64_t o = 0, at = 0; o < axis.outer; ++o)
    for (std::int64_t c = 0; c < axis.length; ++c)
      for (std::int64_t i = 0; i < axis.inner; ++i, ++at) {
        const auto block =
            static_cast<std::size_t>((o * blocks + c / format.block) * axis.inner + i);
        const std::uint32_t code = tensor.code(at);
        const double element = is_int8 ? static_cast<std::int8_t>(code) * int8_unit
                                       : decode(minifloat_format(format.element), code);
        const std::uint8_t scale = tensor.scales.empty() ? 0 : tensor.scales[block];
        to[at] = canonical(static_cast<float>(element) *
                           scale_value(format, scale, tensor.tensor_scale));
      }
}

std::uint64_t storage_bits(const BlockQuantization& format, const VectorAxis& axis) {
  check(format);
  const unsigned width = trace::bits(format.element);
  if (format.scale == BlockScale::none) return static_cast<std::uint64_t>(axis.elements()) * width;
  const auto blocks =
      static_cast<std::uint64_t>(axis.outer * axis.vectors(format.block) * axis.inner);
  const std::uint64_t bits_of_block = static_cast<std::uint64_t>(format.block) * width + 8;
  return blocks * bits_of_block + (format.tensor_scale ? 32 : 0);
}

}  // namespace mantissa::numerics
