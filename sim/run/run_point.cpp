// SPDX-License-Identifier: Apache-2.0
#include "sim/run/run_point.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/config/document.h"
#include "power/estimators/synthesised.h"
#include "rtl/folders.h"
#include "sim/presets/presets.h"
#include "sim/run/workload_module.h"

namespace mantissa::sim {
namespace {

constexpr std::string_view workload_prefix = "workload.";

struct SplitOverrides {
  std::vector<std::string> arch, workload;
};

SplitOverrides split(const std::vector<std::string>& overrides) {
  SplitOverrides out;
  for (const auto& text : overrides) {
    if (text.compare(0, workload_prefix.size(), workload_prefix) == 0)
      out.workload.push_back(text.substr(workload_prefix.size()));
    else
      out.arch.push_back(text);
  }
  return out;
}

// What prices depend on, in few lines: the figures themselves are told by their hash, since there
// are a hundred of them; energy.csv and area.csv show those that were used.
config::Node technology_node(const power::Technology& technology) {
  std::string figures;
  auto used = technology.figures();
  const bool analytic = technology.sram_model() == power::SramModel::analytic;
  if (analytic) used.insert(used.end(), technology.circuits().begin(), technology.circuits().end());
  for (const auto& figure : used)
    figures += fmt::format("{} {} {} {} {} {} {} {}\n", figure.item, figure.value, figure.unit,
                           figure.capacity.value, figure.node.value, figure.voltage.value,
                           power::name(figure.method), figure.source);
  for (const auto& r : technology.synthesised()) {
    figures += fmt::format("{} {} {} {} {} {} {} {}", r.unit, r.library, r.tools, r.node.value,
                           r.voltage.value, r.area, r.action, r.energy);
    for (const auto& [name, energy] : r.operations) figures += fmt::format(" {} {}", name, energy);
    for (const auto& [name, value] : r.parameters) figures += fmt::format(" {}={}", name, value);
    figures += '\n';
  }
  const bool anchors = technology.energy_scaling() == power::EnergyScaling::anchors;
  return config::Node::map({
      {"name", config::Node::scalar(technology.name())},
      {"node", config::Node::scalar(fmt::format("{} nm", technology.node().value))},
      {"voltage", config::Node::scalar(fmt::format("{} V", technology.voltage().value))},
      {"energy_scaling", config::Node::scalar(anchors ? "anchors" : "stillmaker")},
      {"sram_model", config::Node::scalar(analytic ? "analytic" : "printed")},
      {"figures_hash", config::Node::scalar(config::content_hash(figures), {}, true)},
  });
}

// Importers are told "batch=8" and answer about "--set batch=8"; the user wrote "workload.batch=8".
workloads::LoadedWorkload load(const std::string& file, const workloads::LoadOptions& options) {
  load_reader_of(file);
  try {
    return workloads::load_workload(file, Presets::standard().resolver(PresetKind::workload),
                                    options);
  } catch (Error& error) {
    constexpr std::string_view set = "--set ";
    Place place = error.place();
    for (std::string* text : {&place.file, &place.detail})
      if (text->compare(0, set.size(), set) == 0) text->insert(set.size(), workload_prefix);
    error.at(place);
    throw;
  }
}

// Read once: sweeps price many points.
const std::vector<power::SynthesisResult>& shipped_results() {
  static const auto results =
      power::read_synthesis_results(rtl::rtl_folder(), "rtl", power::units_that_price());
  return results;
}

const char* fidelity_name(arch::Fidelity fidelity) {
  return fidelity == arch::Fidelity::shape ? "shape" : "data";
}

}  // namespace

arch::ArchConfig resolve_arch(const std::string& name_or_file,
                              const std::vector<std::string>& overrides) {
  const auto& presets = Presets::standard();
  return config::load<arch::ArchConfig>(
             presets.find(PresetKind::arch, name_or_file), presets.resolver(PresetKind::arch),
             overrides, {{"memory.dram", presets.resolver(PresetKind::memory), "dram"}})
      .value;
}

power::Technology resolve_technology(const arch::ArchConfig& arch) {
  auto technology = power::Technology::load(Presets::standard().find(
      PresetKind::technology, arch.technology.name, Place{arch.name, 0, 0, "technology.name"}));
  const auto& own = arch.technology.synthesis;
  if (arch.technology.prices == power::PriceOrder::synthesised)
    technology.prefer(own ? power::read_synthesis_results(*own, *own) : shipped_results());
  return technology;
}

Point resolve(const PointRequest& request) {
  const auto& presets = Presets::standard();
  const auto overrides = split(request.overrides);
  const auto arch = resolve_arch(request.arch, overrides.arch);
  Point point{request, arch, resolve_technology(arch), {}, {}, {}};

  workloads::LoadOptions options;
  options.native = point.arch.core.matrix.formats.front();
  options.ranks = static_cast<std::uint32_t>(point.arch.chips * point.arch.cores);
  options.overrides = overrides.workload;
  point.workload = load(presets.find(PresetKind::workload, request.workload), options);

  const auto resolved = config::Node::map({
      {"architecture", arch::ArchConfig::schema().write(point.arch)},
      {"technology", technology_node(point.technology)},
      {"workload", config::read_text(point.workload.resolved_yaml, point.workload.name)},
  });
  point.resolved_yaml = resolved.yaml();
  point.config_hash = config::content_hash(point.resolved_yaml +
                                           "fidelity: " + fidelity_name(request.fidelity) + '\n');
  return point;
}

arch::RunResult run(const Point& point, arch::Observer* observer) {
  arch::Session session(point.arch, point.technology);
  arch::RunOptions options;
  options.fidelity = point.request.fidelity;
  options.observer = observer;
  options.operands = point.workload.operands;
  auto result = session.run(point.workload.traces, options);
  result.workload = point.workload.name;
  if (options.fidelity == arch::Fidelity::data && point.workload.synthetic_operands)
    result.warnings.insert(result.warnings.begin(),
                           fmt::format("the workload has no contents of its own: operands were "
                                       "drawn from seed {}",
                                       point.workload.seed));
  // What the workload's import had to say comes before what its run had to say.
  result.warnings.insert(result.warnings.begin(), point.workload.warnings.begin(),
                         point.workload.warnings.end());
  return result;
}

}  // namespace mantissa::sim
