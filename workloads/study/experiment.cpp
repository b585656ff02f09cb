// SPDX-License-Identifier: Apache-2.0
#include "workloads/study/experiment.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>

#include "base/config/document.h"
#include "base/config/kinds.h"

namespace mantissa::workloads {

namespace {

std::map<std::string, Experiment>& registry() {
  static std::map<std::string, Experiment> all;
  return all;
}

bool of_the_head(const std::string& name) {
  const auto parameters = StudyConfig::schema().parameters();
  return name == "base" ||
         std::any_of(parameters.begin(), parameters.end(),
                     [&](const config::ParameterInfo& p) { return p.name == name; });
}

// Before anything else of the file is read: a sweep has many keys that a study has not.
void check_kind(const config::Node& node) {
  const config::Node* kind = node.find("kind");
  if (kind == nullptr || !kind->is_scalar() || kind->text() == "study") return;
  throw Error(config::unknown_choice)
      .at(kind->place())
      .say("kind")
      .read(kind->text())
      .expected("study")
      .nearest(nearest_name(kind->text(), {"study"}));
}

// Folders and tables are called by it.
bool is_file_name(const std::string& name) {
  return name.front() != '.' && std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
         });
}

}  // namespace

std::vector<const Experiment*> experiments() {
  std::vector<const Experiment*> out;
  for (const auto& [name, e] : registry()) out.push_back(&e);
  return out;
}

const Experiment* experiment(const std::string& name) {
  const auto found = registry().find(name);
  return found == registry().end() ? nullptr : &found->second;
}

void register_experiment(Experiment e) {
  MANTISSA_CHECK(experiment(e.name) == nullptr, "two experiments called " + e.name);
  registry().emplace(e.name, std::move(e));
}

const config::Schema<StudyConfig>& StudyConfig::schema() {
  static const auto s =
      config::Schema<StudyConfig>("A study: an experiment and its parameters.")
          .optional("version", &StudyConfig::version, config::at_least(1), "Of the file's layout.")
          .optional("kind", &StudyConfig::kind, "study.")
          .required("experiment", &StudyConfig::experiment, "Which experiment is run.")
          .optional("name", &StudyConfig::name, "Short name; the file's by default.")
          .optional("title", &StudyConfig::title, "Heading of its tables.")
          .optional("description", &StudyConfig::description, "What it asks.")
          .constraint("name", [](const StudyConfig& c) {
            return c.name.empty() || is_file_name(c.name)
                       ? ""
                       : "letters, digits, '_', '-' and '.' alone, no '.' in front";
          });
  return s;
}

Study load_study(const std::string& path, const config::Resolver& presets,
                 const std::vector<std::string>& overrides) {
  std::vector<std::string> full;
  for (const std::string& text : overrides) {
    const std::string key = config::parse_override(text).first;
    const std::string first = key.substr(0, key.find('.'));
    full.push_back(of_the_head(first) || first == "parameters" ? text : "parameters." + text);
  }
  config::Node node = config::load_document(path, presets, full).node;
  check_kind(node);
  Study study;
  study.path = path;
  if (const config::Node* parameters = node.find("parameters")) study.parameters = *parameters;
  if (study.parameters.is_null()) study.parameters = config::Node::map({});
  node.erase("parameters");
  study.config = StudyConfig::schema().parse(node);
  StudyConfig& head = study.config;
  if (head.name.empty()) head.name = std::filesystem::path(path).stem().string();
  if (head.title.empty()) head.title = head.name;
  return study;
}

}  // namespace mantissa::workloads
