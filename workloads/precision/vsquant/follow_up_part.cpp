// SPDX-License-Identifier: Apache-2.0
// The follow-up chip in 5 nm: what is published of it beside what a preset makes of it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "arch/session/session.h"
#include "workloads/precision/vsquant/published.h"
#include "workloads/precision/vsquant/study_parts.h"

namespace mantissa::workloads::vsquant {
namespace {

class FollowUpPart {
 public:
  FollowUpPart(const VsQuantConfig& config, StudyContext& context, StudyResult& result)
      : config_(config), context_(context), result_(result) {}

  void run(const Progress& progress) {
    const StudyChip four = context_.chip(config_.follow_up, config_.follow_up_overrides);
    const double products = products_per_cycle(four.arch);
    const double clock = static_cast<double>(four.arch.core.clock.value);
    const double tops = 2 * products * clock * 1e-12;
    add("products of 4 bits per cycle", "", follow_up.products_of_4, products, "configuration");
    add("products of 8 bits per cycle", "", follow_up.products_of_8, products_of_8(),
        "the same vector MACs, two cycles a vector");
    add("peak at the highest clock", "TOPS", follow_up.peak_tops, tops,
        fmt::format("2 x {} x {:g} MHz", products, clock * 1e-6));
    for (const auto& [workload, published] :
         {std::pair("resnet50", follow_up.tops_per_watt_resnet50),
          std::pair("bert_base", follow_up.tops_per_watt_bert_base)}) {
      progress(workload == std::string("resnet50") ? 0 : 0.5,
               fmt::format("{} on {}", workload, config_.follow_up));
      const arch::RunResult run = simulate(workload);
      if (workload == std::string("resnet50")) add_area(run, four, tops);
      add_efficiency(workload, published, run, four);
    }
  }

 private:
  static double products_per_cycle(const arch::ArchConfig& arch) {
    return static_cast<double>(arch.core.matrix.peak_macs_per_cycle());
  }

  double products_of_8() {
    std::vector<std::string> overrides = config_.follow_up_overrides;
    for (const char* one : {"weight_bits=8", "activation_bits=8", "vector_cycles=2"})
      overrides.push_back(std::string("core.matrix.vsq.") + one);
    return products_per_cycle(context_.chip(config_.follow_up, overrides).arch);
  }

  arch::RunResult simulate(const std::string& workload) {
    // One session at a time in a process.
    const StudyChip chip = context_.chip(config_.follow_up, config_.follow_up_overrides);
    arch::Session session(chip.arch, chip.technology);
    return session.run(context_.workload(workload, {"format=int8"}).traces, {});
  }

  void add_area(const arch::RunResult& run, const StudyChip& chip, double tops) {
    const auto part = [&](const char* name) {
      const auto found = run.power.area_by_part.find(name);
      return found == run.power.area_by_part.end() ? 0 : found->second.value * 1e-6;
    };
    const double all = run.power.total_area.value * 1e-6;
    const std::string of = fmt::format(
        "a whole core priced at {} nm: matrix unit {:.3f} mm2, scratchpad {:.3f}, accumulator "
        "{:.3f}, vector unit {:.3f}; the publication's memories are not known",
        chip.technology.node().value, part("matrix"), part("scratchpad"), part("accumulator"),
        part("vector"));
    add("area", "mm2", follow_up.area_mm2, all, of);
    add("peak per area", "TOPS/mm2", follow_up.tops_per_mm2, tops / all, of);
  }

  void add_efficiency(const std::string& workload, double published, const arch::RunResult& run,
                      const StudyChip& chip) {
    double pj = 0;
    for (const auto& [part, energy] : run.power.energy_by_part)
      if (part != "dram") pj += energy.value;
    const double ours = 2 * static_cast<double>(run.macs) / pj;  // operations per pJ are TOPS/W
    const double volts = chip.technology.voltage().value;
    add(fmt::format("operations per energy on {}", workload), "TOPS/W", published, ours,
        fmt::format("at {} V and {} nm, DRAM aside, {:.0f} % of all products in use; published at "
                    "{} V and 5 nm",
                    volts, chip.technology.node().value, 100 * run.utilization, follow_up.volts));
  }

  void add(const std::string& what, const std::string& unit, double published, double ours,
           const std::string& note) {
    const std::string set =
        config_.follow_up_overrides.empty()
            ? ""
            : fmt::format(" with {}", fmt::join(config_.follow_up_overrides, ", "));
    result_.comparisons.push_back({config_.follow_up + ": " + what,
                                   unit,
                                   published,
                                   ours,
                                   {},
                                   of_follow_up,
                                   config_.follow_up + set + ": " + note});
  }

  const VsQuantConfig& config_;
  StudyContext& context_;
  StudyResult& result_;
};

}  // namespace

void add_follow_up(const VsQuantConfig& config, StudyContext& context, const Progress& progress,
                   StudyResult& result) {
  if (!config.follow_up.empty()) FollowUpPart(config, context, result).run(progress);
}

}  // namespace mantissa::workloads::vsquant
