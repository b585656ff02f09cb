// SPDX-License-Identifier: Apache-2.0
#include "workloads/inference/microrec/layout.h"

#include <algorithm>
#include <tuple>

namespace mantissa::workloads::microrec {

using arch::embedding::EmbeddingConfig;

LookupCosts::LookupCosts(const EmbeddingConfig& engine) : engine_(engine) {
  const Clock clock(engine.clock);
  const auto fs = [&](const Latency& latency) {
    return (latency.in_cycles ? clock.time_of(latency.cycles) : latency.time).value;
  };
  const auto of_dram = [&](const memory::dram::DramConfig& dram) {
    const auto& t = dram.timing;
    const auto cycles = static_cast<std::uint64_t>(t.RP + t.RCDRD + t.CL + t.burst);
    return Clock(dram.clock).time_of(Cycles(cycles)).value + fs(dram.controller.latency) +
           fs(engine.lookup_port_latency);
  };
  if (engine.hbm) hbm_ = of_dram(*engine.hbm);
  if (engine.ddr) ddr_ = of_dram(*engine.ddr);
  if (engine.on_chip) on_chip_ = fs(engine.on_chip->latency);
  word_ = clock.time_of(Cycles(1)).value;
}

Location LookupCosts::location(std::size_t channel) const {
  if (channel < engine_.hbm_channels()) return Location::hbm;
  return channel < engine_.hbm_channels() + engine_.ddr_channels() ? Location::ddr
                                                                   : Location::on_chip;
}
std::size_t LookupCosts::channels_at(Location location) const {
  return location == Location::hbm   ? engine_.hbm_channels()
         : location == Location::ddr ? engine_.ddr_channels()
                                     : engine_.on_chip_banks();
}
std::size_t LookupCosts::first_channel(Location location) const {
  return location == Location::hbm
             ? 0
             : engine_.hbm_channels() + (location == Location::ddr ? 0 : engine_.ddr_channels());
}
std::uint64_t LookupCosts::room(Location location) const {
  return channels_at(location) == 0 ? 0 : engine_.channel_bytes(first_channel(location));
}
std::uint64_t LookupCosts::access(Location location) const {
  return location == Location::hbm ? hbm_ : location == Location::ddr ? ddr_ : on_chip_;
}

LayoutCost cost(const TableSet& set, const Layout& layout, const LookupCosts& costs) {
  LayoutCost out;
  std::vector<std::uint64_t> time(costs.channels()), reads(costs.channels());
  for (std::size_t p = 0; p < layout.products.size(); ++p) {
    const Table table = product_table(set, layout.products[p]);
    const std::size_t channel = layout.channels[p];
    const Location location = costs.location(channel);
    time[channel] += table.lookups * costs.lookup(location, table.dim);
    reads[channel] += table.lookups;
    out.elements += table.elements();
    ++out.tables;
    ++(location == Location::on_chip ? out.on_chip : out.off_chip);
    if (location != Location::on_chip) out.rounds = std::max(out.rounds, reads[channel]);
  }
  for (const std::uint64_t t : time) out.time = std::max(out.time, t);
  return out;
}

std::vector<arch::embedding::PlacedTable> placed_tables(const TableSet& set, const Layout& layout) {
  std::vector<arch::embedding::PlacedTable> placed;
  for (std::size_t p = 0; p < layout.products.size(); ++p) {
    const Table table = product_table(set, layout.products[p]);
    placed.push_back({table.name, table.rows, table.dim, table.lookups, layout.channels[p]});
  }
  return placed;
}

void product_rows(const TableSet& set, const Layout& layout, const std::uint64_t* rows,
                  std::uint64_t* out) {
  std::vector<std::size_t> first(set.tables.size() + 1);
  for (std::size_t t = 0; t < set.tables.size(); ++t)
    first[t + 1] = first[t] + set.tables[t].lookups;
  std::vector<std::uint64_t> member_rows;
  for (const Product& product : layout.products) {
    if (product.members.size() == 1) {
      const std::size_t t = product.members[0];
      out = std::copy(rows + first[t], rows + first[t + 1], out);
      continue;
    }
    member_rows.clear();
    for (const std::size_t t : product.members) member_rows.push_back(rows[first[t]]);
    *out++ = product_index(set, product, member_rows.data());
  }
}

bool balance(const std::vector<Table>& products, const std::vector<std::size_t>& which,
             const LookupCosts& costs, unsigned where, std::uint64_t most,
             std::vector<std::size_t>& channels) {
  std::vector<std::size_t> open;
  for (std::size_t c = 0; c < costs.channels(); ++c)
    if ((where >> static_cast<unsigned>(costs.location(c)) & 1) != 0) open.push_back(c);
  const auto fits = [&](const Table& table) {
    std::size_t count = 0;
    for (const std::size_t c : open)
      count += costs.bytes(table) <= costs.room(costs.location(c)) ? 1 : 0;
    return count;
  };
  std::vector<std::tuple<std::size_t, std::uint64_t, std::uint64_t, std::size_t>> order;
  for (const std::size_t p : which) {
    const Table& table = products[p];
    order.emplace_back(fits(table), ~(table.lookups * costs.lookup(Location::hbm, table.dim)),
                       ~costs.bytes(table), p);
  }
  std::sort(order.begin(), order.end());

  std::vector<std::uint64_t> time(costs.channels()), filled(costs.channels());
  for (const auto& entry : order) {
    const std::size_t p = std::get<3>(entry);
    const Table& table = products[p];
    std::size_t best = costs.channels();
    std::uint64_t earliest = most;
    for (const std::size_t c : open) {
      const Location location = costs.location(c);
      if (filled[c] + costs.bytes(table) > costs.room(location)) continue;
      const std::uint64_t end = time[c] + table.lookups * costs.lookup(location, table.dim);
      if (end > most || (best < costs.channels() && end >= earliest)) continue;
      best = c;
      earliest = end;
    }
    if (best == costs.channels()) return false;
    channels[p] = best;
    time[best] = earliest;
    filled[best] += costs.bytes(table);
  }
  return true;
}

}  // namespace mantissa::workloads::microrec
