// SPDX-License-Identifier: Apache-2.0
#include "arch/engines/embedding/lookup_engine.h"

#include <fmt/format.h>

#include <algorithm>

#include "arch/engines/embedding/errors.h"
#include "base/config/quantity_text.h"

namespace mantissa::arch::embedding {
namespace {

void check_table(const EmbeddingConfig& config, const PlacedTable& table) {
  if (table.channel >= config.channels())
    throw Error(no_such_channel)
        .say(fmt::format("table {} is placed on channel {}", table.name, table.channel))
        .expected(fmt::format("one of the {} channels of {}", config.channels(), config.name));
  const std::uint64_t row = config.row_bytes(table.dim);
  const std::uint64_t room = config.channel_bytes(table.channel);
  if (table.rows > room / row)
    throw Error(table_too_large)
        .say(fmt::format("table {} has {} rows of {} B, {}; {} holds {}", table.name, table.rows,
                         row, config::quantity_text(Bytes(table.rows * row)),
                         config.channel_name(table.channel), config::quantity_text(Bytes(room))))
        .remedy("place it on a larger channel, split it, or take narrower elements");
}

[[noreturn]] void refuse_channel(const EmbeddingConfig& config, std::size_t channel,
                                 const std::vector<PlacedTable>& tables) {
  std::uint64_t needed = 0;
  std::string names;
  for (const auto& table : tables) {
    if (table.channel != channel) continue;
    needed += table.rows * config.row_bytes(table.dim);
    names += (names.empty() ? "" : ", ") + table.name;
  }
  const std::uint64_t room = config.channel_bytes(channel);
  throw Error(capacity_exceeded)
      .say(fmt::format("{} holds {} B and its tables need {} B, {} B too many: {}",
                       config.channel_name(channel), room, needed, needed - room, names))
      .remedy("place one of them elsewhere, or take narrower elements");
}

}  // namespace

LookupEngine::LookupEngine(const EmbeddingConfig& config, std::vector<PlacedTable> tables)
    : config_(config), tables_(std::move(tables)), ports_(config.channels()) {
  std::vector<std::uint64_t> filled(ports_.size());
  for (std::size_t t = 0; t < tables_.size(); ++t) {
    const PlacedTable& table = tables_[t];
    check_table(config_, table);
    Port& port = ports_[table.channel];
    const std::uint64_t bytes = config_.row_bytes(table.dim);
    port.accesses.push_back(
        {t, rows_per_item_, elements_, filled[table.channel], bytes, config_.words(table.dim)});
    port.reads_per_item += table.lookups;
    rows_per_item_ += table.lookups;
    elements_ += table.dim * (config_.pooling == Pooling::sum ? 1 : table.lookups);
    filled[table.channel] += table.rows * bytes;
    if (filled[table.channel] > config_.channel_bytes(table.channel))
      refuse_channel(config_, table.channel, tables_);
  }
  for (std::size_t c = 0; c < ports_.size(); ++c) {
    Port& port = ports_[c];
    if (port.reads_per_item == 0) continue;
    used_.push_back(c);
    const auto items = static_cast<std::uint64_t>(config_.item_fifo) + 1;
    port.channel = make_channel(config_, c, items * port.reads_per_item);
  }
}

void LookupEngine::compute(const Values& values) {
  MANTISSA_CHECK(started_ == 0, "values of items that have been started");
  std::uint64_t words = 1;
  for (const PlacedTable& table : tables_) words = std::max(words, config_.words(table.dim));
  data_ = std::make_unique<LookupValues>(values, config_, words, elements_);
  if (!data_->clocks_twin()) return;
  for (const std::size_t c : used_) ports_[c].channel->keep_word_times();
}

std::vector<std::int32_t> LookupEngine::take_features() {
  const std::uint64_t item = taken_++;
  return data_->finish_item(
      [this](std::size_t c) -> LookupChannel& { return *ports_[c].channel; },
      [this, item](std::size_t c) {
        return ports_[c].channel->finished((item + 1) * ports_[c].reads_per_item - 1);
      });
}

void LookupEngine::refuse_index(const Access& access, std::uint64_t position,
                                std::uint64_t row) const {
  const PlacedTable& table = tables_[access.table];
  throw Error(index_out_of_range)
      .say(fmt::format("item {}, table {}, position {}: there is no such row", started_, table.name,
                       position))
      .read(std::to_string(row))
      .expected(fmt::format("a row from 0 to {}", table.rows - 1));
}

void LookupEngine::start(Cycles earliest, const std::uint64_t* rows) {
  if (data_) data_->begin_item();
  const bool sums = config_.pooling == Pooling::sum;
  for (const std::size_t c : used_) {
    Port& port = ports_[c];
    for (const Access& access : port.accesses) {
      const PlacedTable& table = tables_[access.table];
      for (std::uint64_t i = 0; i < table.lookups; ++i) {
        const std::uint64_t row = rows[access.first_row + i];
        if (row >= table.rows) refuse_index(access, i, row);
        const Cycles issue = port.channel->read(earliest, access.base + row * access.bytes,
                                                access.bytes, access.words);
        if (!data_) continue;
        const std::size_t at = access.first_element + (sums ? 0 : i * table.dim);
        data_->ask({c, access.table, access.base, row, access.bytes, access.words, table.dim,
                    !sums || i == 0, !sums || i + 1 == table.lookups, at},
                   earliest, issue);
      }
    }
  }
  ++started_;
}

Cycles LookupEngine::finished(std::uint64_t item) {
  Cycles last{};
  for (const std::size_t c : used_) {
    Port& port = ports_[c];
    last = std::max(last, port.channel->finished((item + 1) * port.reads_per_item - 1));
  }
  return last;
}

LookupTotals LookupEngine::settle(Cycles end) {
  LookupTotals totals;
  totals.end = end;
  totals.channels.resize(ports_.size());
  memory::dram::ChannelStatistics hbm, ddr;
  for (std::size_t c = 0; c < ports_.size(); ++c) {
    // A channel without tables draws its background all the same.
    if (!ports_[c].channel) ports_[c].channel = make_channel(config_, c, 1);
    if (const auto* statistics = ports_[c].channel->settle(end))
      (c < config_.hbm_channels() ? hbm : ddr).merge(*statistics);
    const ChannelCounts& counts = totals.channels[c] = ports_[c].channel->counts();
    totals.counts.lookups += counts.lookups;
    totals.counts.bytes += counts.bytes;
    totals.counts.bursts += counts.bursts;
    totals.counts.cache_hits += counts.cache_hits;
    totals.counts.busy += counts.busy;
  }
  if (data_ && data_->result()) totals.twins["lookup"] = *data_->result();
  MANTISSA_CHECK(totals.counts.lookups == started_ * rows_per_item_, "lookups were lost");
  MANTISSA_CHECK(hbm.reads + ddr.reads == totals.counts.bursts, "bursts were lost");
  if (config_.hbm) totals.hbm = memory::dram::energy(*config_.hbm, hbm);
  if (config_.ddr) totals.ddr = memory::dram::energy(*config_.ddr, ddr);
  return totals;
}

}  // namespace mantissa::arch::embedding
