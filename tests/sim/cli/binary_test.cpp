// SPDX-License-Identifier: Apache-2.0
// The program from outside: exit codes, streams, files, signals.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const std::string program = std::string(MANTISSA_BINARY_DIR) + "/mantissa";

class Binary : public testing::Test {
 protected:
  Binary() {
    std::string pattern = (fs::temp_directory_path() / "mantissa-binary-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
  }
  ~Binary() override { fs::remove_all(root_); }

  std::string at(const std::string& name) const { return (root_ / name).string(); }
  std::string text(const std::string& name) const {
    std::ifstream in(at(name), std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
  }
  // Streams go to the files `out` and `err`.
  int run(const std::string& arguments) const {
    const int status = std::system(
        ("'" + program + "' " + arguments + " >" + at("out") + " 2>" + at("err")).c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  fs::path root_;
};

TEST_F(Binary, ends_with_the_documented_codes) {
  EXPECT_EQ(run("run systolic_32x32 lstm"), 0);
  EXPECT_EQ(run("run systolic_32x32 lstm --set core.matrix.rows=4096 --set "
                "core.matrix.columns=4096 --set core.matrix.units=64 --set "
                "core.scratchpad.capacity='64 MiB'"),
            1)
      << text("err");
  EXPECT_EQ(run("run systolic_32x32"), 2);
  EXPECT_EQ(run("run systolic_32x32 lstm --set core.matrix.rows=0"), 3);
  EXPECT_EQ(run("run systolic_32x32 lstm -o /dev/null/out"), 4);
}

TEST_F(Binary, prints_one_json_object_and_nothing_else_on_stdout) {
  ASSERT_EQ(run("run systolic_32x32 resnet18 --json"), 0);
  const json result = json::parse(text("out"));
  std::uint64_t sum = result["busy"];
  for (const auto& [stall, cycles] : result["stalls"].items()) sum += cycles.get<std::uint64_t>();
  EXPECT_EQ(sum, result["cycles"].get<std::uint64_t>());
  double energy = 0;
  for (const auto& [part, amount] : result["energy_pj"].items())
    if (part != "total") energy += amount.get<double>();
  EXPECT_NEAR(energy / result["energy_pj"]["total"].get<double>(), 1, 1e-9);
  EXPECT_EQ(result["macs"], 1'814'073'344u);
}

TEST_F(Binary, prints_the_same_bytes_twice) {
  ASSERT_EQ(run("run tpu_v2 lstm --json"), 0);
  const std::string first = text("out");
  ASSERT_EQ(run("run tpu_v2 lstm --json"), 0);
  EXPECT_EQ(text("out"), first);
}

TEST_F(Binary, leaves_every_promised_file) {
  ASSERT_EQ(run("run systolic_32x32 lstm --fidelity data -o " + at("run")), 0) << text("err");
  for (const char* file : {"result.json", "config.yaml", "layers.csv", "energy.csv", "area.csv",
                           "timeline.json.gz", "stats.txt", "COMPUTE_REPORT.csv", "ERT.yaml",
                           "ART.yaml", "action_counts.yaml", "outputs.safetensors"})
    EXPECT_GT(fs::file_size(root_ / "run" / file), 0u) << file;
  EXPECT_EQ(run("validate " + at("run/result.json") + " " + at("run/outputs.safetensors")), 0);
  EXPECT_EQ(run("compare " + at("run") + " " + at("run")), 0);
  EXPECT_NE(text("out").find("The configurations are equal."), std::string::npos);
}

TEST_F(Binary, runs_a_written_trace_to_the_cycles_of_its_network) {
  ASSERT_EQ(run("trace lstm --format int8 -o " + at("a.et")), 0) << text("err");
  ASSERT_EQ(run("run tpu_v1 lstm --json"), 0);
  const json direct = json::parse(text("out"));
  ASSERT_EQ(run("run tpu_v1 " + at("a.et") + " --json"), 0) << text("err");
  EXPECT_EQ(json::parse(text("out"))["cycles"], direct["cycles"]);
}

TEST_F(Binary, colours_nothing_when_nobody_watches) {
  ASSERT_EQ(run("run systolic_32x32 lstm"), 0);
  EXPECT_EQ((text("out") + text("err")).find('\x1b'), std::string::npos);
}

TEST_F(Binary, ends_with_130_at_ctrl_c_and_leaves_no_file) {
  const std::string directory = at("run");
  const pid_t child = fork();
  if (child == 0) {
    if (!freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr)) _exit(1);
    execl(program.c_str(), program.c_str(), "run", "systolic_32x32", "vgg16", "--fidelity", "data",
          "-o", directory.c_str(), static_cast<char*>(nullptr));
    _exit(1);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  kill(child, SIGINT);
  int status = 0;
  waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  // A machine may be fast enough to be done before the signal comes.
  if (WEXITSTATUS(status) == 0) GTEST_SKIP() << "the run was over before the signal";
  EXPECT_EQ(WEXITSTATUS(status), 130);
  EXPECT_TRUE(fs::is_empty(root_));
}

}  // namespace
