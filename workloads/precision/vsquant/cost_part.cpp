// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/numerics/quantize/tensor_format.h"
#include "power/synthesis_result.h"
#include "workloads/precision/vsquant/published.h"
#include "workloads/precision/vsquant/study_parts.h"

namespace mantissa::workloads::vsquant {

namespace {

class CostPart {
 public:
  CostPart(const VsQuantConfig& config, const Losses& losses, FormatCosts& costs, Checks& checks,
           StudyResult& result)
      : config_(config),
        losses_(losses.formats),
        mixed_(losses.mixed),
        checks_(checks),
        result_(result),
        priced_(costs) {}

  std::vector<FormatCost> run() {
    for (const FormatLoss& loss : losses_) costs_.push_back(priced_.of(loss.format, loss.gated));
    for (std::size_t i = 0; i < losses_.size() && base_ == nullptr; ++i)
      if (losses_[i].format.scheme.text == config_.baseline.text && costs_[i].priced)
        base_ = &costs_[i];
    add_areas();
    add_scale();
    add_post_processing();
    notes();
    return costs_;
  }

 private:
  // Every datapath that was synthesised, and the independent figures beside.
  void add_areas() {
    if (macs().empty()) return;
    ResultTable table{"vector_macs",
                      "Vector MACs that were synthesised",
                      {{"W/A/WS/AS", ""},
                       {"R", "bit"},
                       {"V", ""},
                       {"area", "um2"},
                       {"of 8/8 or 8/8U", ""},
                       {"independent synthesis", ""},
                       {"difference", ""},
                       {"critical path", "ns"},
                       {"per operation, equal activity", "pJ"},
                       {"vector, run of synthesis", "pJ"},
                       {"gated vector, run of synthesis", "pJ"},
                       {"idle cycle", "pJ"},
                       {"source", ""}},
                      {}};
    const auto eight_of = [&](bool is_signed) {
      numerics::VectorMac mac;
      mac.weight_bits = mac.activation_bits = 8;
      mac.weight_scale_bits = mac.activation_scale_bits = 0;
      mac.activation_signed = is_signed;
      return find_cost(macs(), mac);
    };
    for (const VectorMacCost& c : macs()) {
      const VectorMacCost* const eight = eight_of(c.mac.activation_signed);
      const auto bits = [](int n) { return n == 0 ? std::string("-") : std::to_string(n); };
      std::optional<double> known;
      if (&c == eight && c.mac.activation_signed) known = 1;
      for (const DerivedArea& d : derived_areas)
        if (c.mac.vector_length == 16 && c.mac.activation_signed &&
            d.weight_bits == c.mac.weight_bits && d.activation_bits == c.mac.activation_bits &&
            d.scale_bits == c.mac.weight_scale_bits &&
            d.scale_bits == c.mac.activation_scale_bits && d.product_bits == c.mac.product_bits)
          known = d.ratio;
      const auto cell = [](const std::optional<double>& x) { return x ? Cell(*x) : Cell(); };
      std::optional<double> ours, difference;
      if (eight != nullptr) ours = c.area / eight->area;
      if (known && ours) difference = *ours - *known;
      table.rows.push_back(
          {fmt::format("{}/{}{}/{}/{}", c.mac.weight_bits, c.mac.activation_bits,
                       c.mac.activation_signed ? "" : "U", bits(c.mac.weight_scale_bits),
                       bits(c.mac.activation_scale_bits)),
           c.mac.product_bits == 0 ? Cell("full") : Cell(std::int64_t{c.mac.product_bits}),
           c.mac.vector_length, c.area, cell(ours), cell(known), cell(difference), c.critical_path,
           c.energy(0), c.open_vector, c.gated_vector > 0 ? Cell(c.gated_vector) : Cell(), c.idle,
           folder_of("vsq/" + c.file)});
    }
    result_.notes.push_back(
        fmt::format("vector_macs: the other figures are of an {}; ours has three stages of "
                    "registers and gates, "
                    "which shrink less than multipliers",
                    of_synthesis));
    result_.tables.push_back(std::move(table));
    add_ordering(eight_of(true));
  }

  // 5. Narrow operands save area, scales cost some, rounding their product saves some again.
  void add_ordering(const VectorMacCost* eight) {
    const auto area = [&](int a, int scales, int product) -> double {
      numerics::VectorMac mac;
      mac.activation_bits = a;
      mac.weight_scale_bits = mac.activation_scale_bits = scales;
      mac.product_bits = product;
      const VectorMacCost* c = find_cost(macs(), mac);
      return c == nullptr || eight == nullptr ? -1 : c->area / eight->area;
    };
    std::vector<std::pair<std::string, double>> figures = {
        {"4/4", area(4, 0, 0)},   {"4/4/4/4 R = 4", area(4, 4, 4)},
        {"R = 6", area(4, 4, 6)}, {"full", area(4, 4, 0)},
        {"4/8", area(8, 0, 0)},   {"8/8", eight == nullptr ? -1.0 : 1.0}};
    figures.erase(
        std::remove_if(figures.begin(), figures.end(), [](const auto& f) { return f.second < 0; }),
        figures.end());
    if (figures.size() > 1)
      checks_.rising(5, "order of the vector MACs' areas over 8/8 (ratios: table vector_macs)",
                     figures);
  }

  // Bits of storage per element of a row of 4096 weights.
  static double stored(const trace::Attributes& attributes) {
    const numerics::TensorFormat format = numerics::tensor_format(attributes);
    const numerics::VectorAxis axis{1, 4096, 1};
    const double bits = format.block
                            ? static_cast<double>(numerics::storage_bits(*format.block, axis))
                            : static_cast<double>(numerics::storage(format.integer, axis).elements +
                                                  numerics::storage(format.integer, axis).scales);
    return bits / 4096;
  }

  static Cell number(const std::optional<double>& x) { return x ? Cell(*x) : Cell(); }

  void add_scale() {
    ResultTable table{
        "formats",
        fmt::format("Formats on one scale: SQNR of drawn networks and errors of tasks; area and "
                    "energy of an operation, and both over those of {}",
                    config_.baseline.text),
        {{"format", ""}, {"weights", "bit"}, {"activations", "bit"}},
        {}};
    for (const DrawnNetwork& d : config_.drawn) table.columns.push_back({d.network, "dB"});
    for (const Task& t : config_.tasks) table.columns.push_back({t.label, "%"});
    for (const Column& c : std::vector<Column>{{"area", "um2"},
                                               {"energy", "pJ"},
                                               {"gated", "pJ"},
                                               {"area", "1"},
                                               {"energy", "1"},
                                               {"front", ""},
                                               {"scope", ""},
                                               {"source", ""}})
      table.columns.push_back(c);
    const std::size_t losses = config_.drawn.size() + config_.tasks.size();
    for (std::size_t i = 0; i < losses_.size(); ++i) {
      const FormatLoss& loss = losses_[i];
      const bool exact = loss.format.scheme.text == "fp32";
      std::vector<Cell> row{label(loss.format), exact ? 32.0 : stored(loss.format.weights()),
                            exact ? 32.0 : stored(loss.format.activations(true))};
      for (const auto& sqnr : loss.sqnr) row.push_back(number(sqnr));
      for (const double error : loss.error) row.emplace_back(100 * error);
      add_cost(row, costs_[i], on_front(losses_, costs_, i) ? "yes" : "no");
      table.rows.push_back(std::move(row));
    }
    for (const MixedLoss& mixed : mixed_) {
      const Task& task = config_.tasks[mixed.task];
      double products = 0, weights = 0, activations = 0;
      for (const LayerShare& layer : mixed.layers) {
        const bool exact = layer.format.scheme.text == "fp32";
        const auto n = static_cast<double>(layer.macs);
        products += n;
        weights += n * (exact ? 32 : stored(layer.format.weights()));
        activations += n * (exact ? 32 : stored(layer.format.activations(true)));
      }
      std::vector<Cell> row{"per layer, " + task.label};
      row.push_back(products > 0 ? Cell(weights / products) : Cell());
      row.push_back(products > 0 ? Cell(activations / products) : Cell());
      row.resize(3 + losses);
      row[3 + config_.drawn.size() + mixed.task] = 100 * mixed.error;
      FormatCost cost = priced_.of(mixed.layers);
      if (mixed.unformatted > 0)
        cost = {false, 0, 0, 0, "", fmt::format("{} layers compute in fp32", mixed.unformatted)};
      add_cost(row, cost, "");
      table.rows.push_back(std::move(row));
    }
    std::string legend;
    for (std::size_t i = 0; i < scopes_.size(); ++i)
      legend += fmt::format("{} {}: {}", i == 0 ? "" : ";", letter(scopes_[i]), scopes_[i]);
    result_.notes.push_back("formats, scope of the costs:" + legend);
    result_.tables.push_back(std::move(table));
  }

  void add_cost(std::vector<Cell>& row, const FormatCost& c, const char* front) {
    const auto over = [&](double FormatCost::*figure) {
      return c.priced && base_ != nullptr ? Cell(c.*figure / base_->*figure) : Cell();
    };
    row.push_back(c.priced ? Cell(c.area) : Cell());
    row.push_back(c.priced ? Cell(c.energy) : Cell());
    row.push_back(c.priced && c.gated_energy < c.energy ? Cell(c.gated_energy) : Cell());
    row.push_back(over(&FormatCost::area));
    row.push_back(over(&FormatCost::energy));
    row.emplace_back(c.priced ? front : "");
    row.emplace_back(letter(c.scope));
    row.emplace_back(c.source);
  }

  // What figures are of stands once, in the notes, by letter: tables of sentences are hard to read.
  std::string letter(const std::string& scope) {
    const auto found = std::find(scopes_.begin(), scopes_.end(), scope);
    const auto index = static_cast<std::size_t>(found - scopes_.begin());
    if (found == scopes_.end()) scopes_.push_back(scope);
    return index < 26 ? std::string(1, static_cast<char>('a' + index)) : std::to_string(index);
  }

  // A unit that takes a vector a cycle serves as many vector MACs as sums have vectors.
  void add_post_processing() {
    if (!config_.post_processing.given()) return;
    const std::filesystem::path folder(config_.post_processing.text);
    std::vector<power::SynthesisResult> units;
    std::error_code why;
    for (const char* file : {"synthesis.yaml", "data_first/synthesis.yaml"})
      if (units.empty() || std::filesystem::is_regular_file(folder / file, why))
        units.push_back(
            power::read_synthesis_result((folder / file).string(), std::string("vsq_ppu/") + file));
    ResultTable table{
        "post_processing",
        "Post-processing units, and their share of a vector MAC by the length of sums",
        {{"elements", "bit"},
         {"scales", "bit"},
         {"order", ""},
         {"critical path", "ns"},
         {"products of a sum", ""},
         {"vector MACs served", ""},
         {"area per vector MAC", "um2"},
         {"energy per vector MAC and cycle", "pJ"},
         {"source", ""}},
        {}};
    for (const power::SynthesisResult& unit : units) {
      const auto value = [&](const char* name, std::int64_t otherwise = 0) {
        const auto found = unit.parameters.find(name);
        return found == unit.parameters.end() ? otherwise : found->second;
      };
      for (const std::int64_t k : {64, 256, 576, 1024, 4608}) {
        const double served = static_cast<double>(value("VectorLength") * k) / 16;
        table.rows.push_back({value("OutputWidth"), value("ScaleWidth"),
                              value("ScaleFirst", 1) == 1 ? "B" : "A", unit.critical_path, k,
                              static_cast<std::int64_t>(served), unit.area / served,
                              unit.power * unit.critical_path * 1000 / served, unit.file});
      }
    }
    result_.tables.push_back(std::move(table));
  }

  void notes() {
    if (!config_.drawn.empty() || !config_.tasks.empty())
      result_.notes.push_back(fmt::format("front: no other format beats both {} and energy",
                                          config_.drawn.empty()
                                              ? "the error of " + config_.tasks.front().label
                                              : "the SQNR of " + config_.drawn.front().network));
    if (!config_.synthesis.given()) {
      result_.notes.push_back("no folder of synthesis results is named: no areas, no energies");
      return;
    }
    if (macs().empty()) return;
    result_.notes.push_back(fmt::format(
        "areas and energies: {}, cells before placement, without buffers and wires; energy at {} "
        "toggles per net and cycle in every datapath; gated: vectors whose scale product was zero "
        "on the networks cost the share of an open one that they took in a run of their own",
        macs().front().library, macs().front().activity));
  }

  const std::vector<VectorMacCost>& macs() const { return priced_.macs(); }

  const VsQuantConfig& config_;
  const std::vector<FormatLoss>& losses_;
  const std::vector<MixedLoss>& mixed_;
  Checks& checks_;
  StudyResult& result_;
  FormatCosts& priced_;
  std::vector<FormatCost> costs_;  // as losses_
  const FormatCost* base_ = nullptr;
  std::vector<std::string> scopes_;
};

}  // namespace

std::vector<FormatCost> add_costs(const VsQuantConfig& config, const Losses& losses,
                                  FormatCosts& costs, Checks& checks, StudyResult& result) {
  return CostPart(config, losses, costs, checks, result).run();
}

}  // namespace mantissa::workloads::vsquant
