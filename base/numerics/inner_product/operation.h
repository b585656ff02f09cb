// SPDX-License-Identifier: Apache-2.0
// One operation of an inner-product unit on packed operands: what the fast products are made of.
// The same bits as golden::accumulate.
//
// Portable loops serve every unit. The AVX2 kernel relies on multi-cycle alignment losing nothing
// inside the window: it multiplies all digits of a by 2^(7 - (alignment - base)) for the lanes
// whose alignment is in base .. base + 7, so that sums of 16-bit products are exact, combines up to
// four such groups to a partition, and rounds each digit product's sum down once, where the
// hardware does. It needs room for a whole operation in the accumulator and leaves the others to
// the loops.
#pragma once

#include <cstdint>
#include <vector>

#include "base/numerics/inner_product/inner_product.h"

namespace mantissa::numerics::inner_product {

// Everything of a unit and a pair of formats that does not depend on operands.
class Operation {
 public:
  static constexpr int group = 8;  // alignments that one set of factors covers

  Operation(const IpuParameters& parameters, FormatPair pair, int stride);

  // Exponents with digits behind them (packed_operands.h). Returns the cycles.
  int operator()(const std::int16_t* a, const std::int16_t* b, Accumulator& acc) const;
  // What NaNs and infinities among the operands do to the result.
  void note_specials(const std::int16_t* a, const std::int16_t* b, Accumulator& acc) const;

 private:
  static constexpr int most_groups = 4;
  static constexpr int padded_products = 12;
  static constexpr int no_lane = -4096;  // sums of exponents below this are of invalid lanes

  // From sums of groups to terms of the accumulator, per digit product.
  struct Shifts {
    alignas(32) std::int64_t right[padded_products];
    alignas(32) std::int64_t left[padded_products];
    alignas(32) std::int64_t floor[padded_products];
  };

  template <class Int>
  int portable(const std::int16_t* a, const std::int16_t* b, Accumulator& acc) const;
  using Kernel = int (Operation::*)(const std::int16_t*, const std::int16_t*, Accumulator&) const;
  template <int Digits>
  static Kernel vectorised(int vectors);
  static Kernel vectorised(int digits, int vectors);
  template <int Digits, int Vectors>
  int avx2(const std::int16_t* a, const std::int16_t* b, Accumulator& acc) const;
  void make_shifts();
  const Shifts& shifts(bool combined, int distance) const;
  // Of a kept alignment.
  int partition(int alignment) const { return partitions_[static_cast<std::size_t>(alignment)]; }

  IpuParameters p_;
  int stride_, sp_, fractions_, digits_a_, digits_b_, iterations_;
  bool fits_;  // sums of one operation and the accumulator fit in 64 bits
  Kernel vectorised_ = nullptr;
  std::vector<std::int16_t> partitions_;   // by alignment, up to the software precision
  std::int64_t room_ = 0;                  // sums below this cannot wrap within one operation
  std::vector<Shifts> single_, combined_;  // by the distance between both last places
};

}  // namespace mantissa::numerics::inner_product
