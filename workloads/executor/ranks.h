// SPDX-License-Identifier: Apache-2.0
// Ranks of a distributed program, simulated as threads of this process that meet in collectives.
//
//   Ranks ranks(4);
//   ranks.record("data parallel step");
//   ranks.run([&](Rank& rank) {
//     auto net = replica(rank.number());
//     loss(net, shard(rank.number())).backward();
//     for (auto& p : net->parameters()) rank.all_reduce(p.mutable_grad(), Reduction::mean);
//   });
//   std::vector<trace::Trace> traces = ranks.traces();        // one per rank
//
// Reductions add in the order of the ranks, so results do not depend on which thread comes first.
// Every collective becomes a communication node of each rank's trace. All ranks must call the same
// collectives in the same order with tensors of one shape; a rank that throws wakes the others, and
// run() throws what it threw.
// Errors: ranks.mismatch, naming both ranks and what each asked for.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/trace/graph.h"
#include "workloads/executor/recorder/recorder.h"

namespace mantissa::workloads {

inline const ErrorKind rank_mismatch{
    "ranks.mismatch", ExitCode::check_failed,
    "Simulated ranks that meet in different collectives, or with tensors of different shapes."};

enum class Reduction { sum, mean, max, min };

class Ranks;

class Rank {
 public:
  std::uint32_t number() const { return number_; }
  std::uint32_t count() const;
  Recorder* recorder() { return recorder_.get(); }  // nullptr unless recorded

  // In place.
  void all_reduce(const at::Tensor& x, Reduction reduction = Reduction::sum);
  void broadcast(const at::Tensor& x, std::uint32_t root);
  // [n, ...] -> [ranks n, ...], [n / ranks, ...], [n, ...].
  at::Tensor all_gather(const at::Tensor& x);
  at::Tensor reduce_scatter(const at::Tensor& x, Reduction reduction = Reduction::sum);
  at::Tensor all_to_all(const at::Tensor& x);
  void barrier();

 private:
  friend class Ranks;
  Rank(Ranks& ranks, std::uint32_t number) : ranks_(ranks), number_(number) {}

  // Meets the others with `x`, computes from what all have brought, and waits until all have.
  at::Tensor meet(trace::OpKind kind, const at::Tensor& x,
                  const std::function<at::Tensor(const std::vector<at::Tensor>&)>& compute,
                  const at::Tensor& into, std::map<std::string, trace::Attribute> attributes);

  Ranks& ranks_;
  std::uint32_t number_;
  std::unique_ptr<Recorder> recorder_;
};

class Ranks {
 public:
  explicit Ranks(std::uint32_t count);
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  // From here on each rank records what it does.
  void record(const std::string& name, Contents contents = Contents::none);
  void run(const std::function<void(Rank&)>& program);
  // Of the runs since record(), by rank.
  std::vector<trace::Trace> traces();
  std::uint32_t count() const;

 private:
  friend class Rank;
  struct Meeting;
  std::unique_ptr<Meeting> meeting_;
  std::vector<std::unique_ptr<Rank>> ranks_;
};

}  // namespace mantissa::workloads
