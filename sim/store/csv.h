// SPDX-License-Identifier: Apache-2.0
// Comma-separated values as RFC 4180 has them but with plain line feeds, and the export of a
// results store: points.csv, layers.csv, energy.csv, area.csv, published.csv and, where a sweep has
// several chips, campaign.csv; one header line, units in the column names. Numbers are written in
// the shortest form that reads back as the same value.
#pragma once

#include <string>
#include <vector>

#include "sim/store/results.h"

namespace mantissa::store {

// One cell: quoted when it holds a comma, a quote or a line break.
std::string csv_cell(const std::string& text);
// Rows of cells. Throws Error(unreadable) on an unclosed quote.
std::vector<std::vector<std::string>> read_csv(const std::string& text, const std::string& name);

// Writes the files into `directory` and returns their names.
std::vector<std::string> export_csv(const Results& results, const std::string& directory);

// Replaces a file in one step, so that a reader never sees half of it; Error(disk_full) on failure.
void write_file(const std::string& path, const std::string& text);

}  // namespace mantissa::store
