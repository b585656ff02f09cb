// SPDX-License-Identifier: Apache-2.0
#include "rtl/verilate/verilator.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <regex>

#include "rtl/tool.h"
#include "rtl/verilate/errors.h"
#include "rtl/verilate/sources.h"

namespace mantissa::rtl {
namespace fs = std::filesystem;
namespace {

void add_sources(const DesignRequest& request, std::vector<std::string>& command) {
  std::vector<std::string> folders;
  for (const auto& source : request.sources) {
    const std::string folder = fs::absolute(source).parent_path().string();
    if (std::find(folders.begin(), folders.end(), folder) == folders.end())
      folders.push_back(folder);
  }
  for (const auto& folder : folders) command.push_back("+incdir+" + folder);
  for (const auto& source : request.sources) command.push_back(fs::absolute(source).string());
}

// As the user wrote the path.
std::string given(const DesignRequest& request, const std::string& path) {
  for (const auto& source : request.sources)
    if (fs::absolute(source).string() == path) return source;
  return path;
}

// Parameters that the top module declares, as the module stands without ours.
std::vector<std::string> declared_parameters(const DesignRequest& request,
                                             const std::string& folder) {
  std::vector<std::string> command = {"verilator",  "--xml-only",   "--xml-output", "declared.xml",
                                      "-Wno-fatal", "--top-module", request.top};
  add_sources(request, command);
  run_tool(command, folder);
  std::vector<std::string> names;
  const std::string xml = read_text(folder + "/declared.xml");
  const auto top = xml.find("topModule=\"1\"");
  if (top == std::string::npos) return names;
  const std::string module = xml.substr(top, xml.find("</module>", top) - top);
  static const std::regex parameter(R"regex(<var [^>]*name="(\w+)"[^>]* param="true")regex");
  for (std::sregex_iterator it(module.begin(), module.end(), parameter), end; it != end; ++it)
    names.push_back((*it)[1]);
  return names;
}

[[noreturn]] void refuse(const DesignRequest& request, const std::string& output) {
  static const std::regex message(R"(%Error(?:-\w+)?: (?:([^\n:]+):(\d+):(?:(\d+):)? )?([^\n]*))");
  std::smatch m;
  if (!std::regex_search(output, m, message))
    throw Error(verilator_refused).at(request.top).read(output.substr(0, 300));
  if (m.str(4).find("--top-module") != std::string::npos) {
    const auto names = module_names(request.sources);
    std::string list;
    for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
    throw Error(no_top_module)
        .at(fs::path(request.sources.front()).parent_path().string())
        .say(fmt::format("there is no module '{}', only {}", request.top,
                         list.empty() ? "packages" : list))
        .nearest(nearest_name(request.top, names))
        .remedy("--top names another");
  }
  Place place{given(request, m[1]), 0, 0, {}};
  if (m[2].matched) place.line = std::stoi(m[2]);
  if (m[3].matched) place.column = std::stoi(m[3]);
  throw Error(verilator_refused).at(place).say("Verilator: " + m.str(4));
}

ToolRun run(const DesignRequest& request, const Parameters& parameters, const std::string& folder) {
  std::vector<std::string> command = {"verilator", "--cc"};
  for (const auto& flag : verilator_flags(request.waves)) command.push_back(flag);
  command.insert(command.end(),
                 {"--prefix", "Vdesign", "-Mdir", folder, "--top-module", request.top});
  for (const auto& [name, value] : parameters)
    command.push_back(fmt::format("-G{}={}", name, value));
  add_sources(request, command);
  return run_tool(command, folder);
}

}  // namespace

std::vector<std::string> verilator_flags(Waves waves) {
  // -fno-const-bit-op-tree: Verilator 5.006 miscompiles some netlists with that optimisation.
  // Warnings do not stop a user's design; state that no reset reaches starts as arbitrary bits.
  std::vector<std::string> flags = {"-O3",         "-fno-const-bit-op-tree",
                                    "--no-timing", "--assert",
                                    "--x-assign",  "unique",
                                    "--x-initial", "unique",
                                    "-Wno-fatal",  "--output-split",
                                    "5000",        "--output-split-cfuncs",
                                    "2000"};
  if (waves == Waves::vcd) flags.emplace_back("--trace");
  if (waves == Waves::fst) flags.emplace_back("--trace-fst");
  if (waves != Waves::none) flags.emplace_back("--trace-structs");
  return flags;
}

std::string preprocessed(const DesignRequest& request) {
  std::vector<std::string> command = {"verilator", "-E", "-P"};
  add_sources(request, command);
  const ToolRun run = run_tool(command, "/");
  if (run.code != 0) refuse(request, run.output);
  return run.output;
}

Verilated verilate(const DesignRequest& request, const std::string& folder) {
  ToolRun result = run(request, request.parameters, folder);
  static const std::string unknown =
      "Parameters from the command line were not found in the "
      "design: ";
  if (const auto at = result.output.find(unknown); result.code != 0 && at != std::string::npos) {
    const auto from = at + unknown.size();
    const auto declared = declared_parameters(request, folder);
    if (!declared.empty()) {
      const std::string name =
          result.output.substr(from, result.output.find_first_of(", \n", from) - from);
      std::string list;
      for (const auto& p : declared) list += (list.empty() ? "" : ", ") + p;
      throw Error(no_such_parameter)
          .at(module_place(request.sources, request.top))
          .say(fmt::format("module '{}' has no parameter '{}', only {}", request.top, name, list))
          .nearest(nearest_name(name, declared));
    }
    result = run(request, {}, folder);
  }
  if (result.code != 0) refuse(request, result.output);
  Verilated verilated;
  verilated.ports = ports_of_class(read_text(folder + "/Vdesign.h"));
  const std::string root = run_tool({"verilator", "--getenv", "VERILATOR_ROOT"}, "/").output;
  verilated.root = root.substr(0, root.find('\n'));
  return verilated;
}

}  // namespace mantissa::rtl
