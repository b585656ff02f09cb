// SPDX-License-Identifier: Apache-2.0
// Every field of a result, declared once: its path in the JSON, its unit and its definition.
// `explain`, `list statistics`, gem5 statistics text, `definitions` inside the JSON and the schema
// test all read this table.
//
// Paths use dots; `[]` stands for every element of a list and `*` for names that the architecture
// chooses: "layers[].macs", "energy_pj.*".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mantissa::sim {

enum class FieldType { integer, number, text, object, list };
const char* name(FieldType type);

struct ResultField {
  const char* path;
  FieldType type;
  const char* unit;  // empty for names and plain counts
  const char* doc;
};

const std::vector<ResultField>& result_fields();
const ResultField* find_field(std::string_view path);

// The layout of the JSON. Raised when a field is renamed, removed or changes its meaning.
constexpr int schema_version = 1;

}  // namespace mantissa::sim
