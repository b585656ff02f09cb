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

const std::map<std::string, ExampleInput>& examples() {
  static const std::map<std::string, ExampleInput> inputs = {
      {"resnet18", {{1, 3, 224, 224}, 1, 0}},
      {"resnet50", {{1, 3, 224, 224}, 1, 0}},
      {"mobilenet_v2", {{1, 3, 224, 224}, 1, 0}},
      {"vgg16", {{1, 3, 224, 224}, 1, 0}},
      {"inception_v3", {{1, 3, 299, 299}, 1, 0}},
      {"squeezenet", {{1, 3, 224, 224}, 1, 0}},
      {"squeezenet_1_1", {{1, 3, 224, 224}, 1, 0}},
      {"bert_base", {{1, 128, 768}, 2, 0}},
      {"bert_base_tokens", {{1, 128}, 0, 30522}},
      {"gpt2_small", {{1, 128}, 0, 50257}},
      {"lstm", {{1, 25, 300}, 2, 0}},
      {"dlrm", {{1, 13}, 1, 0}},
      {"simplenet", {{1, 3, 32, 32}, 1, 0}},
      {"simplenet_mnist", {{1, 1, 28, 28}, 1, 0}},
      {"digits_cnn", {{1, 1, 8, 8}, 1, 0}},
      {"digits_mlp", {{1, 64}, 1, 0}},
  };
  return inputs;
}

}  // namespace

ExampleInput example_input(const std::string& name) {
  const auto found = examples().find(name);
  MANTISSA_CHECK(found != examples().end(), "a network without an example: " + name);
  return found->second;
}

namespace {

std::string listed(const std::vector<std::int64_t>& shape) {
  std::string out;
  for (const std::int64_t n : shape) out += (out.empty() ? "[" : ",") + std::to_string(n);
  return out + "]";
}

}  // namespace

std::string text(const ExampleInput& input) {
  const std::string shape = listed(input.shape);
  return input.words == 0 ? shape : shape + " of indices below " + std::to_string(input.words);
}

at::Tensor forward_checked(Model& network, const std::string& name, const at::Tensor& x) {
  try {
    return network.forward(x);
  } catch (const c10::Error& error) {
    std::string why = error.what_without_backtrace();
    why = why.substr(0, why.find('\n'));
    throw Error(wrong_input)
        .say("the network " + name + " does not take this input (" + why + ")")
        .read(listed(x.sizes().vec()))
        .expected("an input as " + text(example_input(name)));
  }
}

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
