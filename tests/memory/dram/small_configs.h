// SPDX-License-Identifier: Apache-2.0
// Small DRAMs with short timings, so that every mechanism meets every other within a few thousand
// cycles: a grid of chosen ones, and any number of mixed ones. All are legal by the schema.
#pragma once

#include <string>
#include <vector>

#include "memory/dram/config.h"
#include "tests/memory/dram/random_traffic.h"

namespace mantissa::memory::dram {

// Short, and no two parameters alike where a mix-up could hide.
inline Timing small_timing() {
  Timing t;
  t.burst = 2;
  t.CL = 6;
  t.CWL = 4;
  t.RCDRD = 5;
  t.RCDWR = 3;
  t.RP = 4;
  t.RPab = 6;
  t.RAS = 11;
  t.RC = 16;
  t.RRDS = 2;
  t.RRDL = 3;
  t.FAW = 13;
  t.CCDS = 2;
  t.CCDL = 4;
  t.WR = 7;
  t.RTP = 3;
  t.WTRS = 2;
  t.WTRL = 5;
  t.RTRS = 1;
  t.RFC = 23;
  t.RFCpb = 14;
  t.REFI = 190;
  t.RREFD = 4;
  t.PPD = 2;
  t.CKE = 5;
  t.XP = 3;
  t.CKESR = 8;
  t.XS = 28;
  return t;
}

inline Organization small_organization(std::int64_t ranks, std::int64_t groups,
                                       std::int64_t banks) {
  Organization o;
  o.ranks = ranks;
  o.bank_groups = groups;
  o.banks = banks;
  o.rows = 8;
  o.columns = 32;
  o.width = 64;
  o.burst_length = 4;
  return o;
}

inline DramConfig small_config(const std::string& name, const Organization& organization) {
  DramConfig c;
  c.name = name;
  c.standard = "small";
  c.clock = Hertz(1'000'000'000);
  c.organization = organization;
  c.timing = small_timing();
  c.refresh.mode = RefreshMode::none;
  c.controller.transaction_queue = 8;
  c.controller.bank_queue = 0;
  c.controller.write_high = 6;
  c.controller.write_low = 2;
  return c;
}

// Chosen ones: each mechanism alone, and then together.
inline std::vector<DramConfig> small_configs() {
  std::vector<DramConfig> all;
  const auto add = [&](const std::string& name, const Organization& o, auto change) {
    DramConfig c = small_config(name, o);
    change(c);
    all.push_back(c);
  };
  const Organization one = small_organization(1, 1, 2), grouped = small_organization(1, 4, 2),
                     two = small_organization(2, 2, 2), single = small_organization(1, 1, 1);
  const auto as_it_is = [](DramConfig&) {};
  add("one bank", single, as_it_is);
  add("two banks", one, as_it_is);
  add("bank groups", grouped, as_it_is);
  add("two ranks", two, as_it_is);

  // Every policy of scheduling and pages, with bank queues of no, one and three entries.
  struct Named {
    PagePolicy page;
    const char* name;
  };
  for (const Named page : {Named{PagePolicy::open, "open"}, Named{PagePolicy::closed, "closed"},
                           Named{PagePolicy::adaptive, "adaptive"}})
    for (const auto scheduling : {Scheduling::fr_fcfs, Scheduling::oldest_ready, Scheduling::fcfs})
      for (const int bank_queue : {0, 1, 3})
        add(std::string(page.name) +
                (scheduling == Scheduling::fcfs           ? " fcfs"
                 : scheduling == Scheduling::oldest_ready ? " oldest_ready"
                                                          : " fr_fcfs") +
                " bank queue " + std::to_string(bank_queue),
            bank_queue == 1 ? grouped : two, [&](DramConfig& c) {
              c.controller.page_policy = page.page;
              c.controller.scheduling = scheduling;
              c.controller.bank_queue = bank_queue;
            });

  for (const int limit : {1, 3})
    for (const int bank_queue : {0, 4})
      add("row hit limit " + std::to_string(limit) + " bank queue " + std::to_string(bank_queue),
          one, [&](DramConfig& c) {
            c.controller.row_hit_limit = limit;
            c.controller.bank_queue = bank_queue;
          });
  add("write high 1", two, [](DramConfig& c) {
    c.controller.write_high = 1;
    c.controller.write_low = 0;
  });
  add("write high is the queue", grouped, [](DramConfig& c) {
    c.controller.write_high = c.controller.transaction_queue;
    c.controller.write_low = 0;
    c.controller.bank_queue = 2;
  });
  add("queue of one", one, [](DramConfig& c) {
    c.controller.transaction_queue = 1;
    c.controller.write_high = 1;
    c.controller.write_low = 0;
  });
  for (const int bank_queue : {0, 2})
    add("separate buses bank queue " + std::to_string(bank_queue), grouped, [&](DramConfig& c) {
      c.controller.separate_buses = true;
      c.controller.bank_queue = bank_queue;
      c.timing.CCDL = 2;
    });
  add("read to write is given", two, [](DramConfig& c) { c.timing.RTW = 9; });
  add("long bursts", grouped, [](DramConfig& c) {
    c.timing.burst = 8;
    c.timing.RTW = 20;
  });

  for (const auto mode : {RefreshMode::all_bank, RefreshMode::per_bank})
    for (const int postpone : {0, 2})
      for (const int bank_queue : {0, 2})
        add(std::string(mode == RefreshMode::all_bank ? "refresh" : "refresh per bank") +
                " postpone " + std::to_string(postpone) + " bank queue " +
                std::to_string(bank_queue),
            postpone == 0 ? two : grouped, [&](DramConfig& c) {
              c.refresh.mode = mode;
              c.refresh.postpone = postpone;
              c.controller.bank_queue = bank_queue;
              if (mode == RefreshMode::per_bank) c.timing.REFIpb = 60;
            });
  for (const auto mode : {RefreshMode::none, RefreshMode::all_bank, RefreshMode::per_bank})
    for (const int kinds : {1, 2, 3})  // power-down, self-refresh, both
      add("power-down kinds " + std::to_string(kinds) + " refresh mode " +
              std::to_string(static_cast<int>(mode)),
          kinds == 3 ? two : one, [&](DramConfig& c) {
            c.refresh.mode = mode;
            c.timing.REFIpb = mode == RefreshMode::per_bank ? 70 : 0;
            if (kinds & 1) c.power_down.after = 10;
            if (kinds & 2) c.power_down.self_refresh = 80;
          });
  add("everything", two, [](DramConfig& c) {
    c.controller.page_policy = PagePolicy::adaptive;
    c.controller.bank_queue = 3;
    c.controller.row_hit_limit = 2;
    c.controller.separate_buses = true;
    c.refresh.mode = RefreshMode::per_bank;
    c.refresh.postpone = 1;
    c.timing.REFIpb = 50;
    c.power_down.after = 1;
    c.power_down.self_refresh = 60;
  });
  return all;
}

// A mixed one: every parameter is thrown anew.
inline DramConfig mixed_config(std::uint64_t seed) {
  Dice dice(seed);
  const auto pick = [&](std::int64_t least, std::int64_t most) {
    return least +
           static_cast<std::int64_t>(dice.below(static_cast<std::uint64_t>(most - least + 1)));
  };
  DramConfig c =
      small_config("mixed " + std::to_string(seed),
                   small_organization(1 << pick(0, 1), 1 << pick(0, 2), 1 << pick(0, 1)));
  Timing& t = c.timing;
  t.burst = pick(1, 4);
  t.CL = pick(2, 9);
  t.CWL = pick(1, t.CL);
  t.RCDRD = pick(1, 7);
  t.RCDWR = pick(1, 7);
  t.RP = pick(1, 7);
  t.RPab = dice.percent(50) ? 0 : pick(t.RP, t.RP + 3);
  t.RAS = pick(3, 15);
  t.RC = t.RAS + t.RP + pick(0, 2);
  t.RRDS = pick(1, 4);
  t.RRDL = t.RRDS + pick(0, 3);
  t.FAW = pick(0, 24);
  t.CCDS = pick(1, 4);
  t.CCDL = t.CCDS + pick(0, 3);
  t.WR = pick(1, 9);
  t.RTP = pick(1, 5);
  t.WTRS = pick(1, 4);
  t.WTRL = t.WTRS + pick(0, 4);
  t.RTRS = pick(0, 3);
  t.RTW = dice.percent(70) ? 0 : t.CL + t.burst + t.RTRS + pick(0, 3);
  t.RFC = pick(5, 30);
  t.RFCpb = pick(3, 20);
  t.REFI = 2 * (t.RFC + t.RC) + pick(0, 200);
  t.REFIpb = t.RFCpb + t.RP + pick(30, 90);  // a bank may have to finish a write first
  t.RREFD = dice.percent(50) ? 0 : pick(1, 6);
  t.PPD = pick(0, 4);
  t.CKE = pick(1, 7);
  t.XP = pick(1, 6);
  t.CKESR = pick(1, 9);
  t.XS = dice.percent(50) ? 0 : pick(1, 40);

  ControllerConfig& k = c.controller;
  k.scheduling = dice.percent(50)   ? Scheduling::fr_fcfs
                 : dice.percent(50) ? Scheduling::oldest_ready
                                    : Scheduling::fcfs;
  k.page_policy = static_cast<PagePolicy>(pick(0, 2));
  k.transaction_queue = pick(1, 16);
  k.bank_queue = dice.percent(40) ? 0 : pick(1, 5);
  k.row_hit_limit = dice.percent(50) ? 0 : pick(1, 5);
  k.write_high = pick(1, k.transaction_queue);
  k.write_low = pick(0, k.write_high - 1);
  k.separate_buses = dice.percent(50);
  c.refresh.mode = static_cast<RefreshMode>(pick(0, 2));
  c.refresh.postpone = dice.percent(40) ? 0 : pick(1, 4);
  if (dice.percent(50)) c.power_down.after = pick(1, 60);
  if (dice.percent(50)) c.power_down.self_refresh = c.power_down.after + pick(1, 200);
  return c;
}

}  // namespace mantissa::memory::dram
