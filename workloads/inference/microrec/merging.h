// SPDX-License-Identifier: Apache-2.0
// Cartesian products of embedding tables: one lookup in place of several, for more storage.
//
//   rows(A x B) = rows(A) rows(B),   dim(A x B) = dim(A) + dim(B)
//   index(iA, iB) = iA rows(B) + iB,   entry = concat(A[iA], B[iB])
//
// and so on for more members, the first of which is the most significant. What is read is bit for
// bit what the members' lookups would have read one after the other.
//
//   const Product both{{2, 5}};                     // numbers of tables in the set
//   const Table merged = product_table(set, both);
//   const std::uint64_t rows[] = {7, 11};
//   product_index(set, both, rows);                 // 7 x rows of table 5 + 11
//
// Errors: microrec.product-overflow, microrec.not-mergeable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "workloads/inference/microrec/table_set.h"

namespace mantissa::workloads::microrec {

// Tables merged into one, by their numbers in the set; a single one is itself.
struct Product {
  std::vector<std::size_t> members;
};

Table product_table(const TableSet& set, const Product& product);
// `rows` has a row number for each member.
std::uint64_t product_index(const TableSet& set, const Product& product, const std::uint64_t* rows);

// Contents of a table: rows one after the other, elements of `width` bits packed from the lowest
// bit on, every row from a whole byte on.
struct TableContents {
  unsigned width = 32;
  std::uint64_t rows = 0, dim = 0;
  std::vector<std::byte> bytes;

  std::uint64_t row_bytes() const { return (dim * width + 7) / 8; }
  const std::byte* row(std::uint64_t index) const { return bytes.data() + index * row_bytes(); }
};

TableContents blank_contents(unsigned width, std::uint64_t rows, std::uint64_t dim);
// The whole product; members have one width.
TableContents multiply(const std::vector<const TableContents*>& members);
// One row of each, side by side, as one row of a product.
std::vector<std::byte> concatenate(const std::vector<const TableContents*>& members,
                                   const std::uint64_t* rows);

}  // namespace mantissa::workloads::microrec
