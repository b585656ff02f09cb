// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/threads.h"

#include <dlfcn.h>

#include "workloads/executor/torch.h"

namespace mantissa::workloads {

namespace {

// OpenBLAS has threads of its own, which libtorch does not know of; other libraries lack its
// functions.
template <class F>
F* loaded(const char* name) {
  return reinterpret_cast<F*>(dlsym(RTLD_DEFAULT, name));
}

[[maybe_unused]] const bool from_the_start = [] {
  compute_on_one_thread();
  return true;
}();

}  // namespace

void compute_on_one_thread() {
  at::set_num_threads(1);
  if (auto* set = loaded<void(int)>("openblas_set_num_threads")) set(1);
}

void start_computing_thread() {
  if (auto* set = loaded<void(int)>("omp_set_num_threads")) set(1);
}

int blas_threads() {
  auto* get = loaded<int()>("openblas_get_num_threads");
  return get != nullptr ? get() : 1;
}

}  // namespace mantissa::workloads
