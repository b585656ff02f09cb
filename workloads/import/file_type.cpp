// SPDX-License-Identifier: Apache-2.0
#include "workloads/import/file_type.h"

#include <map>

namespace mantissa::workloads {

namespace {

std::map<std::string, FileType>& registered() {
  static std::map<std::string, FileType> types;
  return types;
}

}  // namespace

std::vector<const FileType*> file_types() {
  std::vector<const FileType*> out;
  for (const auto& entry : registered()) out.push_back(&entry.second);
  return out;
}

const FileType* file_type(const std::string& extension) {
  const auto found = registered().find(extension);
  return found == registered().end() ? nullptr : &found->second;
}

FileTypeRegistration::FileTypeRegistration(FileType type) {
  const std::string extension = type.extension;
  MANTISSA_CHECK(registered().emplace(extension, std::move(type)).second,
                 "two readers of files " + extension);
}

}  // namespace mantissa::workloads
