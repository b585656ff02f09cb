// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "rtl/proof/prover.h"

namespace mantissa::rtl {
namespace {

// "b00101" of `width` bits as 8'h05; digits with an undefined bit as x.
std::string hexadecimal(std::string bits, std::size_t width) {
  if (bits.size() < width) bits.insert(0, width - bits.size(), '0');
  std::string digits;
  while (bits.size() % 4 != 0) bits.insert(0, 1, '0');
  for (std::size_t i = 0; i < bits.size(); i += 4) {
    unsigned digit = 0;
    bool known = true;
    for (std::size_t k = i; k < i + 4; ++k) {
      known = known && (bits[k] == '0' || bits[k] == '1');
      digit = 2 * digit + (bits[k] == '1');
    }
    digits += known ? "0123456789abcdef"[digit] : 'x';
  }
  return fmt::format("{}'h{}", width, digits);
}

}  // namespace

Counterexample read_trace(const std::string& vcd, const std::vector<std::string>& inputs) {
  struct Variable {
    std::string name, bits;
    std::size_t width = 0;
  };
  std::map<std::string, Variable> variables;  // by code
  Counterexample trace;
  std::vector<std::string> codes;
  std::istringstream lines(vcd);
  std::string line;
  int depth = 0;
  bool defined = false;
  const auto sample = [&] {
    std::vector<std::string> row;
    for (const auto& code : codes)
      row.push_back(hexadecimal(variables[code].bits, variables[code].width));
    trace.cycles.push_back(std::move(row));
  };
  std::uint64_t time = 1;  // yosys-smtbmc writes a cycle at every multiple of 10, and the falling
                           // clock between them; the last time closes the last cycle

  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string first;
    words >> first;
    if (!defined) {
      if (first == "$scope") ++depth;
      if (first == "$upscope") --depth;
      if (first == "$var" && depth == 1) {
        std::string type, code, name;
        std::size_t width = 0;
        words >> type >> width >> code >> name;
        const bool wanted = inputs.empty() || std::count(inputs.begin(), inputs.end(), name) > 0;
        if (type != "event" && wanted) {
          variables[code] = {name, "x", width};
          codes.push_back(code);
        }
      }
      if (first == "$enddefinitions") {
        defined = true;
        std::stable_sort(codes.begin(), codes.end(), [&](const auto& a, const auto& b) {
          return variables[a].name < variables[b].name;
        });
        for (const auto& code : codes) trace.inputs.push_back(variables[code].name);
      }
      continue;
    }
    if (!first.empty() && first[0] == '#') {
      if (time % 10 == 0) sample();
      time = std::stoull(first.substr(1));
    } else if (!first.empty() && first[0] == 'b') {
      std::string code;
      words >> code;
      if (const auto found = variables.find(code); found != variables.end())
        found->second.bits = first.substr(1);
    }
  }
  return trace;
}

}  // namespace mantissa::rtl
