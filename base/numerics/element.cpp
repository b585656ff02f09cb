// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/element.h"

#include <cstring>
#include <limits>

#include "base/error.h"
#include "base/numerics/bf16.h"
#include "base/numerics/float_bits.h"
#include "base/numerics/fp16.h"
#include "base/numerics/minifloat.h"

namespace mantissa::numerics {

using trace::NumberFormat;

namespace {

bool is_unsigned_format(NumberFormat f) {
  return f == NumberFormat::uint4 || f == NumberFormat::uint8 || f == NumberFormat::uint16 ||
         f == NumberFormat::uint32 || f == NumberFormat::uint64;
}

// Nearest integer to a finite x, |x| < 2^52, ties to even: the addition of 1.5 * 2^52 leaves no
// fraction bits.
double nearest_integer(double x) {
  constexpr double magic = 0x1.8p52;
  return (x + magic) - magic;
}

std::uint64_t integer_bits(NumberFormat format, const Element& x) {
  const unsigned width = trace::bits(format);
  const bool no_sign = is_unsigned_format(format);
  if (!x.is_integer) {
    if (format == NumberFormat::uint64) {
      if (!(x.real > 0)) return 0;
      if (x.real >= 0x1p64) return ~std::uint64_t{0};
      if (x.real >= 0x1p52) return static_cast<std::uint64_t>(x.real);
      return static_cast<std::uint64_t>(nearest_integer(x.real));
    }
    const std::int64_t top = width == 64 ? std::numeric_limits<std::int64_t>::max()
                                         : (std::int64_t{1} << (no_sign ? width : width - 1)) - 1;
    return static_cast<std::uint64_t>(round_to_integer(x.real, no_sign ? 0 : -top - 1, top));
  }
  if (format == NumberFormat::uint64) {
    return x.integer < 0 && !x.is_unsigned ? 0 : static_cast<std::uint64_t>(x.integer);
  }
  const std::int64_t top = width == 64 ? std::numeric_limits<std::int64_t>::max()
                                       : (std::int64_t{1} << (no_sign ? width : width - 1)) - 1;
  const std::int64_t bottom = no_sign ? 0 : -top - 1;
  if (x.is_unsigned || x.integer > top) return static_cast<std::uint64_t>(top);
  return static_cast<std::uint64_t>(x.integer < bottom ? bottom : x.integer);
}

}  // namespace

std::uint64_t load_bits(unsigned width, const std::byte* data, std::int64_t index) {
  std::uint64_t bits = 0;
  if (width >= 8) {
    std::memcpy(&bits, data + index * (width / 8), width / 8);
    return bits;
  }
  const std::uint64_t first = static_cast<std::uint64_t>(index) * width;
  for (unsigned i = 0; i < width; ++i) {
    const auto byte = std::to_integer<unsigned>(data[(first + i) / 8]);
    bits |= std::uint64_t{byte >> ((first + i) % 8) & 1u} << i;
  }
  return bits;
}

void store_bits(unsigned width, std::byte* data, std::int64_t index, std::uint64_t bits) {
  if (width >= 8) {
    std::memcpy(data + index * (width / 8), &bits, width / 8);
    return;
  }
  const std::uint64_t first = static_cast<std::uint64_t>(index) * width;
  for (unsigned i = 0; i < width; ++i) {
    std::byte& byte = data[(first + i) / 8];
    const std::byte mask = std::byte(1u << ((first + i) % 8));
    byte = bits >> i & 1u ? byte | mask : byte & ~mask;
  }
}

double Element::as_real() const {
  if (!is_integer) return real;
  return is_unsigned ? static_cast<double>(static_cast<std::uint64_t>(integer))
                     : static_cast<double>(integer);
}

std::int64_t round_to_integer(double x, std::int64_t low, std::int64_t high) {
  if (x != x) x = 0;
  if (x <= static_cast<double>(low)) return low;
  if (x >= static_cast<double>(high)) return high;
  const bool has_fraction = x < 0x1p52 && x > -0x1p52;
  const auto y = static_cast<std::int64_t>(has_fraction ? nearest_integer(x) : x);
  return y < low ? low : y > high ? high : y;
}

std::int64_t least_integer(NumberFormat format) {
  MANTISSA_CHECK(trace::is_integer(format) && trace::bits(format) <= 32, "not a narrow integer");
  return is_unsigned_format(format) ? 0 : -(std::int64_t{1} << (trace::bits(format) - 1));
}

std::int64_t greatest_integer(NumberFormat format) {
  MANTISSA_CHECK(trace::is_integer(format) && trace::bits(format) <= 32, "not a narrow integer");
  return (std::int64_t{1} << (trace::bits(format) - (is_unsigned_format(format) ? 0 : 1))) - 1;
}

Element load_element(NumberFormat format, const std::byte* data, std::int64_t index) {
  const unsigned width = trace::bits(format);
  const std::uint64_t bits = load_bits(width, data, index);
  if (format == NumberFormat::boolean) return Element::of(std::int64_t{bits != 0});
  if (format == NumberFormat::binary) return Element::of(std::int64_t{bits ? 1 : -1});
  if (format == NumberFormat::fp64) return Element::of(double_from_bits(bits));
  if (trace::is_float(format)) {
    return Element::of(decode(minifloat_format(format), static_cast<std::uint32_t>(bits)));
  }
  if (is_unsigned_format(format)) return Element::of(bits);
  const unsigned unused = 64 - width;  // sign extension
  return Element::of(static_cast<std::int64_t>(bits << unused) >> unused);
}

void store_element(NumberFormat format, std::byte* data, std::int64_t index, Element x) {
  const unsigned width = trace::bits(format);
  std::uint64_t bits = 0;
  if (format == NumberFormat::boolean) {
    bits = x.is_integer ? x.integer != 0 : x.real != 0;
  } else if (format == NumberFormat::binary) {
    bits = x.is_integer ? x.is_unsigned || x.integer >= 0 : x.real >= 0;
  } else if (format == NumberFormat::fp64) {
    const double real = x.as_real();
    bits = double_bits(real == real ? real : double_from_bits(0x7FF8000000000000ull));
  } else if (trace::is_float(format)) {
    bits = encode(minifloat_format(format), x.as_real());
  } else {
    bits = integer_bits(format, x);
  }
  store_bits(width, data, index, bits);
}

void load_floats(NumberFormat format, const std::byte* data, std::int64_t first, std::int64_t count,
                 float* to) {
  switch (format) {
    case NumberFormat::fp32:
      if (count > 0) std::memcpy(to, data + first * 4, static_cast<std::size_t>(count) * 4);
      for (std::int64_t i = 0; i < count; ++i) to[i] = canonical(to[i]);
      return;
    case NumberFormat::bf16:
      for (std::int64_t i = 0; i < count; ++i) {
        Bf16 x;
        std::memcpy(&x, data + (first + i) * 2, 2);
        to[i] = to_float(x);
      }
      return;
    case NumberFormat::fp16:
      for (std::int64_t i = 0; i < count; ++i) {
        Fp16 x;
        std::memcpy(&x, data + (first + i) * 2, 2);
        to[i] = to_float(x);
      }
      return;
    default:
      for (std::int64_t i = 0; i < count; ++i) {
        to[i] = canonical(static_cast<float>(load_element(format, data, first + i).as_real()));
      }
  }
}

void store_floats(NumberFormat format, std::byte* data, std::int64_t first, std::int64_t count,
                  const float* from) {
  switch (format) {
    case NumberFormat::fp32:
      for (std::int64_t i = 0; i < count; ++i) {
        const float x = canonical(from[i]);
        std::memcpy(data + (first + i) * 4, &x, 4);
      }
      return;
    case NumberFormat::bf16:
      for (std::int64_t i = 0; i < count; ++i) {
        const Bf16 x = to_bf16(from[i]);
        std::memcpy(data + (first + i) * 2, &x, 2);
      }
      return;
    case NumberFormat::fp16:
      for (std::int64_t i = 0; i < count; ++i) {
        const Fp16 x = to_fp16(from[i]);
        std::memcpy(data + (first + i) * 2, &x, 2);
      }
      return;
    default:
      for (std::int64_t i = 0; i < count; ++i) {
        store_element(format, data, first + i, Element::of(double{from[i]}));
      }
  }
}

}  // namespace mantissa::numerics
