// SPDX-License-Identifier: Apache-2.0
// The experiment `ipu`: what the width of the adder tree of a mixed-precision inner-product unit
// does to errors, time, area and energy (arXiv 2101.11748).
#include "workloads/study/experiment.h"

#include <fmt/format.h>

#include "workloads/precision/ipu/published.h"
#include "workloads/precision/ipu/study_parts.h"

namespace mantissa::workloads::ipu {

namespace ip = numerics::inner_product;

void add_iterations(StudyResult& result) {
  struct Multipliers {
    const char* name;
    int digit_a, digit_b;
    std::int64_t published[4];  // 0: no figure is known
    const char* synthesised;
  };
  constexpr Multipliers all[] = {{"MC-SER", 12, 1, {0, 0, 0, 0}, "no"},
                                 {"MC-IPU4", 4, 4, {1, 2, 4, 9}, "by window: area, delivered"},
                                 {"MC-IPU84", 8, 4, {1, 1, 2, 6}, "no"},
                                 {"MC-IPU8", 8, 8, {1, 1, 1, 4}, "no"}};
  constexpr const char* modes[] = {"4x4", "8x4", "8x8", "FP16"};
  constexpr ip::FormatPair pairs[] = {{ip::Format::int4, ip::Format::int4},
                                      {ip::Format::int8, ip::Format::int4},
                                      {ip::Format::int8, ip::Format::int8},
                                      {ip::Format::fp16, ip::Format::fp16}};
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
  for (const Multipliers& m : all) {
    ip::IpuParameters p;
    p.digit_a = m.digit_a;
    p.digit_b = m.digit_b;
    std::vector<Cell> row{m.name, fmt::format("{} x {}", m.digit_a, m.digit_b),
                          std::int64_t{p.product_bits()}};
    for (int i = 0; i < 4; ++i) {
      const int iterations = p.iterations(pairs[i]);
      row.push_back(std::int64_t{iterations});
      if (m.published[0] == 0) continue;
      const auto published = static_cast<double>(m.published[i]);
      result.comparisons.push_back({fmt::format("iterations, {}, {}", m.name, modes[i]),
                                    "1",
                                    published,
                                    static_cast<double>(iterations),
                                    {},
                                    of_iterations,
                                    ""});
      result.passed = result.passed && published == iterations;
    }
    row.push_back(m.synthesised);
    table.rows.push_back(std::move(row));
  }
  for (const char* name : {"INT-only", "FP-only"}) {
    const bool integers = std::string(name) == "INT-only";
    const auto cell = [&](bool has, std::int64_t n) { return has ? Cell(n) : Cell(); };
    table.rows.push_back({name, "4 x 4", std::int64_t{9}, cell(integers, 1), cell(integers, 2),
                          cell(integers, 4), cell(!integers, 9), "no"});
  }
  result.tables.push_back(std::move(table));
  result.notes.push_back(
      "MC-SER, MC-IPU84, MC-IPU8, INT-only and FP-only units have no RTL here: iterations only; "
      "cells of the publication's tables of TOPS/mm2 and TOPS/W are not known");
}

namespace {

StudyResult run(const IpuStudyConfig& config, StudyContext& context) {
  StudyResult result;
  const auto part = [&](double from, double to) {
    return [&context, from, to](double fraction, const std::string& step) {
      if (context.interrupted()) throw Error(experiment_interrupted).at("the study ipu");
      context.progress(from + (to - from) * fraction, step);
    };
  };
  add_errors(config, part(0, 0.4), result);
  const std::vector<MeasuredTime> times = add_times(config, context, part(0.4, 0.9), result);
  add_tiles(config, part(0.9, 0.98), result);
  part(0.98, 1)(0, "areas and energies");
  add_costs(config, times, result);
  add_iterations(result);
  context.progress(1, "done");
  return result;
}

const ExperimentRegistration<IpuStudyConfig> registration("ipu", run);

}  // namespace
}  // namespace mantissa::workloads::ipu
