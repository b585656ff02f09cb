// SPDX-License-Identifier: Apache-2.0
// Fully connected layers and what stands between layers.
#include "workloads/networks/layers.h"

namespace mantissa::workloads {

namespace {

using config::at_least;

// [N,L,F] and [N,F] to rows [N*L,F], on which a matrix product shares its weights.
Value rows(Emitter& e, const std::string& name, Value x) {
  const trace::Shape& s = e.shape(x);
  if (s.size() == 2) return x;
  return e.reshape(name + ".rows", e.closed(x), {s[0] * s[1], s[2]});
}

void expect_rows(const LayerContext& context, Value x) {
  const std::size_t rank = context.emitter.shape(x).size();
  if (rank != 2 && rank != 3) refuse_input(context, x, "features [N,F] or a sequence [N,L,F]");
}

struct LinearConfig {
  std::int64_t features = 0;
  bool bias = true;
  Activation activation = Activation::none;
  static const config::Schema<LinearConfig>& schema() {
    static const auto s =
        config::Schema<LinearConfig>("Fully connected layer.")
            .required("features", &LinearConfig::features, at_least(1), "Outputs.")
            .optional("bias", &LinearConfig::bias, "Adds a bias per output.")
            .optional("activation", &LinearConfig::activation, "Function after it.");
    return s;
  }
};

// A sequence becomes rows for the product and a sequence again once it is closed.
Value build_linear(const LinearConfig& c, LayerContext& context, Value x) {
  expect_rows(context, x);
  Emitter& e = context.emitter;
  trace::Shape target = e.shape(x);
  target.back() = c.features;
  Value y = e.linear(context.name, rows(e, context.name, x), c.features, c.bias);
  y = e.activation(context.name + ".act", c.activation, y);
  return target.size() == 2 ? y : e.reshape(context.name + ".sequence", e.closed(y), target);
}

struct MlpConfig {
  std::vector<std::int64_t> features;
  Activation activation = Activation::relu, last_activation = Activation::none;
  static const config::Schema<MlpConfig>& schema() {
    static const auto s =
        config::Schema<MlpConfig>("Fully connected layers with biases, one after the other.")
            .required("features", &MlpConfig::features, at_least(1), "Outputs of each layer.")
            .optional("activation", &MlpConfig::activation, "After every layer but the last.")
            .optional("last_activation", &MlpConfig::last_activation, "After the last layer.")
            .constraint("features", [](const MlpConfig& c) {
              return c.features.empty() ? "an mlp has at least one layer" : "";
            });
    return s;
  }
};

Value build_mlp_layer(const MlpConfig& c, LayerContext& context, Value x) {
  expect_rank(context, x, 2, "features [N,F]");
  const Emitter::Scope scope(context.emitter, context.name);
  return build_mlp(context.emitter, x, c.features, c.activation, c.last_activation);
}

struct ActivationConfig {
  Activation kind = Activation::relu;
  static const config::Schema<ActivationConfig>& schema() {
    static const auto s = config::Schema<ActivationConfig>("A function of each element.")
                              .required("kind", &ActivationConfig::kind, "Which one.");
    return s;
  }
};

Value build_activation(const ActivationConfig& c, LayerContext& context, Value x) {
  return context.emitter.activation(context.name, c.kind, x);
}

struct SoftmaxConfig {
  std::int64_t axis = -1;
  static const config::Schema<SoftmaxConfig>& schema() {
    static const auto s =
        config::Schema<SoftmaxConfig>("Softmax.")
            .optional("axis", &SoftmaxConfig::axis, "The dimension that sums to 1.");
    return s;
  }
};

Value build_softmax(const SoftmaxConfig& c, LayerContext& context, Value x) {
  return context.emitter.softmax(context.name, x, c.axis);
}

struct LayerNormConfig {
  double eps = 1e-5;
  static const config::Schema<LayerNormConfig>& schema() {
    static const auto s =
        config::Schema<LayerNormConfig>("Layer norm over the last dimension.")
            .optional("eps", &LayerNormConfig::eps, at_least(0), "Added to the variance.");
    return s;
  }
};

Value build_layer_norm(const LayerNormConfig& c, LayerContext& context, Value x) {
  return context.emitter.layer_norm(context.name, x, c.eps);
}

struct FlattenConfig {
  static const config::Schema<FlattenConfig>& schema() {
    static const auto s = config::Schema<FlattenConfig>("All dimensions but the batch as one.");
    return s;
  }
};

// A view must not stand in the middle of a chain: close first.
Value build_flatten(const FlattenConfig&, LayerContext& context, Value x) {
  Emitter& e = context.emitter;
  const std::int64_t n = e.shape(x).at(0);
  return e.reshape(context.name, e.closed(x), {n, trace::elements(e.shape(x)) / n});
}

}  // namespace

Value build_mlp(Emitter& e, Value x, const std::vector<std::int64_t>& features,
                Activation activation, Activation last_activation) {
  for (std::size_t i = 0; i < features.size(); ++i) {
    const std::string name = "fc" + std::to_string(i + 1);
    const Activation a = i + 1 < features.size() ? activation : last_activation;
    x = e.activation(name + ".act", a, e.linear(name, x, features[i], true));
  }
  return x;
}

std::vector<LayerType> plain_layers() {
  return {layer_type("linear", build_linear),         layer_type("mlp", build_mlp_layer),
          layer_type("activation", build_activation), layer_type("softmax", build_softmax),
          layer_type("layer_norm", build_layer_norm), layer_type("flatten", build_flatten)};
}

}  // namespace mantissa::workloads
