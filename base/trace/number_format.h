// SPDX-License-Identifier: Apache-2.0
// Number formats of tensors and datapaths, with the names that YAML, traces and reports use.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mantissa::trace {

enum class NumberFormat : std::uint8_t {
  boolean,
  int4,
  uint4,
  int8,
  uint8,
  int16,
  uint16,
  int32,
  uint32,
  int64,
  uint64,
  fp4_e2m1,
  fp6_e2m3,
  fp6_e3m2,
  fp8_e4m3,
  fp8_e5m2,
  fp8_e8m0,
  fp16,
  bf16,
  tf32,
  fp32,
  fp64,
  binary,  // one bit, +1 or -1
};

struct NumberFormatInfo {
  NumberFormat format;
  const char* name;         // "int8", "bf16", ...
  unsigned bits;            // as stored; tf32 occupies 32
  const char* safetensors;  // dtype there, or nullptr when that format has none
};

const std::vector<NumberFormatInfo>& number_formats();
const NumberFormatInfo& info(NumberFormat f);
inline const char* name(NumberFormat f) { return info(f).name; }
inline unsigned bits(NumberFormat f) { return info(f).bits; }
std::optional<NumberFormat> number_format(std::string_view name);
bool is_integer(NumberFormat f);
bool is_float(NumberFormat f);

// Packed to whole bytes at the end of the tensor.
inline std::uint64_t storage_bytes(NumberFormat f, std::int64_t elements) {
  return (static_cast<std::uint64_t>(elements) * bits(f) + 7) / 8;
}

}  // namespace mantissa::trace
