// SPDX-License-Identifier: Apache-2.0
#include "arch/engines/embedding/activity.h"

#include "arch/engines/embedding/accelerator.h"

namespace mantissa::arch::embedding {
namespace {

// As power/ names number formats.
const char* format_of(Element element) {
  switch (element) {
    case Element::fp32:
      return "fp32";
    case Element::fixed32:
      return "int32";
    case Element::fixed16:
      return "int16";
    case Element::int8:
      return "int8";
    case Element::int4:
      return "int4";
  }
  return "";
}

void add_group(EngineActivity& out, const EmbeddingConfig& config, const PeGroup& group,
               std::uint64_t items) {
  const auto real = [](std::uint64_t n) { return static_cast<double>(n); };
  const std::uint64_t width = bits(config.element);
  const std::uint64_t lanes = 2 * static_cast<std::uint64_t>(config.dense.word_bits) / width;
  const auto bytes = [&](std::uint64_t elements) { return ceil_div(elements * width, 8); };
  const auto memory = [&](const char* what, std::uint64_t elements) {
    power::Component component{group.name + what, "sram", {}, {}, group.pes};
    component.attributes = {{"capacity_bytes", real(bytes(elements))},
                            {"width_bits", real(lanes * width)}};
    out.components.push_back(component);
    return component.name;
  };
  power::Component pe{group.name + ".pe", "mac_array", {}, {}, 1};
  pe.attributes = {{"rows", 1}, {"columns", real(lanes)}, {"units", real(group.pes)}};
  pe.labels = {{"format", format_of(config.element)}};
  out.components.push_back(pe);
  const std::uint64_t products = items * group.outputs * group.inputs;
  out.actions.push_back({pe.name, "mac", products, {}});
  const std::string weights = memory(".weights", group.rows * group.inputs);
  out.actions.push_back({weights, "read", bytes(products), {}});
  const std::string features = memory(".features", group.inputs);
  out.actions.push_back({features, "write", items * group.pes * bytes(group.inputs), {}});
  out.actions.push_back({features, "read", bytes(products), {}});
}

}  // namespace

EngineActivity activity_of(const EmbeddingConfig& config, const LookupTotals& totals,
                           std::uint64_t elements, const std::vector<std::int64_t>& layers,
                           std::uint64_t items) {
  EngineActivity out;
  if (config.on_chip) {
    power::Component banks{"banks", "sram", {}, {}, config.on_chip_banks()};
    banks.attributes = {{"capacity_bytes", static_cast<double>(config.on_chip->capacity.value)},
                        {"width_bits", static_cast<double>(config.port_width())}};
    std::uint64_t bytes = 0;
    for (std::size_t c = config.hbm_channels() + config.ddr_channels(); c < config.channels(); ++c)
      bytes += totals.channels[c].bytes;
    out.components.push_back(banks);
    out.actions.push_back({"banks", "read", bytes, {}});
  }
  if (layers.empty()) return out;
  for (const PeGroup& group : pe_groups(config, elements, layers))
    add_group(out, config, group, items);
  return out;
}

}  // namespace mantissa::arch::embedding
