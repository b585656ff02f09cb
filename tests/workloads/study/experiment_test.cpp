// SPDX-License-Identifier: Apache-2.0
#include "workloads/study/experiment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace mantissa::workloads {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

struct EchoConfig {
  std::int64_t times = 3;
  std::string word = "echo";
  static const config::Schema<EchoConfig>& schema() {
    static const auto s =
        config::Schema<EchoConfig>("Says a word.")
            .optional("times", &EchoConfig::times, config::range(1, 5), "How often.")
            .optional("word", &EchoConfig::word, "Which.");
    return s;
  }
};
StudyResult echo(const EchoConfig& config, StudyContext&) {
  StudyResult result;
  for (std::int64_t i = 0; i < config.times; ++i) result.notes.push_back(config.word);
  return result;
}
const ExperimentRegistration<EchoConfig> registration("echo", echo);

class Studies : public testing::Test {
 protected:
  Studies() {
    std::string pattern = (fs::temp_directory_path() / "mantissa-study-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
  }
  ~Studies() override { fs::remove_all(root_); }

  Study load(const std::string& text, const std::vector<std::string>& overrides = {}) const {
    const std::string path = (root_ / "echoes.yaml").string();
    std::ofstream(path) << "version: 1\n" << text;
    return load_study(path, {}, overrides);
  }
  std::string objection(const std::string& text,
                        const std::vector<std::string>& overrides = {}) const {
    try {
      load(text, overrides);
      return "none";
    } catch (const Error& error) {
      return error.message();
    }
  }
  static std::vector<std::string> notes(const Study& study) {
    StudyContext context;
    return experiment("echo")->run(study.parameters, context).notes;
  }
  fs::path root_;
};

TEST_F(Studies, hand_their_parameters_to_the_experiment) {
  const Study study = load("experiment: echo\nparameters: {times: 2, word: a}\n");
  EXPECT_EQ(notes(study), std::vector<std::string>({"a", "a"}));
  EXPECT_EQ(notes(load("experiment: echo\n")).size(), 3u) << "the default";
}

TEST_F(Studies, are_named_by_their_file_unless_they_say_a_name) {
  EXPECT_EQ(load("experiment: echo\n").config.name, "echoes");
  EXPECT_EQ(load("experiment: echo\n").config.title, "echoes");
  EXPECT_EQ(load("experiment: echo\nname: other\n").config.name, "other");
  EXPECT_EQ(load("experiment: echo\ntitle: T\n").config.title, "T");
  EXPECT_THAT(objection("experiment: echo\nname: a/b\n"), HasSubstr("config.constraint"));
  EXPECT_THAT(objection("experiment: echo\nname: ..\n"), HasSubstr("config.constraint"));
}

TEST_F(Studies, take_overrides_with_and_without_the_section) {
  for (const char* text : {"times=1", "parameters.times=1"})
    EXPECT_EQ(notes(load("experiment: echo\nparameters: {times: 2}\n", {text})).size(), 1u) << text;
  EXPECT_EQ(load("experiment: echo\n", {"title=T"}).config.title, "T") << "of the head";
  EXPECT_EQ(notes(load("experiment: echo\n", {"times=1", "times=2"})).size(), 2u) << "the last";
}

TEST_F(Studies, refuse_files_of_another_kind_before_their_keys) {
  EXPECT_EQ(objection("kind: study\nexperiment: echo\n"), "none");
  EXPECT_THAT(objection("kind: sweep\narchs: []\n"), HasSubstr("read 'sweep'; expected study"));
  EXPECT_THAT(objection("kind: study\n"), HasSubstr("experiment"));
}

TEST_F(Studies, refuse_what_the_experiment_does_not_declare) {
  StudyContext context;
  const auto run = [&](const std::string& set) {
    return experiment("echo")->run(load("experiment: echo\n", {set}).parameters, context);
  };
  EXPECT_THROW(run("tims=2"), Error);
  EXPECT_THROW(run("times=0"), Error);
  EXPECT_THROW(run("times=6"), Error);
  EXPECT_NO_THROW(run("times=5"));
}

TEST(Experiments, are_registered_once_and_found_by_name) {
  ASSERT_NE(experiment("echo"), nullptr);
  EXPECT_EQ(experiment("echo")->doc, "Says a word.");
  EXPECT_EQ(experiment("Echo"), nullptr);
  Experiment again;
  again.name = "echo";
  EXPECT_THROW(register_experiment(again), InternalError);
  EXPECT_EQ(experiments().size(), 4u) << "ipu, microrec, voltage and echo";
}

TEST(Experiments, write_every_parameter_defaults_included) {
  EXPECT_EQ(experiment("echo")->resolve(config::Node::map({})).yaml(), "times: 3\nword: echo\n");
}

}  // namespace
}  // namespace mantissa::workloads
