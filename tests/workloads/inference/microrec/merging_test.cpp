// SPDX-License-Identifier: Apache-2.0
// Merged lookups against lookups one after the other, bit for bit, for every combination of rows.
#include "workloads/inference/microrec/merging.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/numerics/random_fill.h"
#include "tests/workloads/inference/microrec/presets.h"

namespace mantissa::workloads::microrec {
namespace {

TableContents random_contents(unsigned width, const Table& table) {
  TableContents contents = blank_contents(width, table.rows, table.dim);
  const numerics::RandomStream random(3, table.name);
  for (std::size_t i = 0; i < contents.bytes.size(); ++i)
    contents.bytes[i] = static_cast<std::byte>(random.bits(i));
  // What pads a row to a whole byte is nobody's.
  const unsigned odd = static_cast<unsigned>(table.dim * width % 8);
  if (odd != 0)
    for (std::uint64_t r = 1; r <= table.rows; ++r)
      contents.bytes[r * contents.row_bytes() - 1] &= static_cast<std::byte>((1u << odd) - 1);
  return contents;
}

// Combinations of rows of which the merged row is not the members' rows.
std::uint64_t wrong_rows(unsigned width, const TableSet& set, const Product& product,
                         bool swapped = false) {
  std::vector<TableContents> contents;
  for (const std::size_t m : product.members)
    contents.push_back(random_contents(width, set.tables[m]));
  std::vector<const TableContents*> members;
  for (const TableContents& c : contents) members.push_back(&c);
  const TableContents merged = multiply(members);
  std::vector<std::uint64_t> at(members.size());
  std::uint64_t wrong = 0, seen = 0;
  for (bool more = true; more; ++seen) {
    std::uint64_t index = product_index(set, product, at.data());
    if (swapped) index = at[1] * set.tables[product.members[0]].rows + at[0];
    const auto expected = concatenate(members, at.data());
    wrong += std::memcmp(merged.row(index), expected.data(), expected.size()) != 0 ? 1 : 0;
    std::size_t m = members.size();
    while (m-- > 0 && ++at[m] == members[m]->rows) at[m] = 0;
    more = m != static_cast<std::size_t>(-1);
  }
  EXPECT_EQ(seen, product_table(set, product).rows);
  return wrong;
}

const TableSet small_set = tables({{"a", 100, 4}, {"b", 37, 3}, {"c", 9, 5}, {"d", 1, 4}});

TEST(Merging, reads_what_the_members_would_for_every_pair_of_rows) {
  for (const unsigned width : {32u, 16u, 8u, 4u}) {
    EXPECT_EQ(wrong_rows(width, small_set, {{0, 1}}), 0u) << width;
    EXPECT_EQ(wrong_rows(width, small_set, {{1, 0}}), 0u) << width;
    EXPECT_EQ(wrong_rows(width, small_set, {{2, 3}}), 0u) << width;
  }
}

TEST(Merging, reads_what_the_members_would_for_every_triple_of_rows) {
  for (const unsigned width : {32u, 4u}) {
    EXPECT_EQ(wrong_rows(width, small_set, {{1, 2, 0}}), 0u) << width;
    EXPECT_EQ(wrong_rows(width, small_set, {{3, 2, 1}}), 0u) << width;
  }
}

// The control: members in the other order are nearly always wrong.
TEST(Merging, needs_the_order_of_its_members) {
  EXPECT_GT(wrong_rows(32, small_set, {{0, 1}}, true), 3500u);
}

TEST(Merging, adds_dimensions_and_multiplies_rows) {
  const Table merged = product_table(small_set, {{0, 1, 2}});
  EXPECT_EQ(merged.rows, 100u * 37 * 9);
  EXPECT_EQ(merged.dim, 12u);
  EXPECT_EQ(merged.name, "a x b x c");
}

TEST(Merging, refuses_a_product_that_63_bits_do_not_count) {
  const TableSet set = tables({{"x", 1ull << 30, 4}, {"y", 1ull << 26, 4}, {"z", 1ull << 27, 4}});
  EXPECT_EQ(product_table(set, {{0, 1}}).rows, 1ull << 56);
  EXPECT_NE(message_of([&] {
              product_table(set, {{0, 2}});
            }).find("[microrec.product-overflow]"),
            std::string::npos);
  EXPECT_NE(message_of([&] {
              product_table(set, {{0, 1, 2}});
            }).find("x x y x z has more rows"),
            std::string::npos);
}

TEST(Merging, refuses_tables_that_are_asked_for_several_rows) {
  const TableSet set = tables({{"x", 10, 4, 1}, {"y", 10, 4, 2}});
  EXPECT_NE(message_of([&] {
              product_table(set, {{0, 1}});
            }).find("[microrec.not-mergeable]"),
            std::string::npos);
  EXPECT_EQ(product_table(set, {{1}}).lookups, 2u);
}

}  // namespace
}  // namespace mantissa::workloads::microrec
