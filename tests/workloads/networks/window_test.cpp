// SPDX-License-Identifier: Apache-2.0
// Kernels, strides and paddings of both directions, and poolings that round up.
#include <gtest/gtest.h>

#include "base/config/schema.h"
#include "tests/workloads/networks/network_text.h"
#include "workloads/networks/height_width.h"

namespace mantissa::workloads {
namespace {

trace::Shape shape_of(const std::string& layer, const trace::Shape& input = {2, 9, 12}) {
  const trace::Trace t =
      built("input: {shape: [" + std::to_string(input[0]) + ", " + std::to_string(input[1]) + ", " +
                std::to_string(input[2]) + "]}\nlayers: [{" + layer + "}]\n",
            trace::NumberFormat::fp32);
  return t.tensor(t.ops.back().outputs.front()).shape;
}

TEST(Windows, of_convolutions_may_differ_in_height_and_width) {
  EXPECT_EQ(shape_of("conv: {channels: 5, kernel: [1, 7], padding: [0, 3]}"),
            (trace::Shape{1, 5, 9, 12}));
  EXPECT_EQ(shape_of("conv: {channels: 5, kernel: [7, 1], padding: [0, 3]}"),
            (trace::Shape{1, 5, 3, 18}));
  EXPECT_EQ(shape_of("conv: {channels: 5, kernel: 3, stride: [2, 3]}"), (trace::Shape{1, 5, 4, 4}));
  EXPECT_EQ(shape_of("conv: {channels: 5, kernel: [3, 3]}"),
            shape_of("conv: {channels: 5, kernel: 3}"));
}

TEST(Windows, of_poolings_may_differ_and_step_by_their_size) {
  EXPECT_EQ(shape_of("max_pool: {kernel: [3, 4]}"), (trace::Shape{1, 2, 3, 3}));
  EXPECT_EQ(shape_of("avg_pool: {kernel: [3, 1], stride: 1, padding: [1, 0]}"),
            (trace::Shape{1, 2, 9, 12}));
  EXPECT_EQ(shape_of("max_pool: {kernel: 3, stride: [0, 2]}"), (trace::Shape{1, 2, 3, 5}));
}

TEST(Windows, of_poolings_round_up_in_ceil_mode) {
  for (const char* pool : {"max_pool", "avg_pool"}) {
    const std::string layer = std::string(pool) + ": {kernel: 3, stride: 2";
    EXPECT_EQ(shape_of(layer + "}"), (trace::Shape{1, 2, 4, 5}));
    EXPECT_EQ(shape_of(layer + ", ceil_mode: false}"), (trace::Shape{1, 2, 4, 5}));
    EXPECT_EQ(shape_of(layer + ", ceil_mode: true}"), (trace::Shape{1, 2, 4, 6}));
  }
}

TEST(Windows, are_written_as_they_are_read) {
  using Codec = config::Codec<HeightWidth>;
  EXPECT_EQ(Codec::write({3, 3}).text(), "3");
  EXPECT_EQ(Codec::parse(Codec::write({1, 7}), "kernel", {}), (HeightWidth{1, 7}));
}

TEST(Windows, a_batch_norm_takes_the_eps_of_its_layer) {
  const auto eps = [](const std::string& text) {
    const trace::Trace t = built(
        "input: {shape: [2, 4, 4]}\nlayers: [{conv: {channels: 2, kernel: "
        "1, batch_norm: true" +
        text + "}}]\n");
    return t.ops[1].real("eps", 0);
  };
  EXPECT_EQ(eps(", eps: 0.001"), 0.001);
  EXPECT_EQ(eps(""), 0);  // the vocabulary's
}

}  // namespace
}  // namespace mantissa::workloads
