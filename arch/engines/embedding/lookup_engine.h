// SPDX-License-Identifier: Apache-2.0
// All channels of a lookup engine: an item asks every table for one row or several; tables on
// different channels are read in parallel, those on one channel one after the other ("rounds").
//
//   LookupEngine engine(config, {{"users", 1'000'000, 16, 1, 0}, {"items", 500, 4, 1, 1}});
//   const std::uint64_t rows[] = {123'456, 7};
//   engine.start(Cycles(0), rows);            // item 0; rows table by table, as placed
//   engine.finished(0);                       // the cycle after its last word
//
// Items are started in order, each no earlier than the one before. Channels run ahead of each other
// as far as `item_fifo` allows: the caller starts item i only when item i - item_fifo has been
// taken from the channels' FIFOs.
//
// Errors: embedding.index with item, table and position; embedding.table-too-large,
// embedding.capacity and embedding.channel when tables are placed.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "arch/engines/embedding/lookup_values.h"
#include "memory/dram/energy.h"

namespace mantissa::arch::embedding {

struct PlacedTable {
  std::string name;
  std::uint64_t rows = 0, dim = 0;
  std::uint64_t lookups = 1;  // rows of one item
  std::size_t channel = 0;
};

struct LookupTotals {
  ChannelCounts counts;
  std::vector<ChannelCounts> channels;
  Cycles end{};                                        // up to which the books are closed
  std::optional<memory::dram::EnergyReport> hbm, ddr;  // none: no such memory
  std::map<std::string, TwinResult> twins;             // lookup, dense; those in RTL
};

class LookupEngine {
 public:
  LookupEngine(const EmbeddingConfig& config, std::vector<PlacedTable> tables);

  // From now on, before the first item: what the rows hold, too, and the lookup units in RTL.
  void compute(const Values& values);
  // Of the oldest item, once it is finished: the numbers behind the lookup.
  std::vector<std::int32_t> take_features();

  // `rows` holds as many row numbers as `rows_per_item`.
  void start(Cycles earliest, const std::uint64_t* rows);
  Cycles finished(std::uint64_t item);
  // Closes the books; nothing can be started afterwards.
  LookupTotals settle(Cycles end);

  std::size_t rows_per_item() const { return rows_per_item_; }
  std::uint64_t elements_per_item() const { return elements_; }  // after pooling
  const std::vector<PlacedTable>& tables() const { return tables_; }

 private:
  struct Access {
    std::size_t table = 0, first_row = 0;  // where its row numbers stand among an item's
    std::size_t first_element = 0;         // and its elements
    std::uint64_t base = 0, bytes = 0, words = 0;
  };
  struct Port {
    std::unique_ptr<LookupChannel> channel;
    std::vector<Access> accesses;
    std::uint64_t reads_per_item = 0;
  };
  [[noreturn]] void refuse_index(const Access& access, std::uint64_t position,
                                 std::uint64_t row) const;

  const EmbeddingConfig config_;
  const std::vector<PlacedTable> tables_;
  std::vector<Port> ports_;
  std::vector<std::size_t> used_;  // channels that hold a table
  std::size_t rows_per_item_ = 0;
  std::uint64_t elements_ = 0, started_ = 0, taken_ = 0;
  std::unique_ptr<LookupValues> data_;  // null: cycles alone
};

}  // namespace mantissa::arch::embedding
