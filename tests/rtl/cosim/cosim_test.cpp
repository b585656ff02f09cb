// SPDX-License-Identifier: Apache-2.0
#include "rtl/cosim/cosim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtl/cosim/shrink.h"
#include "tests/rtl/cosim/echo.h"
#include "tests/rtl/scratch_sources.h"

namespace mantissa::rtl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Kind = Outcome::Kind;

class CoSimulation : public testing::Test {
 protected:
  CoSimulation() {
    request_.unit = &unit_;
    request_.parameters = unit_.defaults();
    request_.vectors = 3000;
    request_.sources = {folder_.file("echo.sv")};
    design(echo_module);
  }
  void design(const std::string& text) { write_text(folder_.file("echo.sv"), text); }
  void mutate(const std::string& from, const std::string& to) {
    design(replaced(echo_module, from, to));
  }

  const Echo unit_;
  const ScratchFolder folder_;
  CosimRequest request_;
};

TEST_F(CoSimulation, of_a_right_design_counts_commands_cycles_and_cases) {
  const CosimResult result = cosimulate(request_);
  EXPECT_FALSE(result.failure);
  EXPECT_EQ(result.directed, 6u) << "two, at three rates of stalls";
  EXPECT_EQ(result.commands, 3006u);
  EXPECT_EQ(result.runs, 6u);
  EXPECT_EQ(result.covered[0] + result.covered[1], 3006u);
  EXPECT_GE(result.cycles, 2 * 3006 + 6 * quiet_cycles) << "asked in one cycle, answered later";
}

TEST_F(CoSimulation, of_one_command_compares_as_many_cycles_as_it_takes) {
  request_.replay = Stimulus{{{7}}, 1, 0, {}};
  EXPECT_EQ(cosimulate(request_).cycles, 2 + quiet_cycles);
  request_.parameters["Latency"] = 5;
  EXPECT_EQ(cosimulate(request_).cycles, 6 + quiet_cycles);
}

TEST_F(CoSimulation, is_a_function_of_the_seed) {
  const CosimResult first = cosimulate(request_), again = cosimulate(request_);
  EXPECT_EQ(first.cycles, again.cycles);
  EXPECT_EQ(first.covered, again.covered);
  request_.seed = 2;
  const CosimResult other = cosimulate(request_);
  EXPECT_NE(first.cycles, other.cycles);
  EXPECT_NE(first.covered, other.covered);
}

TEST_F(CoSimulation, stops_at_the_first_difference_and_shrinks_it_to_one_command) {
  mutate("data_o = data_q", "data_o = data_q ^ (data_q >= 8'd200 && data_q < 8'd250)");
  const CosimResult result = cosimulate(request_);
  ASSERT_TRUE(result.failure);
  const Failure& failure = *result.failure;
  EXPECT_EQ(failure.outcome.kind, Kind::mismatch);
  EXPECT_EQ(failure.outcome.mismatch.port, "data_o");
  EXPECT_EQ(failure.outcome.mismatch.expected, "0xc8");
  EXPECT_EQ(failure.outcome.mismatch.found, "0xc9");
  EXPECT_THAT(failure.run.commands, ElementsAre(Command{200}));
  EXPECT_EQ(failure.run.stall, 0u);
  EXPECT_EQ(failure.outcome.cycles, 2u);
  EXPECT_LT(result.covered[0] + result.covered[1], 3006u);
  EXPECT_EQ(result.commands, result.covered[0] + result.covered[1]) << "shrinking is no coverage";
}

TEST_F(CoSimulation, keeps_what_a_difference_needs_however_far_apart) {
  mutate("data_o = data_q", "data_o = data_q + 8'(threes_q && data_q == 8'd77)");
  request_.vectors = 20'000;
  const CosimResult result = cosimulate(request_);
  ASSERT_TRUE(result.failure);
  EXPECT_THAT(result.failure->run.commands, ElementsAre(Command{3}, Command{77}));
  EXPECT_EQ(result.failure->outcome.command, 1u);
  EXPECT_LE(result.failure->outcome.cycles, 50u);
}

TEST_F(CoSimulation, without_shrinking_gives_the_run_as_it_was) {
  mutate("data_o = data_q", "data_o = data_q ^ (data_q == 8'd77)");
  request_.shrink = false;
  const CosimResult result = cosimulate(request_);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->tried, 0u);
  EXPECT_EQ(result.failure->run.commands.size(), 1000u);
  EXPECT_EQ(result.failure->run.commands[result.failure->outcome.command], Command{77});
}

TEST_F(CoSimulation, of_a_design_that_never_answers_ends_and_names_the_command) {
  mutate("wait_q <= 7'(Latency)", "wait_q <= data_i == 8'h42 ? 0 : 7'(Latency)");
  const CosimResult result = cosimulate(request_);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->outcome.kind, Kind::silent);
  EXPECT_THAT(result.failure->run.commands, ElementsAre(Command{0x42}));
  EXPECT_EQ(result.failure->outcome.command, 0u);
  EXPECT_LE(result.failure->outcome.cycles, 50u);
}

TEST_F(CoSimulation, waits_for_patience_and_not_a_cycle_longer) {
  const EchoBench bench;
  const std::uint64_t longest = longest_wait(bench, {0}, 0);
  ASSERT_EQ(longest, 20u);
  request_.replay = Stimulus{{{7}}, 1, 0, {}};
  request_.parameters["Latency"] = static_cast<std::int64_t>(longest + 1);
  EXPECT_FALSE(cosimulate(request_).failure);
  request_.parameters["Latency"] = static_cast<std::int64_t>(longest + 2);
  EXPECT_TRUE(cosimulate(request_).failure);
}

TEST_F(CoSimulation, finds_an_answer_too_many_behind_the_last_command) {
  // Twice the answer, the second after a pause.
  mutate("if (wait_q != 0) wait_q <= wait_q - 1;",
         "if (wait_q == 1 && count_q == 2) begin wait_q <= 7'd5; count_q <= 0; end\n"
         "      else if (wait_q != 0) wait_q <= wait_q - 1;");
  request_.replay = Stimulus{{{1}}, 1, 0, {}};
  EXPECT_FALSE(cosimulate(request_).failure);
  request_.replay = Stimulus{{{1}, {2}}, 1, 0, {}};
  const CosimResult result = cosimulate(request_);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->outcome.mismatch.port, "valid_o");
  EXPECT_EQ(result.failure->outcome.mismatch.expected, "0x0");
}

TEST_F(CoSimulation, of_a_design_whose_assertion_fails_says_so) {
  mutate("endmodule",
         "  always_ff @(posedge clk_i) assert (data_q < 8'd100) else $error(\"too much\");\n"
         "endmodule");
  const CosimResult result = cosimulate(request_);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->outcome.kind, Kind::stopped);
  EXPECT_THAT(result.failure->outcome.message, HasSubstr("too much"));
  EXPECT_THAT(result.failure->run.commands, ElementsAre(Command{100}));
}

TEST_F(CoSimulation, shows_stale_state_that_no_reset_reaches) {
  mutate("      data_q <= 0;\n", "");
  request_.replay = Stimulus{{{1}}, 1, 0, {}};
  EXPECT_FALSE(cosimulate(request_).failure) << "not looked at before it is written";
  design(replaced(replaced(echo_module, "      threes_q <= 0;\n", ""), "data_o = data_q",
                  "data_o = threes_q ? ~data_q : data_q"));
  request_.replay.reset();
  EXPECT_TRUE(cosimulate(request_).failure) << "relies on a zero that reset does not give";
}

TEST_F(CoSimulation, writes_waves_of_a_run_in_the_format_of_the_name) {
  write_waves(request_, Stimulus{{{0xA5}}, 1, 0, {}}, folder_.file("w.vcd"));
  const std::string text = read_text(folder_.file("w.vcd"));
  EXPECT_THAT(text, HasSubstr("$enddefinitions"));
  EXPECT_THAT(text, HasSubstr("b10100101 "));
  write_waves(request_, Stimulus{{{0xA5}}, 1, 0, {}}, folder_.file("w.fst"));
  EXPECT_GT(read_text(folder_.file("w.fst")).size(), 100u);
  EXPECT_THROW(write_waves(request_, Stimulus{{{0xA5}}, 1, 0, {}}, folder_.file("w.txt")), Error);
  EXPECT_THROW(write_waves(request_, Stimulus{{{0xA5}}, 1, 0, {}}, "/nowhere/w.vcd"), Error);
}

TEST_F(CoSimulation, reports_progress_up_to_the_end) {
  double last = 0;
  request_.progress = [&](double share, const std::string&) { last = share; };
  cosimulate(request_);
  EXPECT_EQ(last, 1);
}

// Without a design: fails when a 7 stands anywhere before a value of at least 20.
Outcome seven_before_twenty(const Stimulus& run) {
  Outcome outcome;
  bool seven = false;
  for (std::size_t i = 0; i < run.commands.size(); ++i) {
    if (seven && run.commands[i][0] >= 20) {
      outcome.kind = Kind::mismatch;
      outcome.command = i;
      return outcome;
    }
    seven = seven || run.commands[i][0] == 7;
  }
  return outcome;
}

TEST(Shrinking, finds_the_two_commands_that_matter_among_many_and_the_least_values) {
  Stimulus run;
  for (std::int64_t i = 0; i < 500; ++i) run.commands.push_back({i % 13, i});
  run.commands[300][0] = 98;
  run.stall = 200;
  const std::vector<Field> fields = {{"value", 0, 99, ""}, {"other", -5, 500, ""}};
  const Shrunk shrunk = shrink(run, seven_before_twenty(run), fields, seven_before_twenty, 3000);
  ASSERT_EQ(shrunk.run.commands.size(), 2u);
  EXPECT_EQ(shrunk.run.commands[0], (Command{7, -5}));
  EXPECT_EQ(shrunk.run.commands[1], (Command{20, -5}));
  EXPECT_EQ(shrunk.run.stall, 0u);
  EXPECT_EQ(shrunk.outcome.command, 1u);
}

TEST(Shrinking, ends_when_its_runs_are_used_up_with_something_that_still_fails) {
  Stimulus run;
  for (std::int64_t i = 0; i < 500; ++i) run.commands.push_back({i % 13});
  run.commands[300][0] = 98;
  for (const std::uint64_t most : {0u, 1u, 10u}) {
    const Shrunk shrunk =
        shrink(run, seven_before_twenty(run), {{"value", 0, 99, ""}}, seven_before_twenty, most);
    EXPECT_EQ(shrunk.tried, most);
    EXPECT_TRUE(seven_before_twenty(shrunk.run).failed());
  }
}

TEST(Shrinking, does_not_take_another_kind_of_failure_for_the_same) {
  const Stimulus run{{{50}, {60}}, 1, 0, {}};
  Outcome first;
  first.kind = Kind::mismatch;
  first.command = 1;
  const Shrunk shrunk = shrink(run, first, {{"value", 0, 99, ""}}, [](const Stimulus& candidate) {
    Outcome outcome;
    outcome.kind = candidate.commands.size() == 2 ? Kind::mismatch : Kind::silent;
    return outcome;
  });
  EXPECT_EQ(shrunk.run.commands, (std::vector<Command>{{0}, {0}}));
}

}  // namespace
}  // namespace mantissa::rtl
