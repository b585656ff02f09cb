// SPDX-License-Identifier: Apache-2.0
// Which operators ride behind which: each rule from both sides.
#include "arch/mapper/fusion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/arch/mapper/plans.h"

namespace mantissa::arch {
namespace {

using ::testing::ElementsAre;
using testing::layer_names;
using testing::layered;
using trace::ints;
using trace::NumberFormat;
using trace::OpKind;
using trace::TensorId;
using trace::TraceBuilder;

constexpr NumberFormat f = NumberFormat::bf16;

struct Fusion : ::testing::Test {
  TraceBuilder b{"fusion"};
  const TensorId x = b.input("x", f, {8, 16}), w = b.parameter("w", f, {16, 16});
  TensorId product(const std::string& name, TensorId in) {
    return b.op(OpKind::matmul, name, {in, w}, {}, f);
  }
  TensorId relu(const std::string& name, TensorId in) { return b.op(OpKind::relu, name, {in}); }
  TensorId add(const std::string& name, TensorId p, TensorId q) {
    return b.op(OpKind::add, name, {p, q}, {}, f);
  }
  std::vector<std::string> layers(bool fuse = true) {
    trace_ = b.finish();
    return layer_names(layered(trace_, fuse));
  }

 private:
  trace::Trace trace_;
};

TEST_F(Fusion, lets_a_chain_of_elementwise_operators_ride_behind_a_product) {
  b.op(OpKind::gelu, "g", {relu("r", product("p", x))});
  EXPECT_THAT(layers(), ElementsAre("p+r+g"));
}

TEST_F(Fusion, leaves_every_operator_alone_when_it_is_off) {
  b.op(OpKind::gelu, "g", {relu("r", product("p", x))});
  EXPECT_THAT(layers(false), ElementsAre("p", "r", "g"));
}

TEST_F(Fusion, stops_where_a_second_reader_wants_the_value) {
  const auto p = product("p", x);
  relu("r", p);
  product("q", p);
  EXPECT_THAT(layers(), ElementsAre("p", "r", "q"));
}

TEST_F(Fusion, stops_at_the_next_product) {
  product("q", relu("r", product("p", x)));
  EXPECT_THAT(layers(), ElementsAre("p+r", "q"));
}

TEST_F(Fusion, takes_a_residual_that_exists_before_the_product_starts) {
  const auto early = product("early", x);
  add("sum", product("late", early), early);
  EXPECT_THAT(layers(), ElementsAre("early", "late+sum"));
}

TEST_F(Fusion, leaves_a_sum_alone_whose_other_operand_comes_after_the_first_head) {
  const auto first = product("first", x);
  add("sum", first, product("second", x));
  // Behind `first` the other operand would not be there yet; behind `second` it is.
  EXPECT_THAT(layers(), ElementsAre("first", "second+sum"));
}

TEST_F(Fusion, takes_one_residual_and_not_two) {
  const auto skip = product("skip", x), other = product("other", x);
  add("second", add("first", product("p", skip), skip), other);
  EXPECT_THAT(layers(), ElementsAre("skip", "other", "p+first", "second"));
}

TEST_F(Fusion, does_not_add_a_value_to_itself_behind_the_array) {
  const auto p = product("p", x);
  add("twice", p, p);
  EXPECT_THAT(layers(), ElementsAre("p", "twice"));
}

TEST_F(Fusion, takes_a_parameter_with_one_value_per_column_or_one_in_all) {
  const auto bias = b.parameter("bias", f, {16}), scalar = b.parameter("scalar", f, {1});
  add("plus", add("biased", product("p", x), bias), scalar);
  EXPECT_THAT(layers(), ElementsAre("p+biased+plus"));
}

TEST_F(Fusion, leaves_a_parameter_alone_that_has_a_value_per_element) {
  add("sum", product("p", x), b.parameter("matrix", f, {8, 16}));
  EXPECT_THAT(layers(), ElementsAre("p", "sum"));
}

TEST_F(Fusion, lets_nothing_ride_that_changes_the_shape) {
  // A broadcast in which the value is the smaller operand.
  const auto big = b.input("big", f, {4, 8, 16});
  add("wider", product("p", x), big);
  EXPECT_THAT(layers(), ElementsAre("p", "wider"));
}

TEST_F(Fusion, puts_channels_of_a_feature_map_in_columns) {
  const auto image = b.input("image", f, {1, 3, 8, 8}), k = b.parameter("k", f, {4, 3, 3, 3});
  std::vector<TensorId> statistics;
  for (const char* name : {"gamma", "beta", "mean", "variance"})
    statistics.push_back(b.parameter(name, f, {4}));
  auto y = b.op(OpKind::conv2d, "conv", {image, k}, {{"padding", ints({1, 1})}}, f);
  y = b.op(OpKind::batch_norm, "norm",
           {y, statistics[0], statistics[1], statistics[2], statistics[3]});
  relu("r", y);
  EXPECT_THAT(layers(), ElementsAre("conv+norm+r"));
}

TEST_F(Fusion, makes_views_that_cost_nothing_and_share_their_place) {
  const auto p = product("p", x);
  const auto v = b.op(OpKind::reshape, "v", {p}, {{"shape", ints({16, 8})}});
  relu("r", v);
  const auto t = b.finish();
  const Plan plan = layered(t);
  EXPECT_THAT(layer_names(plan), ElementsAre("p", "(v)", "r"));
  EXPECT_EQ(plan.storage[v], plan.storage[p]);
}

TEST(FusionOfAnyGraph, puts_every_operator_into_exactly_one_layer_behind_what_it_reads) {
  std::size_t fused = 0;
  for (unsigned seed = 0; seed < 200; ++seed) {
    const auto t = testing::random_graph(seed, 25);
    for (const bool fuse : {false, true}) {
      const Plan plan = layered(t, fuse);
      std::vector<std::uint32_t> layer_of(t.ops.size(), no_layer);
      for (std::uint32_t i = 0; i < plan.layers.size(); ++i) {
        for (auto id : plan.layers[i].ops()) {
          ASSERT_EQ(layer_of[id], no_layer) << "seed " << seed;
          layer_of[id] = i;
        }
        fused += plan.layers[i].chain.size();
        if (!fuse) {
          ASSERT_TRUE(plan.layers[i].chain.empty());
        }
      }
      std::vector<std::uint32_t> made(t.tensors.size(), no_layer);
      for (trace::OpId id = 0; id < t.ops.size(); ++id) {
        ASSERT_NE(layer_of[id], no_layer) << "seed " << seed;
        for (auto out : t.ops[id].outputs) made[out] = layer_of[id];
      }
      for (trace::OpId id = 0; id < t.ops.size(); ++id)
        for (auto in : t.ops[id].inputs) {
          if (made[in] == no_layer) continue;
          ASSERT_LE(made[in], layer_of[id]) << "seed " << seed;
        }
    }
  }
  EXPECT_GT(fused, 200u);  // the graphs do give rise to chains
}

}  // namespace
}  // namespace mantissa::arch
