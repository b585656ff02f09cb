// SPDX-License-Identifier: Apache-2.0
#include "arch/units/ipu/operand_law.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <tuple>

#include "arch/units/ipu/clusters.h"
#include "base/faults/normal.h"
#include "base/numerics/inner_product/timing.h"
#include "base/numerics/minifloat.h"
#include "base/numerics/random_fill.h"

namespace mantissa::arch {
namespace {

namespace ip = numerics::inner_product;

constexpr std::int64_t steps = 512;

// Magnitudes of the standard normal distribution, all equally likely.
const std::vector<double>& normal_magnitudes() {
  static const auto table = [] {
    constexpr int count = 1024;
    std::vector<double> out;
    for (int i = 0; i < count; ++i)
      out.push_back(faults::normal_quantile(0.5 + (i + 0.5) / (2 * count)));
    return out;
  }();
  return table;
}

double draw(const IpuConfig& config, bool input, const numerics::RandomStream& stream,
            std::uint64_t i) {
  const OperandLaw law = config.operands;
  const std::uint64_t bits = stream.bits(i);
  const bool negative = (bits & 1) != 0;
  if (law == OperandLaw::aligned) return 1;
  if (law == OperandLaw::uniform)
    return (negative ? -1 : 1) * static_cast<double>((bits >> 11) + 1) * 0x1p-53;
  if (law == OperandLaw::relu && input && negative) return 0;
  if (law == OperandLaw::spread && input) {
    const auto octave =
        static_cast<int>((bits >> 1 & 0x7FF) % static_cast<std::uint64_t>(config.octaves));
    const double significand = 1 + static_cast<double>(bits >> 12) * 0x1p-52;
    return std::ldexp(negative ? -significand : significand, -octave);
  }
  const auto& magnitudes = normal_magnitudes();
  const double magnitude = magnitudes[bits >> 32 & (magnitudes.size() - 1)];
  return negative ? -magnitude : magnitude;
}

std::vector<std::uint32_t> codes(const IpuConfig& config, bool input, trace::NumberFormat format,
                                 std::size_t count) {
  const numerics::RandomStream stream(1, input ? "inputs" : "weights");
  const auto& fields = numerics::minifloat_format(format);
  std::vector<std::uint32_t> out(count);
  for (std::size_t i = 0; i < count; ++i)
    out[i] = numerics::encode(fields, draw(config, input, stream, i));
  return out;
}

LawCycles simulate(const IpuConfig& config, std::int64_t lanes, std::int64_t columns,
                   trace::NumberFormat format, std::uint64_t interval,
                   trace::NumberFormat weight_format) {
  const ip::IpuParameters p = config.parameters(lanes);
  const ip::FormatPair pair = ipu_pair(format, weight_format);
  const std::int64_t k = steps * lanes;
  const auto inputs = codes(config, true, format, static_cast<std::size_t>(config.pixels * k));
  const auto weights = codes(config, false, weight_format, static_cast<std::size_t>(columns * k));
  const ip::PackedExponents x(p, pair.a, {inputs.data(), 4, k, 1, config.pixels, k});
  const ip::PackedExponents y(p, pair.b, {weights.data(), 4, k, 1, columns, k});
  std::vector<std::vector<std::uint16_t>> partitions(
      static_cast<std::size_t>(config.pixels),
      std::vector<std::uint16_t>(static_cast<std::size_t>(steps * y.columns())));
  for (std::int64_t pixel = 0; pixel < config.pixels; ++pixel)
    ip::partitions_of_row(p, x, pixel, y, partitions[static_cast<std::size_t>(pixel)].data());

  const auto units = static_cast<std::uint64_t>(columns * config.pixels);
  const std::uint64_t cluster =
      config.cluster == 0 ? units : static_cast<std::uint64_t>(config.cluster);
  Clusters clusters(units, cluster, static_cast<std::uint64_t>(config.buffer), interval);
  LawCycles out{static_cast<std::uint64_t>(steps), 0, static_cast<std::uint64_t>(steps) * units, 0};
  std::vector<std::uint32_t> of_step(units);
  for (std::int64_t s = 0; s < steps; ++s) {
    std::size_t unit = 0;
    for (const auto& row : partitions)
      for (std::int64_t c = 0; c < columns; ++c, ++unit) {
        of_step[unit] = static_cast<std::uint32_t>(
            ip::cycles(row[static_cast<std::size_t>(s * y.columns() + c)], p.iterations(pair)));
        out.demanded += of_step[unit];
      }
    clusters.step(of_step.data());
  }
  out.cycles = clusters.end();
  return out;
}

}  // namespace

LawCycles law_cycles(const IpuConfig& config, std::int64_t lanes, std::int64_t columns,
                     trace::NumberFormat format, std::uint64_t interval,
                     std::optional<trace::NumberFormat> weight_format) {
  const trace::NumberFormat weights = weight_format.value_or(format);
  // The mapper asks for many units of the same kind.
  static std::mutex mutex;
  static std::map<std::string, LawCycles> known;
  std::string key = IpuConfig::schema().write(config).yaml();
  for (const std::int64_t n :
       {lanes, columns, static_cast<std::int64_t>(format), static_cast<std::int64_t>(weights),
        static_cast<std::int64_t>(interval)})
    key += ' ' + std::to_string(n);
  const std::lock_guard<std::mutex> lock(mutex);
  const auto found = known.find(key);
  if (found != known.end()) return found->second;
  return known[key] = simulate(config, lanes, columns, format, interval, weights);
}

}  // namespace mantissa::arch
