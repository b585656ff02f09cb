// SPDX-License-Identifier: Apache-2.0
#include "memory/backing_store.h"

#include <iterator>
#include <string>

#include "base/error.h"

namespace mantissa::memory {

void BackingStore::map(std::uint64_t base, std::uint64_t size,
                       std::function<std::vector<std::byte>()> bytes) {
  const auto next = regions_.lower_bound(base);
  MANTISSA_CHECK(next == regions_.end() || next->first >= base + size,
                 "memory region overlaps the next one at " + std::to_string(base));
  MANTISSA_CHECK(
      next == regions_.begin() || std::prev(next)->first + std::prev(next)->second.size <= base,
      "memory region overlaps the one before " + std::to_string(base));
  regions_.emplace_hint(next, base, Region{size, {}, std::move(bytes)});
}

void BackingStore::map(std::uint64_t base, std::vector<std::byte> bytes) {
  map(base, bytes.size(), {});
  regions_.at(base).bytes = std::move(bytes);
}

void BackingStore::unmap(std::uint64_t base) { regions_.erase(base); }

BackingStore::Region& BackingStore::materialised(Region& region) {
  if (region.source) {
    region.bytes = region.source();
    region.source = nullptr;
    MANTISSA_CHECK(region.bytes.size() == region.size,
                   "a memory region got other bytes than asked");
  }
  return region;
}

std::byte* BackingStore::at(std::uint64_t address, std::uint64_t size) {
  auto found = regions_.upper_bound(address);
  MANTISSA_CHECK(found != regions_.begin(), "no bytes at address " + std::to_string(address));
  --found;
  MANTISSA_CHECK(address + size <= found->first + found->second.size,
                 "access leaves its region at address " + std::to_string(address));
  return materialised(found->second).bytes.data() + (address - found->first);
}

std::vector<std::byte>& BackingStore::region(std::uint64_t base) {
  return materialised(regions_.at(base)).bytes;
}

}  // namespace mantissa::memory
