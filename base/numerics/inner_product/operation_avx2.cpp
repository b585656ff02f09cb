// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "base/numerics/inner_product/operation.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define MANTISSA_AVX2 __attribute__((target("avx2")))
#endif

namespace mantissa::numerics::inner_product {
namespace {

constexpr int least_distance = -80, greatest_distance = 64;  // beyond, only the sign is left
constexpr std::int64_t bias = std::int64_t{1} << 62;

}  // namespace

void Operation::make_shifts() {
  // Of one digit product alone, and of those that are combined (`Form` below).
  const auto weight = [this](int d) { return 4 * (d / digits_b_ + d % digits_b_); };
  const auto combined = [this](int d) { return digits_a_ == 3 ? 4 * ((d + 1) / 2) : 0; };
  const auto entry = [](Shifts& s, int d, int left) {
    s.right[d] = std::clamp(-left, 0, 62);
    s.left[d] = std::max(left, 0);
    s.floor[d] = bias >> s.right[d];
  };
  for (int distance = least_distance; distance <= greatest_distance; ++distance) {
    Shifts one{}, many{};
    for (int d = 0; d < padded_products; ++d) entry(one, d, distance + weight(d));
    for (int d = 0; d < 4; ++d) entry(many, d, distance + combined(d));
    single_.push_back(one);
    combined_.push_back(many);
  }
}

const Operation::Shifts& Operation::shifts(bool combined, int distance) const {
  const auto at = static_cast<std::size_t>(std::max(distance, least_distance) - least_distance);
  return combined ? combined_[at] : single_[at];
}

#if defined(__x86_64__)
namespace {

MANTISSA_AVX2 inline int greatest_of(__m256i x) {
  const __m128i both = _mm_max_epi16(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1));
  const __m128i flipped = _mm_xor_si128(both, _mm_set1_epi16(0x7FFF));  // unsigned, order reversed
  return static_cast<std::int16_t>(_mm_extract_epi16(_mm_minpos_epu16(flipped), 0) ^ 0x7FFF);
}

// The sums of four vectors of eight, as four 64-bit integers.
MANTISSA_AVX2 inline __m256i sums_of(__m256i a, __m256i b, __m256i c, __m256i d) {
  const __m256i halves = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
  return _mm256_cvtepi32_epi64(
      _mm_add_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1)));
}

MANTISSA_AVX2 inline __m256i load(const std::int16_t* from) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}

MANTISSA_AVX2 inline __m256i load(const std::int64_t* from) {
  return _mm256_load_si256(reinterpret_cast<const __m256i*>(from));
}

MANTISSA_AVX2 inline void add(__m256i& sum, __m256i x, __m256i y) {
  sum = _mm256_add_epi32(sum, _mm256_madd_epi16(x, y));
}

constexpr auto powers_up_to_size = [] {
  std::array<std::array<std::uint8_t, 16>, Operation::group + 1> tables{};
  for (std::size_t size = 0; size < tables.size(); ++size)
    for (std::size_t x = 0; x < size; ++x) tables[size][x] = static_cast<std::uint8_t>(128 >> x);
  return tables;
}();

// 2^(7 - x) in the lanes whose alignment is base + x, x = 0 .. size - 1; 0 in all others.
MANTISSA_AVX2 inline __m256i factors(__m256i alignment, int base, int size) {
  const auto* powers = powers_up_to_size[static_cast<std::size_t>(size)].data();
  const __m256i table =
      _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(powers)));
  const __m256i x = _mm256_sub_epi16(alignment, _mm256_set1_epi16(static_cast<std::int16_t>(base)));
  // Below the base is far above as an unsigned number. The upper byte of a lane becomes zero.
  const __m256i index = _mm256_or_si256(_mm256_min_epu16(x, _mm256_set1_epi16(15)),
                                        _mm256_set1_epi16(static_cast<std::int16_t>(0x8000)));
  return _mm256_shuffle_epi8(table, index);
}

// The digit products of one group, summed over lanes in four-element vectors.
//
//   single    every digit product alone: a[i] * b[j] at Digits * i + j
//   combined  those that no shift rounds are one sum, in units of the least of them:
//     3 digits  a0*b0, a0*b1, a1*b0 alone, and a0*b2 + a1*(b1 + 16 b2) + a2*(b0 + 16 b1 + 256 b2)
//     2 digits  (a0 + 16 a1) * (b0 + 16 b1)
template <int Digits, int Vectors, bool Combined>
struct Form {
  static constexpr int products = Combined ? (Digits == 3 ? 4 : 1) : Digits * Digits;
  static constexpr int quads = (products + 3) / 4;

  // Adds up one partition, alignments first .. end - 1; true if it has a lane.
  MANTISSA_AVX2 static bool partition(const std::int16_t* a, const std::int16_t* b,
                                      const __m256i* alignment, int first, int end,
                                      __m256i* total) {
    bool any = false;
    for (int t = 0; t < quads; ++t) total[t] = _mm256_setzero_si256();
    for (int base = first; base < end; base += Operation::group) {
      __m256i sums[4 * quads];
      for (__m256i& s : sums) s = _mm256_setzero_si256();
      for (int v = 0; v < Vectors; ++v) {
        const __m256i factor = factors(alignment[v], base, std::min(end - base, Operation::group));
        if (_mm256_testz_si256(factor, factor)) continue;
        any = true;
        multiply(a + 16 * (Vectors + v), b + 16 * (Vectors + v), factor, sums);
      }
      for (int t = 0; t < quads; ++t)
        total[t] = _mm256_add_epi64(
            _mm256_slli_epi64(total[t], Operation::group),
            sums_of(sums[4 * t], sums[4 * t + 1], sums[4 * t + 2], sums[4 * t + 3]));
    }
    return any;
  }

  // Digits i of the vector's lanes are at x + 16 * Vectors * i.
  MANTISSA_AVX2 static inline void multiply(const std::int16_t* a, const std::int16_t* b,
                                            __m256i factor, __m256i* sums) {
    constexpr int stride = 16 * Vectors;
    __m256i x[Digits], y[Digits];
    for (int i = 0; i < Digits; ++i) {
      x[i] = load(a + i * stride);
      y[i] = load(b + i * stride);
    }
    if constexpr (Combined && Digits == 2) {
      const __m256i left = _mm256_add_epi16(x[0], _mm256_slli_epi16(x[1], 4));
      const __m256i right = _mm256_add_epi16(y[0], _mm256_slli_epi16(y[1], 4));
      add(sums[0], _mm256_mullo_epi16(left, factor), right);
      return;
    }
    for (__m256i& digit : x) digit = _mm256_mullo_epi16(digit, factor);
    if constexpr (Combined && Digits == 3) {
      const __m256i upper = _mm256_add_epi16(y[1], _mm256_slli_epi16(y[2], 4));
      const __m256i whole = _mm256_add_epi16(y[0], _mm256_slli_epi16(upper, 4));
      add(sums[0], x[0], y[0]);
      add(sums[1], x[0], y[1]);
      add(sums[2], x[1], y[0]);
      add(sums[3], x[0], y[2]);
      add(sums[3], x[1], upper);
      add(sums[3], x[2], whole);
      return;
    }
    for (int i = 0; i < Digits; ++i)
      for (int j = 0; j < Digits; ++j) add(sums[i * Digits + j], x[i], y[j]);
  }
};

// Where the hardware rounds down: floor(x / 2^r) = ((x + bias) >> r) - (bias >> r).
MANTISSA_AVX2 inline __m256i terms(const __m256i* total, int quads, const std::int64_t* right,
                                   const std::int64_t* left, const std::int64_t* floors) {
  __m256i term = _mm256_setzero_si256();
  for (int t = 0; t < quads; ++t) {
    const __m256i biased = _mm256_add_epi64(total[t], _mm256_set1_epi64x(bias));
    const __m256i floor =
        _mm256_sub_epi64(_mm256_srlv_epi64(biased, load(right + 4 * t)), load(floors + 4 * t));
    term = _mm256_add_epi64(term, _mm256_sllv_epi64(floor, load(left + 4 * t)));
  }
  return term;
}

}  // namespace

template <int Digits, int Vectors>
MANTISSA_AVX2 int Operation::avx2(const std::int16_t* a, const std::int16_t* b,
                                  Accumulator& acc) const {
  // 1. The greatest exponent, and the greatest alignment that is kept.
  __m256i alignment[Vectors];
  __m256i most = _mm256_set1_epi16(no_lane);
  for (int v = 0; v < Vectors; ++v) {
    alignment[v] = _mm256_add_epi16(load(a + 16 * v), load(b + 16 * v));
    most = _mm256_max_epi16(most, alignment[v]);
  }
  const int greatest = greatest_of(most);
  if (greatest == no_lane) return 1;
  const __m256i top = _mm256_set1_epi16(static_cast<std::int16_t>(greatest));
  const __m256i precision = _mm256_set1_epi16(static_cast<std::int16_t>(p_.software_precision));
  __m256i far = _mm256_setzero_si256();
  for (__m256i& lanes : alignment) {
    lanes = _mm256_sub_epi16(top, lanes);
    const __m256i dropped = _mm256_cmpgt_epi16(lanes, precision);
    far = _mm256_max_epi16(far, _mm256_andnot_si256(dropped, lanes));
    lanes = _mm256_or_si256(lanes, dropped);
  }
  const int last = partition(greatest_of(far));
  const bool rises = acc.empty || greatest > acc.exponent;
  const int behind = rises ? raise_exponent(acc, greatest) : acc.exponent - greatest;

  // 2. Partition after partition; the digit products of which nothing is lost in one sum.
  const int inclusive = p_.edge == PartitionEdge::inclusive ? 1 : 0;
  __m256i term = _mm256_setzero_si256();
  int served = 0;
  for (int q = 0; q <= last; ++q) {
    const int first = q * sp_ + (q > 0 ? inclusive : 0), end = (q + 1) * sp_ + inclusive;
    const int last_base = first + (end - first - 1) / group * group;
    const int distance = p_.fraction - fractions_ - (group - 1) - last_base - behind;
    const bool combines = distance >= (Digits == 3 ? -8 : 0);
    const Shifts& s = shifts(combines, distance);
    __m256i total[3];
    bool any;
    if (combines) {
      using Sum = Form<Digits, Vectors, true>;
      any = Sum::partition(a, b, alignment, first, end, total);
      term = _mm256_add_epi64(term, terms(total, Sum::quads, s.right, s.left, s.floor));
    } else {
      using Sum = Form<Digits, Vectors, false>;
      any = Sum::partition(a, b, alignment, first, end, total);
      term = _mm256_add_epi64(term, terms(total, Sum::quads, s.right, s.left, s.floor));
    }
    served += any || !p_.skip_empty_partitions ? 1 : 0;
  }
  const __m128i halves =
      _mm_add_epi64(_mm256_castsi256_si128(term), _mm256_extracti128_si256(term, 1));
  acc.sum += _mm_cvtsi128_si64(halves) + _mm_extract_epi64(halves, 1);
  return served * iterations_;
}

template <int Digits>
Operation::Kernel Operation::vectorised(int vectors) {
  if (vectors == 1) return &Operation::avx2<Digits, 1>;
  return vectors == 2 ? &Operation::avx2<Digits, 2> : &Operation::avx2<Digits, 4>;
}
#endif

// Null where the machine has none.
Operation::Kernel Operation::vectorised(int digits, int vectors) {
#if defined(__x86_64__)
  if (digits == 1) return vectorised<1>(vectors);
  return digits == 2 ? vectorised<2>(vectors) : vectorised<3>(vectors);
#else
  static_cast<void>(digits), static_cast<void>(vectors);
  return nullptr;
#endif
}

}  // namespace mantissa::numerics::inner_product
