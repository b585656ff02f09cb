// SPDX-License-Identifier: Apache-2.0
// Reads one value of a given type from a node, and checks its range: the part of a schema that does
// not depend on the struct. Also for free-form documents that no schema describes.
//
// `path` is the dotted key that every message names: "core.matrix.rows".
// Errors: config.wrong-type, config.number, config.unit, config.range, config.choice.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/config/node.h"
#include "base/config/quantity_text.h"
#include "base/config/range.h"

namespace mantissa::config {

// Only `true` and `false`; YAML 1.1's on, off, yes, no, y, n are refused, as are quoted ones.
bool parse_boolean(const Node& node, const std::string& path);
// Decimal digits only: no quotes, 1e6, 010, 0x10, 1_000. 64 bits, signed.
std::int64_t parse_integer(const Node& node, const std::string& path);
// A finite decimal number without quotes.
double parse_real(const Node& node, const std::string& path);
// Any scalar, with its text as written.
std::string parse_text(const Node& node, const std::string& path);
// The index of one of `choices`.
std::size_t parse_choice(const Node& node, const std::string& path,
                         const std::vector<std::string>& choices);

template <class Q>
Q parse_quantity(const Node& node, const std::string& path);

// Throws config.wrong-type unless the node is of that kind.
void expect_map(const Node& node, const std::string& path);
void expect_sequence(const Node& node, const std::string& path);
void expect_scalar(const Node& node, const std::string& path, const std::string& expected);
Error type_error(const Node& node, const std::string& path, const std::string& expected);

// Throws config.range. `bounds` is the range in words.
void check_range(long double value, const Range& range, const std::string& bounds, const Node& node,
                 const std::string& path);

std::string integer_text(double value);  // of a bound: "1024", not "1024.0" or "1.024e3"
std::string join_path(const std::string& path, const std::string& key);

template <class Q>
Q parse_quantity(const Node& node, const std::string& path) {
  expect_scalar(node, path, dimension<Q>().what);
  return parse_quantity<Q>(node.text(), Spot{path, node.place()});
}

}  // namespace mantissa::config
