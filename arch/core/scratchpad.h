// SPDX-License-Identifier: Apache-2.0
// The core's local storage: the scratchpad and, behind its end, the weight buffer. Counts every
// byte that crosses its ports; in data mode it holds them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>

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

  // Zeroed pages come from the system when they are first touched: a large scratchpad costs what of
  // it is used.
  void hold_bytes(bool on) {
    bytes_.reset(on ? static_cast<std::byte*>(std::calloc(capacity_ + weight_buffer_, 1))
                    : nullptr);
    MANTISSA_CHECK(!on || bytes_ != nullptr, "no memory for the scratchpad's bytes");
  }
  bool holds_bytes() const { return bytes_ != nullptr; }
  std::byte* at(std::uint64_t address, std::uint64_t size) {
    MANTISSA_CHECK(bytes_ != nullptr && address + size <= capacity_ + weight_buffer_,
                   "local access beyond the scratchpad");
    return bytes_.get() + address;
  }

  void count_read(std::uint64_t address, std::uint64_t bytes) { part(address).read += bytes; }
  void count_write(std::uint64_t address, std::uint64_t bytes) { part(address).write += bytes; }
  const Traffic& traffic() const { return main_; }
  const Traffic& weight_traffic() const { return weights_; }
  void reset() {
    main_ = weights_ = {};
    bytes_.reset();
  }

 private:
  Traffic& part(std::uint64_t address) { return address < capacity_ ? main_ : weights_; }

  std::uint64_t capacity_, weight_buffer_;
  Traffic main_, weights_;
  struct Free {
    void operator()(std::byte* p) const { std::free(p); }
  };
  std::unique_ptr<std::byte[], Free> bytes_;
};

}  // namespace mantissa::arch
