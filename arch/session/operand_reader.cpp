// SPDX-License-Identifier: Apache-2.0
#include "arch/session/operand_reader.h"

#include <algorithm>
#include <cstring>

#include "arch/session/packed_elements.h"
#include "base/numerics/im2col.h"
#include "base/numerics/layout.h"

namespace mantissa::arch {

// Groups lie one behind the other, each k x n of the problem.
OperandRows OperandReader::b(const MatrixProblem& p, const MatrixCommand& c, std::uint64_t group) {
  const std::uint64_t e = p.b_width();
  const std::uint64_t k = c.tile.k / c.groups, n = c.tile.n / c.groups;
  const std::uint64_t at = c.b + (c.groups > 1 ? p.b_bytes(group * p.k * p.n) : 0);
  if (below_a_byte(p.b_format)) {
    const std::uint64_t rows = c.b_transposed ? n : k, row = c.b_transposed ? k : n;
    const std::byte* from = scratchpad_.read(at, rows, p.b_bytes(row), c.b_stride, cells_);
    b_ = unpacked(p.b_format, from, c.b_stride, rows, row);
    if (c.b_transposed) {
      const std::vector<std::byte> columns = b_;
      const auto i64 = [](std::uint64_t x) { return static_cast<std::int64_t>(x); };
      numerics::nchw_to_nhwc(columns.data(), 1, i64(rows), 1, i64(row), 1, b_.data());
    }
    extend(p.b_format, b_);
    return {b_.data(), static_cast<std::int64_t>(n)};
  }
  if (!c.b_transposed)
    return {scratchpad_.read(at, k, n * e, c.b_stride, b_),
            static_cast<std::int64_t>(c.b_stride / e)};
  b_.resize(k * n * e);
  for (std::uint64_t column = 0; column < n; ++column) {
    const std::byte* from = scratchpad_.read(at + column * c.b_stride, k * e, cells_);
    for (std::uint64_t row = 0; row < k; ++row)
      std::memcpy(b_.data() + (row * n + column) * e, from + row * e, e);
  }
  return {b_.data(), static_cast<std::int64_t>(n)};
}

OperandRows OperandReader::a(const MatrixProblem& p, const MatrixCommand& c, std::uint64_t group,
                             std::uint64_t first, std::uint64_t rows) {
  const std::uint64_t e = p.a_width(), k = c.tile.k / c.groups;
  if (whole(c)) {
    const std::uint64_t at = c.a + first * c.a_stride;
    const std::byte* from = scratchpad_.read(at, rows, p.a_bytes(k), c.a_stride, cells_);
    if (!below_a_byte(p.a_format)) return {from, static_cast<std::int64_t>(c.a_stride / e)};
    a_ = unpacked(p.a_format, from, c.a_stride, rows, k);
  } else {
    a_.resize(rows * k * e);
    if (c.a_transposed)
      turn_columns(p, c, first, rows);
    else
      gather_windows(p, c, group, first, rows);
  }
  if (below_a_byte(p.a_format)) extend(p.a_format, a_);
  return {a_.data(), static_cast<std::int64_t>(k)};
}

void OperandReader::turn_columns(const MatrixProblem& p, const MatrixCommand& c,
                                 std::uint64_t first, std::uint64_t rows) {
  const std::uint64_t e = p.a_width(), k = c.tile.k / c.groups;
  std::vector<std::byte> codes;
  for (std::uint64_t column = 0; column < k; ++column) {
    const std::byte* from =
        scratchpad_.read(c.a + column * c.a_stride + first * e, p.a_bytes(rows), cells_);
    if (below_a_byte(p.a_format)) {
      codes = unpacked(p.a_format, from, 0, 1, rows);
      from = codes.data();
    }
    for (std::uint64_t row = 0; row < rows; ++row)
      std::memcpy(a_.data() + (row * k + column) * e, from + row * e, e);
  }
}

void OperandReader::gather_windows(const MatrixProblem& p, const MatrixCommand& c,
                                   std::uint64_t group, std::uint64_t first, std::uint64_t rows) {
  const auto e = static_cast<std::int64_t>(p.a_width());
  const auto& conv = p.conv;
  const std::int64_t taps = conv.window.kernel[0] * conv.window.kernel[1];
  const std::int64_t k = static_cast<std::int64_t>(c.tile.k / c.groups);
  numerics::PatchGeometry g;
  g.height = c.window.input_rows;
  g.width = conv.width;
  g.channels = k / taps;
  g.pixel_stride = static_cast<std::int64_t>(c.window.pixel_stride) / e;
  g.row_stride = g.pixel_stride * conv.width;
  g.window = conv.window;
  // The tile starts at input row `first_input_row` and output row `first_output_row`.
  g.window.before[0] = conv.window.before[0] - c.window.first_output_row * conv.window.stride[0] +
                       c.window.first_input_row;
  g.out_width = conv.output_width;
  const std::int64_t per_image = c.window.output_rows * conv.output_width;
  const std::int64_t image_bytes = g.row_stride * g.height * e;
  const auto used = p.a_bytes(static_cast<std::uint64_t>(g.channels));
  const auto stride = c.window.pixel_stride;
  if (below_a_byte(p.a_format)) {
    g.pixel_stride = g.channels;
    g.row_stride = g.pixel_stride * conv.width;
  }
  std::byte* out = a_.data();
  auto row = static_cast<std::int64_t>(c.window.first_row + first);
  auto left = static_cast<std::int64_t>(rows);
  while (left > 0) {
    const std::int64_t image = row / per_image, within = row % per_image;
    const std::int64_t count = std::min(left, per_image - within);
    const std::uint64_t at = c.a + static_cast<std::uint64_t>(image * image_bytes) +
                             c.window.channel_offset + group * used;
    // The words in use, each once: pixel by pixel where whole words of other channels lie between.
    // Nothing at all where a tile is all padding.
    const auto pixels = static_cast<std::uint64_t>(g.height * g.width);
    const std::byte* base =
        stride < used + 8
            ? scratchpad_.read(at, pixels == 0 ? 0 : (pixels - 1) * stride + used, cells_)
            : scratchpad_.read(at, pixels, used, stride, cells_);
    std::vector<std::byte> codes;
    if (below_a_byte(p.a_format)) {
      codes = unpacked(p.a_format, base, stride, pixels, static_cast<std::uint64_t>(g.channels));
      base = codes.data();
    }
    numerics::im2col(base, static_cast<std::size_t>(e), g, within, count, out, k);
    out += count * k * e;
    row += count;
    left -= count;
  }
}

}  // namespace mantissa::arch
