// SPDX-License-Identifier: Apache-2.0
// Both formats as their tools write them, what may stand around them, and what is refused where.
#include "memory/dram/trace_reader.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "memory/dram/errors.h"
#include "tests/memory/dram/trace_files.h"

namespace mantissa::memory::dram {
namespace {

const TraceFiles& files() {
  static const TraceFiles all;
  return all;
}

std::vector<TraceRequest> read(const std::string& text) {
  TraceReader reader(files().write(text));
  std::vector<TraceRequest> requests;
  for (TraceRequest request; reader.next(request);) requests.push_back(request);
  return requests;
}

bool same(const TraceRequest& r, std::uint64_t address, bool write, Cycle cycle) {
  return r.address == address && r.write == write && r.cycle == cycle;
}

TEST(TraceReader, reads_dramsim3_lines_with_and_without_0x_in_either_case) {
  const auto r = read("0x63FB40 READ 0\n63fb40 write 10\nffffffffffffffff READ 10\n");
  ASSERT_EQ(r.size(), 3u);
  EXPECT_TRUE(same(r[0], 0x63fb40, false, 0));
  EXPECT_TRUE(same(r[1], 0x63fb40, true, 10));
  EXPECT_TRUE(same(r[2], ~0ull, false, 10));
}

TEST(TraceReader, reads_ramulator_lines_in_decimal_and_in_hex) {
  const auto r = read("LD 128\nST 0x80\nld 0xFF\n");
  ASSERT_EQ(r.size(), 3u);
  EXPECT_TRUE(same(r[0], 128, false, 0));
  EXPECT_TRUE(same(r[1], 128, true, 0));
  EXPECT_TRUE(same(r[2], 255, false, 0));
}

TEST(TraceReader, says_the_format_as_soon_as_it_is_open) {
  EXPECT_EQ(TraceReader(files().write("# c\n\n0 READ 0\n")).format(), TraceFormat::dramsim3);
  EXPECT_EQ(TraceReader(files().write("\n ST 1\n")).format(), TraceFormat::ramulator);
}

TEST(TraceReader, skips_blank_lines_and_comments_and_needs_no_last_newline) {
  EXPECT_EQ(read("\n# head\n  \t\n0x0 READ 1 # tail\r\n\r\n0x40 READ 2").size(), 2u);
  EXPECT_EQ(read("LD 1#tail\n#\nST 2\n").size(), 2u);
}

// Lines that cross the ends of buffers, plain and packed, are whole.
TEST(TraceReader, reads_a_file_longer_than_its_buffer_to_the_letter) {
  constexpr std::uint64_t count = 300'000;
  std::string text;
  for (std::uint64_t i = 0; i < count; ++i)
    text += "0x" + std::to_string(i) + (i % 3 == 0 ? " WRITE " : " READ ") + std::to_string(i) +
            std::string(i % 7, ' ') + "\n";
  const std::string plain = files().write(text, "long.trc"), packed = files().path("long.trc.gz");
  const gzFile out = gzopen(packed.c_str(), "wb1");
  ASSERT_EQ(gzwrite(out, text.data(), static_cast<unsigned>(text.size())),
            static_cast<int>(text.size()));
  gzclose(out);
  for (const auto& path : {plain, packed}) {
    TraceReader reader(path);
    std::uint64_t i = 0;
    for (TraceRequest r; reader.next(r); ++i)
      ASSERT_TRUE(same(r, std::stoull(std::to_string(i), nullptr, 16), i % 3 == 0, i)) << i;
    EXPECT_EQ(i, count);
    EXPECT_EQ(reader.progress(), 1);
  }
}

// What is said of a text: the id of the error, and where.
std::string refusal(const std::string& text) {
  try {
    read(text);
  } catch (const Error& error) {
    const Place& at = error.place();
    return std::string(error.kind().id()) + " " + std::to_string(at.line) + ":" +
           std::to_string(at.column);
  }
  return "accepted";
}

TEST(TraceReader, refuses_a_bad_line_and_points_to_the_word) {
  EXPECT_EQ(refusal("0x0 READ 0\n0xzz READ 0\n"), "dram.trace-line 2:1");
  EXPECT_EQ(refusal("0x0 RAED 0\n"), "dram.trace-line 1:5");
  EXPECT_EQ(refusal("# c\n0x0 READ\n"), "dram.trace-line 2:9");
  EXPECT_EQ(refusal("0x0 READ -1\n"), "dram.trace-line 1:10");
  EXPECT_EQ(refusal("0x0 READ 1x\n"), "dram.trace-line 1:10");
  EXPECT_EQ(refusal("0x0 READ 0 0\n"), "dram.trace-line 1:12");
  EXPECT_EQ(refusal("0x0\n"), "dram.trace-line 1:4");
  EXPECT_EQ(refusal("0x READ 0\n"), "dram.trace-line 1:1");
  EXPECT_EQ(refusal("read 0x0\n"), "dram.trace-line 1:1");
  EXPECT_EQ(refusal("LD\n"), "dram.trace-line 1:3");
  EXPECT_EQ(refusal("LD 0x\n"), "dram.trace-line 1:4");
  EXPECT_EQ(refusal("LD 1f\n"), "dram.trace-line 1:4");
  EXPECT_EQ(refusal("LDX 1\n"), "dram.trace-line 1:1");
  EXPECT_EQ(refusal("LD 1 2\n"), "dram.trace-line 1:6");
  EXPECT_EQ(refusal("LD 1\nLOAD 2\n"), "dram.trace-line 2:1");
  EXPECT_EQ(refusal(std::string("0x0 READ 0\n\0\n", 13)), "dram.trace-line 2:1");
}

TEST(TraceReader, refuses_numbers_just_beyond_64_bits_and_the_latest_cycle) {
  EXPECT_EQ(refusal("0xffffffffffffffff READ 281474976710655\n"), "accepted");
  EXPECT_EQ(refusal("0x10000000000000000 READ 0\n"), "dram.trace-line 1:1");
  EXPECT_EQ(refusal("0x0 READ 281474976710656\n"), "dram.trace-line 1:10");
  EXPECT_EQ(refusal("LD 18446744073709551615\n"), "accepted");
  EXPECT_EQ(refusal("LD 18446744073709551616\n"), "dram.trace-line 1:4");
}

TEST(TraceReader, refuses_lines_longer_than_its_limit) {
  EXPECT_EQ(refusal("0x0 READ 0" + std::string(4085, ' ') + "\n"), "accepted");
  EXPECT_EQ(refusal("0x0 READ 0" + std::string(4086, ' ') + "\n"), "dram.trace-line 1:1");
  EXPECT_EQ(refusal("0x0 READ 0\n#" + std::string(3'000'000, 'x')), "dram.trace-line 2:1");
}

TEST(TraceReader, refuses_two_formats_in_one_file) {
  EXPECT_EQ(refusal("LD 1\n0x40 READ 0\n"), "dram.trace-mixed 2:1");
  EXPECT_EQ(refusal("0x40 READ 0\nST 1\n"), "dram.trace-mixed 2:1");
}

TEST(TraceReader, refuses_time_that_runs_backwards) {
  EXPECT_EQ(refusal("0 READ 5\n0 READ 5\n"), "accepted");
  EXPECT_EQ(refusal("0 READ 5\n0 READ 4\n"), "dram.trace-order 2:8");
}

TEST(TraceReader, refuses_files_without_requests_and_without_contents) {
  EXPECT_EQ(refusal(""), "dram.trace-empty 0:0");
  EXPECT_EQ(refusal("# only a comment\n\n"), "dram.trace-empty 0:0");
  EXPECT_THROW(TraceReader(files().path("not-there.trc")), Error);
  EXPECT_THROW(TraceReader(files().path(".")), Error);
}

TEST(TraceReader, refuses_a_packed_file_that_was_cut) {
  const std::string path = files().path("cut.trc.gz");
  const gzFile out = gzopen(path.c_str(), "wb");
  for (int i = 0; i < 10'000; ++i) gzprintf(out, "LD %d\n", i * 77'777);
  gzclose(out);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  try {
    TraceReader reader(path);
    for (TraceRequest r; reader.next(r);) {
    }
    FAIL() << "half a file was read as a whole one";
  } catch (const Error& error) {
    EXPECT_STREQ(error.kind().id(), "dram.trace-file");
  }
}

}  // namespace
}  // namespace mantissa::memory::dram
