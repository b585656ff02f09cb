// SPDX-License-Identifier: Apache-2.0
#include "sim/store/csv.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <type_traits>

#include "sim/store/campaign.h"
#include "sim/store/labels.h"
#include "sim/store/quantity.h"

namespace mantissa::store {
namespace {

bool is_plain(const std::string& text) {
  return text.find_first_of(",\"\r\n") == std::string::npos;
}

class Lines {
 public:
  explicit Lines(const std::string& header) : text_(header + "\n") {}
  Lines& cell(const std::string& text) {
    next();
    text_ += is_plain(text) ? text : csv_cell(text);
    return *this;
  }
  template <class Number, std::enable_if_t<std::is_arithmetic_v<Number>, int> = 0>
  Lines& cell(Number value) {
    next();
    fmt::format_to(std::back_inserter(text_), "{}", value);
    return *this;
  }
  void end() {
    text_ += '\n';
    first_ = true;
  }
  const std::string& text() const { return text_; }

 private:
  void next() {
    if (!first_) text_ += ',';
    first_ = false;
  }
  std::string text_;
  bool first_ = true;
};

void price_cells(Lines& lines, const PriceText& p) {
  lines.cell(p.value).cell(p.unit).cell(p.node_nm).cell(p.voltage_v);
  lines.cell(p.method).cell(p.source).cell(p.formula);
}

constexpr const char* key_columns = "sweep,position,variant,job";
constexpr const char* price_columns = "price,unit,node_nm,voltage_v,method,source,formula";

void key_cells(Lines& lines, const PointRow& point, const Label& label) {
  lines.cell(point.sweep).cell(point.position).cell(label.variant).cell(label.job);
}

std::string points_header() {
  std::string header = fmt::format(
      "{},arch,workload,overrides,fidelity,status,message,feasible,violated,pareto", key_columns);
  for (const auto& quantity : quantities()) header += fmt::format(",{}", quantity.column);
  return header + ",dram_bound_by,seed,hash";
}

void point_line(Lines& lines, const PointRow& point, const Label& label, bool front,
                const Record& run) {
  key_cells(lines, point, label);
  std::string overrides;
  for (const auto& text : point.overrides) overrides += (overrides.empty() ? "" : "; ") + text;
  lines.cell(point.arch).cell(point.workload).cell(overrides);
  lines.cell(point.fidelity).cell(name(point.status)).cell(point.message);
  lines.cell(point.feasible ? "yes" : "no").cell(point.violated).cell(front ? "yes" : "no");
  for (const auto& quantity : quantities()) {
    const auto found = run.metrics.find(quantity.column);
    if (found == run.metrics.end())
      lines.cell("");
    else
      lines.cell(found->second);
  }
  const auto bound = run.texts.find("dram_bound_by");
  lines.cell(bound == run.texts.end() ? "" : bound->second);
  if (point.status == Status::ok)
    lines.cell(run.seed);
  else
    lines.cell("");
  lines.cell(point.hash).end();
}

}  // namespace

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string out = "\"";
  out.reserve(text.size() + 8);
  for (const char c : text) {
    if (c == '"') out += c;
    out += c;
  }
  return out + '"';
}

std::vector<std::vector<std::string>> read_csv(const std::string& text, const std::string& name) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row;
  std::string cell;
  bool quoted = false;
  const auto end_row = [&] {
    row.push_back(std::move(cell));
    rows.push_back(std::move(row));
    cell.clear();
    row.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') {
        cell += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        cell += text[++i];
      } else {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      row.push_back(std::move(cell));
      cell.clear();
    } else if (c == '\n') {
      end_row();
    } else if (c != '\r') {
      cell += c;
    }
  }
  if (quoted) throw Error(unreadable).at(name).say("ends inside a quoted cell");
  if (!cell.empty() || !row.empty()) end_row();
  return rows;
}

void write_file(const std::string& path, const std::string& text) {
  const std::string half = path + ".part";
  std::ofstream out(half, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  std::error_code code;
  if (out) std::filesystem::rename(half, path, code);
  if (!out || code) {
    std::remove(half.c_str());
    throw Error(disk_full)
        .at(path)
        .say("cannot be written")
        .remedy("make room or choose another directory with -o");
  }
}

std::vector<std::string> export_csv(const Results& results, const std::string& directory) {
  Lines points(points_header());
  Lines layers(
      fmt::format("{},layer,name,op,engine,core,start,end,busy,compute,folds,macs,"
                  "utilization,dram_read_bytes,dram_write_bytes,tiling,reason",
                  key_columns));
  Lines energy(fmt::format("{},component,kind,action,labels,count,energy_pj,{}", key_columns,
                           price_columns));
  Lines area(fmt::format("{},component,kind,count,area_um2,{}", key_columns, price_columns));
  const auto rows = results.points();
  const auto names = labels(rows);
  const auto front = pareto_points(results);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& point = rows[i];
    const Record run = point.status == Status::ok ? results.run(point.hash) : Record{};
    point_line(points, point, names[i], front[i], run);
    std::uint64_t index = 0;
    for (const auto& r : run.layers) {
      key_cells(layers, point, names[i]);
      layers.cell(index++).cell(r.name).cell(r.op).cell(r.engine).cell(r.core).cell(r.start);
      layers.cell(r.end).cell(r.busy).cell(r.compute).cell(r.folds).cell(r.macs);
      layers.cell(r.utilization).cell(r.dram_read_bytes).cell(r.dram_write_bytes);
      layers.cell(r.tiling).cell(r.reason).end();
    }
    for (const auto& r : run.energy) {
      key_cells(energy, point, names[i]);
      energy.cell(r.component).cell(r.kind).cell(r.action).cell(r.labels).cell(r.count);
      energy.cell(r.energy_pj);
      price_cells(energy, r.price);
      energy.end();
    }
    for (const auto& r : run.area) {
      key_cells(area, point, names[i]);
      area.cell(r.component).cell(r.kind).cell(r.count).cell(r.area_um2);
      price_cells(area, r.price);
      area.end();
    }
  }
  Lines published("sweep,position,quantity,published,method,source");
  for (const auto& r : results.published()) {
    published.cell(r.sweep).cell(r.position).cell(r.column).cell(r.value);
    published.cell(r.method).cell(r.source).end();
  }
  Lines campaign("sweep,variant,job,quantity,chips,planned,mean,deviation,low_95,high_95");
  const auto statistics = campaign_rows(results);
  for (const auto& r : statistics) {
    campaign.cell(r.sweep).cell(r.label.variant).cell(r.label.job).cell(r.quantity->column);
    campaign.cell(r.over_chips.count).cell(r.planned);
    campaign.cell(r.over_chips.mean).cell(r.over_chips.deviation);
    campaign.cell(r.over_chips.low).cell(r.over_chips.high).end();
  }
  std::vector<std::string> written;
  const auto write = [&](const char* name, const Lines& lines) {
    write_file((std::filesystem::path(directory) / name).string(), lines.text());
    written.emplace_back(name);
  };
  for (const auto& [name, lines] : {std::pair<const char*, const Lines*>{"points.csv", &points},
                                    {"layers.csv", &layers},
                                    {"energy.csv", &energy},
                                    {"area.csv", &area},
                                    {"published.csv", &published}}) {
    write(name, *lines);
  }
  if (!statistics.empty()) write("campaign.csv", campaign);
  return written;
}

}  // namespace mantissa::store
