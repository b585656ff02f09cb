// SPDX-License-Identifier: Apache-2.0
#include "rtl/verilate/verilated_design.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "rtl/common/pin_bench.h"
#include "rtl/verilate/errors.h"
#include "tests/rtl/scratch_sources.h"

namespace mantissa::rtl {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> entries(const std::string& folder, const std::string& begin) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.is_directory() && entry.path().filename().string().rfind(begin, 0) == 0)
      names.push_back(entry.path().string());
  return names;
}

TEST(Design, ports_of_every_storage_width_carry_their_bits_both_ways) {
  for (const std::uint32_t width : {1u, 7u, 8u, 9u, 16u, 17u, 32u, 33u, 64u, 65u, 127u}) {
    ScratchDesign scratch(register_module);
    scratch.request.parameters = {{"Width", width}};
    for (auto& port : scratch.request.ports) port.width = width;
    const auto design = VerilatedDesign::build(scratch.request);
    design->reset();
    const Pin d = design->pins()[0], q = design->pins()[1];
    ASSERT_EQ(q.width, width);
    for (std::uint32_t bit = 0; bit < width; ++bit) {
      put(d, bit, 1, 1);
      design->settle();
      EXPECT_EQ(get(q, bit, 1), 0u) << "before the edge";
      design->edge();
      for (std::uint32_t other = 0; other < width; ++other)
        EXPECT_EQ(get(q, other, 1), other == bit ? 1u : 0u) << width << " " << bit;
      put(d, bit, 1, 0);
      design->settle();
      design->edge();
    }
  }
}

TEST(Design, what_no_reset_reaches_starts_with_the_same_arbitrary_bits_every_time) {
  ScratchDesign scratch(replaced(register_module, "if (!rst_ni) q_o <= '0;\n    else q_o <= d_i;",
                                 "if (rst_ni && d_i != 0) q_o <= d_i;"));
  const auto design = VerilatedDesign::build(scratch.request);
  design->reset();
  const auto first = get(design->pins()[1]);
  put(design->pins()[0], first ^ 0xFF ? first ^ 0xFF : 1);
  design->settle();
  design->edge();
  EXPECT_NE(get(design->pins()[1]), first);
  design->reset();
  EXPECT_EQ(get(design->pins()[1]), first) << "the run before shows through";
  EXPECT_EQ(get(design->pins()[0]), 0u) << "inputs are low after reset";
  const auto second = VerilatedDesign::build(scratch.request);
  second->reset();
  EXPECT_EQ(get(second->pins()[1]), first);
}

TEST(Design, two_of_one_library_keep_their_states_apart) {
  ScratchDesign scratch(register_module);
  const auto one = VerilatedDesign::build(scratch.request),
             two = VerilatedDesign::build(scratch.request);
  one->reset();
  two->reset();
  put(one->pins()[0], 0x5A);
  for (const auto& design : {one.get(), two.get()}) {
    design->settle();
    design->edge();
  }
  EXPECT_EQ(get(one->pins()[1]), 0x5Au);
  EXPECT_EQ(get(two->pins()[1]), 0u);
}

TEST(Design, is_built_once_for_equal_content_and_again_for_any_other) {
  const OwnCache cache;
  ScratchDesign scratch(register_module);
  int built = 0;
  scratch.request.progress = [&](const std::string& step, double) {
    built += step == "verilating" ? 1 : 0;
  };
  VerilatedDesign::build(scratch.request);
  EXPECT_EQ(built, 1);
  VerilatedDesign::build(scratch.request);
  EXPECT_EQ(built, 1) << "the same content again";

  ScratchDesign elsewhere(register_module);
  elsewhere.request.progress = scratch.request.progress;
  VerilatedDesign::build(elsewhere.request);
  EXPECT_EQ(built, 1) << "the same content in another folder";

  auto parameters = scratch.request;
  parameters.parameters = {{"Width", 8}};
  VerilatedDesign::build(parameters);
  EXPECT_EQ(built, 2) << "a parameter";
  auto waves = scratch.request;
  waves.waves = Waves::vcd;
  VerilatedDesign::build(waves);
  EXPECT_EQ(built, 3) << "waves";

  scratch.request.sources.clear();
  scratch.add("delay.sv", std::string("`include \"unit.svh\"\n") + register_module);
  write_text(scratch.folder.file("unit.svh"), "module other; endmodule\n");
  VerilatedDesign::build(scratch.request);
  EXPECT_EQ(built, 4);
  write_text(scratch.folder.file("unit.svh"), "module another; endmodule\n");
  VerilatedDesign::build(scratch.request);
  EXPECT_EQ(built, 5) << "only an included file changed";
}

TEST(Design, a_damaged_cache_entry_is_made_again) {
  const OwnCache cache;
  ScratchDesign scratch(register_module);
  int built = 0;
  scratch.request.progress = [&](const std::string& step, double) {
    built += step == "verilating" ? 1 : 0;
  };
  VerilatedDesign::build(scratch.request);
  const auto found = entries(cache.path() + "/rtl", "design-");
  ASSERT_EQ(found.size(), 1u) << "and no workshop left behind";
  fs::resize_file(found[0] + "/design.so", 5000);
  VerilatedDesign::build(scratch.request)->reset();
  EXPECT_EQ(built, 2) << "truncated";
  fs::remove(found[0] + "/seal");
  VerilatedDesign::build(scratch.request)->reset();
  EXPECT_EQ(built, 3) << "never sealed";
  VerilatedDesign::build(scratch.request)->reset();
  EXPECT_EQ(built, 3);
}

TEST(Design, two_processes_that_want_the_same_design_build_it_once) {
  const OwnCache cache;
  ScratchDesign scratch(register_module);
  const std::string log = scratch.folder.file("log");
  scratch.request.progress = [&](const std::string& step, double) {
    if (step != "verilating") return;
    std::FILE* file = std::fopen(log.c_str(), "a");
    std::fputs("built\n", file);
    std::fclose(file);
  };
  std::vector<pid_t> children;
  for (int i = 0; i < 2; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      int code = 1;
      try {
        VerilatedDesign::build(scratch.request)->reset();
        code = 0;
      } catch (...) {
      }
      _exit(code);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(read_text(log), "built\n");
}

TEST(Design, waveforms_hold_the_run_from_reset_on_in_either_format) {
  for (const auto waves : {Waves::vcd, Waves::fst}) {
    ScratchDesign scratch(register_module);
    scratch.request.waves = waves;
    const auto design = VerilatedDesign::build(scratch.request);
    const std::string path = scratch.folder.file(waves == Waves::vcd ? "w.vcd" : "w.fst");
    design->open_waves(path);
    design->reset();
    put(design->pins()[0], 0xA5);
    for (int i = 0; i < 3; ++i) {
      design->settle();
      design->edge();
    }
    design->close_waves();
    const std::string text = read_text(path);
    ASSERT_GT(text.size(), 100u);
    if (waves == Waves::fst) continue;
    EXPECT_THAT(text, HasSubstr("rst_ni"));
    EXPECT_THAT(text, HasSubstr("b10100101 "));
    EXPECT_THAT(text, Not(HasSubstr("b10100110 ")));
    EXPECT_THAT(text, HasSubstr("#6500\n")) << "seven cycles of two samples, 500 ps apart";
    EXPECT_THAT(text, Not(HasSubstr("#7000\n")));
  }
}

TEST(Design, a_failed_assertion_ends_with_its_text_and_place) {
  ScratchDesign scratch(
      replaced(register_module, "endmodule",
               "  always_ff @(posedge clk_i)\n"
               "    assert (d_i != 8'h33) else $error(\"three and three\");\nendmodule"));
  const auto design = VerilatedDesign::build(scratch.request);
  design->reset();
  put(design->pins()[0], 0x32);
  design->settle();
  EXPECT_NO_THROW(design->edge());
  put(design->pins()[0], 0x33);
  design->settle();
  try {
    design->edge();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(&error.kind(), &design_stopped);
    EXPECT_THAT(error.message(), HasSubstr("three and three"));
    EXPECT_THAT(error.message(), HasSubstr("delay.sv:12:"));
  }
  design->reset();
  design->settle();
  EXPECT_NO_THROW(design->edge()) << "a reset design runs again";
}

TEST(Design, finish_in_the_sources_ends_the_run_and_not_the_program) {
  ScratchDesign scratch(replaced(register_module, "endmodule",
                                 "  always_ff @(posedge clk_i) if (d_i == 1) $finish;\nendmodule"));
  const auto design = VerilatedDesign::build(scratch.request);
  design->reset();
  put(design->pins()[0], 1);
  design->settle();
  EXPECT_THROW(design->edge(), Error);
}

TEST(Design, sources_that_do_not_verilate_are_told_with_line_and_column) {
  const ScratchDesign scratch(replaced(register_module, "q_o <= d_i;", "q_o <= d_i"));
  const std::string message = refusal(scratch.request, verilator_refused);
  EXPECT_THAT(message, HasSubstr("delay.sv:10:3: error: Verilator: syntax error"));
}

TEST(Design, a_missing_top_module_names_those_that_are_there) {
  const ScratchDesign scratch(register_module, "delays");
  const std::string message = refusal(scratch.request, no_top_module);
  EXPECT_THAT(message, HasSubstr("did you mean 'delay'?"));
}

TEST(Design, a_parameter_that_the_module_lacks_is_told_with_the_nearest) {
  ScratchDesign scratch(register_module);
  scratch.request.parameters = {{"Wdth", 8}};
  EXPECT_THAT(refusal(scratch.request, no_such_parameter), HasSubstr("did you mean 'Width'?"));
}

TEST(Design, a_module_without_any_parameters_is_taken_as_it_is) {
  std::string text = replaced(register_module, " #(parameter int unsigned Width = 8)", "");
  text = replaced(text, "Width-1", "7");
  ScratchDesign scratch(replaced(text, "Width-1", "7"));
  scratch.request.parameters = {{"Width", 8}};
  EXPECT_NO_THROW(VerilatedDesign::build(scratch.request));
  scratch.request.ports[0].width = 9;
  EXPECT_THAT(refusal(scratch.request, port_contract), HasSubstr("'d_i'"));
}

TEST(Design, needs_a_folder_for_its_cache_that_can_be_written) {
  const OwnCache cache;
  write_text(cache.path() + "/rtl", "a file where the folder should be");
  const ScratchDesign scratch(register_module);
  EXPECT_THAT(refusal(scratch.request, cache_unusable), HasSubstr("MANTISSA_CACHE"));
}

}  // namespace
}  // namespace mantissa::rtl
