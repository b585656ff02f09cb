// SPDX-License-Identifier: Apache-2.0
#include "sim/timeline/timeline.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>

#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "sim/run/output_directory.h"
#include "tests/sim/run/sample_run.h"

namespace mantissa::sim {
namespace {

using nlohmann::json;

arch::Slice slice(const char* engine, std::uint64_t start, std::uint64_t end, std::uint32_t op = 0,
                  std::uint32_t core = 0) {
  return {core, engine, "work", op, Cycles(start), Cycles(end)};
}

std::vector<json> events(const json& timeline, const std::string& phase) {
  std::vector<json> found;
  for (const auto& event : timeline["traceEvents"])
    if (event["ph"] == phase) found.push_back(event);
  return found;
}

bool every_track_nests(const json& timeline) {
  std::map<std::pair<int, int>, std::vector<std::pair<double, double>>> tracks;
  for (const auto& event : events(timeline, "X")) {
    const double start = event["ts"], end = start + event["dur"].get<double>();
    for (const auto& [s, e] : tracks[{event["pid"], event["tid"]}]) {
      const bool apart = end <= s + 1e-9 || e <= start + 1e-9;
      const bool inside =
          (start >= s - 1e-9 && end <= e + 1e-9) || (s >= start - 1e-9 && e <= end + 1e-9);
      if (!apart && !inside) return false;
    }
    tracks[{event["pid"], event["tid"]}].emplace_back(start, end);
  }
  return true;
}

TEST(NestingLanes, put_disjoint_and_nested_intervals_into_one_lane) {
  const auto lanes = nesting_lanes({{Cycles(0), Cycles(10)},
                                    {Cycles(2), Cycles(10)},
                                    {Cycles(3), Cycles(4)},
                                    {Cycles(10), Cycles(12)}});
  EXPECT_EQ(lanes, (std::vector<std::size_t>{0, 0, 0, 0}));
}

TEST(NestingLanes, put_an_interval_that_overlaps_by_one_cycle_into_the_next_lane) {
  EXPECT_EQ(nesting_lanes({{Cycles(0), Cycles(10)}, {Cycles(9), Cycles(11)}}),
            (std::vector<std::size_t>{0, 1}));
  EXPECT_EQ(nesting_lanes({{Cycles(0), Cycles(10)}, {Cycles(10), Cycles(11)}}),
            (std::vector<std::size_t>{0, 0}));
}

TEST(Timeline, is_json_whose_slices_nest) {
  Timeline timeline;
  timeline.slice(slice("load", 0, 100));
  timeline.slice(slice("load", 50, 150));  // two bursts in flight
  timeline.slice(slice("matrix", 100, 200));
  timeline.slice(slice("matrix", 120, 140));
  const json parsed = json::parse(timeline.json(sample_point(), sample_result()));
  EXPECT_TRUE(every_track_nests(parsed));
  EXPECT_EQ(parsed["displayTimeUnit"], "ns");
  // Two layers of the result and four slices of engines.
  EXPECT_EQ(events(parsed, "X").size(), 6u);
}

TEST(Timeline, the_check_of_nesting_can_fail) {
  const json broken = json::parse(
      R"({"traceEvents":[{"ph":"X","pid":1,"tid":1,"ts":0,"dur":10},
                         {"ph":"X","pid":1,"tid":1,"ts":5,"dur":10}]})");
  EXPECT_FALSE(every_track_nests(broken));
}

TEST(Timeline, gives_microseconds_with_every_femtosecond) {
  auto result = sample_result();
  result.clock = Hertz(940'000'000);  // no whole number of femtoseconds per cycle
  Timeline timeline;
  timeline.slice(slice("matrix", 1, 3));
  const std::string text = timeline.json(sample_point(), result);
  // floor(10^15 / 940 MHz) = 1063829 fs; floor(3 x 10^15 / 940 MHz) = 3191489 fs.
  EXPECT_NE(text.find("\"ts\":0.001063829,\"dur\":0.002127660"), std::string::npos) << text;
}

TEST(Timeline, names_slices_by_their_layer_and_escapes_the_name) {
  Timeline timeline;
  timeline.slice(slice("matrix", 0, 1, 0));
  const json parsed = json::parse(timeline.json(sample_point(), sample_result()));
  bool found = false;
  for (const auto& event : events(parsed, "X"))
    found = found || (event["name"] == "fc,\"1\"" && event["args"].value("what", "") == "work");
  EXPECT_TRUE(found);
}

TEST(Timeline, keeps_no_more_slices_than_its_capacity_and_says_so) {
  Timeline full(2), all(3);
  for (auto* timeline : {&full, &all})
    for (std::uint64_t i = 0; i < 3; ++i) timeline->slice(slice("matrix", 10 * i, 10 * i + 5));
  EXPECT_EQ(full.dropped(), 1u);
  EXPECT_EQ(all.dropped(), 0u);
  const json cut = json::parse(full.json(sample_point(), sample_result()));
  EXPECT_EQ(cut["otherData"]["slices_dropped"], 1);
  EXPECT_TRUE(cut["otherData"].contains("note"));
  EXPECT_FALSE(
      json::parse(all.json(sample_point(), sample_result()))["otherData"].contains("note"));
}

TEST(Timeline, knows_when_the_first_fold_of_an_operator_began) {
  Timeline timeline;
  timeline.slice(slice("load", 0, 50, 0));
  timeline.slice(slice("matrix", 40, 60, 0));
  timeline.slice(slice("matrix", 60, 80, 0));
  Cycles cycle;
  ASSERT_TRUE(timeline.first_fold(0, 0, cycle));
  EXPECT_EQ(cycle, Cycles(40));
  EXPECT_FALSE(timeline.first_fold(0, 1, cycle));
  EXPECT_FALSE(timeline.first_fold(1, 0, cycle));
}

TEST(Timeline, writes_gzip_that_unpacks_to_its_json) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("mantissa-timeline-" + std::to_string(getpid()) + ".json.gz");
  Timeline timeline;
  timeline.slice(slice("matrix", 0, 7));
  timeline.write(path, sample_point(), sample_result());
  gzFile file = gzopen(path.c_str(), "rb");
  ASSERT_NE(file, nullptr);
  std::string text(1 << 16, '\0');
  text.resize(
      static_cast<std::size_t>(gzread(file, text.data(), static_cast<unsigned>(text.size()))));
  gzclose(file);
  std::filesystem::remove(path);
  EXPECT_EQ(text, timeline.json(sample_point(), sample_result()));
}

TEST(Timeline, cannot_be_written_into_a_folder_that_is_not_there) {
  try {
    Timeline().write("/nonexistent/t.json.gz", sample_point(), sample_result());
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.kind().id(), unwritable.id());
  }
}

std::uint64_t total(const ActivityProfile& profile) {
  return std::accumulate(profile.active().begin(), profile.active().end(), std::uint64_t{0});
}

TEST(ActivityProfile, keeps_every_cycle_while_it_widens) {
  ActivityProfile profile;
  std::uint64_t expected = 0;
  for (std::uint64_t i = 0; i < 2000; ++i) {
    profile.add(Cycles(i * 997), Cycles(i * 997 + 1 + i % 800));
    expected += 1 + i % 800;
  }
  EXPECT_EQ(total(profile), expected);
  EXPECT_LE(profile.active().size(), ActivityProfile::windows);
}

TEST(ActivityProfile, widens_just_when_the_last_window_is_full) {
  ActivityProfile profile;
  profile.add(Cycles(0), Cycles(64 * ActivityProfile::windows));
  EXPECT_EQ(profile.width(), Cycles(64));
  profile.add(Cycles(0), Cycles(64 * ActivityProfile::windows + 1));
  EXPECT_EQ(profile.width(), Cycles(128));
}

TEST(ActivityProfile, ignores_slices_without_duration) {
  ActivityProfile profile;
  profile.add(Cycles(5), Cycles(5));
  EXPECT_EQ(total(profile), 0u);
}

}  // namespace
}  // namespace mantissa::sim
