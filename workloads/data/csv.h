// SPDX-License-Identifier: Apache-2.0
// CSV: one sample per line, numbers between commas, one column that is the label or the target.
//
// Blank lines, a byte order mark and carriage returns count for nothing; a field may stand in
// double quotes, in which "" is one quote. The first line is a header if no field of it is a number
// (`automatic`), or as the caller says. A column is named as in the header, or counted from 0, or
// `last`. Labels that are whole numbers are the classes 0, 1, ...; labels that are texts become
// classes in alphabetical order.
//
//   x1,x2,species
//   5.1,3.5,setosa
//   7.0,3.2,versicolor
//
//   const Dataset irises = read_csv(bytes, {"species"}, "iris.csv");
//
// Errors, with line and column: data.row, data.value, data.label, data.part, data.size.
#pragma once

#include <string>

#include "workloads/data/dataset.h"

namespace mantissa::data {

enum class HeaderLine { automatic, present, absent };

struct CsvForm {
  std::string label = "last";  // the column
  bool regression = false;     // the column holds targets
  HeaderLine header = HeaderLine::automatic;
  std::int64_t classes = 0;        // number of them; 0: as the labels say
  std::vector<std::string> names;  // of text labels that an earlier file had; empty: as they come
};

// `bytes` are uncompressed; `path` is their name in messages.
Dataset read_csv(const Bytes& bytes, const CsvForm& form, const std::string& path);

}  // namespace mantissa::data
