// SPDX-License-Identifier: Apache-2.0
// Collectives on the ring: every closed form for 1, 2, 3 and 8 ranks, what happens when ranks do
// not agree, and whole runs over chips.
#include "arch/interconnect/ring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "arch/mapper/errors.h"
#include "tests/arch/fixtures.h"

namespace mantissa::arch {
namespace {

using testing::roomy;
using testing::technology;
using trace::NumberFormat;
using trace::OpKind;
using Ranks = std::uint32_t;

constexpr std::uint64_t ns = 1'000'000;  // femtoseconds; one cycle at 1 GHz

LinkConfig link(double bytes_per_cycle, std::uint64_t latency) {
  LinkConfig l;
  l.bandwidth = {true, bytes_per_cycle};
  l.latency = {true, Femtoseconds(0), Cycles(latency)};
  return l;
}

const Clock clock_1ghz{Hertz(1'000'000'000)};

struct RingOf : ::testing::TestWithParam<Ranks> {
  const std::uint64_t p = GetParam();
  const std::uint64_t bytes = 4800, chunk = 4800 / GetParam();
  const std::uint64_t step = 10 + chunk / 8;  // cycles; 8 bytes a cycle divide every chunk
  CollectiveCost cost(OpKind kind) const {
    return collective_cost(kind, bytes, GetParam(), 0, link(8, 10), clock_1ghz);
  }
  void expect(OpKind kind, std::uint64_t cycles, std::uint64_t sent) const {
    EXPECT_EQ(cost(kind).time.value, cycles * ns) << trace::name(kind);
    EXPECT_EQ(cost(kind).sent_bytes, sent) << trace::name(kind);
  }
};

TEST_P(RingOf, ranks_takes_the_closed_form_for_every_collective) {
  expect(OpKind::reduce_scatter, (p - 1) * step, (p - 1) * chunk);
  expect(OpKind::all_gather, (p - 1) * step, (p - 1) * chunk);
  expect(OpKind::all_reduce, 2 * (p - 1) * step, 2 * (p - 1) * chunk);
  expect(OpKind::broadcast, 2 * (p - 1) * step, 2 * (p - 1) * chunk);
  expect(OpKind::barrier, 2 * (p - 1) * 10, 0);
  // Step s passes on p - s chunks: p (p - 1) / 2 of them.
  expect(OpKind::all_to_all, (p - 1) * 10 + p * (p - 1) / 2 * chunk / 8, p * (p - 1) / 2 * chunk);
}

TEST_P(RingOf, ranks_all_reduces_as_a_reduce_scatter_and_an_all_gather) {
  EXPECT_EQ(cost(OpKind::all_reduce).time,
            cost(OpKind::reduce_scatter).time + cost(OpKind::all_gather).time);
}

INSTANTIATE_TEST_SUITE_P(Of, RingOf, ::testing::Values(1, 2, 3, 8));

TEST(RingCost, of_one_rank_is_nothing) {
  for (const auto kind : {OpKind::all_reduce, OpKind::all_gather, OpKind::reduce_scatter,
                          OpKind::all_to_all, OpKind::broadcast, OpKind::barrier}) {
    EXPECT_EQ(collective_cost(kind, 1000, 1, 0, link(8, 10), clock_1ghz).time.value, 0u);
    EXPECT_GT(collective_cost(kind, 1000, 2, 0, link(8, 10), clock_1ghz).time.value, 0u);
  }
}

TEST(RingCost, of_a_send_is_latency_and_transfer_per_hop) {
  for (const Ranks hops : {0u, 1u, 3u}) {
    const auto c = collective_cost(OpKind::send, 80, 8, hops, link(8, 10), clock_1ghz);
    EXPECT_EQ(c.time.value, hops * 20 * ns);
    EXPECT_EQ(c.sent_bytes, hops > 0 ? 80u : 0u);
  }
}

TEST(RingCost, rounds_a_chunk_up_to_whole_bytes_and_a_transfer_up_to_whole_cycles) {
  // 10 bytes over 3 ranks: chunks of 4. 4 bytes at 3 bytes per cycle: 2 cycles.
  const auto c = collective_cost(OpKind::all_gather, 10, 3, 0, link(3, 0), clock_1ghz);
  EXPECT_EQ(c.time.value, 2 * 2 * ns);
  EXPECT_EQ(collective_cost(OpKind::all_gather, 9, 3, 0, link(3, 0), clock_1ghz).time.value,
            2 * ns);
}

TEST(RingCost, is_the_same_for_equal_rates_per_second_and_per_cycle) {
  LinkConfig absolute;
  absolute.bandwidth = {false, 8e9};
  absolute.latency = {false, Femtoseconds(10 * ns), Cycles(0)};
  for (const auto kind : {OpKind::all_reduce, OpKind::all_to_all})
    EXPECT_EQ(collective_cost(kind, 4800, 3, 0, absolute, clock_1ghz).time,
              collective_cost(kind, 4800, 3, 0, link(8, 10), clock_1ghz).time);
}

// ---- meeting ----------------------------------------------------------------------------------

struct Meeting : ::testing::Test {
  Meeting() {
    config.chips = 3;
    config.link = link(8, 10);
    ring.reset(3);
  }
  void arrive(Ranks rank, OpKind kind, std::uint64_t bytes, std::uint64_t now) {
    Ring::Request r;
    r.kind = kind;
    r.bytes = bytes;
    r.name = "op";
    ring.arrive(rank, r, Cycles(now), [this](Cycles end) { ends.push_back(end.value); });
  }
  void pair(Ranks rank, OpKind kind, std::int64_t from, std::int64_t to, std::uint64_t bytes,
            std::uint64_t now, std::int64_t tag = 0) {
    Ring::Request r;
    r.kind = kind;
    r.bytes = bytes;
    r.source = from;
    r.destination = to;
    r.tag = tag;
    r.name = "pair";
    ring.arrive(rank, r, Cycles(now), [this](Cycles end) { ends.push_back(end.value); });
  }
  ArchConfig config = roomy(4, 4);
  Ring ring{config, clock_1ghz};
  std::vector<std::uint64_t> ends;
};

TEST_F(Meeting, begins_when_the_last_rank_arrives_and_ends_for_all_together) {
  arrive(2, OpKind::all_reduce, 240, 500);
  arrive(0, OpKind::all_reduce, 240, 7);
  EXPECT_TRUE(ends.empty());
  EXPECT_THAT(ring.unfinished(), ::testing::ElementsAre("op (2 of 3 ranks)"));
  arrive(1, OpKind::all_reduce, 240, 400);
  EXPECT_THAT(ends, ::testing::ElementsAre(580, 580, 580));  // 500 + 4 x (10 + 80 / 8)
  EXPECT_TRUE(ring.unfinished().empty());
  EXPECT_EQ(ring.sent_bytes(), 3u * 4 * 80);
}

TEST_F(Meeting, keeps_the_order_of_every_rank) {
  arrive(0, OpKind::all_reduce, 240, 1);
  arrive(0, OpKind::barrier, 0, 2);
  arrive(1, OpKind::all_reduce, 240, 3);
  arrive(2, OpKind::all_reduce, 240, 4);
  EXPECT_EQ(ends.size(), 3u);
  EXPECT_THAT(ring.unfinished(), ::testing::ElementsAre("op (1 of 3 ranks)"));
}

TEST_F(Meeting, of_different_collectives_is_refused_with_both_names) {
  arrive(0, OpKind::all_reduce, 240, 1);
  try {
    arrive(1, OpKind::all_gather, 240, 1);
    FAIL() << "accepted";
  } catch (const Error& e) {
    EXPECT_STREQ(e.kind().id(), "session.collective-mismatch");
    EXPECT_THAT(e.message(), ::testing::HasSubstr("all_gather"));
    EXPECT_THAT(e.message(), ::testing::HasSubstr("all_reduce"));
    EXPECT_THAT(e.message(), ::testing::HasSubstr("rank 1"));
  }
}

TEST_F(Meeting, of_different_sizes_is_refused_and_of_equal_ones_is_not) {
  arrive(0, OpKind::all_reduce, 240, 1);
  EXPECT_NO_THROW(arrive(1, OpKind::all_reduce, 240, 1));
  EXPECT_THROW(arrive(2, OpKind::all_reduce, 241, 1), Error);
}

TEST_F(Meeting, of_a_send_and_its_receive_needs_these_two_only) {
  pair(1, OpKind::recv, 0, 1, 80, 5);
  EXPECT_TRUE(ends.empty());
  pair(0, OpKind::send, 0, 1, 80, 9);
  EXPECT_THAT(ends, ::testing::ElementsAre(29, 29));  // one hop
  EXPECT_EQ(ring.sent_bytes(), 80u);
}

TEST_F(Meeting, of_a_pair_goes_around_the_ring_to_the_right) {
  pair(2, OpKind::send, 2, 1, 80, 0);  // 2 -> 0 -> 1
  pair(1, OpKind::recv, 2, 1, 80, 0);
  EXPECT_THAT(ends, ::testing::ElementsAre(40, 40));
  EXPECT_EQ(ring.sent_bytes(), 160u);  // the bytes cross two hops
}

TEST_F(Meeting, of_a_pair_tells_tags_apart) {
  pair(0, OpKind::send, 0, 1, 80, 0, 7);
  pair(1, OpKind::recv, 0, 1, 80, 0, 8);
  EXPECT_TRUE(ends.empty());
  EXPECT_EQ(ring.unfinished().size(), 2u);
  pair(1, OpKind::recv, 0, 1, 80, 0, 7);
  EXPECT_EQ(ends.size(), 2u);
}

TEST_F(Meeting, of_a_pair_of_different_sizes_is_refused) {
  pair(0, OpKind::send, 0, 1, 80, 0);
  EXPECT_THROW(pair(1, OpKind::recv, 0, 1, 81, 0), Error);
}

// ---- whole runs -------------------------------------------------------------------------------

struct Links : Observer {
  void slice(const Slice& s) override {
    if (std::string(s.engine) == "link") slices.push_back(s);
  }
  std::vector<Slice> slices;
};

ArchConfig four_chips() {
  ArchConfig config = roomy(4, 4);
  config.chips = 4;
  config.link = link(8, 10);
  return config;
}

trace::Trace collective(OpKind kind, std::int64_t elements, Ranks rank) {
  trace::TraceBuilder b("exchange", rank);
  const auto x = b.input("x", NumberFormat::fp32, {elements});
  b.op(kind, "exchange", {x}, {{"group_size", std::int64_t{4}}});
  return b.finish();
}

std::vector<trace::Trace> on_all_ranks(OpKind kind, std::int64_t elements) {
  std::vector<trace::Trace> traces;
  for (Ranks r = 0; r < 4; ++r) traces.push_back(collective(kind, elements, r));
  return traces;
}

TEST(ChipsInARing, all_reduce_in_a_load_the_closed_form_and_a_store) {
  Session session(four_chips(), technology());
  Links links;
  RunOptions options;
  options.observer = &links;
  const RunResult r = session.run(on_all_ranks(OpKind::all_reduce, 1200), options);
  const std::uint64_t closed_form = 2 * 3 * (10 + 1200 / 8);  // 4800 bytes in chunks of 1200
  ASSERT_EQ(links.slices.size(), 4u);
  for (const Slice& s : links.slices) EXPECT_EQ((s.end - s.start).value, closed_form);
  // 10^9 bytes a cycle: one cycle in, one out.
  EXPECT_EQ(r.cycles.value, 1 + closed_form + 1);
  EXPECT_EQ(r.dram.read_bytes, 4u * 4800);
  EXPECT_EQ(r.dram.write_bytes, 4u * 4800);
  ASSERT_EQ(r.layers.size(), 4u);
  for (const auto& layer : r.layers) EXPECT_EQ(layer.engine, "link");
}

TEST(ChipsInARing, wait_for_the_one_that_computes_first) {
  auto traces = on_all_ranks(OpKind::all_reduce, 1200);
  trace::TraceBuilder b("late", 3);
  const auto x = b.input("x", NumberFormat::bf16, {300, 40});
  const auto w = b.parameter("w", NumberFormat::bf16, {40, 4});
  const auto y = b.op(OpKind::matmul, "before", {x, w}, {}, NumberFormat::fp32);
  b.op(OpKind::all_reduce, "exchange", {y}, {{"group_size", std::int64_t{4}}});
  traces[3] = b.finish();
  Session session(four_chips(), technology());
  const RunResult r = session.run(traces, {});
  const auto& late = r.layers.back();
  const auto& product = r.layers[r.layers.size() - 2];
  EXPECT_EQ(product.name, "before");
  EXPECT_GE(late.start, product.end);
  EXPECT_GE(r.cycles, product.end + Cycles(2 * 3 * (10 + 1200 / 8)));
}

TEST(ChipsInARing, take_equal_cycles_at_twice_the_clock) {
  ArchConfig config = four_chips();
  std::vector<Cycles> cycles;
  for (const std::uint64_t hz : {940'000'000ull, 1'880'000'000ull}) {
    config.core.clock = Hertz(hz);
    Session session(config, technology());
    cycles.push_back(session.run(on_all_ranks(OpKind::all_to_all, 1200), {}).cycles);
  }
  EXPECT_EQ(cycles[0], cycles[1]);
  EXPECT_EQ(cycles[0].value, 2u + 3 * 10 + 6 * 1200 / 8);
}

std::vector<trace::Trace> message(std::int64_t from, std::int64_t to) {
  std::vector<trace::Trace> traces;
  for (Ranks r = 0; r < 4; ++r) {
    trace::TraceBuilder b("message", r);
    const auto x = b.input("x", NumberFormat::int8, {100, 10});
    const auto w = b.parameter("w", NumberFormat::int8, {10, 10});
    if (r == from) b.ops(OpKind::send, "send", {x}, {{"destination", to}});
    if (r == to)
      b.ops(OpKind::recv, "recv", {}, {{"source", from}, {"shape", trace::ints({100, 10})}}, 1,
            {NumberFormat::int8});
    b.op(OpKind::matmul, "work", {x, w});
    traces.push_back(b.finish());
  }
  return traces;
}

TEST(ChipsInARing, pass_a_message_from_one_to_the_next_but_one) {
  Session session(four_chips(), technology());
  Links links;
  RunOptions options;
  options.observer = &links;
  const RunResult r = session.run(message(1, 3), options);
  ASSERT_EQ(links.slices.size(), 2u);
  EXPECT_EQ(links.slices[0].end, links.slices[1].end);
  // The receiver stands ready from cycle 0, the sender has loaded its tensor in one: 2 hops.
  EXPECT_EQ(links.slices[0].end.value, 1 + 2 * (10 + 1000 / 8));
  EXPECT_EQ(r.macs, 4u * 100 * 10 * 10);
}

std::string refusal(const std::vector<trace::Trace>& traces) {
  Session session(four_chips(), technology());
  try {
    session.run(traces, {});
  } catch (const Error& e) {
    return std::string(e.kind().id()) + ": " + e.message();
  }
  return "";
}

TEST(ChipsInARing, refuse_a_run_in_which_one_rank_never_arrives) {
  auto traces = on_all_ranks(OpKind::all_reduce, 1200);
  EXPECT_EQ(refusal(traces), "");
  traces[2] = testing::gemm(4, 4, 4);
  EXPECT_THAT(refusal(traces), ::testing::AllOf(::testing::HasSubstr("session.collective-mismatch"),
                                                ::testing::HasSubstr("exchange (3 of 4 ranks)")));
}

TEST(ChipsInARing, refuse_a_receive_without_a_send) {
  auto traces = message(1, 3);
  EXPECT_EQ(refusal(traces), "");
  traces[1] = testing::gemm(4, 4, 4);
  EXPECT_THAT(refusal(traces), ::testing::HasSubstr("session.collective-mismatch"));
}

TEST(ChipsInARing, refuse_ranks_that_exchange_different_sizes_or_in_different_ways) {
  auto traces = on_all_ranks(OpKind::all_reduce, 1200);
  traces[2] = collective(OpKind::all_reduce, 1204, 2);
  EXPECT_THAT(refusal(traces), ::testing::HasSubstr("session.collective-mismatch"));
  traces[2] = collective(OpKind::all_to_all, 1200, 2);
  EXPECT_THAT(refusal(traces), ::testing::HasSubstr("session.collective-mismatch"));
}

TEST(ChipsInARing, refuse_more_ranks_than_cores) {
  auto traces = on_all_ranks(OpKind::all_reduce, 1200);
  traces.push_back(collective(OpKind::all_reduce, 1200, 4));
  EXPECT_THAT(refusal(traces), ::testing::HasSubstr("mapper.too-many-ranks"));
}

TEST(CoresOfOneChip, cross_the_core_link_and_not_the_chip_link) {
  ArchConfig config = roomy(4, 4);
  config.cores = 4;
  config.core_link = link(8, 10);
  config.link = link(1, 1000);
  Session session(config, technology());
  const RunResult r = session.run(on_all_ranks(OpKind::all_reduce, 1200), {});
  EXPECT_EQ(r.cycles.value, 1 + 2 * 3 * (10 + 1200 / 8) + 1u);
}

}  // namespace
}  // namespace mantissa::arch
