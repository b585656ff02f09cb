// SPDX-License-Identifier: Apache-2.0
// Vector MACs alone, and in a whole core.
#include "arch/units/vsq/vsq_unit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "arch/session/accounting.h"
#include "base/config/document.h"
#include "base/numerics/element.h"
#include "base/numerics/quantize/errors.h"
#include "base/numerics/quantize/post_processing.h"
#include "base/numerics/random_fill.h"
#include "tests/arch/fixtures.h"
#include "tests/arch/session/networks.h"

namespace mantissa::arch {
namespace {

using ::testing::Contains;
using testing::cramped;
using testing::gemm;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::roomy;
using trace::NumberFormat;

// `elements` processing elements of `lanes` lanes, vectors of V.
ArchConfig with_vsq(ArchConfig config, std::int64_t elements = 2) {
  config.core.matrix.model = "vsq";
  config.core.matrix.units = elements;
  config.core.matrix.formats = vsq_formats();
  config.core.matrix.vsq = VsqConfig{};
  config.core.matrix.vsq->weight_depth = 4;
  return config;
}

// Elements as they are: 8 bits, without scales, sums of 32 bits that wrap.
ArchConfig with_integers(ArchConfig config) {
  config = with_vsq(std::move(config));
  config.core.matrix.vsq = VsqConfig{8, 8, 0, 0};
  config.core.matrix.vsq->accumulator_bits = 32;
  config.core.matrix.vsq->saturate = false;
  return config;
}

MatrixTile tile_of(std::uint64_t m, std::uint64_t k, std::uint64_t n, std::uint64_t line = 0) {
  MatrixTile tile{m, k, n};
  tile.line = line;
  return tile;
}

TEST(VsqUnit, takes_its_closed_form_on_a_grid_of_odd_shapes) {
  for (const std::uint64_t elements : {1, 2, 4})
    for (const std::uint64_t depth : {1, 5})
      for (const std::uint64_t m : {1, 4, 100})
        for (const std::uint64_t k : {1, 8, 9, 100})
          for (const std::uint64_t n : {1, 4, 5, 17}) {
            auto config = with_vsq(roomy(8, 4), static_cast<std::int64_t>(elements));
            config.core.matrix.vsq->weight_depth = static_cast<std::int64_t>(depth);
            const auto t = make_matrix_model(config.core)->append(tile_of(m, k, n), Cycles(0));
            const std::uint64_t blocks = ceil_div(n, 4), side = std::min(elements, blocks);
            const std::uint64_t rows = ceil_div(m, std::min(elements / side, m));
            const std::uint64_t rounds = ceil_div(blocks, side), vectors = ceil_div(k, 8);
            // One cycle loads the weights of any fold.
            const std::uint64_t stream = rounds * rows * vectors;
            EXPECT_EQ(t.stream_end.value, 1 + stream);
            EXPECT_EQ(t.end.value, 1 + stream + 2);
            EXPECT_EQ(t.busy.value, stream);
            EXPECT_EQ(t.folds, rounds * ceil_div(vectors, depth));
            EXPECT_EQ(t.busy + t.weight_load + t.operand + t.drain, t.stream_end);
            EXPECT_LE(t.first_result, t.end);
          }
}

TEST(VsqUnit, begins_a_vector_with_every_line_of_channels) {
  const auto model = make_matrix_model(with_vsq(roomy(16, 4), 1).core);
  // Nine taps of three channels: nine vectors; of 20: eighteen.
  EXPECT_EQ(model->append(tile_of(10, 27, 4, 3), Cycles(0)).busy.value, 10u * 9);
  EXPECT_EQ(model->append(tile_of(10, 180, 4, 20), model->free_at()).busy.value, 10u * 18);
  EXPECT_EQ(model->append(tile_of(10, 27, 4), model->free_at()).busy.value, 10u * 2);
}

TEST(VsqUnit, waits_for_weights_and_vectors_that_the_scratchpad_delivers_slowly) {
  auto config = with_vsq(roomy(16, 4), 1);
  config.core.scratchpad.banks = 1;
  config.core.scratchpad.bank_width = Bytes(4);
  const auto model = make_matrix_model(config.core);
  MatrixTile tile = tile_of(10, 64, 4);
  auto t = model->append(tile, Cycles(0));
  EXPECT_EQ(t.weight_load.value, 4u * 64 / 4);         // bytes, 4 of them per cycle
  EXPECT_EQ((t.busy + t.operand).value, 10u * 4 * 4);  // 16 bytes of each vector
  // Packed, a vector is 68 bits: nine bytes, three cycles. Those of a fold lie side by side.
  model->reset();
  tile.packed = true;
  t = model->append(tile, Cycles(0));
  EXPECT_EQ(t.weight_load.value, ceil_div(4u * 4 * 68 / 8, 4));
  EXPECT_EQ((t.busy + t.operand).value, 10u * 4 * 3);
  EXPECT_EQ(t.busy.value, 10u * 4);
}

TEST(VsqUnit, takes_wide_elements_every_second_cycle_where_its_multipliers_are_narrow) {
  auto config = with_vsq(roomy(64, 16), 1);
  EXPECT_EQ(config.core.matrix.peak_macs_per_cycle(), 1024u);
  config.core.matrix.vsq->vector_cycles = 2;
  EXPECT_EQ(config.core.matrix.peak_macs_per_cycle(), 512u);
  const auto t = make_matrix_model(config.core)->append(tile_of(10, 64, 16), Cycles(0));
  EXPECT_EQ(t.busy.value, 20u);
  EXPECT_EQ(t.operand.value, 0u);
}

TEST(VsqUnit, spreads_rows_over_no_more_elements_than_have_some) {
  // Five rows on four elements: two each, so that three of them work.
  const auto model = make_matrix_model(with_vsq(roomy(8, 4), 4).core);
  EXPECT_EQ(model->append(tile_of(5, 8, 4), Cycles(0)).array_folds, 3u);
  EXPECT_EQ(model->activity().at("loaded_vectors"), 3u * 4);
  EXPECT_EQ(model->append(tile_of(6, 8, 4), Cycles(100)).array_folds, 3u);
  EXPECT_EQ(model->append(tile_of(7, 8, 4), Cycles(200)).array_folds, 4u);
}

TEST(VsqUnit, reads_a_vector_of_weights_once_for_the_rows_that_share_it) {
  // Two lanes' worth of channels in two parts; folds of four vectors and one.
  const auto reads = [](std::int64_t reuse, std::uint64_t m) {
    auto config = with_vsq(roomy(8, 4), 2);
    config.core.matrix.vsq->weight_reuse = reuse;
    const auto model = make_matrix_model(config.core);
    const auto t = model->append(tile_of(m, 40, 3), Cycles(0));
    EXPECT_EQ(t.busy.value, ceil_div(m, 2) * 5) << "another order takes no other time";
    EXPECT_EQ(model->activity().at("vectors"), m * 3 * 5);
    return model->activity().at("read_vectors") / (3 * 5);
  };
  for (const std::uint64_t m : {1, 2, 9, 16}) EXPECT_EQ(reads(1, m), m);
  EXPECT_EQ(reads(4, 16), 2u * 2);    // eight rows a part
  EXPECT_EQ(reads(4, 17), 2u + 3);    // nine and eight
  EXPECT_EQ(reads(4, 18), 2u * 3);    // nine and nine
  EXPECT_EQ(reads(8, 16), 2u * 1);    // all of a part
  EXPECT_EQ(reads(256, 16), 2u * 1);  // and more than there are
}

TEST(VsqUnit, completes_the_first_of_the_rows_that_share_weights_after_the_last_vector_of_all) {
  const auto first = [](std::int64_t reuse, std::uint64_t m) {
    auto config = with_vsq(roomy(8, 4), 1);
    config.core.matrix.vsq->weight_reuse = reuse;
    const auto t = make_matrix_model(config.core)->append(tile_of(m, 32, 4), Cycles(0));
    EXPECT_EQ(t.end, t.first_stream + Cycles(4 * m + 2));
    return (t.first_result - t.first_stream).value;
  };
  EXPECT_EQ(first(1, 10), 4u + 2);
  EXPECT_EQ(first(5, 10), 3u * 5 + 1 + 2);
  EXPECT_EQ(first(10, 10), 3u * 10 + 1 + 2);
  EXPECT_EQ(first(11, 10), 3u * 10 + 1 + 2);
}

TEST(VsqUnit, trades_reads_of_weights_for_sums_that_lanes_hold) {
  const auto run_with = [](std::int64_t reuse) {
    auto config = with_vsq(roomy(16, 16), 2);
    config.core.matrix.vsq->weight_reuse = reuse;
    return testing::run(config, gemm(128, 256, 32));
  };
  const auto count = [](const RunResult& r, const char* component, const char* action) {
    std::uint64_t n = 0;
    for (const auto& part : r.power.energy)
      if (part.component == component && part.action == action) n = part.count;
    return n;
  };
  const RunResult once = run_with(1), shared = run_with(16);
  const std::uint64_t vectors = 128u * 16 * 32;
  EXPECT_EQ(count(once, "lane_weights", "read"), vectors * 68 / 8);
  EXPECT_EQ(count(shared, "lane_weights", "read"), vectors / 16 * 68 / 8);
  EXPECT_EQ(count(shared, "lane_weights", "write"), count(once, "lane_weights", "write"));
  for (const char* action : {"read", "write"}) {
    EXPECT_EQ(count(once, "lane_sums", action), 0u);
    EXPECT_EQ(count(shared, "lane_sums", action), vectors * 24 / 8);
  }
  EXPECT_EQ(shared.cycles, once.cycles);
  EXPECT_EQ(once.power.area_by_part.count("lane_sums"), 0u);
  EXPECT_GT(shared.power.area_by_part.at("lane_sums").value, 0);
  EXPECT_DOUBLE_EQ(run_with(32).power.area_by_part.at("lane_sums").value,
                   2 * shared.power.area_by_part.at("lane_sums").value);
  EXPECT_LT(shared.power.total_energy, once.power.total_energy);
}

TEST(VsqUnit, gives_its_peak_where_everything_fits) {
  const auto config = with_vsq(roomy(16, 16), 4);
  const RunResult r = testing::run(config, gemm(512, 256, 64));
  EXPECT_EQ(r.matrix.busy.value, 512u * 16);
  EXPECT_DOUBLE_EQ(r.peak_macs_per_cycle, 16 * 16 * 4);
  EXPECT_EQ(r.macs, r.matrix.busy.value * 1024);
}

// As the quantiser counts them: each vector of a line has a whole scale, what it lacks of V is not
// stored.
TEST(ElementSize, counts_a_whole_scale_for_every_vector_of_a_line) {
  const VsqConfig vsq;
  numerics::IntegerQuantization format;
  format.bits = static_cast<int>(vsq.weight_bits);
  format.granularity = numerics::Granularity::vector;
  format.scale_bits = static_cast<int>(vsq.weight_scale_bits);
  format.vector_length = 16;
  for (const std::int64_t line : {1, 3, 15, 16, 17, 20, 32, 576, 4096}) {
    const ElementSize size = vsq.weights(16).size(static_cast<std::uint64_t>(line));
    const auto elements = static_cast<std::uint64_t>(line);
    const std::uint64_t vectors = (elements + 15) / 16;
    EXPECT_EQ(size.bits * elements, size.elements * (elements * 4 + vectors * 4)) << line;
    if (line % 16 == 0) {
      const auto stored = numerics::storage(format, {1, line, 1});
      EXPECT_EQ(size.bits * elements, size.elements * (stored.elements + stored.scales));
      EXPECT_EQ(1000 * 16 * size, 1000 * 16 * vsq.weights(16).size());
    }
  }
  // 4.25 bits in long lines, 8 in those of one element.
  EXPECT_EQ(64 * vsq.weights(16).size(4096), 34u);
  EXPECT_EQ(64 * vsq.weights(16).size(1), 64u);
}

// Scales of 8 bits: a byte per vector of 16, however short its line; a depthwise layer's lines are
// of one.
TEST(VsqUnit, moves_a_whole_scale_for_short_lines) {
  const auto read = [](std::int64_t channels, std::int64_t groups, std::int64_t scale_bits) {
    auto config = with_vsq(roomy(16, 4));
    config.core.matrix.vsq->weight_scale_bits = scale_bits;
    config.core.matrix.vsq->activation_scale_bits = scale_bits;
    trace::TraceBuilder b("conv");
    const auto x = b.input("x", NumberFormat::bf16, {1, channels, 8, 8});
    const auto w = b.parameter("w", NumberFormat::bf16, {32, channels / groups, 1, 1});
    b.op(trace::OpKind::conv2d, "conv", {x, w}, {{"groups", groups}}, NumberFormat::bf16);
    return testing::run(config, b.finish()).dram.read_bytes;
  };
  // Lines: 8 x 8 pixels, 32 outputs of one tap.
  EXPECT_EQ(read(4, 1, 8) - read(4, 1, 0), 64u + 32);
  EXPECT_EQ(read(48, 1, 8) - read(48, 1, 0), (64u + 32) * 3);
  EXPECT_EQ(read(32, 32, 8) - read(32, 32, 0), 64u * 32 + 32);
}

TEST(ElementSize, counts_packed_elements_in_bits) {
  const ElementSize four{68, 16}, eight(1);
  // 4/4/4/4 against 8/8: 0.531.
  EXPECT_NEAR(static_cast<double>(1024 * four) / (1024 * eight), 0.531, 0.0005);
  EXPECT_EQ(100 * four, 54u);
  EXPECT_EQ(four.offset(100), 53u);
  EXPECT_FALSE(four.whole());
  EXPECT_TRUE(eight.whole());
  EXPECT_TRUE(four < eight);
  EXPECT_FALSE(eight < four);
  for (std::uint64_t x = 0; x < 70; ++x)
    for (std::uint64_t y = 0; y < 70; ++y) EXPECT_LE(four.offset(x) + y * four, (x + y) * four);
}

TEST(VsqUnit, moves_4_25_bits_of_an_element_where_the_baseline_moves_8) {
  const auto read = [](const VsqConfig& vsq, NumberFormat format) {
    auto config = with_vsq(roomy(16, 16), 1);
    config.core.matrix.vsq = vsq;
    config.mapper.tile_m = config.mapper.tile_k = 64;
    config.mapper.tile_n = 16;
    const RunResult r = testing::run(config, gemm(256, 256, 256, format));
    return static_cast<double>(r.traffic.at("matrix.read"));
  };
  const VsqConfig four{4, 4, 4, 4}, eight{8, 8, 0, 0};
  for (const NumberFormat format : {NumberFormat::int8, NumberFormat::bf16})
    EXPECT_DOUBLE_EQ(read(four, format) / read(eight, format), 4.25 / 8);
  // Activations pass sixteen times, weights four times. 4/8/6/10: 138 and 70 bits of a vector.
  const VsqConfig mixed{4, 8, 6, 10};
  EXPECT_DOUBLE_EQ(read(mixed, NumberFormat::int8) / read(eight, NumberFormat::int8),
                   (16 * 138.0 + 4 * 70) / (20 * 128));
}

TEST(VsqUnit, moves_whole_tensors_in_their_packed_size) {
  auto config = with_vsq(roomy(16, 16), 1);
  const RunResult r = testing::run(config, gemm(64, 128, 32));
  // x, w, a coarse scale per channel; the result is nobody's operand and stays int32.
  EXPECT_EQ(r.dram.read_bytes, 64u * 128 * 68 / 128 + 128 * 32 * 68 / 128 + 32 * 4);
  EXPECT_EQ(r.dram.write_bytes, 64u * 32 * 4);
}

TEST(VsqUnit, post_processes_what_the_next_layer_multiplies) {
  const auto trace = testing::small_convnet();
  auto config = with_vsq(cramped(16, 4), 1);
  const RunResult r = testing::run(config, trace);
  const auto vectors = [&](const RunResult& result) {
    double count = 0;
    for (const auto& part : result.power.energy)
      if (part.component == "post_processor" && part.action == "vector")
        count = static_cast<double>(part.count);
    return count;
  };
  EXPECT_GT(vectors(r), 0);
  config.core.matrix.vsq->activation_scale_bits = 0;
  EXPECT_EQ(vectors(testing::run(config, trace)), 0);
}

TEST(VsqUnit, post_processes_a_vector_per_element_and_cycle) {
  trace::TraceBuilder b("chain");
  auto x = b.input("x", NumberFormat::bf16, {64, 16});
  const auto first = b.parameter("w1", NumberFormat::bf16, {16, 64});
  x = b.op(trace::OpKind::matmul, "first", {x, first}, {}, NumberFormat::bf16);
  const auto second = b.parameter("w2", NumberFormat::bf16, {64, 64});
  b.op(trace::OpKind::matmul, "second", {x, second}, {}, NumberFormat::bf16);
  const trace::Trace trace = b.finish();
  // 64 lanes give four vectors of 16 results per cycle, the unit behind them takes one: 256 cycles
  // and five stages instead of 64 cycles. Without scales there is none.
  const auto cycles = [&](std::int64_t scales, std::int64_t elements) {
    auto config = with_vsq(roomy(16, 64 / elements), elements);
    config.core.matrix.vsq->activation_scale_bits = scales;
    return testing::run(config, trace).cycles.value;
  };
  EXPECT_NEAR(static_cast<double>(cycles(4, 1) - cycles(0, 1)), 256 - 64 + 5, 3);
  // Four elements have four: only the stages are left.
  EXPECT_NEAR(static_cast<double>(cycles(4, 4) - cycles(0, 4)), 5, 3);
}

RunOptions data_mode(std::uint64_t seed = 7) {
  RunOptions options;
  options.fidelity = Fidelity::data;
  options.operands = [seed](const trace::Trace&, const trace::Tensor& tensor) {
    return numerics::fill_random(tensor.format, tensor.shape, seed, tensor.name);
  };
  return options;
}

TEST(VsqUnit, computes_the_same_integers_as_the_array) {
  const auto trace = gemm(37, 50, 19);
  const RunResult systolic = testing::run(cramped(8, 8), trace, data_mode());
  const RunResult vsq = testing::run(with_integers(cramped(8, 8)), trace, data_mode());
  EXPECT_EQ(vsq.outputs.at(0).bytes, systolic.outputs.at(0).bytes);
  // With scales whose product is 1, however it is rounded.
  for (const std::int64_t product : {0, 4, 2, 1}) {
    auto config = with_integers(cramped(8, 8));
    config.core.matrix.vsq->weight_scale_bits = config.core.matrix.vsq->activation_scale_bits = 4;
    config.core.matrix.vsq->product_bits = product;
    const RunResult scaled = testing::run(config, trace, data_mode());
    EXPECT_EQ(scaled.outputs.at(0).bytes, systolic.outputs.at(0).bytes);
    EXPECT_EQ(scaled.matrix_activity.at("gated_vectors"), 0u);
  }
}

TEST(VsqUnit, reports_sums_that_saturate) {
  auto config = with_integers(cramped(8, 8));
  const auto trace = gemm(20, 64, 16);
  EXPECT_EQ(testing::run(config, trace, data_mode()).matrix_activity.at("saturations"), 0u);
  config.core.matrix.vsq->accumulator_bits = 12;
  config.core.matrix.vsq->saturate = true;
  const RunResult r = testing::run(config, trace, data_mode());
  EXPECT_GT(r.matrix_activity.at("saturations"), 0u);
  EXPECT_THAT(r.warnings, ::testing::Contains(HasSubstr("sums of 12 bits saturated")));
}

TEST(VsqUnit, refuses_an_int8_that_is_no_element) {
  const auto config = with_vsq(cramped(8, 8));
  try {
    testing::run(config, gemm(8, 8, 8), data_mode());
    ADD_FAILURE() << "a byte as an element of 4 bits";
  } catch (const Error& error) {
    EXPECT_EQ(&error.kind(), &element_out_of_range);
    EXPECT_THAT(error.message(), HasSubstr("-8 to 7"));
  }
}

// The layer by the readable kernels alone: quantised whole, chain by chain of `depth` vectors.
std::vector<float> golden_product(const VsqConfig& vsq, std::int64_t v, std::int64_t depth,
                                  const std::vector<float>& x, const std::vector<float>& w_by_k,
                                  std::int64_t m, std::int64_t k, std::int64_t n) {
  std::vector<float> w(w_by_k.size());
  for (std::int64_t i = 0; i < k; ++i)
    for (std::int64_t column = 0; column < n; ++column)
      w[static_cast<std::size_t>(column * k + i)] =
          w_by_k[static_cast<std::size_t>(i * n + column)];
  const auto a = numerics::quantize(x.data(), {m, k, 1}, vsq_activations(vsq, v));
  const auto b = numerics::quantize(w.data(), {n, k, 1}, vsq_weights(vsq, v));
  const numerics::VectorMac mac = vsq.mac(v);
  const std::int64_t vectors = (k + v - 1) / v;
  std::vector<std::int64_t> acc(static_cast<std::size_t>(m * n));
  numerics::VectorMacCounts counts;
  for (std::int64_t row = 0; row < m; ++row)
    for (std::int64_t column = 0; column < n; ++column) {
      std::int64_t& sum = acc[static_cast<std::size_t>(row * n + column)];
      for (std::int64_t first = 0; first < vectors; first += depth) {
        const std::int64_t from = first * v, length = std::min(depth * v, k - from);
        const auto scales = [&](const numerics::QuantizedTensor& t, std::int64_t line) {
          return t.scales.empty() ? nullptr : t.scales.data() + line * vectors + first;
        };
        std::int64_t chain = 0;
        numerics::golden::vector_scaled_gemm(
            mac, {a.elements.data() + row * k + from, scales(a, row)},
            {b.elements.data() + column * k + from, scales(b, column)}, &chain, 1, 1, length, false,
            counts);
        sum = first == 0 ? chain : numerics::accumulated(mac, sum, chain, counts.overflows);
      }
    }
  std::vector<float> y(static_cast<std::size_t>(m * n));
  numerics::dequantize_sums(mac, acc.data(), m, n, {b.coarse.data(), a.coarse.front()}, y.data());
  return y;
}

VsqConfig in_order_b(VsqConfig vsq) {
  vsq.scale_first = true;
  return vsq;
}

TEST(VsqUnit, takes_elements_from_the_exact_scale_or_from_the_rounded_one) {
  const VsqConfig a{4, 4, 4, 4}, b = in_order_b(a);
  for (const auto of : {vsq_weights, vsq_activations}) {
    EXPECT_EQ(of(a, 16).order, numerics::ScaleOrder::data_first);
    EXPECT_EQ(of(b, 16).order, numerics::ScaleOrder::scale_first);
  }
  auto config = with_vsq(cramped(16, 4));
  const auto product = gemm(8, 32, 8, NumberFormat::fp32);
  const RunResult exact = testing::run(config, product, data_mode());
  config.core.matrix.vsq = b;
  EXPECT_NE(testing::run(config, product, data_mode()).outputs.at(0).bytes,
            exact.outputs.at(0).bytes);
}

TEST(VsqUnit, in_a_core_has_the_golden_bits_however_the_mapper_cuts_the_product) {
  constexpr std::int64_t m = 37, k = 150, n = 19;
  const auto of = [](const RunResult& r) {
    std::vector<float> y(r.outputs.at(0).bytes.size() / 4);
    std::memcpy(y.data(), r.outputs.at(0).bytes.data(), r.outputs.at(0).bytes.size());
    return y;
  };
  for (const VsqConfig& vsq : {VsqConfig{4, 4, 4, 4}, VsqConfig{4, 8, 6, 10}, VsqConfig{8, 8, 0, 0},
                               VsqConfig{4, 4, 4, 4, false, 4}, VsqConfig{4, 4, 4, 4, true, 6, 12},
                               in_order_b(VsqConfig{4, 4, 4, 4})})
    for (const NumberFormat format : {NumberFormat::bf16, NumberFormat::fp16, NumberFormat::fp32}) {
      auto config = with_vsq(cramped(16, 4));
      config.core.matrix.vsq = vsq;
      config.core.matrix.vsq->weight_depth = 2;
      config.core.scratchpad.capacity = Bytes(32 << 10);
      const auto options = data_mode();
      const auto trace = gemm(m, k, n, format);
      const auto values = [&](trace::TensorId id) {
        const auto bytes = options.operands(trace, trace.tensor(id));
        std::vector<float> x(static_cast<std::size_t>(trace.tensor(id).elements()));
        numerics::load_floats(format, bytes.data(), 0, static_cast<std::int64_t>(x.size()),
                              x.data());
        return x;
      };
      const auto expected = golden_product(vsq, 16, 2, values(trace.ops[0].inputs[0]),
                                           values(trace.ops[0].inputs[1]), m, k, n);
      for (const std::int64_t tile_k : {0, 32, 64}) {  // whole chains
        config.mapper.tile_k = tile_k;
        const RunResult r = testing::run(config, trace, options);
        EXPECT_EQ(of(r), expected) << tile_k;
        EXPECT_EQ(r.matrix_activity.at("vectors"), 37u * 19 * 10);
      }
      // In whatever order a fold's vectors pass.
      config.core.matrix.vsq->weight_reuse = 8;
      EXPECT_EQ(of(testing::run(config, trace, options)), expected);
      // Another rounding gives others: the comparison can fail.
      config.core.matrix.vsq->weight_bits = 3;
      EXPECT_NE(of(testing::run(config, trace, options)), expected);
    }
}

TEST(VsqUnit, gates_more_vectors_the_fewer_bits_a_scale_product_keeps) {
  const auto gated = [](std::int64_t product) {
    auto config = with_vsq(cramped(16, 4));
    config.core.matrix.vsq->product_bits = product;
    // Rows of very different magnitude: their scales are small numbers.
    RunOptions options = data_mode();
    options.operands = [](const trace::Trace&, const trace::Tensor& tensor) {
      std::vector<float> x(static_cast<std::size_t>(tensor.elements()));
      const numerics::RandomStream random(5, tensor.name);
      const auto width = static_cast<std::size_t>(tensor.shape.back());
      for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = random.real(i) / static_cast<float>(1 + (i / width) % 12);
      std::vector<std::byte> bytes(x.size() * 4);
      std::memcpy(bytes.data(), x.data(), bytes.size());
      return bytes;
    };
    const RunResult r = testing::run(config, gemm(48, 64, 16, NumberFormat::fp32), options);
    EXPECT_EQ(r.matrix_activity.at("gated_vectors"), r.matrix_activity.at("rounded_to_zero"));
    return r.matrix_activity.at("gated_vectors");
  };
  EXPECT_EQ(gated(0), 0u);
  EXPECT_LE(gated(6), gated(4));
  EXPECT_LT(gated(4), gated(2));
}

// Slices of a timeline, and how far a run has come.
struct Watch final : Observer {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> slices;
  std::vector<double> fractions;
  void slice(const Slice& s) override { slices.emplace_back(s.start.value, s.end.value); }
  void progress(double fraction, Cycles) override { fractions.push_back(fraction); }
};

TEST(VsqUnit, computes_networks_in_the_time_and_bytes_of_shape_mode) {
  // Groups, strides, attention between activations, residuals; V beyond the channels.
  for (const auto& trace : {testing::small_convnet(8, 8), testing::small_transformer(9, 12)}) {
    const auto config = with_vsq(roomy(16, 4));
    Watch watched, shapes;
    RunOptions options = data_mode(), alike;
    options.observer = &watched;
    alike.observer = &shapes;
    const RunResult data = testing::run(config, trace, options);
    const RunResult shape = testing::run(config, trace, alike);
    EXPECT_EQ(data.fidelity, "data");
    EXPECT_GT(data.matrix_activity.at("vectors"), 0u);
    EXPECT_EQ(data.matrix_activity.at("saturations"), 0u);
    EXPECT_FALSE(data.outputs.empty());
    for (const auto& output : data.outputs) EXPECT_FALSE(output.bytes.empty());
    EXPECT_EQ(data.matrix_activity.at("vectors"), shape.matrix_activity.at("vectors"));
    EXPECT_EQ(data.cycles, shape.cycles);
    EXPECT_EQ(data.matrix.stalls, shape.matrix.stalls);
    EXPECT_EQ(data.traffic, shape.traffic);
    EXPECT_EQ(watched.slices, shapes.slices);
    EXPECT_TRUE(std::is_sorted(watched.fractions.begin(), watched.fractions.end()));
    EXPECT_EQ(watched.fractions.back(), 1);
    EXPECT_THAT(shape.warnings, Contains(HasSubstr("no vector is gated")));
    EXPECT_THAT(data.warnings, Not(Contains(HasSubstr("no vector is gated"))));
  }
}

// Half of the activations are zero, vector by vector: their scales are.
TEST(VsqUnit, takes_off_the_energy_of_exactly_the_vectors_that_are_gated) {
  const auto config = with_vsq(cramped(16, 4));
  const auto trace = gemm(48, 64, 16, NumberFormat::fp32);
  const auto with = [&](bool zeros) {
    RunOptions options = data_mode();
    options.operands = [zeros](const trace::Trace&, const trace::Tensor& tensor) {
      auto bytes = numerics::fill_random(tensor.format, tensor.shape, 7, tensor.name);
      if (zeros && tensor.role != trace::Role::parameter)
        for (std::size_t at = 0; at + 64 <= bytes.size(); at += 128)
          std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), 64, std::byte{0});
      return bytes;
    };
    return testing::run(config, trace, options);
  };
  const RunResult shape = testing::run(config, trace), dense = with(false), sparse = with(true);
  EXPECT_EQ(dense.matrix_activity.at("gated_vectors"), 0u);
  EXPECT_EQ(sparse.matrix_activity.at("gated_vectors"), 48u * 2 * 16);
  EXPECT_EQ(sparse.matrix_activity.at("rounded_to_zero"), 0u);
  const auto energy = [](const RunResult& r) { return r.power.energy_by_part.at("matrix").value; };
  EXPECT_EQ(energy(dense), energy(shape));
  EXPECT_LT(energy(sparse), 0.8 * energy(dense));
  EXPECT_EQ(sparse.cycles, shape.cycles);
}

TEST(VsqUnit, says_where_its_post_processing_unit_has_no_rtl) {
  const auto warns = [](std::int64_t bits, std::int64_t scale_bits) {
    auto config = with_vsq(roomy(16, 4));
    config.core.matrix.vsq->activation_bits = bits;
    config.core.matrix.vsq->activation_scale_bits = scale_bits;
    for (const auto& warning : testing::run(config, gemm(8, 64, 16)).warnings)
      if (warning.find("it is a model alone") != std::string::npos) return true;
    return false;
  };
  EXPECT_FALSE(warns(3, 2));
  EXPECT_FALSE(warns(8, 8));
  EXPECT_FALSE(warns(2, 0)) << "no such unit";
  for (const auto& [bits, scale_bits] : {std::pair{2, 4}, {4, 1}, {4, 9}, {8, 10}})
    EXPECT_TRUE(warns(bits, scale_bits)) << bits << ' ' << scale_bits;
}

// Operands meet failing cells before they are quantised, not when packed, and a run says so.
TEST(VsqUnit, says_in_which_form_operands_met_failing_cells) {
  auto config = with_vsq(cramped(16, 4));
  const auto trace = gemm(48, 64, 16, NumberFormat::fp32);
  EXPECT_THAT(testing::run(config, trace, data_mode()).warnings,
              Not(Contains(HasSubstr("bits failed"))));
  config.core.matrix.register_error_rate = 1e-3;
  const RunResult r = testing::run(config, trace, data_mode());
  EXPECT_GT(r.faults.at("registers").upsets, 0);
  EXPECT_THAT(r.warnings, Contains(HasSubstr("bits failed in operands as the trace has them")));
}

ArchConfig preset(const std::string& name, const std::vector<std::string>& overrides = {}) {
  const auto folder = [](const char* kind) {
    return config::preset_folders({std::string(MANTISSA_SOURCE_DIR) + "/configs/" + kind});
  };
  return config::load<ArchConfig>(name, folder("arch"), overrides,
                                  {{"memory.dram", folder("memory"), "dram"}})
      .value;
}

// Published of the follow-up chip (found): at 1760 MHz in 0.153 mm2, and what follows from that.
constexpr double published_mhz = 1760, published_mm2 = 0.153;
constexpr double published_tops = 3.60, published_tops_per_mm2 = 23.6;
constexpr std::uint64_t published_4_bit_products = 1024, published_8_bit_products = 512;

TEST(VsqPresets, of_the_5_nm_chip_have_its_published_peak_and_density) {
  const auto tops = [](const ArchConfig& config) {
    return 2e-12 * static_cast<double>(config.core.matrix.peak_macs_per_cycle()) *
           config.core.clock.value;
  };
  const ArchConfig four = preset("vsq_5nm");
  EXPECT_EQ(four.core.matrix.peak_macs_per_cycle(), published_4_bit_products);
  EXPECT_DOUBLE_EQ(four.core.clock.value, 1e6 * published_mhz);
  EXPECT_NEAR(tops(four), published_tops, 0.005);
  EXPECT_NEAR(tops(four) / published_mm2, published_tops_per_mm2, 0.05);
  const ArchConfig eight =
      preset("vsq_5nm", {"core.matrix.vsq.weight_bits=8", "core.matrix.vsq.activation_bits=8",
                         "core.matrix.vsq.vector_cycles=2"});
  EXPECT_EQ(eight.core.matrix.peak_macs_per_cycle(), published_8_bit_products);
}

TEST(VsqPresets, differ_from_their_baseline_in_bits_alone) {
  const ArchConfig four = preset("vsq_4_4_4_4"), eight = preset("vsq_8_8");
  EXPECT_EQ(four.core.matrix.peak_macs_per_cycle(), eight.core.matrix.peak_macs_per_cycle());
  const auto of = [](const ArchConfig& config, const char* name) {
    for (const auto& component : components(config, Volts(0.8)))
      if (component.name == name) return component;
    return power::Component{};
  };
  // 4.25 bits where there were 8.
  EXPECT_NEAR(of(four, "lane_weights").attributes.at("capacity_bytes") /
                  of(eight, "lane_weights").attributes.at("capacity_bytes"),
              0.531, 0.0005);
  EXPECT_EQ(of(four, "post_processor").kind, "post_processor");
  EXPECT_EQ(of(eight, "post_processor").kind, "");
  const auto area = [](const ArchConfig& config) {
    const RunResult r = testing::run(config, gemm(64, 64, 64));
    return r.power.area_by_part.at("matrix").value;
  };
  EXPECT_LT(area(four), area(eight));
}

TEST(VsqUnit, refuses_units_that_cannot_be_built) {
  const auto objection = [](auto change) {
    MatrixConfig m = with_vsq(roomy(16, 4)).core.matrix;
    change(m);
    return vsq_objection(*m.vsq, m.rows, m.columns, m.units);
  };
  EXPECT_EQ(objection([](MatrixConfig&) {}), "");
  EXPECT_EQ(objection([](MatrixConfig& m) { m.vsq->product_bits = 8; }), "");
  EXPECT_NE(objection([](MatrixConfig& m) { m.vsq->product_bits = 9; }), "");
  EXPECT_EQ(objection([](MatrixConfig& m) { m.rows = 1024; }), "");
  EXPECT_NE(objection([](MatrixConfig& m) { m.rows = 1025; }), "");
  EXPECT_EQ(objection([](MatrixConfig& m) { m.vsq->vector_cycles = 2; }), "");
  EXPECT_NE(objection([](MatrixConfig& m) { m.vsq->vector_cycles = 3; }), "");
}

}  // namespace
}  // namespace mantissa::arch
