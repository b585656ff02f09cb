// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/slurm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace mantissa::sweep {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class Slurm : public ::testing::Test {
 protected:
  Slurm() : root_(fs::temp_directory_path() / ("mantissa slurm " + std::to_string(getpid()))) {
    fs::create_directories(root_);
  }
  ~Slurm() override { fs::remove_all(root_); }
  fs::path root_;
};

TEST_F(Slurm, the_script_asks_for_an_array_of_all_shards) {
  const auto text = sbatch_script({"/opt/mantissa", "big.yaml", "/shared/big", {}, 32, 2});
  EXPECT_THAT(text, HasSubstr("#SBATCH --array=0-31\n"));
  EXPECT_THAT(text, HasSubstr("#SBATCH --cpus-per-task=2\n"));
  EXPECT_THAT(text, HasSubstr("#SBATCH --job-name=mantissa-big\n"));
  EXPECT_THAT(text, HasSubstr("-j 2 --shard array --resume\n"));
}

// The script as a shell runs it, with programs in the places of mantissa and scontrol.
TEST_F(Slurm, a_task_that_was_told_to_end_is_queued_again_and_words_stay_whole) {
  const auto program = root_ / "it's mantissa";
  std::ofstream(program)
      << "#!/bin/sh\nfor word; do echo \"[$word]\"; done > \"$(dirname \"$0\")/words\"\n"
         "exit ${CODE}\n";
  std::ofstream(root_ / "scontrol") << "#!/bin/sh\necho \"$@\" > \"$(dirname \"$0\")/requeued\"\n";
  for (const auto& file : {program, root_ / "scontrol"})
    fs::permissions(file, fs::perms::owner_all);
  const auto script = root_ / "job.sh";
  std::ofstream(script) << sbatch_script(
      {program.string(), "/a b/big.yaml", (root_ / "out").string(), {"x=1,2"}, 4, 1});
  const auto run = [&](const std::string& code) {
    const std::string command = "PATH='" + root_.string() + "':$PATH CODE=" + code +
                                " SLURM_ARRAY_JOB_ID=7 SLURM_ARRAY_TASK_ID=3 sh '" +
                                script.string() + "'";
    return WEXITSTATUS(std::system(command.c_str()));
  };
  EXPECT_EQ(run("0"), 0);
  EXPECT_FALSE(fs::exists(root_ / "requeued"));
  std::ostringstream words;
  words << std::ifstream(root_ / "words").rdbuf();
  EXPECT_EQ(words.str(), "[sweep]\n[/a b/big.yaml]\n[-o]\n[" + (root_ / "out").string() +
                             "]\n[--grid]\n[x=1,2]\n[-j]\n[1]\n[--shard]\n[array]\n[--resume]\n");
  EXPECT_EQ(run("75"), 75);
  std::string requeued;
  std::getline(std::ifstream(root_ / "requeued") >> std::ws, requeued);
  EXPECT_EQ(requeued, "requeue 7_3");
}

}  // namespace
}  // namespace mantissa::sweep
