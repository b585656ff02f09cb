// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/ipu/alignments.h"

#include <gtest/gtest.h>

#include "base/numerics/fp16.h"
#include "base/numerics/inner_product/inner_product.h"
#include "base/numerics/random_fill.h"

namespace mantissa::workloads::ipu {
namespace {

namespace ip = numerics::inner_product;

std::uint32_t half(float x) { return numerics::to_fp16(x).bits; }

// All finite codes alike, so that exponents are far apart; every eighth operand is a zero.
Operations far_apart(int lanes, std::size_t count) {
  const numerics::RandomStream draw(3, "far apart");
  Operations x{"far apart", lanes, {}, {}};
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < count * static_cast<std::size_t>(lanes); ++i)
    for (auto* codes : {&x.a, &x.b}) {
      const std::uint64_t bits = draw.bits(number++);
      const auto exponent = static_cast<std::uint32_t>(bits >> 16 & 0x1F) % 31;
      codes->push_back(bits >> 60 == 0 || bits >> 60 == 1
                           ? 0
                           : exponent << 10 | static_cast<std::uint32_t>(bits & 0x83FF));
    }
  return x;
}

TEST(IpuAlignments, give_the_cycles_of_the_golden_arithmetic_operation_by_operation) {
  for (const int lanes : {1, 4, 16}) {
    const Operations x = far_apart(lanes, 300);
    const Alignments alignments(x);
    ASSERT_EQ(alignments.operations(), 300u);
    for (const int w : {10, 12, 16, 28, 38})
      for (const int precision : {0, 16, 28, 58}) {
        ip::IpuParameters p;
        p.lanes = lanes;
        p.window = w;
        p.software_precision = precision;
        const auto parts = partitions(p, alignments);
        for (std::size_t i = 0; i < x.count(); ++i) {
          ip::Accumulator sum;
          const int cycles = ip::golden::accumulate(p, fp16_pair, x.a_of(i), x.b_of(i), sum);
          ASSERT_EQ(parts[i] == 0 ? 1 : 9 * parts[i], cycles)
              << "n " << lanes << " w " << w << " precision " << precision << " operation " << i;
        }
      }
  }
}

TEST(IpuAlignments, of_the_walk_through_are_0_8_7_2_and_take_two_cycles_at_14_bits) {
  const Operations x{
      "", 4, {half(32), half(2), half(4), half(16)}, {half(32), half(2), half(2), half(16)}};
  const Alignments alignments(x);
  const auto histogram = alignments.histogram();
  ASSERT_EQ(histogram.size(), 59u);
  for (std::size_t bits = 0; bits < histogram.size(); ++bits)
    EXPECT_EQ(histogram[bits], bits == 0 || bits == 2 || bits == 7 || bits == 8 ? 1u : 0u) << bits;
  ip::IpuParameters p;
  p.lanes = 4;
  for (const auto& [w, cycles] : {std::pair(14, 2), {13, 3}, {17, 2}, {18, 1}}) {
    p.window = w;
    EXPECT_EQ(partitions(p, alignments).front(), cycles) << w;
  }
  EXPECT_EQ(alignments.farthest(0, 8), 8);
  EXPECT_EQ(alignments.farthest(0, 7), 7);  // the lane at 8 is dropped
  EXPECT_EQ(alignments.farthest(0, 6), 2);
}

TEST(IpuAlignments, leave_zeros_infinities_and_nans_out_and_reach_58_bits) {
  const Operations x{"",
                     2,
                     {half(32768), 0x0001, 0, 0x8000, 0x7C00, half(1)},
                     {half(32768), 0x0001, half(1), half(1), half(1), 0x7E00}};
  const Alignments alignments(x);
  EXPECT_EQ(alignments.farthest(0, 58), 58);
  EXPECT_EQ(alignments.farthest(0, 57), 0);
  EXPECT_EQ(alignments.farthest(1, 58), -1);
  EXPECT_EQ(alignments.farthest(2, 58), -1);
  EXPECT_EQ(partitions({}, alignments), (std::vector<std::uint16_t>{1, 0, 0}));
  const auto histogram = alignments.histogram();
  EXPECT_EQ(histogram[0], 1u);
  EXPECT_EQ(histogram[58], 1u);
  EXPECT_EQ(share_beyond(histogram, 57), 0.5);
  EXPECT_EQ(share_beyond(histogram, 58), 0);
  EXPECT_EQ(share_beyond({}, 8), 0);
}

TEST(IpuOperations, depend_on_law_seed_and_number_alone) {
  const Operations few = draw_operations(OperandLaw::normal, 8, 10, 1);
  const Operations many = draw_operations(OperandLaw::normal, 8, 20, 1);
  EXPECT_TRUE(std::equal(few.a.begin(), few.a.end(), many.a.begin()));
  EXPECT_NE(few.a, few.b);
  EXPECT_NE(few.a, draw_operations(OperandLaw::normal, 8, 10, 2).a);
  EXPECT_NE(few.a, draw_operations(OperandLaw::laplace, 8, 10, 1).a);
}

// Means of |x|: normal sqrt(2/pi), uniform 1/2, Laplace 1.
TEST(IpuOperations, have_the_distribution_of_their_name) {
  const auto mean = [](OperandLaw law) {
    const Operations x = draw_operations(law, 16, 4000, 1);
    double sum = 0, plain = 0;
    for (const std::uint32_t code : x.a) {
      const double v = to_float(numerics::Fp16{static_cast<std::uint16_t>(code)});
      sum += std::abs(v);
      plain += v;
    }
    EXPECT_NEAR(plain / static_cast<double>(x.a.size()), 0, 0.03);
    return sum / static_cast<double>(x.a.size());
  };
  EXPECT_NEAR(mean(OperandLaw::normal), 0.7979, 0.01);
  EXPECT_NEAR(mean(OperandLaw::uniform), 0.5, 0.006);
  EXPECT_NEAR(mean(OperandLaw::laplace), 1, 0.02);
  const Operations relu = draw_operations(OperandLaw::relu, 16, 4000, 1);
  std::size_t zeros = 0, negative = 0;
  for (const std::uint32_t code : relu.b) {
    zeros += code == 0 ? 1 : 0;
    negative += code >= 0x8000 ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(zeros) / static_cast<double>(relu.b.size()), 0.5, 0.01);
  EXPECT_EQ(negative, 0u);
}

}  // namespace
}  // namespace mantissa::workloads::ipu
