// SPDX-License-Identifier: Apache-2.0
// What can be wrong where tensors are quantised.
#pragma once

#include "base/error.h"

namespace mantissa::numerics {

inline const ErrorKind illegal_quantization{
    "quantize.format", ExitCode::bad_input,
    "A width, vector length, scale or calibration that quantisation does not have."};
inline const ErrorKind not_finite{"quantize.not-finite", ExitCode::bad_input,
                                  "A tensor to be quantised that holds a NaN or an infinity."};

}  // namespace mantissa::numerics
