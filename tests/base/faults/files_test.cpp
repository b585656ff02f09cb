// SPDX-License-Identifier: Apache-2.0
// Fault maps and error traces from files.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "base/faults/errors.h"
#include "base/faults/map_file.h"
#include "base/faults/upset.h"

namespace mantissa::faults {
namespace {

class File {
 public:
  explicit File(const std::string& text)
      : path_(testing::TempDir() + "mantissa_faults_" +
              testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::ofstream(path_) << text;
  }
  ~File() { std::remove(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

template <class Read>
void expect_refused(const ErrorKind& kind, int line, const std::string& text, Read read) {
  const File file(text);
  try {
    read(file.path());
    FAIL() << "not refused: " << text;
  } catch (const Error& e) {
    EXPECT_EQ(&e.kind(), &kind) << e.message();
    EXPECT_EQ(e.place().line, line) << e.message();
  }
}

const CellLayout linear{64, 1};

TEST(MapFile, describes_bits_ranges_directions_and_voltages) {
  const File file(
      "# address  p01 p10 voltage\n"
      "0x10.7 1 0   # stuck at one\n"
      "\n"
      "3.0-4.7 0.5 0.25 0.8\n");
  const auto entries = read_map_file(file.path(), 1024);
  const auto above = map_at(entries, 0.81, linear), at = map_at(entries, 0.8, linear);
  ASSERT_EQ(above.size(), 1u);
  EXPECT_EQ(above.faults()[0], (Fault{0x10 * 8 + 7, 1, 0}));
  ASSERT_EQ(at.size(), 17u);
  EXPECT_EQ(at.faults()[0], (Fault{24, 0.5, 0.25}));
  EXPECT_EQ(at.faults()[15], (Fault{39, 0.5, 0.25}));
}

TEST(MapFile, puts_bits_where_the_layout_has_them) {
  const File file("9.1 1 1\n");
  const CellLayout words{72, 4};
  const auto map = map_at(read_map_file(file.path(), 64), 1, words);
  ASSERT_EQ(map.size(), 1u);
  EXPECT_EQ(map.faults()[0].cell, words.cell({1, 9}));
}

TEST(MapFile, is_refused_at_the_line_that_is_wrong) {
  const auto read = [](const std::string& path) { read_map_file(path, 64); };
  expect_refused(bad_line, 1, "1.0 1\n", read);
  expect_refused(bad_line, 2, "1.0 1 0\n1.8 1 0\n", read);
  expect_refused(bad_line, 1, "1 1 0\n", read);
  expect_refused(bad_line, 1, "1.0 1.5 0\n", read);
  expect_refused(bad_line, 1, "2.0-1.7 1 0\n", read);
  expect_refused(bad_line, 1, "1.0 1 0 high\n", read);
  expect_refused(beyond_memory, 3, "# three\n63.7 1 0\n64.0 1 0\n", read);
  expect_refused(overlap, 3, "1.0-3.7 1 0\n5.0 1 1\n3.7 0 1\n", read);
}

TEST(MapFile, takes_ranges_that_touch) {
  const File file("1.0-3.6 1 0\n3.7 0 1\n");
  EXPECT_EQ(read_map_file(file.path(), 64).size(), 2u);
}

TEST(MapFile, must_be_there) {
  EXPECT_THROW(read_map_file("/nowhere/at/all", 64), Error);
  EXPECT_THROW(read_map_file("/", 64), Error);
}

TEST(ErrorTrace, replays_upsets_in_order) {
  const File file("10 0x3.1 flip\n10 4.0 set\n0x20 4.0 clear\n");
  const auto upsets = read_error_trace(file.path(), linear, 64);
  ASSERT_EQ(upsets.size(), 3u);
  EXPECT_EQ(upsets[0].cycle, 10u);
  EXPECT_EQ(upsets[0].cell, 25u);
  EXPECT_EQ(upsets[1].kind, UpsetKind::set);
  EXPECT_EQ(upsets[2].cycle, 32u);
  EXPECT_EQ(upsets[2].kind, UpsetKind::clear);
}

TEST(ErrorTrace, is_refused_at_the_line_that_is_wrong) {
  const auto read = [](const std::string& path) { read_error_trace(path, linear, 64); };
  expect_refused(bad_line, 1, "1 0.0\n", read);
  expect_refused(bad_line, 1, "1 0.0 flop\n", read);
  expect_refused(bad_line, 2, "1 0.0 flip\n-1 0.0 flip\n", read);
  expect_refused(unordered_trace, 2, "5 0.0 flip\n4 0.0 flip\n", read);
  expect_refused(beyond_memory, 1, "5 64.0 flip\n", read);
}

TEST(Cluster, has_the_neighbours_of_its_shape_as_far_as_the_memory_reaches) {
  EXPECT_EQ(cluster(10, 2, 2, 16, 64), (std::vector<std::uint64_t>{10, 11, 26, 27}));
  EXPECT_EQ(cluster(15, 2, 1, 16, 64), (std::vector<std::uint64_t>{15}));      // end of its row
  EXPECT_EQ(cluster(62, 2, 2, 16, 64), (std::vector<std::uint64_t>{62, 63}));  // last row
}

TEST(UpsetProcess, has_its_rate_and_does_not_depend_on_how_it_is_asked) {
  UpsetProcess process(5, 1 << 20, 1e-9), again(5, 1 << 20, 1e-9);
  std::vector<std::uint64_t> at_once, in_steps;
  while (const auto u = process.next_until(10'000'000)) at_once.push_back(u->cell);
  for (std::uint64_t t = 0; t <= 10'000'000; t += 1000)
    while (const auto u = again.next_until(t)) in_steps.push_back(u->cell);
  EXPECT_EQ(at_once, in_steps);
  EXPECT_NEAR(static_cast<double>(at_once.size()), 10485.8, 4 * 102.4);
  for (const std::uint64_t cell : at_once) EXPECT_LT(cell, 1u << 20);
  EXPECT_FALSE(UpsetProcess(5, 1 << 20, 0).next_until(~0ull));
}

}  // namespace
}  // namespace mantissa::faults
