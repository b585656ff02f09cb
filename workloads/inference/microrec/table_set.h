// SPDX-License-Identifier: Apache-2.0
// The embedding tables of a recommendation model, as data (configs/workload/tables):
//
//   version: 1
//   kind: tables
//   name: my_model
//   tables:
//     - {dim: 4, rows: [100], count: 12}           # 12 tables of 100 rows of 4 elements
//     - {dim: 16, rows: [500000, 20], lookups: [1, 3]}
//   hidden: [1024, 512, 256]                       # fully connected layers behind the lookup
//
// or as a CSV with one group of tables per line: `dim, rows[, count[, lookups]]` under a header of
// these names. Tables are numbered in the order of the file and named DIMxROWS#NUMBER.
//
//   const TableSet set = load_table_set("microrec_small", presets);
//   set.tables.size();  set.elements();  set.dims();
//
// Errors: those of the configuration; microrec.table-csv.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/config/document.h"
#include "base/config/schema.h"

namespace mantissa::workloads::microrec {

struct TableGroup {
  std::int64_t dim = 0;
  std::vector<std::int64_t> rows;     // of one table each
  std::int64_t count = 1;             // tables of each of these
  std::vector<std::int64_t> lookups;  // per item, for each of `rows`; none: 1
  static const config::Schema<TableGroup>& schema();
};

struct TableSetConfig {
  std::string kind = "tables";
  std::string name;
  std::string description;
  std::vector<TableGroup> tables;
  std::vector<std::int64_t> bottom;  // dense features, then the layers that read them
  std::vector<std::int64_t> hidden;  // behind the lookup
  static const config::Schema<TableSetConfig>& schema();
};

struct Table {
  std::string name;
  std::uint64_t rows = 0, dim = 0;
  std::uint64_t lookups = 1;  // rows of one item
  std::uint64_t elements() const { return rows * dim; }
};

struct TableSet {
  std::string name;
  std::vector<Table> tables;
  std::vector<std::int64_t> hidden;

  std::uint64_t rows() const;
  std::uint64_t dims() const;  // of one row of every table
  std::uint64_t elements() const;
  std::uint64_t lookups() const;  // of one item
};

TableSet table_set(const TableSetConfig& config);
// A preset, or a file .yaml, .yml or .csv.
TableSet load_table_set(const std::string& name_or_file, const config::Resolver& presets,
                        const std::vector<std::string>& overrides = {});
// Whether the file's first line that is not empty begins as the header of a list of tables does; of
// a file that cannot be read, false.
bool is_table_csv(const std::string& path);
// `text` is a CSV, `path` its name in messages.
TableSet read_table_csv(const std::string& text, const std::string& path);

// Every lookup of an item gets a table of its own: a copy. The number of rows read is the same, and
// they may be read in parallel.
TableSet one_table_per_lookup(const TableSet& set);
// Table `index` as `parts` tables with an equal share of its dimensions, looked up together: how
// the published layout halves its widest rows. `parts` must divide them.
TableSet split_table(const TableSet& set, std::size_t index, std::uint64_t parts);

}  // namespace mantissa::workloads::microrec
