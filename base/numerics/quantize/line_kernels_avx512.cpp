// SPDX-License-Identifier: Apache-2.0
// Sixteen elements at a time, what is beyond a vector's end masked away: else as
// line_kernels_avx2.cpp, which says why the steps are right.
#include <algorithm>

#include "base/numerics/float_bits.h"
#include "base/numerics/quantize/line_kernels_x86.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define MANTISSA_AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))

namespace mantissa::numerics {
namespace {

constexpr std::int64_t lanes = 16;
constexpr int infinity_bits = 0x7F800000;

// Sixteen elements, or the first `count` of them. Masked accesses are slow: for the ends alone.
MANTISSA_AVX512 inline __mmask16 first(std::int64_t count) {
  return static_cast<__mmask16>((1 << count) - 1);
}
MANTISSA_AVX512 inline __m512 load(const float* x, std::int64_t count) {
  return count >= lanes ? _mm512_loadu_ps(x) : _mm512_maskz_loadu_ps(first(count), x);
}
// The low bytes of the elements.
MANTISSA_AVX512 inline void store_bytes(void* to, std::int64_t count, __m512i elements) {
  const __m128i bytes = _mm512_cvtepi32_epi8(elements);
  if (count >= lanes)
    _mm_storeu_si128(static_cast<__m128i*>(to), bytes);
  else
    _mm_mask_storeu_epi8(to, first(count), bytes);
}

// A float format of at most 8 bits, as the encoder below needs it.
struct Encoder {
  __m512 most, least_normal;  // the greatest finite value; 2^(1 - bias)
  __m512i place;              // bits of the exponent of 2^(23 - fraction)
  __m512i origin, binade;     // 2^(1 - bias) in codes, less a binade; a binade in codes
  __m128i fraction_shift, sign_shift;
  __m512i sign;  // of the code
};

MANTISSA_AVX512 Encoder encoder(const MinifloatFormat& format) {
  const int least = 128 - format.bias;  // the exponent field of 2^(1 - bias) in binary32
  const int sign_at = format.exponent_bits + format.fraction_bits;
  Encoder e;
  e.most = _mm512_set1_ps(static_cast<float>(decode(format, format.greatest_finite())));
  e.least_normal = _mm512_castsi512_ps(_mm512_set1_epi32(least << 23));
  e.place = _mm512_set1_epi32((23 - format.fraction_bits) << 23);
  e.origin = _mm512_set1_epi32((least - 1) << format.fraction_bits);
  e.binade = _mm512_set1_epi32(1 << format.fraction_bits);
  e.fraction_shift = _mm_cvtsi32_si128(23 - format.fraction_bits);
  e.sign_shift = _mm_cvtsi32_si128(31 - sign_at);
  e.sign = _mm512_set1_epi32(1 << sign_at);
  return e;
}

MANTISSA_AVX512 inline __m512i encoded(__m512 x, __m512 scale, const Encoder& e) {
  const __m512 quotient = _mm512_div_ps(x, scale);
  const __m512 y = _mm512_min_ps(_mm512_abs_ps(quotient), e.most);
  const __m512i exponent = _mm512_and_si512(_mm512_castps_si512(_mm512_max_ps(y, e.least_normal)),
                                            _mm512_set1_epi32(infinity_bits));
  const __m512 magic = _mm512_castsi512_ps(_mm512_add_epi32(exponent, e.place));
  const __m512 nearest = _mm512_sub_ps(_mm512_add_ps(y, magic), magic);
  const __mmask16 subnormal = _mm512_cmp_ps_mask(nearest, e.least_normal, _CMP_LT_OQ);
  const __m512 hidden = _mm512_mask_add_ps(nearest, subnormal, nearest, e.least_normal);
  const __m512i upper = _mm512_srl_epi32(_mm512_castps_si512(hidden), e.fraction_shift);
  const __m512i normal = _mm512_sub_epi32(upper, e.origin);
  const __m512i code = _mm512_mask_sub_epi32(normal, subnormal, normal, e.binade);
  const __m512i sign = _mm512_srl_epi32(_mm512_castps_si512(quotient), e.sign_shift);
  constexpr int or_of_and = 0xF8;  // a | (b & c)
  return _mm512_ternarylogic_epi32(code, sign, e.sign, or_of_and);
}

MANTISSA_AVX512 bool find_largest(const float* x, std::int64_t n, std::int64_t v, bool is_signed,
                                  float* largest) {
  const __m512i magnitude = _mm512_set1_epi32(0x7FFFFFFF);
  const __m512i kept = is_signed ? magnitude : _mm512_set1_epi32(-1);
  __m512i all = _mm512_setzero_si512();
  for (std::int64_t begin = 0; begin < n; begin += v) {
    const std::int64_t end = std::min(begin + v, n);
    __m512i most = _mm512_setzero_si512();
    for (std::int64_t i = begin; i < end; i += lanes) {
      const __m512i bits = _mm512_castps_si512(load(x + i, end - i));
      most = _mm512_max_epi32(most, _mm512_and_si512(bits, kept));
      all = _mm512_max_epi32(all, _mm512_and_si512(bits, magnitude));
    }
    largest[begin / v] = float_from_bits(static_cast<std::uint32_t>(_mm512_reduce_max_epi32(most)));
  }
  return _mm512_reduce_max_epi32(all) < infinity_bits;
}

MANTISSA_AVX512 void divide(const float* x, std::int64_t n, std::int64_t v, const float* scales,
                            int low, int high, std::int8_t* out) {
  const __m512 least = _mm512_set1_ps(static_cast<float>(low));
  const __m512 most = _mm512_set1_ps(static_cast<float>(high));
  for (std::int64_t begin = 0; begin < n; begin += v) {
    const std::int64_t end = std::min(begin + v, n);
    const float scale = scales[begin / v];
    if (scale == 0) {
      std::fill(out + begin, out + end, std::int8_t{0});
      continue;
    }
    const __m512 divisor = _mm512_set1_ps(scale);
    for (std::int64_t i = begin; i < end; i += lanes) {
      prefetch_next_line(x + i, n);
      const __m512 quotient = _mm512_div_ps(load(x + i, end - i), divisor);
      const __m512 clipped = _mm512_min_ps(_mm512_max_ps(quotient, least), most);
      store_bytes(out + i, end - i, _mm512_cvtps_epi32(clipped));
    }
  }
}

MANTISSA_AVX512 void encode(const float* x, std::int64_t n, std::int64_t v, const float* scales,
                            const MinifloatFormat& format, std::uint8_t* out) {
  const Encoder e = encoder(format);
  for (std::int64_t begin = 0; begin < n; begin += v) {
    const std::int64_t end = std::min(begin + v, n);
    const float scale = scales[begin / v];
    if (scale == 0) {
      std::fill(out + begin, out + end, std::uint8_t{0});
      continue;
    }
    const __m512 divisor = _mm512_set1_ps(scale);
    for (std::int64_t i = begin; i < end; i += lanes) {
      prefetch_next_line(x + i, n);
      store_bytes(out + i, end - i, encoded(load(x + i, end - i), divisor, e));
    }
  }
}

}  // namespace

const LineKernels avx512_line_kernels = {find_largest, divide, encode};

}  // namespace mantissa::numerics

#endif
