// SPDX-License-Identifier: Apache-2.0
// Embedding tables: rows read by index, and bags of rows that are combined.
#include <algorithm>

#include "base/numerics/elementary.h"
#include "base/numerics/evaluation.h"
#include "base/numerics/float_bits.h"
#include "base/numerics/pointwise.h"

namespace mantissa::numerics {
namespace {

using trace::OpKind;

struct Table {
  std::vector<float> rows;
  std::int64_t count, width;

  const float* row(const Evaluation& e, std::int64_t index) const {
    if (index < 0 || index >= count) {
      throw Error(index_out_of_range)
          .at(Place{"", 0, 0, "op '" + e.op.name + "'"})
          .read(std::to_string(index))
          .expected("a row from 0 to " + std::to_string(count - 1));
    }
    return rows.data() + index * width;
  }
};

std::vector<float> embedding(const Evaluation& e, const Table& table) {
  std::vector<float> y;
  const std::int64_t padding = e.op.integer("padding_index", -1);
  for (std::int64_t index : e.input(1).integers()) {
    const float* row = table.row(e, index);
    for (std::int64_t j = 0; j < table.width; ++j) y.push_back(index == padding ? 0.0f : row[j]);
  }
  return y;
}

// The first position of every bag in the list of indices, and the end of the last.
std::vector<std::int64_t> bag_borders(const Evaluation& e, std::int64_t indices) {
  std::vector<std::int64_t> borders;
  if (e.input(1).shape.size() == 2) {
    const std::int64_t length = e.input(1).shape[1];
    for (std::int64_t b = 0; b <= e.input(1).shape[0]; ++b) borders.push_back(b * length);
    return borders;
  }
  borders = e.input(2).integers();
  if (!e.op.flag("include_last_offset", false)) borders.push_back(indices);
  for (std::size_t b = 0; b < borders.size(); ++b) {
    const std::int64_t least = b == 0 ? 0 : borders[b - 1];
    if (borders[b] >= least && borders[b] <= indices) continue;
    throw Error(index_out_of_range)
        .at(Place{"", 0, 0, "op '" + e.op.name + "'"})
        .read(std::to_string(borders[b]))
        .expected("an offset from " + std::to_string(least) + " to " + std::to_string(indices));
  }
  return borders;
}

std::vector<float> embedding_bag(const Evaluation& e, const Table& table) {
  const std::vector<std::int64_t> indices = e.input(1).integers();
  const auto borders = bag_borders(e, static_cast<std::int64_t>(indices.size()));
  const std::vector<float> weights = e.has(3) ? e.input(3).floats() : std::vector<float>{};
  const std::string mode = e.op.text("mode", "sum");
  if (mode != "sum" && mode != "mean" && mode != "max") e.unsupported("bag mode '" + mode + "'");
  std::vector<float> y;
  for (std::size_t b = 0; b + 1 < borders.size(); ++b) {
    std::vector<float> bag(static_cast<std::size_t>(table.width), 0.0f);  // also of an empty bag
    for (std::int64_t i = borders[b]; i < borders[b + 1]; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const float* row = table.row(e, indices[at]);
      for (std::size_t j = 0; j < bag.size(); ++j) {
        const float term = weights.empty() ? row[j] : row[j] * weights[at];
        if (mode == "max") {
          bag[j] = i == borders[b] ? term : maximum(bag[j], term);
        } else {
          bag[j] = bag[j] + term;
        }
      }
    }
    const std::int64_t size = borders[b + 1] - borders[b];
    const bool mean = mode == "mean" && size > 0;
    const float scale = mean ? reciprocal(static_cast<float>(size)) : 1.0f;
    for (float v : bag) y.push_back(mean ? v * scale : v);
  }
  return y;
}

}  // namespace

Values evaluate_lookup(const Evaluation& e) {
  const Value& table = e.input(0);
  if (is_wide(table.format) || table.format == trace::NumberFormat::int32 ||
      table.format == trace::NumberFormat::fp64) {
    e.unsupported("tables of formats that fp32 does not hold exactly");
  }
  const Table rows{table.floats(), table.shape[0], table.shape[1]};
  return {
      e.floats_out(e.op.kind == OpKind::embedding ? embedding(e, rows) : embedding_bag(e, rows))};
}

}  // namespace mantissa::numerics
