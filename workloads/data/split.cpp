// SPDX-License-Identifier: Apache-2.0
#include "workloads/data/split.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/numerics/random_fill.h"

namespace mantissa::data {

std::vector<std::int64_t> shuffled(std::int64_t n, std::uint64_t seed, const std::string& stream) {
  const numerics::RandomStream random(seed, stream);
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  for (std::int64_t i = n - 1; i > 0; --i) {
    const std::int64_t other = random.integer(static_cast<std::uint64_t>(i), 0, i);
    std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(other)]);
  }
  return order;
}

void split_stratified(Dataset& dataset, double fraction, std::uint64_t seed) {
  MANTISSA_CHECK(fraction >= 0 && fraction < 1, "a part that is none");
  const std::size_t classes = dataset.classification() ? dataset.classes.size() : 1;
  std::vector<std::vector<std::int64_t>> members(classes);
  for (std::int64_t s = 0; s < dataset.size(); ++s) {
    const auto c = dataset.classification() ? dataset.labels[static_cast<std::size_t>(s)] : 0;
    members[static_cast<std::size_t>(c)].push_back(s);
  }
  dataset.train.clear();
  dataset.test.clear();
  for (std::size_t c = 0; c < classes; ++c) {
    const auto n = static_cast<std::int64_t>(members[c].size());
    const auto test = static_cast<std::int64_t>(static_cast<double>(n) * fraction + 0.5);
    const auto order = shuffled(n, seed, "split/" + std::to_string(c));
    for (std::int64_t i = 0; i < n; ++i) {
      auto& part = i < test ? dataset.test : dataset.train;
      part.push_back(members[c][static_cast<std::size_t>(order[static_cast<std::size_t>(i)])]);
    }
  }
  std::sort(dataset.train.begin(), dataset.train.end());
  std::sort(dataset.test.begin(), dataset.test.end());
}

void split_at(Dataset& dataset, std::int64_t train) {
  MANTISSA_CHECK(train >= 0 && train <= dataset.size(), "a part larger than the whole");
  dataset.train.resize(static_cast<std::size_t>(train));
  dataset.test.resize(static_cast<std::size_t>(dataset.size() - train));
  std::iota(dataset.train.begin(), dataset.train.end(), std::int64_t{0});
  std::iota(dataset.test.begin(), dataset.test.end(), train);
}

}  // namespace mantissa::data
