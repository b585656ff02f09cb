// SPDX-License-Identifier: Apache-2.0
// Tests over the kernel sets. A processor that lacks a set runs the widest it has instead.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/numerics/kernel_set.h"

namespace mantissa::numerics {

// Limits the kernels while it lives.
class LimitedKernels {
 public:
  explicit LimitedKernels(KernelSet most) { limit_kernel_set(most); }
  ~LimitedKernels() { limit_kernel_set(widest_kernel_set); }
  LimitedKernels(const LimitedKernels&) = delete;
  LimitedKernels& operator=(const LimitedKernels&) = delete;
};

inline constexpr KernelSet kernel_sets[] = {KernelSet::portable, KernelSet::avx2,
                                            KernelSet::avx512};

inline std::string name(KernelSet set) {
  return set == KernelSet::portable ? "portable" : set == KernelSet::avx2 ? "avx2" : "avx512";
}

// TEST_P of this fixture run once per set, and are called by its name.
class WithKernels : public testing::TestWithParam<KernelSet> {
 private:
  LimitedKernels limited_{GetParam()};
};

inline auto every_kernel_set() { return testing::ValuesIn(kernel_sets); }
inline std::string kernel_set_name(const testing::TestParamInfo<KernelSet>& info) {
  return name(info.param);
}

}  // namespace mantissa::numerics
