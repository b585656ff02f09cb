// SPDX-License-Identifier: Apache-2.0
#include "rtl/synthesis/liberty.h"

#include <gtest/gtest.h>

#include "tests/rtl/synthesis/two_cells.h"

namespace mantissa::rtl {
namespace {

std::string without(std::string text, const std::string& part) {
  const auto at = text.find(part);
  EXPECT_NE(at, std::string::npos);
  return text.erase(at, part.size());
}

std::string refusal(const std::string& text) {
  try {
    Library::parse(text, "x.lib");
  } catch (const Error& e) {
    return e.message();
  }
  return "";
}

TEST(Liberty, functions_have_the_precedence_of_the_format) {
  EXPECT_EQ(parse_function("(A B)", {}).table, 0b1000u);
  EXPECT_EQ(parse_function("A+B C", {}).table, 0b11101010u);
  EXPECT_EQ(parse_function("A^B'", {}).table, 0b1001u);
  EXPECT_EQ(parse_function("!A|A&B", {}).table, 0b1101u);
  EXPECT_EQ(parse_function("1", {}).table, 1u);
  EXPECT_NO_THROW(parse_function("A B C D E F", {}));
  EXPECT_THROW(parse_function("A B C D E F G", {}), Error);
  EXPECT_THROW(parse_function("(A B", {}), Error);
  EXPECT_THROW(parse_function("A &", {}), Error);
}

TEST(Liberty, tables_are_linear_between_points_and_beyond_them) {
  const PowerTable table{{0, 1}, {0, 2}, {1, 3, 5, 7}};
  EXPECT_DOUBLE_EQ(table.at(0, 0), 1);
  EXPECT_DOUBLE_EQ(table.at(0.5, 1), 4);
  EXPECT_DOUBLE_EQ(table.at(1, 2), 7);
  EXPECT_DOUBLE_EQ(table.at(2, 3), 12);
}

TEST(Liberty, what_synthesis_needs_is_demanded_at_its_line) {
  EXPECT_EQ(refusal(tiny_liberty()), "");
  const auto line = [](const std::string& part) { return refusal(without(tiny_liberty(), part)); };
  EXPECT_NE(line("time_unit : \"1ns\";").find("no 'time_unit'"), std::string::npos);
  EXPECT_NE(line("capacitive_load_unit (1, pf);").find("no 'capacitive_load_unit'"),
            std::string::npos);
  EXPECT_NE(line("nom_voltage : 2;").find("no 'nom_voltage'"), std::string::npos);
  EXPECT_NE(line("ff (IQ, IQN) { next_state : \"D\"; clocked_on : \"CK\"; clear : \"!R\"; }")
                .find("no flip-flops"),
            std::string::npos);

  EXPECT_NE(refusal("module m; endmodule").find("x.lib:1"), std::string::npos);
  EXPECT_NE(refusal("").find("no Liberty library"), std::string::npos);
}

TEST(Liberty, the_packaged_library_is_read_whole) {
  const Library library = Library::read("/usr/share/qflow/tech/osu018/osu018_stdcells.lib");
  EXPECT_EQ(library.cells().size(), 32u);
  EXPECT_EQ(library.voltage(), 1.8);
  EXPECT_EQ(library.cell("AND2X1").area, 32);
  EXPECT_DOUBLE_EQ(library.cell("AND2X1").leakage, 0.0746794e-9);
  EXPECT_DOUBLE_EQ(library.cell("AND2X1").pin("A")->capacitance, 0.0129077);
  EXPECT_TRUE(library.cell("DFFSR").flip_flop->clear);
  EXPECT_TRUE(library.cell("LATCH").other_state);
  EXPECT_THROW(library.cell("AND9X1"), Error);
}

}  // namespace
}  // namespace mantissa::rtl
