// SPDX-License-Identifier: Apache-2.0
// Published savings beside every format of ours that may be meant, with what each loses. Energy is
// that of products of which none is gated: how many are depends on the networks that are run.
#include <fmt/format.h>

#include "workloads/precision/vsquant/published.h"
#include "workloads/precision/vsquant/study_parts.h"

namespace mantissa::workloads::vsquant {
namespace {

constexpr const char* why_area =
    "of a vector MAC alone, in 180 nm cells, not placed; the publication's is a processing element "
    "in 16 nm with buffers, accumulators and control, whose sizes are not known, and which of its "
    "configurations is not known either: so all stand here, their losses in published_beside_ours";
constexpr const char* why_energy =
    "of a vector MAC alone at one activity of all nets, without buffers and wires, no vector "
    "gated; "
    "the two published figures differ by a factor of three, and which configuration either is of "
    "is "
    "not known: so all stand here, their losses in published_beside_ours";

// Its V and order, and a rounded product that it names, whether the study's networks ran in it or
// not.
std::vector<LayerFormat> variants(const PublishedSaving& known) {
  std::vector<LayerFormat> out;
  for (const std::int64_t product_bits : {0, 6, 4}) {
    out.emplace_back();
    out.back().scheme = scheme(known.scheme);
    out.back().product_bits = product_bits;
  }
  return out;
}

const FormatLoss* find_loss(const std::vector<FormatLoss>& losses, const LayerFormat& format) {
  for (const FormatLoss& loss : losses)
    if (label(loss.format) == label(format)) return &loss;
  return nullptr;
}

}  // namespace

void add_headlines(const VsQuantConfig& config, const std::vector<FormatLoss>& losses,
                   FormatCosts& costs, StudyResult& result) {
  const FormatCost base = costs.of(config.baseline_format());
  if (!base.priced) return;
  ResultTable table{"published_beside_ours",
                    fmt::format("Saved against {}: published, and every variant of ours that may "
                                "be meant",
                                config.baseline.text),
                    {{"published", ""},
                     {"arXiv", "%"},
                     {"proceedings", "%"},
                     {"ours", ""},
                     {"saved", "%"},
                     {"gated, too", "%"},
                     {"vectors without overflow", ""}},
                    {}};
  for (const DrawnNetwork& d : config.drawn) table.columns.push_back({d.network, "dB"});
  for (const Task& t : config.tasks) table.columns.push_back({t.label + ", error", "%"});
  for (const PublishedSaving& known : published_savings)
    for (const LayerFormat& format : variants(known)) {
      const FormatLoss* loss = find_loss(losses, format);
      const FormatCost cost = costs.of(format, loss != nullptr ? loss->gated : 0);
      if (!cost.priced) continue;
      const auto saved = [](double x, double of) { return 100 * (1 - x / of); };
      const double ours =
          known.energy ? saved(cost.energy, base.energy) : saved(cost.area, base.area);
      const char* kind = known.energy ? "energy" : "area";
      std::vector<Cell> row{fmt::format("{}, {}", kind, known.what),
                            known.arxiv,
                            known.mlsys,
                            label(format),
                            ours,
                            Cell(),
                            numerics::safe_vectors(*datapath_of(format).mac)};
      if (known.energy && cost.gated_energy < cost.energy)
        row[5] = saved(cost.gated_energy, base.energy);
      for (std::size_t i = 0; i < config.drawn.size(); ++i)
        row.push_back(loss != nullptr && loss->sqnr[i] ? Cell(*loss->sqnr[i]) : Cell());
      for (std::size_t i = 0; i < config.tasks.size(); ++i)
        row.push_back(loss != nullptr ? Cell(100 * loss->error[i]) : Cell());
      table.rows.push_back(std::move(row));
      for (const auto& [published, source, where] :
           {std::tuple(known.arxiv, of_arxiv, "arXiv"),
            std::tuple(known.mlsys, of_mlsys, "proceedings")})
        result.comparisons.push_back(
            {fmt::format("{} saved, {}, {}: {}", kind, known.what, where, label(format)),
             "%",
             published,
             ours,
             {},
             source,
             known.energy ? why_energy : why_area});
    }
  if (!table.rows.empty()) result.tables.insert(result.tables.begin(), std::move(table));
}

}  // namespace mantissa::workloads::vsquant
