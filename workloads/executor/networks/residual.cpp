// SPDX-License-Identifier: Apache-2.0
// ResNet-18 and -50 (He et al. 2016), named as their published weights are, and MobileNetV2
// (Sandler et al. 2018).
#include "workloads/executor/networks/layers.h"

namespace mantissa::workloads {

namespace {

// Convolution and batch norm, numbered.
void conv_norm(Chain& chain, const std::string& number, std::int64_t in, std::int64_t out,
               std::int64_t kernel, std::int64_t stride = 1, std::int64_t groups = 1) {
  const Sizes padding{kernel / 2, kernel / 2};
  chain.add("conv" + number, convolution(in, out, {kernel, kernel}, stride, padding, groups));
  chain.add("bn" + number, batch_norm(out));
}

// x itself where shapes agree, else a strided 1x1 convolution with batch norm.
Layer shortcut(std::int64_t in, std::int64_t out, std::int64_t stride) {
  if (stride == 1 && in == out) return nullptr;
  auto chain = std::make_shared<Chain>();
  chain->add("0", convolution(in, out, {1, 1}, stride));
  chain->add("1", batch_norm(out));
  return chain;
}

Layer basic_block(std::int64_t in, std::int64_t channels, std::int64_t stride) {
  auto block = std::make_shared<Residual>(shortcut(in, channels, stride), relu);
  conv_norm(*block, "1", in, channels, 3, stride);
  block->add("relu", function(relu));
  conv_norm(*block, "2", channels, channels, 3);
  return block;
}

// Version 1.5: the stride stands in the 3x3 convolution.
Layer bottleneck(std::int64_t in, std::int64_t channels, std::int64_t stride) {
  auto block = std::make_shared<Residual>(shortcut(in, 4 * channels, stride), relu);
  conv_norm(*block, "1", in, channels, 1);
  block->add("relu1", function(relu));
  conv_norm(*block, "2", channels, channels, 3, stride);
  block->add("relu2", function(relu));
  conv_norm(*block, "3", channels, 4 * channels, 1);
  return block;
}

Layer resnet(const NetworkOptions& options, const std::vector<std::int64_t>& blocks,
             std::int64_t expansion,
             Layer (*block)(std::int64_t in, std::int64_t channels, std::int64_t stride)) {
  auto net = std::make_shared<Chain>();
  conv_norm(*net, "1", 3, 64, 7, 2);
  net->add("relu", function(relu));
  net->add("maxpool", max_pool(3, 2, 1));
  std::int64_t in = 64, channels = 64;
  for (std::size_t stage = 0; stage < blocks.size(); ++stage, channels *= 2) {
    auto layer = std::make_shared<Chain>();
    for (std::int64_t i = 0; i < blocks[stage]; ++i) {
      layer->add(std::to_string(i), block(in, channels, i == 0 && stage > 0 ? 2 : 1));
      in = expansion * channels;
    }
    net->add("layer" + std::to_string(stage + 1), layer);
  }
  net->add("avgpool", global_avg_pool());
  net->add("fc", linear(in, options.classes == 0 ? 1000 : options.classes));
  return net;
}

Layer resnet18(const NetworkOptions& options) {
  return resnet(options, {2, 2, 2, 2}, 1, basic_block);
}

Layer resnet50(const NetworkOptions& options) {
  return resnet(options, {3, 4, 6, 3}, 4, bottleneck);
}

// 1x1 expansion, 3x3 depthwise, 1x1 projection; the sum where shapes agree.
Layer inverted_residual(std::int64_t in, std::int64_t out, std::int64_t expansion,
                        std::int64_t stride) {
  const bool sum = stride == 1 && in == out;
  const std::int64_t hidden = in * expansion;
  auto block = sum ? std::make_shared<Residual>(nullptr, nullptr) : std::make_shared<Chain>();
  if (expansion != 1) {
    conv_norm(*block, "_expand", in, hidden, 1);
    block->add("relu_expand", function(relu6));
  }
  conv_norm(*block, "_depthwise", hidden, hidden, 3, stride, hidden);
  block->add("relu_depthwise", function(relu6));
  conv_norm(*block, "_project", hidden, out, 1);
  return block;
}

Layer mobilenet_v2(const NetworkOptions& options) {
  struct Stage {
    std::int64_t channels, expansion, repeat, stride;
  };
  auto net = std::make_shared<Chain>();
  conv_norm(*net, "_stem", 3, 32, 3, 2);
  net->add("relu_stem", function(relu6));
  std::int64_t in = 32, number = 0;
  for (const Stage& s :
       {Stage{16, 1, 1, 1}, Stage{24, 6, 2, 2}, Stage{32, 6, 3, 2}, Stage{64, 6, 4, 2},
        Stage{96, 6, 3, 1}, Stage{160, 6, 3, 2}, Stage{320, 6, 1, 1}}) {
    for (std::int64_t i = 0; i < s.repeat; ++i, in = s.channels) {
      net->add("block" + std::to_string(++number),
               inverted_residual(in, s.channels, s.expansion, i == 0 ? s.stride : 1));
    }
  }
  conv_norm(*net, "_head", in, 1280, 1);
  net->add("relu_head", function(relu6));
  net->add("avgpool", global_avg_pool());
  net->add("dropout", dropout(0.2));
  net->add("classifier", linear(1280, options.classes == 0 ? 1000 : options.classes));
  return net;
}

}  // namespace

Networks residual_networks() {
  return {{"resnet18", resnet18}, {"resnet50", resnet50}, {"mobilenet_v2", mobilenet_v2}};
}

}  // namespace mantissa::workloads
