// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/fake_quantize.h"

#include <torch/library.h>

#include "base/numerics/quantize/tensor_format.h"
#include "workloads/executor/operators.h"
#include "workloads/executor/straight_through.h"

namespace mantissa::workloads {

namespace {

const trace::OpSpec& row() { return trace::spec(trace::OpKind::fake_quantize); }

// Where the format holds x; undefined: everywhere.
at::Tensor inside(const at::Tensor& x, const at::Tensor& coarse,
                  const trace::Attributes& attributes) {
  const numerics::TensorFormat format = numerics::tensor_format(attributes);
  const numerics::IntegerQuantization& i = format.integer;
  at::Tensor mask;
  if (format.block || (i.is_signed && !coarse.defined())) return mask;
  if (!i.is_signed) mask = x.ge(0);
  if (!coarse.defined()) return mask;
  const bool two_levels = i.granularity == numerics::Granularity::vector && i.scale_bits > 0;
  const double codes = i.greatest() * (two_levels ? i.greatest_scale() : 1.0);
  at::Tensor range = coarse.to(at::kFloat) * codes;
  if (range.numel() > 1) {  // channels: the dimensions before the axis
    const auto found = attributes.find("axis");
    std::int64_t axis = found == attributes.end() ? 1 : std::get<std::int64_t>(found->second);
    if (axis < 0) axis += x.dim();
    std::vector<std::int64_t> shape(static_cast<std::size_t>(x.dim()), 1);
    for (std::int64_t d = 0; d < axis; ++d) shape[static_cast<std::size_t>(d)] = x.size(d);
    range = range.reshape(shape);
  }
  const at::Tensor below = x.abs().le(range);
  return mask.defined() ? mask.logical_and(below) : below;
}

// The operator where something may want gradients: the kernel's value, gradients straight through.
class Differentiable final : public c10::OperatorKernel {
 public:
  void operator()(const c10::OperatorHandle& handle, c10::DispatchKeySet,
                  torch::jit::Stack* stack) {
    const std::size_t n = row().inputs.size() + row().attributes.size() + 1;
    const std::vector<c10::IValue> arguments = torch::jit::last(*stack, n).vec();
    const at::Tensor x = arguments.at(0).toTensor();
    {
      const at::AutoDispatchBelowADInplaceOrView below;
      handle.callBoxed(*stack);
    }
    if (!at::GradMode::is_enabled() || !x.requires_grad()) return;
    const at::Tensor value = torch::jit::pop(*stack).toTensor();
    at::Tensor mask;
    {
      const torch::NoGradGuard no_gradient;
      const at::Tensor coarse =
          arguments.at(1).isTensor() ? arguments.at(1).toTensor() : at::Tensor();
      mask = inside(x.detach(), coarse, operator_attributes(row(), arguments));
    }
    torch::jit::push(*stack, StraightThrough::apply(x, value, given(mask)));
  }
};

TORCH_LIBRARY_IMPL(mantissa, Autograd, library) {
  library.impl("fake_quantize",
               torch::CppFunction::makeFromBoxedFunctor(std::make_unique<Differentiable>()));
}

}  // namespace

at::Tensor fake_quantize(const at::Tensor& x, std::int64_t axis, const trace::Attributes& format,
                         const at::Tensor& coarse) {
  trace::Attributes attributes = format;
  attributes["axis"] = axis;
  std::vector<at::Tensor> operands{x};
  if (coarse.defined()) operands.push_back(coarse);
  return evaluate(trace::OpKind::fake_quantize, operands, attributes);
}

}  // namespace mantissa::workloads
