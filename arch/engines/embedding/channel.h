// SPDX-License-Identifier: Apache-2.0
// One memory channel with its read port: row numbers go in, words come out, one per cycle.
//
//   issue(q)     the latest of: when request q is known, the cycle after issue(q - 1), and
//                finished(q - outstanding)
//   there(q, b)  burst b of the row: issue + the memory's own time + lookup_port_latency, in whole
//                cycles of the clock
//   finished(q)  words in order, one per cycle, none before its burst is there, the first not
//                before finished(q - 1)
//
// With one outstanding read, nothing overlaps: the paper's generated port. The memory's own time is
// that of a DRAM controller, command by command (memory/dram/controller.h), or a bank's constant.
// Row numbers that are known later must not be asked for earlier: `earliest` never decreases.
//
//   const auto channel = make_channel(config, 3, history);
//   channel->read(Cycles(0), address, 64, 16);      // request 0; returns its issue
//   channel->finished(0);
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "arch/engines/embedding/config.h"
#include "arch/engines/embedding/row_cache.h"
#include "memory/dram/statistics.h"

namespace mantissa::arch::embedding {

struct ChannelCounts {
  std::uint64_t lookups = 0, bytes = 0, bursts = 0, cache_hits = 0;
  Cycles busy{};  // from the issue of a read to its last word, overlaps once
};

class LookupChannel {
 public:
  virtual ~LookupChannel() = default;

  Cycles read(Cycles earliest, std::uint64_t address, std::uint64_t bytes, std::uint64_t words);
  // The cycle after the last word of a request. Of those that are finished, as many are remembered
  // as `history` said.
  Cycles finished(std::uint64_t request);

  // From now on, the cycle of every word is kept until it is taken.
  void keep_word_times() { keeps_words_ = true; }
  // Those of the next request that is finished, in the order of requests.
  std::vector<Cycles> take_word_times();

  const ChannelCounts& counts() const { return counts_; }
  // Closes the books of the memory at this cycle. Null: not DRAM.
  virtual const memory::dram::ChannelStatistics* settle(Cycles /*end*/) { return nullptr; }

 protected:
  LookupChannel(const EmbeddingConfig& config, std::uint64_t history);

  struct Read {
    Cycles issue{}, end{};
    std::uint64_t words = 0;
    std::uint32_t bursts = 0;  // not yet answered
    Cycles earliest_end{};     // as far as its bursts are concerned
  };
  Read& at(std::uint64_t request) { return reads_[request & mask_]; }
  // A part of the row is there, and `words` from it on to the row's end can come.
  void came(std::uint64_t request, Cycles there, std::uint64_t words);
  // Asks the memory; sets earliest_end and bursts, now or in `wait`.
  virtual void ask(std::uint64_t request, std::uint64_t address, std::uint64_t bytes) = 0;
  virtual void wait(Read& /*read*/) {}  // until it has no bursts left

  const Clock clock_;
  const std::uint64_t outstanding_;
  const std::uint64_t mask_;
  ChannelCounts counts_;

 private:
  struct Part {
    std::uint64_t request = 0;
    Cycles there{};
    std::uint64_t words = 0;
  };
  void keep(std::uint64_t request, const Read& read, Cycles from);

  std::vector<Read> reads_;  // the latest, by request
  bool keeps_words_ = false;
  std::vector<Part> parts_;  // of requests that are not finished
  std::deque<std::vector<Cycles>> word_times_;
  std::uint64_t asked_ = 0, settled_ = 0;
  Cycles next_issue_{}, port_free_{};
};

// `history`: finished requests that will still be asked about.
std::unique_ptr<LookupChannel> make_channel(const EmbeddingConfig& config, std::size_t channel,
                                            std::uint64_t history);

}  // namespace mantissa::arch::embedding
