// SPDX-License-Identifier: Apache-2.0
// Small designs that a test writes down, units with a mistake, and a cache of their own.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "base/config/folder_path.h"
#include "rtl/folders.h"
#include "rtl/tool.h"
#include "rtl/unit.h"
#include "rtl/verilate/verilated_design.h"

namespace mantissa::rtl {

// Compiled designs of this test alone, so that it sees them being made.
class OwnCache {
 public:
  OwnCache() {
    if (const char* before = std::getenv("MANTISSA_CACHE")) before_ = before;
    setenv("MANTISSA_CACHE", folder_.path().c_str(), 1);
  }
  ~OwnCache() {
    if (before_.empty())
      unsetenv("MANTISSA_CACHE");
    else
      setenv("MANTISSA_CACHE", before_.c_str(), 1);
  }
  std::string path() const { return folder_.path(); }

 private:
  ScratchFolder folder_;
  std::string before_;
};

// A register: q_o is d_i of the cycle before.
inline const char* const register_module =
    "module delay #(parameter int unsigned Width = 8) (\n"
    "  input logic clk_i,\n"
    "  input logic rst_ni,\n"
    "  input logic [Width-1:0] d_i,\n"
    "  output logic [Width-1:0] q_o\n"
    ");\n"
    "  always_ff @(posedge clk_i or negedge rst_ni) begin\n"
    "    if (!rst_ni) q_o <= '0;\n"
    "    else q_o <= d_i;\n"
    "  end\n"
    "endmodule\n";

class ScratchDesign {
 public:
  explicit ScratchDesign(const std::string& text, const std::string& top = "delay") {
    request.top = top;
    request.ports = {{"d_i", Direction::input, 8, ""}, {"q_o", Direction::output, 8, ""}};
    add("delay.sv", text);
  }
  void add(const std::string& name, const std::string& text) {
    write_text(folder.file(name), text);
    request.sources.push_back(folder.file(name));
  }
  ScratchFolder folder;
  DesignRequest request;
};

// The message of the Error that building must end with.
inline std::string refusal(const DesignRequest& request, const ErrorKind& kind) {
  try {
    VerilatedDesign::build(request);
  } catch (const Error& error) {
    EXPECT_STREQ(error.kind().id(), kind.id()) << error.message();
    return error.message();
  }
  ADD_FAILURE() << "built, though [" << kind.id() << "] was expected";
  return {};
}

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

// A unit's sources with one mistake in them.
class WrongUnit {
 public:
  WrongUnit(const std::string& unit, const std::string& file, const std::string& original,
            const std::string& changed) {
    for (const auto& source : find_unit(unit)->sources()) {
      const std::string name = source.substr(source.find('/') + 1);
      std::string text = read_text(rtl_folder() + "/" + source);
      if (name == file) text = replaced(text, original, changed);
      write_text(folder_.file(name), text);
      sources_.push_back(folder_.file(name));
    }
  }
  config::FolderPath folder() const { return {folder_.path()}; }
  const std::vector<std::string>& sources() const { return sources_; }

 private:
  ScratchFolder folder_;
  std::vector<std::string> sources_;
};

}  // namespace mantissa::rtl
