// SPDX-License-Identifier: Apache-2.0
// Units of measure as types, so that cycles are never added to bytes, and the clock, which turns
// cycle numbers into femtoseconds without ever summing a rounded period.
#pragma once

#include <cstdint>
#include <string>

namespace mantissa {

// A number with a unit. Same-unit arithmetic and scaling by plain numbers only; `.value` leaves the
// typed world and is meant for printing and for closed forms that state their units.
template <class Unit, class Rep>
struct Quantity {
  using rep = Rep;
  Rep value{};

  constexpr Quantity() = default;
  constexpr explicit Quantity(Rep v) : value(v) {}

  friend constexpr Quantity operator+(Quantity a, Quantity b) {
    return Quantity(a.value + b.value);
  }
  friend constexpr Quantity operator-(Quantity a, Quantity b) {
    return Quantity(a.value - b.value);
  }
  friend constexpr Quantity operator*(Quantity a, Rep k) { return Quantity(a.value * k); }
  friend constexpr Quantity operator*(Rep k, Quantity a) { return Quantity(k * a.value); }
  friend constexpr Quantity operator/(Quantity a, Rep k) { return Quantity(a.value / k); }
  friend constexpr double operator/(Quantity a, Quantity b) {
    return static_cast<double>(a.value) / static_cast<double>(b.value);
  }
  Quantity& operator+=(Quantity o) {
    value += o.value;
    return *this;
  }
  Quantity& operator-=(Quantity o) {
    value -= o.value;
    return *this;
  }
  friend constexpr bool operator==(Quantity a, Quantity b) { return a.value == b.value; }
  friend constexpr bool operator!=(Quantity a, Quantity b) { return a.value != b.value; }
  friend constexpr bool operator<(Quantity a, Quantity b) { return a.value < b.value; }
  friend constexpr bool operator<=(Quantity a, Quantity b) { return a.value <= b.value; }
  friend constexpr bool operator>(Quantity a, Quantity b) { return a.value > b.value; }
  friend constexpr bool operator>=(Quantity a, Quantity b) { return a.value >= b.value; }
};

using Cycles = Quantity<struct CyclesUnit, std::uint64_t>;
using Bytes = Quantity<struct BytesUnit, std::uint64_t>;
using Femtoseconds = Quantity<struct FemtosecondsUnit, std::uint64_t>;
using Hertz = Quantity<struct HertzUnit, std::uint64_t>;
using Picojoules = Quantity<struct PicojoulesUnit, double>;
using SquareMicrons = Quantity<struct SquareMicronsUnit, double>;
using Watts = Quantity<struct WattsUnit, double>;
using Volts = Quantity<struct VoltsUnit, double>;
using Nanometres = Quantity<struct NanometresUnit, double>;

constexpr std::uint64_t femtoseconds_per_second = 1'000'000'000'000'000ull;

// Time that is given either absolutely or in core cycles ("100 ns", "100 cycles").
struct Latency {
  bool in_cycles = false;
  Femtoseconds time{};
  Cycles cycles{};
  friend bool operator==(const Latency& a, const Latency& b) {
    return a.in_cycles == b.in_cycles && a.time == b.time && a.cycles == b.cycles;
  }
};

// Bandwidth that is given either absolutely or per core cycle ("34 GB/s", "64 B/cycle").
struct Bandwidth {
  bool per_cycle = false;
  double bytes = 0;  // per second, or per cycle
  friend bool operator==(const Bandwidth& a, const Bandwidth& b) {
    return a.per_cycle == b.per_cycle && a.bytes == b.bytes;
  }
};

// A clock of f hertz. Edge n lies at floor(n * 10^15 / f) fs: exact for every n below 2^63, no
// accumulated rounding (940 MHz has no period in whole femtoseconds).
class Clock {
 public:
  explicit constexpr Clock(Hertz frequency) : frequency_(frequency) {}
  constexpr Hertz frequency() const { return frequency_; }

  constexpr Femtoseconds time_of(Cycles n) const {
    return Femtoseconds(static_cast<std::uint64_t>(static_cast<unsigned __int128>(n.value) *
                                                   femtoseconds_per_second / frequency_.value));
  }
  // The first edge at or after t.
  constexpr Cycles edge_at_or_after(Femtoseconds t) const {
    std::uint64_t n = static_cast<std::uint64_t>(static_cast<unsigned __int128>(t.value) *
                                                 frequency_.value / femtoseconds_per_second);
    while (time_of(Cycles(n)) < t) ++n;
    return Cycles(n);
  }
  constexpr double seconds(Cycles n) const {
    return static_cast<double>(n.value) / static_cast<double>(frequency_.value);
  }

 private:
  Hertz frequency_;
};

constexpr std::uint64_t ceil_div(std::uint64_t a, std::uint64_t b) { return (a + b - 1) / b; }
constexpr std::uint64_t round_up(std::uint64_t a, std::uint64_t b) { return ceil_div(a, b) * b; }

}  // namespace mantissa
