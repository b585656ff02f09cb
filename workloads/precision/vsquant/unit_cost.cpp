// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/vsquant/unit_cost.h"

#include <algorithm>
#include <filesystem>

#include "power/synthesis_result.h"

namespace mantissa::workloads::vsquant {

namespace fs = std::filesystem;
using numerics::VectorMac;

namespace {

VectorMacCost cost_of(const power::SynthesisResult& r) {
  const auto parameter = [&](const char* name) {
    const auto found = r.parameters.find(name);
    if (found != r.parameters.end()) return found->second;
    throw Error(power::bad_synthesis)
        .at(r.file)
        .expected(std::string("a parameter ") + name + ", as results of the unit vsq have");
  };
  if (r.critical_path == 0 || r.power == 0 || r.idle == 0)
    throw Error(power::bad_synthesis)
        .at(r.file)
        .expected(
            "critical_path_ns, energy_pj_per_idle_cycle and power_at_equal_activity, as 'mantissa "
            "synth -o DIR' writes them");
  VectorMacCost cost;
  cost.file = r.file;
  cost.library = r.library;
  cost.mac.weight_bits = static_cast<int>(parameter("WeightWidth"));
  cost.mac.activation_bits = static_cast<int>(parameter("ActivationWidth"));
  cost.mac.activation_signed = parameter("ActivationSigned") != 0;
  cost.mac.weight_scale_bits = static_cast<int>(parameter("WeightScaleWidth"));
  cost.mac.activation_scale_bits = static_cast<int>(parameter("ActivationScaleWidth"));
  cost.mac.product_bits = static_cast<int>(parameter("ProductWidth"));
  cost.mac.vector_length = parameter("VectorLength");
  cost.mac.accumulator_bits = static_cast<int>(parameter("AccumulatorWidth"));
  cost.area = r.area;
  cost.critical_path = r.critical_path;
  cost.activity = r.activity;
  cost.at_activity = r.power * r.critical_path * 1000;
  const auto operation = [&](const char* name) {
    const auto found = r.operations.find(name);
    return found == r.operations.end() ? 0 : found->second;
  };
  const bool scaled = cost.mac.full_product_bits() > 0;
  cost.open_vector = scaled ? operation("vector") : r.energy;
  cost.gated_vector = operation("gated_vector");
  if (scaled && (cost.open_vector == 0 || cost.gated_vector == 0))
    throw Error(power::bad_synthesis)
        .at(r.file)
        .expected("operations vector and gated_vector, as 'mantissa synth -o DIR' writes them");
  cost.idle = r.idle;
  return cost;
}

}  // namespace

std::vector<VectorMacCost> vector_mac_costs(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code why;
  const fs::path own = fs::path(folder) / "synthesis.yaml";
  if (fs::is_regular_file(own, why)) files.push_back(own.string());
  for (const auto& entry : fs::directory_iterator(fs::path(folder) / "grid", why))
    if (fs::is_regular_file(entry.path() / "synthesis.yaml"))
      files.push_back((entry.path() / "synthesis.yaml").string());
  std::sort(files.begin(), files.end());
  std::vector<VectorMacCost> costs;
  for (const std::string& file : files) {
    const auto shown = fs::path(file).lexically_relative(fs::path(folder)).string();
    const power::SynthesisResult result = power::read_synthesis_result(file, shown);
    if (result.unit != "vsq") continue;
    VectorMacCost cost = cost_of(result);
    if (find_cost(costs, cost.mac) == nullptr) costs.push_back(std::move(cost));
  }
  return costs;
}

Datapath datapath_of(const LayerFormat& format) {
  const std::string& text = format.scheme.text;
  if (format.scheme.is_integer()) {
    if (format.scheme.has_datapath()) return {format.mac(!format.scheme.unsigned_activations), ""};
    return {std::nullopt, "float scales have no RTL here"};
  }
  VectorMac mac;
  if (text == "nvfp4" || text == "mxfp4") {
    const bool has_significand = text == "nvfp4";
    mac.weight_bits = mac.activation_bits = 5;
    mac.weight_scale_bits = mac.activation_scale_bits = has_significand ? 4 : 0;
    return {mac, has_significand
                     ? "elements and the scales' significands; no shift by the scales' exponents"
                     : "elements; no shift by the scales' exponents"};
  }
  if (text == "mxint8") {
    mac.weight_bits = mac.activation_bits = 8;
    mac.weight_scale_bits = mac.activation_scale_bits = 0;
    return {mac, "elements; no shift by the scales' exponents"};
  }
  return {std::nullopt, "no vector MAC of ours computes it"};
}

const VectorMacCost* find_cost(const std::vector<VectorMacCost>& costs, const VectorMac& mac) {
  const auto scaled = [](const VectorMac& m) { return m.full_product_bits() > 0; };
  for (const VectorMacCost& cost : costs) {
    const VectorMac& c = cost.mac;
    const int product = mac.product_bits == mac.full_product_bits() ? 0 : mac.product_bits;
    if (c.weight_bits == mac.weight_bits && c.activation_bits == mac.activation_bits &&
        c.weight_scale_bits == mac.weight_scale_bits &&
        c.activation_scale_bits == mac.activation_scale_bits &&
        (!scaled(mac) || c.product_bits == product) && c.vector_length == mac.vector_length &&
        c.accumulator_bits == mac.accumulator_bits && c.activation_signed == mac.activation_signed)
      return &cost;
  }
  return nullptr;
}

}  // namespace mantissa::workloads::vsquant
