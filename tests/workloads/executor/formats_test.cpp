// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/numerics/quantize/block_quantizer.h"
#include "base/numerics/random_fill.h"
#include "base/trace/describe.h"
#include "base/trace/vocabulary.h"
#include "workloads/executor/fake_quantize.h"
#include "workloads/executor/recorder/recorder.h"
#include "workloads/precision/formats/quantized_network.h"

namespace mantissa::workloads {
namespace {

using ::testing::HasSubstr;
using trace::OpKind;

at::Tensor drawn(const std::vector<std::int64_t>& shape, std::uint64_t seed = 5) {
  const at::Tensor x = torch::empty(shape);
  const numerics::RandomStream random(seed, "x");
  for (std::int64_t i = 0; i < x.numel(); ++i)
    x.data_ptr<float>()[i] = random.real(static_cast<std::uint64_t>(i));
  return x;
}

LayerFormats parsed(const std::string& yaml) {
  return config::Codec<LayerFormats>::parse(config::read_text(yaml, "formats.yaml"), "formats", {});
}

std::string message(const std::function<void()>& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

// ---- the operator
// --------------------------------------------------------------------------------

TEST(FakeQuantize, PassesGradientsStraightThroughWhereTheFormatHoldsTheValue) {
  const auto gradient = [](const trace::Attributes& format, const at::Tensor& coarse) {
    const at::Tensor x = torch::tensor({{-3.f, -0.5f, 0.25f, 2.f}}).requires_grad_();
    fake_quantize(x, 1, format, coarse).sum().backward();
    const at::Tensor g = x.grad().flatten();
    return std::vector<float>(g.data_ptr<float>(), g.data_ptr<float>() + g.numel());
  };
  using ::testing::ElementsAre;
  const at::Tensor none, one = torch::full({1}, 1.f / 7);  // of 4 bits: up to 1
  const trace::Attributes four{{"bits", std::int64_t{4}}, {"granularity", std::string("tensor")}};
  trace::Attributes cut = four;
  cut["signed"] = false;
  EXPECT_THAT(gradient(four, none), ElementsAre(1, 1, 1, 1));
  EXPECT_THAT(gradient(four, one), ElementsAre(0, 1, 1, 0));
  EXPECT_THAT(gradient(cut, none), ElementsAre(0, 0, 1, 1));
  EXPECT_THAT(gradient({{"scheme", std::string("mxfp4")}}, none), ElementsAre(1, 1, 1, 1));
}

TEST(FakeQuantize, IsTheSameOperatorWithAndWithoutGradients) {
  const at::Tensor x = drawn({4, 40});
  const trace::Attributes format{{"scheme", std::string("nvfp4")}};
  const at::Tensor plain = fake_quantize(x, 1, format);
  EXPECT_TRUE(torch::equal(plain, fake_quantize(x.clone().requires_grad_(), 1, format)));
  EXPECT_FALSE(torch::equal(plain, x));
  EXPECT_FALSE(plain.requires_grad());
}

TEST(FakeQuantize, LearnsWhatRoundingAloneWouldNot) {
  at::Tensor w = torch::zeros({1, 8}).requires_grad_();
  const at::Tensor wanted = torch::linspace(-1, 1, 8).reshape({1, 8});
  const trace::Attributes format{{"bits", std::int64_t{4}}};
  torch::optim::SGD optimizer({w}, 0.2);
  for (int step = 0; step < 60; ++step) {
    optimizer.zero_grad();
    (fake_quantize(w, 1, format) - wanted).square().sum().backward();
    optimizer.step();
  }
  EXPECT_LT((fake_quantize(w, 1, format) - wanted).abs().max().item<float>(), 1.01 / 14);
}

// ---- schemes and formats
// -------------------------------------------------------------------------

TEST(Scheme, IsFourPartsOrAWord) {
  const Scheme s = scheme("4/8U/6/10");
  EXPECT_EQ(s.weight_bits, 4);
  EXPECT_EQ(s.activation_bits, 8);
  EXPECT_TRUE(s.unsigned_activations);
  EXPECT_EQ(s.weight_scale_bits, 6);
  EXPECT_EQ(s.activation_scale_bits, 10);
  EXPECT_TRUE(scheme("8/8/-/-").has_datapath());
  EXPECT_FALSE(scheme("4/4/f/4").has_datapath());
  EXPECT_TRUE(scheme("mxfp6_e3m2").is_block());
  EXPECT_FALSE(scheme("fp32").is_block());
  for (const char* wrong : {"", "4", "4/4/4", "4/4/4/4/4", "1/4/4/4", "9/4/4/4", "4/4/16/4",
                            "4/4/0/4", "04/4/4/4", "4/U/4/4", "4U/4/4/4", "4/4/4/4 ", "/4/4/4"})
    EXPECT_THROW(scheme(wrong), Error) << wrong;
  EXPECT_THAT(message([] { scheme("mxpf4"); }), HasSubstr("did you mean 'mxfp4'?"));
}

TEST(LayerFormats, AreNamedByLayerByModuleOrByDefault) {
  const LayerFormats f = parsed(
      "default: 4/4/4/4\n"
      "a: {b: 8/8/-/-, c: {scheme: 4/4/f/f, vector: 32}}\n"
      "d: mxfp4\n"
      "d2: bf16\n");
  const auto text = [&](const char* layer) { return f.find(layer)->format.scheme.text; };
  EXPECT_EQ(text("conv"), "4/4/4/4");
  EXPECT_EQ(text("a.b"), "8/8/-/-");
  EXPECT_EQ(text("a.c.inner"), "4/4/f/f");
  EXPECT_EQ(f.find("a.c")->format.vector, 32);
  EXPECT_EQ(text("a.x"), "4/4/4/4");
  EXPECT_EQ(text("d.e"), "mxfp4");
  EXPECT_EQ(text("d2"), "bf16");
  EXPECT_EQ(parsed("only: bf16\n").find("other"), nullptr);
  const auto again =
      config::Codec<LayerFormats>::parse(config::Codec<LayerFormats>::write(f), "", {});
  EXPECT_EQ(again.find("a.c")->format.vector, 32);
  EXPECT_EQ(again.entries.size(), f.entries.size());
}

TEST(LayerFormats, RefuseWhatTheyDoNotKnowInItsPlace) {
  EXPECT_THAT(message([] { parsed("conv1: 4/4/4\n"); }),
              ::testing::AllOf(HasSubstr("formats.yaml:1:8"), HasSubstr("formats.conv1"),
                               HasSubstr("W/A/WS/AS")));
  EXPECT_THAT(message([] { parsed("conv1: {scheme: 4/4/4/4, vectors: 16}\n"); }),
              HasSubstr("did you mean 'vector'?"));
  EXPECT_THAT(message([] { parsed("conv1: {scheme: 4/4/4/4, product_bits: 9}\n"); }),
              HasSubstr("product_bits"));
  EXPECT_THAT(message([] { parsed("conv1: {scheme: 4/4/4/4, vector: 1025}\n"); }),
              HasSubstr("1024"));
  EXPECT_THAT(message([] { parsed("conv1: {scheme: bf16, rounding: up}\n"); }),
              HasSubstr("half_even"));
  EXPECT_EQ(message([] { parsed("conv1: {scheme: 4/4/4/4, product_bits: 8}\n"); }), "");
}

TEST(LayerFormats, RefuseOptionsThatWouldChangeNothing) {
  const std::pair<const char*, const char*> idle[] = {
      {"{scheme: mxfp4, order: scale_first}", "no integer scales"},
      {"{scheme: 4/4/f/f, order: scale_first}", "no integer scales"},
      {"{scheme: 4/4U/4/4, percentile: 99}", "calibration: percentile"},
      {"{scheme: 8/8U/-/-, vector: 32}", "no scales of vectors"},
      {"{scheme: nvfp4, vector: 32}", "fixes its blocks"},
      {"{scheme: bf16, vector: 32}", "no scales of vectors"},
      {"{scheme: fp32, rounding: up}", "not rounded"},
      {"{scheme: bf16, scale_rounding: up}", "no scales of vectors"},
      {"{scheme: mxfp4, calibration: mse}", "no range"},
      {"{scheme: 4/4/f/f, accumulator_bits: 20}", "no vector MAC"}};
  for (const auto& [format, why] : idle)
    EXPECT_THAT(message([f = format] { parsed(std::string("conv1: ") + f + "\n"); }),
                ::testing::AllOf(HasSubstr("formats.yaml:1:"), HasSubstr(why)))
        << format;
  for (const char* used :
       {"{scheme: 4/4/-/4, order: scale_first}", "{scheme: 4/4/-/4, vector: 32}",
        "{scheme: 4/4/4/4, calibration: percentile, percentile: 99}",
        "{scheme: mxfp4, scale_rounding: up}", "{scheme: 4/4/-/-, accumulator_bits: 20}"})
    EXPECT_EQ(message([=] { parsed(std::string("conv1: ") + used + "\n"); }), "") << used;
}

TEST(LayerFormats, AskForTheSchemeOfAnOption) {
  EXPECT_THAT(message([] { parsed("default: {calibration: entropy}\n"); }),
              ::testing::AllOf(HasSubstr("formats.yaml:1:"), HasSubstr("formats.default"),
                               HasSubstr("without the scheme"),
                               HasSubstr("{scheme: 4/4U/4/4, calibration: entropy}")));
  EXPECT_EQ(message([] { parsed("order: {vector: 4/4/4/4}\n"); }), "") << "a layer of that name";
}

// ---- networks
// ------------------------------------------------------------------------------------

struct Fixture {
  std::shared_ptr<Model> net = make_network("digits_cnn", {});
  at::Tensor x = drawn({6, 1, 8, 8}).abs();
  at::Tensor exact;
  Fixture() {
    const torch::NoGradGuard no_gradient;
    net->eval();
    exact = net->forward(x);
  }
  at::Tensor in(const std::string& yaml, Arithmetic arithmetic = Arithmetic::values) {
    const torch::NoGradGuard no_gradient;
    QuantizedNetwork quantized(*net, parsed(yaml), arithmetic);
    quantized.calibrate(x);
    return net->forward(x);
  }
};

TEST(QuantizedNetwork, ComputesInEveryFormatAndInFloatsAgainAfterwards) {
  Fixture f;
  for (const std::string scales : {"/-/-", "/4/4", "/f/f"}) {
    double before = 0;
    for (const char* bits : {"3/3U", "4/4U", "6/8U"}) {
      const double sqnr = output_sqnr(f.exact, f.in("default: " + (bits + scales)));
      EXPECT_GT(sqnr, before) << bits << scales;
      before = sqnr;
    }
  }
  for (const auto& info : numerics::block_formats())
    EXPECT_GT(output_sqnr(f.exact, f.in(std::string("default: ") + info.name)), 5) << info.name;
  EXPECT_TRUE(torch::equal(f.exact, f.net->forward(f.x)));
  EXPECT_TRUE(torch::equal(f.exact, f.in("default: fp32")));
  EXPECT_TRUE(torch::equal(f.exact, f.in("logits: fp32", Arithmetic::datapath)));
}

// In a wide accumulator with full scale products the two ways to compute differ in the roundings of
// fp32 alone, which may turn a code of the next layer here and there. A rounded product is another
// matter.
TEST(QuantizedNetwork, OnTheDatapathHasTheValuesOfTheFormatWhereItsAccumulatorIsWide) {
  Fixture f;
  for (const char* scheme : {"8/8U/-/-", "4/8/-/-", "4/4U/4/4", "4/8U/6/10", "6/3/4/-", "6/3/-/4"})
    for (const std::string more :
         {"", ", vector: 7", ", order: scale_first", ", calibration: mse"}) {
      const bool scales = std::string(scheme).find("-/-") == std::string::npos;
      if (!scales && (more == ", vector: 7" || more == ", order: scale_first")) continue;
      const std::string yaml =
          std::string("default: {scheme: ") + scheme + ", accumulator_bits: 48" + more + "}";
      EXPECT_GT(output_sqnr(f.in(yaml), f.in(yaml, Arithmetic::datapath)), 45) << yaml;
    }
  const std::string rounded = "default: {scheme: 4/4U/4/4, product_bits: 4, accumulator_bits: 48}";
  EXPECT_LT(output_sqnr(f.in(rounded), f.in(rounded, Arithmetic::datapath)), 40);
}

TEST(QuantizedNetwork, OnTheDatapathComputesStridedAndGroupedConvolutionsOfOddWidths) {
  const torch::NoGradGuard no_gradient;
  for (const std::int64_t groups : {1, 3}) {
    auto net = std::make_shared<Chain>();
    net->add("conv", convolution(21, 6, {3, 2}, 2, {1, 0}, groups, true));
    std::uint64_t seed = 40;
    for (at::Tensor& p : net->parameters()) p.copy_(drawn(p.sizes().vec(), seed++));
    const at::Tensor x = drawn({2, 21, 9, 7});
    const auto in = [&](Arithmetic arithmetic) {
      QuantizedNetwork q(*net, parsed("conv: {scheme: 6/6/5/5, accumulator_bits: 48}"), arithmetic);
      q.calibrate(x);
      return net->forward(x);
    };
    const at::Tensor values = in(Arithmetic::values), sums = in(Arithmetic::datapath);
    ASSERT_EQ(values.sizes(), sums.sizes());
    EXPECT_GT(output_sqnr(values, sums), 100) << groups;
    EXPECT_GT(output_sqnr(net->forward(x), sums), 20) << groups;
  }
}

TEST(QuantizedNetwork, CountsGatedVectorsSaturatedSumsAndClippedScales) {
  Fixture f;
  const auto counts = [&](const std::string& yaml) {
    const torch::NoGradGuard no_gradient;
    QuantizedNetwork q(*f.net, parsed(yaml), Arithmetic::datapath);
    q.calibrate(f.x);
    f.net->forward(2 * f.x);  // beyond what was calibrated
    return q.counts();
  };
  const auto wide = counts("conv2: {scheme: 4/4U/4/4}");
  ASSERT_EQ(wide.size(), 1u);
  EXPECT_EQ(wide[0].layer, "conv2");
  EXPECT_FALSE(wide[0].is_signed);
  EXPECT_EQ(wide[0].mac.vectors, 6u * 64 * 32 * 9);
  // Of 24 x 24 taps of an image 22 x 22 lie within it; beyond, a scale is 0.
  EXPECT_EQ(wide[0].padding, 6u * 32 * (24 * 24 - 22 * 22));
  EXPECT_GE(wide[0].mac.gated, wide[0].padding);
  EXPECT_EQ(wide[0].gated_share(), static_cast<double>(wide[0].mac.gated - wide[0].padding) /
                                       static_cast<double>(6 * 32 * 22 * 22));
  const auto unscaled = counts("conv2: 4/4U/-/-");
  EXPECT_EQ(unscaled[0].padding, wide[0].padding);
  EXPECT_EQ(unscaled[0].gated_share(), 0) << "nothing tells the zeros beyond the edge";
  EXPECT_EQ(wide[0].mac.overflows, 0u);
  EXPECT_GT(counts("conv2: {scheme: 4/4U/4/4, product_bits: 1}")[0].mac.gated, wide[0].mac.gated);
  EXPECT_GT(counts("conv2: {scheme: 4/4U/4/4, accumulator_bits: 10}")[0].mac.overflows, 0u);
  // The first layer's inputs are twice as large as those seen; group norm hides it from the others.
  EXPECT_GT(counts("conv1: {scheme: 4/4U/4/4}")[0].clipped_scales, 0u);
}

TEST(QuantizedNetwork, HasUnsignedActivationsOnlyWhereNoneWasNegative) {
  Fixture f;
  const auto is_signed = [&](const at::Tensor& samples) {
    QuantizedNetwork q(*f.net, parsed("default: 4/4U/4/4"), Arithmetic::datapath);
    q.calibrate(samples);
    return q.counts().front().is_signed;
  };
  EXPECT_FALSE(is_signed(f.x));
  EXPECT_TRUE(is_signed(-f.x));
}

TEST(QuantizedNetwork, QuantisesWeightsAgainWhenTheyHaveChanged) {
  Fixture f;
  const torch::NoGradGuard no_gradient;
  QuantizedNetwork q(*f.net, parsed("default: nvfp4"));
  const at::Tensor before = f.net->forward(f.x);
  EXPECT_TRUE(torch::equal(before, f.net->forward(f.x)));
  for (at::Tensor& p : f.net->parameters()) p.mul_(1.25);
  EXPECT_FALSE(torch::equal(before, f.net->forward(f.x)));
}

TEST(QuantizedNetwork, TrainsThroughTheFormat) {
  Fixture f;
  QuantizedNetwork q(*f.net, parsed("default: 4/4U/4/4"));
  q.calibrate(f.x);
  f.net->forward(f.x).square().sum().backward();
  for (const auto& p : f.net->named_parameters())
    if (p.key().find("weight") != std::string::npos) {
      EXPECT_GT(p.value().grad().abs().max().item<float>(), 0) << p.key();
    }
}

TEST(QuantizedNetwork, IsRecordedWithANodePerOperand) {
  Fixture f;
  const torch::NoGradGuard no_gradient;
  QuantizedNetwork q(*f.net, parsed("default: 4/4U/4/4"));
  q.calibrate(f.x);
  Recorder recorder({"quantised"});
  recorder.parameters(*f.net);
  recorder.input("x", f.x);
  {
    const auto on = recorder.record();
    f.net->forward(f.x);
  }
  const trace::Trace t = recorder.finish();
  EXPECT_TRUE(recorder.warnings().empty());
  int quantised = 0;
  for (const trace::Op& op : t.ops) {
    if (op.kind == OpKind::fake_quantize) ++quantised;
    EXPECT_NE(op.kind, OpKind::generic) << trace::describe(t);
    if (op.kind != OpKind::conv2d) continue;
    for (int i = 0; i < 2; ++i) {  // both operands
      const trace::TensorId id = op.inputs[static_cast<std::size_t>(i)];
      bool made = false;
      for (const trace::Op& other : t.ops)
        made = made || (other.kind == OpKind::fake_quantize && other.outputs[0] == id &&
                        other.text("granularity", "") == "vector");
      EXPECT_TRUE(made) << op.name;
    }
  }
  EXPECT_EQ(quantised, 8);
}

TEST(QuantizedNetwork, SaysWhatIsWrong) {
  Fixture f;
  const auto construct = [&](const std::string& yaml, Arithmetic a) {
    return message([&] { QuantizedNetwork(*f.net, parsed(yaml), a); });
  };
  EXPECT_THAT(construct("default: bf16\ncomv1: bf16\n", Arithmetic::values),
              ::testing::AllOf(HasSubstr("formats.yaml:2"), HasSubstr("comv1"),
                               HasSubstr("did you mean 'conv1'?"), HasSubstr("formats.layer")));
  EXPECT_THAT(construct("default: nvfp4\n", Arithmetic::datapath),
              ::testing::AllOf(HasSubstr("conv1"), HasSubstr("formats.datapath")));
  {
    QuantizedNetwork q(*f.net, parsed("default: 8/8/-/-"));
    EXPECT_THAT(message([&] { f.net->forward(f.x); }), HasSubstr("formats.calibration"));
  }
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    at::Tensor x = f.x.clone();
    x[3][0][2][1] = bad;
    EXPECT_THAT(message([&] {
                  QuantizedNetwork q(*f.net, parsed("default: mxfp4"));
                  f.net->forward(x);
                }),
                ::testing::AllOf(HasSubstr("layer 'conv1', its input"), HasSubstr("element 209")));
  }
  EXPECT_TRUE(torch::equal(f.exact, f.net->forward(f.x)));
}

TEST(QuantizedNetwork, CountsTheMultiplyAccumulatesOfItsCalibration) {
  Fixture f;
  for (const char* format : {"4/4U/4/4", "mxfp4"}) {
    QuantizedNetwork quantized(*f.net, parsed(std::string("default: ") + format));
    EXPECT_EQ(quantized.counts().front().macs, 0u);
    quantized.calibrate(f.x);
    const auto counts = quantized.counts();
    ASSERT_EQ(counts.front().layer, "conv1");
    // 6 images of 8 x 8 positions; weights [out, 1, 3, 3].
    const auto& w = f.net->named_parameters()["conv1.weight"];
    EXPECT_EQ(counts.front().macs, static_cast<std::uint64_t>(6 * 64 * w.numel()));
    ASSERT_EQ(counts.back().layer, "logits");
    EXPECT_EQ(counts.back().macs,
              static_cast<std::uint64_t>(6 * f.net->named_parameters()["logits.weight"].numel()));
  }
}

TEST(QuantizedNetwork, GivesTheBiasAloneForInputsOfZero) {
  Fixture f;
  f.x = torch::zeros_like(f.x);
  const torch::NoGradGuard no_gradient;
  const at::Tensor expected = f.net->forward(f.x);
  EXPECT_TRUE(torch::equal(f.in("default: 4/4U/4/4"), expected));
  EXPECT_TRUE(torch::equal(f.in("default: 4/4U/4/4", Arithmetic::datapath), expected));
}

}  // namespace
}  // namespace mantissa::workloads
