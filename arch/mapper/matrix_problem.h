// SPDX-License-Identifier: Apache-2.0
// A matrix operator as the matrix unit sees it: `instances` independent products, each of `groups`
// blocks, acc[m, n] = sum over k of a[m, k] * b[k, n].
//
//   matmul   m = rows of a (with its batch dimensions when b has none), k, n
//   conv2d   m = images x OH x OW output pixels, k = KH x KW x C/groups, n = O/groups;
//            a's rows come from the im2col address generator, ordered (kh, kw, c)
//   conv2d_weight_grad, shapes only: m = O/groups, k = images x OH x OW, n = C/groups x KH x KW;
//            b's columns come from the im2col address generator
//   conv2d_input_grad, shapes only: the convolution of gradients with mirrored kernels, cut up by
//            stride. m = images x OH x OW, k = KH x KW x O/groups, n = C/groups. Each tap falls to
//            one of the stride x stride input pixels that a gradient stands for, so that m rows of
//            products end up in images x H x W rows of results, added up on the way
//
// Groups that are small are packed: p of them share a fold on the array's diagonal, p <= min(R / k,
// C x units / n), off-diagonal elements masked out.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "arch/chip/config.h"
#include "arch/mapper/layer.h"
#include "arch/units/matrix_model.h"
#include "base/trace/window.h"

namespace mantissa::arch {

struct Convolution {
  trace::Window window;
  std::int64_t images = 1, channels = 1, height = 1, width = 1;  // input
  std::int64_t output_height = 1, output_width = 1;
};

struct Span {
  std::uint64_t first = 0, size = 0;
};

// Input rows that output rows [first, first + count) of one image need, clipped to the image, and
// those that a stride skips: a block loads them in one run whether it is the whole image or a part.
Span input_rows(const Convolution& c, std::int64_t first, std::int64_t count);

struct MatrixProblem {
  std::uint64_t instances = 1;
  std::uint64_t groups = 1, packed = 1;  // packed groups share a fold
  std::uint64_t m = 0, k = 0, n = 0;     // of one instance and group
  std::optional<std::uint64_t> results;  // rows that m rows of products make; none: m
  trace::TensorId a = 0, b = 0;
  bool a_transposed = false, b_transposed = false;  // stored [k, m], [n, k]
  bool b_is_parameter = false;
  std::vector<std::uint64_t> a_block, b_block;  // per instance: index of its matrix in a and b
  bool convolution = false;                     // a's rows are windows of `conv`
  bool b_windows = false;  // b's columns are, channel by channel, and its rows output pixels
  Convolution conv;        // of an input's gradient: "input" and window are those of gradients
  trace::NumberFormat a_format = trace::NumberFormat::int8, b_format = trace::NumberFormat::int8;
  ElementSize a_size, b_size;      // as stored
  bool packed_operands = false;    // in the unit's own form, not in these formats
  std::uint64_t column_bytes = 0;  // of the unit's scales, per column

  // Of `elements` neighbours of an operand, which begin at a whole byte; and where the next one
  // begins.
  std::uint64_t a_bytes(std::uint64_t elements) const { return elements * a_size; }
  std::uint64_t b_bytes(std::uint64_t elements) const { return elements * b_size; }
  std::uint64_t a_at(std::uint64_t elements) const { return a_size.offset(elements); }
  std::uint64_t b_at(std::uint64_t elements) const { return b_size.offset(elements); }
  // Of an element in the unit.
  std::uint64_t a_width() const { return 1 * ElementSize(a_format); }
  std::uint64_t b_width() const { return 1 * ElementSize(b_format); }
  // Positions of a convolution's kernel: what a channel has along k, or of b's columns.
  std::uint64_t taps() const {
    return (b_windows ? n : k) * groups / static_cast<std::uint64_t>(conv.channels);
  }
  // Where b's columns are windows: input pixels, without a gap, that rows of b need, and channels.
  Span b_pixels(const Span& rows) const;
  Span b_channels(const Span& columns) const;
  std::uint64_t result_rows() const { return results.value_or(m); }
  // What rows [first, first + rows) of products make, one row at least; and the most that any so
  // many make.
  Span results_of(std::uint64_t first, std::uint64_t rows) const;
  std::uint64_t most_results(std::uint64_t rows) const { return ceil_div(rows * result_rows(), m); }
  // A command for this many rows and columns of k products.
  MatrixTile tile(std::uint64_t rows, std::uint64_t depth, std::uint64_t columns) const;
  std::uint64_t macs() const { return instances * groups * m * k * n; }
  // Groups in rounds of `packed`.
  std::uint64_t group_rounds() const { return ceil_div(groups, packed); }
};

// Elements that stand side by side along the sum of a matrix operator: the channels of a group, or
// all of k.
std::uint64_t reduction_line(const Plan& plan, const trace::Op& op);

MatrixProblem matrix_problem(const Plan& plan, const trace::Op& op, const MatrixConfig& config,
                             const MatrixModel& model, const MapperConfig& mapper);

}  // namespace mantissa::arch
