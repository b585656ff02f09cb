// SPDX-License-Identifier: Apache-2.0
#include "base/config/folder_path.h"

#include <filesystem>

namespace mantissa::config {

std::optional<std::string> find_path(const Node& node, const std::string& text, PathKind kind) {
  namespace fs = std::filesystem;
  const auto is = [kind](const fs::path& path) {
    std::error_code error;
    return kind == PathKind::file ? fs::is_regular_file(path, error)
                                  : fs::is_directory(path, error);
  };
  const fs::path beside = fs::path(node.place().file).parent_path() / text;
  if (!node.place().file.empty() && is(beside)) return beside.string();
  if (is(text)) return text;
  return std::nullopt;
}

FolderPath Codec<FolderPath>::parse(const Node& node, const std::string& path, const Range&) {
  const std::string text = parse_text(node, path);
  if (text == "none" && !node.quoted()) return {};
  if (const auto found = find_path(node, text, PathKind::folder)) return {*found};
  throw Error(no_such_folder)
      .at(node.place())
      .say(path + ": no such folder")
      .read(text)
      .expected("a folder, beside the file that names it or from here");
}

}  // namespace mantissa::config
