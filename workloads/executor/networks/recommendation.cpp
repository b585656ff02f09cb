// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/networks/recommendation.h"

namespace mantissa::workloads {

namespace {

constexpr std::int64_t tables = 26, dense_features = 13, pairs = (tables + 1) * tables / 2;

}  // namespace

Dlrm::Dlrm(const NetworkOptions& options) {
  const std::int64_t width = options.mlperf ? 128 : 16;
  std::vector<std::int64_t> top{width + pairs, 512, 256, 1};
  if (options.mlperf) top = {width + pairs, 1024, 1024, 512, 256, 1};
  std::vector<std::int64_t> bottom{dense_features, 512, 256, 64, width};
  if (options.mlperf) bottom = {dense_features, 512, 256, width};
  bottom_ = register_module("bottom", mlp(bottom, relu, relu));
  top_ = register_module("top", mlp(top, relu, sigmoid));
  interactions_ = register_buffer("interactions", torch::zeros({options.batch, pairs}));
  for (std::size_t i = 0; i < options.rows.size(); ++i) {
    tables_.push_back(
        register_parameter("table" + std::to_string(i), torch::zeros({options.rows[i], width})));
  }
  std::vector<std::int64_t> first, second;
  for (std::int64_t i = 1; i <= tables; ++i) {
    for (std::int64_t j = 0; j < i; ++j) {
      first.push_back(i);
      second.push_back(j);
    }
  }
  first_ = torch::tensor(first);
  second_ = torch::tensor(second);
}

at::Tensor Dlrm::top(const at::Tensor& bottom, const at::Tensor& products) {
  return top_->forward(at::cat({bottom, products}, 1));
}

at::Tensor Dlrm::forward(at::Tensor dense) { return top(bottom_->forward(dense), interactions_); }

at::Tensor Dlrm::forward(const at::Tensor& dense, const at::Tensor& indices) {
  std::vector<at::Tensor> vectors{bottom_->forward(dense)};
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    vectors.push_back(at::embedding(tables_[i], indices.select(1, static_cast<std::int64_t>(i))));
  }
  const at::Tensor all = at::stack(vectors, 1);
  const at::Tensor products = at::matmul(all, all.transpose(1, 2)).flatten(1);
  return top(vectors.front(), at::index_select(products, 1, first_ * (tables + 1) + second_));
}

Networks recommendation_networks() {
  return {{"dlrm",
           [](const NetworkOptions& options) -> Layer { return std::make_shared<Dlrm>(options); }}};
}

}  // namespace mantissa::workloads
