// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/inner_product/format.h"

#include "base/numerics/minifloat.h"

namespace mantissa::numerics::inner_product {
namespace {

struct Row {
  const char* name;
  bool twos_complement;
  int significand_bits;
  int fraction_bits;                 // before padding
  const MinifloatFormat* minifloat;  // null: no exponent of its own
};

const Row& row(Format format) {
  using trace::NumberFormat;
  const auto fields = [](NumberFormat f) { return &minifloat_format(f); };
  static const Row rows[formats] = {
      {"int4", true, 4, 0, nullptr},
      {"int8", true, 8, 0, nullptr},
      {"fp16", false, 11, 10, fields(NumberFormat::fp16)},
      {"bf16", false, 8, 7, fields(NumberFormat::bf16)},
      {"tf32", false, 11, 10, fields(NumberFormat::tf32)},
      {"fp8_e4m3", false, 4, 3, fields(NumberFormat::fp8_e4m3)},
      {"fp8_e5m2", false, 3, 2, fields(NumberFormat::fp8_e5m2)},
      {"fp6_e2m3", false, 4, 3, fields(NumberFormat::fp6_e2m3)},
      {"fp6_e3m2", false, 3, 2, fields(NumberFormat::fp6_e3m2)},
      {"fp4_e2m1", false, 4, 3, nullptr},
      {"mxint8", true, 8, 7, nullptr},
  };
  return rows[static_cast<int>(format)];
}

bool is_narrow_float(Format f) { return f >= Format::fp8_e4m3 && f <= Format::fp4_e2m1; }

// Zeros appended below a floating-point significand; fp4's integers are not shifted.
int padding(Format format, int digit_bits) {
  if (row(format).minifloat == nullptr) return 0;
  return digit_count(format, digit_bits) * digit_bits - row(format).significand_bits;
}

Operand decode_minifloat(const MinifloatFormat& f, std::uint32_t code) {
  code >>= f.padding_bits;
  const auto fraction = static_cast<std::int32_t>(code & ((1u << f.fraction_bits) - 1));
  const auto field = static_cast<int>((code >> f.fraction_bits) & ((1u << f.exponent_bits) - 1));
  const int top = (1 << f.exponent_bits) - 1;
  Operand x;
  x.negative = ((code >> (f.fraction_bits + f.exponent_bits)) & 1) != 0;
  const bool all_ones = fraction == (1 << f.fraction_bits) - 1;
  if (f.specials == Specials::ieee && field == top)
    x.special = fraction == 0 ? Special::infinity : Special::nan;
  if (f.specials == Specials::nan_only && field == top && all_ones) x.special = Special::nan;
  x.exponent = (field == 0 ? 1 : field) - f.bias;
  if (x.special == Special::none)
    x.significand = field == 0 ? fraction : fraction + (1 << f.fraction_bits);
  return x;
}

}  // namespace

const char* name(Format format) { return row(format).name; }

std::optional<Format> format_named(std::string_view name) {
  for (int i = 0; i < formats; ++i)
    if (name == row(static_cast<Format>(i)).name) return static_cast<Format>(i);
  return std::nullopt;
}

bool is_integer(Format format) { return format == Format::int4 || format == Format::int8; }

bool is_supported(FormatPair pair) {
  if (is_integer(pair)) return !(pair.a == Format::int4 && pair.b == Format::int8);
  if (is_narrow_float(pair.a)) return is_narrow_float(pair.b);
  return pair.a == pair.b;
}

std::vector<FormatPair> supported_pairs() {
  std::vector<FormatPair> pairs;
  for (int a = 0; a < formats; ++a)
    for (int b = 0; b < formats; ++b) {
      const FormatPair pair{static_cast<Format>(a), static_cast<Format>(b)};
      if (is_supported(pair)) pairs.push_back(pair);
    }
  return pairs;
}

std::string name(FormatPair pair) { return std::string(name(pair.a)) + " x " + name(pair.b); }

Operand decode(Format format, std::uint32_t code) {
  const Row& r = row(format);
  if (r.minifloat != nullptr) return decode_minifloat(*r.minifloat, code);
  Operand x;
  if (format == Format::fp4_e2m1) {
    static const std::int32_t doubled[8] = {0, 1, 2, 3, 4, 6, 8, 12};
    x.significand = doubled[code & 7];
    x.negative = (code & 8) != 0;
    x.exponent = 2;  // significand * 2^(2 - 3)
    return x;
  }
  if (format == Format::mxint8) x.exponent = 1;  // significand * 2^(1 - 7)
  const int unused = 32 - r.significand_bits;
  x.significand = static_cast<std::int32_t>(code << unused) >> unused;
  x.negative = x.significand < 0;
  return x;
}

int significand_bits(Format format) { return row(format).significand_bits; }

int digit_count(Format format, int digit_bits) {
  return (row(format).significand_bits + digit_bits - 1) / digit_bits;
}

int fraction_bits(Format format, int digit_bits) {
  return row(format).fraction_bits + padding(format, digit_bits);
}

Digits digits(Format format, int digit_bits, const Operand& operand) {
  Digits out{};
  const int count = digit_count(format, digit_bits);
  const std::int32_t mask = (1 << digit_bits) - 1;
  // Arithmetic shifts sign-extend two's complement into a top digit that is not full.
  const std::int32_t field = operand.significand * (1 << padding(format, digit_bits));
  for (int i = 0; i < count; ++i) {
    const std::int32_t rest = field >> (i * digit_bits);
    if (row(format).twos_complement)
      out[static_cast<std::size_t>(i)] = i == count - 1 ? rest : rest & mask;
    else
      out[static_cast<std::size_t>(i)] = (operand.negative ? -1 : 1) * (rest & mask);
  }
  return out;
}

}  // namespace mantissa::numerics::inner_product
