// SPDX-License-Identifier: Apache-2.0
// Poolings, and operators along one dimension or several: rows are brought together, worked on by
// row_ops.h, and put back.
#include <algorithm>
#include <numeric>

#include "base/numerics/evaluation.h"
#include "base/numerics/float_bits.h"
#include "base/numerics/layout.h"
#include "base/numerics/pool.h"
#include "base/numerics/row_ops.h"
#include "base/trace/shape_rules.h"

namespace mantissa::numerics {
namespace {

using trace::OpKind;
using trace::Shape;

// The order of dimensions that puts `axes` last.
std::vector<std::int64_t> axes_last(std::size_t rank, const std::vector<std::size_t>& axes) {
  std::vector<std::int64_t> order;
  const auto listed = [&](std::size_t d) {
    return std::find(axes.begin(), axes.end(), d) != axes.end();
  };
  for (std::size_t d = 0; d < rank; ++d) {
    if (!listed(d)) order.push_back(static_cast<std::int64_t>(d));
  }
  for (std::size_t d = 0; d < rank; ++d) {
    if (listed(d)) order.push_back(static_cast<std::int64_t>(d));
  }
  return order;
}

// x with the axes brought to the end, and the way back.
template <class T>
std::vector<T> gathered(const std::vector<T>& x, const Shape& shape,
                        const std::vector<std::int64_t>& order) {
  std::vector<T> y(x.size());
  permute(x.data(), shape, order, sizeof(T), y.data());
  return y;
}

template <class T>
std::vector<T> put_back(const std::vector<T>& y, const Shape& shape,
                        const std::vector<std::int64_t>& order) {
  Shape moved;
  std::vector<std::int64_t> inverse(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    moved.push_back(shape[static_cast<std::size_t>(order[i])]);
    inverse[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
  }
  return gathered(y, moved, inverse);
}

std::int64_t rows_of(std::size_t elements, std::int64_t length) {
  return length == 0 ? 0 : static_cast<std::int64_t>(elements) / length;
}

// ---- row by row ------------------------------------------------------------------------------

Values along_axis(const Evaluation& e) {
  const Shape& shape = e.input(0).shape;
  const std::size_t axis = e.axis("axis", -1, shape.size());
  const auto order = axes_last(shape.size(), {axis});
  std::vector<float> y = gathered(e.input(0).floats(), shape, order);
  const std::int64_t n = shape[axis];
  for (std::int64_t r = 0; r < rows_of(y.size(), n); ++r) {
    float* row = y.data() + r * n;
    if (e.op.kind == OpKind::softmax) softmax(row, row, n, e.order.lanes);
    if (e.op.kind == OpKind::log_softmax) log_softmax(row, row, n, e.order.lanes);
    if (e.op.kind == OpKind::cumsum) row_cumsum(row, row, n);
  }
  return {e.floats_out(put_back(y, shape, order))};
}

// Outputs (y, mean, rstd); rms_norm has (y, rstd).
Values norm(const Evaluation& e) {
  const Shape& shape = e.input(0).shape;
  const bool grouped = e.op.kind == OpKind::group_norm, rms = e.op.kind == OpKind::rms_norm;
  const std::int64_t groups = e.op.integer("groups", 1);
  const std::int64_t pixels = grouped ? trace::elements(Shape(shape.begin() + 2, shape.end())) : 1;
  const std::int64_t n =
      grouped
          ? shape[1] / groups * pixels
          : trace::elements(Shape(shape.end() - e.op.integer("normalized_dims", 1), shape.end()));
  const auto eps = static_cast<float>(e.op.real("eps", 1e-5));
  const std::vector<float> weight = e.has(1) ? e.input(1).floats() : std::vector<float>{};
  const std::vector<float> bias = !rms && e.has(2) ? e.input(2).floats() : std::vector<float>{};
  std::vector<float> y = e.input(0).floats(), mean, rstd;
  for (std::int64_t r = 0; r < rows_of(y.size(), n); ++r) {
    float* row = y.data() + r * n;
    RowStatistics s;
    if (rms) {
      s.rstd = rms_normalize(row, row, n, eps, e.order.lanes);
    } else {
      s = normalize(row, row, n, eps, e.order.lanes);
    }
    mean.push_back(s.mean);
    rstd.push_back(s.rstd);
    for (std::int64_t i = 0; i < n; ++i) {
      // Per channel for group_norm, per element of the row otherwise.
      const auto at = static_cast<std::size_t>(grouped ? (r % groups * n + i) / pixels : i);
      if (!weight.empty()) row[i] = row[i] * weight[at];
      if (!bias.empty()) row[i] = row[i] + bias[at];
    }
  }
  Values out{e.floats_out(y)};
  if (!rms) out.push_back(e.wants(1) ? e.floats_out(mean, 1) : Value{});
  const std::size_t last = out.size();
  out.push_back(e.wants(last) ? e.floats_out(rstd, last) : Value{});
  return out;
}

// Stable: equal elements keep their order; NaN counts as larger than all.
Values sorted(const Evaluation& e) {
  const Shape& shape = e.input(0).shape;
  const std::size_t axis = e.axis("axis", -1, shape.size());
  const bool top = e.op.kind == OpKind::topk;
  const bool descending = top ? e.op.flag("largest", true) : e.op.flag("descending", false);
  const auto order = axes_last(shape.size(), {axis});
  const std::vector<float> x = gathered(e.input(0).floats(), shape, order);
  const std::int64_t n = shape[axis], kept = e.output().shape[axis];
  const auto above = [](float a, float b) { return a > b || (is_nan(a) && !is_nan(b)); };
  std::vector<float> values;
  std::vector<std::int64_t> indices;
  for (std::int64_t r = 0; r < rows_of(x.size(), n); ++r) {
    const float* row = x.data() + r * n;
    std::vector<std::int64_t> place(static_cast<std::size_t>(n));
    std::iota(place.begin(), place.end(), std::int64_t{0});
    std::stable_sort(place.begin(), place.end(), [&](std::int64_t a, std::int64_t b) {
      return descending ? above(row[a], row[b]) : above(row[b], row[a]);
    });
    for (std::int64_t i = 0; i < kept; ++i) {
      indices.push_back(place[static_cast<std::size_t>(i)]);
      values.push_back(row[indices.back()]);
    }
  }
  const Shape& out = e.output().shape;
  return {e.floats_out(put_back(values, out, order)),
          e.wants(1) ? e.integers_out(put_back(indices, out, order), 1) : Value{}};
}

// ---- reductions ------------------------------------------------------------------------------

std::int64_t reduce_integers(const Evaluation& e, const std::int64_t* row, std::int64_t n) {
  switch (e.op.kind) {
    case OpKind::reduce_max:
      return *std::max_element(row, row + n);
    case OpKind::reduce_min:
      return *std::min_element(row, row + n);
    case OpKind::argmax:
      return std::max_element(row, row + n) - row;
    case OpKind::reduce_mean:
      return rounding_divide(std::accumulate(row, row + n, std::int64_t{0}), n);
    default:
      break;
  }
  if (is_wide(e.output().format) || is_wide(e.input(0).format)) {
    return std::accumulate(row, row + n, std::int64_t{0});
  }
  const std::vector<std::int32_t> narrow(row, row + n);
  return row_sum(narrow.data(), n, e.order.lanes, e.overflows);
}

float reduce_floats(const Evaluation& e, const float* row, std::int64_t n) {
  switch (e.op.kind) {
    case OpKind::reduce_max:
      return row_max(row, n);
    case OpKind::reduce_min:
      return row_min(row, n);
    case OpKind::reduce_mean:
      return row_mean(row, n, e.order.lanes);
    default:
      return row_sum(row, n, e.order.lanes);
  }
}

// ---- poolings --------------------------------------------------------------------------------

template <class T>
Values pool(const Evaluation& e, const std::vector<T>& x) {
  const Shape &shape = e.input(0).shape, &out = e.output().shape;
  trace::Window window;
  AverageCount count;
  if (e.op.kind == OpKind::global_avg_pool2d) {
    window.kernel = window.stride = {shape[2], shape[3]};
  } else {
    window = trace::window_of(e.op, e.input_tensors());
    count = {e.op.flag("count_include_pad", true), e.op.integer("divisor", 0)};
  }
  const ImageLayout from = ImageLayout::nchw(shape[1], shape[2], shape[3]);
  const ImageLayout to = ImageLayout::nchw(out[1], out[2], out[3]);
  const std::int64_t in_size = shape[1] * shape[2] * shape[3], out_size = out[1] * out[2] * out[3];
  std::vector<T> y(static_cast<std::size_t>(shape[0] * out_size));
  std::vector<std::int64_t> index(y.size());
  for (std::int64_t n = 0; n < shape[0]; ++n) {
    if (e.op.kind == OpKind::max_pool2d) {
      max_pool(x.data() + n * in_size, from, window, y.data() + n * out_size, to,
               index.data() + n * out_size);
    } else {
      average_pool(x.data() + n * in_size, from, window, y.data() + n * out_size, to, count);
    }
  }
  Values values;
  if constexpr (std::is_same_v<T, float>) {
    values.push_back(e.floats_out(y));
  } else {
    values.push_back(e.integers_out(std::vector<std::int64_t>(y.begin(), y.end())));
  }
  if (e.wants(1)) values.push_back(e.integers_out(index, 1));
  return values;
}

}  // namespace

Values evaluate_pool(const Evaluation& e) {
  if (!is_whole(e.input(0).format)) return pool(e, e.input(0).floats());
  if (is_wide(e.input(0).format)) e.unsupported("pooling of integers of more than 32 bits");
  const std::vector<std::int64_t> wide = e.input(0).integers();
  return pool(e, std::vector<std::int32_t>(wide.begin(), wide.end()));
}

Values evaluate_row(const Evaluation& e) {
  switch (e.op.kind) {
    case OpKind::sort:
    case OpKind::topk:
      return sorted(e);
    case OpKind::layer_norm:
    case OpKind::rms_norm:
    case OpKind::group_norm:
      return norm(e);
    default:
      return along_axis(e);
  }
}

Values evaluate_reduction(const Evaluation& e) {
  const Shape& shape = e.input(0).shape;
  const auto axes = trace::axes_of(e.op, e.input_tensors(), "axis", shape.size());
  const auto order = axes_last(shape.size(), axes);
  std::int64_t n = 1;
  for (std::size_t axis : axes) n *= shape[axis];
  const std::int64_t rows = trace::elements(e.output().shape);
  const bool selects = e.op.kind == OpKind::argmax || e.op.kind == OpKind::reduce_max ||
                       e.op.kind == OpKind::reduce_min;
  if (n == 0 && selects) e.unsupported("the extreme of no elements");
  if (!is_whole(e.input(0).format)) {
    const std::vector<float> x = gathered(e.input(0).floats(), shape, order);
    std::vector<float> y;
    std::vector<std::int64_t> index;
    for (std::int64_t r = 0; r < rows; ++r) {
      const float* row = x.data() + r * n;
      if (e.op.kind == OpKind::argmax)
        index.push_back(row_argmax(row, n));
      else
        y.push_back(reduce_floats(e, row, n));
    }
    return {e.op.kind == OpKind::argmax ? e.integers_out(index) : e.floats_out(y)};
  }
  const std::vector<std::int64_t> x = gathered(e.input(0).integers(), shape, order);
  std::vector<std::int64_t> y;
  if (n == 0 && e.op.kind == OpKind::reduce_mean) e.unsupported("the mean of no integers");
  for (std::int64_t r = 0; r < rows; ++r) y.push_back(reduce_integers(e, x.data() + r * n, n));
  return {e.integers_out(y)};
}

}  // namespace mantissa::numerics
