// SPDX-License-Identifier: Apache-2.0
#include "arch/session/stored_form.h"

#include <algorithm>

#include "arch/session/packed_elements.h"
#include "base/numerics/layout.h"

namespace mantissa::arch {
namespace {

using trace::NumberFormat;
using trace::TensorId;

std::size_t bytes_of(NumberFormat f) { return std::max(1u, trace::bits(f) / 8); }

std::vector<std::byte> stored_rows(const Plan& plan, TensorId id,
                                   const std::vector<std::byte>& logical) {
  const auto& tensor = plan.tensor(id);
  const auto elements = static_cast<std::uint64_t>(tensor.elements());
  auto codes = unpacked(plan.format(id), logical.data(), 0, 1, elements);
  if (plan.places[id].channels_last) {
    const auto& shape = tensor.shape;
    const std::vector<std::byte> plain = codes;
    numerics::nchw_to_nhwc(plain.data(), shape[0], shape[1], shape[2], shape[3], 1, codes.data());
  }
  auto stored = packed(plan.format(id), codes, static_cast<std::uint64_t>(plan.stored_row(id)));
  stored.resize(std::max<std::uint64_t>(stored.size(), plan.places[id].bytes));
  return stored;
}

std::vector<std::byte> logical_rows(const Plan& plan, TensorId id,
                                    const std::vector<std::byte>& stored) {
  const auto& shape = plan.tensor(id).shape;
  const NumberFormat format = plan.format(id);
  const std::int64_t row = plan.stored_row(id);
  const auto elements = static_cast<std::uint64_t>(plan.tensor(id).elements());
  const auto length = static_cast<std::uint64_t>(row);
  auto codes = unpacked(format, stored.data(), trace::storage_bytes(format, row),
                        row == 0 ? 0 : elements / length, length);
  if (plan.places[id].channels_last) {
    const std::vector<std::byte> last = codes;
    numerics::nhwc_to_nchw(last.data(), shape[0], shape[1], shape[2], shape[3], 1, codes.data());
  }
  return packed(format, codes, codes.size());
}

}  // namespace

std::vector<std::byte> stored_form(const Plan& plan, TensorId id,
                                   const std::vector<std::byte>& logical) {
  const auto& shape = plan.tensor(id).shape;
  if (is_packed(plan.format(id))) return stored_rows(plan, id, logical);
  if (!plan.places[id].channels_last) return logical;
  std::vector<std::byte> stored(logical.size());
  numerics::nchw_to_nhwc(logical.data(), shape[0], shape[1], shape[2], shape[3],
                         bytes_of(plan.format(id)), stored.data());
  return stored;
}

std::vector<std::byte> logical_form(const Plan& plan, TensorId id,
                                    const std::vector<std::byte>& stored) {
  const auto& shape = plan.tensor(id).shape;
  if (is_packed(plan.format(id))) return logical_rows(plan, id, stored);
  if (!plan.places[id].channels_last) return stored;
  std::vector<std::byte> logical(stored.size());
  numerics::nhwc_to_nchw(stored.data(), shape[0], shape[1], shape[2], shape[3],
                         bytes_of(plan.format(id)), logical.data());
  return logical;
}

}  // namespace mantissa::arch
