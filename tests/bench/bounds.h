// SPDX-License-Identifier: Apache-2.0
// What a benchmark promises: measured values beside their bounds, collected while benchmarks run
// and printed as one table at the end.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace mantissa::bench {

enum class Sense { at_most, at_least };

// Counts and bytes are the same on every machine; times belong to the machine that measured them.
enum class Kind { exact, time };

struct Bound {
  std::string what, unit;
  double measured = 0, bound = 0;
  Sense sense = Sense::at_most;
  Kind kind = Kind::time;

  bool kept() const { return sense == Sense::at_most ? measured <= bound : measured >= bound; }
};

// Google Benchmark calls a function several times while it finds out how long it takes; the last
// call counts.
void report(const Bound& bound);
const std::vector<Bound>& bounds();

// The table, and whether every bound was kept; those of Kind::time only if `times` says so.
std::string table(const std::vector<Bound>& bounds);
bool all_kept(const std::vector<Bound>& bounds, bool times);

// CPU time of this process, all threads, in seconds.
double cpu_seconds();
double median(std::vector<double> values);

class WallClock {
 public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
  }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace mantissa::bench
