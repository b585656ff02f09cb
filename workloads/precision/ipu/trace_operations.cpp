// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/ipu/trace_operations.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>

#include "base/numerics/evaluate.h"
#include "base/numerics/fp16.h"
#include "base/numerics/random_fill.h"
#include "base/trace/safetensors.h"
#include "base/trace/vocabulary.h"
#include "base/trace/window.h"

namespace mantissa::workloads::ipu {
namespace {

using numerics::Value;
using trace::Op;
using trace::OpKind;
using trace::Shape;
using trace::TensorId;
using trace::Trace;
using Codes = std::vector<std::uint32_t>;

Codes half_codes(const Value& value) {
  const std::vector<float> floats = value.floats();
  Codes out(floats.size());
  std::transform(floats.begin(), floats.end(), out.begin(),
                 [](float x) { return numerics::to_fp16(x).bits; });
  return out;
}

// One operator's products as numbers of operands: output `y`, position `x` of its k products.
// Operands that are padding are -1.
using Pair = std::pair<std::int64_t, std::int64_t>;
constexpr Pair absent{-1, -1};
struct Products {
  std::int64_t outputs = 0, k = 0;
  std::function<Pair(std::int64_t y, std::int64_t x)> operands;
};

Products of_matmul(const Trace& trace, const Op& op) {
  const Shape &a = trace.tensor(op.inputs[0]).shape, &b = trace.tensor(op.inputs[1]).shape;
  const bool ta = op.flag("transpose_a", false), tb = op.flag("transpose_b", false);
  const auto last = [](const Shape& s, std::size_t back) { return s[s.size() - back]; };
  const std::int64_t m = last(a, ta ? 1 : 2), k = last(a, ta ? 2 : 1), n = last(b, tb ? 2 : 1);
  const std::int64_t batches =
      trace.tensor(op.outputs[0]).elements() / std::max<std::int64_t>(m * n, 1);
  const std::int64_t of_a = trace::elements(a) / std::max<std::int64_t>(m * k, 1);
  const std::int64_t of_b = trace::elements(b) / std::max<std::int64_t>(k * n, 1);
  // A batch dimension of 1 between others would need more than a remainder.
  const bool plain = (of_a == batches || of_a == 1) && (of_b == batches || of_b == 1);
  if (!plain) return {};
  return {batches * m * n, k, [=](std::int64_t y, std::int64_t x) {
            const std::int64_t batch = y / (m * n), row = y / n % m, column = y % n;
            return Pair(batch % of_a * m * k + (ta ? x * m + row : row * k + x),
                        batch % of_b * k * n + (tb ? column * k + x : x * n + column));
          }};
}

Products of_convolution(const Trace& trace, const Op& op) {
  const trace::Tensor &image = trace.tensor(op.inputs[0]), &weight = trace.tensor(op.inputs[1]);
  const trace::Window w = trace::window_of(op, {&image, &weight});
  const Shape &in = image.shape, &out = trace.tensor(op.outputs[0]).shape;
  const std::int64_t channels = in[1] / w.groups, filters = out[1] / w.groups;
  const std::int64_t height = in[2], width = in[3], area = out[2] * out[3];
  const std::int64_t all_channels = in[1], all_filters = out[1], out_width = out[3];
  return {trace::elements(out), w.kernel[0] * w.kernel[1] * channels,
          [=](std::int64_t y, std::int64_t x) {
            const std::int64_t filter = y / area % all_filters, pixel = y % area;
            const std::int64_t c = x % channels, kx = x / channels % w.kernel[1];
            const std::int64_t ky = x / channels / w.kernel[1];
            const std::int64_t row =
                pixel / out_width * w.stride[0] - w.before[0] + ky * w.dilation[0];
            const std::int64_t column =
                pixel % out_width * w.stride[1] - w.before[1] + kx * w.dilation[1];
            const bool inside = row >= 0 && row < height && column >= 0 && column < width;
            const std::int64_t channel = filter / filters * channels + c;
            const std::int64_t sample = y / area / all_filters;
            return Pair(
                inside ? ((sample * all_channels + channel) * height + row) * width + column : -1,
                ((filter * channels + c) * w.kernel[0] + ky) * w.kernel[1] + kx);
          }};
}

// The values of a trace, as far as they are needed by operators to come.
class Values {
 public:
  explicit Values(const LoadedWorkload& workload)
      : workload_(workload), trace_(workload.traces.front()), readers_(trace_.tensors.size()) {
    if (!trace_.operands_file.empty())
      file_ = std::make_unique<trace::SafetensorsFile>(trace_.operands_file);
    for (const Op& op : trace_.ops)
      for (const TensorId id : op.inputs)
        if (id != trace::no_tensor) ++readers_[id];
  }

  // nullptr: not known.
  const Value* find(TensorId id) {
    const auto known = values_.find(id);
    if (known != values_.end()) return &known->second;
    const trace::Tensor& tensor = trace_.tensor(id);
    if (tensor.role == trace::Role::activation) return nullptr;
    Value value(tensor.format, tensor.shape);
    if (workload_.operands)
      value.data = workload_.operands(trace_, tensor);
    else if (file_)
      value.data = file_->bytes(tensor.name);
    else
      value.data = synthetic_operands(workload_.seed)(trace_, tensor);
    return &(values_[id] = std::move(value));
  }

  // Computes the operator's outputs if that can be done, and forgets what nobody reads any more.
  void evaluate(const Op& op) {
    std::vector<const Value*> inputs;
    bool known = numerics::can_evaluate(op.kind);
    for (const TensorId id : op.inputs) {
      inputs.push_back(id == trace::no_tensor || !known ? nullptr : find(id));
      known = known && (id == trace::no_tensor || inputs.back() != nullptr);
    }
    if (known) {
      try {
        std::vector<Value> outputs = numerics::evaluate(trace_, op, inputs, {});
        for (std::size_t i = 0; i < outputs.size(); ++i)
          if (readers_[op.outputs[i]] > 0) values_[op.outputs[i]] = std::move(outputs[i]);
      } catch (const Error& error) {
        if (&error.kind() != &numerics::unsupported_op) throw;
      }
    }
    for (const TensorId id : op.inputs)
      if (id != trace::no_tensor && --readers_[id] == 0) values_.erase(id);
  }

 private:
  const LoadedWorkload& workload_;
  const Trace& trace_;
  std::unique_ptr<trace::SafetensorsFile> file_;
  std::vector<std::size_t> readers_;  // operators that are still to come
  std::map<TensorId, Value> values_;
};

bool is_product(const Trace& trace, const Op& op) {
  return (op.kind == OpKind::matmul || op.kind == OpKind::conv2d) &&
         trace::is_float(trace.tensor(op.inputs[0]).format) &&
         trace::is_float(trace.tensor(op.inputs[1]).format);
}

// Operations of random outputs and places along k.
void add_sample(const Products& products, const Codes& a, const Codes& b,
                const numerics::RandomStream& draw, std::int64_t count, Operations& to) {
  const std::int64_t blocks = (products.k + to.lanes - 1) / to.lanes;
  const auto code = [](const Codes& codes, std::int64_t at) {
    return at < 0 ? 0 : codes[static_cast<std::size_t>(at)];
  };
  for (std::int64_t s = 0; s < count; ++s) {
    const auto number = 2 * static_cast<std::uint64_t>(s);
    const std::int64_t output = draw.integer(number, 0, products.outputs - 1);
    const std::int64_t block = draw.integer(number + 1, 0, blocks - 1);
    for (std::int64_t k = block * to.lanes; k < (block + 1) * to.lanes; ++k) {
      const bool within = k < products.k;
      const auto at = within ? products.operands(output, k) : absent;
      to.a.push_back(code(a, at.first));
      to.b.push_back(code(b, at.second));
    }
  }
}

}  // namespace

SampledOperations sample_operations(const LoadedWorkload& workload,
                                    const std::vector<std::int64_t>& lanes, std::int64_t count,
                                    std::uint64_t seed) {
  const Trace& trace = workload.traces.at(0);
  SampledOperations out;
  out.synthetic = workload.synthetic_operands;
  const std::string source = workload.name + (out.synthetic ? ", synthetic operands" : "");
  for (const std::int64_t n : lanes)
    out.operations.push_back({source, static_cast<int>(n), {}, {}});
  double all = 0, passed = 0;  // multiply-accumulates
  for (const Op& op : trace.ops)
    if (is_product(trace, op)) all += static_cast<double>(trace::macs(trace, op));
  Values values(workload);
  for (const Op& op : trace.ops) {
    if (is_product(trace, op)) {
      // What rounding leaves of one operator's share goes to the next.
      const auto first = static_cast<std::int64_t>(static_cast<double>(count) * passed / all);
      passed += static_cast<double>(trace::macs(trace, op));
      const auto last = static_cast<std::int64_t>(static_cast<double>(count) * passed / all);
      const Value *a = values.find(op.inputs[0]), *b = values.find(op.inputs[1]);
      const Products products =
          op.kind == OpKind::matmul ? of_matmul(trace, op) : of_convolution(trace, op);
      if (a == nullptr || b == nullptr || products.outputs == 0 || products.k == 0) {
        ++out.left_out;
      } else if (last > first) {
        ++out.operators;
        const Codes x = half_codes(*a), y = half_codes(*b);
        const numerics::RandomStream draw(seed, op.name);
        for (Operations& operations : out.operations)
          add_sample(products, x, y, draw, last - first, operations);
      }
    }
    values.evaluate(op);
  }
  if (out.operators == 0) {
    throw Error(no_products)
        .at(workload.name)
        .read(std::to_string(out.left_out) + " products without known operands")
        .expected(
            "matrix products or convolutions of floating-point operands that the trace holds "
            "or that can be computed from what it holds")
        .remedy("Name a workload in fp16, or a trace with its safetensors file beside it.");
  }
  return out;
}

}  // namespace mantissa::workloads::ipu
