// SPDX-License-Identifier: Apache-2.0
#include "arch/engines/embedding/config.h"

namespace mantissa::arch::embedding {

using config::at_least;
using config::range;
using config::Schema;

unsigned bits(Element element) {
  switch (element) {
    case Element::fp32:
    case Element::fixed32:
      return 32;
    case Element::fixed16:
      return 16;
    case Element::int8:
      return 8;
    case Element::int4:
      return 4;
  }
  internal_error(__FILE__, __LINE__, "an element without a width");
}

const Schema<OnChipConfig>& OnChipConfig::schema() {
  static const auto schema =
      Schema<OnChipConfig>("On-chip banks, each with a read port of its own.")
          .optional("banks", &OnChipConfig::banks, range(1, 4096), "Banks.")
          .required("capacity", &OnChipConfig::capacity, at_least(1), "Bytes of a bank.")
          .required("latency", &OnChipConfig::latency, at_least(0),
                    "From a row number to its first word, as 90 ns or 12 cycles.");
  return schema;
}

const Schema<RowCacheConfig>& RowCacheConfig::schema() {
  static const auto schema =
      Schema<RowCacheConfig>("Rows kept beside each channel's port, least recently used out first.")
          .required("rows", &RowCacheConfig::rows, range(1, 1 << 24), "Rows of one channel.")
          .optional("ways", &RowCacheConfig::ways, range(1, 64), "Rows of a set.")
          .required("latency", &RowCacheConfig::latency, at_least(0),
                    "From a row number to its first word.")
          .constraint("ways", [](const RowCacheConfig& c) {
            return c.rows % c.ways != 0
                       ? "rows, " + std::to_string(c.rows) + ", must be a multiple of ways"
                       : std::string();
          });
  return schema;
}

const Schema<DenseConfig>& DenseConfig::schema() {
  static const auto schema =
      Schema<DenseConfig>("Fully connected layers, item by item.")
          .optional("pes", &DenseConfig::pes, range(1, 1 << 20),
                    "Processing elements of each layer; the last count serves all further layers.")
          .optional("word_bits", &DenseConfig::word_bits, range(32, 1 << 16),
                    "Bits of a word of features or weights.")
          .optional("gather_elements", &DenseConfig::gather_elements, range(1, 1 << 16),
                    "Elements of embeddings that are joined in a cycle.")
          .optional("relu", &DenseConfig::relu, "Negative results of hidden layers become zero.")
          .optional("implementation", &DenseConfig::implementation,
                    "PE groups by the model, by verilated RTL, or by both, compared.")
          .optional("rtl", &DenseConfig::rtl,
                    "Folder of SystemVerilog to use ('mantissa cosim pe_group --ports').")
          .optional("rtl_top", &DenseConfig::rtl_top, "Its top module, if not pe_group.")
          .constraint(
              "rtl",
              [](const DenseConfig& d) { return unused_rtl(d.implementation, d.rtl, d.rtl_top); })
          .constraint("pes",
                      [](const DenseConfig& d) {
                        return d.pes.empty() ? std::string("at least one count") : std::string();
                      })
          .constraint("word_bits", [](const DenseConfig& d) {
            return d.word_bits % 32 != 0 ? std::string("a multiple of 32") : std::string();
          });
  return schema;
}

const Schema<LookupUnitConfig>& LookupUnitConfig::schema() {
  using L = LookupUnitConfig;
  static const auto schema =
      Schema<L>("The lookup units, one at each channel.")
          .optional("implementation", &L::implementation,
                    "Lookup units by the model, by verilated RTL, or by both, compared.")
          .optional("rtl", &L::rtl,
                    "Folder of SystemVerilog to use ('mantissa cosim embedding_lookup --ports').")
          .optional("rtl_top", &L::rtl_top, "Its top module, if not embedding_lookup.")
          .constraint("rtl",
                      [](const L& l) { return unused_rtl(l.implementation, l.rtl, l.rtl_top); });
  return schema;
}

namespace {

// What the RTL does not compute; empty: it does.
std::string lookup_objection(const EmbeddingConfig& e) {
  if (e.lookup.implementation == Implementation::model) return {};
  if (e.element == Element::fp32 && e.pooling == Pooling::sum)
    return "the RTL of lookup units sums fixed-point elements only";
  if (e.port_width() % bits(e.element) != 0)
    return "the RTL of lookup units needs a port of whole elements";
  return {};
}

std::string dense_objection(const EmbeddingConfig& e) {
  if (e.dense.implementation == Implementation::model || e.element != Element::fp32) return {};
  return "the RTL of PE groups computes in fixed point only";
}

}  // namespace

const Schema<EmbeddingConfig>& EmbeddingConfig::schema() {
  using E = EmbeddingConfig;
  static const auto schema =
      Schema<E>("A lookup engine for embedding tables, and the dense layers behind it.")
          .required("kind", &E::kind, "embedding: tells this file from others of its folder.")
          .required("name", &E::name, "Name in reports.")
          .optional("description", &E::description, "One line.")
          .required("clock", &E::clock, range(1, 1e11), "Clock of the accelerator.")
          .optional("element", &E::element, "Number format of an element of a table.")
          .optional("pooling", &E::pooling, "Several rows of one table: side by side, or summed.")
          .optional("outstanding", &E::outstanding, range(1, 256),
                    "Reads in flight per channel; answers come in order.")
          .optional("port_bits", &E::port_bits, range(0, 4096),
                    "Bits that a channel's port moves per cycle; 0: one element.")
          .optional("lookup_port_latency", &E::lookup_port_latency, at_least(0),
                    "Of a channel's port, on top of the memory's own latency.")
          .optional("item_fifo", &E::item_fifo, range(1, 1024), "Items between two stages.")
          .optional("hbm", &E::hbm, "A DRAM preset, or `base: PRESET` and what differs.")
          .optional("ddr", &E::ddr, "A second kind of DRAM.")
          .optional("on_chip", &E::on_chip, "On-chip banks.")
          .optional("row_cache", &E::row_cache, "A cache of rows at each DRAM channel.")
          .optional("lookup", &E::lookup, "The lookup unit of each channel.")
          .optional("dense", &E::dense, "The layers behind the lookup.")
          .optional("fraction", &E::fraction, range(-1, 31),
                    "Bits of an element behind the point; -1: half of them. Beside RTL only.")
          .optional("overflow", &E::overflow,
                    "Values that do not fit an element: wrapped, or at the bound. Beside RTL only.")
          .optional("seed", &E::seed, range(0, 9e15),
                    "Of what tables and layers hold. Beside RTL only.")
          .constraint("lookup.implementation", lookup_objection)
          .constraint("dense.implementation", dense_objection)
          .constraint("fraction",
                      [](const E& e) {
                        return e.fraction < static_cast<std::int64_t>(bits(e.element))
                                   ? std::string()
                                   : "an element has " + std::to_string(bits(e.element)) + " bits";
                      })
          .constraint("kind",
                      [](const E& e) {
                        return e.kind == "embedding"
                                   ? std::string()
                                   : "this is of kind " + e.kind + ", not embedding";
                      })
          .constraint("hbm",
                      [](const E& e) {
                        return e.channels() == 0
                                   ? std::string("an engine needs hbm, ddr or on_chip")
                                   : std::string();
                      })
          .constraint("dense.word_bits", [](const E& e) {
            return e.dense.word_bits < bits(e.element) ? std::string("narrower than an element")
                                                       : std::string();
          });
  return schema;
}

std::size_t EmbeddingConfig::hbm_channels() const {
  return hbm ? static_cast<std::size_t>(hbm->organization.channels) : 0;
}
std::size_t EmbeddingConfig::ddr_channels() const {
  return ddr ? static_cast<std::size_t>(ddr->organization.channels) : 0;
}
std::size_t EmbeddingConfig::on_chip_banks() const {
  return on_chip ? static_cast<std::size_t>(on_chip->banks) : 0;
}

const memory::dram::DramConfig* EmbeddingConfig::dram(std::size_t channel) const {
  if (channel < hbm_channels()) return &*hbm;
  return channel < hbm_channels() + ddr_channels() ? &*ddr : nullptr;
}

std::uint64_t EmbeddingConfig::channel_bytes(std::size_t channel) const {
  const auto* memory = dram(channel);
  return memory != nullptr ? memory->organization.channel_bytes() : on_chip->capacity.value;
}

std::string EmbeddingConfig::channel_name(std::size_t channel) const {
  const std::size_t ddr_first = hbm_channels(), banks_first = ddr_first + ddr_channels();
  if (channel < ddr_first) return "hbm[" + std::to_string(channel) + "]";
  if (channel < banks_first) return "ddr[" + std::to_string(channel - ddr_first) + "]";
  return "on_chip[" + std::to_string(channel - banks_first) + "]";
}

std::vector<config::SectionBase> sections(const config::Resolver& memories) {
  return {{"hbm", memories, "dram"}, {"ddr", memories, "dram"}};
}

Cycles cycles_of(const Latency& latency, const Clock& clock) {
  return latency.in_cycles ? latency.cycles : clock.edge_at_or_after(latency.time);
}

}  // namespace mantissa::arch::embedding

namespace mantissa::config {

using arch::embedding::Element;
using arch::embedding::Pooling;
using numerics::Overflow;

const std::vector<std::pair<Element, const char*>>& EnumNames<Element>::names() {
  static const std::vector<std::pair<Element, const char*>> names{{Element::fp32, "fp32"},
                                                                  {Element::fixed32, "fixed32"},
                                                                  {Element::fixed16, "fixed16"},
                                                                  {Element::int8, "int8"},
                                                                  {Element::int4, "int4"}};
  return names;
}
const std::vector<std::pair<Overflow, const char*>>& EnumNames<Overflow>::names() {
  static const std::vector<std::pair<Overflow, const char*>> names{
      {Overflow::wrap, "wrap"}, {Overflow::saturate, "saturate"}};
  return names;
}
const std::vector<std::pair<Pooling, const char*>>& EnumNames<Pooling>::names() {
  static const std::vector<std::pair<Pooling, const char*>> names{{Pooling::concat, "concat"},
                                                                  {Pooling::sum, "sum"}};
  return names;
}

}  // namespace mantissa::config
