// SPDX-License-Identifier: Apache-2.0
// A netlist that Verilator 5.006 miscompiles with its default optimisations: c + a * b in osu018
// cells, of which the top bit comes out wrong.
#include <gtest/gtest.h>

#include "rtl/common/pin_bench.h"
#include "tests/rtl/scratch_sources.h"

namespace mantissa::rtl {
namespace {

class VerilatedNetlist : public testing::Test {
 protected:
  void SetUp() override {
    write_text(folder_.file("mac.sv"),
               "module mac (\n"
               "  input logic clk_i,\n"
               "  input logic rst_ni,\n"
               "  input logic signed [7:0] a_i,\n"
               "  input logic signed [7:0] b_i,\n"
               "  input logic signed [31:0] c_i,\n"
               "  output logic signed [31:0] c_o\n"
               ");\n"
               "  always_ff @(posedge clk_i or negedge rst_ni) begin\n"
               "    if (!rst_ni) c_o <= 32'sd0;\n"
               "    else c_o <= c_i + a_i * b_i;\n"
               "  end\n"
               "endmodule\n");
    const std::string liberty = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";
    write_text(folder_.file("map.ys"),
               "read_verilog -sv mac.sv\nsynth -top mac\ndfflibmap -liberty " + liberty +
                   "\nabc -fast -liberty " + liberty +
                   "\nwrite_verilog -noattr netlist.v\ndesign -reset\n"
                   "read_liberty -ignore_miss_func " +
                   liberty + "\nwrite_verilog -noattr cells.v\n");
    const ToolRun run = run_tool({"yosys", "-q", "map.ys"}, folder_.path());
    ASSERT_EQ(run.code, 0) << run.output;
  }
  const ScratchFolder folder_;
};

TEST_F(VerilatedNetlist, has_the_right_bits_with_our_flags) {
  DesignRequest request;
  request.top = "mac";
  request.sources = {folder_.file("netlist.v"), folder_.file("cells.v")};
  request.ports = {{"a_i", Direction::input, 8, ""},
                   {"b_i", Direction::input, 8, ""},
                   {"c_i", Direction::input, 32, ""},
                   {"c_o", Direction::output, 32, ""}};
  const auto design = VerilatedDesign::build(request);
  design->reset();
  const Pins& pins = design->pins();
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const std::uint64_t bits = draw(7, i);
    const auto a = static_cast<std::int8_t>(bits), b = static_cast<std::int8_t>(bits >> 8);
    const auto c = static_cast<std::uint32_t>(bits >> 32);
    put(pins[0], static_cast<std::uint8_t>(a));
    put(pins[1], static_cast<std::uint8_t>(b));
    put(pins[2], c);
    design->settle();
    design->edge();
    ASSERT_EQ(get(pins[3]), c + static_cast<std::uint32_t>(a * b)) << i;
  }
}

// Negative control. When this fails, Verilator has been mended and the flag may go.
TEST_F(VerilatedNetlist, has_wrong_bits_without_them) {
  write_text(folder_.file("main.cpp"),
             "#include \"Vdesign.h\"\n"
             "int main() {\n"
             "  VerilatedContext context;\n"
             "  Vdesign design(&context);\n"
             "  unsigned wrong = 0;\n"
             "  for (unsigned i = 0; i < 2000; ++i) {\n"
             "    const int a = (signed char)(i * 37), b = (signed char)(i * 101);\n"
             "    const unsigned c = i * 2654435761u;\n"
             "    design.rst_ni = i > 0;\n"
             "    design.a_i = a;\n"
             "    design.b_i = b;\n"
             "    design.c_i = c;\n"
             "    design.clk_i = 0;\n"
             "    design.eval();\n"
             "    design.clk_i = 1;\n"
             "    design.eval();\n"
             "    wrong += i > 0 && design.c_o != c + (unsigned)(a * b);\n"
             "  }\n"
             "  return wrong > 0;\n"
             "}\n");
  for (const bool sound : {false, true}) {
    std::vector<std::string> command = {
        "verilator",       "--cc",         "-O3",     "--no-timing", "-Wno-fatal", "--prefix",
        "Vdesign",         "--top-module", "mac",     "--exe",       "--build",    "-Mdir",
        sound ? "a" : "b", "netlist.v",    "cells.v", "main.cpp"};
    command.insert(command.end(), {"-MAKEFLAGS", "OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0"});
    if (sound) command.emplace_back("-fno-const-bit-op-tree");
    const ToolRun build = run_tool(command, folder_.path());
    ASSERT_EQ(build.code, 0) << build.output;
    const ToolRun run = run_tool({sound ? "./a/Vdesign" : "./b/Vdesign"}, folder_.path());
    EXPECT_EQ(run.code, sound ? 0 : 1);
  }
}

}  // namespace
}  // namespace mantissa::rtl
