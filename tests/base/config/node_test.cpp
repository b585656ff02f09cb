// SPDX-License-Identifier: Apache-2.0
#include "base/config/node.h"

#include <gtest/gtest.h>

namespace mantissa::config {
namespace {

Node text(const std::string& yaml) { return read_text(yaml, "f"); }

TEST(NodeSet, replaces_makes_sections_on_the_way_and_reaches_list_items) {
  Node node = text("a: {b: 1}\nl: [1, {x: 2}]");
  node.set("a.b", Node::scalar("2"));
  node.set("n.e.w", Node::scalar("3"));
  node.set("l.1.x", Node::scalar("4"));
  node.set("l.0", Node::scalar("5"));
  EXPECT_EQ(inline_yaml(node), "{a: {b: 2}, l: [5, {x: 4}], n: {e: {w: 3}}}");
}

TEST(NodeSet, turns_a_value_into_a_section_and_keeps_the_place) {
  Node node = text("ecc: none");
  node.set("ecc.bits", parse_override("ecc.bits=8").second);
  EXPECT_EQ(inline_yaml(node), "{ecc: {bits: 8}}");
  EXPECT_EQ(node.find("ecc")->key_place("bits").text(), "--set ecc.bits=8");
}

TEST(NodeSet, refuses_paths_that_name_no_place) {
  const auto message = [](const std::string& path) -> std::string {
    Node node = text("l: [1, 2]");
    try {
      node.set(path, Node::scalar("1", {"", 0, 0, "--set"}));
    } catch (const Error& error) {
      return error.message();
    }
    return "accepted";
  };
  EXPECT_EQ(message("l.1"), "accepted");
  EXPECT_EQ(message("l.2"),
            "--set: error: read '2'; expected an index below 2 of a list [config.path]");
  EXPECT_EQ(message("l.x"),
            "--set: error: read 'x'; expected an index below 2 of a list [config.path]");
  for (const char* path : {"", "a..b", ".a", "a."})
    EXPECT_NE(message(path).find("expected names joined by single dots"), std::string::npos)
        << path;
}

TEST(NodeFindDotted, follows_maps_and_lists_and_nothing_else) {
  const Node node = text("a: {l: [1, {x: 2}]}");
  EXPECT_EQ(node.find_dotted("a.l.1.x")->text(), "2");
  EXPECT_EQ(node.find_dotted("a.l.2"), nullptr);
  EXPECT_EQ(node.find_dotted("a.m"), nullptr);
  EXPECT_EQ(node.find_dotted("a.l.0.x"), nullptr);
}

TEST(NodeErase, removes_a_key_once) {
  Node node = text("a: 1\nb: 2");
  EXPECT_TRUE(node.erase("a"));
  EXPECT_FALSE(node.erase("a"));
  EXPECT_EQ(inline_yaml(node), "{b: 2}");
}

TEST(NodeMerge, merges_sections_and_replaces_values_and_lists) {
  const Node merged = Node::merge(text("a: {x: 1, y: 2}\nl: [1, 2]\nv: 1"),
                                  text("l: [3]\na: {y: 3, z: 4}\nw: {q: 1}"));
  EXPECT_EQ(inline_yaml(merged), "{a: {x: 1, y: 3, z: 4}, l: [3], v: 1, w: {q: 1}}");
}

TEST(NodeMerge, keeps_the_place_of_whichever_file_a_value_comes_from) {
  const Node merged = Node::merge(read_text("a:\n  x: 1\n  y: 2", "under.yaml"),
                                  read_text("a:\n  y: 3", "over.yaml"));
  const Node& a = *merged.find("a");
  EXPECT_EQ(a.find("x")->place().text(), "under.yaml:2:6");
  EXPECT_EQ(a.find("y")->place().text(), "over.yaml:2:6");
  EXPECT_EQ(a.key_place("x").text(), "under.yaml:2:3");
  EXPECT_EQ(a.key_place("y").text(), "over.yaml:2:3");
  EXPECT_EQ(a.place().text(), "over.yaml:1:1");
}

TEST(NodeYaml, is_block_style_with_two_spaces_and_scalar_lists_on_one_line) {
  const Node node =
      text("{a: 1, m: {x: {y: 2}, e: {}, l: []}, s: [1, two], r: [{x: 1, y: 2}, [3, {z: 4}], 5]}");
  EXPECT_EQ(node.yaml(),
            "a: 1\nm:\n  x:\n    y: 2\n  e: {}\n  l: []\ns: [1, two]\nr:\n  - x: 1\n    y: 2\n"
            "  - - 3\n    - z: 4\n  - 5\n");
}

TEST(NodeYaml, reads_back_as_itself) {
  for (const std::string value :
       {"plain", "two words", "",          " lead",   "trail ",    "a: b",        "x #y",
        "#x",    "- x",       "-",         "---",     "...",       "~",           "null",
        "[a]",   "{a}",       "a,b",       "it's",    "say \"x\"", "back\\slash", "line\nbreak",
        "tab\t", "\x01",      "\xC2\xB5s", "5 %",     "%x",        "&a",          "*a",
        "!a",    "|",         ">",         "@x",      "`x",        "?",           "? x",
        ":",     "<<",        "256 KiB",   "34 GB/s", "-5",        "1e-07"}) {
    for (const bool quoted : {false, true}) {
      const Node node = Node::map(
          {{"k", Node::scalar(value, {}, quoted)}, {"l", Node::sequence({Node::scalar(value)})}});
      const Node again = text(node.yaml());
      EXPECT_EQ(again.find("k")->text(), value);
      EXPECT_EQ(again.find_dotted("l.0")->text(), value);
      EXPECT_EQ(again.yaml(), node.yaml());
    }
    if (value.empty() || value == "<<") continue;  // refused as keys
    EXPECT_EQ(text(Node::map({{value, Node::scalar("1")}}).yaml()).entries().front().first, value)
        << value;
  }
}

TEST(NodeYaml, null_reads_back_as_null) {
  EXPECT_TRUE(text(text("a:\nb: 1").yaml()).find("a")->is_null());
  EXPECT_EQ(Node().yaml(), "null\n");
}

TEST(NeedsQuotes, holds_for_what_some_reader_takes_for_a_number_or_a_boolean) {
  for (const char* word :
       {"true", "No", "ON", "y", "010", "1e3", "0x1F", "-1", ".inf", "1_000", "12:30", "null", ""})
    EXPECT_TRUE(needs_quotes(word)) << word;
  for (const char* word : {"truth", "none", "v1", "tpu_v1", "systolic 2", "3.92 pJ/bit", "a.yaml"})
    EXPECT_FALSE(needs_quotes(word)) << word;
}

TEST(ContentHash, is_fnv_1a_of_64_bits) {
  EXPECT_EQ(content_hash(""), "cbf29ce484222325");  // published vectors of the algorithm
  EXPECT_EQ(content_hash("a"), "af63dc4c8601ec8c");
  EXPECT_EQ(content_hash("foobar"), "85944171f73967e8");
  EXPECT_NE(content_hash("foobar"), content_hash("foobas"));
}

}  // namespace
}  // namespace mantissa::config
