// SPDX-License-Identifier: Apache-2.0
// A Chakra execution trace node by node, in constant memory, for traces of any length: what
// read_chakra puts together, and what statistics over millions of nodes need.
//
//   ChakraStream stream("training.0.et");
//   ChakraNode node;
//   while (stream.next(node)) count[node.op.kind] += 1;
//
// Nodes come in the file's order. Of our own traces an op has its operands' ids, and a tensor is
// declared at the node that first mentions it; nodes of other producers are ops known by size
// (chakra.h). Nothing is checked beyond what one message says.
// Errors: message_stream.h, chakra.h.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/trace/chakra.h"
#include "base/trace/graph.h"

namespace mantissa::trace {

struct ChakraNode {
  std::uint64_t id = 0;
  std::uint64_t offset = 0;  // in the file
  Op op;                     // without `after`
  bool skipped = false;      // a comment, or of no type: it only passes dependencies on
  bool ours = false;         // written by this program
  std::vector<std::uint64_t> data, control;          // ids of nodes that it depends on
  std::vector<std::pair<TensorId, Tensor>> tensors;  // first mentioned here
};

class ChakraStream {
 public:
  // Reads the head. `warnings` of nodes are added there, when given.
  explicit ChakraStream(const std::string& path, std::vector<std::string>* warnings = nullptr);
  ~ChakraStream();
  ChakraStream(const ChakraStream&) = delete;
  ChakraStream& operator=(const ChakraStream&) = delete;

  // Name, rank, metadata and operands file, and tensors that no op mentions; no ops.
  const Trace& head() const;
  const std::vector<std::pair<TensorId, Tensor>>& head_tensors() const;

  // The next node, or false at the end. Throws Error(truncated) when the file ends before the
  // number of nodes that its head promises.
  bool next(ChakraNode& node);

 private:
  struct Source;
  std::unique_ptr<Source> source_;
};

}  // namespace mantissa::trace
