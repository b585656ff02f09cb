// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "workloads/precision/ipu/published.h"
#include "workloads/precision/ipu/rounding_errors.h"
#include "workloads/precision/ipu/study_parts.h"

namespace mantissa::workloads::ipu {

namespace ip = numerics::inner_product;

namespace {

void compare(OperandLaw law, ResultFormat format, const ip::IpuParameters& p,
             const ErrorStatistics& s, StudyResult& result) {
  if (p.lanes != 16 || p.software_precision != 28 || p.fraction != 30) return;
  for (const PublishedShare& known : published_shares) {
    if (known.law != law || known.format != format || known.window != p.window) continue;
    const double share = s.share(), n = static_cast<double>(s.operations);
    // Wilson's interval has a width also where nothing differs; half of it.
    const double z = 1.96;
    const double half =
        z / (1 + z * z / n) * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
    result.comparisons.push_back(
        {fmt::format("results that differ, {}, {}, w = {}", name(law), name(format), p.window), "%",
         known.percent, 100 * share, 100 * half, of_calculation,
         "of single operations, n = 16, window without further cycles"});
  }
}

}  // namespace

void add_errors(const IpuStudyConfig& config, const Progress& progress, StudyResult& result) {
  ResultTable table{"errors",
                    "Results beside exact ones, rounded to the same format",
                    {{"operands", ""},
                     {"alignment", ""},
                     {"results", ""},
                     {"software precision", "bit"},
                     {"w", "bit"},
                     {"differ", "%"},
                     {"contaminated, mean", "bit"},
                     {"contaminated, median", "bit"},
                     {"contaminated, most", "bit"},
                     {"error, mean", "2^max"},
                     {"error, most", "2^max"},
                     {"error by bound, most", "1"}},
                    {}};
  Figure differ{"results_that_differ",
                "Results that differ from the exact ones, software precision " +
                    std::to_string(config.software_precisions.back()),
                FigureKind::line,
                {"w, bit", false},
                {"results, %", false},
                {},
                {}};
  Figure contaminated = differ;
  contaminated.name = "contaminated_bits";
  contaminated.title =
      "Contaminated bits, software precision " + std::to_string(config.software_precisions.back());
  contaminated.y = {"mean over results, bit", false};
  const std::int64_t lanes = config.lanes.back();
  for (std::size_t l = 0; l < config.laws.size(); ++l) {
    const OperandLaw law = config.laws[l];
    progress(static_cast<double>(l) / static_cast<double>(config.laws.size()),
             std::string("errors of ") + name(law) + " operands");
    const Operations operations = draw_operations(law, static_cast<int>(lanes), config.operations,
                                                  static_cast<std::uint64_t>(config.seed));
    const ExactResults exact(operations);
    for (const auto alignment : {ip::Alignment::single_cycle, ip::Alignment::multi_cycle})
      for (const ResultFormat format : {ResultFormat::fp16, ResultFormat::fp32})
        for (const std::int64_t precision : config.software_precisions) {
          const bool single = alignment == ip::Alignment::single_cycle;
          Series share{fmt::format("{}, {}", name(law), name(format)), {}, {}, {}, {}};
          Series bits = share;
          for (const std::int64_t w : config.windows) {
            const ip::IpuParameters p = config.unit(lanes, w, precision, alignment);
            const ErrorStatistics s = errors_of(p, operations, exact, format);
            table.rows.push_back({name(law), single ? "one cycle" : "multi-cycle", name(format),
                                  precision, w, 100 * s.share(), s.mean_bits,
                                  std::int64_t{s.median_bits}, std::int64_t{s.most_bits},
                                  s.mean_error, s.most_error, s.most_of_bound});
            share.x.push_back(static_cast<double>(w));
            share.y.push_back(100 * s.share());
            bits.x.push_back(static_cast<double>(w));
            bits.y.push_back(s.mean_bits);
            if (single) compare(law, format, p, s, result);
            if (s.most_of_bound <= 1) continue;
            result.passed = false;
            result.warnings.push_back(
                fmt::format("{} operands, w = {}: an error {} times as large as its bound",
                            name(law), w, s.most_of_bound));
          }
          if (!single || precision != config.software_precisions.back()) continue;
          differ.series.push_back(std::move(share));
          contaminated.series.push_back(std::move(bits));
        }
  }
  result.tables.push_back(std::move(table));
  result.figures.push_back(std::move(differ));
  result.figures.push_back(std::move(contaminated));
  result.notes.push_back(fmt::format(
      "errors: {} single operations of n = {} per law; contaminated bits: bit length of the "
      "distance to the exact result in units in the last place (our definition)",
      config.operations, lanes));
}

}  // namespace mantissa::workloads::ipu
