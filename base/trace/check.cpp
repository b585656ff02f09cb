// SPDX-License-Identifier: Apache-2.0
#include "base/trace/check.h"

#include <unordered_map>

#include "base/trace/vocabulary.h"

namespace mantissa::trace {

namespace {

// One pass over the tensors, one over the producers, one over the ops; goes on after each
// violation.
class Checker {
 public:
  explicit Checker(const Trace& trace) : trace_(trace) {}

  std::vector<Error> run() {
    check_tensors();
    find_producers();
    for (OpId id = 0; id < trace_.ops.size(); ++id) check_op(id);
    return std::move(found_);
  }

 private:
  // Names map to safetensors entries: two equal ones would share their contents.
  void check_tensors() {
    std::unordered_map<std::string, TensorId> names;
    sound_.assign(trace_.tensors.size(), true);
    for (TensorId id = 0; id < trace_.tensors.size(); ++id) {
      const Tensor& t = trace_.tensors[id];
      if (!names.emplace(t.name, id).second) {
        found_.push_back(Error(duplicate_name)
                             .at(Place{"", 0, 0, "tensor " + std::to_string(id)})
                             .read(t.name)
                             .expected("a name that no other tensor has"));
      }
      if (auto error = size_violation(t)) {
        found_.push_back(*error);
        sound_[id] = false;
      }
    }
  }

  void find_producers() {
    // Producers of the whole trace first, so that a use before its definition is told from an
    // orphan.
    constexpr OpId nobody = no_tensor;
    producer_.assign(trace_.tensors.size(), nobody);
    for (OpId id = 0; id < trace_.ops.size(); ++id) {
      const Op& op = trace_.ops[id];
      for (TensorId out : op.outputs) {
        if (out == no_tensor || out >= producer_.size()) continue;  // check_op reports the latter
        const Tensor& t = trace_.tensors[out];
        if (producer_[out] != nobody) {
          found_.push_back(Error(two_producers)
                               .at(place_of(op, t))
                               .say("op '" + trace_.ops[producer_[out]].name + "' writes it too"));
          continue;
        }
        producer_[out] = id;
        if (t.role != Role::activation) {
          found_.push_back(Error(tensor_role)
                               .at(place_of(op, t))
                               .read(name(t.role))
                               .expected("activation for a tensor that an op writes"));
        }
      }
    }
  }

  // Inference runs only on sound operands: its own messages would otherwise repeat the ones before.
  void check_op(OpId id) {
    const Op& op = trace_.ops[id];
    const auto [it, is_new] = names_.emplace(op.name, id);
    if (!is_new) {
      found_.push_back(
          Error(duplicate_name)
              .at(place_of(op))
              .read(op.name)
              .expected("a name that op " + std::to_string(it->second) + " does not have already"));
    }
    bool sound = check_references(id);
    if (auto error = operand_violation(op)) {
      found_.push_back(*error);
      sound = false;
    }
    if (auto error = attribute_violation(op)) {
      found_.push_back(*error);
      sound = false;
    }
    if (sound) check_outputs(op);
  }

  // Every tensor exists and is there in time; false when inference would make no sense.
  bool check_references(OpId id) {
    const Op& op = trace_.ops[id];
    bool sound = true;
    for (const auto* list : {&op.inputs, &op.outputs}) {
      for (TensorId t : *list) {
        if (t == no_tensor) continue;
        if (t >= trace_.tensors.size()) {
          found_.push_back(Error(dangling_tensor)
                               .at(place_of(op))
                               .read("tensor " + std::to_string(t))
                               .expected("an id below " + std::to_string(trace_.tensors.size())));
          sound = false;
        } else {
          sound = sound && sound_[t];
        }
      }
    }
    for (TensorId t : op.inputs) {
      if (t == no_tensor || t >= trace_.tensors.size()) continue;
      const bool written = producer_[t] != no_tensor;
      if (written && producer_[t] >= id) {
        found_.push_back(Error(op_order)
                             .at(place_of(op, trace_.tensors[t]))
                             .say("op '" + trace_.ops[producer_[t]].name +
                                  "', not earlier in the trace, writes it"));
      }
      if (!written && trace_.tensors[t].role == Role::activation) {
        found_.push_back(Error(tensor_role)
                             .at(place_of(op, trace_.tensors[t]))
                             .read("activation")
                             .expected("input or parameter for a tensor that no op writes"));
      }
    }
    for (OpId before : op.after) {
      // Control dependencies point backwards, as the order of the ops demands.
      if (before < id) continue;
      const bool exists = before < trace_.ops.size();
      found_.push_back(Error(exists ? op_order : dangling_tensor)
                           .at(place_of(op))
                           .read("after op " + std::to_string(before))
                           .expected("an op before op " + std::to_string(id)));
    }
    return sound;
  }

  void check_outputs(const Op& op) {
    const std::vector<const Tensor*> inputs = inputs_of(trace_, op);
    const OpSpec& row = spec(op.kind);
    try {
      const std::vector<Shape> shapes = row.shapes(op, inputs);
      row.macs(op, inputs);
      // Of a generic op and of a collective without operands nobody knows the outputs' shapes.
      const bool free = shapes.empty() &&
                        (row.op_class == OpClass::generic || row.op_class == OpClass::collective);
      if (!free) check_shapes(op, shapes);
    } catch (const Error& error) {
      found_.push_back(error);
      return;
    }
    for (std::size_t i = 0; i < op.outputs.size(); ++i) {
      if (op.outputs[i] == no_tensor) continue;
      const Tensor& t = trace_.tensors[op.outputs[i]];
      const std::string expected = format_violation(op, inputs, i, t.format);
      if (expected.empty()) continue;
      found_.push_back(
          Error(op_format).at(place_of(op, t)).read(name(t.format)).expected(expected));
    }
  }

  void check_shapes(const Op& op, const std::vector<Shape>& shapes) {
    const OpSpec& row = spec(op.kind);
    const bool open = !row.outputs.empty() && row.outputs.back().variadic;
    if (open && shapes.size() != op.outputs.size()) {
      found_.push_back(Error(operand_count)
                           .at(place_of(op))
                           .read(std::to_string(op.outputs.size()) + " outputs")
                           .expected(std::to_string(shapes.size()) + " outputs"));
      return;
    }
    for (std::size_t i = 0; i < op.outputs.size() && i < shapes.size(); ++i) {
      if (op.outputs[i] == no_tensor) continue;
      const Tensor& t = trace_.tensors[op.outputs[i]];
      if (t.shape == shapes[i]) continue;
      found_.push_back(
          Error(op_shape).at(place_of(op, t)).read(text(t.shape)).expected(text(shapes[i])));
    }
  }

  const Trace& trace_;
  std::vector<bool> sound_;     // tensors whose sizes can be reckoned with
  std::vector<OpId> producer_;  // per tensor; no_tensor: nobody
  std::unordered_map<std::string, OpId> names_;
  std::vector<Error> found_;
};

}  // namespace

std::vector<Error> violations(const Trace& trace) { return Checker(trace).run(); }

void check(const Trace& trace) {
  const std::vector<Error> found = violations(trace);
  if (!found.empty()) throw found.front();
}

}  // namespace mantissa::trace
