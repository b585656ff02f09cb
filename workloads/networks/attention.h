// SPDX-License-Identifier: Apache-2.0
// Multi-head attention (Vaswani et al. 2017) on rows: softmax(Q K^T / sqrt(d) + mask) V, d = width
// / heads.
//
// Rows [N*L,H] stand for N sequences of L positions. With `cached` > 0 earlier positions the keys
// and values of those are inputs, [N,heads,cached,d]; they are read where they lie, and the
// products with them and with the new position are computed apart, so that no cache is copied.
#pragma once

#include <cstdint>
#include <string>

#include "workloads/networks/emitter.h"

namespace mantissa::workloads {

struct AttentionShape {
  std::int64_t batch = 1, length = 1, heads = 1, cached = 0;
  bool causal = false;       // no position sees a later one
  bool store_cache = false;  // keys and values are also written out
};

// query, key, value: closed rows [N*L,H]. Returns the context as closed rows.
Value attention(Emitter& e, const AttentionShape& shape, Value query, Value key, Value value);

}  // namespace mantissa::workloads
