// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/inner_product/timing.h"

#include <algorithm>

#include "base/numerics/inner_product/alignment.h"
#include "base/numerics/kernel_set.h"
#include "base/numerics/minifloat.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define MANTISSA_AVX2 __attribute__((target("avx2")))
#endif

namespace mantissa::numerics::inner_product {
namespace {

constexpr int no_lane = -4096;  // sums of exponents below this are of invalid lanes
constexpr int wide = 16;        // columns that are worked on together

std::int16_t exponent_of(const IpuParameters& p, Format format, std::uint32_t code) {
  const Operand x = decode(format, code);
  const bool valid = x.special == Special::none && (x.significand != 0 || !p.mask_zeros);
  return valid ? static_cast<std::int16_t>(x.exponent) : no_exponent;
}

// Of `count` codes of fp16 or bf16 side by side.
void exponents_of(const IpuParameters& p, const MinifloatFormat& f, const std::uint16_t* codes,
                  std::int64_t count, std::int16_t* to) {
  const int top = (1 << f.exponent_bits) - 1, fraction_bits = f.fraction_bits, bias = f.bias;
  const std::uint16_t zero = p.mask_zeros ? 0 : 0x8000;  // no code without sign is 0x8000
  for (std::int64_t x = 0; x < count; ++x) {
    const auto magnitude = static_cast<std::uint16_t>(codes[x] & 0x7FFF);
    const int field = magnitude >> fraction_bits;
    const int exponent = std::max(field, 1) - bias;
    to[x] = static_cast<std::int16_t>(magnitude == zero || field == top ? no_exponent : exponent);
  }
}

// Cycles per iteration by the farthest kept alignment.
std::vector<std::uint16_t> by_farthest(const IpuParameters& p) {
  std::vector<std::uint16_t> out;
  for (int farthest = 0; farthest <= p.software_precision; ++farthest)
    out.push_back(static_cast<std::uint16_t>(partition_of(p, farthest) + 1));
  return out;
}

// One operation; a's exponents are `stride` apart, b's `columns`.
std::uint16_t partitions_of(const IpuParameters& p, const std::int16_t* a, std::int64_t stride,
                            const std::int16_t* b, std::int64_t columns) {
  int greatest = no_lane, farthest = 0;
  for (int k = 0; k < p.lanes; ++k) greatest = std::max(greatest, a[k * stride] + b[k * columns]);
  if (greatest == no_lane) return 0;
  std::vector<bool> served;
  for (int k = 0; k < p.lanes; ++k) {
    const int alignment = greatest - a[k * stride] - b[k * columns];
    if (alignment > p.software_precision) continue;
    const int q = partition_of(p, alignment);
    farthest = std::max(farthest, q);
    if (!p.skip_empty_partitions) continue;
    served.resize(std::max<std::size_t>(served.size(), static_cast<std::size_t>(q) + 1));
    served[static_cast<std::size_t>(q)] = true;
  }
  return static_cast<std::uint16_t>(
      p.skip_empty_partitions ? std::count(served.begin(), served.end(), true) : farthest + 1);
}

#if defined(__x86_64__)
// The farthest kept alignments of 16 columns, -1 where no lane is valid.
MANTISSA_AVX2 void farthest_of(const IpuParameters& p, const std::int16_t* a, std::int64_t stride,
                               const std::int16_t* b, std::int64_t columns, std::int16_t* to) {
  const auto sum = [=](int k) MANTISSA_AVX2 {
    const __m256i right = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b + k * columns));
    return _mm256_add_epi16(_mm256_set1_epi16(a[k * stride]), right);
  };
  const __m256i none = _mm256_set1_epi16(no_lane);
  const __m256i precision = _mm256_set1_epi16(static_cast<std::int16_t>(p.software_precision));
  __m256i greatest = none, farthest = _mm256_setzero_si256();
  for (int k = 0; k < p.lanes; ++k) greatest = _mm256_max_epi16(greatest, sum(k));
  for (int k = 0; k < p.lanes; ++k) {
    const __m256i alignment = _mm256_sub_epi16(greatest, sum(k));
    const __m256i dropped = _mm256_cmpgt_epi16(alignment, precision);
    farthest = _mm256_max_epi16(farthest, _mm256_andnot_si256(dropped, alignment));
  }
  farthest = _mm256_or_si256(farthest, _mm256_cmpeq_epi16(greatest, none));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), farthest);
}
#endif

}  // namespace

PackedExponents::PackedExponents(const IpuParameters& p, Format format, const CodeMatrix& codes)
    : rows_(codes.rows),
      padded_((codes.rows + wide - 1) / wide * wide),
      lanes_(p.lanes),
      blocks_((codes.k + p.lanes - 1) / p.lanes),
      values_(static_cast<std::size_t>(blocks_ * lanes_ * padded_), no_exponent) {
  const bool halves = codes.code_bytes == 2 && (format == Format::fp16 || format == Format::bf16);
  const auto& fields = minifloat_format(format == Format::bf16 ? trace::NumberFormat::bf16
                                                               : trace::NumberFormat::fp16);
  const auto* data = static_cast<const std::uint16_t*>(codes.data);
  std::vector<std::int16_t> row(static_cast<std::size_t>(codes.k));
  // Along whichever dimension the codes lie side by side.
  if (halves && codes.row_stride == 1) {
    for (std::int64_t x = 0; x < codes.k; ++x)
      exponents_of(p, fields, data + x * codes.step, rows_, values_.data() + x * padded_);
  } else {
    for (std::int64_t r = 0; r < rows_; ++r) {
      if (halves && codes.step == 1)
        exponents_of(p, fields, data + r * codes.row_stride, codes.k, row.data());
      else
        for (std::int64_t x = 0; x < codes.k; ++x)
          row[static_cast<std::size_t>(x)] = exponent_of(p, format, codes.code(r, x));
      for (std::int64_t x = 0; x < codes.k; ++x)
        values_[static_cast<std::size_t>(x * padded_ + r)] = row[static_cast<std::size_t>(x)];
    }
  }
  // The last operation's unused lanes hold zeros.
  const std::int16_t unused = exponent_of(p, format, 0);
  std::fill(values_.begin() + codes.k * padded_, values_.end(), unused);
}

void partitions_of_row(const IpuParameters& p, const PackedExponents& a, std::int64_t row,
                       const PackedExponents& b, std::uint16_t* to) {
  const auto table = by_farthest(p);
  const bool vectorised = kernel_set() >= KernelSet::avx2 && !p.skip_empty_partitions;
  const std::int64_t columns = b.columns();
  for (std::int64_t block = 0; block < b.blocks(); ++block, to += columns) {
    const std::int16_t* x = a.lane(block, 0) + row;
    const std::int16_t* y = b.lane(block, 0);
    for (std::int64_t j = 0; j < columns; j += wide) {
#if defined(__x86_64__)
      if (vectorised) {
        std::int16_t farthest[wide];
        farthest_of(p, x, a.columns(), y + j, columns, farthest);
        for (int c = 0; c < wide; ++c)
          to[j + c] = farthest[c] < 0 ? 0 : table[static_cast<std::size_t>(farthest[c])];
        continue;
      }
#endif
      for (std::int64_t c = j; c < j + wide; ++c)
        to[c] = partitions_of(p, x, a.columns(), y + c, columns);
    }
  }
}

std::uint64_t gemm_cycles(const IpuParameters& p, FormatPair pair, const CodeMatrix& a,
                          const CodeMatrix& b) {
  const PackedExponents x(p, pair.a, a), y(p, pair.b, b);
  std::vector<std::uint16_t> row(static_cast<std::size_t>(y.blocks() * y.columns()));
  std::uint64_t partitions = 0, empty = 0;
  for (std::int64_t i = 0; i < x.rows(); ++i) {
    partitions_of_row(p, x, i, y, row.data());
    for (std::int64_t block = 0; block < y.blocks(); ++block) {
      const std::uint16_t* of = row.data() + block * y.columns();
      for (std::int64_t j = 0; j < y.rows(); ++j) {
        partitions += of[j];
        empty += of[j] == 0 ? 1 : 0;
      }
    }
  }
  return partitions * static_cast<std::uint64_t>(p.iterations(pair)) + empty;
}

}  // namespace mantissa::numerics::inner_product
