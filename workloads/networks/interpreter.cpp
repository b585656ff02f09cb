// SPDX-License-Identifier: Apache-2.0
#include "workloads/networks/interpreter.h"

#include <algorithm>
#include <set>
#include <utility>

#include "workloads/errors.h"

namespace mantissa::workloads {

using config::Node;

namespace {

const std::vector<std::string> forms{"repeat", "residual", "concat"};

struct RepeatConfig {
  std::int64_t times = 0;
  static const config::Schema<RepeatConfig>& schema() {
    static const auto s = config::Schema<RepeatConfig>("Layers several times in a row")
                              .required("times", &RepeatConfig::times, config::range(1, 100000),
                                        "How often, each time with weights of its own.");
    return s;
  }
};

struct ResidualConfig {
  Activation activation = Activation::none;
  static const config::Schema<ResidualConfig>& schema() {
    static const auto s =
        config::Schema<ResidualConfig>("Sum of layers and a shortcut")
            .optional("activation", &ResidualConfig::activation, "Function of the sum.");
    return s;
  }
};

struct ConcatConfig {
  std::int64_t axis = 1;
  static const config::Schema<ConcatConfig>& schema() {
    static const auto s = config::Schema<ConcatConfig>("Branches side by side")
                              .optional("axis", &ConcatConfig::axis, "Dimension they share.");
    return s;
  }
};

// The part of a form's arguments that its schema knows.
Node without(Node arguments, const std::vector<std::string>& sections) {
  for (const std::string& section : sections) arguments.erase(section);
  return arguments;
}

// `- type`, `- type: {...}`: the only two ways to write a layer.
std::pair<std::string, Node> take_apart(const Node& item) {
  if (item.is_scalar()) return {item.text(), Node::map({}, item.place())};
  if (!item.is_map() || item.entries().size() != 1) {
    throw Error(bad_form)
        .at(item.place())
        .say("a layer is written as its type, or as one key with its parameters")
        .expected("for example '- linear: {features: 10}'");
  }
  const auto& [type, arguments] = item.entries()[0];
  if (arguments.is_null()) return {type, Node::map({}, item.place())};
  if (!arguments.is_map()) {
    throw Error(bad_form)
        .at(arguments.place())
        .say("the parameters of layer '" + type + "' must be a section, like {name: value}");
  }
  return {type, arguments};
}

// The layer's own name, or its type and number.
std::string take_name(Node& arguments, const std::string& type, std::map<std::string, int>& count) {
  const Node* given = arguments.find("name");
  if (given == nullptr) return type + std::to_string(++count[type]);
  if (!given->is_scalar() || given->text().empty()) {
    throw Error(bad_form).at(given->place()).say("the name of a layer must be a text");
  }
  const std::string name = given->text();
  arguments.erase("name");
  return name;
}

}  // namespace

std::vector<std::string> layer_names(const std::map<std::string, Block>& blocks) {
  std::vector<std::string> names = forms;
  for (const LayerType& type : layer_types()) names.push_back(type.name);
  for (const auto& [name, block] : blocks) names.push_back(name);
  return names;
}

Interpreter::Interpreter(Emitter& emitter, const std::map<std::string, Block>& blocks,
                         Bindings& bindings)
    : emitter_(emitter), blocks_(blocks), bindings_(bindings) {
  for (const auto& [name, block] : blocks) {
    const auto built_in = layer_names({});
    if (std::find(built_in.begin(), built_in.end(), name) == built_in.end()) continue;
    throw Error(bad_form).at(block.place).read(name).expected("a block with a name of its own");
  }
}

// Names are unique within a list, and prefixes make them unique within the network.
Value Interpreter::layers(const Node& list, Value x) {
  if (!list.is_sequence() || list.items().empty()) {
    throw Error(bad_form).at(list.place()).say("layers must be a list with at least one layer");
  }
  std::map<std::string, int> count;
  std::set<std::string> taken;
  for (const Node& item : list.items()) {
    auto [type, arguments] = take_apart(item);
    const std::string name = take_name(arguments, type, count);
    if (!taken.insert(name).second) {
      throw Error(duplicate_layer).at(item.place()).read(name).expected("a name of its own");
    }
    try {
      x = layer(item, type, arguments, name, x);
    } catch (Error& error) {
      if (!error.place().file.empty()) throw;
      Place place = item.place();  // the trace does not know the file
      place.detail = error.place().detail;
      throw error.at(place);
    }
  }
  return x;
}

// Forms first, then the file's own blocks, then the built-in types.
Value Interpreter::layer(const Node& item, const std::string& type, Node arguments,
                         const std::string& name, Value x) {
  if (type == "repeat") return repeat(arguments, name, x);
  if (type == "residual") return residual(arguments, name, x);
  if (type == "concat") return concat(arguments, name, x);
  const auto own = blocks_.find(type);
  if (own != blocks_.end()) return block(own->second, arguments, item, name, x);
  for (const LayerType& known : layer_types()) {
    if (known.name != type) continue;
    LayerContext context{emitter_, name, item.place(), &tied_table_};
    return known.build(arguments, context, x);
  }
  throw Error(unknown_layer)
      .at(item.place())
      .read(type)
      .expected("a layer type, or a block of this file")
      .nearest(nearest_name(type, layer_names(blocks_)));
}

Value Interpreter::repeat(const Node& arguments, const std::string& name, Value x) {
  const auto c = RepeatConfig::schema().parse(without(arguments, {"layers"}), "repeat");
  const Node* inner = arguments.find("layers");
  for (std::int64_t i = 0; i < c.times; ++i) {
    const Emitter::Scope scope(emitter_, name + "." + std::to_string(i));
    x = layers(inner == nullptr ? arguments : *inner, x);
  }
  return x;
}

// The input is closed once, for both sides; the sum is taken before the layers' result is closed.
Value Interpreter::residual(const Node& arguments, const std::string& name, Value x) {
  const auto c =
      ResidualConfig::schema().parse(without(arguments, {"layers", "shortcut"}), "residual");
  const Node* inner = arguments.find("layers");
  const Node* shortcut = arguments.find("shortcut");
  const Emitter::Scope scope(emitter_, name);
  x = emitter_.closed(x);
  const Value y = layers(inner == nullptr ? arguments : *inner, x);
  if (shortcut != nullptr) {
    const Emitter::Scope aside(emitter_, "shortcut");
    x = emitter_.closed(layers(*shortcut, x));
  }
  if (emitter_.shape(x) != emitter_.shape(y)) {
    throw Error(layer_input)
        .at(arguments.place())
        .say("layer '" + name + "' adds two shapes")
        .read(trace::text(emitter_.shape(y)) + " and " + trace::text(emitter_.shape(x)))
        .expected("layers and shortcut that give one shape");
  }
  return emitter_.activation("act", c.activation, emitter_.add("add", y, x));
}

// Branches must agree on a step before their codes can lie side by side.
Value Interpreter::concat(const Node& arguments, const std::string& name, Value x) {
  const auto c = ConcatConfig::schema().parse(without(arguments, {"branches"}), "concat");
  const Node* branches = arguments.find("branches");
  if (branches == nullptr || !branches->is_sequence() || branches->items().empty()) {
    throw Error(bad_form).at(arguments.place()).say("concat needs a list of branches");
  }
  const Emitter::Scope scope(emitter_, name);
  x = emitter_.closed(x);
  std::vector<Value> parts;
  for (std::size_t i = 0; i < branches->items().size(); ++i) {
    const Emitter::Scope branch(emitter_, std::to_string(i));
    parts.push_back(
        emitter_.closed(layers(branches->items()[i], x), emitter_.arithmetic().activation_scale));
  }
  return emitter_.moved("join", trace::OpKind::concat, parts, {{"axis", c.axis}});
}

// A block is instantiated at each use: its arguments may differ, and its weights always do.
Value Interpreter::block(const Block& block, const Node& arguments, const Node& item,
                         const std::string& name, Value x) {
  if (std::find(open_blocks_.begin(), open_blocks_.end(), block.name) != open_blocks_.end()) {
    throw Error(block_cycle)
        .at(item.place())
        .read(block.name)
        .expected("a block that does not contain itself");
  }
  open_blocks_.push_back(block.name);
  const Emitter::Scope scope(emitter_, name);
  x = layers(block.instantiate(arguments, item.place(), bindings_), x);
  open_blocks_.pop_back();
  return x;
}

}  // namespace mantissa::workloads
