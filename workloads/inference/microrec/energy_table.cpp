// SPDX-License-Identifier: Apache-2.0
#include "workloads/inference/microrec/energy_table.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "arch/engines/embedding/activity.h"
#include "power/estimate.h"
#include "workloads/inference/microrec/load.h"

namespace mantissa::workloads::microrec {
namespace {

using arch::embedding::EmbeddingConfig;

class EnergyTable {
 public:
  EnergyTable(const Sources& sources, const std::string& technology, const StreamConfig& stream,
              std::uint64_t items)
      : sources_(sources),
        technology_(sources.technology(technology)),
        stream_(stream),
        items_(items) {}

  ResultTable table() {
    ResultTable out{"energy",
                    "Energy of one inference, on-chip parts as a chip of " + technology_.name(),
                    {{"part", ""}},
                    {}};
    for (std::size_t b = 0; b < std::size(builds); ++b) {
      out.columns.push_back({name(builds[b]), "uJ"});
      add(b);
    }
    out.columns.push_back({"from", ""});
    Part all{"all", {}, ""};
    for (const Part& part : parts_)
      for (std::size_t b = 0; b < part.energy.size(); ++b) all.energy[b] += part.energy[b];
    parts_.push_back(all);
    for (const Part& part : parts_) {
      auto& row = out.rows.emplace_back(std::vector<Cell>{part.name});
      row.insert(row.end(), part.energy.begin(), part.energy.end());
      row.emplace_back(part.from);
    }
    return out;
  }

 private:
  struct Part {
    std::string name;
    std::array<double, std::size(builds)> energy{};  // uJ
    std::string from;
  };

  void add(std::size_t build) {
    const EmbeddingConfig engine = engine_of(builds[build], sources_);
    const DeployedLayout deployed = deployed_of(builds[build].model, sources_, LookupCosts(engine));
    const LoadResult r = Bench(engine, deployed.set, deployed.layout, stream_).backlog(items_);
    add_dram(build, "HBM", r.totals.hbm);
    add_dram(build, "DDR", r.totals.ddr);
    const auto activity = arch::embedding::activity_of(engine, r.totals, deployed.set.dims(),
                                                       deployed.set.hidden, items_);
    const auto chip = power::estimate(
        activity.components, activity.actions,
        static_cast<double>(r.totals.end.value) / static_cast<double>(engine.clock.value),
        technology_);
    for (const power::EnergyRow& row : chip.energy)
      note(build,
           row.action == "leakage" ? row.action : row.component.substr(row.component.find('.') + 1),
           row.energy, power::name(row.price.method) + (": " + row.price.source));
  }

  void add_dram(std::size_t build, const std::string& memory,
                const std::optional<memory::dram::EnergyReport>& report) {
    if (!report) return;
    for (const auto& part : report->parts)
      note(build, memory + (part.name.rfind("background", 0) == 0 ? ", background" : ""),
           part.energy, part.source);
  }

  void note(std::size_t build, const std::string& name, Picojoules energy,
            const std::string& from) {
    auto part = std::find_if(parts_.begin(), parts_.end(),
                             [&](const Part& known) { return known.name == name; });
    if (part == parts_.end()) part = parts_.insert(parts_.end(), {name, {}, from});
    part->energy[build] += energy.value * 1e-6 / static_cast<double>(items_);
  }

  const Sources& sources_;
  const power::Technology technology_;
  const StreamConfig stream_;
  const std::uint64_t items_;
  std::vector<Part> parts_;
};

}  // namespace

ResultTable energy_table(const Sources& sources, const std::string& technology,
                         const StreamConfig& stream, std::uint64_t items) {
  return EnergyTable(sources, technology, stream, items).table();
}

}  // namespace mantissa::workloads::microrec
