// SPDX-License-Identifier: Apache-2.0
// A recommendation accelerator as the user writes it: a lookup engine whose embedding tables lie in
// HBM pseudo-channels, DDR channels and on-chip banks, all read in parallel, and an item-by-item
// dataflow of fully connected layers behind it (MicroRec, MLSys 2021, arXiv 2010.05894).
//
//   version: 1
//   kind: embedding
//   base: u280                       # configs/arch/embedding
//   name: my_engine
//   outstanding: 8                   # reads in flight on a channel; the paper's design has 1
//   hbm: {base: u280_hbm, organization: {channels: 16}}
//
//   const auto engine = config::load<EmbeddingConfig>(name, presets, {}, sections(memories)).value;
//
// Channels are numbered: those of HBM first, then those of DDR, then on-chip banks. Errors: those
// of the configuration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "arch/chip/implementation.h"
#include "base/config/document.h"
#include "base/config/schema.h"
#include "base/numerics/fixed_point.h"
#include "base/units.h"
#include "memory/dram/config.h"

namespace mantissa::arch::embedding {

enum class Element { fp32, fixed32, fixed16, int8, int4 };
unsigned bits(Element element);

// Several rows of one table for one item: side by side, or summed on their way through the port.
enum class Pooling { concat, sum };

// Block RAM or ultra RAM: banks with a read port each.
struct OnChipConfig {
  std::int64_t banks = 4;
  Bytes capacity{};   // of a bank
  Latency latency{};  // from a row number to its first word
  static const config::Schema<OnChipConfig>& schema();
};

// Rows kept beside each channel's port, least recently used first out.
struct RowCacheConfig {
  std::int64_t rows = 0;  // of one channel
  std::int64_t ways = 4;
  Latency latency{};  // from a row number to its first word
  static const config::Schema<RowCacheConfig>& schema();
};

// Fully connected layers: each a broadcast of the features, a group of PEs with their share of the
// layer's rows, and a gather of their results.
struct DenseConfig {
  std::vector<std::int64_t> pes{128, 128, 32};  // of each layer; the last count serves all further
  std::int64_t word_bits = 128;                 // of weights and features
  std::int64_t gather_elements = 4;             // of embeddings that are joined in a cycle
  bool relu = true;                             // behind the hidden layers
  Implementation implementation = Implementation::model;
  config::FolderPath rtl;  // instead of rtl/pe_group
  std::string rtl_top;
  static const config::Schema<DenseConfig>& schema();
};

// The lookup units of all channels.
struct LookupUnitConfig {
  Implementation implementation = Implementation::model;
  config::FolderPath rtl;  // instead of rtl/embedding_lookup
  std::string rtl_top;
  static const config::Schema<LookupUnitConfig>& schema();
};

struct EmbeddingConfig {
  std::string kind = "embedding";
  std::string name;
  std::string description;
  Hertz clock{};  // of the accelerator
  Element element = Element::fixed32;
  Pooling pooling = Pooling::concat;
  std::int64_t outstanding = 1;   // reads in flight per channel
  std::int64_t port_bits = 0;     // that a port moves in a cycle; 0: one element
  Latency lookup_port_latency{};  // of a channel's port, on top of the memory's own
  std::int64_t item_fifo = 8;     // items between two stages
  std::optional<memory::dram::DramConfig> hbm, ddr;
  std::optional<OnChipConfig> on_chip;
  std::optional<RowCacheConfig> row_cache;
  LookupUnitConfig lookup;
  DenseConfig dense;
  // Of values, which are computed beside RTL only (values.h).
  std::int64_t fraction = -1;  // bits behind the point; -1: half of the element's
  numerics::Overflow overflow = numerics::Overflow::saturate;
  std::int64_t seed = 1;  // of what tables and layers hold
  static const config::Schema<EmbeddingConfig>& schema();

  bool beside_rtl() const {
    return lookup.implementation != Implementation::model ||
           dense.implementation != Implementation::model;
  }
  numerics::FixedPoint format() const {
    const unsigned width = bits(element);
    return {width, fraction < 0 ? width / 2 : static_cast<unsigned>(fraction), overflow};
  }
  unsigned port_width() const {
    return port_bits == 0 ? bits(element) : static_cast<unsigned>(port_bits);
  }
  std::uint64_t row_bytes(std::uint64_t dim) const { return ceil_div(dim * bits(element), 8); }
  // Cycles that a row takes on its port.
  std::uint64_t words(std::uint64_t dim) const {
    return ceil_div(dim * bits(element), port_width());
  }

  std::size_t hbm_channels() const;
  std::size_t ddr_channels() const;
  std::size_t on_chip_banks() const;
  std::size_t channels() const { return hbm_channels() + ddr_channels() + on_chip_banks(); }
  std::uint64_t channel_bytes(std::size_t channel) const;
  std::string channel_name(std::size_t channel) const;              // "hbm[3]"
  const memory::dram::DramConfig* dram(std::size_t channel) const;  // null: on chip
};

// Where `hbm: NAME` and `ddr: NAME` look.
std::vector<config::SectionBase> sections(const config::Resolver& memories);

// Of a clock: whole cycles that cover a latency.
Cycles cycles_of(const Latency& latency, const Clock& clock);

}  // namespace mantissa::arch::embedding

namespace mantissa::config {
template <>
struct EnumNames<arch::embedding::Element> {
  static const std::vector<std::pair<arch::embedding::Element, const char*>>& names();
};
template <>
struct EnumNames<numerics::Overflow> {
  static const std::vector<std::pair<numerics::Overflow, const char*>>& names();
};
template <>
struct EnumNames<arch::embedding::Pooling> {
  static const std::vector<std::pair<arch::embedding::Pooling, const char*>>& names();
};
}  // namespace mantissa::config
