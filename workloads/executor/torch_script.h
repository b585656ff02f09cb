// SPDX-License-Identifier: Apache-2.0
// Models in TorchScript as workloads: one inference is run in libtorch and recorded.
//
//   mantissa run systolic_32x32 model.pt --set workload.input=[1,3,224,224]
//
// The model is put into evaluation mode and called with one tensor of that shape and of the element
// type `format` (fp32; int64 or int32 for indices). Its parameters and buffers keep their contents
// and names; the input is drawn from the seed like any other. Control flow takes the way that this
// input makes it take: floats between -1 and 1, indices 0.
//
// Operators without a row in the vocabulary become generic nodes, named in the warnings.
// Errors: executor.torch-script, executor.model, executor.model-input; base/config's for the keys.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/config/schema.h"
#include "base/error.h"

namespace mantissa::workloads {

inline const ErrorKind not_torch_script{
    "executor.torch-script", ExitCode::bad_input,
    "A file that libtorch cannot read as TorchScript: damaged, of a newer libtorch, or something "
    "else (a state dictionary is no model)."};
inline const ErrorKind model_failed{
    "executor.model", ExitCode::bad_input,
    "A TorchScript model that fails with the input it was given, such as one of another shape."};
inline const ErrorKind model_input{
    "executor.model-input", ExitCode::bad_input,
    "A TorchScript model that takes other arguments than one tensor, or a format that libtorch "
    "does not have."};

struct TorchScriptConfig {
  std::vector<std::int64_t> input;
  std::string format = "fp32";
  std::int64_t seed = 1;
  static const config::Schema<TorchScriptConfig>& schema();
};

}  // namespace mantissa::workloads
