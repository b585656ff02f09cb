// SPDX-License-Identifier: Apache-2.0
#include "arch/core/sram_cells.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "base/faults/draw.h"

namespace mantissa::arch {
namespace {

constexpr std::uint64_t capacity = 4096;

// A memory with its cells, and a file of lines for maps and traces.
struct Memory {
  explicit Memory(const std::string& lines = {}) : bytes(capacity) {
    for (std::uint64_t i = 0; i < capacity; ++i) bytes[i] = std::byte(faults::derived(3, i) & 255);
    path = ::testing::TempDir() + "mantissa_cells_" +
           ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::ofstream(path) << lines;
    config.faults.emplace();
    config.faults->map = faults::MapKind::none;
  }
  ~Memory() { std::remove(path.c_str()); }

  Memory& mapped() {
    config.faults->map = faults::MapKind::file;
    config.faults->file = {path};
    return *this;
  }
  SramCells cells(Cycles scrub = Cycles(0), std::uint64_t key = 1) const {
    SramCells made(config, Bytes(capacity), key, scrub);
    made.draw();
    return made;
  }
  std::vector<std::byte> read(SramCells& cells, std::uint64_t address, std::uint64_t size) const {
    std::vector<std::byte> out(bytes.begin() + static_cast<std::ptrdiff_t>(address),
                               bytes.begin() + static_cast<std::ptrdiff_t>(address + size));
    cells.read(bytes.data(), address, size, out.data());
    return out;
  }

  std::vector<std::byte> bytes;
  std::string path;
  SramConfig config;
};

TEST(SramCells, flips_exactly_the_bits_of_the_map_and_only_in_what_is_read) {
  Memory m("9.3 1 1\n16.0 1 1\n");
  SramCells cells = m.mapped().cells();
  auto expected = m.bytes;
  expected[9] ^= std::byte{8};
  expected[16] ^= std::byte{1};
  EXPECT_EQ(m.read(cells, 0, capacity), expected);
  EXPECT_EQ(m.read(cells, 0, capacity), expected) << "at every access";
  EXPECT_EQ(cells.counts().faulty_bits_read, 4);
  EXPECT_EQ(cells.counts().silent_words, 4);
  EXPECT_EQ(m.read(cells, 10, 6),
            (std::vector<std::byte>(m.bytes.begin() + 10, m.bytes.begin() + 16)));
  EXPECT_EQ(m.read(cells, 9, 1)[0], expected[9]);
}

TEST(SramCells, knows_where_all_is_well) {
  Memory m("16.0 1 1\n");
  const SramCells cells = m.mapped().cells();
  EXPECT_TRUE(cells.sound(0, 16));
  EXPECT_FALSE(cells.sound(0, 17));
  EXPECT_FALSE(cells.sound(23, 1));  // the same word
  EXPECT_TRUE(cells.sound(24, 100));
  EXPECT_TRUE(cells.sound(16, 0));
}

TEST(SramCells, stuck_cells_err_where_the_other_bit_is_stored) {
  Memory m("0.0-0.7 1 0\n1.0-1.7 0 1\n");
  SramCells cells = m.mapped().cells();
  const auto read = m.read(cells, 0, 2);
  EXPECT_EQ(read[0], std::byte{0xFF});
  EXPECT_EQ(read[1], std::byte{0});
  EXPECT_EQ(cells.counts().faulty_bits_read,
            8 - __builtin_popcount(static_cast<unsigned>(m.bytes[0])) +
                __builtin_popcount(static_cast<unsigned>(m.bytes[1])));
}

TEST(SramCells, with_secded_correct_one_error_of_a_word_and_detect_two) {
  Memory m("0.0 1 1\n8.0-8.1 1 1\n");
  m.config.ecc = faults::Ecc::secded;
  SramCells cells = m.mapped().cells();
  auto expected = m.bytes;
  expected[8] ^= std::byte{3};
  EXPECT_EQ(m.read(cells, 0, capacity), expected);
  EXPECT_EQ(cells.counts().corrected_words, 1);
  EXPECT_EQ(cells.counts().detected_words, 1);
  EXPECT_EQ(cells.counts().silent_words, 0);
}

TEST(SramCells, with_parity_detect_and_do_not_correct) {
  Memory m("0.0 1 1\n8.0-8.1 1 1\n");
  m.config.ecc = faults::Ecc::parity;
  SramCells cells = m.mapped().cells();
  EXPECT_NE(m.read(cells, 0, 1)[0], m.bytes[0]);
  m.read(cells, 8, 8);
  EXPECT_EQ(cells.counts().detected_words, 1);
  EXPECT_EQ(cells.counts().silent_words, 1);
}

TEST(SramCells, transient_errors_come_at_their_rate_and_again_in_the_same_way) {
  Memory m("5.5 0.25 0.25\n");
  SramCells cells = m.mapped().cells();
  std::vector<bool> wrong;
  for (int i = 0; i < 4000; ++i) wrong.push_back(m.read(cells, 5, 1)[0] != m.bytes[5]);
  EXPECT_NEAR(cells.counts().faulty_bits_read, 1000, 4 * 27.4);
  cells.reset();
  EXPECT_EQ(cells.counts().faulty_bits_read, 0);
  for (int i = 0; i < 4000; ++i)
    EXPECT_EQ(m.read(cells, 5, 1)[0] != m.bytes[5], wrong[static_cast<std::size_t>(i)]);
}

TEST(SramCells, a_failed_write_leaves_the_old_bit) {
  Memory m("0.0-0.3 0 0.000000001\n");  // these cells fail to be written and are read well
  m.config.faults->write_error = 1;
  SramCells cells = m.mapped().cells();
  m.bytes[0] = std::byte{0x0F};
  const std::byte zero{0}, ones{0xFF};
  cells.write(m.bytes.data(), 0, 1, &zero);
  EXPECT_EQ(m.read(cells, 0, 1)[0], std::byte{0x0F});
  EXPECT_EQ(cells.counts().failed_writes, 4);
  cells.write(m.bytes.data(), 0, 1, &ones);  // what the stubborn cells hold already
  EXPECT_EQ(m.read(cells, 0, 1)[0], ones);
  EXPECT_EQ(cells.counts().failed_writes, 4);
}

TEST(SramCells, replay_a_trace_of_upsets_in_time_and_until_the_next_write) {
  Memory m("10 4.0 flip\n20 4.1 set\n20 4.2 clear\n");
  m.config.faults->trace = {m.path};
  m.bytes[4] = std::byte{0b100};
  SramCells cells = m.cells();
  ASSERT_TRUE(cells.has_events());
  cells.advance(Cycles(9), m.bytes.data());
  EXPECT_EQ(m.read(cells, 4, 1)[0], std::byte{0b100});
  cells.advance(Cycles(10), m.bytes.data());
  EXPECT_EQ(m.read(cells, 4, 1)[0], std::byte{0b101});
  cells.advance(Cycles(20), m.bytes.data());
  EXPECT_EQ(m.read(cells, 4, 1)[0], std::byte{0b011});
  EXPECT_EQ(cells.counts().upsets, 3);
  const std::byte again{0b100};
  cells.write(m.bytes.data(), 4, 1, &again);
  EXPECT_EQ(m.read(cells, 4, 1)[0], again);
}

TEST(SramCells, interleaving_keeps_an_upset_of_neighbours_correctable) {
  for (const std::int64_t interleave : {1, 4}) {
    Memory m;
    m.config.ecc = faults::Ecc::secded;
    m.config.interleave = interleave;
    m.config.faults->upset_rate = 1e-7;
    m.config.faults->upset_width = 4;
    SramCells cells = m.cells();
    cells.advance(Cycles(2000), m.bytes.data());
    const auto read = m.read(cells, 0, capacity);
    EXPECT_GE(cells.counts().upsets, 4);
    EXPECT_EQ(read == m.bytes, interleave == 4) << interleave;
    EXPECT_EQ(cells.counts().corrected_words > 0, interleave == 4);
    EXPECT_EQ(cells.counts().detected_words + cells.counts().silent_words > 0, interleave == 1);
  }
}

TEST(SramCells, scrubbing_puts_single_upsets_right_before_a_second_comes) {
  const std::string two = "10 0.0 flip\n2100 0.1 flip\n";
  for (const std::uint64_t interval : {0u, 1000u}) {
    Memory m(two);
    m.config.ecc = faults::Ecc::secded;
    m.config.faults->trace = {m.path};
    SramCells cells = m.cells(Cycles(interval));
    cells.advance(Cycles(2500), m.bytes.data());
    EXPECT_EQ(m.read(cells, 0, 8) == std::vector<std::byte>(m.bytes.begin(), m.bytes.begin() + 8),
              interval > 0);
    EXPECT_EQ(cells.counts().scrubbed_words, interval > 0 ? 1 : 0);
    EXPECT_EQ(cells.counts().detected_words, interval > 0 ? 0 : 1);
  }
}

TEST(SramCells, expectations_of_shape_mode_are_what_random_contents_show) {
  for (const auto ecc : {faults::Ecc::none, faults::Ecc::secded}) {
    Memory m;
    m.config.ecc = ecc;
    m.config.faults->map = faults::MapKind::uniform;
    m.config.faults->rate = 0.004;
    FaultCounts seen, expected;
    for (std::uint64_t chip = 0; chip < 200; ++chip) {
      SramCells cells = m.cells(Cycles(0), faults::derived(8, chip));
      m.read(cells, 0, capacity);
      seen += cells.counts();
      expected += SramCells(m.config, Bytes(capacity), 1, Cycles(0)).expected(capacity);
    }
    const auto near = [](double a, double b) { EXPECT_NEAR(a, b, 4 * std::sqrt(b) + 0.03 * b); };
    near(seen.faulty_bits_read, expected.faulty_bits_read);
    near(seen.corrected_words, expected.corrected_words);
    near(seen.detected_words + seen.silent_words, expected.detected_words + expected.silent_words);
  }
}

}  // namespace
}  // namespace mantissa::arch
