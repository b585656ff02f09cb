// SPDX-License-Identifier: Apache-2.0
// The tables of synthesis, proofs and co-simulation, written and read back.
#include "sim/store/results.h"

namespace mantissa::store {

void Results::add(const RtlSynthesisRow& r) {
  Statement insert(*db_,
                   "INSERT OR REPLACE INTO rtl_synthesis VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  insert.bind(1, r.unit).bind(2, r.parameters).bind(3, r.library).bind(4, r.area_um2);
  insert.bind(5, r.critical_path_ns).bind(6, r.clock_ns).bind(7, r.action).bind(8, r.energy_pj);
  insert.bind(9, r.idle_pj).bind(10, r.leakage_w).bind(11, r.commands).bind(12, r.cycles);
  insert.bind(13, r.tools).bind(14, r.command).bind(15, r.sources_hash).run();
}

void Results::add(const RtlProofRow& r) {
  Transaction transaction(*db_);
  Statement insert(*db_, "INSERT OR REPLACE INTO rtl_proofs VALUES (?,?,?,?,?,?,?,?,?,?)");
  insert.bind(1, r.unit).bind(2, r.parameters).bind(3, r.proof).bind(4, r.claim);
  insert.bind(5, r.verdict).bind(6, r.method).bind(7, r.depth).bind(8, r.mutant);
  insert.bind(9, std::uint64_t{r.mutant_refuted}).bind(10, r.tools).run();
  Statement host(*db_, "INSERT OR REPLACE INTO rtl_host VALUES (?,?,?,?,?)");
  host.bind(1, r.unit).bind(2, r.parameters).bind(3, r.proof).bind(4, r.seconds);
  host.bind(5, r.mutant_seconds).run();
  transaction.commit();
}

void Results::add(const RtlCosimRow& r) {
  Statement insert(*db_, "INSERT OR REPLACE INTO rtl_cosim VALUES (?,?,?,?,?,?,?,?,?,?)");
  insert.bind(1, r.unit).bind(2, r.parameters).bind(3, r.design).bind(4, r.verdict);
  insert.bind(5, r.detail).bind(6, r.commands).bind(7, r.cycles).bind(8, r.seed);
  insert.bind(9, r.cases_seen).bind(10, r.cases).run();
}

std::vector<RtlSynthesisRow> Results::rtl_synthesis() const {
  std::vector<RtlSynthesisRow> rows;
  Statement q(*db_, "SELECT * FROM rtl_synthesis ORDER BY unit, parameters, library");
  while (q.step())
    rows.push_back({q.text(0), q.text(1), q.text(2), q.real(3), q.real(4), q.real(5), q.text(6),
                    q.real(7), q.real(8), q.real(9), q.integer(10), q.integer(11), q.text(12),
                    q.text(13), q.text(14)});
  return rows;
}

std::vector<RtlProofRow> Results::rtl_proofs() const {
  std::vector<RtlProofRow> rows;
  Statement q(*db_,
              "SELECT p.*, h.seconds, h.mutant_seconds FROM rtl_proofs p JOIN rtl_host h USING "
              "(unit, parameters, proof) ORDER BY p.unit, p.proof, p.parameters");
  while (q.step())
    rows.push_back({q.text(0), q.text(1), q.text(2), q.text(3), q.text(4), q.text(5), q.integer(6),
                    q.text(7), q.integer(8) != 0, q.text(9), q.real(10), q.real(11)});
  return rows;
}

std::vector<RtlCosimRow> Results::rtl_cosim() const {
  std::vector<RtlCosimRow> rows;
  Statement q(*db_, "SELECT * FROM rtl_cosim ORDER BY unit, parameters, design");
  while (q.step())
    rows.push_back({q.text(0), q.text(1), q.text(2), q.text(3), q.text(4), q.integer(5),
                    q.integer(6), q.integer(7), q.integer(8), q.integer(9)});
  return rows;
}

}  // namespace mantissa::store
