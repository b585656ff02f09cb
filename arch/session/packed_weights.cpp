// SPDX-License-Identifier: Apache-2.0
#include "arch/session/packed_weights.h"

#include <cstring>

#include "base/numerics/layout.h"

namespace mantissa::arch {

PackedWeights::PackedWeights(const MatrixProblem& problem, const Tiling& tiling,
                             std::vector<std::byte> tensor)
    : problem_(problem), n_(tiling.n), k_(tiling.k), tensor_(std::move(tensor)) {
  if (problem.convolution) {
    const auto& kernel = problem.conv.window.kernel;
    taps_ = static_cast<std::uint64_t>(kernel[0] * kernel[1]);
  }
  depth_ = problem.k / taps_;
  const unsigned bits = trace::bits(problem.b_format);
  if (bits >= 8) return;
  // A byte per element until a tile is packed.
  const std::vector<std::byte> packed = std::move(tensor_);
  tensor_.assign(packed.size() * 8 / bits, {});
  numerics::unpack_rows(bits, packed.data(), 0, 1, static_cast<std::int64_t>(tensor_.size()),
                        tensor_.data());
}

std::uint64_t PackedWeights::source(std::uint64_t tap, std::uint64_t depth, std::uint64_t n) const {
  if (problem_.convolution) return (n * depth_ + depth) * taps_ + tap;  // O, I, KH, KW
  return problem_.b_transposed ? n * problem_.k + depth : depth * problem_.n + n;
}

PackedWeights::Piece PackedWeights::tile(std::uint64_t matrix, const Span& n, const Span& k,
                                         std::uint64_t begin) const {
  const std::uint64_t e = problem_.b_width();
  const std::byte* from = tensor_.data() + matrix * problem_.k * problem_.n * e;
  Piece piece{begin, std::vector<std::byte>(taps_ * k.size * n.size * e)};
  for (std::uint64_t column = 0; column < n.size; ++column)
    for (std::uint64_t i = 0; i < k.size; ++i)
      for (std::uint64_t tap = 0; tap < taps_; ++tap)
        std::memcpy(piece.bytes.data() + ((tap * k.size + i) * n.size + column) * e,
                    from + source(tap, k.first + i, n.first + column) * e, e);
  const unsigned bits = trace::bits(problem_.b_format);
  if (bits >= 8) return piece;
  const std::uint64_t rows = taps_ * k.size, stride = problem_.b_bytes(n.size);
  Piece packed{begin, std::vector<std::byte>(rows * stride)};
  numerics::pack_rows(bits, piece.bytes.data(), static_cast<std::int64_t>(rows),
                      static_cast<std::int64_t>(n.size), packed.bytes.data(),
                      static_cast<std::int64_t>(stride));
  return packed;
}

PackedWeights::Piece PackedWeights::group_piece(std::uint64_t group) const {
  const std::uint64_t begin = problem_.b_bytes(group * problem_.k * problem_.n);
  return tile(group, {0, problem_.n}, {0, depth_}, begin);
}

PackedWeights::Piece PackedWeights::piece_at(std::uint64_t offset) const {
  const std::uint64_t matrix_bytes = problem_.k * problem_.b_bytes(problem_.n);
  const std::uint64_t matrix = offset / matrix_bytes;
  // Groups of a convolution lie one behind the other, each whole.
  if (problem_.groups > 1) return group_piece(matrix);
  std::uint64_t begin = matrix * matrix_bytes;
  for (const Span& n : n_)
    for (const Span& k : k_) {
      const std::uint64_t bytes = taps_ * k.size * problem_.b_bytes(n.size);
      if (offset < begin + bytes) return tile(matrix, n, k, begin);
      begin += bytes;
    }
  MANTISSA_CHECK(false, "an offset beyond the packed weights");
  return {};
}

}  // namespace mantissa::arch
