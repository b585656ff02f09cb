// SPDX-License-Identifier: Apache-2.0
// Every unit in SystemVerilog is read by both Verilator and yosys without a warning, and both see
// the ports that the unit promises: yosys misreads some constructs without a word.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "rtl/folders.h"
#include "rtl/tool.h"
#include "rtl/verilate/sources.h"
#include "rtl/verilate/verilated_design.h"

namespace mantissa::rtl {
namespace {

struct Point {
  const Unit* unit;
  Parameters parameters;
};

// The defaults, and each parameter at its least value; both values of a choice of two.
std::vector<Point> points() {
  std::vector<Point> all;
  for (const Unit* unit : units()) {
    all.push_back({unit, unit->defaults()});
    for (const auto& p : unit->parameters()) {
      Parameters one = unit->defaults();
      for (std::int64_t value = p.low; value <= (p.high - p.low == 1 ? p.high : p.low); ++value) {
        one[p.name] = value;
        if (unit->objection(one).empty() && value != p.fallback) all.push_back({unit, one});
      }
    }
  }
  return all;
}

std::string text_of(const Point& point) {
  std::string text = point.unit->name();
  for (const auto& [name, value] : point.parameters)
    text += " " + name + "=" + std::to_string(value);
  return text;
}

std::string absolute(const std::string& source) { return rtl_folder() + "/" + source; }

TEST(Subset, verilator_has_nothing_to_say_about_any_unit_even_if_asked_for_everything) {
  for (const auto& point : points()) {
    std::vector<std::string> command = {"verilator", "--lint-only", "-Wall", "--top-module",
                                        point.unit->name()};
    for (const auto& [name, value] : point.parameters)
      command.push_back("-G" + name + "=" + std::to_string(value));
    for (const auto& source : point.unit->sources()) command.push_back(absolute(source));
    EXPECT_EQ(run_tool(command, "/").output, "") << text_of(point);
  }
}

// What yosys says while it reads the sources, and the ports that it then has.
std::string read_by_yosys(const std::vector<std::string>& sources, const std::string& top,
                          const Parameters& parameters, std::map<std::string, Port>& ports) {
  const ScratchFolder folder;
  std::string script;
  for (const auto& source : sources) script += "read_verilog -sv " + source + "\n";
  for (const auto& [name, value] : parameters)
    script += "chparam -set " + name + " " + std::to_string(value) + " " + top + "\n";
  script += "hierarchy -check -top " + top + "\nproc\ncheck -assert\nwrite_json out.json\n";
  write_text(folder.file("read.ys"), script);
  const ToolRun run = run_tool({"yosys", "-q", "read.ys"}, folder.path());
  if (run.code != 0 || !run.output.empty()) return run.output + " ";
  const auto json = nlohmann::json::parse(std::ifstream(folder.file("out.json")));
  for (const auto& [name, module] : json["modules"].items())
    if (module["attributes"].contains("top"))
      for (const auto& [port, value] : module["ports"].items())
        ports[port] = {port,
                       value["direction"] == "input" ? Direction::input : Direction::output,
                       static_cast<std::uint32_t>(value["bits"].size()),
                       {}};
  return {};
}

TEST(Subset, yosys_reads_every_unit_without_a_word_and_sees_the_ports_that_it_promises) {
  for (const auto& point : points()) {
    std::vector<std::string> sources;
    for (const auto& source : point.unit->sources()) sources.push_back(absolute(source));
    std::map<std::string, Port> found;
    EXPECT_EQ(read_by_yosys(sources, point.unit->name(), point.parameters, found), "")
        << text_of(point);
    const auto contract = all_ports(*point.unit, point.parameters);
    EXPECT_EQ(found.size(), contract.size()) << text_of(point);
    for (const auto& port : contract) {
      EXPECT_EQ(found[port.name].width, port.width) << text_of(point) << ": " << port.name;
      EXPECT_EQ(found[port.name].direction, port.direction) << text_of(point) << ": " << port.name;
    }
  }
}

// Negative control: the misreading that the test above is for.
TEST(Subset, yosys_misreads_a_packed_array_of_a_package_type_in_silence) {
  const ScratchFolder folder;
  write_text(folder.file("m.sv"),
             "package p;\n  typedef logic [7:0] byte_t;\nendpackage\n"
             "module m (input p::byte_t [3:0] a_i, output logic [31:0] y_o);\n"
             "  assign y_o = 32'(a_i);\nendmodule\n");
  std::map<std::string, Port> found;
  EXPECT_EQ(read_by_yosys({folder.file("m.sv")}, "m", {}, found), "");
  EXPECT_NE(found["a_i"].width, 32u);
}

// ~N'(x) is (~N)'(x) to yosys; ~(N'(x)) is what both take for the complement.
const std::regex complement_before_cast(R"([~!]\s*\w+'\()");

TEST(Subset, no_source_complements_a_size_cast_without_parentheses) {
  std::set<std::string> sources;
  for (const Unit* unit : units())
    for (const auto& source : unit->sources()) sources.insert(source);
  EXPECT_FALSE(sources.empty());
  for (const auto& source : sources) {
    const std::string text = read_text(absolute(source));
    std::smatch match;
    EXPECT_FALSE(std::regex_search(text, match, complement_before_cast))
        << source << ": " << match.str();
  }
}

// Negative control: what the test above is for.
TEST(Subset, yosys_misreads_the_complement_of_a_size_cast_in_silence) {
  const auto is_fourteen = [](const std::string& expression) {
    const ScratchFolder folder;
    write_text(folder.file("m.sv"),
               "module m #(parameter int unsigned N = 4) (output logic [3:0] y_o);\n"
               "  assign y_o = " +
                   expression + ";\nendmodule\n");
    const ToolRun run = run_tool({"yosys", "-q", "-p",
                                  "read_verilog -sv m.sv; hierarchy -top m; proc; "
                                  "sat -verify -prove y_o 14 m"},
                                 folder.path());
    EXPECT_EQ(run.output.find("Warning"), std::string::npos) << run.output;
    if (run.code != 0) {
      EXPECT_NE(run.output.find("proof did fail"), std::string::npos) << run.output;
    }
    return run.code == 0;
  };
  EXPECT_TRUE(is_fourteen("~(N'(1))"));
  EXPECT_FALSE(is_fourteen("~N'(1)"));
  const std::string line = "last[Rows] ? ~Rows'(1) : moves_q << 1";
  EXPECT_TRUE(std::regex_search(line, complement_before_cast));
}

}  // namespace
}  // namespace mantissa::rtl
