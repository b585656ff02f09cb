// SPDX-License-Identifier: Apache-2.0
// Inception v3 (Szegedy et al. 2016) without the auxiliary head, for images of 299x299. Every
// convolution has a batch norm (eps 0.001) and a ReLU.
#include "workloads/executor/networks/layers.h"

namespace mantissa::workloads {

namespace {

struct Conv {
  std::int64_t channels;
  Sizes kernel;
  std::int64_t stride = 1;
  Sizes padding = {0, 0};
};

using Convs = std::vector<Conv>;

Conv conv1x1(std::int64_t channels) { return {channels, {1, 1}}; }
Conv conv3x3(std::int64_t channels) { return {channels, {3, 3}, 1, {1, 1}}; }
Conv halving(std::int64_t channels) { return {channels, {3, 3}, 2}; }
// One row, one column.
Conv row(std::int64_t channels, std::int64_t n) { return {channels, {1, n}, 1, {0, n / 2}}; }
Conv column(std::int64_t channels, std::int64_t n) { return {channels, {n, 1}, 1, {n / 2, 0}}; }

std::shared_ptr<Chain> convs(std::int64_t in, const Convs& list) {
  auto chain = std::make_shared<Chain>();
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Conv& c = list[i];
    const std::string n = std::to_string(i + 1);
    chain->add("conv" + n, convolution(in, c.channels, c.kernel, c.stride, c.padding));
    chain->add("bn" + n, batch_norm(c.channels, 0.001));
    chain->add("relu" + n, function(relu));
    in = c.channels;
  }
  return chain;
}

using NamedBranches = std::vector<std::pair<std::string, Layer>>;
Layer side_by_side(const NamedBranches& branches) { return std::make_shared<Branches>(branches); }

// The mean of 3x3 pixels, then a 1x1 convolution.
Layer pooled(std::int64_t in, std::int64_t channels) {
  auto chain = std::make_shared<Chain>();
  chain->add("pool", function([](const at::Tensor& x) { return at::avg_pool2d(x, 3, 1, 1); }));
  chain->add("conv", convs(in, {conv1x1(channels)}));
  return chain;
}

Layer block_a(std::int64_t in, std::int64_t features) {
  return side_by_side({{"1x1", convs(in, {conv1x1(64)})},
                       {"5x5", convs(in, {conv1x1(48), {64, {5, 5}, 1, {2, 2}}})},
                       {"3x3", convs(in, {conv1x1(64), conv3x3(96), conv3x3(96)})},
                       {"pool", pooled(in, features)}});
}

Layer block_b(std::int64_t in) {
  return side_by_side({{"3x3", convs(in, {halving(384)})},
                       {"double", convs(in, {conv1x1(64), conv3x3(96), halving(96)})},
                       {"pool", max_pool(3, 2)}});
}

Layer block_c(std::int64_t in, std::int64_t c) {
  return side_by_side(
      {{"1x1", convs(in, {conv1x1(192)})},
       {"7x7", convs(in, {conv1x1(c), row(c, 7), column(192, 7)})},
       {"double", convs(in, {conv1x1(c), column(c, 7), row(c, 7), column(c, 7), row(192, 7)})},
       {"pool", pooled(in, 192)}});
}

Layer block_d(std::int64_t in) {
  return side_by_side(
      {{"3x3", convs(in, {conv1x1(192), halving(320)})},
       {"7x7", convs(in, {conv1x1(192), row(192, 7), column(192, 7), halving(192)})},
       {"pool", max_pool(3, 2)}});
}

// The last 3x3 is a row and a column side by side.
Layer block_e(std::int64_t in) {
  const auto fork = [](std::shared_ptr<Chain> stem, std::int64_t channels) {
    stem->add("fork", side_by_side({{"row", convs(channels, {row(384, 3)})},
                                    {"column", convs(channels, {column(384, 3)})}}));
    return stem;
  };
  return side_by_side({{"1x1", convs(in, {conv1x1(320)})},
                       {"3x3", fork(convs(in, {conv1x1(384)}), 384)},
                       {"double", fork(convs(in, {conv1x1(448), conv3x3(384)}), 384)},
                       {"pool", pooled(in, 192)}});
}

Layer inception_v3(const NetworkOptions& options) {
  auto net = std::make_shared<Chain>();
  net->add("stem1", convs(3, {halving(32), {32, {3, 3}}, conv3x3(64)}));
  net->add("pool1", max_pool(3, 2));
  net->add("stem2", convs(64, {conv1x1(80), {192, {3, 3}}}));
  net->add("pool2", max_pool(3, 2));
  net->add("a1", block_a(192, 32));
  net->add("a2", block_a(256, 64));
  net->add("a3", block_a(288, 64));
  net->add("b", block_b(288));
  int number = 0;
  for (const std::int64_t c : {128, 160, 160, 192}) {
    net->add("c" + std::to_string(++number), block_c(768, c));
  }
  net->add("d", block_d(768));
  net->add("e1", block_e(1280));
  net->add("e2", block_e(2048));
  net->add("avgpool", global_avg_pool());
  net->add("dropout", dropout(0.5));
  net->add("fc", linear(2048, options.classes == 0 ? 1000 : options.classes));
  return net;
}

}  // namespace

Networks inception_networks() { return {{"inception_v3", inception_v3}}; }

}  // namespace mantissa::workloads
