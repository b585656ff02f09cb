// SPDX-License-Identifier: Apache-2.0
// What every engine did when, for the Perfetto UI (ui.perfetto.dev) or chrome://tracing.
//
// One process per core; one thread per engine, and one for the layers. Slices of a thread nest or
// are disjoint, as the format demands: what overlaps otherwise moves to a second thread of the same
// name. Counters show how many commands each engine had at work, averaged over windows. Times are
// microseconds with femtosecond digits.
//
//   Timeline timeline;
//   run(point, &timeline);
//   timeline.write("timeline.json.gz", point, result);
//
// At most `capacity` slices of engines are kept, the first ones; the file, and dropped(), say how
// many more there were. Layers and counters always cover the whole run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "arch/session/run_result.h"
#include "arch/session/session.h"
#include "sim/run/run_point.h"
#include "sim/timeline/activity_profile.h"

namespace mantissa::sim {

class Timeline : public arch::Observer {
 public:
  explicit Timeline(std::size_t capacity = 200'000) : capacity_(capacity) {}

  void slice(const arch::Slice& slice) override;

  std::uint64_t dropped() const { return seen_ - slices_.size(); }
  // When the matrix unit of `core` first worked on operator `op`; nothing before the first fold.
  bool first_fold(std::uint32_t core, std::uint32_t op, Cycles& cycle) const;

  std::string json(const Point& point, const arch::RunResult& result) const;
  // Gzipped; throws Error(unwritable).
  void write(const std::filesystem::path& path, const Point& point,
             const arch::RunResult& result) const;

 private:
  std::size_t capacity_;
  std::uint64_t seen_ = 0;
  std::vector<arch::Slice> slices_;
  std::map<std::pair<std::uint32_t, std::string>, ActivityProfile> profiles_;  // by core, engine
  std::map<std::pair<std::uint32_t, std::uint32_t>, Cycles> first_folds_;      // by core, op
};

// For each interval, in order of start (longer first), the lowest lane in which it nests with all
// earlier ones of that lane.
std::vector<std::size_t> nesting_lanes(const std::vector<std::pair<Cycles, Cycles>>& intervals);

}  // namespace mantissa::sim
