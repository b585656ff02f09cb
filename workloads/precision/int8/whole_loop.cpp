// SPDX-License-Identifier: Apache-2.0
// The experiment `whole_loop`: train the digits CNN, quantise it to int8, record one inference, run
// it on a chip in data mode and beside the chip's RTL, and hold the logits against the executor's.
#include <fmt/format.h>

#include <algorithm>

#include "base/trace/chakra.h"
#include "workloads/data/config.h"
#include "workloads/data/load.h"
#include "workloads/executor/training/trainer.h"
#include "workloads/precision/int8/inference.h"

namespace mantissa::workloads {
namespace {

inline const ErrorKind sample_out_of_range{"study.sample", ExitCode::bad_input,
                                           "A study asks for a sample that its data set lacks."};

struct WholeLoopConfig {
  std::string arch = "systolic_32x32";
  std::int64_t sample = 0, calibration = 256;
  bool rtl = true;
  TrainingConfig training = [] {
    TrainingConfig c;
    c.epochs = 30;
    return c;
  }();

  static const config::Schema<WholeLoopConfig>& schema() {
    static const auto s =
        config::Schema<WholeLoopConfig>(
            "From training to hardware: a small CNN is trained on the 8x8 digits, quantised to "
            "int8, and one inference runs on the chip, bit for bit.")
            .optional("arch", &WholeLoopConfig::arch, "The chip: a preset or a file.")
            .optional("sample", &WholeLoopConfig::sample, config::at_least(0),
                      "Which test sample runs on the chip.")
            .optional("calibration", &WholeLoopConfig::calibration, config::at_least(1),
                      "Training samples that set the scales of activations.")
            .optional("rtl", &WholeLoopConfig::rtl,
                      "Also beside the verilated array (core.matrix.implementation: lockstep).")
            .optional("training", &WholeLoopConfig::training, "How the network is trained.");
    return s;
  }
};

std::vector<std::int64_t> first(const std::vector<std::int64_t>& samples, std::int64_t n) {
  return {samples.begin(),
          samples.begin() + std::min<std::int64_t>(n, static_cast<std::int64_t>(samples.size()))};
}

double integer_error(const IntegerNetwork& network, const data::Dataset& dataset) {
  const Batch test = batch_of(dataset, dataset.test);
  const at::Tensor wrong = network.forward(network.codes(test.x)).argmax(1).ne(test.y);
  return wrong.to(at::kDouble).mean().item<double>();
}

arch::RunResult run(const Inference& inference, StudyContext& context,
                    const WholeLoopConfig& config, bool rtl) {
  std::vector<std::string> overrides;
  if (rtl) overrides.push_back("core.matrix.implementation=lockstep");
  return on_chip(inference, context.chip(config.arch, overrides));
}

// How many of the executor's logits the chip has not given bit for bit.
std::int64_t differing(const Inference& inference, const arch::RunResult& result) {
  const auto ours = inference.logits.integers(), theirs = logits_of(result, inference).integers();
  std::int64_t n = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) n += i >= theirs.size() || ours[i] != theirs[i];
  return n;
}

StudyResult whole_loop(const WholeLoopConfig& config, StudyContext& context) {
  data::DataConfig which_data;
  which_data.name = data::Known::digits;
  const data::Dataset digits = data::load(which_data);
  if (config.sample >= static_cast<std::int64_t>(digits.test.size())) {
    throw Error(sample_out_of_range)
        .at("parameters.sample")
        .read(std::to_string(config.sample))
        .expected("a test sample, 0 to " + std::to_string(digits.test.size() - 1));
  }
  NetworkOptions made;
  made.seed = static_cast<std::uint64_t>(config.training.seed);
  made.norms = false;
  const std::shared_ptr<Model> owner = make_network("digits_cnn", made);
  Model& network = *owner;
  Trainer::Options how;
  how.identity =
      "digits_cnn " + config::content_hash(TrainingConfig::schema().write(config.training).yaml());
  if (!context.directory.empty()) how.checkpoint = context.directory / "digits_cnn.ckpt";
  how.to = 0.8;
  Trainer(network, digits, config.training, how).run(context, cross_entropy_step(network));

  context.progress(0.8, "quantising to int8");
  const Batch calibration = batch_of(digits, first(digits.train, config.calibration));
  const IntegerNetwork integers(network, calibration.x);
  const double error = error_rate(network, digits, digits.test);
  const double int8_error = integer_error(integers, digits);

  const std::int64_t which = digits.test[static_cast<std::size_t>(config.sample)];
  const Batch one = batch_of(digits, {which});
  const Inference inference = record(integers, integers.codes(one.x));
  if (!context.trace.empty()) {
    trace::Trace written = inference.trace;
    written.operands_file = context.trace.string() + ".safetensors";
    write_operands(written, inference.operands, written.operands_file);
    trace::write_chakra(written, trace::chakra_path(context.trace.string(), 0),
                        trace::Checked::yes);
  }
  context.progress(0.85, "one inference on " + config.arch);
  const arch::RunResult model = run(inference, context, config, false);
  std::optional<arch::RunResult> lockstep;
  if (config.rtl) {
    context.progress(0.9, "the same beside the RTL");
    lockstep = run(inference, context, config, true);
  }

  StudyResult result;
  const double n = static_cast<double>(digits.test.size());
  const auto interval = [n](double p) { return 1.96 * std::sqrt(p * (1 - p) / n) * 100; };
  result.comparisons = {
      {"test error, fp32", "%", {}, 100 * error, interval(error), "", ""},
      {"test error, int8", "%", {}, 100 * int8_error, interval(int8_error), "", ""},
      {"cycles of one inference", "cycles", {}, double(model.cycles.value), {}, "", ""},
      {"latency of one inference", "us", {}, 1e6 * model.latency_s, {}, "", ""},
      {"energy of one inference", "nJ", {}, model.power.total_energy.value / 1e3, {}, "", ""},
      {"area of the chip", "mm2", {}, model.power.total_area.value / 1e6, {}, "", ""},
  };
  ResultTable bits{"logits",
                   "Logits of the inference, executor against chip",
                   {{"run", ""},
                    {"logits", ""},
                    {"differing", ""},
                    {"cycles", ""},
                    {"values held against RTL", ""}},
                   {}};
  const auto row = [&](const char* name, const arch::RunResult& r) {
    const std::int64_t wrong = differing(inference, r);
    std::int64_t compared = 0;
    for (const auto& [unit, twin] : r.twins) compared += static_cast<std::int64_t>(twin.compared);
    bits.rows.push_back({std::string(name), inference.logits.elements(), wrong,
                         static_cast<std::int64_t>(r.cycles.value), compared});
    result.passed = result.passed && wrong == 0;
  };
  row("data mode", model);
  if (lockstep) {
    row("RTL lockstep", *lockstep);
    result.passed = result.passed && lockstep->cycles.value == model.cycles.value;
  }
  ResultTable layers{"layers",
                     "Layers on the chip",
                     {{"layer", ""},
                      {"operators", ""},
                      {"start", "cycles"},
                      {"end", "cycles"},
                      {"MACs", ""},
                      {"utilization", "%"}},
                     {}};
  for (const arch::LayerResult& l : model.layers) {
    layers.rows.push_back({l.name, l.op, static_cast<std::int64_t>(l.start.value),
                           static_cast<std::int64_t>(l.end.value),
                           static_cast<std::int64_t>(l.macs), 100 * l.utilization});
  }
  result.tables = {bits, layers};
  const auto logits = inference.logits.integers();
  const auto best = std::max_element(logits.begin(), logits.end()) - logits.begin();
  result.notes = {
      fmt::format("8x8 digits: {} training and {} test samples; the network has {} parameters",
                  digits.train.size(), digits.test.size(), parameter_count(network)),
      fmt::format("test sample {}: labelled {}, recognised as {}", config.sample,
                  one.y.item<std::int64_t>(), best)};
  return result;
}

const ExperimentRegistration<WholeLoopConfig> registration("whole_loop", whole_loop);

}  // namespace
}  // namespace mantissa::workloads
