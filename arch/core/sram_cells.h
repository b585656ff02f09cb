// SPDX-License-Identifier: Apache-2.0
// The cells of one SRAM that do not keep what they are given: the memory's bytes are what was
// written, and this says what a read makes of them.
//
// A word is 64 data bits and its check bits. On a read, in this order:
//   1. upsets and scrubs up to now happen: an upset stays in `lost` until its bit is written again;
//   2. of the word's failing cells, each misreads with its probability (fault_map.h), drawn from
//   the
//      number of the access, so that nothing depends on threads;
//   3. the decoder of the ECC sees stored ^ lost ^ misread, and its verdict is counted.
// A write puts back to rights the bits it covers, except that a failing cell keeps what it held
// with probability write_error; it rewrites the check bits of the words it touches.
//
// Rows of a region whose words have neither failing cells nor losses are not copied at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "arch/chip/sram_config.h"
#include "arch/session/fault_counts.h"
#include "arch/units/sram_twin.h"
#include "base/faults/upset.h"
#include "base/units.h"

namespace mantissa::arch {

class SramCells {
 public:
  // `key` is the memory's own, derived from the chip's seed. `scrub` in cycles; 0: never.
  SramCells(const SramConfig& config, Bytes capacity, std::uint64_t key, Cycles scrub);

  // Draws the failing cells: before the first access, once per chip. A run of shapes needs none.
  void draw();
  // Back to the state before the first access.
  void reset();
  bool has_events() const { return events_; }  // whether `now` matters
  // Upsets and scrubs up to now, on the memory's `bytes`.
  void advance(Cycles now, const std::byte* bytes);

  // `size` bytes as the ports deliver them, from `address` of the memory's `bytes`, to `out`, which
  // already holds them as they were written. Nothing to do where all is well. The words of which
  // bits came out wrong are appended to `errors`, in order.
  bool sound(std::uint64_t address, std::uint64_t size) const;
  void read(const std::byte* bytes, std::uint64_t address, std::uint64_t size, std::byte* out,
            std::vector<WordErrors>* errors = nullptr);
  void write(std::byte* bytes, std::uint64_t address, std::uint64_t size, const std::byte* from);

  const FaultCounts& counts() const { return counts_; }
  // What `read_bytes` of reads meet on average: shape mode, where there are no bits to go wrong.
  FaultCounts expected(std::uint64_t read_bytes) const;
  std::uint64_t words() const { return words_; }

 private:
  struct Failing {  // a failing cell, by the word and bit that it stores
    std::uint64_t word;
    float zero_to_one, one_to_zero;  // probability of a misread
    std::uint8_t bit;
  };
  struct Flips {
    std::uint64_t data = 0;
    std::uint8_t check = 0;
    bool any() const { return data != 0 || check != 0; }
  };

  std::vector<Failing>::const_iterator failing_from(std::uint64_t word) const;
  std::uint64_t word_at(const std::byte* bytes, std::uint64_t word) const;
  std::uint8_t check_of(std::uint64_t data) const;
  Flips misread(std::uint64_t word, std::uint64_t data, const Flips& lost);
  WordErrors read_word(const std::byte* bytes, std::uint64_t word);
  void upset(const std::vector<std::uint64_t>& cells, faults::UpsetKind kind,
             const std::byte* bytes);
  void scrub(const std::byte* bytes);

  SramConfig config_;
  faults::FaultConfig faults_;
  faults::CellLayout layout_;
  std::uint64_t capacity_, words_, key_;
  Cycles scrub_interval_;
  double rate_ = 0;               // of failing cells, once drawn
  std::vector<Failing> failing_;  // by word and bit
  std::vector<faults::Upset> trace_;
  bool events_ = false, drawn_ = false;

  std::map<std::uint64_t, Flips> lost_;  // by word
  std::optional<faults::UpsetProcess> particles_;
  std::size_t replayed_ = 0;
  std::uint64_t access_ = 0;
  Cycles next_scrub_{};
  FaultCounts counts_;
};

}  // namespace mantissa::arch
