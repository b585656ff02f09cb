// SPDX-License-Identifier: Apache-2.0
// Memories below their voltage, seen from outside: failing cells reach the operands, ECC keeps them
// away, and without either nothing changes.
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

#include "base/numerics/random_fill.h"
#include "tests/arch/fixtures.h"
#include "tests/arch/session/networks.h"

namespace mantissa::arch {
namespace {

using namespace testing;
using trace::Trace;

std::vector<std::byte> contents(const trace::Tensor& tensor) {
  return numerics::fill_random(tensor.format, tensor.shape, 7, tensor.name);
}

RunOptions data_mode() {
  RunOptions options;
  options.fidelity = Fidelity::data;
  options.operands = [](const Trace&, const trace::Tensor& t) { return contents(t); };
  return options;
}

constexpr std::int64_t m = 24, k = 40, n = 17;

// int8 products of operands and results that were inverted on their way.
std::vector<std::int32_t> product(bool invert_x, bool invert_w, bool invert_sums) {
  const Trace t = gemm(m, k, n);
  std::vector<std::byte> x, w;
  for (const auto& tensor : t.tensors) {
    if (tensor.name == "x") x = contents(tensor);
    if (tensor.name == "w") w = contents(tensor);
  }
  const auto value = [](std::byte b, bool inverted) {
    return static_cast<std::int32_t>(static_cast<std::int8_t>(inverted ? ~b : b));
  };
  std::vector<std::int32_t> y(m * n);
  for (std::int64_t i = 0; i < m; ++i)
    for (std::int64_t j = 0; j < n; ++j) {
      std::int32_t sum = 0;
      for (std::int64_t c = 0; c < k; ++c)
        sum += value(x[static_cast<std::size_t>(i * k + c)], invert_x) *
               value(w[static_cast<std::size_t>(c * n + j)], invert_w);
      y[static_cast<std::size_t>(i * n + j)] = invert_sums ? ~sum : sum;
    }
  return y;
}

std::vector<std::int32_t> output(const RunResult& r) {
  std::vector<std::int32_t> y(r.outputs.at(0).bytes.size() / 4);
  std::memcpy(y.data(), r.outputs.at(0).bytes.data(), y.size() * 4);
  return y;
}

// Every cell fails.
faults::FaultConfig all_cells(faults::Effect effect = faults::Effect::flip) {
  faults::FaultConfig f;
  f.rate = 1;
  f.effect = effect;
  return f;
}

TEST(Faults, of_every_cell_of_the_scratchpad_invert_operands_and_results) {
  for (const bool small : {false, true}) {
    ArchConfig a = small ? cramped(8, 8) : roomy(8, 8);
    a.core.scratchpad.capacity = Bytes(small ? 16 << 10 : 64 << 10);
    EXPECT_EQ(output(run(a, gemm(m, k, n), data_mode())), product(false, false, false));
    a.core.scratchpad.faults = all_cells();
    EXPECT_EQ(output(run(a, gemm(m, k, n), data_mode())), product(true, true, true));
  }
}

TEST(Faults, of_the_weight_buffer_meet_weights_alone) {
  ArchConfig a = cramped(8, 8);
  a.core.weight_buffer.emplace();
  a.core.weight_buffer->capacity = Bytes(8 << 10);
  a.core.weight_buffer->faults = all_cells();
  const RunResult r = run(a, gemm(m, k, n), data_mode());
  EXPECT_EQ(output(r), product(false, true, false));
  EXPECT_EQ(r.faults.count("scratchpad"), 0u);
  EXPECT_GT(r.faults.at("weight_buffer").silent_words, 0);
}

TEST(Faults, stuck_at_zero_everywhere_make_all_products_zero) {
  ArchConfig a = cramped(8, 8);
  a.core.scratchpad.faults = all_cells(faults::Effect::stuck_at_0);
  EXPECT_EQ(output(run(a, gemm(m, k, n), data_mode())), std::vector<std::int32_t>(m * n));
}

TEST(Faults, of_writing_everywhere_leave_the_memory_as_it_was) {
  ArchConfig a = cramped(8, 8);
  a.core.scratchpad.faults = all_cells();
  a.core.scratchpad.faults->read_error = 0;
  a.core.scratchpad.faults->write_error = 1;
  const RunResult r = run(a, gemm(m, k, n), data_mode());
  EXPECT_EQ(output(r), std::vector<std::int32_t>(m * n));  // fresh memory holds zeros
  EXPECT_GT(r.faults.at("scratchpad").failed_writes, 0);
}

std::string write_map(const char* name, std::uint64_t bytes, unsigned bits_per_word) {
  const std::string path = ::testing::TempDir() + name;
  std::ofstream out(path);
  for (std::uint64_t word = 0; word < bytes / 8; ++word)
    for (unsigned i = 0; i < bits_per_word; ++i) out << word * 8 + i << '.' << word % 8 << " 1 1\n";
  return path;
}

TEST(Faults, one_per_word_change_the_outputs_unless_secded_corrects_them) {
  ArchConfig a = cramped(8, 8);
  const auto clean = output(run(a, gemm(m, k, n), data_mode()));
  a.core.scratchpad.faults.emplace();
  a.core.scratchpad.faults->map = faults::MapKind::file;
  a.core.scratchpad.faults->file = {write_map("mantissa_one_per_word", 16 << 10, 1)};
  const RunResult bare = run(a, gemm(m, k, n), data_mode());
  EXPECT_NE(output(bare), clean);
  EXPECT_GT(bare.faults.at("scratchpad").silent_words, 0);

  a.core.scratchpad.ecc = faults::Ecc::secded;
  const RunResult corrected = run(a, gemm(m, k, n), data_mode());
  EXPECT_EQ(output(corrected), clean);
  EXPECT_GT(corrected.faults.at("scratchpad").corrected_words, 0);
  EXPECT_EQ(corrected.faults.at("scratchpad").silent_words, 0);

  a.core.scratchpad.faults->file = {write_map("mantissa_two_per_word", 16 << 10, 2)};
  const RunResult detected = run(a, gemm(m, k, n), data_mode());
  EXPECT_NE(output(detected), clean);
  EXPECT_GT(detected.faults.at("scratchpad").detected_words, 0);
  EXPECT_EQ(detected.faults.at("scratchpad").corrected_words, 0);
}

TEST(Faults, below_vmin_come_with_the_voltage_alone_and_are_the_same_in_every_run) {
  ArchConfig a = cramped(8, 8);
  a.core.scratchpad.voltage = faults::SupplyVoltage::of_vmin(0.8);
  Session session(a, technology());
  const auto first = session.run({gemm(m, k, n)}, data_mode());
  EXPECT_NE(output(first), product(false, false, false));
  EXPECT_EQ(output(session.run({gemm(m, k, n)}, data_mode())), output(first));
}

TEST(Faults, differ_from_chip_to_chip_and_end_at_vmin) {
  ArchConfig a = cramped(8, 8);
  const auto with = [&](double voltage, std::int64_t chip) {
    a.core.scratchpad.voltage = faults::SupplyVoltage::of_vmin(voltage);
    a.core.chip_seed = chip;
    return output(run(a, gemm(m, k, n), data_mode()));
  };
  EXPECT_NE(with(0.8, 1), with(0.8, 2));
  EXPECT_EQ(with(1.0, 1), product(false, false, false));
}

TEST(Faults, reach_convolutions_and_transposed_operands_and_stay_deterministic) {
  for (const Trace& trace : {small_convnet(12, 8), small_transformer(16, 24)}) {
    ArchConfig a = cramped(8, 8);
    a.core.scratchpad.capacity = Bytes(64 << 10);
    const auto clean = run(a, trace, data_mode()).outputs.at(0).bytes;
    a.core.scratchpad.voltage = faults::SupplyVoltage::of_vmin(0.78);
    const auto faulty = run(a, trace, data_mode()).outputs.at(0).bytes;
    EXPECT_NE(faulty, clean);
    EXPECT_EQ(run(a, trace, data_mode()).outputs.at(0).bytes, faulty);
  }
}

TEST(Faults, of_registers_and_accumulators_are_counted_and_change_outputs) {
  ArchConfig a = cramped(8, 8);
  a.core.matrix.register_error_rate = 1;  // every bit of every weight
  const RunResult r = run(a, gemm(m, k, n), data_mode());
  EXPECT_EQ(output(r), product(false, true, false));
  EXPECT_GE(r.faults.at("registers").upsets, k * n * 8);
  a.core.matrix.register_error_rate = 0;
  a.core.accumulator.error_rate = 1;
  const RunResult s = run(a, gemm(m, k, n), data_mode());
  EXPECT_EQ(output(s), product(false, false, true));
  EXPECT_EQ(s.faults.at("accumulator").upsets, m * n * 32);
}

TEST(Faults, of_shape_mode_are_expectations) {
  ArchConfig a = cramped(8, 8);
  a.core.scratchpad.voltage = faults::SupplyVoltage::of_vmin(0.8);
  const RunResult r = run(a, gemm(64, 256, 64));
  const FaultCounts& c = r.faults.at("scratchpad");
  const double bits = 8.0 * static_cast<double>(r.traffic.at("scratchpad.read"));
  EXPECT_NEAR(c.faulty_bits_read, bits * c.cell_error_rate, 1e-9 * c.faulty_bits_read);
  EXPECT_NEAR(c.cell_error_rate, 0.045, 0.02);
}

TEST(Faults, and_supply_leave_time_alone_and_take_energy_by_the_square_of_the_voltage) {
  const ArchConfig a = cramped(8, 8);
  ArchConfig low = a;
  low.core.scratchpad.voltage = faults::SupplyVoltage::of_vmin(0.8);
  const RunResult nominal = run(a, gemm(64, 256, 64)), saved = run(low, gemm(64, 256, 64));
  EXPECT_EQ(nominal.cycles, saved.cycles);
  const auto access_energy = [](const RunResult& r) {
    double sum = 0;
    for (const auto& row : r.power.energy)
      if (row.component == "scratchpad" && (row.action == "read" || row.action == "write"))
        sum += row.energy.value;
    return sum;
  };
  EXPECT_NEAR(access_energy(saved) / access_energy(nominal), 0.64, 1e-9);
}

TEST(Ecc, delays_reads_by_its_cycles_and_never_loses_one) {
  const ArchConfig a = cramped(8, 8);
  std::uint64_t last = run(a, gemm(64, 64, 64)).cycles.value;
  for (const std::int64_t latency : {1, 2, 5}) {
    ArchConfig with = a;
    with.core.scratchpad.ecc = faults::Ecc::secded;
    with.core.scratchpad.ecc_latency = latency;
    const RunResult r = run(with, gemm(64, 64, 64));  // conservation is checked inside
    EXPECT_GT(r.cycles.value, last) << latency;
    last = r.cycles.value;
  }
  ArchConfig off = a;
  off.core.scratchpad.ecc_latency = 60;  // without ecc, nothing
  EXPECT_EQ(run(off, gemm(64, 64, 64)).cycles, run(a, gemm(64, 64, 64)).cycles);
}

TEST(Faults, of_a_depthwise_convolution_are_met_in_the_channel_that_is_read_alone) {
  constexpr std::int64_t channels = 64, pixels = 8 * 8;
  trace::TraceBuilder b("depthwise");
  const auto x = b.input("x", trace::NumberFormat::bf16, {1, channels, 8, 8});
  const auto w = b.parameter("w", trace::NumberFormat::bf16, {channels, 1, 1, 1});
  b.op(trace::OpKind::conv2d, "y", {x, w}, {{"groups", channels}}, trace::NumberFormat::bf16);
  ArchConfig a = roomy(8, 8);
  a.core.scratchpad.capacity = Bytes(1 << 20);
  a.core.scratchpad.faults = all_cells();
  const RunResult r = run(a, b.finish(), data_mode());
  // A word per channel and pixel, not both words of the eight channels that a tile holds; a weight
  // per channel and row, each row being a command; the results on their way out.
  EXPECT_EQ(r.faults.at("scratchpad").silent_words,
            channels * pixels + channels * 8 + channels * pixels * 2 / 8);
}

TEST(Scrubbing, reads_and_writes_the_memory_once_per_interval_at_any_voltage) {
  const auto bytes = [](const RunResult& r, const std::string& action) {
    std::uint64_t sum = 0;
    for (const auto& row : r.power.energy)
      if (row.component == "scratchpad" && row.action == action) sum += row.count;
    return sum;
  };
  for (const bool low : {false, true}) {
    ArchConfig a = cramped(8, 8);
    a.core.scratchpad.ecc = faults::Ecc::secded;
    if (low) a.core.scratchpad.voltage = faults::SupplyVoltage::of_vmin(0.95);
    const RunResult without = run(a, gemm(64, 256, 64));
    a.core.scratchpad.scrub = Latency{true, {}, Cycles(1000)};
    const RunResult with = run(a, gemm(64, 256, 64));
    EXPECT_GT(with.cycles.value, 1000u);
    for (const char* action : {"read", "write"})
      EXPECT_EQ(bytes(with, action) - bytes(without, action),
                with.cycles.value / 1000 * (16u << 10))
          << action << low;
  }
}

}  // namespace
}  // namespace mantissa::arch
