// SPDX-License-Identifier: Apache-2.0
#include "rtl/cosim/shrink.h"

#include <algorithm>

namespace mantissa::rtl {
namespace {

class Shrinking {
 public:
  Shrinking(Shrunk start, const std::vector<Field>& fields,
            const std::function<Outcome(const Stimulus&)>& attempt, std::uint64_t most)
      : best_(std::move(start)), fields_(fields), attempt_(attempt), most_(most) {}

  Shrunk result() {
    cut_behind();
    fewer_stalls();
    for (bool changed = true; changed && left();) {
      changed = remove_commands();
      changed = lower_fields() || changed;
      changed = plainer_operands() || changed;
      changed = fewer_stalls() || changed;
    }
    return best_;
  }

 private:
  bool left() const { return best_.tried < most_; }

  // Keeps the candidate when it fails in the same way.
  bool keep(Stimulus candidate) {
    if (!left()) return false;
    ++best_.tried;
    const Outcome outcome = attempt_(candidate);
    if (outcome.kind != best_.outcome.kind) return false;
    best_.run = std::move(candidate);
    best_.outcome = outcome;
    return true;
  }

  void cut_behind() {
    Stimulus candidate = best_.run;
    const std::size_t size = best_.outcome.command + 1;
    if (size >= candidate.commands.size()) return;
    candidate.commands.resize(size);
    keep(std::move(candidate));
  }

  bool fewer_stalls() {
    for (const unsigned stall : {0u, 16u, 64u, 128u}) {
      if (stall >= best_.run.stall) break;
      Stimulus candidate = best_.run;
      candidate.stall = stall;
      if (keep(std::move(candidate))) return true;
    }
    return false;
  }

  bool remove_commands() {
    bool changed = false;
    std::size_t chunk = std::max<std::size_t>(1, best_.run.commands.size() / 2);
    while (left()) {
      bool removed = false;
      for (std::size_t from = 0; from < best_.run.commands.size() && left();) {
        Stimulus candidate = best_.run;
        const auto begin = candidate.commands.begin() + static_cast<std::ptrdiff_t>(from);
        const std::size_t size = std::min(chunk, candidate.commands.size() - from);
        candidate.commands.erase(begin, begin + static_cast<std::ptrdiff_t>(size));
        if (!candidate.commands.empty() && keep(std::move(candidate)))
          removed = true;  // and what follows has moved to `from`
        else
          from += chunk;
      }
      changed = changed || removed;
      if (chunk == 1 && !removed) break;
      if (!removed || chunk > best_.run.commands.size())
        chunk = std::max<std::size_t>(1, std::min(chunk, best_.run.commands.size()) / 2);
    }
    return changed;
  }

  // To its least value, or else by bisection to a neighbour of one that does not fail.
  bool lower_field(std::size_t command, std::size_t field) {
    const auto value = [&] { return best_.run.commands[command][field]; };
    const std::int64_t before = value();
    const auto lower_to = [&](std::int64_t to) {
      Stimulus candidate = best_.run;
      candidate.commands[command][field] = to;
      return keep(std::move(candidate));
    };
    std::int64_t good = fields_[field].low;
    if (value() <= good || lower_to(good)) return value() < before;
    while (left()) {
      // Unsigned: the range of a field may be wider than 63 bits.
      const std::uint64_t distance =
          static_cast<std::uint64_t>(value()) - static_cast<std::uint64_t>(good);
      if (distance < 2) break;
      const auto middle =
          static_cast<std::int64_t>(static_cast<std::uint64_t>(good) + distance / 2);
      if (!lower_to(middle)) good = middle;
    }
    return value() < before;
  }

  bool lower_fields() {
    bool changed = false;
    for (std::size_t c = 0; c < best_.run.commands.size(); ++c)
      for (std::size_t f = 0; f < fields_.size(); ++f) changed = lower_field(c, f) || changed;
    return changed;
  }

  bool keep_operands(std::size_t index, std::vector<std::byte> bytes) {
    Stimulus candidate = best_.run;
    candidate.operands[index] = std::move(bytes);
    return keep(std::move(candidate));
  }

  // None at all, or each half as long, and single bytes zero once there are few.
  bool plainer_operands() {
    if (best_.run.operands.empty()) return false;
    Stimulus without = best_.run;
    without.operands.clear();
    if (keep(std::move(without))) return true;
    bool changed = false;
    constexpr std::size_t few = 128;
    for (std::size_t i = 0; i < best_.run.operands.size(); ++i) {
      while (left() && !best_.run.operands[i].empty()) {
        auto half = best_.run.operands[i];
        half.resize(half.size() / 2);
        if (!keep_operands(i, std::move(half))) break;
        changed = true;
      }
      for (std::size_t at = 0; left() && at < std::min(few, best_.run.operands[i].size()); ++at) {
        auto bytes = best_.run.operands[i];
        if (bytes[at] == std::byte{0}) continue;
        bytes[at] = std::byte{0};
        changed = keep_operands(i, std::move(bytes)) || changed;
      }
    }
    return changed;
  }

  Shrunk best_;
  const std::vector<Field>& fields_;
  const std::function<Outcome(const Stimulus&)>& attempt_;
  const std::uint64_t most_;
};

}  // namespace

Shrunk shrink(const Stimulus& failing, const Outcome& outcome, const std::vector<Field>& fields,
              const std::function<Outcome(const Stimulus&)>& attempt, std::uint64_t most) {
  return Shrinking({failing, outcome, 0}, fields, attempt, most).result();
}

}  // namespace mantissa::rtl
