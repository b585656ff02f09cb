// SPDX-License-Identifier: Apache-2.0
// How long operations take, from exponents alone: nothing is multiplied.
//
// An operation whose farthest kept lane is in partition f takes f + 1 cycles per iteration (with
// skip_empty_partitions: as many as partitions have lanes). `Partitions` are those cycles per
// iteration; 0 stands for an operation without a valid lane, which takes one cycle in all.
//
//   const PackedExponents x(p, pair.a, {a, 2, k, 1, m, k}), y(p, pair.b, {b, 2, 1, n, n, k});
//   std::vector<std::uint16_t> partitions(y.blocks() * y.columns());
//   partitions_of_row(p, x, i, y, partitions.data());  // [block][column], row i of a
#pragma once

#include <cstdint>
#include <vector>

#include "base/numerics/inner_product/packed_operands.h"

namespace mantissa::numerics::inner_product {

// Exponents of `rows` vectors along k, lane after lane, the rows of one lane side by side and
// padded to a multiple of 16. Lanes that cannot be valid have no_exponent.
class PackedExponents {
 public:
  PackedExponents(const IpuParameters& parameters, Format format, const CodeMatrix& codes);

  std::int64_t rows() const { return rows_; }
  std::int64_t columns() const { return padded_; }  // rows, padded
  std::int64_t blocks() const { return blocks_; }
  const std::int16_t* lane(std::int64_t block, int lane) const {
    return values_.data() + (block * lanes_ + lane) * padded_;
  }

 private:
  std::int64_t rows_, padded_, lanes_, blocks_;
  std::vector<std::int16_t> values_;
};

// Cycles per iteration of the operations of one row of a with all rows of b: [block][b.columns()].
void partitions_of_row(const IpuParameters& parameters, const PackedExponents& a, std::int64_t row,
                       const PackedExponents& b, std::uint16_t* partitions);

// Of one operation.
inline std::uint64_t cycles(std::uint16_t partitions, int iterations) {
  return partitions == 0 ? 1 : std::uint64_t{partitions} * static_cast<std::uint64_t>(iterations);
}

// Of all operations of a product, one after the other: what gemm() counts, without the product.
std::uint64_t gemm_cycles(const IpuParameters& parameters, FormatPair pair, const CodeMatrix& a,
                          const CodeMatrix& b);

}  // namespace mantissa::numerics::inner_product
