// SPDX-License-Identifier: Apache-2.0
#include "arch/core/sram_cells.h"

#include <algorithm>
#include <cstring>

#include "base/faults/draw.h"
#include "base/faults/secded.h"

namespace mantissa::arch {
namespace {

enum Stream : std::uint64_t { map_stream, read_stream, write_stream, upset_stream };

}  // namespace

SramCells::SramCells(const SramConfig& config, Bytes capacity, std::uint64_t key, Cycles scrub)
    : config_(config),
      faults_(config.faults.value_or(faults::FaultConfig{})),
      layout_(config.words()),
      capacity_(capacity.value),
      words_(ceil_div(capacity.value, 8)),
      key_(key),
      scrub_interval_(scrub) {
  if (faults_.trace.given()) trace_ = read_error_trace(faults_.trace.text, layout_, capacity_);
  events_ = faults_.upset_rate > 0 || !trace_.empty() || scrub_interval_.value > 0;
  reset();
}

void SramCells::draw() {
  if (drawn_) return;
  drawn_ = true;
  const auto map = faults_.map_of(faults::derived(key_, map_stream), capacity_, layout_,
                                  config_.voltage_ratio());
  failing_.reserve(map.size());
  for (const faults::Fault& f : map.faults()) {
    const faults::CodeBit at = layout_.at(f.cell);
    if (at.code >= words_) continue;  // the rest of the last row
    failing_.push_back({at.code, static_cast<float>(f.zero_to_one),
                        static_cast<float>(f.one_to_zero), static_cast<std::uint8_t>(at.bit)});
  }
  std::sort(failing_.begin(), failing_.end(), [](const Failing& a, const Failing& b) {
    return a.word != b.word ? a.word < b.word : a.bit < b.bit;
  });
  rate_ = static_cast<double>(failing_.size()) / static_cast<double>(words_ * layout_.bits);
  counts_.cell_error_rate = rate_;
}

void SramCells::reset() {
  lost_.clear();
  particles_.reset();
  if (faults_.upset_rate > 0)
    particles_.emplace(faults::derived(key_, upset_stream), layout_.cells(words_),
                       faults_.upset_rate);
  replayed_ = 0;
  access_ = 0;
  next_scrub_ = scrub_interval_;
  counts_ = {};
  counts_.voltage_ratio = config_.voltage_ratio();
  counts_.cell_error_rate = rate_;
}

std::vector<SramCells::Failing>::const_iterator SramCells::failing_from(std::uint64_t word) const {
  return std::lower_bound(failing_.begin(), failing_.end(), word,
                          [](const Failing& f, std::uint64_t w) { return f.word < w; });
}

// Bits beyond the capacity of the last word are zero.
std::uint64_t SramCells::word_at(const std::byte* bytes, std::uint64_t word) const {
  std::uint64_t data = 0;
  std::memcpy(&data, bytes + word * 8, std::min<std::uint64_t>(8, capacity_ - word * 8));
  return data;
}

std::uint8_t SramCells::check_of(std::uint64_t data) const {
  if (config_.ecc == faults::Ecc::secded) return faults::secded_check(data);
  if (config_.ecc == faults::Ecc::parity)
    return static_cast<std::uint8_t>(__builtin_popcountll(data) & 1);
  return 0;
}

SramCells::Flips SramCells::misread(std::uint64_t word, std::uint64_t data, const Flips& lost) {
  Flips wrong;
  const std::uint64_t held = data ^ lost.data;
  const auto held_check = static_cast<std::uint8_t>(check_of(data) ^ lost.check);
  const std::uint64_t key = faults::derived(faults::derived(key_, read_stream), access_);
  for (auto f = failing_from(word); f != failing_.end() && f->word == word; ++f) {
    const bool is_data = f->bit < 64;
    const bool one = is_data ? held >> f->bit & 1 : held_check >> (f->bit - 64) & 1;
    const double p = one ? f->one_to_zero : f->zero_to_one;
    if (p < 1 && !faults::happens(faults::derived(key, word * 128 + f->bit), p)) continue;
    if (is_data)
      wrong.data |= 1ull << f->bit;
    else
      wrong.check = static_cast<std::uint8_t>(wrong.check | 1u << (f->bit - 64));
  }
  return wrong;
}

WordErrors SramCells::read_word(const std::byte* bytes, std::uint64_t word) {
  const std::uint64_t data = word_at(bytes, word);
  const auto found = lost_.find(word);
  const Flips lost = found == lost_.end() ? Flips{} : found->second;
  Flips wrong = misread(word, data, lost);
  wrong.data ^= lost.data;
  wrong.check = static_cast<std::uint8_t>(wrong.check ^ lost.check);
  counts_.faulty_bits_read += __builtin_popcountll(wrong.data) + __builtin_popcount(wrong.check);
  const auto read = faults::read_word(config_.ecc, data, wrong.data, wrong.check);
  counts_.corrected_words += read.outcome == faults::WordOutcome::corrected;
  counts_.detected_words += read.outcome == faults::WordOutcome::detected;
  counts_.silent_words += read.outcome == faults::WordOutcome::silent;
  return {word, wrong.data, wrong.check, read.data};
}

bool SramCells::sound(std::uint64_t address, std::uint64_t size) const {
  if (size == 0) return true;
  const std::uint64_t first = address / 8, last = (address + size - 1) / 8;
  const auto failing = failing_from(first);
  if (failing != failing_.end() && failing->word <= last) return false;
  const auto lost = lost_.lower_bound(first);
  return lost == lost_.end() || lost->first > last;
}

void SramCells::read(const std::byte* bytes, std::uint64_t address, std::uint64_t size,
                     std::byte* out, std::vector<WordErrors>* errors) {
  if (size == 0) return;
  ++access_;
  const std::uint64_t first = address / 8, last = (address + size - 1) / 8;
  auto failing = failing_from(first);
  auto lost = lost_.lower_bound(first);
  // The words that have either, in order, each once.
  for (;;) {
    std::uint64_t word = ~0ull;
    if (failing != failing_.end()) word = failing->word;
    if (lost != lost_.end()) word = std::min(word, lost->first);
    if (word > last) break;
    const WordErrors read = read_word(bytes, word);
    if (errors != nullptr && (read.data != 0 || read.check != 0)) errors->push_back(read);
    std::byte delivered[8];
    std::memcpy(delivered, &read.delivered, 8);
    const std::uint64_t from = std::max(word * 8, address);
    const std::uint64_t to = std::min(word * 8 + 8, address + size);
    std::memcpy(out + (from - address), delivered + (from - word * 8), to - from);
    while (failing != failing_.end() && failing->word == word) ++failing;
    if (lost != lost_.end() && lost->first == word) ++lost;
  }
}

void SramCells::write(std::byte* bytes, std::uint64_t address, std::uint64_t size,
                      const std::byte* from) {
  if (size == 0) return;
  const std::uint64_t first = address / 8, last = (address + size - 1) / 8;
  struct Kept {  // a cell that may not take its new bit
    std::uint64_t word;
    std::uint8_t bit;
    bool held;
  };
  std::vector<Kept> kept;
  const std::uint64_t key = faults::derived(faults::derived(key_, write_stream), ++access_);
  if (faults_.write_error > 0)
    for (auto f = failing_from(first); f != failing_.end() && f->word <= last; ++f) {
      const std::uint64_t byte = f->word * 8 + f->bit / 8;
      if (f->bit >= 64 || byte < address || byte >= address + size) continue;
      if (!faults::happens(faults::derived(key, f->word * 128 + f->bit), faults_.write_error))
        continue;
      const auto lost = lost_.find(f->word);
      const std::uint64_t held =
          word_at(bytes, f->word) ^ (lost == lost_.end() ? 0 : lost->second.data);
      kept.push_back({f->word, f->bit, (held >> f->bit & 1) != 0});
    }
  std::memcpy(bytes + address, from, size);
  for (auto lost = lost_.lower_bound(first); lost != lost_.end() && lost->first <= last;) {
    const std::uint64_t begin = std::max(lost->first * 8, address) - lost->first * 8;
    const std::uint64_t end = std::min(lost->first * 8 + 8, address + size) - lost->first * 8;
    for (std::uint64_t byte = begin; byte < end; ++byte)
      lost->second.data &= ~(0xFFull << (8 * byte));
    lost->second.check = 0;
    lost = lost->second.any() ? std::next(lost) : lost_.erase(lost);
  }
  for (const Kept& k : kept)
    if ((word_at(bytes, k.word) >> k.bit & 1) != (k.held ? 1u : 0u)) {
      lost_[k.word].data |= 1ull << k.bit;
      ++counts_.failed_writes;
    }
}

void SramCells::upset(const std::vector<std::uint64_t>& cells, faults::UpsetKind kind,
                      const std::byte* bytes) {
  for (const std::uint64_t cell : cells) {
    const faults::CodeBit at = layout_.at(cell);
    if (at.code >= words_) continue;
    Flips& lost = lost_[at.code];
    if (at.bit < 64) {
      const std::uint64_t bit = 1ull << at.bit;
      const bool one = ((word_at(bytes, at.code) ^ lost.data) & bit) != 0;
      if (kind == faults::UpsetKind::flip || one != (kind == faults::UpsetKind::set)) {
        lost.data ^= bit;
        ++counts_.upsets;
      }
    } else {
      lost.check = static_cast<std::uint8_t>(lost.check ^ 1u << (at.bit - 64));
      ++counts_.upsets;
    }
    if (!lost.any()) lost_.erase(at.code);
  }
}

void SramCells::scrub(const std::byte* bytes) {
  ++access_;
  for (auto word = lost_.begin(); word != lost_.end();) {
    const std::uint64_t data = word_at(bytes, word->first);
    Flips wrong = misread(word->first, data, word->second);
    wrong.data ^= word->second.data;
    wrong.check = static_cast<std::uint8_t>(wrong.check ^ word->second.check);
    const auto read = faults::read_word(config_.ecc, data, wrong.data, wrong.check);
    if (read.outcome == faults::WordOutcome::corrected) {
      ++counts_.scrubbed_words;
      word = lost_.erase(word);
    } else {
      ++word;
    }
  }
}

void SramCells::advance(Cycles now, const std::byte* bytes) {
  // Upsets up to `until`, those of the trace after the drawn ones of the same stretch.
  const auto strike = [&](std::uint64_t until) {
    if (particles_)
      while (const auto event = particles_->next_until(until))
        upset(faults::cluster(event->cell, static_cast<unsigned>(faults_.upset_width),
                              static_cast<unsigned>(faults_.upset_height), layout_.row_cells(),
                              layout_.cells(words_)),
              faults::UpsetKind::flip, bytes);
    for (; replayed_ < trace_.size() && trace_[replayed_].cycle <= until; ++replayed_)
      upset({trace_[replayed_].cell}, trace_[replayed_].kind, bytes);
  };
  while (scrub_interval_.value > 0 && next_scrub_ <= now) {
    strike(next_scrub_.value);
    scrub(bytes);
    next_scrub_ += scrub_interval_;
  }
  strike(now.value);
}

// From rates alone: a run of shapes draws no cell.
FaultCounts SramCells::expected(std::uint64_t read_bytes) const {
  FaultCounts c;
  c.voltage_ratio = config_.voltage_ratio();
  const auto cells = static_cast<double>(words_ * layout_.bits);
  double misread = 0;  // mean over all cells, contents being random
  if (faults_.map == faults::MapKind::file) {
    const auto map = faults_.map_of(key_, capacity_, layout_, c.voltage_ratio);
    for (const faults::Fault& f : map.faults()) {
      c.cell_error_rate += 1 / cells;
      misread += 0.5 * (f.zero_to_one + f.one_to_zero) / cells;
    }
  } else if (faults_.map != faults::MapKind::none) {
    c.cell_error_rate = faults_.mean_rate(layout_, c.voltage_ratio);
    const bool flips = faults_.effect == faults::Effect::flip;  // else half the bits are so already
    misread = c.cell_error_rate * faults_.read_error * (flips ? 1 : 0.5);
  }
  const double words = static_cast<double>(read_bytes) / 8;
  c.faulty_bits_read = words * layout_.bits * misread;
  const auto outcomes = faults::word_outcome_rates(config_.ecc, misread);
  c.corrected_words = words * outcomes.corrected;
  c.detected_words = words * outcomes.detected;
  c.silent_words = words * outcomes.silent;
  return c;
}

}  // namespace mantissa::arch
