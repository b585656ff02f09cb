// SPDX-License-Identifier: Apache-2.0
// Bytes behind a memory: regions come and go, never overlap, and are asked for once.
#include "memory/backing_store.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace mantissa::memory {
namespace {

std::vector<std::byte> counting(std::size_t n) {
  std::vector<std::byte> bytes(n);
  for (std::size_t i = 0; i < n; ++i) bytes[i] = static_cast<std::byte>(i);
  return bytes;
}

TEST(BackingStore, reads_what_was_mapped_at_every_address_of_the_region) {
  BackingStore store;
  store.map(100, counting(16));
  for (std::uint64_t i = 0; i < 16; ++i)
    EXPECT_EQ(*store.at(100 + i, 1), static_cast<std::byte>(i));
  EXPECT_EQ(store.at(100, 16)[15], std::byte{15});
}

TEST(BackingStore, refuses_the_byte_before_a_region_and_the_byte_behind_it) {
  BackingStore store;
  store.map(100, counting(16));
  EXPECT_NO_THROW(store.at(100, 1));
  EXPECT_THROW(store.at(99, 1), InternalError);
  EXPECT_NO_THROW(store.at(115, 1));
  EXPECT_THROW(store.at(115, 2), InternalError);
  EXPECT_THROW(store.at(116, 1), InternalError);
}

TEST(BackingStore, refuses_an_access_across_two_regions_that_touch) {
  BackingStore store;
  store.map(0, counting(8));
  store.map(8, counting(8));
  EXPECT_NO_THROW(store.at(0, 8));
  EXPECT_NO_THROW(store.at(8, 8));
  EXPECT_THROW(store.at(4, 8), InternalError);
}

TEST(BackingStore, refuses_regions_that_overlap_by_one_byte_and_takes_those_that_touch) {
  BackingStore store;
  store.map(100, counting(16));
  EXPECT_THROW(store.map(115, counting(1)), InternalError);
  EXPECT_NO_THROW(store.map(116, counting(1)));
  EXPECT_THROW(store.map(90, counting(11)), InternalError);
  EXPECT_NO_THROW(store.map(90, counting(10)));
  EXPECT_THROW(store.map(100, counting(16)), InternalError);
  EXPECT_THROW(store.map(104, counting(2)), InternalError);
  EXPECT_THROW(store.map(80, counting(100)), InternalError);
}

TEST(BackingStore, forgets_a_region_that_is_unmapped_and_takes_its_place_again) {
  BackingStore store;
  store.map(100, counting(16));
  EXPECT_TRUE(store.mapped(100));
  store.unmap(100);
  EXPECT_FALSE(store.mapped(100));
  EXPECT_THROW(store.at(100, 1), InternalError);
  EXPECT_NO_THROW(store.map(108, counting(16)));
  EXPECT_NO_THROW(store.unmap(5));  // nothing there
}

TEST(BackingStore, keeps_what_is_written) {
  BackingStore store;
  store.map(0, std::vector<std::byte>(4));
  *store.at(2, 1) = std::byte{7};
  std::vector<std::byte> all(4);
  store.read(0, 4, all.data());
  EXPECT_EQ(all, (std::vector<std::byte>{{}, {}, std::byte{7}, {}}));
}

TEST(BackingStore, asks_for_bytes_at_the_first_access_and_once) {
  BackingStore store;
  int asked = 0;
  store.map(64, 8, [&] {
    ++asked;
    return counting(8);
  });
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(*store.at(70, 1), std::byte{6});
  EXPECT_EQ(asked, 1);
  *store.at(70, 1) = std::byte{9};
  EXPECT_EQ(*store.at(64 + 6, 1), std::byte{9});
  EXPECT_EQ(asked, 1);
}

TEST(BackingStore, refuses_a_source_that_gives_more_or_fewer_bytes_than_promised) {
  for (const std::size_t given : {7u, 8u, 9u}) {
    BackingStore store;
    store.map(0, 8, [given] { return counting(given); });
    if (given == 8)
      EXPECT_NO_THROW(store.at(0, 1));
    else
      EXPECT_THROW(store.at(0, 1), InternalError);
  }
}

TEST(BackingStore, is_empty_when_cleared) {
  BackingStore store;
  store.map(0, counting(4));
  store.map(8, counting(4));
  store.clear();
  EXPECT_FALSE(store.mapped(0));
  EXPECT_THROW(store.at(8, 1), InternalError);
}

TEST(BackingStore, reads_across_pieces_and_makes_each_once_while_it_lasts) {
  BackingStore store;
  std::vector<std::uint64_t> asked;
  store.map_pieces(100, 12, [&](std::uint64_t offset) {
    asked.push_back(offset);
    const std::uint64_t begin = offset / 4 * 4;  // pieces of four bytes that hold their address
    std::vector<std::byte> bytes;
    for (std::uint64_t i = 0; i < 4; ++i) bytes.push_back(static_cast<std::byte>(begin + i));
    return std::make_pair(begin, std::move(bytes));
  });
  std::vector<std::byte> got(7);
  store.read(102, 7, got.data());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_EQ(got[i], static_cast<std::byte>(2 + i));
  EXPECT_EQ(asked, (std::vector<std::uint64_t>{2, 4, 8}));
  store.read(109, 2, got.data());
  EXPECT_EQ(asked.size(), 3u);
  EXPECT_THROW(store.at(100, 1), InternalError);
  EXPECT_THROW(store.read(108, 5, got.data()), InternalError);
}

}  // namespace
}  // namespace mantissa::memory
