// SPDX-License-Identifier: Apache-2.0
// Inner-product units alone, and in a whole core.
#include "arch/units/ipu/ipu_unit.h"

#include <gtest/gtest.h>

#include <cstring>

#include "arch/units/ipu/operand_law.h"
#include "base/numerics/bf16.h"
#include "base/numerics/fp16.h"
#include "base/numerics/inner_product/gemm.h"
#include "base/numerics/random_fill.h"
#include "tests/arch/fixtures.h"

namespace mantissa::arch {
namespace {

namespace ip = numerics::inner_product;
using testing::cramped;
using testing::gemm;
using testing::roomy;
using trace::NumberFormat;

// Tiles of 4 pixels, `columns` channels, `lanes` lanes.
ArchConfig with_ipu(ArchConfig config, std::int64_t tiles = 2) {
  config.core.matrix.model = "ipu";
  config.core.matrix.units = 4 * tiles;
  config.core.matrix.formats = {NumberFormat::fp16, NumberFormat::bf16, NumberFormat::int8};
  config.core.matrix.ipu = IpuConfig{};
  return config;
}

const std::uint64_t levels_of_8 = 3;

TEST(IpuUnit, in_integers_takes_its_closed_form_on_a_grid_of_odd_shapes) {
  for (const std::int64_t tiles : {1, 2, 4})
    for (const std::int64_t depth : {1, 9})
      for (const std::uint64_t m : {1ull, 4ull, 9ull, 100ull})
        for (const std::uint64_t k : {1ull, 8ull, 9ull, 100ull})
          for (const std::uint64_t n : {1ull, 4ull, 5ull, 17ull}) {
            auto config = with_ipu(roomy(8, 4), tiles);
            config.core.matrix.ipu->weight_depth = depth;
            const auto t = make_matrix_model(config.core)
                               ->append({m, k, n, true, true, 1, NumberFormat::int8}, Cycles(0));
            const auto u_tiles = static_cast<std::uint64_t>(tiles);
            const auto u_depth = static_cast<std::uint64_t>(depth);
            const std::uint64_t blocks = ceil_div(n, 4), side = std::min(u_tiles, blocks);
            const std::uint64_t groups = ceil_div(ceil_div(m, u_tiles / side), 4);
            const std::uint64_t rounds = ceil_div(blocks, side), folds = ceil_div(k, 8 * u_depth);
            // Four iterations per operation; loads hide behind a fold's stream or do not.
            std::uint64_t expected = 1, last = 0;  // one cycle loads everything
            for (std::uint64_t fold = 0; fold < rounds * folds; ++fold) {
              const std::uint64_t here = std::min(k - fold % folds * 8 * u_depth, 8 * u_depth);
              last = groups * ceil_div(here, 8) * 4;
              expected += last;
            }
            EXPECT_EQ(t.stream_end.value, expected);
            EXPECT_EQ(t.end.value, expected + levels_of_8 + 1);
            EXPECT_EQ(t.folds, rounds * folds);
            EXPECT_EQ(t.busy + t.weight_load + t.operand + t.drain, t.stream_end);
            EXPECT_LE(t.first_result, t.end);
            EXPECT_GT(t.first_result, t.end - Cycles(last + 1));
          }
}

TEST(IpuUnit, spreads_rows_over_no_more_tiles_than_have_some) {
  // Rows on four tiles of four pixels: five are two for each of three.
  const auto model = make_matrix_model(with_ipu(roomy(8, 4), 4).core);
  const auto tiles = [&](std::uint64_t m) {
    const MatrixTile tile{m, 8, 4, true, true, 1, NumberFormat::int8};
    return model->append(tile, model->free_at()).array_folds / 4;
  };
  EXPECT_EQ(tiles(1), 1u);
  EXPECT_EQ(tiles(4), 4u);
  EXPECT_EQ(tiles(5), 3u);
  EXPECT_EQ(tiles(7), 4u);
}

TEST(IpuUnit, waits_for_weights_and_operands_that_the_scratchpad_delivers_slowly) {
  auto config = with_ipu(roomy(8, 4), 1);
  config.core.scratchpad.banks = 1;
  config.core.scratchpad.bank_width = Bytes(4);
  const auto model = make_matrix_model(config.core);
  const auto t = model->append({4, 8, 4, true, true, 1, NumberFormat::int8}, Cycles(0));
  EXPECT_EQ(t.weight_load.value, 8 * 9 * 4 / 4u);  // the whole of its weights
  EXPECT_EQ(t.busy.value, 8u);                     // four pixels of 8 bytes, 4 bytes per cycle
}

TEST(IpuUnit, of_aligned_operands_takes_9_cycles_per_operation_in_fp16_and_4_in_bf16) {
  auto config = with_ipu(roomy(8, 4), 1);
  config.core.matrix.ipu->operands = OperandLaw::aligned;
  for (const auto& [format, iterations] :
       {std::pair{NumberFormat::fp16, 9}, {NumberFormat::bf16, 4}}) {
    const auto model = make_matrix_model(config.core);
    const auto t = model->append({40, 72, 4, true, true, 2, format}, Cycles(0));
    EXPECT_EQ(t.busy.value, 10u * 9 * static_cast<std::uint64_t>(iterations));
    const auto activity = model->activity();
    EXPECT_EQ(activity.at("operations"), 40u * 9 * 4);
    EXPECT_EQ(activity.at("operation_cycles"), activity.at("iterations"));
  }
}

TEST(IpuUnit, in_shape_mode_follows_the_law_its_window_and_its_clusters) {
  const auto busy = [](auto change) {
    auto config = with_ipu(roomy(16, 16), 1);
    change(*config.core.matrix.ipu);
    const auto t = make_matrix_model(config.core)
                       ->append({4000, 144, 16, true, true, 2, NumberFormat::fp16}, Cycles(0));
    return static_cast<double>(t.busy.value) / (1000 * 9 * 9);  // cycles per iteration
  };
  const double tile = busy([](IpuConfig&) {});
  // Below 2.78, the slowest of 64 independent units: those of a tile share operands.
  EXPECT_GT(tile, 2.3);
  EXPECT_LT(tile, 2.78);
  const double alone = busy([](IpuConfig& c) { c.cluster = 1; });
  EXPECT_GT(alone, 1.76);
  EXPECT_LT(alone, 2.1);
  EXPECT_NEAR(busy([](IpuConfig& c) { c.window = 38; }), 1, 1e-9);
  EXPECT_GT(busy([](IpuConfig& c) { c.window = 12; }), 4);
  EXPECT_LT(busy([](IpuConfig& c) { c.operands = OperandLaw::relu; }), tile);
  EXPECT_NEAR(busy([](IpuConfig& c) { c.alignment = ip::Alignment::single_cycle; }), 1, 1e-9);
  // One exponent handling unit for 32: an operation every 32 cycles, more than three partitions.
  EXPECT_GE(busy([](IpuConfig& c) { c.ehu_share = 32; }), 32.0 / 9 * 0.999);
}

TEST(IpuUnit, law_cycles_of_single_units_have_the_measured_mean) {
  IpuConfig config;
  const LawCycles law = law_cycles(config, 16, 16, NumberFormat::fp16, 1);
  EXPECT_NEAR(static_cast<double>(law.demanded) / static_cast<double>(law.operations) / 9, 1.76,
              0.04);
  EXPECT_GT(law.cycles * 64, law.demanded);
}

// Data mode: everything from the readable kernel, operation by operation.
struct Expected {
  std::vector<float> sums;
  std::uint64_t stream = 0;
};

Expected golden_run(const MatrixConfig& config, const MatrixTile& tile,
                    const std::vector<std::uint16_t>& a, const std::vector<std::uint16_t>& b,
                    std::uint64_t interval) {
  const IpuConfig& c = *config.ipu;
  const ip::IpuParameters p = c.parameters(config.rows);
  const ip::FormatPair pair = ipu_pair(tile.format, tile.format);
  const auto m = static_cast<std::int64_t>(tile.m), n = static_cast<std::int64_t>(tile.n),
             k = static_cast<std::int64_t>(tile.k);
  Expected out;
  out.sums.resize(tile.m * tile.n);
  ip::GemmCounts counts;
  ip::golden::gemm(p, pair, {a.data(), 2, k, 1, m, k}, {b.data(), 2, 1, n, n, k}, c.weight_depth,
                   out.sums.data(), n, false, counts);
  // Folds one after the other; in each, tile beside tile.
  const std::int64_t blocks = (k + config.rows - 1) / config.rows;
  const std::int64_t tiles = config.units / c.pixels;
  const std::int64_t column_blocks = (n + config.columns - 1) / config.columns;
  const std::int64_t side = std::min(tiles, column_blocks), parts = tiles / side;
  const std::int64_t share = (m + parts - 1) / parts;
  const auto units = static_cast<std::uint64_t>(config.columns * c.pixels);
  for (std::int64_t round = 0; round < column_blocks; round += side)
    for (std::int64_t from = 0; from < blocks; from += c.weight_depth) {
      std::uint64_t slowest = 0;
      for (std::int64_t t = round; t < std::min(round + side, column_blocks); ++t)
        for (std::int64_t part = 0; part < parts; ++part) {
          Clusters clusters(units, c.cluster == 0 ? units : static_cast<std::uint64_t>(c.cluster),
                            static_cast<std::uint64_t>(c.buffer), interval);
          for (std::int64_t row = part * share; row < std::min(m, (part + 1) * share);
               row += c.pixels)
            for (std::int64_t block = from; block < std::min(blocks, from + c.weight_depth);
                 ++block) {
              std::vector<std::uint32_t> cycles(units);
              for (std::int64_t x = 0; x < c.pixels; ++x)
                for (std::int64_t y = 0; y < config.columns; ++y) {
                  const std::int64_t i = row + x, j = t * config.columns + y;
                  if (i >= std::min(m, (part + 1) * share) || j >= n) continue;
                  std::vector<std::uint32_t> left(static_cast<std::size_t>(config.rows)),
                      right(left);
                  for (std::int64_t l = 0; l < config.rows; ++l) {
                    const std::int64_t at = block * config.rows + l;
                    if (at >= k) continue;
                    left[static_cast<std::size_t>(l)] = a[static_cast<std::size_t>(i * k + at)];
                    right[static_cast<std::size_t>(l)] = b[static_cast<std::size_t>(at * n + j)];
                  }
                  ip::Accumulator acc;
                  cycles[static_cast<std::size_t>(x * config.columns + y)] =
                      static_cast<std::uint32_t>(
                          ip::golden::accumulate(p, pair, left.data(), right.data(), acc));
                }
              clusters.step(cycles.data());
            }
          slowest = std::max(slowest, clusters.end());
        }
      out.stream += slowest;
    }
  return out;
}

std::vector<std::uint16_t> operands(const char* name, std::uint64_t count, NumberFormat format) {
  const numerics::RandomStream stream(3, name);
  std::vector<std::uint16_t> out(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    // Magnitudes over eleven octaves, an eighth of them zeros.
    float x = stream.real(2 * i);
    for (auto octave = stream.integer(2 * i + 1, 0, 11); octave > 0; --octave) x *= 0.5f;
    if (stream.integer(2 * i + 1, 0, 7) == 0) x = 0;
    out[i] = format == NumberFormat::fp16 ? numerics::to_fp16(x).bits : numerics::to_bf16(x).bits;
  }
  return out;
}

TEST(IpuUnit, in_data_mode_has_the_bits_of_the_readable_kernel_and_the_cycles_of_its_exponents) {
  for (const NumberFormat format : {NumberFormat::fp16, NumberFormat::bf16})
    for (const std::int64_t tiles : {1, 2, 4})
      for (const std::int64_t cluster : {0, 1, 4})
        for (const auto& [m, k, n] : {std::tuple{9ull, 50ull, 5ull}, {4, 8, 4}, {13, 70, 11}}) {
          auto config = with_ipu(roomy(8, 4), tiles);
          config.core.matrix.ipu->cluster = cluster;
          config.core.matrix.ipu->weight_depth = 2;
          config.core.matrix.ipu->window = 14;
          const auto a = operands("a", m * k, format), b = operands("b", k * n, format);
          const MatrixTile tile{m, k, n, true, true, 2, format};
          const auto model = make_matrix_model(config.core);
          std::vector<float> sums(m * n);
          const auto lda = static_cast<std::int64_t>(k), ldb = static_cast<std::int64_t>(n);
          // In two blocks of rows, as a core gathers them.
          for (const auto& [first, count] :
               {std::pair{std::uint64_t{0}, m / 2}, {m / 2, m - m / 2}})
            ASSERT_TRUE(model->arithmetic()->multiply(
                {tile, first, count, reinterpret_cast<const std::byte*>(a.data() + first * k),
                 reinterpret_cast<const std::byte*>(b.data()), lda, ldb},
                sums.data() + first * n, ldb, false));
          const auto t = model->append(tile, Cycles(0));
          const Expected expected = golden_run(config.core.matrix, tile, a, b, 4);
          EXPECT_EQ(std::memcmp(sums.data(), expected.sums.data(), sums.size() * 4), 0);
          EXPECT_EQ(t.busy.value, expected.stream) << tiles << ' ' << cluster << ' ' << m;
        }
}

TEST(IpuUnit, in_a_core_has_the_golden_bits_however_the_mapper_cuts_the_product) {
  constexpr std::int64_t m = 37, k = 150, n = 19;
  const auto a = operands("x", m * k, NumberFormat::fp16);
  const auto b = operands("w", k * n, NumberFormat::fp16);
  RunOptions options;
  options.fidelity = Fidelity::data;
  options.operands = [&](const trace::Trace&, const trace::Tensor& tensor) {
    const auto& codes = tensor.name == "x" ? a : b;
    std::vector<std::byte> bytes(codes.size() * 2);
    std::memcpy(bytes.data(), codes.data(), bytes.size());
    return bytes;
  };
  std::vector<float> expected(m * n);
  ip::GemmCounts counts;
  const auto config = with_ipu(cramped(8, 4));
  const ip::IpuParameters p = config.core.matrix.ipu->parameters(8);
  ip::golden::gemm(p, ipu_pair(NumberFormat::fp16, NumberFormat::fp16), {a.data(), 2, k, 1, m, k},
                   {b.data(), 2, 1, n, n, k}, 9, expected.data(), n, false, counts);
  for (const std::int64_t tile_k : {0, 72, 144}) {  // whole chains
    auto cut = config;
    cut.mapper.tile_k = tile_k;
    const RunResult r = testing::run(cut, gemm(m, k, n, NumberFormat::fp16), options);
    ASSERT_EQ(r.outputs.size(), 1u);
    ASSERT_EQ(r.outputs[0].bytes.size(), expected.size() * 4);
    EXPECT_EQ(std::memcmp(r.outputs[0].bytes.data(), expected.data(), expected.size() * 4), 0);
  }
  // The systolic array's fp32 sums are others: the comparison can fail.
  auto other = config;
  other.core.matrix.ipu->window = 10;
  other.core.matrix.ipu->alignment = ip::Alignment::single_cycle;
  const RunResult r = testing::run(other, gemm(m, k, n, NumberFormat::fp16), options);
  EXPECT_NE(std::memcmp(r.outputs[0].bytes.data(), expected.data(), expected.size() * 4), 0);
}

TEST(IpuUnit, in_a_core_convolves_with_the_golden_bits) {
  constexpr std::int64_t size = 6, channels = 10, filters = 15, kernel = 3;
  for (const std::int64_t groups : {1, 5}) {
    constexpr std::int64_t pixels = size * size;
    const std::int64_t depth = channels / groups, width = filters / groups;
    const std::int64_t k = kernel * kernel * depth;
    trace::TraceBuilder builder("convolution");
    const auto x = builder.input("x", NumberFormat::fp16, {1, channels, size, size});
    const auto w = builder.parameter("w", NumberFormat::fp16, {filters, depth, kernel, kernel});
    builder.op(trace::OpKind::conv2d, "y", {x, w},
               {{"padding", trace::ints({1, 1})}, {"groups", groups}}, NumberFormat::fp32);
    const auto input = operands("x", channels * pixels, NumberFormat::fp16);
    const auto weight = operands("w", static_cast<std::uint64_t>(filters * k), NumberFormat::fp16);
    RunOptions options;
    options.fidelity = Fidelity::data;
    options.operands = [&](const trace::Trace&, const trace::Tensor& tensor) {
      const auto& codes = tensor.name == "x" ? input : weight;
      std::vector<std::byte> bytes(codes.size() * 2);
      std::memcpy(bytes.data(), codes.data(), bytes.size());
      return bytes;
    };
    const auto config = with_ipu(cramped(8, 4));
    const RunResult r = testing::run(config, builder.finish(), options);
    ASSERT_EQ(r.outputs.size(), 1u);
    std::vector<float> y(r.outputs[0].bytes.size() / 4);
    std::memcpy(y.data(), r.outputs[0].bytes.data(), r.outputs[0].bytes.size());
    ASSERT_EQ(y.size(), static_cast<std::size_t>(filters * pixels));

    for (std::int64_t group = 0; group < groups; ++group) {
      // K runs over (kernel row, kernel column, channel).
      std::vector<std::uint16_t> a(static_cast<std::size_t>(pixels * k)), b;
      for (std::int64_t pixel = 0; pixel < pixels; ++pixel)
        for (std::int64_t i = 0; i < k; ++i) {
          const std::int64_t row = pixel / size + i / (kernel * depth) - 1;
          const std::int64_t column = pixel % size + i / depth % kernel - 1;
          if (row < 0 || row >= size || column < 0 || column >= size) continue;
          const std::int64_t channel = group * depth + i % depth;
          a[static_cast<std::size_t>(pixel * k + i)] =
              input[static_cast<std::size_t>((channel * size + row) * size + column)];
        }
      for (std::int64_t filter = group * width; filter < (group + 1) * width; ++filter)
        for (std::int64_t i = 0; i < k; ++i)
          b.push_back(weight[static_cast<std::size_t>(
              (filter * depth + i % depth) * kernel * kernel + i / depth)]);
      std::vector<float> sums(static_cast<std::size_t>(pixels * width));
      ip::GemmCounts counts;
      ip::golden::gemm(config.core.matrix.ipu->parameters(8),
                       ipu_pair(NumberFormat::fp16, NumberFormat::fp16),
                       {a.data(), 2, k, 1, pixels, k}, {b.data(), 2, k, 1, width, k}, 9,
                       sums.data(), width, false, counts);
      for (std::int64_t pixel = 0; pixel < pixels; ++pixel)
        for (std::int64_t filter = 0; filter < width; ++filter)
          ASSERT_EQ(y[static_cast<std::size_t>((group * width + filter) * pixels + pixel)],
                    sums[static_cast<std::size_t>(pixel * width + filter)]);
    }
  }
}

TEST(IpuUnit, has_the_iterations_of_every_configuration_of_the_comparison) {
  struct Row {
    int a, b, window;
    std::uint64_t int8, fp16;
  };
  // MC-SER, MC-IPU4, MC-IPU84, MC-IPU8.
  for (const Row& r :
       {Row{12, 1, 20, 8, 11}, {4, 4, 16, 4, 9}, {8, 4, 20, 2, 6}, {8, 8, 24, 1, 4}}) {
    auto config = with_ipu(roomy(8, 4), 1);
    config.core.matrix.ipu->digit_a = r.a;
    config.core.matrix.ipu->digit_b = r.b;
    config.core.matrix.ipu->window = r.window;
    config.core.matrix.ipu->operands = OperandLaw::aligned;
    config.core.matrix.ipu->ehu_share = 1;
    const auto model = make_matrix_model(config.core);
    for (const auto& [format, iterations] :
         {std::pair{NumberFormat::int8, r.int8}, {NumberFormat::fp16, r.fp16}}) {
      const MatrixTile tile{40, 8, 4, true, true, trace::bits(format) / 8, format};
      EXPECT_EQ(model->append(tile, model->free_at()).busy.value, 10 * iterations);
    }
  }
}

TEST(IpuUnit, computes_the_same_integers_as_the_array) {
  RunOptions options;
  options.fidelity = Fidelity::data;
  options.operands = [](const trace::Trace&, const trace::Tensor& tensor) {
    return numerics::fill_random(tensor.format, tensor.shape, 7, tensor.name);
  };
  const auto trace = gemm(37, 50, 19);
  const RunResult systolic = testing::run(cramped(8, 8), trace, options);
  const RunResult ipu = testing::run(with_ipu(cramped(8, 8)), trace, options);
  EXPECT_EQ(ipu.outputs.at(0).bytes, systolic.outputs.at(0).bytes);
}

TEST(IpuUnit, is_as_fast_in_data_mode_on_equal_exponents_as_in_shape_mode_without_alignment) {
  auto config = with_ipu(roomy(8, 4));
  config.core.matrix.ipu->operands = OperandLaw::aligned;
  RunOptions options;
  options.fidelity = Fidelity::data;
  options.operands = [](const trace::Trace&, const trace::Tensor& tensor) {
    std::vector<std::byte> bytes(static_cast<std::size_t>(trace::elements(tensor.shape)) * 2);
    for (std::size_t i = 1; i < bytes.size(); i += 2) bytes[i] = std::byte{0x3C};  // 1.0
    return bytes;
  };
  const auto trace = gemm(64, 144, 16, NumberFormat::fp16);
  const RunResult data = testing::run(config, trace, options), shape = testing::run(config, trace);
  EXPECT_EQ(data.cycles, shape.cycles);
  config.core.matrix.ipu->operands = OperandLaw::normal;
  EXPECT_GT(testing::run(config, trace).cycles, data.cycles);
}

TEST(IpuUnit, refuses_units_that_cannot_be_built) {
  const auto objection = [](auto change) {
    MatrixConfig m = with_ipu(roomy(8, 4)).core.matrix;
    change(m);
    return ipu_objection(*m.ipu, m.rows, m.columns, m.units, m.formats);
  };
  EXPECT_EQ(objection([](MatrixConfig&) {}), "");
  EXPECT_NE(objection([](MatrixConfig& m) { m.rows = 12; }), "");
  EXPECT_NE(objection([](MatrixConfig& m) { m.ipu->window = 9; }), "");
  EXPECT_EQ(objection([](MatrixConfig& m) { m.ipu->window = 10; }), "");
  EXPECT_NE(objection([](MatrixConfig& m) { m.units = 6; }), "");
  EXPECT_NE(objection([](MatrixConfig& m) { m.ipu->cluster = 3; }), "");
  EXPECT_NE(objection([](MatrixConfig& m) { m.ipu->ehu_share = 5; }), "");
  EXPECT_EQ(objection([](MatrixConfig& m) { m.ipu->ehu_share = 99; }), "");  // one for all
  EXPECT_NE(objection([](MatrixConfig& m) { m.ipu->growth = 3; }), "");
  EXPECT_EQ(objection([](MatrixConfig& m) { m.ipu->growth = 4; }), "");
  EXPECT_EQ(objection([](MatrixConfig& m) {
              m.ipu->window = 9;
              m.formats = {NumberFormat::int8};  // integers need no room to align
            }),
            "");
}

}  // namespace
}  // namespace mantissa::arch
