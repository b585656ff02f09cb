// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/split.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "base/error.h"

namespace mantissa::data {
namespace {

using ::testing::ElementsAre;

Dataset labelled(const std::vector<std::int64_t>& labels, std::int64_t classes) {
  Dataset d;
  d.shape = {1};
  d.labels = labels;
  d.features = std::vector<float>(labels.size());
  for (std::int64_t c = 0; c < classes; ++c) d.classes.push_back(std::to_string(c));
  return d;
}

TEST(Shuffle, is_a_permutation_that_seed_and_stream_decide) {
  for (const std::int64_t n : {0, 1, 2, 1000}) {
    auto order = shuffled(n, 1, "a");
    EXPECT_EQ(order, shuffled(n, 1, "a"));
    std::sort(order.begin(), order.end());
    for (std::int64_t i = 0; i < n; ++i) EXPECT_EQ(order[std::size_t(i)], i);
  }
  EXPECT_NE(shuffled(1000, 1, "a"), shuffled(1000, 2, "a"));
  EXPECT_NE(shuffled(1000, 1, "a"), shuffled(1000, 1, "b"));
}

// All 24 orders of four: chi-squared of 23 degrees of freedom is below 60 in all but 1 of 30,000.
TEST(Shuffle, makes_every_order_equally_often) {
  std::map<std::vector<std::int64_t>, int> counts;
  constexpr int trials = 24000;
  for (int seed = 0; seed < trials; ++seed) ++counts[shuffled(4, std::uint64_t(seed), "orders")];
  ASSERT_EQ(counts.size(), 24u);
  double chi = 0;
  for (const auto& [order, count] : counts) chi += (count - 1000.0) * (count - 1000.0) / 1000.0;
  EXPECT_LT(chi, 60);
}

TEST(Split, keeps_the_proportions_of_the_classes) {
  std::vector<std::int64_t> labels;
  for (int i = 0; i < 100; ++i) labels.push_back(i % 10 == 0 ? 2 : i % 3 == 0);  // 2 is rare
  Dataset d = labelled(labels, 3);
  split_stratified(d, 0.25, 7);
  EXPECT_EQ(d.train.size() + d.test.size(), 100u);
  const auto all = d.class_counts([&] {
    auto both = d.train;
    both.insert(both.end(), d.test.begin(), d.test.end());
    return both;
  }());
  const auto test = d.class_counts(d.test);
  for (std::size_t c = 0; c < 3; ++c)
    EXPECT_EQ(test[c], std::int64_t(double(all[c]) * 0.25 + 0.5)) << c;
  EXPECT_TRUE(std::is_sorted(d.train.begin(), d.train.end()));
  EXPECT_TRUE(std::is_sorted(d.test.begin(), d.test.end()));
  EXPECT_NO_THROW(check(d));
}

TEST(Split, depends_on_the_seed_alone) {
  const std::vector<std::int64_t> labels(50, 0);
  Dataset one = labelled(labels, 1), same = one, other = one;
  split_stratified(one, 0.5, 1);
  split_stratified(same, 0.5, 1);
  split_stratified(other, 0.5, 2);
  EXPECT_EQ(one.test, same.test);
  EXPECT_NE(one.test, other.test);
}

TEST(Split, of_a_part_of_zero_leaves_nothing_for_testing) {
  Dataset d = labelled({0, 1, 0}, 2);
  split_stratified(d, 0, 1);
  EXPECT_THAT(d.train, ElementsAre(0, 1, 2));
  EXPECT_THAT(d.test, ElementsAre());
}

TEST(Split, of_targets_takes_them_for_one_class) {
  Dataset d;
  d.shape = {1};
  d.targets = {1, 2, 3, 4};
  d.features = std::vector<float>(4);
  split_stratified(d, 0.25, 1);
  EXPECT_EQ(d.test.size(), 1u);
}

TEST(Split, at_a_number_is_in_order) {
  Dataset d = labelled({0, 0, 0}, 1);
  split_at(d, 2);
  EXPECT_THAT(d.train, ElementsAre(0, 1));
  EXPECT_THAT(d.test, ElementsAre(2));
}

TEST(Check, finds_a_sample_in_both_parts) {
  Dataset d = labelled({0, 0}, 1);
  d.train = {0, 1};
  EXPECT_NO_THROW(check(d));
  d.test = {1};
  EXPECT_THROW(check(d), InternalError);
  d.test = {2};
  EXPECT_THROW(check(d), InternalError);
  d.test = {};
  d.labels[0] = 1;
  EXPECT_THROW(check(d), InternalError);
}

}  // namespace
}  // namespace mantissa::data
