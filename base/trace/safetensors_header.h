// SPDX-License-Identifier: Apache-2.0
// The JSON header of a safetensors file, parsed event by event: a document tree would keep the
// first of two equal names and hide the second.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/trace/safetensors.h"

namespace mantissa::trace {

struct SafetensorsHeader {
  std::vector<SafetensorsEntry> entries;  // by offset
  std::map<std::string, std::string> metadata;
};

inline constexpr std::string_view safetensors_metadata_key = "__metadata__";
inline constexpr std::string_view safetensors_format_prefix = "mantissa.format.";
inline constexpr std::uint64_t safetensors_longest_header = 100'000'000;

// Checks everything that can be known without the data: names, types, sizes, and that the entries
// cover exactly `data_bytes`.
SafetensorsHeader parse_safetensors_header(const std::string& path, std::string_view json,
                                           std::uint64_t data_bytes);

}  // namespace mantissa::trace
