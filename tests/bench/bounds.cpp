// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/bounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

namespace mantissa::bench {
namespace {

std::vector<Bound>& collected() {
  static std::vector<Bound> all;
  return all;
}

}  // namespace

void report(const Bound& bound) {
  for (Bound& earlier : collected())
    if (earlier.what == bound.what) {
      earlier = bound;
      return;
    }
  collected().push_back(bound);
}

const std::vector<Bound>& bounds() { return collected(); }

std::string table(const std::vector<Bound>& bounds) {
  std::string text =
      fmt::format("{:<56} {:>11} {:>13} {:>15}\n", "", "measured", "bound", "measured/bound");
  for (const Bound& b : bounds)
    text += fmt::format("{:<56} {:>11.4g} {} {:>10.4g} {:<4} {:>7.3f}  {}\n", b.what, b.measured,
                        b.sense == Sense::at_most ? "<=" : ">=", b.bound, b.unit,
                        b.measured / b.bound, b.kept() ? "kept" : "BROKEN");
  return text;
}

bool all_kept(const std::vector<Bound>& bounds, bool times) {
  return std::all_of(bounds.begin(), bounds.end(), [times](const Bound& b) {
    return b.kept() || (b.kind == Kind::time && !times);
  });
}

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace mantissa::bench
