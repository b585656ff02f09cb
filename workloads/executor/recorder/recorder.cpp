// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/recorder/recorder.h"

#include "base/trace/vocabulary.h"
#include "workloads/executor/recorder/recording.h"
#include "workloads/executor/tensor.h"

namespace mantissa::workloads {

namespace {

thread_local Recorder* active_recorder = nullptr;
thread_local bool silent = false;

template <class Step>
void guarded(Step step) {
  if (active_recorder == nullptr || silent || active_recorder->recording().failure) return;
  const Unrecorded quiet;  // what the recorder itself asks of tensors
  try {
    step(active_recorder->recording());
  } catch (...) {
    active_recorder->recording().failure = std::current_exception();
  }
}

std::unique_ptr<at::ObserverContext> on_begin(const at::RecordFunction& function) {
  guarded([&](Recording& r) { r.begin(function); });
  return nullptr;
}

void on_end(const at::RecordFunction& function, at::ObserverContext*) {
  guarded([&](Recording& r) { r.end(function); });
}

}  // namespace

Recorder::Recorder(RecorderOptions options)
    : recording_(std::make_unique<Recording>(std::move(options))) {}

Recorder::~Recorder() = default;

Recorder* Recorder::active() { return silent ? nullptr : active_recorder; }

void Recorder::parameter(const std::string& name, const at::Tensor& tensor) {
  recording_->name_source(tensor, name, trace::Role::parameter);
}

void Recorder::input(const std::string& name, const at::Tensor& tensor) {
  recording_->name_source(tensor, name, trace::Role::input);
}

void Recorder::parameters(const torch::nn::Module& module) {
  for (const auto& p : module.named_parameters()) parameter(p.key(), p.value());
  for (const auto& b : module.named_buffers()) input(b.key(), b.value());
}

void Recorder::parameters(const torch::jit::Module& module) {
  for (const auto& p : module.named_parameters()) parameter(p.name, p.value);
  for (const auto& b : module.named_buffers()) input(b.name, b.value);
}

Recorder::Session::Session(Recorder& recorder) {
  if (active_recorder != nullptr) {
    throw Error(nested_recorder)
        .say("'" + active_recorder->recording().options.name + "' is being recorded already")
        .remedy("record one after the other, or in threads of their own");
  }
  handle_ = at::addThreadLocalCallback(
      at::RecordFunctionCallback(on_begin, on_end)
          .needsInputs(true)
          .needsOutputs(true)
          .scopes({at::RecordScope::FUNCTION, at::RecordScope::BACKWARD_FUNCTION}));
  active_recorder = &recorder;
}

Recorder::Session::~Session() {
  at::removeCallback(handle_);
  active_recorder = nullptr;
}

Recorder::Scope::Scope(Recorder& recorder, const std::string& name)
    : recorder_(recorder), length_(recorder.recording().scope.size()) {
  recorder.recording().scope += name + ".";
}

Recorder::Scope::~Scope() { recorder_.recording().scope.resize(length_); }

void Recorder::node(trace::OpKind kind, const std::string& name,
                    const std::vector<at::Tensor>& inputs, const std::vector<at::Tensor>& outputs,
                    std::map<std::string, trace::Attribute> attributes) {
  const Unrecorded quiet;
  Recording& r = *recording_;
  std::vector<trace::TensorId> in;
  for (const at::Tensor& t : inputs) in.push_back(r.values.read(t));
  std::vector<trace::Tensor> out;
  for (const at::Tensor& t : outputs) {
    out.push_back({"", format_of(t.scalar_type()), shape_of(t), trace::Role::activation});
  }
  const trace::OpId op = r.emit(kind, r.scope + name, in, std::move(attributes), std::move(out));
  for (std::size_t i = 0; i < outputs.size(); ++i) r.values.write(outputs[i], r.output(op, i));
}

trace::TensorId Recorder::output(const at::Tensor& tensor) {
  const Unrecorded quiet;
  return recording_->values.read(tensor);
}

std::optional<trace::TensorId> Recorder::id(const at::Tensor& tensor) const {
  return recording_->values.find(tensor);
}

std::vector<std::string> Recorder::warnings() const {
  std::vector<std::string> out;
  for (const auto& [op, times] : recording_->warnings_) {
    out.push_back("operator '" + op + "' has no row in the vocabulary: " + std::to_string(times) +
                  (times == 1 ? " generic node" : " generic nodes"));
  }
  return out;
}

trace::Trace Recorder::finish() {
  if (recording_->failure) std::rethrow_exception(recording_->failure);
  trace::Trace trace = std::move(recording_->trace_);
  recording_->trace_ = {};
  trace::check(trace);
  return trace;
}

OperandSource Recorder::source() const {
  const auto contents = recording_->contents;
  return [contents](const trace::Trace&, const trace::Tensor& tensor) {
    return contents.at(tensor.name).data;
  };
}

Unrecorded::Unrecorded() : before_(silent) { silent = true; }
Unrecorded::~Unrecorded() { silent = before_; }

}  // namespace mantissa::workloads
