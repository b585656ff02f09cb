// SPDX-License-Identifier: Apache-2.0
// A trace in the making, and one operator of libtorch about to become part of it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/numerics/value.h"
#include "base/trace/builder.h"
#include "base/trace/vocabulary.h"
#include "workloads/executor/recorder/recorder.h"
#include "workloads/executor/recorder/values.h"

namespace mantissa::workloads {

class Call;

// None, or a tensor that was not given.
inline bool is_absent(const c10::IValue& v) {
  return v.isNone() || (v.isTensor() && !v.toTensor().defined());
}

// What one name of libtorch becomes.
struct Rule {
  // Writes the nodes; nothing for operators that cost nothing.
  std::function<void(Call&)> record;
  // Whether the rule holds for these arguments; otherwise the operator is looked through.
  std::function<bool(const std::vector<c10::IValue>&)> applies;
};

// All of them, by name ("aten::conv2d"). A name in place ("aten::relu_") has the rule of its base.
const std::unordered_map<std::string, Rule>& rules();

// The families.
using Rules = std::unordered_map<std::string, Rule>;
void add_product_rules(Rules& rules);
void add_pointwise_rules(Rules& rules);
void add_row_rules(Rules& rules);
void add_window_rules(Rules& rules);
void add_movement_rules(Rules& rules);
void add_lookup_rules(Rules& rules);
void add_vocabulary_rules(Rules& rules);  // mantissa::<kind>

class Recording {
 public:
  explicit Recording(RecorderOptions options);

  // ---- the callbacks --------------------------------------------------------------------------
  void begin(const at::RecordFunction& function);
  void end(const at::RecordFunction& function);

  // What went wrong in a callback: libtorch lets no exception pass.
  std::exception_ptr failure;

  // ---- the trace ------------------------------------------------------------------------------
  trace::OpId emit(trace::OpKind kind, const std::string& name,
                   const std::vector<trace::TensorId>& inputs, trace::Attributes attributes,
                   std::vector<trace::Tensor> outputs);
  const trace::Tensor& tensor(trace::TensorId id) const { return trace_.tensor(id); }
  trace::TensorId output(trace::OpId op, std::size_t i) const {
    return trace_.ops.at(op).outputs.at(i);
  }
  std::string unique_op_name(const std::string& wanted);

  void name_source(const at::Tensor& tensor, const std::string& name, trace::Role role);
  void warn(const std::string& op) { ++warnings_[op]; }
  bool inside(const std::string& name) const;  // an operator that encloses the present one

  RecorderOptions options;
  Values values;
  trace::Trace trace_;
  std::string scope;
  std::map<std::string, std::uint64_t> warnings_;
  std::map<std::string, numerics::Value> contents;  // by tensor name

 private:
  struct Frame {
    std::string name;
    const Rule* rule = nullptr;
    std::vector<c10::IValue> inputs;
    std::vector<std::int64_t> versions;  // of the tensors among the inputs
    std::string belongs_to;              // of a backward node: the name of the forward operator
    std::vector<std::pair<std::string, at::Tensor>> nested;  // first outputs, under a rule
  };
  friend class Call;

  trace::TensorId source(const at::Tensor& tensor);
  trace::TensorId movement(const Movement& movement, trace::TensorId from, const at::Tensor* like);
  void keep_contents(const std::vector<c10::IValue>& inputs);
  void fall_back(const Frame& frame, const std::vector<c10::IValue>& outputs);
  std::string operator_name(const Frame& frame, trace::OpKind kind) const;

  std::vector<Frame> frames_;
  std::size_t suppressed_ = 0;  // frames below one with a rule
  struct Name {
    std::string name;
    trace::Role role;
  };
  std::unordered_map<const c10::StorageImpl*, Name> names_;
  std::vector<at::Tensor> named_;                                   // keeps their storages
  std::unordered_map<const c10::StorageImpl*, at::Tensor> before_;  // contents of sources to be
  std::unordered_map<std::string, std::uint64_t> op_names_, tensor_names_;
  std::unordered_map<std::int64_t, std::string> forward_names_;  // by sequence number
};

// One operator with its arguments, as a rule sees it.
class Call {
 public:
  Call(Recording& recording, const Recording::Frame& frame, const std::vector<c10::IValue>& outputs)
      : r_(recording), frame_(frame), outputs_(outputs) {}

  const std::string& name() const { return frame_.name; }
  Recording& recording() { return r_; }

  // ---- arguments, by position ------------------------------------------------------------------
  std::size_t size() const { return frame_.inputs.size(); }
  const c10::IValue& argument(std::size_t i) const { return frame_.inputs.at(i); }
  const std::vector<c10::IValue>& arguments() const { return frame_.inputs; }
  bool is_tensor(std::size_t i) const {
    return i < size() && argument(i).isTensor() && argument(i).toTensor().defined();
  }
  // A tensor that stands for a number (2 * x): its value is an attribute.
  bool is_number(std::size_t i) const;
  double number(std::size_t i, double fallback = 0) const;
  const at::Tensor& tensor(std::size_t i) const;
  std::vector<at::Tensor> tensors(std::size_t i) const;
  bool flag(std::size_t i, bool fallback = false) const;
  std::int64_t integer(std::size_t i, std::int64_t fallback = 0) const;
  std::vector<std::int64_t> integers(std::size_t i) const;  // of None: none
  std::string text(std::size_t i, const std::string& fallback) const;
  bool absent(std::size_t i) const { return i >= size() || is_absent(argument(i)); }

  const at::Tensor& out(std::size_t i = 0) const;
  bool has_out(std::size_t i) const;
  c10::List<at::Tensor> output_list() const { return outputs_.at(0).toTensorList(); }
  // The output of an operator that was nested in this one, the last of that name.
  std::optional<at::Tensor> nested(const std::string& name) const;

  // ---- what is written -------------------------------------------------------------------------
  trace::TensorId in(std::size_t i) { return in(tensor(i)); }
  trace::TensorId in(const at::Tensor& t) { return r_.values.read(t); }
  trace::TensorId maybe_in(std::size_t i) { return is_tensor(i) ? in(i) : trace::no_tensor; }
  // Without an expansion that nobody else needs.
  trace::TensorId broadcast_in(std::size_t i);
  // A matrix, perhaps as it lies before its last two dimensions were exchanged.
  trace::TensorId matrix_in(std::size_t i, bool& transposed);

  // A node whose outputs are tensors of the program; undefined ones are absent.
  trace::OpId emit(trace::OpKind kind, const std::vector<trace::TensorId>& inputs,
                   trace::Attributes attributes, const std::vector<at::Tensor>& outputs);
  // A node between, whose output only this call sees.
  trace::TensorId emit_inner(trace::OpKind kind, const std::string& suffix,
                             const std::vector<trace::TensorId>& inputs,
                             trace::Attributes attributes, trace::NumberFormat format,
                             trace::Shape shape);
  // One node for the parts of the first argument, which stay views of it.
  void split(trace::Attributes attributes, const std::vector<at::Tensor>& parts);
  // A node known by size only, with a warning.
  void generic();

 private:
  Recording& r_;
  const Recording::Frame& frame_;
  const std::vector<c10::IValue>& outputs_;
};

// What rules share: an axis counted from the end, too; {3, 3} written as {3}.
std::int64_t axis(std::int64_t dim, std::int64_t rank);
std::vector<std::int64_t> shortest(std::vector<std::int64_t> extents);

}  // namespace mantissa::workloads
