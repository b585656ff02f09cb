// SPDX-License-Identifier: Apache-2.0
#include "base/config/document.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/base/config/sample_config.h"

namespace mantissa::config {
namespace {

namespace fs = std::filesystem;
using sample::Chip;

class Documents : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("mantissa-documents-" + std::to_string(::getpid()));
    fs::create_directories(folder_ / "presets");
    write("presets/base_chip.yaml",
          "version: 1\nname: base\ncore:\n  clock: 940 MHz\n  matrix: {rows: 8, columns: 4}\n"
          "shape: [1, 2, 3]\n");
    write("child.yaml",
          "version: 1\nbase: base_chip\nname: child\ncore:\n  matrix:\n    rows: 16\n");
    write("grandchild.yaml", "version: 1\nbase: ./child.yaml\nshape: [9]\n");
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
  }
  Resolver presets() const { return preset_folders({path("presets")}); }
  // The message, with the temporary folder cut out of it.
  std::string refusal(const std::string& name,
                      const std::vector<std::string>& overrides = {}) const {
    std::string message = "accepted";
    try {
      load<Chip>(path(name), presets(), overrides);
    } catch (const Error& error) {
      message = error.message();
    }
    const std::string prefix = folder_.string() + "/";
    for (std::size_t at; (at = message.find(prefix)) != std::string::npos;)
      message.erase(at, prefix.size());
    return message;
  }

  fs::path folder_;
};

TEST_F(Documents, inherit_from_presets_and_files_section_by_section) {
  const auto loaded = load<Chip>(path("grandchild.yaml"), presets());
  EXPECT_EQ(loaded.value.name, "child");
  EXPECT_EQ(loaded.value.core.matrix.rows, 16);
  EXPECT_EQ(loaded.value.core.matrix.columns, 4);
  EXPECT_EQ(loaded.value.shape, (std::vector<std::int64_t>{9}));
  ASSERT_EQ(loaded.files.size(), 3u);
  EXPECT_EQ(fs::path(loaded.files[0]).filename(), "grandchild.yaml");
  EXPECT_EQ(fs::path(loaded.files[1]).filename(), "child.yaml");
  EXPECT_EQ(fs::path(loaded.files[2]).filename(), "base_chip.yaml");
}

TEST_F(Documents, are_found_by_preset_name_too) {
  EXPECT_EQ(load<Chip>("base_chip", presets()).value.name, "base");
}

TEST_F(Documents, overrides_win_and_sections_merge) {
  const auto loaded = load<Chip>(path("child.yaml"), presets(),
                                 {"core.matrix.rows=32", "core.matrix={columns: 2}", "shape.1=7",
                                  "shape.1=8", "core.fuse=false"});
  EXPECT_EQ(loaded.value.core.matrix.rows, 32);
  EXPECT_EQ(loaded.value.core.matrix.columns, 2);
  EXPECT_EQ(loaded.value.shape, (std::vector<std::int64_t>{1, 8, 3}));
  EXPECT_FALSE(loaded.value.core.fuse);
}

TEST_F(Documents, name_the_override_that_is_wrong) {
  EXPECT_EQ(
      refusal("child.yaml", {"core.matrix.rosw=32"}),
      "--set core.matrix.rosw=32: error: no parameter is named 'core.matrix.rosw'; read 'rosw'; "
      "expected one of rows, columns, dataflow, others; did you mean 'rows'? "
      "[config.unknown-key]");
  EXPECT_EQ(
      refusal("child.yaml", {"core.matrix.rows=many"}),
      "--set core.matrix.rows=many: error: core.matrix.rows; read 'many'; expected an integer "
      "in decimal digits [config.number]");
  EXPECT_EQ(refusal("child.yaml", {"shape.3=1"}),
            "--set shape.3=1: error: read '3'; expected an index below 3 of a list [config.path]");
  EXPECT_EQ(refusal("child.yaml", {"version=2"}),
            "--set version=2: error: 'version' belongs to the file and cannot be overridden "
            "[config.override]");
  EXPECT_NE(refusal("child.yaml", {"base=x"}).find("'base' belongs to the file"),
            std::string::npos);
}

TEST_F(Documents, blame_the_file_in_which_a_value_was_written) {
  write("presets/bad.yaml", "version: 1\nname: bad\ncore:\n  clock: 940\n");
  write("good.yaml", "version: 1\nbase: bad\ncore:\n  matrix: {rows: 8, columns: 8}\n");
  EXPECT_EQ(refusal("good.yaml").find("presets/bad.yaml:4:10: error: core.clock: the unit"), 0u);
  write("worse.yaml", "version: 1\nbase: bad\ncore:\n  clock: 1 GHz\n");
  EXPECT_EQ(refusal("worse.yaml").find("worse.yaml:3:1: error: 'core.matrix' is missing"), 0u);
}

TEST_F(Documents, may_not_inherit_from_themselves) {
  write("a.yaml", "version: 1\nbase: ./b.yaml\n");
  write("b.yaml", "version: 1\nname: b\nbase: ./presets/../a.yaml\n");
  EXPECT_EQ(refusal("a.yaml"),
            "b.yaml:3:7: error: a document cannot inherit from itself: a.yaml -> b.yaml -> "
            "a.yaml; remove one 'base:' [config.base-cycle]");
  write("self.yaml", "version: 1\nbase: self.yaml\n");
  EXPECT_NE(refusal("self.yaml").find("[config.base-cycle]"), std::string::npos);
}

TEST_F(Documents, name_the_line_of_a_base_that_does_not_exist) {
  write("a.yaml", "version: 1\nbase: base_chpi\n");
  EXPECT_EQ(
      refusal("a.yaml"),
      "a.yaml:2:7: error: read 'base_chpi'; expected a file name or one of base_chip; did you "
      "mean 'base_chip'? [config.unknown-base]");
  write("b.yaml", "version: 1\nbase: gone.yaml\n");
  EXPECT_EQ(
      refusal("b.yaml"),
      "b.yaml:2:7: error: the base cannot be read; read 'gone.yaml'; expected a readable YAML "
      "file; paths are relative to the file that names them [config.unreadable]");
  write("c.yaml", "version: 1\nbase: [x]\n");
  EXPECT_EQ(refusal("c.yaml"),
            "c.yaml:2:7: error: base holds a list; expected a text [config.wrong-type]");
  EXPECT_THROW(load_document("base_chip"), Error);  // no presets at all
  EXPECT_NE(refusal("gone.yaml").find("cannot be opened"), std::string::npos);
}

TEST_F(Documents, state_version_1_in_each_file) {
  write("none.yaml", "name: x\n");
  EXPECT_EQ(refusal("none.yaml"),
            "none.yaml:1:1: error: the document states no version; expected 'version: 1'; write it "
            "as the first line [config.version]");
  write("two.yaml", "version: 2\nname: x\n");
  EXPECT_EQ(refusal("two.yaml"),
            "two.yaml:1:10: error: version; read '2'; expected 'version: 1' [config.version]");
  write("inherits.yaml", "version: 1\nbase: ./none.yaml\n");
  EXPECT_EQ(refusal("inherits.yaml").find("none.yaml:1:1: error: the document states no"), 0u);
  write("list.yaml", "- version: 1\n");
  EXPECT_NE(refusal("list.yaml").find("the document holds a list"), std::string::npos);
}

TEST_F(Documents, saved_resolved_load_as_the_same_configuration) {
  const auto loaded = load<Chip>(path("grandchild.yaml"), presets(), {"core.clock=1 GHz"});
  write("resolved.yaml", loaded.yaml);
  const auto again = load<Chip>(path("resolved.yaml"));
  EXPECT_EQ(again.yaml, loaded.yaml);
  EXPECT_EQ(again.hash, loaded.hash);
  EXPECT_EQ(loaded.yaml.rfind("version: 1\nname: child\n", 0), 0u);
  const auto other = load<Chip>(path("grandchild.yaml"), presets(), {"core.clock=1.1 GHz"});
  EXPECT_NE(other.hash, loaded.hash);
  const auto same = load<Chip>(path("grandchild.yaml"), presets(), {"core.clock=1000 MHz"});
  EXPECT_EQ(same.hash, loaded.hash);
}

struct Versioned {
  std::int64_t version = 1;
  static const Schema<Versioned>& schema() {
    static const auto s =
        Schema<Versioned>("v").required("version", &Versioned::version, range(1, 1), "Version.");
    return s;
  }
};

TEST_F(Documents, a_schema_may_declare_the_version_itself) {
  write("v.yaml", "version: 1\n");
  const auto loaded = load<Versioned>(path("v.yaml"));
  EXPECT_EQ(loaded.value.version, 1);
  EXPECT_EQ(loaded.yaml, "version: 1\n");
}

}  // namespace
}  // namespace mantissa::config
