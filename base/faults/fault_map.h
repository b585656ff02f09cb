// SPDX-License-Identifier: Apache-2.0
// The faulty cells of one memory of one chip at one error rate, and what each does to what is
// stored in it. Maps of one seed are nested: those at a lower rate are part of those at a higher.
//
//   FaultMap map = FaultMap::uniform(key, cells, 0.01, Effect::flip);
//   for (const Fault& f : map.between(first, last)) ...
//
// An access goes wrong with probability `zero_to_one` where the cell holds a 0 and `one_to_zero`
// where it holds a 1: (1, 1) flips what is stored, (1, 0) is stuck at one, (0, 1) stuck at zero,
// anything between is transient.
#pragma once

#include <cstdint>
#include <vector>

#include "base/config/codec.h"
#include "base/faults/column_profile.h"

namespace mantissa::faults {

struct Fault {
  std::uint64_t cell = 0;
  double zero_to_one = 0, one_to_zero = 0;
  friend bool operator==(const Fault& a, const Fault& b) {
    return a.cell == b.cell && a.zero_to_one == b.zero_to_one && a.one_to_zero == b.one_to_zero;
  }
};

// What failing cells do. Directional: each is stuck at one or at zero, by a share.
enum class Effect { flip, stuck_at_0, stuck_at_1, directional };

struct FaultEffect {
  Effect effect = Effect::flip;
  double zero_to_one = 0.5;   // directional: the share of cells stuck at one
  double access_error = 1.0;  // probability that an access to a failing cell goes wrong
};

struct FaultSpan {
  const Fault *first, *last;
  const Fault* begin() const { return first; }
  const Fault* end() const { return last; }
  bool empty() const { return first == last; }
};

class FaultMap {
 public:
  FaultMap() = default;
  // Any order; a cell at most once.
  explicit FaultMap(std::vector<Fault> faults);

  // Every cell fails at rate p, independently.
  static FaultMap uniform(std::uint64_t key, std::uint64_t cells, double p,
                          const FaultEffect& effect);
  // Arrays of `rows` rows, each row as many cells as the profile has columns, one behind the other;
  // cell (array, row, column) has number (array * rows + row) * columns + column.
  static FaultMap by_column(std::uint64_t key, std::uint64_t cells, std::uint64_t rows, double p,
                            const ColumnProfile& profile, const FaultEffect& effect);

  bool empty() const { return faults_.empty(); }
  std::size_t size() const { return faults_.size(); }
  const std::vector<Fault>& faults() const { return faults_; }  // by cell, ascending
  FaultSpan between(std::uint64_t first, std::uint64_t last) const;

 private:
  std::vector<Fault> faults_;
};

}  // namespace mantissa::faults

namespace mantissa::config {
template <>
struct EnumNames<faults::Effect> {
  static const std::vector<std::pair<faults::Effect, const char*>>& names();
};
}  // namespace mantissa::config
