// SPDX-License-Identifier: Apache-2.0
// A YAML document read strictly: every node knows its place, scalars keep their text, and what
// yaml-cpp 0.7 silently misreads is refused: duplicate keys, lines lost or glued together by a
// wrong indentation, second documents, merge keys, anchors, tags, tabs, depth above 64. Since
// scalars keep their text, 010, on, yes, .nan and .inf are refused where a number or a boolean is
// asked for (values.h) and are texts elsewhere.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"

namespace mantissa::config {

class Node {
 public:
  enum class Kind { null, scalar, sequence, map };

  Node() = default;  // null
  static Node scalar(std::string text, Place place = {}, bool quoted = false);
  static Node sequence(std::vector<Node> items, Place place = {});
  static Node map(std::vector<std::pair<std::string, Node>> entries, Place place = {});

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::null; }
  bool is_scalar() const { return kind_ == Kind::scalar; }
  bool is_sequence() const { return kind_ == Kind::sequence; }
  bool is_map() const { return kind_ == Kind::map; }
  bool quoted() const { return quoted_; }
  const Place& place() const { return place_; }
  const std::string& text() const { return text_; }          // scalar
  const std::vector<Node>& items() const { return items_; }  // sequence
  const std::vector<std::pair<std::string, Node>>& entries() const {
    return entries_;
  }                                                          // map, in order
  const Node* find(const std::string& key) const;            // map; nullptr when absent
  const Node* find_dotted(const std::string& dotted) const;  // a.b.c, a.0.b; or nullptr
  Place key_place(const std::string& key) const;             // where the key itself stands

  // Sets a.b.c, making maps on the way; items that a list has as a.0.b. Throws config.path.
  void set(const std::string& dotted, Node value);
  // Removes a key of this map; true when it was there.
  bool erase(const std::string& key);
  // Gives this node and all below it one place: an override has no lines.
  void stand_at(const Place& place);
  // Deep merge: maps merge key by key, a word over a map with a `model` picks the model, everything
  // else is replaced by `over`.
  static Node merge(const Node& under, const Node& over);

  std::string yaml() const;  // canonical block style, stable: the text that is hashed and saved

 private:
  Kind kind_ = Kind::null;
  bool quoted_ = false;
  std::string text_;
  std::vector<Node> items_;
  std::vector<std::pair<std::string, Node>> entries_;
  std::map<std::string, Place> key_places_;
  Place place_;
  friend class Reader;
};

// Whether a text must be quoted for every YAML reader to take it as a text, and as this very text:
// true, on, 010 and 1e3 are numbers or booleans to some.
bool needs_quotes(const std::string& text);
// The node on one line, in flow style: "[1, 2]", "{a: 1}".
std::string inline_yaml(const Node& node);

// Reads a file or a text strictly. Errors carry file, line, column.
Node read_file(const std::string& path);
Node read_text(const std::string& text, const std::string& name);

// Command-line override "a.b=value": the value is parsed as YAML (so lists work). Place.detail says
// which --set it came from.
std::pair<std::string, Node> parse_override(const std::string& text);

// FNV-1a 64 of the canonical text, 16 hex digits.
std::string content_hash(const std::string& text);

}  // namespace mantissa::config
