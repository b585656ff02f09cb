// SPDX-License-Identifier: Apache-2.0
// Parameters of a mixed-precision inner-product unit, IPU(w) and MC-IPU(w) of arXiv 2101.11748.
//
// n lanes each multiply one digit of a by one digit of b (4 bits by 4 bits by default), shift the
// product right inside a window of w bits until all lanes have the greatest exponent, and add up.
// What a window of w bits cannot hold is lost (single_cycle), or is served in later cycles
// (multi_cycle): sp = w - product bits positions are safe per cycle, and partition q of the lanes
// has alignments q*sp <= alignment < (q+1)*sp.
//
//   parameter            legal values
//   lanes                1, 2, 4, .., 64
//   window               product_bits()..64; one more at least for multi_cycle alignment
//   fraction             1..60: the accumulator's last place is 2^(exponent - fraction)
//   software_precision   0..1023: lanes aligned by more are dropped
//   digit_a, digit_b     1..12 bits
//   growth               0..32: 2^growth accumulations never overflow
//
//   IpuParameters p;  p.window = 14;  check(p, {Format::fp16, Format::fp16});
#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"
#include "base/numerics/inner_product/format.h"

namespace mantissa::numerics::inner_product {

inline const ErrorKind bad_unit{"ipu.parameters", ExitCode::bad_input,
                                "Parameters that no inner-product unit can have."};
inline const ErrorKind bad_formats{"ipu.formats", ExitCode::bad_input,
                                   "A pair of formats that inner-product units do not multiply."};

enum class Alignment : std::uint8_t { single_cycle, multi_cycle };
enum class FinalRounding : std::uint8_t { nearest_even, toward_zero };

// To which partition an alignment of exactly q*sp belongs: to q, or to q - 1, whose greatest shift
// then is sp (a product of product_bits() bits loses nothing by that either).
enum class PartitionEdge : std::uint8_t { exclusive, inclusive };

struct IpuParameters {
  int lanes = 16;               // n
  int window = 16;              // w
  int fraction = 30;            // F
  int software_precision = 28;  // 16 where results are FP16, 28 where they are FP32
  int digit_a = 4, digit_b = 4;
  Alignment alignment = Alignment::multi_cycle;
  PartitionEdge edge = PartitionEdge::exclusive;
  bool skip_empty_partitions = false;  // a cycle that would serve no lane is left out
  bool mask_zeros = true;              // lanes with a zero stay out of the greatest exponent
  int growth = 10;                     // l
  FinalRounding rounding = FinalRounding::nearest_even;

  // Signed product of two digits: 9 bits for nibbles, since 15 * 15 = 225.
  int product_bits() const;
  // sp: a product may be shifted this far and stays whole.
  int safe_precision() const { return window - product_bits(); }
  // 1 sign + 2 integer + F fraction bits, log2(lanes) for the tree and `growth` for accumulation.
  int accumulator_bits() const;
  // Digit products per operation: 9 for FP16 in nibbles, 1, 2, 4 for INT4, INT8x4, INT8.
  int iterations(FormatPair pair) const {
    return digit_count(pair.a, digit_a) * digit_count(pair.b, digit_b);
  }
  // Cycles per iteration at most.
  int worst_partitions() const;
};

// Throws Error(bad_unit) or Error(bad_formats), naming what is legal.
void check(const IpuParameters& parameters, FormatPair pair);
void check(FormatPair pair);

}  // namespace mantissa::numerics::inner_product
