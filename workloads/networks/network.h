// SPDX-License-Identifier: Apache-2.0
// A network as a YAML file writes it, and the trace it stands for.
//
//   kind: network
//   version: 1
//   batch: 8
//   parameters: {length: 128}
//   input: {shape: [$length, 768]}          # the batch is put in front
//   layers:
//     - linear: {features: 3072, activation: gelu}
//     - residual: {layers: [{linear: {features: 3072}}], activation: relu}
//     - repeat: {times: 2, layers: [{linear: {features: 3072}}]}
//     - concat: {branches: [[flatten], [flatten]], axis: 1}
//
// Every layer may have a `name`; without one it is called by its type and number. References, cases
// and blocks: workloads/networks/language.h. Layer types: workloads/networks/layers.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/config/schema.h"
#include "base/trace/graph.h"
#include "workloads/networks/language.h"

namespace mantissa::workloads {

enum class NetworkFormat {
  native,
  int4,
  int8,
  fp4_e2m1,
  fp6_e2m3,
  fp6_e3m2,
  fp8_e4m3,
  fp8_e5m2,
  bf16,
  fp16,
  tf32,
  fp32
};

enum class NetworkPass { forward, backward };

// What a network has besides its layers.
struct NetworkConfig {
  std::int64_t version = 1;
  std::string kind = "network", name, description;
  std::int64_t batch = 1;
  NetworkPass pass = NetworkPass::forward;
  NetworkFormat format = NetworkFormat::native;
  std::optional<NetworkFormat> weight_format;
  std::int64_t seed = 1;
  double activation_scale = 0.03125;
  std::optional<double> weight_scale;
  static const config::Schema<NetworkConfig>& schema();
};

struct InputConfig {
  std::vector<std::int64_t> shape;
  bool indices = false;
  static const config::Schema<InputConfig>& schema();
};

class Network {
 public:
  // Throws Error; what depends on shapes shows only when it is built.
  explicit Network(const config::Node& document);

  const NetworkConfig& config() const { return config_; }
  // The part of the batch that starts at `first`, as the trace of one rank. `native` is the format
  // that `format: native` stands for; throws Error(unsupported_format) when there are no layers in
  // it.
  trace::Trace build(trace::NumberFormat native, std::int64_t first, std::int64_t samples,
                     std::uint32_t rank) const;

 private:
  NetworkConfig config_;
  std::map<std::string, Block> blocks_;
  config::Node input_, layers_;             // resolved
  Place weight_format_place_, pass_place_;  // for messages about what only shows when it is built
  mutable Bindings bindings_;               // blocks are instantiated where they are used
};

// The keys of a network document that are sections of the language and not parameters.
const std::vector<std::string>& network_sections();

}  // namespace mantissa::workloads

namespace mantissa::config {
template <>
struct EnumNames<workloads::NetworkPass> {
  static const std::vector<std::pair<workloads::NetworkPass, const char*>>& names();
};
template <>
struct EnumNames<workloads::NetworkFormat> {
  static const std::vector<std::pair<workloads::NetworkFormat, const char*>>& names();
};
}  // namespace mantissa::config
