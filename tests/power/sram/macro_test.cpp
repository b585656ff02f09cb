// SPDX-License-Identifier: Apache-2.0
#include "power/sram/macro.h"

#include <gtest/gtest.h>

#include <cmath>

#include "power/sram/geometry.h"
#include "tests/power/shipped.h"

namespace mantissa::power {
namespace {

const std::vector<std::string> nodes{"45nm", "28nm", "16nm", "14nm", "7nm"};

MacroConfig bank(std::uint64_t kib, std::uint64_t word = 64) {
  MacroConfig c;
  c.capacity = Bytes(kib * 1024);
  c.word_bits = word;
  return c;
}
MacroConfig array_512x64() {
  MacroConfig c = bank(4);
  c.rows = 512;
  c.mux = 1;
  return c;
}
double objective(const Macro& m) { return total(m.read) * total(m.access) * total(m.area); }

TEST(SramMacro, one_array_is_its_closed_forms) {
  const Macro m = sram_macro(array_512x64(), shipped("16nm"));
  const Circuit& c = m.circuit;
  ASSERT_EQ(m.geometry.subarrays, 1u);
  const double v2 = .8 * .8 * 1e-3;
  const double word_line = 64 * (2 * c.access_gate + c.wire_capacitance * c.cell_width);
  const double bit_line = 512 * (c.access_drain + c.wire_capacitance * c.cell_height);
  EXPECT_NEAR(part(m.read, "word line"), word_line * v2, 1e-15);
  EXPECT_NEAR(part(m.read, "bit lines"), 64 * bit_line * .1 * v2, 1e-15);  // 0.08 V of 0.8 V
  EXPECT_NEAR(part(m.write, "bit lines"), 64 * bit_line * v2, 1e-15);
  EXPECT_EQ(part(m.read, "half-selected columns"), 0);
  EXPECT_EQ(part(m.read, "tree"), 0);
  EXPECT_NEAR(part(m.access, "bit line"),
              (c.cell_resistance + 512 * c.cell_height * c.wire_resistance / 2) * bit_line *
                  std::log(1 / .9),
              1e-9);
  EXPECT_NEAR(part(m.access, "word line"), .38 * 64 * c.cell_width * c.wire_resistance * word_line,
              1e-12);
  EXPECT_DOUBLE_EQ(part(m.area, "cells"), 512 * 64 * c.cell_area);
  EXPECT_NEAR(part(m.leakage, "cells"), 32768 * c.cell_leakage * 1e-9 * .8, 1e-18);
}

TEST(SramMacro, energy_goes_with_the_square_of_the_supply_and_wires_keep_their_time) {
  for (const auto& node : nodes) {
    const Macro m = sram_macro(bank(256), shipped(node));
    const double nominal = m.circuit.nominal.value;
    for (double k : {.6, .75, .84, 1.}) {
      const Macro low = m.at(Volts(k * nominal));
      EXPECT_NEAR(total(low.read) / total(m.read), k * k, 1e-12) << node;
      EXPECT_NEAR(total(low.write) / total(m.write), k * k, 1e-12) << node;
      EXPECT_NEAR(total(low.leakage) / total(m.leakage), k, 1e-12) << node;
      EXPECT_EQ(part(low.access, "word line"), part(m.access, "word line")) << node;
      EXPECT_NEAR(part(low.access, "decoder") / part(m.access, "decoder"),
                  slowdown(m.circuit, Volts(k * nominal)), 1e-12);
      EXPECT_GE(total(low.access), total(m.access)) << node;
      EXPECT_EQ(total(low.area), total(m.area));
    }
    const Macro back = m.at(Volts(.7 * nominal)).at(Volts(nominal));
    EXPECT_NEAR(total(back.read), total(m.read), 1e-12);
    EXPECT_NEAR(total(back.access), total(m.access), 1e-9);
  }
}

TEST(SramMacro, the_chosen_geometry_is_the_best_of_all_candidates) {
  const Technology tech = shipped("16nm");
  for (std::uint64_t kib : {1u, 8u, 32u, 512u}) {
    const Macro chosen = sram_macro(bank(kib), tech);
    const auto pairs = candidates(bank(kib), word_layout(bank(kib)));
    EXPECT_GT(pairs.size(), 1u);
    for (const auto& [rows, mux] : pairs) {
      MacroConfig other = bank(kib);
      other.rows = rows;
      other.mux = mux;
      EXPECT_LE(objective(chosen), objective(sram_macro(other, tech))) << rows << " " << mux;
    }
    const Macro again = sram_macro(bank(kib), tech);
    EXPECT_EQ(again.geometry.rows, chosen.geometry.rows);
    EXPECT_EQ(total(again.read), total(chosen.read));
  }
}

TEST(SramMacro, subarrays_hold_every_word_and_none_is_spare) {
  const Technology tech = shipped("7nm");
  for (std::uint64_t word : {8u, 33u, 64u, 512u, 4096u})
    for (std::uint64_t bytes : {512u, 1000u, 8192u, 100000u, 1u << 20}) {
      MacroConfig c;
      c.capacity = Bytes(bytes);
      c.word_bits = word;
      const auto g = sram_macro(c, tech).geometry;
      EXPECT_GE(g.words * word, bytes * 8);
      EXPECT_GE(g.rows * g.mux * g.subarrays, g.words) << word << " " << bytes;
      EXPECT_LT(g.rows * g.mux * (g.subarrays - 1), g.words) << word << " " << bytes;
      EXPECT_EQ(g.columns, g.mux * g.stored_bits);
      EXPECT_GE(g.across * g.down, g.subarrays);
    }
}

TEST(SramMacro, width_times_height_is_the_area_and_parts_are_positive) {
  for (const auto& node : nodes) {
    const Macro m = sram_macro(bank(64), shipped(node));
    EXPECT_NEAR(m.geometry.width * m.geometry.height / total(m.area), 1, 1e-12);
    EXPECT_GT(m.efficiency(), .4);
    EXPECT_LT(m.efficiency(), .95);
    for (const auto* parts : {&m.area, &m.read, &m.write, &m.access, &m.leakage})
      for (const Part& p : *parts) EXPECT_GE(p.value, 0) << p.name;
  }
}

TEST(SramMacro, larger_is_dearer_larger_and_slower_and_smaller_nodes_are_not) {
  for (const auto& node : nodes) {
    double energy = 0, area = 0, time = 0;
    for (std::uint64_t kib = 8; kib <= 4096; kib *= 4) {
      const Macro m = sram_macro(bank(kib), shipped(node));
      EXPECT_GT(total(m.read), energy) << node << " " << kib;
      EXPECT_GT(total(m.area), area) << node << " " << kib;
      EXPECT_GT(total(m.access), time) << node << " " << kib;
      energy = total(m.read), area = total(m.area), time = total(m.access);
    }
  }
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    const Macro larger = sram_macro(bank(32), shipped(nodes[i - 1]));
    const Macro smaller = sram_macro(bank(32), shipped(nodes[i]));
    EXPECT_LT(total(smaller.read), total(larger.read)) << nodes[i];
    EXPECT_LT(total(smaller.area), total(larger.area)) << nodes[i];
    EXPECT_LT(total(smaller.access), total(larger.access)) << nodes[i];
  }
}

TEST(SramMacro, interleaving_opens_the_columns_of_as_many_words) {
  const Technology tech = shipped("16nm");
  for (std::uint64_t degree : {1u, 2u, 4u, 8u}) {
    MacroConfig c = bank(32);
    c.rows = 64;
    c.mux = degree;
    c.interleave = degree;
    const Macro m = sram_macro(c, tech);
    const Circuit& k = m.circuit;
    const double bit_line = 64 * (k.access_drain + k.wire_capacitance * k.cell_height);
    EXPECT_NEAR(part(m.read, "half-selected columns"),
                static_cast<double>(degree - 1) * 64 * bit_line * .1 * .64e-3, 1e-12);
    EXPECT_EQ(part(m.write, "half-selected columns"), part(m.read, "half-selected columns"));
    c.mux = 0;
    EXPECT_GE(sram_macro(c, tech).geometry.mux, degree);
  }
}

TEST(SramMacro, check_bits_take_room_energy_and_time) {
  const Technology tech = shipped("16nm");
  const auto with = [&](Ecc ecc) {
    MacroConfig c = bank(32);
    c.rows = 64;
    c.mux = 4;
    c.ecc = ecc;
    return sram_macro(c, tech);
  };
  const Macro none = with(Ecc::none), parity = with(Ecc::parity), secded = with(Ecc::secded);
  EXPECT_DOUBLE_EQ(part(secded.area, "cells") / part(none.area, "cells"), 72. / 64);
  EXPECT_DOUBLE_EQ(part(parity.area, "cells") / part(none.area, "cells"), 65. / 64);
  EXPECT_DOUBLE_EQ(part(secded.read, "bit lines") / part(none.read, "bit lines"), 72. / 64);
  const double gate = none.circuit.gate_energy, level = 1.6 * none.circuit.fo4;
  EXPECT_DOUBLE_EQ(part(secded.read, "ecc"), 735 * gate);
  EXPECT_DOUBLE_EQ(part(secded.write, "ecc"), 200 * gate);
  EXPECT_DOUBLE_EQ(part(secded.access, "ecc"), 9 * level);
  EXPECT_DOUBLE_EQ(part(parity.access, "ecc"), 7 * level);
  EXPECT_EQ(part(none.area, "ecc"), 0);
  EXPECT_DOUBLE_EQ(secded.scrub(), 4096 * (total(secded.read) + total(secded.write)));
}

TEST(SramMacro, what_does_not_fit_is_refused_on_either_side) {
  const Technology tech = shipped("16nm");
  const auto refused = [&](MacroConfig c) {
    try {
      sram_macro(c, tech);
      return false;
    } catch (const Error& e) {
      EXPECT_EQ(&e.kind(), &bad_sram);
      return true;
    }
  };
  EXPECT_TRUE(refused(bank(0)));
  EXPECT_TRUE(refused(bank(32, 0)));
  EXPECT_FALSE(refused(bank(32, 4096)));
  EXPECT_TRUE(refused(bank(32, 4097)));
  MacroConfig c = bank(4);
  c.capacity = Bytes(8);
  EXPECT_FALSE(refused(c));  // one word
  c.capacity = Bytes(7);
  EXPECT_TRUE(refused(c));
  c = array_512x64();
  EXPECT_FALSE(refused(c));
  c.rows = 1024;  // more words than there are
  EXPECT_TRUE(refused(c));
  c = array_512x64();
  c.interleave = 2;  // one word to a row has no neighbours
  EXPECT_TRUE(refused(c));
  c = bank(4);
  c.interleave = 32;
  EXPECT_FALSE(refused(c));
  c.interleave = 33;
  EXPECT_TRUE(refused(c));
}

}  // namespace
}  // namespace mantissa::power
