// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/layout.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/numerics/element.h"

namespace mantissa::numerics {
namespace {

TEST(PackedRows, begin_at_whole_bytes_and_end_in_zeros) {
  const std::vector<std::byte> codes{std::byte{1}, std::byte{2}, std::byte{3},
                                     std::byte{4}, std::byte{5}, std::byte{6}};
  std::vector<std::byte> packed(4, std::byte{0xFF});
  pack_rows(4, codes.data(), 2, 3, packed.data(), 2);
  EXPECT_EQ(packed, (std::vector<std::byte>{std::byte{0x21}, std::byte{0x03}, std::byte{0x54},
                                            std::byte{0x06}}));
  std::vector<std::byte> back(6);
  unpack_rows(4, packed.data(), 2, 2, 3, back.data());
  EXPECT_EQ(back, codes);
}

TEST(PackedRows, have_the_order_of_packed_elements_in_every_width) {
  for (const unsigned bits : {1u, 2u, 3u, 4u, 5u, 6u, 7u})
    for (const std::int64_t row : {1, 2, 3, 4, 7, 8, 9, 31}) {
      const std::int64_t stride = (row * bits + 7) / 8 + 1, rows = 3;
      std::vector<std::byte> codes;
      for (std::int64_t i = 0; i < rows * row; ++i)
        codes.push_back(static_cast<std::byte>((i * 37 + 11) & ((1 << bits) - 1)));
      std::vector<std::byte> packed(static_cast<std::size_t>(rows * stride));
      pack_rows(bits, codes.data(), rows, row, packed.data(), stride);
      for (std::int64_t r = 0; r < rows; ++r)
        for (std::int64_t i = 0; i < row; ++i)
          ASSERT_EQ(load_bits(bits, packed.data() + r * stride, i),
                    std::to_integer<std::uint64_t>(codes[static_cast<std::size_t>(r * row + i)]))
              << bits << ' ' << row;
      std::vector<std::byte> back(codes.size());
      unpack_rows(bits, packed.data(), stride, rows, row, back.data());
      EXPECT_EQ(back, codes) << bits << ' ' << row;
    }
}

}  // namespace
}  // namespace mantissa::numerics
