// SPDX-License-Identifier: Apache-2.0
#include "workloads/inference/microrec/heuristic.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "arch/engines/embedding/errors.h"
#include "base/config/quantity_text.h"

namespace mantissa::workloads::microrec {
namespace {

using arch::embedding::capacity_exceeded;
using arch::embedding::table_too_large;

// Numbers of the set's tables, smallest first; of equal ones in the order of the file.
std::vector<std::size_t> by_size(const std::vector<Table>& tables) {
  std::vector<std::size_t> order(tables.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return tables[a].elements() < tables[b].elements();
  });
  return order;
}

class RuleBook {
 public:
  RuleBook(const TableSet& set, const LookupCosts& costs, const HeuristicOptions& options)
      : set_(set), costs_(costs), options_(options) {
    // Products of tables with several lookups an item do not exist.
    for (const std::size_t t : by_size(set.tables))
      (set.tables[t].lookups == 1 ? candidates_ : others_).push_back(t);
  }
  std::size_t candidates() const { return options_.merge ? candidates_.size() : 0; }

  // None where tables find no room.
  std::optional<Layout> layout(std::size_t n) const {
    Layout out;
    for (std::size_t i = 0; i < n / 2; ++i)  // R1, R2, R3
      out.products.push_back({{candidates_[i], candidates_[n - 1 - i]}});
    for (std::size_t i = n; i < candidates_.size(); ++i) out.products.push_back({{candidates_[i]}});
    for (const std::size_t t : others_) out.products.push_back({{t}});
    out.channels.resize(out.products.size());
    std::vector<Table> tables;
    for (const Product& product : out.products) tables.push_back(product_table(set_, product));
    if (!place(tables, out.channels)) return std::nullopt;
    return out;
  }

 private:
  // R4. Takes back on-chip tables, one from each bank, while banks are the slowest.
  bool place(const std::vector<Table>& tables, std::vector<std::size_t>& channels) const {
    const auto order = by_size(tables);
    const std::size_t banks = costs_.channels_at(Location::on_chip);
    for (std::size_t slots = banks == 0 ? 0 : options_.slots;; --slots) {
      std::uint64_t bank_time = 0;
      const std::size_t on_chip = fill_banks(tables, order, slots, channels, bank_time);
      const std::vector<std::size_t> rest(order.begin() + static_cast<std::ptrdiff_t>(on_chip),
                                          order.end());
      const bool fits = balance(tables, rest, costs_, off_chip, no_limit, channels);
      if (slots == 0) return fits;
      if (fits && bank_time <= slowest(tables, rest, channels)) return true;
    }
  }

  std::size_t fill_banks(const std::vector<Table>& tables, const std::vector<std::size_t>& order,
                         std::size_t slots, std::vector<std::size_t>& channels,
                         std::uint64_t& longest) const {
    const std::size_t banks = costs_.channels_at(Location::on_chip);
    std::vector<std::uint64_t> filled(banks), time(banks);
    std::size_t count = 0;
    for (; count < std::min(order.size(), banks * slots); ++count) {
      const Table& table = tables[order[count]];
      const std::size_t bank = count % banks;
      if (filled[bank] + costs_.bytes(table) > costs_.room(Location::on_chip)) break;
      filled[bank] += costs_.bytes(table);
      time[bank] += table.lookups * costs_.lookup(Location::on_chip, table.dim);
      longest = std::max(longest, time[bank]);
      channels[order[count]] = costs_.first_channel(Location::on_chip) + bank;
    }
    return count;
  }

  std::uint64_t slowest(const std::vector<Table>& tables, const std::vector<std::size_t>& which,
                        const std::vector<std::size_t>& channels) const {
    std::vector<std::uint64_t> time(costs_.channels());
    for (const std::size_t p : which)
      time[channels[p]] +=
          tables[p].lookups * costs_.lookup(costs_.location(channels[p]), tables[p].dim);
    return *std::max_element(time.begin(), time.end());
  }

  const TableSet& set_;
  const LookupCosts& costs_;
  const HeuristicOptions options_;
  std::vector<std::size_t> candidates_, others_;  // smallest first
};

}  // namespace

void refuse_tables(const TableSet& set, const LookupCosts& costs) {
  std::uint64_t room = 0, largest = 0, needed = 0;
  for (const Location location : locations) {
    room += costs.channels_at(location) * costs.room(location);
    largest = std::max(largest, costs.room(location));
  }
  for (const Table& table : set.tables) {
    if (costs.bytes(table) > largest)
      throw Error(table_too_large)
          .say(fmt::format("table {} takes {} B, {} B more than the largest channel of {}",
                           table.name, costs.bytes(table), costs.bytes(table) - largest,
                           costs.engine().name))
          .expected(fmt::format("at most {} B", largest))
          .remedy("split it, or take narrower elements");
    needed += costs.bytes(table);
  }
  auto order = by_size(set.tables);
  std::reverse(order.begin(), order.end());
  std::string names;
  for (std::size_t i = 0; i < std::min<std::size_t>(5, order.size()); ++i)
    names += (i == 0 ? "" : ", ") + set.tables[order[i]].name;
  throw Error(capacity_exceeded)
      .say(
          needed > room
              ? fmt::format("the tables of {} take {} B, {} B more than {} has", set.name, needed,
                            needed - room, costs.engine().name)
              : fmt::format("the tables of {} take {} B of the {} B of {}, but no layout was found "
                            "in which each channel holds its tables",
                            set.name, needed, room, costs.engine().name))
      .remedy("the largest are " + names + ": leave one out, or take narrower elements");
}

Layout heuristic_layout(const TableSet& set, const LookupCosts& costs,
                        const HeuristicOptions& options) {
  const RuleBook rules(set, costs, options);
  std::optional<Layout> best;
  LayoutCost least;
  for (std::size_t n = 0; n <= rules.candidates(); n += 2) {
    std::optional<Layout> layout;
    try {
      layout = rules.layout(n);
    } catch (const Error&) {
      break;  // a product too large to be counted; larger n have larger ones
    }
    if (!layout) continue;
    const LayoutCost price = cost(set, *layout, costs);
    if (best && !(price < least)) continue;
    best = std::move(layout);
    least = price;
  }
  if (!best) refuse_tables(set, costs);
  return *best;
}

}  // namespace mantissa::workloads::microrec
