// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/threads.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <thread>

#include "workloads/executor/torch.h"

namespace mantissa::workloads {
namespace {

int openmp_threads() {
  auto* get = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "omp_get_max_threads"));
  return get != nullptr ? get() : 1;
}

// Nobody here has called anything of the executor: loading it is enough.
TEST(Threads, AreOneForLibtorchAndItsBlasFromTheStart) {
  EXPECT_EQ(at::get_num_threads(), 1);
  EXPECT_EQ(blas_threads(), 1);
  EXPECT_EQ(openmp_threads(), 1);
}

TEST(Threads, AreOneAgainAfterSomebodyElseHasAskedForMore) {
  at::set_num_threads(2);
  if (auto* set =
          reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"))) {
    set(2);
    EXPECT_EQ(blas_threads(), 2) << "the BLAS does as it is told";
  }
  EXPECT_EQ(at::get_num_threads(), 2);
  compute_on_one_thread();
  EXPECT_EQ(at::get_num_threads(), 1);
  EXPECT_EQ(blas_threads(), 1);
}

TEST(Threads, OfAProgramComputeAloneToo) {
  int before = 0, after = 0;
  std::thread([&] {
    if (auto* set = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "omp_set_num_threads")))
      set(2);
    before = openmp_threads();
    start_computing_thread();
    after = openmp_threads();
  }).join();
  EXPECT_EQ(before, 2);
  EXPECT_EQ(after, 1);
}

}  // namespace
}  // namespace mantissa::workloads
