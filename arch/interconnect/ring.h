// SPDX-License-Identifier: Apache-2.0
// Collectives on a ring of p ranks, every rank passing to its right neighbour, in lock step: a step
// takes the latency and the transfer of its chunk over the slowest hop.
//
//   reduce_scatter   p-1 steps of bytes/p
//   all_gather       p-1 steps of bytes/p                   (bytes: the gathered tensor)
//   all_reduce       reduce_scatter, then all_gather: 2(p-1) steps of bytes/p
//   all_to_all       p-1 steps; step s passes on the p-s chunks of bytes/p that are not home yet
//   broadcast        p chunks in a pipeline over p-1 hops: 2(p-1) steps of bytes/p
//   barrier          a token twice around: 2(p-1) latencies
//   send, recv       latency and transfer per hop from source to destination
//
// (Bandwidth-optimal ring algorithms: Patarasuk and Yuan, 2009.) A collective begins when the last
// rank has arrived.
#pragma once

#include <functional>
#include <map>
#include <tuple>
#include <vector>

#include "arch/chip/config.h"
#include "base/trace/vocabulary.h"

namespace mantissa::arch {

struct CollectiveCost {
  Femtoseconds time{};
  std::uint64_t sent_bytes = 0;  // by every rank
};

// Every rank's link; `hop` is the slowest of the ring's hops.
CollectiveCost collective_cost(trace::OpKind kind, std::uint64_t bytes, std::uint32_t ranks,
                               std::uint32_t hops, const LinkConfig& link, const Clock& clock);

class Ring {
 public:
  // Ranks (chip, core) in order around the ring.
  Ring(const ArchConfig& config, const Clock& clock);

  struct Request {
    trace::OpKind kind{};
    std::uint64_t bytes = 0;
    std::int64_t members = 0;                             // of the group; 0: all ranks
    std::int64_t source = -1, destination = -1, tag = 0;  // send and recv
    std::string name;
  };
  // `rank` has reached its next collective at `now`. `done(end)` is called for every participant as
  // soon as the last one has arrived. Throws Error(collective_mismatch).
  void arrive(std::uint32_t rank, const Request& request, Cycles now,
              std::function<void(Cycles)> done);
  void reset(std::uint32_t ranks);
  std::uint64_t sent_bytes() const { return sent_bytes_; }
  // Names of collectives that somebody still waits for.
  std::vector<std::string> unfinished() const;

 private:
  struct Meeting {
    Request request;
    std::uint32_t arrived = 0, expected = 0;
    Cycles latest{};
    std::vector<std::function<void(Cycles)>> done;
  };
  using Key = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::uint64_t>;

  LinkConfig slowest() const;

  const ArchConfig& config_;
  Clock clock_;
  std::uint32_t ranks_ = 1;
  std::map<Key, Meeting> meetings_;
  std::map<std::tuple<std::uint32_t, std::int64_t, std::int64_t, std::int64_t>, std::uint64_t>
      counts_;
  std::uint64_t sent_bytes_ = 0;
};

}  // namespace mantissa::arch
