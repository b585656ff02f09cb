// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "workloads/precision/ipu/published.h"
#include "workloads/precision/ipu/study_parts.h"

namespace mantissa::workloads::ipu {

namespace ip = numerics::inner_product;

namespace {

constexpr const char* modes[] = {"4x4", "8x4", "8x8", "FP16"};
constexpr ip::FormatPair pairs[] = {{ip::Format::int4, ip::Format::int4},
                                    {ip::Format::int8, ip::Format::int4},
                                    {ip::Format::int8, ip::Format::int8},
                                    {ip::Format::fp16, ip::Format::fp16}};
constexpr std::size_t fp16 = 3;

ip::IpuParameters digits(int a, int b) {
  ip::IpuParameters p;
  p.digit_a = a;
  p.digit_b = b;
  return p;
}

// Places that are safe per cycle decide how long an operation takes, whatever the digits.
std::int64_t safe_precision(const SynthesisedUnit& u) {
  return u.window - digits(static_cast<int>(u.digit_a), static_cast<int>(u.digit_b)).product_bits();
}

bool has(const Multipliers& m, const SynthesisedUnit& u) {
  return u.digit_a == m.digit_a && u.digit_b == m.digit_b && u.formats == m.formats;
}

}  // namespace

const std::vector<Multipliers>& configurations() {
  static const std::vector<Multipliers> all = {
      {"MC-SER", 12, 1, UnitFormats::every, {0, 0, 0, 0}},
      {"MC-IPU4", 4, 4, UnitFormats::every, {1, 2, 4, 9}},
      {"MC-IPU84", 8, 4, UnitFormats::every, {1, 1, 2, 6}},
      {"MC-IPU8", 8, 8, UnitFormats::every, {1, 1, 1, 4}},
      {"INT-only, 4 x 4", 4, 4, UnitFormats::integers, {0, 0, 0, 0}},
      {"INT-only, 8 x 8", 8, 8, UnitFormats::integers, {0, 0, 0, 0}},
      // A significand at a time.
      {"FP16-only, 11 x 11", 11, 11, UnitFormats::binary16, {0, 0, 0, 0}},
  };
  return all;
}

std::array<std::int64_t, 4> Multipliers::iterations() const {
  std::array<std::int64_t, 4> all{};
  const ip::IpuParameters p = digits(digit_a, digit_b);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool there =
        formats == UnitFormats::every || (formats == UnitFormats::binary16) == (i == fp16);
    all[i] = there ? p.iterations(pairs[i]) : 0;
  }
  return all;
}

void add_iterations(const IpuStudyConfig& config, StudyResult& result) {
  const auto units = config.synthesis.given() ? synthesised_units(config.synthesis.text)
                                              : std::vector<SynthesisedUnit>{};
  ResultTable table{"iterations",
                    "Iterations of an operation by configuration of multipliers",
                    {{"configuration", ""},
                     {"multiplier", "bit x bit"},
                     {"product", "bit"},
                     {"4x4", ""},
                     {"8x4", ""},
                     {"8x8", ""},
                     {"FP16", ""},
                     {"synthesised", ""}},
                    {}};
  for (const Multipliers& m : configurations()) {
    std::vector<Cell> row{m.name, fmt::format("{} x {}", m.digit_a, m.digit_b),
                          std::int64_t{digits(m.digit_a, m.digit_b).product_bits()}};
    const auto iterations = m.iterations();
    for (std::size_t i = 0; i < iterations.size(); ++i) {
      row.push_back(iterations[i] > 0 ? Cell(iterations[i]) : Cell());
      if (m.published[i] == 0) continue;
      result.comparisons.push_back({fmt::format("iterations, {}, {}", m.name, modes[i]),
                                    "1",
                                    static_cast<double>(m.published[i]),
                                    static_cast<double>(iterations[i]),
                                    {},
                                    of_iterations,
                                    ""});
      result.passed = result.passed && m.published[i] == iterations[i];
    }
    const bool synthesised = std::any_of(units.begin(), units.end(),
                                         [&](const SynthesisedUnit& u) { return has(m, u); });
    row.push_back(synthesised ? "yes" : "no");
    table.rows.push_back(std::move(row));
  }
  result.tables.push_back(std::move(table));
}

namespace {

class ConfigurationPart {
 public:
  ConfigurationPart(const IpuStudyConfig& config, const std::vector<MeasuredTime>& times,
                    StudyResult& result)
      : config_(config),
        times_(times),
        result_(result),
        units_(synthesised_units(config.synthesis.text)) {}

  void run() {
    for (const std::int64_t lanes : config_.lanes) {
      const SynthesisedUnit* wide = find_unit(units_, lanes, config_.baseline);
      if (wide == nullptr || !has_others(lanes)) continue;
      for (const Multipliers& m : configurations())
        for (const SynthesisedUnit& u : units_)
          if (u.lanes == lanes && has(m, u) && shown(u)) add(m, u, *wide);
    }
    if (rates_.rows.empty()) return;
    headlines_.add_to(result_, ", 4x4",
                      fmt::format("most of all multipliers over {} bits", config_.baseline));
    result_.tables.push_back(std::move(rates_));
    result_.tables.push_back(std::move(gains_));
    result_.notes.push_back(
        "configurations: INT-only units keep the five stages of the others, so that they have a "
        "register of operands more than they need; cells of the publication's own table of "
        "configurations are not known, its gains are the greatest over a typical implementation");
  }

 private:
  bool has_others(std::int64_t lanes) const {
    return std::any_of(units_.begin(), units_.end(),
                       [&](const SynthesisedUnit& u) { return u.lanes == lanes && !u.nibbles(); });
  }

  // Of nibbles, beside the baseline, the windows with as many safe places as other digits have.
  bool shown(const SynthesisedUnit& u) const {
    if (!u.nibbles() || u.window == config_.baseline) return true;
    return std::any_of(units_.begin(), units_.end(), [&](const SynthesisedUnit& other) {
      return other.lanes == u.lanes && !other.nibbles() && other.formats == UnitFormats::every &&
             safe_precision(other) == safe_precision(u);
    });
  }

  // Of FP16 on the first source, at the greatest software precision, in the smallest cluster, per
  // iteration; 0: not measured.
  double time(const SynthesisedUnit& u) const {
    const std::int64_t of_nibbles = safe_precision(u) + digits(4, 4).product_bits();
    for (const MeasuredTime& t : times_)
      if (t.lanes == u.lanes && t.window == of_nibbles &&
          t.software_precision == config_.software_precisions.back() &&
          t.cluster == config_.clusters.front())
        return t.time;
    return 0;
  }

  // Cycles of an operation in each mode; 0: the unit has it not, or nobody measured.
  std::array<double, 4> cycles(const Multipliers& m, const SynthesisedUnit& u) const {
    std::array<double, 4> all{};
    const auto iterations = m.iterations();
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<double>(iterations[i]);
    all[fp16] *= time(u);
    return all;
  }

  void add(const Multipliers& m, const SynthesisedUnit& u, const SynthesisedUnit& wide) {
    const std::int64_t share = config_.ehu_share;
    const double clock = 1000 / u.critical_path;
    const auto mine = cycles(m, u);
    const Multipliers nibbles{"", 4, 4, UnitFormats::every, {}};
    const auto theirs = cycles(nibbles, wide);
    const double area = wide.tile_area(share) / u.tile_area(share);
    const double energy = wide.energy_per_cycle / u.energy_per_cycle;
    std::vector<Cell> rates{m.name, u.lanes, u.window, u.tile_area(share), clock};
    std::vector<Cell> gains{m.name, u.lanes, u.window};
    for (std::size_t i = 0; i < mine.size(); ++i)
      rates.push_back(mine[i] > 0 ? Cell(delivered(u, clock, mine[i], share).per_area) : Cell());
    for (std::size_t i = 0; i < mine.size(); ++i)
      rates.push_back(mine[i] > 0 ? Cell(delivered(u, clock, mine[i], share).per_power) : Cell());
    for (const double ratio : {area, energy})
      for (std::size_t i = 0; i < mine.size(); ++i) {
        const bool both = mine[i] > 0 && theirs[i] > 0;
        gains.push_back(both ? Cell(100 * (ratio * theirs[i] / mine[i] - 1)) : Cell());
      }
    rates.push_back(u.file);
    rates_.rows.push_back(std::move(rates));
    gains_.rows.push_back(std::move(gains));
    if (m.formats != UnitFormats::every || &u == &wide) return;
    const std::string here = fmt::format("{}, n = {}, w = {}", m.name, u.lanes, u.window);
    headlines_.tops_per_area.see(area * theirs[0] / mine[0], here);
    headlines_.tops_per_power.see(energy * theirs[0] / mine[0], here);
    if (mine[fp16] == 0 || theirs[fp16] == 0) return;
    headlines_.flops_per_area.see(area * theirs[fp16] / mine[fp16], here);
    headlines_.flops_per_power.see(energy * theirs[fp16] / mine[fp16], here);
  }

  const IpuStudyConfig& config_;
  const std::vector<MeasuredTime>& times_;
  StudyResult& result_;
  const std::vector<SynthesisedUnit> units_;
  Headlines headlines_;
  ResultTable rates_{"configurations",
                     "What configurations of multipliers deliver at the clock of their own "
                     "critical path",
                     {{"configuration", ""},
                      {"n", ""},
                      {"w", "bit"},
                      {"unit of a tile", "um2"},
                      {"clock", "MHz"},
                      {"4x4", "TOPS/mm2"},
                      {"8x4", "TOPS/mm2"},
                      {"8x8", "TOPS/mm2"},
                      {"FP16", "TFLOPS/mm2"},
                      {"4x4", "TOPS/W"},
                      {"8x4", "TOPS/W"},
                      {"8x8", "TOPS/W"},
                      {"FP16", "TFLOPS/W"},
                      {"source", ""}},
                     {}};
  ResultTable gains_{"configuration_gains",
                     "Gain of configurations over the baseline of nibbles at the same clock",
                     {{"configuration", ""},
                      {"n", ""},
                      {"w", "bit"},
                      {"4x4, TOPS/mm2", "%"},
                      {"8x4, TOPS/mm2", "%"},
                      {"8x8, TOPS/mm2", "%"},
                      {"FP16, TFLOPS/mm2", "%"},
                      {"4x4, TOPS/W", "%"},
                      {"8x4, TOPS/W", "%"},
                      {"8x8, TOPS/W", "%"},
                      {"FP16, TFLOPS/W", "%"}},
                     {}};
};

}  // namespace

void add_configurations(const IpuStudyConfig& config, const std::vector<MeasuredTime>& times,
                        StudyResult& result) {
  if (config.synthesis.given()) ConfigurationPart(config, times, result).run();
}

}  // namespace mantissa::workloads::ipu
