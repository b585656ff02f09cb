// SPDX-License-Identifier: Apache-2.0
#include "sim/run/output_directory.h"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <sstream>

namespace mantissa::sim {
namespace {

namespace fs = std::filesystem;

class OutputDirectories : public testing::Test {
 protected:
  OutputDirectories() {
    std::string pattern = (fs::temp_directory_path() / "mantissa-output-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
  }
  ~OutputDirectories() override { fs::remove_all(root_); }

  fs::path at(const std::string& name) const { return root_ / name; }
  void put(const std::string& name, const std::string& text) const {
    std::ofstream(at(name)) << text;
  }
  std::string text(const std::string& name) const {
    std::ifstream in(at(name));
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }
  std::string id_of_refusal(const fs::path& path) const {
    try {
      OutputDirectory directory(path, "run");
    } catch (const Error& error) {
      return error.kind().id();
    }
    return "accepted";
  }
  std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(root_), fs::directory_iterator()));
  }

  fs::path root_;
};

TEST_F(OutputDirectories, appear_at_commit_and_not_before) {
  OutputDirectory directory(at("out"), "run");
  directory.write("a.csv", "1\n");
  EXPECT_FALSE(fs::exists(at("out")));
  directory.commit();
  EXPECT_EQ(text("out/a.csv"), "1\n");
  EXPECT_EQ(OutputDirectory::kind_of(at("out")), "run");
  EXPECT_EQ(entries(), 1u);
}

TEST_F(OutputDirectories, that_are_claimed_stay_ours_without_commit) {
  {
    OutputDirectory directory(at("out"), "run");
    directory.claim();
    fs::create_directory(at("out/work"));
    directory.write("a.csv", "1\n");
  }
  EXPECT_FALSE(fs::exists(at("out/a.csv")));
  EXPECT_TRUE(fs::exists(at("out/work")));
  EXPECT_EQ(id_of_refusal(at("out")), "accepted");
  EXPECT_EQ(entries(), 1u);
  OutputDirectory again(at("out"), "run");
  again.claim();
  again.write("a.csv", "1\n");
  again.commit();
  OutputDirectory third(at("out"), "run");
  third.claim();
  EXPECT_EQ(text("out/a.csv"), "1\n") << "what an earlier run wrote stays until the next commit";
  EXPECT_TRUE(fs::exists(at("out/work")));
}

TEST_F(OutputDirectories, touch_nothing_before_the_first_file) {
  OutputDirectory directory(at("out"), "run");
  EXPECT_EQ(entries(), 0u);
}

TEST_F(OutputDirectories, leave_nothing_behind_without_commit) {
  {
    OutputDirectory directory(at("out"), "run");
    directory.write("a.csv", "1\n");
    EXPECT_EQ(entries(), 1u);
  }
  EXPECT_EQ(entries(), 0u);
}

TEST_F(OutputDirectories, are_made_with_their_parents) {
  OutputDirectory directory(at("x/y/z"), "run");
  directory.write("a", "");
  directory.commit();
  EXPECT_TRUE(fs::exists(at("x/y/z/a")));
}

TEST_F(OutputDirectories, refuse_a_folder_with_files_of_somebody_else) {
  fs::create_directory(at("out"));
  EXPECT_EQ(id_of_refusal(at("out")), "accepted") << "an empty folder may be filled";
  put("out/thesis.tex", "all my work");
  EXPECT_EQ(id_of_refusal(at("out")), foreign_directory.id());
  EXPECT_EQ(text("out/thesis.tex"), "all my work");
  EXPECT_EQ(entries(), 1u);
}

TEST_F(OutputDirectories, refuse_results_of_another_kind_and_files) {
  OutputDirectory sweep(at("out"), "sweep");
  sweep.commit();
  EXPECT_EQ(id_of_refusal(at("out")), foreign_directory.id());
  put("file", "");
  EXPECT_EQ(id_of_refusal(at("file")), foreign_directory.id());
}

TEST_F(OutputDirectories, replace_their_own_files_and_keep_those_of_the_user) {
  {
    OutputDirectory first(at("out"), "run");
    first.write("a.csv", "old\n");
    first.write("outputs.safetensors", "old\n");
    first.commit();
  }
  put("out/notes.txt", "mine\n");
  {
    OutputDirectory second(at("out/"), "run");
    second.write("a.csv", "new\n");
    EXPECT_EQ(text("out/a.csv"), "old\n");
    second.commit();
  }
  EXPECT_EQ(text("out/a.csv"), "new\n");
  EXPECT_EQ(text("out/notes.txt"), "mine\n");
  EXPECT_FALSE(fs::exists(at("out/outputs.safetensors"))) << "of a run that is no more";
  EXPECT_EQ(entries(), 1u);
}

TEST_F(OutputDirectories, never_remove_a_file_outside_whatever_the_marker_says) {
  put("precious", "keep\n");
  {
    OutputDirectory first(at("out"), "run");
    first.commit();
  }
  put("out/.mantissa", "mantissa run\n../precious\n");
  OutputDirectory second(at("out"), "run");
  second.commit();
  EXPECT_EQ(text("precious"), "keep\n");
}

TEST_F(OutputDirectories, say_that_they_cannot_be_written) {
  put("file", "");
  EXPECT_EQ(id_of_refusal(at("file/out")), unwritable.id());
  EXPECT_EQ(unwritable.exit(), ExitCode::resource);
  OutputDirectory directory(at("out"), "run");
  EXPECT_THROW(directory.write("no/such/folder", "x"), Error);
}

TEST_F(OutputDirectories, remove_half_written_files_when_interrupted) {
  install_interrupt_handler();
  {
    OutputDirectory directory(at("out"), "run");
    directory.write("a.csv", "1\n");
    std::raise(SIGINT);
    try {
      directory.write("b.csv", "2\n");
      FAIL() << "the signal was lost";
    } catch (const Interrupted& interrupted) {
      EXPECT_EQ(interrupted.exit_code(), 130);
    }
  }
  EXPECT_EQ(entries(), 0u);
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

}  // namespace
}  // namespace mantissa::sim
