// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/faults/draw.h"
#include "base/numerics/quantize/tensor_format.h"
#include "workloads/data/normal_stream.h"
#include "workloads/precision/vsquant/published.h"
#include "workloads/precision/vsquant/study_parts.h"

namespace mantissa::workloads::vsquant {

namespace {

using numerics::VectorMac;

constexpr std::int64_t length = 4096;

enum class Law { gaussian, laplace };

std::vector<float> drawn(Law law, std::int64_t channels, std::uint64_t seed) {
  std::vector<float> x(static_cast<std::size_t>(channels * length));
  const data::NormalStream normal(seed, "samples");
  const numerics::RandomStream uniform(seed, "samples");
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (law == Law::gaussian) {
      x[i] = static_cast<float>(normal.at(i));
      continue;
    }
    const std::uint64_t bits = uniform.bits(i);
    const double magnitude = -faults::natural_log(1 - faults::unit(bits));
    x[i] = static_cast<float>(bits & 1 ? -magnitude : magnitude);
  }
  return x;
}

double decibels(const std::vector<float>& x, const std::vector<float>& y) {
  double signal = 0, noise = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double error = double{x[i]} - y[i];
    signal += double{x[i]} * x[i];
    noise += error * error;
  }
  return 10 * std::log10(signal / noise);
}

// The formats of published_losses, in its order.
std::vector<LayerFormat> formats_of_losses() {
  std::vector<LayerFormat> out;
  for (const char* text : {"4/4/-/-", "4/4/f/f", "4/4/f/f", "4/4/4/4", "4/4/4/4", "8/8/-/-",
                           "8/8/8/8", "nvfp4", "mxfp4"}) {
    out.emplace_back();
    out.back().scheme = scheme(text);
  }
  out[2].vector = 64;
  out[4].order = numerics::ScaleOrder::scale_first;
  return out;
}

void add_losses(const VsQuantConfig& config, const Progress& progress, Checks& checks,
                StudyResult& result) {
  ResultTable table{
      "sample_losses",
      fmt::format("SQNR of weights drawn at random, {} channels of {}", config.channels, length),
      {{"format", ""},
       {"Gaussian", "dB"},
       {"expected", "dB"},
       {"Laplace", "dB"},
       {"expected", "dB"}},
      {}};
  const numerics::VectorAxis axis{config.channels, length, 1};
  const auto formats = formats_of_losses();
  std::vector<std::vector<double>> loss(formats.size());
  double done = 0;
  for (const Law law : {Law::gaussian, Law::laplace}) {
    const std::vector<float> x =
        drawn(law, config.channels, static_cast<std::uint64_t>(config.seed));
    std::vector<float> y(x.size());
    for (std::size_t i = 0; i < formats.size(); ++i) {
      progress(done++ / static_cast<double>(2 * formats.size()), "losses of samples");
      numerics::fake_quantize(numerics::tensor_format(formats[i].weights()), x.data(), axis,
                              nullptr, y.data());
      loss[i].push_back(decibels(x, y));
    }
  }
  for (std::size_t i = 0; i < formats.size(); ++i) {
    const PublishedLoss& known = published_losses[i];
    table.rows.push_back({known.what, loss[i][0], known.gaussian, loss[i][1], known.laplace});
    // The largest of 4096 Laplace samples varies so that 512 channels know the loss of one scale
    // per channel to 0.055 dB only (a standard deviation), and fewer channels less.
    const double spread = std::sqrt(512 / static_cast<double>(config.channels));
    const bool per_channel =
        formats[i].scheme.weight_scale_bits == Scheme::none && formats[i].scheme.is_integer();
    checks.near(4, fmt::format("{}, Gaussian, dB", known.what), known.gaussian, loss[i][0],
                0.05 * spread);
    checks.near(4, fmt::format("{}, Laplace, dB", known.what), known.laplace, loss[i][1],
                spread * (per_channel ? 0.16 : 0.05));
  }
  result.tables.push_back(std::move(table));
}

// Rows of 4-bit codes and scales from a counter.
struct Operands {
  std::vector<std::int8_t> elements;
  std::vector<std::uint16_t> scales;
};
Operands operands(std::int64_t rows, std::int64_t vectors, std::int64_t v, std::int64_t top,
                  std::uint64_t seed) {
  const numerics::RandomStream draw(seed, "codes");
  Operands out;
  for (std::int64_t i = 0; i < rows * vectors * v; ++i)
    out.elements.push_back(
        static_cast<std::int8_t>(draw.integer(static_cast<std::uint64_t>(2 * i), -7, 7)));
  for (std::int64_t i = 0; i < rows * vectors; ++i)
    out.scales.push_back(
        static_cast<std::uint16_t>(draw.integer(static_cast<std::uint64_t>(2 * i + 1), 1, top)));
  return out;
}

// Sums that differ from those of plain 64-bit integers: with scales of one, and with full products.
std::int64_t differing(std::int64_t top, std::uint64_t seed) {
  constexpr std::int64_t rows = 32, vectors = 24, v = 16;
  VectorMac mac;
  mac.accumulator_bits = 48;
  const Operands a = operands(rows, vectors, v, top, seed),
                 w = operands(rows, vectors, v, top, ~seed);
  std::vector<std::int64_t> acc(rows * rows);
  numerics::VectorMacCounts counts;
  numerics::vector_scaled_gemm(mac, {a.elements.data(), a.scales.data()},
                               {w.elements.data(), w.scales.data()}, acc.data(), rows, rows,
                               vectors * v, false, counts);
  std::int64_t wrong = 0;
  for (std::int64_t m = 0; m < rows; ++m)
    for (std::int64_t n = 0; n < rows; ++n) {
      std::int64_t exact = 0;
      for (std::int64_t k = 0; k < vectors * v; ++k) {
        const auto x = static_cast<std::size_t>(m * vectors * v + k);
        const auto y = static_cast<std::size_t>(n * vectors * v + k);
        exact += std::int64_t{a.elements[x]} * w.elements[y] * a.scales[x / v] * w.scales[y / v];
      }
      wrong += exact != acc[static_cast<std::size_t>(m * rows + n)];
    }
  return wrong;
}

void add_arithmetic(const VsQuantConfig& config, Checks& checks) {
  const auto seed = static_cast<std::uint64_t>(config.seed);
  LayerFormat four;
  four.scheme = scheme("4/4/4/4");
  for (const auto& [v, percent] :
       {std::pair<std::int64_t, double>{16, 6.25}, {32, 3.125}, {64, 1.5625}}) {
    four.vector = v;
    const auto bits =
        numerics::storage(numerics::tensor_format(four.weights()).integer, {1, length, 1});
    checks.near(1, fmt::format("storage of scales, V = {}, %", v), percent,
                100 * static_cast<double>(bits.scales) / static_cast<double>(bits.elements));
  }
  checks.near(2, "sums unlike the plain integer product, all scales 1", 0,
              static_cast<double>(differing(1, seed)));
  checks.near(2, "sums unlike the exact ones, full scale products", 0,
              static_cast<double>(differing(15, seed)));
  VectorMac mac;
  const std::int64_t full = numerics::safe_vectors(mac);
  checks.near(3, "vectors that 24 bits take for certain, 4/4/4/4", 47, static_cast<double>(full));
  mac.product_bits = 4;
  checks.near(3, "the same with R = 4", 713, static_cast<double>(numerics::safe_vectors(mac)));

  // The same operands whatever R is, with few scales that are small enough to tell.
  const auto zeros = [&](int product_bits) {
    constexpr std::int64_t rows = 32, vectors = 24, v = 16;
    VectorMac rounded;
    rounded.product_bits = product_bits;
    const Operands a = operands(rows, vectors, v, 15, seed),
                   w = operands(rows, vectors, v, 15, ~seed);
    std::vector<std::int64_t> acc(rows * rows);
    numerics::VectorMacCounts counts;
    numerics::vector_scaled_gemm(rounded, {a.elements.data(), a.scales.data()},
                                 {w.elements.data(), w.scales.data()}, acc.data(), rows, rows,
                                 vectors * v, false, counts);
    return 100 * static_cast<double>(counts.gated) / static_cast<double>(counts.vectors);
  };
  checks.rising(7, "scale products that round to zero, uniform 4-bit scales, %",
                {{"full", zeros(0)}, {"R = 6", zeros(6)}, {"R = 4", zeros(4)}});

  four.vector = 16;
  LayerFormat eight;
  eight.scheme = scheme("8/8/-/-");
  const auto row = [&](const LayerFormat& f) {
    const auto bits =
        numerics::storage(numerics::tensor_format(f.weights()).integer, {1, length, 1});
    return static_cast<double>(bits.elements + bits.scales);
  };
  checks.near(6, "buffer bits, 4/4/4/4 over 8/8", 4.25 / 8, row(four) / row(eight));
}

}  // namespace

void add_definition(const VsQuantConfig& config, const Progress& progress, Checks& checks,
                    StudyResult& result) {
  add_losses(config, progress, checks, result);
  progress(0.99, "arithmetic");
  add_arithmetic(config, checks);
}

}  // namespace mantissa::workloads::vsquant
