// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/config/node.h"

namespace mantissa::config {
namespace {

std::string refusal(const std::string& text) {
  try {
    return "accepted: " + inline_yaml(read_text(text, "f.yaml"));
  } catch (const Error& error) {
    return error.message();
  }
}

struct Case {
  const char* text;
  const char* outcome;
};

constexpr const char* glued =
    "; expected a line of the section above; as it stands it would be glued to the value of line "
    "1: "
    "align it with its section, or write long text with '|' [config.indentation]";
constexpr const char* lost =
    "; expected the indentation of the first line of the document; as it stands this line and all "
    "below it would be lost [config.indentation]";
constexpr const char* no_colon = "; expected a key, a colon, a space and a value [config.key]";
constexpr const char* misplaced_colon =
    ": error: a ':' where no key can stand; look for a missing space after a ':' and at the "
    "indentation, here and in the line above; put a text that holds ': ' in quotes [config.syntax]";
constexpr const char* tag_message =
    "f.yaml:1:4: error: a type tag '!'; remove it: the parameter's declaration says the type "
    "[config.tag]";

TEST(Reader, refuses_duplicate_keys_on_every_level) {
  const Case cases[] = {{"a: 1\nb: 2\na: 3",
                         "f.yaml:3:1: error: key 'a' stands twice in this section, first on line "
                         "1; remove one of the "
                         "two [config.duplicate-key]"},
                        {"m: {x: 1, x: 2}",
                         "f.yaml:1:11: error: key 'x' stands twice in this section, first on line "
                         "1; remove one of the "
                         "two [config.duplicate-key]"},
                        {"m:\n  x: 1\n  y: 2\n  \"x\": 3",
                         "f.yaml:4:3: error: key 'x' stands twice in this section, first on line "
                         "2; remove one of the "
                         "two [config.duplicate-key]"},
                        {"l:\n  - x: 1\n    x: 2",
                         "f.yaml:3:5: error: key 'x' stands twice in this section, first on line "
                         "2; remove one of the "
                         "two [config.duplicate-key]"},
                        {"l:\n  - x: 1\n  - x: 2", "accepted: {l: [{x: 1}, {x: 2}]}"},
                        {"a: {x: 1}\nb: {x: 1}", "accepted: {a: {x: 1}, b: {x: 1}}"}};
  for (const Case& c : cases) EXPECT_EQ(refusal(c.text), c.outcome) << c.text;
}

TEST(Reader, loses_no_line_to_a_wrong_indentation) {
  const std::string in_line = "align the line with the first line of its section";
  const std::string no_key = ": error: this is not in line with any key above it; " + in_line;
  EXPECT_EQ(refusal("  a: 1\nb: 2\nc: 3"), std::string("f.yaml:2:1: error: read 'b: 2'") + lost);
  EXPECT_EQ(refusal(" a: 1\nb: 2"), std::string("f.yaml:2:1: error: read 'b: 2'") + lost);
  EXPECT_EQ(refusal("  - 1\n- 2"), std::string("f.yaml:2:1: error: read '- 2'") + lost);
  EXPECT_EQ(refusal("- a\nb: 1"), std::string("f.yaml:2:1: error: read 'b: 1'") + lost);
  EXPECT_EQ(refusal("a: 1\n  b: 2\nc: 3"), std::string("f.yaml:2:3: error: read 'b: 2'") + glued);
  EXPECT_EQ(refusal("a: 1\n b\nc: 3"), std::string("f.yaml:2:2: error: read 'b'") + glued);
  EXPECT_EQ(refusal("a: x\n\n  y"), std::string("f.yaml:3:3: error: read 'y'") + glued);
  EXPECT_EQ(refusal("- a: 1\n   b: 2"), std::string("f.yaml:2:4: error: read 'b: 2'") + glued);
  EXPECT_EQ(refusal("m:\n   a: 1\n  b: 2"), "f.yaml:3:3" + no_key + " [config.indentation]");
  EXPECT_EQ(refusal("a:\n  - 1\n - 2"), "f.yaml:3:2" + no_key + " [config.indentation]");
  EXPECT_EQ(refusal("- a: 1\n b: 2"),
            "f.yaml:2:2: error: this is not in line with any list item above it; " + in_line +
                " [config.indentation]");
  EXPECT_EQ(refusal("  a: 1\n  b: 2"), "accepted: {a: 1, b: 2}");
  EXPECT_EQ(refusal("- a: 1\n  b: 2\n- c"), "accepted: [{a: 1, b: 2}, c]");
  EXPECT_EQ(refusal("a:\n- 1\n- 2\nb: 3"), "accepted: {a: [1, 2], b: 3}");
}

TEST(Reader, refuses_a_quoted_text_over_several_lines_and_directives) {
  EXPECT_EQ(refusal("a: \"x\n b: 2\"\nc: 1"),
            "f.yaml:1:4: error: a quoted text must end on its line; close the quote, or write long "
            "text with '|' [config.multi-line]");
  EXPECT_EQ(refusal("%YAML 1.2\n---\na: 1"),
            "f.yaml:1:1: error: this line has no effect on the document; read '%YAML 1.2' "
            "[config.lost-line]");
  EXPECT_EQ(refusal("a: 'it''s # no comment'"), "accepted: {a: \"it's # no comment\"}");
}

TEST(Reader, refuses_a_second_document_and_an_empty_one) {
  const std::string second =
      ": error: a second document begins here; expected one document per file "
      "[config.second-document]";
  const std::string nothing =
      "f.yaml:1:1: error: nothing stands in it; expected a document [config.empty]";
  EXPECT_EQ(refusal("a: 1\n---\nb: 2"), "f.yaml:2:1" + second);
  EXPECT_EQ(refusal("a: 1\n---\n"), "f.yaml:2:1" + second);
  EXPECT_EQ(refusal("a: 1\n...\nb: 2"), "f.yaml:3:1" + second);
  EXPECT_EQ(refusal("---\na: 1\n...\n"), "accepted: {a: 1}");
  for (const char* text : {"", "\n\n", "# only a comment", "---", "~", "null"})
    EXPECT_EQ(refusal(text), nothing) << text;
}

TEST(Reader, refuses_keys_that_are_no_names) {
  const Case cases[] = {
      {": 1", "f.yaml:1:1: error: a key is missing or null; expected a name [config.key]"},
      {"~: 1", "f.yaml:1:1: error: a key is missing or null; expected a name [config.key]"},
      {"a: {b: 1,,}", "f.yaml:1:10: error: a key is missing or null; expected a name [config.key]"},
      {"\"\": 1", "f.yaml:1:1: error: an empty key; expected a name [config.key]"},
      {"[a]: 1",
       "f.yaml:1:1: error: a section or a list stands where a key must; expected a name "
       "[config.key]"},
      {"<<: {a: 1}",
       "f.yaml:1:1: error: read '<<'; expected a name; inherit with 'base:' or write the keys out "
       "[config.merge-key]"}};
  for (const Case& c : cases) EXPECT_EQ(refusal(c.text), c.outcome) << c.text;
  EXPECT_EQ(refusal("a: 1\nb"), std::string("f.yaml:2:1: error: read 'b'") + no_colon);
  EXPECT_EQ(refusal("a: 1\nb:2"), std::string("f.yaml:2:1: error: read 'b:2'") + no_colon);
  EXPECT_EQ(refusal("a: {b}"), std::string("f.yaml:1:5: error: read 'b'") + no_colon);
  EXPECT_EQ(refusal("a: {b:1}"), std::string("f.yaml:1:5: error: read 'b:1'") + no_colon);
  EXPECT_EQ(refusal("? a\n: b"), std::string("f.yaml:1:3: error: read 'a'") + no_colon);
  EXPECT_EQ(refusal("a : 1"), "accepted: {a: 1}");
  EXPECT_EQ(refusal("\"a b\": 1"), "accepted: {a b: 1}");
}

TEST(Reader, refuses_anchors_aliases_and_tags) {
  EXPECT_EQ(refusal("a: &x 1\nb: *x"),
            "f.yaml:1:4: error: an anchor '&name'; inherit with 'base:' or write the value out "
            "[config.anchor]");
  EXPECT_EQ(refusal("a: *x"),
            "f.yaml:1:4: error: an alias '*name'; write the value out [config.anchor]");
  EXPECT_NE(refusal("&a x: 1").find("[config.anchor]"), std::string::npos);
  EXPECT_NE(refusal("m: &q\n  a: 1").find("[config.anchor]"), std::string::npos);
  for (const char* text : {"b: !!str 3", "c: !foo 3", "d: !", "z: ! 3", "m: !!map {a: 1}"})
    EXPECT_EQ(refusal(text), tag_message) << text;
  EXPECT_EQ(refusal("a: \"!x\"\nb: x!"), "accepted: {a: \"!x\", b: \"x!\"}");
}

TEST(Reader, refuses_broken_yaml_with_its_cause) {
  const Case cases[] = {
      {"a: [1, 2",
       "f.yaml:1:4: error: the '[' is never closed; balance the brackets [config.syntax]"},
      {"a:\n  b: {c: 1",
       "f.yaml:2:6: error: the '{' is never closed; balance the brackets [config.syntax]"},
      {"a: [1]]",
       "f.yaml:1:7: error: a closing bracket that matches no open one; balance the brackets "
       "[config.syntax]"},
      {"a: @x",
       "f.yaml:1:4: error: a value cannot begin with this character; put the text in quotes "
       "[config.syntax]"},
      {"a: \"x",
       "f.yaml:1:6: error: a quote is still open at the end of the file; close the quote "
       "[config.syntax]"},
      {"a: - b",
       "f.yaml:1:4: error: a '-' where no list item can stand; start the list on the line below "
       "its "
       "key [config.syntax]"},
      {"a: \"x\" y",
       "f.yaml:1:8: error: text behind a value that has ended; put the whole value in quotes, or "
       "begin a comment with ' #' [config.syntax]"},
      {"a: \"\\q\"",
       "f.yaml:1:7: error: unknown escape character: q; expected YAML [config.syntax]"}};
  for (const Case& c : cases) EXPECT_EQ(refusal(c.text), c.outcome) << c.text;
  EXPECT_EQ(refusal("a: x: y"), std::string("f.yaml:1:5") + misplaced_colon);
  EXPECT_EQ(refusal("a: 1\nb:2\nc: 3"), std::string("f.yaml:3:2") + misplaced_colon);
}

TEST(Reader, refuses_bytes_that_are_no_clean_text) {
  const std::string tab =
      ": error: read 'a tab'; expected spaces; indent and separate with spaces [config.character]";
  EXPECT_EQ(refusal("a:\tb"), "f.yaml:1:3" + tab);
  EXPECT_EQ(refusal("\ta: 1"), "f.yaml:1:1" + tab);
  EXPECT_EQ(refusal("m:\n\ta: 1"), "f.yaml:2:1" + tab);
  EXPECT_EQ(refusal("# a\tb\n\t\na: 1"), "accepted: {a: 1}");
  EXPECT_EQ(refusal("a: 1\x04\nb: 2"),
            "f.yaml:1:5: error: read 'control character 0x04'; expected printable text "
            "[config.character]");
  EXPECT_NE(refusal(std::string("a: 1\0b", 6)).find("0x00"), std::string::npos);
  EXPECT_NE(refusal("a: 1\rb: 2").find("0x0D"), std::string::npos);
  EXPECT_EQ(refusal("a: 1\r\nb: 2\r\n"), "accepted: {a: 1, b: 2}");
  EXPECT_EQ(refusal("\xEF\xBB\xBF"
                    "a: 1"),
            "accepted: {a: 1}");
}

TEST(Reader, refuses_bytes_that_are_not_utf8_and_counts_columns_in_characters) {
  EXPECT_EQ(refusal("\xC3\xA9: \xFF"),
            "f.yaml:1:4: error: read 'byte 0xFF'; expected UTF-8; save the file as UTF-8 "
            "[config.not-utf8]");
  // Truncated, overlong, surrogate, beyond U+10FFFF; then their legal neighbours.
  for (const char* bytes : {"\xC3", "\xC0\x80", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF4\x90\x80\x80"})
    EXPECT_NE(refusal(std::string("a: ") + bytes).find("[config.not-utf8]"), std::string::npos);
  for (const char* bytes : {"\xC3\xA9", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xF4\x8F\xBF\xBF"})
    EXPECT_EQ(read_text(std::string("a: ") + bytes, "f").find("a")->text(), bytes);
}

TEST(Reader, refuses_depth_65_and_reads_depth_64) {
  const auto nested = [](int depth) {
    std::string text = "1";
    for (int i = 0; i < depth; ++i) text = "{a: " + text + "}";
    return text;
  };
  EXPECT_NO_THROW(read_text(nested(64), "f"));
  EXPECT_EQ(refusal(nested(65)), "f.yaml:1:257: error: nested more than 64 deep [config.depth]");
}

TEST(Reader, keeps_the_text_and_the_quotes_of_scalars) {
  const Node node = read_text("a: 010\nb: on\nc: \"on\"\nd: .inf\ne: 'x'\nf:\ng: 1 # c", "f");
  EXPECT_EQ(node.find("a")->text(), "010");
  EXPECT_EQ(node.find("b")->text(), "on");
  EXPECT_FALSE(node.find("b")->quoted());
  EXPECT_TRUE(node.find("c")->quoted());
  EXPECT_EQ(node.find("d")->text(), ".inf");
  EXPECT_TRUE(node.find("e")->quoted());
  EXPECT_TRUE(node.find("f")->is_null());
  EXPECT_EQ(node.find("g")->text(), "1");
}

TEST(Reader, reads_block_texts_and_comments_without_losing_lines) {
  EXPECT_EQ(refusal("a: |\n  b: 1\n  c: 2\nd: 3"), "accepted: {a: \"b: 1\\nc: 2\\n\", d: 3}");
  EXPECT_EQ(refusal("a: >-\n  long\n  text\n"), "accepted: {a: \"long text\"}");
  EXPECT_EQ(refusal("a: [\n  1, # one\n  2\n  ]\nb: {\n}"), "accepted: {a: [1, 2], b: {}}");
  EXPECT_EQ(refusal("-\n  a: 1\n-\n  b: 2"), "accepted: [{a: 1}, {b: 2}]");
}

TEST(Reader, knows_the_place_of_keys_and_values) {
  const Node node = read_text("a: 1\nm:\n  x: {y: 2}\nl:\n  - 3\n", "f.yaml");
  EXPECT_EQ(node.place().text(), "f.yaml:1:1");
  EXPECT_EQ(node.find("a")->place().text(), "f.yaml:1:4");
  EXPECT_EQ(node.key_place("m").text(), "f.yaml:2:1");
  EXPECT_EQ(node.find("m")->place().text(), "f.yaml:2:1");  // a block section stands at its key
  EXPECT_EQ(node.find_dotted("m.x")->place().text(), "f.yaml:3:6");
  EXPECT_EQ(node.find_dotted("m.x.y")->place().text(), "f.yaml:3:10");
  EXPECT_EQ(node.find("m")->find("x")->key_place("y").text(), "f.yaml:3:7");
  EXPECT_EQ(node.find_dotted("l.0")->place().text(), "f.yaml:5:5");
}

TEST(ReadFile, names_the_file_that_cannot_be_read) {
  const std::string folder = std::filesystem::temp_directory_path().string();
  const auto message = [](const std::string& path) -> std::string {
    try {
      read_file(path);
    } catch (const Error& error) {
      return error.message();
    }
    return "accepted";
  };
  EXPECT_EQ(message(folder),
            folder + ": error: this is a directory; expected a YAML file [config.unreadable]");
  EXPECT_EQ(message("/nowhere/x.yaml"),
            "/nowhere/x.yaml: error: cannot be opened: No such file or directory; expected a "
            "readable YAML file [config.unreadable]");
  EXPECT_EQ(message("/dev/zero"),
            "/dev/zero: error: larger than 64 MiB; expected a YAML file [config.unreadable]");
  EXPECT_EQ(message("/dev/null"),
            "/dev/null:1:1: error: nothing stands in it; expected a document [config.empty]");
}

TEST(ParseOverride, splits_at_the_first_equals_sign_and_reads_yaml) {
  const auto [key, value] = parse_override("a.b=x=y");
  EXPECT_EQ(key, "a.b");
  EXPECT_EQ(value.text(), "x=y");
  EXPECT_EQ(value.place().text(), "--set a.b=x=y");
  EXPECT_EQ(inline_yaml(parse_override("a=[1, {b: 2}]").second), "[1, {b: 2}]");
  EXPECT_TRUE(parse_override("a=\"64\"").second.quoted());
}

TEST(ParseOverride, refuses_what_is_no_key_and_value) {
  const auto message = [](const std::string& text) -> std::string {
    try {
      parse_override(text);
    } catch (const Error& error) {
      return error.message();
    }
    return "accepted";
  };
  const std::string form = "; expected KEY=VALUE, as in core.matrix.rows=64 [config.override]";
  EXPECT_EQ(message("rows"), "--set rows: error: there is no '='" + form);
  EXPECT_EQ(message("=1"), "--set =1: error: the key is empty" + form);
  EXPECT_EQ(message("a="), "--set a=: error: the value is empty" + form);
  EXPECT_EQ(message("a b=1"), "--set a b=1: error: a space in the key" + form);
  EXPECT_EQ(message("a=[1"),
            "--set a=[1: error: the '[' is never closed; balance the brackets [config.syntax]");
  EXPECT_EQ(message("a={x: 1, x: 2}"),
            "--set a={x: 1, x: 2}: error: key 'x' stands twice in this section, first on line 1; "
            "remove one of the two [config.duplicate-key]");
}

}  // namespace
}  // namespace mantissa::config
