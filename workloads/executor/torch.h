// SPDX-License-Identifier: Apache-2.0
// libtorch, whole. Precompiled for the files of this library: including it takes 18 s otherwise.
#pragma once

#pragma GCC system_header

#include <torch/script.h>
#include <torch/torch.h>
