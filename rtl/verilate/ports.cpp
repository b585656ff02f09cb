// SPDX-License-Identifier: Apache-2.0
#include "rtl/verilate/ports.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <regex>

#include "rtl/verilate/errors.h"
#include "rtl/verilate/sources.h"

namespace mantissa::rtl {
namespace {

std::string described(bool input, bool output, std::uint32_t width) {
  return fmt::format("{} of {} {}",
                     input && output ? "inout"
                     : input         ? "input"
                                     : "output",
                     width, width == 1 ? "bit" : "bits");
}

std::string described(const Port& port) {
  const bool input = port.direction == Direction::input;
  return described(input, !input, port.width);
}

}  // namespace

std::vector<FoundPort> ports_of_class(const std::string& header) {
  // VL_IN8((&x)[4],7,0) is an unpacked array.
  static const std::regex macro(
      R"(VL_(IN|OUT|INOUT)(?:8|16|64|W)?\((\()?&(\w+)\)?((?:\[\d+\])*),(\d+),(\d+)(?:,\d+)?\);)");
  std::vector<FoundPort> ports;
  for (std::sregex_iterator it(header.begin(), header.end(), macro), end; it != end; ++it) {
    const auto& m = *it;
    FoundPort port;
    port.name = m[3];
    port.input = m[1] != "OUT";
    port.output = m[1] != "IN";
    port.width = static_cast<std::uint32_t>(std::abs(std::stol(m[5]) - std::stol(m[6])) + 1);
    port.flat = m[4].length() == 0;
    ports.push_back(port);
  }
  return ports;
}

void check_ports(const std::vector<FoundPort>& found, const std::vector<Port>& contract,
                 const std::vector<std::string>& sources, const std::string& top) {
  std::vector<Port> all = contract;
  for (const char* name : {"clk_i", "rst_ni"}) all.push_back({name, Direction::input, 1, {}});
  const auto named = [](const std::string& name) {
    return [&name](const auto& port) { return port.name == name; };
  };
  // Names of the design that the contract does not know: candidates for a misspelling.
  std::vector<std::string> strangers;
  for (const auto& port : found)
    if (std::none_of(all.begin(), all.end(), named(port.name))) strangers.push_back(port.name);

  std::vector<std::string> wrong;
  std::string first;  // of those that stand in the design
  for (const auto& port : all) {
    const auto it = std::find_if(found.begin(), found.end(), named(port.name));
    if (it == found.end()) {
      const std::string near = nearest_name(port.name, strangers);
      std::string text = fmt::format("'{}' ({}) is missing", port.name, described(port));
      if (!near.empty()) {
        text += fmt::format(", is '{}' meant?", near);
        strangers.erase(std::find(strangers.begin(), strangers.end(), near));
        if (first.empty()) first = near;
      }
      wrong.push_back(text);
      continue;
    }
    const bool input = port.direction == Direction::input;
    if (it->flat && it->width == port.width && it->input == input && it->output == !input) continue;
    wrong.push_back(fmt::format("'{}' is an {}{}, expected an {}", port.name,
                                it->flat ? "" : "unpacked array, ",
                                described(it->input, it->output, it->width), described(port)));
    if (first.empty()) first = port.name;
  }
  for (const auto& name : strangers) {
    wrong.push_back(fmt::format("'{}' is not a port of the unit", name));
    if (first.empty()) first = name;
  }
  if (wrong.empty()) return;
  std::string text = fmt::format("{} of module '{}': ", wrong.size() == 1 ? "port" : "ports", top);
  for (std::size_t i = 0; i < wrong.size(); ++i) text += (i ? "; " : "") + wrong[i];
  throw Error(port_contract)
      .at(first.empty() ? module_place(sources, top) : declaration_place(sources, top, first))
      .say(text);
}

}  // namespace mantissa::rtl
