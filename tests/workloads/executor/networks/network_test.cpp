// SPDX-License-Identifier: Apache-2.0
#include "workloads/executor/networks/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "base/trace/builder.h"
#include "tests/workloads/executor/networks/same_trace.h"
#include "workloads/executor/networks/recommendation.h"
#include "workloads/executor/recorder/recorder.h"
#include "workloads/networks/network.h"

namespace mantissa::workloads {
namespace {

using trace::NumberFormat;
using trace::OpKind;

NetworkOptions without_weights() {
  NetworkOptions options;
  options.weights = false;
  return options;
}

trace::Trace recorded(const std::string& name, const NetworkOptions& options, const at::Tensor& x) {
  const torch::NoGradGuard no_gradients;
  const std::shared_ptr<Model> net = make_network(name, options);
  net->eval();
  Recorder recorder({name});
  recorder.parameters(*net);
  recorder.input("input", x);
  at::Tensor y;
  {
    const auto on = recorder.record();
    y = net->forward(x);
  }
  recorder.output(y);
  trace::Trace t = recorder.finish();
  EXPECT_THAT(recorder.warnings(), testing::IsEmpty()) << name;
  return t;
}

// configs/workload/`name`.yaml in fp32, with these keys set.
trace::Trace in_yaml(const std::string& name, std::int64_t batch,
                     const std::map<std::string, std::string>& set = {}) {
  config::Node document =
      config::read_file(std::string(MANTISSA_SOURCE_DIR) + "/configs/workload/" + name + ".yaml");
  for (const auto& [path, value] : set)
    document.set(path, config::parse_override(path + "=" + value).second);
  return Network(document).build(NumberFormat::fp32, 0, batch, 0);
}

// Lets the last reader of an operator that keeps the shape read what came before that operator.
void bypass_one(trace::Trace& t) {
  for (auto reader = t.ops.rbegin(); reader != t.ops.rend(); ++reader) {
    for (auto made = std::next(reader); made != t.ops.rend(); ++made) {
      if (made->inputs.empty() ||
          t.tensor(made->inputs[0]).shape != t.tensor(made->outputs[0]).shape)
        continue;
      for (trace::TensorId& id : reader->inputs) {
        if (id == made->outputs[0]) {
          id = made->inputs[0];
          return;
        }
      }
    }
  }
  FAIL() << "no operator to go round";
}

// The two are the same; with another stride, or with another wire, they are not.
void expect_same(const trace::Trace& yaml, const trace::Trace& recording) {
  EXPECT_EQ(difference(yaml, recording), "");
  EXPECT_EQ(yaml.macs(), recording.macs());
  EXPECT_EQ(yaml.parameters(), recording.parameters());
  trace::Trace wired = yaml;
  bypass_one(wired);
  EXPECT_NE(difference(wired, recording), "");
  trace::Trace strided = yaml;
  for (trace::Op& op : strided.ops) {
    if (op.kind != OpKind::conv2d) continue;
    op.attributes["stride"] = trace::ints({4});
    EXPECT_THAT(difference(strided, recording), testing::HasSubstr("stride [4] and [")) << op.name;
    break;
  }
}

TEST(Networks, HaveThePublishedParameterCounts) {
  const std::map<std::string, std::int64_t> published = {{"resnet18", 11689512},
                                                         {"resnet50", 25557032},
                                                         {"mobilenet_v2", 3504872},
                                                         {"vgg16", 138357544},
                                                         {"inception_v3", 23834568},
                                                         {"squeezenet", 1248424},
                                                         {"squeezenet_1_1", 1235496},
                                                         {"bert_base", 85054464},
                                                         {"bert_base_tokens", 109482240},
                                                         {"gpt2_small", 124439808},
                                                         {"lstm", 1665024},
                                                         {"dlrm", 475985},
                                                         {"simplenet", 5498378},
                                                         {"simplenet_mnist", 1082826},
                                                         {"digits_cnn", 15498},
                                                         {"digits_mlp", 6570}};
  std::vector<std::string> names;
  for (const auto& [name, count] : published) {
    names.push_back(name);
    EXPECT_EQ(parameter_count(*make_network(name, without_weights())), count) << name;
  }
  EXPECT_EQ(network_names(), names);
}

TEST(Networks, OfImagesRecordAsTheirYamlDoes) {
  for (const char* name : {"resnet18", "resnet50", "mobilenet_v2", "vgg16", "squeezenet"}) {
    SCOPED_TRACE(name);
    expect_same(in_yaml(name, 1),
                recorded(name, without_weights(), torch::zeros({1, 3, 224, 224})));
  }
  expect_same(in_yaml("inception_v3", 1),
              recorded("inception_v3", without_weights(), torch::zeros({1, 3, 299, 299})));
}

// Kinds and shapes of a trace's gradients of convolutions.
std::multiset<std::string> gradients(const trace::Trace& t) {
  std::multiset<std::string> out;
  for (const trace::Op& op : t.ops) {
    if (op.kind != OpKind::conv2d_input_grad && op.kind != OpKind::conv2d_weight_grad) continue;
    std::string text = trace::name(op.kind);
    for (const trace::TensorId id : {op.inputs[0], op.inputs[1], op.outputs[0]})
      for (const std::int64_t n : t.tensor(id).shape) text += ' ' + std::to_string(n);
    out.insert(text);
  }
  return out;
}

TEST(Networks, AreTrainedWithTheProductsOfTheirYamlsBackwardPass) {
  for (const char* name : {"resnet18", "squeezenet"}) {
    const std::shared_ptr<Model> net = make_network(name, without_weights());
    const at::Tensor x = torch::zeros({2, 3, 64, 64});
    Recorder recorder({name});
    recorder.parameters(*net);
    recorder.input("input", x);
    {
      const auto on = recorder.record();
      net->forward(x).sum().backward();
    }
    const trace::Trace step = recorder.finish();
    const std::map<std::string, std::string> size{{"input.shape", "[3, 64, 64]"}};
    auto backward = size;
    backward["pass"] = "backward";
    const trace::Trace forward = in_yaml(name, 2, size), back = in_yaml(name, 2, backward);
    EXPECT_EQ(gradients(back), gradients(step)) << name;
    EXPECT_FALSE(gradients(back).empty());
    EXPECT_EQ(forward.macs() + back.macs(), step.macs()) << name;
  }
}

TEST(Networks, OfSequencesRecordAsTheirYamlDoes) {
  expect_same(in_yaml("bert_base", 2, {{"parameters.length", "5"}}),
              recorded("bert_base", without_weights(), torch::zeros({2, 5, 768})));
  NetworkOptions options = without_weights();
  for (const std::int64_t batch : {1, 3}) {
    options.batch = batch;
    expect_same(in_yaml("lstm", batch, {{"parameters.length", "4"}}),
                recorded("lstm", options, torch::zeros({batch, 4, 300})));
  }
}

TEST(Networks, Gpt2RecordsAsItsYamlDoesInBothPhases) {
  NetworkOptions options = without_weights();
  options.batch = 2;
  for (const std::int64_t length : {1, 6}) {
    expect_same(in_yaml("gpt2_small", 2, {{"parameters.length", std::to_string(length)}}),
                recorded("gpt2_small", options, torch::zeros({2, length}, at::kInt)));
  }
  options.context = 7;
  expect_same(
      in_yaml("gpt2_small", 2, {{"parameters.phase", "decode"}, {"parameters.context", "7"}}),
      recorded("gpt2_small", options, torch::zeros({2, 1}, at::kInt)));
}

TEST(Networks, DlrmRecordsAsItsYamlDoesInBothSizes) {
  NetworkOptions options = without_weights();
  options.batch = 3;
  const at::Tensor x = torch::zeros({3, 13});
  expect_same(in_yaml("dlrm_mlp", 3), recorded("dlrm", options, x));
  options.mlperf = true;
  expect_same(in_yaml("dlrm_mlp", 3, {{"parameters.model", "mlperf"}}),
              recorded("dlrm", options, x));
}

TEST(Networks, HaveThePublishedNumbersOfProducts) {
  const auto macs = [](const char* name, const at::Tensor& x) {
    return static_cast<double>(recorded(name, without_weights(), x).macs());
  };
  EXPECT_NEAR(macs("simplenet", torch::zeros({1, 3, 32, 32})), 631.5e6, 0.05e6);
  EXPECT_NEAR(macs("inception_v3", torch::zeros({1, 3, 299, 299})), 5.713e9, 0.0005e9);
}

TEST(Networks, MultiplyEveryPairOfVectorsOnce) {
  NetworkOptions options;
  options.rows.assign(26, 50);
  Dlrm net(options);
  EXPECT_EQ(parameter_count(net), 475985 + 26 * 50 * 16);
  const torch::NoGradGuard no_gradients;
  for (const at::Tensor& p : net.parameters()) p.fill_(0);
  // Only two tables hold anything: one product is not 0, and it goes where their pair stands.
  net.named_parameters()["table3"].select(0, 7).fill_(2);
  net.named_parameters()["table1"].select(0, 9).fill_(3);
  const std::int64_t pair = 4 * 3 / 2 + 2;  // vectors 4 and 2; 0 is the bottom output
  net.named_parameters()["top.fc1.weight"].select(1, 16 + pair).select(0, 0).fill_(1);
  net.named_parameters()["top.fc2.weight"].select(1, 0).select(0, 0).fill_(1);
  net.named_parameters()["top.fc3.weight"].select(1, 0).select(0, 0).fill_(1);
  const at::Tensor indices = torch::zeros({2, 26}, at::kLong);
  indices[0][3] = 7;
  indices[0][1] = 9;
  const at::Tensor y = net.forward(torch::zeros({2, 13}), indices);
  EXPECT_NEAR(y[0][0].item<float>(), 1 / (1 + std::exp(-96.0)), 1e-6);
  EXPECT_EQ(y[1][0].item<float>(), 0.5f);
}

TEST(Networks, TakeTheirContentsFromTheSeedAlone) {
  torch::manual_seed(5);
  const at::Tensor next = torch::rand({4});
  torch::manual_seed(5);
  NetworkOptions options;
  const auto a = make_network("digits_cnn", options), b = make_network("digits_cnn", options);
  EXPECT_TRUE(torch::equal(torch::rand({4}), next));  // no draw from the global generator
  options.seed = 2;
  const auto c = make_network("digits_cnn", options);
  const at::Tensor x = torch::ones({2, 1, 8, 8});
  EXPECT_TRUE(torch::equal(a->forward(x), b->forward(x)));
  EXPECT_FALSE(torch::equal(a->forward(x), c->forward(x)));
  // Variance 2/K, to the accuracy of 9216 draws.
  const at::Tensor w = a->named_parameters()["conv3.weight"];
  EXPECT_NEAR(w.var().item<double>() * 32 * 9 / 2, 1, 0.05);
}

TEST(Networks, GroupNormsScaleByOnePlusWhatTheyKeep) {
  NetworkOptions options;
  const auto kept = make_network("digits_cnn", options);
  options.scale_from_one = false;
  const auto plain = make_network("digits_cnn", options);
  const at::Tensor x = torch::randn({2, 1, 8, 8});
  EXPECT_TRUE(torch::equal(kept->forward(x), plain->forward(x)));
  EXPECT_EQ(kept->named_parameters()["norm1.scale"].abs().max().item<float>(), 0);
  EXPECT_EQ(plain->named_parameters()["norm1.weight"].min().item<float>(), 1);
  EXPECT_EQ(group_count(64), 32);
  EXPECT_EQ(group_count(48), 24);
  EXPECT_EQ(group_count(16), 8);
  EXPECT_EQ(group_count(68), 1);  // 32, 24, 16 and 8 do not divide it
}

TEST(Networks, TakeTheirExampleInputs) {
  for (const std::string& name : network_names()) {
    const ExampleInput example = example_input(name);
    EXPECT_EQ(example.shape.front(), 1) << name;
    EXPECT_LT(example.fixed, example.shape.size()) << name;
  }
  const torch::NoGradGuard no_gradients;
  for (const char* name :
       {"squeezenet_1_1", "lstm", "dlrm", "simplenet_mnist", "digits_cnn", "digits_mlp"}) {
    const auto net = make_network(name, without_weights());
    net->eval();
    EXPECT_EQ(forward_checked(*net, name, torch::zeros(example_input(name).shape)).size(0), 1)
        << name;
  }
}

TEST(Networks, RefuseInputsThatTheyDoNotTakeWithAnExample) {
  const torch::NoGradGuard no_gradients;
  const auto net = make_network("simplenet_mnist", without_weights());
  net->eval();
  try {
    forward_checked(*net, "simplenet_mnist", torch::zeros({2, 3, 28, 28}));
    FAIL();
  } catch (const Error& e) {
    EXPECT_STREQ(e.kind().id(), "executor.input");
    EXPECT_THAT(e.message(),
                testing::HasSubstr("read '[2,3,28,28]'; expected an input as [1,1,28,28]"));
    EXPECT_THAT(e.message(), testing::Not(testing::HasSubstr("frame #")));
  }
  EXPECT_EQ(text(example_input("gpt2_small")), "[1,128] of indices below 50257");
}

TEST(Networks, RefuseNamesThatDoNotExist) {
  try {
    make_network("resnet8", {});
    FAIL();
  } catch (const Error& e) {
    EXPECT_STREQ(e.kind().id(), "executor.unknown-network");
    EXPECT_THAT(e.message(), testing::HasSubstr("did you mean 'resnet18'?"));
  }
}

}  // namespace
}  // namespace mantissa::workloads
