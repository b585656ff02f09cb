// SPDX-License-Identifier: Apache-2.0
// The first screen of the report.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "sim/report/html.h"
#include "sim/report/sections.h"

namespace mantissa::report {
namespace {

constexpr std::size_t most_columns = 10;  // with more variants than this,
constexpr std::size_t shown_columns = 7;  // the best of these many are shown

struct Contest {
  const char* column;
  const char* title;
  bool lower;
};
constexpr Contest contests[] = {{"latency_s", "Latency", true},
                                {"throughput_ops", "Throughput", false},
                                {"utilization", "Utilization", false},
                                {"energy_pj", "Energy", true},
                                {"energy_per_mac_pj", "Energy per MAC", true}};

bool beats(double a, double b, bool lower) { return lower ? a < b : a > b; }

// Points of a job that may win and have the metric, best first.
std::vector<const ReportPoint*> ranking(const ReportData& data, const std::string& job,
                                        const char* column, bool lower) {
  std::vector<const ReportPoint*> out;
  for (const auto& point : data.points)
    if (point.label.job == job && point.counts() && !std::isnan(point.metric(column)))
      out.push_back(&point);
  std::stable_sort(out.begin(), out.end(), [&](const ReportPoint* a, const ReportPoint* b) {
    return beats(a->metric(column), b->metric(column), lower);
  });
  return out;
}

// All variants, or the best few of each job in this contest, best first.
std::vector<std::string> chosen_columns(const ReportData& data, const Contest& contest) {
  const auto all = data.variants();
  if (all.size() <= most_columns) return all;
  std::vector<std::string> chosen;
  for (std::size_t rank = 0; rank < all.size() && chosen.size() < shown_columns; ++rank)
    for (const auto& job : data.jobs()) {
      const auto order = ranking(data, job, contest.column, contest.lower);
      if (rank >= order.size() || chosen.size() == shown_columns) continue;
      const auto& variant = order[rank]->label.variant;
      if (std::find(chosen.begin(), chosen.end(), variant) == chosen.end())
        chosen.push_back(variant);
    }
  return chosen;
}

std::string chip(const Bound& b) {
  return fmt::format("<span class=\"chip {}\">{} {:.0f} %</span>", b.css, escape(b.name),
                     100 * b.share);
}

// The point that stands in a cell: the best of its variant and job.
const ReportPoint* in_cell(const std::vector<const ReportPoint*>& order,
                           const std::string& variant) {
  const auto found = std::find_if(order.begin(), order.end(), [&](const ReportPoint* p) {
    return p->label.variant == variant;
  });
  return found == order.end() ? nullptr : *found;
}

std::string winner_table(const ReportData& data, const Contest& contest) {
  const auto columns = chosen_columns(data, contest);
  std::string out = "<div class=\"wide\"><table class=\"winners\"><thead><tr><th></th>";
  for (const auto& variant : columns) out += element("th", variant);
  out += "</tr></thead><tbody>\n";
  for (const auto& job : data.jobs()) {
    const auto order = ranking(data, job, contest.column, contest.lower);
    if (order.empty()) continue;
    const double best = order.front()->metric(contest.column);
    out += "<tr>" + element("th", job);
    for (const auto& variant : columns) {
      const ReportPoint* point = in_cell(order, variant);
      if (point == nullptr) {
        out += "<td class=\"none\">–</td>";
        continue;
      }
      const double value = point->metric(contest.column);
      const double share = contest.lower ? best / value : value / best;
      out += fmt::format("<td{}><b>{}</b>{}<i style=\"width:{:.1f}%\"></i></td>",
                         value == best ? " class=\"best\"" : "",
                         escape(point->readable(contest.column)), chip(bound(*point)),
                         std::isfinite(share) ? 100 * share : 0.0);
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

// The best point of another variant, for "ahead of".
const ReportPoint* runner_up(const std::vector<const ReportPoint*>& order) {
  const auto found = std::find_if(order.begin(), order.end(), [&](const ReportPoint* p) {
    return p->label.variant != order.front()->label.variant;
  });
  return found == order.end() ? nullptr : *found;
}

std::string bound_text(const ReportPoint& point) {
  const Bound most = bound(point);
  const auto why = point.run.texts.find("dram_bound_by");
  if (most.css != "dram" || why == point.run.texts.end()) return chip(most);
  return chip(most) + "<small>" + escape(why->second) + "</small>";
}

void verdict(Table& table, const ReportData& data, const std::string& job) {
  const auto order = ranking(data, job, "latency_s", true);
  const Cell none = Cell::text("–", "none");
  if (order.empty()) {
    table.row({Cell::text(job), Cell::text("no point finished within the constraints", "text"),
               none, none, none, none, none, none});
    return;
  }
  const ReportPoint& winner = *order.front();
  const auto figure = [&](const ReportPoint& point, const char* column) {
    const double value = point.metric(column);
    return std::isnan(value) ? none : Cell::number(value, point.readable(column));
  };
  Cell ahead = none;
  if (const auto* second = runner_up(order))
    ahead = {fmt::format("{:.2f} × <small>{}</small>",
                         second->metric("latency_s") / winner.metric("latency_s"),
                         escape(second->label.variant)),
             second->metric("latency_s") / winner.metric("latency_s"), "left"};
  const auto saving = ranking(data, job, "energy_pj", true);
  Cell least = none;
  if (!saving.empty())
    least = {fmt::format("{} <small>{}</small>", escape(saving.front()->readable("energy_pj")),
                         escape(saving.front()->label.variant)),
             saving.front()->metric("energy_pj"), "left"};
  table.row({Cell::text(job, "job"),
             Cell::text(winner.label.variant, "win"),
             figure(winner, "latency_s"),
             ahead,
             figure(winner, "throughput_ops"),
             figure(winner, "utilization"),
             {bound_text(winner), {}, ""},
             least});
}

}  // namespace

std::string verdicts(const ReportData& data) {
  Table table({"Workload", "Fastest", "Latency", "Ahead of", "Throughput", "Utilization",
               "Bound by", "Least energy"});
  for (const auto& job : data.jobs()) verdict(table, data, job);
  return "<div class=\"verdicts\">" + table.html() + "</div>";
}

std::string winner_tables(const ReportData& data) {
  if (data.variants().size() < 2) return {};  // nothing to compare: the table above says it all
  // Tabs of radio buttons: they need no script, and a printed page shows all of them.
  std::string out = "<div class=\"tabs\">\n";
  bool first = true;
  for (const auto& contest : contests) {
    out += fmt::format(
        "<input type=\"radio\" name=\"contest\" id=\"by_{0}\"{1}><label "
        "for=\"by_{0}\">{2}</label>\n",
        contest.column, first ? " checked" : "", contest.title);
    first = false;
  }
  for (const auto& contest : contests)
    out += fmt::format("<section class=\"tab\"><h3>{}</h3>{}</section>\n", contest.title,
                       winner_table(data, contest));
  out += "</div>\n";
  if (const std::size_t all = data.variants().size(); all > most_columns)
    out += fmt::format(
        "<p class=\"note\">The best {} of {} variants, ranked for each quantity; the "
        "table of all points has the others.</p>\n",
        shown_columns, all);
  return out;
}

}  // namespace mantissa::report
