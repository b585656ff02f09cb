// SPDX-License-Identifier: Apache-2.0
// Tiles on a grid of shapes and capacities: they cover the product once, they fit, what they say
// they move is what moves.
#include "arch/mapper/tiling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "arch/mapper/errors.h"
#include "tests/arch/fixtures.h"

namespace mantissa::arch {
namespace {

using namespace testing;
using trace::ints;
using trace::NumberFormat;
using trace::OpKind;

MatrixProblem product(std::uint64_t m, std::uint64_t k, std::uint64_t n) {
  MatrixProblem p;
  p.m = m;
  p.k = k;
  p.n = n;
  return p;
}

MatrixProblem convolution(std::int64_t images, std::int64_t channels, std::int64_t size,
                          std::int64_t kernel, std::int64_t stride, std::int64_t padding,
                          std::uint64_t filters) {
  MatrixProblem p;
  p.convolution = true;
  p.conv.window.kernel = {kernel, kernel};
  p.conv.window.stride = {stride, stride};
  p.conv.window.before = p.conv.window.after = {padding, padding};
  p.conv.images = images;
  p.conv.channels = channels;
  p.conv.height = p.conv.width = size;
  p.conv.output_height = p.conv.output_width = trace::positions(p.conv.window, 0, size);
  p.m = static_cast<std::uint64_t>(images * p.conv.output_height * p.conv.output_width);
  p.k = static_cast<std::uint64_t>(kernel * kernel * channels);
  p.n = filters;
  return p;
}

std::vector<MatrixProblem> problems() {
  return {product(1, 1, 1),
          product(100, 70, 50),
          product(1, 1000, 9),
          product(777, 8, 8),
          convolution(1, 3, 17, 3, 1, 1, 8),
          convolution(3, 16, 14, 3, 2, 1, 40),
          convolution(2, 5, 9, 1, 2, 0, 12),
          convolution(1, 4, 12, 5, 3, 2, 33)};
}

Surroundings around(std::uint64_t tile_area, const CoreConfig& core) {
  Surroundings s;
  s.tile_area = tile_area;
  s.accumulator_rows = static_cast<std::uint64_t>(core.accumulator.rows);
  s.out_size = ElementSize(trace::NumberFormat::int32);
  s.bytes_per_cycle = 16;
  return s;
}

// Calls check(problem, surroundings, tiling) for all that fits; returns how many do.
template <class Check>
int for_all_tilings(Check check) {
  int fitting = 0;
  for (const auto dataflow :
       {Dataflow::weight_stationary, Dataflow::output_stationary, Dataflow::input_stationary})
    for (const MatrixProblem& p : problems())
      for (std::uint64_t area = 512; area <= (1u << 20); area = area * 3 / 2 / 64 * 64) {
        const CoreConfig core = cramped(8, 8, dataflow).core;
        const Surroundings s = around(area, core);
        try {
          check(p, s, choose_tiling(p, s, core, {}, "layer"), core);
        } catch (const Error&) {
          continue;
        }
        ++fitting;
      }
  return fitting;
}

TEST(Tiling, covers_every_row_column_and_product_exactly_once) {
  const int fitting = for_all_tilings(
      [](const MatrixProblem& p, const Surroundings&, const Tiling& t, const CoreConfig&) {
        std::uint64_t row = 0, depth = 0, column = 0;
        for (const RowBlock& b : t.m) {
          ASSERT_EQ(b.first, row);
          ASSERT_GT(b.rows, 0u);
          row += b.rows;
        }
        for (const Span& s : t.k) {
          ASSERT_EQ(s.first, depth);
          depth += s.size;
        }
        for (const Span& s : t.n) {
          ASSERT_EQ(s.first, column);
          column += s.size;
        }
        ASSERT_EQ(row, p.m);
        ASSERT_EQ(column, p.n);
        ASSERT_EQ(reduction_length(p, {0, depth}), p.k);
      });
  EXPECT_GT(fitting, 200);
}

TEST(Tiling, of_a_convolution_has_the_input_rows_from_its_first_window_to_the_next_blocks) {
  for_all_tilings(
      [](const MatrixProblem& p, const Surroundings&, const Tiling& t, const CoreConfig&) {
        if (!p.convolution) return;
        const Convolution& c = p.conv;
        for (const RowBlock& b : t.m) {
          ASSERT_EQ(static_cast<std::int64_t>(b.rows), b.images * b.output_rows * c.output_width);
          ASSERT_EQ(static_cast<std::int64_t>(b.first),
                    (b.first_image * c.output_height + b.first_output_row) * c.output_width);
          if (b.output_rows == c.output_height) continue;  // whole images come whole
          std::int64_t first = c.height, last = -1;
          for (std::int64_t o = b.first_output_row; o < b.first_output_row + b.output_rows; ++o)
            for (std::int64_t tap = 0; tap < c.window.kernel[0]; ++tap) {
              const std::int64_t row = o * c.window.stride[0] - c.window.before[0] + tap;
              if (row < 0 || row >= c.height) continue;
              first = std::min(first, row);
              last = std::max(last, row);
            }
          // Rows that a stride skips come with the block before them.
          const std::int64_t next = (b.first_output_row + b.output_rows) * c.window.stride[0];
          last = std::max(last, std::min(next - c.window.before[0], c.height) - 1);
          ASSERT_EQ(b.first_input_row, first);
          ASSERT_EQ(b.first_input_row + b.input_rows, last + 1);
        }
      });
}

TEST(Tiling, never_needs_more_than_the_scratchpad_and_the_accumulators_have) {
  std::uint64_t fullest = 0;
  for_all_tilings([&](const MatrixProblem& p, const Surroundings& s, const Tiling& t,
                      const CoreConfig& core) {
    // Counted anew from the spans: the largest tile of each operand, as often as it has slots.
    std::uint64_t a = 0, b = 0, tallest = 0;
    for (const RowBlock& block : t.m) {
      tallest = std::max(tallest, block.rows);
      for (const Span& k : t.k)
        a = std::max(a, p.convolution ? static_cast<std::uint64_t>(block.images * block.input_rows *
                                                                   p.conv.width) *
                                            k.size
                                      : block.rows * k.size);
    }
    for (const Span& k : t.k)
      for (const Span& n : t.n) b = std::max(b, reduction_length(p, k) * n.size);
    ASSERT_GE(t.a_slots, t.m.size() * t.k.size() > 1 ? 2u : 1u);
    ASSERT_GE(t.b_slots, t.n.size() * t.k.size() > 1 ? 2u : 1u);
    const std::uint64_t out = t.step_m * s.out_bytes(t.step_n);
    const std::uint64_t bytes =
        t.a_slots * round_up(a, 64) + t.b_slots * round_up(b, 64) + t.out_slots * round_up(out, 64);
    ASSERT_LE(bytes, s.tile_area);
    ASSERT_LE(bytes, t.tile_bytes);
    fullest = std::max(fullest, 100 * bytes / s.tile_area);

    const bool inputs_stay = core.matrix.dataflow == Dataflow::input_stationary;
    const std::uint64_t height = inputs_stay ? t.step_n : t.step_m;
    ASSERT_LE(t.accumulator_slots * height, s.accumulator_rows);
    if (t.k.size() > 1) {
      // All sums of a tile live until its last product.
      ASSERT_GE(t.accumulator_slots,
                ceil_div(tallest, t.step_m) * ceil_div(t.n.front().size, t.step_n));
    }
  });
  EXPECT_GE(fullest, 90u);  // and it does use what there is
}

class MoreRoom : public ::testing::TestWithParam<std::tuple<Dataflow, int>> {};

TEST_P(MoreRoom, never_moves_more_bytes) {
  const auto [dataflow, array] = GetParam();
  const CoreConfig core = cramped(array, array, dataflow).core;
  auto all = problems();
  all.push_back(product(1024, 128, 1024));
  for (const MatrixProblem& p : all) {
    std::uint64_t before = ~0ull;
    for (std::uint64_t area = 512; area <= (1u << 20); area = area * 9 / 8 / 64 * 64) {
      try {
        const Tiling t = choose_tiling(p, around(area, core), core, {}, "layer");
        ASSERT_LE(t.dram_bytes, before) << p.m << "x" << p.k << "x" << p.n << " in " << area;
        before = t.dram_bytes;
      } catch (const Error&) {
        ASSERT_EQ(before, ~0ull) << "fits less and not more: " << area;
      }
    }
    EXPECT_GE(before, p.m * p.n * 4 + p.k * p.n) << "less than results and weights";
  }
}

INSTANTIATE_TEST_SUITE_P(All, MoreRoom,
                         ::testing::Combine(::testing::Values(Dataflow::weight_stationary,
                                                              Dataflow::output_stationary,
                                                              Dataflow::input_stationary),
                                            ::testing::Values(8, 64)));

TEST(Tiling, fits_in_exactly_what_it_needs_and_not_in_a_byte_less) {
  const CoreConfig core = cramped(8, 8).core;
  MapperConfig told;
  told.tile_m = 32;
  told.tile_k = 16;
  told.tile_n = 8;
  const auto p = product(64, 64, 64);
  // Two slots each: A 32 x 16, B 16 x 8, results 32 x 8 x 4.
  const std::uint64_t need = 2 * (512 + 128 + 1024);
  EXPECT_EQ(choose_tiling(p, around(need, core), core, told, "layer").tile_bytes, need);
  try {
    choose_tiling(p, around(need - 1, core), core, told, "layer");
    FAIL() << "accepted";
  } catch (const Error& e) {
    EXPECT_STREQ(e.kind().id(), "mapper.tile-does-not-fit");
    EXPECT_THAT(e.message(), ::testing::HasSubstr("the least need is " + std::to_string(need)));
  }
}

// What the mapper counts on is what crosses the socket, in every dataflow and for every loop order.
TEST(Tiling, moves_the_bytes_that_it_was_chosen_for) {
  const auto conv = [](std::int64_t channels, std::int64_t filters, std::int64_t groups,
                       std::int64_t stride) {
    trace::TraceBuilder b("conv");
    const auto x = b.input("x", NumberFormat::int8, {2, channels, 15, 15});
    const auto w = b.parameter("w", NumberFormat::int8, {filters, channels / groups, 3, 3});
    b.op(OpKind::conv2d, "conv", {x, w},
         {{"groups", groups}, {"stride", ints({stride, stride})}, {"padding", ints({1, 1})}});
    return b.finish();
  };
  int checked = 0;
  for (const auto dataflow :
       {Dataflow::weight_stationary, Dataflow::output_stationary, Dataflow::input_stationary})
    for (const auto& t : {gemm(100, 70, 50), gemm(300, 40, 300), conv(16, 24, 1, 1),
                          conv(16, 24, 1, 2), conv(24, 24, 24, 1), conv(16, 32, 4, 2)})
      for (const std::uint64_t kib : {8u, 16u, 24u, 64u, 1024u}) {
        ArchConfig config = cramped(8, 8, dataflow);
        config.core.scratchpad.capacity = Bytes(kib << 10);
        RunResult r;
        try {
          r = run(config, t);
        } catch (const Error&) {
          continue;
        }
        const std::uint64_t bytes = r.dram.read_bytes + r.dram.write_bytes;
        EXPECT_THAT(r.layers[0].reason,
                    ::testing::HasSubstr("(" + std::to_string(bytes) + " bytes)"))
            << r.layers[0].name << " " << r.layers[0].tiling << " in " << kib << " KiB";
        ++checked;
      }
  EXPECT_GE(checked, 70);
}

}  // namespace
}  // namespace mantissa::arch
