// SPDX-License-Identifier: Apache-2.0
#include "base/trace/number_format.h"

#include "base/error.h"

namespace mantissa::trace {

const std::vector<NumberFormatInfo>& number_formats() {
  using F = NumberFormat;
  // In the order of the enumeration, so that info() is an index. tf32 keeps its 19 significant bits
  // in a 32-bit word, hence F32 on disk; int4, uint4 and binary have no safetensors type.
  static const std::vector<NumberFormatInfo> table = {
      {F::boolean, "boolean", 8, "BOOL"},
      {F::int4, "int4", 4, nullptr},
      {F::uint4, "uint4", 4, nullptr},
      {F::int8, "int8", 8, "I8"},
      {F::uint8, "uint8", 8, "U8"},
      {F::int16, "int16", 16, "I16"},
      {F::uint16, "uint16", 16, "U16"},
      {F::int32, "int32", 32, "I32"},
      {F::uint32, "uint32", 32, "U32"},
      {F::int64, "int64", 64, "I64"},
      {F::uint64, "uint64", 64, "U64"},
      {F::fp4_e2m1, "fp4_e2m1", 4, "F4"},
      {F::fp6_e2m3, "fp6_e2m3", 6, "F6_E2M3"},
      {F::fp6_e3m2, "fp6_e3m2", 6, "F6_E3M2"},
      {F::fp8_e4m3, "fp8_e4m3", 8, "F8_E4M3"},
      {F::fp8_e5m2, "fp8_e5m2", 8, "F8_E5M2"},
      {F::fp8_e8m0, "fp8_e8m0", 8, "F8_E8M0"},
      {F::fp16, "fp16", 16, "F16"},
      {F::bf16, "bf16", 16, "BF16"},
      {F::tf32, "tf32", 32, "F32"},
      {F::fp32, "fp32", 32, "F32"},
      {F::fp64, "fp64", 64, "F64"},
      {F::binary, "binary", 1, nullptr},
  };
  return table;
}

const NumberFormatInfo& info(NumberFormat f) {
  const auto index = static_cast<std::size_t>(f);
  MANTISSA_CHECK(index < number_formats().size() && number_formats()[index].format == f,
                 "number format table out of order");
  return number_formats()[index];
}

std::optional<NumberFormat> number_format(std::string_view name) {
  for (const auto& row : number_formats()) {
    if (name == row.name) return row.format;
  }
  return std::nullopt;
}

bool is_integer(NumberFormat f) { return f >= NumberFormat::int4 && f <= NumberFormat::uint64; }
bool is_float(NumberFormat f) { return f >= NumberFormat::fp4_e2m1 && f <= NumberFormat::fp64; }

}  // namespace mantissa::trace
