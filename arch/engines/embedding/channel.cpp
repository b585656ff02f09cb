// SPDX-License-Identifier: Apache-2.0
#include "arch/engines/embedding/channel.h"

#include <algorithm>

#include "memory/dram/address_map.h"
#include "memory/dram/controller.h"

namespace mantissa::arch::embedding {
namespace {

using memory::dram::DramConfig;

// As many as are remembered and in flight together, as a power of two.
std::uint64_t ring_size(std::uint64_t needed) {
  std::uint64_t size = 1;
  while (size < needed) size *= 2;
  return size;
}

class OnChipBank final : public LookupChannel {
 public:
  OnChipBank(const EmbeddingConfig& config, std::uint64_t history)
      : LookupChannel(config, history), latency_(cycles_of(config.on_chip->latency, clock_)) {}

 private:
  void ask(std::uint64_t request, std::uint64_t, std::uint64_t) override {
    const Read& read = at(request);
    came(request, read.issue + latency_, read.words);
  }
  Cycles latency_;
};

// A channel's own organization: its addresses count from 0.
DramConfig alone(DramConfig config) {
  config.organization.channels = 1;
  return config;
}

class DramChannel final : public LookupChannel {
 public:
  DramChannel(const EmbeddingConfig& config, const DramConfig& memory, std::uint64_t history)
      : LookupChannel(config, history),
        memory_(alone(memory)),
        memory_clock_(memory.clock),
        map_(memory_.organization, memory_.controller.mapping, memory_.controller.xors),
        controller_(memory_),
        burst_(memory_.organization.burst_bytes()),
        banks_per_rank_(static_cast<std::uint32_t>(memory_.organization.banks_per_rank())),
        latency_(time_of(memory_.controller.latency) + time_of(config.lookup_port_latency)),
        port_width_(config.port_width()) {
    controller_.keep_completions(true);
    if (config.row_cache) {
      cache_.emplace(static_cast<std::uint64_t>(config.row_cache->rows),
                     static_cast<std::uint64_t>(config.row_cache->ways));
      cache_latency_ = cycles_of(config.row_cache->latency, clock_);
    }
  }

  const memory::dram::ChannelStatistics* settle(Cycles end) override {
    const auto cycle = memory_clock_.edge_at_or_after(clock_.time_of(end)).value;
    controller_.run(memory::dram::forever);
    controller_.settle(std::max(cycle, controller_.statistics().last_data));
    return &controller_.statistics();
  }

 private:
  Femtoseconds time_of(const Latency& latency) const {
    return latency.in_cycles ? clock_.time_of(latency.cycles) : latency.time;
  }

  void ask(std::uint64_t request, std::uint64_t address, std::uint64_t bytes) override {
    Read& read = at(request);
    if (cache_ && cache_->touch(address)) {
      ++counts_.cache_hits;
      came(request, read.issue + cache_latency_, read.words);
      return;
    }
    const auto arrival = memory_clock_.edge_at_or_after(clock_.time_of(read.issue)).value;
    const std::uint64_t end = address + bytes;
    for (std::uint64_t burst = address / burst_ * burst_; burst < end; burst += burst_) {
      const auto where = map_.locate(burst);
      controller_.push({arrival, where.row, where.column,
                        static_cast<std::uint8_t>(where.rank * banks_per_rank_ + where.bank), false,
                        track(request, end - std::max(burst, address), read.words)});
      ++read.bursts;
    }
    counts_.bursts += read.bursts;
  }

  // A burst in flight: its tag, the read it belongs to, and the words of the row from it on.
  struct Burst {
    std::uint64_t request = 0, words = 0;
  };
  // A row of less than whole bytes ends before its last byte does.
  std::uint32_t track(std::uint64_t request, std::uint64_t bytes_left, std::uint64_t words) {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(bursts_.size()));
      bursts_.emplace_back();
    }
    const std::uint32_t tag = free_.back();
    free_.pop_back();
    bursts_[tag] = {request, std::min(words, ceil_div(8 * bytes_left, port_width_))};
    return tag;
  }

  // With several reads in flight, another may still come before the controller's next command.
  void wait(Read& read) override {
    while (read.bursts > 0) {
      controller_.run(outstanding_ == 1 ? memory::dram::forever : controller_.next_event() + 1);
      for (const auto& done : controller_.completions()) {
        const Burst& burst = bursts_[done.tag];
        const Cycles there =
            clock_.edge_at_or_after(memory_clock_.time_of(Cycles(done.at)) + latency_);
        came(burst.request, there, burst.words);
        --at(burst.request).bursts;
        free_.push_back(done.tag);
      }
      controller_.completions().clear();
    }
  }

  const DramConfig memory_;
  const Clock memory_clock_;
  const memory::dram::AddressMap map_;
  memory::dram::Controller controller_;
  const std::uint64_t burst_;
  const std::uint32_t banks_per_rank_;
  const Femtoseconds latency_;
  const std::uint64_t port_width_;
  std::vector<Burst> bursts_;        // by tag
  std::vector<std::uint32_t> free_;  // tags
  std::optional<RowCache> cache_;
  Cycles cache_latency_{};
};

}  // namespace

LookupChannel::LookupChannel(const EmbeddingConfig& config, std::uint64_t history)
    : clock_(config.clock),
      outstanding_(static_cast<std::uint64_t>(config.outstanding)),
      mask_(ring_size(history + outstanding_ + 1) - 1),
      reads_(mask_ + 1) {}

Cycles LookupChannel::read(Cycles earliest, std::uint64_t address, std::uint64_t bytes,
                           std::uint64_t words) {
  const std::uint64_t request = asked_++;
  Cycles issue = std::max(earliest, next_issue_);
  if (request >= outstanding_) issue = std::max(issue, finished(request - outstanding_));
  next_issue_ = issue + Cycles(1);
  Read& read = at(request);
  read = Read{};
  read.issue = issue;
  read.words = words;
  ++counts_.lookups;
  counts_.bytes += bytes;
  ask(request, address, bytes);
  return issue;
}

void LookupChannel::came(std::uint64_t request, Cycles there, std::uint64_t words) {
  Read& read = at(request);
  read.earliest_end = std::max(read.earliest_end, there + Cycles(words));
  if (keeps_words_) parts_.push_back({request, there, words});
}

// In order, one per cycle, none before the part that it begins is there.
void LookupChannel::keep(std::uint64_t request, const Read& read, Cycles from) {
  std::vector<Cycles> earliest(read.words, from);
  const auto others = std::partition(parts_.begin(), parts_.end(),
                                     [&](const Part& part) { return part.request != request; });
  for (auto part = others; part != parts_.end(); ++part) {
    Cycles& first = earliest[read.words - part->words];
    first = std::max(first, part->there);
  }
  parts_.erase(others, parts_.end());
  for (std::size_t i = 1; i < earliest.size(); ++i)
    earliest[i] = std::max(earliest[i], earliest[i - 1] + Cycles(1));
  MANTISSA_CHECK(earliest.back() + Cycles(1) == read.end, "words do not end with their read");
  word_times_.push_back(std::move(earliest));
}

std::vector<Cycles> LookupChannel::take_word_times() {
  MANTISSA_CHECK(!word_times_.empty(), "times of words that have not come");
  std::vector<Cycles> times = std::move(word_times_.front());
  word_times_.pop_front();
  return times;
}

Cycles LookupChannel::finished(std::uint64_t request) {
  MANTISSA_CHECK(request < asked_ && request + mask_ + 1 > asked_ - 1,
                 "a read that was not asked for, or is forgotten");
  for (; settled_ <= request; ++settled_) {
    Read& read = at(settled_);
    wait(read);
    read.end = std::max(port_free_ + Cycles(read.words), read.earliest_end);
    counts_.busy += read.end - std::max(read.issue, port_free_);
    if (keeps_words_) keep(settled_, read, port_free_);
    port_free_ = read.end;
  }
  return at(request).end;
}

std::unique_ptr<LookupChannel> make_channel(const EmbeddingConfig& config, std::size_t channel,
                                            std::uint64_t history) {
  const DramConfig* memory = config.dram(channel);
  if (memory == nullptr) return std::make_unique<OnChipBank>(config, history);
  return std::make_unique<DramChannel>(config, *memory, history);
}

}  // namespace mantissa::arch::embedding
