// SPDX-License-Identifier: Apache-2.0
// The tables of the results store. A change here is a change of `schema_version`.
#pragma once

namespace mantissa::store {

// WITHOUT ROWID: rows lie in primary-key order, so the file's contents do not depend on the order
// in which points finished.
inline constexpr const char* layout = R"sql(
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sweeps (
  sweep TEXT PRIMARY KEY, title TEXT, description TEXT, yaml TEXT, objectives TEXT, program TEXT
) WITHOUT ROWID;
CREATE TABLE points (
  sweep TEXT, position INTEGER, arch TEXT, workload TEXT, overrides TEXT, fidelity TEXT,
  hash TEXT, status TEXT, message TEXT, feasible INTEGER, violated TEXT,
  PRIMARY KEY (sweep, position)
) WITHOUT ROWID;
CREATE TABLE published (
  sweep TEXT, position INTEGER, quantity TEXT, value REAL, method TEXT, source TEXT,
  PRIMARY KEY (sweep, position, quantity)
) WITHOUT ROWID;
CREATE TABLE runs (
  hash TEXT PRIMARY KEY, seed INTEGER, resolved_yaml TEXT, dram_bound_by TEXT
) WITHOUT ROWID;
CREATE TABLE metrics (
  hash TEXT, quantity TEXT, value REAL, PRIMARY KEY (hash, quantity)
) WITHOUT ROWID;
CREATE TABLE layers (
  hash TEXT, layer INTEGER, name TEXT, op TEXT, engine TEXT, core INTEGER, start INTEGER,
  "end" INTEGER, busy INTEGER, compute INTEGER, folds INTEGER, macs INTEGER, utilization REAL,
  dram_read_bytes INTEGER, dram_write_bytes INTEGER, tiling TEXT, reason TEXT,
  PRIMARY KEY (hash, layer)
) WITHOUT ROWID;
CREATE TABLE energy (
  hash TEXT, row INTEGER, component TEXT, kind TEXT, action TEXT, labels TEXT, count INTEGER,
  energy_pj REAL, price REAL, unit TEXT, node_nm REAL, voltage_v REAL, method TEXT, source TEXT,
  formula TEXT, PRIMARY KEY (hash, row)
) WITHOUT ROWID;
CREATE TABLE area (
  hash TEXT, row INTEGER, component TEXT, kind TEXT, count INTEGER, area_um2 REAL, price REAL,
  unit TEXT, node_nm REAL, voltage_v REAL, method TEXT, source TEXT, formula TEXT,
  PRIMARY KEY (hash, row)
) WITHOUT ROWID;
CREATE TABLE warnings (hash TEXT, row INTEGER, text TEXT, PRIMARY KEY (hash, row)) WITHOUT ROWID;
CREATE TABLE host (hash TEXT PRIMARY KEY, seconds REAL) WITHOUT ROWID;
CREATE TABLE rtl_synthesis (
  unit TEXT, parameters TEXT, library TEXT, area_um2 REAL, critical_path_ns REAL, clock_ns REAL,
  action TEXT, energy_pj REAL, idle_pj REAL, leakage_w REAL, commands INTEGER, cycles INTEGER,
  tools TEXT, command TEXT, sources_hash TEXT, PRIMARY KEY (unit, parameters, library)
) WITHOUT ROWID;
CREATE TABLE rtl_proofs (
  unit TEXT, parameters TEXT, proof TEXT, claim TEXT, verdict TEXT, method TEXT, depth INTEGER,
  mutant TEXT, mutant_refuted INTEGER, tools TEXT, PRIMARY KEY (unit, parameters, proof)
) WITHOUT ROWID;
CREATE TABLE rtl_cosim (
  unit TEXT, parameters TEXT, design TEXT, verdict TEXT, detail TEXT, commands INTEGER,
  cycles INTEGER, seed INTEGER, cases_seen INTEGER, cases INTEGER,
  PRIMARY KEY (unit, parameters, design)
) WITHOUT ROWID;
CREATE TABLE rtl_host (
  unit TEXT, parameters TEXT, proof TEXT, seconds REAL, mutant_seconds REAL,
  PRIMARY KEY (unit, parameters, proof)
) WITHOUT ROWID;
CREATE TABLE studies (
  study TEXT PRIMARY KEY, experiment TEXT, title TEXT, description TEXT, yaml TEXT, program TEXT,
  passed INTEGER
) WITHOUT ROWID;
CREATE TABLE study_comparisons (
  study TEXT, position INTEGER, what TEXT, unit TEXT, published REAL, ours REAL, deviation REAL,
  source TEXT, note TEXT, PRIMARY KEY (study, position)
) WITHOUT ROWID;
CREATE TABLE study_values (
  study TEXT, in_table TEXT, row INTEGER, position INTEGER, quantity TEXT, unit TEXT, value,
  PRIMARY KEY (study, in_table, row, position)
) WITHOUT ROWID;
CREATE VIEW results AS
  SELECT p.sweep, p.position, p.arch, p.workload, p.overrides, p.status, p.feasible,
    (SELECT value FROM metrics m WHERE m.hash = p.hash AND quantity = 'latency_s') AS latency_s,
    (SELECT value FROM metrics m WHERE m.hash = p.hash AND quantity = 'throughput_ops')
      AS throughput_ops,
    (SELECT value FROM metrics m WHERE m.hash = p.hash AND quantity = 'utilization') AS utilization,
    (SELECT value FROM metrics m WHERE m.hash = p.hash AND quantity = 'energy_pj') AS energy_pj,
    (SELECT value FROM metrics m WHERE m.hash = p.hash AND quantity = 'area_um2') AS area_um2,
    p.hash
  FROM points p;
)sql";

// Tables whose rows depend on the configuration alone.
inline constexpr const char* compared_tables[] = {"sweeps",      "points",
                                                  "published",   "runs",
                                                  "metrics",     "layers",
                                                  "energy",      "area",
                                                  "warnings",    "rtl_synthesis",
                                                  "rtl_proofs",  "rtl_cosim",
                                                  "studies",     "study_comparisons",
                                                  "study_values"};
// Tables that belong to a run.
inline constexpr const char* run_tables[] = {"runs", "metrics",  "layers", "energy",
                                             "area", "warnings", "host"};

}  // namespace mantissa::store
