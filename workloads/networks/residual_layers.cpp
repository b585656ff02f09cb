// SPDX-License-Identifier: Apache-2.0
// The blocks of residual networks, several in a row.
//
// Where a block adds its input, the sum is taken before the result is converted: product, batch
// norm, sum, activation, conversion form one chain.
#include "workloads/networks/layers.h"

namespace mantissa::workloads {

namespace {

using config::at_least;

// Convolution and batch norm, open.
Value conv_bn(Emitter& e, const std::string& name, Value x, const ConvShape& shape) {
  return e.batch_norm(name + ".bn", e.conv2d(name, x, shape, false));
}

Value conv_bn_relu(Emitter& e, const std::string& name, Value x, const ConvShape& shape) {
  return e.activation(name + ".relu", Activation::relu, conv_bn(e, name, x, shape));
}

struct StageConfig {
  std::int64_t channels = 0, repeat = 1, stride = 1;
  static const config::Schema<StageConfig>& schema() {
    static const auto s =
        config::Schema<StageConfig>(
            "Residual blocks with batch norm: 3x3, 3x3 (basic_block) or 1x1, 3x3, 1x1 to four "
            "times "
            "the channels (bottleneck).")
            .required("channels", &StageConfig::channels, at_least(1), "Of the 3x3 convolutions.")
            .optional("repeat", &StageConfig::repeat, at_least(1), "Blocks in a row.")
            .optional("stride", &StageConfig::stride, at_least(1), "Of the first block.");
    return s;
  }
};

// x itself where shapes agree, else a strided 1x1 convolution with batch norm.
Value shortcut(Emitter& e, Value x, std::int64_t channels, std::int64_t stride) {
  if (stride == 1 && e.shape(x)[1] == channels) return x;
  return e.closed(conv_bn(e, "downsample", x, {channels, 1, 1, {stride}, 1, {0}}));
}

Value basic_block(Emitter& e, Value x, std::int64_t channels, std::int64_t stride) {
  x = e.closed(x);
  Value y = conv_bn_relu(e, "conv1", x, {channels, 3, 3, {stride}, 1, {1}});
  y = conv_bn(e, "conv2", y, {channels, 3, 3, {1}, 1, {1}});
  return e.activation("relu", Activation::relu, e.add("add", y, shortcut(e, x, channels, stride)));
}

// Version 1.5: the stride stands in the 3x3 convolution.
Value bottleneck_block(Emitter& e, Value x, std::int64_t channels, std::int64_t stride) {
  x = e.closed(x);
  Value y = conv_bn_relu(e, "conv1", x, {channels, 1, 1, {1}, 1, {0}});
  y = conv_bn_relu(e, "conv2", y, {channels, 3, 3, {stride}, 1, {1}});
  y = conv_bn(e, "conv3", y, {4 * channels, 1, 1, {1}, 1, {0}});
  return e.activation("relu", Activation::relu,
                      e.add("add", y, shortcut(e, x, 4 * channels, stride)));
}

template <class Block>
Value stage(const StageConfig& c, LayerContext& context, Value x, Block block) {
  expect_rank(context, x, 4, "an image [N,C,H,W]");
  for (std::int64_t i = 0; i < c.repeat; ++i) {
    const Emitter::Scope scope(context.emitter, context.name + "." + std::to_string(i));
    x = block(context.emitter, x, c.channels, i == 0 ? c.stride : 1);
  }
  return x;
}

Value build_basic(const StageConfig& c, LayerContext& context, Value x) {
  return stage(c, context, x, basic_block);
}

Value build_bottleneck(const StageConfig& c, LayerContext& context, Value x) {
  return stage(c, context, x, bottleneck_block);
}

struct InvertedConfig {
  std::int64_t channels = 0, expansion = 6, repeat = 1, stride = 1;
  static const config::Schema<InvertedConfig>& schema() {
    static const auto s =
        config::Schema<InvertedConfig>(
            "Inverted residuals: 1x1 expansion, 3x3 depthwise, 1x1 projection, each with batch "
            "norm.")
            .required("channels", &InvertedConfig::channels, at_least(1), "After the projection.")
            .optional("expansion", &InvertedConfig::expansion, at_least(1),
                      "Width of the depthwise convolution over that of the input; 1: no expansion.")
            .optional("repeat", &InvertedConfig::repeat, at_least(1), "Blocks in a row.")
            .optional("stride", &InvertedConfig::stride, at_least(1), "Of the first block.");
    return s;
  }
};

Value inverted_block(Emitter& e, Value x, const InvertedConfig& c, std::int64_t stride) {
  x = e.closed(x);
  const std::int64_t before = e.shape(x)[1], hidden = before * c.expansion;
  Value y = x;
  if (c.expansion != 1) {
    y = conv_bn(e, "expand", y, {hidden, 1, 1, {1}, 1, {0}});
    y = e.activation("expand.relu6", Activation::relu6, y);
  }
  y = conv_bn(e, "depthwise", y, {hidden, 3, 3, {stride}, hidden, {1}});
  y = e.activation("depthwise.relu6", Activation::relu6, y);
  y = conv_bn(e, "project", y, {c.channels, 1, 1, {1}, 1, {0}});
  return stride == 1 && before == c.channels ? e.add("add", y, x) : y;
}

Value build_inverted(const InvertedConfig& c, LayerContext& context, Value x) {
  expect_rank(context, x, 4, "an image [N,C,H,W]");
  for (std::int64_t i = 0; i < c.repeat; ++i) {
    const Emitter::Scope scope(context.emitter, context.name + "." + std::to_string(i));
    x = inverted_block(context.emitter, x, c, i == 0 ? c.stride : 1);
  }
  return x;
}

}  // namespace

std::vector<LayerType> residual_layers() {
  return {layer_type("basic_block", build_basic), layer_type("bottleneck", build_bottleneck),
          layer_type("inverted_residual", build_inverted)};
}

}  // namespace mantissa::workloads
