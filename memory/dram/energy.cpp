// SPDX-License-Identifier: Apache-2.0
#include "memory/dram/energy.h"

#include <fmt/format.h>

#include <cmath>

#include "base/error.h"

namespace mantissa::memory::dram {
namespace {

double tck_ns(const DramConfig& config) { return 1e9 / static_cast<double>(config.clock.value); }

double bits_per_burst(const DramConfig& config) {
  return 8 * static_cast<double>(config.organization.burst_bytes());
}

// pJ that one mA of every device of a rank draws in one cycle.
double pj_per_mA_cycle(const DramConfig& config) {
  return config.energy->vdd->value * tck_ns(config) *
         static_cast<double>(config.organization.devices);
}

double current_of(const Currents& i, RankState state) {
  switch (state) {
    case RankState::active_standby:
      return i.IDD3N;
    case RankState::precharge_standby:
      return i.IDD2N;
    case RankState::active_power_down:
      return i.IDD3P;
    case RankState::precharge_power_down:
      return i.IDD2P;
    case RankState::self_refresh:
      return i.IDD6;
  }
  return 0;
}

// "1234 ACT x 828 pJ, 1.2 V x 1 device (IDD0 tRC - ...)": what is multiplied, and where that comes
// from.
std::string product(std::uint64_t count, const char* what, Picojoules each,
                    const std::string& formula) {
  return fmt::format("{} {} x {:.6g} pJ, {}", count, what, each.value, formula);
}

}  // namespace

ActionEnergies action_energies(const DramConfig& config) {
  ActionEnergies e;
  if (!config.energy) return e;
  const EnergyConfig& given = *config.energy;
  const Timing& t = config.timing;
  if (given.currents) {
    const Currents& i = *given.currents;
    const auto charge = [&](double mA_cycles) {
      return Picojoules(mA_cycles * pj_per_mA_cycle(config));
    };
    const auto cycles = [](std::int64_t n) { return static_cast<double>(n); };
    e.activate =
        charge(i.IDD0 * cycles(t.RC) - i.IDD3N * cycles(t.RAS) - i.IDD2N * cycles(t.RC - t.RAS));
    e.read = charge((i.IDD4R - i.IDD3N) * cycles(t.burst));
    e.write = charge((i.IDD4W - i.IDD3N) * cycles(t.burst));
    e.refresh = charge((i.IDD5AB - i.IDD3N) * cycles(t.RFC));
    e.refresh_bank = *e.refresh / static_cast<double>(config.organization.banks_per_rank());
  } else {
    if (given.activate) e.activate = *given.activate;
    e.read = e.write = Picojoules(*given.pj_per_bit * bits_per_burst(config));
  }
  if (given.io_pj_per_bit) e.io = Picojoules(*given.io_pj_per_bit * bits_per_burst(config));
  return e;
}

EnergyReport energy(const DramConfig& config, const ChannelStatistics& s) {
  EnergyReport report;
  if (!config.energy) {
    report.missing = {"everything: the configuration has no section `energy`"};
    return report;
  }
  const EnergyConfig& given = *config.energy;
  const ActionEnergies each = action_energies(config);
  const bool by_currents = given.currents.has_value();
  const auto add = [&](const char* part, std::uint64_t count, const char* what,
                       const std::optional<Picojoules>& price, const std::string& formula) {
    if (!price) return;
    MANTISSA_CHECK(std::isfinite(price->value) && price->value >= 0,
                   std::string("the energy of ") + part + " is no energy");
    report.parts.push_back({part, *price * static_cast<double>(count),
                            product(count, what, *price, formula), given.scope, given.source});
  };
  using K = CommandKind;
  const std::uint64_t reads = s.count(K::read) + s.count(K::read_a);
  const std::uint64_t writes = s.count(K::write) + s.count(K::write_a);
  const std::string per_bit = fmt::format("bits x {} pJ", given.pj_per_bit.value_or(0));
  const std::string supply =
      fmt::format("{} V x {} device{}", given.vdd ? given.vdd->value : 0,
                  config.organization.devices, config.organization.devices == 1 ? "" : "s");
  add("activation", s.count(K::activate), "ACT", each.activate,
      by_currents ? supply + " (IDD0 tRC - IDD3N tRAS - IDD2N (tRC - tRAS))" : "given per row");
  add("read", reads, "RD", each.read, by_currents ? supply + " (IDD4R - IDD3N) burst" : per_bit);
  add("write", writes, "WR", each.write, by_currents ? supply + " (IDD4W - IDD3N) burst" : per_bit);
  if (by_currents) {
    add("refresh", s.count(K::refresh), "REF", each.refresh, supply + " (IDD5AB - IDD3N) tRFC");
    if (s.count(K::refresh_bank) > 0)
      add("refresh.bank", s.count(K::refresh_bank), "REFPB", each.refresh_bank,
          supply + " (IDD5AB - IDD3N) tRFC / banks of a rank");
    for (std::size_t i = 0; i < rank_states; ++i) {
      const auto state = static_cast<RankState>(i);
      if (s.rank_time[i] == 0) continue;
      const double mA = current_of(*given.currents, state);
      add((std::string("background.") + name(state)).c_str(), s.rank_time[i], "cycles",
          Picojoules(mA * pj_per_mA_cycle(config)), fmt::format("{} x {} mA", supply, mA));
    }
  }
  if (each.io)
    report.parts.push_back({"io", *each.io * static_cast<double>(reads + writes),
                            product(reads + writes, "bursts", *each.io,
                                    fmt::format("bits x {} pJ", *given.io_pj_per_bit)),
                            "I/O", given.io_source});

  if (!by_currents) {
    if (!each.activate) report.missing.push_back("activation apart from the bits");
    report.missing.push_back("background and refresh apart from the bits");
  }
  if (!each.io) report.missing.push_back("I/O apart from the above");
  report.missing.push_back("PHY and controller of the host");
  for (const auto& part : report.parts) report.total += part.energy;
  MANTISSA_CHECK(std::isfinite(report.total.value), "the energy of a memory is not finite");
  return report;
}

}  // namespace mantissa::memory::dram
