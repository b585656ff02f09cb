// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/quantize/integer_quantizer.h"

#include <algorithm>

#include "base/numerics/quantize/errors.h"
#include "base/numerics/quantize/line_kernels.h"
#include "base/numerics/quantize/tensor_lines.h"

namespace mantissa::numerics {
namespace {

void demand(bool legal, const char* what, std::int64_t read, const char* expected) {
  if (legal) return;
  throw Error(illegal_quantization)
      .say(std::string("no integer quantisation has ") + what)
      .read(std::to_string(read))
      .expected(expected);
}

class IntegerQuantizer {
 public:
  IntegerQuantizer(const float* x, const VectorAxis& axis, const IntegerQuantization& format,
                   const std::vector<float>* coarse)
      : lines_(x, axis), axis_(axis), format_(format), v_(format.vector_of(axis)), given_(coarse) {
    out_.format = format;
    out_.axis = axis;
    out_.elements.resize(static_cast<std::size_t>(axis.elements()));
    vectors_ = axis.vectors(v_);
    const auto all = static_cast<std::size_t>(axis.outer * vectors_ * axis.inner);
    if (format.granularity == Granularity::vector && format.scale_bits > 0) out_.scales.resize(all);
    const bool one_level_of_vectors =
        format.granularity == Granularity::vector && format.scale_bits == 0;
    const bool of_tensor = coarse_granularity() == Granularity::tensor;
    out_.coarse.resize(one_level_of_vectors ? all
                       : of_tensor          ? 1
                                            : static_cast<std::size_t>(axis.outer));
    if (given_ != nullptr) check_given();
  }

  QuantizedTensor run() {
    // A group is what has to be seen whole before the first element is quantised.
    const bool whole_tensor = coarse_granularity() == Granularity::tensor && given_ == nullptr;
    const std::int64_t step = whole_tensor ? axis_.outer : 1;
    const auto scales = static_cast<std::size_t>(step * axis_.inner * vectors_);
    largest_.resize(scales);
    divisors_.resize(scales);
    for (std::int64_t o = 0; o < axis_.outer; o += step) quantize_group(o, o + step);
    return std::move(out_);
  }

 private:
  Granularity coarse_granularity() const {
    return format_.granularity == Granularity::vector ? format_.coarse_per : format_.granularity;
  }

  void check_given() const {
    const bool one_level_of_vectors =
        format_.granularity == Granularity::vector && format_.scale_bits == 0;
    demand(!one_level_of_vectors, "given scales per vector", given_->size(),
           "a scale per tensor or channel, or two levels of scales");
    if (given_->size() != out_.coarse.size())
      throw Error(illegal_quantization)
          .say("the number of scales given is not that of the tensor")
          .read(std::to_string(given_->size()))
          .expected(std::to_string(out_.coarse.size()));
    for (const float scale : *given_)
      if (!(scale >= 0 && scale < 0x1p128))
        throw Error(illegal_quantization)
            .say("a scale given is not a number from 0 on")
            .read(std::to_string(scale));
  }

  // Channels [begin, end).
  void quantize_group(std::int64_t begin, std::int64_t end) {
    const std::int64_t lines = (end - begin) * axis_.inner, count = lines * vectors_;
    // 1. The largest magnitude of each vector.
    for (std::int64_t line = 0; line < lines; ++line) {
      const std::int64_t o = begin + line / axis_.inner, i = line % axis_.inner;
      if (!largest_per_vector(lines_.line(o, i), axis_.length, v_, format_.is_signed,
                              largest_.data() + line * vectors_))
        lines_.refuse_not_finite();
    }
    // 2. The scales.
    if (format_.granularity == Granularity::vector)
      scale_vectors(begin, count);
    else
      scale_group(begin, count);
    // 3. The elements.
    for (std::int64_t line = 0; line < lines; ++line) {
      const std::int64_t o = begin + line / axis_.inner, i = line % axis_.inner;
      std::int8_t* to = lines_.room(out_.elements, o, bytes_);
      divide_per_vector(lines_.line(o, i), axis_.length, v_, divisors_.data() + line * vectors_,
                        format_.least(), format_.greatest(), format_.rounding, to);
      lines_.scatter(to, o, i, out_.elements);
    }
  }

  // Of the first `count`, none of them negative; 0 where there are none.
  static float largest_of(const std::vector<float>& x, std::int64_t count) {
    float largest = 0;
    largest_per_vector(x.data(), count, count, true, &largest);
    return largest;
  }

  // One scale for all.
  void scale_group(std::int64_t begin, std::int64_t count) {
    float scale = largest_of(largest_, count) / static_cast<float>(format_.greatest());
    const std::size_t at = out_.coarse.size() == 1 ? 0 : static_cast<std::size_t>(begin);
    if (given_ != nullptr) scale = (*given_)[at];
    out_.coarse[at] = scale;
    std::fill_n(divisors_.begin(), count, scale);
  }

  void scale_vectors(std::int64_t begin, std::int64_t count) {
    const auto q = static_cast<float>(format_.greatest());
    for (std::int64_t k = 0; k < count; ++k)
      divisors_[static_cast<std::size_t>(k)] = largest_[static_cast<std::size_t>(k)] / q;
    if (format_.scale_bits == 0) {
      for_each_scale(begin, count,
                     [&](std::size_t k, std::size_t place) { out_.coarse[place] = divisors_[k]; });
      return;
    }
    const auto top = static_cast<float>(format_.greatest_scale());
    float gamma = largest_of(divisors_, count) / top;
    const std::size_t at = out_.coarse.size() == 1 ? 0 : static_cast<std::size_t>(begin);
    if (given_ != nullptr) gamma = (*given_)[at];
    out_.coarse[at] = gamma;
    for_each_scale(begin, count, [&](std::size_t k, std::size_t place) {
      float& divisor = divisors_[k];
      const float quotient = gamma == 0 ? 0 : divisor / gamma;
      // One more than the greatest tells what was clipped from what was not.
      const double whole = rounded(double{std::min(quotient, top + 1)}, format_.scale_rounding);
      if (whole > double{top}) ++out_.clipped_scales;
      const double sq = std::min(whole, double{top});
      out_.scales[place] = static_cast<std::uint16_t>(sq);
      if (format_.order == ScaleOrder::scale_first) divisor = static_cast<float>(sq) * gamma;
    });
  }

  // visit(k, place in the tensor) of every scale of a group: groups hold lines, tensors vectors
  // side by side.
  template <class Visit>
  void for_each_scale(std::int64_t begin, std::int64_t count, Visit visit) {
    for (std::int64_t line = 0, k = 0; k < count; ++line) {
      const std::int64_t o = begin + line / axis_.inner, i = line % axis_.inner;
      std::int64_t place = o * vectors_ * axis_.inner + i;
      for (std::int64_t j = 0; j < vectors_; ++j, ++k, place += axis_.inner)
        visit(static_cast<std::size_t>(k), static_cast<std::size_t>(place));
    }
  }

  TensorLines lines_;
  VectorAxis axis_;
  IntegerQuantization format_;
  std::int64_t v_, vectors_ = 0;
  const std::vector<float>* given_;
  std::vector<float> largest_, divisors_;
  std::vector<std::int8_t> bytes_;
  QuantizedTensor out_;
};

}  // namespace

void check(const IntegerQuantization& format) {
  demand(format.bits >= 2 && format.bits <= 8, "elements of so many bits", format.bits, "2 to 8");
  if (format.granularity != Granularity::vector) return;
  demand(format.vector_length >= 1 && format.vector_length <= 4096, "vectors of this length",
         format.vector_length, "1 to 4096");
  demand(format.scale_bits >= 0 && format.scale_bits <= 15, "scales of so many bits",
         format.scale_bits, "1 to 15, or 0 for one float per vector");
  if (format.scale_bits > 0 && format.coarse_per == Granularity::vector)
    throw Error(illegal_quantization)
        .say("a coarse scale per vector is no second level")
        .expected("one per channel or per tensor");
}

QuantizedTensor quantize(const float* x, const VectorAxis& axis,
                         const IntegerQuantization& format) {
  check(format);
  return IntegerQuantizer(x, axis, format, nullptr).run();
}

QuantizedTensor quantize(const float* x, const VectorAxis& axis, const IntegerQuantization& format,
                         const std::vector<float>& coarse) {
  check(format);
  return IntegerQuantizer(x, axis, format, &coarse).run();
}

float coarse_of_range(const IntegerQuantization& format, float range) {
  const float scale = range / static_cast<float>(format.greatest());
  const bool two_levels = format.granularity == Granularity::vector && format.scale_bits > 0;
  return two_levels ? scale / static_cast<float>(format.greatest_scale()) : scale;
}

void dequantize(const QuantizedTensor& tensor, float* to) {
  const VectorAxis& axis = tensor.axis;
  const std::int64_t v = tensor.format.vector_of(axis), vectors = axis.vectors(v);
  for (std::int64_t o = 0, at = 0; o < axis.outer; ++o)
    for (std::int64_t c = 0; c < axis.length; ++c)
      for (std::int64_t i = 0; i < axis.inner; ++i, ++at) {
        const auto vector = static_cast<std::size_t>((o * vectors + c / v) * axis.inner + i);
        const std::size_t count = tensor.coarse.size();
        const bool per_vector =
            tensor.format.granularity == Granularity::vector && tensor.scales.empty();
        float scale = tensor.coarse[per_vector   ? vector
                                    : count == 1 ? 0
                                                 : static_cast<std::size_t>(o)];
        if (!tensor.scales.empty()) scale = static_cast<float>(tensor.scales[vector]) * scale;
        to[at] = static_cast<float>(tensor.element(at)) * scale;
      }
}

QuantizedBits storage(const IntegerQuantization& format, const VectorAxis& axis) {
  check(format);
  QuantizedBits bits;
  const std::int64_t v = format.vector_of(axis);
  const auto vectors = static_cast<std::uint64_t>(axis.outer * axis.vectors(v) * axis.inner);
  const auto channels = static_cast<std::uint64_t>(axis.outer);
  bits.elements = vectors * static_cast<std::uint64_t>(v * format.bits);
  const bool by_vector = format.granularity == Granularity::vector;
  if (by_vector)
    bits.scales = vectors * static_cast<std::uint64_t>(format.scale_bits ? format.scale_bits : 32);
  const Granularity coarse = by_vector ? format.coarse_per : format.granularity;
  if (!by_vector || format.scale_bits > 0)
    bits.coarse = 32 * (coarse == Granularity::tensor ? 1 : channels);
  return bits;
}

}  // namespace mantissa::numerics
