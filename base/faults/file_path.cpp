// SPDX-License-Identifier: Apache-2.0
#include "base/faults/file_path.h"

#include <filesystem>

namespace mantissa::config {

faults::FilePath Codec<faults::FilePath>::parse(const Node& node, const std::string& path,
                                                const Range&) {
  namespace fs = std::filesystem;
  const std::string text = parse_text(node, path);
  if (text == "none" && !node.quoted()) return {};
  std::error_code error;
  const fs::path beside = fs::path(node.place().file).parent_path() / text;
  if (!node.place().file.empty() && fs::is_regular_file(beside, error)) return {beside.string()};
  if (fs::is_regular_file(text, error)) return {text};
  throw Error(faults::unreadable_file)
      .at(node.place())
      .say(path + ": no such file")
      .read(text)
      .expected("a file beside this one");
}

}  // namespace mantissa::config
