// SPDX-License-Identifier: Apache-2.0
// libtorch and the BLAS below it compute on one thread, whatever the machine and its environment
// say (OMP_NUM_THREADS, OPENBLAS_NUM_THREADS): on more of them products are split otherwise and
// give other bits. Whoever loads the executor has that from the start.
#pragma once

namespace mantissa::workloads {

void compute_on_one_thread();

// A thread that a program makes has OpenMP's setting of the environment again: it calls this first.
void start_computing_thread();

// Of the BLAS, where it can tell; else 1.
int blas_threads();

}  // namespace mantissa::workloads
