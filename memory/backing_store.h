// SPDX-License-Identifier: Apache-2.0
// The bytes behind a memory in data mode: regions that are mapped while somebody needs them, so
// that a run holds the operands of the layers in flight and nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

namespace mantissa::memory {

class BackingStore {
 public:
  // Maps [base, base + bytes.size()). Regions never overlap (checked).
  void map(std::uint64_t base, std::vector<std::byte> bytes);
  // The same, with the bytes asked for at the first access.
  void map(std::uint64_t base, std::uint64_t size, std::function<std::vector<std::byte>()> bytes);
  // The same, held in pieces that are made when an access falls into them, one at a time: `piece`
  // takes an offset and returns the piece around it with its own offset. For reading.
  using Pieces = std::function<std::pair<std::uint64_t, std::vector<std::byte>>(std::uint64_t)>;
  void map_pieces(std::uint64_t base, std::uint64_t size, Pieces pieces);
  void unmap(std::uint64_t base);
  bool mapped(std::uint64_t base) const { return regions_.count(base) != 0; }

  // `size` bytes from `address`, inside one region (checked), and not across pieces: read copies.
  std::byte* at(std::uint64_t address, std::uint64_t size);
  // Copies `size` bytes from `address`, across pieces too.
  void read(std::uint64_t address, std::uint64_t size, std::byte* to);

  void clear() { regions_.clear(); }

 private:
  struct Region {
    std::uint64_t size = 0;
    std::vector<std::byte> bytes;
    std::function<std::vector<std::byte>()> source;  // until the first access
    Pieces pieces;
    std::uint64_t piece = 0;  // offset of the piece in `bytes`
  };
  Region& materialised(Region& region);
  std::pair<const std::uint64_t, Region>& region_of(std::uint64_t address, std::uint64_t size);

  std::map<std::uint64_t, Region> regions_;
};

}  // namespace mantissa::memory
