// SPDX-License-Identifier: Apache-2.0
// The data sets that are known by name: their files with the checksums that their publishers give,
// where they are looked for, and where a user gets them. Nothing is ever downloaded.
//
// Folders searched: those of $MANTISSA_DATA (separated by colons), or else
// $XDG_DATA_HOME/mantissa, which is ~/.local/share/mantissa without that variable. Within a folder,
// a set may lie in a folder of its name, or where its own archive or torchvision puts it.
//
//   const KnownSet& cifar = known_set(Known::cifar10);
//   const Location at = locate(cifar, SearchPath::standard());
//   at.found() ? at.paths : at.searched;
#pragma once

#include <string>
#include <vector>

#include "workloads/data/dataset.h"

namespace mantissa::data {

enum class Known {
  none,
  // on disk
  digits,
  mnist,
  fashion_mnist,
  cifar10,
  cifar100,
  // generated (synthetic.h)
  gaussians,
  stripes,
  linear_teacher,
};
bool is_synthetic(Known set);

struct KnownFile {
  const char* name;
  Checksum published;       // unknown where nobody publishes one
  std::uint64_t bytes = 0;  // 0: the checksum says it all
};

// One of the forms in which a set comes: as it is published, or unpacked.
struct SetForm {
  const char* what;  // "as published", "unpacked"
  std::vector<KnownFile> files;
};

struct KnownSet {
  Known id;
  const char* name;
  const char* summary;
  Shape shape;
  std::int64_t train, test;  // samples
  std::vector<std::string> classes;
  std::vector<SetForm> forms;        // those that can be checked best first
  std::vector<const char*> folders;  // below each folder that is searched
  const char* installed;             // where a package puts it, or empty
  const char* address;               // where a user gets it
  const char* sums_from;             // who publishes the checksums
};

// Those on disk, in the order in which they are listed.
const std::vector<KnownSet>& known_sets();
const KnownSet& known_set(Known id);

struct SearchPath {
  std::vector<std::string> folders;
  bool only = false;  // a root that the user names: nothing else is searched, and it itself is

  static SearchPath standard();
  static SearchPath root(const std::string& folder) { return {{folder}, true}; }
};

struct Location {
  const SetForm* form = nullptr;      // nullptr: not found whole
  std::vector<std::string> paths;     // of the form's files
  std::vector<std::string> searched;  // folders
  std::string lacking;                // the file that a form found in part lacks
  bool found() const { return form != nullptr; }
};
Location locate(const KnownSet& set, const SearchPath& search);

// Throws data.missing, with the folders searched and the address.
[[noreturn]] void refuse_missing(const KnownSet& set, const Location& location);

}  // namespace mantissa::data
