// SPDX-License-Identifier: Apache-2.0
#include "base/trace/chakra_foreign.h"

#include <algorithm>

#include "base/trace/chakra.h"
#include "base/trace/vocabulary.h"

namespace mantissa::trace::chakra {

using namespace ChakraProtoMsg;

namespace {

class Translator {
 public:
  Translator(const Node& node, const Place& place, std::vector<std::string>& warnings)
      : node_(node), place_(place), warnings_(warnings) {
    // Names repeat and may be empty in recorded traces; the reader makes them unique.
    op_.name = node.name().empty() ? "node" : node.name();
  }

  Op run() {
    switch (node_.type()) {
      case COMP_NODE:
        computation();
        break;
      case MEM_LOAD_NODE:
        memory("mem_load");
        break;
      case MEM_STORE_NODE:
        memory("mem_store");
        break;
      case COMM_SEND_NODE:
        peer(OpKind::send, "destination", "comm_dst");
        break;
      case COMM_RECV_NODE:
        peer(OpKind::recv, "source", "comm_src");
        break;
      case COMM_COLL_NODE:
        collective();
        break;
      default:
        throw Error(chakra_node_type)
            .at(place_)
            .read("node " + std::to_string(node_.id()) + " of type " + std::to_string(node_.type()))
            .expected("a type from 0 to 7");
    }
    return std::move(op_);
  }

 private:
  void warn(const std::string& text) {
    warnings_.push_back("node " + std::to_string(node_.id()) + " '" + node_.name() + "': " + text);
  }

  // The attribute as an integer of at least `low`; nullopt when the node has none.
  // A member of a wrong type reads as 0 in other readers. Here it is an error: a silent zero would
  // make the op free.
  std::optional<std::int64_t> number(const char* key, std::int64_t low = INT64_MIN) {
    const AttributeProto* a = find(node_.attr(), key);
    if (a == nullptr) return std::nullopt;
    const auto value = as_integer(*a);
    if (!value || *value < low) {
      Error error(chakra_attribute);
      error.at(place_).say("node " + std::to_string(node_.id()));
      const auto shown = as_attribute(*a);
      error.read(std::string(key) + (shown ? "=" + text(*shown) : ""));
      throw error.expected(low == 0 ? "an integer from 0 to 2^63-1" : "an integer of 64 bits");
    }
    return value;
  }

  void set(const char* ours, const char* key, std::int64_t low = INT64_MIN) {
    if (const auto value = number(key, low)) op_.attributes[ours] = *value;
  }

  // Recorded traces give a duration, generated ones num_ops and tensor_size; either will do.
  void computation() {
    op_.kind = OpKind::generic;
    op_.attributes["of"] = op_.name;
    set("elements", "num_ops", 0);
    set("bytes", "tensor_size", 0);
    const bool timed = node_.duration_micros() != 0;
    if (timed) {
      // Far beyond any run; the cast must not wrap.
      const std::uint64_t longest = INT64_MAX;
      op_.attributes["duration_us"] =
          static_cast<std::int64_t>(std::min<std::uint64_t>(node_.duration_micros(), longest));
    }
    if (!timed && op_.attributes.count("elements") == 0 && op_.attributes.count("bytes") == 0) {
      warn("neither num_ops nor tensor_size nor a duration: it will cost nothing");
    }
  }

  void memory(const char* of) {
    op_.kind = OpKind::generic;
    op_.attributes["of"] = std::string(of);
    set("bytes", "tensor_size", 0);
    if (op_.attributes.count("bytes") == 0) warn("no tensor_size: it will cost nothing");
  }

  void size() {
    set("bytes", "comm_size", 0);
    if (op_.attributes.count("bytes") == 0) warn("no comm_size: it moves nothing");
  }

  void peer(OpKind kind, const char* ours, const char* key) {
    op_.kind = kind;
    size();
    set(ours, key);
    set("tag", "comm_tag");
  }

  // Absent comm_type would read as 0, all_reduce: too consequential to assume.
  void collective() {
    const auto type = number("comm_type", 0);
    if (!type) {
      throw Error(chakra_attribute)
          .at(place_)
          .say("node " + std::to_string(node_.id()) + " has no comm_type")
          .expected("the number of a collective, 0 to 9");
    }
    op_.kind = kind_of(*type);
    if (op_.kind != OpKind::barrier) size();
    set("priority", "comm_priority");
    // The group's name is a text by the schema, a number with some producers.
    if (const AttributeProto* a = find(node_.attr(), "pg_name")) {
      if (const auto value = as_attribute(*a)) {
        const auto* name = std::get_if<std::string>(&*value);
        op_.attributes["group"] = name != nullptr ? *name : text(*value);
      }
    }
    if (const AttributeProto* a = find(node_.attr(), "involved_dim")) {
      if (auto list = as_integers(*a)) op_.attributes["involved_dim"] = *std::move(list);
    }
  }

  // The vocabulary has no rooted reduce, gather or scatter. Their stand-ins give every rank what
  // only the root would get, so time and traffic are bounded from above; the warning says so.
  OpKind kind_of(std::int64_t type) {
    const auto nearest = [&](const char* from, OpKind to) {
      warn(std::string(from) + " is read as " + name(to) + ", which moves at least as much");
      return to;
    };
    switch (type) {
      case ALL_REDUCE:
        return OpKind::all_reduce;
      case REDUCE:
        return nearest("reduce", OpKind::all_reduce);
      case ALL_GATHER:
        return OpKind::all_gather;
      case GATHER:
        return nearest("gather", OpKind::all_gather);
      case SCATTER:
        return nearest("scatter", OpKind::broadcast);
      case BROADCAST:
        return OpKind::broadcast;
      case ALL_TO_ALL:
        return OpKind::all_to_all;
      case REDUCE_SCATTER:
      case REDUCE_SCATTER_BLOCK:
        return OpKind::reduce_scatter;
      case BARRIER:
        return OpKind::barrier;
      default:
        break;
    }
    throw Error(chakra_node_type)
        .at(place_)
        .read("node " + std::to_string(node_.id()) + ", comm_type " + std::to_string(type))
        .expected("the number of a collective, 0 to 9");
  }

  const Node& node_;
  const Place& place_;
  std::vector<std::string>& warnings_;
  Op op_;
};

}  // namespace

Op foreign_op(const Node& node, const Place& place, std::vector<std::string>& warnings) {
  return Translator(node, place, warnings).run();
}

}  // namespace mantissa::trace::chakra
