// SPDX-License-Identifier: Apache-2.0
// The free-form parts of a sweep: maps from any dotted parameter to one value, to a list of values,
// or to a distribution. Values keep their text, units included, as if given with --set.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/config/schema.h"

namespace mantissa::sweep {

// core.matrix.rows: 64
struct Setting {
  std::string key, value;
  Place place;
  std::string text() const { return key + "=" + value; }
};
struct Settings {
  std::vector<Setting> items;
};

// core.matrix.rows: [32, 64, 128]
struct Axis {
  std::string key;
  std::vector<std::string> values;
  Place place;
};
struct Axes {
  std::vector<Axis> items;
};

// core.scratchpad.capacity: {range: [64 KiB, 4 MiB], log: true}   or   {choices: [1, 2, 4]}
struct Distribution {
  std::vector<std::string> range;  // low and high, both with the same unit
  std::vector<std::string> choices;
  bool log = false;  // uniform in the logarithm of the value
};
struct RandomParameter {
  std::string key;
  Distribution distribution;
  Place place;
};
struct RandomParameters {
  std::vector<RandomParameter> items;
};

// A text that remembers where it was written.
struct PlacedText {
  std::string text;
  Place place;
};

}  // namespace mantissa::sweep

namespace mantissa::config {

template <>
struct Codec<sweep::Settings> : UnrangedCodec {
  static ParameterInfo info();
  static sweep::Settings parse(const Node& node, const std::string& path, const Range&);
  static Node write(const sweep::Settings& value);
};

template <>
struct Codec<sweep::Axes> : UnrangedCodec {
  static ParameterInfo info();
  static sweep::Axes parse(const Node& node, const std::string& path, const Range&);
  static Node write(const sweep::Axes& value);
};

template <>
struct Codec<sweep::RandomParameters> : UnrangedCodec {
  static ParameterInfo info();
  static sweep::RandomParameters parse(const Node& node, const std::string& path, const Range&);
  static Node write(const sweep::RandomParameters& value);
};

template <>
struct Codec<sweep::PlacedText> : UnrangedCodec {
  static ParameterInfo info() { return ParameterInfo::of(ValueKind::text, "text"); }
  static sweep::PlacedText parse(const Node& node, const std::string& path, const Range&) {
    return {parse_text(node, path), node.place()};
  }
  static Node write(const sweep::PlacedText& value) {
    return Node::scalar(value.text, {}, needs_quotes(value.text));
  }
};

}  // namespace mantissa::config
