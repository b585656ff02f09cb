// SPDX-License-Identifier: Apache-2.0
// Pooling and its gradients.
#include "workloads/executor/recorder/recording.h"
#include "workloads/executor/tensor.h"

namespace mantissa::workloads {

using trace::Attributes;
using trace::OpKind;

namespace {

// (kernel, stride, padding) from position `at`; a stride that is not given is the kernel's.
Attributes window(const Call& c, std::size_t at) {
  const auto kernel = shortest(c.integers(at)), padding = shortest(c.integers(at + 2));
  auto stride = shortest(c.integers(at + 1));
  if (stride.empty()) stride = kernel;
  Attributes a{{"kernel_size", kernel}, {"stride", stride}};
  if (padding != std::vector<std::int64_t>{0}) a["padding"] = padding;
  return a;
}

// aten::max_pool2d(x, kernel, stride, padding, dilation, ceil_mode)
Attributes maximum(const Call& c, std::size_t at) {
  Attributes a = window(c, at);
  if (shortest(c.integers(at + 3)) != std::vector<std::int64_t>{1}) {
    a["dilation"] = shortest(c.integers(at + 3));
  }
  if (c.flag(at + 4)) a["ceil_mode"] = true;
  return a;
}

// aten::avg_pool2d(x, kernel, stride, padding, ceil_mode, count_include_pad, divisor)
Attributes average(const Call& c, std::size_t at) {
  Attributes a = window(c, at);
  if (c.flag(at + 3)) a["ceil_mode"] = true;
  if (!c.flag(at + 4, true)) a["count_include_pad"] = false;
  if (!c.absent(at + 5)) a["divisor"] = c.integer(at + 5);
  return a;
}

// aten::adaptive_avg_pool2d(x, [h, w]): whole windows, or one of all pixels.
bool even_windows(const std::vector<c10::IValue>& in) {
  const at::Tensor& x = in[0].toTensor();
  const auto size = in[1].toIntVector();
  return x.dim() == 4 && size.size() == 2 && x.size(2) % size[0] == 0 && x.size(3) % size[1] == 0;
}

void adaptive(Call& c) {
  const auto size = c.integers(1);
  if (size == std::vector<std::int64_t>{1, 1}) {
    c.emit(OpKind::global_avg_pool2d, {c.in(0)}, {}, {c.out()});
    return;
  }
  const std::vector<std::int64_t> kernel{c.tensor(0).size(2) / size[0],
                                         c.tensor(0).size(3) / size[1]};
  c.emit(OpKind::avg_pool2d, {c.in(0)}, {{"kernel_size", shortest(kernel)}}, {c.out()});
}

// aten::_adaptive_avg_pool2d_backward(grad_output, x)
void adaptive_backward(Call& c) {
  const std::vector<std::int64_t> kernel{c.tensor(1).size(2) / c.tensor(0).size(2),
                                         c.tensor(1).size(3) / c.tensor(0).size(3)};
  c.emit(OpKind::pool2d_grad, {c.in(0), c.in(1)},
         {{"mode", std::string("avg")}, {"kernel_size", kernel}}, {c.out()});
}

}  // namespace

void add_window_rules(Rules& r) {
  const auto image = [](const std::vector<c10::IValue>& in) {
    return !in.empty() && in[0].isTensor() && in[0].toTensor().dim() == 4;
  };
  // In training the positions are kept for the gradient, so the operator below is recorded.
  r["aten::max_pool2d"] = {
      [](Call& c) { c.emit(OpKind::max_pool2d, {c.in(0)}, maximum(c, 1), {c.out()}); },
      [=](const std::vector<c10::IValue>& in) {
        return image(in) && !(at::GradMode::is_enabled() && in[0].toTensor().requires_grad());
      }};
  r["aten::max_pool2d_with_indices"] = {
      [](Call& c) {
        c.emit(OpKind::max_pool2d, {c.in(0)}, maximum(c, 1), {c.out(0), c.out(1)});
      },
      image};
  r["aten::max_pool2d_with_indices_backward"] = {
      [](Call& c) {
        c.emit(OpKind::pool2d_grad, {c.in(0), c.in(1), c.in(7)}, maximum(c, 2), {c.out()});
      },
      image};
  r["aten::avg_pool2d"] = {
      [](Call& c) { c.emit(OpKind::avg_pool2d, {c.in(0)}, average(c, 1), {c.out()}); }, image};
  r["aten::avg_pool2d_backward"] = {[](Call& c) {
                                      Attributes a = average(c, 2);
                                      a["mode"] = std::string("avg");
                                      c.emit(OpKind::pool2d_grad, {c.in(0), c.in(1)}, a, {c.out()});
                                    },
                                    image};
  r["aten::adaptive_avg_pool2d"] = {adaptive, even_windows};
  r["aten::_adaptive_avg_pool2d_backward"] = {
      adaptive_backward, [](const std::vector<c10::IValue>& in) {
        const at::Tensor &g = in[0].toTensor(), &x = in[1].toTensor();
        return x.dim() == 4 && x.size(2) % g.size(2) == 0 && x.size(3) % g.size(3) == 0;
      }};
}

}  // namespace mantissa::workloads
