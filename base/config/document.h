// SPDX-License-Identifier: Apache-2.0
// A configuration document: a YAML file, the documents it inherits from, and overrides from the
// command line, merged into one node in which every value still knows where it was written.
//
//   # my_chip.yaml
//   version: 1
//   base: tpu_v1            # a preset, or a file beside this one: base: common/chip.yaml
//   core: {matrix: {rows: 128}}
//
//   const auto presets = config::preset_folders({"configs/arch"});
//   const auto chip = config::load<ArchConfig>("my_chip.yaml", presets, {"core.clock=1 GHz"});
//   chip.value.core.matrix.rows;  chip.yaml;  chip.hash;
//
// A child's keys win over its base's; sections merge key by key, lists and values are replaced. A
// word over a section that has a `model` picks the model: `memory: dram`.
// Every file says `version: 1`. Errors: those of the reader, config.version, config.base-cycle,
// config.unknown-base, config.override, config.path; those of the schema for load<T>().
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/config/node.h"
#include "base/config/schema.h"

namespace mantissa::config {

constexpr std::int64_t document_version = 1;

// From a preset's name to the path of its file. Throws Error for a name that it does not know.
using Resolver = std::function<std::string(const std::string& name)>;

// Looks for NAME.yaml in the folders in turn; the message of an unknown name lists what exists.
Resolver preset_folders(std::vector<std::string> folders);

// A section that may inherit from documents of another kind: `dram: NAME`, or
// `dram: {base: NAME, ...}` with what differs. A file's name is relative to the file that names it.
struct SectionBase {
  std::string path;  // dotted
  Resolver resolver;
  std::string kind;  // that the document must say it is; empty: none
};

struct Document {
  Node node;                       // without `base`, with `version`
  std::vector<std::string> files;  // this one first, then its base, and so on
};

// `name` is a file when it contains '/' or ends in .yaml or .yml, and a preset's name otherwise.
// The document's sections may be left to several schemas.
Document load_document(const std::string& name, const Resolver& resolver = {},
                       const std::vector<std::string>& overrides = {},
                       const std::vector<SectionBase>& sections = {});

// Throws config.version unless `version: 1` stands in the node.
void check_version(const Node& node);

// The saved form of a configuration: every parameter, defaults included, and the version. Loading
// it yields the same value, the same text and the same hash.
template <class T>
std::string resolved_yaml(const T& value) {
  Node node = T::schema().write(value);
  if (node.find("version") != nullptr) return node.yaml();
  return "version: " + std::to_string(document_version) + "\n" + node.yaml();
}

template <class T>
struct Loaded {
  T value;
  std::string yaml;  // resolved_yaml(value)
  std::string hash;  // content_hash(yaml): equal for equal configurations, however written
  std::vector<std::string> files;
};

// Loads a document and parses it. The schema may declare `version` itself or leave it out.
template <class T>
Loaded<T> load(const std::string& name, const Resolver& resolver = {},
               const std::vector<std::string>& overrides = {},
               const std::vector<SectionBase>& sections = {}) {
  Document document = load_document(name, resolver, overrides, sections);
  bool declares_version = false;
  for (const auto& parameter : T::schema().parameters())
    declares_version = declares_version || parameter.name == "version";
  if (!declares_version) document.node.erase("version");
  Loaded<T> loaded{T::schema().parse(document.node), {}, {}, std::move(document.files)};
  loaded.yaml = resolved_yaml(loaded.value);
  loaded.hash = content_hash(loaded.yaml);
  return loaded;
}

}  // namespace mantissa::config
