// SPDX-License-Identifier: Apache-2.0
// Networks without sums: VGG-16 (Simonyan and Zisserman 2015), SqueezeNet (Iandola et al. 2016),
// SimpleNet as the bit-error study has it (arXiv 2006.13977), and two small ones for digits of 8x8.
#include "workloads/executor/networks/layers.h"

namespace mantissa::workloads {

namespace {

std::int64_t classes_or(const NetworkOptions& options, std::int64_t published) {
  return options.classes == 0 ? published : options.classes;
}

Layer biased_conv(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride = 1,
                  std::int64_t padding = 0) {
  return convolution(in, out, {kernel, kernel}, stride, {padding, padding}, 1, true);
}

Layer vgg16(const NetworkOptions& options) {
  auto net = std::make_shared<Chain>();
  std::int64_t in = 3, number = 0, stage = 0;
  for (const auto& [channels, convolutions] : std::vector<std::pair<std::int64_t, std::int64_t>>{
           {64, 2}, {128, 2}, {256, 3}, {512, 3}, {512, 3}}) {
    for (std::int64_t i = 0; i < convolutions; ++i, in = channels) {
      const std::string n = std::to_string(++number);
      net->add("conv" + n, biased_conv(in, channels, 3, 1, 1));
      net->add("relu" + n, function(relu));
    }
    net->add("pool" + std::to_string(++stage), max_pool(2, 2));
  }
  net->add("flatten", flatten());
  const std::int64_t widths[] = {512 * 7 * 7, 4096, 4096};
  for (int i = 0; i < 2; ++i) {
    const std::string n = std::to_string(i + 1);
    net->add("fc" + n, linear(widths[i], widths[i + 1]));
    net->add("act" + n, function(relu));
    net->add("dropout" + n, dropout(0.5));
  }
  net->add("fc3", linear(4096, classes_or(options, 1000)));
  return net;
}

// A narrow 1x1 convolution feeds a 1x1 and a 3x3 side by side.
Layer fire(std::int64_t in, std::int64_t squeeze, std::int64_t expand) {
  const auto branch = [&](std::int64_t kernel) {
    auto chain = std::make_shared<Chain>();
    chain->add("conv", biased_conv(squeeze, expand, kernel, 1, kernel / 2));
    chain->add("relu", function(relu));
    return chain;
  };
  auto block = std::make_shared<Chain>();
  block->add("squeeze", biased_conv(in, squeeze, 1));
  block->add("relu", function(relu));
  block->add("expand", std::make_shared<Branches>(std::vector<std::pair<std::string, Layer>>{
                           {"1x1", branch(1)}, {"3x3", branch(3)}}));
  return block;
}

// `pools`: the fire modules after which the size is halved; pooling rounds up, as in the original.
Layer squeezenet(const NetworkOptions& options, std::int64_t channels, std::int64_t kernel,
                 const std::vector<int>& pools) {
  auto net = std::make_shared<Chain>();
  net->add("conv", biased_conv(3, channels, kernel, 2));
  net->add("relu", function(relu));
  net->add("pool1", max_pool(3, 2, 0, true));
  const std::int64_t squeeze[] = {16, 16, 32, 32, 48, 48, 64, 64};
  std::int64_t in = channels;
  std::size_t pool = 0;
  for (int i = 0; i < 8; ++i) {
    net->add("fire" + std::to_string(i + 2), fire(in, squeeze[i], 4 * squeeze[i]));
    in = 8 * squeeze[i];
    if (pool < pools.size() && pools[pool] == i + 2) {
      net->add("pool" + std::to_string(i + 2), max_pool(3, 2, 0, true));
      ++pool;
    }
  }
  net->add("dropout", dropout(0.5));
  net->add("classifier", biased_conv(in, classes_or(options, 1000), 1));
  net->add("relu_classifier", function(relu));
  net->add("avgpool", global_avg_pool());
  return net;
}

Layer squeezenet_1_0(const NetworkOptions& options) { return squeezenet(options, 96, 7, {4, 8}); }
Layer squeezenet_1_1(const NetworkOptions& options) { return squeezenet(options, 64, 3, {3, 5}); }

// Convolution with a bias, group norm if there are any, ReLU.
void conv_group_norm(Chain& net, const std::string& number, std::int64_t in, std::int64_t out,
                     std::int64_t kernel, const NetworkOptions& options) {
  net.add("conv" + number, biased_conv(in, out, kernel, 1, kernel / 2));
  if (options.norms) net.add("norm" + number, group_norm(out, options.scale_from_one));
  net.add("relu" + number, function(relu));
}

// 13 convolutions; images of 28x28 leave out the two that stand between poolings of 8x8 and 4x4.
Layer simplenet(const NetworkOptions& options, std::int64_t colours, std::int64_t width,
                bool large) {
  struct Step {
    std::int64_t channels, kernel;
    bool pool;
  };
  std::vector<Step> steps{{width, 3, false},    {2 * width, 3, false}, {2 * width, 3, false},
                          {2 * width, 3, true}, {2 * width, 3, false}, {2 * width, 3, false},
                          {4 * width, 3, true}};
  if (large) {
    steps.insert(steps.end(), {{4 * width, 3, false}, {4 * width, 3, true}, {8 * width, 3, true}});
  } else {
    steps.push_back({8 * width, 3, false});
  }
  steps.insert(steps.end(), {{32 * width, 1, false}, {4 * width, 1, true}, {4 * width, 3, false}});

  auto net = std::make_shared<Chain>();
  std::int64_t in = colours, number = 0;
  for (const Step& s : steps) {
    const std::string n = std::to_string(++number);
    conv_group_norm(*net, n, in, s.channels, s.kernel, options);
    if (s.pool) net->add("pool" + n, max_pool(2, 2));
    in = s.channels;
  }
  net->add("pool", large ? max_pool(1, 1) : max_pool(3, 3));
  net->add("flatten", flatten());
  net->add("logits", linear(in, classes_or(options, 10)));
  return net;
}

Layer simplenet_cifar(const NetworkOptions& options) { return simplenet(options, 3, 64, true); }
Layer simplenet_mnist(const NetworkOptions& options) { return simplenet(options, 1, 32, false); }

Layer digits_cnn(const NetworkOptions& options) {
  auto net = std::make_shared<Chain>();
  conv_group_norm(*net, "1", 1, 16, 3, options);
  conv_group_norm(*net, "2", 16, 32, 3, options);
  net->add("pool2", max_pool(2, 2));
  conv_group_norm(*net, "3", 32, 32, 3, options);
  net->add("pool3", max_pool(2, 2));
  net->add("flatten", flatten());
  net->add("logits", linear(128, classes_or(options, 10)));
  return net;
}

Layer digits_mlp(const NetworkOptions& options) {
  auto net = std::make_shared<Chain>();
  net->add("flatten", flatten());
  net->add("mlp", mlp({64, 64, 32, classes_or(options, 10)}, relu));
  return net;
}

}  // namespace

Networks plain_networks() {
  return {{"vgg16", vgg16},
          {"squeezenet", squeezenet_1_0},
          {"squeezenet_1_1", squeezenet_1_1},
          {"simplenet", simplenet_cifar},
          {"simplenet_mnist", simplenet_mnist},
          {"digits_cnn", digits_cnn},
          {"digits_mlp", digits_mlp}};
}

}  // namespace mantissa::workloads
