// SPDX-License-Identifier: Apache-2.0
// Everything that a report shows, read from the results store of a sweep or the result.json of a
// single run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/store/campaign.h"
#include "sim/store/labels.h"
#include "sim/store/quantity.h"
#include "sim/store/results.h"
#include "sim/study/study.h"

namespace mantissa::report {

struct ReportPoint {
  store::PointRow row;
  store::Label label;
  bool front = false;
  store::Record run;  // empty unless row.status is ok

  bool ok() const { return row.status == store::Status::ok; }
  bool counts() const { return ok() && row.feasible; }    // may win
  double metric(const std::string& column) const;         // quiet NaN when absent
  std::string readable(const std::string& column) const;  // "–" when absent
};

struct ReportData {
  std::string title, description;
  std::vector<store::SweepRow> sweeps;
  std::vector<ReportPoint> points;
  std::vector<store::PublishedRow> published;
  std::vector<store::CampaignRow> campaign;
  std::vector<store::RtlSynthesisRow> rtl_synthesis;
  std::vector<store::RtlProofRow> rtl_proofs;
  std::vector<store::RtlCosimRow> rtl_cosim;
  std::optional<sim::StudyRun> study;
  double host_seconds = 0;
  std::string tables;  // folder of the exported CSV, into which figures go too

  const ReportPoint* at(const std::string& sweep, std::uint64_t position) const;
  bool has_rtl() const {
    return !rtl_synthesis.empty() || !rtl_proofs.empty() || !rtl_cosim.empty();
  }
  std::vector<std::string> jobs() const;  // in order of first appearance
  std::vector<std::string> variants() const;
};

// Reads DIR/results.sqlite if there are sweeps in it, else DIR/result.json; what is known of units
// in SystemVerilog stands in DIR/results.sqlite in either case, or alone. A study is read from
// DIR/study.json. Throws Error(no_results).
// A single run is copied into a store of one point, DIR/report/results.sqlite, so that tables and
// figures have one source; its own tables in DIR have other columns and stay as they are.
ReportData load_report(const std::string& directory);

// Where the peak of the matrix units went. Busy cycles are split: `compute` is the share of the
// peak that did the workload's MACs (utilization), `unfilled array` the rest of the busy cycles, in
// which rows or columns of the array had nothing to multiply, or other cores were less busy.
struct Bound {
  std::string name;  // "compute", "DRAM", "weight load", ...
  std::string css;   // colour: "busy", "dram", ...
  double share = 0;  // of all cycles
};
std::vector<Bound> shares(const ReportPoint& point);  // largest first, without zeros
// `compute` when at least half the peak did useful work, else the largest loss.
Bound bound(const ReportPoint& point);

}  // namespace mantissa::report
