// SPDX-License-Identifier: Apache-2.0
#include "rtl/synthesis/energy.h"

#include <gtest/gtest.h>

#include "rtl/synthesis/gate_simulator.h"
#include "tests/rtl/synthesis/two_cells.h"

namespace mantissa::rtl {
namespace {

struct TwoCells {
  Library library = Library::parse(tiny_liberty(), "tiny.lib");
  Netlist netlist = read_netlist(two_cells(), "top", library, two_cell_ports());
};

TEST(GateSimulator, a_toggling_flip_flop_follows_its_equation_and_counts_every_change) {
  TwoCells t;
  GateSimulator design(t.netlist, two_cell_ports());
  design.reset();
  bool q = false, y = true, a = false;
  std::uint64_t q_changes = 0, y_changes = 0, a_changes = 0;
  const unsigned inputs = 0b1101110010;
  for (int i = 0; i < 10; ++i) {
    const bool next_a = (inputs >> i) & 1;
    a_changes += next_a != a;
    a = next_a;
    const bool next_y = !(a && q);
    y_changes += next_y != y;
    y = next_y;
    *design.pins()[0].bits = static_cast<std::byte>(a);
    design.settle();
    EXPECT_EQ(*design.pins()[1].bits, static_cast<std::byte>(q)) << i;
    design.edge();
    const bool next_q = y;
    if (i < 9) q_changes += next_q != q;  // the last one would be seen in the next cycle
    q = next_q;
    // The output of a flip-flop and what it drives settle in the next cycle.
  }
  const auto& toggles = design.toggles();
  EXPECT_EQ(toggles[t.netlist.port("a_i").bits[0]], a_changes);
  EXPECT_EQ(toggles[t.netlist.port("q_o").bits[0]], q_changes);
  EXPECT_EQ(toggles[t.netlist.gates[0].nets[2]], y_changes);
  EXPECT_GT(q_changes, 0u);
}

TEST(GateSimulator, refuses_latches_by_the_name_of_the_cell) {
  const Library library = Library::parse(tiny_liberty(), "tiny.lib");
  const Netlist netlist = read_netlist(two_cells(true), "top", library, two_cell_ports());
  try {
    GateSimulator design(netlist, two_cell_ports());
    FAIL();
  } catch (const Error& e) {
    EXPECT_NE(e.message().find("'f' (LATCH)"), std::string::npos) << e.message();
  }
}

TEST(Netlist, a_port_that_was_read_too_narrow_is_refused) {
  const Library library = Library::parse(tiny_liberty(), "tiny.lib");
  auto ports = two_cell_ports();
  EXPECT_NO_THROW(read_netlist(two_cells(), "top", library, ports));
  ports[0].width = 2;
  EXPECT_THROW(read_netlist(two_cells(), "top", library, ports), Error);
}

TEST(Netlist, nets_and_constants_go_through_blocks) {
  const Library library = Library::parse(tiny_liberty(), "tiny.lib");
  // The block leads its input straight out, and a constant.
  const std::string json = R"json({"modules": {
    "block": {"ports": {"i": {"direction": "input", "bits": [2]},
                        "o": {"direction": "output", "bits": [2]},
                        "k": {"direction": "output", "bits": ["1"]}}, "cells": {}},
    "top": {"ports": {"clk_i": {"direction": "input", "bits": [2]},
                      "rst_ni": {"direction": "input", "bits": [3]},
                      "a_i": {"direction": "input", "bits": [4]},
                      "q_o": {"direction": "output", "bits": [7]}},
      "cells": {"b": {"type": "block", "connections": {"i": [4], "o": [5], "k": [6]}},
                "g": {"type": "NAND", "connections": {"A": [5], "B": [6], "Y": [7]}}}}}})json";
  const Netlist netlist = read_netlist(json, "top", library, two_cell_ports());
  EXPECT_EQ(netlist.gates.at(0).nets[0], netlist.port("a_i").bits[0]);
  EXPECT_EQ(netlist.gates[0].nets[1], net_one);
  EXPECT_EQ(netlist.blocks, (std::vector<std::string>{"", "b"}));
  GateSimulator design(netlist, two_cell_ports());
  for (const bool a : {false, true}) {
    *design.pins()[0].bits = static_cast<std::byte>(a);
    design.settle();
    EXPECT_EQ(*design.pins()[1].bits, static_cast<std::byte>(!a));
  }
}

TEST(Netlist, an_output_of_a_block_may_be_left_open_and_an_input_may_not) {
  const Library library = Library::parse(tiny_liberty(), "tiny.lib");
  const auto json = [](const std::string& connections) {
    return R"json({"modules": {
    "block": {"ports": {"i": {"direction": "input", "bits": [2]},
                        "o": {"direction": "output", "bits": [2]},
                        "unread": {"direction": "output", "bits": [2]}}, "cells": {}},
    "top": {"ports": {"clk_i": {"direction": "input", "bits": [2]},
                      "rst_ni": {"direction": "input", "bits": [3]},
                      "a_i": {"direction": "input", "bits": [4]},
                      "q_o": {"direction": "output", "bits": [5]}},
      "cells": {"b": {"type": "block", "connections": {)json" +
           connections + "}}}}}}";
  };
  const Netlist netlist =
      read_netlist(json(R"("i": [4], "o": [5], "unread": [])"), "top", library, two_cell_ports());
  EXPECT_EQ(netlist.port("q_o").bits, netlist.port("a_i").bits);
  EXPECT_THROW(
      read_netlist(json(R"("i": [], "o": [5], "unread": [])"), "top", library, two_cell_ports()),
      Error);
}

TEST(Energy, of_two_cells_is_what_a_hand_computes) {
  TwoCells t;
  EXPECT_EQ(t.netlist.area(), 10);
  EXPECT_DOUBLE_EQ(t.netlist.leakage(), 7e-9);
  std::vector<double> toggles(t.netlist.nets, 0.0);
  const Net a = t.netlist.port("a_i").bits[0], q = t.netlist.port("q_o").bits[0];
  const Net y = t.netlist.gates[0].nets[2];
  toggles[a] = 3;
  toggles[q] = 5;
  toggles[y] = 7;
  // V = 2: 1/2 C V^2 = 2 C. y drives D (0.125), q drives B (0.25), a drives A (0.25).
  const Energy e = energy_of(t.netlist, toggles, 11, t.library.voltage(), {0.5, 0.0});
  EXPECT_DOUBLE_EQ(e.switching, 7 * 2 * 0.125 + 5 * 2 * 0.25);
  EXPECT_DOUBLE_EQ(e.inputs, 3 * 2 * 0.25);
  // At a load of 0.125 and a slew of 0.5: rise 1 + 2 * 0.125 + 0.5, fall 2 more. The unit of the
  // tables is 1 pF x (1 V)^2.
  EXPECT_DOUBLE_EQ(e.internal, 7 * (1.75 + 3.75) / 2);
  EXPECT_DOUBLE_EQ(e.clock, 22 * (2 * 0.5) + 22 * 1.0);
  EXPECT_DOUBLE_EQ(e.total(), e.switching + e.inputs + e.internal + e.clock);
  // A wire of 1 pF per reader adds 2 pJ to every change of a net with one reader.
  const Energy wired = energy_of(t.netlist, toggles, 11, t.library.voltage(), {0.5, 1.0});
  EXPECT_DOUBLE_EQ(wired.switching - e.switching, 2 * (7 + 5));
}

}  // namespace
}  // namespace mantissa::rtl
