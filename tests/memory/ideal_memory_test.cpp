// SPDX-License-Identifier: Apache-2.0
// Ideal memory, asked by a small initiator: every answer comes in the very femtosecond, or core
// cycle, that latency, bandwidth and queue depth say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <cstring>
#include <memory>
#include <systemc>

#include "memory/registry.h"

// libsystemc's own main() calls it; programs that link the library must have one.
int sc_main(int, char**) { return 0; }

namespace mantissa::memory {
namespace {

constexpr std::uint64_t ns = 1'000'000;  // femtoseconds

struct Initiator : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<Initiator> socket;
  explicit Initiator(const sc_core::sc_module_name& name) : sc_module(name), socket("socket") {}
};

// A kernel with one memory and one initiator, elaborated and at time 0.
class Bench {
 public:
  explicit Bench(const MemoryConfig& config, Hertz clock = Hertz(1'000'000'000)) {
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    sc_core::sc_set_time_resolution(1, sc_core::SC_FS);
    memory_ = make_memory("memory", config, Clock(clock));
    initiator_ = std::make_unique<Initiator>("initiator");
    initiator_->socket.bind(memory_->socket);
    sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_DO_NOTHING);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);  // elaborates
    memory_->reset(Femtoseconds(0));
  }
  ~Bench() {
    initiator_.reset();
    memory_.reset();
    sc_core::sc_get_curr_simcontext()->reset();
  }

  // The time of the answer to `bytes` asked for at `at`, which is annotated.
  std::uint64_t answer(std::uint64_t at, std::uint64_t bytes, bool write = false) {
    const std::uint64_t stamp = sc_core::sc_time_stamp().value();
    payload_.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    payload_.set_data_length(static_cast<unsigned>(bytes));
    payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = sc_core::sc_time::from_value(at - stamp);
    EXPECT_EQ(initiator_->socket->nb_transport_fw(payload_, phase, delay), tlm::TLM_COMPLETED);
    EXPECT_TRUE(payload_.is_response_ok());
    return stamp + delay.value();
  }
  // The same with the kernel's time moved on to `at`.
  std::uint64_t answer_when_there(std::uint64_t at, std::uint64_t bytes) {
    const std::uint64_t stamp = sc_core::sc_time_stamp().value();
    if (at > stamp) sc_core::sc_start(sc_core::sc_time::from_value(at - stamp));
    return answer(at, bytes);
  }
  Memory& memory() { return *memory_; }
  tlm::tlm_generic_payload& payload() { return payload_; }

 private:
  std::unique_ptr<Memory> memory_;
  std::unique_ptr<Initiator> initiator_;
  tlm::tlm_generic_payload payload_;
};

MemoryConfig absolute(double bytes_per_second, std::uint64_t latency_fs, std::int64_t depth) {
  MemoryConfig m;
  m.bandwidth = {false, bytes_per_second};
  m.latency = {false, Femtoseconds(latency_fs), Cycles(0)};
  m.queue_depth = depth;
  return m;
}

MemoryConfig per_cycle(double bytes, std::uint64_t latency, std::int64_t depth) {
  MemoryConfig m;
  m.bandwidth = {true, bytes};
  m.latency = {true, Femtoseconds(0), Cycles(latency)};
  m.queue_depth = depth;
  return m;
}

TEST(IdealMemory, answers_one_transaction_after_latency_and_bytes_over_bandwidth) {
  Bench bench(absolute(16e9, 100 * ns, 8));
  EXPECT_EQ(bench.answer(0, 64), 104 * ns);
  EXPECT_EQ(bench.answer(1000 * ns + 1, 64), 1104 * ns + 1);  // not on a round time
  EXPECT_EQ(bench.answer(5000 * ns, 1), 5100 * ns + 62'500);
}

TEST(IdealMemory, rounds_an_answer_up_to_the_next_femtosecond_and_no_further) {
  Bench bench(absolute(3e15, 0, 8));  // three bytes a femtosecond
  EXPECT_EQ(bench.answer(0, 3), 1u);
  EXPECT_EQ(bench.answer(10, 4), 12u);
  EXPECT_EQ(bench.answer(20, 6), 22u);
}

TEST(IdealMemory, answers_on_core_cycles_where_it_counts_in_cycles) {
  Bench bench(per_cycle(16, 100, 8));
  EXPECT_EQ(bench.answer(0, 64), 104 * ns);
  EXPECT_EQ(bench.answer(1000 * ns, 65), 1105 * ns);      // 4.06 cycles of bus are 5
  EXPECT_EQ(bench.answer(2000 * ns + 1, 64), 2105 * ns);  // heard on the next edge
}

TEST(IdealMemory, gives_the_same_times_in_kernel_time_and_annotated) {
  std::vector<std::uint64_t> annotated, lived;
  for (auto* times : {&annotated, &lived}) {
    Bench bench(absolute(10e9, 37 * ns, 3));
    for (std::uint64_t i = 0; i < 50; ++i) {
      const std::uint64_t at = i * 3 * ns + (i * i) % 7;
      times->push_back(times == &annotated ? bench.answer(at, 32 + i)
                                           : bench.answer_when_there(at, 32 + i));
    }
  }
  EXPECT_EQ(annotated, lived);
}

// ---- bandwidth --------------------------------------------------------------------------------

TEST(IdealMemory, reaches_exactly_its_bandwidth_when_asked_without_a_gap) {
  for (const bool cycles : {false, true}) {
    Bench bench(cycles ? per_cycle(16, 100, 4096) : absolute(16e9, 100 * ns, 4096));
    std::uint64_t last = 0;
    for (int i = 0; i < 1000; ++i) last = bench.answer(0, 64);
    EXPECT_EQ(last, (100 + 1000 * 4) * ns);
    EXPECT_EQ(bench.memory().statistics().bus_busy.value, 4000 * ns);
    EXPECT_EQ(bench.memory().bound_by(), "memory bus");
  }
}

// 1 byte takes 10^15 / 34e9 = 29411.76... fs, 1 cycle at 6.4 bytes holds no whole byte.
TEST(IdealMemory, accumulates_no_rounding_over_a_hundred_thousand_transactions) {
  constexpr std::uint64_t n = 100'000;
  {
    Bench bench(absolute(34e9, 0, 65536));
    std::uint64_t last = 0;
    for (std::uint64_t i = 0; i < n; ++i) last = bench.answer(0, 1);
    const auto exact = static_cast<unsigned __int128>(n) * femtoseconds_per_second;
    EXPECT_EQ(last,
              static_cast<std::uint64_t>((exact + 34'000'000'000ull - 1) / 34'000'000'000ull));
    // The control: summed rounded times would be off.
    EXPECT_NE(last, n * 29412);
  }
  {
    Bench bench(per_cycle(6.4, 0, 65536), Hertz(940'000'000));
    std::uint64_t last = 0;
    for (std::uint64_t i = 0; i < n; ++i) last = bench.answer(0, 10);
    EXPECT_EQ(last, Clock(Hertz(940'000'000)).time_of(Cycles(n * 100 / 64)).value);
  }
}

TEST(IdealMemory, gives_equal_answers_for_equal_rates_per_cycle_and_per_second) {
  Bench* current = nullptr;
  std::vector<std::uint64_t> a, b;
  {
    Bench bench(per_cycle(16, 20, 4));
    current = &bench;
    for (std::uint64_t i = 0; i < 200; ++i) a.push_back(current->answer(i * 3 * ns, 64));
  }
  {
    Bench bench(absolute(16e9, 20 * ns, 4));
    current = &bench;
    for (std::uint64_t i = 0; i < 200; ++i) b.push_back(current->answer(i * 3 * ns, 64));
  }
  EXPECT_EQ(a, b);
}

TEST(IdealMemory, leaves_the_bus_idle_in_a_gap_and_does_not_make_up_for_it) {
  Bench bench(absolute(16e9, 100 * ns, 64));
  EXPECT_EQ(bench.answer(0, 64), 104 * ns);
  EXPECT_EQ(bench.answer(3 * ns, 64), 108 * ns);  // the bus is taken for one more nanosecond
  EXPECT_EQ(bench.answer(8 * ns, 64), 112 * ns);  // just free
  EXPECT_EQ(bench.answer(20 * ns, 64), 124 * ns);
}

// ---- queue ------------------------------------------------------------------------------------

TEST(IdealMemoryQueue, of_depth_one_takes_the_next_when_the_last_is_answered) {
  Bench bench(absolute(16e9, 100 * ns, 1));
  for (std::uint64_t i = 1; i <= 10; ++i) EXPECT_EQ(bench.answer(0, 64), i * 104 * ns);
  EXPECT_EQ(bench.memory().bound_by(), "queue depth");
}

TEST(IdealMemoryQueue, of_depth_two_waits_for_the_one_before_the_last) {
  Bench bench(absolute(16e9, 100 * ns, 2));
  EXPECT_EQ(bench.answer(0, 64), 104 * ns);
  EXPECT_EQ(bench.answer(0, 64), 108 * ns);
  EXPECT_EQ(bench.answer(0, 64), 208 * ns);  // accepted at 104
  EXPECT_EQ(bench.answer(0, 64), 212 * ns);  // accepted at 108
  EXPECT_EQ(bench.memory().statistics().queue_wait.value, (104 + 108) * ns);
}

// Latency and transfer are 104 cycles and one transaction takes the bus for 4: 26 in flight cover
// it, 25 do not.
TEST(IdealMemoryQueue, reaches_the_bandwidth_at_depth_26_and_not_at_25) {
  const auto last = [](std::int64_t depth) {
    Bench bench(per_cycle(16, 100, depth));
    std::uint64_t at = 0;
    for (int i = 0; i < 2600; ++i) at = bench.answer(0, 64);
    return at / ns;
  };
  EXPECT_EQ(last(26), 100u + 2600 * 4);
  EXPECT_EQ(last(27), 100u + 2600 * 4);
  EXPECT_EQ(last(25), 104u * (2600 / 25) + 24 * 4);  // rounds of 25, each 104
}

TEST(IdealMemoryQueue, has_room_again_in_the_femtosecond_of_the_answer) {
  for (const std::uint64_t early : {0u, 1u}) {
    Bench bench(absolute(16e9, 100 * ns, 1));
    EXPECT_EQ(bench.answer(0, 64), 104 * ns);
    EXPECT_EQ(bench.answer(104 * ns - early, 64), 208 * ns);
    EXPECT_EQ(bench.memory().statistics().queue_wait.value, early);
  }
}

// ---- statistics -------------------------------------------------------------------------------

TEST(IdealMemoryStatistics, count_transactions_bytes_and_time_with_something_open) {
  Bench bench(absolute(16e9, 100 * ns, 8));
  bench.answer(0, 64);
  bench.answer(2 * ns, 32, true);
  bench.answer(1000 * ns, 16);
  const auto& s = bench.memory().statistics();
  EXPECT_EQ(s.reads, 2u);
  EXPECT_EQ(s.writes, 1u);
  EXPECT_EQ(s.read_bytes, 80u);
  EXPECT_EQ(s.write_bytes, 32u);
  EXPECT_EQ(s.bus_busy.value, 7 * ns);
  EXPECT_EQ(s.open.value, (106 + 101) * ns);  // [0, 106) and [1000, 1101)
  EXPECT_EQ(s.queue_wait.value, 0u);
  EXPECT_EQ(s.wakeups, 0u);
  EXPECT_THAT(bench.memory().bound_by(), ::testing::HasSubstr("bytes in flight"));
}

TEST(IdealMemoryStatistics, never_find_the_bus_busier_than_the_memory_is_open) {
  for (const double bandwidth : {0.7, 6.4, 10.0, 16.0}) {
    Bench bench(per_cycle(bandwidth, 0, 1024));
    for (int i = 0; i < 1000; ++i) bench.answer(0, 16);
    const auto& s = bench.memory().statistics();
    EXPECT_LE(s.bus_busy, s.open) << bandwidth << " bytes per cycle";
    EXPECT_GE(s.bus_busy / s.open, 0.999) << bandwidth << " bytes per cycle";
  }
}

// Asked every 20 cycles for 16 bytes that take 1.6, the bus is idle nine cycles of ten.
TEST(IdealMemoryStatistics, blame_the_bus_only_when_it_moves_bytes) {
  Bench bench(per_cycle(10, 0, 8));
  for (std::uint64_t i = 0; i < 1000; ++i) bench.answer(i * 20 * ns, 16);
  EXPECT_EQ(bench.memory().statistics().bus_busy.value, 1600 * ns);
}

TEST(IdealMemoryStatistics, say_that_nothing_was_asked_when_nothing_was) {
  Bench bench(absolute(16e9, 100 * ns, 8));
  EXPECT_EQ(bench.memory().bound_by(), "no traffic");
  bench.answer(0, 1);
  EXPECT_NE(bench.memory().bound_by(), "no traffic");
}

TEST(IdealMemoryStatistics, give_the_peak_bandwidth_in_bytes_per_second) {
  EXPECT_EQ(Bench(absolute(34e9, 0, 1)).memory().peak_bytes_per_second(), 34e9);
  EXPECT_EQ(Bench(per_cycle(64, 0, 1), Hertz(940'000'000)).memory().peak_bytes_per_second(),
            64 * 940e6);
}

TEST(IdealMemoryReset, forgets_bus_queue_and_statistics_and_counts_from_its_origin) {
  Bench bench(absolute(16e9, 100 * ns, 1));
  for (int i = 0; i < 10; ++i) bench.answer(0, 64);
  // Without a reset the queue is taken until 1040 ns.
  EXPECT_EQ(bench.answer(500 * ns, 64), 11 * 104 * ns);
  bench.memory().reset(Femtoseconds(500 * ns));
  EXPECT_EQ(bench.memory().statistics().reads, 0u);
  EXPECT_EQ(bench.memory().bound_by(), "no traffic");
  EXPECT_EQ(bench.answer(500 * ns, 64), 604 * ns);
}

// ---- bytes ------------------------------------------------------------------------------------

TEST(IdealMemoryBytes, move_between_payload_and_store_row_by_row) {
  Bench bench(absolute(16e9, 0, 8));
  std::vector<std::byte> stored(64);
  for (std::size_t i = 0; i < stored.size(); ++i) stored[i] = static_cast<std::byte>(i);
  bench.memory().store().map(1000, stored);
  std::array<unsigned char, 6> data{};
  Pattern pattern;
  pattern.rows = 3;
  pattern.row_bytes = 2;
  pattern.stride = 16;
  bench.payload().set_extension(&pattern);
  bench.payload().set_address(1004);
  bench.payload().set_data_ptr(data.data());
  bench.answer(0, data.size());
  EXPECT_THAT(data, ::testing::ElementsAre(4, 5, 20, 21, 36, 37));
  data.fill(99);
  bench.answer(0, data.size(), true);
  EXPECT_EQ(*bench.memory().store().at(1037, 1), std::byte{99});
  EXPECT_EQ(*bench.memory().store().at(1038, 1), std::byte{38});
  bench.payload().clear_extension(&pattern);
  bench.answer(0, data.size());  // in one piece
  EXPECT_THAT(data, ::testing::ElementsAre(99, 99, 6, 7, 8, 9));
}

TEST(MemoryModels, are_known_by_name) {
  EXPECT_TRUE(is_memory_model("ideal"));
  EXPECT_FALSE(is_memory_model("Ideal"));
  EXPECT_THAT(memory_models(), ::testing::Contains("ideal"));
  MemoryConfig config = per_cycle(1, 0, 1);
  config.model = "unheard";
  EXPECT_THROW(make_memory("memory", config, Clock(Hertz(1))), InternalError);
}

}  // namespace
}  // namespace mantissa::memory
