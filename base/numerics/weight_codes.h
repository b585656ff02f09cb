// SPDX-License-Identifier: Apache-2.0
// Weights as codes of m bits in low-voltage memory, and back: what a bit error of a stored code
// does to a weight.
//
//   symmetric    D = qmax / (2^(m-1) - 1),  v = cast(w / D),  w' = D v          (qmax = max |w|)
//   asymmetric   n = 2 (w - qmin) / (qmax - qmin) - 1, then as above with qmax = 1
//   unsigned     v + (2^(m-1) - 1) is stored instead of v in two's complement
//   cast         towards zero, or to nearest with halves away from zero
//
// NORMAL is symmetric, signed and cast towards zero; RQUANT asymmetric, unsigned and rounded to
// nearest, whose codes for n = -1, 0, 1 are 0, 127, 254 at 8 bits. The program that its authors
// released has the offset 2^(m-1), D = 1.001 / (2^(m-1) - 1) and halves to even: 1, 128, 255
// (`released`). Decoding clamps the code to what m bits hold and the value to [qmin, qmax], so that
// no error moves a weight out of the range.
//
// A code lies in the low m bits of a byte, the top 8 - m bits are zero and no error reaches them. A
// flip of bit j moves a value by 2^j D (in n: by 2^j D of half the range), unless it is clamped.
// All arithmetic is fp32, in the order of the formulas.
// Source: arXiv 2006.13977 and its released program.
//
//   const WeightQuantizer q = rquant(8);
//   const WeightRange range = range_of(w, n, q);
//   encode(w, n, q, range, codes);  decode(codes, n, q, range, w);
#pragma once

#include <cstdint>

namespace mantissa::numerics {

struct WeightQuantizer {
  unsigned bits = 8;            // 2 to 8
  bool asymmetric = false;      // the range is [min, max], not [-max |w|, max |w|]
  bool unsigned_codes = false;  // an offset instead of two's complement
  bool nearest = false;         // instead of towards zero
  bool released = false;        // offset, step and rounding of the released program
};

WeightQuantizer normal_quantizer(unsigned bits);
WeightQuantizer rquant(unsigned bits);

struct WeightRange {
  float low = 0, high = 0;
};

// The range of n weights. All zero: [0, 0], whose codes are those of 0 and decode to 0.
WeightRange range_of(const float* w, std::int64_t n, const WeightQuantizer& q);

void encode(const float* w, std::int64_t n, const WeightQuantizer& q, const WeightRange& range,
            std::uint8_t* codes);
void decode(const std::uint8_t* codes, std::int64_t n, const WeightQuantizer& q,
            const WeightRange& range, float* w);

// The weight that one step of the code is worth.
float step(const WeightQuantizer& q, const WeightRange& range);

}  // namespace mantissa::numerics
