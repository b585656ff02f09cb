// SPDX-License-Identifier: Apache-2.0
#include "rtl/embedding_lookup/lookup_twin.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>

#include "rtl/cosim/unit_in_chip.h"
#include "rtl/unit.h"
#include "rtl/verilate/sources.h"

namespace mantissa::rtl {

using arch::Implementation;
using arch::embedding::AskedRow;
using arch::embedding::LookupTwinOf;
using arch::embedding::RowWords;

CosimRequest lookup_alone(const LookupTwinOf& of) {
  const auto& config = of.config;
  CosimRequest request;
  request.unit = find_unit("embedding_lookup");
  request.parameters = request.unit->defaults();
  request.parameters["ElementWidth"] = bits(config.element);
  request.parameters["PortWidth"] = config.port_width();
  request.parameters["Words"] = static_cast<std::int64_t>(of.words);
  request.parameters["Outstanding"] = config.outstanding;
  request.parameters["Saturate"] = config.overflow == numerics::Overflow::saturate ? 1 : 0;
  request.parameters["AddressWidth"] = 48;
  request.parameters["RowWidth"] = 48;
  request.top = config.lookup.rtl_top;
  if (config.lookup.rtl.given()) request.sources = sources_of_folder(config.lookup.rtl.text);
  return request;
}

namespace {

using Sums = std::vector<std::vector<std::int32_t>>;

struct SummedRow {
  AskedRow asked;
  std::vector<std::int32_t> elements;
};

// What the RTL does otherwise than the model.
struct Difference {
  AskedRow row;
  std::string what, found, expected;
  bool number = false;               // an address or an element, not a cycle
  std::vector<SummedRow> rows = {};  // of the sum, if it is one of its elements
};

// The unit of one channel. `differs` is told every difference, and may throw.
class ChannelUnit {
 public:
  using Differs = std::function<void(const Difference&)>;

  ChannelUnit(CosimRequest alone, const arch::TwinProgress& progress, Differs differs)
      : element_(static_cast<std::uint32_t>(alone.parameters.at("ElementWidth"))),
        elements_(static_cast<std::uint32_t>(alone.parameters.at("PortWidth")) / element_),
        outstanding_(static_cast<std::uint64_t>(alone.parameters.at("Outstanding"))),
        differs_(std::move(differs)),
        unit_(std::move(alone), progress) {
    unit_.set("read_ready_i", 1);
    unit_.set("ready_i", 1);
  }

  void ask(const AskedRow& row) { asked_.push_back(row); }
  void answer(const RowWords& words) { answers_.push_back(words); }

  Sums run(std::uint64_t end) {
    while (now_ < end) {
      const bool waits = reads_.empty() && !leaving_ && (asked_.empty() || known(asked_) > now_);
      if (waits)
        now_ = asked_.empty() ? end : std::min(end, known(asked_));
      else
        cycle();
    }
    // What left in the last cycle is on data_o in the next, which is not over yet.
    drive(false, false);
    unit_.settle();
    look_at_output();
    return std::move(sums_);
  }

  std::uint64_t cycles() const { return unit_.cycles(); }
  std::uint64_t compared() const { return compared_; }

 private:
  static std::uint64_t known(const std::deque<AskedRow>& rows) { return rows.front().known.value; }

  void cycle() {
    const bool offers = !asked_.empty() && known(asked_) <= now_;
    const bool comes = !reads_.empty() && !answers_.empty() && word_time() == now_;
    MANTISSA_CHECK(reads_.empty() || answers_.empty() || word_time() >= now_,
                   "a word whose cycle is over");
    drive(offers, comes);
    unit_.settle();
    const bool reads = offers && asked_.front().issue.value == now_;
    const AskedRow& row = offers ? asked_.front() : reads_.empty() ? nothing_ : reads_.front();
    expect(read_valid_, "read_valid_o", reads, row);
    expect(ready_, "ready_o", reads_.size() < outstanding_, row);
    expect(word_ready_, "word_ready_o", !reads_.empty(), row);
    if (reads) {
      ++compared_;
      const std::uint64_t address = row.base + row.row * row.bytes;
      if (get(address_) != address)
        differs_({row, "the address", fmt::format("0x{:x}", get(address_)),
                  fmt::format("0x{:x}", address), true});
      expect(bytes_, "bytes_o", row.bytes, row);
    }
    look_at_output();
    unit_.edge();
    leaving_ = seen_ = false;
    if (comes) take_word();
    if (reads) {
      reads_.push_back(asked_.front());
      asked_.pop_front();
    }
    ++now_;
  }

  std::uint64_t word_time() const { return answers_.front().times[at_].value; }

  void drive(bool offers, bool comes) {
    put(valid_, offers ? 1 : 0);
    if (offers) {
      const AskedRow& row = asked_.front();
      put(base_, row.base);
      put(row_, row.row);
      put(row_bytes_, row.bytes);
      put(words_, row.words);
      put(first_, row.first ? 1 : 0);
      put(last_, row.last ? 1 : 0);
    }
    put(word_valid_, comes ? 1 : 0);
    if (!comes) return;
    for (std::uint32_t e = 0; e < elements_; ++e)
      put(word_, e * element_, element_, bits_of(answers_.front().elements, at_, e));
  }

  // Behind the last element of a row there are zeros.
  std::uint64_t bits_of(const std::vector<std::int32_t>& row, std::size_t word,
                        std::uint32_t e) const {
    const std::size_t i = word * elements_ + e;
    return i < row.size() ? static_cast<std::uint64_t>(std::int64_t{row[i]}) : 0;
  }

  // A word has come, and with a last row it is on data_o in the next cycle.
  void take_word() {
    const AskedRow& read = reads_.front();
    if (at_ == 0 && read.first) summed_.clear();
    if (at_ == 0) summed_.push_back({read, answers_.front().elements});
    leaving_ = read.last;
    ends_ = at_ + 1 == read.words;
    if (leaving_) {
      out_row_ = read;
      out_at_ = at_;
      if (at_ == 0) out_ = answers_.front().sum;
    }
    if (++at_; !ends_) return;
    overflows_ = answers_.front().overflows;
    at_ = 0;
    reads_.pop_front();
    answers_.pop_front();
  }

  void look_at_output() {
    expect(out_valid_, "valid_o", leaving_ ? 1 : 0, leaving_ ? out_row_ : nothing_);
    if (!leaving_ || seen_) return;
    seen_ = true;
    expect(out_last_, "last_o", ends_, out_row_);
    if (out_at_ == 0) sums_.emplace_back();
    for (std::uint32_t e = 0; e < elements_ && out_at_ * elements_ + e < out_.size(); ++e) {
      const std::size_t i = out_at_ * elements_ + e;
      const auto found = static_cast<std::int32_t>(
          numerics::signed_of(get(out_data_, e * element_, element_), element_));
      sums_.back().push_back(found);
      ++compared_;
      if (found != out_[i])
        differs_({out_row_, fmt::format("element {}", i), std::to_string(found),
                  std::to_string(out_[i]), true, summed_});
    }
    if (!ends_) return;
    ++compared_;
    const std::uint64_t counted = std::min<std::uint64_t>(overflows_, ~std::uint32_t{0});
    if (get(overflows_pin_) != counted)
      differs_({out_row_, "sums that overflowed so far", std::to_string(get(overflows_pin_)),
                std::to_string(counted), true, summed_});
  }

  void expect(const Pin& pin, const char* port, std::uint64_t value, const AskedRow& row) {
    if (const std::uint64_t found = get(pin); found != value)
      differs_({row, fmt::format("cycle {}", now_), fmt::format("{} = {}", port, found),
                std::to_string(value), false});
  }

  const std::uint32_t element_, elements_;
  const std::uint64_t outstanding_;
  const Differs differs_;
  UnitInChip unit_;
  Pin valid_ = unit_.pin("valid_i"), ready_ = unit_.pin("ready_o"), base_ = unit_.pin("base_i"),
      row_ = unit_.pin("row_i"), row_bytes_ = unit_.pin("row_bytes_i"),
      words_ = unit_.pin("words_i"), first_ = unit_.pin("first_i"), last_ = unit_.pin("last_i"),
      read_valid_ = unit_.pin("read_valid_o"), address_ = unit_.pin("address_o"),
      bytes_ = unit_.pin("bytes_o"), word_valid_ = unit_.pin("word_valid_i"),
      word_ready_ = unit_.pin("word_ready_o"), word_ = unit_.pin("word_i"),
      out_valid_ = unit_.pin("valid_o"), out_data_ = unit_.pin("data_o"),
      out_last_ = unit_.pin("last_o"), overflows_pin_ = unit_.pin("overflows_o");
  std::uint64_t now_ = 0;               // the cycle of the engine that comes next
  std::deque<AskedRow> asked_, reads_;  // not yet read; in flight
  std::deque<RowWords> answers_;        // of reads in flight, as far as the model knows them
  std::size_t at_ = 0;                  // words of the oldest that have come
  // On data_o in the cycle that comes next.
  bool leaving_ = false, ends_ = false, seen_ = false;
  AskedRow out_row_;
  std::size_t out_at_ = 0;
  std::vector<std::int32_t> out_;
  std::vector<SummedRow> summed_;
  std::uint64_t overflows_ = 0, compared_ = 0;
  Sums sums_;
  const AskedRow nothing_;
};

class LookupUnits final : public arch::embedding::LookupTwin {
 public:
  LookupUnits(const LookupTwinOf& of, arch::TwinProgress progress)
      : of_(of), progress_(std::move(progress)) {
    result_.implementation = name(of.config.lookup.implementation);
    result_.design =
        of.config.lookup.rtl.given() ? of.config.lookup.rtl.text : "rtl/embedding_lookup";
  }

  void ask(std::size_t channel, const AskedRow& row) override {
    ++result_.commands;
    unit(channel).ask(row);
  }
  void answer(std::size_t channel, const RowWords& words) override { unit(channel).answer(words); }
  Sums run(std::size_t channel, Cycles end) override { return unit(channel).run(end.value); }

  arch::TwinResult result() const override {
    arch::TwinResult all = result_;
    for (const auto& [channel, unit] : units_) {
      all.cycles += unit->cycles();
      all.compared += unit->compared();
    }
    return all;
  }

 private:
  ChannelUnit& unit(std::size_t channel) {
    auto& unit = units_[channel];
    if (!unit)
      unit = std::make_unique<ChannelUnit>(
          lookup_alone(of_), progress_, [this, channel](const Difference& d) { note(channel, d); });
    return *unit;
  }

  void note(std::size_t channel, const Difference& d) {
    if (d.number) ++result_.differing;
    if (d.number && of_.config.lookup.implementation == Implementation::rtl) return;
    Error error(lockstep_differs);
    error.at(result_.design)
        .say(fmt::format("{}, row {} at 0x{:x}, {}", of_.config.channel_name(channel), d.row.row,
                         d.row.base, d.what))
        .read(d.found)
        .expected(d.expected);
    CosimRequest request = lookup_alone(of_);
    request.replay = alone(request, d);
    throw LockstepDiffers(std::move(error), std::move(request));
  }

  // The rows of the sum on the unit's bench; where a cycle is another, the row three times.
  static std::optional<Stimulus> alone(const CosimRequest& request, const Difference& d) {
    std::vector<SummedRow> rows = d.rows;
    if (rows.empty()) rows.assign(3, {d.row, {}});
    const auto fields = request.unit->bench(request.parameters)->fields();
    const auto as = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
    Stimulus run{{}, 1, 0, {}};
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const AskedRow& row = rows[i].asked;
      Command command;
      for (const auto& field : fields) {
        std::int64_t value = field.low;
        if (field.name == "base") value = as(row.base);
        if (field.name == "row") value = as(row.row);
        if (field.name == "row_bytes") value = as(row.bytes);
        if (field.name == "words") value = std::max(field.low, as(row.words));
        if (field.name == "more") value = i + 1 < rows.size() && !row.last ? 1 : 0;
        if (field.name == "latency") value = 2;
        if (field.name == "kind") value = field.high;  // carried
        if (field.name == "seed") value = as(i);
        if (value < field.low || value > field.high) return std::nullopt;
        command.push_back(value);
      }
      run.commands.push_back(std::move(command));
      const auto* bytes = reinterpret_cast<const std::byte*>(rows[i].elements.data());
      run.operands.emplace_back(bytes, bytes + 4 * rows[i].elements.size());
    }
    return run;
  }

  const LookupTwinOf of_;
  const arch::TwinProgress progress_;
  std::map<std::size_t, std::unique_ptr<ChannelUnit>> units_;
  arch::TwinResult result_;
};

const arch::embedding::LookupTwins twin_registration(make_lookup_twin);

}  // namespace

std::unique_ptr<arch::embedding::LookupTwin> make_lookup_twin(const LookupTwinOf& of,
                                                              arch::TwinProgress progress) {
  return std::make_unique<LookupUnits>(of, std::move(progress));
}

}  // namespace mantissa::rtl
