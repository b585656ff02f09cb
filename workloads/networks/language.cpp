// SPDX-License-Identifier: Apache-2.0
#include "workloads/networks/language.h"

#include <algorithm>
#include <utility>

#include "base/config/kinds.h"
#include "workloads/errors.h"

namespace mantissa::workloads {

using config::Node;

namespace {

// "$name" and nothing else: a text may contain a dollar.
bool is_reference(const Node& node) {
  return node.is_scalar() && node.text().size() > 1 && node.text()[0] == '$';
}

bool is_switch(const Node& node) {
  return node.is_map() && node.entries().size() == 1 && node.entries()[0].first == "switch";
}

std::vector<std::string> keys(const Node& map) {
  std::vector<std::string> names;
  for (const auto& [key, value] : map.entries()) names.push_back(key);
  return names;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none" : text;
}

}  // namespace

void expect_keys(const Node& node, const std::string& what,
                 const std::vector<std::string>& required,
                 const std::vector<std::string>& optional) {
  std::vector<std::string> known = required;
  known.insert(known.end(), optional.begin(), optional.end());
  if (!node.is_map()) {
    throw Error(bad_form)
        .at(node.place())
        .say(what + " must be a section")
        .expected("the keys " + joined(known));
  }
  for (const auto& [key, value] : node.entries()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    throw Error(config::unknown_key)
        .at(node.key_place(key))
        .read(key)
        .expected("a key of " + what + ": " + joined(known))
        .nearest(nearest_name(key, known));
  }
  for (const std::string& key : required) {
    if (node.find(key) != nullptr) continue;
    throw Error(config::missing_key).at(node.place()).say(what + " needs the key '" + key + "'");
  }
}

// Names are looked up from the inside out, so that a block may call its parameter as the network
// does.
Bindings::Bindings(const Node& parameters, Bindings* outer) : outer_(outer) {
  if (parameters.is_null()) return;
  if (!parameters.is_map()) {
    throw Error(bad_form).at(parameters.place()).say("parameters must be a section of name: value");
  }
  for (const auto& [name, value] : parameters.entries()) {
    values_[name] = value;
    places_[name] = parameters.key_place(name);
  }
}

std::vector<std::string> Bindings::names() const {
  std::vector<std::string> names = outer_ != nullptr ? outer_->names() : std::vector<std::string>{};
  for (const auto& [name, value] : values_) names.push_back(name);
  return names;
}

const Node& Bindings::value(const std::string& reference, const Place& place) {
  const std::string name = reference.substr(1);
  const auto found = values_.find(name);
  if (found == values_.end()) {
    const std::vector<std::string> outside = outer_ != nullptr ? outer_->names() : names();
    if (std::find(outside.begin(), outside.end(), name) != outside.end()) {
      return outer_->value(reference, place);
    }
    const std::string near = nearest_name(name, names());
    throw Error(unknown_reference)
        .at(place)
        .read(reference)
        .expected("a parameter: " + joined(names()))
        .nearest(near.empty() ? "" : "$" + near);
  }
  used_.insert(name);
  return found->second;
}

// Looks at text, not at what is built: a block counts as a user before it is instantiated, and a
// case that is not taken does too.
void Bindings::note_references(const Node& node) {
  if (is_reference(node)) {
    const std::string name = node.text().substr(1);
    if (values_.count(name) != 0) used_.insert(name);
    if (values_.count(name) == 0 && outer_ != nullptr) outer_->note_references(node);
  }
  for (const Node& item : node.items()) note_references(item);
  for (const auto& [key, item] : node.entries()) note_references(item);
}

Node Bindings::resolve_switch(const Node& body) {
  expect_keys(body, "switch", {"on", "cases"});
  const Node on = resolve(*body.find("on"));
  const Node& cases = *body.find("cases");
  if (!on.is_scalar() || !cases.is_map()) {
    throw Error(bad_form)
        .at(body.place())
        .say("switch needs a value as `on` and a section of `cases`");
  }
  note_references(cases);  // what stands in a case that is not taken counts too
  const Node* taken = cases.find(on.text());
  if (taken == nullptr) {
    throw Error(unknown_case)
        .at(on.place())
        .read(on.text())
        .expected("one of " + joined(keys(cases)))
        .nearest(nearest_name(on.text(), keys(cases)));
  }
  return resolve(*taken);
}

// Only a switch that stands as a list item is spliced; a parameter that is a list stays one item.
std::vector<Node> Bindings::resolve_items(const std::vector<Node>& items) {
  std::vector<Node> out;
  for (const Node& item : items) {
    Node resolved = resolve(item);
    if (is_switch(item) && resolved.is_sequence()) {
      out.insert(out.end(), resolved.items().begin(), resolved.items().end());
    } else {
      out.push_back(std::move(resolved));
    }
  }
  return out;
}

// Values are put in as nodes, not as text: a list stays a list, and a wrong value is reported where
// it was written, be it the command line.
Node Bindings::resolve(const Node& node) {
  if (is_reference(node)) return value(node.text(), node.place());
  if (is_switch(node)) return resolve_switch(node.entries()[0].second);
  if (node.is_sequence()) return Node::sequence(resolve_items(node.items()), node.place());
  if (!node.is_map()) return node;
  Node copy = node;  // keeps the places of the keys
  for (const auto& [key, item] : node.entries()) copy.set(key, resolve(item));
  return copy;
}

void Bindings::check_all_used() const {
  for (const auto& [name, value] : values_) {
    if (used_.count(name) != 0) continue;
    throw Error(unused_parameter)
        .at(places_.at(name))
        .read(name)
        .expected("a parameter that something refers to as $" + name);
  }
}

std::map<std::string, Block> read_blocks(const Node* blocks) {
  std::map<std::string, Block> out;
  if (blocks == nullptr || blocks->is_null()) return out;
  if (!blocks->is_map()) {
    throw Error(bad_form).at(blocks->place()).say("blocks must be a section of name: block");
  }
  for (const auto& [name, body] : blocks->entries()) {
    expect_keys(body, "block " + name, {"layers"}, {"parameters"});
    const Node* parameters = body.find("parameters");
    out[name] = Block{name, blocks->key_place(name), parameters ? *parameters : Node(),
                      *body.find("layers")};
  }
  return out;
}

namespace {

// Whether a layer of this type is written anywhere below.
bool mentions(const Node& node, const std::string& type) {
  if (node.is_scalar()) return node.text() == type;
  for (const Node& item : node.items()) {
    if (mentions(item, type)) return true;
  }
  for (const auto& [key, value] : node.entries()) {
    if (key == type || mentions(value, type)) return true;
  }
  return false;
}

}  // namespace

void check_blocks_used(const std::map<std::string, Block>& blocks, const Node& layers) {
  for (const auto& [name, block] : blocks) {
    bool used = mentions(layers, name);
    for (const auto& [other, body] : blocks) used = used || mentions(body.layers, name);
    if (used) continue;
    throw Error(unused_parameter).at(block.place).read(name).expected("a block that is used");
  }
}

// Arguments win over defaults; every parameter must be used in the layers, or it is a misspelling.
Node Block::instantiate(const Node& arguments, const Place& use, Bindings& outer) const {
  const std::vector<std::string> known =
      parameters.is_map() ? keys(parameters) : std::vector<std::string>{};
  if (!arguments.is_null()) expect_keys(arguments, name, {}, known);
  Node filled = parameters;
  for (const std::string& key : known) {
    const Node* given = arguments.is_map() ? arguments.find(key) : nullptr;
    const Node* fallback = parameters.find(key);
    if (given != nullptr) {
      filled.set(key, *given);
    } else if (fallback->is_scalar() && fallback->text() == "required") {
      throw Error(config::missing_key).at(use).say(name + " needs the key '" + key + "'");
    }
  }
  Bindings bindings(filled, &outer);
  Node resolved = bindings.resolve(layers);
  bindings.check_all_used();
  return resolved;
}

}  // namespace mantissa::workloads
