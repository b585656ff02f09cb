// SPDX-License-Identifier: Apache-2.0
// Straight-through estimators: the value of f(x), the gradient of x.
//
//   at::Tensor q = straight_through(w, [](const at::Tensor& w) { return rounded(w); });
//   q.sum().backward();                                     // w.grad() is all ones
#pragma once

#include "workloads/executor/torch.h"

namespace mantissa::workloads {

// f sees x without gradient and returns a tensor of its shape. Where `inside` is given, a mask of
// that shape, the gradient passes only there: a clipped value learns nothing.
class StraightThrough : public torch::autograd::Function<StraightThrough> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& /*x*/,
                            const at::Tensor& value, const c10::optional<at::Tensor>& inside) {
    context->save_for_backward({inside.value_or(at::Tensor())});
    return value;
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const at::Tensor inside = context->get_saved_variables()[0];
    const at::Tensor g = gradients[0];
    return {inside.defined() ? g * inside : g, at::Tensor(), at::Tensor()};
  }
};

// What apply takes for a mask: libtorch wants no undefined tensor among its inputs.
inline c10::optional<at::Tensor> given(const at::Tensor& mask) {
  return mask.defined() ? c10::optional<at::Tensor>(mask) : c10::nullopt;
}

template <class F>
at::Tensor straight_through(const at::Tensor& x, F f, const at::Tensor& inside = {}) {
  at::Tensor value;
  {
    const torch::NoGradGuard no_gradient;
    value = f(x.detach());
  }
  return StraightThrough::apply(x, value, given(inside));
}

}  // namespace mantissa::workloads
