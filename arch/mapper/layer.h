// SPDX-License-Identifier: Apache-2.0
// What the mapper makes of a trace before it cuts tiles: layers (an operator and what is fused
// behind it) and a place for every tensor.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "arch/units/element_size.h"
#include "base/trace/graph.h"
#include "base/trace/vocabulary.h"

namespace mantissa::arch {

// One operator of the trace and the element-wise ones that ride behind it.
struct Layer {
  trace::OpId head = 0;
  std::vector<trace::OpId> chain;        // fused behind the head, in order
  std::vector<trace::TensorId> reads;    // storages read from outside, without parameters; distinct
  std::vector<trace::TensorId> outputs;  // storages written
  bool view = false;                     // costs nothing
  std::vector<trace::OpId> ops() const {
    std::vector<trace::OpId> all{head};
    all.insert(all.end(), chain.begin(), chain.end());
    return all;
  }
};

// Where a tensor lives. Tensors that are views of one storage share a place.
struct Place {
  std::uint64_t dram = 0;
  std::uint64_t bytes = 0;
  bool channels_last = false;  // rank 4: stored N,H,W,C
  bool resident = false;       // lives in the scratchpad, at `local`, and never sees memory
  std::uint64_t local = 0;
};

struct Plan {
  const trace::Trace* trace = nullptr;
  std::vector<trace::NumberFormat> formats;  // per tensor, after retyping
  std::vector<trace::TensorId> storage;      // per tensor: the tensor whose place it shares
  std::vector<Place> places;                 // per storage tensor
  std::vector<Layer> layers;
  std::vector<std::uint32_t> producer;  // per storage tensor: layer, or no_layer
  std::vector<std::uint32_t> last_use;  // per storage tensor: layer, or no_layer
  // Per storage tensor: the workload's results that live there, under whatever view. They stay in
  // memory.
  std::vector<std::vector<trace::TensorId>> results;
  std::uint64_t resident_bytes = 0;  // height of the resident area in use
  std::uint64_t dram_end = 0;
  // Per storage tensor, where the matrix unit packs its operands: the size of an element.
  std::vector<std::optional<ElementSize>> packed;
  // Per storage tensor, where it has a post-processing unit: made into operands there.
  std::vector<bool> post_processed;
  std::vector<std::string> warnings;

  const trace::Tensor& tensor(trace::TensorId id) const { return trace->tensors[id]; }
  const Place& place(trace::TensorId id) const { return places[storage[id]]; }
  trace::NumberFormat format(trace::TensorId id) const { return formats[id]; }
  bool is_packed(trace::TensorId id) const {
    return !packed.empty() && packed[storage[id]].has_value();
  }
  ElementSize element_size(trace::TensorId id) const {
    return is_packed(id) ? *packed[storage[id]] : ElementSize(formats[id]);
  }
  // As stored. Elements of no whole bytes are packed along the innermost dimension, whose rows
  // begin at whole bytes: the channels of a pixel, the last dimension of anything else, and the
  // columns of the array, filters or outputs, of a parameter.
  std::uint64_t bytes(trace::TensorId id) const {
    const trace::Shape& shape = tensor(id).shape;
    const ElementSize size = element_size(id);
    const auto along = [&](std::int64_t row) {
      const std::int64_t rows = row == 0 ? 0 : tensor(id).elements() / row;
      return static_cast<std::uint64_t>(rows) * (static_cast<std::uint64_t>(row) * size);
    };
    if (size.whole() || shape.empty()) return along(tensor(id).elements());
    if (tensor(id).role != trace::Role::parameter) return along(stored_row(id));
    return shape.size() == 4 ? along(shape.front())
                             : std::max(along(shape.front()), along(shape.back()));
  }
  // Length of the innermost dimension as stored, of what is no parameter.
  std::int64_t stored_row(trace::TensorId id) const {
    const trace::Shape& shape = tensor(id).shape;
    return places[id].channels_last ? shape[1] : shape.empty() ? 1 : shape.back();
  }
};

// A second operand of an element-wise operator that holds one value per column (a bias, the
// constants of a batch norm), as against one that has the value's own shape (a residual).
inline bool per_column(const trace::Tensor& operand, const trace::Tensor& value) {
  return operand.role == trace::Role::parameter ||
         (operand.role == trace::Role::input && operand.shape != value.shape);
}

constexpr std::uint32_t no_layer = 0xffffffffu;

}  // namespace mantissa::arch
