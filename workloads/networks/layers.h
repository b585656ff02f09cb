// SPDX-License-Identifier: Apache-2.0
// The layer types that networks are composed of. A layer takes the value before it and its own
// parameters, which it declares as any component does, and writes operators.
//
// Shapes between layers: images [N,C,H,W], sequences [N,L,F], features [N,F]. A layer that cannot
// take what it is given throws Error(layer_input) with the place of the layer in the file.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/config/schema.h"
#include "workloads/networks/emitter.h"

namespace mantissa::workloads {

// What a layer sees of the network around it.
struct LayerContext {
  Emitter& emitter;
  std::string name;   // of this layer, unique in its list
  Place place;        // of this layer in the file
  Value* tied_table;  // the token table, for a head that shares it; no_tensor when there is none
};

struct LayerType {
  std::string name;
  std::string doc;
  std::vector<config::ParameterInfo> parameters;
  std::function<Value(const config::Node& arguments, LayerContext&, Value)> build;
};

// All of them, sorted by name.
const std::vector<LayerType>& layer_types();

// Throws Error(layer_input) unless x has `rank` dimensions.
void expect_rank(const LayerContext& context, Value x, std::size_t rank, const char* what);
[[noreturn]] void refuse_input(const LayerContext& context, Value x, const std::string& expected);

template <class Config>
LayerType layer_type(const char* name, Value (*build)(const Config&, LayerContext&, Value)) {
  return {name, Config::schema().doc(), Config::schema().parameters(),
          [build](const config::Node& arguments, LayerContext& context, Value x) {
            return build(Config::schema().parse(arguments), context, x);
          }};
}

// The families.
std::vector<LayerType> convolution_layers();
std::vector<LayerType> residual_layers();
std::vector<LayerType> plain_layers();
std::vector<LayerType> transformer_layers();
std::vector<LayerType> recurrent_layers();
std::vector<LayerType> recommendation_layers();

// Fully connected layers one after the other, for the types that contain some.
Value build_mlp(Emitter& emitter, Value x, const std::vector<std::int64_t>& features,
                Activation activation, Activation last_activation);

}  // namespace mantissa::workloads

namespace mantissa::config {
template <>
struct EnumNames<workloads::Activation> {
  static const std::vector<std::pair<workloads::Activation, const char*>>& names();
};
}  // namespace mantissa::config
