// SPDX-License-Identifier: Apache-2.0
// Which tables are merged, and on which channel of a lookup engine each product lies.
//
// What a layout costs, from the engine's configuration alone: a read of a channel takes its access
// time, that of a row whose bank holds another one (or an on-chip bank's constant), and a cycle for
// each word; reads of a channel follow each other; an item waits for the slowest channel.
//
//   access = (RP + RCDRD + CL + burst) / clock + controller latency + lookup_port_latency
//   time(channel) = sum over its products of lookups x (access + words)
//
// That is the planner's estimate, in femtoseconds; the time that counts is the cycle simulation's.
//
//   const LookupCosts costs(engine);
//   const Layout layout = heuristic_layout(set, costs, {2});       // heuristic.h
//   cost(set, layout, costs).rounds;  placed_tables(set, layout);
#pragma once

#include <vector>

#include "arch/engines/embedding/config.h"
#include "arch/engines/embedding/lookup_engine.h"
#include "workloads/inference/microrec/merging.h"

namespace mantissa::workloads::microrec {

enum class Location { hbm, ddr, on_chip };
constexpr Location locations[] = {Location::hbm, Location::ddr, Location::on_chip};

struct Layout {
  std::vector<Product> products;
  std::vector<std::size_t> channels;  // of each product, as the engine numbers them
};

// The engine as a planner sees it.
class LookupCosts {
 public:
  explicit LookupCosts(const arch::embedding::EmbeddingConfig& engine);

  const arch::embedding::EmbeddingConfig& engine() const { return engine_; }
  std::size_t channels() const { return engine_.channels(); }
  Location location(std::size_t channel) const;
  std::size_t channels_at(Location location) const;
  std::size_t first_channel(Location location) const;
  std::uint64_t room(Location location) const;  // bytes of one channel; 0 where there is none
  // Of one lookup, in fs.
  std::uint64_t access(Location location) const;
  std::uint64_t word() const { return word_; }
  std::uint64_t lookup(Location location, std::uint64_t dim) const {
    return access(location) + engine_.words(dim) * word_;
  }
  std::uint64_t bytes(const Table& table) const {
    return table.rows * engine_.row_bytes(table.dim);
  }

 private:
  const arch::embedding::EmbeddingConfig engine_;
  std::uint64_t hbm_ = 0, ddr_ = 0, on_chip_ = 0, word_ = 0;
};

struct LayoutCost {
  std::uint64_t time = 0;      // fs
  std::uint64_t rounds = 0;    // reads of the off-chip channel that has most
  std::uint64_t elements = 0;  // stored
  std::size_t tables = 0, on_chip = 0, off_chip = 0;
  friend bool operator<(const LayoutCost& a, const LayoutCost& b) {
    return a.time != b.time ? a.time < b.time : a.elements < b.elements;
  }
};
LayoutCost cost(const TableSet& set, const Layout& layout, const LookupCosts& costs);

// For the engine, product by product.
std::vector<arch::embedding::PlacedTable> placed_tables(const TableSet& set, const Layout& layout);
// From an item's rows, table by table as in the set, to its rows product by product.
void product_rows(const TableSet& set, const Layout& layout, const std::uint64_t* rows,
                  std::uint64_t* out);

// Where `balance` may place, as bits.
enum : unsigned { at_hbm = 1, at_ddr = 2, at_on_chip = 4, off_chip = at_hbm | at_ddr };

// Spreads products over channels so that the slowest takes little time: those that fit the fewest
// places first, then the longest, each to the channel that is then done first. Products count with
// their lookups per item, so tables that are asked often come to lie beside tables that are not.
// `products[which[i]]` gets channel `channels[which[i]]`; false when one finds no room within
// `most` fs.
bool balance(const std::vector<Table>& products, const std::vector<std::size_t>& which,
             const LookupCosts& costs, unsigned where, std::uint64_t most,
             std::vector<std::size_t>& channels);

constexpr std::uint64_t no_limit = ~0ull;

}  // namespace mantissa::workloads::microrec
