// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/quantize/tensor_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/base/numerics/evaluate_fixture.h"
#include "tests/base/numerics/quantize/samples.h"

namespace mantissa::numerics {
namespace {

using trace::Attributes;

const VectorAxis small_axis{3, 20, 4};

std::vector<float> data() { return samples(Distribution::gaussian, small_axis.elements(), 7); }

template <class Format>
std::vector<float> read_back(const Format& format) {
  const auto x = data();
  std::vector<float> y(x.size());
  dequantize(quantize(x.data(), small_axis, format), y.data());
  return y;
}

std::vector<float> of_operator(const Attributes& attributes) {
  const Value x = floats({3, 20, 2, 2}, data());
  return OneOp(OpKind::fake_quantize, {&x}, attributes).run().front().floats();
}

std::string message(const Attributes& attributes) {
  try {
    tensor_format(attributes);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind().id(), std::string("quantize.format"));
    return error.message();
  }
  return "";
}

TEST(FakeQuantize, is_the_golden_quantiser_one_way_and_back) {
  IntegerQuantization integer;
  EXPECT_EQ(of_operator({}), read_back(integer));
  integer.bits = 4;
  integer.is_signed = false;
  integer.granularity = Granularity::tensor;
  integer.rounding = Rounding::down;
  EXPECT_EQ(of_operator({{"bits", std::int64_t{4}},
                         {"signed", false},
                         {"granularity", std::string("tensor")},
                         {"rounding", std::string("down")}}),
            read_back(integer));
  integer = {};
  integer.bits = 4;
  integer.granularity = Granularity::vector;
  integer.vector_length = 8;
  integer.scale_bits = 6;
  integer.order = ScaleOrder::scale_first;
  integer.coarse_per = Granularity::tensor;
  integer.scale_rounding = Rounding::up;
  EXPECT_EQ(of_operator({{"bits", std::int64_t{4}},
                         {"granularity", std::string("vector")},
                         {"vector_size", std::int64_t{8}},
                         {"scale_bits", std::int64_t{6}},
                         {"order", std::string("scale_first")},
                         {"coarse_per", std::string("tensor")},
                         {"scale_rounding", std::string("up")}}),
            read_back(integer));
}

TEST(FakeQuantize, has_every_block_format_with_its_own_rounding_or_another) {
  for (const BlockFormatInfo& info : block_formats())
    EXPECT_EQ(of_operator({{"scheme", std::string(info.name)}}), read_back(info.format))
        << info.name;
  BlockQuantization format = block_format("nvfp4");
  format.block = 4;
  format.rounding = Rounding::half_away;
  format.scale_rounding = Rounding::up;
  const auto changed = of_operator({{"scheme", std::string("nvfp4")},
                                    {"vector_size", std::int64_t{4}},
                                    {"rounding", std::string("half_away")},
                                    {"scale_rounding", std::string("up")}});
  EXPECT_EQ(changed, read_back(format));
  EXPECT_NE(changed, read_back(block_format("nvfp4")));
}

TEST(FakeQuantize, runs_its_vectors_along_any_axis) {
  EXPECT_EQ(axis_of({3, 20, 2, 2}, 1).outer, 3);
  EXPECT_EQ(axis_of({3, 20, 2, 2}, 1).inner, 4);
  const VectorAxis last = axis_of({3, 20, 2, 2}, 3);
  EXPECT_EQ(last.outer, 120);
  EXPECT_EQ(last.length, 2);
  EXPECT_EQ(last.inner, 1);
  const auto x = data();
  std::vector<float> y(x.size());
  dequantize(quantize(x.data(), last, IntegerQuantization{}), y.data());
  EXPECT_EQ(of_operator({{"axis", std::int64_t{-1}}}), y);
}

TEST(FakeQuantize, takes_coarse_scales_of_the_tensor_or_of_each_channel) {
  const Value x = floats({3, 20, 2, 2}, data());
  const Value one = floats({1}, {0.125f}), three = floats({3}, {0.5f, 0.25f, 0.125f});
  const Attributes per_tensor{{"granularity", std::string("tensor")}};
  IntegerQuantization format;
  std::vector<float> y(data().size());
  dequantize(quantize(data().data(), small_axis, format, {0.5f, 0.25f, 0.125f}), y.data());
  EXPECT_EQ(OneOp(OpKind::fake_quantize, {&x, &three}).run().front().floats(), y);
  format.granularity = Granularity::tensor;
  dequantize(quantize(data().data(), small_axis, format, {0.125f}), y.data());
  EXPECT_EQ(OneOp(OpKind::fake_quantize, {&x, &one}, per_tensor).run().front().floats(), y);
  EXPECT_THROW(OneOp(OpKind::fake_quantize, {&x, &three}, per_tensor).run(), Error);
  EXPECT_THROW(OneOp(OpKind::fake_quantize, {&x, &one}, {{"scheme", std::string("mxfp4")}}).run(),
               Error);
  const Value two = floats({2}, {1, 1});
  EXPECT_THROW(OneOp(OpKind::fake_quantize, {&x, &two}), Error);
}

TEST(FakeQuantize, gives_zeros_for_zeros_and_refuses_what_is_not_finite) {
  const Value zeros = floats({2, 16}, std::vector<float>(32, 0));
  for (const char* scheme : {"int", "mxfp4", "nvfp4", "bf16"})
    EXPECT_EQ(OneOp(OpKind::fake_quantize, {&zeros}, {{"scheme", std::string(scheme)}})
                  .run()
                  .front()
                  .floats(),
              std::vector<float>(32, 0))
        << scheme;
  std::vector<float> x(32, 1);
  x[17] = std::numeric_limits<float>::quiet_NaN();
  const Value bad = floats({2, 16}, x);
  try {
    OneOp(OpKind::fake_quantize, {&bad}, {{"scheme", std::string("nvfp4")}}).run();
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), testing::HasSubstr("element 17"));
  }
}

TEST(FakeQuantize, names_the_nearest_word_of_a_format_that_does_not_exist) {
  using testing::HasSubstr;
  EXPECT_THAT(message({{"scheme", std::string("nvfp5")}}), HasSubstr("did you mean 'nvfp4'?"));
  EXPECT_THAT(message({{"granularity", std::string("vectors")}}), HasSubstr("'vector'?"));
  EXPECT_THAT(message({{"order", std::string("scale-first")}}), HasSubstr("'scale_first'?"));
  EXPECT_THAT(message({{"rounding", std::string("half_evan")}}), HasSubstr("'half_even'?"));
  EXPECT_THAT(message({{"bits", std::int64_t{9}}}), HasSubstr("2 to 8"));
  EXPECT_THAT(message({{"bits", std::int64_t{1} << 40}}), HasSubstr("2 to 8"));
  const Attributes wide{{"granularity", std::string("vector")}, {"scale_bits", std::int64_t{16}}};
  EXPECT_THAT(message(wide), HasSubstr("1 to 15"));
  EXPECT_THAT(message({{"scheme", std::string("bf16")}, {"rounding", std::string("up")}}),
              HasSubstr("bf16"));
  EXPECT_EQ(message({{"scheme", std::string("mxint8")}}), "");
}

TEST(FakeQuantize, of_4_bits_with_4_bit_scales_stores_0_531_of_8_bits) {
  const TensorFormat four = tensor_format({{"bits", std::int64_t{4}},
                                           {"granularity", std::string("vector")},
                                           {"scale_bits", std::int64_t{4}}});
  const QuantizedBits narrow = storage(four.integer, {512, 4096, 1});
  const QuantizedBits wide = storage(IntegerQuantization{}, {512, 4096, 1});
  EXPECT_EQ(static_cast<double>(narrow.elements + narrow.scales) /
                static_cast<double>(wide.elements + wide.scales),
            0.53125);
}

}  // namespace
}  // namespace mantissa::numerics
