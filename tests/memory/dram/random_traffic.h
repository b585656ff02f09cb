// SPDX-License-Identifier: Apache-2.0
// Streams of requests for one channel, the same ones on every machine: bits come from a counter and
// a mixing function, not from the standard library's distributions.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "memory/dram/controller.h"
#include "memory/dram/organization.h"

namespace mantissa::memory::dram {

// The n-th number of a seed is the mixed n-th multiple of the golden ratio (SplitMix64).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 0xd1342543de82ef95ull + 1) {}
  std::uint64_t next() {
    std::uint64_t x = state_ += 0x9e3779b97f4a7c15ull;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
    return x ^ (x >> 31);
  }
  std::uint64_t below(std::uint64_t n) { return (next() >> 11) % n; }
  std::uint64_t between(std::uint64_t least, std::uint64_t most) {
    return least + below(most - least + 1);
  }
  bool percent(std::uint64_t share) { return below(100) < share; }

 private:
  std::uint64_t state_;
};

struct Traffic {
  std::string name;
  std::vector<Request> requests;  // in the order of arrival, tagged 0, 1, 2, ...
};

// Collects requests at a time that only moves on.
class TrafficMaker {
 public:
  TrafficMaker(std::string name, const Organization& o, std::uint64_t seed)
      : dice(seed),
        banks(static_cast<std::uint32_t>(o.banks_per_channel())),
        rows(static_cast<std::uint32_t>(o.rows)),
        columns(static_cast<std::uint32_t>(o.bursts_per_row())) {
    traffic.name = std::move(name);
  }
  void wait(std::uint64_t cycles) { now += cycles; }
  void add(std::uint64_t bank, std::uint64_t row, std::uint64_t column, bool write) {
    Request r;
    r.arrival = now;
    r.bank = static_cast<std::uint8_t>(bank % banks);
    r.row = static_cast<std::uint32_t>(row % rows);
    r.column = static_cast<std::uint32_t>(column % columns);
    r.write = write;
    r.tag = static_cast<std::uint32_t>(traffic.requests.size());
    traffic.requests.push_back(r);
  }
  // The i-th burst of a memory that is laid out row by row, neighbouring columns in one bank.
  void add_linear(std::uint64_t i, bool write) {
    add(i / columns, i / columns / banks, i % columns, write);
  }

  Traffic traffic;
  Dice dice;
  std::uint64_t now = 0;
  std::uint32_t banks, rows, columns;
};

// Anything anywhere; mean time between arrivals is `gap` cycles.
inline Traffic uniform(const Organization& o, std::size_t n, std::uint64_t writes_percent,
                       std::uint64_t gap, std::uint64_t seed) {
  TrafficMaker m("uniform", o, seed);
  for (std::size_t i = 0; i < n; ++i) {
    m.wait(m.dice.between(0, 2 * gap));
    m.add(m.dice.below(m.banks), m.dice.below(m.rows), m.dice.below(m.columns),
          m.dice.percent(writes_percent));
  }
  return m.traffic;
}

// `streams` walks through memory side by side, some of them writing: a copy has two.
inline Traffic streams(const Organization& o, std::size_t n, std::size_t streams,
                       std::uint64_t writes_percent, std::uint64_t gap, std::uint64_t seed) {
  TrafficMaker m("streams", o, seed);
  std::vector<std::uint64_t> at;
  std::vector<bool> writes;
  for (std::size_t s = 0; s < streams; ++s) {
    at.push_back(m.dice.below(1u << 20));
    writes.push_back(m.dice.percent(writes_percent));
  }
  for (std::size_t i = 0; i < n; ++i) {
    m.wait(m.dice.between(0, 2 * gap));
    m.add_linear(at[i % streams]++, writes[i % streams]);
  }
  return m.traffic;
}

// Every stride-th burst, neighbouring bursts in neighbouring banks.
inline Traffic strided(const Organization& o, std::size_t n, std::uint64_t stride,
                       std::uint64_t writes_percent, std::uint64_t seed) {
  TrafficMaker m("strided", o, seed);
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t burst = i * stride;
    m.add(burst, burst / m.banks / m.columns, burst / m.banks, m.dice.percent(writes_percent));
    m.wait(m.dice.below(3));
  }
  return m.traffic;
}

// Most requests go to one row of each bank, the others want the bank closed.
inline Traffic hot_rows(const Organization& o, std::size_t n, std::uint64_t hot_percent,
                        std::uint64_t writes_percent, std::uint64_t seed) {
  TrafficMaker m("hot rows", o, seed);
  for (std::size_t i = 0; i < n; ++i) {
    const auto bank = m.dice.below(std::min(m.banks, 3u));
    const auto row = m.dice.percent(hot_percent) ? 1 : m.dice.below(m.rows);
    m.add(bank, row, m.dice.below(m.columns), m.dice.percent(writes_percent));
    m.wait(m.dice.below(4));
  }
  return m.traffic;
}

// Handfuls at once, and then nothing for a while: most gaps short, some up to `longest`.
inline Traffic bursts(const Organization& o, std::size_t n, std::uint64_t longest,
                      std::uint64_t writes_percent, std::uint64_t seed) {
  TrafficMaker m("bursts", o, seed);
  std::uint64_t left = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (left == 0) {
      left = m.dice.between(1, 12);
      m.wait(m.dice.percent(60) ? m.dice.below(30) : m.dice.below(longest));
    }
    --left;
    m.add(m.dice.below(m.banks), m.dice.below(2), m.dice.below(m.columns),
          m.dice.percent(writes_percent));
  }
  return m.traffic;
}

// One or two at a time with gaps about as long as a rank waits before it goes down, so that
// requests meet ranks that are just about to, just have, and just are refreshed.
inline Traffic lone(const Organization& o, std::size_t n, std::uint64_t writes_percent,
                    std::uint64_t seed) {
  TrafficMaker m("lone", o, seed);
  for (std::size_t i = 0; i < n; ++i) {
    m.wait(m.dice.percent(20) ? 0 : m.dice.below(m.dice.percent(50) ? 40 : 160));
    m.add(m.dice.below(m.banks), m.dice.below(2), m.dice.below(m.columns),
          m.dice.percent(writes_percent));
  }
  return m.traffic;
}

// Reads and writes of the same few bursts: forwarded, merged, and made to wait.
inline Traffic hazards(const Organization& o, std::size_t n, std::uint64_t writes_percent,
                       std::uint64_t seed) {
  TrafficMaker m("hazards", o, seed);
  for (std::size_t i = 0; i < n; ++i) {
    m.add(m.dice.below(2), m.dice.below(2), m.dice.below(3), m.dice.percent(writes_percent));
    m.wait(m.dice.percent(10) ? m.dice.below(60) : m.dice.below(5));
  }
  return m.traffic;
}

// Phases of all writes and all reads, so that queues fill to the brim and drain.
inline Traffic phases(const Organization& o, std::size_t n, std::uint64_t seed) {
  TrafficMaker m("phases", o, seed);
  bool write = false;
  std::uint64_t left = 0, at = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (left == 0) {
      left = m.dice.between(5, 60);
      write = !write;
      at = m.dice.below(1u << 16);
      m.wait(m.dice.below(40));
    }
    --left;
    if (m.dice.percent(80))
      m.add_linear(at++, write);
    else
      m.add(m.dice.below(m.banks), m.dice.below(m.rows), m.dice.below(m.columns), write);
  }
  return m.traffic;
}

// One of each kind, `n` requests long.
inline std::vector<Traffic> every_traffic(const Organization& o, std::size_t n,
                                          std::uint64_t seed) {
  Dice dice(seed);
  const auto ratio = [&] {
    constexpr std::uint64_t ratios[] = {0, 10, 33, 50, 80, 100};
    return ratios[dice.below(6)];
  };
  return {uniform(o, n, ratio(), 0, dice.next()),
          uniform(o, n, ratio(), dice.between(1, 12), dice.next()),
          streams(o, n, dice.between(1, 4), 50, dice.below(3), dice.next()),
          strided(o, n, dice.between(1, 9), ratio(), dice.next()),
          hot_rows(o, n, 85, ratio(), dice.next()),
          bursts(o, n, 1200, ratio(), dice.next()),
          lone(o, n / 2, ratio(), dice.next()),
          hazards(o, n, 50, dice.next()),
          phases(o, n, dice.next())};
}

}  // namespace mantissa::memory::dram
