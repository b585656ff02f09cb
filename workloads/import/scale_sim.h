// SPDX-License-Identifier: Apache-2.0
// Topologies of SCALE-Sim: one convolution or matrix product per line of a CSV.
//
//   Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter,
//   Strides, Layer, M, N, K,
//
// The first line is a header and tells the two kinds apart. Lines may end with a comma or without,
// with a line feed or a carriage return before it; blank lines count for nothing. A last column
// "N:M" is a sparsity; only dense layers (N = M) are taken. As that tool counts, there is no
// padding and an output has floor((H - R) / S) + 1 rows. Every layer becomes one operator on
// operands of its own, after the layer above it; its result stays in the accumulator's format. A
// name that stands twice gets the number of its line: "conv1#7".
#pragma once

#include <string>

#include "base/config/schema.h"
#include "base/error.h"
#include "base/trace/graph.h"

namespace mantissa::workloads {

inline const ErrorKind csv_empty{"scalesim.empty", ExitCode::bad_input,
                                 "A topology without a header or without a layer."};
inline const ErrorKind csv_header{
    "scalesim.header", ExitCode::bad_input,
    "A topology whose first line heads neither convolutions nor matrix products."};
inline const ErrorKind csv_columns{"scalesim.columns", ExitCode::bad_input,
                                   "A layer with too few or too many columns."};
inline const ErrorKind csv_number{"scalesim.number", ExitCode::bad_input,
                                  "A field of a layer that is no whole number from 1 to 2^31-1."};
inline const ErrorKind csv_shape{"scalesim.shape", ExitCode::bad_input,
                                 "A layer whose filter is larger than its input."};
inline const ErrorKind csv_sparse{"scalesim.sparse", ExitCode::bad_input,
                                  "A sparse layer, or a sparsity that is not N:M."};
inline const ErrorKind csv_name{"scalesim.name", ExitCode::bad_input, "A layer without a name."};

// What can be set of a topology: `--set workload.format=bf16`.
struct ScaleSimConfig {
  std::string format = "native";
  std::int64_t seed = 1;
  static const config::Schema<ScaleSimConfig>& schema();
};

// `text` is the file's contents, `path` its name in messages.
trace::Trace read_scale_sim(const std::string& text, const std::string& path,
                            trace::NumberFormat operands);

}  // namespace mantissa::workloads
