// SPDX-License-Identifier: Apache-2.0
#include <atomic>

#include "base/numerics/gemm.h"

namespace mantissa::numerics {
namespace {

std::atomic<KernelSet> most_allowed{KernelSet::avx2};

KernelSet detect() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2")) return KernelSet::avx2;
#endif
  return KernelSet::portable;
}

}  // namespace

KernelSet kernel_set() {
  static const KernelSet found = detect();
  return found < most_allowed.load() ? found : most_allowed.load();
}

void limit_kernel_set(KernelSet most) { most_allowed = most; }

}  // namespace mantissa::numerics
