// SPDX-License-Identifier: Apache-2.0
// One layer of long short-term memory (Hochreiter and Schmidhuber 1997), 300 -> 512:
//
//   i, f, g, o = split(x_t W_x + b + h W_h)        gates: sigmoid, sigmoid, tanh, sigmoid
//   c = f c + i g,  h = o tanh(c)
//
// The input products of all steps are one matrix product; one bias per gate. libtorch's own LSTM
// computes a step in one operator, and has two biases.
#include "workloads/executor/networks/layers.h"

namespace mantissa::workloads {

namespace {

constexpr std::int64_t features = 300, hidden = 512, gates = 4 * hidden;

// [N,L,300] to the last state [N,512]. The first states are buffers for options.batch sequences,
// zeros for any other number.
class Lstm final : public Model {
 public:
  explicit Lstm(const NetworkOptions& options)
      : hidden_(register_buffer("initial_hidden", torch::zeros({options.batch, hidden}))),
        cell_(register_buffer("initial_cell", torch::zeros({options.batch, hidden}))) {}

  at::Tensor forward(at::Tensor x) override {
    const std::int64_t n = x.size(0), length = x.size(1);
    const at::Tensor projected =
        input_->forward(x.reshape({n * length, features})).reshape({n, length, gates});
    at::Tensor h = first(hidden_, n), c = first(cell_, n);
    for (std::int64_t t = 0; t < length; ++t) {
      const at::Tensor sum = recurrent_->forward(h) + projected.select(1, t);
      const std::vector<at::Tensor> part = sum.chunk(4, 1);
      const at::Tensor i = at::sigmoid(part[0]), f = at::sigmoid(part[1]);
      const at::Tensor g = at::tanh(part[2]), o = at::sigmoid(part[3]);
      const at::Tensor kept = f * c;
      c = kept + i * g;
      h = o * at::tanh(c);
    }
    return h;
  }

 private:
  static at::Tensor first(const at::Tensor& state, std::int64_t n) {
    return state.size(0) == n ? state : torch::zeros({n, hidden});
  }

  Layer input_ = register_module("input", linear(features, gates));
  Layer recurrent_ = register_module("recurrent", linear(hidden, gates, false));
  at::Tensor hidden_, cell_;
};

}  // namespace

Networks recurrent_networks() {
  return {{"lstm",
           [](const NetworkOptions& options) -> Layer { return std::make_shared<Lstm>(options); }}};
}

}  // namespace mantissa::workloads
