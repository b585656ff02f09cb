// SPDX-License-Identifier: Apache-2.0
// Places of tensors by brute force over random graphs: nobody shares bytes with somebody alive, and
// a larger scratchpad keeps what a smaller one kept.
#include "arch/mapper/placement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "arch/mapper/errors.h"
#include "tests/arch/fixtures.h"
#include "tests/arch/mapper/plans.h"

namespace mantissa::arch {
namespace {

using testing::layered;
using trace::OpKind;
using trace::TensorId;

constexpr std::uint64_t plenty = 1ull << 40;

Plan placed(const trace::Trace& t, std::uint64_t area, bool fuse) {
  Plan plan = layered(t, fuse);
  place_tensors(plan, area, 4096, plenty);
  return plan;
}

// From the layer that makes a storage tensor to the last that reads it or a view of it, straight
// from the layers. `result`: some name of it is read by nobody, so it leaves the trace.
struct Life {
  std::uint32_t from = no_layer, to = 0;
  bool result = false;
};

std::vector<Life> lives(const Plan& plan) {
  std::vector<Life> lives(plan.trace->tensors.size());
  std::vector<bool> read(plan.trace->tensors.size(), false);
  for (std::uint32_t i = 0; i < plan.layers.size(); ++i)
    for (auto id : plan.layers[i].ops()) {
      const auto& op = plan.trace->ops[id];
      for (TensorId t : op.inputs) read[t] = true;
      if (plan.layers[i].view) continue;  // nothing happens
      for (TensorId t : op.outputs) lives[plan.storage[t]].from = i;
      for (TensorId t : op.inputs) lives[plan.storage[t]].to = i;
    }
  for (TensorId t = 0; t < read.size(); ++t)
    if (!read[t]) lives[plan.storage[t]].result = true;
  return lives;
}

template <class Check>
void for_all_graphs(Check check) {
  for (unsigned seed = 0; seed < 60; ++seed)
    for (const bool fuse : {false, true}) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      check(testing::random_graph(seed, 20), fuse);
      if (::testing::Test::HasFatalFailure()) return;
    }
}

TEST(Placement, lets_no_two_tensors_share_a_byte_of_the_scratchpad_at_a_time) {
  std::size_t shared = 0, pairs = 0;
  for_all_graphs([&](const trace::Trace& t, bool fuse) {
    for (const std::uint64_t area : {1024u, 4096u, 1u << 20}) {
      const Plan plan = placed(t, area, fuse);
      const auto life = lives(plan);
      for (TensorId a = 0; a < t.tensors.size(); ++a) {
        if (plan.storage[a] != a || !plan.places[a].resident) continue;
        ASSERT_LE(plan.places[a].local + plan.places[a].bytes, area);
        ASSERT_EQ(plan.places[a].local % 64, 0u);
        for (TensorId b = 0; b < a; ++b) {
          if (plan.storage[b] != b || !plan.places[b].resident) continue;
          const bool apart_in_space =
              plan.places[a].local + plan.places[a].bytes <= plan.places[b].local ||
              plan.places[b].local + plan.places[b].bytes <= plan.places[a].local;
          const bool apart_in_time = life[a].to < life[b].from || life[b].to < life[a].from;
          ASSERT_TRUE(apart_in_space || apart_in_time) << a << " and " << b;
          shared += apart_in_space ? 0 : 1;
          ++pairs;
        }
      }
    }
  });
  EXPECT_GT(pairs, 1000u);
  EXPECT_GT(shared, 100u);  // space is used again: the check above was not idle
}

TEST(Placement, keeps_in_a_larger_area_all_that_a_smaller_one_keeps_at_the_same_place) {
  std::size_t grew = 0;
  for_all_graphs([&](const trace::Trace& t, bool fuse) {
    Plan smaller = placed(t, 0, fuse);
    for (const auto& place : smaller.places) ASSERT_FALSE(place.resident);
    for (std::uint64_t area = 64; area <= 16384; area += 192) {
      Plan larger = placed(t, area, fuse);
      for (TensorId i = 0; i < t.tensors.size(); ++i) {
        if (smaller.places[i].resident) {
          ASSERT_TRUE(larger.places[i].resident) << "at " << area;
          ASSERT_EQ(larger.places[i].local, smaller.places[i].local);
        } else if (larger.places[i].resident) {
          ++grew;
        }
      }
      smaller = std::move(larger);
    }
  });
  EXPECT_GT(grew, 100u);
}

TEST(Placement, keeps_inputs_parameters_and_results_in_memory) {
  for_all_graphs([&](const trace::Trace& t, bool fuse) {
    const Plan plan = placed(t, plenty, fuse);
    const auto life = lives(plan);
    for (TensorId i = 0; i < t.tensors.size(); ++i) {
      if (plan.storage[i] != i || !plan.places[i].resident) continue;
      ASSERT_EQ(t.tensors[i].role, trace::Role::activation);
      ASSERT_FALSE(life[i].result) << t.tensors[i].name << " is a result of the trace";
    }
  });
}

TEST(Placement, gives_every_tensor_in_memory_bytes_of_its_own_above_the_base) {
  for_all_graphs([&](const trace::Trace& t, bool fuse) {
    const Plan plan = placed(t, 2048, fuse);
    std::uint64_t end = 4096;
    for (TensorId i = 0; i < t.tensors.size(); ++i) {
      if (plan.storage[i] != i || plan.places[i].resident) continue;
      if (plan.places[i].bytes == 0) continue;  // lies inside a layer, never in memory
      ASSERT_GE(plan.places[i].dram, end);
      end = plan.places[i].dram + plan.places[i].bytes;
    }
    ASSERT_LE(end, plan.dram_end);
  });
}

TEST(Placement, takes_a_memory_that_just_holds_the_tensors_and_refuses_one_byte_less) {
  const auto t = testing::random_graph(1, 20);
  const std::uint64_t end = placed(t, 0, true).dram_end;
  Plan fits = layered(t);
  EXPECT_NO_THROW(place_tensors(fits, 0, 4096, end));
  Plan short_of_one = layered(t);
  try {
    place_tensors(short_of_one, 0, 4096, end - 1);
    FAIL() << "accepted";
  } catch (const Error& e) {
    EXPECT_STREQ(e.kind().id(), "mapper.memory-too-small");
    EXPECT_THAT(e.message(), ::testing::HasSubstr("memory.capacity"));
  }
}

// The result of y, 256 bytes, leaves under the name of its view z, whoever else reads y.
TEST(Placement, writes_a_result_to_memory_that_a_view_hands_out) {
  for (const bool another_reader : {false, true}) {
    trace::TraceBuilder b("view");
    const auto x = b.input("x", trace::NumberFormat::bf16, {8, 16});
    const auto y = b.op(OpKind::relu, "y", {x});
    b.op(OpKind::reshape, "z", {y}, {{"shape", trace::ints({16, 8})}});
    const auto w = b.parameter("w", trace::NumberFormat::bf16, {16, 4});
    if (another_reader) b.op(OpKind::matmul, "other", {y, w}, {}, trace::NumberFormat::bf16);
    ArchConfig config = testing::roomy(8, 8);
    config.mapper.resident_fraction = 0.5;
    EXPECT_EQ(testing::run(config, b.finish()).dram.write_bytes,
              8u * 16 * 2 + (another_reader ? 8u * 4 * 2 : 0));
  }
}

}  // namespace
}  // namespace mantissa::arch
