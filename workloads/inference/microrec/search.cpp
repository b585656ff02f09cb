// SPDX-License-Identifier: Apache-2.0
#include "workloads/inference/microrec/search.h"

#include <algorithm>
#include <optional>

#include "workloads/inference/microrec/heuristic.h"
#include "workloads/inference/microrec/merge_programme.h"

namespace mantissa::workloads::microrec {
namespace {

constexpr std::size_t spare_merges = 8;  // tried beyond those that are needed

class Search {
 public:
  Search(const TableSet& set, const LookupCosts& costs, const SearchOptions& options)
      : set_(set), costs_(costs), options_(options) {
    for (const Table& table : set.tables) all_.push_back(&table);
  }

  SearchResult run() {
    SearchResult out;
    // Without a limit of their own, banks are as good as full when time says so.
    const std::size_t slots = options_.slots == 0 ? set_.tables.size() : options_.slots;
    out.layout = heuristic_layout(set_, costs_, {slots, options_.most_members > 1});
    out.cost = cost(set_, out.layout, costs_);
    out.time_bound = time_bound();
    if (out.cost.time > out.time_bound) shorten(out);
    store_less(out);
    MANTISSA_CHECK(out.cost.time >= out.time_bound, "a layout is faster than any can be");
    MANTISSA_CHECK(out.cost.elements >= out.element_bound, "a layout stores less than any can");
    return out;
  }

 private:
  std::uint64_t time(Location location, const Table& table) const {
    return table.lookups * costs_.lookup(location, table.dim);
  }

  // How many of these tables, at most, a channel serves within a time, merged or not: that of the
  // shortest lookups.
  std::size_t most_on(Location location, const std::vector<const Table*>& tables,
                      std::uint64_t within) const {
    std::vector<std::uint64_t> times;
    for (const Table* table : tables)
      if (costs_.bytes(*table) <= costs_.room(location)) times.push_back(time(location, *table));
    std::sort(times.begin(), times.end());
    std::size_t count = 0;
    for (std::uint64_t sum = 0; count < times.size() && sum + times[count] <= within; ++count)
      sum += times[count];
    if (location == Location::on_chip && options_.slots != 0)
      count = std::min(count, options_.slots);
    return count;
  }
  std::size_t most_anywhere(const std::vector<const Table*>& tables, std::uint64_t within) const {
    std::size_t count = 0;
    for (const Location location : locations)
      count += costs_.channels_at(location) * most_on(location, tables, within);
    return count;
  }

  // Whether no two of the tables can lie on any channel as a product.
  bool apart(const std::vector<const Table*>& tables) const {
    std::vector<std::uint64_t> rows, dims;
    for (const Table* table : tables) {
      if (table->lookups != 1) continue;
      rows.push_back(table->rows);
      dims.push_back(table->dim);
    }
    if (rows.size() < 2 || options_.most_members < 2) return true;
    std::sort(rows.begin(), rows.end());
    std::sort(dims.begin(), dims.end());
    const auto bytes = static_cast<unsigned __int128>(rows[0]) * rows[1] *
                       costs_.engine().row_bytes(dims[0] + dims[1]);
    std::uint64_t room = 0;
    for (const Location location : locations) room = std::max(room, costs_.room(location));
    return bytes > room;
  }

  std::uint64_t time_bound() const {
    std::uint64_t bound = 0;
    std::vector<const Table*> by_size = all_;
    std::stable_sort(by_size.begin(), by_size.end(), [&](const Table* a, const Table* b) {
      return costs_.bytes(*a) > costs_.bytes(*b);
    });
    for (std::size_t k = 1; k <= by_size.size(); ++k) {
      const std::vector<const Table*> largest(by_size.begin(),
                                              by_size.begin() + static_cast<std::ptrdiff_t>(k));
      if (!apart(largest)) break;
      bound = std::max(bound, least_time(largest));
    }
    for (const Table* table : all_) bound = std::max(bound, least_time({table}));
    // These bits move in any layout; products may share words, where a port is wider than an
    // element.
    std::uint64_t elements = 0;
    for (const Table* table : all_) elements += table->lookups * table->dim;
    const auto& engine = costs_.engine();
    const std::uint64_t words =
        elements * arch::embedding::bits(engine.element) / engine.port_width();
    return std::max(bound, ceil_div(words * costs_.word(), costs_.channels()));
  }

  // The least time within which channels hold all of these.
  std::uint64_t least_time(const std::vector<const Table*>& tables) const {
    std::uint64_t low = 0, high = 1;
    while (most_anywhere(tables, high) < tables.size()) high *= 2;
    while (low + 1 < high) {
      const std::uint64_t middle = low + (high - low) / 2;
      (most_anywhere(tables, middle) < tables.size() ? low : high) = middle;
    }
    return high;
  }

  std::size_t merges_needed(std::uint64_t within) const {
    const std::size_t room = most_anywhere(all_, within);
    return all_.size() > room ? all_.size() - room : 0;
  }

  MergeProgramme programme(std::size_t merges, std::uint64_t extra) const {
    return MergeProgramme(set_, options_.most_members, merges, extra, options_.most_steps);
  }

  // The programme's products on channels, none of which takes longer.
  std::optional<Layout> placed(std::vector<Product> products, std::uint64_t within) const {
    Layout layout{std::move(products), {}};
    std::vector<Table> tables;
    for (const Product& product : layout.products) tables.push_back(product_table(set_, product));
    layout.channels.assign(tables.size(), 0);
    std::vector<std::size_t> order(tables.size());
    for (std::size_t p = 0; p < order.size(); ++p) order[p] = p;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return tables[a].elements() < tables[b].elements();
    });
    // So many of the smallest on chip; the rest off it.
    const std::size_t banks = costs_.channels_at(Location::on_chip);
    const std::size_t most = banks * (options_.slots == 0 ? order.size() : options_.slots);
    for (std::size_t count = std::min(most, order.size());; --count) {
      const auto middle = order.begin() + static_cast<std::ptrdiff_t>(count);
      if (balance(tables, {order.begin(), middle}, costs_, at_on_chip, within, layout.channels) &&
          slots_kept(layout, order, count) &&
          balance(tables, {middle, order.end()}, costs_, off_chip, within, layout.channels))
        return layout;
      if (count == 0) return std::nullopt;
    }
  }

  bool slots_kept(const Layout& layout, const std::vector<std::size_t>& order,
                  std::size_t count) const {
    if (options_.slots == 0) return true;
    std::vector<std::size_t> tables(costs_.channels());
    for (std::size_t i = 0; i < count; ++i)
      if (++tables[layout.channels[order[i]]] > options_.slots) return false;
    return true;
  }

  // A layout that is faster, by bisection between the bound and what there is.
  void shorten(SearchResult& out) const {
    const std::uint64_t extra = most_extra(out);
    std::uint64_t low = out.time_bound - 1;
    const MergeProgramme ways = programme(merges_needed(out.time_bound) + spare_merges, extra);
    out.steps += ways.steps();
    if (!ways.complete()) return;
    while (low + 1 < out.cost.time) {
      const std::uint64_t middle = low + (out.cost.time - low) / 2;
      if (!take(ways, middle, out)) low = middle;
    }
  }

  // Products that would add more to what the set takes anyway are not looked at.
  std::uint64_t most_extra(const SearchResult& out) const {
    const std::uint64_t apart = set_.elements();
    return std::max(out.cost.elements - apart, apart / 20);
  }

  bool take(const MergeProgramme& ways, std::uint64_t within, SearchResult& out) const {
    const std::size_t needed = merges_needed(within);
    for (std::size_t m = needed; m <= needed + spare_merges; ++m) {
      if (!ways.extra(m)) continue;
      const auto layout = placed(ways.products(m), within);
      if (!layout) continue;
      const LayoutCost price = cost(set_, *layout, costs_);
      if (!(price < out.cost)) return false;
      out.layout = *layout;
      out.cost = price;
      return true;
    }
    return false;
  }

  void store_less(SearchResult& out) const {
    out.merges_needed = merges_needed(out.cost.time);
    const MergeProgramme ways =
        programme(out.merges_needed + spare_merges, out.cost.elements - set_.elements());
    out.steps += ways.steps();
    out.shapes = ways.shapes();
    if (!ways.complete()) {
      out.element_bound = set_.elements() + out.merges_needed * cheapest_merge();
      return;
    }
    take(ways, out.cost.time, out);
    // Fewer merges are too few, and more of them cost no less: a member left out of each product
    // gives a way of fewer. Where every way costs more than the layout at hand, that is the bound.
    const auto least = ways.extra(out.merges_needed);
    out.element_bound = least ? set_.elements() + *least : out.cost.elements;
  }

  // What one merge adds at least. A product of more than two tables of two rows or more adds as
  // much for each of its merges; a table of one row adds nothing that could be counted.
  std::uint64_t cheapest_merge() const {
    std::vector<const Table*> by_rows = all_;
    std::sort(by_rows.begin(), by_rows.end(),
              [](const Table* a, const Table* b) { return a->rows < b->rows; });
    if (by_rows.size() < 2 || by_rows[0]->rows < 2) return 0;
    std::uint64_t dim = ~0ull;
    for (const Table* table : all_) dim = std::min(dim, table->dim);
    // ra rb (da + db) - ra da - rb db = ra da (rb - 1) + rb db (ra - 1)
    const std::uint64_t a = by_rows[0]->rows, b = by_rows[1]->rows;
    return a * dim * (b - 1) + b * dim * (a - 1);
  }

  const TableSet& set_;
  const LookupCosts& costs_;
  const SearchOptions options_;
  std::vector<const Table*> all_;
};

}  // namespace

SearchResult search_layout(const TableSet& set, const LookupCosts& costs,
                           const SearchOptions& options) {
  return Search(set, costs, options).run();
}

}  // namespace mantissa::workloads::microrec
