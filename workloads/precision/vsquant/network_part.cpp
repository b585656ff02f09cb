// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/faults/draw.h"
#include "workloads/data/load.h"
#include "workloads/data/normal_stream.h"
#include "workloads/data/synthetic.h"
#include "workloads/executor/threads.h"
#include "workloads/executor/training/trainer.h"
#include "workloads/precision/formats/quantized_network.h"
#include "workloads/precision/vsquant/study_parts.h"

namespace mantissa::workloads::vsquant {

namespace {

// The bits of the hardware where it computes the format, else the values that the format keeps.
Arithmetic arithmetic_of(const LayerFormats& formats) {
  for (const LayerFormats::Entry& entry : formats.entries)
    if (!entry.format.scheme.has_datapath() && entry.format.scheme.text != "fp32")
      return Arithmetic::values;
  return Arithmetic::datapath;
}
const char* name(Arithmetic a) { return a == Arithmetic::datapath ? "vector MAC" : "values"; }

// What computes the layers of a network with a format per layer: one word, or words with layers.
std::string arithmetic_by_layer(const LayerFormats& formats,
                                const std::vector<std::string>& layers) {
  std::map<std::string, std::string> by;
  for (const std::string& layer : layers) {
    const LayerFormats::Entry* entry = formats.find(layer);
    const bool plain = entry == nullptr || entry->format.scheme.text == "fp32";
    std::string& names = by[plain ? "fp32" : name(arithmetic_of(formats))];
    names += (names.empty() ? "" : ", ") + layer;
  }
  if (by.size() == 1) return by.begin()->first;
  std::string out;
  for (const auto& [how, names] : by) out += (out.empty() ? "" : "; ") + how + ": " + names;
  return out;
}

std::string file_name(std::string label) {
  for (char& c : label)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return label;
}

double percent(double fraction) { return 100 * fraction; }

class NetworkPart {
 public:
  NetworkPart(const VsQuantConfig& config, StudyContext& context, const Progress& progress,
              double from, double to, Checks& checks, StudyResult& result)
      : config_(config),
        context_(context),
        progress_(progress),
        from_(from),
        to_(to),
        checks_(checks),
        result_(result) {
    for (const LayerFormat& format : config.schemes) losses_.push_back({format, {}, {}, {}, 0});
    gated_.resize(losses_.size());
    compute_on_one_thread();
    // What does not exist or does not fit is refused before anything is trained.
    for (const DrawnNetwork& d : config.drawn) fresh(d.network, 0, false);
    for (const Task& task : config.tasks) {
      datasets_.push_back(data::load(task.data));
      const data::Dataset& dataset = datasets_.back();
      const auto network =
          fresh(task.network, static_cast<std::int64_t>(dataset.classes.size()), false);
      QuantizedNetwork(*network, task.formats, arithmetic_of(task.formats));
      const torch::NoGradGuard no_gradient;
      network->eval();
      try {
        forward_checked(*network, task.network, batch_of(dataset, {dataset.train.front()}).x);
      } catch (Error& error) {
        throw error.at("the task '" + task.label + "' on the data '" + dataset.name + "'");
      }
    }
  }

  Losses run() {
    const double parts = static_cast<double>(config_.drawn.size() + 3 * config_.tasks.size());
    double done = 0;
    for (const DrawnNetwork& d : config_.drawn) {
      at_ = done++ / parts;
      progress_(at_, d.network + " with drawn weights");
      draw(d);
    }
    for (const Task& task : config_.tasks) {
      train(static_cast<std::size_t>(&task - config_.tasks.data()), done / parts,
            (done + 2) / parts);
      done += 3;
    }
    finish();
    return {std::move(losses_), std::move(mixed_)};
  }

 private:
  std::shared_ptr<Model> fresh(const std::string& network, std::int64_t classes, bool weights,
                               std::int64_t batch = 1) {
    NetworkOptions options;
    options.batch = batch;
    options.seed = static_cast<std::uint64_t>(config_.seed);
    options.classes = classes;
    options.weights = weights;
    return make_network(network, options);
  }

  // Runs `f` with the network in a format; what the vector MACs did is added to `gated`.
  template <class F>
  auto in(Model& network, const LayerFormats& formats, const at::Tensor& samples, std::size_t row,
          F f) {
    QuantizedNetwork quantized(network, formats, arithmetic_of(formats));
    quantized.calibrate(samples);
    const auto value = f();
    counts_ = quantized.counts();
    for (const LayerCounts& c : counts_) {
      if (row >= gated_.size()) continue;
      numerics::VectorMacCounts& sum = gated_[row].mac;
      sum.vectors += c.mac.vectors;
      sum.gated += c.mac.gated;
      sum.overflows += c.mac.overflows;
      gated_[row].clipped_scales += c.clipped_scales;
      gated_[row].activation_scales += c.activation_scales;
      gated_[row].padding += c.padding;
    }
    return value;
  }

  // ---- networks whose weights are drawn ---------------------------------------------------------
  void draw(const DrawnNetwork& d) {
    const torch::NoGradGuard no_gradient;
    const auto network = fresh(d.network, 0, true, d.input.front());
    network->eval();
    // Uniform weights have no outliers, which are what a scale per vector is for.
    for (const auto& p : network->named_parameters()) {
      at::Tensor w = p.value();
      if (w.dim() < 2) continue;
      const double products = static_cast<double>(w.numel()) / static_cast<double>(w.size(0));
      const data::NormalStream normal(static_cast<std::uint64_t>(config_.seed), p.key());
      for (std::int64_t i = 0; i < w.numel(); ++i)
        w.data_ptr<float>()[i] =
            static_cast<float>(std::sqrt(2 / products) * normal.at(static_cast<std::uint64_t>(i)));
    }
    const at::Tensor x = drawn_input(d, static_cast<std::uint64_t>(config_.seed));
    const at::Tensor exact = [&] {
      try {
        return forward_checked(*network, d.network, x);
      } catch (Error& error) {
        throw error.at(fmt::format("parameters.drawn.{}.input", &d - config_.drawn.data()));
      }
    }();
    for (std::size_t i = 0; i < losses_.size(); ++i) {
      progress_(at_, fmt::format("{} in {}", d.network, label(losses_[i].format)));
      const double sqnr = in(*network, everywhere(losses_[i].format), x, i,
                             [&] { return output_sqnr(exact, network->forward(x)); });
      losses_[i].sqnr.push_back(std::isfinite(sqnr) ? std::optional<double>(sqnr) : std::nullopt);
    }
    order(d);
  }

  // Per-channel W4A4 < VS W4A4 (M = 4) < VS W4A8 < W8A8, as far as these are among the schemes.
  void order(const DrawnNetwork& drawn) {
    struct Wanted {
      int weight_bits, activation_bits;
      bool scaled;
    };
    std::vector<std::pair<std::string, double>> figures;
    for (const Wanted& w : {Wanted{4, 4, false}, {4, 4, true}, {4, 8, true}, {8, 8, false}}) {
      const auto found = std::find_if(losses_.begin(), losses_.end(), [&](const FormatLoss& l) {
        const Scheme& s = l.format.scheme;
        return s.weight_bits == w.weight_bits && s.activation_bits == w.activation_bits &&
               (s.weight_scale_bits > 0) == w.scaled && (s.activation_scale_bits > 0) == w.scaled;
      });
      if (found != losses_.end() && found->sqnr.back())
        figures.emplace_back(label(found->format), *found->sqnr.back());
    }
    if (figures.size() < 2) return;
    const std::string what = "SQNR of " + drawn.network + ", drawn, dB";
    if (drawn.ordered)
      checks_.rising(8, what, figures);
    else
      checks_.observed(8, what, figures, Checks::Step::below, "one draw of weights");
  }

  // ---- networks that are trained ----------------------------------------------------------------
  void train(std::size_t index, double begin, double end) {
    const Task& task = config_.tasks[index];
    const data::Dataset& dataset = datasets_[index];
    const auto classes = static_cast<std::int64_t>(dataset.classes.size());
    const auto network = fresh(task.network, classes, true);
    const std::string parts = TrainingConfig::schema().write(task.training).yaml() + task.network +
                              data::DataConfig::schema().write(task.data).yaml() +
                              std::to_string(config_.seed);
    Trainer(*network, dataset, task.training, options(task.label, parts, begin, (begin + end) / 2))
        .run(context_, cross_entropy_step(*network));
    network->eval();
    std::vector<std::int64_t> some = dataset.train;
    some.resize(std::min(some.size(), static_cast<std::size_t>(config_.calibration)));
    const at::Tensor samples = batch_of(dataset, some).x;
    const auto error = [&] { return error_rate(*network, dataset, dataset.test); };

    const double n = static_cast<double>(dataset.test.size());
    const auto interval = [n](double p) { return 1.96 * std::sqrt(p * (1 - p) / n) * 100; };
    at_ = (begin + end) / 2;
    const double exact = error();
    add_error(task, "fp32", "values", exact, interval(exact), {});
    for (std::size_t i = 0; i < losses_.size(); ++i) {
      FormatLoss& loss = losses_[i];
      progress_(at_, fmt::format("{} in {}", task.label, label(loss.format)));
      const LayerFormats formats = everywhere(loss.format);
      loss.error.push_back(in(*network, formats, samples, i, error));
      loss.tuned.push_back(
          tuned(task, loss.format, *network, dataset, samples, parts, (begin + end) / 2, end));
      add_error(task, label(loss.format), name(arithmetic_of(formats)), loss.error.back(),
                interval(loss.error.back()), loss.tuned.back());
    }
    if (!task.formats.entries.empty()) add_mixed(index, *network, samples, error, interval);
    result_.notes.push_back(
        fmt::format("{}: {} on {}, {} parameters, {} training and {} test samples{}", task.label,
                    task.network, dataset.name, parameter_count(*network), dataset.train.size(),
                    dataset.test.size(), bayes(task)));
  }

  template <class Error, class Interval>
  void add_mixed(std::size_t index, Model& network, const at::Tensor& samples, const Error& error,
                 const Interval& interval) {
    const Task& task = config_.tasks[index];
    MixedLoss mixed;
    mixed.task = index;
    mixed.error = in(network, task.formats, samples, losses_.size(), error);
    for (const LayerCounts& c : counts_) {
      mixed.layers.push_back({task.formats.find(c.layer)->format, c.macs, c.gated_share()});
    }
    std::vector<std::string> layers;
    for (const auto& product : products_of(network)) layers.push_back(product.first);
    mixed.unformatted = layers.size() - counts_.size();
    add_error(task, "per layer", arithmetic_by_layer(task.formats, layers).c_str(), mixed.error,
              interval(mixed.error), {});
    mixed_.push_back(std::move(mixed));
  }

  static std::string bayes(const Task& task) {
    using data::Known;
    const Known k = task.data.name;
    if (k != Known::gaussians && k != Known::stripes && k != Known::linear_teacher) return "";
    return fmt::format("; Bayes error {:.2f} %",
                       percent(data::make_task(task.data)->bayes_error()));
  }

  Trainer::Options options(const std::string& label, const std::string& parts, double from,
                           double to) const {
    Trainer::Options o;
    o.identity = label + " " + config::content_hash(parts);
    if (!context_.directory.empty())
      o.checkpoint = context_.directory / (file_name(label) + ".ckpt");
    o.label = label;
    o.from = from_ + (to_ - from_) * from;
    o.to = from_ + (to_ - from_) * to;
    return o;
  }

  // Trained further in the format, from the fp32 weights; in fp32 the weights are the old ones.
  std::optional<double> tuned(const Task& task, const LayerFormat& format, Model& network,
                              const data::Dataset& dataset, const at::Tensor& samples,
                              const std::string& parts, double begin, double end) {
    const auto is = [&](const Scheme& s) { return s.text == format.scheme.text; };
    if (std::none_of(config_.trained.begin(), config_.trained.end(), is)) return {};
    std::vector<at::Tensor> kept;
    for (const at::Tensor& p : network.parameters()) kept.push_back(p.detach().clone());
    const LayerFormats formats = everywhere(format);
    TrainingConfig training = task.training;
    training.epochs = config_.tuning_epochs;
    training.rate = config_.tuning_rate;
    {
      QuantizedNetwork quantized(network, formats, Arithmetic::values);
      quantized.calibrate(samples);
      const std::string title = fmt::format("{}, {}", task.label, label(format));
      const std::string all = parts + TrainingConfig::schema().write(training).yaml() +
                              LayerFormat::schema().write(format).yaml() +
                              std::to_string(config_.calibration);
      Trainer(network, dataset, training, options(title, all, begin, end))
          .run(context_, cross_entropy_step(network));
      network.eval();
    }
    const double error = in(network, formats, samples, losses_.size(),
                            [&] { return error_rate(network, dataset, dataset.test); });
    const torch::NoGradGuard no_gradient;
    for (std::size_t i = 0; i < kept.size(); ++i) network.parameters()[i].copy_(kept[i]);
    return error;
  }

  void add_error(const Task& task, const std::string& format, const char* arithmetic, double error,
                 double interval, std::optional<double> tuned) {
    errors_.rows.push_back({task.label, format, arithmetic, percent(error), interval,
                            tuned ? Cell(percent(*tuned)) : Cell()});
  }

  // ---- what is written at the end ---------------------------------------------------------------
  void finish() {
    // Formats that differ in R alone, by what they have in common; wide products first.
    std::map<std::string, std::map<std::int64_t, double, std::greater<>>> by_product;
    for (std::size_t i = 0; i < losses_.size(); ++i) {
      const LayerCounts& c = gated_[i];
      if (c.mac.vectors == 0) continue;
      FormatLoss& loss = losses_[i];
      loss.gated = c.gated_share();
      const auto whole = [](std::uint64_t n) { return static_cast<std::int64_t>(n); };
      vectors_.rows.push_back({label(loss.format), whole(c.mac.vectors), whole(c.padding),
                               percent(loss.gated), whole(c.mac.overflows),
                               whole(c.activation_scales), whole(c.clipped_scales)});
      if (loss.format.scheme.weight_scale_bits > 0 &&
          loss.format.scheme.activation_scale_bits > 0) {
        LayerFormat common = loss.format;
        common.product_bits = 0;
        const std::int64_t r = loss.format.product_bits;
        by_product[label(common)][r == 0 ? INT64_MAX : r] = percent(loss.gated);
      }
      if (c.mac.overflows > 0)
        result_.warnings.push_back(fmt::format("{}: {} sums saturated at {} bits",
                                               label(loss.format), c.mac.overflows,
                                               loss.format.accumulator_bits));
    }
    for (const auto& [format, rates] : by_product) {
      Checks::Figures figures;
      for (const auto& [r, rate] : rates)
        figures.emplace_back(r == INT64_MAX ? "full" : fmt::format("R = {}", r), rate);
      if (figures.size() > 1)
        checks_.observed(7, fmt::format("vectors gated on all networks, {}, %", format), figures,
                         Checks::Step::not_above, "later layers see other data");
    }
    add_sqnr();
    if (!errors_.rows.empty()) result_.tables.push_back(std::move(errors_));
    if (!vectors_.rows.empty()) result_.tables.push_back(std::move(vectors_));
  }

  void add_sqnr() {
    if (config_.drawn.empty()) return;
    ResultTable table{"drawn_networks",
                      "SQNR of the outputs of networks with drawn weights",
                      {{"format", ""}, {"arithmetic", ""}},
                      {}};
    for (const DrawnNetwork& d : config_.drawn) table.columns.push_back({d.network, "dB"});
    for (const FormatLoss& loss : losses_) {
      std::vector<Cell> row{label(loss.format), name(arithmetic_of(everywhere(loss.format)))};
      for (const auto& sqnr : loss.sqnr) row.push_back(sqnr ? Cell(*sqnr) : Cell());
      table.rows.push_back(std::move(row));
    }
    result_.tables.push_back(std::move(table));
  }

  const VsQuantConfig& config_;
  StudyContext& context_;
  const Progress& progress_;
  double from_, to_;
  double at_ = 0;  // of all networks
  Checks& checks_;
  StudyResult& result_;
  std::vector<FormatLoss> losses_;
  std::vector<MixedLoss> mixed_;
  std::vector<data::Dataset> datasets_;  // one per task
  std::vector<LayerCounts> counts_;      // of the network that was in a format last
  std::vector<LayerCounts> gated_;       // over all networks, one per scheme
  ResultTable errors_{"errors",
                      "Test errors of trained networks, and after more training in the format",
                      {{"network", ""},
                       {"format", ""},
                       {"arithmetic", ""},
                       {"error", "%"},
                       {"+-", "%"},
                       {"trained further", "%"}},
                      {}};
  ResultTable vectors_{"vectors",
                       "What the vector MACs did over all networks",
                       {{"format", ""},
                        {"vectors", ""},
                        {"beyond images", ""},
                        {"of the others gated", "%"},
                        {"saturated sums", ""},
                        {"activation scales", ""},
                        {"of them clipped", ""}},
                       {}};
};

}  // namespace

at::Tensor drawn_input(const DrawnNetwork& d, std::uint64_t seed) {
  const std::int64_t words = example_input(d.network).words;
  if (words > 0) {
    const at::Tensor x = torch::empty(d.input, at::kLong);
    const numerics::RandomStream draw(seed, "input");
    for (std::int64_t i = 0; i < x.numel(); ++i)
      x.data_ptr<std::int64_t>()[i] = draw.integer(static_cast<std::uint64_t>(i), 0, words - 1);
    return x;
  }
  const at::Tensor x = torch::empty(d.input);
  const data::NormalStream normal(seed, "input");
  for (std::int64_t i = 0; i < x.numel(); ++i)
    x.data_ptr<float>()[i] = static_cast<float>(normal.at(static_cast<std::uint64_t>(i)));
  return x;
}

Losses add_networks(const VsQuantConfig& config, StudyContext& context, const Progress& progress,
                    double from, double to, Checks& checks, StudyResult& result) {
  return NetworkPart(config, context, progress, from, to, checks, result).run();
}

}  // namespace mantissa::workloads::vsquant
