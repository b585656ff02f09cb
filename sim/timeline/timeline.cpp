// SPDX-License-Identifier: Apache-2.0
#include "sim/timeline/timeline.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <numeric>

#include "sim/run/output_directory.h"

namespace mantissa::sim {
namespace {

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Microseconds, all fifteen digits of the femtosecond kept: 1 us = 10^9 fs.
std::string microseconds(Femtoseconds t) {
  return fmt::format("{}.{:09}", t.value / 1'000'000'000, t.value % 1'000'000'000);
}

struct Interval {
  std::string name;
  Cycles start, end;
  std::string args;  // JSON object
};

class EventWriter {
 public:
  explicit EventWriter(Hertz clock) : clock_(clock) {}

  void name(const char* what, std::uint32_t pid, std::size_t tid, const std::string& text) {
    add(fmt::format(R"({{"ph":"M","name":"{}","pid":{},"tid":{},"args":{{"name":{}}}}})", what, pid,
                    tid, quoted(text)));
  }
  void order(std::uint32_t pid, std::size_t tid) {
    add(fmt::format(
        R"({{"ph":"M","name":"thread_sort_index","pid":{},"tid":{},"args":{{"sort_index":{}}}}})",
        pid, tid, tid));
  }
  void slice(std::uint32_t pid, std::size_t tid, const Interval& interval) {
    const Femtoseconds start = clock_.time_of(interval.start);
    add(fmt::format(R"({{"ph":"X","name":{},"pid":{},"tid":{},"ts":{},"dur":{},"args":{}}})",
                    quoted(interval.name), pid, tid, microseconds(start),
                    microseconds(clock_.time_of(interval.end) - start), interval.args));
  }
  void counter(std::uint32_t pid, const std::string& name, Cycles at, double value) {
    add(fmt::format(R"({{"ph":"C","name":{},"pid":{},"ts":{},"args":{{"at work":{:.4f}}}}})",
                    quoted(name), pid, microseconds(clock_.time_of(at)), value));
  }

  // All intervals of one engine, on as many threads as nesting needs; returns the next free thread.
  std::size_t track(std::uint32_t pid, std::size_t tid, const std::string& engine,
                    std::vector<Interval> intervals) {
    std::stable_sort(intervals.begin(), intervals.end(), [](const auto& a, const auto& b) {
      return a.start != b.start ? a.start < b.start : a.end > b.end;
    });
    std::vector<std::pair<Cycles, Cycles>> spans;
    for (const auto& interval : intervals) spans.emplace_back(interval.start, interval.end);
    const auto lanes = nesting_lanes(spans);
    const std::size_t count = lanes.empty() ? 0 : *std::max_element(lanes.begin(), lanes.end()) + 1;
    for (std::size_t lane = 0; lane < count; ++lane) {
      name("thread_name", pid, tid + lane,
           lane == 0 ? engine : fmt::format("{} ({})", engine, lane + 1));
      order(pid, tid + lane);
    }
    for (std::size_t i = 0; i < intervals.size(); ++i) slice(pid, tid + lanes[i], intervals[i]);
    return tid + count;
  }

  std::string finish(const std::string& other_data) {
    return "{\"traceEvents\":[" + events_ +
           "\n],\"displayTimeUnit\":\"ns\",\"otherData\":" + other_data + "}\n";
  }

 private:
  void add(const std::string& event) {
    events_ += events_.empty() ? "\n" : ",\n";
    events_ += event;
  }

  Clock clock_;
  std::string events_;
};

// The order in which a reader wants the engines, top to bottom.
const char* const engines[] = {"matrix", "vector", "load", "store", "link"};

std::string layer_name(const Point& point, const arch::Slice& slice) {
  const auto& traces = point.workload.traces;
  if (slice.core < traces.size() && slice.op < traces[slice.core].ops.size())
    return traces[slice.core].ops[slice.op].name;
  return slice.what;
}

}  // namespace

std::vector<std::size_t> nesting_lanes(const std::vector<std::pair<Cycles, Cycles>>& intervals) {
  std::vector<std::size_t> lanes;
  std::vector<std::vector<Cycles>> open;  // per lane, ends of the slices that enclose "now"
  for (const auto& [start, end] : intervals) {
    std::size_t lane = 0;
    for (;; ++lane) {
      if (lane == open.size()) open.emplace_back();
      auto& ends = open[lane];
      while (!ends.empty() && ends.back() <= start) ends.pop_back();
      if (ends.empty() || end <= ends.back()) break;
    }
    open[lane].push_back(end);
    lanes.push_back(lane);
  }
  return lanes;
}

void Timeline::slice(const arch::Slice& slice) {
  ++seen_;
  profiles_[{slice.core, slice.engine}].add(slice.start, slice.end);
  if (slice.engine == std::string_view("matrix"))
    first_folds_.try_emplace({slice.core, slice.op}, slice.start);
  if (slices_.size() < capacity_) slices_.push_back(slice);
}

bool Timeline::first_fold(std::uint32_t core, std::uint32_t op, Cycles& cycle) const {
  const auto found = first_folds_.find({core, op});
  if (found == first_folds_.end()) return false;
  cycle = found->second;
  return true;
}

std::string Timeline::json(const Point& point, const arch::RunResult& result) const {
  EventWriter out(result.clock);
  for (std::uint32_t core = 0; core < result.per_core.size(); ++core) {
    const std::uint32_t pid = core + 1;  // 0 means "unknown" to some viewers
    out.name("process_name", pid, 0, fmt::format("core {}", core));
    std::vector<Interval> layers;
    for (const auto& layer : result.layers)
      if (layer.core == core)
        layers.push_back(
            {layer.name, layer.start, layer.end,
             fmt::format(R"({{"op":{},"utilization":{:.6f},"macs":{},"tiling":{}}})",
                         quoted(layer.op), layer.utilization, layer.macs, quoted(layer.tiling))});
    std::size_t tid = out.track(pid, 1, "layers", std::move(layers));
    for (const char* engine : engines) {
      std::vector<Interval> intervals;
      for (const auto& slice : slices_)
        if (slice.core == core && slice.engine == std::string_view(engine))
          intervals.push_back({layer_name(point, slice), slice.start, slice.end,
                               fmt::format(R"({{"what":{}}})", quoted(slice.what))});
      tid = out.track(pid, tid, engine, std::move(intervals));
      const auto profile = profiles_.find({core, engine});
      if (profile == profiles_.end()) continue;
      const Cycles width = profile->second.width();
      const auto& active = profile->second.active();
      for (std::size_t i = 0; i < active.size(); ++i)
        out.counter(pid, fmt::format("{} busy", engine), width * i,
                    static_cast<double>(active[i]) / static_cast<double>(width.value));
      out.counter(pid, fmt::format("{} busy", engine), width * active.size(), 0);
    }
  }
  std::string told = fmt::format(
      R"("arch":{},"workload":{},"clock_hz":{},"cycles":{},"slices":{},"slices_dropped":{})",
      quoted(result.arch), quoted(result.workload), result.clock.value, result.cycles.value,
      slices_.size(), dropped());
  if (dropped() > 0)
    told += fmt::format(R"(,"note":"engine slices stop after the first {}; layers and counters )"
                        R"(cover the whole run")",
                        slices_.size());
  return out.finish("{" + told + "}");
}

void Timeline::write(const std::filesystem::path& path, const Point& point,
                     const arch::RunResult& result) const {
  const std::string text = json(point, result);
  errno = 0;
  gzFile file = gzopen(path.c_str(), "wb6");
  if (!file) throw cannot_write(path, errno);
  const int written = gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  const int reason = errno;
  const int closed = gzclose(file);
  if (written != static_cast<int>(text.size()) || closed != Z_OK)
    throw cannot_write(path, reason != 0 ? reason : EIO);
}

}  // namespace mantissa::sim
