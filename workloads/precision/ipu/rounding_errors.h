// SPDX-License-Identifier: Apache-2.0
// What a window of w bits does to results: every operation once in the unit's arithmetic and once
// exactly, both rounded to the same format.
//
// Two results differ in `contaminated bits` c = bit length of their distance in units in the last
// place: 0 where they are equal, 1 for one unit, 2 for two or three, and so on up. (How the
// publication counts them is not known here; this is the definition of these tables.)
//
//   ExactResults exact(operations);
//   const ErrorStatistics s = errors_of(parameters, operations, exact, ResultFormat::fp16);
#pragma once

#include <cstdint>
#include <vector>

#include "base/numerics/inner_product/parameters.h"
#include "workloads/precision/ipu/operations.h"

namespace mantissa::workloads::ipu {

enum class ResultFormat { fp16, fp32 };
const char* name(ResultFormat format);

// Sums of products without any error, whatever the software precision, and rounded to nearest even.
struct ExactResults {
  explicit ExactResults(const Operations& operations);
  std::vector<double> value;  // rounded to 53 bits
  std::vector<std::uint32_t> fp16, fp32;
};

struct ErrorStatistics {
  std::uint64_t operations = 0;
  std::uint64_t differing = 0;  // after rounding
  double mean_bits = 0;         // contaminated, over all operations
  int median_bits = 0, most_bits = 0;
  // Of the sum before it is rounded: |error| / 2^(greatest exponent of the operation's products).
  double mean_error = 0, most_error = 0;
  // Beside what it can be at most (error_bound): must be below 1.
  double most_of_bound = 0;

  double share() const {
    return operations == 0 ? 0 : static_cast<double>(differing) / static_cast<double>(operations);
  }
};

ErrorStatistics errors_of(const numerics::inner_product::IpuParameters& parameters,
                          const Operations& operations, const ExactResults& exact,
                          ResultFormat format);

// Bit length of the distance in units in the last place of two codes of one format.
int contaminated_bits(std::uint32_t a, std::uint32_t b, ResultFormat format);

// What the window loses, (n - 1) 74529 2^(9 - w - 22), without further cycles alone; what the
// accumulator loses, once per cycle, 9 P 2^(-F); and the lanes that the software precision drops,
// of magnitude below 4 * 2^-(software precision + 1) each. In units of 2^(greatest exponent).
double error_bound(const numerics::inner_product::IpuParameters& parameters);

}  // namespace mantissa::workloads::ipu
