// SPDX-License-Identifier: Apache-2.0
// Convolutions and pooling.
#include "workloads/networks/height_width.h"
#include "workloads/networks/layers.h"

namespace mantissa::workloads {

namespace {

using config::at_least;
using trace::OpKind;

struct ConvConfig {
  std::int64_t channels = 0, groups = 1;
  HeightWidth kernel, stride{1, 1}, padding;
  bool bias = false, batch_norm = false;
  std::optional<double> eps;
  Activation activation = Activation::none;

  static const config::Schema<ConvConfig>& schema() {
    static const auto s =
        config::Schema<ConvConfig>("Convolution, then batch norm and activation if asked for.")
            .required("channels", &ConvConfig::channels, at_least(1), "Filters.")
            .required("kernel", &ConvConfig::kernel, at_least(1), "Of the kernel; [1, 7]: a row.")
            .optional("stride", &ConvConfig::stride, at_least(1), "Step in both directions.")
            .optional("padding", &ConvConfig::padding, at_least(0),
                      "Zeros on every side, or [above and below, left and right].")
            .optional("groups", &ConvConfig::groups, at_least(0),
                      "Independent channel groups; 0: one per input channel (depthwise).")
            .optional("bias", &ConvConfig::bias, "Adds a bias per filter.")
            .optional("batch_norm", &ConvConfig::batch_norm, "Batch norm after the convolution.")
            .optional("eps", &ConvConfig::eps, at_least(0),
                      "Added to the variance by batch norm; none: 0.00001.")
            .optional("activation", &ConvConfig::activation, "Function after that.");
    return s;
  }
};

Value build_conv(const ConvConfig& c, LayerContext& context, Value x) {
  expect_rank(context, x, 4, "an image [N,C,H,W]");
  Emitter& e = context.emitter;
  ConvShape shape;
  shape.channels = c.channels;
  shape.kernel_height = c.kernel.height;
  shape.kernel_width = c.kernel.width;
  shape.stride = c.stride.list();
  shape.padding = c.padding.list();
  shape.groups = c.groups == 0 ? e.shape(x)[1] : c.groups;
  if (e.shape(x)[1] % shape.groups != 0 || c.channels % shape.groups != 0) {
    refuse_input(context, x,
                 "channels and filters divisible by groups = " + std::to_string(shape.groups));
  }
  Value y = e.conv2d(context.name, x, shape, c.bias);
  if (c.batch_norm) y = e.batch_norm(context.name + ".bn", y, c.eps);
  return e.activation(context.name + ".act", c.activation, y);
}

struct PoolConfig {
  HeightWidth kernel, stride, padding;
  bool ceil_mode = false;
  static const config::Schema<PoolConfig>& schema() {
    static const auto s =
        config::Schema<PoolConfig>("Pooling over windows.")
            .required("kernel", &PoolConfig::kernel, at_least(1), "Of a window.")
            .optional("stride", &PoolConfig::stride, at_least(0), "Step; 0: as the kernel.")
            .optional("padding", &PoolConfig::padding, at_least(0),
                      "On every side, or [above and below, left and right].")
            .optional("ceil_mode", &PoolConfig::ceil_mode,
                      "A last window may reach beyond the padding: positions are rounded up.");
    return s;
  }
  Attributes attributes() const {
    const HeightWidth step{stride.height == 0 ? kernel.height : stride.height,
                           stride.width == 0 ? kernel.width : stride.width};
    Attributes out{
        {"kernel_size", kernel.list()}, {"stride", step.list()}, {"padding", padding.list()}};
    if (ceil_mode) out["ceil_mode"] = true;
    return out;
  }
};

// The largest code is the code of the largest value, so pooling needs no conversion.
Value build_max_pool(const PoolConfig& c, LayerContext& context, Value x) {
  expect_rank(context, x, 4, "an image [N,C,H,W]");
  Emitter& e = context.emitter;
  return e.moved(context.name, OpKind::max_pool2d, {e.closed(x)}, c.attributes());
}

Value build_avg_pool(const PoolConfig& c, LayerContext& context, Value x) {
  expect_rank(context, x, 4, "an image [N,C,H,W]");
  return context.emitter.average(context.name, OpKind::avg_pool2d, x, c.attributes());
}

struct GlobalPoolConfig {
  static const config::Schema<GlobalPoolConfig>& schema() {
    static const auto s =
        config::Schema<GlobalPoolConfig>("Mean of each channel; leaves the features [N,C].");
    return s;
  }
};

// Flattened after the conversion, where a view costs nothing.
Value build_global_pool(const GlobalPoolConfig&, LayerContext& context, Value x) {
  expect_rank(context, x, 4, "an image [N,C,H,W]");
  Emitter& e = context.emitter;
  const Value y = e.closed(e.average(context.name, OpKind::global_avg_pool2d, x, {}));
  return e.reshape(context.name + ".flatten", y, {e.shape(y)[0], e.shape(y)[1]});
}

}  // namespace

std::vector<LayerType> convolution_layers() {
  return {layer_type("conv", build_conv), layer_type("max_pool", build_max_pool),
          layer_type("avg_pool", build_avg_pool), layer_type("global_avg_pool", build_global_pool)};
}

}  // namespace mantissa::workloads
