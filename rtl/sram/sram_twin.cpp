// SPDX-License-Identifier: Apache-2.0
#include "rtl/sram/sram_twin.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "base/faults/secded.h"
#include "rtl/cosim/unit_in_chip.h"
#include "rtl/unit.h"
#include "rtl/verilate/sources.h"

namespace mantissa::rtl {

using arch::Implementation;
using arch::WordErrors;

namespace {

constexpr std::uint64_t word_bytes = 8;
constexpr std::uint64_t most_words = 65536;  // as the unit's parameters say
constexpr unsigned all_bytes = 255;          // byte enables of a whole word

}  // namespace

CosimRequest sram_alone(const arch::SramOfCore& memory) {
  CosimRequest request;
  request.unit = find_unit("sram");
  const std::uint64_t words = ceil_div(memory.capacity.value, word_bytes);
  request.parameters = {{"Words", static_cast<std::int64_t>(std::min(words, most_words))},
                        {"Secded", memory.sram.ecc == faults::Ecc::secded ? 1 : 0}};
  request.top = memory.sram.rtl_top;
  if (memory.sram.rtl.given()) request.sources = sources_of_folder(memory.sram.rtl.text);
  return request;
}

namespace {

// One access, and what its answer must be.
struct Access {
  enum class Kind : std::uint8_t { none, write, read };
  Kind kind = Kind::none;
  std::uint64_t address = 0;  // of the word within its part
  std::uint64_t held = 0;     // the word as it was written
  std::uint64_t data = 0;     // written, or delivered by the model
  unsigned enable = all_bytes;
  std::uint64_t flip_data = 0;
  std::uint8_t flip_check = 0;
};

// What the RTL says otherwise than the model.
struct Difference {
  const Access* access = nullptr;
  std::string port;
  std::uint64_t found = 0, expected = 0;
};

// `differs` is told every difference, and may throw.
class Part {
 public:
  using Differs = std::function<void(const Difference&)>;

  Part(CosimRequest alone, const arch::TwinProgress& progress, Differs differs)
      : secded_(alone.parameters.at("Secded") != 0),
        differs_(std::move(differs)),
        written_(static_cast<std::size_t>(alone.parameters.at("Words"))),
        unit_(std::move(alone), progress) {}

  bool written(std::uint64_t word) const { return written_[word]; }

  void write(const Access& access) {
    cycle(access);
    written_[access.address] = true;
    // A write of some bytes reads and merges first.
    if (secded_ && access.enable != all_bytes) settle();
  }

  // `taken` with the data of every read in the order of the reads, some accesses later.
  void read(const Access& access, const std::function<void(std::uint64_t data)>& taken) {
    taken_ = &taken;
    cycle(access);
  }
  // Waits for what is on its way.
  void settle() {
    while (way_[0].kind != Access::Kind::none || way_[1].kind != Access::Kind::none) cycle({});
  }

  std::uint64_t cycles() const { return unit_.cycles(); }
  std::uint64_t compared() const { return compared_; }

 private:
  static bool merges(const Access& a) {
    return a.kind == Access::Kind::write && a.enable != all_bytes;
  }

  // One clock cycle: a request goes in, the answer of an earlier one comes out.
  void cycle(const Access& request) {
    // 1. Inputs.
    const bool writes = request.kind == Access::Kind::write;
    put(req_, request.kind == Access::Kind::none ? 0 : 1);
    put(write_, writes ? 1 : 0);
    put(address_, request.address);
    put(wdata_, writes ? request.data : 0);
    put(enable_, writes ? request.enable : 0);
    std::memcpy(flip_.bits, &request.flip_data, word_bytes);
    if (secded_) std::memcpy(flip_.bits + word_bytes, &request.flip_check, 1);
    unit_.settle();
    // 2. Outputs: of what went in a cycle ago, with a codec two.
    const Access& out = way_[secded_ ? 1 : 0];
    const bool busy = secded_ && (merges(way_[0]) || merges(way_[1]));
    expect(ready_, "ready_o", busy ? 0 : 1, request);
    const bool reads = out.kind == Access::Kind::read;
    expect(rvalid_, "rvalid_o", reads ? 1 : 0, out);
    if (reads) {
      // The syndrome is that of the errors alone.
      const auto outcome = faults::secded_decode(out.flip_data, out.flip_check).outcome;
      ++compared_;
      expect(rdata_, "rdata_o", out.data, out);
      expect(corrected_, "corrected_o",
             secded_ && outcome == faults::SecdedOutcome::corrected ? 1 : 0, out);
      expect(uncorrectable_, "uncorrectable_o",
             secded_ && outcome == faults::SecdedOutcome::detected ? 1 : 0, out);
      (*taken_)(get(rdata_));
    } else {
      expect(corrected_, "corrected_o", 0, out);
      expect(uncorrectable_, "uncorrectable_o", 0, out);
    }
    unit_.edge();
    // 3. What goes in keeps the array busy only where it reads.
    way_[1] = way_[0];
    const bool waits = request.kind == Access::Kind::read || (secded_ && merges(request));
    way_[0] = waits ? request : Access{};
    if (!secded_) way_[1] = {};
  }

  void expect(const Pin& pin, const char* port, std::uint64_t value, const Access& access) {
    if (const std::uint64_t found = get(pin); found != value)
      differs_({access.kind == Access::Kind::none ? nullptr : &access, port, found, value});
  }

  bool secded_;
  Differs differs_;
  std::vector<bool> written_;
  UnitInChip unit_;
  Pin req_ = unit_.pin("req_i"), ready_ = unit_.pin("ready_o"), write_ = unit_.pin("write_i"),
      address_ = unit_.pin("address_i"), wdata_ = unit_.pin("wdata_i"),
      enable_ = unit_.pin("byte_enable_i"), flip_ = unit_.pin("flip_i"),
      rvalid_ = unit_.pin("rvalid_o"), rdata_ = unit_.pin("rdata_o"),
      corrected_ = unit_.pin("corrected_o"), uncorrectable_ = unit_.pin("uncorrectable_o");
  std::array<Access, 2> way_;  // taken one and two cycles ago
  const std::function<void(std::uint64_t)>* taken_ = nullptr;
  std::uint64_t compared_ = 0;
};

class SramTwin final : public arch::SramTwin {
 public:
  SramTwin(const arch::SramOfCore& memory, arch::TwinProgress progress)
      : memory_(memory), alone_(sram_alone(memory)), progress_(std::move(progress)) {
    result_.implementation = name(memory.sram.implementation);
    result_.design = memory.sram.rtl.given() ? memory.sram.rtl.text : "rtl/sram";
    part_words_ = static_cast<std::uint64_t>(alone_.parameters.at("Words"));
    parts_.resize(ceil_div(ceil_div(memory.capacity.value, word_bytes), part_words_));
  }

  void write(const std::byte* memory, std::uint64_t address, std::uint64_t size) override {
    if (size == 0) return;
    ++result_.commands;
    const std::uint64_t last = (address + size - 1) / word_bytes;
    for (std::uint64_t word = address / word_bytes; word <= last; ++word) {
      Access access = whole(memory, word);
      Part& part = part_of(word);
      const std::uint64_t from = std::max(address, word * word_bytes) % word_bytes;
      const std::uint64_t to = std::min(address + size - word * word_bytes, word_bytes);
      // The rest of a word that nobody has written goes with it.
      if (part.written(access.address)) access.enable = (1u << to) - (1u << from);
      part.write(access);
    }
  }

  void read(const std::byte* memory, std::uint64_t address, std::uint64_t size,
            const std::vector<WordErrors>& errors, std::byte* delivered) override {
    if (size == 0) return;
    ++result_.commands;
    const std::uint64_t first = address / word_bytes, last = (address + size - 1) / word_bytes;
    std::uint64_t out = first;
    const std::function<void(std::uint64_t)> taken = [&](std::uint64_t data) {
      if (memory_.sram.implementation == Implementation::rtl) {
        const std::uint64_t at = out * word_bytes;
        const std::uint64_t from = std::max(address, at), to = std::min(address + size, at + 8);
        std::byte bytes[word_bytes];
        std::memcpy(bytes, &data, word_bytes);
        std::memcpy(delivered + (from - address), bytes + (from - at), to - from);
      }
      ++out;
    };
    auto wrong = errors.begin();
    for (std::uint64_t word = first; word <= last; ++word) {
      Part& part = part_of(word);
      // Parts answer for themselves: one is done before the next begins.
      if (word > first && word % part_words_ == 0) part_of(word - 1).settle();
      Access access = whole(memory, word);
      if (!part.written(access.address)) part.write(access);
      access.kind = Access::Kind::read;
      if (wrong != errors.end() && wrong->word == word) {
        access.flip_data = wrong->data;
        access.flip_check = wrong->check;
        access.data = wrong->delivered;
        ++wrong;
      }
      part.read(access, taken);
    }
    part_of(last).settle();
    MANTISSA_CHECK(wrong == errors.end() && out == last + 1, "errors of words that are not read");
  }

  arch::TwinResult result() const override {
    arch::TwinResult all = result_;
    for (const auto& part : parts_)
      if (part) {
        all.cycles += part->cycles();
        all.compared += part->compared();
      }
    return all;
  }

 private:
  Part& part_of(std::uint64_t word) {
    auto& part = parts_[word / part_words_];
    if (!part)
      part = std::make_unique<Part>(alone_, progress_, [this](const Difference& d) { differs(d); });
    return *part;
  }

  // A write of the word as the model holds it; bits beyond the capacity are zero.
  Access whole(const std::byte* memory, std::uint64_t word) const {
    Access access;
    access.kind = Access::Kind::write;
    access.address = word % part_words_;
    const std::uint64_t at = word * word_bytes;
    std::memcpy(&access.held, memory + at, std::min(word_bytes, memory_.capacity.value - at));
    access.data = access.held;
    return access;
  }

  void differs(const Difference& d) {
    const bool value =
        d.port == "rdata_o" || d.port == "corrected_o" || d.port == "uncorrectable_o";
    if (value) ++result_.differing;
    if (value && memory_.sram.implementation == Implementation::rtl) return;
    Error error(lockstep_differs);
    error.at(result_.design)
        .read(fmt::format("{} = 0x{:x}", d.port, d.found))
        .expected(fmt::format("0x{:x}", d.expected));
    CosimRequest alone = alone_;
    if (d.access != nullptr) {
      error.say(fmt::format("{} word {} of core.{}, flipped 0x{:02x}{:016x}",
                            d.access->kind == Access::Kind::read ? "read of" : "write of",
                            d.access->address, memory_.name, d.access->flip_check,
                            d.access->flip_data));
      if (d.access->kind == Access::Kind::read) alone.replay = read_back(alone, *d.access);
    }
    throw LockstepDiffers(std::move(error), std::move(alone));
  }

  // A write of the word and the read that differs, as commands of the unit's bench.
  static Stimulus read_back(const CosimRequest& alone, const Access& access) {
    Stimulus run;
    for (const bool writes : {true, false}) {
      Command command;
      for (const auto& field : alone.unit->bench(alone.parameters)->fields()) {
        std::int64_t value = field.low;
        if (field.name == "write") value = writes ? 1 : 0;
        if (field.name == "address") value = static_cast<std::int64_t>(access.address);
        if (field.name == "byte_enable" && writes) value = field.high;
        if (field.name == "kind") value = field.high;  // carried
        if (field.name == "seed") value = static_cast<std::int64_t>(run.commands.size());
        command.push_back(value);
      }
      run.commands.push_back(std::move(command));
    }
    const auto bytes = [](std::uint64_t value) {
      std::vector<std::byte> list(word_bytes);
      std::memcpy(list.data(), &value, word_bytes);
      return list;
    };
    run.operands = {bytes(access.held), bytes(access.flip_data)};
    run.operands.back().push_back(std::byte{access.flip_check});
    return run;
  }

  arch::SramOfCore memory_;
  CosimRequest alone_;
  arch::TwinProgress progress_;
  std::uint64_t part_words_ = 0;
  std::vector<std::unique_ptr<Part>> parts_;
  arch::TwinResult result_;
};

const arch::SramTwins twin_registration(make_sram_twin);

}  // namespace

std::unique_ptr<arch::SramTwin> make_sram_twin(const arch::SramOfCore& memory,
                                               arch::TwinProgress progress) {
  return std::make_unique<SramTwin>(memory, std::move(progress));
}

}  // namespace mantissa::rtl
