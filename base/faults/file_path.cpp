// SPDX-License-Identifier: Apache-2.0
#include "base/faults/file_path.h"

#include "base/config/folder_path.h"

namespace mantissa::config {

faults::FilePath Codec<faults::FilePath>::parse(const Node& node, const std::string& path,
                                                const Range&) {
  const std::string text = parse_text(node, path);
  if (text == "none" && !node.quoted()) return {};
  if (const auto found = find_path(node, text, PathKind::file)) return {*found};
  throw Error(faults::unreadable_file)
      .at(node.place())
      .say(path + ": no such file")
      .read(text)
      .expected("a file beside this one");
}

}  // namespace mantissa::config
