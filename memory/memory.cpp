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
    std::byte* here = store_.at(payload.get_address() + row * pattern->stride, pattern->row_bytes);
    if (payload.is_read())
      std::memcpy(data, here, pattern->row_bytes);
    else
      std::memcpy(here, data, pattern->row_bytes);
    data += pattern->row_bytes;
  }
}

}  // namespace mantissa::memory
