// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/quantize/line_kernels.h"

#include "base/numerics/kernel_set.h"
#include "base/numerics/quantize/line_kernels_x86.h"

namespace mantissa::numerics {
namespace {

KernelSet set_for(Rounding rounding) {
  return rounding == Rounding::half_even ? kernel_set() : KernelSet::portable;
}

}  // namespace

bool largest_per_vector(const float* x, std::int64_t n, std::int64_t v, bool is_signed,
                        float* largest) {
  switch (kernel_set()) {
#if defined(__x86_64__)
    case KernelSet::avx512:
      return avx512::largest_per_vector(x, n, v, is_signed, largest);
    case KernelSet::avx2:
      return avx2::largest_per_vector(x, n, v, is_signed, largest);
#endif
    default:
      return golden::largest_per_vector(x, n, v, is_signed, largest);
  }
}

void divide_per_vector(const float* x, std::int64_t n, std::int64_t v, const float* scales, int low,
                       int high, Rounding rounding, std::int8_t* out) {
  switch (set_for(rounding)) {
#if defined(__x86_64__)
    case KernelSet::avx512:
      return avx512::divide_per_vector(x, n, v, scales, low, high, out);
    case KernelSet::avx2:
      return avx2::divide_per_vector(x, n, v, scales, low, high, out);
#endif
    default:
      golden::divide_per_vector(x, n, v, scales, low, high, rounding, out);
  }
}

void encode_per_vector(const float* x, std::int64_t n, std::int64_t v, const float* scales,
                       const MinifloatFormat& format, Rounding rounding, std::uint8_t* out) {
  switch (set_for(rounding)) {
#if defined(__x86_64__)
    case KernelSet::avx512:
      return avx512::encode_per_vector(x, n, v, scales, format, out);
    case KernelSet::avx2:
      return avx2::encode_per_vector(x, n, v, scales, format, out);
#endif
    default:
      golden::encode_per_vector(x, n, v, scales, format, rounding, out);
  }
}

}  // namespace mantissa::numerics
