// SPDX-License-Identifier: Apache-2.0
// The binary version of CIFAR-10 and CIFAR-100: records of the label and 3072 pixels, 32 x 32 of
// red, then green, then blue. CIFAR-100 has two labels: the coarse one of 20, and the fine one of
// 100, which is taken.
// Source: A. Krizhevsky, "The CIFAR-10 dataset", https://www.cs.toronto.edu/~kriz/cifar.html
// Errors: data.size, data.label, with the number of the record from 0.
#pragma once

#include "workloads/data/dataset.h"

namespace mantissa::data {

struct CifarLayout {
  std::int64_t labels = 1;  // bytes in front of the pixels; the last is the label
  std::int64_t classes = 10;
};
constexpr CifarLayout cifar10{1, 10}, cifar100{2, 100};

// Records from `bytes` to `bytes + size`, the contents of the file `path`.
Dataset read_cifar(const std::uint8_t* bytes, std::size_t size, const CifarLayout& layout,
                   const std::string& path);

}  // namespace mantissa::data
