// SPDX-License-Identifier: Apache-2.0
// Addresses and places of bursts correspond one to one, whatever the mapping; and a mapping that is
// none is refused with the reason.
#include "memory/dram/address_map.h"

#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "tests/memory/dram/presets.h"

namespace mantissa::memory::dram {
namespace {

// Small enough to walk through: 2 x 2 x 2 x 4 banks of 8 rows of 4 bursts of 16 B, 16 KiB.
Organization small() {
  Organization o;
  o.channels = 2;
  o.ranks = 2;
  o.bank_groups = 2;
  o.banks = 4;
  o.rows = 8;
  o.columns = 16;
  o.width = 32;
  o.burst_length = 4;
  return o;
}

struct Spelling {
  std::string mapping;
  std::vector<std::string> xors;
};
const std::vector<Spelling> spellings = {
    {"row-rank-bankgroup-bank-channel-column", {}},
    {"row-channel-rank-bank-bankgroup-column", {}},
    {"column-bank-row-bankgroup-rank-channel", {}},
    {"rorababgchco", {}},
    {"row-column[1]-bank-rank-bankgroup-column[0]-channel", {}},
    {"row[2:1]-bank[0]-rank-row[0]-bank[1]-bankgroup-channel-column", {}},
    {"row-rank-bankgroup-bank-channel-column", {"bank^row"}},
    {"row-rank-bankgroup-bank-channel-column", {"bank^row[2:1]", "bankgroup^row[0]"}},
    {"row-rank-bankgroup-bank-channel-column", {"channel^row[2]", "rank^column[1]"}},
};

TEST(AddressMap, gives_every_burst_a_place_of_its_own_and_finds_its_address_again) {
  const Organization o = small();
  for (const auto& spelling : spellings) {
    ASSERT_EQ(AddressMap::fault(o, spelling.mapping, spelling.xors), "") << spelling.mapping;
    const AddressMap map(o, spelling.mapping, spelling.xors);
    std::set<std::tuple<unsigned, unsigned, unsigned, unsigned, unsigned>> places;
    for (std::uint64_t address = 0; address < o.bytes(); address += o.burst_bytes()) {
      const Location at = map.locate(address);
      ASSERT_LT(at.channel, 2u);
      ASSERT_LT(at.rank, 2u);
      ASSERT_LT(at.bank, 8u);
      ASSERT_LT(at.row, 8u);
      ASSERT_LT(at.column, 4u);
      places.insert({at.channel, at.rank, at.bank, at.row, at.column});
      ASSERT_EQ(map.address(at), address) << spelling.mapping;
      ASSERT_EQ(map.locate(address + o.burst_bytes() - 1), at) << "one burst, one place";
    }
    EXPECT_EQ(places.size(), o.bytes() / o.burst_bytes()) << spelling.mapping;
  }
}

TEST(AddressMap, of_every_preset_loses_no_bit) {
  for (const auto& name : preset_names()) {
    const DramConfig config = preset(name);
    const AddressMap map(config.organization, config.controller.mapping, config.controller.xors);
    std::uint64_t bits = 0, covered = (1ull << map.burst_bits()) - 1;
    for (const auto& slice : map.slices()) covered |= ((1ull << slice.count) - 1) << slice.shift;
    while ((1ull << bits) < config.organization.bytes()) ++bits;
    EXPECT_EQ(covered, (1ull << bits) - 1) << name;
    for (std::uint64_t bit = map.burst_bits(); bit < bits; ++bit) {
      const Location at = map.locate(1ull << bit);
      EXPECT_FALSE(at == map.locate(0)) << name << ": bit " << bit << " leads nowhere";
      EXPECT_EQ(map.address(at), 1ull << bit) << name;
    }
  }
}

TEST(AddressMap, names_the_most_significant_field_first) {
  const AddressMap map(small(), "row-rank-bankgroup-bank-channel-column", {});
  EXPECT_EQ(map.locate(16).column, 1u);
  EXPECT_EQ(map.locate(16 << 2).channel, 1u);
  EXPECT_EQ(map.locate(16 << 3).bank, 1u);
  EXPECT_EQ(map.locate(16 << 5).bank, 4u);  // bank group 1
  EXPECT_EQ(map.locate(16 << 6).rank, 1u);
  EXPECT_EQ(map.locate(16 << 7).row, 1u);
}

TEST(AddressMap, reads_the_two_letter_spelling_as_the_long_one) {
  const AddressMap letters(small(), "rorabgbachco", {});
  const AddressMap words(small(), "row-rank-bankgroup-bank-channel-column", {});
  for (std::uint64_t address = 0; address < small().bytes(); address += 16)
    ASSERT_EQ(letters.locate(address), words.locate(address));
}

TEST(AddressMap, places_slices_where_they_are_named) {
  const AddressMap map(small(), "row-column[1]-bank-rank-bankgroup-column[0]-channel", {});
  EXPECT_EQ(map.locate(16).channel, 1u);
  EXPECT_EQ(map.locate(16 << 1).column, 1u);
  EXPECT_EQ(map.locate(16 << 6).column, 2u);
}

TEST(AddressMap, folds_rows_onto_banks) {
  const AddressMap map(small(), "row-rank-bankgroup-bank-channel-column", {"bank^row"});
  const std::uint64_t row = 16 << 7;
  for (std::uint32_t r = 0; r < 8; ++r) EXPECT_EQ(map.locate(r * row).bank, r & 3u);
}

TEST(AddressMap, wraps_beyond_the_capacity) {
  const AddressMap map(small(), "row-rank-bankgroup-bank-channel-column", {});
  EXPECT_EQ(map.locate(small().bytes() + 32), map.locate(32));
}

TEST(AddressMap, says_what_is_wrong_with_a_mapping) {
  const auto expect = [](const std::string& mapping, const std::vector<std::string>& xors,
                         const std::string& part) {
    const std::string fault = AddressMap::fault(small(), mapping, xors);
    EXPECT_NE(fault.find(part), std::string::npos) << mapping << ": '" << fault << "'";
  };
  const std::string good = "row-rank-bankgroup-bank-channel-column";
  expect("row-rank-bankgroup-bank-channel-column-bank", {}, "address bits overlap");
  expect("row-rank-bankgroup-bank-channel-column[1:0]-column[0]", {}, "address bits overlap");
  expect("row-rank-bankgroup-channel-column", {}, "leaves out bits of bank");
  expect("row-rank-bankgroup-bank-channel-column[1]", {}, "leaves out bits of column");
  expect("row-rank-bankgroup-bank-channel-colunm", {}, "did you mean 'column'?");
  expect("row-rank-bankgroup-bank-channel-column[2:0]", {}, "reaches beyond the 2 bits");
  expect("row-rank-bankgroup-bank-channel-column[0:1]", {}, "is no slice");
  expect("", {}, "is no field");
  expect(good, {"bank"}, "is no XOR option");
  expect(good, {"bank[0]^row"}, "the left side is a whole field");
  expect(good, {"bank^bank"}, "onto itself");
  expect(good, {"rank^row[2:0]"}, "folds 3 bits onto 1");
  expect(good, {"bank^row", "rank^bank[0]"}, "may not feed another");
}

TEST(AddressMap, may_leave_out_fields_of_one_value) {
  Organization one = small();
  one.channels = one.ranks = 1;
  EXPECT_EQ(AddressMap::fault(one, "row-bankgroup-bank-column", {}), "");
  EXPECT_EQ(AddressMap::fault(one, "row-rank-bankgroup-bank-channel-column", {}), "");
}

}  // namespace
}  // namespace mantissa::memory::dram
