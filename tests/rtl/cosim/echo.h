// SPDX-License-Identifier: Apache-2.0
// A unit for tests of the runner: gives back every byte it takes, whenever it likes. A bench that
// does not mind when, so that designs may be late, silent or talkative.
#pragma once

#include <string>

#include "rtl/common/pin_bench.h"

namespace mantissa::rtl {

class EchoBench final : public PinBench {
 public:
  EchoBench() : PinBench(ports(), {"echo: odd", "echo: even"}) {}

  static std::vector<Port> ports() {
    return {{"valid_i", Direction::input, 1, ""},
            {"data_i", Direction::input, 8, ""},
            {"valid_o", Direction::output, 1, ""},
            {"data_o", Direction::output, 8, ""}};
  }
  std::vector<Field> fields() const override { return {{"data", 0, 255, ""}}; }
  std::vector<Command> directed() const override { return {{0}, {255}}; }
  Command random(std::uint64_t number) const override {
    return {static_cast<std::int64_t>(draw(1, number) & 255)};
  }
  void begin(const std::vector<Command>& commands, std::uint64_t seed, unsigned stall) override {
    PinBench::begin(commands, seed, stall);
    answered_ = 0;
    asked_ = false;
  }
  void drive(const Pins& pins) override {
    clear_inputs(pins);
    if (asked_ || answered_ == commands_.size() || holds_back(0)) return;
    put(pins[0], 1);
    put(pins[1], static_cast<std::uint64_t>(commands_[answered_][0]));
    asked_ = true;
  }
  bool check(const Pins& pins, Mismatch& mismatch) override {
    ++cycle_;
    if (!asked_) return same(pins, 2, 0, current(), mismatch);
    if (get(pins[2]) == 0) return true;
    const auto expected = static_cast<std::uint64_t>(commands_[answered_][0]);
    if (!same(pins, 3, expected, answered_, mismatch)) return false;
    saw(expected & 1 ? 0 : 1);
    ++answered_;
    asked_ = false;
    return true;
  }
  bool done() const override { return answered_ == commands_.size(); }
  std::size_t current() const override { return answered_; }
  std::uint64_t patience(const Command&) const override { return 4; }

 private:
  std::size_t answered_ = 0;
  bool asked_ = false;
};

class Echo final : public Unit {
 public:
  std::string name() const override { return "echo"; }
  std::string summary() const override { return "gives back what it takes"; }
  std::vector<Parameter> parameters() const override { return {{"Latency", 1, 1, 64, "cycles"}}; }
  std::vector<Port> ports(const Parameters&) const override { return EchoBench::ports(); }
  std::vector<std::string> sources() const override { return {}; }
  std::unique_ptr<Bench> bench(const Parameters&) const override {
    return std::make_unique<EchoBench>();
  }
};

// The design; tests replace the lines in which it shall be wrong.
inline const char* const echo_module =
    "module echo #(parameter int unsigned Latency = 1) (\n"
    "  input logic clk_i,\n"
    "  input logic rst_ni,\n"
    "  input logic valid_i,\n"
    "  input logic [7:0] data_i,\n"
    "  output logic valid_o,\n"
    "  output logic [7:0] data_o\n"
    ");\n"
    "  logic [6:0] wait_q;\n"
    "  logic [7:0] data_q, last_q;\n"
    "  logic [15:0] count_q;\n"
    "  logic threes_q;\n"
    "  assign valid_o = wait_q == 7'd1;\n"
    "  assign data_o = data_q;\n"
    "  always_ff @(posedge clk_i or negedge rst_ni) begin\n"
    "    if (!rst_ni) begin\n"
    "      wait_q <= 0;\n"
    "      data_q <= 0;\n"
    "      last_q <= 0;\n"
    "      count_q <= 0;\n"
    "      threes_q <= 0;\n"
    "    end else begin\n"
    "      if (wait_q != 0) wait_q <= wait_q - 1;\n"
    "      if (valid_i) begin\n"
    "        wait_q <= 7'(Latency);\n"
    "        data_q <= data_i;\n"
    "        last_q <= data_i;\n"
    "        count_q <= count_q + 1;\n"
    "        if (data_i == 3) threes_q <= 1;\n"
    "      end\n"
    "    end\n"
    "  end\n"
    "endmodule\n";

}  // namespace mantissa::rtl
