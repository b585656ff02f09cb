// SPDX-License-Identifier: Apache-2.0
// Elements below a byte in data mode. In memory and scratchpads rows of them begin at whole bytes
// (Plan::bytes); tensors have them without gaps (base/trace/number_format.h); on the way to a unit
// each has a byte of its own.
//
//   const auto codes = unpacked(format, address, stride, rows, row);
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/trace/number_format.h"

namespace mantissa::arch {

inline bool below_a_byte(trace::NumberFormat format) { return trace::bits(format) < 8; }

// `rows` of `row` elements each, `stride` bytes from one to the next, as codes of a byte each; and
// back, as close as whole bytes allow.
std::vector<std::byte> unpacked(trace::NumberFormat format, const std::byte* rows_of_elements,
                                std::uint64_t stride, std::uint64_t rows, std::uint64_t row);
std::vector<std::byte> packed(trace::NumberFormat format, const std::vector<std::byte>& codes,
                              std::uint64_t row);

// Rows of whole bytes, close together, as a tensor has them, and back.
std::vector<std::byte> without_gaps(trace::NumberFormat format,
                                    const std::vector<std::byte>& rows_of_elements,
                                    std::uint64_t rows, std::uint64_t row);
std::vector<std::byte> in_rows(trace::NumberFormat format, const std::vector<std::byte>& tensor,
                               std::uint64_t rows, std::uint64_t row);

// Codes as a unit takes them: integers with the sign of their lower bits.
void extend(trace::NumberFormat format, std::vector<std::byte>& codes);

}  // namespace mantissa::arch
