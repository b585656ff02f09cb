// SPDX-License-Identifier: Apache-2.0
// The tables of studies.
#include "sim/store/results.h"

namespace mantissa::store {
namespace {

void bind(Statement& statement, int index, const std::optional<double>& number) {
  if (number)
    statement.bind(index, *number);
  else
    statement.bind_null(index);
}

void bind(Statement& statement, int index, const workloads::Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell))
    statement.bind(index, *text);
  else if (const auto* real = std::get_if<double>(&cell))
    statement.bind(index, *real);
  else if (const auto* count = std::get_if<std::int64_t>(&cell))
    statement.bind(index, static_cast<std::uint64_t>(*count));  // SQLite's integers have a sign
  else
    statement.bind_null(index);
}

}  // namespace

void Results::add(const StudyRow& s) {
  Transaction transaction(*db_);
  for (const char* table : {"studies", "study_comparisons", "study_values"})
    Statement(*db_, std::string("DELETE FROM ") + table + " WHERE study = ?")
        .bind(1, s.study)
        .run();
  Statement study(*db_, "INSERT INTO studies VALUES (?,?,?,?,?,?,?)");
  study.bind(1, s.study).bind(2, s.experiment).bind(3, s.title).bind(4, s.description);
  study.bind(5, s.yaml).bind(6, s.program).bind(7, std::uint64_t{s.result.passed}).run();

  Statement comparison(*db_, "INSERT INTO study_comparisons VALUES (?,?,?,?,?,?,?,?,?)");
  std::uint64_t position = 0;
  for (const auto& c : s.result.comparisons) {
    comparison.bind(1, s.study).bind(2, position++).bind(3, c.what).bind(4, c.unit);
    bind(comparison, 5, c.published);
    comparison.bind(6, c.ours);
    bind(comparison, 7, c.deviation);
    comparison.bind(8, c.source).bind(9, c.note).run();
  }

  Statement value(*db_, "INSERT INTO study_values VALUES (?,?,?,?,?,?,?)");
  for (const auto& table : s.result.tables)
    for (std::size_t r = 0; r < table.rows.size(); ++r)
      for (std::size_t c = 0; c < table.columns.size(); ++c) {
        value.bind(1, s.study).bind(2, table.name).bind(3, std::uint64_t{r});
        value.bind(4, std::uint64_t{c}).bind(5, table.columns[c].name);
        value.bind(6, table.columns[c].unit);
        bind(value, 7, table.rows[r][c]);
        value.run();
      }
  transaction.commit();
}

}  // namespace mantissa::store
