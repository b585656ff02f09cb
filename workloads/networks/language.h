// SPDX-License-Identifier: Apache-2.0
// The language that networks are written in, as far as it is text: parameters, cases and blocks.
//
//   $name                          the value of a parameter, whatever its type
//   switch: {on: $name, cases: {a: ..., b: ...}}
//                                  is replaced by the case; a list among list items is spliced in
//   blocks: {fire: {parameters: {squeeze: required, expand: 64}, layers: [...]}}
//                                  makes `- fire: {squeeze: 16}` a layer
//
// There is no arithmetic: what follows from shapes is the layers' business. Every parameter must be
// referred to, and every reference must have a parameter.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/config/node.h"

namespace mantissa::workloads {

// The parameters in sight at one place of the file.
class Bindings {
 public:
  Bindings() = default;
  // `parameters` is a map or null. Names of an enclosing scope, which must outlive this one, stay
  // visible.
  explicit Bindings(const config::Node& parameters, Bindings* outer = nullptr);

  // A copy of `node` without references and switches.
  config::Node resolve(const config::Node& node);
  // What `node` refers to counts as used, as far as it is known here.
  void note_references(const config::Node& node);
  // Throws Error(unused_parameter) for the first one that nothing resolved so far refers to.
  void check_all_used() const;

  std::vector<std::string> names() const;

 private:
  const config::Node& value(const std::string& reference, const Place& place);
  config::Node resolve_switch(const config::Node& body);
  std::vector<config::Node> resolve_items(const std::vector<config::Node>& items);

  Bindings* outer_ = nullptr;
  std::map<std::string, config::Node> values_;
  std::map<std::string, Place> places_;
  std::set<std::string> used_;
};

// A block that the file defines: layers with parameters of their own.
struct Block {
  std::string name;
  Place place;
  config::Node parameters;  // name: default, or `required`
  config::Node layers;

  // The layers with the arguments of one use put in.
  config::Node instantiate(const config::Node& arguments, const Place& use, Bindings& outer) const;
};

std::map<std::string, Block> read_blocks(const config::Node* blocks);
// Throws Error(unused_parameter) for a block that neither the layers nor another block mention.
void check_blocks_used(const std::map<std::string, Block>& blocks, const config::Node& layers);

// `node` must be a map with no other keys than these; throws Error(bad_form) or unknown_key.
void expect_keys(const config::Node& node, const std::string& what,
                 const std::vector<std::string>& required,
                 const std::vector<std::string>& optional = {});

}  // namespace mantissa::workloads
