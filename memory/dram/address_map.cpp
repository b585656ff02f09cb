// SPDX-License-Identifier: Apache-2.0
#include "memory/dram/address_map.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/error.h"

namespace mantissa::memory::dram {
namespace {

constexpr std::array<const char*, address_fields> field_names = {"channel", "rank", "bankgroup",
                                                                 "bank",    "row",  "column"};
constexpr std::array<const char*, address_fields> short_names = {"ch", "ra", "bg",
                                                                 "ba", "ro", "co"};

std::size_t index(AddressField field) { return static_cast<std::size_t>(field); }

std::uint32_t bits_of(std::uint64_t count) {
  std::uint32_t bits = 0;
  while ((1ull << bits) < count) ++bits;
  return bits;
}

std::array<std::uint32_t, address_fields> field_bits(const Organization& o) {
  const auto bits = [](std::int64_t count) { return bits_of(static_cast<std::uint64_t>(count)); };
  return {bits(o.channels), bits(o.ranks), bits(o.bank_groups),
          bits(o.banks),    bits(o.rows),  bits_of(o.bursts_per_row())};
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts(1);
  for (const char c : text)
    if (c == at)
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

bool number(const std::string& text, std::uint32_t& value) {
  if (text.empty() || text.size() > 2) return false;
  value = 0;
  for (const char c : text) {
    if (!std::isdigit(static_cast<unsigned char>(c))) return false;
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
  }
  return true;
}

}  // namespace

const char* name(AddressField field) { return field_names[index(field)]; }

// Reads both texts; the first thing that is wrong goes into `fault`.
struct MappingParser {
  const std::array<std::uint32_t, address_fields> bits;
  std::string fault{};
  AddressMap map{};

  struct Part {
    AddressField field{};
    std::uint32_t low = 0, count = 0;
  };

  void fail(const std::string& text) {
    if (fault.empty()) fault = text;
  }

  // "column", "column[3]", "column[5:2]".
  Part part(const std::string& text) {
    Part p;
    const auto bracket = text.find('[');
    const std::string field = text.substr(0, bracket);
    std::size_t f = 0;
    while (f < address_fields && field != field_names[f] && field != short_names[f]) ++f;
    if (f == address_fields) {
      const std::vector<std::string> names(field_names.begin(), field_names.end());
      const std::string near = nearest_name(field, names);
      fail("'" + field + "' is no field of an address" +
           (near.empty() ? "" : "; did you mean '" + near + "'?") +
           " (row, rank, bankgroup, bank, channel, column)");
      return p;
    }
    p.field = static_cast<AddressField>(f);
    p.count = bits[f];
    if (bracket == std::string::npos) return p;
    const std::string range = text.substr(bracket + 1);
    const auto close = range.find(']');
    const auto ends = split(range.substr(0, close), ':');
    std::uint32_t high = 0;
    const bool sound = close == range.size() - 1 && ends.size() <= 2 && number(ends[0], high) &&
                       number(ends.back(), p.low) && high >= p.low;
    if (!sound)
      fail("'" + text + "' is no slice: write " + field + "[high:low]");
    else if (high >= bits[f])
      fail("'" + text + "' reaches beyond the " + std::to_string(bits[f]) + " bits of " + field);
    p.count = high - p.low + 1;
    return p;
  }

  static std::vector<std::string> words(const std::string& text) {
    const bool letters =
        !text.empty() && text.size() % 2 == 0 && text.size() <= 12 &&
        std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::islower(c) != 0; });
    std::vector<std::string> pairs;
    for (std::size_t i = 0; letters && i < text.size(); i += 2) {
      pairs.push_back(text.substr(i, 2));
      if (std::find(short_names.begin(), short_names.end(), pairs.back()) == short_names.end())
        return split(text, '-');
    }
    return letters && pairs.size() > 1 ? pairs : split(text, '-');
  }

  void mapping(const std::string& text, std::uint32_t burst_bits) {
    map.burst_bits_ = burst_bits;
    map.bank_bits_ = bits[index(AddressField::bank)];
    auto parts = words(text);
    std::reverse(parts.begin(), parts.end());
    std::uint32_t shift = burst_bits;
    std::array<std::uint64_t, address_fields> seen{};
    for (const auto& word : parts) {
      const Part p = part(word);
      if (!fault.empty()) return;
      const std::uint64_t mask = ((1ull << p.count) - 1) << p.low;
      std::uint64_t& have = seen[index(p.field)];
      if ((have & mask) != 0)
        return fail("address bits overlap: '" + word + "' names bits of " + name(p.field) +
                    " that stand in the mapping already");
      have |= mask;
      if (p.count > 0) map.slices_.push_back({p.field, p.low, p.count, shift});
      shift += p.count;
    }
    for (std::size_t f = 0; f < address_fields; ++f)
      if (seen[f] != (1ull << bits[f]) - 1)
        return fail(std::string("the mapping leaves out bits of ") + field_names[f] +
                    ", which has " + std::to_string(bits[f]));
  }

  // "bank^row", "bankgroup^row[4:2]".
  void fold(const std::string& text) {
    const auto sides = split(text, '^');
    if (sides.size() != 2) return fail("'" + text + "' is no XOR option: write bank^row[2:0]");
    const Part onto = part(sides[0]);
    Part from = part(sides[1]);
    if (!fault.empty()) return;
    if (onto.count != bits[index(onto.field)])
      return fail("'" + text + "': the left side is a whole field");
    if (onto.field == from.field) return fail("'" + text + "' folds a field onto itself");
    if (sides[1].find('[') == std::string::npos) from.count = std::min(from.count, onto.count);
    if (from.count > onto.count)
      return fail("'" + text + "' folds " + std::to_string(from.count) + " bits onto " +
                  std::to_string(onto.count));
    map.folds_.push_back({onto.field, from.field, from.low, from.count});
  }

  void folds(const std::vector<std::string>& texts) {
    for (const auto& text : texts) fold(text);
    for (const auto& a : map.folds_)
      for (const auto& b : map.folds_)
        if (a.onto == b.from)
          fail(std::string("'") + name(a.onto) +
               "' is folded onto and folded from: what is folded " +
               "on may not feed another XOR option");
  }
};

std::string AddressMap::fault(const Organization& organization, const std::string& mapping,
                              const std::vector<std::string>& xors) {
  MappingParser parser{field_bits(organization)};
  parser.mapping(mapping, bits_of(organization.burst_bytes()));
  if (parser.fault.empty()) parser.folds(xors);
  return parser.fault;
}

AddressMap::AddressMap(const Organization& organization, const std::string& mapping,
                       const std::vector<std::string>& xors) {
  MappingParser parser{field_bits(organization)};
  parser.mapping(mapping, bits_of(organization.burst_bytes()));
  parser.folds(xors);
  MANTISSA_CHECK(parser.fault.empty(), "an address mapping was not validated: " + parser.fault);
  *this = std::move(parser.map);
  plain_ = folds_.empty();
  for (const Slice& s : slices_) {
    plain_ = plain_ && masks_[index(s.field)] == 0;
    shifts_[index(s.field)] = s.shift;
    masks_[index(s.field)] = (1u << s.count) - 1u;
  }
}

Location AddressMap::assemble(std::uint64_t address) const {
  std::array<std::uint32_t, address_fields> fields{};
  for (const Slice& s : slices_)
    fields[index(s.field)] |=
        (static_cast<std::uint32_t>(address >> s.shift) & ((1u << s.count) - 1u)) << s.low;
  for (const Fold& f : folds_)
    fields[index(f.onto)] ^= (fields[index(f.from)] >> f.low) & ((1u << f.count) - 1u);
  return {fields[0], fields[1], (fields[2] << bank_bits_) | fields[3], fields[4], fields[5]};
}

std::uint64_t AddressMap::address(const Location& l) const {
  std::array<std::uint32_t, address_fields> fields = {
      l.channel, l.rank, l.bank >> bank_bits_, l.bank & ((1u << bank_bits_) - 1u), l.row, l.column};
  for (const Fold& f : folds_)
    fields[index(f.onto)] ^= (fields[index(f.from)] >> f.low) & ((1u << f.count) - 1u);
  std::uint64_t address = 0;
  for (const Slice& s : slices_)
    address |=
        static_cast<std::uint64_t>((fields[index(s.field)] >> s.low) & ((1u << s.count) - 1u))
        << s.shift;
  return address;
}

}  // namespace mantissa::memory::dram
