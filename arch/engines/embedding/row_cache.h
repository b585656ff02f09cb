// SPDX-License-Identifier: Apache-2.0
// Which rows a channel keeps on chip: sets of `ways` rows, least recently used first out.
//
//   RowCache cache(1024, 4);
//   const bool hit = cache.touch(address);   // and keeps the row from now on
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/error.h"
#include "base/numerics/random_fill.h"

namespace mantissa::arch::embedding {

class RowCache {
 public:
  RowCache(std::uint64_t rows, std::uint64_t ways)
      : ways_(ways), sets_(rows / ways), keys_(rows, nothing) {
    MANTISSA_CHECK(ways > 0 && rows % ways == 0 && rows > 0, "a cache of no whole sets");
  }

  bool touch(std::uint64_t address) {
    const auto set =
        keys_.begin() + static_cast<std::ptrdiff_t>(numerics::mix_bits(address) % sets_ * ways_);
    const auto end = set + static_cast<std::ptrdiff_t>(ways_);
    auto found = std::find(set, end, address);
    const bool hit = found != end;
    if (!hit) found = end - 1;
    std::rotate(set, found, found + 1);  // the most recently used stands first
    *set = address;
    return hit;
  }

 private:
  static constexpr std::uint64_t nothing = ~0ull;
  std::uint64_t ways_, sets_;
  std::vector<std::uint64_t> keys_;
};

}  // namespace mantissa::arch::embedding
