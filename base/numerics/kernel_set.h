// SPDX-License-Identifier: Apache-2.0
// Which instructions the fast kernels of this folder may use. All sets give the same bits; each one
// holds those before it.
#pragma once

#include <cstdint>

namespace mantissa::numerics {

enum class KernelSet : std::uint8_t {
  portable,
  avx2,
  avx512,  // F, BW, DQ, VL and VNNI: Ice Lake, Zen 4 and later
};
inline constexpr KernelSet widest_kernel_set = KernelSet::avx512;

// What the processor offers, or what it is limited to.
KernelSet kernel_set();
// For tests and benchmarks of the dispatch; `widest_kernel_set` lifts the limit.
void limit_kernel_set(KernelSet most);

}  // namespace mantissa::numerics
