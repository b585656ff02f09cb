// SPDX-License-Identifier: Apache-2.0
// Every number format and pair of formats that inner-product units multiply, in whole cores:
// against the readable kernel and plain integer sums, with the bytes that such elements take.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "arch/mapper/errors.h"
#include "arch/units/ipu/ipu_unit.h"
#include "base/numerics/element.h"
#include "base/numerics/evaluate.h"
#include "base/numerics/inner_product/gemm.h"
#include "base/numerics/random_fill.h"
#include "base/numerics/value.h"
#include "tests/arch/fixtures.h"

namespace mantissa::arch {
namespace {

namespace ip = numerics::inner_product;
using numerics::Value;
using testing::cramped;
using testing::roomy;
using trace::NumberFormat;
using Codes = std::vector<std::uint32_t>;

struct Pair {
  NumberFormat a, b;
};

std::string text(const Pair& p) { return std::string(trace::name(p.a)) + " x " + trace::name(p.b); }

std::vector<Pair> pairs() {
  std::vector<Pair> out;
  for (const NumberFormat a : ipu_formats())
    for (const NumberFormat b : ipu_formats())
      if (matrix_model_multiplies("ipu", a, b)) out.push_back({a, b});
  return out;
}

ArchConfig with_every_format(ArchConfig config) {
  config.core.matrix.model = "ipu";
  config.core.matrix.units = 8;
  config.core.matrix.formats = ipu_formats();
  config.core.matrix.ipu = IpuConfig{};
  return config;
}

NumberFormat sums(const Pair& p) {
  return trace::is_integer(p.a) ? NumberFormat::int32 : NumberFormat::fp32;
}

std::vector<std::byte> contents(const trace::Trace&, const trace::Tensor& tensor) {
  return numerics::fill_random(tensor.format, tensor.shape, 5, tensor.name);
}

RunOptions data_mode() {
  RunOptions options;
  options.fidelity = Fidelity::data;
  options.operands = contents;
  return options;
}

Codes codes(NumberFormat format, const trace::Shape& shape, const std::string& name) {
  const auto bytes = numerics::fill_random(format, shape, 5, name);
  Codes out;
  for (std::int64_t i = 0; i < trace::elements(shape); ++i)
    out.push_back(
        static_cast<std::uint32_t>(numerics::load_bits(trace::bits(format), bytes.data(), i)));
  return out;
}

// a[m, k] times b[n, k], in the bits that leave the core.
std::vector<std::byte> golden(const ArchConfig& config, const Pair& pair, const Codes& a,
                              const Codes& b, std::int64_t m, std::int64_t n, std::int64_t k) {
  const ip::FormatPair formats = ipu_pair(pair.a, pair.b);
  std::vector<std::byte> out(static_cast<std::size_t>(m * n) * 4);
  if (ip::is_integer(formats)) {
    std::vector<std::int32_t> y(static_cast<std::size_t>(m * n));
    for (std::int64_t i = 0; i < m; ++i)
      for (std::int64_t j = 0; j < n; ++j)
        for (std::int64_t x = 0; x < k; ++x)
          y[static_cast<std::size_t>(i * n + j)] +=
              ip::decode(formats.a, a[static_cast<std::size_t>(i * k + x)]).significand *
              ip::decode(formats.b, b[static_cast<std::size_t>(j * k + x)]).significand;
    std::memcpy(out.data(), y.data(), out.size());
    return out;
  }
  std::vector<float> y(static_cast<std::size_t>(m * n));
  ip::GemmCounts counts;
  const auto& matrix = config.core.matrix;
  ip::golden::gemm(matrix.ipu->parameters(matrix.rows), formats, {a.data(), 4, k, 1, m, k},
                   {b.data(), 4, k, 1, n, k}, matrix.ipu->weight_depth, y.data(), n, false, counts);
  std::memcpy(out.data(), y.data(), out.size());
  return out;
}

Codes transposed(const Codes& x, std::int64_t rows, std::int64_t columns) {
  Codes out(x.size());
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j)
      out[static_cast<std::size_t>(j * rows + i)] = x[static_cast<std::size_t>(i * columns + j)];
  return out;
}

TEST(IpuFormats, of_a_core_are_all_those_of_the_unit_but_the_blocks_of_mxint8) {
  EXPECT_EQ(ipu_formats().size() + 1, static_cast<std::size_t>(ip::formats));
  EXPECT_EQ(pairs().size() + 1, ip::supported_pairs().size());
}

TEST(IpuFormats, leave_a_core_with_the_golden_bits_however_the_mapper_cuts_the_product) {
  constexpr std::int64_t m = 7, k = 150, n = 11;
  for (const Pair& pair : pairs()) {
    trace::TraceBuilder builder("product");
    const auto x = builder.input("x", pair.a, {m, k});
    const auto w = builder.parameter("w", pair.b, {k, n});
    builder.op(trace::OpKind::matmul, "y", {x, w}, {}, sums(pair));
    const auto trace = builder.finish();
    const Codes a = codes(pair.a, {m, k}, "x"), b = transposed(codes(pair.b, {k, n}, "w"), k, n);
    for (const std::int64_t tile_k : {0, 72}) {  // whole chains
      auto config = with_every_format(cramped(8, 4));
      config.mapper.tile_k = tile_k;
      const RunResult r = testing::run(config, trace, data_mode());
      ASSERT_EQ(r.outputs.size(), 1u);
      EXPECT_EQ(r.outputs[0].bytes, golden(config, pair, a, b, m, n, k))
          << text(pair) << ' ' << tile_k;
      // One bit of one weight shows.
      Codes other = b;
      other[7] ^= 1u << (trace::bits(pair.b) - 2);
      EXPECT_NE(r.outputs[0].bytes, golden(config, pair, a, other, m, n, k)) << text(pair);
    }
  }
}

TEST(IpuFormats, below_a_byte_are_read_from_odd_channels_and_odd_filters) {
  constexpr std::int64_t size = 5, channels = 3, filters = 7, kernel = 3, pixels = size * size;
  constexpr std::int64_t k = kernel * kernel * channels;
  for (const Pair& pair :
       {Pair{NumberFormat::int4, NumberFormat::int4}, Pair{NumberFormat::int8, NumberFormat::int4},
        Pair{NumberFormat::fp6_e3m2, NumberFormat::fp4_e2m1},
        Pair{NumberFormat::fp4_e2m1, NumberFormat::fp8_e4m3}}) {
    trace::TraceBuilder builder("convolution");
    const auto x = builder.input("x", pair.a, {2, channels, size, size});
    const auto w = builder.parameter("w", pair.b, {filters, channels, kernel, kernel});
    builder.op(trace::OpKind::conv2d, "y", {x, w}, {{"padding", trace::ints({1})}}, sums(pair));
    const auto config = with_every_format(cramped(8, 4));
    const RunResult r = testing::run(config, builder.finish(), data_mode());
    const Codes input = codes(pair.a, {2, channels, size, size}, "x");
    const Codes weight = codes(pair.b, {filters, channels, kernel, kernel}, "w");
    Codes a, b;
    for (std::int64_t pixel = 0; pixel < 2 * pixels; ++pixel)
      for (std::int64_t i = 0; i < k; ++i) {
        const std::int64_t within = pixel % pixels, c = i % channels;
        const std::int64_t row = within / size + i / channels / kernel - 1;
        const std::int64_t column = within % size + i / channels % kernel - 1;
        const bool inside = row >= 0 && row < size && column >= 0 && column < size;
        const std::int64_t at = ((pixel / pixels * channels + c) * size + row) * size + column;
        a.push_back(inside ? input[static_cast<std::size_t>(at)] : 0);
      }
    for (std::int64_t filter = 0; filter < filters; ++filter)
      for (std::int64_t i = 0; i < k; ++i)
        b.push_back(weight[static_cast<std::size_t>(
            (filter * channels + i % channels) * kernel * kernel + i / channels)]);
    const auto rows = golden(config, pair, a, b, 2 * pixels, filters, k);
    ASSERT_EQ(r.outputs.at(0).bytes.size(), rows.size());
    for (std::int64_t pixel = 0; pixel < 2 * pixels; ++pixel)
      for (std::int64_t filter = 0; filter < filters; ++filter) {
        const std::int64_t at = (pixel / pixels * filters + filter) * pixels + pixel % pixels;
        ASSERT_EQ(std::memcmp(&r.outputs[0].bytes[static_cast<std::size_t>(4 * at)],
                              &rows[static_cast<std::size_t>(4 * (pixel * filters + filter))], 4),
                  0)
            << text(pair) << ' ' << pixel << ' ' << filter;
      }
  }
}

TEST(IpuFormats, below_a_byte_may_be_stored_transposed) {
  constexpr std::int64_t m = 21, k = 33, n = 9;
  for (const bool resident : {false, true})
    for (const NumberFormat f : {NumberFormat::int4, NumberFormat::fp6_e2m3}) {
      trace::TraceBuilder builder("transposed");
      const auto x = builder.input("x", f, {2, k, m});
      const auto y = builder.input("y", f, {2, n, k});
      builder.op(trace::OpKind::matmul, "z", {x, y}, {{"transpose_a", true}, {"transpose_b", true}},
                 sums({f, f}));
      auto config = with_every_format(cramped(8, 4));
      if (resident) config.mapper.resident_fraction = 0;
      const RunResult r = testing::run(config, builder.finish(), data_mode());
      const Codes a = codes(f, {2, k, m}, "x"), b = codes(f, {2, n, k}, "y");
      std::vector<std::byte> expected;
      for (std::int64_t i = 0; i < 2; ++i) {
        const Codes left(a.begin() + i * k * m, a.begin() + (i + 1) * k * m);
        const Codes right(b.begin() + i * n * k, b.begin() + (i + 1) * n * k);
        const auto part = golden(config, {f, f}, transposed(left, k, m), right, m, n, k);
        expected.insert(expected.end(), part.begin(), part.end());
      }
      EXPECT_EQ(r.outputs.at(0).bytes, expected) << trace::name(f);
    }
}

// Results, views and second operands below a byte, between operators and out of the core.
TEST(IpuFormats, int4_goes_through_a_chain_of_layers_in_rows_of_whole_bytes) {
  for (const bool resident : {false, true}) {
    trace::TraceBuilder builder("chain");
    const auto x = builder.input("x", NumberFormat::int4, {1, 5, 4, 3});
    const auto narrow = [&](const char* name, trace::TensorId sum) {
      return builder.op(trace::OpKind::requantize, name, {sum}, {{"shift", trace::ints({4})}},
                        NumberFormat::int4);
    };
    const auto conv = [&](const char* name, trace::TensorId in, std::int64_t channels) {
      const auto w = builder.parameter(std::string(name) + ".w", NumberFormat::int4,
                                       {channels, builder.shape(in)[1], 1, 1});
      return builder.op(trace::OpKind::conv2d, name, {in, w}, {}, NumberFormat::int32);
    };
    const auto first = narrow("first.q", conv("first", x, 7));
    const auto second = narrow("second.q", conv("second", first, 7));
    const auto sum = builder.op(trace::OpKind::add, "sum", {conv("third", second, 7), first}, {},
                                NumberFormat::int32);
    const auto flat = builder.op(trace::OpKind::reshape, "flat", {narrow("sum.q", sum)},
                                 {{"shape", trace::ints({1, 84})}}, NumberFormat::int4);
    const auto odd = builder.op(trace::OpKind::reshape, "odd", {flat},
                                {{"shape", trace::ints({12, 7})}}, NumberFormat::int4);
    const auto w = builder.parameter("w", NumberFormat::int4, {7, 5});
    narrow("y", builder.op(trace::OpKind::matmul, "last", {odd, w}, {}, NumberFormat::int32));
    const auto trace = builder.finish();

    std::vector<Value> values(trace.tensors.size());
    for (std::size_t t = 0; t < values.size(); ++t) {
      values[t] = Value(trace.tensors[t].format, trace.tensors[t].shape);
      if (trace.tensors[t].role != trace::Role::activation)
        values[t].data = contents(trace, trace.tensors[t]);
    }
    numerics::evaluate_all(trace, values, {});
    auto config = with_every_format(cramped(8, 4));
    config.mapper.resident_fraction = resident ? 0.5 : 0;
    const RunResult r = testing::run(config, trace, data_mode());
    ASSERT_EQ(r.outputs.size(), 1u);
    EXPECT_EQ(r.outputs[0].bytes, values[trace.ops.back().outputs[0]].data) << resident;
    EXPECT_NE(r.outputs[0].bytes, std::vector<std::byte>(r.outputs[0].bytes.size()));
  }
}

TEST(IpuFormats, move_as_many_bits_as_they_have) {
  constexpr std::int64_t m = 64, k = 144, n = 32;
  for (const Pair& pair : pairs()) {
    trace::TraceBuilder builder("product");
    const auto x = builder.input("x", pair.a, {m, k});
    const auto w = builder.parameter("w", pair.b, {k, n});
    builder.op(trace::OpKind::matmul, "y", {x, w}, {}, sums(pair));
    const RunResult r = testing::run(with_every_format(roomy(8, 4)), builder.finish());
    EXPECT_EQ(r.layers.at(0).dram_read_bytes,
              (m * k * trace::bits(pair.a) + k * n * trace::bits(pair.b)) / 8)
        << text(pair);
  }
}

TEST(IpuFormats, of_one_digit_take_one_iteration_and_what_their_exponents_cost) {
  const auto busy = [](NumberFormat f, std::int64_t window, std::int64_t share = 1) {
    auto config = with_every_format(roomy(16, 16));
    config.core.matrix.ipu->window = window;
    config.core.matrix.ipu->ehu_share = share;
    const MatrixTile tile{4000, 144, 16, true, true, 1, f};
    const auto t = make_matrix_model(config.core)->append(tile, Cycles(0));
    return static_cast<double>(t.busy.value) / (500 * 9);  // cycles per step, two tiles
  };
  EXPECT_EQ(busy(NumberFormat::int4, 16), 1);
  EXPECT_EQ(busy(NumberFormat::fp4_e2m1, 10, 4), 1);          // one exponent for all
  EXPECT_NEAR(busy(NumberFormat::fp8_e4m3, 38, 4), 4, 0.01);  // four units, one by one
  EXPECT_EQ(busy(NumberFormat::int8, 16), 4);
  EXPECT_EQ(busy(NumberFormat::fp8_e4m3, 38), 1);  // a window for its whole span
  EXPECT_GT(busy(NumberFormat::fp8_e4m3, 16), 1.5);
  EXPECT_GT(busy(NumberFormat::fp8_e4m3, 12), busy(NumberFormat::fp8_e4m3, 16));
  EXPECT_GE(busy(NumberFormat::fp8_e5m2, 16), busy(NumberFormat::fp6_e2m3, 16));
  EXPECT_GT(busy(NumberFormat::tf32, 16), 9);
}

TEST(IpuFormats, that_do_not_go_together_are_refused_with_those_that_do) {
  trace::TraceBuilder builder("product");
  const auto x = builder.input("x", NumberFormat::int4, {4, 8});
  const auto w = builder.parameter("w", NumberFormat::int8, {8, 4});
  builder.op(trace::OpKind::matmul, "y", {x, w}, {}, NumberFormat::int32);
  const auto trace = builder.finish();
  auto config = with_every_format(roomy(8, 4));
  config.core.matrix.formats = {NumberFormat::int8, NumberFormat::int4};
  try {
    testing::run(config, trace, data_mode());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(&error.kind(), &unsupported_format);
    EXPECT_THAT(error.message(), ::testing::HasSubstr("int4 x int8"));
    EXPECT_THAT(error.message(), ::testing::HasSubstr("int8 x int8, int8 x int4, int4 x int4"));
  }
  // Shapes may run as the first of the core's formats.
  const RunResult r = testing::run(config, trace);
  EXPECT_EQ(r.layers.at(0).dram_read_bytes, 4u * 8 + 8 * 4);
  EXPECT_THAT(r.warnings, ::testing::Contains(::testing::HasSubstr("mapper.retype")));
}

TEST(IpuFormats, of_groups_that_share_bytes_have_shapes_but_no_values) {
  const auto grouped = [](std::int64_t channels) {
    trace::TraceBuilder builder("groups");
    const auto x = builder.input("x", NumberFormat::int4, {1, 2 * channels, 4, 4});
    const auto w = builder.parameter("w", NumberFormat::int4, {8, channels, 1, 1});
    builder.op(trace::OpKind::conv2d, "y", {x, w}, {{"groups", std::int64_t{2}}},
               NumberFormat::int32);
    return builder.finish();
  };
  const auto config = with_every_format(cramped(8, 4));
  EXPECT_THROW(testing::run(config, grouped(3), data_mode()), Error);
  EXPECT_GT(testing::run(config, grouped(3)).cycles.value, 0u);
  EXPECT_FALSE(testing::run(config, grouped(4), data_mode()).outputs.empty());
}

}  // namespace
}  // namespace mantissa::arch
