// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/random_fill.h"

#include <algorithm>
#include <cstring>

#include "base/numerics/element.h"

namespace mantissa::numerics {

using trace::NumberFormat;

RandomStream::RandomStream(std::uint64_t seed, std::string_view name) {
  std::uint64_t hash = 0xCBF29CE484222325ull;  // FNV-1a of the name
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
  key_ = mix_bits(mix_bits(seed) ^ hash);
}

std::int64_t RandomStream::integer(std::uint64_t index, std::int64_t low, std::int64_t high) const {
  const auto range = static_cast<unsigned __int128>(high - low) + 1;
  return low + static_cast<std::int64_t>((range * bits(index)) >> 64);
}

float RandomStream::real(std::uint64_t index) const {
  const auto steps = static_cast<std::int32_t>(bits(index) >> 40);  // 24 bits
  return static_cast<float>(steps - (1 << 23)) * 0x1p-23f;
}

std::vector<std::byte> fill_random(NumberFormat format, const trace::Shape& shape,
                                   std::uint64_t seed, std::string_view name) {
  const RandomStream stream(seed, name);
  const std::int64_t count = trace::elements(shape);
  std::vector<std::byte> bytes(trace::storage_bytes(format, count));
  const unsigned bits = trace::bits(format);
  if (trace::is_float(format)) {
    for (std::int64_t i = 0; i < count; ++i) {
      const double x = stream.real(i);
      const bool scale = format == NumberFormat::fp8_e8m0;  // has no sign
      store_element(format, bytes.data(), i, Element::of(scale && x < 0 ? -x : x));
    }
  } else if (bits < 32) {  // whole elements, packed or not: any bits are a value
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = std::byte(stream.bits(i) >> 56);
    if (format == NumberFormat::boolean) {
      for (auto& b : bytes) b &= std::byte{1};
    }
  } else {
    const std::int64_t low = format == NumberFormat::uint32 || format == NumberFormat::uint64
                                 ? 0
                                 : -(std::int64_t{1} << 15);
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t x = stream.integer(i, low, low + (1 << 16) - 1);
      store_element(format, bytes.data(), i, Element::of(x));
    }
  }
  return bytes;
}

}  // namespace mantissa::numerics
