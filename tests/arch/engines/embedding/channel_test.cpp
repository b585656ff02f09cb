// SPDX-License-Identifier: Apache-2.0
// A channel and its port: closed forms for banks, the DRAM controller's own answers for DRAM.
#include "arch/engines/embedding/channel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <list>

#include "base/numerics/random_fill.h"
#include "memory/dram/address_map.h"
#include "memory/dram/controller.h"
#include "tests/arch/engines/embedding/engines.h"

namespace mantissa::arch::embedding {
namespace {

constexpr std::uint64_t history = 64;

TEST(OnChipBank, answers_after_its_latency_and_moves_a_word_per_cycle) {
  const auto bank = make_channel(on_chip_only(), 0, history);
  bank->read(Cycles(100), 0, 16, 8);
  EXPECT_EQ(bank->finished(0).value, 100u + 5 + 8);
}

TEST(OnChipBank, does_not_overlap_reads_with_one_outstanding) {
  const auto bank = make_channel(on_chip_only(), 0, history);
  for (int i = 0; i < 3; ++i) bank->read(Cycles(0), 0, 16, 8);
  for (std::uint64_t i = 0; i < 3; ++i) EXPECT_EQ(bank->finished(i).value, 13 * (i + 1));
}

// With two, the second read's latency hides behind the first one's words.
TEST(OnChipBank, overlaps_as_many_reads_as_may_be_outstanding) {
  EmbeddingConfig config = on_chip_only();
  config.outstanding = 2;
  const auto bank = make_channel(config, 0, history);
  for (int i = 0; i < 4; ++i) bank->read(Cycles(0), 0, 16, 8);
  EXPECT_EQ(bank->finished(0).value, 13u);
  EXPECT_EQ(bank->finished(1).value, 21u);  // the port is free at 13
  EXPECT_EQ(bank->finished(2).value, 29u);  // issued at 13, there at 18, the port is free at 21
  EXPECT_EQ(bank->finished(3).value, 37u);
}

TEST(Port, moves_as_many_words_as_its_width_says) {
  EmbeddingConfig config = on_chip_only();
  EXPECT_EQ(config.words(16), 16u);  // one element a cycle
  config.port_bits = 64;
  EXPECT_EQ(config.words(16), 4u);
  EXPECT_EQ(config.words(17), 5u);
  config.element = Element::int4;
  EXPECT_EQ(config.words(16), 1u);
  EXPECT_EQ(config.row_bytes(3), 2u);
}

// A row of one burst alone: closed bank, then memory and port latency, up to the next edge.
TEST(DramChannel, takes_an_idle_read_as_long_as_its_parts) {
  const EmbeddingConfig config = one_channel();
  const auto channel = make_channel(config, 0, history);
  channel->read(Cycles(10), 0, 16, 4);
  const auto& t = config.hbm->timing;
  const Clock clock(config.clock), memory(config.hbm->clock);
  const Cycles arrival = memory.edge_at_or_after(clock.time_of(Cycles(10)));
  const Cycles data = arrival + Cycles(static_cast<std::uint64_t>(t.RCDRD + t.CL + t.burst));
  const Femtoseconds there =
      memory.time_of(data) + config.hbm->controller.latency.time + config.lookup_port_latency.time;
  EXPECT_EQ(channel->finished(0), clock.edge_at_or_after(there) + Cycles(4));
}

TEST(DramChannel, answers_later_by_what_its_port_takes_longer) {
  EmbeddingConfig config = one_channel();
  const auto end = [&] {
    const auto channel = make_channel(config, 0, history);
    channel->read(Cycles(0), 0, 16, 4);
    return channel->finished(0).value;
  };
  const std::uint64_t before = end();
  config.lookup_port_latency.time += Clock(config.clock).time_of(Cycles(7));
  EXPECT_NEAR(static_cast<double>(end()), static_cast<double>(before + 7), 1);
  EXPECT_GT(end(), before);
}

struct Asked {
  std::uint64_t address, bytes, words;
};
std::vector<Asked> random_reads(std::size_t count, std::uint64_t seed) {
  const numerics::RandomStream random(seed, "reads");
  std::vector<Asked> reads;
  for (std::size_t i = 0; i < count; ++i) {
    const auto dim = static_cast<std::uint64_t>(4 << random.integer(2 * i, 0, 3));
    const auto row = static_cast<std::uint64_t>(random.integer(2 * i + 1, 0, 100'000));
    reads.push_back({row * dim * 4, dim * 4, dim});
  }
  return reads;
}

// With more reads allowed than there are, one is issued per cycle, so that the controller can be
// asked for all of them beforehand.
TEST(DramChannel, in_flight_reads_end_when_a_controller_that_is_told_all_says) {
  EmbeddingConfig config = one_channel();
  config.outstanding = 200;
  const auto reads = random_reads(150, 3);
  const auto channel = make_channel(config, 0, 256);
  for (const Asked& read : reads) channel->read(Cycles(50), read.address, read.bytes, read.words);

  const auto& dram = *config.hbm;
  const memory::dram::AddressMap map(dram.organization, dram.controller.mapping,
                                     dram.controller.xors);
  memory::dram::Controller controller(dram);
  controller.keep_completions(true);
  const Clock clock(config.clock), memory(dram.clock);
  const std::uint64_t burst = dram.organization.burst_bytes();
  struct Part {
    std::size_t read;
    std::uint64_t words_left;
  };
  std::vector<Part> parts;
  for (std::size_t i = 0; i < reads.size(); ++i) {
    const auto arrival = memory.edge_at_or_after(clock.time_of(Cycles(50 + i))).value;
    const std::uint64_t end = reads[i].address + reads[i].bytes;
    for (std::uint64_t at = reads[i].address / burst * burst; at < end; at += burst) {
      const auto where = map.locate(at);
      controller.push({arrival, where.row, where.column, static_cast<std::uint8_t>(where.bank),
                       false, static_cast<std::uint32_t>(parts.size())});
      parts.push_back({i, (end - std::max(at, reads[i].address)) / 4});
    }
  }
  controller.run(memory::dram::forever);
  std::vector<std::uint64_t> ends(reads.size());
  for (const auto& done : controller.completions()) {
    const Part& part = parts[done.tag];
    const auto there =
        clock.edge_at_or_after(memory.time_of(Cycles(done.at)) + dram.controller.latency.time +
                               config.lookup_port_latency.time);
    ends[part.read] = std::max(ends[part.read], there.value + part.words_left);
  }
  std::uint64_t free = 0;
  for (std::size_t i = 0; i < reads.size(); ++i) {
    free = std::max(free + reads[i].words, ends[i]);
    EXPECT_EQ(channel->finished(i).value, free) << i;
  }
}

TEST(DramChannel, is_never_slower_with_more_reads_in_flight) {
  std::uint64_t before = ~0ull;
  const auto reads = random_reads(2000, 5);
  for (const std::int64_t outstanding : {1, 2, 4, 16}) {
    EmbeddingConfig config = one_channel();
    config.outstanding = outstanding;
    const auto channel = make_channel(config, 0, history);
    for (const Asked& read : reads) channel->read(Cycles(0), read.address, read.bytes, read.words);
    const std::uint64_t end = channel->finished(reads.size() - 1).value;
    EXPECT_LT(end, before);
    before = end;
  }
  // In the end the port alone bounds it: a word per cycle.
  std::uint64_t words = 0;
  for (const Asked& read : reads) words += read.words;
  EXPECT_GE(before, words);
  EXPECT_LT(before, words + words / 5);
}

TEST(RowCache, keeps_what_an_lru_list_keeps) {
  RowCache cache(16, 16);  // one set
  std::list<std::uint64_t> oracle;
  const numerics::RandomStream random(7, "cache");
  std::uint64_t hits = 0;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    const auto key = static_cast<std::uint64_t>(random.integer(i, 0, 24));
    const auto found = std::find(oracle.begin(), oracle.end(), key);
    const bool expected = found != oracle.end();
    if (expected) oracle.erase(found);
    oracle.push_front(key);
    if (oracle.size() > 16) oracle.pop_back();
    EXPECT_EQ(cache.touch(key), expected);
    hits += expected ? 1 : 0;
  }
  EXPECT_GT(hits, 2500u);
  EXPECT_LT(hits, 4000u);
}

TEST(RowCache, answers_a_row_that_was_read_without_asking_the_memory) {
  EmbeddingConfig config = one_channel();
  config.row_cache = RowCacheConfig{8, 4, Latency{true, {}, Cycles(3)}};
  const auto channel = make_channel(config, 0, history);
  channel->read(Cycles(0), 64, 16, 4);
  const Cycles first = channel->finished(0);
  channel->read(first, 64, 16, 4);
  EXPECT_EQ(channel->finished(1), first + Cycles(3 + 4));
  EXPECT_EQ(channel->counts().cache_hits, 1u);
  EXPECT_EQ(channel->counts().bursts, 1u);
}

}  // namespace
}  // namespace mantissa::arch::embedding
