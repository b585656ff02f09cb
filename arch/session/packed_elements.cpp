// SPDX-License-Identifier: Apache-2.0
#include "arch/session/packed_elements.h"

#include "base/numerics/layout.h"

namespace mantissa::arch {

using trace::NumberFormat;

namespace {

std::int64_t i64(std::uint64_t v) { return static_cast<std::int64_t>(v); }

}  // namespace

std::vector<std::byte> unpacked(NumberFormat format, const std::byte* rows_of_elements,
                                std::uint64_t stride, std::uint64_t rows, std::uint64_t row) {
  std::vector<std::byte> codes(rows * row);
  numerics::unpack_rows(trace::bits(format), rows_of_elements, i64(stride), i64(rows), i64(row),
                        codes.data());
  return codes;
}

std::vector<std::byte> packed(NumberFormat format, const std::vector<std::byte>& codes,
                              std::uint64_t row) {
  const std::uint64_t rows = row == 0 ? 0 : codes.size() / row;
  const std::uint64_t stride = trace::storage_bytes(format, i64(row));
  std::vector<std::byte> out(rows * stride);
  numerics::pack_rows(trace::bits(format), codes.data(), i64(rows), i64(row), out.data(),
                      i64(stride));
  return out;
}

std::vector<std::byte> without_gaps(NumberFormat format,
                                    const std::vector<std::byte>& rows_of_elements,
                                    std::uint64_t rows, std::uint64_t row) {
  const std::uint64_t stride = trace::storage_bytes(format, i64(row));
  return packed(format, unpacked(format, rows_of_elements.data(), stride, rows, row), rows * row);
}

std::vector<std::byte> in_rows(NumberFormat format, const std::vector<std::byte>& tensor,
                               std::uint64_t rows, std::uint64_t row) {
  return packed(format, unpacked(format, tensor.data(), 0, 1, rows * row), row);
}

void extend(NumberFormat format, std::vector<std::byte>& codes) {
  if (format != NumberFormat::int4) return;
  for (std::byte& code : codes)
    code = static_cast<std::byte>(((std::to_integer<int>(code) & 15) ^ 8) - 8);
}

}  // namespace mantissa::arch
