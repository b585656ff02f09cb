// SPDX-License-Identifier: Apache-2.0
// Whole cores of vector MACs, with their memories: what the published savings are of.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "arch/session/session.h"
#include "workloads/precision/vsquant/published.h"
#include "workloads/precision/vsquant/study_parts.h"

namespace mantissa::workloads::vsquant {
namespace {

// Columns of both tables; parts of a chip that no column names are in `rest`, DRAM is in none.
struct Group {
  const char* name;
  std::set<std::string> parts;
};
const std::array<Group, 5> groups = {{{"vector MACs", {"matrix"}},
                                      {"lanes' weights and sums", {"lane_weights", "lane_sums"}},
                                      {"scratchpad", {"scratchpad"}},
                                      {"accumulator", {"accumulator"}},
                                      {"post-processing", {"post_processor"}}}};

// By group, then the rest.
using Figures = std::array<double, groups.size() + 1>;
double all(const Figures& figures) {
  double sum = 0;
  for (const double f : figures) sum += f;
  return sum;
}

struct CoreCost {
  LayerFormat format;
  Figures area{}, energy{};  // mm2; pJ per operation
  double operations_per_second = 0;
  std::string prices;  // of vector MACs and post-processing
  double node = 0;     // nm
};

// Of memories, whose sizes are the preset's.
double memories(const Figures& figures) {
  double sum = 0;
  for (std::size_t g = 0; g < groups.size(); ++g)
    if (groups[g].parts.count("scratchpad") + groups[g].parts.count("accumulator") > 0)
      sum += figures[g];
  return sum;
}

class CorePart {
 public:
  CorePart(const VsQuantConfig& config, StudyContext& context)
      : config_(config),
        context_(context),
        traces_(context.workload(config.chip_workload, {"format=int8"}).traces) {
    const StudyChip chip = context.chip(config.chip, config.chip_overrides);
    length_ = chip.arch.core.matrix.rows;
    capacity_ = static_cast<double>(chip.arch.core.scratchpad.capacity.value);
    step_ = static_cast<std::uint64_t>(chip.arch.core.scratchpad.banks) *
            chip.arch.core.scratchpad.bank_width.value;
    own_bits_ =
        bits(chip.arch.core.matrix.vsq->weight_bits, chip.arch.core.matrix.vsq->weight_scale_bits) +
        bits(chip.arch.core.matrix.vsq->activation_bits,
             chip.arch.core.matrix.vsq->activation_scale_bits);
  }

  // Nothing: no vector MAC computes the format, or one with the same hardware was there before.
  std::optional<CoreCost> cost(const LayerFormat& format) {
    if (!format.scheme.has_datapath() || (format.vector != 0 && format.vector != length_))
      return {};
    if (!fits(format)) {
      without_core_ += (without_core_.empty() ? "" : "; ") + label(format);
      return {};
    }
    const std::vector<std::string> hardware = overrides(format);
    if (!seen_.insert(hardware).second) return {};
    const StudyChip chip = context_.chip(config_.chip, hardware);
    arch::Session session(chip.arch, chip.technology);
    const arch::RunResult run = session.run(traces_, {});
    CoreCost out{format, {}, {}, 0, "synthesised", chip.technology.node().value};
    for (const std::string& warning : run.power.warnings)
      if (warning.find("of these widths is synthesised") != std::string::npos)
        out.prices = "nearest synthesised";
    const double operations = 2 * static_cast<double>(run.macs);
    for (const auto& [part, area] : run.power.area_by_part)
      out.area[group_of(part)] += area.value * 1e-6;
    for (const auto& [part, energy] : run.power.energy_by_part)
      if (part != "dram") out.energy[group_of(part)] += energy.value / operations;
    out.operations_per_second = operations / run.latency_s;
    return out;
  }

  // Formats wider than a core's registers can be.
  const std::string& without_core() const { return without_core_; }

 private:
  // Within the ranges that the architecture's own schema declares.
  static bool fits(const LayerFormat& format) {
    const std::pair<const char*, std::int64_t> widths[] = {
        {"weight_scale_bits", format.scheme.weight_scale_bits},
        {"activation_scale_bits", format.scheme.activation_scale_bits},
        {"product_bits", format.product_bits},
        {"accumulator_bits", format.accumulator_bits}};
    for (const config::ParameterInfo& p : arch::VsqConfig::schema().parameters())
      for (const auto& [name, bits] : widths)
        if (p.name == name && static_cast<double>(bits) > p.range.high) return false;
    return true;
  }

  double bits(std::int64_t element, std::int64_t scale) const {
    return static_cast<double>(element) + static_cast<double>(scale) / static_cast<double>(length_);
  }

  // The scratchpad holds as many elements in every format.
  std::vector<std::string> overrides(const LayerFormat& format) const {
    const Scheme& s = format.scheme;
    std::vector<std::string> out = config_.chip_overrides;
    const auto set = [&](const char* key, const auto& value) {
      out.push_back(fmt::format("core.matrix.vsq.{}={}", key, value));
    };
    set("weight_bits", s.weight_bits);
    set("activation_bits", s.activation_bits);
    set("weight_scale_bits", s.weight_scale_bits);
    set("activation_scale_bits", s.activation_scale_bits);
    set("activation_signed", !s.unsigned_activations);
    set("product_bits", format.product_bits);
    set("accumulator_bits", format.accumulator_bits);
    set("scale_first", format.order == numerics::ScaleOrder::scale_first);
    const double share = (bits(s.weight_bits, s.weight_scale_bits) +
                          bits(s.activation_bits, s.activation_scale_bits)) /
                         own_bits_;
    out.push_back(fmt::format("core.scratchpad.capacity={} B",
                              round_up(static_cast<std::uint64_t>(capacity_ * share), step_)));
    return out;
  }

  static std::size_t group_of(const std::string& part) {
    for (std::size_t g = 0; g < groups.size(); ++g)
      if (groups[g].parts.count(part) > 0) return g;
    return groups.size();
  }

  const VsQuantConfig& config_;
  StudyContext& context_;
  const std::vector<trace::Trace> traces_;
  std::int64_t length_ = 16;
  double capacity_ = 0, own_bits_ = 0;
  std::uint64_t step_ = 1;
  std::set<std::vector<std::string>> seen_;
  std::string without_core_;
};

ResultTable table_of(const std::vector<CoreCost>& cores, const CoreCost& base, bool energy) {
  ResultTable table{
      energy ? "core_energy" : "core_area",
      energy ? "Energy of an operation in a whole core, DRAM aside" : "Area of a whole core",
      {{"format", ""}},
      {}};
  const std::string unit = energy ? "pJ" : "mm2";
  for (const Group& group : groups) table.columns.push_back({group.name, unit});
  table.columns.push_back({"rest", unit});
  table.columns.push_back({"all", unit});
  table.columns.push_back({"saved", "%"});
  if (!energy) table.columns.push_back({"operations per second and area", "TOPS/mm2"});
  table.columns.push_back({"logic's prices", ""});
  const auto figures = energy ? &CoreCost::energy : &CoreCost::area;
  for (const CoreCost& core : cores) {
    std::vector<Cell> row{label(core.format)};
    for (const double f : core.*figures) row.emplace_back(f);
    row.emplace_back(all(core.*figures));
    row.emplace_back(100 * (1 - all(core.*figures) / all(base.*figures)));
    if (!energy) row.emplace_back(core.operations_per_second * 1e-12 / all(core.area));
    row.emplace_back(core.prices);
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace

void check_cores(const VsQuantConfig& config, StudyContext& context) {
  const auto check = [&](const std::string& chip, const std::vector<std::string>& overrides) {
    if (chip.empty()) return;
    if (!context.chip(chip, {}).arch.core.matrix.vsq)
      throw Error(no_vector_macs)
          .say("the chip of the study vsquant")
          .read(chip)
          .expected("an architecture with core.matrix.vsq, as vsq_4_4_4_4");
    context.chip(chip, overrides);
  };
  check(config.chip, config.chip_overrides);
  check(config.follow_up, config.follow_up_overrides);
  if (!config.chip.empty()) context.workload(config.chip_workload, {"format=int8"});
}

void add_cores(const VsQuantConfig& config, StudyContext& context, const Progress& progress,
               StudyResult& result) {
  if (config.chip.empty()) return;
  CorePart part(config, context);
  std::vector<CoreCost> cores;
  for (std::size_t i = 0; i < config.schemes.size(); ++i) {
    progress(static_cast<double>(i) / static_cast<double>(config.schemes.size()),
             "core of " + label(config.schemes[i]));
    if (auto core = part.cost(config.schemes[i])) cores.push_back(*core);
  }
  if (!part.without_core().empty())
    result.notes.push_back("wider than the registers of a core can be, so without one: " +
                           part.without_core());
  const auto base = std::find_if(cores.begin(), cores.end(), [&](const CoreCost& core) {
    return core.format.scheme.text == config.baseline.text;
  });
  if (base == cores.end()) return;
  for (const bool energy : {false, true}) result.tables.push_back(table_of(cores, *base, energy));

  const std::string set = config.chip_overrides.empty()
                              ? ""
                              : fmt::format(" with {}", fmt::join(config.chip_overrides, ", "));
  result.notes.push_back(fmt::format(
      "cores: {}{} on {}, its memories of as many elements in every format; logic synthesised in "
      "180 nm and moved to {} nm by published factors; DRAM is in neither table",
      config.chip, set, config.chip_workload, base->node));
  for (const PublishedSaving& known : published_savings) {
    const auto figures = known.energy ? &CoreCost::energy : &CoreCost::area;
    for (const CoreCost& core : cores) {
      if (core.format.scheme.text != known.scheme) continue;
      const double whole = all((*base).*figures), ours = 100 * (1 - all(core.*figures) / whole);
      const std::string note = fmt::format(
          "against {}: {:.0f} % of its core are scratchpad and accumulator, whose sizes are ours, "
          "{:.0f} % the vector MACs; the publication says neither its sizes nor which "
          "configuration the figure is of",
          config.baseline.text, 100 * memories((*base).*figures) / whole,
          100 * ((*base).*figures)[0] / whole);
      for (const auto& [published, source, where] :
           {std::tuple(known.arxiv, of_arxiv, "arXiv"),
            std::tuple(known.mlsys, of_mlsys, "proceedings")})
        result.comparisons.push_back(
            {fmt::format("{} of a core saved, {}, {}: {}", known.energy ? "energy" : "area",
                         known.what, where, label(core.format)),
             "%",
             published,
             ours,
             {},
             source,
             note});
    }
  }
}

}  // namespace mantissa::workloads::vsquant
