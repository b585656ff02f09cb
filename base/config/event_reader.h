// SPDX-License-Identifier: Apache-2.0
// Builds a Node from yaml-cpp's events and refuses on the way what yaml-cpp would let pass. Events
// rather than YAML::Node, since those drop duplicate keys and know no marks of keys.
//
// Marks of yaml-cpp count bytes from 0; RawText turns them into places and holds the text that the
// events are compared with.
#pragma once

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/config/node.h"
#include "base/config/raw_text.h"

namespace mantissa::config {

class Reader : private YAML::EventHandler {
 public:
  explicit Reader(const RawText& raw) : raw_(raw) {}
  Node read();

 private:
  struct Section {  // a map or a list that is still open
    Node node;
    std::size_t offset = 0;
    std::optional<std::string> key;  // read, its value not yet
    Place key_place;
  };

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

  void open(Node section, const YAML::Mark& mark, YAML::EmitterStyle::value style);
  void close();
  // The first illegal key ends the building; the parser goes on, to find brackets left open.
  Error& refuse_key(std::size_t offset);
  void take_key(const std::string& key, std::size_t offset, std::size_t end);
  void add(Node value);
  bool expects_key() const;
  Place place_of_value(const YAML::Mark& mark, bool block) const;

  void refuse_anchor_and_tag(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag);
  std::size_t end_of_scalar(std::size_t offset, const std::string& value);
  void see(std::size_t offset);
  void check_lines() const;
  [[noreturn]] void refuse_syntax(const YAML::Exception& fault) const;

  const RawText& raw_;
  std::vector<Section> open_;
  std::optional<Node> root_;
  std::optional<Error> pending_;  // a key without colon; an unclosed bracket is the better message
  std::set<std::size_t> lines_;   // lines that yielded an event or belong to a block text
  std::size_t block_text_ = 0;    // line of the '|' or '>' before the next event, 0 for none
  int documents_ = 0;
};

}  // namespace mantissa::config
