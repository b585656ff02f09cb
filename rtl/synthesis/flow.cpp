// SPDX-License-Identifier: Apache-2.0
#include "rtl/synthesis/flow.h"

#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <regex>
#include <sstream>

#include "rtl/tool.h"

namespace mantissa::rtl {
namespace {

// Harmless, each for its reason.
bool harmless(const std::string& line) {
  // ABC maps to single-output cells only; full adders of the library stay unused.
  if (line.find("multi-output gates") != std::string::npos) return true;
  // ABC is given logic between flip-flops, never sequential logic.
  return line.find("The network is combinational") != std::string::npos;
}

void refuse_warnings(const ToolRun& run, const std::string& tool, const SynthesisRequest& request) {
  std::istringstream lines(run.output);
  std::string line, found;
  while (found.empty() && std::getline(lines, line))
    if (line.find("ERROR") != std::string::npos || line.find("Error:") != std::string::npos ||
        ((line.find("Warning:") != std::string::npos) && !harmless(line)))
      found = line;
  if (found.empty() && run.code == 0) return;
  throw Error(synthesis_refused)
      .at(request.unit->name())
      .say(tool + " does not take the sources or the library as they are")
      .read(found.empty() ? run.output.substr(run.output.size() -
                                              std::min<std::size_t>(run.output.size(), 300))
                          : found);
}

// "count_q[1]\\DFFSR" as OpenSTA writes it: the net that the flip-flop drives.
std::string register_of(const std::string& cell) { return cell.substr(0, cell.find('\\')); }

}  // namespace

void map_to_cells(const SynthesisRequest& request, const std::string& folder) {
  const std::string top = request.unit->name();
  std::string script;
  for (const auto& source : request.unit->sources())
    script += fmt::format("read_verilog -sv {}\n",
                          (std::filesystem::absolute(request.folder) / source).string());
  for (const auto& [name, value] : request.parameters)
    script += fmt::format("chparam -set {} {} {}\n", name, value, top);
  const std::string liberty = std::filesystem::absolute(request.liberty).string();
  script += fmt::format("hierarchy -check -top {}\nsynth -top {}\ncheck -assert\n", top, top);
  // The fast mapping, and what it leaves out: buffers for large fan-outs (-p: those of flip-flops
  // and inputs, too) and sizing.
  const std::string mapping = "+strash;dretime;map;topo;buffer,-c,-p,-N,16;upsize;dnsize";
  script +=
      fmt::format("dfflibmap -liberty {}\nabc -script {} -liberty {}\n", liberty, mapping, liberty);
  // Undefined bits become zeros, as in simulation with two values.
  script += "setundef -zero\nopt_clean -purge\n";
  // Cells are named after the nets they drive, so that paths can be read.
  script += fmt::format("read_liberty -lib {}\nrename -wire\n", liberty);
  // OpenSTA assigns to no concatenation.
  script += "write_json netlist.json\nwrite_verilog -noattr -noexpr -simple-lhs netlist.v\n";
  write_text(folder + "/synthesis.ys", script);
  refuse_warnings(run_tool({"yosys", "synthesis.ys"}, folder), "yosys", request);
}

Timing analyse_timing(const SynthesisRequest& request, const std::string& folder) {
  const std::string liberty = std::filesystem::absolute(request.liberty).string();
  // With ideal clock and inputs at time 0, slack falls by exactly what the period is cut by. It is
  // of single precision, hence coarse below a long period: the analysis at the result mends what
  // that costs.
  const std::string script = fmt::format(
      "read_liberty {}\nread_verilog netlist.v\nlink_design {}\n"
      "proc clocked {{period}} {{\n"
      "  create_clock -name clock -period $period [get_ports clk_i]\n"
      "  foreach port [all_inputs] {{\n"
      "    if {{[get_property $port full_name] != \"clk_i\"}} {{\n"
      "      set_input_delay 0 -clock clock $port\n"
      "    }}\n"
      "  }}\n"
      "  set_output_delay 0 -clock clock [all_outputs]\n"
      "}}\n"
      "clocked 1000\n"
      "set shortest [expr {{ceil((1000 - [worst_slack]) * 1000) / 1000}}]\n"
      "clocked $shortest\n"
      "if {{[worst_slack] < 0}} {{\n"
      "  set shortest [expr {{ceil(($shortest - [worst_slack]) * 1000) / 1000}}]\n"
      "  clocked $shortest\n"
      "}}\n"
      "report_checks -path_delay max -digits 4\n"
      "puts \"shortest $shortest slack [worst_slack]\"\n"
      "set period {}\nif {{$period == 0}} {{set period $shortest}}\nclocked $period\n"
      "set_power_activity -global -activity {} -duty 0.5\n"
      "report_power -digits 8\n",
      liberty, request.unit->name(), request.clock, request.activity);
  write_text(folder + "/timing.tcl", script);
  const ToolRun run = run_tool({"sta", "-exit", "timing.tcl"}, folder);
  refuse_warnings(run, "OpenSTA", request);
  Timing timing;
  std::smatch m;
  static const std::regex shortest("shortest ([-0-9.e]+) slack ([-0-9.e]+)");
  static const std::regex total(R"(Total +([-0-9.e+]+) +([-0-9.e+]+) +([-0-9.e+]+))");
  if (!std::regex_search(run.output, m, shortest) || std::stod(m[2]) < 0)
    throw Error(synthesis_refused)
        .at(request.unit->name())
        .say("OpenSTA finds no period")
        .read(run.output);
  timing.period = std::stod(m[1]);
  if (!std::regex_search(run.output, m, total))
    throw Error(synthesis_refused).at(request.unit->name()).say("OpenSTA reports no power");
  timing.power = {std::stod(m[1]), std::stod(m[2]), std::stod(m[3])};
  // Of the path groups listed, the one with the least slack.
  static const std::regex path(
      R"(Startpoint: ([^ ]+)[\s\S]*?Endpoint: ([^ ]+)[\s\S]*?([-0-9.]+) +slack)");
  double least = INFINITY;
  for (std::sregex_iterator it(run.output.begin(), run.output.end(), path), end; it != end; ++it) {
    const double slack = std::stod((*it)[3]);
    if (slack >= least) continue;
    least = slack;
    timing.start = register_of((*it)[1]);
    timing.end = register_of((*it)[2]);
  }
  return timing;
}

std::string synthesis_tools() {
  std::smatch yosys;
  const std::string a = run_tool({"yosys", "-V"}, "/").output;
  const std::string b = run_tool({"sta", "-version"}, "/").output;
  static const std::regex first(R"(Yosys ([0-9.+]+))");
  std::regex_search(a, yosys, first);
  return "yosys " + yosys.str(1) + ", OpenSTA " + b.substr(0, b.find_first_of(" \n"));
}

}  // namespace mantissa::rtl
