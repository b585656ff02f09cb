// SPDX-License-Identifier: Apache-2.0
#include "sim/presets/presets.h"

#include <gtest/gtest.h>

#include <fstream>

namespace mantissa::sim {
namespace {

namespace fs = std::filesystem;

class PresetFolder : public testing::Test {
 protected:
  PresetFolder() {
    std::string pattern = (fs::temp_directory_path() / "mantissa-presets-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
    put("arch/small.yaml", "# SPDX-License-Identifier: Apache-2.0\n# A small one.\nversion: 1\n");
    put("arch/large.yaml", "# Comment\nversion: 1\ndescription: \"A large one\"\n");
    put("arch/README", "no configuration\n");
    put("workload/net.csv", "Layer, M, N, K,\n");
    put("tech/28nm.yaml", "name: generic_28nm\n");
    put("tech/base.yaml", "version: 1\n");
  }
  ~PresetFolder() override { fs::remove_all(root_); }

  void put(const std::string& name, const std::string& text) const {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
  }
  std::string message(PresetKind kind, const std::string& name) const {
    try {
      return "found " + Presets(root_).find(kind, name);
    } catch (const Error& error) {
      return error.message();
    }
  }

  fs::path root_;
};

TEST_F(PresetFolder, are_listed_by_name_with_their_description_or_first_comment) {
  const auto list = Presets(root_).list(PresetKind::arch);
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].name, "large");
  EXPECT_EQ(list[0].description, "A large one");
  EXPECT_EQ(list[1].name, "small");
  EXPECT_EQ(list[1].description, "A small one.");
}

TEST_F(PresetFolder, may_fold_their_description_over_lines) {
  fs::create_directories(root_ / "studies");
  std::ofstream(root_ / "studies/a.yaml")
      << "version: 1\nkind: study\ndescription: >-\n  One line,\n  and another.\ntitle: T\n";
  const auto list = Presets(root_).list(PresetKind::study);
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].description, "One line, and another.");
  EXPECT_EQ(list[0].sort, "study");
}

TEST_F(PresetFolder, are_found_by_name_whatever_their_extension) {
  const Presets presets(root_);
  EXPECT_EQ(presets.find(PresetKind::arch, "small"), (root_ / "arch/small.yaml").string());
  EXPECT_EQ(presets.find(PresetKind::workload, "net"), (root_ / "workload/net.csv").string());
}

TEST_F(PresetFolder, technologies_are_found_by_file_and_by_name_and_bases_are_not_listed) {
  const Presets presets(root_);
  EXPECT_EQ(presets.find(PresetKind::technology, "28nm"),
            presets.find(PresetKind::technology, "generic_28nm"));
  EXPECT_EQ(presets.list(PresetKind::technology).size(), 1u);
}

// Neither the workload nor the base technology has a name of its own.
TEST_F(PresetFolder, no_name_is_the_name_of_none) {
  for (const PresetKind kind : {PresetKind::workload, PresetKind::technology})
    EXPECT_NE(message(kind, "").find("[presets.unknown]"), std::string::npos);
}

TEST_F(PresetFolder, files_are_taken_as_they_are) {
  const std::string file = (root_ / "arch/README").string();
  EXPECT_EQ(Presets(root_).find(PresetKind::arch, file), file);
}

TEST_F(PresetFolder, a_misspelt_name_is_answered_with_the_nearest_and_with_all) {
  const std::string text = message(PresetKind::arch, "smal");
  EXPECT_NE(text.find("large, small"), std::string::npos) << text;
  EXPECT_NE(text.find("did you mean 'small'?"), std::string::npos) << text;
  EXPECT_NE(text.find("[presets.unknown]"), std::string::npos) << text;
}

TEST_F(PresetFolder, a_name_like_a_file_that_is_not_there_is_no_misspelt_preset) {
  EXPECT_NE(message(PresetKind::arch, "small.yaml").find("[presets.no-file]"), std::string::npos);
  EXPECT_NE(message(PresetKind::arch, "./small").find("[presets.no-file]"), std::string::npos);
  EXPECT_NE(message(PresetKind::arch, root_.string()).find("this is a folder"), std::string::npos);
}

TEST_F(PresetFolder, a_name_that_a_file_gives_is_bad_input_and_told_with_its_place) {
  try {
    Presets(root_).find(PresetKind::technology, "3nm", Place{"chip.yaml", 7, 3, {}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.exit(), ExitCode::bad_input);
    EXPECT_EQ(error.message().rfind("chip.yaml:7:3: error: ", 0), 0u) << error.message();
  }
}

TEST_F(PresetFolder, a_kind_without_a_folder_is_an_empty_list) {
  EXPECT_TRUE(Presets(root_).list(PresetKind::sweep).empty());
}

}  // namespace
}  // namespace mantissa::sim
