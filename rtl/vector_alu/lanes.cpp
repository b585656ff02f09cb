// SPDX-License-Identifier: Apache-2.0
#include "rtl/vector_alu/lanes.h"

#include <fmt/format.h>

namespace mantissa::rtl {

Lanes::Lanes(const CosimRequest& alone, std::size_t count, std::uint64_t depth,
             const std::function<void(const std::string& step, double seconds)>& progress)
    : count_(count), width_(static_cast<std::size_t>(alone.parameters.at("Lanes"))), depth_(depth) {
  for (std::size_t i = 0; i * width_ < count_; ++i) units_.emplace_back(alone, progress);
  set("ready_i", 1);
}

void Lanes::set(const char* port, std::uint64_t value) {
  for (auto& unit : units_) unit.set(port, value);
}

std::string Lanes::stream(const std::vector<std::uint64_t>& enters,
                          const std::function<void(std::size_t)>& fill,
                          const std::function<void(std::size_t)>& take) {
  std::size_t in = 0, out = 0;
  for (std::uint64_t cycle = enters.front(); out < enters.size(); ++cycle) {
    // 1. Inputs of this cycle.
    const bool offers = in < enters.size() && enters[in] == cycle;
    set("valid_i", offers ? 1 : 0);
    if (offers) fill(in);
    for (auto& unit : units_) unit.settle();
    // 2. Nobody holds results back, so every beat is taken and leaves on time.
    const bool due = out < in && enters[out] + depth_ == cycle;
    for (const auto& unit : units_) {
      if (unit.value("ready_o") == 0)
        return fmt::format("ready_o = 0 in cycle {} of the command, with beat {} of {}", cycle, in,
                           enters.size());
      if ((unit.value("valid_o") != 0) != due)
        return fmt::format("valid_o = {} in cycle {} of the command, {} of {} beats in and {} out",
                           due ? 0 : 1, cycle, in, enters.size(), out);
    }
    if (due) take(out++);
    // 3. The edge.
    for (auto& unit : units_) unit.edge();
    in += offers ? 1 : 0;
  }
  return {};
}

}  // namespace mantissa::rtl
