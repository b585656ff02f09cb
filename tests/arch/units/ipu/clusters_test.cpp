// SPDX-License-Identifier: Apache-2.0
#include "arch/units/ipu/clusters.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "base/numerics/inner_product/timing.h"
#include "tests/base/numerics/inner_product/operands.h"

namespace mantissa::arch {
namespace {

namespace ip = numerics::inner_product;

using Steps = std::vector<std::vector<std::uint32_t>>;

Steps random_steps(std::uint64_t units, std::size_t count) {
  std::mt19937 engine(5);
  Steps steps(count, std::vector<std::uint32_t>(units));
  for (auto& step : steps)
    for (auto& cycles : step) cycles = 1 + engine() % 5;
  return steps;
}

std::uint64_t end_of(const Steps& steps, std::uint64_t cluster, std::uint64_t buffer,
                     std::uint64_t interval = 1) {
  Clusters clusters(steps.front().size(), cluster, buffer, interval);
  for (const auto& step : steps) clusters.step(step.data());
  return clusters.end();
}

// Cycle by cycle: operations are sent when every buffer has a place, one at a time per cluster is
// worked on, and leaves its place when it is done.
std::uint64_t cycle_by_cycle(const Steps& steps, std::uint64_t cluster, std::uint64_t buffer,
                             std::uint64_t interval) {
  const std::uint64_t clusters = steps.front().size() / cluster;
  std::vector<std::vector<std::size_t>> queue(clusters);
  std::vector<std::uint32_t> left(clusters);
  std::size_t sent = 0;
  std::uint64_t next = 0;
  for (std::uint64_t now = 0;; ++now) {
    for (std::uint64_t g = 0; g < clusters; ++g)
      if (!queue[g].empty() && left[g] == 0) queue[g].erase(queue[g].begin());
    const bool room =
        std::all_of(queue.begin(), queue.end(), [&](const auto& q) { return q.size() < buffer; });
    if (sent < steps.size() && room && now >= next) {
      for (auto& q : queue) q.push_back(sent);
      next = now + interval;
      ++sent;
    }
    bool idle = true;
    for (std::uint64_t g = 0; g < clusters; ++g) {
      if (queue[g].empty()) continue;
      idle = false;
      const auto* of = steps[queue[g].front()].data() + g * cluster;
      if (left[g] == 0) left[g] = *std::max_element(of, of + cluster);
      --left[g];
    }
    if (idle && sent == steps.size()) return now;
  }
}

TEST(Clusters, take_the_cycles_of_a_simulation_cycle_by_cycle) {
  const Steps steps = random_steps(16, 200);
  for (const std::uint64_t cluster : {1, 2, 4, 8, 16})
    for (const std::uint64_t buffer : {1, 2, 3, 4, 8})
      for (const std::uint64_t interval : {1, 2, 4, 6})
        EXPECT_EQ(end_of(steps, cluster, buffer, interval),
                  cycle_by_cycle(steps, cluster, buffer, interval))
            << cluster << ' ' << buffer << ' ' << interval;
}

TEST(Clusters, with_one_place_wait_for_the_slowest_unit_of_the_tile_whatever_their_size) {
  const Steps steps = random_steps(16, 500);
  std::uint64_t slowest = 0;
  for (const auto& step : steps) slowest += *std::max_element(step.begin(), step.end());
  for (const std::uint64_t cluster : {1, 2, 4, 8, 16})
    EXPECT_EQ(end_of(steps, cluster, 1), slowest);
  EXPECT_LT(end_of(steps, 1, 2), slowest);
}

TEST(Clusters, with_room_for_everything_are_as_slow_as_their_own_slowest_member) {
  const Steps steps = random_steps(16, 500);
  std::uint64_t slowest = 0;
  for (std::size_t unit = 0; unit < 16; ++unit) {
    std::uint64_t own = 0;
    for (const auto& step : steps) own += step[unit];
    slowest = std::max(slowest, own);
  }
  EXPECT_GE(end_of(steps, 1, 500), slowest);
  EXPECT_LE(end_of(steps, 1, 500), slowest + 8);  // waits for broadcasts at the start alone
}

TEST(Clusters, are_never_slower_with_more_places_or_smaller_clusters) {
  const Steps steps = random_steps(64, 300);
  for (const std::uint64_t cluster : {1, 2, 4, 8, 16, 32})
    for (const std::uint64_t buffer : {1, 2, 4, 8}) {
      EXPECT_LE(end_of(steps, cluster, buffer), end_of(steps, 2 * cluster, buffer));
      EXPECT_LE(end_of(steps, cluster, 2 * buffer), end_of(steps, cluster, buffer));
    }
}

TEST(Clusters, of_64_units_have_the_measured_means_between_one_unit_and_the_whole_tile) {
  // Cycles per iteration of independent operations: n = 16, w = 16, N(0,1) x N(0,1).
  ip::testing::Draw draw(7);
  const ip::IpuParameters p = ip::testing::unit(16, 16);
  constexpr std::size_t count = 4000;
  constexpr std::int64_t blocks = 500, k = 16 * blocks;
  Steps steps(count, std::vector<std::uint32_t>(64));
  // Rows of a with the row of b of the same number: operands of no two operations are shared.
  std::size_t at = 0;
  double mean = 0, slowest = 0;
  while (at < count * 64) {
    ip::testing::Codes a(k), b(k);
    for (auto& code : a) code = ip::testing::fp16(draw.normal());
    for (auto& code : b) code = ip::testing::fp16(draw.normal());
    const ip::PackedExponents x(p, ip::Format::fp16, {a.data(), 4, k, 1, 1, k});
    const ip::PackedExponents y(p, ip::Format::fp16, {b.data(), 4, k, 1, 1, k});
    std::vector<std::uint16_t> partitions(static_cast<std::size_t>(blocks * y.columns()));
    ip::partitions_of_row(p, x, 0, y, partitions.data());
    for (std::int64_t i = 0; i < blocks; ++i, ++at)
      steps[at / 64][at % 64] = partitions[static_cast<std::size_t>(i * y.columns())];
  }
  for (const auto& step : steps) {
    for (const auto cycles : step) mean += cycles / 64.0 / count;
    slowest += *std::max_element(step.begin(), step.end()) / static_cast<double>(count);
  }
  const auto cycles = [&](std::uint64_t cluster, std::uint64_t buffer) {
    return static_cast<double>(end_of(steps, cluster, buffer)) / count;
  };
  EXPECT_NEAR(cycles(1, 4), 1.85, 0.02);
  EXPECT_NEAR(cycles(64, 4), 2.78, 0.03);
  double before = mean;
  for (const std::uint64_t cluster : {1, 2, 4, 8, 16, 32, 64}) {
    EXPECT_GE(cycles(cluster, 4), before);
    before = cycles(cluster, 4);
  }
  EXPECT_LE(before, slowest + 1e-9);
}

}  // namespace
}  // namespace mantissa::arch
