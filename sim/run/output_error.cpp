// SPDX-License-Identifier: Apache-2.0
#include "sim/run/output_error.h"

#include <cmath>

#include "base/numerics/element.h"

namespace mantissa::sim {
namespace {

// The first of the greatest; NaN is never greater.
std::int64_t greatest(const arch::OutputTensor& t, std::int64_t first, std::int64_t count) {
  std::int64_t best = first;
  double most = -HUGE_VAL;
  for (std::int64_t i = first; i < first + count; ++i) {
    const double x = numerics::load_element(t.tensor.format, t.bytes.data(), i).as_real();
    if (x > most) {
      most = x;
      best = i;
    }
  }
  return best;
}

void clear(arch::SramConfig& sram) {
  sram.voltage.reset();
  sram.scrub.reset();
  sram.faults.reset();
}

}  // namespace

OutputError output_error(const std::vector<arch::OutputTensor>& expected,
                         const std::vector<arch::OutputTensor>& seen) {
  MANTISSA_CHECK(expected.size() == seen.size(), "runs of one workload with other outputs");
  OutputError error;
  double elements = 0, rows = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto &a = expected[i], &b = seen[i];
    MANTISSA_CHECK(a.bytes.size() == b.bytes.size() && a.tensor.format == b.tensor.format,
                   "runs of one workload with other outputs");
    const std::int64_t count = a.tensor.elements();
    const std::int64_t width =
        a.tensor.shape.empty() ? 1 : std::max<std::int64_t>(1, a.tensor.shape.back());
    elements += static_cast<double>(count);
    rows += static_cast<double>(count / width);
    if (a.bytes == b.bytes) continue;
    const unsigned bits = trace::bits(a.tensor.format);
    for (std::int64_t e = 0; e < count; ++e) {
      if (numerics::load_bits(bits, a.bytes.data(), e) ==
          numerics::load_bits(bits, b.bytes.data(), e))
        continue;
      ++error.changed;
      const double difference =
          numerics::load_element(a.tensor.format, a.bytes.data(), e).as_real() -
          numerics::load_element(b.tensor.format, b.bytes.data(), e).as_real();
      if (std::isfinite(difference)) error.difference += std::abs(difference);
    }
    for (std::int64_t row = 0; row + width <= count; row += width)
      error.top1 += greatest(a, row, width) != greatest(b, row, width);
  }
  if (elements > 0) {
    error.changed /= elements;
    error.difference /= elements;
  }
  if (rows > 0) error.top1 /= rows;
  return error;
}

bool may_fail(const arch::ArchConfig& config) {
  const auto& core = config.core;
  return core.scratchpad.fails() || (core.weight_buffer && core.weight_buffer->fails()) ||
         core.matrix.register_error_rate > 0 || core.accumulator.error_rate > 0;
}

Point without_faults(const Point& point) {
  Point sound = point;
  auto& core = sound.arch.core;
  clear(core.scratchpad);
  if (core.weight_buffer) clear(*core.weight_buffer);
  core.matrix.register_error_rate = core.accumulator.error_rate = 0;
  core.chip_seed = 0;
  return sound;
}

}  // namespace mantissa::sim
