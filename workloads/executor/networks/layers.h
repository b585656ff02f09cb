// SPDX-License-Identifier: Apache-2.0
// The layers that networks are composed of, each a module of one tensor to one tensor.
//
//   auto net = std::make_shared<Chain>();
//   net->add("conv", convolution(1, 16, {3, 3}, 1, {1, 1}));
//   net->add("relu", function(at::relu));
//
// libtorch's own modules draw their contents from the global generator when they are made, twice
// the time for nothing here; these start at zero (weights.h fills them) and say what they compute
// in one line.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "workloads/executor/networks/network.h"

namespace mantissa::workloads {

using Layer = std::shared_ptr<Model>;

// One after the other.
class Chain : public Model {
 public:
  // Returns the layer: chain->add("fc", linear(64, 10)).
  template <class L>
  std::shared_ptr<L> add(const std::string& name, std::shared_ptr<L> layer) {
    layers_.push_back(register_module(name, layer));
    return layer;
  }
  at::Tensor forward(at::Tensor x) override;

 private:
  std::vector<Layer> layers_;
};

// The sum of a chain's result and the input, or what `shortcut` makes of it; then `after`.
class Residual final : public Chain {
 public:
  Residual(Layer shortcut, std::function<at::Tensor(const at::Tensor&)> after);
  at::Tensor forward(at::Tensor x) override;

 private:
  Layer shortcut_;
  std::function<at::Tensor(const at::Tensor&)> after_;
};

// Branches side by side, concatenated along the channels.
class Branches final : public Model {
 public:
  explicit Branches(const std::vector<std::pair<std::string, Layer>>& branches);
  at::Tensor forward(at::Tensor x) override;

 private:
  std::vector<Layer> branches_;
};

using Sizes = std::vector<std::int64_t>;  // height, width

// A layer that multiplies its input by weights: a convolution or a fully connected one. What
// `instead` says is computed in its place (workloads/precision/formats has narrow formats there).
class Product : public Model {
 public:
  at::Tensor forward(at::Tensor x) final { return instead ? instead(x) : product(x, weight()); }
  // With these weights, shaped like the layer's, and the layer's bias, if it has one.
  virtual at::Tensor product(const at::Tensor& x, const at::Tensor& weights) const = 0;
  virtual const at::Tensor& weight() const = 0;
  virtual const at::Tensor& bias() const = 0;  // perhaps undefined

  struct Window {
    Sizes kernel, padding;  // empty: fully connected
    std::int64_t stride = 1, groups = 1;
  };
  virtual Window window() const { return {}; }

  std::function<at::Tensor(const at::Tensor& x)> instead;
};
// Those of a network by name ("layer1.0.conv1"), in the order of its modules.
std::vector<std::pair<std::string, std::shared_ptr<Product>>> products_of(
    torch::nn::Module& network);

// Weights [out, in/groups, kernel...].
Layer convolution(std::int64_t in, std::int64_t out, Sizes kernel, std::int64_t stride = 1,
                  Sizes padding = {0, 0}, std::int64_t groups = 1, bool bias = false);
// Weights [out, in].
Layer linear(std::int64_t in, std::int64_t out, bool bias = true);
Layer batch_norm(std::int64_t channels, double eps = 1e-5);
Layer layer_norm(std::int64_t width, double eps = 1e-5);
// min(32, C/2) groups, else the first of 24, 16, 8 that divides C; scale 1 + a' if `from_one`
// (arXiv 2006.13977).
Layer group_norm(std::int64_t channels, bool from_one);
std::int64_t group_count(std::int64_t channels);

Layer function(std::function<at::Tensor(const at::Tensor&)> f);
Layer max_pool(std::int64_t kernel, std::int64_t stride, std::int64_t padding = 0,
               bool ceil_mode = false);
Layer global_avg_pool();  // [N,C,H,W] -> [N,C]
Layer flatten();          // all but the batch
Layer dropout(double p);

// Fully connected layers fc1, fc2, ... with `f` between them, and `last` after them if given.
std::shared_ptr<Chain> mlp(const std::vector<std::int64_t>& widths,
                           const std::function<at::Tensor(const at::Tensor&)>& f,
                           const std::function<at::Tensor(const at::Tensor&)>& last = {});

// at::relu as what it is here: not one of its overloads.
inline at::Tensor relu(const at::Tensor& x) { return at::relu(x); }
inline at::Tensor relu6(const at::Tensor& x) { return at::relu6(x); }
inline at::Tensor gelu(const at::Tensor& x) { return at::gelu(x); }
inline at::Tensor sigmoid(const at::Tensor& x) { return at::sigmoid(x); }

}  // namespace mantissa::workloads
