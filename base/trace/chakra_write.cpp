// SPDX-License-Identifier: Apache-2.0
#include <google/protobuf/arena.h>

#include <algorithm>

#include "base/trace/chakra.h"
#include "base/trace/chakra_attributes.h"
#include "base/trace/message_stream.h"
#include "base/trace/vocabulary.h"

namespace mantissa::trace {

using namespace ChakraProtoMsg;

namespace {

// What producers of version 0.0.4 files write, and what readers expect.
constexpr const char* schema_version = "0.0.4";

// Tensor types as the framework's own traces spell them, where it has them.
const char* framework_type(NumberFormat format) {
  switch (format) {
    case NumberFormat::boolean:
      return "bool";
    case NumberFormat::int8:
      return "signed char";
    case NumberFormat::uint8:
      return "unsigned char";
    case NumberFormat::int16:
      return "short int";
    case NumberFormat::int32:
      return "int";
    case NumberFormat::int64:
      return "long int";
    case NumberFormat::fp16:
      return "c10::Half";
    case NumberFormat::bf16:
      return "c10::BFloat16";
    case NumberFormat::fp32:
      return "float";
    case NumberFormat::fp64:
      return "double";
    default:
      return name(format);
  }
}

// Streams: beyond the trace, one bit and one id per tensor and a few nodes are held in memory.
class Writer {
 public:
  Writer(const Trace& trace, const std::string& path)
      : trace_(trace), path_(path), file_(path), declared_(trace.tensors.size(), false) {
    producer_.assign(trace.tensors.size(), no_tensor);
    for (OpId id = 0; id < trace.ops.size(); ++id) {
      for (TensorId t : trace.ops[id].outputs) {
        if (t != no_tensor) producer_[t] = id;
      }
    }
  }

  void run() {
    write_metadata();
    // Nodes are built of many small messages, which are freed together.
    google::protobuf::Arena arena;
    for (OpId id = 0; id < trace_.ops.size(); ++id) {
      Node& node = *google::protobuf::Arena::CreateMessage<Node>(&arena);
      fill(node, id);
      send(node);
      if (id % nodes_per_arena == nodes_per_arena - 1) arena.Reset();
    }
    file_.close();
  }

 private:
  static constexpr OpId nodes_per_arena = 64;

  void send(const google::protobuf::MessageLite& message) {
    buffer_.clear();
    message.AppendToString(&buffer_);
    file_.write(buffer_);
  }

  // The library would only log bytes that are not UTF-8 and then write a file nobody can read.
  const std::string& checked(const std::string& text) const {
    if (!is_utf8(text)) throw Error(chakra_text).at(path_).read(text).expected("UTF-8");
    return text;
  }

  void write_metadata() {
    GlobalMetadata metadata;
    metadata.set_version(schema_version);
    auto& attributes = *metadata.mutable_attr();
    chakra::add(attributes, chakra::trace_key).set_string_val(checked(trace_.name));
    chakra::add(attributes, chakra::rank_key).set_int64_val(trace_.rank);
    chakra::add(attributes, chakra::ops_key)
        .set_int64_val(static_cast<std::int64_t>(trace_.ops.size()));
    if (!trace_.operands_file.empty()) {
      chakra::add(attributes, chakra::operands_key).set_string_val(checked(trace_.operands_file));
    }
    for (const auto& [key, value] : trace_.metadata) {
      chakra::add(attributes, chakra::metadata_prefix + checked(key))
          .set_string_val(checked(value));
    }
    // Tensors that no op mentions are declared here; all others at the node that first does.
    std::vector<bool> mentioned(trace_.tensors.size(), false);
    for (const Op& op : trace_.ops) {
      for (const auto* list : {&op.inputs, &op.outputs}) {
        for (TensorId t : *list) {
          if (t != no_tensor) mentioned[t] = true;
        }
      }
    }
    std::vector<TensorId> others;
    for (TensorId t = 0; t < mentioned.size(); ++t) {
      if (!mentioned[t]) others.push_back(t);
    }
    declare(attributes, others);
    send(metadata);
  }

  void declare(chakra::Attributes& attributes, const std::vector<TensorId>& ids) {
    StringList* list = nullptr;
    for (TensorId t : ids) {
      if (t == no_tensor || declared_[t]) continue;
      if (list == nullptr)
        list = chakra::add(attributes, chakra::tensors_key).mutable_string_list();
      checked(trace_.tensors[t].name);
      list->add_values(chakra::declaration(t, trace_.tensors[t]));
      declared_[t] = true;
    }
  }

  void fill(Node& node, OpId id) {
    const Op& op = trace_.ops[id];
    node.set_id(id);
    node.set_name(checked(op.name));
    for (OpId before : op.after) node.add_ctrl_deps(before);
    // data_deps: who writes what this op reads, each once, in ascending order.
    parents_.clear();
    for (TensorId t : op.inputs) {
      if (t != no_tensor && producer_[t] != no_tensor) parents_.push_back(producer_[t]);
    }
    std::sort(parents_.begin(), parents_.end());
    parents_.erase(std::unique(parents_.begin(), parents_.end()), parents_.end());
    for (OpId parent : parents_) node.add_data_deps(parent);
    describe_tensors(*node.mutable_inputs(), op.inputs);
    describe_tensors(*node.mutable_outputs(), op.outputs);

    auto& attributes = *node.mutable_attr();
    chakra::add(attributes, "is_cpu_op").set_bool_val(false);
    if (spec(op.kind).op_class == OpClass::collective) {
      fill_communication(node, op);
    } else {
      fill_computation(node, op);
    }
    chakra::add(attributes, chakra::kind_key).set_string_val(name(op.kind));
    add_ids(attributes, chakra::inputs_key, op.inputs);
    add_ids(attributes, chakra::outputs_key, op.outputs);
    declare(attributes, op.inputs);
    declare(attributes, op.outputs);
    for (const auto& [key, value] : op.attributes) {
      // Every attribute as given, defaults left out: a default may change with the vocabulary.
      if (const auto* text = std::get_if<std::string>(&value)) checked(*text);
      key_.assign(chakra::attribute_prefix).append(key);
      chakra::add_value(attributes, key_, value);
    }
  }

  static void add_ids(chakra::Attributes& attributes, const char* key,
                      const std::vector<TensorId>& ids) {
    auto& list = *chakra::add(attributes, key).mutable_int64_list();
    for (TensorId t : ids) list.add_values(t == no_tensor ? -1 : static_cast<std::int64_t>(t));
  }

  // Lists in the framework's notation: [id, storage, offset, elements, bytes per element, device].
  void describe_tensors(IOInfo& io, const std::vector<TensorId>& ids) {
    std::string &values = *io.mutable_values(), &shapes = *io.mutable_shapes(),
                &types = *io.mutable_types();
    values = shapes = types = "[";
    const char* comma = "";
    for (TensorId id : ids) {
      if (id == no_tensor) continue;
      const Tensor& t = trace_.tensors[id];
      const std::string number = std::to_string(id);
      values.append(comma).append("[").append(number).append(",").append(number).append(",0,");
      values.append(std::to_string(t.elements())).append(",");
      values.append(std::to_string((bits(t.format) + 7) / 8)).append(",\"mantissa\"]");
      shapes.append(comma).append("[");
      for (std::size_t i = 0; i < t.shape.size(); ++i) {
        shapes.append(i == 0 ? "" : ",").append(std::to_string(t.shape[i]));
      }
      shapes.append("]");
      types.append(comma).append("\"Tensor(").append(framework_type(t.format)).append(")\"");
      comma = ",";
    }
    for (std::string* s : {&values, &shapes, &types}) s->append("]");
  }

  std::uint64_t operand_bytes(const std::vector<TensorId>& ids) const {
    std::uint64_t sum = 0;
    for (TensorId t : ids) {
      if (t == no_tensor) continue;
      if (__builtin_add_overflow(sum, trace_.tensors[t].bytes(), &sum)) sum = UINT64_MAX;
    }
    return sum;
  }

  // What a roofline model downstream takes for work: 2 per multiply-accumulate, otherwise one
  // operation per element and pass.
  std::int64_t operations(const Op& op) const {
    const OpSpec& row = spec(op.kind);
    if (op.kind == OpKind::generic) return op.integer("elements", 0);
    unsigned __int128 n = 2 * static_cast<unsigned __int128>(macs(trace_, op));
    if (row.op_class != OpClass::matrix) {
      std::int64_t widest = 0;
      for (const auto* list : {&op.inputs, &op.outputs}) {
        for (TensorId t : *list) {
          if (t != no_tensor) widest = std::max(widest, trace_.tensors[t].elements());
        }
      }
      n = static_cast<unsigned __int128>(widest) * row.passes;
    }
    return n > INT64_MAX ? INT64_MAX : static_cast<std::int64_t>(n);  // beyond what the field holds
  }

  void fill_computation(Node& node, const Op& op) {
    node.set_type(COMP_NODE);
    std::uint64_t size = operand_bytes(op.inputs) + operand_bytes(op.outputs);
    if (op.kind == OpKind::generic) {
      size = static_cast<std::uint64_t>(std::max<std::int64_t>(op.integer("bytes", 0), 0));
      node.set_duration_micros(
          static_cast<std::uint64_t>(std::max<std::int64_t>(op.integer("duration_us", 0), 0)));
    }
    auto& attributes = *node.mutable_attr();
    chakra::add(attributes, "num_ops").set_int64_val(operations(op));
    chakra::add(attributes, "tensor_size").set_uint64_val(size);
  }

  void fill_communication(Node& node, const Op& op) {
    auto& attributes = *node.mutable_attr();
    std::int64_t size = op.integer("bytes", 0);
    // A receiver has no input; what it moves is its output.
    const auto& moved = op.inputs.empty() ? op.outputs : op.inputs;
    if (size == 0) size = static_cast<std::int64_t>(operand_bytes(moved));
    if (op.kind == OpKind::send || op.kind == OpKind::recv) {
      const bool sends = op.kind == OpKind::send;
      node.set_type(sends ? COMM_SEND_NODE : COMM_RECV_NODE);
      chakra::add(attributes, "comm_size").set_int64_val(size);
      set_int32(op, "comm_src", sends ? trace_.rank : op.integer("source", 0), attributes);
      set_int32(op, "comm_dst", sends ? op.integer("destination", 0) : trace_.rank, attributes);
      set_int32(op, "comm_tag", op.integer("tag", 0), attributes);
      return;
    }
    node.set_type(COMM_COLL_NODE);
    chakra::add(attributes, "comm_type").set_int64_val(collective_type(op.kind));
    chakra::add(attributes, "comm_size").set_int64_val(size);
    set_int32(op, "comm_priority", op.integer("priority", 0), attributes);
    const std::string group = op.text("group", "");
    if (!group.empty()) chakra::add(attributes, "pg_name").set_string_val(group);
    const auto involved = op.integers("involved_dim", {});
    if (involved.empty()) return;
    auto& list = *chakra::add(attributes, "involved_dim").mutable_bool_list();
    for (std::int64_t d : involved) list.add_values(d != 0);
  }

  void set_int32(const Op& op, const char* key, std::int64_t value,
                 chakra::Attributes& attributes) const {
    // Known readers take these four as int32 only; a wrapped tag would pair the wrong messages.
    if (value < INT32_MIN || value > INT32_MAX) {
      throw Error(chakra_attribute)
          .at(Place{path_, 0, 0, "op '" + op.name + "'"})
          .read(std::string(key) + "=" + std::to_string(value))
          .expected("a number of 32 bits");
    }
    chakra::add(attributes, key).set_int32_val(static_cast<std::int32_t>(value));
  }

  static CollectiveCommType collective_type(OpKind kind) {
    switch (kind) {
      case OpKind::all_reduce:
        return ALL_REDUCE;
      case OpKind::all_gather:
        return ALL_GATHER;
      case OpKind::reduce_scatter:
        return REDUCE_SCATTER;
      case OpKind::all_to_all:
        return ALL_TO_ALL;
      case OpKind::broadcast:
        return BROADCAST;
      case OpKind::barrier:
        return BARRIER;
      default:
        internal_error(__FILE__, __LINE__, "no collective");
    }
  }

  const Trace& trace_;
  const std::string& path_;
  MessageWriter file_;
  std::vector<bool> declared_;
  std::vector<OpId> producer_, parents_;
  std::string buffer_, key_;
};

}  // namespace

std::string chakra_path(const std::string& prefix, std::uint32_t rank) {
  return prefix + "." + std::to_string(rank) + ".et";
}

void write_chakra(const Trace& trace, const std::string& path, Checked checked) {
  if (checked == Checked::no) check(trace);  // before the file is touched
  Writer(trace, path).run();
}

}  // namespace mantissa::trace
