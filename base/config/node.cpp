// SPDX-License-Identifier: Apache-2.0
#include "base/config/node.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/config/kinds.h"

namespace mantissa::config {
namespace {

// The first step of a dotted path and the rest of it.
std::pair<std::string, std::string> split(const std::string& dotted) {
  const std::size_t dot = dotted.find('.');
  if (dot == std::string::npos) return {dotted, {}};
  return {dotted.substr(0, dot), dotted.substr(dot + 1)};
}

std::optional<std::size_t> list_index(const std::string& step, std::size_t size) {
  std::size_t index = 0;
  const char* end = step.data() + step.size();
  const auto [rest, fault] = std::from_chars(step.data(), end, index);
  if (fault != std::errc{} || rest != end || index >= size) return std::nullopt;
  return index;
}

}  // namespace

Node Node::scalar(std::string text, Place place, bool quoted) {
  Node node;
  node.kind_ = Kind::scalar;
  node.text_ = std::move(text);
  node.place_ = std::move(place);
  node.quoted_ = quoted;
  return node;
}

Node Node::sequence(std::vector<Node> items, Place place) {
  Node node;
  node.kind_ = Kind::sequence;
  node.items_ = std::move(items);
  node.place_ = std::move(place);
  return node;
}

Node Node::map(std::vector<std::pair<std::string, Node>> entries, Place place) {
  Node node;
  node.kind_ = Kind::map;
  node.entries_ = std::move(entries);
  node.place_ = std::move(place);
  return node;
}

const Node* Node::find(const std::string& key) const {
  for (const auto& [name, value] : entries_)
    if (name == key) return &value;
  return nullptr;
}

const Node* Node::find_dotted(const std::string& dotted) const {
  const auto [step, rest] = split(dotted);
  const Node* child = nullptr;
  if (is_sequence()) {
    if (const auto index = list_index(step, items_.size())) child = &items_[*index];
  } else {
    child = find(step);
  }
  return child == nullptr || step.size() == dotted.size() ? child : child->find_dotted(rest);
}

Place Node::key_place(const std::string& key) const {
  const auto known = key_places_.find(key);
  if (known != key_places_.end()) return known->second;
  const Node* value = find(key);
  return value == nullptr ? place_ : value->place();
}

void Node::set(const std::string& dotted, Node value) {
  const auto [step, rest] = split(dotted);
  const bool last = step.size() == dotted.size();
  const Place place = value.place();
  if (step.empty() || (!last && rest.empty()))
    throw Error(bad_path).at(place).read(dotted).expected(
        "names joined by single dots, as in a.b.c");
  Node* child = nullptr;
  if (is_sequence()) {
    const auto index = list_index(step, items_.size());
    if (!index)
      throw Error(bad_path).at(place).read(step).expected(
          "an index below " + std::to_string(items_.size()) + " of a list");
    child = &items_[*index];
  } else {
    if (!is_map()) *this = map({}, place);
    const auto known =
        std::find_if(entries_.begin(), entries_.end(),
                     [&name = step](const auto& entry) { return entry.first == name; });
    if (known == entries_.end()) {
      entries_.emplace_back(step, Node());
      child = &entries_.back().second;
      child->place_ = place;
    } else {
      child = &known->second;
    }
    if (last || known == entries_.end()) key_places_[step] = place;
  }
  // Only the last step replaces what is there; the steps before it keep their other keys.
  if (last)
    *child = std::move(value);
  else
    child->set(rest, std::move(value));
}

bool Node::erase(const std::string& key) {
  const auto known = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const auto& entry) { return entry.first == key; });
  if (known == entries_.end()) return false;
  entries_.erase(known);
  key_places_.erase(key);
  return true;
}

void Node::stand_at(const Place& place) {
  place_ = place;
  for (auto& [key, key_place] : key_places_) key_place = place;
  for (Node& item : items_) item.stand_at(place);
  for (auto& [key, value] : entries_) value.stand_at(place);
}

// `over` gives the place of a merged section: what the child lacks is missed in the child.
Node Node::merge(const Node& under, const Node& over) {
  if (under.is_map() && over.is_scalar() && under.find("model") != nullptr)
    return merge(under, map({{"model", over}}, over.place_));
  if (!under.is_map() || !over.is_map()) return over;
  Node merged = under;
  merged.place_ = over.place_;
  for (const auto& [key, value] : over.entries_) {
    const auto known = std::find_if(merged.entries_.begin(), merged.entries_.end(),
                                    [&k = key](const auto& entry) { return entry.first == k; });
    if (known == merged.entries_.end())
      merged.entries_.emplace_back(key, value);
    else
      known->second = merge(known->second, value);
    merged.key_places_[key] = over.key_place(key);
  }
  return merged;
}

}  // namespace mantissa::config
