// SPDX-License-Identifier: Apache-2.0
// Sections that inherit from documents of another kind, and words that pick a section's model.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/config/document.h"
#include "base/config/kinds.h"

namespace mantissa::config {
namespace {

namespace fs = std::filesystem;

class SectionBaseTest : public ::testing::Test {
 protected:
  SectionBaseTest() {
    std::string pattern = (fs::temp_directory_path() / "mantissa-section-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    write("parts/small.yaml", "version: 1\nkind: part\nsize: 1\ncolour: red\n");
    write("parts/large.yaml", "version: 1\nkind: part\nbase: small\nsize: 9\n");
    write("parts/other.yaml", "version: 1\nkind: tool\nsize: 2\n");
    write("whole.yaml",
          "version: 1\nbody: {model: plain, part: {base: small, colour: blue}, weight: 5}\n");
  }
  ~SectionBaseTest() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  Node load(const std::vector<std::string>& overrides) {
    const Resolver parts = preset_folders({(folder_ / "parts").string()});
    return load_document((folder_ / "whole.yaml").string(), {}, overrides,
                         {{"body.part", parts, "part"}})
        .node;
  }
  static std::string text(const Node& node, const std::string& key) {
    const Node* found = node.find_dotted(key);
    return found == nullptr ? "absent" : found->text();
  }

  fs::path folder_;
};

TEST_F(SectionBaseTest, lays_what_it_says_over_the_document_that_it_names) {
  const Node node = load({});
  EXPECT_EQ(text(node, "body.part.size"), "1");
  EXPECT_EQ(text(node, "body.part.colour"), "blue");
  EXPECT_EQ(node.find_dotted("body.part.base"), nullptr);
  EXPECT_EQ(node.find_dotted("body.part.version"), nullptr);
}

TEST_F(SectionBaseTest, takes_a_word_for_a_base_that_replaces_the_one_before) {
  const Node node = load({"body.part=large"});
  EXPECT_EQ(text(node, "body.part.size"), "9");
  EXPECT_EQ(text(node, "body.part.colour"), "red");
}

TEST_F(SectionBaseTest, lets_a_later_override_add_to_the_word_of_an_earlier_one) {
  const Node node = load({"body.part=large", "body.part.colour=green"});
  EXPECT_EQ(text(node, "body.part.size"), "9");
  EXPECT_EQ(text(node, "body.part.colour"), "green");
}

TEST_F(SectionBaseTest, refuses_a_document_of_another_kind) {
  try {
    load({"body.part=other"});
    FAIL() << "a tool is no part";
  } catch (const Error& error) {
    EXPECT_EQ(&error.kind(), &unknown_base);
    EXPECT_NE(error.message().find("one of kind tool"), std::string::npos) << error.message();
  }
}

TEST_F(SectionBaseTest, a_word_over_a_section_with_a_model_picks_the_model_and_keeps_the_rest) {
  const Node node = load({"body=fancy"});
  EXPECT_EQ(text(node, "body.model"), "fancy");
  EXPECT_EQ(text(node, "body.weight"), "5");
  // A section without a model is replaced by the word, which its schema then refuses.
  EXPECT_EQ(load({"body.part={size: 3}"}).find_dotted("body.part")->is_map(), true);
}

}  // namespace
}  // namespace mantissa::config
