// SPDX-License-Identifier: Apache-2.0
// Whether two traces are the same, node for node: kinds, shapes, formats, attributes (with the
// vocabulary's defaults filled in), roles, and which node feeds which operand.
//
// Names and the order of independent nodes do not count. What nobody reads is paired in order, then
// what feeds it, operand by operand, so that the pairing is unique. Written alike are
//   - lists of one number and of several equal ones: a stride of 2 and of [2, 2];
//   - the positions of a slice, whether counted from the front or to the end;
//   - a matrix of parameters as the second operand of a matmul, stored [K,N], or [N,K] and read
//     transposed: networks in YAML store what the array reads, libtorch [outputs, inputs].
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/trace/vocabulary.h"

namespace mantissa::workloads {

class TracePair {
 public:
  TracePair(const trace::Trace& a, const trace::Trace& b) : a_(a), b_(b) {}

  // Empty, or the first difference.
  std::string difference() {
    if (a_.ops.size() != b_.ops.size()) {
      return std::to_string(a_.ops.size()) + " nodes against " + std::to_string(b_.ops.size());
    }
    const auto ends_a = ends(a_), ends_b = ends(b_);
    if (ends_a.size() != ends_b.size()) return "other results";
    for (std::size_t i = 0; i < ends_a.size(); ++i) pair_ops(ends_a[i], ends_b[i]);
    while (difference_.empty() && !open_.empty()) {
      const auto [a, b] = open_.back();
      open_.pop_back();
      compare(a_.ops[a], b_.ops[b]);
    }
    // Every node leads to an end, and is paired once.
    if (difference_.empty() && ops_.size() != a_.ops.size()) return "nodes left over";
    return difference_;
  }

 private:
  struct Producers {
    std::map<trace::TensorId, std::pair<trace::OpId, std::size_t>> of;
    explicit Producers(const trace::Trace& t) {
      for (trace::OpId op = 0; op < t.ops.size(); ++op) {
        for (std::size_t i = 0; i < t.ops[op].outputs.size(); ++i) {
          of[t.ops[op].outputs[i]] = {op, i};
        }
      }
    }
  };

  static std::vector<trace::OpId> ends(const trace::Trace& t) {
    std::vector<bool> read(t.tensors.size(), false);
    for (const trace::Op& op : t.ops) {
      for (trace::TensorId id : op.inputs) {
        if (id != trace::no_tensor) read[id] = true;
      }
    }
    std::vector<trace::OpId> out;
    for (trace::OpId op = 0; op < t.ops.size(); ++op) {
      const auto& made = t.ops[op].outputs;
      if (std::none_of(made.begin(), made.end(),
                       [&](trace::TensorId id) { return id != trace::no_tensor && read[id]; })) {
        out.push_back(op);
      }
    }
    return out;
  }

  void differ(const trace::Op& a, const trace::Op& b, const std::string& what) {
    if (difference_.empty()) {
      difference_ = std::string(trace::name(a.kind)) + " '" + a.name + "' and " +
                    trace::name(b.kind) + " '" + b.name + "': " + what;
    }
  }

  void pair_ops(trace::OpId a, trace::OpId b) {
    const auto [i, fresh] = ops_.emplace(a, b);
    const auto [j, fresh_back] = ops_back_.emplace(b, a);
    if (i->second != b || j->second != a) {
      return differ(a_.ops[a], b_.ops[b], "each is paired with another node already");
    }
    if (fresh && fresh_back) open_.emplace_back(a, b);
  }

  static bool is_stored_matrix(const trace::Trace& t, const trace::Op& op, std::size_t operand) {
    return op.kind == trace::OpKind::matmul && operand == 1 &&
           t.tensor(op.inputs[1]).role == trace::Role::parameter;
  }

  static trace::Shape shape(const trace::Trace& t, const trace::Op& op, std::size_t operand) {
    trace::Shape s = t.tensor(op.inputs[operand]).shape;
    if (is_stored_matrix(t, op, operand) && op.flag("transpose_b", false)) {
      std::swap(s[s.size() - 1], s[s.size() - 2]);
    }
    return s;
  }

  static std::string attribute(const trace::Trace& t, const trace::Op& op, const std::string& key) {
    trace::Attribute v = trace::attribute(op, key);
    if (key == "transpose_b" && is_stored_matrix(t, op, 1)) return "";
    if (auto* list = std::get_if<std::vector<std::int64_t>>(&v)) {
      if (op.kind == trace::OpKind::slice && (key == "start" || key == "end")) {
        const auto axes = op.integers("axis", {0});
        for (std::size_t i = 0; i < list->size(); ++i) {
          const std::int64_t size =
              t.tensor(op.inputs[0]).shape.at(static_cast<std::size_t>(axes.at(i)));
          if ((*list)[i] < 0) (*list)[i] += size;
          (*list)[i] = std::min((*list)[i], size);
        }
      }
      const bool window =
          key == "stride" || key == "padding" || key == "dilation" || key == "kernel_size";
      if (window &&
          std::adjacent_find(list->begin(), list->end(), std::not_equal_to<>()) == list->end()) {
        list->resize(1);
      }
    }
    return trace::text(v);
  }

  void compare(const trace::Op& a, const trace::Op& b) {
    if (a.kind != b.kind) return differ(a, b, "other kinds");
    for (const auto& spec : trace::spec(a.kind).attributes) {
      const std::string x = attribute(a_, a, spec.name), y = attribute(b_, b, spec.name);
      if (x != y) return differ(a, b, std::string(spec.name) + " " + x + " and " + y);
    }
    if (a.outputs.size() != b.outputs.size()) return differ(a, b, "other outputs");
    for (std::size_t i = 0; i < a.outputs.size(); ++i) {
      const trace::Tensor &x = a_.tensor(a.outputs[i]), &y = b_.tensor(b.outputs[i]);
      if (x.shape != y.shape) {
        return differ(a, b, "results of " + trace::text(x.shape) + " and " + trace::text(y.shape));
      }
      if (x.format != y.format) return differ(a, b, "results of other formats");
    }
    if (a.inputs.size() != b.inputs.size()) return differ(a, b, "other operands");
    for (std::size_t i = 0; i < a.inputs.size(); ++i) operand(a, b, i);
  }

  void operand(const trace::Op& a, const trace::Op& b, std::size_t i) {
    const trace::TensorId x = a.inputs[i], y = b.inputs[i];
    const std::string which = "operand " + std::to_string(i);
    if (x == trace::no_tensor || y == trace::no_tensor) {
      if (x != y) differ(a, b, which + " is absent in one");
      return;
    }
    const trace::Tensor &s = a_.tensor(x), &t = b_.tensor(y);
    if (s.role != t.role) {
      return differ(a, b, which + ": " + trace::name(s.role) + " and " + trace::name(t.role));
    }
    if (s.format != t.format) return differ(a, b, which + " has other formats");
    if (shape(a_, a, i) != shape(b_, b, i)) {
      return differ(a, b, which + " of " + trace::text(s.shape) + " and " + trace::text(t.shape));
    }
    const auto [p, fresh] = tensors_.emplace(x, y);
    const auto [q, fresh_back] = tensors_back_.emplace(y, x);
    if (p->second != y || q->second != x) return differ(a, b, which + " comes from elsewhere");
    if (s.role != trace::Role::activation) return;
    const auto made = made_a_.of.at(x), other = made_b_.of.at(y);
    if (made.second != other.second) return differ(a, b, which + " is another output");
    pair_ops(made.first, other.first);
  }

  const trace::Trace &a_, &b_;
  Producers made_a_{a_}, made_b_{b_};
  std::map<trace::OpId, trace::OpId> ops_, ops_back_;
  std::map<trace::TensorId, trace::TensorId> tensors_, tensors_back_;
  std::vector<std::pair<trace::OpId, trace::OpId>> open_;
  std::string difference_;
};

inline std::string difference(const trace::Trace& a, const trace::Trace& b) {
  return TracePair(a, b).difference();
}

}  // namespace mantissa::workloads
