// SPDX-License-Identifier: Apache-2.0
// The order in which the K products of one output are added.
//
// Floating-point addition does not associate, so the order is part of the operation. The products
// k = 0..K-1 are cut into consecutive chains of `chain` products (the last may be shorter). Within
// a chain the sum starts from +0 and takes one product after the other, rounded to nearest even
// after every addition. The first chain's sum overwrites the accumulator (or is added to it when
// the kernel accumulates); every further chain's sum is added: acc = acc + sum.
//
//   output stationary                  chain = 0    one chain over all of K
//   weight or input stationary, R rows chain = R    one chain per fold of the array
//
// A processing element that is masked out adds nothing. A chain's running sum is never -0 (it
// starts from +0 and rounds to nearest), so adding +0 for a masked element gives the same bits.
#pragma once

#include <cstdint>

namespace mantissa::numerics {

struct ReductionOrder {
  std::uint64_t chain = 0;

  // Products per chain of a reduction over k products; at least 1.
  std::uint64_t length(std::uint64_t k) const {
    const std::uint64_t whole = chain == 0 || chain > k ? k : chain;
    return whole == 0 ? 1 : whole;
  }
  friend bool operator==(ReductionOrder a, ReductionOrder b) { return a.chain == b.chain; }
};

constexpr ReductionOrder output_stationary{0};
constexpr ReductionOrder weight_stationary(std::uint64_t rows) { return ReductionOrder{rows}; }

}  // namespace mantissa::numerics
