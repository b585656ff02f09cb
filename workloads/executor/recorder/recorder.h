// SPDX-License-Identifier: Apache-2.0
// Turns what a libtorch program does into a trace: forward, backward and optimiser steps alike.
//
//   Recorder recorder({"training step"});
//   recorder.parameters(*net);                       // names, and the role of parameters
//   recorder.input("x", x);
//   {
//     const auto on = recorder.record();             // this thread's operators, until it goes
//     loss(net->forward(x), y).backward();
//   }
//   trace::Trace trace = recorder.finish();
//
// An operator becomes the node of the outermost name that the vocabulary has; what is nested in it
// is not recorded again, and what merely wraps others (autograd's nodes, composite operators
// without a row) is looked through. Tensors are known by their storage and the way they look at it,
// so that
//
//   - a view is no node; where an operator consumes one whose elements lie otherwise, a reshape (at
//     no cost), transpose, slice or expand stands before it. Products read transposed matrices and
//     pointwise operators expanded ones as they are;
//   - an operator in place makes a new value of its storage, so that order stays in the data
//     dependencies: reads before it see the old value, reads after it the new one, through any
//     view;
//   - a tensor that nothing recorded has made is an input, or a parameter when it was named.
//
// Operators that no rule knows become `generic` nodes with their elements and bytes, named in
// warnings(): nothing is dropped. Names of nodes come from their parameters ("layer1.0.conv1" for
// what reads layer1.0.conv1.weight), gradients are called after what they belong to.
//
// Only operators of the calling thread are seen (libtorch runs the backward pass of a program on
// CPUs in the thread that asks for it); each thread may have a recorder of its own.
// Errors: executor.nested-recorder, executor.element-type, then those of trace::check.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/trace/graph.h"
#include "workloads/executor/torch.h"
#include "workloads/operands.h"

namespace mantissa::workloads {

inline const ErrorKind nested_recorder{
    "executor.nested-recorder", ExitCode::bad_input,
    "A program records its operators twice at the same time in one thread."};

class Recording;  // what has been recorded so far, and whose contents is where

enum class Contents {
  none,     // shapes only
  sources,  // of inputs and parameters, as they were when they were first read
};

struct RecorderOptions {
  std::string name = "program";
  std::uint32_t rank = 0;
  Contents contents = Contents::none;
};

class Recorder {
 public:
  explicit Recorder(RecorderOptions options);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // Names tensors that the program did not make. Buffers of a module (running statistics) are
  // inputs; published parameter counts leave them out.
  void parameter(const std::string& name, const at::Tensor& tensor);
  void input(const std::string& name, const at::Tensor& tensor);
  void parameters(const torch::nn::Module& module);
  void parameters(const torch::jit::Module& module);

  // While the returned object lives, the operators of this thread are recorded.
  class Session {
   public:
    explicit Session(Recorder& recorder);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

   private:
    at::CallbackHandle handle_;
  };
  [[nodiscard]] Session record() { return Session(*this); }

  // Names inside are prefixed with "name.".
  class Scope {
   public:
    Scope(Recorder& recorder, const std::string& name);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Recorder& recorder_;
    std::size_t length_;
  };

  // A node that no operator of libtorch stands for, such as a collective of simulated ranks; the
  // operators that compute its outputs are not recorded. `outputs` are known by the new node.
  void node(trace::OpKind kind, const std::string& name, const std::vector<at::Tensor>& inputs,
            const std::vector<at::Tensor>& outputs,
            std::map<std::string, trace::Attribute> attributes);

  // What leaves the program: a view of something else becomes a node, as when an operator read it.
  trace::TensorId output(const at::Tensor& tensor);
  // The tensor of the trace that holds what `tensor` holds now.
  std::optional<trace::TensorId> id(const at::Tensor& tensor) const;
  // Operators that became generic nodes, with how often, sorted.
  std::vector<std::string> warnings() const;

  // The checked trace, and the recorder empty. With Contents::sources the operands are those that
  // the program had; `source` then serves them by tensor name.
  trace::Trace finish();
  OperandSource source() const;

  // The one that is recording in this thread, or nullptr.
  static Recorder* active();

  Recording& recording() { return *recording_; }

 private:
  std::unique_ptr<Recording> recording_;
};

// While one lives, nothing is recorded in this thread.
class Unrecorded {
 public:
  Unrecorded();
  ~Unrecorded();
  Unrecorded(const Unrecorded&) = delete;
  Unrecorded& operator=(const Unrecorded&) = delete;

 private:
  bool before_;
};

}  // namespace mantissa::workloads
