// SPDX-License-Identifier: Apache-2.0
// Where the numbers come from: prices, configurations, definitions, versions, warnings, failures.
#include <fmt/format.h>

#include <map>
#include <set>
#include <tuple>

#include "sim/report/html.h"
#include "sim/report/sections.h"
#include "sim/run/version.h"

namespace mantissa::report {
namespace {

constexpr std::size_t most_configurations = 300;

std::string point_name(const ReportPoint& point) {
  return point.label.job + " on " + point.label.variant;
}

// Equal prices of many points are one row, with the architectures they hold for.
class Prices {
 public:
  void add(const std::string& component, const std::string& what, const store::PriceText& p,
           const std::string& variant) {
    rows_[{component, what, p.value, p.unit, p.node_nm, p.voltage_v, p.method, p.source, p.formula}]
        .insert(variant);
  }
  std::string html(std::size_t all_variants) const {
    Table table({"Part", "Price of", "Value", "Unit", "Node", "Voltage", "Method", "Source",
                 "How it follows", "Holds for"},
                true);
    for (const auto& [key, variants] : rows_) {
      const auto& [component, what, value, unit, node, voltage, method, source, formula] = key;
      std::string who;
      for (const auto& variant : variants) who += (who.empty() ? "" : ", ") + variant;
      table.row(
          {Cell::text(component), Cell::text(what),
           Cell::number(value, fmt::format("{:.4g}", value)), Cell::text(unit),
           Cell::number(node, node > 0 ? fmt::format("{:g} nm", node) : "–"),
           Cell::number(voltage, voltage > 0 ? fmt::format("{:g} V", voltage) : "–"),
           Cell::text(method, "method " + method), Cell::text(source, "text"),
           Cell::text(formula, "text"),
           Cell::text(variants.size() == all_variants && all_variants > 1 ? "all" : who, "text")});
    }
    return table.html();
  }
  bool empty() const { return rows_.empty(); }

 private:
  using Key = std::tuple<std::string, std::string, double, std::string, double, double, std::string,
                         std::string, std::string>;
  std::map<Key, std::set<std::string>> rows_;
};

}  // namespace

std::string prices_table(const ReportData& data) {
  Prices prices;
  for (const auto& point : data.points) {
    for (const auto& row : point.run.energy)
      prices.add(row.component, row.action + (row.labels.empty() ? "" : " (" + row.labels + ")"),
                 row.price, point.label.variant);
    for (const auto& row : point.run.area)
      prices.add(row.component, "area", row.price, point.label.variant);
  }
  return prices.empty() ? "" : prices.html(data.variants().size());
}

std::string warnings_list(const ReportData& data) {
  // Equal warnings of several points are one entry.
  std::map<std::string, std::vector<std::string>> where;
  for (const auto& point : data.points)
    for (const auto& text : point.run.warnings) where[text].push_back(point_name(point));
  if (where.empty()) return {};
  std::string out = "<ul class=\"warnings\">\n";
  for (const auto& [text, points] : where) {
    std::string names;
    for (std::size_t i = 0; i < points.size() && i < 4; ++i) names += (i ? ", " : "") + points[i];
    if (points.size() > 4) names += fmt::format(" and {} more", points.size() - 4);
    out += fmt::format("<li>{} <small>{}</small></li>\n", escape(text), escape(names));
  }
  return out + "</ul>\n";
}

std::string failures_list(const ReportData& data) {
  std::string out;
  for (const auto& point : data.points)
    if (point.row.status == store::Status::failed || point.row.status == store::Status::infeasible)
      out += fmt::format("<li>{}: {}</li>\n", escape(point_name(point)), escape(point.row.message));
  return out.empty() ? out : "<ul class=\"warnings\">\n" + out + "</ul>\n";
}

std::string configurations(const ReportData& data) {
  std::string out;
  std::set<std::string> seen;
  for (const auto& point : data.points) {
    if (!point.ok() || !seen.insert(point.row.hash).second) continue;
    if (seen.size() > most_configurations) continue;
    out += details(fmt::format("{} ({})", point_name(point), point.row.hash),
                   element("pre", point.run.resolved_yaml));
  }
  if (seen.size() > most_configurations)
    out += fmt::format(
        "<p class=\"note\">{} further configurations are in results.sqlite, table "
        "runs.</p>\n",
        seen.size() - most_configurations);
  for (const auto& sweep : data.sweeps)
    if (!sweep.text.empty()) out += details("the sweep " + sweep.name, element("pre", sweep.text));
  return out;
}

std::string definitions_table() {
  Table table({"Quantity", "Column", "Unit", "Definition"});
  for (const auto& quantity : store::quantities())
    table.row({Cell::text(quantity.name), Cell::text(quantity.column, "code"),
               Cell::text(quantity.unit), Cell::text(quantity.definition, "text")});
  return table.html();
}

std::string provenance(const ReportData& data) {
  Table table({"What", "Which"});
  for (const auto& sweep : data.sweeps)
    table.row({Cell::text("results of " + sweep.name), Cell::text("written by " + sweep.program)});
  if (data.study)
    table.row({Cell::text("results of " + data.study->name),
               Cell::text("written by " + data.study->program)});
  std::string versions;
  for (const auto& [tool, version] : sim::versions())
    versions += (versions.empty() ? "" : ", ") + tool + " " + version;
  table.row({Cell::text("this page"), Cell::text(versions, "text")});
  std::set<std::uint64_t> seeds;
  for (const auto& point : data.points)
    if (point.ok()) seeds.insert(point.run.seed);
  std::string list;
  for (const auto seed : seeds) list += (list.empty() ? "" : ", ") + std::to_string(seed);
  table.row({Cell::text("seeds of synthetic operands"), Cell::text(list)});
  table.row({Cell::text("CPU time of all simulations"),
             Cell::text(store::readable(*store::find_quantity("latency"), data.host_seconds))});
  return table.html();
}

}  // namespace mantissa::report
