// SPDX-License-Identifier: Apache-2.0
#include "base/config/folder_path.h"

#include <filesystem>

namespace mantissa::config {

FolderPath Codec<FolderPath>::parse(const Node& node, const std::string& path, const Range&) {
  namespace fs = std::filesystem;
  const std::string text = parse_text(node, path);
  if (text == "none" && !node.quoted()) return {};
  std::error_code error;
  const fs::path beside = fs::path(node.place().file).parent_path() / text;
  if (!node.place().file.empty() && fs::is_directory(beside, error)) return {beside.string()};
  if (fs::is_directory(text, error)) return {text};
  throw Error(no_such_folder)
      .at(node.place())
      .say(path + ": no such folder")
      .read(text)
      .expected("a folder, beside the file that names it or from here");
}

}  // namespace mantissa::config
