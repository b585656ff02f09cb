// SPDX-License-Identifier: Apache-2.0
#include "workloads/networks/layers.h"

#include <algorithm>

#include "workloads/errors.h"

namespace mantissa::workloads {

const std::vector<LayerType>& layer_types() {
  static const std::vector<LayerType> types = [] {
    std::vector<LayerType> all;
    for (const auto& family : {convolution_layers(), residual_layers(), plain_layers(),
                               transformer_layers(), recurrent_layers(), recommendation_layers()}) {
      all.insert(all.end(), family.begin(), family.end());
    }
    std::sort(all.begin(), all.end(),
              [](const LayerType& a, const LayerType& b) { return a.name < b.name; });
    return all;
  }();
  return types;
}

void refuse_input(const LayerContext& context, Value x, const std::string& expected) {
  throw Error(layer_input)
      .at(context.place)
      .say("layer '" + context.name + "'")
      .read(trace::text(context.emitter.shape(x)))
      .expected(expected);
}

void expect_rank(const LayerContext& context, Value x, std::size_t rank, const char* what) {
  if (context.emitter.shape(x).size() != rank) refuse_input(context, x, what);
}

}  // namespace mantissa::workloads

namespace mantissa::config {

const std::vector<std::pair<workloads::Activation, const char*>>&
EnumNames<workloads::Activation>::names() {
  using A = workloads::Activation;
  static const std::vector<std::pair<A, const char*>> names = {
      {A::none, "none"}, {A::relu, "relu"},           {A::relu6, "relu6"},     {A::gelu, "gelu"},
      {A::silu, "silu"}, {A::hardswish, "hardswish"}, {A::sigmoid, "sigmoid"}, {A::tanh, "tanh"}};
  return names;
}

}  // namespace mantissa::config
