// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

#include "base/faults/secded.h"
#include "rtl/unit.h"

namespace mantissa::rtl {
namespace {

std::string source(const std::string& name) {
  std::ifstream file(std::string(MANTISSA_SOURCE_DIR) + "/rtl/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Sram, parity_check_matrix_of_the_rtl_is_that_of_the_model_bit_for_bit) {
  const std::string text = std::regex_replace(source("sram/secded_pkg.sv"), std::regex("_"), "");
  for (unsigned row = 0; row < 8; ++row) {
    std::smatch found;
    const std::regex pattern("Row" + std::to_string(row) + " = 64'h([0-9A-F]+);");
    ASSERT_TRUE(std::regex_search(text, found, pattern)) << row;
    std::uint64_t expected = 0;
    for (unsigned bit = 0; bit < 64; ++bit)
      expected |= std::uint64_t{faults::secded_columns()[bit] >> row & 1u} << bit;
    EXPECT_EQ(std::strtoull(found[1].str().c_str(), nullptr, 16), expected) << row;
  }
}

TEST(Sram, check_bits_widen_the_fault_masks_and_nothing_else) {
  const Unit* unit = find_unit("sram");
  ASSERT_NE(unit, nullptr);
  Parameters with = unit->defaults(), without = with;
  without["Secded"] = 0;
  const auto a = unit->ports(with), b = unit->ports(without);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool mask = a[i].name == "flip_i" || a[i].name.rfind("stuck_at_", 0) == 0;
    EXPECT_EQ(a[i].width, mask ? 72u : b[i].width) << a[i].name;
    if (mask) {
      EXPECT_EQ(b[i].width, 64u) << a[i].name;
    }
  }
}

TEST(Sram, directed_commands_flip_every_single_bit_and_every_pair_of_bits_of_a_word) {
  const Unit* unit = find_unit("sram");
  const auto bench = unit->bench(unit->defaults());
  std::vector<std::vector<int>> seen(73, std::vector<int>(73));
  for (const Command& c : bench->directed())
    if (c[0] == 0 && c[1] == 0 && c[7] == 0 && c[8] == 0)
      ++seen[static_cast<std::size_t>(c[5])][static_cast<std::size_t>(c[6])];
  for (std::size_t a = 1; a <= 72; ++a)
    for (std::size_t b = 0; b < a; ++b) EXPECT_EQ(seen[a][b], 1) << a << " " << b;
}

}  // namespace
}  // namespace mantissa::rtl
