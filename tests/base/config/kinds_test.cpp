// SPDX-License-Identifier: Apache-2.0
// Every kind of refusal can be reached: one bad input for each, and no kind without one.
#include "base/config/kinds.h"
#include "base/config/folder_path.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>

#include "base/config/document.h"
#include "base/config/explain.h"
#include "tests/base/config/sample_config.h"

namespace mantissa::config {
namespace {

namespace fs = std::filesystem;

std::function<void()> text_of(const std::string& yaml) {
  return [yaml] { read_text(yaml, "f"); };
}

std::function<void()> chip(const std::string& core, const std::string& more = "") {
  return [=] { sample::Chip::schema().parse(read_text("name: c\ncore: " + core + more, "f")); };
}

std::function<void()> document(const std::string& yaml, const std::string& override = "name=x") {
  return [=] {
    const std::string name = "mantissa-kinds-" + std::to_string(::getpid()) + ".yaml";
    const fs::path path = fs::temp_directory_path() / name;
    std::ofstream(path) << yaml;
    const auto presets = preset_folders({});
    try {
      load_document(path.string(), presets, {override});
    } catch (...) {
      fs::remove(path);
      throw;
    }
    fs::remove(path);
  };
}

std::string nested(int depth) { return depth == 0 ? "1" : "{a: " + nested(depth - 1) + "}"; }

const std::map<std::string, std::function<void()>>& bad_inputs() {
  const std::string matrix = "matrix: {rows: 8, columns: 8}";
  static const std::map<std::string, std::function<void()>> inputs = {
      {"config.unreadable", [] { read_file("/"); }},
      {"config.not-utf8", text_of("a: \xFF")},
      {"config.character", text_of("a:\t1")},
      {"config.syntax", text_of("a: [")},
      {"config.empty", text_of("")},
      {"config.indentation", text_of(" a: 1\nb: 2")},
      {"config.lost-line", text_of("%YAML 1.2\n---\na: 1")},
      {"config.second-document", text_of("a: 1\n---\nb: 2")},
      {"config.depth", text_of(nested(65))},
      {"config.duplicate-key", text_of("a: 1\na: 2")},
      {"config.key", text_of("a: {b}")},
      {"config.merge-key", text_of("<<: {a: 1}")},
      {"config.anchor", text_of("a: &x 1")},
      {"config.tag", text_of("a: !!int 1")},
      {"config.multi-line", text_of("a: 'x\n  y'")},
      {"config.path", [] { Node::sequence({}).set("0", Node()); }},
      {"config.override", [] { parse_override("rows"); }},
      {"config.version", document("name: x")},
      {"config.base-cycle",
       document("version: 1\nbase: ./mantissa-kinds-" + std::to_string(::getpid()) + ".yaml")},
      {"config.unknown-base", document("version: 1\nbase: nobody")},
      {"config.unknown-key", chip("{}", "\nnmae: x")},
      {"config.missing-key", chip("{clock: 1 GHz}")},
      {"config.wrong-type", chip("3")},
      {"config.number", chip("{clock: 010 Hz, " + matrix + "}")},
      {"config.unit", chip("{clock: 940, " + matrix + "}")},
      {"config.range", chip("{clock: 1 Hz, " + matrix + "}")},
      {"config.choice", chip("{clock: 1 GHz, matrix: {rows: 8, columns: 8, dataflow: x}}")},
      {"config.constraint", chip("{clock: 1 GHz, matrix: {rows: 7, columns: 8}}")},
      {"config.no-such-folder",
       [] { Codec<FolderPath>::parse(Node::scalar("nowhere"), "rtl", Range()); }},
      {"config.unknown-parameter", [] { explain("r", {}, "x"); }},
  };
  return inputs;
}

TEST(Kinds, each_is_reached_by_its_bad_input) {
  for (const auto& [id, bad_input] : bad_inputs()) {
    try {
      bad_input();
      ADD_FAILURE() << id << ": accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind().id(), id) << error.message();
    }
  }
}

TEST(Kinds, none_is_without_a_bad_input) {
  std::set<std::string> declared, reached;
  for (const ErrorKind* kind : ErrorKind::all())
    if (std::string(kind->id()).rfind("config.", 0) == 0) declared.insert(kind->id());
  for (const auto& [id, bad_input] : bad_inputs()) reached.insert(id);
  EXPECT_EQ(declared, reached);
}

TEST(Kinds, the_good_neighbours_of_the_bad_inputs_pass) {
  EXPECT_NO_THROW(chip("{clock: 1 GHz, matrix: {rows: 8, columns: 8}}")());
  EXPECT_NO_THROW(document("version: 1\nname: x")());
  EXPECT_NO_THROW(text_of(nested(64))());
}

}  // namespace
}  // namespace mantissa::config
