// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/networks/layers.h"

#include <algorithm>

namespace mantissa::workloads {

namespace {

class Convolution final : public Product {
 public:
  Convolution(std::int64_t in, std::int64_t out, const Sizes& kernel, std::int64_t stride,
              Sizes padding, std::int64_t groups, bool bias)
      : stride_(stride),
        groups_(groups),
        padding_(std::move(padding)),
        weight_(register_parameter("weight",
                                   torch::zeros({out, in / groups, kernel.at(0), kernel.at(1)}))),
        bias_(bias ? register_parameter("bias", torch::zeros({out})) : at::Tensor()) {}
  at::Tensor product(const at::Tensor& x, const at::Tensor& weights) const override {
    return at::conv2d(x, weights, bias_, stride_, padding_, 1, groups_);
  }
  const at::Tensor& weight() const override { return weight_; }
  const at::Tensor& bias() const override { return bias_; }
  Window window() const override {
    return {{weight_.size(2), weight_.size(3)}, padding_, stride_, groups_};
  }

 private:
  std::int64_t stride_, groups_;
  Sizes padding_;
  at::Tensor weight_, bias_;
};

class Linear final : public Product {
 public:
  Linear(std::int64_t in, std::int64_t out, bool bias)
      : weight_(register_parameter("weight", torch::zeros({out, in}))),
        bias_(bias ? register_parameter("bias", torch::zeros({out})) : at::Tensor()) {}
  at::Tensor product(const at::Tensor& x, const at::Tensor& weights) const override {
    return at::linear(x, weights, bias_);
  }
  const at::Tensor& weight() const override { return weight_; }
  const at::Tensor& bias() const override { return bias_; }

 private:
  at::Tensor weight_, bias_;
};

class BatchNorm final : public Model {
 public:
  BatchNorm(std::int64_t channels, double eps)
      : eps_(eps),
        weight_(register_parameter("weight", torch::zeros({channels}))),
        bias_(register_parameter("bias", torch::zeros({channels}))),
        mean_(register_buffer("running_mean", torch::zeros({channels}))),
        variance_(register_buffer("running_var", torch::ones({channels}))) {}
  at::Tensor forward(at::Tensor x) override {
    return at::batch_norm(x, weight_, bias_, mean_, variance_, is_training(), 0.1, eps_, false);
  }

 private:
  double eps_;
  at::Tensor weight_, bias_, mean_, variance_;
};

class LayerNorm final : public Model {
 public:
  LayerNorm(std::int64_t width, double eps)
      : eps_(eps),
        weight_(register_parameter("weight", torch::zeros({width}))),
        bias_(register_parameter("bias", torch::zeros({width}))) {}
  at::Tensor forward(at::Tensor x) override {
    return at::layer_norm(x, {weight_.size(0)}, weight_, bias_, eps_);
  }

 private:
  double eps_;
  at::Tensor weight_, bias_;
};

class GroupNorm final : public Model {
 public:
  GroupNorm(std::int64_t channels, bool from_one)
      : from_one_(from_one),
        weight_(register_parameter(from_one ? "scale" : "weight", torch::zeros({channels}))),
        bias_(register_parameter("bias", torch::zeros({channels}))) {}
  at::Tensor forward(at::Tensor x) override {
    return at::group_norm(x, group_count(x.size(1)), from_one_ ? weight_ + 1 : weight_, bias_, 1e-5,
                          false);
  }

 private:
  bool from_one_;
  at::Tensor weight_, bias_;
};

class Function final : public Model {
 public:
  explicit Function(std::function<at::Tensor(const at::Tensor&)> f) : f_(std::move(f)) {}
  at::Tensor forward(at::Tensor x) override { return f_(x); }

 private:
  std::function<at::Tensor(const at::Tensor&)> f_;
};

class Dropout final : public Model {
 public:
  explicit Dropout(double p) : p_(p) {}
  at::Tensor forward(at::Tensor x) override { return is_training() ? at::dropout(x, p_, true) : x; }

 private:
  double p_;
};

}  // namespace

at::Tensor Chain::forward(at::Tensor x) {
  for (const Layer& layer : layers_) x = layer->forward(x);
  return x;
}

Residual::Residual(Layer shortcut, std::function<at::Tensor(const at::Tensor&)> after)
    : shortcut_(std::move(shortcut)), after_(std::move(after)) {
  if (shortcut_) register_module("downsample", shortcut_);
}

at::Tensor Residual::forward(at::Tensor x) {
  const at::Tensor y = Chain::forward(x);
  const at::Tensor sum = y + (shortcut_ ? shortcut_->forward(x) : x);
  return after_ ? after_(sum) : sum;
}

Branches::Branches(const std::vector<std::pair<std::string, Layer>>& branches) {
  for (const auto& [name, branch] : branches) branches_.push_back(register_module(name, branch));
}

at::Tensor Branches::forward(at::Tensor x) {
  std::vector<at::Tensor> parts;
  for (const Layer& branch : branches_) parts.push_back(branch->forward(x));
  return at::cat(parts, 1);
}

std::vector<std::pair<std::string, std::shared_ptr<Product>>> products_of(
    torch::nn::Module& network) {
  std::vector<std::pair<std::string, std::shared_ptr<Product>>> out;
  for (const auto& module : network.named_modules("", false))
    if (auto product = std::dynamic_pointer_cast<Product>(module.value()))
      out.emplace_back(module.key(), std::move(product));
  return out;
}

Layer convolution(std::int64_t in, std::int64_t out, Sizes kernel, std::int64_t stride,
                  Sizes padding, std::int64_t groups, bool bias) {
  return std::make_shared<Convolution>(in, out, kernel, stride, std::move(padding), groups, bias);
}

Layer linear(std::int64_t in, std::int64_t out, bool bias) {
  return std::make_shared<Linear>(in, out, bias);
}

Layer batch_norm(std::int64_t channels, double eps) {
  return std::make_shared<BatchNorm>(channels, eps);
}

Layer layer_norm(std::int64_t width, double eps) { return std::make_shared<LayerNorm>(width, eps); }

Layer group_norm(std::int64_t channels, bool from_one) {
  return std::make_shared<GroupNorm>(channels, from_one);
}

std::int64_t group_count(std::int64_t channels) {
  for (const std::int64_t groups : {std::min<std::int64_t>(32, channels / 2), std::int64_t{24},
                                    std::int64_t{16}, std::int64_t{8}}) {
    if (groups > 0 && channels % groups == 0) return groups;
  }
  return 1;
}

Layer function(std::function<at::Tensor(const at::Tensor&)> f) {
  return std::make_shared<Function>(std::move(f));
}

Layer max_pool(std::int64_t kernel, std::int64_t stride, std::int64_t padding, bool ceil_mode) {
  return function([=](const at::Tensor& x) {
    return at::max_pool2d(x, kernel, stride, padding, 1, ceil_mode);
  });
}

Layer global_avg_pool() {
  return function([](const at::Tensor& x) {
    return at::adaptive_avg_pool2d(x, {1, 1}).flatten(1);
  });
}

Layer flatten() {
  return function([](const at::Tensor& x) { return x.flatten(1); });
}

Layer dropout(double p) { return std::make_shared<Dropout>(p); }

std::shared_ptr<Chain> mlp(const std::vector<std::int64_t>& widths,
                           const std::function<at::Tensor(const at::Tensor&)>& f,
                           const std::function<at::Tensor(const at::Tensor&)>& last) {
  auto chain = std::make_shared<Chain>();
  for (std::size_t i = 1; i < widths.size(); ++i) {
    const std::string n = std::to_string(i);
    chain->add("fc" + n, linear(widths[i - 1], widths[i]));
    const auto& after = i + 1 < widths.size() ? f : last;
    if (after) chain->add("act" + n, function(after));
  }
  return chain;
}

}  // namespace mantissa::workloads
