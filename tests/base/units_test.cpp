// SPDX-License-Identifier: Apache-2.0
#include "base/units.h"

#include <gtest/gtest.h>

#include <type_traits>

namespace mantissa {
namespace {

using Wide = unsigned __int128;

// The defining formula, edge n at floor(n * 10^15 / f), as quotient and remainder in 128 bits.
void expect_edge(std::uint64_t n, std::uint64_t hertz) {
  const Wide edge = Clock(Hertz(hertz)).time_of(Cycles(n)).value;
  const Wide scaled = static_cast<Wide>(n) * femtoseconds_per_second;
  EXPECT_LE(edge * hertz, scaled) << n;
  EXPECT_LT(scaled, (edge + 1) * hertz) << n;
}

TEST(Clock, edge_n_is_floor_of_n_periods_at_940_megahertz) {
  for (std::uint64_t n = 0; n < 2000; ++n) expect_edge(n, 940'000'000);
  for (std::uint64_t n = 1; n < 17'000'000'000'000ull; n = n * 3 + 1) expect_edge(n, 940'000'000);
}

TEST(Clock, edges_of_940_megahertz_do_not_accumulate_a_rounded_period) {
  const Clock clock{Hertz(940'000'000)};
  EXPECT_EQ(clock.time_of(Cycles(1)).value, 1'063'829u);    // 1063829.787 fs
  EXPECT_EQ(clock.time_of(Cycles(47)).value, 50'000'000u);  // 47 periods are 50 ns
  EXPECT_EQ(clock.time_of(Cycles(940'000'000)).value, femtoseconds_per_second);
  EXPECT_NE(47 * clock.time_of(Cycles(1)).value, 50'000'000u);  // a rounded period would err
}

TEST(Clock, whole_periods_are_exact) {
  const Clock clock{Hertz(1'000'000'000)};
  EXPECT_EQ(clock.time_of(Cycles(0)).value, 0u);
  EXPECT_EQ(clock.time_of(Cycles(833)).value, 833'000'000u);
}

TEST(Clock, edge_at_or_after_is_the_edge_itself_and_the_next_just_behind_it) {
  for (const std::uint64_t hertz : {940'000'000ull, 1'050'000'000ull, 1'000'000'000ull, 3ull}) {
    const Clock clock{Hertz(hertz)};
    for (std::uint64_t n = 1; n < 1000; ++n) {
      const Femtoseconds edge = clock.time_of(Cycles(n));
      EXPECT_EQ(clock.edge_at_or_after(edge).value, n);
      EXPECT_EQ(clock.edge_at_or_after(edge - Femtoseconds(1)).value, n);
      EXPECT_EQ(clock.edge_at_or_after(edge + Femtoseconds(1)).value, n + 1);
    }
    EXPECT_EQ(clock.edge_at_or_after(Femtoseconds(0)).value, 0u);
  }
}

TEST(Clock, a_latency_of_0_833_nanoseconds_takes_one_cycle_at_940_megahertz) {
  const Clock clock{Hertz(940'000'000)};
  const Femtoseconds latency(833'000);
  EXPECT_EQ(clock.edge_at_or_after(latency).value, 1u);
  EXPECT_EQ(clock.edge_at_or_after(latency + clock.time_of(Cycles(1))).value, 2u);
  EXPECT_DOUBLE_EQ(clock.seconds(Cycles(940'000'000)), 1.0);
}

TEST(Quantity, arithmetic_keeps_the_unit) {
  EXPECT_EQ(Bytes(3) + Bytes(4), Bytes(7));
  EXPECT_EQ(Bytes(7) - Bytes(4), Bytes(3));
  EXPECT_EQ(Bytes(3) * 4, Bytes(12));
  EXPECT_EQ(4 * Bytes(3), Bytes(12));
  EXPECT_EQ(Bytes(13) / 4, Bytes(3));
  EXPECT_DOUBLE_EQ(Bytes(3) / Bytes(4), 0.75);
  Cycles c(1);
  c += Cycles(4);
  c -= Cycles(2);
  EXPECT_EQ(c, Cycles(3));
  EXPECT_TRUE(Cycles(2) < Cycles(3) && Cycles(3) <= Cycles(3) && !(Cycles(3) < Cycles(3)));
  EXPECT_TRUE(Cycles(4) > Cycles(3) && Cycles(3) >= Cycles(3) && Cycles(3) != Cycles(4));
}

template <class A, class B, class = void>
struct CanAdd : std::false_type {};
template <class A, class B>
struct CanAdd<A, B, std::void_t<decltype(std::declval<A>() + std::declval<B>())>> : std::true_type {
};

// Checked when it is compiled: what must not compile cannot be run.
TEST(Quantity, different_units_do_not_mix) {
  static_assert(CanAdd<Bytes, Bytes>::value);
  static_assert(!CanAdd<Bytes, Cycles>::value);
  static_assert(!CanAdd<Bytes, std::uint64_t>::value);
  static_assert(!std::is_convertible_v<std::uint64_t, Bytes>);
}

TEST(Latency, equality_tells_cycles_from_time) {
  const Latency time{false, Femtoseconds(5), {}};
  EXPECT_EQ(time, (Latency{false, Femtoseconds(5), {}}));
  EXPECT_FALSE(time == (Latency{true, Femtoseconds(5), {}}));
  EXPECT_FALSE(time == (Latency{false, Femtoseconds(6), {}}));
}

TEST(Bandwidth, equality_tells_per_cycle_from_per_second) {
  EXPECT_EQ((Bandwidth{true, 64}), (Bandwidth{true, 64}));
  EXPECT_FALSE((Bandwidth{true, 64}) == (Bandwidth{false, 64}));
}

TEST(CeilDiv, rounds_up_from_the_first_remainder_on) {
  EXPECT_EQ(ceil_div(0, 8), 0u);
  EXPECT_EQ(ceil_div(1, 8), 1u);
  EXPECT_EQ(ceil_div(8, 8), 1u);
  EXPECT_EQ(ceil_div(9, 8), 2u);
  EXPECT_EQ(round_up(8, 8), 8u);
  EXPECT_EQ(round_up(9, 8), 16u);
}

}  // namespace
}  // namespace mantissa
