// SPDX-License-Identifier: Apache-2.0
#include "base/numerics/layout.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"

namespace mantissa::numerics {
namespace {

// to[j][i] = from[i][j], in blocks that stay in the cache.
template <class T>
void transpose_matrix(const T* from, std::int64_t rows, std::int64_t columns, T* to) {
  constexpr std::int64_t block = 32;
  for (std::int64_t i0 = 0; i0 < rows; i0 += block) {
    for (std::int64_t j0 = 0; j0 < columns; j0 += block) {
      const std::int64_t i1 = std::min(i0 + block, rows), j1 = std::min(j0 + block, columns);
      for (std::int64_t j = j0; j < j1; ++j) {
        for (std::int64_t i = i0; i < i1; ++i) to[j * rows + i] = from[i * columns + j];
      }
    }
  }
}

template <class T>
void permute_elements(const T* from, const trace::Shape& shape,
                      const std::vector<std::int64_t>& permutation, T* to) {
  const std::size_t rank = shape.size();
  std::vector<std::int64_t> stride(rank), out_stride(rank), length(rank), place(rank, 0);
  for (std::size_t i = rank, s = 1; i-- > 0; s *= static_cast<std::size_t>(shape[i])) {
    stride[i] = static_cast<std::int64_t>(s);
  }
  for (std::size_t i = 0; i < rank; ++i) {
    out_stride[i] = stride[static_cast<std::size_t>(permutation[i])];
    length[i] = shape[static_cast<std::size_t>(permutation[i])];
  }
  const std::int64_t total = trace::elements(shape);
  std::int64_t source = 0;
  for (std::int64_t n = 0; n < total; ++n) {
    to[n] = from[source];
    for (std::size_t i = rank; i-- > 0;) {  // the next place, as an odometer
      source += out_stride[i];
      if (++place[i] < length[i]) break;
      source -= out_stride[i] * length[i];
      place[i] = 0;
    }
  }
}

template <class Work>
void with_element(std::size_t bytes, Work work) {
  switch (bytes) {
    case 1:
      return work(std::uint8_t{});
    case 2:
      return work(std::uint16_t{});
    case 4:
      return work(std::uint32_t{});
    case 8:
      return work(std::uint64_t{});
    default:
      internal_error(__FILE__, __LINE__, "elements of 1, 2, 4 or 8 bytes only");
  }
}

void transpose_images(const void* from, std::int64_t n, std::int64_t rows, std::int64_t columns,
                      std::size_t element_bytes, void* to) {
  with_element(element_bytes, [&](auto zero) {
    using T = decltype(zero);
    for (std::int64_t i = 0; i < n; ++i) {
      const std::int64_t offset = i * rows * columns;
      transpose_matrix(static_cast<const T*>(from) + offset, rows, columns,
                       static_cast<T*>(to) + offset);
    }
  });
}

}  // namespace

void permute(const void* from, const trace::Shape& shape,
             const std::vector<std::int64_t>& permutation, std::size_t element_bytes, void* to) {
  MANTISSA_CHECK(permutation.size() == shape.size(), "a permutation of every dimension");
  with_element(element_bytes, [&](auto zero) {
    using T = decltype(zero);
    permute_elements(static_cast<const T*>(from), shape, permutation, static_cast<T*>(to));
  });
}

void nchw_to_nhwc(const void* from, std::int64_t n, std::int64_t c, std::int64_t h, std::int64_t w,
                  std::size_t element_bytes, void* to) {
  transpose_images(from, n, c, h * w, element_bytes, to);
}

void nhwc_to_nchw(const void* from, std::int64_t n, std::int64_t c, std::int64_t h, std::int64_t w,
                  std::size_t element_bytes, void* to) {
  transpose_images(from, n, h * w, c, element_bytes, to);
}

void oihw_to_rows(const void* from, std::int64_t o, std::int64_t i, std::int64_t kh,
                  std::int64_t kw, std::size_t element_bytes, void* to) {
  permute(from, {o, i, kh, kw}, {2, 3, 1, 0}, element_bytes, to);
}

void unpack_rows(unsigned bits, const std::byte* packed, std::int64_t stride, std::int64_t rows,
                 std::int64_t row, std::byte* codes) {
  MANTISSA_CHECK(bits < 8, "elements of whole bytes are not packed");
  const unsigned mask = (1u << bits) - 1;
  for (std::int64_t r = 0; r < rows; ++r, packed += stride) {
    const std::byte* next = packed;
    unsigned held = 0, ready = 0;  // bits that were read and not yet given out
    for (std::int64_t i = 0; i < row; ++i, held >>= bits, ready -= bits) {
      if (ready < bits) {
        held |= std::to_integer<unsigned>(*next++) << ready;
        ready += 8;
      }
      *codes++ = static_cast<std::byte>(held & mask);
    }
  }
}

void pack_rows(unsigned bits, const std::byte* codes, std::int64_t rows, std::int64_t row,
               std::byte* packed, std::int64_t stride) {
  MANTISSA_CHECK(bits < 8, "elements of whole bytes are not packed");
  const unsigned mask = (1u << bits) - 1;
  for (std::int64_t r = 0; r < rows; ++r, packed += stride) {
    std::byte* next = packed;
    unsigned held = 0, ready = 0;
    for (std::int64_t i = 0; i < row; ++i) {
      held |= (std::to_integer<unsigned>(*codes++) & mask) << ready;
      ready += bits;
      for (; ready >= 8; ready -= 8, held >>= 8) *next++ = static_cast<std::byte>(held & 0xFF);
    }
    if (ready > 0) *next = static_cast<std::byte>(held);
  }
}

}  // namespace mantissa::numerics
