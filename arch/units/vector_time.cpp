// SPDX-License-Identifier: Apache-2.0
#include "arch/units/vector_time.h"

#include <algorithm>

namespace mantissa::arch {

Cycles VectorTime::interval(std::uint32_t pass) const {
  Cycles w(1);
  if (pass == 0) w = std::max(w, read_interval);
  if (pass + 1 == passes) w = std::max(w, write_interval);
  return w;
}

VectorLine::VectorLine(const VectorConfig& vector, const ScratchpadConfig& scratchpad)
    : lanes_(static_cast<std::uint64_t>(vector.lanes)),
      depth_(static_cast<std::uint64_t>(vector.stages * vector.latency)),
      port_bytes_(static_cast<std::uint64_t>(scratchpad.banks) * scratchpad.bank_width.value) {}

VectorTime VectorLine::time(const VectorWork& work, Cycles start, Cycles complete) const {
  VectorTime t;
  t.first = t.free = start;
  t.written = start + Cycles(depth_);
  t.beats = ceil_div(work.elements, lanes_);
  t.passes = work.passes;
  if (t.beats == 0) return t;
  const auto interval = [&](std::uint64_t bytes) {
    return Cycles(std::max<std::uint64_t>(1, ceil_div(bytes, t.beats * port_bytes_)));
  };
  t.read_interval = interval(work.read_bytes);
  t.write_interval = interval(work.write_bytes);

  const std::uint64_t gaps = t.beats - 1, before_last_row = work.elements - work.last_row;
  const std::uint64_t in_last_row =
      std::max<std::uint64_t>(1, t.beats - std::min(gaps, before_last_row / lanes_));
  std::uint64_t w = t.interval(0).value;
  std::uint64_t last = std::max(start.value + gaps * w, complete.value + (in_last_row - 1) * w);
  t.first = Cycles(last - gaps * w);
  for (std::uint32_t pass = 1; pass < t.passes; ++pass) {
    const std::uint64_t next = t.interval(pass).value;
    last += std::max(w + gaps * next, depth_ + gaps * (std::max(w, next) - w));
    w = next;
  }
  t.free = Cycles(last + w);
  t.written = Cycles(last + depth_ + w);
  return t;
}

std::uint64_t vector_steps(trace::OpKind kind, const VectorConfig& vector) {
  if (kind == trace::OpKind::requantize)
    return ceil_div(requantize_depth, static_cast<std::uint64_t>(vector.latency));
  return std::max(1u, trace::spec(kind).passes);
}

}  // namespace mantissa::arch
