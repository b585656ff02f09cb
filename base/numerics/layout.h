// SPDX-License-Identifier: Apache-2.0
// Rearrangements between the framework's layouts (row-major, N,C,H,W and O,I,H,W) and the chip's.
// Elements of 1, 2, 4 or 8 bytes; source and destination must not overlap.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/trace/graph.h"

namespace mantissa::numerics {

// Output dimension i is input dimension permutation[i], as the op `transpose` has it.
void permute(const void* from, const trace::Shape& shape,
             const std::vector<std::int64_t>& permutation, std::size_t element_bytes, void* to);

void nchw_to_nhwc(const void* from, std::int64_t n, std::int64_t c, std::int64_t h, std::int64_t w,
                  std::size_t element_bytes, void* to);
void nhwc_to_nchw(const void* from, std::int64_t n, std::int64_t c, std::int64_t h, std::int64_t w,
                  std::size_t element_bytes, void* to);
// Convolution weights [O, I, KH, KW] to GEMM rows [KH * KW * I, O] (base/numerics/im2col.h).
void oihw_to_rows(const void* from, std::int64_t o, std::int64_t i, std::int64_t kh,
                  std::int64_t kw, std::size_t element_bytes, void* to);

// Elements below a byte: `rows` of `row` elements of `bits` each, packed from the least significant
// bit on, each row from a whole byte on and `stride` bytes behind the one before; and the same as
// codes of a byte each, row behind row. Packing leaves the bits behind a row's end zero.
void unpack_rows(unsigned bits, const std::byte* packed, std::int64_t stride, std::int64_t rows,
                 std::int64_t row, std::byte* codes);
void pack_rows(unsigned bits, const std::byte* codes, std::int64_t rows, std::int64_t row,
               std::byte* packed, std::int64_t stride);

}  // namespace mantissa::numerics
