// SPDX-License-Identifier: Apache-2.0
// The core's local storage: the scratchpad and, behind its end, the weight buffer. Counts every byte
// that crosses its ports; in data mode it holds them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/error.h"
#include "base/units.h"

namespace mantissa::arch {

class Scratchpad {
 public:
  struct Traffic {
    std::uint64_t read = 0, write = 0;
  };

  Scratchpad(Bytes capacity, Bytes weight_buffer)
      : capacity_(capacity.value), weight_buffer_(weight_buffer.value) {}

  std::uint64_t capacity() const { return capacity_; }
  std::uint64_t weight_buffer() const { return weight_buffer_; }

  void hold_bytes(bool on) {
    bytes_.assign(on ? capacity_ + weight_buffer_ : 0, std::byte{0});
    bytes_.shrink_to_fit();
  }
  bool holds_bytes() const { return !bytes_.empty(); }
  std::byte* at(std::uint64_t address, std::uint64_t size) {
    MANTISSA_CHECK(address + size <= bytes_.size(), "local access beyond the scratchpad");
    return bytes_.data() + address;
  }

  void count_read(std::uint64_t address, std::uint64_t bytes) { part(address).read += bytes; }
  void count_write(std::uint64_t address, std::uint64_t bytes) { part(address).write += bytes; }
  const Traffic& traffic() const { return main_; }
  const Traffic& weight_traffic() const { return weights_; }
  void reset() {
    main_ = weights_ = {};
    bytes_.clear();
  }

 private:
  Traffic& part(std::uint64_t address) { return address < capacity_ ? main_ : weights_; }

  std::uint64_t capacity_, weight_buffer_;
  Traffic main_, weights_;
  std::vector<std::byte> bytes_;
};

}  // namespace mantissa::arch
