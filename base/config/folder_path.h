// SPDX-License-Identifier: Apache-2.0
// A folder that a configuration names: beside that configuration, or from where the program runs.
// Errors: config.no-such-folder, at the place where it is named.
#pragma once

#include <optional>
#include <string>

#include "base/config/codec.h"

namespace mantissa::config {

inline const ErrorKind no_such_folder{"config.no-such-folder", ExitCode::bad_input,
                                      "A folder that a configuration names does not exist."};

struct FolderPath {
  std::string text;  // empty: none
  bool given() const { return !text.empty(); }
};

// The file or folder that `text`, read at `node`, means: beside the document that names it, or from
// where the program runs; nullopt when there is none. For codecs of paths, each with its own error.
enum class PathKind { file, folder };
std::optional<std::string> find_path(const Node& node, const std::string& text, PathKind kind);

template <>
struct Codec<FolderPath> : UnrangedCodec {
  static ParameterInfo info() {
    return ParameterInfo::or_none(ParameterInfo::of(ValueKind::text, "folder"));
  }
  static FolderPath parse(const Node& node, const std::string& path, const Range&);
  static Node write(const FolderPath& value) {
    return value.given() ? Node::scalar(value.text, {}, needs_quotes(value.text))
                         : Node::scalar("none");
  }
};

}  // namespace mantissa::config
