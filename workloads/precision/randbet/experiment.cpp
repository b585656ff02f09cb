// SPDX-License-Identifier: Apache-2.0
// The experiment `randbet`: networks trained with each quantiser and each defence, then tested on
// many chips at many error rates (arXiv 2006.13977).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/faults/draw.h"
#include "base/faults/error_rate.h"
#include "workloads/data/config.h"
#include "workloads/data/load.h"
#include "workloads/executor/networks/network.h"
#include "workloads/executor/training/trainer.h"
#include "workloads/precision/randbet/hardware.h"
#include "workloads/precision/randbet/robust_error.h"
#include "workloads/precision/randbet/robust_training.h"
#include "workloads/precision/randbet/stored_weights.h"

namespace mantissa::workloads {
namespace {

// A claim of the publication: `worse` errs more than `better`.
struct OrderingConfig {
  std::string worse, better;
  double at = 0.01;
  static const config::Schema<OrderingConfig>& schema() {
    static const auto s =
        config::Schema<OrderingConfig>("Which of two networks errs more.")
            .required("worse", &OrderingConfig::worse, "A label.")
            .required("better", &OrderingConfig::better, "A label.")
            .optional("at", &OrderingConfig::at, config::range(0, 0.2), "Rate of bit errors.");
    return s;
  }
};

struct RandbetConfig {
  data::DataConfig data = [] {
    data::DataConfig c;
    c.name = data::Known::digits;
    return c;
  }();
  std::string network = "digits_cnn";
  std::vector<ModelConfig> models;
  std::vector<double> rates = {0.0001, 0.001, 0.005, 0.01, 0.015, 0.025};
  std::int64_t chips = 50, seed = 1;
  double arm_below = 1.75;
  std::vector<OrderingConfig> orderings;
  std::string profiled, secded;  // labels of the networks for these parts
  HardwareConfig hardware;
  TrainingConfig training;

  static const config::Schema<RandbetConfig>& schema() {
    using config::at_least;
    static const auto s =
        config::Schema<RandbetConfig>(
            "Bit errors in low-voltage memory: quantisers, clipping and training with errors, on "
            "many chips.")
            .optional("data", &RandbetConfig::data, "The data set.")
            .optional("network", &RandbetConfig::network,
                      "The network: digits_cnn, digits_mlp, simplenet or simplenet_mnist.")
            .required("models", &RandbetConfig::models, "The networks that are compared.")
            .optional("rates", &RandbetConfig::rates, "Rates of bit errors, as fractions.")
            .optional("chips", &RandbetConfig::chips, at_least(2), "Maps that each is tested on.")
            .optional("seed", &RandbetConfig::seed, at_least(0), "Of chips and of training errors.")
            .optional("arm_below", &RandbetConfig::arm_below, at_least(0),
                      "Training sees errors once the clean loss is below.")
            .optional("orderings", &RandbetConfig::orderings, "What is expected to err more.")
            .optional("profiled", &RandbetConfig::profiled,
                      "The network tested on profiles of published chips.")
            .optional("secded", &RandbetConfig::secded, "The network tested behind SECDED(72,64).")
            .optional("hardware", &RandbetConfig::hardware, "The same on a simulated chip.")
            .optional("training", &RandbetConfig::training, "How the networks are trained.");
    return s;
  }
};

struct Trained {
  ModelConfig model;
  std::shared_ptr<Model> network;
  double clean = 0;
  std::vector<ChipErrors> at_rate;
};

std::string rate_text(double p) { return fmt::format("p = {:g} %", 100 * p); }

class RandbetStudy {
 public:
  RandbetStudy(const RandbetConfig& config, StudyContext& context)
      : config_(config), context_(context), dataset_(data::load(config.data)) {
    fresh_network();  // a name that does not exist is refused before anything is trained
    for (const std::string& label : {config.profiled, config.secded}) {
      if (!label.empty()) find_model(label);
    }
    for (const OrderingConfig& o : config.orderings) {
      find_model(o.worse);
      find_model(o.better);
      rate_index(o.at);
    }
  }

  StudyResult run() {
    train_all();
    test_all();
    write_errors();
    write_orderings();
    write_published_laws();
    if (!config_.profiled.empty()) write_profiled();
    if (!config_.secded.empty()) write_secded();
    if (!config_.hardware.arch.empty()) {
      add_hardware(config_.hardware, dataset_, config_.training, context_, 0.8, result_);
    }
    result_.notes.push_back(fmt::format(
        "{}: {} training and {} test samples; {} parameters; {} chips; intervals of 95 %",
        dataset_.name, dataset_.train.size(), dataset_.test.size(), parameters_, config_.chips));
    return std::move(result_);
  }

 private:
  std::size_t find_model(const std::string& label) const {
    std::vector<std::string> labels;
    for (std::size_t i = 0; i < config_.models.size(); ++i) {
      if (config_.models[i].label == label) return i;
      labels.push_back(config_.models[i].label);
    }
    throw Error(unknown_label)
        .at("parameters")
        .read(label)
        .expected("the label of one of the models")
        .nearest(nearest_name(label, labels));
  }
  std::size_t rate_index(double p) const {
    const auto found = std::find(config_.rates.begin(), config_.rates.end(), p);
    if (found == config_.rates.end()) {
      throw Error(unknown_label)
          .at("parameters.orderings")
          .read(fmt::format("{:g}", p))
          .expected("one of parameters.rates");
    }
    return static_cast<std::size_t>(found - config_.rates.begin());
  }

  std::shared_ptr<Model> fresh_network() const {
    NetworkOptions options;
    options.seed = static_cast<std::uint64_t>(config_.training.seed);
    options.classes = static_cast<std::int64_t>(dataset_.classes.size());
    return make_network(config_.network, options);
  }

  void train_all() {
    const std::int64_t samples = static_cast<std::int64_t>(dataset_.train.size());
    const std::int64_t steps =
        config_.training.epochs * ((samples + config_.training.batch - 1) / config_.training.batch);
    for (std::size_t i = 0; i < config_.models.size(); ++i) {
      const ModelConfig& model = config_.models[i];
      Trained t{model, fresh_network(), 0, {}};
      RobustTraining robust(*t.network, model, config_.arm_below,
                            static_cast<std::uint64_t>(config_.seed), steps);
      Trainer::Options how;
      const std::string parts = ModelConfig::schema().write(model).yaml() +
                                TrainingConfig::schema().write(config_.training).yaml() +
                                dataset_.name + config_.network;
      how.identity = model.label + " " + config::content_hash(parts);
      how.label = model.label;
      how.memory = robust.memory();
      if (!context_.directory.empty()) {
        how.checkpoint = context_.directory / (config::content_hash(parts) + ".ckpt");
      }
      const double n = static_cast<double>(config_.models.size());
      how.from = 0.7 * static_cast<double>(i) / n;
      how.to = 0.7 * static_cast<double>(i + 1) / n;
      Trainer(*t.network, dataset_, config_.training, how).run(context_, robust.step());
      clip(*t.network, model.clip);
      parameters_ = parameter_count(*t.network);
      trained_.push_back(std::move(t));
    }
  }

  void test_all() {
    for (std::size_t i = 0; i < trained_.size(); ++i) {
      Trained& t = trained_[i];
      context_.progress(0.7 + 0.1 * static_cast<double>(i) / static_cast<double>(trained_.size()),
                        "testing " + t.model.label);
      t.clean = quantized_error(*t.network, t.model, dataset_);
      for (double p : config_.rates) {
        t.at_rate.push_back(errors_on(*t.network, t.model, dataset_, config_.chips,
                                      uniform_errors(p, static_cast<std::uint64_t>(config_.seed))));
      }
    }
  }

  void write_errors() {
    ResultTable table{"robust_error", "Error in %, mean and deviation over chips", {}, {}};
    table.columns = {{"network", ""}, {"bits", ""}, {"clean", "%"}};
    Figure figure{"robust_error",
                  "Error against the rate of bit errors",
                  FigureKind::line,
                  {"rate of bit errors, %", true},
                  {"test error, %", false},
                  {},
                  {}};
    for (double p : config_.rates) {
      table.columns.push_back({rate_text(p), "%"});
      table.columns.push_back({"deviation", "%"});
    }
    for (const Trained& t : trained_) {
      std::vector<Cell> row{t.model.label, t.model.bits, 100 * t.clean};
      Series series{t.model.label, {}, {}, {}, {}};
      result_.comparisons.push_back({t.model.label + ", clean",
                                     "%",
                                     t.model.published_clean,
                                     100 * t.clean,
                                     {},
                                     t.model.published_clean ? source : "",
                                     ""});
      for (std::size_t r = 0; r < config_.rates.size(); ++r) {
        const statistics::Summary s = t.at_rate[r].summary();
        row.push_back(100 * s.mean);
        row.push_back(100 * s.deviation);
        series.x.push_back(100 * config_.rates[r]);
        series.y.push_back(100 * s.mean);
        series.low.push_back(100 * s.low);
        series.high.push_back(100 * s.high);
        const std::optional<double> published = published_at(t.model, config_.rates[r]);
        result_.comparisons.push_back({t.model.label + ", " + rate_text(config_.rates[r]), "%",
                                       published, 100 * s.mean, 100 * (s.high - s.low) / 2,
                                       published ? source : "", ""});
      }
      table.rows.push_back(std::move(row));
      figure.series.push_back(std::move(series));
    }
    result_.tables.push_back(std::move(table));
    result_.figures.push_back(std::move(figure));
  }

  static std::optional<double> published_at(const ModelConfig& model, double rate) {
    for (std::size_t i = 0; i < model.published.size(); ++i) {
      if (model.published_rates[i] == rate) return model.published[i];
    }
    return std::nullopt;
  }

  // A claim holds or fails only where the intervals of both do not overlap.
  void write_orderings() {
    ResultTable table{"orderings",
                      "What is expected to err more",
                      {{"worse", ""},
                       {"better", ""},
                       {"rate", "%"},
                       {"worse, error", "%"},
                       {"better, error", "%"},
                       {"verdict", ""}},
                      {}};
    const auto judge = [&](const std::string& worse, const statistics::Summary& a,
                           const std::string& better, const statistics::Summary& b, double p) {
      const char* verdict = a.low > b.high   ? "holds"
                            : b.low > a.high ? "contradicted"
                                             : "not decided: the intervals overlap";
      if (b.low > a.high) {
        result_.warnings.push_back(
            fmt::format("'{}' errs less than '{}' at {}, against the "
                        "publication",
                        worse, better, rate_text(p)));
      }
      table.rows.push_back(
          {worse, better, 100 * p, 100 * a.mean, 100 * b.mean, std::string(verdict)});
    };
    for (const OrderingConfig& o : config_.orderings) {
      const std::size_t r = rate_index(o.at);
      judge(o.worse, trained_[find_model(o.worse)].at_rate[r].summary(), o.better,
            trained_[find_model(o.better)].at_rate[r].summary(), o.at);
    }
    for (const Trained& t : trained_) write_pattern(t, judge);
    // More errors are worse.
    for (const Trained& t : trained_) {
      for (std::size_t r = 1; r < config_.rates.size(); ++r) {
        const auto a = t.at_rate[r].summary(), b = t.at_rate[r - 1].summary();
        if (config_.rates[r] > config_.rates[r - 1] && a.high < b.low) {
          result_.warnings.push_back(fmt::format("'{}' errs less at {} than at {}", t.model.label,
                                                 rate_text(config_.rates[r]),
                                                 rate_text(config_.rates[r - 1])));
        }
      }
    }
    if (!table.rows.empty()) result_.tables.push_back(std::move(table));
  }

  // PATTERN on the map that it knows, beside other maps at the same rate.
  template <class Judge>
  void write_pattern(const Trained& t, Judge judge) {
    if (t.model.variant != RobustVariant::pattern || t.model.train_error == 0) return;
    const double p = t.model.train_error;
    const RobustTraining robust(*t.network, t.model, 0, static_cast<std::uint64_t>(config_.seed),
                                1);
    const std::uint64_t key = robust.pattern_key();
    const auto own = errors_on(*t.network, t.model, dataset_, 1,
                               [&](StoredWeights& w, std::int64_t) { return w.flip(p, key); });
    const auto others = errors_on(*t.network, t.model, dataset_, config_.chips,
                                  uniform_errors(p, static_cast<std::uint64_t>(config_.seed)));
    judge(t.model.label + " on other maps", others.summary(), t.model.label + " on its own map",
          own.summary(), p);
  }

  // What does not depend on a data set.
  void write_published_laws() {
    result_.comparisons.push_back({"guarantee, n = 10,000, l = 1,000,000, d = 0.01",
                                   "%",
                                   4.1,
                                   100 * guarantee(1e4, 1e6, 0.01),
                                   {},
                                   source,
                                   ""});
    for (double p : {0.001, 0.01}) {
      const double v = faults::voltage_ratio(faults::ErrorLaw::measured, p);
      result_.comparisons.push_back({fmt::format("energy saved at {}", rate_text(p)),
                                     "%",
                                     p == 0.001 ? 22.7 : 30.2,
                                     100 * (1 - faults::energy_ratio(v)),
                                     {},
                                     "derived from the points of arXiv 2006.13977",
                                     "of an access: (V/Vmin)^2"});
    }
    const double two_of_64 = at_least_two(64, 0.01), two_of_72 = at_least_two(72, 0.005);
    result_.comparisons.push_back({"two or more errors in 64 bits, p = 1 %",
                                   "%",
                                   13.5,
                                   100 * two_of_64,
                                   {},
                                   source,
                                   "binomial"});
    result_.comparisons.push_back({"two or more errors in 72 bits, p = 0.5 %",
                                   "%",
                                   5.08,
                                   100 * two_of_72,
                                   {},
                                   source,
                                   "binomial"});
  }

  static double at_least_two(double n, double p) {
    return 1 - std::pow(1 - p, n) - n * p * std::pow(1 - p, n - 1);
  }

  void write_profiled() {
    Trained& t = trained_[find_model(config_.profiled)];
    ResultTable table{"profiled_chips",
                      "'" + t.model.label + "' on profiles of published chips, by offset",
                      {{"chip", ""},
                       {"rate", "%"},
                       {"error", "%"},
                       {"deviation", "%"},
                       {"uniform, same rate", "%"}},
                      {}};
    const std::pair<faults::Chip, std::vector<double>> chips[] = {
        {faults::Chip::chip_1, {0.02744, 0.00866}},
        {faults::Chip::chip_2, {0.04707, 0.0101, 0.00136}},
        {faults::Chip::chip_3, {0.02297, 0.00597}}};
    int number = 0;
    for (const auto& [chip, rates] : chips) {
      ++number;
      for (double p : rates) {
        const auto seed = static_cast<std::uint64_t>(config_.seed);
        const auto here =
            errors_on(*t.network, t.model, dataset_, config_.chips, profiled_errors(chip, p, seed))
                .summary();
        const auto uniform =
            errors_on(*t.network, t.model, dataset_, config_.chips, uniform_errors(p, seed))
                .summary();
        table.rows.push_back({static_cast<std::int64_t>(number), 100 * p, 100 * here.mean,
                              100 * here.deviation, 100 * uniform.mean});
      }
    }
    result_.tables.push_back(std::move(table));
  }

  void write_secded() {
    Trained& t = trained_[find_model(config_.secded)];
    ResultTable table{
        "secded",
        "'" + t.model.label + "' behind SECDED(72,64), which stores 12.5 % more",
        {{"rate", "%"}, {"unprotected", "%"}, {"behind SECDED", "%"}, {"flips left", ""}},
        {}};
    for (std::size_t r = 0; r < config_.rates.size(); ++r) {
      const auto behind =
          errors_on(*t.network, t.model, dataset_, config_.chips,
                    uniform_errors(config_.rates[r], static_cast<std::uint64_t>(config_.seed),
                                   Protection::secded));
      table.rows.push_back({100 * config_.rates[r], 100 * t.at_rate[r].summary().mean,
                            100 * behind.summary().mean, behind.mean_flips});
    }
    result_.tables.push_back(std::move(table));
  }

  static constexpr const char* source = "arXiv 2006.13977";
  const RandbetConfig& config_;
  StudyContext& context_;
  const data::Dataset dataset_;
  std::vector<Trained> trained_;
  std::int64_t parameters_ = 0;
  StudyResult result_;
};

StudyResult randbet(const RandbetConfig& config, StudyContext& context) {
  return RandbetStudy(config, context).run();
}

const ExperimentRegistration<RandbetConfig> registration("randbet", randbet);

}  // namespace
}  // namespace mantissa::workloads
