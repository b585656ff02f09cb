// SPDX-License-Identifier: Apache-2.0
// The numbers that a lookup engine moves, item by item, and the lookup units in RTL that are held
// against them.
//
//   LookupValues data(values, config, elements);
//   data.begin_item();
//   data.ask(read, known, issue);                 // every read of it, channel by channel
//   data.finish_item(channels, ends);             // once all have come: the item's features
#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "arch/engines/embedding/channel.h"
#include "arch/engines/embedding/twins.h"

namespace mantissa::arch::embedding {

struct ValueRead {
  std::size_t channel = 0, table = 0;
  std::uint64_t base = 0, row = 0, bytes = 0, words = 0, dim = 0;
  bool first = true, last = true;  // of a sum
  std::size_t at = 0;              // where its elements, or their sum, stand in the item
};

class LookupValues {
 public:
  // `words` of a row, at most; `elements` of an item.
  LookupValues(const Values& values, const EmbeddingConfig& config, std::uint64_t words,
               std::uint64_t elements);

  bool clocks_twin() const { return twin_ != nullptr; }
  void begin_item() { items_.emplace_back(); }
  void ask(const ValueRead& read, Cycles known, Cycles issue);
  // Of the oldest item. `channel` and `end`: of a channel's number.
  std::vector<std::int32_t> finish_item(const std::function<LookupChannel&(std::size_t)>& channel,
                                        const std::function<Cycles(std::size_t)>& end);
  std::optional<TwinResult> result() const;

 private:
  void take_from(std::size_t channel, Cycles end, const std::vector<const ValueRead*>& sums,
                 std::vector<std::int32_t>& features);

  const Values& values_;
  const std::uint64_t elements_;
  std::unique_ptr<LookupTwin> twin_;
  std::deque<std::vector<ValueRead>> items_;
  std::vector<std::uint64_t> overflows_;  // by channel
};

}  // namespace mantissa::arch::embedding
