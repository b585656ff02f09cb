// SPDX-License-Identifier: Apache-2.0
// The bytes behind a memory in data mode: regions that are mapped while somebody needs them, so
// that a run holds the operands of the layers in flight and nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace mantissa::memory {

class BackingStore {
 public:
  // Maps [base, base + bytes.size()). Regions never overlap (checked).
  void map(std::uint64_t base, std::vector<std::byte> bytes);
  // The same, with the bytes asked for at the first access.
  void map(std::uint64_t base, std::uint64_t size, std::function<std::vector<std::byte>()> bytes);
  void unmap(std::uint64_t base);
  bool mapped(std::uint64_t base) const { return regions_.count(base) != 0; }

  // `size` bytes from `address`, inside one region (checked).
  std::byte* at(std::uint64_t address, std::uint64_t size);
  std::vector<std::byte>& region(std::uint64_t base);

  void clear() { regions_.clear(); }

 private:
  struct Region {
    std::uint64_t size = 0;
    std::vector<std::byte> bytes;
    std::function<std::vector<std::byte>()> source;  // until the first access
  };
  Region& materialised(Region& region);

  std::map<std::uint64_t, Region> regions_;
};

}  // namespace mantissa::memory
