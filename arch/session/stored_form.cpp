// SPDX-License-Identifier: Apache-2.0
#include "arch/session/stored_form.h"

#include <algorithm>

#include "arch/session/packed_elements.h"
#include "base/numerics/layout.h"

namespace mantissa::arch {
namespace {

using trace::NumberFormat;
using trace::TensorId;

// Contents with an element in so many bytes: a code in each, below a byte.
std::size_t bytes_of(NumberFormat f) { return std::max(1u, trace::bits(f) / 8); }

using Permutation = decltype(&numerics::nchw_to_nhwc);

std::vector<std::byte> permuted(const Plan& plan, TensorId id, std::vector<std::byte> elements,
                                Permutation permute) {
  if (!plan.places[id].channels_last) return elements;
  const auto& shape = plan.tensor(id).shape;
  std::vector<std::byte> out(elements.size());
  permute(elements.data(), shape[0], shape[1], shape[2], shape[3], bytes_of(plan.format(id)),
          out.data());
  return out;
}

}  // namespace

std::vector<std::byte> stored_form(const Plan& plan, TensorId id,
                                   const std::vector<std::byte>& logical) {
  const NumberFormat format = plan.format(id);
  if (!below_a_byte(format)) return permuted(plan, id, logical, numerics::nchw_to_nhwc);
  const auto elements = static_cast<std::uint64_t>(plan.tensor(id).elements());
  auto stored = packed(
      format,
      permuted(plan, id, unpacked(format, logical.data(), 0, 1, elements), numerics::nchw_to_nhwc),
      static_cast<std::uint64_t>(plan.stored_row(id)));
  stored.resize(std::max<std::uint64_t>(stored.size(), plan.places[id].bytes));
  return stored;
}

std::vector<std::byte> logical_form(const Plan& plan, TensorId id,
                                    const std::vector<std::byte>& stored) {
  const NumberFormat format = plan.format(id);
  if (!below_a_byte(format)) return permuted(plan, id, stored, numerics::nhwc_to_nchw);
  const std::int64_t row = plan.stored_row(id);
  const auto length = static_cast<std::uint64_t>(row),
             elements = static_cast<std::uint64_t>(plan.tensor(id).elements());
  const auto codes = permuted(plan, id,
                              unpacked(format, stored.data(), trace::storage_bytes(format, row),
                                       row == 0 ? 0 : elements / length, length),
                              numerics::nhwc_to_nchw);
  return packed(format, codes, codes.size());
}

}  // namespace mantissa::arch
