// SPDX-License-Identifier: Apache-2.0
#include "rtl/dma_agu/agu_twin.h"

#include <fmt/format.h>

#include "rtl/cosim/unit_in_chip.h"
#include "rtl/unit.h"
#include "rtl/verilate/sources.h"

namespace mantissa::rtl {
namespace {

using arch::Implementation;

constexpr std::uint32_t address_width = 48, count_width = 32;

class AguTwin final : public arch::AddressTwin {
 public:
  AguTwin(const arch::DmaConfig& config, arch::TwinProgress progress)
      : config_(config), unit_(agu_alone(config), std::move(progress)) {
    result_.implementation = name(config.implementation);
    result_.design = config.rtl.given() ? config.rtl.text : "rtl/dma_agu";
  }

  void begin(const arch::AddressLoops& loops) override {
    loops_ = loops;
    left_ = loops.counts[0] * loops.counts[1];
    ++result_.commands;
    unit_.set("valid_i", 1);
    unit_.set("base_i", loops.base);
    for (std::uint32_t loop = 0; loop < 5; ++loop) {
      const bool used = loop < loops.counts.size();
      put(unit_.pin("counts_i"), loop * count_width, count_width, used ? loops.counts[loop] : 1);
      put(unit_.pin("strides_i"), loop * address_width, address_width,
          used ? loops.strides[loop] : 0);
    }
    unit_.settle();
    expect("ready_o", 1);
    unit_.edge();
    unit_.set("valid_i", 0);
  }

  std::uint64_t next(std::uint64_t expected) override {
    unit_.set("ready_i", 1);
    unit_.settle();
    expect("valid_o", 1);
    expect("last_o", --left_ == 0 ? 1 : 0);
    const std::uint64_t found = unit_.value("address_o");
    ++result_.compared;
    if (found != expected) {
      ++result_.differing;
      if (config_.implementation == Implementation::lockstep)
        throw differs(fmt::format("address 0x{:x}", found), fmt::format("0x{:x}", expected));
    }
    unit_.edge();
    unit_.set("ready_i", 0);
    return config_.implementation == Implementation::rtl ? found : expected;
  }

  arch::TwinResult result() const override {
    arch::TwinResult all = result_;
    all.cycles = unit_.cycles();
    return all;
  }

 private:
  void expect(const char* port, std::uint64_t value) {
    const std::uint64_t found = unit_.value(port);
    if (found != value) throw differs(fmt::format("{} = {}", port, found), std::to_string(value));
  }

  LockstepDiffers differs(const std::string& found, const std::string& expected) const {
    const std::uint64_t count = loops_.counts[0] * loops_.counts[1];
    Error error(lockstep_differs);
    error.at(result_.design)
        .say(fmt::format("burst {} of {} of transfer {}", count - left_, count, result_.commands))
        .read(found)
        .expected(expected);
    // The same transfer on the unit's bench, if that takes as many.
    CosimRequest request = unit_.alone();
    Command command;
    bool fits = true;
    for (const auto& field : request.unit->bench(request.parameters)->fields()) {
      const auto as = [&](std::uint64_t value) { return static_cast<std::int64_t>(value); };
      std::int64_t value = field.low;
      if (field.name == "base") value = as(loops_.base);
      if (field.name == "count0") value = as(loops_.counts[0]);
      if (field.name == "count1") value = as(loops_.counts[1]);
      if (field.name == "stride0") value = as(loops_.strides[0]);
      if (field.name == "stride1") value = as(loops_.strides[1]);
      fits = fits && value >= field.low && value <= field.high;
      command.push_back(value);
    }
    if (fits) request.replay = Stimulus{{command}, 1, 0, {}};
    return LockstepDiffers(std::move(error), std::move(request));
  }

  arch::DmaConfig config_;
  UnitInChip unit_;
  arch::AddressLoops loops_;
  std::uint64_t left_ = 0;  // addresses of the transfer
  arch::TwinResult result_;
};

const arch::AddressTwins twin_registration(make_agu_twin);

}  // namespace

CosimRequest agu_alone(const arch::DmaConfig& config) {
  CosimRequest request;
  request.unit = find_unit("dma_agu");
  request.parameters = {{"AddressWidth", address_width}, {"CountWidth", count_width}};
  request.top = config.rtl_top;
  if (config.rtl.given()) request.sources = sources_of_folder(config.rtl.text);
  return request;
}

std::unique_ptr<arch::AddressTwin> make_agu_twin(const arch::DmaConfig& config,
                                                 arch::TwinProgress progress) {
  return std::make_unique<AguTwin>(config, std::move(progress));
}

}  // namespace mantissa::rtl
