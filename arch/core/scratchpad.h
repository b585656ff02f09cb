// SPDX-License-Identifier: Apache-2.0
// The core's local storage: the scratchpad and, behind its end, the weight buffer. Counts every
// byte that crosses its ports; in data mode it holds them.
//
// `at` is the bytes as they were written. Units read through `read`, which is the same address
// while all cells keep what they are given, and a copy with their errors where some do not
// (sram_cells.h). One read stands for one pass of an operand through the ports. Either part may
// have a twin in RTL (sram_twin.h), which then sees every access.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <vector>

#include "arch/core/sram_cells.h"
#include "arch/units/sram_twin.h"
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
    if (on && main_cells_) main_cells_->draw();
    if (on && weight_cells_) weight_cells_->draw();
  }
  bool holds_bytes() const { return bytes_ != nullptr; }
  std::byte* at(std::uint64_t address, std::uint64_t size) {
    MANTISSA_CHECK(bytes_ != nullptr && address + size <= capacity_ + weight_buffer_,
                   "local access beyond the scratchpad");
    return bytes_.get() + address;
  }

  // `rows` rows of `row_bytes`, `stride` apart: the first one's address, the others as far apart.
  // `copy` holds them when they cannot be read in place, until the next use.
  const std::byte* read(std::uint64_t address, std::uint64_t rows, std::uint64_t row_bytes,
                        std::uint64_t stride, std::vector<std::byte>& copy) {
    const std::uint64_t size = rows == 0 ? 0 : (rows - 1) * stride + row_bytes;
    std::byte* const here = at(address, size);
    SramCells* cells = cells_at(address);
    SramTwin* const twin = twin_at(address);
    if (cells != nullptr) pass_time(*cells, address);
    const std::uint64_t inside = address - base(address);
    if (cells != nullptr && cells->sound(inside, size)) cells = nullptr;
    if (cells == nullptr && twin == nullptr) return here;
    copy.assign(here, here + size);
    const std::byte* const memory = bytes_.get() + base(address);
    for (std::uint64_t row = 0; row < rows; ++row) {
      std::byte* const out = copy.data() + row * stride;
      errors_.clear();
      if (cells != nullptr) cells->read(memory, inside + row * stride, row_bytes, out, &errors_);
      if (twin != nullptr) twin->read(memory, inside + row * stride, row_bytes, errors_, out);
    }
    return copy.data();
  }
  const std::byte* read(std::uint64_t address, std::uint64_t size, std::vector<std::byte>& copy) {
    return read(address, 1, size, size, copy);
  }
  void write(std::uint64_t address, const std::byte* from, std::uint64_t size) {
    std::byte* const here = at(address, size);
    std::byte* const memory = bytes_.get() + base(address);
    const std::uint64_t inside = address - base(address);
    if (SramCells* const cells = cells_at(address)) {
      pass_time(*cells, address);
      cells->write(memory, inside, size, from);
    } else {
      std::memcpy(here, from, size);
    }
    if (SramTwin* const twin = twin_at(address)) twin->write(memory, inside, size);
  }

  // Gives either part cells that may fail. `now` is asked when they have a history.
  void set_cells(std::unique_ptr<SramCells> scratchpad, std::unique_ptr<SramCells> weight_buffer,
                 std::function<Cycles()> now) {
    main_cells_ = std::move(scratchpad);
    weight_cells_ = std::move(weight_buffer);
    now_ = std::move(now);
  }
  // Gives either part a twin; null: none.
  void set_twins(std::unique_ptr<SramTwin> scratchpad, std::unique_ptr<SramTwin> weight_buffer) {
    main_twin_ = std::move(scratchpad);
    weight_twin_ = std::move(weight_buffer);
  }
  const SramTwin* twin() const { return main_twin_.get(); }
  const SramTwin* weight_twin() const { return weight_twin_.get(); }
  const SramCells* cells() const { return main_cells_.get(); }
  const SramCells* weight_cells() const { return weight_cells_.get(); }

  void count_read(std::uint64_t address, std::uint64_t bytes) { part(address).read += bytes; }
  void count_write(std::uint64_t address, std::uint64_t bytes) { part(address).write += bytes; }
  const Traffic& traffic() const { return main_; }
  const Traffic& weight_traffic() const { return weights_; }
  void reset() {
    main_ = weights_ = {};
    bytes_.reset();
    set_twins(nullptr, nullptr);
    if (main_cells_) main_cells_->reset();
    if (weight_cells_) weight_cells_->reset();
  }

 private:
  Traffic& part(std::uint64_t address) { return address < capacity_ ? main_ : weights_; }
  std::uint64_t base(std::uint64_t address) const { return address < capacity_ ? 0 : capacity_; }
  SramCells* cells_at(std::uint64_t address) {
    return address < capacity_ ? main_cells_.get() : weight_cells_.get();
  }
  SramTwin* twin_at(std::uint64_t address) {
    return address < capacity_ ? main_twin_.get() : weight_twin_.get();
  }
  void pass_time(SramCells& cells, std::uint64_t address) {
    if (cells.has_events()) cells.advance(now_(), bytes_.get() + base(address));
  }

  std::uint64_t capacity_, weight_buffer_;
  Traffic main_, weights_;
  std::unique_ptr<SramCells> main_cells_, weight_cells_;  // none: nothing ever fails
  std::function<Cycles()> now_;
  std::unique_ptr<SramTwin> main_twin_, weight_twin_;
  std::vector<WordErrors> errors_;  // of the row that is read
  struct Free {
    void operator()(std::byte* p) const { std::free(p); }
  };
  std::unique_ptr<std::byte[], Free> bytes_;
};

}  // namespace mantissa::arch
