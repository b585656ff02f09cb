// SPDX-License-Identifier: Apache-2.0
// DRAM behind the TLM-2.0 socket: answers come when the controller alone says so, whatever the
// transactions are cut into, and every byte is where it was put.
#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <map>
#include <memory>
#include <systemc>

#include "memory/dram/address_map.h"
#include "memory/dram/controller.h"
#include "memory/registry.h"
#include "tests/memory/dram/random_traffic.h"
#include "tests/memory/dram/small_configs.h"

namespace mantissa::memory {
namespace {

using dram::Cycle;
constexpr std::uint64_t ns = 1'000'000;  // femtoseconds; the memory runs at 1 GHz

MemoryConfig two_channels() {
  MemoryConfig m;
  m.model = "dram";
  dram::DramConfig d;
  d.name = "small";
  d.standard = "TEST";
  d.clock = Hertz(1'000'000'000);
  d.organization = {2, 1, 2, 2, 256, 16, 64, 4, 1};  // bursts of 32 B
  dram::Timing& t = d.timing;
  t.burst = 2, t.CL = 10, t.CWL = 6, t.RCDRD = 10, t.RCDWR = 10, t.RP = 10, t.RAS = 24, t.RC = 34;
  t.RRDS = 4, t.RRDL = 6, t.FAW = 20, t.CCDS = 2, t.CCDL = 3, t.WR = 12, t.RTP = 6, t.WTRS = 4;
  t.WTRL = 6, t.RFC = 100, t.REFI = 2000;
  d.controller.latency = {false, Femtoseconds(7 * ns), {}};
  m.dram = d;
  m.capacity = Bytes(d.organization.bytes());
  return m;
}

// Sends payloads at given times and remembers when each was answered.
class Asker : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Asker);
  tlm_utils::simple_initiator_socket<Asker> socket;
  explicit Asker(const sc_core::sc_module_name& name) : sc_module(name), socket("socket") {
    socket.register_nb_transport_bw(this, &Asker::answered);
    SC_METHOD(send);
    sensitive << event_;
    dont_initialize();
  }
  void ask(std::uint64_t at, std::uint64_t address, std::uint64_t bytes, bool write) {
    queue_.push_back({at, address, bytes, write});
  }
  void start() {
    payloads_ = std::vector<tlm::tlm_generic_payload>(queue_.size());  // they cannot be moved
    answers.resize(queue_.size());
    event_.notify(sc_core::sc_time::from_value(queue_.front().at));
  }
  std::vector<std::uint64_t> answers;  // absolute, fs

 private:
  struct Ask {
    std::uint64_t at, address, bytes;
    bool write;
  };
  void send() {
    while (next_ < queue_.size() && queue_[next_].at <= sc_core::sc_time_stamp().value()) {
      const Ask& ask = queue_[next_];
      tlm::tlm_generic_payload& p = payloads_[next_];
      p.set_command(ask.write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
      p.set_address(ask.address);
      p.set_data_length(static_cast<unsigned>(ask.bytes));
      p.set_data_ptr(nullptr);
      tlm::tlm_phase phase = tlm::BEGIN_REQ;
      sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
      index_[&p] = next_++;
      EXPECT_EQ(socket->nb_transport_fw(p, phase, delay), tlm::TLM_ACCEPTED);
    }
    if (next_ < queue_.size())
      event_.notify(sc_core::sc_time::from_value(queue_[next_].at) - sc_core::sc_time_stamp());
  }
  tlm::tlm_sync_enum answered(tlm::tlm_generic_payload& p, tlm::tlm_phase& phase,
                              sc_core::sc_time& delay) {
    EXPECT_EQ(phase, tlm::BEGIN_RESP);
    EXPECT_TRUE(p.is_response_ok());
    answers[index_.at(&p)] = (sc_core::sc_time_stamp() + delay).value();
    return tlm::TLM_COMPLETED;
  }
  std::vector<Ask> queue_;
  std::vector<tlm::tlm_generic_payload> payloads_;
  std::map<tlm::tlm_generic_payload*, std::size_t> index_;
  std::size_t next_ = 0;
  sc_core::sc_event event_;
};

struct Bench {
  explicit Bench(const MemoryConfig& config) {
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_DO_NOTHING);
    sc_core::sc_set_time_resolution(1, sc_core::SC_FS);
    memory = make_memory("memory", config, Clock(Hertz(1'000'000'000)));
    asker = std::make_unique<Asker>("asker");
    asker->socket.bind(memory->socket);
    memory->reset(Femtoseconds(0));
  }
  ~Bench() {
    asker.reset();
    memory.reset();
    sc_core::sc_get_curr_simcontext()->reset();
  }
  void run() {
    asker->start();
    sc_core::sc_start();
  }
  std::unique_ptr<Memory> memory;
  std::unique_ptr<Asker> asker;
};

TEST(DramMemory, answers_a_read_of_a_closed_row_after_activate_column_and_its_own_latency) {
  Bench bench(two_channels());
  bench.asker->ask(100 * ns, 0, 32, false);
  bench.run();
  EXPECT_EQ(bench.asker->answers[0], (100 + 10 + 10 + 2 + 7) * ns);
}

TEST(DramMemory, moves_whole_bursts_and_answers_with_the_last_of_them) {
  Bench bench(two_channels());
  bench.asker->ask(0, 16, 32, false);  // half of two bursts
  bench.run();
  EXPECT_EQ(bench.asker->answers[0], (10 + 10 + 3 + 2 + 7) * ns);  // tCCD_L between the two
  bench.memory->settle(Femtoseconds(50 * ns));
  EXPECT_EQ(bench.memory->dram()->statistics.reads, 2u);
  EXPECT_EQ(bench.memory->statistics().read_bytes, 32u);  // that were asked for
}

TEST(DramMemory, hears_of_every_answer_when_the_controller_alone_says_so) {
  const MemoryConfig config = two_channels();
  const dram::DramConfig& d = *config.dram;
  const dram::AddressMap map(d.organization, d.controller.mapping, {});
  std::vector<dram::Controller> alone;
  for (int c = 0; c < 2; ++c) {
    alone.emplace_back(d);
    alone.back().keep_completions(true);
  }
  Bench bench(config);
  dram::Dice dice(11);
  std::uint64_t now = 0;
  for (std::uint32_t i = 0; i < 3000; ++i) {
    if (dice.percent(60)) now += dice.below(40) * ns;
    if (dice.percent(1)) now += 5000 * ns;
    const std::uint64_t address = dice.below(d.organization.bytes() / 32) * 32;
    const dram::Location at = map.locate(address);
    // Reads and writes do not meet: an answer out of the write queue may be heard of later.
    const bool write = at.row % 2 == 1;
    bench.asker->ask(now, address, 32, write);
    alone[at.channel].push(
        {now / ns, at.row, at.column, static_cast<std::uint8_t>(at.bank), write, i});
  }
  std::vector<std::uint64_t> expected(3000);
  std::uint64_t merged = 0;
  for (auto& channel : alone) {
    channel.run(dram::forever);
    merged += channel.statistics().merged;
    for (const auto& done : channel.completions()) expected[done.tag] = (done.at + 7) * ns;
  }
  bench.run();
  std::uint64_t later = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::uint64_t got = bench.asker->answers[i];
    later += got != expected[i];
    EXPECT_GE(got, expected[i]) << i;
    EXPECT_LE(got, expected[i] + alone[0].shortest_answer() * ns) << i;
  }
  EXPECT_LE(later, merged);  // only those that the write queue answered
  EXPECT_LT(merged, 300u);
}

TEST(DramMemory, accounts_for_every_cycle_of_every_bus) {
  Bench bench(two_channels());
  for (std::uint64_t i = 0; i < 200; ++i)
    bench.asker->ask(i * 5 * ns, i * 4096 % 32768, 64, i % 3 == 0);
  bench.run();
  bench.memory->settle(Femtoseconds(20'000 * ns));
  const auto& s = bench.memory->dram()->statistics;
  EXPECT_EQ(s.reads + s.writes, 400u);
  EXPECT_GT(s.count(dram::CommandKind::refresh), 15u);  // also after the last request
  Cycle time = 0;
  for (const Cycle t : s.rank_time) time += t;
  EXPECT_EQ(time, 2u * 20'000u);
}

TEST(DramMemory, says_what_bounds_its_bandwidth) {
  MemoryConfig config = two_channels();
  const auto bound = [&](std::uint64_t gap, std::uint64_t stride, int count) {
    Bench bench(config);
    for (int i = 0; i < count; ++i)
      bench.asker->ask(static_cast<std::uint64_t>(i) * gap * ns,
                       static_cast<std::uint64_t>(i) * stride % 32768, 64, false);
    bench.run();
    bench.memory->settle(Femtoseconds(1'000'000 * ns));
    return bench.memory->bound_by();
  };
  EXPECT_EQ(bound(2, 64, 400), dram::meaning(dram::Wait::column));  // tCCD_L: 3, a burst: 2
  EXPECT_EQ(bound(500, 64, 40), "bytes in flight: outstanding bursts do not cover the latency");
  EXPECT_EQ(bound(1, 4096, 400), dram::meaning(dram::Wait::row));  // one bank, row after row
  EXPECT_EQ(bound(1, 64, 1), "bytes in flight: outstanding bursts do not cover the latency");
  // Long rows, and nothing but bursts limits a stream.
  config.dram->organization.columns = 256;
  config.capacity = Bytes(config.dram->organization.bytes());
  config.dram->timing.CCDL = 2;
  config.dram->refresh.mode = dram::RefreshMode::none;
  EXPECT_EQ(bound(2, 64, 2000), "memory bus");
}

TEST(DramMemory, starts_anew_after_a_reset) {
  std::vector<std::vector<std::uint64_t>> runs;
  Bench bench(two_channels());
  bench.asker->ask(0, 64, 256, false);
  bench.run();
  bench.memory->settle(Femtoseconds(1000 * ns));
  EXPECT_GT(bench.memory->dram()->statistics.reads, 0u);
  bench.memory->reset(Femtoseconds(sc_core::sc_time_stamp().value()));
  bench.memory->settle(Femtoseconds(0));
  EXPECT_EQ(bench.memory->dram()->statistics.reads, 0u);
  EXPECT_EQ(bench.memory->statistics().reads, 0u);
}

}  // namespace
}  // namespace mantissa::memory
