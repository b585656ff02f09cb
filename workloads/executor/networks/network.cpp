// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/networks/network.h"

#include <algorithm>
#include <map>

#include "workloads/executor/networks/weights.h"

namespace mantissa::workloads {

namespace {

const std::map<std::string, std::shared_ptr<Model> (*)(const NetworkOptions&)>& all() {
  static const auto networks = [] {
    std::map<std::string, std::shared_ptr<Model> (*)(const NetworkOptions&)> out;
    for (const Networks& family :
         {residual_networks(), plain_networks(), inception_networks(), transformer_networks(),
          recurrent_networks(), recommendation_networks()}) {
      out.insert(family.begin(), family.end());
    }
    return out;
  }();
  return networks;
}

}  // namespace

std::shared_ptr<Model> make_network(const std::string& name, const NetworkOptions& options) {
  const auto found = all().find(name);
  if (found == all().end()) {
    std::string names;
    for (const std::string& n : network_names()) names += (names.empty() ? "" : ", ") + n;
    throw Error(no_such_network)
        .read(name)
        .expected("one of " + names)
        .nearest(nearest_name(name, network_names()));
  }
  std::shared_ptr<Model> network = found->second(options);
  if (options.weights) draw_weights(*network, options.seed);
  return network;
}

std::vector<std::string> network_names() {
  std::vector<std::string> names;
  for (const auto& network : all()) names.push_back(network.first);
  return names;
}

std::int64_t parameter_count(const torch::nn::Module& module) {
  std::int64_t n = 0;
  for (const at::Tensor& p : module.parameters()) n += p.numel();
  return n;
}

}  // namespace mantissa::workloads
