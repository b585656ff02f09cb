// SPDX-License-Identifier: Apache-2.0
// The results store: one SQLite file in WAL mode per directory. Every point is committed as soon as
// it is known, so that kill -9 loses at most the points that were being simulated.
//
//   sweeps   one row per sweep: its text, objectives and published figures
//   points   one row per point of a sweep, by position: what was asked for, and what became of it
//   runs     one row per *configuration* (by hash): points that are equal, also of different
//            sweeps in one directory, share it and are simulated once
//   metrics, layers, energy, area, warnings   belong to a run; one tidy row per fact
//   host     seconds of the simulation itself: differ from machine to machine
//   rtl_synthesis, rtl_proofs, rtl_cosim   what is known of units in SystemVerilog, whatever the
//            runs; rtl_host: seconds of the proofs
//   studies, study_comparisons, study_values   what experiments found (study_rows.h)
//   results  a view: points beside the columns that people ask for first
//
// Errors: sim/store/errors.h. A file of another layout (`schema_version`) is refused, never
// guessed.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/store/database.h"
#include "sim/store/record.h"
#include "sim/store/rtl_rows.h"
#include "sim/store/study_rows.h"

namespace mantissa::store {

constexpr std::uint64_t schema_version = 3;

enum class Status {
  pending,     // not yet run
  ok,          // in `runs`
  failed,      // the message says why
  infeasible,  // a constraint on the configuration excludes it: not run
};
const char* name(Status status);

struct SweepRow {
  std::string name, title, description;
  std::string text;        // the sweep as canonical YAML
  std::string objectives;  // columns, comma-separated
  std::string program;     // "mantissa 0.1.0 (f491d74)"
};

struct PointRow {
  std::string sweep;
  std::uint64_t position = 0;
  std::string arch, workload;
  std::vector<std::string> overrides;  // "core.matrix.rows=64", in declaration order
  std::string fidelity;
  std::string hash;  // empty when the configuration was refused
  Status status = Status::pending;
  std::string message;   // failed: why; infeasible: which constraint
  bool feasible = true;  // every constraint holds; known after the run
  std::string violated;  // the constraints that do not
};

// A figure from a publication that stands beside one of ours.
struct PublishedRow {
  std::string sweep;
  std::uint64_t position = 0;  // of the point
  std::string column;          // sim/store/quantity.h
  double value = 0;            // in the column's unit
  std::string method, source;
};

class Results {
 public:
  // Opens for writing, creates when absent. Holds a lock until destroyed: a second writer gets
  // store.busy.
  static Results write(const std::string& path);
  static Results read(const std::string& path);
  Results(Results&&) noexcept;
  ~Results();

  // Replaces the sweep of this name and its points and published figures; runs stay.
  void plan(const SweepRow& sweep, const std::vector<PointRow>& points,
            const std::vector<PublishedRow>& published);
  // A run and the points that it answers, in one step.
  void add_run(const Record& record, const std::vector<PointRow>& points = {});
  void set_point(const PointRow& point);
  // Each replaces an earlier row about the same thing.
  void add(const RtlSynthesisRow& row);
  void add(const RtlProofRow& row);
  void add(const RtlCosimRow& row);
  void add(const StudyRow& row);
  // Takes over all runs of another store, and what became of its failed points.
  void merge(const std::string& path);

  bool empty() const;  // neither a sweep nor a run: what a refused sweep leaves behind
  bool has_run(const std::string& hash) const;
  Record run(const std::string& hash) const;
  std::map<std::string, double> metrics(const std::string& hash) const;
  std::vector<SweepRow> sweeps() const;
  std::vector<PointRow> points() const;  // by sweep and position
  std::vector<PublishedRow> published() const;
  double host_seconds() const;
  std::vector<RtlSynthesisRow> rtl_synthesis() const;
  std::vector<RtlProofRow> rtl_proofs() const;
  std::vector<RtlCosimRow> rtl_cosim() const;

  // Every table that must not depend on the machine, as text, in primary-key order: for tests and
  // for `mantissa compare`.
  std::string dump() const;

 private:
  Results(const std::string& path, Database::Mode mode);
  void create();
  struct Lock;
  std::unique_ptr<Lock> lock_;
  std::unique_ptr<Database> db_;
  std::unique_ptr<StatementCache> prepared_;  // of the statements that every point needs
};

}  // namespace mantissa::store
