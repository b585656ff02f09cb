// SPDX-License-Identifier: Apache-2.0
#include "base/trace/describe.h"

#include <gtest/gtest.h>

#include "tests/base/trace/sample_trace.h"

namespace mantissa::trace {
namespace {

TEST(Describe, aligns_one_row_per_op_and_totals) {
  TraceBuilder b("stem");
  const auto x = b.input("x", NumberFormat::fp32, {1, 3, 224, 224});
  const auto w = b.parameter("w", NumberFormat::fp32, {64, 3, 7, 7});
  const auto y = b.op(OpKind::conv2d, "conv1", {x, w}, {{"stride", 2}, {"padding", 3}});
  b.op(OpKind::reduce_sum, "s",
       {b.op(OpKind::batch_norm, "n\xc3\xb6",
             {y, no_tensor, no_tensor, b.parameter("m", NumberFormat::fp32, {64}),
              b.parameter("v", NumberFormat::fp32, {64})})});
  EXPECT_EQ(describe(b.finish()),
            "trace stem (rank 0)\n"
            "op     kind        inputs                                        outputs"
            "                    MACs  parameters       bytes\n"
            "conv1  conv2d      fp32[1x3x224x224] fp32[64x3x7x7]          ->  "
            "fp32[1x64x112x112]  118,013,952       9,408   3,851,008\n"
            "nö     batch_norm  fp32[1x64x112x112] - - fp32[64] fp32[64]  ->  "
            "fp32[1x64x112x112]            0         128   6,423,040\n"
            "s      reduce_sum  fp32[1x64x112x112]                        ->  "
            "fp32[]                        0           0   3,211,268\n"
            "3 ops                                                            "
            "                    118,013,952       9,536  13,485,316\n");
}

TEST(Describe, shows_every_op) {
  const Trace t = every_kind();
  const std::string text = describe(t);
  for (const Op& op : t.ops)
    EXPECT_NE(text.find("\n" + op.name + " "), std::string::npos) << op.name;
  EXPECT_NE(text.find("operands in sample.safetensors"), std::string::npos);
}

}  // namespace
}  // namespace mantissa::trace
