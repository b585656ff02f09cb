// SPDX-License-Identifier: Apache-2.0
// `mantissa cosim` from inside: a unit that equals its model, one that does not and is caught, and
// the contract that a hardware engineer needs for his own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "rtl/tool.h"
#include "rtl/unit.h"
#include "tests/sim/cli/in_process.h"

namespace mantissa::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const std::string source = MANTISSA_SOURCE_DIR;

TEST(CosimCommand, of_a_shipped_unit_says_what_was_compared_and_which_cases_were_seen) {
  const Outcome outcome = run({"cosim", "requantize", "--set", "Lanes=2", "--vectors", "500"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  for (const char* part : {"requantize (Lanes 2, OutputWidth 8)", "every output in ",
                           "cycles of 4 ", "8,828, 8,328 of them directed", "mismatches  none",
                           "cycles/s", "rounding: tie, floor is odd, negative"})
    EXPECT_THAT(outcome.out, HasSubstr(part));
  EXPECT_THAT(outcome.out, Not(HasSubstr("never")));
}

TEST(CosimCommand, prints_one_json_object_equal_at_every_run_but_for_the_host) {
  const std::vector<std::string> arguments = {"cosim",  "requantize", "--vectors", "300",
                                              "--seed", "5",          "--json"};
  json one = json::parse(run(arguments).out), two = json::parse(run(arguments).out);
  EXPECT_EQ(one["mismatches"], 0);
  EXPECT_EQ(one["seed"], 5);
  EXPECT_EQ(one["commands"], 8628);
  EXPECT_GT(one["cycles"], 8628);
  EXPECT_GT(one["host"]["cycles_per_s"], 0);
  EXPECT_EQ(one["parameters"], (json{{"Lanes", 4}, {"OutputWidth", 8}}));
  EXPECT_TRUE(one["failure"].is_null());
  for (json* each : {&one, &two}) each->erase("host");
  EXPECT_EQ(one, two);
}

TEST(CosimCommand, of_wrong_rtl_ends_with_1_and_leaves_what_shows_it_again) {
  const rtl::ScratchFolder folder;
  const std::string wrong = source + "/tests/rtl/requantize/rounds_half_up";
  const Outcome outcome =
      run({"cosim", "requantize", "--rtl", wrong, "--waves", folder.file("first.vcd")});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.err, "");
  EXPECT_THAT(outcome.out, HasSubstr("mismatch: data_o, element 0: expected 0x80, found 0x81"));
  EXPECT_THAT(outcome.out, HasSubstr("shift 1"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("never seen")));
  EXPECT_THAT(rtl::read_text(folder.file("first.vcd")), HasSubstr("$enddefinitions"));
  EXPECT_THAT(outcome.out, HasSubstr("mantissa cosim requantize --rtl " + wrong + " --commands " +
                                     folder.file("first.yaml")));

  const json again = json::parse(run({"cosim", "requantize", "--rtl", wrong, "--commands",
                                      folder.file("first.yaml"), "--json"})
                                     .out);
  EXPECT_EQ(again["failure"]["port"], "data_o");
  EXPECT_EQ(again["failure"]["reproducer"]["cycles"], 4);
  EXPECT_EQ(again["failure"]["reproducer"]["failing_command"]["shift"], 1);
  EXPECT_EQ(run({"cosim", "requantize", "--commands", folder.file("first.yaml")}).code, 0)
      << "the shipped RTL is right";
}

TEST(CosimCommand, tells_when_what_it_found_cannot_be_kept) {
  const std::string wrong = source + "/tests/rtl/requantize/rounds_half_up";
  const auto here = std::filesystem::current_path();
  std::filesystem::current_path("/proc");
  const Outcome outcome = run({"cosim", "requantize", "--rtl", wrong});
  std::filesystem::current_path(here);
  EXPECT_EQ(outcome.code, 1) << "the mismatch is what counts";
  EXPECT_THAT(outcome.out, HasSubstr("mismatch: data_o"));
  EXPECT_THAT(outcome.err, HasSubstr("cosim-requantize.yaml: error: cannot write"));
}

TEST(CosimCommand, takes_rtl_of_another_structure_under_another_name) {
  const Outcome outcome = run({"cosim", "requantize", "--rtl", source + "/examples/own_rtl",
                               "--top", "my_requantizer", "--vectors", "200"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("module my_requantizer in "));
  EXPECT_THAT(outcome.out, HasSubstr("mismatches  none"));
}

TEST(CosimCommand, prints_the_contract_with_widths_that_follow_the_parameters) {
  const Outcome outcome = run({"cosim", "requantize", "--ports", "--set", "Lanes=3"});
  EXPECT_EQ(outcome.code, 0);
  for (const char* part : {"clk_i", "rst_ni", "1 to 64", "multiplier_i  input        93"})
    EXPECT_THAT(outcome.out, HasSubstr(part));
  const json contract =
      json::parse(run({"cosim", "requantize", "--ports", "--set", "Lanes=3", "--json"}).out);
  EXPECT_EQ(contract["ports"][0]["name"], "clk_i");
  EXPECT_EQ(contract["ports"].size(), 14u);
  EXPECT_EQ(contract["parameters"][0]["value"], 3);
}

TEST(ListCommand, names_every_unit) {
  const std::string names = run({"list", "units", "--names"}).out;
  for (const rtl::Unit* unit : rtl::units()) EXPECT_THAT(names, HasSubstr(unit->name() + "\n"));
  EXPECT_THAT(names, HasSubstr("requantize\n"));
}

}  // namespace
}  // namespace mantissa::cli
