// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/quantize/line_kernels.h"

#include "base/numerics/kernel_set.h"
#include "base/numerics/quantize/line_kernels_x86.h"

namespace mantissa::numerics {

#if defined(__x86_64__)
namespace {

// None: the golden ones.
const LineKernels* kernels(Rounding rounding = Rounding::half_even) {
  if (rounding != Rounding::half_even || kernel_set() == KernelSet::portable) return nullptr;
  return kernel_set() == KernelSet::avx512 ? &avx512_line_kernels : &avx2_line_kernels;
}

}  // namespace
#endif

bool largest_per_vector(const float* x, std::int64_t n, std::int64_t v, bool is_signed,
                        float* largest) {
#if defined(__x86_64__)
  if (const auto* fast = kernels()) return fast->largest_per_vector(x, n, v, is_signed, largest);
#endif
  return golden::largest_per_vector(x, n, v, is_signed, largest);
}

void divide_per_vector(const float* x, std::int64_t n, std::int64_t v, const float* scales, int low,
                       int high, Rounding rounding, std::int8_t* out) {
#if defined(__x86_64__)
  if (const auto* fast = kernels(rounding))
    return fast->divide_per_vector(x, n, v, scales, low, high, out);
#endif
  golden::divide_per_vector(x, n, v, scales, low, high, rounding, out);
}

void encode_per_vector(const float* x, std::int64_t n, std::int64_t v, const float* scales,
                       const MinifloatFormat& format, Rounding rounding, std::uint8_t* out) {
#if defined(__x86_64__)
  if (const auto* fast = kernels(rounding))
    return fast->encode_per_vector(x, n, v, scales, format, out);
#endif
  golden::encode_per_vector(x, n, v, scales, format, rounding, out);
}

}  // namespace mantissa::numerics
