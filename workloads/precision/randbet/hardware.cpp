// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/randbet/hardware.h"

#include <fmt/format.h>

#include "base/config/node.h"
#include "base/statistics/confidence.h"
#include "workloads/executor/tensor.h"
#include "workloads/executor/training/trainer.h"
#include "workloads/precision/int8/inference.h"
#include "workloads/precision/randbet/robust_training.h"

namespace mantissa::workloads {

const config::Schema<HardwareConfig>& HardwareConfig::schema() {
  using config::at_least;
  static const auto s =
      config::Schema<HardwareConfig>("The trade-off on a simulated chip, in data mode.")
          .optional("arch", &HardwareConfig::arch, "The chip: a preset or a file; empty: left out.")
          .optional("voltages", &HardwareConfig::voltages,
                    "Of the scratchpad, as parts of Vmin, 0.75 to 1.")
          .optional("chips", &HardwareConfig::chips, at_least(2), "Chips at each voltage.")
          .optional("samples", &HardwareConfig::samples, at_least(1), "Test samples on each chip.")
          .optional("clip", &HardwareConfig::clip, config::range(0.001, 1),
                    "Of the weights of the robust network.")
          .optional("train_error", &HardwareConfig::train_error, config::range(0, 0.2),
                    "Rate of bit errors in its training.")
          .constraint("voltages", [](const HardwareConfig& c) {
            for (double v : c.voltages) {
              if (v < 0.75 || v > 1) return "voltages lie from 0.75 to 1 Vmin";
            }
            return "";
          });
  return s;
}

namespace {

// One inference of all samples at once.
struct Program {
  Inference inference;
  at::Tensor labels;
};

Program program_of(Model& network, const data::Dataset& dataset, std::int64_t samples) {
  const auto first = [](const std::vector<std::int64_t>& all, std::int64_t n) {
    const auto size = static_cast<std::int64_t>(all.size());
    return std::vector<std::int64_t>(all.begin(), all.begin() + std::min(n, size));
  };
  const Batch calibration = batch_of(dataset, first(dataset.train, 256));
  const Batch test = batch_of(dataset, first(dataset.test, samples));
  const IntegerNetwork integers(network, calibration.x);
  return {record(integers, integers.codes(test.x)), test.y};
}

struct Measured {
  double error = 0, energy_nj = 0;  // per inference
};

Measured run(const Program& program, const StudyChip& chip) {
  const arch::RunResult result = on_chip(program.inference, chip);
  const at::Tensor logits = tensor_of(logits_of(result, program.inference));
  const double n = static_cast<double>(program.labels.size(0));
  return {logits.argmax(1).ne(program.labels).to(at::kDouble).mean().item<double>(),
          result.power.total_energy.value / 1e3 / n};
}

}  // namespace

void add_hardware(const HardwareConfig& config, const data::Dataset& dataset,
                  const TrainingConfig& training, StudyContext& context, double from,
                  StudyResult& result) {
  ResultTable table{"tradeoff",
                    "int8 networks on " + config.arch +
                        " with the scratchpad below Vmin: weights and activations meet its errors",
                    {{"network", ""},
                     {"voltage", "V/Vmin"},
                     {"error", "%"},
                     {"deviation", "%"},
                     {"energy per inference", "nJ"},
                     {"saved", "%"}},
                    {}};
  Figure figure{"tradeoff",
                "Error and energy of one inference",
                FigureKind::line,
                {"energy of an inference, nJ", false},
                {"test error, %", false},
                {},
                {}};
  const struct {
    const char* label;
    bool robust;
  } networks[] = {{"plain", false}, {"clipped, trained with errors", true}};
  double done = 0;
  const double all =
      static_cast<double>(std::size(networks)) * (1 + static_cast<double>(config.voltages.size()));
  for (const auto& kind : networks) {
    ModelConfig model;
    model.label = kind.label;
    model.quantizer = QuantizerStep::normal;
    if (kind.robust) {
      model.clip = config.clip;
      model.train_error = config.train_error;
    }
    NetworkOptions options;
    options.seed = static_cast<std::uint64_t>(training.seed);
    options.norms = false;  // integers have none
    const std::shared_ptr<Model> made = make_network("digits_cnn", options);
    Model& network = *made;
    const std::int64_t steps =
        training.epochs * static_cast<std::int64_t>(dataset.train.size()) / training.batch;
    RobustTraining robust(network, model, 1.75, static_cast<std::uint64_t>(training.seed), steps);
    Trainer::Options how;
    const std::string parts = ModelConfig::schema().write(model).yaml() +
                              TrainingConfig::schema().write(training).yaml() + "hardware";
    how.identity = "hardware " + config::content_hash(parts);
    how.label = std::string("the chip's network, ") + kind.label;
    how.memory = robust.memory();
    if (!context.directory.empty()) {
      how.checkpoint = context.directory / (config::content_hash(parts) + ".ckpt");
    }
    how.from = from + (1 - from) * done / all;
    how.to = from + (1 - from) * (done + 1) / all;
    Trainer(network, dataset, training, how).run(context, robust.step());
    clip(network, model.clip);
    done += 1;
    const Program program = program_of(network, dataset, config.samples);
    Series series{kind.label, {}, {}, {}, {}};
    double full = 0;
    for (double voltage : config.voltages) {
      std::vector<double> errors;
      double energy = 0;
      for (std::int64_t chip = 0; chip < config.chips; ++chip) {
        context.progress(from + (1 - from) * (done + double(chip) / double(config.chips)) / all,
                         fmt::format("{} at {:g} Vmin, chip {}", kind.label, voltage, chip + 1));
        const Measured m = run(
            program,
            context.chip(config.arch, {fmt::format("core.scratchpad.voltage={:g} Vmin", voltage),
                                       fmt::format("core.chip_seed={}", chip + 1)}));
        errors.push_back(m.error);
        energy = m.energy_nj;
        if (voltage >= 1) break;  // no cell fails: every chip is the same
      }
      done += 1;
      const statistics::Summary s = statistics::summarise(errors);
      if (full == 0) full = energy;
      table.rows.push_back({std::string(kind.label), voltage, 100 * s.mean, 100 * s.deviation,
                            energy, 100 * (1 - energy / full)});
      series.x.push_back(energy);
      series.y.push_back(100 * s.mean);
      series.low.push_back(100 * s.low);
      series.high.push_back(100 * s.high);
    }
    figure.series.push_back(std::move(series));
  }
  result.tables.push_back(std::move(table));
  result.figures.push_back(std::move(figure));
  result.notes.push_back(
      "on the chip: int8 by channel after training, so its codes are not those of the training; "
      "energy is that of the whole chip, of which the scratchpad is a part");
}

}  // namespace mantissa::workloads
