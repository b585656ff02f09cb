// SPDX-License-Identifier: Apache-2.0
// IDX, the format of MNIST: bytes 0, 0, element type, rank; one big-endian u32 per extent; then the
// elements, row-major and big-endian, to the end of the file.
//
//   element types: 08 u8, 09 i8, 0B i16, 0C i32, 0D fp32, 0E fp64
//
// Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database", section "File formats".
// Errors: data.format, data.size with byte offset; those of read_array().
#pragma once

#include "workloads/data/array.h"

namespace mantissa::data {

// `bytes` are uncompressed; `path` is their name in messages.
Array read_idx(const Bytes& bytes, const std::string& path);

}  // namespace mantissa::data
