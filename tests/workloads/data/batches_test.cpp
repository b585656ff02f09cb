// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/batches.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "base/error.h"

namespace mantissa::data {
namespace {

using ::testing::ElementsAre;
using Samples = std::vector<std::int64_t>;

Samples numbers(std::int64_t n) {
  Samples out;
  for (std::int64_t i = 0; i < n; ++i) out.push_back(10 * i);
  return out;
}

Samples epoch(Batches& batches, std::int64_t size) {
  Samples out;
  const auto e = batches.position().epoch;
  while (batches.position().epoch == e)
    for (const auto s : batches.next(size)) out.push_back(s);
  return out;
}

TEST(Batches, visit_every_sample_once_an_epoch_in_another_order_each) {
  Batches batches(numbers(100), 1);
  Samples first = epoch(batches, 7), second = epoch(batches, 7);
  EXPECT_NE(first, second);
  EXPECT_NE(first, numbers(100));
  std::sort(first.begin(), first.end());
  std::sort(second.begin(), second.end());
  EXPECT_EQ(first, numbers(100));
  EXPECT_EQ(second, numbers(100));
}

TEST(Batches, depend_on_seed_and_epoch_and_not_on_sizes_or_the_way_there) {
  Batches a(numbers(100), 5), b(numbers(100), 5), c(numbers(100), 6);
  const Samples zero = epoch(a, 7);
  EXPECT_EQ(zero, epoch(b, 64));
  EXPECT_NE(zero, epoch(c, 7));
  const Samples one = epoch(a, 7);
  Batches late(numbers(100), 5);
  late.seek({1, 0});
  EXPECT_EQ(one, epoch(late, 9));
}

TEST(Batches, go_on_from_any_position_with_the_same_samples) {
  Batches all(numbers(23), 3);
  std::vector<Batches::Position> positions;
  std::vector<Samples> batches;
  for (int i = 0; i < 40; ++i) {
    positions.push_back(all.position());
    batches.push_back(all.next(1 + i % 5));
  }
  for (std::size_t i = 0; i < 40; ++i) {
    Batches resumed(numbers(23), 3);
    resumed.seek(positions[i]);
    for (std::size_t k = i; k < 40; ++k)
      ASSERT_EQ(resumed.next(1 + std::int64_t(k) % 5), batches[k]) << i << ' ' << k;
  }
}

TEST(Batches, end_with_their_epoch) {
  Batches batches(numbers(5), 1, false);
  EXPECT_EQ(batches.per_epoch(2), 3);
  EXPECT_EQ(batches.per_epoch(5), 1);
  EXPECT_EQ(batches.per_epoch(6), 1);
  EXPECT_THAT(batches.next(2), ElementsAre(0, 10));
  EXPECT_THAT(batches.next(2), ElementsAre(20, 30));
  EXPECT_THAT(batches.next(2), ElementsAre(40));
  EXPECT_EQ(batches.position(), (Batches::Position{1, 0}));
  EXPECT_THAT(batches.next(INT64_MAX), ElementsAre(0, 10, 20, 30, 40));
  EXPECT_EQ(batches.position(), (Batches::Position{2, 0}));
}

TEST(Batches, of_nothing_are_our_own_mistake) {
  EXPECT_THROW(Batches({}, 1), InternalError);
  Batches batches(numbers(5), 1);
  EXPECT_THROW(batches.next(0), InternalError);
  EXPECT_THROW(batches.seek({0, 5}), InternalError);
  EXPECT_NO_THROW(batches.seek({0, 4}));
}

}  // namespace
}  // namespace mantissa::data
