// SPDX-License-Identifier: Apache-2.0
#include "arch/units/vsq/operands.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "base/numerics/element.h"

namespace mantissa::arch {
namespace {

using numerics::Granularity;
using numerics::IntegerQuantization;
using trace::NumberFormat;

IntegerQuantization levels(const VsqConfig& vsq, std::int64_t bits, std::int64_t scale_bits,
                           std::int64_t vector_length, Granularity coarse) {
  IntegerQuantization q;
  q.order = vsq.scale_first ? numerics::ScaleOrder::scale_first : numerics::ScaleOrder::data_first;
  q.bits = static_cast<int>(bits);
  q.scale_bits = static_cast<int>(scale_bits);
  q.vector_length = vector_length;
  q.granularity = scale_bits > 0 ? Granularity::vector : coarse;
  q.coarse_per = coarse;
  return q;
}

// Lines of `line` elements with `vectors` scales each, every line filled up to whole vectors.
void filled_up(const std::int8_t* elements, std::int64_t lines, std::int64_t line,
               std::int64_t vector_length, std::vector<std::int8_t>& out) {
  const std::int64_t room = (line + vector_length - 1) / vector_length * vector_length;
  out.assign(static_cast<std::size_t>(lines * room), 0);
  for (std::int64_t l = 0; l < lines; ++l)
    std::copy_n(elements + l * line, line, out.begin() + l * room);
}

void check_elements(const char* operand, const std::vector<std::int8_t>& elements, int bits,
                    bool is_signed) {
  const int low = is_signed ? -(1 << (bits - 1)) : 0;
  const int high = (1 << (is_signed ? bits - 1 : bits)) - 1;
  if (low <= -128 && high >= 127) return;
  for (const std::int8_t x : elements)
    if (x < low || x > high)
      throw Error(element_out_of_range)
          .at("core.matrix.vsq")
          .say(std::string("an int8 ") + operand + " is an element as it is")
          .read(std::to_string(x))
          .expected(std::to_string(low) + " to " + std::to_string(high))
          .remedy("give the operator floats, which the unit quantises, or the unit more bits");
}

}  // namespace

IntegerQuantization vsq_weights(const VsqConfig& vsq, std::int64_t vector_length) {
  return levels(vsq, vsq.weight_bits, vsq.weight_scale_bits, vector_length, Granularity::channel);
}

IntegerQuantization vsq_activations(const VsqConfig& vsq, std::int64_t vector_length) {
  auto q = levels(vsq, vsq.activation_bits, vsq.activation_scale_bits, vector_length,
                  Granularity::tensor);
  q.is_signed = vsq.activation_signed;
  return q;
}

float vsq_coarse_of_activations(const VsqConfig& vsq, std::int64_t vector_length,
                                const MatrixRanges& ranges) {
  return numerics::coarse_of_range(vsq_activations(vsq, vector_length),
                                   vsq.activation_signed ? ranges.a : ranges.a_above);
}

std::pair<std::uint16_t, std::uint16_t> unit_scales(const numerics::VectorMac& mac) {
  // 2^k where k bits are rounded off. Scales that do not reach it are all ones: their product is
  // above 2^(k-1), and rounds to 1.
  const int k = mac.shift();
  const int w = std::min(k, std::max(mac.weight_scale_bits - 1, 0));
  const int a = std::min(k - w, std::max(mac.activation_scale_bits - 1, 0));
  if (w + a == k) return {static_cast<std::uint16_t>(1 << w), static_cast<std::uint16_t>(1 << a)};
  return {static_cast<std::uint16_t>((1 << mac.weight_scale_bits) - 1),
          static_cast<std::uint16_t>((1 << mac.activation_scale_bits) - 1)};
}

VsqOperands::VsqOperands(const VsqConfig& vsq, std::int64_t vector_length, const MatrixOperands& x)
    : mac_(vsq.mac(vector_length)) {
  const auto k = static_cast<std::int64_t>(x.tile.k);
  const auto line = static_cast<std::int64_t>(x.tile.line == 0 ? x.tile.k : x.tile.line);
  const std::int64_t lines = k / line, of_line = (line + vector_length - 1) / vector_length;
  m_ = static_cast<std::int64_t>(x.m);
  n_ = static_cast<std::int64_t>(x.tile.n);
  vectors_ = lines * of_line;
  const auto count = static_cast<std::size_t>(m_ * k), weights = static_cast<std::size_t>(n_ * k);

  if (trace::is_integer(x.tile.format)) {
    std::vector<std::int8_t> a(count), w(weights);
    for (std::int64_t row = 0; row < m_; ++row)
      std::memcpy(&a[static_cast<std::size_t>(row * k)], x.a + row * x.lda,
                  static_cast<std::size_t>(k));
    for (std::int64_t column = 0; column < n_; ++column)
      for (std::int64_t i = 0; i < k; ++i)
        std::memcpy(&w[static_cast<std::size_t>(column * k + i)], x.b + i * x.ldb + column, 1);
    check_elements("activation", a, mac_.activation_bits, mac_.activation_signed);
    check_elements("weight", w, mac_.weight_bits, true);
    filled_up(a.data(), m_ * lines, line, vector_length, a_);
    filled_up(w.data(), n_ * lines, line, vector_length, w_);
    const auto [sw, sa] = unit_scales(mac_);
    if (mac_.activation_scale_bits > 0) sa_.assign(static_cast<std::size_t>(m_ * vectors_), sa);
    if (mac_.weight_scale_bits > 0) sw_.assign(static_cast<std::size_t>(n_ * vectors_), sw);
    return;
  }

  std::vector<float> a(count), w(weights), row_of_b(static_cast<std::size_t>(n_));
  for (std::int64_t row = 0; row < m_; ++row)
    numerics::load_floats(x.tile.format, x.a, row * x.lda, k, a.data() + row * k);
  for (std::int64_t i = 0; i < k; ++i) {
    numerics::load_floats(x.tile.format, x.b, i * x.ldb, n_, row_of_b.data());
    for (std::int64_t column = 0; column < n_; ++column)
      w[static_cast<std::size_t>(column * k + i)] = row_of_b[static_cast<std::size_t>(column)];
  }

  const IntegerQuantization of_a = vsq_activations(vsq, vector_length);
  const auto qa = numerics::quantize(a.data(), {m_ * lines, line, 1}, of_a,
                                     {vsq_coarse_of_activations(vsq, vector_length, *x.ranges)});
  // Every line is a channel to the quantiser; those of one output channel share its coarse scale.
  const IntegerQuantization of_w = vsq_weights(vsq, vector_length);
  std::vector<float> coarse;
  for (std::int64_t column = 0; column < n_; ++column)
    coarse.insert(coarse.end(), static_cast<std::size_t>(lines),
                  numerics::coarse_of_range(of_w, x.ranges->b[static_cast<std::size_t>(column)]));
  const auto qw = numerics::quantize(w.data(), {n_ * lines, line, 1}, of_w, coarse);
  filled_up(qa.elements.data(), m_ * lines, line, vector_length, a_);
  filled_up(qw.elements.data(), n_ * lines, line, vector_length, w_);
  sa_ = qa.scales;
  sw_ = qw.scales;
}

VsqOperands VsqOperands::part(std::int64_t first, std::int64_t count) const {
  VsqOperands out;
  out.mac_ = mac_;
  out.vectors_ = count;
  out.m_ = m_;
  out.n_ = n_;
  const auto cut = [&](const auto& from, std::int64_t rows, std::int64_t width, auto& to) {
    if (from.empty()) return;
    to.resize(static_cast<std::size_t>(rows * count * width));
    for (std::int64_t row = 0; row < rows; ++row)
      std::copy_n(from.begin() + (row * vectors_ + first) * width, count * width,
                  to.begin() + row * count * width);
  };
  cut(a_, m_, mac_.vector_length, out.a_);
  cut(w_, n_, mac_.vector_length, out.w_);
  cut(sa_, m_, 1, out.sa_);
  cut(sw_, n_, 1, out.sw_);
  return out;
}

std::uint64_t VsqOperands::zero_scales() const {
  const auto zeros = [this](const std::vector<std::uint16_t>& scales, std::int64_t rows,
                            std::int64_t j) {
    std::int64_t count = 0;
    for (std::int64_t row = 0; !scales.empty() && row < rows; ++row)
      count += scales[static_cast<std::size_t>(row * vectors_ + j)] == 0;
    return count;
  };
  std::int64_t all = 0;
  for (std::int64_t j = 0; j < vectors_; ++j) {
    const std::int64_t a = zeros(sa_, m_, j), w = zeros(sw_, n_, j);
    all += a * n_ + (m_ - a) * w;
  }
  return static_cast<std::uint64_t>(all);
}

}  // namespace mantissa::arch
