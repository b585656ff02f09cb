// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/recorder/recording.h"

#include <algorithm>

#include "workloads/executor/tensor.h"

namespace mantissa::workloads {

using trace::no_tensor;
using trace::OpKind;
using trace::TensorId;

namespace {

// The name of a gradient's owner: "layer1.0.conv1" of "layer1.0.conv1.weight".
std::string owner(const std::string& parameter) {
  const std::size_t dot = parameter.rfind('.');
  return dot == std::string::npos ? parameter : parameter.substr(0, dot);
}

std::vector<std::int64_t> versions(const std::vector<c10::IValue>& values) {
  std::vector<std::int64_t> out;
  for (const c10::IValue& v : values) {
    const bool counted = v.isTensor() && v.toTensor().defined() && !v.toTensor().is_inference();
    out.push_back(counted ? static_cast<std::int64_t>(v.toTensor()._version()) : -1);
  }
  return out;
}

void collect(const c10::IValue& value, std::vector<at::Tensor>& out) {
  if (value.isTensor()) {
    if (value.toTensor().defined() && value.toTensor().has_storage()) {
      out.push_back(value.toTensor());
    }
  } else if (value.isTensorList()) {
    for (const at::Tensor& t : value.toTensorVector()) collect(t, out);
  } else if (value.isList()) {
    for (const c10::IValue& v : value.toListRef()) collect(v, out);
  } else if (value.isTuple()) {
    for (const c10::IValue& v : value.toTupleRef().elements()) collect(v, out);
  }
}

std::vector<at::Tensor> tensors_of(const std::vector<c10::IValue>& values) {
  std::vector<at::Tensor> out;
  for (const c10::IValue& v : values) collect(v, out);
  return out;
}

// The name wanted, numbered until nobody has it: "fc#2" may itself be taken.
std::string unique(std::unordered_map<std::string, std::uint64_t>& taken,
                   const std::string& wanted) {
  const std::uint64_t n = ++taken[wanted];
  return n == 1 ? wanted : unique(taken, wanted + "#" + std::to_string(n));
}

// Called by TorchScript, libtorch 1.13 shows the whole stack of the interpreter: the operator's own
// are the last.
std::vector<c10::IValue> arguments_of(const at::RecordFunction& function) {
  const auto all = function.inputs();
  const std::size_t own = std::min(all.size(), function.num_inputs());
  return std::vector<c10::IValue>(all.end() - own, all.end());  // no list: IValues take pointers
}

std::vector<c10::IValue> results_of(const at::RecordFunction& function) {
  const auto& all = function.outputs();
  const auto own = static_cast<std::ptrdiff_t>(std::min(all.size(), function.num_outputs()));
  return std::vector<c10::IValue>(all.end() - own, all.end());
}

const Rule* rule_of(const std::string& name, const std::vector<c10::IValue>& inputs) {
  auto found = rules().find(name);
  if (found == rules().end() && !name.empty() && name.back() == '_') {
    found = rules().find(name.substr(0, name.size() - 1));
  }
  if (found == rules().end()) return nullptr;
  const Rule& rule = found->second;
  return !rule.applies || rule.applies(inputs) ? &rule : nullptr;
}

}  // namespace

const std::unordered_map<std::string, Rule>& rules() {
  static const Rules all = [] {
    Rules r;
    add_product_rules(r);
    add_pointwise_rules(r);
    add_row_rules(r);
    add_window_rules(r);
    add_movement_rules(r);
    add_lookup_rules(r);
    add_vocabulary_rules(r);
    return r;
  }();
  return all;
}

Recording::Recording(RecorderOptions o)
    : options(std::move(o)),
      values({[this](const Movement& m, TensorId from, const at::Tensor* like) {
                return movement(m, from, like);
              },
              [this](TensorId whole, TensorId part) {
                const trace::Tensor to = tensor(whole);
                const std::uint64_t bytes = 2 * tensor(part).bytes();
                const std::string name = to.name + ".overwrite";
                return output(emit(OpKind::generic, name, {whole, part},
                                   {{"elements", tensor(part).elements()},
                                    {"bytes", static_cast<std::int64_t>(bytes)},
                                    {"of", std::string("overwrite")}},
                                   {{"", to.format, to.shape, trace::Role::activation}}),
                              0);
              },
              [this](const at::Tensor& t) { return source(t); }}) {
  trace_.name = options.name;
  trace_.rank = options.rank;
}

// ---- the callbacks -----------------------------------------------------------------------------

void Recording::begin(const at::RecordFunction& function) {
  if (suppressed_ > 0) {
    ++suppressed_;
    return;
  }
  Frame frame;
  frame.name = function.name();
  if (function.scope() == at::RecordScope::BACKWARD_FUNCTION) {
    const auto forward = forward_names_.find(function.seqNr());
    if (forward != forward_names_.end()) frame.belongs_to = forward->second;
  } else {
    frame.inputs = arguments_of(function);
    frame.rule = rule_of(frame.name, frame.inputs);
    if (frame.rule == nullptr) frame.versions = versions(frame.inputs);
    if (options.contents == Contents::sources) keep_contents(frame.inputs);
  }
  if (frame.belongs_to.empty() && !frames_.empty()) frame.belongs_to = frames_.back().belongs_to;
  if (frame.rule != nullptr) suppressed_ = 1;
  frames_.push_back(std::move(frame));
}

// Before the operator changes them: when it ends, only their names are left to be given.
void Recording::keep_contents(const std::vector<c10::IValue>& inputs) {
  for (const at::Tensor& t : tensors_of(inputs)) {
    const c10::StorageImpl* storage = t.storage().unsafeGetStorageImpl();
    if (!values.known(t) && before_.count(storage) == 0) before_[storage] = t.detach().clone();
  }
}

void Recording::end(const at::RecordFunction& function) {
  if (suppressed_ > 1) {
    --suppressed_;
    if (suppressed_ == 1) {
      const std::vector<at::Tensor> made = tensors_of(results_of(function));
      if (!made.empty()) frames_.back().nested.emplace_back(function.name(), made.front());
    }
    return;
  }
  if (frames_.empty()) return;  // begun before recording was
  suppressed_ = 0;
  const Frame frame = std::move(frames_.back());
  frames_.pop_back();
  const std::vector<c10::IValue> results = results_of(function);
  const std::size_t before = trace_.ops.size();
  if (frame.rule != nullptr) {
    Call call(*this, frame, results);
    if (frame.rule->record) frame.rule->record(call);
  } else if (function.scope() == at::RecordScope::FUNCTION) {
    fall_back(frame, results);
  }
  if (trace_.ops.size() > before) {
    for (const at::Tensor& t : tensors_of(results)) {
      if (t.grad_fn() != nullptr) {
        forward_names_[static_cast<std::int64_t>(t.grad_fn()->sequence_nr())] =
            trace_.ops.back().name;
      }
    }
  }
}

// An operator without a rule: whatever it made or changed that nothing nested in it accounts for.
void Recording::fall_back(const Frame& frame, const std::vector<c10::IValue>& outputs) {
  std::vector<at::Tensor> made;
  for (const at::Tensor& t : tensors_of(outputs)) {
    // Batch norm hands on tensors without elements where it has nothing to keep.
    if (t.numel() > 0 && !values.known(t)) made.push_back(t);
  }
  const std::vector<std::int64_t> now = versions(frame.inputs);
  for (std::size_t i = 0; i < frame.inputs.size(); ++i) {
    if (i >= frame.versions.size() || now[i] == frame.versions[i]) continue;
    const at::Tensor& t = frame.inputs[i].toTensor();
    // Nested operators with rules have written what they changed.
    const auto id = values.find(t);
    const bool recorded =
        id && !trace_.ops.empty() &&
        std::count(trace_.ops.back().outputs.begin(), trace_.ops.back().outputs.end(), *id) > 0;
    if (!recorded && t.has_storage()) made.push_back(t);
  }
  if (made.empty()) return;
  Call call(*this, frame, outputs);
  call.generic();
}

// ---- the trace ---------------------------------------------------------------------------------

std::string Recording::unique_op_name(const std::string& wanted) {
  return unique(op_names_, wanted);
}

trace::OpId Recording::emit(OpKind kind, const std::string& name,
                            const std::vector<TensorId>& inputs, trace::Attributes attributes,
                            std::vector<trace::Tensor> outputs) {
  trace::Op op;
  op.name = unique_op_name(name);
  op.kind = kind;
  op.inputs = inputs;
  while (!op.inputs.empty() && op.inputs.back() == no_tensor) op.inputs.pop_back();
  op.attributes = std::move(attributes);
  const auto& roles = trace::spec(kind).outputs;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].shape.size() == 1 && outputs[i].shape[0] < 0) {  // absent
      op.outputs.push_back(no_tensor);
      continue;
    }
    trace::Tensor& t = outputs[i];
    t.role = trace::Role::activation;
    t.name = op.name;
    const bool several = roles.empty() || roles.front().variadic;
    if (several && outputs.size() > 1) {
      t.name += ":" + std::to_string(i);
    } else if (i > 0) {
      t.name += std::string(":") + (i < roles.size() ? roles[i].name : std::to_string(i).c_str());
    }
    t.name = unique(tensor_names_, t.name);
    op.outputs.push_back(trace_.add_tensor(std::move(t)));
  }
  while (!op.outputs.empty() && op.outputs.back() == no_tensor) op.outputs.pop_back();
  trace_.ops.push_back(std::move(op));
  return static_cast<trace::OpId>(trace_.ops.size() - 1);
}

void Recording::name_source(const at::Tensor& tensor, const std::string& name, trace::Role role) {
  if (!tensor.defined() || !tensor.has_storage()) return;
  names_[tensor.storage().unsafeGetStorageImpl()] = {name, role};
  named_.push_back(tensor.detach());
}

TensorId Recording::source(const at::Tensor& tensor) {
  trace::Tensor t;
  t.format = format_of_size(tensor.scalar_type());
  t.shape = shape_of(tensor);
  const auto named = names_.find(tensor.storage().unsafeGetStorageImpl());
  t.role = named == names_.end() ? trace::Role::input : named->second.role;
  t.name = named == names_.end() ? "input" : named->second.name;
  t.name = unique(tensor_names_, t.name);
  if (options.contents == Contents::sources) {
    const auto kept = before_.find(tensor.storage().unsafeGetStorageImpl());
    const bool same = kept != before_.end() && kept->second.sizes() == tensor.sizes();
    contents[t.name] = value_of(same ? kept->second : tensor);
    if (kept != before_.end()) before_.erase(kept);
  }
  return trace_.add_tensor(std::move(t));
}

TensorId Recording::movement(const Movement& m, TensorId from, const at::Tensor* like) {
  const trace::Tensor x = tensor(from);
  trace::Op probe;  // the vocabulary knows the shape that comes out
  probe.kind = m.kind;
  probe.attributes = m.attributes;
  trace::Shape shape;
  std::string suffix = trace::name(m.kind);
  trace::Attributes attributes = m.attributes;
  if (m.kind == OpKind::generic) {
    shape = shape_of(*like);
    suffix = "view";
    attributes = {{"elements", trace::elements(shape)},
                  {"bytes", static_cast<std::int64_t>(
                                2 * trace::storage_bytes(x.format, trace::elements(shape)))},
                  {"of", std::string("as_strided")}};
    warn("as_strided");
  } else {
    probe.name = x.name;
    shape = trace::spec(m.kind).shapes(probe, {&x}).front();
  }
  trace::OpId op = emit(m.kind, x.name + "." + suffix, {from}, std::move(attributes),
                        {{"", x.format, shape, trace::Role::activation}});
  TensorId id = output(op, 0);
  // select: a slice of one position, then the dimension goes.
  if (like != nullptr && m.kind == OpKind::slice && shape != shape_of(*like)) {
    op = emit(OpKind::reshape, x.name + ".select", {id}, {{"shape", shape_of(*like)}},
              {{"", x.format, shape_of(*like), trace::Role::activation}});
    id = output(op, 0);
  }
  return id;
}

bool Recording::inside(const std::string& name) const {
  return std::any_of(frames_.begin(), frames_.end(),
                     [&](const Frame& f) { return f.name == name; });
}

std::string Recording::operator_name(const Frame& frame, OpKind kind) const {
  for (const c10::IValue& v : frame.inputs) {
    if (!v.isTensor() || !v.toTensor().defined() || !v.toTensor().has_storage()) continue;
    const auto named = names_.find(v.toTensor().storage().unsafeGetStorageImpl());
    if (named == names_.end() || named->second.role != trace::Role::parameter) continue;
    const trace::OpClass c = trace::spec(kind).op_class;
    if (frame.belongs_to.empty() && (c == trace::OpClass::matrix || c == trace::OpClass::row ||
                                     c == trace::OpClass::lookup || kind == OpKind::batch_norm)) {
      return scope + owner(named->second.name);
    }
    if (frame.belongs_to.empty() && c == trace::OpClass::pointwise) {
      return scope + named->second.name + "." + trace::name(kind);
    }
  }
  if (!frame.belongs_to.empty()) {
    std::string suffix = trace::name(kind);
    if (kind == OpKind::conv2d_input_grad) suffix = "grad_input";
    if (kind == OpKind::conv2d_weight_grad) suffix = "grad_weight";
    return frame.belongs_to + ".backward." + suffix;
  }
  return scope + trace::name(kind);
}

// ---- one call ----------------------------------------------------------------------------------

bool Call::is_number(std::size_t i) const {
  if (i >= size()) return false;
  if (argument(i).isScalar()) return true;
  return is_tensor(i) && tensor(i).unsafeGetTensorImpl()->is_wrapped_number();
}

double Call::number(std::size_t i, double fallback) const {
  if (absent(i)) return fallback;
  if (argument(i).isTensor()) return tensor(i).item<double>();
  return argument(i).toScalar().toDouble();
}

const at::Tensor& Call::tensor(std::size_t i) const { return argument(i).toTensor(); }

std::vector<at::Tensor> Call::tensors(std::size_t i) const { return tensors_of({argument(i)}); }

bool Call::flag(std::size_t i, bool fallback) const {
  return absent(i) ? fallback : argument(i).toBool();
}

std::int64_t Call::integer(std::size_t i, std::int64_t fallback) const {
  return absent(i) ? fallback : argument(i).toInt();
}

std::vector<std::int64_t> Call::integers(std::size_t i) const {
  if (absent(i)) return {};
  if (argument(i).isInt()) return {argument(i).toInt()};
  return argument(i).toIntVector();
}

std::string Call::text(std::size_t i, const std::string& fallback) const {
  return absent(i) ? fallback : argument(i).toStringRef();
}

const at::Tensor& Call::out(std::size_t i) const { return outputs_.at(i).toTensor(); }

bool Call::has_out(std::size_t i) const {
  return i < outputs_.size() && outputs_[i].isTensor() && outputs_[i].toTensor().defined();
}

std::optional<at::Tensor> Call::nested(const std::string& name) const {
  for (auto i = frame_.nested.rbegin(); i != frame_.nested.rend(); ++i) {
    if (i->first == name) return i->second;
  }
  return std::nullopt;
}

TensorId Call::broadcast_in(std::size_t i) {
  trace::Attributes ignored;
  return r_.values.read_before(tensor(i), OpKind::expand, ignored);
}

TensorId Call::matrix_in(std::size_t i, bool& transposed) {
  trace::Attributes movement;
  const TensorId id = r_.values.read_before(tensor(i), OpKind::transpose, movement);
  transposed = false;
  if (movement.empty()) return id;
  auto p = std::get<std::vector<std::int64_t>>(movement.at("permutation"));
  if (p.size() >= 2) std::swap(p[p.size() - 1], p[p.size() - 2]);
  transposed = true;
  for (std::size_t d = 0; d < p.size(); ++d) {
    transposed = transposed && p[d] == static_cast<std::int64_t>(d);
  }
  return transposed ? id : in(i);
}

trace::OpId Call::emit(OpKind kind, const std::vector<TensorId>& inputs,
                       trace::Attributes attributes, const std::vector<at::Tensor>& outputs) {
  std::vector<trace::Tensor> described;
  for (const at::Tensor& t : outputs) {
    described.push_back(t.defined()
                            ? trace::Tensor{"", format_of_size(t.scalar_type()), shape_of(t), {}}
                            : trace::Tensor{"", {}, {-1}, {}});
  }
  const trace::OpId op = r_.emit(kind, r_.operator_name(frame_, kind), inputs,
                                 std::move(attributes), std::move(described));
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].defined()) r_.values.write(outputs[i], r_.output(op, i));
  }
  return op;
}

TensorId Call::emit_inner(OpKind kind, const std::string& suffix,
                          const std::vector<TensorId>& inputs, trace::Attributes attributes,
                          trace::NumberFormat format, trace::Shape shape) {
  const std::string name = r_.operator_name(frame_, kind);
  const trace::OpId op =
      r_.emit(kind, suffix.empty() ? name : name + "." + suffix, inputs, std::move(attributes),
              {{"", format, std::move(shape), trace::Role::activation}});
  return r_.output(op, 0);
}

void Call::split(trace::Attributes attributes, const std::vector<at::Tensor>& parts) {
  std::vector<trace::Tensor> described;
  for (const at::Tensor& t : parts) {
    described.push_back({"", format_of_size(t.scalar_type()), shape_of(t), {}});
  }
  const trace::OpId op = r_.emit(OpKind::split, r_.operator_name(frame_, OpKind::split), {in(0)},
                                 std::move(attributes), std::move(described));
  for (std::size_t i = 0; i < parts.size(); ++i) r_.values.set(parts[i], r_.output(op, i));
}

void Call::generic() {
  std::vector<at::Tensor> made;
  for (const at::Tensor& t : tensors_of(outputs_)) {
    const bool again =
        std::any_of(made.begin(), made.end(), [&](const at::Tensor& m) { return m.is_same(t); });
    if (!again) made.push_back(t);
  }
  std::vector<TensorId> inputs;
  std::int64_t elements = 0;
  std::uint64_t bytes = 0;
  const auto count = [&](const at::Tensor& t) {
    elements = std::max<std::int64_t>(elements, t.numel());
    bytes += t.nbytes();
  };
  for (const at::Tensor& t : tensors_of(frame_.inputs)) {
    // A tensor that is only written (out=, random numbers in place) has no contents to read.
    if (!r_.values.known(t) && !frame_.name.empty() && frame_.name.back() == '_' && !made.empty() &&
        made.front().is_same(t)) {
      continue;
    }
    inputs.push_back(in(t));
    count(t);
  }
  for (const at::Tensor& t : made) count(t);
  std::string of = frame_.name;
  if (of.compare(0, 6, "aten::") == 0) of = of.substr(6);
  r_.warn(of);
  emit(OpKind::generic, inputs,
       {{"elements", elements}, {"bytes", static_cast<std::int64_t>(bytes)}, {"of", of}}, made);
}

std::int64_t axis(std::int64_t dim, std::int64_t rank) { return dim < 0 ? dim + rank : dim; }

std::vector<std::int64_t> shortest(std::vector<std::int64_t> extents) {
  for (const std::int64_t x : extents)
    if (x != extents.front()) return extents;
  if (extents.size() > 1) extents.resize(1);
  return extents;
}

}  // namespace mantissa::workloads
