// SPDX-License-Identifier: Apache-2.0
#include <google/protobuf/arena.h>
#include <google/protobuf/stubs/logging.h>

#include <algorithm>
#include <charconv>
#include <unordered_set>

#include "base/trace/chakra.h"
#include "base/trace/chakra_attributes.h"
#include "base/trace/chakra_foreign.h"
#include "base/trace/chakra_order.h"
#include "base/trace/message_stream.h"
#include "base/trace/vocabulary.h"

namespace mantissa::trace {

using namespace ChakraProtoMsg;

namespace {

// A node as read: its op, or nothing for a node that only passes dependencies on.
struct Pending {
  Op op;
  bool skipped = false;
  bool ours = false;
  std::vector<std::uint64_t> after;  // ctrl_deps; of other producers also data_deps
  std::vector<std::uint64_t> data;   // data_deps of ours, which the tensors should imply
};

// Without the framework's log: what is wrong with a message, our own error says.
template <class Message>
bool parse(const std::string& bytes, Message& message) {
  google::protobuf::LogSilencer silence;
  return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

// Reads nodes in the file's order, then puts them into the trace's: 1. metadata, 2. nodes, 3.
// tensors,
// 4. order and dependencies, 5. the contract as a whole.
class Reader {
 public:
  Reader(const std::string& path, std::vector<std::string>& warnings)
      : file_(path), warnings_(warnings) {}

  Trace run() {
    read_metadata();
    read_nodes();
    take_tensors();
    link();
    check(trace_);
    return std::move(trace_);
  }

 private:
  static constexpr std::size_t nodes_per_arena = 64;

  Place here() const { return offset_place(file_.path(), file_.offset()); }

  // ---- GlobalMetadata ------------------------------------------------------------------------

  void read_metadata() {
    std::string bytes;
    GlobalMetadata metadata;
    // A Node in its place leaves unknown fields or no version behind.
    if (!file_.next(bytes) || !parse(bytes, metadata) || metadata.version().empty()) {
      throw Error(chakra_first_message)
          .at(here())
          .expected("a GlobalMetadata message with a version, as the first one");
    }
    name_after_file();
    for (const AttributeProto& a : metadata.attr()) read_metadata_attribute(a);
  }

  void read_metadata_attribute(const AttributeProto& a) {
    const auto& key = a.name();
    // What another producer says of its trace is kept as text.
    if (key == chakra::trace_key) {
      trace_.name = a.string_val();
    } else if (key == chakra::rank_key) {
      trace_.rank = static_cast<std::uint32_t>(bounded(a, UINT32_MAX));
    } else if (key == chakra::ops_key) {
      expected_nodes_ = static_cast<std::uint64_t>(bounded(a, UINT32_MAX));
    } else if (key == chakra::operands_key) {
      trace_.operands_file = a.string_val();
    } else if (key == chakra::tensors_key) {
      read_declarations(a);
    } else if (key.rfind(chakra::metadata_prefix, 0) == 0) {
      trace_.metadata[key.substr(std::char_traits<char>::length(chakra::metadata_prefix))] =
          a.string_val();
    } else if (const auto value = chakra::as_attribute(a)) {
      trace_.metadata[key] = text(*value);
    }
  }

  // An integer attribute of our own metadata, within what its member holds.
  std::int64_t bounded(const AttributeProto& a, std::int64_t high) const {
    const auto value = chakra::as_integer(a);
    if (!value || *value < 0 || *value > high) {
      malformed(a.name(), "an integer from 0 to " + std::to_string(high));
    }
    return *value;
  }

  // prefix.3.et.gz: trace "prefix", rank 3. Only for traces that do not say it themselves.
  void name_after_file() {
    std::string stem = file_.path().substr(file_.path().find_last_of('/') + 1);
    for (const std::string ending : {".gz", ".et"}) {
      if (stem.size() > ending.size() &&
          stem.compare(stem.size() - ending.size(), ending.size(), ending) == 0) {
        stem.resize(stem.size() - ending.size());
      }
    }
    const std::size_t dot = stem.find_last_of('.');
    if (dot != std::string::npos) {
      const char *begin = stem.data() + dot + 1, *end = stem.data() + stem.size();
      const auto [stop, code] = std::from_chars(begin, end, trace_.rank);
      if (code == std::errc() && stop == end) stem.resize(dot);
    }
    trace_.name = stem;
  }

  // ---- nodes ---------------------------------------------------------------------------------

  void read_nodes() {
    google::protobuf::Arena arena;
    std::string bytes;
    while (file_.next(bytes)) {
      Node& node = *google::protobuf::Arena::CreateMessage<Node>(&arena);
      if (!parse(bytes, node)) {
        throw Error(chakra_message)
            .at(here())
            .read(std::to_string(bytes.size()) + " bytes")
            .expected("a Chakra node");
      }
      read_node(node);
      if (pending_.size() % nodes_per_arena == 0) arena.Reset();
    }
    // A file cut exactly between two messages looks whole; the count that we wrote tells.
    if (pending_.size() < expected_nodes_) {
      throw Error(truncated)
          .at(offset_place(file_.path(), file_.end()))
          .say("the file ends after " + std::to_string(pending_.size()) + " nodes")
          .expected(std::to_string(expected_nodes_) + " nodes");
    }
  }

  void read_node(const Node& node) {
    chakra::Dependencies dependencies;
    dependencies.id = node.id();
    dependencies.offset = file_.offset();
    dependencies.parents.assign(node.data_deps().begin(), node.data_deps().end());
    dependencies.parents.insert(dependencies.parents.end(), node.ctrl_deps().begin(),
                                node.ctrl_deps().end());
    Pending pending;
    // Both carry no work: producers use the one for comments, readers skip the other.
    pending.skipped = node.type() == METADATA_NODE || node.type() == INVALID_NODE;
    pending.ours = !pending.skipped && chakra::find(node.attr(), chakra::kind_key) != nullptr;
    if (pending.ours) {
      pending.op = own_op(node);
      pending.after.assign(node.ctrl_deps().begin(), node.ctrl_deps().end());
      pending.data.assign(node.data_deps().begin(), node.data_deps().end());
    } else {
      pending.after = dependencies.parents;
      if (!pending.skipped) pending.op = chakra::foreign_op(node, here(), warnings_);
      if (node.type() == INVALID_NODE) {
        warnings_.push_back("node " + std::to_string(node.id()) + " '" + node.name() +
                            "': of no type, skipped");
      }
    }
    nodes_.push_back(std::move(dependencies));
    pending_.push_back(std::move(pending));
  }

  [[noreturn]] void malformed(const std::string& key, const std::string& expected) const {
    throw Error(chakra_attribute).at(here()).read(key).expected(expected);
  }

  Op own_op(const Node& node) {
    Op op;
    op.name = node.name();
    const std::size_t prefix = std::char_traits<char>::length(chakra::attribute_prefix);
    for (const AttributeProto& a : node.attr()) {
      const std::string& key = a.name();
      if (key.rfind("mantissa.", 0) != 0) continue;
      if (key == chakra::kind_key) {
        op.kind = kind_named(a.string_val());
      } else if (key == chakra::inputs_key) {
        op.inputs = read_ids(a);
      } else if (key == chakra::outputs_key) {
        op.outputs = read_ids(a);
      } else if (key == chakra::tensors_key) {
        read_declarations(a);
      } else if (key.rfind(chakra::attribute_prefix, 0) == 0) {
        auto value = chakra::as_attribute(a);
        if (!value) malformed(key, "a boolean, a number, a text or a list of numbers");
        op.attributes[key.substr(prefix)] = *std::move(value);
      } else {
        malformed(key, "one of the attributes that this program writes");
      }
    }
    return op;
  }

  // An op that a newer program wrote, or a misspelt one.
  OpKind kind_named(const std::string& name) const {
    if (const auto kind = op_kind(name)) return *kind;
    std::vector<std::string> names;
    for (const OpSpec& row : vocabulary()) names.emplace_back(row.name);
    throw Error(chakra_attribute)
        .at(here())
        .read(std::string(chakra::kind_key) + "=" + name)
        .expected("an op of the vocabulary")
        .nearest(nearest_name(name, names));
  }

  std::vector<TensorId> read_ids(const AttributeProto& a) const {
    const auto list = chakra::as_integers(a);
    std::vector<TensorId> ids;
    if (!list) malformed(a.name(), "a list of tensor ids");
    for (std::int64_t v : *list) {
      if (v < -1 || v >= no_tensor) malformed(a.name(), "tensor ids, -1 for an absent one");
      ids.push_back(v == -1 ? no_tensor : static_cast<TensorId>(v));
    }
    return ids;
  }

  void read_declarations(const AttributeProto& a) {
    for (const std::string& line : a.string_list().values()) {
      auto declared = chakra::parse_declaration(line);
      if (!declared) {
        malformed(a.name() + ": " + line, "<id> <role> <format> <shape> <name>");
      }
      tensors_.push_back(*std::move(declared));
    }
  }

  // ---- putting it together -------------------------------------------------------------------

  void take_tensors() {
    // Each tensor stands where it is first mentioned; in a file that was reordered, anywhere.
    std::sort(tensors_.begin(), tensors_.end(),
              [](const auto& a, const auto& b) { return a.id < b.id; });
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
      if (tensors_[i].id != i) {
        throw Error(chakra_attribute)
            .at(Place{file_.path(), 0, 0, ""})
            .read(std::string(chakra::tensors_key) + " " + std::to_string(tensors_[i].id))
            .expected("each tensor declared once, " + std::to_string(i) + " next");
      }
      trace_.tensors.push_back(std::move(tensors_[i].tensor));
    }
  }

  void link() {
    const std::vector<std::size_t> order = chakra::ordered(nodes_, file_.path());
    std::vector<std::pair<std::uint64_t, std::size_t>> by_id;
    for (std::size_t i = 0; i < nodes_.size(); ++i) by_id.emplace_back(nodes_[i].id, i);
    std::sort(by_id.begin(), by_id.end());
    const auto position = [&](std::uint64_t id) {
      return std::lower_bound(by_id.begin(), by_id.end(), std::make_pair(id, std::size_t{0}))
          ->second;
    };
    producer_.assign(trace_.tensors.size(), no_tensor);
    std::unordered_set<std::string> names;  // only asked, never walked through
    // Of each node, the ops that a dependency on it means: itself, or for a skipped node those
    // that it waits for.
    std::vector<std::vector<OpId>> means(nodes_.size());
    for (std::size_t i : order) {
      Pending& p = pending_[i];
      std::vector<OpId> after;
      for (std::uint64_t id : p.after) {
        const auto& ops = means[position(id)];
        after.insert(after.end(), ops.begin(), ops.end());
      }
      // Our own `after` lists come back as they were, repetitions included.
      if (!p.ours) unique(after);
      if (p.skipped) {
        means[i] = std::move(after);
        continue;
      }
      add_unimplied(p, after, [&](std::uint64_t id) { return means[position(id)]; });
      p.op.after = std::move(after);
      // Layers repeat in recorded traces: "matmul", "matmul#17".
      while (!names.insert(p.op.name).second && !p.ours) {
        p.op.name += "#" + std::to_string(nodes_[i].id);
      }
      for (TensorId t : p.op.outputs) {
        if (t >= producer_.size()) continue;  // absent, or for `check` to refuse
        producer_[t] = static_cast<OpId>(trace_.ops.size());
      }
      means[i] = {static_cast<OpId>(trace_.ops.size())};
      trace_.ops.push_back(std::move(p.op));
    }
  }

  static void unique(std::vector<OpId>& ids) {
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  }

  // Data dependencies that no tensor accounts for (someone edited the file) are still kept.
  template <class Means>
  void add_unimplied(const Pending& p, std::vector<OpId>& after, Means means) const {
    for (std::uint64_t id : p.data) {
      for (OpId parent : means(id)) {
        const bool implied = std::any_of(p.op.inputs.begin(), p.op.inputs.end(), [&](TensorId t) {
          return t < producer_.size() && producer_[t] == parent;
        });
        if (!implied) after.push_back(parent);
      }
    }
  }

  MessageReader file_;
  std::vector<std::string>& warnings_;
  Trace trace_;
  std::uint64_t expected_nodes_ = 0;
  std::vector<chakra::Dependencies> nodes_;
  std::vector<Pending> pending_;
  std::vector<chakra::Declaration> tensors_;
  std::vector<OpId> producer_;  // per tensor
};

}  // namespace

Trace read_chakra(const std::string& path, std::vector<std::string>* warnings) {
  std::vector<std::string> unheard;
  return Reader(path, warnings != nullptr ? *warnings : unheard).run();
}

}  // namespace mantissa::trace
