// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/ranks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/trace/vocabulary.h"
#include "workloads/executor/straight_through.h"

namespace mantissa::workloads {
namespace {

at::Tensor of_rank(const Rank& rank) {
  return torch::arange(4, at::kFloat) + 10 * static_cast<double>(rank.number());
}

TEST(Ranks, ComputeEveryCollective) {
  Ranks ranks(2);
  ranks.run([](Rank& rank) {
    at::Tensor sum = of_rank(rank), mean = of_rank(rank), root = of_rank(rank);
    rank.all_reduce(sum);
    EXPECT_TRUE(torch::equal(sum, torch::tensor({10.f, 12.f, 14.f, 16.f})));
    rank.all_reduce(mean, Reduction::mean);
    EXPECT_TRUE(torch::equal(mean, sum / 2));
    rank.broadcast(root, 1);
    EXPECT_TRUE(torch::equal(root, torch::arange(4, at::kFloat) + 10));
    EXPECT_EQ(rank.all_gather(of_rank(rank)).size(0), 8);
    const at::Tensor part = rank.reduce_scatter(of_rank(rank));
    EXPECT_TRUE(torch::equal(part, sum.chunk(2)[rank.number()]));
    const at::Tensor swapped = rank.all_to_all(of_rank(rank));
    const float first = rank.number() == 0 ? 0.f : 2.f;
    EXPECT_TRUE(torch::equal(swapped, torch::tensor({first, first + 1, first + 10, first + 11})));
    rank.barrier();
  });
}

TEST(Ranks, AddInTheSameOrderWhoeverComesFirst) {
  const auto once = [] {
    Ranks ranks(5);
    std::vector<float> result(5);
    ranks.run([&](Rank& rank) {
      // Sums of these depend on the order.
      at::Tensor x =
          torch::tensor({std::vector<float>{1e8f, 1.f, -1e8f, 0.5f, 1e-3f}[rank.number()]});
      rank.all_reduce(x);
      result[rank.number()] = x.item<float>();
    });
    for (float r : result) EXPECT_EQ(r, result[0]);
    return result[0];
  };
  const float first = once();
  for (int i = 0; i < 20; ++i) ASSERT_EQ(once(), first);
}

TEST(Ranks, RecordOneTraceEachWithTheCollectivesBetween) {
  Ranks ranks(3);
  ranks.record("step");
  ranks.run([](Rank& rank) {
    at::Tensor g = of_rank(rank) * 2;
    rank.all_reduce(g);
    g + 1;
  });
  const std::vector<trace::Trace> traces = ranks.traces();
  ASSERT_EQ(traces.size(), 3u);
  for (std::uint32_t i = 0; i < 3; ++i) {
    const trace::Trace& t = traces[i];
    EXPECT_EQ(t.rank, i);
    const trace::Op& collective = t.ops.at(t.ops.size() - 2);
    EXPECT_EQ(collective.kind, trace::OpKind::all_reduce);
    EXPECT_EQ(collective.integer("group_size", 0), 3);
    EXPECT_EQ(t.ops.back().inputs[0], collective.outputs[0]);
  }
}

TEST(Ranks, ThatDoNotAgreeAreToldApartAndNobodyWaitsForEver) {
  Ranks ranks(2);
  try {
    ranks.run([](Rank& rank) {
      if (rank.number() == 0) {
        rank.all_reduce(torch::ones({3}));
      } else {
        rank.barrier();
      }
    });
    FAIL();
  } catch (const Error& e) {
    EXPECT_THAT(e.message(), ::testing::AllOf(::testing::HasSubstr("all_reduce of 3"),
                                              ::testing::HasSubstr("barrier")));
  }
  // One that fails wakes those that wait for it; afterwards the ranks can be used again.
  EXPECT_THROW(ranks.run([](Rank& rank) {
    if (rank.number() == 1) throw std::runtime_error("lost");
    rank.barrier();
  }),
               std::runtime_error);
  ranks.run([](Rank& rank) { rank.barrier(); });
}

TEST(StraightThrough, HasTheValueOfTheFunctionAndTheGradientOfItsInput) {
  const at::Tensor x = torch::tensor({0.2f, 0.7f, 1.6f}).requires_grad_();
  const at::Tensor inside = torch::tensor({1.f, 1.f, 0.f});
  const at::Tensor y = straight_through(
      x, [](const at::Tensor& v) { return v.round().clamp_max(1); }, inside);
  EXPECT_TRUE(torch::equal(y, torch::tensor({0.f, 1.f, 1.f})));
  (y * torch::tensor({2.f, 3.f, 5.f})).sum().backward();
  EXPECT_TRUE(torch::equal(x.grad(), torch::tensor({2.f, 3.f, 0.f})));
}

}  // namespace
}  // namespace mantissa::workloads
