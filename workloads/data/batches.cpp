// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/batches.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "workloads/data/split.h"

namespace mantissa::data {

Batches::Batches(std::vector<std::int64_t> samples, std::uint64_t seed, bool shuffle)
    : samples_(std::move(samples)), order_(samples_), seed_(seed), shuffle_(shuffle) {
  MANTISSA_CHECK(!samples_.empty(), "batches of no samples");
  order_epoch();
}

void Batches::order_epoch() {
  if (!shuffle_) return;
  const auto order = shuffled(static_cast<std::int64_t>(samples_.size()), seed_,
                              "epoch/" + std::to_string(position_.epoch));
  for (std::size_t i = 0; i < order.size(); ++i)
    order_[i] = samples_[static_cast<std::size_t>(order[i])];
}

void Batches::seek(const Position& position) {
  MANTISSA_CHECK(position.epoch >= 0 && position.sample >= 0 &&
                     position.sample < static_cast<std::int64_t>(samples_.size()),
                 "a position outside the epoch");
  const bool other_epoch = position.epoch != position_.epoch;
  position_ = position;
  if (other_epoch) order_epoch();
}

std::vector<std::int64_t> Batches::next(std::int64_t size) {
  MANTISSA_CHECK(size > 0, "a batch of no samples");
  const auto all = static_cast<std::int64_t>(samples_.size());
  const std::int64_t end = position_.sample + std::min(size, all - position_.sample);
  const std::vector<std::int64_t> batch(order_.begin() + position_.sample, order_.begin() + end);
  if (end < all) {
    position_.sample = end;
  } else {
    seek({position_.epoch + 1, 0});
  }
  return batch;
}

std::int64_t Batches::per_epoch(std::int64_t size) const {
  MANTISSA_CHECK(size > 0, "a batch of no samples");
  const auto all = static_cast<std::int64_t>(samples_.size());
  return all / size + (all % size != 0);
}

}  // namespace mantissa::data
