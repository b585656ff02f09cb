// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/vsquant/format_cost.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/numerics/inner_product/timing.h"
#include "base/numerics/quantize/tensor_format.h"
#include "workloads/data/normal_stream.h"
#include "workloads/precision/vsquant/config.h"

namespace mantissa::workloads::vsquant {

namespace ip = numerics::inner_product;

namespace {

// Of the synthesised units that compute every format, the one whose window takes FP16 products of
// normal data in one cycle mostly (arXiv 2101.11748).
constexpr std::int64_t lanes = 16, window = 28;

// The elements' format on the unit; int8 of MXINT8 has an exponent that never changes.
std::optional<ip::Format> element_of(trace::NumberFormat format) {
  using N = trace::NumberFormat;
  switch (format) {
    case N::fp8_e4m3:
      return ip::Format::fp8_e4m3;
    case N::fp8_e5m2:
      return ip::Format::fp8_e5m2;
    case N::fp6_e2m3:
      return ip::Format::fp6_e2m3;
    case N::fp6_e3m2:
      return ip::Format::fp6_e3m2;
    case N::fp4_e2m1:
      return ip::Format::fp4_e2m1;
    case N::bf16:
      return ip::Format::bf16;
    default:
      return {};
  }
}

}  // namespace

std::string folder_of(const std::string& file) { return file.substr(0, file.rfind('/')); }

std::optional<double> cycles_on_normal_data(const numerics::BlockQuantization& format,
                                            const ipu::SynthesisedUnit& unit) {
  const auto element = element_of(format.element);
  if (!element) return {};
  constexpr std::int64_t rows = 32, k = 4096;
  const int bytes = format.element == trace::NumberFormat::bf16 ? 2 : 1;
  const auto operand = [&](const char* name) {
    std::vector<float> x(rows * k);
    const data::NormalStream normal(1, name);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(normal.at(i));
    return numerics::quantize(x.data(), {rows, k, 1}, format).codes;
  };
  const auto a = operand("a"), b = operand("b");
  ip::IpuParameters p;
  p.lanes = static_cast<int>(unit.lanes);
  p.window = static_cast<int>(unit.window);
  p.digit_a = static_cast<int>(unit.digit_a);
  p.digit_b = static_cast<int>(unit.digit_b);
  p.software_precision = static_cast<int>(unit.software_precision);
  const std::uint64_t cycles = ip::gemm_cycles(
      p, {*element, *element}, {a.data(), bytes, k, 1, rows, k}, {b.data(), bytes, k, 1, rows, k});
  return static_cast<double>(cycles) / static_cast<double>(rows * rows * (k / p.lanes));
}

FormatCosts::FormatCosts(const std::string& vector_macs, const std::string& inner_products) {
  if (!vector_macs.empty()) macs_ = vector_mac_costs(vector_macs);
  if (!inner_products.empty()) units_ = ipu::synthesised_units(inner_products);
}

FormatCost FormatCosts::on_inner_products(const LayerFormat& format) {
  FormatCost none;
  if (units_.empty()) {
    none.scope = "no vector MAC computes it, and no inner-product unit is named";
    return none;
  }
  const ipu::SynthesisedUnit* unit = ipu::find_unit(units_, lanes, window);
  if (unit == nullptr) {
    none.scope =
        fmt::format("no inner-product unit of {} lanes and w = {} is synthesised", lanes, window);
    return none;
  }
  const numerics::BlockQuantization block = *numerics::tensor_format(format.weights()).block;
  const std::string key = label(format);
  if (cycles_.count(key) == 0) {
    const auto measured = cycles_on_normal_data(block, *unit);
    if (!measured) return none;
    cycles_[key] = *measured;
  }
  const double cycles = cycles_.at(key);
  const double operations = 2 * static_cast<double>(unit->lanes);
  FormatCost cost;
  cost.priced = true;
  cost.area = unit->area * cycles / operations;
  cost.energy = cost.gated_energy = unit->energy_per_cycle * cycles / operations;
  cost.source = folder_of("ipu/" + unit->file);
  cost.scope = fmt::format(
      "a general unit's whole datapath (every format, w = {}); cycles per operation of {} lanes, "
      "by "
      "the golden model on normal data: {:.5g}{}",
      window, lanes, cycles,
      block.scale == numerics::BlockScale::none ? "" : "; the blocks' scales are not counted");
  return cost;
}

FormatCost FormatCosts::of(const LayerFormat& format, double gated) {
  FormatCost cost;
  const Datapath path = datapath_of(format);
  if (!path.mac) {
    if (format.scheme.is_block()) return on_inner_products(format);
    cost.scope = path.scope;
    return cost;
  }
  const VectorMacCost* c = find_cost(macs_, *path.mac);
  if (c == nullptr) {
    cost.scope = macs_.empty() ? "no synthesis results are named" : "not synthesised";
    return cost;
  }
  cost.priced = true;
  cost.area = c->area / c->operations();
  cost.energy = c->energy(0);
  cost.gated_energy = c->energy(gated);
  cost.source = folder_of("vsq/" + c->file);
  cost.scope = path.scope.empty() ? "whole vector MAC" : path.scope;
  return cost;
}

FormatCost FormatCosts::of(const std::vector<LayerShare>& layers) {
  FormatCost cost;
  double products = 0;
  std::set<std::string> sources;
  for (const LayerShare& layer : layers) {
    const FormatCost one = of(layer.format, layer.gated);
    if (!one.priced) {
      cost.scope = label(layer.format) + ": " + one.scope;
      return cost;
    }
    const auto n = static_cast<double>(layer.macs);
    products += n;
    cost.area = std::max(cost.area, one.area);
    cost.energy += n * one.energy;
    cost.gated_energy += n * one.gated_energy;
    sources.insert(one.source);
  }
  if (products == 0) return {};
  cost.priced = true;
  cost.source = fmt::format("{}", fmt::join(sources, ", "));
  cost.energy /= products;
  cost.gated_energy /= products;
  cost.scope =
      "energy: mean over layers, weighted by their multiply-accumulates; area: the largest of the "
      "layers' units, which would compute all";
  return cost;
}

}  // namespace mantissa::workloads::vsquant
