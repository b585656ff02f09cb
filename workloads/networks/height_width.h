// SPDX-License-Identifier: Apache-2.0
// A length in both directions of an image: `3`, the same in both, or `[1, 7]`, height and width.
//
//   conv: {channels: 192, kernel: [1, 7], padding: [0, 3]}
#pragma once

#include <cstdint>
#include <vector>

#include "base/config/codec.h"
#include "base/config/kinds.h"

namespace mantissa::workloads {

struct HeightWidth {
  std::int64_t height = 0, width = 0;

  // As attributes of operators have it.
  std::vector<std::int64_t> list() const {
    return height == width ? std::vector{height} : std::vector{height, width};
  }
  friend bool operator==(const HeightWidth& a, const HeightWidth& b) {
    return a.height == b.height && a.width == b.width;
  }
};

}  // namespace mantissa::workloads

namespace mantissa::config {

template <>
struct Codec<workloads::HeightWidth> {
  using Item = Codec<std::int64_t>;
  static constexpr bool has_range = true;
  static ParameterInfo info() {
    return ParameterInfo::of(ValueKind::integer, "integer or [height, width]");
  }
  static workloads::HeightWidth parse(const Node& node, const std::string& path,
                                      const Range& range) {
    if (!node.is_sequence()) {
      const std::int64_t both = Item::parse(node, path, range);
      return {both, both};
    }
    const auto list = Codec<std::vector<std::int64_t>>::parse(node, path, range);
    if (list.size() == 2) return {list[0], list[1]};
    throw Error(wrong_type)
        .at(node.place())
        .say(path)
        .read("a list of " + std::to_string(list.size()))
        .expected("an integer for both directions, or [height, width]");
  }
  static Node write(const workloads::HeightWidth& value) {
    return value.height == value.width
               ? Item::write(value.height)
               : Codec<std::vector<std::int64_t>>::write({value.height, value.width});
  }
  static std::string range_text(const Range& range) { return Item::range_text(range); }
};

}  // namespace mantissa::config
