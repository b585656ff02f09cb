// SPDX-License-Identifier: Apache-2.0
// Which samples make which batch of a training: every epoch visits all samples once, in an order
// that depends on the seed and the epoch alone.
//
// A position is an epoch and how many of its samples are gone; a training that is resumed there
// goes on with the same batches. Batches end with their epoch, so the last may be smaller. Their
// sizes may change from batch to batch.
//
//   Batches batches(digits.train, seed);
//   for (auto at = batches.position(); at.epoch < epochs; at = batches.position()) {
//     step(batches.next(64));                  // numbers of samples
//     save(batches.position());                // ... and later: batches.seek(saved)
//   }
#pragma once

#include <cstdint>
#include <vector>

namespace mantissa::data {

class Batches {
 public:
  struct Position {
    std::int64_t epoch = 0;
    std::int64_t sample = 0;  // of the epoch's order
    friend bool operator==(const Position& a, const Position& b) {
      return a.epoch == b.epoch && a.sample == b.sample;
    }
  };

  // At least one sample. Without `shuffle` every epoch is in the order given.
  Batches(std::vector<std::int64_t> samples, std::uint64_t seed, bool shuffle = true);

  // The epoch that the next batch belongs to, for what else is drawn by epoch (augment.h).
  const Position& position() const { return position_; }
  void seek(const Position& position);
  // At most `size` samples, at least one.
  std::vector<std::int64_t> next(std::int64_t size);
  // How many batches of `size` an epoch has.
  std::int64_t per_epoch(std::int64_t size) const;

 private:
  void order_epoch();

  std::vector<std::int64_t> samples_, order_;
  std::uint64_t seed_;
  bool shuffle_;
  Position position_;
};

}  // namespace mantissa::data
