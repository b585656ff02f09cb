// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/sweep.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include "sim/store/quantity.h"
#include "sim/sweep/sampling.h"

namespace mantissa::sweep {

using config::Schema;

const Schema<ListPoint>& ListPoint::schema() {
  static const auto s =
      Schema<ListPoint>("One point of a sweep")
          .optional("arch", &ListPoint::arch, "Architecture; none: each one of `archs`.")
          .optional("workload", &ListPoint::workload, "Workload; none: each one of `workloads`.")
          .optional("set", &ListPoint::set, "Parameters of this point.");
  return s;
}

const Schema<RandomSection>& RandomSection::schema() {
  static const auto s =
      Schema<RandomSection>("Random samples of a sweep")
          .required("count", &RandomSection::count, config::range(1, 1e6), "Number of samples.")
          .required("seed", &RandomSection::seed, config::range(0, 9e15),
                    "Equal seeds give equal samples, on every machine.")
          .required("parameters", &RandomSection::parameters,
                    "Parameters, each with its `range` (and `log`) or its `choices`.");
  return s;
}

const Schema<Published>& Published::schema() {
  static const auto s =
      Schema<Published>("A published figure beside ours")
          .required("arch", &Published::arch, "Architecture of the point, as under `archs`.")
          .required("workload", &Published::workload, "Workload, as under `workloads`.")
          .optional("set", &Published::set, "Parameters that tell the point from others.")
          .required("quantity", &Published::quantity,
                    "A quantity of `mantissa sweep --quantities`.")
          .required("value", &Published::value, "The published value with its unit.")
          .required("method", &Published::method, "How we know it: published, recalled 85 %, ...")
          .required("source", &Published::source, "Where it was published.");
  return s;
}

const Schema<SweepConfig>& SweepConfig::schema() {
  static const auto s =
      Schema<SweepConfig>("A sweep over architectures, workloads and parameters")
          .required("version", &SweepConfig::version, config::range(1, 1),
                    "Version of this format.")
          .required("kind", &SweepConfig::kind, "sweep")
          .optional("title", &SweepConfig::title, "Headline of the report.")
          .optional("description", &SweepConfig::description, "What the sweep is to find out.")
          .optional("archs", &SweepConfig::archs, "Architectures: preset names or files.")
          .optional("workloads", &SweepConfig::workloads, "Workloads: preset names or files.")
          .optional("fidelity", &SweepConfig::fidelity, "shape or data.")
          .optional("seed", &SweepConfig::seed, config::range(0, 9e15),
                    "Seed of synthetic operands; none: each workload's own.")
          .optional("set", &SweepConfig::set, "Parameters that every point has.")
          .optional("grid", &SweepConfig::grid,
                    "Parameters with lists of values: every combination is a point.")
          .optional("zip", &SweepConfig::zip,
                    "Parameters with lists of one length: the i-th values belong together.")
          .optional("random", &SweepConfig::random, "Parameters drawn at random.")
          .optional("campaign", &SweepConfig::campaign,
                    "Fault injection: every point on many chips, at some supply voltages.")
          .optional("list", &SweepConfig::list, "Further points, one by one.")
          .optional("constraints", &SweepConfig::constraints,
                    "Comparisons such as 'area < 50 mm2'. Those on parameters alone exclude points "
                    "before they run, the others mark them as infeasible afterwards.")
          .optional("objectives", &SweepConfig::objectives,
                    "Quantities to trade against each other: the report marks the Pareto front.")
          .optional("published", &SweepConfig::published,
                    "Figures from publications, to stand beside ours.")
          .constraint("kind",
                      [](const SweepConfig& c) { return c.kind == "sweep" ? "" : "kind is sweep"; })
          .constraint("fidelity",
                      [](const SweepConfig& c) {
                        return c.fidelity == "shape" || c.fidelity == "data"
                                   ? ""
                                   : "fidelity is shape or data";
                      })
          .constraint("campaign", [](const SweepConfig& c) {
            return c.campaign && c.fidelity != "data"
                       ? "a campaign compares outputs: fidelity: data"
                       : "";
          });
  return s;
}

namespace {

// A parameter may be set by one section only, or points would depend on an order that nobody sees.
void check_set_once(const SweepConfig& c) {
  std::set<std::string> seen;
  const auto add = [&](const std::string& key, const Place& place) {
    if (!seen.insert(key).second)
      throw Error(twice_set).at(place).read(key).expected(
          "a parameter that only one of set, grid, zip, random and campaign has");
  };
  for (const auto& item : c.set.items) add(item.key, item.place);
  for (const auto& axis : c.grid.items) add(axis.key, axis.place);
  for (const auto& axis : c.zip.items) add(axis.key, axis.place);
  if (c.random)
    for (const auto& parameter : c.random->parameters.items) add(parameter.key, parameter.place);
  if (c.campaign)
    for (const auto& key : c.campaign->keys())
      add(key, c.campaign->voltages.empty() ? Place{} : c.campaign->voltages.front().place);
}

void check_zip(const Axes& zip) {
  for (const auto& axis : zip.items)
    if (axis.values.size() != zip.items.front().values.size())
      throw Error(zip_lengths)
          .at(axis.place)
          .read(axis.key + " with " + std::to_string(axis.values.size()) + " values")
          .expected(std::to_string(zip.items.front().values.size()) + " values, as " +
                    zip.items.front().key + " has");
}

const store::Quantity& quantity(const PlacedText& text, const std::string& key) {
  if (const auto* found = store::find_quantity(text.text)) return *found;
  throw Error(unknown_quantity)
      .at(text.place)
      .read(text.text)
      .expected("'" + key + "' to be a quantity that every run yields")
      .nearest(nearest_name(text.text, store::quantity_names()))
      .remedy("see 'mantissa sweep --quantities'");
}

void check_published(const Published& p) {
  const auto& q = quantity(p.quantity, "published.quantity");
  const auto value = parse_measure(p.value.text);
  const Unit expected = measure(1, q.unit)->unit;
  if (!value || !(value->unit == expected))
    throw Error(unit_mismatch)
        .at(p.value.place)
        .read(p.value.text)
        .expected("a value of " + std::string(q.name) + " with its unit, which measures " +
                  expected.text());
}

// Units can be checked before anything runs: every quantity has one.
void check_units(const Constraint& constraint) {
  constraint.holds([](const std::string& name) -> std::optional<Measure> {
    const auto* found = store::find_quantity(name);
    if (found == nullptr) return std::nullopt;
    return measure(1, found->unit);
  });
}

Axis axis_of(const std::string& text) {  // "a.b=1,2,4"
  const Place place{{}, 0, 0, "command line, --grid " + text};
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
    throw Error(bad_sweep).at(place).read(text).expected("KEY=VALUE,VALUE,...");
  Axis axis{text.substr(0, equals), {}, place};
  for (std::size_t begin = equals + 1; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    axis.values.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return axis;
}

// Every combination of the sections that multiply, as lists of overrides.
std::vector<std::vector<std::string>> combinations(const SweepConfig& c) {
  std::vector<std::vector<std::string>> all{{}};
  const auto multiply = [&](const std::vector<std::vector<std::string>>& factors) {
    if (all.size() * factors.size() > 1'000'000)
      throw Error(too_many_points).say("the sweep spans more than a million points");
    std::vector<std::vector<std::string>> product;
    for (const auto& left : all)
      for (const auto& right : factors) {
        product.push_back(left);
        product.back().insert(product.back().end(), right.begin(), right.end());
      }
    all = std::move(product);
  };
  for (const auto& axis : c.grid.items) {
    std::vector<std::vector<std::string>> factors;
    for (const auto& value : axis.values) factors.push_back({axis.key + "=" + value});
    multiply(factors);
  }
  if (!c.zip.items.empty()) {
    std::vector<std::vector<std::string>> factors(c.zip.items.front().values.size());
    for (const auto& axis : c.zip.items)
      for (std::size_t i = 0; i < factors.size(); ++i)
        factors[i].push_back(axis.key + "=" + axis.values[i]);
    multiply(factors);
  }
  if (c.random) {
    std::vector<std::vector<std::string>> factors(static_cast<std::size_t>(c.random->count));
    for (const auto& parameter : c.random->parameters.items)
      for (std::size_t i = 0; i < factors.size(); ++i)
        factors[i].push_back(parameter.key + "=" +
                             sample(parameter, static_cast<std::uint64_t>(c.random->seed), i));
    multiply(factors);
  }
  if (c.campaign) multiply(c.campaign->factors());
  return all;
}

}  // namespace

Sweep parse_sweep(const config::Node& node, const std::string& file,
                  const std::vector<std::string>& grid) {
  Sweep sweep;
  sweep.file = file;
  sweep.name = std::filesystem::path(file).stem().string();
  sweep.config = SweepConfig::schema().parse(node);
  auto& c = sweep.config;
  for (const auto& text : grid) c.grid.items.push_back(axis_of(text));
  check_set_once(c);
  if (c.campaign) c.campaign->check();
  check_zip(c.zip);
  if (c.random)
    for (const auto& parameter : c.random->parameters.items) check_distribution(parameter);
  for (const auto& text : c.constraints) {
    sweep.constraints.emplace_back(text.text, text.place);
    check_units(sweep.constraints.back());
  }
  for (const auto& text : c.objectives) {
    const auto& q = quantity(text, "objectives");
    if (q.better == store::Better::neither)
      throw Error(unknown_quantity)
          .at(text.place)
          .read(text.text)
          .expected("an objective of which less or more is better, such as latency or energy");
    sweep.objectives.emplace_back(q.column);
  }
  for (const auto& published : c.published) check_published(published);
  if ((c.archs.empty() || c.workloads.empty()) && c.list.empty())
    throw Error(no_points)
        .at(node.place())
        .say("the sweep spans no point: archs or workloads is empty");
  return sweep;
}

Sweep load_sweep(const std::string& path, const config::Resolver& presets,
                 const std::vector<std::string>& grid) {
  Sweep sweep = parse_sweep(config::load_document(path, presets).node, path, grid);
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const auto look_beside = [&](std::string& name) {
    const std::filesystem::path beside = folder / name;
    std::error_code ignored;
    if (std::filesystem::path(name).has_extension() && !std::filesystem::exists(name, ignored) &&
        std::filesystem::exists(beside, ignored))
      name = beside.string();
  };
  for (auto& name : sweep.config.archs) look_beside(name);
  for (auto& name : sweep.config.workloads) look_beside(name);
  for (auto& entry : sweep.config.list) {
    if (entry.arch) look_beside(*entry.arch);
    if (entry.workload) look_beside(*entry.workload);
  }
  for (auto& published : sweep.config.published) {
    look_beside(published.arch);
    look_beside(published.workload);
  }
  return sweep;
}

std::string Sweep::text() const { return SweepConfig::schema().write(config).yaml(); }

std::vector<sim::PointRequest> expand(const Sweep& sweep) {
  const auto& c = sweep.config;
  std::vector<std::string> common;
  if (c.seed) common.push_back("workload.seed=" + std::to_string(*c.seed));
  for (const auto& item : c.set.items) common.push_back(item.text());

  std::vector<sim::PointRequest> points;
  const auto add = [&](const std::string& arch, const std::string& workload,
                       const std::vector<std::string>& own) {
    sim::PointRequest point;
    point.arch = arch;
    point.workload = workload;
    point.overrides = common;
    point.overrides.insert(point.overrides.end(), own.begin(), own.end());
    point.fidelity = c.fidelity == "data" ? arch::Fidelity::data : arch::Fidelity::shape;
    points.push_back(std::move(point));
    if (points.size() > 1'000'000)
      throw Error(too_many_points).at(sweep.file).say("the sweep spans more than a million points");
  };

  // A sweep that only lists its points has no grid to multiply, and no nameless point either.
  const bool only_list =
      !c.list.empty() && c.grid.items.empty() && c.zip.items.empty() && !c.random && !c.campaign;
  if (!only_list) {
    const auto own = combinations(c);
    for (const auto& arch : c.archs)
      for (const auto& workload : c.workloads)
        for (const auto& overrides : own) add(arch, workload, overrides);
  }
  for (const auto& entry : c.list) {
    std::vector<std::string> own;
    for (const auto& item : entry.set.items) own.push_back(item.text());
    const auto archs = entry.arch ? std::vector<std::string>{*entry.arch} : c.archs;
    const auto workloads = entry.workload ? std::vector<std::string>{*entry.workload} : c.workloads;
    for (const auto& arch : archs)
      for (const auto& workload : workloads) add(arch, workload, own);
  }
  if (points.empty()) throw Error(no_points).at(sweep.file).say("the sweep spans no point");
  return points;
}

}  // namespace mantissa::sweep
