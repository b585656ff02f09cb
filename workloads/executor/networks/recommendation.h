// SPDX-License-Identifier: Apache-2.0
// DLRM (Naumov et al. 2019). A bottom MLP reads the dense features; its output and one row of every
// table are multiplied with each other, every pair once; these products and the bottom output go
// into the top MLP.
//
//   Dlrm net(options);                          // options.rows: rows of each table
//   at::Tensor click = net.forward(dense, indices);   // [N,13] and [N,26] -> [N,1]
//
// Without tables the pairwise products are a buffer `interactions` [options.batch, 351], as the
// network dlrm_mlp has them.
#pragma once

#include "workloads/executor/networks/layers.h"

namespace mantissa::workloads {

class Dlrm final : public Model {
 public:
  explicit Dlrm(const NetworkOptions& options);

  // With the buffer's products; batch as options.batch.
  at::Tensor forward(at::Tensor dense) override;
  at::Tensor forward(const at::Tensor& dense, const at::Tensor& indices);

 private:
  at::Tensor top(const at::Tensor& bottom, const at::Tensor& pairs);

  Layer bottom_, top_;
  at::Tensor interactions_;
  std::vector<at::Tensor> tables_;
  at::Tensor first_, second_;  // the pairs, i > j
};

}  // namespace mantissa::workloads
