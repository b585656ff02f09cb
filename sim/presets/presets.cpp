// SPDX-License-Identifier: Apache-2.0
#include "sim/presets/presets.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

namespace mantissa::sim {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> extensions = {".yaml", ".yml",   ".csv", ".onnx",
                                             ".et",   ".et.gz", ".pt"};

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() > end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// "resnet50.yaml" -> "resnet50"; empty for files that are no configuration.
std::string stem(const std::string& file_name) {
  for (const auto& extension : extensions)
    if (ends_with(file_name, extension))
      return file_name.substr(0, file_name.size() - extension.size());
  return {};
}

std::string trimmed(std::string text) {
  const auto from = text.find_first_not_of(" \t\"'");
  if (from == std::string::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\"'") - from + 1);
}

// Read line by line: a list must work even when one preset is broken.
Preset read_head(const std::string& name, const fs::path& path) {
  Preset preset{name, path, {}, {}, {}};
  std::ifstream in(path);
  std::string line, comment;
  bool folded = false;
  while (std::getline(in, line)) {
    if (line.rfind("name:", 0) == 0) preset.title = trimmed(line.substr(5));
    if (line.rfind("kind:", 0) == 0) preset.sort = trimmed(line.substr(5));
    if (folded && line.rfind(' ', 0) == 0)
      preset.description += (preset.description.empty() ? "" : " ") + trimmed(line);
    else
      folded = false;
    if (line.rfind("description:", 0) == 0) preset.description = trimmed(line.substr(12));
    if (preset.description == ">-") {  // it stands in the lines below
      folded = true;
      preset.description.clear();
    }
    if (comment.empty() && line.rfind("# ", 0) == 0 && line.find("SPDX") == std::string::npos)
      comment = trimmed(line.substr(2));
  }
  if (preset.description.empty()) preset.description = comment;
  return preset;
}

bool is_root(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path / folder(PresetKind::arch), error);
}

fs::path find_root() {
  if (const char* wish = std::getenv("MANTISSA_CONFIGS"); wish && *wish) {
    if (is_root(wish)) return wish;
    throw Error(no_presets)
        .at(std::string("MANTISSA_CONFIGS=") + wish)
        .expected("a folder that holds arch/, workload/, tech/ and sweep/");
  }
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) {
    const fs::path installed = program.parent_path().parent_path() / "share/mantissa/configs";
    if (is_root(installed)) return installed;
    for (fs::path above = program.parent_path(); above.has_relative_path();
         above = above.parent_path())
      if (is_root(above / "configs")) return above / "configs";
  }
  const fs::path in_source = fs::path(MANTISSA_SOURCE_DIR) / "configs";
  if (is_root(in_source)) return in_source;
  throw Error(no_presets)
      .at(in_source.string())
      .remedy("install mantissa again, or set MANTISSA_CONFIGS to a copy of its configs folder");
}

}  // namespace

const char* folder(PresetKind kind) {
  switch (kind) {
    case PresetKind::arch:
      return "arch";
    case PresetKind::memory:
    case PresetKind::dram:
      return "memory";
    case PresetKind::technology:
      return "tech";
    case PresetKind::workload:
      return "workload";
    case PresetKind::sweep:
      return "sweep";
    case PresetKind::study:
      return "studies";
  }
  return "";
}

const char* what(PresetKind kind) {
  switch (kind) {
    case PresetKind::arch:
      return "an architecture";
    case PresetKind::memory:
      return "a memory";
    case PresetKind::dram:
      return "a DRAM";
    case PresetKind::technology:
      return "a technology";
    case PresetKind::workload:
      return "a workload";
    case PresetKind::sweep:
      return "a sweep";
    case PresetKind::study:
      return "a study";
  }
  return "";
}

const Presets& Presets::standard() {
  static const Presets presets(find_root());
  return presets;
}

std::vector<Preset> Presets::list(PresetKind kind) const {
  std::vector<Preset> presets;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(root_ / folder(kind), error)) {
    const std::string name = stem(entry.path().filename().string());
    if (name.empty() || !entry.is_regular_file()) continue;
    Preset preset = read_head(name, entry.path());
    if (kind == PresetKind::dram && preset.sort != "dram") continue;
    // A technology without a name is what others are based on.
    if (kind != PresetKind::technology || !preset.title.empty()) presets.push_back(preset);
  }
  std::sort(presets.begin(), presets.end(),
            [](const Preset& a, const Preset& b) { return a.name < b.name; });
  return presets;
}

config::Resolver Presets::resolver(PresetKind kind) const {
  return config::preset_folders({(root_ / folder(kind)).string()});
}

std::string Presets::find(PresetKind kind, const std::string& name_or_file,
                          const Place& named_at) const {
  std::error_code error;
  const bool like_a_file =
      name_or_file.find('/') != std::string::npos || !stem(name_or_file).empty();
  const auto presets = list(kind);
  if (!like_a_file)
    for (const auto& preset : presets)
      if (preset.name == name_or_file || (!preset.title.empty() && preset.title == name_or_file))
        return preset.path.string();
  // Whoever opens the file must not take a bare word for a preset again.
  if (fs::is_regular_file(name_or_file, error))
    return like_a_file ? name_or_file : "./" + name_or_file;
  // PREFIX of a trace with one file per rank.
  if (kind == PresetKind::workload && fs::exists(name_or_file + ".0.et", error))
    return name_or_file;

  std::vector<std::string> names;
  std::string list_text;
  for (const auto& preset : presets) {
    names.push_back(preset.name);
    list_text += (list_text.empty() ? "" : ", ") + preset.name;
  }
  if (fs::is_directory(name_or_file, error))
    throw Error(unknown_file)
        .at(name_or_file)
        .say("this is a folder")
        .expected(std::string("the file of ") + what(kind));
  if (like_a_file) throw Error(unknown_file).at(name_or_file).say("there is no such file");
  const bool in_a_file = !named_at.text().empty();
  throw Error(in_a_file ? unknown_reference : unknown_preset)
      .at(named_at)
      .read(name_or_file)
      .expected(std::string("the file of ") + what(kind) + ", or one of " + list_text)
      .nearest(nearest_name(name_or_file, names));
}

}  // namespace mantissa::sim
