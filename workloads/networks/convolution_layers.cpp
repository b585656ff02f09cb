// SPDX-License-Identifier: Apache-2.0
// Convolutions and pooling.
#include "workloads/networks/layers.h"

namespace mantissa::workloads {

namespace {

using config::at_least;
using trace::OpKind;

struct ConvConfig {
  std::int64_t channels = 0, kernel = 0, kernel_width = 0, stride = 1, padding = 0, groups = 1;
  bool bias = false, batch_norm = false;
  Activation activation = Activation::none;

  static const config::Schema<ConvConfig>& schema() {
    static const auto s =
        config::Schema<ConvConfig>("Convolution, then batch norm and activation if asked for.")
            .required("channels", &ConvConfig::channels, at_least(1), "Filters.")
            .required("kernel", &ConvConfig::kernel, at_least(1), "Height of the kernel.")
            .optional("kernel_width", &ConvConfig::kernel_width, at_least(0),
                      "Width of the kernel; 0: square.")
            .optional("stride", &ConvConfig::stride, at_least(1), "Step in both directions.")
            .optional("padding", &ConvConfig::padding, at_least(0), "Zeros on every side.")
            .optional("groups", &ConvConfig::groups, at_least(0),
                      "Independent channel groups; 0: one per input channel (depthwise).")
            .optional("bias", &ConvConfig::bias, "Adds a bias per filter.")
            .optional("batch_norm", &ConvConfig::batch_norm, "Batch norm after the convolution.")
            .optional("activation", &ConvConfig::activation, "Function after that.");
    return s;
  }
};

Value build_conv(const ConvConfig& c, LayerContext& context, Value x) {
  expect_rank(context, x, 4, "an image [N,C,H,W]");
  Emitter& e = context.emitter;
  ConvShape shape;
  shape.channels = c.channels;
  shape.kernel_height = c.kernel;
  shape.kernel_width = c.kernel_width == 0 ? c.kernel : c.kernel_width;
  shape.stride = c.stride;
  shape.padding = {c.padding};
  shape.groups = c.groups == 0 ? e.shape(x)[1] : c.groups;
  if (e.shape(x)[1] % shape.groups != 0 || c.channels % shape.groups != 0) {
    refuse_input(context, x,
                 "channels and filters divisible by groups = " + std::to_string(shape.groups));
  }
  Value y = e.conv2d(context.name, x, shape, c.bias);
  if (c.batch_norm) y = e.batch_norm(context.name + ".bn", y);
  return e.activation(context.name + ".act", c.activation, y);
}

struct PoolConfig {
  std::int64_t kernel = 0, stride = 0, padding = 0;
  static const config::Schema<PoolConfig>& schema() {
    static const auto s =
        config::Schema<PoolConfig>("Pooling over square windows.")
            .required("kernel", &PoolConfig::kernel, at_least(1), "Height and width of a window.")
            .optional("stride", &PoolConfig::stride, at_least(0), "Step; 0: as the kernel.")
            .optional("padding", &PoolConfig::padding, at_least(0), "On every side.");
    return s;
  }
  Attributes attributes() const {
    return {{"kernel_size", std::vector<std::int64_t>{kernel}},
            {"stride", std::vector<std::int64_t>{stride == 0 ? kernel : stride}},
            {"padding", std::vector<std::int64_t>{padding}}};
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
