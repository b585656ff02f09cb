// SPDX-License-Identifier: Apache-2.0
// Between libtorch's tensors and ours: number formats and contents.
//
// libtorch has an element type for boolean, int8, uint8, int16, int32, int64, fp16, bf16, fp32 and
// fp64. Codes of narrower formats travel as int8 or uint8, one per element.
//
//   numerics::Value x = value_of(torch::randn({2, 3}));      // fp32, row-major, copied
//   at::Tensor y = tensor_of(x);
#pragma once

#include <optional>

#include "base/error.h"
#include "base/numerics/value.h"
#include "base/trace/number_format.h"
#include "workloads/executor/torch.h"

namespace mantissa::workloads {

inline const ErrorKind unsupported_element{
    "executor.element-type", ExitCode::bad_input,
    "A tensor of a program has an element type that traces do not have (complex, quantised)."};

trace::NumberFormat format_of(at::ScalarType type);  // throws Error(unsupported_element)
// For sizes alone: complex and quantised elements count as formats of as many bytes.
trace::NumberFormat format_of_size(at::ScalarType type);
std::optional<at::ScalarType> scalar_type(trace::NumberFormat format);
trace::Shape shape_of(const at::Tensor& tensor);

// A copy of the contents in row-major order, in the element type's format.
numerics::Value value_of(const at::Tensor& tensor);
// A copy; formats without an element type become int8, uint8 (integers) or fp32 (floats).
at::Tensor tensor_of(const numerics::Value& value);

}  // namespace mantissa::workloads
