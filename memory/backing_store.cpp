// SPDX-License-Identifier: Apache-2.0
#include "memory/backing_store.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <string>
#include <tuple>

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
  regions_.emplace_hint(next, base, Region{size, {}, std::move(bytes), {}, 0});
}

void BackingStore::map(std::uint64_t base, std::vector<std::byte> bytes) {
  map(base, bytes.size(), {});
  regions_.at(base).bytes = std::move(bytes);
}

void BackingStore::map_pieces(std::uint64_t base, std::uint64_t size, Pieces pieces) {
  map(base, size, {});
  regions_.at(base).pieces = std::move(pieces);
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

std::pair<const std::uint64_t, BackingStore::Region>& BackingStore::region_of(std::uint64_t address,
                                                                              std::uint64_t size) {
  auto found = regions_.upper_bound(address);
  MANTISSA_CHECK(found != regions_.begin(), "no bytes at address " + std::to_string(address));
  --found;
  MANTISSA_CHECK(address + size <= found->first + found->second.size,
                 "access leaves its region at address " + std::to_string(address));
  return *found;
}

std::byte* BackingStore::at(std::uint64_t address, std::uint64_t size) {
  auto& [base, region] = region_of(address, size);
  MANTISSA_CHECK(!region.pieces, "a region in pieces is read, not written");
  return materialised(region).bytes.data() + (address - base);
}

void BackingStore::read(std::uint64_t address, std::uint64_t size, std::byte* to) {
  auto& [base, region] = region_of(address, size);
  if (!region.pieces) {
    std::memcpy(to, materialised(region).bytes.data() + (address - base), size);
    return;
  }
  std::uint64_t offset = address - base;
  while (size > 0) {
    if (offset < region.piece || offset >= region.piece + region.bytes.size()) {
      region.bytes = {};
      std::tie(region.piece, region.bytes) = region.pieces(offset);
      MANTISSA_CHECK(offset >= region.piece && offset < region.piece + region.bytes.size(),
                     "a memory region got another piece than asked");
    }
    const std::uint64_t within = offset - region.piece;
    const std::uint64_t count = std::min<std::uint64_t>(size, region.bytes.size() - within);
    std::memcpy(to, region.bytes.data() + within, count);
    to += count;
    offset += count;
    size -= count;
  }
}

}  // namespace mantissa::memory
