// SPDX-License-Identifier: Apache-2.0
// Eight elements at a time. Magnitudes of floats are ordered as their bits are as integers, NaN
// above infinity above all numbers: one maximum finds the largest and what is not finite.
#include <algorithm>

#include "base/numerics/float_bits.h"
#include "base/numerics/quantize/line_kernels_x86.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define MANTISSA_AVX2 __attribute__((target("avx2")))

namespace mantissa::numerics {
namespace {

constexpr std::uint32_t infinity_bits = 0x7F800000;

// For the first `count` elements of eight: all bits set.
MANTISSA_AVX2 inline __m256i first_of_eight(std::int64_t count) {
  const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(std::min<std::int64_t>(count, 8))),
                            lane);
}

MANTISSA_AVX2 inline std::uint32_t largest_of_eight(__m256i x) {
  __m128i y = _mm_max_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
  y = _mm_max_epi32(y, _mm_shuffle_epi32(y, 0x4E));
  y = _mm_max_epi32(y, _mm_shuffle_epi32(y, 0xB1));
  return static_cast<std::uint32_t>(_mm_cvtsi128_si32(y));
}

// round(clip(x / scale)) of eight elements as int32.
MANTISSA_AVX2 inline __m256i divided(__m256 x, __m256 scale, __m256 low, __m256 high) {
  const __m256 y = _mm256_div_ps(x, scale);
  return _mm256_cvtps_epi32(_mm256_min_ps(_mm256_max_ps(y, low), high));
}

// The low bytes of sixteen int32.
MANTISSA_AVX2 inline __m128i bytes(__m256i first, __m256i second) {
  const __m256i mask = _mm256_set1_epi32(0xFF);
  const __m256i words = _mm256_permute4x64_epi64(
      _mm256_packus_epi32(_mm256_and_si256(first, mask), _mm256_and_si256(second, mask)), 0xD8);
  return _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
}

// A float format of at most 8 bits, as the encoder below needs it.
struct Encoder {
  __m256 most, least_normal;  // the greatest finite value; 2^(1 - bias)
  __m256i place;              // bits of the exponent of 2^(23 - fraction)
  __m256i origin, binade;     // 2^(1 - bias) in codes, less a binade; a binade in codes
  int fraction_shift, sign_shift;
};

MANTISSA_AVX2 Encoder encoder(const MinifloatFormat& format) {
  const int least = 128 - format.bias;  // the exponent field of 2^(1 - bias) in binary32
  Encoder e;
  e.most = _mm256_set1_ps(static_cast<float>(decode(format, format.greatest_finite())));
  e.least_normal = _mm256_castsi256_ps(_mm256_set1_epi32(least << 23));
  e.place = _mm256_set1_epi32((23 - format.fraction_bits) << 23);
  e.origin = _mm256_set1_epi32((least - 1) << format.fraction_bits);
  e.binade = _mm256_set1_epi32(1 << format.fraction_bits);
  e.fraction_shift = 23 - format.fraction_bits;
  e.sign_shift = 31 - format.exponent_bits - format.fraction_bits;
  return e;
}

// Adding 2^(23 - fraction) units of the binade leaves no bits below the format's last place; then
// the upper bits are the code, less that of the exponent's origin. A subnormal is given the hidden
// bit of the least normal number, and this binade is taken off again.
MANTISSA_AVX2 inline __m256i encoded(__m256 x, __m256 scale, const Encoder& e) {
  const __m256 sign = _mm256_set1_ps(-0.0f);
  const __m256 quotient = _mm256_div_ps(x, scale);
  const __m256 y = _mm256_min_ps(_mm256_andnot_ps(sign, quotient), e.most);
  const __m256i exponent = _mm256_and_si256(_mm256_castps_si256(_mm256_max_ps(y, e.least_normal)),
                                            _mm256_set1_epi32(infinity_bits));
  const __m256 magic = _mm256_castsi256_ps(_mm256_add_epi32(exponent, e.place));
  const __m256 nearest = _mm256_sub_ps(_mm256_add_ps(y, magic), magic);
  const __m256 subnormal = _mm256_cmp_ps(nearest, e.least_normal, _CMP_LT_OQ);
  const __m256 hidden = _mm256_add_ps(nearest, _mm256_and_ps(subnormal, e.least_normal));
  const __m256i upper = _mm256_srli_epi32(_mm256_castps_si256(hidden), e.fraction_shift);
  const __m256i code = _mm256_sub_epi32(_mm256_sub_epi32(upper, e.origin),
                                        _mm256_and_si256(_mm256_castps_si256(subnormal), e.binade));
  const __m256i negative =
      _mm256_srli_epi32(_mm256_castps_si256(_mm256_and_ps(quotient, sign)), e.sign_shift);
  return _mm256_or_si256(code, negative);
}

MANTISSA_AVX2 bool find_largest(const float* x, std::int64_t n, std::int64_t v, bool is_signed,
                                float* largest) {
  const __m256i magnitude = _mm256_set1_epi32(0x7FFFFFFF);
  // A negative float is a negative integer: below 0, the result where the sign is kept.
  const __m256i kept = is_signed ? magnitude : _mm256_set1_epi32(-1);
  __m256i all = _mm256_setzero_si256();
  for (std::int64_t begin = 0; begin < n; begin += v) {
    const float* vector = x + begin;
    const std::int64_t count = std::min(v, n - begin);
    __m256i most = _mm256_setzero_si256();
    std::int64_t i = 0;
    for (; i + 8 <= count; i += 8) {
      const __m256i bits = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(vector + i));
      most = _mm256_max_epi32(most, _mm256_and_si256(bits, kept));
      all = _mm256_max_epi32(all, _mm256_and_si256(bits, magnitude));
    }
    if (i < count) {
      const __m256i bits = _mm256_maskload_epi32(reinterpret_cast<const int*>(vector + i),
                                                 first_of_eight(count - i));
      most = _mm256_max_epi32(most, _mm256_and_si256(bits, kept));
      all = _mm256_max_epi32(all, _mm256_and_si256(bits, magnitude));
    }
    largest[begin / v] = float_from_bits(largest_of_eight(most));
  }
  return largest_of_eight(all) < infinity_bits;
}

MANTISSA_AVX2 void divide(const float* x, std::int64_t n, std::int64_t v, const float* scales,
                          int low, int high, std::int8_t* out) {
  const __m256 least = _mm256_set1_ps(static_cast<float>(low));
  const __m256 most = _mm256_set1_ps(static_cast<float>(high));
  for (std::int64_t begin = 0; begin < n; begin += v) {
    const float* vector = x + begin;
    const std::int64_t count = std::min(v, n - begin);
    const float scale = scales[begin / v];
    if (scale == 0) {
      std::fill(out + begin, out + begin + count, std::int8_t{0});
      continue;
    }
    const __m256 s = _mm256_set1_ps(scale);
    std::int64_t i = 0;
    for (; i + 16 <= count; i += 16) {
      prefetch_next_line(vector + i, n);
      const __m256i a = divided(_mm256_loadu_ps(vector + i), s, least, most);
      const __m256i b = divided(_mm256_loadu_ps(vector + i + 8), s, least, most);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + begin + i), bytes(a, b));
    }
    for (; i < count; i += 8) {
      const __m256i valid = first_of_eight(count - i);
      const __m256i a = divided(_mm256_maskload_ps(vector + i, valid), s, least, most);
      alignas(16) std::int8_t some[16];
      _mm_store_si128(reinterpret_cast<__m128i*>(some), bytes(a, a));
      std::copy_n(some, std::min<std::int64_t>(8, count - i), out + begin + i);
    }
  }
}

MANTISSA_AVX2 void encode(const float* x, std::int64_t n, std::int64_t v, const float* scales,
                          const MinifloatFormat& format, std::uint8_t* out) {
  const Encoder e = encoder(format);
  for (std::int64_t begin = 0; begin < n; begin += v) {
    const float* vector = x + begin;
    const std::int64_t count = std::min(v, n - begin);
    const float scale = scales[begin / v];
    if (scale == 0) {
      std::fill(out + begin, out + begin + count, std::uint8_t{0});
      continue;
    }
    const __m256 s = _mm256_set1_ps(scale);
    std::int64_t i = 0;
    for (; i + 16 <= count; i += 16) {
      prefetch_next_line(vector + i, n);
      const __m256i first = encoded(_mm256_loadu_ps(vector + i), s, e);
      const __m256i second = encoded(_mm256_loadu_ps(vector + i + 8), s, e);
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + begin + i), bytes(first, second));
    }
    for (; i < count; i += 8) {
      const __m256 some = _mm256_maskload_ps(vector + i, first_of_eight(count - i));
      const __m256i code = encoded(some, s, e);
      alignas(16) std::uint8_t codes[16];
      _mm_store_si128(reinterpret_cast<__m128i*>(codes), bytes(code, code));
      std::copy_n(codes, std::min<std::int64_t>(8, count - i), out + begin + i);
    }
  }
}

}  // namespace

const LineKernels avx2_line_kernels = {find_largest, divide, encode};

}  // namespace mantissa::numerics

#endif
