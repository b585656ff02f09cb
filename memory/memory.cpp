// SPDX-License-Identifier: Apache-2.0
#include "memory/memory.h"

#include <cstring>

namespace mantissa::memory {

void Memory::move_bytes(tlm::tlm_generic_payload& payload) {
  unsigned char* data = payload.get_data_ptr();
  if (data == nullptr) return;
  Pattern contiguous;
  contiguous.row_bytes = contiguous.stride = payload.get_data_length();
  const Pattern* pattern = payload.get_extension<Pattern>();
  if (pattern == nullptr) pattern = &contiguous;
  for (std::uint64_t row = 0; row < pattern->rows; ++row) {
    const std::uint64_t address = payload.get_address() + row * pattern->stride;
    auto* const bytes = reinterpret_cast<std::byte*>(data);
    if (payload.is_read())
      store_.read(address, pattern->row_bytes, bytes);
    else
      std::memcpy(store_.at(address, pattern->row_bytes), bytes, pattern->row_bytes);
    data += pattern->row_bytes;
  }
}

}  // namespace mantissa::memory
