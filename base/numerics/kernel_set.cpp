// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/kernel_set.h"

#include <algorithm>
#include <atomic>

namespace mantissa::numerics {
namespace {

std::atomic<KernelSet> most_allowed{widest_kernel_set};

KernelSet detect() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                    __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                    __builtin_cpu_supports("avx512vnni");
  if (wide) return KernelSet::avx512;
  if (__builtin_cpu_supports("avx2")) return KernelSet::avx2;
#endif
  return KernelSet::portable;
}

}  // namespace

KernelSet kernel_set() {
  static const KernelSet found = detect();
  return std::min(found, most_allowed.load());
}

void limit_kernel_set(KernelSet most) { most_allowed = most; }

}  // namespace mantissa::numerics
