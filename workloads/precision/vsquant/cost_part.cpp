// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/numerics/quantize/tensor_format.h"
#include "power/synthesis_result.h"
#include "workloads/precision/ipu/unit_cost.h"
#include "workloads/precision/vsquant/published.h"
#include "workloads/precision/vsquant/study_parts.h"
#include "workloads/precision/vsquant/unit_cost.h"

namespace mantissa::workloads::vsquant {

namespace {

// The window from which FP16 products of normal data align in one cycle of a 16-lane unit
// (arXiv 2101.11748).
constexpr std::int64_t lanes = 16, window = 28, fp16_iterations = 9;

constexpr const char* why_area =
    "ours is the vector MAC alone, in 180 nm cells, not placed; the publication's is a processing "
    "element in 16 nm with buffers, accumulators and control, whose sizes and configuration are "
    "not "
    "known";
constexpr const char* why_energy =
    "ours at one activity of all nets, without buffers and wires; the two published figures differ "
    "by a factor of three, and which design point each is of is not known";

// What one format costs: of a vector MAC, or of another unit that computes it.
struct Cost {
  double area = 0;    // um2 per operation and cycle
  double energy = 0;  // pJ per operation
  double clock = 0;   // MHz
  std::string source, scope;
};

class CostPart {
 public:
  CostPart(const VsQuantConfig& config, const std::vector<FormatLoss>& losses, Checks& checks,
           StudyResult& result)
      : config_(config),
        losses_(losses),
        checks_(checks),
        result_(result),
        macs_(vector_mac_costs(config.synthesis.text)) {
    if (config.inner_products.given()) units_ = ipu::synthesised_units(config.inner_products.text);
  }

  void run() {
    for (const FormatLoss& loss : losses_) costs_.push_back(cost_of(loss));
    for (std::size_t i = 0; i < losses_.size() && base_ == nullptr; ++i)
      if (losses_[i].format.scheme.text == config_.baseline.text && costs_[i]) base_ = &*costs_[i];
    add_areas();
    add_scale();
    add_figures();
    add_headlines();
    add_post_processing();
    notes();
  }

 private:
  std::optional<Cost> cost_of(const FormatLoss& loss) {
    const Datapath path = datapath_of(loss.format);
    if (path.mac) {
      const VectorMacCost* c = find_cost(macs_, *path.mac);
      if (c == nullptr) {
        missing_.push_back(label(loss.format));
        return {};
      }
      return Cost{c->area / c->operations(), c->energy(loss.gated), 1000 / c->critical_path,
                  "vsq/" + c->file, path.scope};
    }
    // Elements that FP16 holds, as FP16: not the datapath that a designer would make for them.
    const std::string& text = loss.format.scheme.text;
    const ipu::SynthesisedUnit* unit = ipu::find_unit(units_, lanes, window);
    if (unit == nullptr || text.rfind("mxfp", 0) != 0) return {};
    const double operations = 2 * static_cast<double>(unit->lanes);
    return Cost{
        unit->area * fp16_iterations / operations,
        unit->energy_per_cycle * fp16_iterations / operations, 1000 / unit->critical_path,
        "ipu/" + unit->file,
        fmt::format("elements as FP16 on a general unit, {} cycles each (w = {}); no scales",
                    fp16_iterations, window)};
  }

  // Every datapath that was synthesised, and the independent figures beside.
  void add_areas() {
    if (macs_.empty()) return;
    ResultTable table{"vector_macs",
                      "Vector MACs that were synthesised",
                      {{"W/A/WS/AS", ""},
                       {"R", "bit"},
                       {"V", ""},
                       {"area", "um2"},
                       {"of 8/8", ""},
                       {"independent", ""},
                       {"critical path", "ns"},
                       {"per operation, equal activity", "pJ"},
                       {"per operation, run of synthesis", "pJ"},
                       {"idle cycle", "pJ"},
                       {"source", ""}},
                      {}};
    const VectorMacCost* eight = nullptr;
    for (const VectorMacCost& c : macs_)
      if (c.mac.weight_bits == 8 && c.mac.activation_bits == 8 && c.mac.full_product_bits() == 0 &&
          c.mac.vector_length == 16)
        eight = &c;
    for (const VectorMacCost& c : macs_) {
      const auto bits = [](int n) { return n == 0 ? std::string("-") : std::to_string(n); };
      const PublishedArea* known = nullptr;
      for (const PublishedArea& p : published_areas)
        if (c.mac.vector_length == 16 && p.weight_bits == c.mac.weight_bits &&
            p.activation_bits == c.mac.activation_bits && p.scale_bits == c.mac.weight_scale_bits &&
            p.scale_bits == c.mac.activation_scale_bits && p.product_bits == c.mac.product_bits)
          known = &p;
      const std::string name =
          fmt::format("{}/{}/{}/{}", c.mac.weight_bits, c.mac.activation_bits,
                      bits(c.mac.weight_scale_bits), bits(c.mac.activation_scale_bits));
      table.rows.push_back(
          {name, c.mac.product_bits == 0 ? Cell("full") : Cell(std::int64_t{c.mac.product_bits}),
           c.mac.vector_length, c.area, eight ? Cell(c.area / eight->area) : Cell(),
           known         ? Cell(known->ratio)
           : &c == eight ? Cell(1.0)
                         : Cell(),
           c.critical_path, c.energy(0), c.of_run / c.operations(), c.idle, "vsq/" + c.file});
      if (known != nullptr && eight != nullptr)
        result_.comparisons.push_back(
            {fmt::format(
                 "vector MAC {}{}, area over 8/8", name,
                 c.mac.product_bits == 0 ? "" : fmt::format(", R = {}", c.mac.product_bits)),
             "1",
             known->ratio,
             c.area / eight->area,
             {},
             of_synthesis,
             "ours has three stages of registers and gates, which shrink less than multipliers"});
    }
    result_.tables.push_back(std::move(table));
    add_ordering(eight);
  }

  // 5. Narrow operands save area, scales cost some, rounding their product saves some again.
  void add_ordering(const VectorMacCost* eight) {
    const auto area = [&](int a, int scales, int product) -> double {
      numerics::VectorMac mac;
      mac.activation_bits = a;
      mac.weight_scale_bits = mac.activation_scale_bits = scales;
      mac.product_bits = product;
      const VectorMacCost* c = find_cost(macs_, mac);
      return c == nullptr || eight == nullptr ? -1 : c->area / eight->area;
    };
    std::vector<std::pair<std::string, double>> figures = {
        {"4/4", area(4, 0, 0)},   {"4/4/4/4 R = 4", area(4, 4, 4)},
        {"R = 6", area(4, 4, 6)}, {"full", area(4, 4, 0)},
        {"4/8", area(8, 0, 0)},   {"8/8", eight == nullptr ? -1.0 : 1.0}};
    figures.erase(
        std::remove_if(figures.begin(), figures.end(), [](const auto& f) { return f.second < 0; }),
        figures.end());
    if (figures.size() > 1) checks_.rising(5, "area of the vector MAC over 8/8", figures);
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

  // Of all formats with a price, those that no other beats in both loss and energy.
  bool on_front(std::size_t i) const {
    if (!costs_[i]) return false;
    for (std::size_t k = 0; k < losses_.size(); ++k) {
      if (k == i || !costs_[k]) continue;
      const double better = quality(k), own = quality(i);
      const double e = costs_[k]->energy, mine = costs_[i]->energy;
      if (better >= own && e <= mine && (better > own || e < mine)) return false;
    }
    return true;
  }
  // SQNR of the first drawn network; without one, minus the first task's error.
  double quality(std::size_t i) const {
    const FormatLoss& loss = losses_[i];
    if (!loss.sqnr.empty()) return loss.sqnr.front().value_or(1e9);
    return loss.error.empty() ? 0 : -loss.error.front();
  }

  void add_scale() {
    ResultTable table{"formats",
                      "Formats on one scale: loss against area and energy of the products",
                      {{"format", ""}, {"weights", "bit/element"}, {"activations", "bit/element"}},
                      {}};
    for (const DrawnNetwork& d : config_.drawn)
      table.columns.push_back({d.network + " drawn, SQNR", "dB"});
    for (const Task& t : config_.tasks) table.columns.push_back({t.label + ", error", "%"});
    for (const Column& c : std::vector<Column>{{"area per operation and cycle", "um2"},
                                               {"energy per operation", "pJ"},
                                               {"area over baseline", ""},
                                               {"energy over baseline", ""},
                                               {"operations per area over baseline", ""},
                                               {"on the front", ""},
                                               {"unit", ""},
                                               {"scope", ""}})
      table.columns.push_back(c);
    for (std::size_t i = 0; i < losses_.size(); ++i) {
      const FormatLoss& loss = losses_[i];
      const bool exact = loss.format.scheme.text == "fp32";
      std::vector<Cell> row{label(loss.format), exact ? 32.0 : stored(loss.format.weights()),
                            exact ? 32.0 : stored(loss.format.activations(true))};
      for (const auto& sqnr : loss.sqnr) row.push_back(sqnr ? Cell(*sqnr) : Cell());
      for (const double error : loss.error) row.emplace_back(100 * error);
      const std::optional<Cost>& c = costs_[i];
      const auto over = [&](double Cost::*figure) {
        return c && base_ != nullptr ? Cell((*c).*figure / base_->*figure) : Cell();
      };
      row.push_back(c ? Cell(c->area) : Cell());
      row.push_back(c ? Cell(c->energy) : Cell());
      row.push_back(over(&Cost::area));
      row.push_back(over(&Cost::energy));
      row.push_back(c && base_ != nullptr ? Cell(base_->area / c->area) : Cell());
      row.emplace_back(c ? (on_front(i) ? "yes" : "no") : "");
      row.emplace_back(c ? c->source : "no RTL of ours");
      row.emplace_back(c ? (c->scope.empty() ? "whole vector MAC" : c->scope)
                         : datapath_of(loss.format).scope);
      table.rows.push_back(std::move(row));
    }
    result_.tables.push_back(std::move(table));
  }

  static const char* family(const Scheme& s) {
    if (!s.is_integer()) return "block formats";
    return s.weight_scale_bits == Scheme::none && s.activation_scale_bits == Scheme::none
               ? "one scale per channel"
               : "a scale per vector";
  }

  // One series per format would have no legend that can be read: one per family, and the front.
  void add_figures() {
    if (config_.drawn.empty()) return;
    for (const bool area : {false, true}) {
      Figure figure{area ? "sqnr_against_area" : "sqnr_against_energy",
                    fmt::format("SQNR of {} against {}", config_.drawn.front().network,
                                area ? "area" : "energy"),
                    FigureKind::scatter,
                    {area ? "area per operation and cycle, um2" : "energy per operation, pJ", true},
                    {"SQNR, dB", false},
                    {},
                    {}};
      for (const char* one : {"one scale per channel", "a scale per vector", "block formats"}) {
        Series series{one, {}, {}, {}, {}};
        for (std::size_t i = 0; i < losses_.size(); ++i) {
          if (!costs_[i] || !losses_[i].sqnr.front()) continue;
          if (std::string(family(losses_[i].format.scheme)) != one) continue;
          series.x.push_back(area ? costs_[i]->area : costs_[i]->energy);
          series.y.push_back(*losses_[i].sqnr.front());
        }
        if (!series.x.empty()) figure.series.push_back(std::move(series));
      }
      if (!figure.series.empty()) result_.figures.push_back(std::move(figure));
    }
  }

  void add_headlines() {
    if (base_ == nullptr) return;
    for (const PublishedSaving& known : published_savings) {
      // Of the scheme's variants (R) the one that saves most.
      std::size_t best = losses_.size();
      const auto figure = [&](std::size_t i) {
        return known.energy ? costs_[i]->energy : costs_[i]->area;
      };
      for (std::size_t i = 0; i < losses_.size(); ++i)
        if (costs_[i] && losses_[i].format.scheme.text == known.scheme &&
            (best == losses_.size() || figure(i) < figure(best)))
          best = i;
      if (best == losses_.size()) continue;
      const double base = known.energy ? base_->energy : base_->area;
      const double ours = 100 * (1 - figure(best) / base);
      for (const auto& [published, source] :
           {std::pair(known.arxiv, of_arxiv), std::pair(known.mlsys, of_mlsys)}) {
        const bool proceedings = source == of_mlsys;
        std::string note = fmt::format("{} against {}; {}", label(losses_[best].format),
                                       config_.baseline.text, known.energy ? why_energy : why_area);
        // An element of which a share u is the same in both saves (1 - u) ours.
        if (!known.energy && ours > published)
          note += fmt::format(
              "; they agree where {:.0f} % of the baseline's element is neither "
              "MAC nor anything that narrows with it",
              100 * (1 - published / ours));
        result_.comparisons.push_back(
            {fmt::format("{} saved, {}, {}", known.energy ? "energy" : "area", known.what,
                         proceedings ? "proceedings" : "arXiv"),
             "%",
             published,
             ours,
             {},
             source,
             note});
      }
    }
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
    if (!config_.synthesis.given()) {
      result_.notes.push_back("no folder of synthesis results is named: no areas, no energies");
      return;
    }
    if (!missing_.empty()) {
      std::string all;
      for (const std::string& one : missing_) all += (all.empty() ? "" : "; ") + one;
      result_.notes.push_back("not synthesised, so without area and energy: " + all);
    }
    if (macs_.empty()) return;
    result_.notes.push_back(fmt::format(
        "areas and energies: {}, cells before placement, without buffers and wires; energy at {} "
        "toggles per net and cycle in every datapath, gated vectors at an idle cycle's; signed "
        "activations",
        macs_.front().library, macs_.front().activity));
  }

  const VsQuantConfig& config_;
  const std::vector<FormatLoss>& losses_;
  Checks& checks_;
  StudyResult& result_;
  const std::vector<VectorMacCost> macs_;
  std::vector<ipu::SynthesisedUnit> units_;
  std::vector<std::optional<Cost>> costs_;  // as losses_
  const Cost* base_ = nullptr;
  std::vector<std::string> missing_;
};

}  // namespace

void add_costs(const VsQuantConfig& config, const std::vector<FormatLoss>& losses, Checks& checks,
               StudyResult& result) {
  CostPart(config, losses, checks, result).run();
}

}  // namespace mantissa::workloads::vsquant
