// SPDX-License-Identifier: Apache-2.0
// From a byte address to channel, rank, bank group, bank, row and column.
//
// A mapping names the fields of an address from the most significant to the least:
//
//   row-rank-bankgroup-bank-channel-column          the bits below a burst are not named
//   row-column[5:2]-bank-bankgroup-column[1:0]      slices of a field, each bit exactly once
//   rorababgchco                                    the two-letter spelling of other simulators
//
// Fields of one value (one rank, one bank group) have no bits and may be left out. XOR options fold
// bits of one field onto another, after the cut: `bank^row` xors the bank with the lowest row bits,
// `bankgroup^row[4:2]` with those. What is folded on never feeds another fold's source.
//
// Addresses beyond the memory wrap: `row` keeps its lowest bits.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "memory/dram/organization.h"

namespace mantissa::memory::dram {

enum class AddressField : std::uint8_t { channel, rank, bank_group, bank, row, column };
constexpr std::size_t address_fields = 6;
const char* name(AddressField field);

// `column` counts bursts. `bank` is flat within its rank: bank group x banks + bank.
struct Location {
  std::uint32_t channel = 0, rank = 0, bank = 0, row = 0, column = 0;
  friend bool operator==(const Location& a, const Location& b) {
    return a.channel == b.channel && a.rank == b.rank && a.bank == b.bank && a.row == b.row &&
           a.column == b.column;
  }
};

class AddressMap {
 public:
  // The text of what is wrong with `mapping` and `xors` for this organization; empty when nothing.
  static std::string fault(const Organization& organization, const std::string& mapping,
                           const std::vector<std::string>& xors);
  // Both must be faultless.
  AddressMap(const Organization& organization, const std::string& mapping,
             const std::vector<std::string>& xors);

  Location locate(std::uint64_t address) const {
    if (!plain_) return assemble(address);
    const auto field = [&](AddressField f) {
      const auto i = static_cast<std::size_t>(f);
      return static_cast<std::uint32_t>(address >> shifts_[i]) & masks_[i];
    };
    return {field(AddressField::channel), field(AddressField::rank),
            (field(AddressField::bank_group) << bank_bits_) | field(AddressField::bank),
            field(AddressField::row), field(AddressField::column)};
  }
  std::uint64_t address(const Location& location) const;  // the inverse, below the capacity

  // One slice: bits [low, low + count) of the field at bit `shift` of the address.
  struct Slice {
    AddressField field{};
    std::uint32_t low = 0, count = 0, shift = 0;
  };
  const std::vector<Slice>& slices() const { return slices_; }  // least significant first
  std::uint32_t burst_bits() const { return burst_bits_; }

 private:
  AddressMap() = default;
  struct Fold {
    AddressField onto{}, from{};
    std::uint32_t low = 0, count = 0;
  };
  friend struct MappingParser;
  Location assemble(std::uint64_t address) const;  // from any slices and folds

  std::uint32_t burst_bits_ = 0, bank_bits_ = 0;
  // Where every field is one slice and nothing is folded: its place in the address.
  bool plain_ = false;
  std::array<std::uint32_t, address_fields> shifts_{}, masks_{};
  std::vector<Slice> slices_;
  std::vector<Fold> folds_;
};

}  // namespace mantissa::memory::dram
