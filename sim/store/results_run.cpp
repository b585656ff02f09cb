// SPDX-License-Identifier: Apache-2.0
// The tables of one run, written and read back.
#include "sim/store/results.h"

namespace mantissa::store {
namespace {

void bind_price(Statement& statement, int first, const PriceText& p) {
  statement.bind(first, p.value).bind(first + 1, p.unit).bind(first + 2, p.node_nm);
  statement.bind(first + 3, p.voltage_v).bind(first + 4, p.method).bind(first + 5, p.source);
  statement.bind(first + 6, p.formula);
}

PriceText price_from(const Statement& row, int first) {
  return {row.real(first),     row.text(first + 1), row.real(first + 2), row.real(first + 3),
          row.text(first + 4), row.text(first + 5), row.text(first + 6)};
}

void add_layers(StatementCache& prepared, const Record& record) {
  Statement& insert = prepared("INSERT INTO layers VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  for (std::size_t i = 0; i < record.layers.size(); ++i) {
    const auto& r = record.layers[i];
    insert.bind(1, record.hash).bind(2, i).bind(3, r.name).bind(4, r.op).bind(5, r.engine);
    insert.bind(6, r.core).bind(7, r.start).bind(8, r.end).bind(9, r.busy).bind(10, r.compute);
    insert.bind(11, r.folds).bind(12, r.macs).bind(13, r.utilization);
    insert.bind(14, r.dram_read_bytes).bind(15, r.dram_write_bytes);
    insert.bind(16, r.tiling).bind(17, r.reason).run();
  }
}

void add_energy(StatementCache& prepared, const Record& record) {
  Statement& insert = prepared("INSERT INTO energy VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  for (std::size_t i = 0; i < record.energy.size(); ++i) {
    const auto& r = record.energy[i];
    insert.bind(1, record.hash).bind(2, i).bind(3, r.component).bind(4, r.kind).bind(5, r.action);
    insert.bind(6, r.labels).bind(7, r.count).bind(8, r.energy_pj);
    bind_price(insert, 9, r.price);
    insert.run();
  }
}

void add_area(StatementCache& prepared, const Record& record) {
  Statement& insert = prepared("INSERT INTO area VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)");
  for (std::size_t i = 0; i < record.area.size(); ++i) {
    const auto& r = record.area[i];
    insert.bind(1, record.hash).bind(2, i).bind(3, r.component).bind(4, r.kind).bind(5, r.count);
    insert.bind(6, r.area_um2);
    bind_price(insert, 7, r.price);
    insert.run();
  }
}

}  // namespace

void Results::add_run(const Record& record, const std::vector<PointRow>& points) {
  StatementCache& prepared = *prepared_;
  Transaction transaction(*db_);
  const auto bound = record.texts.find("dram_bound_by");
  Statement& run = prepared("INSERT INTO runs VALUES (?,?,?,?)");
  run.bind(1, record.hash).bind(2, record.seed).bind(3, record.resolved_yaml);
  run.bind(4, bound == record.texts.end() ? "" : bound->second).run();
  Statement& metric = prepared("INSERT INTO metrics VALUES (?,?,?)");
  for (const auto& [column, value] : record.metrics)
    metric.bind(1, record.hash).bind(2, column).bind(3, value).run();
  add_layers(prepared, record);
  add_energy(prepared, record);
  add_area(prepared, record);
  Statement& warning = prepared("INSERT INTO warnings VALUES (?,?,?)");
  for (std::size_t i = 0; i < record.warnings.size(); ++i)
    warning.bind(1, record.hash).bind(2, i).bind(3, record.warnings[i]).run();
  Statement& host = prepared("INSERT INTO host VALUES (?,?)");
  host.bind(1, record.hash).bind(2, record.host_seconds).run();
  for (const auto& point : points) set_point(point);
  transaction.commit();
}

std::map<std::string, double> Results::metrics(const std::string& hash) const {
  StatementCache& prepared = *prepared_;
  std::map<std::string, double> values;
  Statement& query = prepared("SELECT quantity, value FROM metrics WHERE hash = ?");
  query.bind(1, hash);
  while (query.step()) values[query.text(0)] = query.real(1);
  return values;
}

Record Results::run(const std::string& hash) const {
  StatementCache& prepared = *prepared_;
  Record record;
  record.hash = hash;
  Statement& run = prepared("SELECT seed, resolved_yaml, dram_bound_by FROM runs WHERE hash = ?");
  if (!run.bind(1, hash).step())
    throw Error(unreadable).at(db_->path()).say("has no run with the hash " + hash);
  record.seed = run.integer(0);
  record.resolved_yaml = run.text(1);
  if (!run.text(2).empty()) record.texts["dram_bound_by"] = run.text(2);
  run.reset();

  record.metrics = metrics(hash);

  Statement& layers = prepared("SELECT * FROM layers WHERE hash = ? ORDER BY layer");
  layers.bind(1, hash);
  while (layers.step()) {
    LayerRow r;
    int column = 2;
    for (auto* text : {&r.name, &r.op, &r.engine}) *text = layers.text(column++);
    for (auto* number : {&r.core, &r.start, &r.end, &r.busy, &r.compute, &r.folds, &r.macs})
      *number = layers.integer(column++);
    r.utilization = layers.real(12);
    r.dram_read_bytes = layers.integer(13);
    r.dram_write_bytes = layers.integer(14);
    r.tiling = layers.text(15);
    r.reason = layers.text(16);
    record.layers.push_back(std::move(r));
  }

  Statement& energy = prepared("SELECT * FROM energy WHERE hash = ? ORDER BY row");
  energy.bind(1, hash);
  while (energy.step())
    record.energy.push_back({energy.text(2), energy.text(3), energy.text(4), energy.text(5),
                             energy.integer(6), energy.real(7), price_from(energy, 8)});

  Statement& area = prepared("SELECT * FROM area WHERE hash = ? ORDER BY row");
  area.bind(1, hash);
  while (area.step())
    record.area.push_back(
        {area.text(2), area.text(3), area.integer(4), area.real(5), price_from(area, 6)});

  Statement& warnings = prepared("SELECT text FROM warnings WHERE hash = ? ORDER BY row");
  warnings.bind(1, hash);
  while (warnings.step()) record.warnings.push_back(warnings.text(0));
  Statement& host = prepared("SELECT seconds FROM host WHERE hash = ?");
  if (host.bind(1, hash).step()) record.host_seconds = host.real(0);
  host.reset();
  return record;
}

}  // namespace mantissa::store
