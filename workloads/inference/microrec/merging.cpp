// SPDX-License-Identifier: Apache-2.0
#include "workloads/inference/microrec/merging.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/numerics/element.h"
#include "workloads/inference/microrec/errors.h"

namespace mantissa::workloads::microrec {
namespace {

constexpr std::uint64_t most = ~0ull >> 1;

// Element by element: rows of narrow elements may end within a byte.
void append_row(const TableContents& from, std::uint64_t index, std::byte* to,
                std::uint64_t& position) {
  for (std::uint64_t d = 0; d < from.dim; ++d)
    numerics::store_bits(
        from.width, to, static_cast<std::int64_t>(position++),
        numerics::load_bits(from.width, from.row(index), static_cast<std::int64_t>(d)));
}

}  // namespace

Table product_table(const TableSet& set, const Product& product) {
  MANTISSA_CHECK(!product.members.empty(), "a product of nothing");
  Table merged{"", 1, 0, set.tables[product.members[0]].lookups};
  for (const std::size_t member : product.members) {
    const Table& table = set.tables[member];
    merged.name += (merged.name.empty() ? "" : " x ") + table.name;
    merged.dim += table.dim;
    if (table.lookups != merged.lookups || (product.members.size() > 1 && table.lookups != 1))
      throw Error(not_mergeable)
          .say(fmt::format("{}: an item asks {} for {} rows", merged.name, table.name,
                           table.lookups))
          .expected("one row of each table that is merged");
    // Rows times bytes of a row of 64-bit elements, the widest that anybody could ask for.
    if (table.rows > most / merged.rows || merged.rows * table.rows > most / (8 * merged.dim))
      throw Error(product_overflow)
          .say(fmt::format("{} has more rows of {} elements than 63 bits count", merged.name,
                           merged.dim))
          .remedy("merge fewer or smaller tables");
    merged.rows *= table.rows;
  }
  return merged;
}

std::uint64_t product_index(const TableSet& set, const Product& product,
                            const std::uint64_t* rows) {
  std::uint64_t index = 0;
  for (std::size_t m = 0; m < product.members.size(); ++m)
    index = index * set.tables[product.members[m]].rows + rows[m];
  return index;
}

TableContents blank_contents(unsigned width, std::uint64_t rows, std::uint64_t dim) {
  TableContents contents{width, rows, dim, {}};
  contents.bytes.resize(rows * contents.row_bytes());
  return contents;
}

std::vector<std::byte> concatenate(const std::vector<const TableContents*>& members,
                                   const std::uint64_t* rows) {
  std::uint64_t dim = 0;
  for (const TableContents* member : members) dim += member->dim;
  std::vector<std::byte> row(blank_contents(members.at(0)->width, 1, dim).bytes);
  std::uint64_t position = 0;
  for (std::size_t m = 0; m < members.size(); ++m)
    append_row(*members[m], rows[m], row.data(), position);
  return row;
}

TableContents multiply(const std::vector<const TableContents*>& members) {
  std::uint64_t rows = 1, dim = 0;
  for (const TableContents* member : members) {
    MANTISSA_CHECK(member->width == members[0]->width, "a product of tables of different formats");
    rows *= member->rows;
    dim += member->dim;
  }
  TableContents product = blank_contents(members.at(0)->width, rows, dim);
  std::vector<std::uint64_t> at(members.size());
  for (std::uint64_t row = 0; row < rows; ++row) {
    std::byte* const to = product.bytes.data() + row * product.row_bytes();
    std::uint64_t position = 0;
    for (std::size_t m = 0; m < members.size(); ++m) append_row(*members[m], at[m], to, position);
    // The last member counts fastest.
    for (std::size_t m = members.size(); m-- > 0 && ++at[m] == members[m]->rows;) at[m] = 0;
  }
  return product;
}

}  // namespace mantissa::workloads::microrec
