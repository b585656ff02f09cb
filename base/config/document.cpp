// SPDX-License-Identifier: Apache-2.0
#include "base/config/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/config/kinds.h"
#include "base/config/values.h"

namespace mantissa::config {
namespace {

namespace fs = std::filesystem;

bool is_file_name(const std::string& name) {
  const std::string extension = fs::path(name).extension().string();
  return name.find('/') != std::string::npos || extension == ".yaml" || extension == ".yml";
}

// One name for a file, however it is reached.
std::string identity(const std::string& path) {
  std::error_code fault;
  const fs::path canonical = fs::weakly_canonical(path, fault);
  return fault ? path : canonical.string();
}

// The path that `name` stands for. `folder` is that of the file in which it is written.
std::string resolve(const std::string& name, const fs::path& folder, const Resolver& resolver,
                    const Place& place) {
  if (is_file_name(name))
    return (folder / name).lexically_normal().string();  // an absolute name stays as it is
  if (!resolver)
    throw Error(unknown_base)
        .at(place)
        .read(name)
        .expected("a file name ending in .yaml: there are no presets here");
  try {
    return resolver(name);
  } catch (Error& error) {
    throw error.at(place);
  }
}

// Reads `path` and what it inherits from into `node`, base first, so that each child wins over it.
void append(const std::string& path, const Place& from, const Resolver& resolver,
            std::vector<std::string>& files, Node& node) {
  for (const std::string& seen : files) {
    if (identity(seen) != identity(path)) continue;
    throw Error(base_cycle)
        .at(from)
        .say(fmt::format("a document cannot inherit from itself: {} -> {}",
                         fmt::join(files, " -> "), path))
        .remedy("remove one 'base:'");
  }
  Node own;
  try {
    own = read_file(path);
  } catch (Error& error) {
    // A base that cannot be opened is the fault of the line that names it.
    if (files.empty() || &error.kind() != &unreadable) throw;
    throw Error(unreadable)
        .at(from)
        .say("the base cannot be read")
        .read(path)
        .expected("a readable YAML file")
        .remedy("paths are relative to the file that names them");
  }
  files.push_back(path);
  expect_map(own, "");
  check_version(own);
  const Node* base = own.find("base");
  if (base == nullptr) {
    node = std::move(own);
    return;
  }
  const std::string name = parse_text(*base, "base");
  const Place place = base->place();
  own.erase("base");
  append(resolve(name, fs::path(path).parent_path(), resolver, place), place, resolver, files,
         node);
  node = Node::merge(node, own);
}

// One --set, in the order of the command line: the last word wins.
void apply(const std::string& text, const std::vector<SectionBase>& sections, Node& node) {
  auto [key, value] = parse_override(text);
  // A section's word is its base, so that a later --set may add to it.
  for (const SectionBase& section : sections)
    if (section.path == key && value.is_scalar())
      value = Node::map({{"base", value}}, value.place());
  // A section merges into the one that is there, as a child's does.
  const Node* old = node.find_dotted(key);
  const bool another_base = value.is_map() && value.find("base") != nullptr;
  if (old != nullptr && old->is_map() && !another_base) value = Node::merge(*old, value);
  if (key == "version" || key == "base")
    throw Error(bad_override)
        .at(value.place())
        .say(fmt::format("'{}' belongs to the file and cannot be overridden", key));
  node.set(key, std::move(value));
}

// Lays what the section says over the document that it names.
void inherit(const SectionBase& section, Document& document) {
  const Node* found = document.node.find_dotted(section.path);
  if (found == nullptr || !(found->is_map() || found->is_scalar())) return;
  Node own = found->is_map() ? *found : Node::map({{"base", *found}}, found->place());
  const Node* named = own.find("base");
  if (named == nullptr) return;
  const std::string name = parse_text(*named, join_path(section.path, "base"));
  const Place place = named->place();
  std::vector<std::string> files;
  Node base;
  append(resolve(name, fs::path(place.file).parent_path(), section.resolver, place), place,
         section.resolver, files, base);
  const Node* kind = base.find("kind");
  if (!section.kind.empty() && kind != nullptr && kind->is_scalar() && kind->text() != section.kind)
    throw Error(unknown_base)
        .at(place)
        .read(name)
        .expected(fmt::format("a document of kind {}; this is one of kind {}", section.kind,
                              kind->text()));
  own.erase("base");
  base.erase("version");
  document.node.set(section.path, Node::merge(base, own));
  document.files.insert(document.files.end(), files.begin(), files.end());
}

}  // namespace

Resolver preset_folders(std::vector<std::string> folders) {
  return [folders = std::move(folders)](const std::string& name) {
    std::vector<std::string> names;
    for (const std::string& folder : folders) {
      const fs::path path = fs::path(folder) / (name + ".yaml");
      std::error_code absent;
      if (fs::is_regular_file(path, absent)) return path.string();
      for (const auto& entry : fs::directory_iterator(folder, absent))
        if (entry.path().extension() == ".yaml") names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    throw Error(unknown_base)
        .read(name)
        .expected(names.empty()
                      ? fmt::format("a preset, but there are none in {}", fmt::join(folders, ", "))
                      : fmt::format("a file name or one of {}", fmt::join(names, ", ")))
        .nearest(nearest_name(name, names));
  };
}

void check_version(const Node& node) {
  const std::string expected = fmt::format("'version: {}'", document_version);
  const Node* version = node.find("version");
  if (version == nullptr)
    throw Error(bad_version)
        .at(node.place())
        .say("the document states no version")
        .expected(expected)
        .remedy("write it as the first line");
  const std::int64_t number = parse_integer(*version, "version");
  if (number != document_version)
    throw Error(bad_version)
        .at(version->place())
        .say("version")
        .read(version->text())
        .expected(expected);
}

Document load_document(const std::string& name, const Resolver& resolver,
                       const std::vector<std::string>& overrides,
                       const std::vector<SectionBase>& sections) {
  Document document;
  append(resolve(name, {}, resolver, {}), {}, resolver, document.files, document.node);
  for (const std::string& text : overrides) apply(text, sections, document.node);
  for (const SectionBase& section : sections) inherit(section, document);
  return document;
}

}  // namespace mantissa::config
