// SPDX-License-Identifier: Apache-2.0
// What users do wrong, and what the program says to it.
//
// Every folder tests/bad/<topic>/<case> holds the input files of one mistake and
//   command   the arguments of mantissa, as a shell reads them. Lines before it that begin with "$
//   "
//             are run by the shell first; "$MANTISSA" is the program.
//   expected  "exit CODE" and then stderr, to the letter.
// Cases of the topic `executor` need the program's part with libtorch; a build without it has none.
// {dir} stands for the folder of the case, {tmp} for an empty scratch folder and {configs} for the
// presets. With MANTISSA_UPDATE=1 in the environment `expected` is written instead of compared.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path source = MANTISSA_SOURCE_DIR;
const fs::path folder = source / "tests/bad";
const std::string program = std::string(MANTISSA_BINARY_DIR) + "/mantissa";

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

int shell(const std::string& line) {
  const int status = std::system(line.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

class Scratch {
 public:
  Scratch() {
    std::string pattern = (fs::temp_directory_path() / "mantissa-bad-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Scratch() { fs::remove_all(path_); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

struct Outcome {
  int code = 0;
  std::string out, err;
};

Outcome run_case(const fs::path& dir) {
  const Scratch scratch, output;
  fs::create_directory(scratch.file("work"));
  const std::string work = scratch.file("work");
  const auto placed = [&](std::string text) {
    text = replaced(std::move(text), "{dir}", dir.string());
    text = replaced(std::move(text), "{configs}", (source / "configs").string());
    return replaced(std::move(text), "{tmp}", work);
  };
  std::istringstream lines(read(dir / "command"));
  std::string line, arguments, environment = " NO_COLOR=1";
  while (std::getline(lines, line)) {
    if (line.rfind("$ ", 0) == 0) {
      EXPECT_EQ(shell("export MANTISSA='" + program + "'; " + placed(line.substr(2))), 0) << line;
    } else if (line.rfind("! ", 0) == 0) {
      environment += " " + placed(line.substr(2));
    } else if (!line.empty()) {
      arguments = placed(line);
    }
  }
  Outcome outcome;
  // Redirections in front, so that a case may have its own behind ("> /dev/full").
  outcome.code = shell("cd " + work + " && >" + output.file("out") + " 2>" + output.file("err") +
                       environment + " '" + program + "' " + arguments);
  outcome.out = read(output.file("out"));
  outcome.err = replaced(read(output.file("err")), dir.string(), "{dir}");
  outcome.err = replaced(outcome.err, work, "{tmp}");
  outcome.err = replaced(outcome.err, (source / "configs").string(), "{configs}");
  return outcome;
}

bool has_executor() {
  return fs::exists(std::string(MANTISSA_BINARY_DIR) + "/libmantissa_executor.so");
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().filename() != "command") continue;
    const std::string name = fs::relative(entry.path().parent_path(), folder).string();
    if (has_executor() || name.rfind("executor/", 0) != 0) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool updating() {
  const char* wish = std::getenv("MANTISSA_UPDATE");
  return wish && std::string(wish) == "1";
}

// Lines of `mantissa list errors --names`.
std::set<std::string> registered_kinds() {
  const Scratch scratch;
  EXPECT_EQ(shell("'" + program + "' list errors --names >" + scratch.file("kinds")), 0);
  std::istringstream lines(read(scratch.file("kinds")));
  std::set<std::string> kinds;
  for (std::string line; std::getline(lines, line);) kinds.insert(line);
  return kinds;
}

// "id: reason" per line; those of the part with libtorch in a file of their own.
std::set<std::string> unreachable_kinds() {
  std::istringstream lines(read(folder / "unreachable") +
                           (has_executor() ? read(folder / "executor" / "unreachable") : ""));
  std::set<std::string> kinds;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    const auto colon = line.find(": ");
    EXPECT_NE(colon, std::string::npos) << "no reason: " << line;
    kinds.insert(line.substr(0, colon));
  }
  return kinds;
}

// The id stands in brackets at the end of each line.
std::set<std::string> covered_kinds() {
  std::set<std::string> covered;
  for (const auto& name : cases()) {
    std::istringstream lines(read(folder / name / "expected"));
    for (std::string line; std::getline(lines, line);) {
      const auto open = line.rfind(" [");
      if (open != std::string::npos && line.back() == ']')
        covered.insert(line.substr(open + 2, line.size() - open - 3));
    }
  }
  return covered;
}

class BadInput : public testing::TestWithParam<std::string> {};

TEST_P(BadInput, says_what_is_expected) {
  const fs::path dir = folder / GetParam();
  const Outcome outcome = run_case(dir);
  const std::string text = "exit " + std::to_string(outcome.code) + "\n" + outcome.err;
  EXPECT_EQ(outcome.out, "") << "diagnostics belong on stderr";
  EXPECT_NE(outcome.code, 0);
  EXPECT_NE(outcome.code, 70) << "a user's mistake must not look like a bug: " << outcome.err;
  EXPECT_LT(outcome.code, 128) << "killed by a signal";
  if (updating()) {
    std::ofstream(dir / "expected", std::ios::binary) << text;
    return;
  }
  EXPECT_EQ(text, read(dir / "expected"))
      << "if the new message is better: MANTISSA_UPDATE=1 bad_inputs_test";
}

INSTANTIATE_TEST_SUITE_P(All, BadInput, testing::ValuesIn(cases()), [](const auto& info) {
  std::string name = info.param;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name;
});

TEST(BadInputs, cover_every_kind_of_error) {
  const auto covered = covered_kinds(), unreachable = unreachable_kinds();
  for (const auto& kind : registered_kinds())
    EXPECT_TRUE(covered.count(kind) || unreachable.count(kind))
        << "no case in tests/bad ends with [" << kind << "]";
}

TEST(BadInputs, call_no_kind_unreachable_that_is_reached_or_unknown) {
  const auto covered = covered_kinds(), kinds = registered_kinds();
  for (const auto& kind : unreachable_kinds()) {
    EXPECT_TRUE(kinds.count(kind)) << kind << " does not exist";
    EXPECT_FALSE(covered.count(kind)) << kind << " is reached by a case";
  }
}

TEST(BadInputs, name_only_kinds_that_exist) {
  const auto kinds = registered_kinds();
  for (const auto& kind : covered_kinds()) EXPECT_TRUE(kinds.count(kind)) << kind;
}

TEST(BadInputs, are_told_in_one_line) {
  for (const auto& name : cases()) {
    const std::string text = read(folder / name / "expected");
    EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 2) << name;
  }
}

}  // namespace
