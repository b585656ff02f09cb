// SPDX-License-Identifier: Apache-2.0
#include "rtl/verilate/ports.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtl/verilate/errors.h"
#include "tests/rtl/scratch_sources.h"

namespace mantissa::rtl {
namespace {

using testing::HasSubstr;

const std::vector<Port> contract = {{"data_i", Direction::input, 12, ""},
                                    {"data_o", Direction::output, 70, ""}};
const std::vector<FoundPort> good = {{"clk_i", true, false, 1, true},
                                     {"rst_ni", true, false, 1, true},
                                     {"data_o", false, true, 70, true},
                                     {"data_i", true, false, 12, true}};

std::string difference(const std::vector<FoundPort>& found) {
  try {
    check_ports(found, contract, {}, "unit");
  } catch (const Error& error) {
    EXPECT_EQ(&error.kind(), &port_contract);
    return error.message();
  }
  return "none";
}

TEST(PortContract, holds_whatever_the_order) { EXPECT_EQ(difference(good), "none"); }

TEST(PortContract, names_a_missing_clock) {
  auto found = good;
  found[0].name = "clock";
  EXPECT_THAT(difference(found), HasSubstr("'clk_i' (input of 1 bit) is missing"));
}

TEST(PortContract, takes_a_superfluous_port_with_a_name_nearby_for_the_missing_one) {
  auto found = good;
  found[3].name = "dat_i";
  const std::string text = difference(found);
  EXPECT_THAT(text, HasSubstr("'data_i' (input of 12 bits) is missing, is 'dat_i' meant?"));
  EXPECT_THAT(text, testing::Not(HasSubstr("not a port")));
}

TEST(PortContract, is_broken_by_one_bit_more_and_one_bit_less) {
  for (const std::uint32_t width : {11u, 13u}) {
    auto found = good;
    found[3].width = width;
    EXPECT_THAT(difference(found), HasSubstr("'data_i' is an input of " + std::to_string(width) +
                                             " bits, expected an input of 12 bits"));
  }
}

TEST(PortContract, is_broken_by_another_direction_an_array_and_a_port_too_many) {
  auto found = good;
  found[2].input = true;
  EXPECT_THAT(difference(found), HasSubstr("'data_o' is an inout of 70 bits"));
  found = good;
  found[2].flat = false;
  EXPECT_THAT(difference(found), HasSubstr("'data_o' is an unpacked array"));
  found = good;
  found.push_back({"scan_enable_i", true, false, 1, true});
  EXPECT_THAT(difference(found), HasSubstr("'scan_enable_i' is not a port of the unit"));
}

TEST(PortContract, names_all_that_differ_at_once) {
  const std::string text = difference({good[0]});
  for (const char* port : {"rst_ni", "data_i", "data_o"}) EXPECT_THAT(text, HasSubstr(port));
}

TEST(PortContract, is_read_from_what_verilator_made_of_every_kind_of_port) {
  const ScratchDesign scratch(
      "module delay (\n"
      "  input logic clk_i,\n"
      "  input logic rst_ni,\n"
      "  input logic [4:1] d_i,\n"
      "  output logic [2:0][2:0] q_o,\n"
      "  input logic [7:0] list_i [3],\n"
      "  inout wire both_io\n"
      ");\n"
      "  assign q_o = {5'd0, d_i};\n"
      "endmodule\n");
  const std::string text = refusal(scratch.request, port_contract);
  EXPECT_THAT(text, HasSubstr("delay.sv:4: error"));
  EXPECT_THAT(text, HasSubstr("'d_i' is an input of 4 bits, expected an input of 8 bits"));
  EXPECT_THAT(text, HasSubstr("'q_o' is an output of 9 bits, expected an output of 8 bits"));
  EXPECT_THAT(text, HasSubstr("'list_i' is not a port"));
  EXPECT_THAT(text, HasSubstr("'both_io' is not a port"));
}

}  // namespace
}  // namespace mantissa::rtl
