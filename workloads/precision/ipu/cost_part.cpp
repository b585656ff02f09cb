// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "workloads/precision/ipu/published.h"
#include "workloads/precision/ipu/study_parts.h"
#include "workloads/precision/ipu/unit_cost.h"

namespace mantissa::workloads::ipu {

void Headlines::add_to(StudyResult& result, const std::string& tops,
                       const std::string& over) const {
  const auto add = [&](const std::string& what, double published, const Best& best,
                       const char* why) {
    if (best.ratio == 0) return;
    result.comparisons.push_back({what + ", " + over,
                                  "%",
                                  published,
                                  best.percent(),
                                  {},
                                  of_abstract,
                                  "at " + best.where + "; " + why});
  };
  add("TFLOPS/mm2", published_flops_per_area, flops_per_area, why_area);
  add("TOPS/mm2" + tops, published_tops_per_area, tops_per_area, why_area);
  add("TFLOPS/W", published_flops_per_power, flops_per_power, why_energy);
  add("TOPS/W" + tops, published_tops_per_power, tops_per_power, why_energy);
}

namespace {

double percent(double ratio) { return 100 * (ratio - 1); }

class CostPart {
 public:
  CostPart(const IpuStudyConfig& config, const std::vector<MeasuredTime>& times,
           StudyResult& result)
      : config_(config),
        times_(times),
        result_(result),
        units_(synthesised_units(config.synthesis.text)) {}

  void run() {
    for (const std::int64_t lanes : config_.lanes) {
      const SynthesisedUnit* wide = find_unit(units_, lanes, config_.baseline);
      for (const std::int64_t w : config_.windows) {
        const SynthesisedUnit* unit = find_unit(units_, lanes, w);
        if (unit == nullptr)
          missing_.push_back(fmt::format("n = {}, w = {}", lanes, w));
        else
          add(*unit, wide);
      }
      check_monotone(lanes);
    }
    headlines_.add_to(result_, "", fmt::format("most over {} bits", config_.baseline));
    notes();
    if (units_.empty()) return;
    result_.tables.push_back(std::move(areas_));
    result_.tables.push_back(std::move(rates_));
    if (!gains_.rows.empty()) result_.tables.push_back(std::move(gains_));
    result_.figures.push_back(std::move(area_figure_));
  }

 private:
  void add(const SynthesisedUnit& u, const SynthesisedUnit* wide) {
    const std::int64_t share = config_.ehu_share;
    const auto saved = [&](double ours, double of_wide) -> Cell {
      if (wide == nullptr) return {};
      return 100 * (1 - ours / of_wide);
    };
    areas_.rows.push_back({u.lanes, u.window, u.area, u.tile_area(share), u.datapath,
                           saved(u.area, wide ? wide->area : 0),
                           saved(u.tile_area(share), wide ? wide->tile_area(share) : 0),
                           saved(u.datapath, wide ? wide->datapath : 0), u.critical_path,
                           u.energy_per_cycle, u.energy_of_run, u.file});
    add_blocks(u);
    const double clock = 1000 / u.critical_path;
    const Delivered int4 = delivered(u, clock, 1, share), int8 = delivered(u, clock, 4, share);
    const Delivered int84 = delivered(u, clock, 2, share);
    std::vector<Cell> row{u.lanes, u.window, clock, int4.per_area, int84.per_area, int8.per_area};
    const MeasuredTime* time = usual_time(u);
    row.push_back(time ? Cell(delivered(u, clock, 9 * time->time, share).per_area) : Cell());
    for (const Delivered& d : {int4, int84, int8}) row.push_back(d.per_power);
    row.push_back(time ? Cell(delivered(u, clock, 9 * time->time, share).per_power) : Cell());
    rates_.rows.push_back(std::move(row));
    if (wide == nullptr) return;
    compare_savings(u, *wide);
    add_gains(u, *wide);
  }

  void add_blocks(const SynthesisedUnit& u) {
    if (u.lanes != config_.lanes.back()) return;
    for (const power::SynthesisBlock& block : u.blocks) {
      auto found = std::find_if(area_figure_.series.begin(), area_figure_.series.end(),
                                [&](const Series& s) { return s.label == block.name; });
      if (found == area_figure_.series.end())
        found = area_figure_.series.insert(found, Series{block.name, {}, {}, {}, {}});
      found->x.push_back(static_cast<double>(u.window));
      found->y.push_back(block.area);
    }
  }

  // FP16 on the first source, at the greatest software precision, in the smallest cluster.
  const MeasuredTime* usual_time(const SynthesisedUnit& u) const {
    for (const MeasuredTime& t : times_)
      if (t.lanes == u.lanes && t.window == u.window &&
          t.software_precision == config_.software_precisions.back() &&
          t.cluster == config_.clusters.front())
        return &t;
    return nullptr;
  }

  // Everything at one clock: the ratios are those of area, energy and cycles alone.
  void add_gains(const SynthesisedUnit& u, const SynthesisedUnit& wide) {
    const std::int64_t share = config_.ehu_share;
    const double area = wide.tile_area(share) / u.tile_area(share);
    const double energy = wide.energy_per_cycle / u.energy_per_cycle;
    const std::string here = fmt::format("n = {}, w = {}", u.lanes, u.window);
    if (&u != &wide) {
      headlines_.tops_per_area.see(area, here);
      headlines_.tops_per_power.see(energy, here);
    }
    for (const MeasuredTime& t : times_) {
      if (t.lanes != u.lanes || t.window != u.window) continue;
      gains_.rows.push_back({u.lanes, u.window, t.source, t.software_precision, t.cluster,
                             percent(area), percent(area / t.time), percent(energy),
                             percent(energy / t.time)});
      if (&u == &wide) continue;
      const std::string there = fmt::format("{}, {}, software precision {}, clusters of {}", here,
                                            t.source, t.software_precision, t.cluster);
      headlines_.flops_per_area.see(area / t.time, there);
      headlines_.flops_per_power.see(energy / t.time, there);
    }
  }

  void compare_savings(const SynthesisedUnit& u, const SynthesisedUnit& wide) {
    if (wide.window != 38) return;
    const std::int64_t share = config_.ehu_share;
    for (const PublishedSaving& known : published_savings) {
      if (known.lanes != u.lanes || known.window != u.window) continue;
      const double ours = known.datapath ? 1 - u.datapath / wide.datapath
                                         : 1 - u.tile_area(share) / wide.tile_area(share);
      const std::string what = fmt::format("area saved, n = {}, w = {}, {}", u.lanes, u.window,
                                           known.datapath ? "datapath" : "unit of a tile");
      const char* note = known.datapath
                             ? "ours: multipliers, alignment, tree, auxiliary shift, accumulator"
                             : why_area;
      result_.comparisons.push_back({what,
                                     "%",
                                     known.percent,
                                     100 * ours,
                                     {},
                                     known.datapath ? of_synthesis : of_text,
                                     note});
      if (ours * 200 >= known.percent && ours * 50 <= known.percent) continue;
      result_.warnings.push_back(what + ": not within a factor of 2 of " +
                                 (known.datapath ? of_synthesis : of_text));
    }
  }

  void check_monotone(std::int64_t lanes) {
    double before = 0;
    for (const SynthesisedUnit& u : units_) {  // by lanes and window
      if (u.lanes != lanes || !u.multi_cycle || !u.nibbles()) continue;
      if (u.area < before)
        result_.warnings.push_back(
            fmt::format("n = {}: w = {} is smaller than a narrower one", lanes, u.window));
      before = u.area;
    }
  }

  void notes() {
    if (!missing_.empty()) {
      std::string all;
      for (const std::string& one : missing_) all += (all.empty() ? "" : "; ") + one;
      result_.notes.push_back("not synthesised, so without area and energy: " + all);
    }
    if (units_.empty()) return;
    result_.notes.push_back(fmt::format(
        "areas and energies: {}, cells before placement; one exponent handling unit for {} units' "
        "areas; energy per cycle at {} toggles per net and cycle in every window and mode",
        units_.front().library, config_.ehu_share, units_.front().activity));
  }

  const IpuStudyConfig& config_;
  const std::vector<MeasuredTime>& times_;
  StudyResult& result_;
  const std::vector<SynthesisedUnit> units_;
  std::vector<std::string> missing_;
  Headlines headlines_;
  ResultTable areas_{
      "area",
      "Area of a unit with multi-cycle alignment, and what is saved of the baseline's",
      {{"n", ""},
       {"w", "bit"},
       {"unit", "um2"},
       {"unit of a tile", "um2"},
       {"datapath", "um2"},
       {"unit, saved", "%"},
       {"unit of a tile, saved", "%"},
       {"datapath, saved", "%"},
       {"critical path", "ns"},
       {"energy per cycle, equal activity", "pJ"},
       {"energy per cycle, run of synthesis", "pJ"},
       {"source", ""}},
      {}};
  ResultTable rates_{"delivered",
                     "What a unit of a tile delivers at the clock of its own critical path",
                     {{"n", ""},
                      {"w", "bit"},
                      {"clock", "MHz"},
                      {"4x4", "TOPS/mm2"},
                      {"8x4", "TOPS/mm2"},
                      {"8x8", "TOPS/mm2"},
                      {"FP16", "TFLOPS/mm2"},
                      {"4x4", "TOPS/W"},
                      {"8x4", "TOPS/W"},
                      {"8x8", "TOPS/W"},
                      {"FP16", "TFLOPS/W"}},
                     {}};
  ResultTable gains_{"gains",
                     "Gain over the baseline at the same clock",
                     {{"n", ""},
                      {"w", "bit"},
                      {"FP16 operands", ""},
                      {"software precision", "bit"},
                      {"cluster", ""},
                      {"TOPS/mm2", "%"},
                      {"TFLOPS/mm2", "%"},
                      {"TOPS/W", "%"},
                      {"TFLOPS/W", "%"}},
                     {}};
  Figure area_figure_{"area_by_block",
                      "Area by block",
                      FigureKind::line,
                      {"w, bit", false},
                      {"area, um2", false},
                      {},
                      {}};
};

}  // namespace

void add_costs(const IpuStudyConfig& config, const std::vector<MeasuredTime>& times,
               StudyResult& result) {
  if (!config.synthesis.given()) {
    result.notes.push_back("no folder of synthesis results is named: no areas, no energies");
    return;
  }
  CostPart(config, times, result).run();
}

}  // namespace mantissa::workloads::ipu
