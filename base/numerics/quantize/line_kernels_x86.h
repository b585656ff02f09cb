// SPDX-License-Identifier: Apache-2.0
// The functions of line_kernels.h in instructions of their own, for ties to even. Internal to this
// folder; the processor must have the set (base/numerics/kernel_set.h).
#pragma once

#include "base/numerics/quantize/line_kernels.h"

#if defined(__x86_64__)

#include <xmmintrin.h>

namespace mantissa::numerics {

struct LineKernels {
  bool (*largest_per_vector)(const float* x, std::int64_t n, std::int64_t v, bool is_signed,
                             float* largest);
  void (*divide_per_vector)(const float* x, std::int64_t n, std::int64_t v, const float* scales,
                            int low, int high, std::int8_t* out);
  void (*encode_per_vector)(const float* x, std::int64_t n, std::int64_t v, const float* scales,
                            const MinifloatFormat& format, std::uint8_t* out);
};
extern const LineKernels avx2_line_kernels, avx512_line_kernels;

// Asks for the element n places after x. The line after this one mostly follows it in memory:
// fetched while this one's elements are computed, it keeps memory from idling meanwhile. An address
// that is not the tensor's does no harm.
inline void prefetch_next_line(const float* x, std::int64_t n) {
  const auto address = reinterpret_cast<std::uintptr_t>(x) + static_cast<std::uint64_t>(n) * 4;
  _mm_prefetch(reinterpret_cast<const char*>(address), _MM_HINT_T1);
}

}  // namespace mantissa::numerics

#endif
