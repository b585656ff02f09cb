// SPDX-License-Identifier: Apache-2.0
#include "base/trace/chakra_stream.h"

#include <google/protobuf/arena.h>
#include <google/protobuf/stubs/logging.h>

#include <charconv>
#include <optional>

#include "base/trace/chakra_attributes.h"
#include "base/trace/chakra_foreign.h"
#include "base/trace/message_stream.h"
#include "base/trace/vocabulary.h"

namespace mantissa::trace {

using namespace ChakraProtoMsg;

namespace {

// Without the framework's log: what is wrong with a message, our own error says.
template <class Message>
bool parse(const std::string& bytes, Message& message) {
  google::protobuf::LogSilencer silence;
  return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

}  // namespace

struct ChakraStream::Source {
  Source(const std::string& path, std::vector<std::string>* warnings)
      : file_(path), warnings_(warnings != nullptr ? *warnings : unheard_) {
    read_metadata();
    head_tensors_ = std::move(tensors_);
    tensors_.clear();
  }

  bool next(ChakraNode& out) {
    if (!file_.next(bytes_)) {
      // A file cut exactly between two messages looks whole; the count that we wrote tells.
      if (nodes_ < expected_nodes_) {
        throw Error(truncated)
            .at(offset_place(file_.path(), file_.end()))
            .say("the file ends after " + std::to_string(nodes_) + " nodes")
            .expected(std::to_string(expected_nodes_) + " nodes");
      }
      return false;
    }
    if (nodes_ % nodes_per_arena == 0) arena_.Reset();
    Node& node = *google::protobuf::Arena::CreateMessage<Node>(&arena_);
    if (!parse(bytes_, node)) {
      throw Error(chakra_message)
          .at(here())
          .read(std::to_string(bytes_.size()) + " bytes")
          .expected("a Chakra node");
    }
    ++nodes_;
    read_node(node, out);
    return true;
  }

  static constexpr std::uint64_t nodes_per_arena = 64;

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

  void read_node(const Node& node, ChakraNode& out) {
    out.id = node.id();
    out.offset = file_.offset();
    out.data.assign(node.data_deps().begin(), node.data_deps().end());
    out.control.assign(node.ctrl_deps().begin(), node.ctrl_deps().end());
    // Both carry no work: producers use the one for comments, readers skip the other.
    out.skipped = node.type() == METADATA_NODE || node.type() == INVALID_NODE;
    out.ours = !out.skipped && chakra::find(node.attr(), chakra::kind_key) != nullptr;
    out.op = {};
    if (out.ours) {
      out.op = own_op(node);
    } else if (!out.skipped) {
      out.op = chakra::foreign_op(node, here(), warnings_);
    } else if (node.type() == INVALID_NODE) {
      warnings_.push_back("node " + std::to_string(node.id()) + " '" + node.name() +
                          "': of no type, skipped");
    }
    out.tensors = std::move(tensors_);
    tensors_.clear();
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
      tensors_.emplace_back(declared->id, std::move(declared->tensor));
    }
  }

  MessageReader file_;
  std::vector<std::string> unheard_;
  std::vector<std::string>& warnings_;
  google::protobuf::Arena arena_;
  std::string bytes_;
  Trace trace_;  // the head
  std::uint64_t expected_nodes_ = 0, nodes_ = 0;
  std::vector<std::pair<TensorId, Tensor>> tensors_, head_tensors_;
};

ChakraStream::ChakraStream(const std::string& path, std::vector<std::string>* warnings)
    : source_(std::make_unique<Source>(path, warnings)) {}

ChakraStream::~ChakraStream() = default;

const Trace& ChakraStream::head() const { return source_->trace_; }

const std::vector<std::pair<TensorId, Tensor>>& ChakraStream::head_tensors() const {
  return source_->head_tensors_;
}

bool ChakraStream::next(ChakraNode& node) { return source_->next(node); }

}  // namespace mantissa::trace
