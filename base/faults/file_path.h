// SPDX-License-Identifier: Apache-2.0
// A file that a configuration names: beside that configuration, or from where the program runs.
// Errors: faults.file when there is no such file, at the place where it is named.
#pragma once

#include <string>

#include "base/config/codec.h"
#include "base/faults/errors.h"

namespace mantissa::faults {

struct FilePath {
  std::string text;  // empty: none
  bool given() const { return !text.empty(); }
};

}  // namespace mantissa::faults

namespace mantissa::config {
template <>
struct Codec<faults::FilePath> : UnrangedCodec {
  static ParameterInfo info() {
    return ParameterInfo::or_none(ParameterInfo::of(ValueKind::text, "file"));
  }
  static faults::FilePath parse(const Node& node, const std::string& path, const Range&);
  static Node write(const faults::FilePath& value) {
    return value.given() ? Node::scalar(value.text, {}, needs_quotes(value.text))
                         : Node::scalar("none");
  }
};
}  // namespace mantissa::config
