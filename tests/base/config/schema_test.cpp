// SPDX-License-Identifier: Apache-2.0
#include "base/config/schema.h"

#include <gtest/gtest.h>

#include "tests/base/config/sample_config.h"

namespace mantissa::config {
namespace {

using sample::Chip;
using sample::Dataflow;

// The shortest legal chip, with `more` lines below and `core` lines inside the core.
std::string chip_text(const std::string& more = "", const std::string& core = "",
                      const std::string& rows = "8") {
  return "name: c\ncore:\n  clock: 940 MHz\n  matrix: {rows: " + rows + ", columns: 8}\n" + core +
         more;
}

std::string schema_refusal(const std::string& text) {
  try {
    Chip::schema().parse(read_text(text, "f.yaml"));
    return "accepted";
  } catch (const Error& error) {
    return error.message();
  }
}

TEST(Schema, reads_every_member_type) {
  const Chip chip = Chip::schema().parse(
      read_text(chip_text("bandwidth: 64 B/cycle\nvoltage: 800 mV\nnode: 45 nm\npower: 2.5 W\n"
                          "access: 1.2 ns\nnote: two words\nshape: [3, 4, 5]\n"
                          "table: [[0.5, -1], []]\n"
                          "levels:\n  - {name: l1, latency: 3 cycles}\n  - name: l2\n",
                          "  scratchpad: 24 MiB\n  utilisation: 0.5\n  fuse: false\n"
                          "  buffer: 64 B\n  second: {rows: 4, columns: 2, others: "
                          "[output_stationary, weight_stationary]}\n"),
                "f"));
  EXPECT_EQ(chip.name, "c");
  EXPECT_EQ(chip.note, "two words");
  EXPECT_EQ(chip.core.clock, Hertz(940'000'000));
  EXPECT_EQ(chip.core.matrix.rows, 8);
  EXPECT_EQ(chip.core.scratchpad, Bytes(24u << 20));
  EXPECT_EQ(chip.core.utilisation, 0.5);
  EXPECT_FALSE(chip.core.fuse);
  EXPECT_EQ(chip.core.buffer, Bytes(64));
  ASSERT_TRUE(chip.core.second.has_value());
  EXPECT_EQ(chip.core.second->others,
            (std::vector<Dataflow>{Dataflow::output_stationary, Dataflow::weight_stationary}));
  EXPECT_EQ(chip.bandwidth, (Bandwidth{true, 64}));
  EXPECT_EQ(chip.voltage, Volts(0.8));
  EXPECT_EQ(chip.node, Nanometres(45));
  EXPECT_EQ(chip.power, Watts(2.5));
  EXPECT_EQ(chip.access, Femtoseconds(1'200'000));
  EXPECT_EQ(chip.shape, (std::vector<std::int64_t>{3, 4, 5}));
  EXPECT_EQ(chip.table, (std::vector<std::vector<double>>{{0.5, -1}, {}}));
  ASSERT_EQ(chip.levels.size(), 2u);
  EXPECT_EQ(chip.levels[0].latency, (Latency{true, {}, Cycles(3)}));
  EXPECT_EQ(chip.levels[1].latency, (Latency{true, {}, Cycles(1)}));
}

TEST(Schema, absent_optional_parameters_have_the_default_of_the_struct) {
  const Chip chip = Chip::schema().parse(read_text(chip_text(), "f"));
  EXPECT_EQ(chip.core.scratchpad, Bytes(1 << 18));
  EXPECT_EQ(chip.note, std::nullopt);
  EXPECT_EQ(chip.core.buffer, std::nullopt);
  EXPECT_FALSE(chip.core.second.has_value());
  EXPECT_EQ(chip.shape, (std::vector<std::int64_t>{1, 2}));
}

TEST(Schema, none_means_absent_and_a_quoted_none_is_a_text) {
  const Chip plain = Chip::schema().parse(
      read_text(chip_text("note: none\n", "  buffer: none\n  second: none\n"), "f"));
  EXPECT_EQ(plain.note, std::nullopt);
  EXPECT_EQ(plain.core.buffer, std::nullopt);
  const Chip quoted = Chip::schema().parse(read_text(chip_text("note: \"none\"\n"), "f"));
  EXPECT_EQ(quoted.note, "none");
  EXPECT_EQ(Chip::schema().parse(Chip::schema().write(quoted)).note, "none");
}

TEST(Schema, parse_write_parse_is_the_identity) {
  Chip chip = Chip::schema().parse(read_text(
      chip_text("levels:\n  - {name: \"true\", latency: 5 ns}\ntable: [[0.1], [1e-7, -0.3]]\n"
                "note: \"010: #x\"\naccess: 1063829 fs\n",
                "  second: {rows: 4, columns: 2, dataflow: output_stationary}\n"),
      "f"));
  const std::string text = Chip::schema().write(chip).yaml();
  const Chip again = Chip::schema().parse(read_text(text, "resolved.yaml"));
  EXPECT_EQ(Chip::schema().write(again).yaml(), text);
  EXPECT_EQ(again.note, "010: #x");
  EXPECT_EQ(again.levels[0].name, "true");
  EXPECT_EQ(again.access, Femtoseconds(1'063'829));
  EXPECT_EQ(again.table, chip.table);
  EXPECT_EQ(again.core.second->dataflow, Dataflow::output_stationary);
}

TEST(Schema, writes_every_parameter_in_declaration_order) {
  const Chip chip = Chip::schema().parse(read_text(chip_text(), "f"));
  EXPECT_EQ(Chip::schema().write(chip).yaml(),
            "name: c\nnote: none\ncore:\n  clock: 940 MHz\n  matrix:\n    rows: 8\n    columns: 8\n"
            "    dataflow: weight_stationary\n    others: []\n  scratchpad: 256 KiB\n"
            "  utilisation: 0.75\n  fuse: true\n  buffer: none\n  second: none\n"
            "bandwidth: 34 GB/s\nvoltage: 0.9 V\nnode: 28 nm\npower: 40 W\naccess: 833 ps\n"
            "levels: []\nshape: [1, 2]\ntable: []\n");
}

TEST(Schema, refuses_unknown_keys_with_the_nearest_and_all_legal_names) {
  EXPECT_EQ(schema_refusal("name: c\ncore:\n  clock: 1 GHz\n  matrix: {rows: 8, coulmns: 8}"),
            "f.yaml:4:21: error: no parameter is named 'core.matrix.coulmns'; read 'coulmns'; "
            "expected one of rows, columns, dataflow, others; did you mean 'columns'? "
            "[config.unknown-key]");
  EXPECT_EQ(schema_refusal("levels: [{nmae: x}]\nname: c"),
            "f.yaml:1:1: error: 'core' is missing; expected 'core: section'; Every core. "
            "[config.missing-key]");
  EXPECT_EQ(
      schema_refusal(chip_text("levels: [{name: x}, {nmae: x}]")),
      "f.yaml:5:22: error: no parameter is named 'levels.1.nmae'; read 'nmae'; expected one of "
      "name, latency; did you mean 'name'? [config.unknown-key]");
}

TEST(Schema, names_the_section_in_which_a_required_key_is_missing) {
  EXPECT_EQ(schema_refusal("name: c\ncore:\n  clock: 1 GHz\n  matrix:\n    rows: 8"),
            "f.yaml:4:3: error: 'core.matrix.columns' is missing; expected 'columns: integer'; "
            "Columns C. [config.missing-key]");
  EXPECT_EQ(schema_refusal("core: {}"),
            "f.yaml:1:1: error: 'name' is missing; expected 'name: text'; Name in reports. "
            "[config.missing-key]");
}

TEST(Schema, refuses_values_of_another_type) {
  const std::string core = "f.yaml:5:";
  const auto with = [](const std::string& line) { return schema_refusal(chip_text(line)); };
  const auto in_core = [](const std::string& line) {
    return schema_refusal(chip_text("", "  " + line));
  };
  EXPECT_EQ(with("shape: 3"),
            core +
                "8: error: shape holds a single value; read '3'; expected a list such as [a, b] "
                "[config.wrong-type]");
  EXPECT_EQ(with("shape: [[1]]"),
            core +
                "9: error: shape.0 holds a list; expected an integer in decimal digits "
                "[config.wrong-type]");
  EXPECT_EQ(with("shape: [1,,2]").find("f.yaml:5:"), 0u);
  EXPECT_EQ(with("note:"),
            core + "1: error: note has no value; expected a text [config.wrong-type]");
  EXPECT_EQ(with("note: {a: 1}"),
            core + "7: error: note holds a section; expected a text [config.wrong-type]");
  EXPECT_EQ(in_core("second: 3"),
            core +
                "11: error: core.second holds a single value; read '3'; expected a section of "
                "'key: value' lines [config.wrong-type]");
  EXPECT_EQ(in_core("second:"),
            core +
                "3: error: core.second has no value; expected a section of 'key: value' lines; "
                "write '{}' for a section of defaults [config.wrong-type]");
  EXPECT_EQ(with("bandwidth: [1 B/s]"),
            core +
                "12: error: bandwidth holds a list; expected a bandwidth such as '34 GB/s' or "
                "'64 B/cycle' [config.wrong-type]");
  EXPECT_EQ(
      schema_refusal("- 1"),
      "f.yaml:1:1: error: the document holds a list; expected a section of 'key: value' lines "
      "[config.wrong-type]");
}

TEST(Schema, takes_only_true_and_false_for_booleans) {
  const auto fuse = [](const std::string& value) {
    return schema_refusal(chip_text("", "  fuse: " + value + "\n"));
  };
  EXPECT_EQ(fuse("true"), "accepted");
  EXPECT_EQ(fuse("false"), "accepted");
  for (const char* word : {"on", "On", "yes", "y", "Y", "True", "TRUE", "1"})
    EXPECT_EQ(fuse(word),
              std::string("f.yaml:5:9: error: core.fuse is a boolean; read '") + word +
                  "'; expected true or false; did you mean 'true'? [config.wrong-type]");
  for (const char* word : {"off", "NO", "n", "False", "0"})
    EXPECT_NE(fuse(word).find("did you mean 'false'?"), std::string::npos) << word;
  EXPECT_NE(fuse("\"true\"").find("core.fuse holds a quoted text"), std::string::npos);
  EXPECT_NE(fuse("~").find("core.fuse has no value"), std::string::npos);
}

TEST(Schema, takes_only_decimal_digits_for_integers) {
  const auto rows = [](const std::string& value) {
    return schema_refusal(chip_text("", "", value));
  };
  const std::string head = "f.yaml:4:18: error: core.matrix.rows; read '";
  const std::string form = "'; expected an integer in decimal digits";
  const std::pair<const char*, const char*> cases[] = {
      {"010", "; drop the leading zero: some readers take it for octal"},
      {"0o10", "; write it in decimal"},
      {"0x10", "; write it in decimal"},
      {"1e2", "; write 100"},
      {"16.0", "; write 16"},
      {"1.5", ""},
      {"1_000", "; leave out the '_'"},
      {"+8", "; leave out the '+'"},
      {".inf", "; write a digit before the '.', and no .inf or .nan"},
      {"many", ""},
      {"8 B", ""}};
  for (const auto& [text, remedy] : cases)
    EXPECT_EQ(rows(text), head + text + form + remedy + " [config.number]");
  EXPECT_EQ(rows("9223372036854775808"),
            head + "9223372036854775808'; expected an integer that fits 64 bits [config.number]");
  EXPECT_EQ(
      rows("\"8\""),
      "f.yaml:4:18: error: core.matrix.rows holds a quoted text; read '8'; expected an integer "
      "in decimal digits; remove the quotes [config.wrong-type]");
}

TEST(Schema, takes_only_finite_decimal_numbers_for_reals) {
  const auto real = [](const std::string& value) {
    return schema_refusal(chip_text("", "  utilisation: " + value + "\n"));
  };
  for (const char* text : {"0", "1", "0.5", "1e-3", "1E-03"}) EXPECT_EQ(real(text), "accepted");
  for (const char* text : {".nan", ".inf", "-.inf", "nan", "inf", ".5", "0,5", "01", "0.5 V"})
    EXPECT_NE(real(text).find("expected a finite decimal number"), std::string::npos) << real(text);
  EXPECT_NE(real("1e999").find("a number within the range of a double"), std::string::npos);
  EXPECT_NE(real("\"0.5\"").find("remove the quotes"), std::string::npos);
}

TEST(Schema, checks_ranges_from_both_sides_and_prints_them_with_units) {
  const auto rows = [](const std::string& value) {
    return schema_refusal(chip_text("", "", value));
  };
  EXPECT_EQ(rows("8"), "accepted");
  EXPECT_EQ(rows("1024"), "accepted");
  EXPECT_EQ(rows("1025"),
            "f.yaml:4:18: error: core.matrix.rows is out of range; read '1025'; expected from 1 to "
            "1024 [config.range]");
  EXPECT_NE(rows("0").find("is out of range"), std::string::npos);
  EXPECT_NE(rows("-9223372036854775808").find("is out of range"), std::string::npos);
  const auto core = [](const std::string& line) {
    return schema_refusal(chip_text("", "  " + line + "\n"));
  };
  EXPECT_EQ(core("scratchpad: 1 KiB"), "accepted");
  EXPECT_EQ(
      core("scratchpad: 1023 B"),
      "f.yaml:5:15: error: core.scratchpad is out of range; read '1023 B'; expected from 1 KiB "
      "to 32 MiB [config.range]");
  EXPECT_EQ(core("scratchpad: 32 MiB"), "accepted");
  EXPECT_NE(core("scratchpad: 33554433 B").find("[config.range]"), std::string::npos);
  EXPECT_NE(core("buffer: 63 B").find("expected at least 64 B"), std::string::npos);
  EXPECT_EQ(core("buffer: 64 B"), "accepted");
  EXPECT_NE(schema_refusal(chip_text("voltage: 0.39 V")).find("from 0.4 V to 1.2 V"),
            std::string::npos);
  EXPECT_EQ(schema_refusal(chip_text("voltage: 0.4 V")), "accepted");
  EXPECT_NE(schema_refusal(chip_text("shape: [1, 0]")).find("shape.1 is out of range"),
            std::string::npos);
  EXPECT_NE(schema_refusal(chip_text("levels: [{name: x, latency: 0 ns}]"))
                .find("levels.0.latency is out of range; read '0 ns'; expected at least 1 (fs or "
                      "cycles)"),
            std::string::npos);
}

TEST(Schema, refuses_unknown_choices_with_all_of_them) {
  EXPECT_EQ(schema_refusal("name: c\ncore:\n  clock: 1 GHz\n"
                           "  matrix: {rows: 8, columns: 8, dataflow: wieght_stationary}"),
            "f.yaml:4:43: error: core.matrix.dataflow; read 'wieght_stationary'; expected one of "
            "weight_stationary, output_stationary; did you mean 'weight_stationary'? "
            "[config.choice]");
}

TEST(Schema, quantities_name_their_key_and_place) {
  EXPECT_EQ(schema_refusal("name: c\ncore:\n  clock: 940\n  matrix: {rows: 8, columns: 8}"),
            "f.yaml:3:10: error: core.clock: the unit is missing; read '940'; expected a frequency "
            "such as '940 MHz'; units: Hz, kHz, MHz, GHz [config.unit]");
  EXPECT_EQ(schema_refusal(chip_text("access: \"1 ns\"\n")),
            "accepted");  // a unit says it is no number
}

TEST(Schema, constraints_point_to_their_key) {
  EXPECT_EQ(schema_refusal(chip_text("", "", "7")),
            "f.yaml:4:18: error: core.matrix.rows: fewer rows than columns; read '7' "
            "[config.constraint]");
  EXPECT_EQ(schema_refusal("name: c\ncore:\n  clock: 999 MHz\n  matrix: {rows: 8, columns: 8}"),
            "f.yaml:3:10: error: core.clock: no such crystal; read '999 MHz' [config.constraint]");
}

struct Twice {
  std::int64_t x = 0;
};

TEST(Schema, our_own_mistakes_in_a_declaration_are_internal_errors) {
  using S = Schema<Twice>;
  EXPECT_NO_THROW(S("t").optional("x", &Twice::x, range(0, 1), ""));
  EXPECT_THROW(S("t").optional("x", &Twice::x, range(1, 2), ""), InternalError);  // default 0
  EXPECT_NO_THROW(S("t").required("x", &Twice::x, range(1, 2), ""));
  EXPECT_THROW(S("t").required("x", &Twice::x, "").required("x", &Twice::x, ""), InternalError);
  using L = Schema<sample::Level>;
  EXPECT_THROW(L("t").required("name", &sample::Level::name, at_least(1), ""), InternalError);
}

}  // namespace
}  // namespace mantissa::config
