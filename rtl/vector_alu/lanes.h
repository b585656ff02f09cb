// SPDX-License-Identifier: Apache-2.0
// A pipeline of the vector unit in RTL, as wide as the core's: as many instances side by side as
// it takes, clocked together. Lane i of the core is lane i % width of instance i / width.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "rtl/cosim/unit_in_chip.h"

namespace mantissa::rtl {

class Lanes {
 public:
  // `alone`: one instance; `depth`: cycles from a beat to its results.
  Lanes(const CosimRequest& alone, std::size_t count, std::uint64_t depth,
        const std::function<void(const std::string& step, double seconds)>& progress);

  const CosimRequest& alone() const { return units_.front().alone(); }
  std::size_t count() const { return count_; }
  std::uint64_t cycles() const { return units_.front().cycles(); }
  void set(const char* port, std::uint64_t value);

  // Elements of a beat on a port that has `bits` for each, zeros behind the end of the list.
  template <class Element>
  void give(const char* port, std::uint32_t bits, std::size_t beat, std::size_t elements,
            const Element& element) {
    for (std::size_t u = 0; u < units_.size(); ++u) {
      const Pin& pin = units_[u].pin(port);
      for (std::size_t lane = 0; lane < width_; ++lane) {
        const std::size_t column = u * width_ + lane, i = beat * count_ + column;
        const bool there = column < count_ && i < elements;
        put(pin, static_cast<std::uint32_t>(lane) * bits, bits,
            there ? static_cast<std::uint64_t>(element(i)) : 0);
      }
    }
  }
  template <class Take>
  void take(const char* port, std::uint32_t bits, std::size_t beat, std::size_t elements,
            const Take& take) const {
    for (std::size_t column = 0; column < count_ && beat * count_ + column < elements; ++column)
      take(beat * count_ + column, get(units_[column / width_].pin(port),
                                       static_cast<std::uint32_t>(column % width_) * bits, bits));
  }

  // Beat i goes in in cycle `enters[i]`, increasing; `fill` writes its operands, `take` reads its
  // results, `depth` cycles later and no sooner. Returns what the RTL does else, or nothing.
  std::string stream(const std::vector<std::uint64_t>& enters,
                     const std::function<void(std::size_t)>& fill,
                     const std::function<void(std::size_t)>& take);

 private:
  std::size_t count_, width_;
  std::uint64_t depth_;
  std::vector<UnitInChip> units_;
};

}  // namespace mantissa::rtl
