// SPDX-License-Identifier: Apache-2.0
#include "rtl/systolic/array_player.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"

namespace mantissa::rtl {
namespace {

void set(const Pin& pin, bool value) { *pin.bits = std::byte{value}; }

}  // namespace

void ArrayPlayer::push(const ArrayFold& fold) {
  MANTISSA_CHECK(fold.steps > 0 && fold.rows > 0 && fold.rows <= shape_.rows && fold.columns > 0 &&
                     fold.columns <= shape_.columns,
                 "a fold that is not of this array");
  folds_.emplace_back();
  static_cast<ArrayFold&>(folds_.back()) = fold;
  if (folds_.size() == 1) streaming_ = {fold.tag, 0, 0};
}

void ArrayPlayer::skip_to(std::uint64_t cycle) {
  MANTISSA_CHECK(leaving_.empty() && cycle >= cycle_, "cycles skipped in which sums leave");
  cycle_ = cycle;
}

std::uint64_t ArrayPlayer::next_change() const {
  // While sums are on their way, so is whatever carries them.
  if (!leaving_.empty()) return cycle_;
  if (folds_.empty()) return ~std::uint64_t{0};
  const Loaded& fold = folds_.front();
  if (streaming_.step > 0 || fold.loaded > 0) return cycle_;
  return std::max(cycle_, shape_.output_stationary ? fold.start : fold.load);
}

// Row r of a block goes in at r rows of load_cycles behind the first at the earliest.
bool ArrayPlayer::load(const Pins& pins, bool held) {
  // The fold whose weights are still on their way: the one that waits to stream, or the next.
  Loaded* fold = nullptr;
  if (!folds_.empty() && folds_[0].loaded < shape_.rows)
    fold = &folds_[0];
  else if (folds_.size() > 1 && streaming_.step > 0 && folds_[1].loaded < shape_.rows)
    fold = &folds_[1];
  if (fold == nullptr || held) return false;
  const std::size_t r = fold->loaded;
  const std::uint64_t spread = std::max<std::uint64_t>(fold->load_cycles, shape_.rows);
  std::uint64_t earliest = fold->load + (r + 1) * spread / shape_.rows - 1;
  // The plane's row is free r cycles after the fold before has begun.
  const bool behind = fold != &folds_[0];
  if (behind || previous_)
    earliest = std::max(earliest, (behind ? streaming_.began : previous_start_) + r);
  if (cycle_ < earliest) return false;

  const std::size_t width = fold->columns * shape_.operand_bytes;
  std::byte* b = pins[systolic_b].bits;
  if (r == 0) std::memset(b, 0, shape_.columns * shape_.operand_bytes);
  if (r < fold->rows)
    std::memcpy(b, fold->b + r * fold->b_stride, width);
  else
    std::memset(b, 0, width);
  const auto row = static_cast<std::uint16_t>(r);
  std::memcpy(pins[systolic_row].bits, &row, pins[systolic_row].width > 8 ? 2 : 1);
  fold->able = std::max(fold->able, cycle_ + shape_.rows - r);
  ++fold->loaded;
  return true;
}

void ArrayPlayer::expect(const Loaded& fold, std::size_t step) {
  if (!shape_.output_stationary) {
    leaving_.push_back(
        {fold.tag, step, cycle_ + shape_.rows + shape_.columns - 1, step + 1 == fold.steps});
    return;
  }
  if (!fold.last || step + 1 < fold.steps) return;
  drain_free_ = cycle_ + shape_.rows;
  for (std::size_t r = 0; r < shape_.rows; ++r)
    leaving_.push_back({fold.tag, shape_.rows - 1 - r, cycle_ + shape_.rows + shape_.columns + r,
                        r + 1 == shape_.rows});
}

bool ArrayPlayer::stream(const Pins& pins, bool held) {
  if (folds_.empty()) return false;
  Loaded& fold = folds_.front();
  const std::size_t step = streaming_.step;
  const bool first = step == 0, last = step + 1 == fold.steps;
  if (held || cycle_ < fold.start + (step + 1) * fold.step_cycles - 1) return false;
  if (shape_.output_stationary) {
    if (last && fold.last && cycle_ < drain_free_) return false;
  } else if (first && (fold.loaded < shape_.rows || cycle_ < fold.able)) {
    return false;
  }

  std::byte* a = pins[systolic_a].bits;
  const std::size_t e = shape_.operand_bytes;
  if (first) std::memset(a, 0, shape_.rows * e);
  std::memcpy(a, fold.a + step * fold.a_stride, fold.rows * e);
  if (shape_.output_stationary) {
    std::byte* b = pins[systolic_b].bits;
    if (first) std::memset(b, 0, shape_.columns * e);
    std::memcpy(b, fold.b + step * fold.b_stride, fold.columns * e);
  }
  set(pins[systolic_first], first && (fold.first || !shape_.output_stationary));
  set(pins[systolic_last], last && fold.last);
  if (first) streaming_.began = cycle_;
  expect(fold, step);
  ++streaming_.step;
  return true;
}

void ArrayPlayer::drive(const Pins& pins, bool hold_weights, bool hold_operands) {
  streamed_ = stream(pins, hold_operands);
  // A plane whose fold begins in this very cycle is free in this very cycle.
  loaded_ = !shape_.output_stationary && load(pins, hold_weights);
  set(pins[systolic_load], loaded_);
  set(pins[systolic_valid], streamed_);
}

void ArrayPlayer::clock() {
  if (due() != nullptr) leaving_.pop_front();
  if (streamed_ && streaming_.step == folds_.front().steps) {
    previous_ = true;
    previous_start_ = streaming_.began;
    folds_.pop_front();
    streaming_ = {folds_.empty() ? 0 : folds_.front().tag, 0, 0};
  }
  streamed_ = loaded_ = false;
  ++cycle_;
}

}  // namespace mantissa::rtl
