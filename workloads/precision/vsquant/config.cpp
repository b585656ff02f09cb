// SPDX-License-Identifier: Apache-2.0
#include "workloads/precision/vsquant/config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "workloads/executor/networks/network.h"
#include "workloads/precision/ipu/unit_cost.h"
#include "workloads/precision/vsquant/unit_cost.h"

namespace mantissa::workloads::vsquant {

namespace {

std::string no_results(const char* unit, const config::FolderPath& folder) {
  return fmt::format("the folder {} has no synthesis.yaml of the unit {}, itself or below grid",
                     folder.text, unit);
}

}  // namespace

const config::Schema<DrawnNetwork>& DrawnNetwork::schema() {
  static const auto s =
      config::Schema<DrawnNetwork>("A network with drawn weights and inputs.")
          .required("network", &DrawnNetwork::network, "One of the executor's networks.")
          .optional("ordered", &DrawnNetwork::ordered,
                    "The study fails where its SQNRs are not in the order of check 8.")
          .required("input", &DrawnNetwork::input, config::range(1, 1 << 20),
                    "Shape of its input, with the batch.")
          .constraint("input", [](const DrawnNetwork& d) -> std::string {
            const auto names = network_names();
            if (std::find(names.begin(), names.end(), d.network) == names.end()) return "";
            const ExampleInput example = example_input(d.network);
            const bool fits =
                d.input.size() == example.shape.size() &&
                (example.fixed == 0 || d.input[example.fixed] == example.shape[example.fixed]);
            return fits ? ""
                        : fmt::format("the network {} takes an input as {}, not [{}]", d.network,
                                      text(example), fmt::join(d.input, ","));
          });
  return s;
}

const config::Schema<Task>& Task::schema() {
  static const auto s =
      config::Schema<Task>("A network that is trained and then computes in every format.")
          .required("label", &Task::label, "Its name in tables.")
          .required("network", &Task::network, "One of the executor's networks, a classifier.")
          .required("data", &Task::data, "What it is trained on.")
          .optional("training", &Task::training, "How it is trained, in fp32.")
          .optional("formats", &Task::formats,
                    "One more row: a format per layer, or default for those not named.");
  return s;
}

const config::Schema<VsQuantConfig>& VsQuantConfig::schema() {
  using C = VsQuantConfig;
  using config::at_least;
  using config::range;
  static const auto s =
      config::Schema<C>("Per-vector scaled quantisation: accuracy, area and energy by format.")
          .required("schemes", &C::schemes, "The formats that are compared, as formats of layers.")
          .optional("baseline", &C::baseline, "The one of them that all are compared with.")
          .optional("drawn", &C::drawn, "Networks with drawn weights: the SQNR of their outputs.")
          .optional("tasks", &C::tasks, "Networks that are trained: their errors.")
          .optional("calibration", &C::calibration, range(1, 1e6),
                    "Training samples that set the ranges of activations.")
          .optional("trained", &C::trained,
                    "Those of the schemes that are also trained in (QAT), from the fp32 weights.")
          .optional("tuning_epochs", &C::tuning_epochs, range(1, 1e4), "Epochs of that training.")
          .optional("tuning_rate", &C::tuning_rate, range(1e-9, 10), "Its first learning rate.")
          .optional("channels", &C::channels, range(1, 1 << 16),
                    "Channels of 4096 samples that a format's loss is measured on.")
          .optional("synthesis", &C::synthesis,
                    "Folder with synthesis.yaml of the unit vsq, and more below grid.")
          .optional("post_processing", &C::post_processing,
                    "The same of vsq_ppu, and more below data_first.")
          .optional("inner_products", &C::inner_products, "The same of ipu.")
          .optional("chip", &C::chip,
                    "Architecture of vector MACs whose core is priced in every format; none: no.")
          .optional("chip_workload", &C::chip_workload, "What it runs, in shape mode.")
          .optional("chip_overrides", &C::chip_overrides, "Of the architecture: 'key=value'.")
          .optional("follow_up", &C::follow_up,
                    "Architecture of the chip in 5 nm, beside its published figures; none: no.")
          .optional("follow_up_overrides", &C::follow_up_overrides,
                    "Of that architecture: 'key=value'.")
          .optional("seed", &C::seed, at_least(0), "Of drawn weights, inputs and samples.")
          .constraint("schemes",
                      [](const C& c) -> std::string {
                        std::set<std::string> seen;
                        for (const LayerFormat& f : c.schemes)
                          if (!seen.insert(label(f)).second)
                            return label(f) + " stands there twice";
                        return c.schemes.empty() ? "at least one scheme" : "";
                      })
          .constraint("baseline",
                      [](const C& c) -> std::string {
                        for (const LayerFormat& f : c.schemes)
                          if (f.scheme.text == c.baseline.text) return "";
                        return c.schemes.empty() ? "" : c.baseline.text + " is none of the schemes";
                      })
          .constraint(
              "trained",
              [](const C& c) -> std::string {
                for (const Scheme& s : c.trained) {
                  const auto is = [&](const LayerFormat& f) { return f.scheme.text == s.text; };
                  if (std::none_of(c.schemes.begin(), c.schemes.end(), is))
                    return s.text +
                           " is none of the schemes: name those to train, or none (trained=[])";
                }
                return "";
              })
          .constraint("synthesis",
                      [](const C& c) {
                        return c.synthesis.given() && vector_mac_costs(c.synthesis.text).empty()
                                   ? no_results("vsq", c.synthesis)
                                   : std::string();
                      })
          .constraint("inner_products", [](const C& c) {
            return c.inner_products.given() && ipu::synthesised_units(c.inner_products.text).empty()
                       ? no_results("ipu", c.inner_products)
                       : std::string();
          });
  return s;
}

const LayerFormat& VsQuantConfig::baseline_format() const {
  for (const LayerFormat& f : schemes)
    if (f.scheme.text == baseline.text) return f;
  internal_error(__FILE__, __LINE__, "a baseline that is none of the schemes");
}

std::string label(const LayerFormat& f) {
  std::string text = f.scheme.text;
  if (f.vector != 0) text += fmt::format(", V = {}", f.vector);
  if (f.product_bits != 0) text += fmt::format(", R = {}", f.product_bits);
  if (f.order == numerics::ScaleOrder::scale_first) text += ", order B";
  if (f.rounding) text += fmt::format(", {}", name(*f.rounding));
  if (f.scale_rounding) text += fmt::format(", scales {}", name(*f.scale_rounding));
  if (f.accumulator_bits != 24) text += fmt::format(", ACC = {}", f.accumulator_bits);
  for (const auto& [kind, word] : config::EnumNames<numerics::Calibration>::names())
    if (kind == f.calibration && kind != numerics::Calibration::max)
      text += fmt::format(", {}", word);
  return text;
}

LayerFormats everywhere(const LayerFormat& format) {
  LayerFormats out;
  out.entries.push_back({"default", format, {}});
  return out;
}

}  // namespace mantissa::workloads::vsquant
