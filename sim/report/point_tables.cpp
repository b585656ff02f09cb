// SPDX-License-Identifier: Apache-2.0
// Tables of points: all of them, against publications, over chips, by cycles.
#include <fmt/format.h>

#include <cmath>

#include "sim/report/html.h"
#include "sim/report/sections.h"

namespace mantissa::report {
namespace {

Cell metric(const ReportPoint& point, const char* column) {
  const double value = point.metric(column);
  if (std::isnan(value)) return Cell::text("–", "none");
  return Cell::number(value, point.readable(column));
}

std::string state(const ReportPoint& point) {
  if (point.row.status != store::Status::ok) return store::name(point.row.status);
  if (!point.row.feasible) return "violates " + point.row.violated;
  return point.front ? "on the front" : "ok";
}

}  // namespace

std::string points_table(const ReportData& data) {
  Table table({"#", "Workload", "Architecture", "Latency", "Throughput", "Utilization", "Energy",
               "Power", "Area", "DRAM traffic", "DRAM bandwidth", "Bound by", "State"},
              true);
  for (const auto& point : data.points) {
    const double bytes = point.metric("dram_read_bytes") + point.metric("dram_write_bytes");
    const auto most = bound(point);
    table.row(
        {Cell::number(static_cast<double>(point.row.position), std::to_string(point.row.position)),
         Cell::text(point.label.job), Cell::text(point.label.variant), metric(point, "latency_s"),
         metric(point, "throughput_ops"), metric(point, "utilization"), metric(point, "energy_pj"),
         metric(point, "power_w"), metric(point, "area_um2"),
         std::isnan(bytes)
             ? Cell::text("–", "none")
             : Cell::number(bytes, store::readable(*store::find_quantity("dram.read"), bytes)),
         metric(point, "dram_bandwidth_bytes_per_s"),
         point.ok() ? Cell::text(fmt::format("{} {:.0f} %", most.name, 100 * most.share))
                    : Cell::text("–", "none"),
         Cell::text(state(point))},
        point.counts() ? (point.front ? "front" : "") : "out");
  }
  return table.html();
}

std::string published_table(const ReportData& data) {
  if (data.published.empty()) return {};
  Table table({"Workload", "Architecture", "Quantity", "Published", "Ours", "Difference",
               "Known by", "Source"});
  for (const auto& row : data.published) {
    const ReportPoint* point = data.at(row.sweep, row.position);
    MANTISSA_CHECK(point != nullptr, "a published figure without its point");
    const auto& quantity = *store::find_quantity(row.column);
    const double ours = point->metric(row.column);
    const double difference = ours / row.value - 1;
    table.row(
        {Cell::text(point->label.job), Cell::text(point->label.variant), Cell::text(quantity.name),
         Cell::number(row.value, store::readable(quantity, row.value)),
         metric(*point, row.column.c_str()),
         std::isnan(ours) ? Cell::text("–", "none")
                          : Cell::number(difference, fmt::format("{:+.1f} %", 100 * difference)),
         Cell::text(row.method), Cell::text(row.source)});
  }
  return table.html();
}

std::string campaign_table(const ReportData& data) {
  if (data.campaign.empty()) return {};
  Table table(
      {"Workload", "Architecture", "Quantity", "Chips", "Mean", "Deviation", "95 % from", "to"},
      true);
  for (const auto& row : data.campaign) {
    const auto& s = row.over_chips;
    const auto cell = [&](double value) {
      return Cell::number(value, store::readable(*row.quantity, value));
    };
    table.row({Cell::text(row.label.job), Cell::text(row.label.variant),
               Cell::text(row.quantity->name),
               Cell::number(static_cast<double>(s.count), row.chips()), cell(s.mean),
               cell(s.deviation), cell(s.low), cell(s.high)});
  }
  return table.html();
}

std::string cycles_table(const ReportData& data) {
  Table table({"Workload", "Architecture", "Cycles", "Busy", "DRAM", "Weight load", "Dependency",
               "Operands", "Accumulators", "Fill and drain", "DRAM bound by"},
              true);
  for (const auto& point : data.points) {
    if (!point.ok()) continue;
    std::vector<Cell> cells{Cell::text(point.label.job), Cell::text(point.label.variant),
                            metric(point, "cycles")};
    for (const char* column :
         {"busy_cycles", "stall_dram_cycles", "stall_weight_load_cycles", "stall_dependency_cycles",
          "stall_operand_cycles", "stall_accumulator_cycles", "stall_drain_cycles"}) {
      const double share = point.metric(column) / point.metric("cycles");
      cells.push_back(std::isnan(share)
                          ? Cell::text("–", "none")
                          : Cell::number(share, fmt::format("{:.1f} %", 100 * share)));
    }
    const auto why = point.run.texts.find("dram_bound_by");
    cells.push_back(Cell::text(why == point.run.texts.end() ? "–" : why->second));
    table.row(std::move(cells));
  }
  return table.html();
}

}  // namespace mantissa::report
